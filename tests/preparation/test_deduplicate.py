"""One venue, one record; what was dropped is listed with what stands for it."""

from __future__ import annotations

import time
import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from places import CRS, point, square
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely import LineString

from creative_spatial.errors import DataQualityWarning, LayerSchemaError
from creative_spatial.preparation import drop_duplicates
from creative_spatial.preparation.namesakes import same_venue
from creative_spatial.schema import empty_features, validate_features
from creative_spatial.taxonomy import Taxonomy

# What the warning says is tested below; elsewhere it only says what each test is about.
pytestmark = pytest.mark.filterwarnings("ignore:Points of one source")
NAMES = {"name": ["Museum", "museum"]}


def test_a_node_in_its_building_counts_once_as_the_building(make_features):
    layer = make_features([point(0.5, 0.5), square(0, 0)], **NAMES)
    kept, dropped = drop_duplicates(layer)
    assert kept.index.tolist() == ["test:1"]
    assert dropped.loc["test:0", "kept_id"] == "test:1"
    assert dropped.loc["test:0", "distance_m"] == 0
    validate_features(kept)


@pytest.mark.parametrize(("apart_km", "left"), [(0.05, 1), (0.051, 2)])
def test_two_points_are_one_venue_up_to_the_distance(make_features, apart_km, left):
    layer = make_features([point(0, 0), point(apart_km, 0)], **NAMES)
    kept, dropped = drop_duplicates(layer, distance_m=50)
    assert (len(kept), len(dropped)) == (left, 2 - left)


def test_positional_uncertainty_widens_the_distance(make_features):
    shapes = [point(0, 0), point(0.45, 0)]
    sure = make_features(shapes, **NAMES, uncertainty_m=[None, 400.0])
    assert len(drop_duplicates(sure)[0]) == 2
    # 300 and 400 m make 500 m together.
    vague = make_features(shapes, **NAMES, uncertainty_m=[300.0, 400.0])
    assert len(drop_duplicates(vague)[0]) == 1


def test_other_concepts_or_names_are_other_venues(make_features):
    here = [point(0, 0), point(0, 0)]
    assert len(drop_duplicates(make_features(here, name=["A", "B"]))[0]) == 2
    assert len(drop_duplicates(make_features(here, **NAMES, concept=["museum", "cafe"]))[0]) == 2


def test_nameless_features_are_never_merged(make_features):
    layer = make_features([point(0, 0), point(0, 0)], name=[None, None])
    assert len(drop_duplicates(layer)[0]) == 2


def test_a_name_shared_in_any_language_will_do(make_features):
    layer = make_features(
        [point(0, 0), point(0, 0)], name=["Wat Klang", "วัดกลาง"], **{"name:th": ["วัดกลาง", None]}
    )
    assert len(drop_duplicates(layer)[0]) == 1


def test_areas_that_overlap_by_half_are_one_and_neighbours_are_not(make_features):
    half = make_features([square(0, 0), square(0.5, 0)], **NAMES)
    less = make_features([square(0, 0), square(0.6, 0)], **NAMES)
    beside = make_features([square(0, 0), square(1, 0)], **NAMES)
    assert [len(drop_duplicates(layer)[0]) for layer in (half, less, beside)] == [1, 2, 2]


def test_lines_are_measured_so_their_parts_stay(make_features):
    wall = [LineString([point(0, 0), point(1, 0)]), LineString([point(1, 0), point(2, 0)])]
    assert len(drop_duplicates(make_features(wall, **NAMES))[0]) == 2


def test_the_first_source_wins_over_a_later_ones_area(make_features):
    layer = make_features([point(0.5, 0.5), square(0, 0)], **NAMES)
    layer["source_id"] = ["hall", "osm"]
    assert drop_duplicates(layer)[0].index.tolist() == ["test:0"]


def test_of_two_points_the_one_with_more_filled_in_stays(make_features):
    layer = make_features([point(0, 0), point(0, 0)], **NAMES, seats=[None, 3])
    assert drop_duplicates(layer)[0].index.tolist() == ["test:1"]


