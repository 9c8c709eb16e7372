"""Quarters, routes, events, surfaces and neighbours of what is public tell nothing of what is not."""

from __future__ import annotations

import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from private_city import HERE, MOVED, hashes, nothing_hidden, private_town, whatever_the_map
from secrets_sought import Secret, found_in
from shapely.geometry import LineString, Point, box

from creative_spatial.assessment import Assessment
from creative_spatial.errors import CreativeSpatialWarning

LON, LAT = 100.04, 7.04
# A flagged record of each kind that the new outputs look at, in the cell of the quarter.
HIDDEN = {
    "shrine": ("K-81001", "Shrine that nobody shows", "chinese_shrine", "sacred"),
    "old town": ("K-81002", "Walls under the market", "old_town", "unexcavated"),
    "rite": ("K-81003", "Rite of the seven boats", "procession", "sacred"),
    "kitchen": ("K-81004", "Kitchen of Grandmother Noi", "local_restaurant", "asked by the community"),
    "loom": ("K-81005", "Loom house of the widows", "craft_workshop", "no consent"),
}  # fmt: skip
NOWHERE = ("K-81006", "Trance of the lake", "cultural_practice", "sacred")
CUISINE, HOURS = "ancestral-recipe", "Mo-Su 17:31-23:17"
MORE = """
[[layer]]
pillar = "culture"
kind = "vector"
path = "known.gpkg"
source = "secret"
columns = { id = "code", concept = "kind" }

[[layer]]
pillar = "culture"
kind = "table"
path = "practices.csv"
source = "secret"
columns = { id = "code", concept = "kind" }

[[layer]]
pillar = "community"
kind = "table"
path = "halls.csv"
source = "secret"
concept = "community_centre"

[[route]]
id = "walk"
stops = ["Stall 36", "secret:K-81001", "Rite of the seven boats", "Stall 53", "Loom house of the widows", "Stall 66"]
budget_min = 90
score = "stars"
note = { en = "Past the Loom house of the widows" }
"""
LAYERS = {
    "quarters", "hot_spots", "colocation_local", "colocation_local_fields",
    "neighbourhood_communities", "neighbourhood_functions", "routes", "route_stops", "route_legs",
}  # fmt: skip
TABLES = {
    "inventory", "events", "quarter_fields", "local_statistics", "field_quotients",
    "cuisine_quotients", "colocation_communities", "nearest_neighbour", "clustering",
    "mixing_theil", "mixing_on_foot",
}  # fmt: skip


def cultural_town(folder, *, moved=False):
    """A private town with a quarter of stalls and shrines, in which flagged records stand."""
    from private_city import LAYERS as PRIVATE

    private_town(folder, layers=PRIVATE + MORE, cell_m=1000, moved=moved)
    dx, dy = MOVED if moved else HERE
    middle = (LON + 0.005, LAT + 0.005)
    at = (middle[0] + dx, middle[1] + dy)
    rows = [
        (f"open-{i}", f"Stall {i}", concept, None, "thai", "Mo-Su 09:00-21:00", "2;3", Point(x, y))
        for i, (concept, x, y) in enumerate(_open_places(middle))
    ]
    shapes = {
        "old town": box(at[0] - 0.0011, at[1] - 0.0013, at[0] + 0.0017, at[1] + 0.0019),
        "rite": LineString([at, (at[0] + 0.0007, at[1] + 0.0004)]),
    }
    rows += [
        (code, name, concept, why, CUISINE, HOURS, "7", shapes.get(key, Point(at)))
        for key, (code, name, concept, why) in HIDDEN.items()
    ]
    columns = ["code", "name", "kind", "sensitivity", "cuisine", "opening_hours", "months"]
    frame = gpd.GeoDataFrame(
        [row[:-1] for row in rows], columns=columns, geometry=[row[-1] for row in rows], crs=4326
    )
    frame["stars"] = np.arange(len(frame)) % 5 + 1.0
    frame.to_file(folder / "known.gpkg")
    halls = [(f"hall-{i}", *_far(i)) for i in range(64) if i % 8 >= 4]
    pd.DataFrame(halls, columns=["id", "lon", "lat"]).to_csv(folder / "halls.csv", index=False)
    code, name, concept, why = NOWHERE
    pd.DataFrame(
        {"code": [code, "open-r"], "name": [name, "Song of boats"], "kind": concept,
         "sensitivity": [why, None], "months": ["5", "6"], "lon": None, "lat": None}
    ).to_csv(folder / "practices.csv", index=False)  # fmt: skip
    secrets = {
        key: Secret(*at, (code, name, CUISINE, "17:31")) for key, (code, name, *_) in HIDDEN.items()
    }
    secrets["nowhere"] = Secret(100.098765, 7.098765, NOWHERE[:2])
    return secrets


