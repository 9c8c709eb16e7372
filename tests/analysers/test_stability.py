"""Hot spots of a share of mapped places, and how many grids they survive."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from places import CRS
from scipy import sparse

from creative_spatial.analysers.clusters.hot_spots import hot_spots
from creative_spatial.analysers.clusters.local_shares import share_statistics, smoothed_share
from creative_spatial.analysers.clusters.neighbours import contiguity, within_steps
from creative_spatial.analysers.clusters.stability import hot_spot_stability
from creative_spatial.errors import CRSError, IndicatorError, InsufficientDataError
from creative_spatial.grid import make_grid

TOWN = shapely.box(0, 0, 4000, 4000)
UNITS = gpd.GeoDataFrame(geometry=[TOWN], crs=CRS)
WIDTHS = {"cell_widths_m": [300, 400, 500], "offsets": 3}


def points(xy, **columns) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=gpd.points_from_xy(*np.asarray(xy).T), crs=CRS)


def mapped(seed: int = 0) -> gpd.GeoDataFrame:
    """Two thousand places; those within 600 m of the market are mostly of the kind, others rarely."""
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 4000, (2000, 2))
    near = np.hypot(*(xy - 2000).T) < 600
    return points(xy, kind=rng.random(2000) < np.where(near, 0.8, 0.1))


def of_kind(places: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return places[places["kind"]]


def test_share_of_few_places_is_drawn_to_the_citys():
    found = smoothed_share(np.array([1.0, 0, 90, 10]), np.array([1.0, 1, 100, 100]))
    assert 0.5 < found[0] < 1
    assert 0 < found[1] < 0.5
    assert found[2] == pytest.approx(0.9, abs=0.02)


def test_smoothing_by_hand():
    # m = 12/20; v = (.16 - .24 / 10) / (1 - 1 / 10) = .136 / .9; B = v / (v + (.24 - v) / 10).
    v = 0.136 / 0.9
    trust = v / (v + (0.24 - v) / 10)
    found = smoothed_share(np.array([10.0, 2.0]), np.array([10.0, 10.0]))
    assert found == pytest.approx([trust + (1 - trust) * 0.6, trust * 0.2 + (1 - trust) * 0.6])


def test_shares_of_nothing_but_one_kind_or_the_other_are_left_as_they_are():
    # m = 1/2; v = (.25 - .25 / 4) / (1 - 1 / 4) = .25: no place is where chance alone put it.
    assert smoothed_share(np.array([4.0, 0]), np.array([4.0, 4])) == pytest.approx([1, 0])


def test_one_place_a_unit_says_nothing_of_units():
    assert smoothed_share(np.array([1.0, 0, 1]), np.ones(3)) == pytest.approx([2 / 3] * 3)


def test_what_shares_differ_by_is_found_of_a_common_kind_too():
    # Of beta shares with mean .7 and variance .02, three binomial places each.
    rng = np.random.default_rng(0)
    true = rng.beta(0.7 * 9.5, 0.3 * 9.5, 200_000)
    cases = rng.binomial(3, true).astype(float)
    share = smoothed_share(cases, np.full(len(true), 3.0))
    trust = np.ptp(share) / np.ptp(cases / 3)
    assert trust == pytest.approx(0.02 / (0.02 + (0.21 - 0.02) / 3), rel=0.05)
    # The best linear guess of the true share from the raw one.
    assert trust == pytest.approx(np.cov(cases / 3, true)[0, 1] / np.var(cases / 3), rel=0.05)


def test_a_kind_that_most_places_are_of_has_hot_spots():
    rng = np.random.default_rng(0)
    xy = rng.uniform(0, 4000, (2000, 2))
    near = np.hypot(*(xy - 2000).T) < 700
    town = points(xy, kind=rng.random(2000) < np.where(near, 1.0, 0.55))
    stable = hot_spots(of_kind(town), [town], TOWN, UNITS).query("stable")
    assert len(stable) > 20
    assert stable.distance(shapely.Point(2000, 2000)).max() < 800


def test_the_hot_spot_is_where_the_share_is_high_not_where_much_is_mapped():
    rng = np.random.default_rng(1)
    crowd = points(rng.uniform(0, 500, (2000, 2)), kind=rng.random(2000) < 0.1)
    everything = gpd.GeoDataFrame(pd.concat([mapped(), crowd], ignore_index=True), crs=CRS)
    stable = hot_spots(of_kind(everything), [everything], TOWN, UNITS).query("stable")
    assert len(stable) > 40
    assert stable.distance(shapely.Point(2000, 2000)).max() < 700


def test_one_grid_is_what_cut_cells_and_their_contiguity_say():
    # Half of the town is a lagoon with ragged shores; the cells are drawn, cut and compared.
    shore = shapely.LineString([(2000 + 300 * (-1) ** k, 200 * k) for k in range(21)])
    lagoon = shapely.union(shore.buffer(120), shapely.box(3000, 1000, 3600, 3000))
    land = TOWN.difference(lagoon)
    places = mapped()
    places = places[places.intersects(land)]
    found = hot_spot_stability(
        of_kind(places), places, land, cell_widths_m=[250], offsets=1, seed=4
    )
    east, north = (np.random.default_rng([4, 0]).random(2) * 250).tolist()
    moved = shapely.transform(land, lambda xy: xy - np.array([east, north]))
    drawn = make_grid(moved, 250)
    cells = gpd.GeoDataFrame(
        geometry=shapely.transform(drawn.to_numpy(), lambda xy: xy + np.array([east, north])),
        crs=CRS,
    )
    counts = [
        cells.sjoin(layer, predicate="intersects")
        .groupby(level=0)
        .size()
        .reindex(cells.index, fill_value=0)
        for layer in (of_kind(places), places)
    ]
    known = (counts[1] > 0).to_numpy()
    table = share_statistics(
        *(count[known].to_numpy(dtype=float) for count in counts), contiguity(cells[known])
    )
    hot = cells[known][((table["statistic"] > 0) & (table["p_adjusted"] <= 0.05)).to_numpy()]
    middles = gpd.GeoSeries(shapely.point_on_surface(found.geometry.to_numpy()), crs=CRS)
    assert 0 < len(hot) < known.sum()
    assert (found["hot"].to_numpy() == 1).tolist() == middles.intersects(hot.union_all()).tolist()
    assert (found["tested"].to_numpy() == 1).tolist() == middles.intersects(
        cells[known].union_all()
    ).tolist()


def test_a_real_hot_spot_survives_most_grids_and_the_rest_of_town_none():
    places = mapped()
    found = hot_spot_stability(of_kind(places), places, TOWN, **WIDTHS)
    away = found.geometry.centroid.distance(shapely.Point(2000, 2000))
    assert found.loc[away < 400, "hot"].mean() > 0.9
    assert found.loc[away > 1500, "hot"].max() < 0.2


def test_without_uncertainty_nothing_is_moved():
    places = mapped()
    found = hot_spot_stability(of_kind(places), places, TOWN, **WIDTHS)
    assert found["hot_jittered"].equals(found["hot"].rename("hot_jittered"))


def test_positions_that_are_uncertain_soften_the_edge():
    places = mapped().assign(uncertainty_m=250.0)
    found = hot_spot_stability(
        of_kind(places), places, TOWN, cell_widths_m=[500], offsets=10, spot_m=250
    )
    between = lambda shares: ((shares > 0) & (shares < 1)).sum()  # noqa: E731
    assert between(found["hot_jittered"]) > between(found["hot"])


def test_places_that_are_too_uncertain_for_a_width_are_not_in_its_grids_and_counted():
    places = mapped()
    vague = places.index[:100]
    places["uncertainty_m"] = pd.Series(200.0, index=vague).reindex(places.index)
    found = hot_spot_stability(of_kind(places), places, TOWN, cell_widths_m=[300, 400], offsets=2)
    cases = int(places.loc[vague, "kind"].sum())
    assert found.attrs["vague"] == {300.0: (cases, 100), 400.0: (0, 0)}
    alone = hot_spot_stability(
        of_kind(places.drop(vague)), places.drop(vague), TOWN, cell_widths_m=[300], offsets=2
    )
    narrow = hot_spot_stability(of_kind(places), places, TOWN, cell_widths_m=[300], offsets=2)
    assert narrow["hot"].equals(alone["hot"])


def test_each_bandwidth_is_a_setting_of_its_own():
    places = mapped()

    def found(*rings):
        return hot_spot_stability(
            of_kind(places), places, TOWN, cell_widths_m=[250], offsets=4, rings=rings, seed=3
        )

    near, far, both = found(1), found(2), found(1, 2)
    assert (near.attrs["grids"], both.attrs["grids"]) == (4, 8)
    for column in ("hot", "hot_jittered"):
        assert not near[column].equals(far[column])
        assert both[column].to_numpy() == pytest.approx((near[column] + far[column]) / 2)
    assert both["tested"].equals(near["tested"] + far["tested"])


def test_within_two_steps_of_a_row_of_cells():
    row = sparse.csr_array(np.eye(5, k=1) + np.eye(5, k=-1))
    assert within_steps(row, 1).toarray().tolist() == row.toarray().tolist()
    assert within_steps(row, 2).toarray()[2].tolist() == [1, 1, 0, 1, 1]
    assert within_steps(row, 9).toarray().sum() == 20
    with pytest.raises(ValueError, match="whole number over 0"):
        within_steps(row, 0)


def test_cells_are_as_wide_as_the_certainty_of_the_places_asks_for():
    places = mapped()
    # 2,000 places on 16 km²: two a cell are 126 m, the next 50 m are 150.
    assert (
        hot_spots(of_kind(places), [places], TOWN, UNITS)["widths_m"].iloc[0] == "150;180;240;300"
    )
    vague = places.assign(uncertainty_m=190.0)
    wider = hot_spots(of_kind(vague), [vague], TOWN, UNITS)
    assert wider["widths_m"].iloc[0] == "400;480;640;800"
    # A list that says nothing of its places is as vague as lists are.
    listed = vague.assign(uncertainty_basis="assumed")
    assert hot_spots(of_kind(listed), [listed], TOWN, UNITS)["widths_m"].equals(wider["widths_m"])
    lost = places.assign(uncertainty_m=1500.0)
    with pytest.raises(InsufficientDataError, match="30 cells"):
        hot_spots(of_kind(lost), [lost], TOWN, UNITS)


def test_stable_is_hot_in_four_fifths_of_the_grids_both_ways():
    places = mapped()
    found = hot_spots(of_kind(places), [places], TOWN, UNITS, unstated_m=60, seed=2)
    both = found[["hot", "hot_jittered"]].min(axis=1)
    assert found["stable"].tolist() == (both >= 0.8).tolist()
    assert 0 < found["stable"].sum() < len(found)
    assert (found[["hot", "hot_jittered"]].max(axis=1) > 0).all()
    assert found["hot"].is_monotonic_decreasing


def test_cells_on_two_shores_are_no_neighbours():
    # The kind fills the west shore; the east shore has none of it, and a lagoon lies between.
    rng = np.random.default_rng(5)
    xy = rng.uniform(0, 4000, (1500, 2))
    xy = xy[(xy[:, 0] < 1800) | (xy[:, 0] > 2200)]
    places = points(xy, kind=(np.hypot(*(xy - (1600, 2000)).T) < 700) & (xy[:, 0] < 1800))
    land = TOWN.difference(shapely.box(1800, -1, 2200, 4001))
    found = hot_spot_stability(
        of_kind(places), places, land, cell_widths_m=[450], offsets=6, spot_m=200
    )
    across = found.geometry.centroid.x > 2250
    joined = hot_spot_stability(
        of_kind(places), places, TOWN, cell_widths_m=[450], offsets=6, spot_m=200
    )
    beyond = joined.geometry.centroid.x > 2250
    assert found.loc[across, "hot"].sum() < joined.loc[beyond, "hot"].sum()


def test_what_is_left_out_is_said_and_adds_up():
    places = mapped()
    land = TOWN.difference(shapely.box(0, 0, 4000, 1000))
    wet = (places.geometry.y < 1000) & places["kind"]
    note = hot_spots(of_kind(places), [places], land, UNITS).attrs["note"]
    assert f"Of the cases, {int(wet.sum())} on the water are left out." in note
    assert "20 grids of hexagons" in note


def test_cells_narrower_than_twice_the_uncertainty_are_refused():
    places = mapped()
    with pytest.raises(IndicatorError, match="less than twice as wide"):
        hot_spot_stability(places, places, TOWN, cell_widths_m=[250], unstated_m=234)


@pytest.mark.parametrize("number", [0, 1, 29])
def test_a_rare_kind_is_refused(number):
    places = mapped()
    with pytest.raises(InsufficientDataError, match=f"take 30 places of the kind; {number} stand"):
        hot_spots(places.iloc[:number], [places], TOWN, UNITS)


def test_too_few_cells_with_a_place_are_refused():
    places = mapped().iloc[:40].assign(kind=True)
    places = places.set_geometry(places.scale(0.001, 0.001, origin=(0, 0)).set_crs(CRS))
    with pytest.raises(InsufficientDataError, match="30 cells"):
        hot_spots(places, [places], TOWN, UNITS)


def test_all_places_at_one_point_are_refused():
    places = points(np.full((500, 2), 1234.5), kind=np.ones(500, dtype=bool))
    with pytest.raises(InsufficientDataError, match="30 cells"):
        hot_spots(places, [places], TOWN, UNITS)


def test_no_land_is_refused():
    places = mapped()
    with pytest.raises(InsufficientDataError, match="0 stand on the land"):
        hot_spots(of_kind(places), [places], shapely.Polygon(), UNITS)


def test_places_of_a_field_are_those_whose_concept_is_evidence_of_it():
    places = mapped().assign(concept=lambda table: np.where(table["kind"], "stall", "shrine"))
    evidence = pd.DataFrame(
        {
            "concept": ["stall", "shrine", "shrine"],
            "field": ["gastronomy", "gastronomy", "architecture"],
            "strength": ["direct", "weak", "direct"],
        }
    )
    found = hot_spots([places], [places], TOWN, UNITS, evidence=evidence, field="gastronomy")
    same = hot_spots(of_kind(places), [places], TOWN, UNITS)
    assert found["hot"].equals(same["hot"])
    assert set(found["field"]) == {"gastronomy"}


def test_where_labels_are_drawn_at_random_no_spot_is_stable():
    places = mapped()
    rng = np.random.default_rng(8)
    for number in (30, 200, 800):
        drawn = places.iloc[np.sort(rng.choice(len(places), number, replace=False))]
        assert not hot_spots(drawn, [places], TOWN, UNITS, offsets=3)["stable"].any()


def test_empty_ground_outside_changes_nothing():
    places = mapped()
    more = shapely.union(TOWN, shapely.box(9000, 9000, 12000, 12000))
    options = {"cell_widths_m": [300, 400], "offsets": 2}
    alone = hot_spot_stability(of_kind(places), places, TOWN, **options)
    beside = hot_spot_stability(of_kind(places), places, more, **options).loc[alone.index]
    assert beside["hot"].equals(alone["hot"])
    assert beside["tested"].equals(alone["tested"])


def test_another_crs_is_refused():
    places = mapped()
    with pytest.raises(CRSError):
        hot_spots(of_kind(places), [places.to_crs(4326)], TOWN, UNITS)


def test_the_same_seed_gives_the_same_shares_in_whatever_order():
    places = mapped().iloc[:800].assign(uncertainty_m=np.where(np.arange(800) % 2, 40.0, 0.0))
    runs = [
        hot_spot_stability(of_kind(it), it, TOWN, cell_widths_m=[500], offsets=2, seed=3)
        for it in (places, places, places.assign(uncertainty_m=0.0).sample(frac=1, random_state=1))
    ]
    assert runs[0]["hot"].equals(runs[1]["hot"])
    assert runs[0]["hot_jittered"].equals(runs[1]["hot_jittered"])
    assert runs[0]["hot"].to_numpy() == pytest.approx(runs[2]["hot"].to_numpy(), nan_ok=True)
