"""Diversity, and whether kinds and communities live side by side or apart."""