def _open_places(middle):
    """Seventy-two stalls and shrines 44 m apart; and the temples of the west."""
    kinds = ["local_restaurant", "restaurant", "wat", "mosque", "gallery", "craft_workshop"]
    for i in range(72):
        yield kinds[i % 6], middle[0] + 0.0004 * (i % 9 - 4), middle[1] + 0.0020 + 0.0004 * (i // 9)
    for i in range(64):
        if i % 8 < 4:
            yield "wat", *_far(i)


def _far(i):
    """Sixty-four places 1.3 km apart, eight in a row."""
    return 100.003 + 0.0122 * (i % 8), 7.0031 + 0.0121 * (i // 8)


def run(folder):
    with whatever_the_map(), warnings.catch_warnings():
        warnings.simplefilter("ignore", CreativeSpatialWarning)
        return Assessment.from_toml(folder).run()


def save(folder, out, *, formats=("svg",)):
    with whatever_the_map(), warnings.catch_warnings():
        warnings.simplefilter("ignore", CreativeSpatialWarning)
        assessment = Assessment.from_toml(folder)
        result = assessment.run()
        drawn = {"maps": ["pillar-2-culture", "route-walk"], "formats": formats}
        return result, assessment.save(result, out, **drawn)


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cultural")
    secrets = cultural_town(folder / "city")
    result, out = save(folder / "city", folder / "out")
    return result, out, secrets


def test_the_town_has_what_is_searched(town):
    result, out, _ = town
    assert result.layers.keys() >= LAYERS
    assert result.tables.keys() >= TABLES
    assert set(result.rasters) == {"culture_density", "culture_relative_risk"}
    assert len(result.layers["quarters"]) >= 1
    assert len(result.layers["hot_spots"]) >= 1
    assert len(result.layers["route_stops"]) == 3
    assert {p.name for p in out.iterdir()} >= {"inventory.csv", "rasters", "routes", "charts"}
    flagged = result.layers["culture"]["sensitivity"].notna()
    assert set(result.layers["culture"].loc[flagged, "concept"]) >= {
        "chinese_shrine",
        "old_town",
        "procession",
    }


def test_no_file_tells_of_flagged_culture(town):
    _, out, secrets = town
    assert found_in(out, secrets) == set()


def test_without_generalising_the_same_files_would_tell(tmp_path, monkeypatch):
    secrets = cultural_town(tmp_path / "city")
    monkeypatch.setattr("creative_spatial.assessment.core.public_data", nothing_hidden)
    told = found_in(save(tmp_path / "city", tmp_path / "out", formats=())[1], secrets)
    assert {name for name, *_ in told} == set(secrets) - {"nowhere"}
    files = {file for _, file, _ in told}
    assert {"inventory.csv", "tables/events.parquet", "layers/colocation_local.parquet"} <= files


def test_every_file_is_the_same_wherever_in_their_cells_flagged_culture_lies(tmp_path, town):
    cultural_town(tmp_path / "city", moved=True)
    _, there = save(tmp_path / "city", tmp_path / "out")
    assert hashes(there) == hashes(town[1])


def test_quarters_routes_and_surfaces_are_the_same_with_a_flagged_record_more_or_less(
    tmp_path, town
):
    # A cell is wider than their grain. Wide cells of a grid of hot spots count it, by its cell.
    cultural_town(tmp_path)
    known = gpd.read_file(tmp_path / "known.gpkg")
    (tmp_path / "known.gpkg").unlink()
    known[known["sensitivity"].isna()].to_file(tmp_path / "known.gpkg")
    config = (tmp_path / "city.toml").read_text(encoding="utf-8")
    stops = '"secret:K-81001", "Rite of the seven boats", '
    config = config.replace(stops, "").replace('"Loom house of the widows", ', "")
    config = config.replace('note = { en = "Past the Loom house of the widows" }', "")
    (tmp_path / "city.toml").write_text(config, encoding="utf-8")
    without = run(tmp_path)
    for name in ("quarters", "routes", "route_stops", "route_legs"):
        told = [
            it.layers[name].drop(columns="hot_share", errors="ignore") for it in (town[0], without)
        ]
        mine, other = told
        pd.testing.assert_frame_equal(pd.DataFrame(mine), pd.DataFrame(other))
    for name in ("culture_density", "culture_relative_risk"):
        np.testing.assert_array_equal(town[0].rasters[name].values, without.rasters[name].values)
