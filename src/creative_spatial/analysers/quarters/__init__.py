"""Creative quarters: outlined, named, and what they are made of."""
