"""How much ground, and what lies on it."""
