"""Hot spots: worked values, esda's, a brute-force permutation, and what must not matter."""

from __future__ import annotations

import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from places import CRS
from scipy import sparse, stats

from creative_spatial.analysers.clusters.local_autocorrelation import (
    MIN_UNITS,
    adjusted,
    getis_ord,
    local_moran,
)
from creative_spatial.analysers.clusters.neighbours import contiguity, with_self, within_distance
from creative_spatial.analysers.clusters.relabelling import draws_at_least
from creative_spatial.errors import CRSError, IndicatorError, InsufficientDataError


def lattice(columns: int, rows: int) -> gpd.GeoDataFrame:
    """Cells of a kilometre, numbered row by row from the south-west."""
    cells = [shapely.box(x, y, x + 1, y + 1) for y in range(rows) for x in range(columns)]
    return gpd.GeoDataFrame(
        geometry=shapely.transform(np.array(cells), lambda xy: xy * 1000), crs=CRS
    )


def skewed(size: int, seed: int = 3) -> pd.Series:
    return pd.Series(np.random.default_rng(seed).gamma(1.0, 2.0, size))


@pytest.fixture(scope="module")
def esda():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("esda")


def as_graph(matrix):
    from libpysal.graph import Graph

    focal = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    pairs = pd.DataFrame({"focal": focal, "neighbor": matrix.indices, "weight": 1.0})
    return Graph.from_adjacency(pairs)


def test_gi_star_of_the_worked_three_by_three_grid():
    # Nine units are below what is tested for; the formula is the same, so thirty far cells
    # are not added: the core is called without the refusal.
    values = pd.Series([1.0, 1, 1, 1, 9, 9, 1, 9, 9])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("creative_spatial.analysers.clusters.local_autocorrelation.MIN_UNITS", 9)
        found = getis_ord(values, contiguity(lattice(3, 3)))["statistic"]
    expected = [-0.9899, -0.8944, 0.2828, -0.8944, np.nan, 1.7889, 0.2828, 1.7889, 2.8284]
    assert found.tolist() == pytest.approx(expected, abs=5e-5, nan_ok=True)


def test_gi_star_equals_esdas(esda):
    cells, values = lattice(12, 9), skewed(108)
    neighbours = contiguity(cells)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = esda.G_Local(
            values.to_numpy(), as_graph(neighbours), transform="B", star=True, permutations=0
        )
    found = getis_ord(values, neighbours)
    assert found["statistic"].to_numpy() == pytest.approx(theirs.Zs, abs=1e-10)
    assert found["p"].to_numpy() == pytest.approx(2 * theirs.p_norm, abs=1e-10)


def test_local_moran_and_its_p_equal_esdas(esda):
    cells, values = lattice(12, 9), skewed(108)
    neighbours = contiguity(cells)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = esda.Moran_Local(
            values.to_numpy(), as_graph(neighbours).transform("r"), permutations=999, seed=1
        )
    found = local_moran(values, neighbours, permutations=99_999)
    assert found["statistic"].to_numpy() == pytest.approx(theirs.Is, abs=1e-10)
    # Five standard errors of a share from 999 draws, and the one that is added to each count.
    error = 5 * np.sqrt(found["p"] * (1 - found["p"]) / 999) + 2e-3
    assert (abs(found["p"] - theirs.p_sim) <= error).all()
    assert (
        found["kind"]
        == pd.Series(["", "high-high", "low-high", "low-low", "high-low"])[theirs.q].to_numpy()
    ).all()


def test_with_ties_p_is_the_lesser_of_esdas_two_one_sided_ones(esda):
    # Its p_sim ("directed") takes a draw equal to what was observed for one that is larger, never
    # for one that is less; its "greater" and "lesser" count it as at least as extreme, as ours does.
    from esda.significance import calculate_significance

    cells = lattice(12, 9)
    values = pd.Series(np.random.default_rng(3).integers(0, 3, 108) * 1.0)
    values[0] = 5.0  # no unit is at the mean
    neighbours = contiguity(cells)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = esda.Moran_Local(
            values.to_numpy(), as_graph(neighbours).transform("r"), permutations=9999, seed=1
        )
    # Sums of the same values in another order are ties as well.
    observed, drawn = theirs.Is.round(9), theirs.rlisas.round(9)
    sides = [calculate_significance(observed, drawn, side) for side in ("greater", "lesser")]
    expected = np.minimum(*map(np.ravel, sides))
    found = local_moran(values, neighbours, permutations=99_999)["p"]
    error = 5 * np.sqrt(expected * (1 - expected) / 9999) + 1e-3
    assert (abs(found - expected) <= error).all()
    assert (found - theirs.p_sim).max() > 0.1


