"""Fail if a results folder lacks a file that the README and the design promise."""

from __future__ import annotations

import json
import sys
from pathlib import Path

PROMISED = (
    "run.json",
    "indicators.json",
    "indicators.csv",
    "units.parquet",
    "city.gpkg",
    "credits.md",
    "visit_list.csv",
    "inventory.csv",
    "tables/inventory.parquet",
    "tables/fcs_domains.parquet",
    "tables/events.parquet",
    "layers/learning.parquet",
    "layers/other_places.parquet",
    "tables/conflation.parquet",
    "tables/network_parts.parquet",
    "tables/not_snapped.parquet",
    "tables/field_profile.parquet",
    "tables/field_quotients.parquet",
    "tables/field_ranking.parquet",
    "tables/field_sentences.parquet",
    "tables/field_criteria.parquet",
    "tables/initiative_lead_mix.parquet",
    *(
        f"tables/{name}.parquet"
        for name in (
            "hill_profiles",
            "mixing_theil",
            "mixing_exposure",
            "mixing_on_foot",
            "colocation_communities",
            "colocation_fields",
            "nearest_neighbour",
            "clustering",
            "cross_clustering",
            "local_statistics",
            "quarter_fields",
        )
    ),
    *(
        f"layers/{name}.parquet"
        for name in (
            "neighbourhood_communities",
            "neighbourhood_functions",
            "colocation_local",
            "colocation_local_fields",
            "hot_spots",
            "quarters",
        )
    ),
    *(f"rasters/{name}.tif" for name in ("culture_density", "culture_relative_risk")),
    "layers/biodiversity.parquet",
    "layers/culture.parquet",
    "layers/community.parquet",
    "layers/zones.parquet",
    "layers/protected.parquet",
    "layers/buildings.parquet",
    "layers/land_use.parquet",
    "layers/water.parquet",
    "layers/land.parquet",
    "layers/streets.parquet",
    "layers/network_nodes.parquet",
    "layers/network_edges.parquet",
    *(
        f"maps/{name}.{suffix}"
        for name in (
            "overview",
            "pillar-1-biodiversity",
            "pillar-2-culture",
            "pillar-3-community",
            "fields",
        )
        for suffix in ("png", "pdf", "txt")
    ),
    *(
        f"charts/{name}.{suffix}"
        for name in ("field-profile", "event-calendar", "hill-profiles", "clustering")
        for suffix in ("png", "pdf", "txt")
    ),
)
INDICATORS = {
    "natural_share", "natural_share_with_water", "protected_share", "habitat_hill", "green_per_1000",
    "asset_density", "assets_per_10000", "field_profile", "worship_hill", "walk_to_culture",
    "initiatives_per_10000", "initiative_lead_mix", "initiatives_near_pillars", "pillars_present",
    "field_quotients", "field_ranking", "facilities_per_10000", "facility_distribution",
    "open_space_share", "open_space_with_culture", "culture_within_15_min",
    "learning_within_15_min", "regional_cuisine_density", "independent_eateries_per_10000",
    "food_markets_per_10000", "walk_to_market", "festivals",
    "fcs_domains", "hours_known", "learning_per_10000", "evening_supply", "weekend_supply",
    "function_hill", "hill_profiles", "mixing_theil", "mixing_exposure", "mixing_on_foot",
    "neighbourhood_communities", "neighbourhood_functions", "walking_communities",
    "walk_between_communities",
    "walking_functions", "colocation_communities", "colocation_fields", "colocation_local",
    "colocation_local_fields", "nearest_neighbour", "clustering", "cross_clustering",
    "culture_density", "culture_relative_risk", "hot_spots", "quarters",
}  # fmt: skip


def faults(folder: Path) -> list[str]:
    """What is missing or empty in a results folder."""
    found = [f"{name} is missing" for name in PROMISED if not (folder / name).is_file()]
    found += [
        f"{name} is empty"
        for name in PROMISED
        if (folder / name).is_file() and not (folder / name).stat().st_size
    ]
    if (folder / "indicators.json").is_file():
        rows = json.loads((folder / "indicators.json").read_text(encoding="utf-8"))["indicators"]
        done = {row["id"] for row in rows if row["status"] == "done"}
        found += [f"indicator {name} has no number" for name in sorted(INDICATORS - done)]
    return found


if __name__ == "__main__":
    wrong = faults(Path(sys.argv[1]))
    print("\n".join(wrong) or "every promised output is there")
    sys.exit(1 if wrong else 0)
