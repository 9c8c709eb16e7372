"""What can be mended in data as they come, and how: pure functions, each undone by its record."""
