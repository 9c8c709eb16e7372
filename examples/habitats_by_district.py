"""
How much of each district is natural? A planner's script on plain GeoDataFrames.

Run it from the project's folder: `python examples/habitats_by_district.py`.
"""

from __future__ import annotations

from pathlib import Path

import creative_spatial as cs

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "sample" / "songkhla"

result = cs.Assessment.from_toml(SAMPLE / "city.toml").run(only=["natural_share"])
area, zones = result.area, result.layers["zones"]

natural = zones[zones["naturalness"] == "natural"]
for boundary in area.boundaries.index:
    share = cs.analysers.area_share(natural, area.as_units(boundary), denominator="area_land")
    print(f"{boundary:14} {share['value'].iloc[0]:5.1f} % of the land is natural")
