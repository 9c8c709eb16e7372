"""The fields of a real ward beside the rest of its real city, counted again without the package."""

from __future__ import annotations

import warnings

import geopandas as gpd
import numpy as np
import pytest
from fetch_real_data import cache_folder
from places import require_or_skip
from scipy import stats

from creative_spatial.assessment import Assessment
from creative_spatial.errors import CreativeSpatialWarning
from creative_spatial.taxonomy import Taxonomy

CITY = """
schema = 1
[city]
name = "Monaco"
field = "gastronomy"
languages = ["fr", "en"]
[[boundary]]
id = "ward"
relation = 2220206
name = "Fontvieille"
primary = true
[[boundary]]
id = "city"
path = "monaco_boundary.geojson"
name = "Monaco"
[osm]
path = "monaco.osm.pbf"
"""


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    """Fontvieille in Monaco, with the fields' tables alone."""
    pbf = require_or_skip(cache_folder() / "monaco.osm.pbf", "Monaco")
    folder = tmp_path_factory.mktemp("fields")
    for name in (pbf.name, "monaco_boundary.geojson"):
        (folder / name).write_bytes((cache_folder() / name).read_bytes())
    (folder / "city.toml").write_text(CITY, encoding="utf-8")
    wanted = ["field_profile", "field_quotients", "field_ranking", "cuisine_quotients"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CreativeSpatialWarning)
        return Assessment.from_toml(folder).run(only=wanted)


@pytest.fixture(scope="module")
def places(result):
    """Every mapped place with the ward, the rest of the city, or neither that it is in."""
    layers = [result.layers[name] for name in ("culture", "community")]
    standing = [x[x["status"].isna() | (x["status"] == "open")] for x in layers]
    points = gpd.GeoSeries(
        np.concatenate([x.representative_point() for x in standing]), crs=layers[0].crs
    )
    shapes = result.area.boundaries.geometry
    ward, city = (points.intersects(shapes[key]).to_numpy() for key in ("ward", "city"))
    concept = np.concatenate([x["concept"] for x in standing])
    return concept, ward, city & ~ward


def test_every_quotient_is_what_counting_by_hand_gives(result, places):
    concept, ward, rest = places
    table = result.tables["field_quotients"].query("boundary == 'ward'").set_index("field")
    assert (table["reference"] == "Monaco without Fontvieille").all()
    assert (table["total"] == ward.sum()).all()
    for field in Taxonomy.load().fields:
        serving = [c.id for c in Taxonomy.load().concepts.values() if field in c.fields]
        of_field = np.isin(concept, serving)
        x, y = (of_field & ward).sum(), (of_field & rest).sum()
        row = table.loc[field]
        assert (row["n"], row["reference_n"]) == (x, y)
        if y:
            assert row["value"] == pytest.approx((x / ward.sum()) / (y / rest.sum()))
            # The test of two Poisson means of Przyborowski and Wilenski rejects what is outside.
            for quotient, tail in ((row["low"], "greater"), (row["high"], "less")):
                if np.isfinite(quotient) and quotient > 0:
                    odds = quotient * ward.sum() / rest.sum()
                    p = stats.binomtest(int(x), int(x + y), odds / (1 + odds), alternative=tail)
                    assert p.pvalue == pytest.approx(0.025, abs=1e-6)


def test_the_ranking_follows_and_its_shares_add_up(result):
    table = result.tables["field_ranking"].query("boundary == 'ward'")
    ranked = table[table["rank"].notna()]
    assert ranked["p_first"].sum() == pytest.approx(1)
    quotients = result.tables["field_quotients"].query("boundary == 'ward'").set_index("field")
    plenty = [f for f in ranked["field"] if quotients.at[f, "reference_n"] >= 20]
    # Where places are many, weights and completeness move a quotient, but not out of all bounds.
    for field in plenty:
        row = ranked.set_index("field").loc[field]
        assert row["low"] < max(quotients.at[field, "value"], 0.01) < 1.5 * row["high"]


def test_the_city_itself_has_no_reference_and_says_so(result):
    city = result.tables["field_quotients"].query("boundary == 'city'")
    assert city["value"].isna().all()
    said = result.tables["field_sentences"].set_index(["boundary", "language"])["sentence"]
    assert said["ward", "fr"].startswith("Par rapport à la référence « Monaco sans Fontvieille »")
    assert said["city", "en"].startswith("No field could be ranked")


def test_anchors_are_places_of_the_ward(result):
    table = result.tables["field_quotients"].query("boundary == 'ward'")
    ids = ";".join(table["anchor_ids"].dropna()).split(";")
    assert ids != [""]
    culture = result.layers["culture"]
    ward = result.area.boundaries.geometry["ward"]
    known = culture.loc[[i for i in ids if i in culture.index]]
    assert len(known)
    assert known.representative_point().intersects(ward).all()