def test_a_flag_is_never_lost_with_its_record(make_features):
    layer = make_features([square(0, 0), point(0.5, 0.5)], **NAMES, sensitivity=["", "grave"])
    kept, _ = drop_duplicates(layer)
    assert kept["sensitivity"].tolist() == ["grave"]


def test_three_records_of_one_venue_leave_one(make_features):
    layer = make_features([point(0, 0), point(0.04, 0), point(0.08, 0)], name=["M", "m", "M."])
    kept, dropped = drop_duplicates(layer)
    assert len(kept) == 1
    assert set(dropped["kept_id"]) == {kept.index[0]}


def test_rows_in_are_rows_out_and_the_layer_is_not_changed(make_features):
    layer = make_features([point(i / 100, 0) for i in range(9)], name=list("aabbccdda"))
    before = layer.copy()
    kept, dropped = drop_duplicates(layer)
    assert sorted([*kept.index, *dropped.index]) == sorted(layer.index)
    assert set(dropped["kept_id"]) <= set(kept.index)
    pd.testing.assert_frame_equal(pd.DataFrame(layer), pd.DataFrame(before))


def test_an_empty_layer_stays_empty():
    kept, dropped = drop_duplicates(empty_features("EPSG:32647"))
    assert (len(kept), len(dropped)) == (0, 0)
    assert list(dropped.columns) == ["kept_id", "distance_m", "concept", "reason"]


def test_wrong_input_is_refused(make_features):
    layer = make_features([point(0, 0)])
    with pytest.raises(ValueError, match="must not be negative"):
        drop_duplicates(layer, distance_m=-1)
    with pytest.raises(LayerSchemaError, match="`layer` needs the columns"):
        drop_duplicates(layer.drop(columns="concept"))


@pytest.mark.parametrize(
    "placeholder",
    ["unnamed", "Un-named", "No name", "N/A", "-", "?", "ไม่มีชื่อ", "بی‌نام", "không tên"],
)
def test_a_placeholder_is_no_name(make_features, placeholder):
    layer = make_features([point(0, 0), point(0, 0)], name=[placeholder] * 2)
    assert len(drop_duplicates(layer)[0]) == 2


def test_a_placeholder_beside_a_name_leaves_the_name(make_features):
    layer = make_features(
        [point(0, 0), point(0, 0)], name=["unnamed", "n/a"], **{"name:th": ["วัดกลาง", "วัดกลาง"]}
    )
    assert len(drop_duplicates(layer)[0]) == 1


@pytest.mark.parametrize("kind", ["ศาลเจ้า", "Wayside shrine", "ศาลริมทาง"])
def test_what_a_place_merely_is_tells_nothing_over_a_distance(make_features, kind):
    shrines = [point(i * 0.025, 0) for i in range(6)]
    layer = make_features(shrines, name=[kind] * 6, concept="wayside_shrine", uncertainty_m=100.0)
    assert len(drop_duplicates(layer, taxonomy=Taxonomy.load())[0]) == 6
    assert len(drop_duplicates(layer)[0]) == 1


def test_a_node_in_its_building_is_one_whatever_they_are_called(make_features):
    layer = make_features([point(0.5, 0.5), square(0, 0)], **NAMES)
    assert len(drop_duplicates(layer, taxonomy=Taxonomy.load())[0]) == 1


def test_rows_of_one_list_that_count_once_are_named_in_a_warning(make_features):
    layer = make_features([point(i * 0.025, 0) for i in range(8)], name=["Old shrine"] * 8)
    with pytest.warns(
        DataQualityWarning,
        match=r"test:1 as test:0, .*test:5 as test:0 and 2 more\. If they are separate places",
    ):
        assert len(drop_duplicates(layer)[0]) == 1


def test_rows_of_one_list_are_named_though_another_source_stands_for_them(make_features):
    layer = make_features([point(0, 0)] * 3, name=["Old shrine"] * 3)
    layer["source_id"] = ["hall", "list", "list"]
    with pytest.warns(DataQualityWarning, match=r"place: test:2 as test:1\. If"):
        assert drop_duplicates(layer)[0].index.tolist() == ["test:0"]


