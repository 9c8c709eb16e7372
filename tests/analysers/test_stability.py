"""Hot spots of a share of mapped places, and how many grids they survive."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from places import CRS

from creative_spatial.analysers.stability import hot_spot_stability, hot_spots, smoothed_share
from creative_spatial.errors import IndicatorError
from creative_spatial.grid import make_grid

TOWN = shapely.box(0, 0, 4000, 4000)


def mapped(seed: int = 0) -> gpd.GeoDataFrame:
    """Two thousand places; those within 600 m of the market are mostly of the kind, others rarely."""
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 4000, (2000, 2))
    near = np.hypot(*(xy - 2000).T) < 600
    kind = rng.random(2000) < np.where(near, 0.8, 0.1)
    return gpd.GeoDataFrame({"kind": kind}, geometry=gpd.points_from_xy(*xy.T), crs=CRS)


def test_share_of_few_places_is_drawn_to_the_citys():
    found = smoothed_share(np.array([1.0, 0, 90, 10]), np.array([1.0, 1, 100, 100]))
    assert 0.5 < found[0] < 1
    assert 0 < found[1] < 0.5
    assert found[2] == pytest.approx(0.9, abs=0.02)


def test_smoothing_by_hand():
    # m = 12/20; v = (10 * .4^2 + 10 * .4^2)/20 - .06 = .1; B = .1 / (.1 + .06) = .625.
    found = smoothed_share(np.array([10.0, 2.0]), np.array([10.0, 10.0]))
    assert found == pytest.approx([0.625 * 1.0 + 0.375 * 0.6, 0.625 * 0.2 + 0.375 * 0.6])


def test_the_hot_spot_is_where_the_share_is_high_not_where_much_is_mapped():
    places = mapped()
    crowd = np.random.default_rng(1).uniform(0, 500, (2000, 2))
    dense = gpd.GeoDataFrame(
        {"kind": np.random.default_rng(2).random(2000) < 0.1},
        geometry=gpd.points_from_xy(*crowd.T),
        crs=CRS,
    )
    everything = gpd.GeoDataFrame(gpd.pd.concat([places, dense], ignore_index=True), crs=CRS)
    units = gpd.GeoDataFrame(geometry=make_grid(TOWN, 400), crs=CRS)
    found = hot_spots(everything[everything["kind"]], everything, units)
    hot = units[(found["p_adjusted"] < 0.05) & (found["statistic"] > 0)]
    assert hot.contains(shapely.Point(2000, 2000)).any()
    assert hot.distance(shapely.Point(0, 0)).min() > 1000


def test_units_without_a_place_are_not_judged():
    places = mapped()
    places = places[places.geometry.x > 1000]
    units = gpd.GeoDataFrame(geometry=make_grid(TOWN, 400), crs=CRS)
    found = hot_spots(places[places["kind"]], places, units)
    assert found.loc[found["places"] == 0, ["share", "statistic", "p"]].isna().all(axis=None)
    assert (found["places"] == 0).any()


def test_a_real_hot_spot_survives_most_grids_and_the_rest_of_town_none():
    places = mapped()
    found = hot_spot_stability(
        places[places["kind"]], places, TOWN, cell_widths_m=[300, 400, 500], offsets=3
    )
    away = found.geometry.centroid.distance(shapely.Point(2000, 2000))
    assert found.loc[away < 400, "hot"].mean() > 0.9
    assert found.loc[away > 1500, "hot"].max() < 0.2


def test_positions_that_are_uncertain_soften_the_edge():
    places = mapped()
    options = {"cell_widths_m": [500], "offsets": 5, "spot_m": 250}
    sharp = hot_spot_stability(places[places["kind"]], places, TOWN, **options)["hot"]
    soft = hot_spot_stability(places[places["kind"]], places, TOWN, uncertainty_m=250, **options)[
        "hot"
    ]
    between = lambda shares: ((shares > 0) & (shares < 1)).sum()  # noqa: E731
    assert between(soft) != between(sharp)


def test_cells_narrower_than_twice_the_uncertainty_are_refused():
    places = mapped()
    with pytest.raises(IndicatorError, match="less than twice as wide"):
        hot_spot_stability(places, places, TOWN, cell_widths_m=[250], uncertainty_m=234)


def test_too_few_places_for_any_grid_are_refused():
    places = mapped().iloc[:20]
    with pytest.raises(IndicatorError, match="30 cells"):
        hot_spot_stability(places[places["kind"]], places, TOWN, cell_widths_m=[500])


def test_the_same_seed_gives_the_same_shares():
    places = mapped().iloc[:800]
    runs = [
        hot_spot_stability(
            places[places["kind"]], places, TOWN, cell_widths_m=[500], offsets=2, seed=3
        )
        for _ in range(2)
    ]
    assert runs[0]["hot"].equals(runs[1]["hot"])
