"""What people changed in ``city.gpkg``: found by comparison, kept as a file, read back."""

from creative_spatial.loaders.edits.file import edits_json, read_edits
from creative_spatial.loaders.edits.reading import TOLERANCE_M, Edited, read_edited

__all__ = ["TOLERANCE_M", "Edited", "edits_json", "read_edited", "read_edits"]
