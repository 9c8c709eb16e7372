"""Places that stand in the water for certain are told by row before a run."""

from __future__ import annotations

import geopandas as gpd
import pytest
from places import CRS, point, square

from creative_spatial.assessment import check_folder

CITY = """
schema = 1
[city]
name = "Town"
languages = ["en"]
[[boundary]]
id = "town"
path = "town.gpkg"
layer = "town"
source = "survey"
[units]
grid = "square"
cell_m = 500
[[source]]
id = "survey"
title = "Survey"
license = "CC0-1.0"
attribution = "Town hall"
[[layer]]
pillar = "culture"
kind = "table"
path = "assets.csv"
source = "survey"
columns = { concept = "concept" }
[[layer]]
pillar = "water"
kind = "vector"
path = "lake.gpkg"
source = "survey"
concept = "lagoon"
"""


@pytest.fixture
def check(tmp_path):
    """A town of 4 by 4 km whose east half is a lagoon: what `check` says of assets there."""

    def wet(*rows, city=CITY, **of_water):
        gpd.GeoDataFrame({"name": ["Town"]}, geometry=[square(0, 0, 4, 4)], crs=CRS).to_file(
            tmp_path / "town.gpkg", layer="town"
        )
        outline = square(2, -1, 4, 6)
        lagoon = gpd.GeoDataFrame({"name": ["Lagoon"], **of_water}, geometry=[outline], crs=CRS)
        lagoon.to_file(tmp_path / "lake.gpkg")
        lines = ["id,name,concept,lon,lat,uncertainty_m,sensitivity"]
        for at, (concept, east_km, uncertainty, *flag) in enumerate(rows):
            place = gpd.GeoSeries([point(east_km, 2)], crs=CRS).to_crs(4326).iloc[0]
            given = [f"{at},Place {at}", concept, place.x, place.y, uncertainty, *(flag or [""])]
            lines.append(",".join(map(str, given)))
        (tmp_path / "assets.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")
        (tmp_path / "city.toml").write_text(city, encoding="utf-8")
        report = check_folder(tmp_path)
        assert not report.of("error")
        return [found for found in report if found.kind == "wet"]

    return wet


def test_a_temple_in_the_lagoon_is_told_by_row(check):
    (found,) = check(("wat", 1.0, 10), ("wat", 2.191, 10), ("museum", 2.5, 20))
    assert (found.severity, found.file, found.rows) == ("warning", "assets.csv", (3, 4))
    assert "2 places stand in the water" in found.message
    assert "rows 3, 4 (first: wat, 191 m off)" in found.message


@pytest.mark.parametrize(
    ("concept", "east_km", "uncertainty"),
    [
        ("wat", 1.99, 10),  # on land
        ("restaurant", 2.105, 10),  # on a jetty: 105 m are less than 10 and 100 m
        ("wat", 2.191, 100),
        ("wat", 2.191, ""),  # of a list that does not say it: 250 m
        ("procession", 2.5, 10),  # of boats
        ("food_market", 2.5, 10),  # afloat
        ("viewpoint", 4.5, 10),  # beyond the town
    ],
)
def test_what_may_be_on_land_or_is_at_home_on_the_water_is_none(
    check, concept, east_km, uncertainty
):
    assert check((concept, east_km, uncertainty), ("wat", 1.0, 10)) == []


def test_an_outline_of_water_that_is_uncertain_itself_makes_less_certain(check):
    places = ("wat", 2.305, 10), ("wat", 2.315, 10)
    assert [found.rows for found in check(*places)] == [(2, 3)]
    assert [found.rows for found in check(*places, uncertainty_m=[300])] == [(3,)]


def test_of_what_is_not_public_nothing_is_said(check):
    assert check(("wat", 2.5, 10, "grave"), ("wat", 1.0, 10)) == []


def test_a_city_without_water_says_nothing(check):
    assert check(("wat", 2.5, 10), city=CITY[: CITY.rindex("[[layer]]")]) == []


def test_ids_that_another_file_has_too_keep_their_rows(check, tmp_path):
    again = CITY.replace(
        '[[layer]]\npillar = "water"',
        '[[layer]]\npillar = "culture"\nkind = "table"\npath = "more.csv"\nsource = "survey"\n'
        'columns = { concept = "concept" }\n[[layer]]\npillar = "water"',
    )
    check(("wat", 1.0, 10), ("wat", 2.5, 10))
    (tmp_path / "more.csv").write_text((tmp_path / "assets.csv").read_text(encoding="utf-8"))
    found = check(("wat", 1.0, 10), ("wat", 2.5, 10), city=again)
    assert [(each.file, each.rows) for each in found] == [("assets.csv", (3,)), ("more.csv", (3,))]
