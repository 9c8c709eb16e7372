"""Trails through chosen places: their order, ways and layers."""
