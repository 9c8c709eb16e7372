"""Quarters against clusters drawn by hand, across water, and under changes that must not matter."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from creative_spatial.analysers.quarters.clusters import Setting, checked
from creative_spatial.analysers.quarters.core import quarters
from creative_spatial.analysers.quarters.facts import quarter_fields
from creative_spatial.errors import (
    CRSError,
    IndicatorError,
    InsufficientDataError,
    LayerSchemaError,
)

X, Y = 600_000.0, 790_000.0  # the corner of the town that the fixtures draw in
LAND = shapely.box(X, Y, X + 5000, Y + 3000)
EVIDENCE = pd.DataFrame(
    {
        "concept": ["market", "market", "museum", "gallery", "stall"],
        "field": ["gastronomy", "crafts", "design", "design", "gastronomy"],
        "strength": ["direct", "weak", "direct", "indirect", "direct"],
    }
)
FINE = {"reaches_m": [100.0], "core_sites": 4, "min_places": 6}


@pytest.fixture
def town():
    return gpd.GeoDataFrame(geometry=[LAND], index=["town"], crs="EPSG:32647")


def block(east, north, columns=4, rows=2, step=50.0):
    """Corners of a block of streets, a place at each."""
    x, y = np.meshgrid(np.arange(columns) * step + east, np.arange(rows) * step + north)
    return np.column_stack([x.ravel(), y.ravel()])


@pytest.fixture
def places(points):
    def make(*blocks, concept="market", **columns):
        xy = np.concatenate(blocks)
        concepts = [concept] * len(xy) if isinstance(concept, str) else concept
        return points(xy, concept=concepts, **columns)

    return make


def covered(found, xy):
    return [found.geometry.iloc[0].covers(shapely.Point(X + x, Y + y)) for x, y in xy]


def test_two_blocks_three_hundred_metres_apart_are_two_quarters(places, town):
    layer = places(block(500, 500), block(500 + 150 + 300, 500, columns=5))
    found = quarters(layer, EVIDENCE, LAND, town, **FINE)
    assert found.index.tolist() == ["q1", "q2"]
    assert found["places"].tolist() == [10, 8]  # the larger first
    assert found["sites"].tolist() == [10, 8]
    assert found.geometry.iloc[0].distance(found.geometry.iloc[1]) == pytest.approx(
        300 - 80, abs=0.5
    )  # a disc is a polygon


def test_the_outline_is_what_lies_within_two_fifths_of_the_reach(places, town):
    # A block of 150 x 50 m, grown by 40 m on every side, its inside filled.
    found = quarters(places(block(500, 500)), EVIDENCE, LAND, town, **FINE)
    expected = shapely.box(X + 500, Y + 500, X + 650, Y + 550).buffer(40)
    assert found.geometry.iloc[0].symmetric_difference(expected).area < 0.02 * expected.area
    assert found["area_ha"].iloc[0] == pytest.approx(found.geometry.iloc[0].area / 10_000)


def test_a_chain_is_a_quarter_and_its_ends_are_no_cores(places, town):
    # Ten in a row, 50 m apart: with three within reach on each side of itself five, at the ends three.
    layer = places(block(500, 500, columns=10, rows=1))
    found = quarters(layer, EVIDENCE, LAND, town, **FINE)
    assert found["sites"].tolist() == [8]  # those at the ends have only two neighbours
    assert covered(found, [(550, 500), (900, 500), (500, 500), (950, 500)]) == [
        True,
        True,
        False,
        False,
    ]
    assert found["places"].tolist() == [8]


def test_what_is_too_wide_is_taken_apart_at_a_shorter_reach(places, town):
    # Two dense blocks joined by a thin row of shops, 90 m apart.
    row = np.column_stack([np.arange(740, 1200, 90.0), np.full(6, 525.0)])
    layer = places(block(500, 500), row, block(1280, 500))
    options = {"core_sites": 3, "min_places": 6}
    whole = quarters(layer, EVIDENCE, LAND, town, reaches_m=[100, 60], max_across_m=2000, **options)
    assert whole["places"].tolist() == [22]
    assert whole["reach_m"].tolist() == [100]
    parts = quarters(layer, EVIDENCE, LAND, town, reaches_m=[100, 60], max_across_m=500, **options)
    assert parts["places"].tolist() == [8, 8]
    assert parts["reach_m"].tolist() == [60, 60]


def test_a_long_row_of_which_nothing_is_left_stays_whole(places, town):
    layer = places(block(500, 500, columns=12, rows=1, step=90.0))
    found = quarters(
        layer,
        EVIDENCE,
        LAND,
        town,
        reaches_m=[100, 60],
        max_across_m=500,
        core_sites=3,
        min_places=6,
    )
    assert found["reach_m"].tolist() == [100]


def test_places_on_two_banks_are_two_quarters_unless_a_bridge_joins_them(places, town, streets):
    canal = shapely.box(X + 560, Y - 10, X + 590, Y + 3010)
    land = LAND.difference(canal)
    layer = places(block(400, 500, columns=4), block(600, 500, columns=4))
    apart = quarters(layer, EVIDENCE, land, town, **FINE)
    assert apart["places"].tolist() == [8, 8]
    paths = streets([(400, 525), (550, 525), (600, 525), (750, 525)], [(0, 1), (1, 2), (2, 3)])
    joined = quarters(layer, EVIDENCE, land, town, network=paths, **FINE)
    assert joined["places"].tolist() == [16]
    for found in (apart, joined):
        assert found.geometry.intersection(canal).area.sum() == 0


def test_an_outline_does_not_reach_over_to_the_other_bank(places, town):
    canal = shapely.box(X + 660, Y - 10, X + 670, Y + 3010)
    found = quarters(places(block(500, 500)), EVIDENCE, LAND.difference(canal), town, **FINE)
    assert found.geometry.iloc[0].bounds[2] <= X + 660


def test_fewer_than_the_least_number_are_no_quarter(places, town):
    layer = places(block(500, 500, columns=2, rows=2), block(2000, 500, columns=3, rows=2))
    found = quarters(layer, EVIDENCE, LAND, town, **FINE)
    assert found["places"].tolist() == [6]
    none = quarters(layer, EVIDENCE, LAND, town, **{**FINE, "min_places": 7})
    assert len(none) == 0
    assert none.crs == town.crs
    assert none.dtypes.drop("geometry").equals(found.dtypes.drop("geometry"))


@pytest.mark.parametrize("number", [0, 1, 5])
def test_too_few_places_are_refused(places, town, number):
    layer = places(block(500, 500)).iloc[:number]
    with pytest.raises(InsufficientDataError, match=f"takes 6 places; {number} stand on the land"):
        quarters(layer, EVIDENCE, LAND, town, **FINE)


def test_all_at_one_point_are_an_address(places, town):
    layer = places(np.full((20, 2), 777.0))
    with pytest.raises(InsufficientDataError, match="All 20 places stand at one point"):
        quarters(layer, EVIDENCE, LAND, town, **FINE)


def test_a_mall_is_one_site_and_does_not_make_a_quarter(places, town):
    layer = places(np.full((20, 2), 777.0), np.array([[3000.0, 2000.0]]))
    assert len(quarters(layer, EVIDENCE, LAND, town, **FINE)) == 0


def test_a_place_on_the_water_is_in_no_quarter_and_said(places, town):
    land = LAND.difference(shapely.box(X + 640, Y, X + 5000, Y + 3000))
    found = quarters(places(block(500, 500)), EVIDENCE, land, town, **FINE)
    assert found["places"].tolist() == [6]
    assert found.attrs["note"] == "Of the places, 2 on the water are left out."


def test_no_land_is_refused(places, town):
    with pytest.raises(InsufficientDataError, match="8 on the water"):
        quarters(places(block(500, 500)), EVIDENCE, shapely.Polygon(), town, **FINE)


def test_places_less_certain_than_half_the_reach_are_left_out_and_said(places, town):
    uncertain = [None] * 8 + [60.0] * 3
    layer = places(block(500, 500), block(500, 600, columns=3, rows=1), uncertainty_m=uncertain)
    found = quarters(layer, EVIDENCE, LAND, town, **FINE)
    assert found["places"].tolist() == [8]
    assert "3 whose place is uncertain by more than 50 m" in found.attrs["note"]
    assert quarters(layer, EVIDENCE, LAND, town, **{**FINE, "reaches_m": [120.0]})[
        "places"
    ].tolist() == [11]


def test_facts_of_a_quarter_by_hand(places, town):
    # Of 8 places in the quarter 4 are markets, 2 museums, 2 something else; 4 more markets far off.
    concept = ["market"] * 4 + ["museum"] * 2 + ["pier"] * 2 + ["market"] * 4
    far = np.array([[3000.0, 2000.0], [3500, 2500], [4000, 1000], [4500, 2000]])
    layer = places(
        block(500, 500), far, concept=concept,
        community=["chinese", "chinese", "muslim", "muslim", "unknown", "shared", "civic", None] + [None] * 4,
        opens_evening=pd.array([True, True, True, False, False, None, None, None] + [None] * 4, dtype="boolean"),
        opens_weekend=pd.array([True, True, True, False, None, None, None, None] + [None] * 4, dtype="boolean"),
        accuracy=["illustrative", *[None] * 11],
    )  # fmt: skip
    of_no_one = ["unknown", "shared", "civic"]
    found = quarters(
        layer, EVIDENCE, LAND, town, min_field_places=2, without=of_no_one, **FINE
    ).loc["q1"]
    # Fields: gastronomy 4, design 2 (the weak evidence for crafts does not count): exp(H).
    p = np.array([4, 2]) / 6
    assert found["fields_hill"] == pytest.approx(np.exp(-(p * np.log(p)).sum()))
    assert np.isnan(found["communities_hill"])  # of four places only
    assert found["communities_known"] == 4
    assert found["sites"] == found["places"] == 8
    # Five are known in the evening; at the weekend four, of which nothing is told.
    assert found["opens_evening"] == 0.6
    assert np.isnan(found["opens_weekend"])
    assert found["hours_known"] == 5
    # Gastronomy: 4 of 8 beside 8 of 12; design: 2 of 8 beside 2 of 12.
    assert found["leading_field"] == "design"
    assert found["illustrative"]
    assert found["accuracy"] == "illustrative"
    few = quarters(layer, EVIDENCE, LAND, town, min_field_places=3, **FINE).loc["q1"]
    assert pd.isna(few["leading_field"])
    sparse = quarters(layer, EVIDENCE, LAND, town, min_known=4, without=of_no_one, **FINE).loc["q1"]
    assert sparse["communities_hill"] == pytest.approx(2.0)
    assert sparse["opens_weekend"] == 0.75


def test_fields_of_quarters_by_hand(places, town):
    concept = ["market"] * 4 + ["museum"] * 2 + ["pier"] * 2 + ["market"] * 4
    far = np.array([[3000.0, 2000.0], [3500, 2500], [4000, 1000], [4500, 2000]])
    layer = places(block(500, 500), far, concept=concept)
    found = quarters(layer, EVIDENCE, LAND, town, **FINE)
    table = quarter_fields(found, layer, EVIDENCE, LAND, town).set_index("field")
    assert table["n"].to_dict() == {"gastronomy": 4, "crafts": 0, "design": 2}
    assert table["share"].to_dict() == {"gastronomy": 0.5, "crafts": 0.0, "design": 0.25}
    assert table.loc["design", "quotient"] == pytest.approx((2 / 8) / (2 / 12))
    assert np.isnan(table.loc["crafts", "quotient"])
    assert not table["headline"].any()
    assert (table["category"] == "q1:" + table.index).all()


def test_heat_of_a_quarter_is_the_mean_over_its_ground(places, town):
    found = quarters(places(block(500, 500)), EVIDENCE, LAND, town, **FINE)
    west = shapely.box(X, Y, X + 575, Y + 3000)  # cuts the block's outline in half
    spots = gpd.GeoDataFrame({"hot": [0.8]}, geometry=[west], crs=town.crs)
    again = quarters(places(block(500, 500)), EVIDENCE, LAND, town, spots=spots, **FINE)
    assert again["hot_share"].iloc[0] == pytest.approx(0.4, abs=0.005)
    assert np.isnan(found["hot_share"].iloc[0])
    cold = quarters(places(block(500, 500)), EVIDENCE, LAND, town, spots=spots.iloc[:0], **FINE)
    assert cold["hot_share"].iloc[0] == 0


def test_survival_is_the_share_of_other_settings_that_find_it(places, town):
    # Columns 50 m apart. At 0.8 of the reach (80 m) corners have 4 within reach, so all eight
    # remain; at 0.4 of it (40 m) nobody has a neighbour.
    layer = places(block(500, 500))
    both = quarters(layer, EVIDENCE, LAND, town, scales=[0.8, 0.4], **FINE)
    assert both["survives"].tolist() == [0.5]
    # Nine within reach are more than the block has.
    cores = quarters(layer, EVIDENCE, LAND, town, other_cores=[3, 9], **FINE)
    assert cores["survives"].tolist() == [0.5]
    assert quarters(layer, EVIDENCE, LAND, town, **FINE)["survives"].isna().all()


@pytest.mark.parametrize("change", ["order", "ids", "moved"])
def test_order_ids_and_where_the_town_lies_change_nothing(places, town, change):
    rng = np.random.default_rng(6)
    crowd = [block(*corner) + rng.normal(0, 8, (8, 2)) for corner in rng.uniform(300, 2500, (9, 2))]
    names = [f"n{i}" for i in range(72)]
    layer = places(*crowd, concept=["market", "museum", "pier"] * 24, name=names)
    options = {"reaches_m": [120.0, 90.0], "core_sites": 4, "min_places": 6, "scales": [0.9]}
    first = quarters(layer, EVIDENCE, LAND, town, **options)
    land, units, shift = LAND, town, 0
    if change == "order":
        layer = layer.sample(frac=1, random_state=1)
    elif change == "ids":
        layer.index = pd.Index([f"other:{i}" for i in range(len(layer))][::-1], name="feature_id")
    else:
        shift = 100_000
        move = lambda xy: xy + shift  # noqa: E731
        layer = layer.set_geometry(layer.geometry.transform(move))
        land, units = (
            shapely.transform(LAND, move),
            town.set_geometry(town.geometry.transform(move)),
        )
    again = quarters(layer, EVIDENCE, land, units, **options)
    assert len(first) > 1
    facts = first.columns.difference(["geometry", "area_ha"])
    pd.testing.assert_frame_equal(pd.DataFrame(again[facts]), pd.DataFrame(first[facts]))
    back = again.geometry.transform(lambda xy: xy - shift)
    assert back.symmetric_difference(first.geometry).area.max() < 0.01


def test_outlines_never_overlap(places, town):
    rng = np.random.default_rng(9)
    crowd = np.concatenate([rng.normal(rng.uniform(500, 1800, 2), 70, (25, 2)) for _ in range(14)])
    found = quarters(
        places(crowd), EVIDENCE, LAND, town, reaches_m=[80.0, 50.0], core_sites=4, min_places=5,
        max_across_m=300,
    )  # fmt: skip
    assert len(found) > 4
    assert found.union_all().area == pytest.approx(found.area.sum())
    assert found["places"].ge(5).all()


def street(name, line, **columns):
    given = {"name": [name], **{key: [value] for key, value in columns.items()}}
    lines = [shapely.LineString([(X + x, Y + y) for x, y in line])]
    index = pd.Index([f"way:{name}"], name="feature_id")
    return gpd.GeoDataFrame(given, geometry=lines, index=index, crs="EPSG:32647")


def test_a_quarter_is_called_after_the_street_of_most_of_its_places(places, town):
    upper = street("Nang Ngam", [(480, 555), (700, 555)], **{"name:th": "นางงาม"})
    lower = street("Nakhon Nok", [(480, 490), (600, 490)])
    nameless = street(None, [(480, 500), (700, 500)])
    streets = gpd.GeoDataFrame(pd.concat([lower, nameless, upper]))
    layer = places(block(500, 500), block(500, 550, columns=3, rows=1) + 3, name=["x"] * 11)
    found = quarters(layer, EVIDENCE, LAND, town, streets=streets, **FINE).loc["q1"]
    assert found["name"] == "Nang Ngam"
    assert found["name:th"] == "นางงาม"


def test_an_old_town_names_its_quarter_first(places, town):
    layer = places(block(500, 500), concept=["market"] * 7 + ["old_town"],
                   name=["Market"] * 7 + ["<b>Old</b> =Town"])  # fmt: skip
    streets = street("Nang Ngam", [(480, 525), (700, 525)])
    options = {"streets": streets, "named_by": ["old_town"], **FINE}
    # Text is passed on as it stands: what draws or writes it makes it harmless.
    assert quarters(layer, EVIDENCE, LAND, town, **options)["name"].tolist() == ["<b>Old</b> =Town"]


def test_two_quarters_do_not_share_a_name(places, town):
    long = street("Long Road", [(400, 525), (1600, 525)])
    layer = places(block(500, 500, columns=5), block(1200, 500), name=[f"p{i}" for i in range(18)])
    found = quarters(layer, EVIDENCE, LAND, town, streets=long, **FINE)
    # The middle of the second block is 1275, 525: the four places around it are equally near.
    assert found["name"].tolist() == ["Long Road", "p11"]


def test_where_nothing_has_a_name_a_quarter_has_none(places, town):
    found = quarters(places(block(500, 500)), EVIDENCE, LAND, town, **FINE)
    assert found["name"].isna().all()


@pytest.mark.parametrize(
    "setting",
    [
        Setting((), 4, 6, 1000.0), Setting((50.0, 100.0), 4, 6, 1000.0), Setting((100.0, 0.0), 4, 6, 1000.0),
        Setting((100.0,), 1, 6, 1000.0), Setting((100.0,), 4, 1, 1000.0), Setting((100.0,), 4, 6, 0.0),
    ],
)  # fmt: skip
def test_settings_that_make_no_sense_are_refused(setting):
    with pytest.raises(IndicatorError):
        checked(setting)


def test_degrees_and_missing_columns_are_refused(places, town):
    layer = places(block(500, 500))
    with pytest.raises(CRSError):
        quarters(layer.to_crs(4326), EVIDENCE, LAND, town, **FINE)
    with pytest.raises(LayerSchemaError, match="concept"):
        quarters(layer.drop(columns="concept"), EVIDENCE, LAND, town, **FINE)
