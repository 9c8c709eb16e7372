"""A city with one kind of layer and nothing else is assessed: what it lacks is said, and what works."""

from __future__ import annotations

import re
import warnings

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from places import CRS, ORIGIN, point, square
from rasterio.transform import from_origin

from creative_spatial.area import StudyArea
from creative_spatial.assessment import Assessment
from creative_spatial.assessment.checks import DERIVED_INPUTS
from creative_spatial.config import COUNT_INPUTS, DRAWN_INPUTS, RASTER_INPUTS
from creative_spatial.errors import CreativeSpatialWarning
from creative_spatial.evaluation import evaluate
from creative_spatial.evaluation.core import ENABLERS
from creative_spatial.indicators import load_indicators
from creative_spatial.taxonomy import Taxonomy

CITY = """
schema = 1
[city]
name = "Town"
languages = ["en"]
field = "gastronomy"
[[boundary]]
id = "town"
path = "town.gpkg"
layer = "town"
source = "survey"
primary = true
[units]
grid = "square"
cell_m = 500
[[source]]
id = "survey"
title = "Survey"
license = "CC0-1.0"
attribution = "Town hall"
[[layer]]
pillar = "{pillar}"
source = "survey"
{more}
"""
POINTS = 'kind = "table"\npath = "places.csv"\nconcept = "{}"\n'
OUTLINES = 'kind = "vector"\npath = "outlines.gpkg"\nconcept = "{}"\n'
CELLS = 'kind = "raster"\npath = "cells.tif"\n'
ALONE = {
    "museums": ("culture", POINTS.format("museum")),
    "associations": ("community", POINTS.format("association")),
    "viewpoints": ("biodiversity", POINTS.format("viewpoint")),
    "forest": ("biodiversity", OUTLINES.format("forest")),
    "water": ("water", OUTLINES.format("lake")),
    "background": ("background", OUTLINES.format("park")),
    "population": ("population", CELLS),
    "elevation": ("elevation", CELLS),
}
# Whatever a city has, a run has these.
GIVEN = {"field_evidence", "field_grades", "fcs", "planned_stops"}
REMEDY = re.compile(r"""pillar = (['"])(.+?)\1""")


@pytest.fixture
def folder(tmp_path):
    """A town of 2 by 1 km; two points, one outline and a raster, of which one is read."""
    town = gpd.GeoDataFrame({"name": ["Town"]}, geometry=[square(0, 0, 2, 1)], crs=CRS)
    town.to_file(tmp_path / "town.gpkg", layer="town")
    outline = gpd.GeoDataFrame({"name": ["Old"]}, geometry=[square(0.2, 0.2, 0.5, 0.5)], crs=CRS)
    outline.to_file(tmp_path / "outlines.gpkg")
    degrees = gpd.GeoSeries([point(1, 0.5), point(1.2, 0.6)], crs=CRS).to_crs(4326)
    rows = [f"{at},Place {at},{place.x},{place.y}" for at, place in enumerate(degrees)]
    text = "\n".join(["id,name,lon,lat", *rows, ""])
    (tmp_path / "places.csv").write_text(text, encoding="utf-8")
    west, south = ORIGIN
    with rasterio.open(
        tmp_path / "cells.tif", "w", driver="GTiff", width=20, height=10, count=1, dtype="uint8",
        crs=CRS, transform=from_origin(west, south + 1000, 100, 100),
    ) as file:  # fmt: skip
        file.write(np.full((1, 10, 20), 10, dtype="uint8"))
    return tmp_path


@pytest.mark.parametrize("alone", ALONE)
def test_a_city_with_one_layer_alone_is_assessed_as_check_says(folder, alone):
    pillar, more = ALONE[alone]
    (folder / "city.toml").write_text(CITY.format(pillar=pillar, more=more), encoding="utf-8")
    assessment = Assessment.from_toml(folder)
    assert not assessment.check().of("error")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CreativeSpatialWarning)
        result = assessment.run()
    assessment.save(result, folder / "out", maps=[], charts=[])
    steps = {step["step"]: step for step in result.steps}
    if pillar != "culture":
        assert steps["culture_relative_risk"]["status"] == "skipped"
        assert (
            "no culture; it would take a [[layer]] with pillar = 'culture'"
            in (steps["culture_relative_risk"]["reason"])
        )
    if pillar not in ("culture", "community"):
        assert steps["field_hot_spots"]["reason"].startswith("no culture or community")
    assert (folder / "out" / "indicators.csv").is_file()


def accepted():
    """What `pillar` of a [[layer]] may be."""
    return {*Taxonomy.load().pillars, *RASTER_INPUTS, *DRAWN_INPUTS, *COUNT_INPUTS}


def test_every_pillar_that_a_remedy_names_is_one_that_a_city_may_write(town):
    area = StudyArea.from_geometries(town, name="Town", grid="square", cell_m=500)
    given = {name: {"a": "b"} for name in GIVEN}
    said = evaluate(load_indicators(), given, area).rows["reason"].dropna().unique()
    named = {name for text in said for _, name in REMEDY.findall(text)}
    assert {"culture", "biodiversity", "population"} <= named <= accepted()


def test_what_a_run_derives_is_not_asked_for_as_a_pillar():
    assert {*DERIVED_INPUTS} - GIVEN <= {*ENABLERS, *COUNT_INPUTS}


def test_the_concepts_that_remedies_name_give_what_is_missing():
    concepts = Taxonomy.load().concepts
    named = {
        name: [concepts[it] for it in re.findall(r'"(\w+)"', ENABLERS[name]) if it in concepts]
        for name in ("zones", "protected", "learning")
    }
    assert [it.attributes["role"] for it in named["zones"]] == ["habitat", "habitat"]
    assert [it.attributes["role"] for it in named["protected"]] == ["protected"]
    assert [it.attributes["stage"] for it in named["learning"]] == ["learn"]
