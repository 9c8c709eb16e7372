"""How many places, of what, for how many people."""
