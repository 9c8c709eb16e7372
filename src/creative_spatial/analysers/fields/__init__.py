"""The creative fields: what a city has more of than elsewhere, and how sure that is."""