def test_shared_draws_give_each_unit_a_sample_of_the_others():
    values = np.array([4.0, 0, 1, 7, 2, 2, 9])
    cardinality = np.array([2, 3, 1, 6, 0, 2, 5])
    observed = np.array([6.0, 12, 2, 18, 0, 9, 16])
    draws = 40_000
    above, below = draws_at_least(values, observed, cardinality, permutations=draws, seed=5)
    rng = np.random.default_rng(11)
    for unit, k in enumerate(cardinality):
        others = np.delete(values, unit)
        sums = np.array([rng.permutation(others)[:k].sum() for _ in range(4000)])
        assert above[unit] / draws == pytest.approx((sums >= observed[unit]).mean(), abs=0.035)
        assert below[unit] / draws == pytest.approx((sums <= observed[unit]).mean(), abs=0.035)


def test_a_unit_that_neighbours_all_others_has_one_possible_sum():
    values = np.array([5.0, 1, 2, 3])
    above, below = draws_at_least(
        values, np.array([6.0, 0, 0, 0]), np.array([3, 0, 0, 0]), permutations=50, seed=0
    )
    assert (above[0], below[0]) == (50, 50)


def test_p_values_are_uniform_where_nothing_is_clustered():
    neighbours = contiguity(lattice(15, 15))
    rng = np.random.default_rng(2)
    gi, moran = [], []
    for seed in range(40):
        values = pd.Series(rng.normal(size=225))
        gi.append(getis_ord(values, neighbours)["p"].to_numpy())
        found = local_moran(values, neighbours, permutations=999, seed=seed)
        moran.append(2 * found["p"].to_numpy())  # one-sided towards the nearer tail
    # Units are not independent, so the share below each level is looked at, not a test of fit.
    for p in (np.concatenate(gi), np.concatenate(moran)):
        for level in (0.05, 0.2, 0.5):
            assert (p <= level).mean() == pytest.approx(level, abs=0.02)


def test_draws_go_on_where_few_reach_a_value_and_p_stays_honest():
    neighbours = contiguity(lattice(15, 15))
    rng = np.random.default_rng(6)
    found = [
        local_moran(
            pd.Series(rng.normal(size=225)), neighbours,
            permutations=99, max_permutations=9_999, seed=100 * seed,
        )["p"].to_numpy()
        for seed in range(40)
    ]  # fmt: skip
    p = 2 * np.concatenate(found)
    assert p.min() < 2 / 100  # below what 99 draws can say
    for level in (0.01, 0.05, 0.2, 0.5):
        assert (p <= level).mean() == pytest.approx(level, abs=0.02)


def test_units_that_are_asked_again_get_the_p_of_many_draws():
    cells, values = lattice(12, 9), skewed(108)
    values[[0, 1, 12, 13]] += 12
    neighbours = contiguity(cells)
    few = local_moran(values, neighbours, permutations=99)
    on = local_moran(values, neighbours, permutations=99, max_permutations=99_999)
    many = local_moran(values, neighbours, permutations=99_999, seed=7)
    assert (few["p"].min(), on["p"].min()) == (0.01, pytest.approx(many["p"].min(), abs=5e-5))
    sure = many["p"] < 0.003
    assert sure.any()
    error = 5 * np.sqrt(many["p"] * (1 - many["p"]) / 9_999) + 2e-4
    assert (abs(on["p"] - many["p"])[sure] <= error[sure]).all()


