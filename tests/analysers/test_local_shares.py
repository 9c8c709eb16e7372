"""Gi* and Local Moran of a share, unit by unit."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from places import CRS

from creative_spatial.analysers.clusters.local_autocorrelation import getis_ord, local_moran
from creative_spatial.analysers.clusters.local_shares import local_statistics, smoothed_share
from creative_spatial.analysers.clusters.neighbours import contiguity
from creative_spatial.errors import CRSError, InsufficientDataError
from creative_spatial.grid import make_grid

TOWN = shapely.box(0, 0, 1200, 1000)


@pytest.fixture
def units():
    return gpd.GeoDataFrame(geometry=make_grid(TOWN, 100, shape="square"), crs=CRS)


@pytest.fixture
def places(units):
    """Five or six in each of 120 units; most of the north-west corner's are of the kind."""
    rng = np.random.default_rng(3)
    corner = shapely.get_coordinates(units.geometry.apply(lambda cell: cell.centroid)) - 50
    xy = corner.repeat(6, axis=0) + rng.uniform(1, 99, (720, 2))
    xy = xy[: 720 - 60]
    near = (xy[:, 0] < 300) & (xy[:, 1] > 700)
    kind = rng.random(len(xy)) < np.where(near, 0.9, 0.1)
    index = pd.Index([f"n{i}" for i in range(len(xy))], name="feature_id")
    return gpd.GeoDataFrame(
        {"kind": kind}, geometry=gpd.points_from_xy(*xy.T), index=index, crs=CRS
    )


def of(table, category):
    return table[table["category"] == category].set_index("unit_id")


def test_they_are_the_statistics_of_the_smoothed_share_in_units_with_a_place(places, units):
    kind = places[places["kind"]]
    found = local_statistics(kind, [places.iloc[:300], places.iloc[300:]], units, seed=5)
    counts = [
        units.sjoin(layer, predicate="contains")
        .groupby(level=0)
        .size()
        .reindex(units.index, fill_value=0)
        for layer in (kind, places)
    ]
    known = units[(counts[1] > 0).to_numpy()]
    assert 0 < len(known) < len(units)
    share = pd.Series(
        smoothed_share(*(count.loc[known.index].to_numpy(dtype=float) for count in counts)),
        index=known.index,
    )
    gi, moran = of(found, "gi_star"), of(found, "moran")
    assert gi.index.equals(units.index)
    assert gi.loc[known.index, "value"].to_numpy() == pytest.approx(
        getis_ord(share, contiguity(known))["statistic"].to_numpy()
    )
    expected = local_moran(share, contiguity(known), permutations=9)["statistic"]
    assert moran.loc[known.index, "value"].to_numpy() == pytest.approx(expected.to_numpy())
    unknown = units.index.difference(known.index)
    assert gi.loc[unknown, ["value", "share", "p", "kind"]].isna().all(axis=None)
    assert (gi["n"] == counts[1]).all()
    assert (gi["cases"] == counts[0]).all()


def test_what_is_hot_is_the_corner(places, units):
    found = local_statistics(places[places["kind"]], [places], units)
    hot = units.loc[of(found, "gi_star").query("kind == 'hot'").index]
    high = units.loc[of(found, "moran").query("kind == 'high-high'").index]
    corner = shapely.box(0, 600, 400, 1000)
    assert len(hot) >= 9
    assert len(high) >= 5
    assert hot.within(corner).all()
    assert high.within(corner).all()
    level = of(found, "gi_star")
    assert level["kind"].notna().equals(level["p_adjusted"] <= 0.05)


def test_the_order_of_units_and_places_does_not_matter(places, units):
    first = local_statistics(places[places["kind"]], [places], units, seed=1)
    mixed = places.sample(frac=1, random_state=2)
    again = local_statistics(
        mixed[mixed["kind"]], [mixed], units.sample(frac=1, random_state=3), seed=1
    )
    for category in ("gi_star", "moran"):
        one, other = of(first, category), of(again, category).loc[units.index]
        assert other["value"].to_numpy() == pytest.approx(one["value"].to_numpy(), nan_ok=True)


def test_an_empty_unit_outside_changes_nothing(places, units):
    first = local_statistics(places[places["kind"]], [places], units, seed=1)
    far = gpd.GeoDataFrame(geometry=[shapely.box(9000, 0, 9100, 100)], index=["far"], crs=CRS)
    wet = gpd.GeoDataFrame(geometry=[shapely.box(9100, 0, 9200, 100)], index=["wet"], crs=CRS)
    more = pd.concat(
        [units.assign(area_land=1.0), far.assign(area_land=1.0), wet.assign(area_land=0.0)]
    )
    again = local_statistics(places[places["kind"]], [places], more.rename_axis("unit_id"), seed=1)
    for category in ("gi_star", "moran"):
        pd.testing.assert_frame_equal(
            of(again, category).loc[units.index], of(first, category), check_index_type=False
        )
        assert of(again, category).loc[["far", "wet"], "value"].isna().all()


def test_records_less_certain_than_half_a_unit_are_left_out_and_said(places, units):
    vague = places.assign(uncertainty_m=np.where(np.arange(len(places)) < 40, 51.0, 50.0))
    found = local_statistics(vague[vague["kind"]], [vague], units)
    assert of(found, "gi_star")["n"].sum() == len(places) - 40
    assert "40 whose place is uncertain by more than 50 m" in found.attrs["note"]


def test_where_shares_differ_by_chance_alone_nothing_is_hot_and_it_says_so(units):
    middle = shapely.get_coordinates(units.centroid).repeat(2, axis=0)
    even = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*middle.T), crs=CRS)
    found = local_statistics(even.iloc[::2], [even], units)
    assert found["value"].isna().all()
    assert of(found, "gi_star")["share"].to_numpy() == pytest.approx(0.5)
    assert found.attrs["note"].endswith(
        "differ by no more than chance would have them: there is nothing to test."
    )


def test_where_shares_differ_by_chance_alone_there_is_no_statistic_and_the_reason_is_said(units):
    # One place in each unit, every eleventh of the kind: no unit can be told from its neighbours.
    corner = shapely.get_coordinates(units.geometry.apply(lambda cell: cell.centroid))
    alone = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*corner.T), crs=CRS).iloc[:-2]
    found = local_statistics(alone.iloc[::11], [alone], units)
    assert found["value"].isna().all()
    assert found["reason"].value_counts().to_dict() == {
        "the shares differ by no more than chance would have it": 2 * 118,
        "no land, or nothing mapped on it": 2 * 2,
    }


def test_few_units_with_a_place_are_refused(places, units):
    few = places[places.geometry.y < 200]
    with pytest.raises(InsufficientDataError, match="at least 30 units"):
        local_statistics(few[few["kind"]], [few], units)
    with pytest.raises(InsufficientDataError, match="No unit"):
        local_statistics(few.iloc[:0], [few.iloc[:0]], units)


def test_another_crs_is_refused(places, units):
    with pytest.raises(CRSError):
        local_statistics(places, [places.to_crs(4326)], units)
