"""Where places cluster: density, and hot spots with their stability."""