def test_doubles_of_two_sources_and_a_node_in_its_building_are_no_news(make_features):
    two = make_features([point(0, 0), point(0, 0)], **NAMES)
    two["source_id"] = ["hall", "osm"]
    mapped = make_features([point(0.5, 0.5), square(0, 0)], **NAMES)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert [len(drop_duplicates(layer)[0]) for layer in (two, mapped)] == [1, 1]


def crowd(make_features, x, y):
    return make_features(shapely.points(x, y), name=["Café Möwe"] * len(x), concept="cafe")


def test_a_crowd_in_one_spot_counts_once_and_soon(make_features):
    layer = crowd(make_features, np.full(50_000, 676_000.0), np.full(50_000, 795_000.0))
    start = time.perf_counter()
    kept, dropped = drop_duplicates(layer)
    assert (len(kept), len(dropped)) == (1, 49_999)
    assert time.perf_counter() - start < 20


def test_a_crowd_in_one_spot_differs_in_uncertainty_and_lines_still_stay(make_features):
    spots = crowd(make_features, np.repeat([0.0, 90.0], 50), np.zeros(100))
    assert len(drop_duplicates(spots)[0]) == 2
    assert len(drop_duplicates(spots.assign(uncertainty_m=[1.0] * 49 + [80.0] * 51))[0]) == 1
    lines = [LineString([point(0, 0), point(1, 0)])] * 40
    assert len(drop_duplicates(make_features(lines, name=["Wall"] * 40))[0]) == 40


def test_a_name_that_a_whole_town_shares_is_a_placeholder(make_features):
    x, y = np.divmod(np.arange(20_000), 100)
    layer = crowd(make_features, 676_000 + x / 2, 795_000 + y / 2)
    with pytest.warns(
        DataQualityWarning,
        match=r"20000 records of 'cafe' are called 'Café Möwe' so close together .*test:0.*separate",
    ):
        kept, dropped = drop_duplicates(layer)
    assert (len(kept), len(dropped)) == (20_000, 0)


def test_a_dense_row_of_namesakes_is_joined_by_its_shortest_pairs(make_features):
    x = np.concatenate([np.arange(300.0), 400 + np.arange(300.0)])
    layer = crowd(make_features, x, np.zeros(600))
    pairs = same_venue(layer, layer.geometry.to_numpy(), 50.0)
    assert len(pairs) == 598
    assert (pairs[:, 1] - pairs[:, 0] == 1).all()
    assert drop_duplicates(layer)[0].index.tolist() == ["test:0", "test:300"]


@pytest.mark.filterwarnings("ignore::creative_spatial.errors.DataQualityWarning")
def test_many_crowds_are_told_apart_soon(make_features):
    rng = np.random.default_rng(0)
    names = np.repeat([f"วัดกลาง {i}" for i in range(60)], 600)
    layer = make_features(
        shapely.points(rng.uniform(0, 60, (len(names), 2))), name=names, concept="wat"
    )
    start = time.perf_counter()
    kept, dropped = drop_duplicates(layer)
    assert time.perf_counter() - start < 6  # 1 s here; 10 s where all pairs of a crowd are made
    assert (len(kept), len(dropped)) == (60, 60 * 599)


@given(
    st.lists(st.tuples(*[st.integers(0, 60)] * 2), min_size=33, max_size=60, unique=True),
    st.sampled_from([5.0, 10.0, 20.0]),
)
@settings(max_examples=25, deadline=None)
def test_a_crowds_shortest_pairs_join_what_all_its_pairs_join(places, distance_m):
    frame = gpd.GeoDataFrame(
        {"name": ["Wat"] * len(places), "concept": "wat"}, geometry=shapely.points(places), crs=CRS
    )
    shapes = frame.geometry.to_numpy()
    found = same_venue(frame, shapes, distance_m)
    xy = np.array(places, dtype=float)
    apart = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    expected = connected_components(apart <= distance_m)[1]
    pairs = coo_array((np.ones(len(found)), found.T), shape=apart.shape)
    joined = connected_components(pairs, directed=False)[1]
    # The same rows are together: one label of either goes with one of the other.
    assert len(set(zip(expected, joined, strict=True))) == len(set(expected)) == len(set(joined))
