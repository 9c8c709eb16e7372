"""Density surfaces against sums of kernels, and at the water's edge."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from places import CRS

from creative_spatial.analysers.clusters.density import kernel_density, relative_risk
from creative_spatial.errors import CRSError, IndicatorError


def places(points) -> gpd.GeoDataFrame:
    x, y = np.asarray(points, dtype=float).reshape(-1, 2).T
    return gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y), crs=CRS)


def centres(surface):
    rows, columns = surface.values.shape
    column, row = np.meshgrid(np.arange(columns) + 0.5, np.arange(rows) + 0.5)
    return surface.transform @ (column, row)


def test_far_from_the_edge_it_is_the_sum_of_gaussian_kernels():
    points = np.random.default_rng(4).normal(5000, 400, (300, 2))
    surface = kernel_density(
        places(points), shapely.box(3000, 3000, 7000, 7000), bandwidth_m=100, cell_m=20
    )
    x, y = centres(surface)
    away = (x[..., None] - points[:, 0]) ** 2 + (y[..., None] - points[:, 1]) ** 2
    kernels = np.exp(-away / (2 * 100**2)).sum(axis=-1) / (2 * np.pi * 100**2) * 10_000
    assert abs(surface.values - kernels).max() < 1e-3 * kernels.max()


def test_scikit_learn_gives_the_same_surface():
    neighbors = pytest.importorskip("sklearn.neighbors")
    points = np.random.default_rng(4).normal(5000, 400, (300, 2))
    surface = kernel_density(
        places(points), shapely.box(3000, 3000, 7000, 7000), bandwidth_m=200, cell_m=20
    )
    middle = surface.values[60:140, 60:140]
    x, y = (axis[60:140, 60:140].ravel() for axis in centres(surface))
    theirs = (
        neighbors.KernelDensity(bandwidth=200).fit(points).score_samples(np.column_stack([x, y]))
    )
    density = np.exp(theirs).reshape(middle.shape) * len(points) * 10_000
    assert abs(middle - density).max() < 1e-3 * density.max()


def test_what_the_kernel_would_put_on_the_water_stays_on_the_land():
    # Evenly spread places on a strip: the edge is as dense as the middle.
    x, y = np.meshgrid(np.arange(5, 2000, 10.0), np.arange(5, 500, 10.0))
    strip = shapely.box(0, 0, 2000, 500)
    surface = kernel_density(
        places(np.column_stack([x.ravel(), y.ravel()])), strip, bandwidth_m=60, cell_m=10
    )
    assert surface.values == pytest.approx(np.full((50, 200), 100.0), rel=2e-3)


def test_cells_on_the_water_are_null_and_places_there_do_not_count():
    lagoon = shapely.box(400, 0, 600, 1000)
    land = shapely.box(0, 0, 1000, 1000).difference(lagoon)
    surface = kernel_density(places([(500, 500)]), land, bandwidth_m=50, cell_m=10)
    assert np.isnan(surface.values[:, 41:59]).all()
    assert np.nansum(surface.values) == 0


def test_a_weight_counts_as_so_many_places():
    one = places([(500, 500)]).assign(seats=[3])
    land = shapely.box(0, 0, 1000, 1000)
    three = kernel_density(places([(500, 500)] * 3), land, bandwidth_m=50, cell_m=10)
    assert kernel_density(
        one, land, bandwidth_m=50, cell_m=10, weight="seats"
    ).values == pytest.approx(three.values, nan_ok=True)
    with pytest.raises(IndicatorError, match="negative or missing"):
        kernel_density(one.assign(seats=[-1]), land, bandwidth_m=50, cell_m=10, weight="seats")


def test_no_places_are_no_density():
    surface = kernel_density(
        places(np.empty((0, 2))), shapely.box(0, 0, 100, 100), bandwidth_m=20, cell_m=10
    )
    assert (surface.values == 0).all()


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({"bandwidth_m": 10, "cell_m": 10}, "too coarse"),
        ({"bandwidth_m": 0, "cell_m": 10}, "over 0"),
        ({"bandwidth_m": 1, "cell_m": 0.001}, "cells; take coarser"),
    ],
)
def test_impossible_grids_are_refused(options, fault):
    with pytest.raises(IndicatorError, match=fault):
        kernel_density(places([(50, 50)]), shapely.box(0, 0, 100, 100), **options)


def test_degrees_are_refused():
    with pytest.raises(CRSError):
        kernel_density(
            places([(50, 50)]).set_crs(4326, allow_override=True),
            shapely.box(0, 0, 1, 1),
            bandwidth_m=5,
            cell_m=1,
        )


def test_relative_risk_cancels_how_well_a_quarter_is_mapped():
    rng = np.random.default_rng(0)
    west, east = (
        rng.uniform((0, 0), (900, 1000), (900, 2)),
        rng.uniform((1100, 0), (2000, 1000), (90, 2)),
    )
    everything = places(np.concatenate([west, east]))
    # A third of the places in either half: ten times as many in the well-mapped west.
    cases = everything.iloc[::3]
    risk = relative_risk(
        cases, everything, shapely.box(0, 0, 2000, 1000), bandwidth_m=200, cell_m=50
    )
    assert np.nanmean(abs(risk.values)) < 0.3
    counts = kernel_density(cases, shapely.box(0, 0, 2000, 1000), bandwidth_m=200, cell_m=50).values
    assert counts[:, :15].mean() > 5 * counts[:, -15:].mean()


def test_twice_as_frequent_is_one():
    everything = places([(100, 100)] * 4 + [(5000, 100)] * 4)
    cases = everything.iloc[:4]
    risk = relative_risk(cases, everything, shapely.box(0, 0, 5100, 200), bandwidth_m=50, cell_m=10)
    assert risk.values[10, 10] == pytest.approx(1.0)
    assert np.isnan(risk.values[10, 250])  # nothing is mapped there


def test_a_kind_without_places_has_no_risk():
    with pytest.raises(IndicatorError, match="`cases` has no feature"):
        relative_risk(
            places(np.empty((0, 2))),
            places([(5, 5)]),
            shapely.box(0, 0, 100, 100),
            bandwidth_m=20,
            cell_m=10,
        )
