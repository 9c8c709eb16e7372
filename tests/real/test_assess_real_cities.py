"""Real cities, assessed from an OpenStreetMap file and a boundary alone, as `init` leaves them."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from pathlib import Path

import geopandas as gpd
import numpy as np
import osmium
import pytest
import shapely
from check_results import faults
from fetch_real_data import cache_folder
from places import require_or_skip

from creative_spatial.assessment import Assessment
from creative_spatial.errors import CreativeSpatialWarning, LoadError
from creative_spatial.indicators import load_indicators
from creative_spatial.loaders.boundaries import read_osm_relation

MONACO, FONTVIEILLE = 1124039, 2220206
# What a city without its own layers cannot have: what inhabitants are counted for, and what is
# compared with a larger boundary.
NEEDS_POPULATION = {"facility_distribution"} | {
    spec.id
    for spec in load_indicators().values()
    if spec.needs_population
    or any("population" in wanted.names and not wanted.optional for wanted in spec.inputs.values())
}
NEEDS_REFERENCE = {"field_quotients", "field_ranking"}
NEEDS_COMMUNITIES = {
    "mixing_theil", "mixing_exposure", "mixing_on_foot", "neighbourhood_communities",
    "walking_communities", "walk_between_communities", "colocation_communities",
    "colocation_local", "cross_clustering",
}  # fmt: skip


def las_palmas() -> tuple[Path, Path]:
    folder = os.environ.get("CREATIVE_SPATIAL_DATA")
    if not folder:
        pytest.skip("CREATIVE_SPATIAL_DATA names no folder that holds las_palmas")
    city = Path(folder) / "las_palmas"
    return require_or_skip(
        city / "las_palmas_2023.osm.pbf", "Las Palmas"
    ), city / "boundary.geojson"


def monaco() -> tuple[Path, Path]:
    return require_or_skip(
        cache_folder() / "monaco.osm.pbf", "Monaco"
    ), cache_folder() / "monaco_boundary.geojson"


@pytest.fixture(scope="module", params=["monaco", "las_palmas"])
def city(request, tmp_path_factory):
    """A city folder made by `init`, and its results."""
    pbf, boundary = {"monaco": monaco, "las_palmas": las_palmas}[request.param]()
    folder = tmp_path_factory.mktemp(request.param)
    command = [sys.executable, "-m", "creative_spatial.cli"]
    for arguments in (
        ["init", folder / "city", "--boundary", boundary, "--pbf", pbf],
        ["assess", folder / "city", "--out", folder / "out"],
    ):
        done = subprocess.run(
            [*command, *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            encoding="utf-8",
        )
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
    return folder


def test_a_boundary_and_a_file_give_maps_layers_and_numbers(city):
    missing = faults(city / "out")
    expected = {f"indicator {name} has no number" for name in NEEDS_POPULATION | NEEDS_REFERENCE}
    # One source alone has nothing to be compared with.
    expected |= {"visit_list.csv is missing", "tables/conflation.parquet is missing"}
    # OpenStreetMap has no tag for events.
    expected |= {"tables/events.parquet is missing"}
    expected |= {f"charts/event-calendar.{kind} is missing" for kind in ("pdf", "png", "txt")}
    # `init` chooses no field whose criteria would be looked at.
    expected |= {
        "indicator protected_share has no number",
        "tables/field_criteria.parquet is missing",
    }
    # Places of worship of one community alone (all but two of Las Palmas') cannot be mixed.
    expected |= {f"indicator {name} has no number" for name in NEEDS_COMMUNITIES}
    expected |= {
        f"{kind}/{name}.parquet is missing"
        for name in NEEDS_COMMUNITIES
        for kind in ("tables", "layers")
    }
    assert set(missing) <= expected


def test_numbers_agree_with_the_layers_that_lie_beside_them(city):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CreativeSpatialWarning)
        result = Assessment.from_toml(city / "city").run(only=["asset_density", "pillars_present"])
    boundary = gpd.read_parquet(city / "out" / "units.parquet").union_all()
    culture = gpd.read_parquet(city / "out" / "layers" / "culture.parquet")
    standing = culture[culture["status"].isna() | (culture["status"] == "open")]
    inside = standing.representative_point().intersects(boundary).sum()
    land_km2 = result.area.boundaries["area_land"].iloc[0] / 1e6
    assert result.value("asset_density") == pytest.approx(inside / land_km2, rel=0.01)
    assert np.isclose(result.value("pillars_present"), 3)


def test_a_boundary_can_be_a_relation_of_the_file():
    pbf, _ = monaco()
    ward = read_osm_relation(pbf, FONTVIEILLE).to_crs(32632).iloc[0]
    # The same ward, closed by hand from the ways that the relation names.
    ways: dict[int, list[tuple[float, float]]] = {}
    members: set[int] = set()
    for thing in osmium.FileProcessor(pbf).with_locations():
        if thing.is_way():
            ways[thing.id] = [(n.lon, n.lat) for n in thing.nodes if n.location.valid()]
        elif thing.is_relation() and thing.id == FONTVIEILLE:
            members = {m.ref for m in thing.members if m.type == "w"}
    lines = [shapely.LineString(ways[way]) for way in members]
    (by_hand,) = shapely.polygonize(lines).geoms
    expected = gpd.GeoSeries([by_hand], crs=4326).to_crs(32632).area.iloc[0]
    assert ward.area == pytest.approx(expected)


def test_a_relation_that_the_extract_cuts_is_named_with_the_remedy():
    with pytest.raises(
        LoadError, match=r"relation 1124039 is not there as a closed boundary.*boundary file"
    ):
        read_osm_relation(monaco()[0], MONACO)


def test_a_relation_that_is_not_there_is_named():
    with pytest.raises(LoadError, match="relation 7 is not there as a closed boundary"):
        read_osm_relation(monaco()[0], 7)