def test_draws_for_chosen_units_are_those_of_all():
    values = np.random.default_rng(1).normal(size=60)
    cardinality = np.random.default_rng(2).integers(1, 7, 60)
    observed = np.random.default_rng(3).normal(size=60)
    cardinality[5] = 7  # the widest is among the chosen, so that the same values are drawn
    chosen = np.arange(60) % 5 == 0
    every = draws_at_least(values, observed, cardinality, permutations=500, seed=4)
    some = draws_at_least(values, observed, cardinality, permutations=500, seed=4, chosen=chosen)
    for one, other in zip(every, some, strict=True):
        assert (one[chosen] == other[chosen]).all()
        assert (other[~chosen] == 500).all()


def test_the_false_discovery_rate_of_moran_counts_both_tails():
    found = local_moran(skewed(108), contiguity(lattice(12, 9)), permutations=999)
    twice = np.minimum(2 * found["p"].to_numpy(), 1)
    assert found["p_adjusted"].to_numpy() == pytest.approx(stats.false_discovery_control(twice))


def test_the_order_of_the_units_does_not_matter():
    cells, values = lattice(10, 8), skewed(80)
    order = np.random.default_rng(0).permutation(80)
    there = getis_ord(values, contiguity(cells))
    shuffled = getis_ord(values.iloc[order], contiguity(cells.iloc[order]))
    pd.testing.assert_frame_equal(shuffled.loc[values.index], there)


@pytest.mark.parametrize("value", [2.0, 0.1, 1 / 3, 0.0])
def test_equal_values_have_no_hot_spot(value):
    # The mean of 36 times 0.1 is not 0.1, as floats go.
    neighbours = contiguity(lattice(6, 6))
    flat = pd.Series(value, index=range(36))
    assert getis_ord(flat, neighbours)["statistic"].isna().all()
    assert local_moran(flat, neighbours, permutations=9)[["statistic", "p"]].isna().all(axis=None)


def test_a_unit_without_neighbours_is_not_judged_by_moran():
    cells = pd.concat([lattice(6, 6), lattice(1, 1).translate(1e6).to_frame("geometry")])
    cells = gpd.GeoDataFrame(cells.reset_index(drop=True), crs=CRS)
    found = local_moran(skewed(37), contiguity(cells), permutations=99)
    assert found.loc[36, ["statistic", "p", "kind"]].isna().all()


@pytest.mark.parametrize("measure", [getis_ord, local_moran])
def test_few_units_are_refused(measure):
    with pytest.raises(InsufficientDataError, match=f"at least {MIN_UNITS} units"):
        measure(skewed(29), sparse.csr_array((29, 29)))


@pytest.mark.parametrize("measure", [getis_ord, local_moran])
def test_missing_values_are_named(measure):
    values = skewed(36)
    values[7] = np.nan
    with pytest.raises(IndicatorError, match=r"missing in 1 units, e\.g\. \[7\]"):
        measure(values, contiguity(lattice(6, 6)))


def test_adjustment_is_that_of_benjamini_and_hochberg():
    p = np.array([0.001, 0.008, 0.039, 0.041, 0.042])
    # Largest first: 0.042; min(0.042, 0.041 * 5/4); min(.., 0.039 * 5/3); 0.008 * 5/2; 0.001 * 5.
    assert adjusted(p) == pytest.approx([0.005, 0.02, 0.042, 0.042, 0.042])
    assert adjusted(p) == pytest.approx(stats.false_discovery_control(p))
    assert np.isnan(adjusted(np.array([np.nan]))).all()


def test_contiguity_counts_corners_and_bridges_a_millimetre():
    cells = lattice(2, 2)
    cells.geometry = cells.geometry.where(cells.index != 3, cells.translate(0.001, 0.001))
    assert contiguity(cells).toarray().sum() == 12
    assert with_self(contiguity(cells)).toarray().sum() == 16


def test_neighbours_within_a_distance():
    stalls = gpd.GeoDataFrame(geometry=gpd.points_from_xy([0, 10, 25], [0, 0, 0]), crs=CRS)
    assert within_distance(stalls, 10).toarray().tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]
    with pytest.raises(ValueError, match="over 0"):
        within_distance(stalls, 0)


def test_degrees_are_refused():
    with pytest.raises(CRSError):
        contiguity(lattice(2, 2).to_crs(4326))
