"""Completeness in a run: from the city's folder to grades in indicators and tables."""

from __future__ import annotations

import shutil
import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from places import CRS, SAMPLE, square

from creative_spatial.area import StudyArea
from creative_spatial.assessment import Assessment
from creative_spatial.assessment.completeness import graded
from creative_spatial.config import CityConfig
from creative_spatial.errors import ConfigError, DataQualityWarning
from creative_spatial.loaders import CityData
from creative_spatial.provenance import OPENSTREETMAP, Source
from creative_spatial.raster import Raster
from creative_spatial.taxonomy import Taxonomy

BENCHMARK = """
[[source]]
id = "register"
title = "Register of the fine arts department"
license = "CC-BY-4.0"
attribution = "Fine arts department"

[[layer]]
pillar = "culture"
kind = "table"
path = "register.csv"
source = "register"
benchmark = true
columns = {{ id = "id", name = "name", lon = "lon", lat = "lat" }}
concept = "{concept}"
"""


def rows_of(result, **wanted):
    """Rows of the table of completeness, by group."""
    table = result.tables["completeness"]
    for column, value in wanted.items():
        table = table[table[column] == value]
    return table.set_index("group")


def run(folder):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataQualityWarning)
        return Assessment.from_toml(folder).run()


class TestSample:
    def test_places_are_graded_by_streets_and_land_is_not(self, sample_result):
        town = rows_of(sample_result, level="city", boundary="municipality")
        assert town.at["culture/food", "grade"] == "C"
        assert town.at["culture/food", "decided_by"] == "streets"
        assert town.at["culture/food", "reason"].endswith("; the streets are illustrative")
        assert pd.isna(town.at["biodiversity/forest", "grade"])
        assert town.at["biodiversity/forest", "reason"] == "nothing to compare with"

    def test_grades_reach_the_indicators(self, sample_result):
        table = sample_result.table(boundary="municipality")
        assert table.at["asset_density", "grade"] == "C"
        assert pd.isna(table.at["natural_share", "grade"])

    def test_each_boundary_and_each_unit_has_its_row(self, sample_result):
        area = sample_result.area
        whole = sample_result.tables["completeness"]
        for group, block in whole.groupby("group"):
            cities = block[block["level"] == "city"]
            assert cities["boundary"].tolist() == area.boundaries.index.tolist(), group
            assert cities["unit_id"].isna().all()
            units = block[block["level"] == "unit"]["unit_id"]
            assert sorted(units) == sorted(area.units.index)

    def test_a_province_that_the_raster_covers_in_part_is_not_assessed(self, sample_result):
        province = rows_of(sample_result, level="city", boundary="province")
        assert province["built_up_km2"].isna().all()
        assert province["grade"].isna().all()

    def test_steps_say_what_came_of_it_and_what_it_would_take(self, sample_result):
        steps = {step["step"]: step for step in sample_result.steps}
        assert steps["completeness of culture"]["status"] == "done"
        assert "grade C in municipality" in steps["completeness of culture"]["reason"]
        land = steps["completeness of biodiversity"]
        assert land["status"] == "skipped"
        assert "it would take a [[layer]] with benchmark = true" in land["reason"]


class TestBenchmark:
    @pytest.fixture
    def folder(self, tmp_path):
        """The sample with a register of sixteen temples, twelve of which the sample has."""
        city = tmp_path / "city"
        shutil.copytree(SAMPLE, city)
        with (city / "city.toml").open("a", encoding="utf-8") as file:
            file.write(BENCHMARK.format(concept="wat"))
        assets = pd.concat(
            [pd.read_csv(SAMPLE / "assets.csv"), pd.read_csv(SAMPLE / "assets_osm.csv")]
        )
        wats = assets[assets["concept"] == "wat"].head(12)
        lost = wats.head(4).assign(
            lon=wats["lon"].head(4) + 0.3, name_en=list("PQRS"), name_th=list("ฟหกด")
        )
        register = pd.concat([wats, lost]).assign(name=lambda t: t["name_en"])
        register["id"] = range(len(register))
        register[["id", "name", "lon", "lat"]].to_csv(city / "register.csv", index=False)
        return city, len(wats)

    def test_it_grades_and_is_not_counted(self, folder, sample_result):
        city, known = folder
        result = run(city)
        assert known >= 10, "the sample has too few temples for this test"
        row = rows_of(result, level="city", boundary="province").loc["culture/worship"]
        assert row["benchmark_n"] == known
        assert row["benchmark_share"] == 1
        assert row["decided_by"] == "benchmark"
        assert result.layers["culture"].index.equals(sample_result.layers["culture"].index)
        assert "register" in result.sources


def test_a_raster_or_a_ground_layer_is_no_benchmark(tmp_path):
    (tmp_path / "w.gpkg").touch()
    (tmp_path / "city.toml").write_text(
        'schema = 1\n[city]\nname = "X"\n[[boundary]]\nid = "a"\npath = "w.gpkg"\n'
        '[[source]]\nid = "s"\ntitle = "S"\nlicense = "CC0-1.0"\nattribution = "S"\n'
        '[[layer]]\npillar = "water"\nkind = "vector"\npath = "w.gpkg"\nsource = "s"\nbenchmark = true\n',
        encoding="utf-8",
    )
    with pytest.raises(ConfigError, match="benchmark is for an inventory of places of a pillar"):
        CityConfig.read(tmp_path / "city.toml")


# ------------------------------------------------------- criteria of a run, on a drawn town


SOURCES = {
    "osm": OPENSTREETMAP.dated("2026-01-02"),
    "hall": Source("hall", "Register", "CC-BY-4.0", "City hall"),
    "copy": Source("copy", "Places", "ODbL-1.0", "© OpenStreetMap contributors"),
    "drawn": Source("drawn", "Drawn", "CC0-1.0", "Nobody", accuracy="illustrative"),
}


def city_data(area, osm, background=None, rasters=None, benchmarks=()):
    return CityData(
        area=area, layers=(osm,), background=background or {}, network=None, rasters=rasters or {},
        sources=SOURCES, inputs={}, osm_features=osm, named_pillars=(), benchmarks=benchmarks,
        osm_report=pd.DataFrame({"reason": []}),
    )  # fmt: skip


@pytest.fixture
def town_area():
    town = gpd.GeoDataFrame(geometry=[square(0, 0)], index=["town"], crs=CRS)
    return StudyArea.from_geometries(town, name="Town", units=town.rename_axis("unit_id"), crs=CRS)


@pytest.fixture
def osm(make_features, town_area):
    spots = [shapely.Point(676_030 + 60 * i, 795_500) for i in range(16)]
    layer = make_features(spots, source_id="osm")
    return layer.assign(osm_timestamp=pd.Timestamp("2025-01-02", tz="UTC"))


def grades_of(data, osm, compared=None):
    found = graded(data, {"culture": osm}, data.area, Taxonomy.load(), compared)
    city = found.table[found.table["level"] == "city"]
    return city.set_index("group").loc["culture/gallery"]


def cover_raster(values):
    import pyproj
    from affine import Affine

    return Raster(
        np.array(values, dtype="uint8"), Affine(500, 0, 676_000, 0, -500, 796_000),
        pyproj.CRS.from_user_input(CRS), "drawn", nodata=0.0,
    )  # fmt: skip


def parallel_streets(n):
    y = [795_000 + 1000 * (i + 0.5) / n for i in range(n)]
    lines = [shapely.LineString([(676_001, v), (676_999, v)]) for v in y]
    return gpd.GeoDataFrame(
        {"rank": 3, "source_id": "osm"}, geometry=lines, crs=CRS, index=range(n)
    )


def test_a_land_cover_raster_says_what_is_built_up(town_area, osm):
    raster = cover_raster([[50, 10], [50, 80]])
    data = city_data(town_area, osm, {"streets": parallel_streets(8)}, {"land_cover": raster})
    row = grades_of(data, osm)
    assert row["built_up_km2"] == pytest.approx(0.5)
    assert row["street_km_per_km2"] == pytest.approx(8 * 0.998 / 0.5)
    assert row["grade"] == "C"


def test_codes_of_another_legend_are_not_guessed_at(town_area, osm):
    raster = cover_raster([[50, 11], [50, 80]])
    data = city_data(town_area, osm, {"streets": parallel_streets(8)}, {"land_cover": raster})
    assert pd.isna(grades_of(data, osm)["built_up_km2"])


def test_mapped_land_use_serves_where_there_is_no_raster(town_area, osm):
    land = gpd.GeoDataFrame(
        {"kind": ["built", "green"]}, geometry=[square(0, 0, 1, 0.5), square(0, 0.5, 1, 0.5)], crs=CRS
    )  # fmt: skip
    data = city_data(town_area, osm, {"streets": parallel_streets(4), "land_use": land})
    row = grades_of(data, osm)
    assert row["built_up_km2"] == pytest.approx(0.525)
    assert row["grade"] == "D"


def test_the_date_of_the_data_is_its_source_s(town_area, osm):
    row = grades_of(city_data(town_area, osm), osm)
    assert row["age_years"] == pytest.approx(1.0, abs=0.01)
    assert pd.isna(row["grade"])


def compared(osm, hall, source):
    """What conflation says: the hall's first places are those of OpenStreetMap."""
    table = pd.concat([osm, hall])[["name", "concept", "geometry"]]
    places = [*osm.index, *(osm.index[:10].tolist() + [f"hall:{i}" for i in range(len(hall) - 10)])]
    return table.assign(
        source=["osm"] * len(osm) + [source] * len(hall),
        source_id=["osm"] * len(osm) + [source] * len(hall), place_id=places,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("source", "assessed"), [("hall", True), ("copy", False), ("drawn", False)]
)
def test_only_an_independent_and_real_list_is_set_against_openstreetmap(
    make_features, town_area, osm, source, assessed
):
    hall = make_features(osm.geometry.to_list()[:14], source_id=source)
    row = grades_of(city_data(town_area, osm), osm, compared(osm, hall, source))
    if not assessed:
        assert row["chapman_n2"] in {0} or pd.isna(row["chapman_n2"])
        assert pd.isna(row["grade"])
        return
    assert row[["chapman_n1", "chapman_n2", "chapman_m"]].tolist() == [16, 14, 10]
    # 17 x 15 / 11 - 1 = 22.18, 20 of them listed
    assert row["chapman_share"] == pytest.approx(20 / (17 * 15 / 11 - 1))
    assert row["decided_by"] == "two lists"


def test_a_city_without_features_has_an_empty_table(town_area, osm):
    empty = osm.iloc[:0]
    data = city_data(town_area, empty)
    found = graded(data, {"culture": empty}, town_area, Taxonomy.load())
    assert len(found.table) == 0
    assert found.steps == []


def test_a_flagged_benchmark_place_is_left_out(make_features, town_area, osm):
    inventory = make_features(osm.geometry.to_list(), source_id="hall")
    open_, secret = inventory.iloc[:12], inventory.iloc[12:].assign(sensitivity="grave")
    data = city_data(town_area, osm, benchmarks=(open_, secret))
    assert grades_of(data, osm)["benchmark_n"] == 12
