"""Surfaces of a run: their grain, what is not on them, and when there is none."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from places import CRS

from creative_spatial.analysers.clusters.density import kernel_density, relative_risk
from creative_spatial.analysers.clusters.surfaces import density_surface, risk_surface
from creative_spatial.errors import CRSError, IndicatorError, InsufficientDataError

LAND = shapely.box(0, 0, 3000, 2000).difference(shapely.box(1400, -1, 1600, 2001))
UNITS = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 3000, 2000)], crs=CRS)


def places(xy, **columns) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=gpd.points_from_xy(*np.asarray(xy).T), crs=CRS)


@pytest.fixture
def scattered():
    return places(np.random.default_rng(1).uniform(0, (3000, 2000), (400, 2)))


def test_a_density_surface_is_the_kernel_density_on_cells_of_a_fifth(scattered):
    surface = density_surface(scattered, LAND, UNITS, bandwidth_m=150)
    plain = kernel_density(scattered, LAND, bandwidth_m=150, cell_m=30)
    np.testing.assert_array_equal(surface.values, plain.values)
    wet = int(scattered.within(shapely.box(1400, 0, 1600, 2000)).sum())
    assert surface.note == (
        f"Bandwidth 150 m, cells of 30 m. Of the places, {wet} on the water are left out."
    )
    column = int(1500 / 30)
    assert np.isnan(surface.values[:, column]).all()


def test_a_risk_surface_is_the_relative_risk(scattered):
    kind = scattered.iloc[:150]
    surface = risk_surface(
        kind, [scattered.iloc[:200], scattered.iloc[200:]], LAND, UNITS, bandwidth_m=200
    )
    dry = scattered[scattered.intersects(LAND)]
    plain = relative_risk(kind[kind.intersects(LAND)], dry, LAND, bandwidth_m=200, cell_m=40)
    np.testing.assert_allclose(surface.values, plain.values)


def test_where_the_kind_is_everything_the_risk_is_even(scattered):
    surface = risk_surface(scattered, [scattered], LAND, UNITS, bandwidth_m=200)
    assert np.nanmax(abs(surface.values)) < 1e-12


def test_places_less_certain_than_half_the_bandwidth_are_left_out_and_said(scattered):
    vague = scattered.assign(uncertainty_m=np.where(np.arange(400) < 30, 76.0, 75.0))
    surface = density_surface(vague, LAND, UNITS, bandwidth_m=150)
    same = density_surface(scattered.iloc[30:], LAND, UNITS, bandwidth_m=150)
    np.testing.assert_array_equal(surface.values, same.values)
    dry = int(vague.iloc[:30].intersects(LAND).sum())
    assert f"{dry} whose place is uncertain by more than 75 m" in surface.note


def test_a_province_gets_coarser_cells_and_says_so(monkeypatch):
    monkeypatch.setattr("creative_spatial.analysers.clusters.surfaces.MAX_CELLS", 100_000)
    wide = shapely.box(0, 0, 400_000, 300_000)
    units = gpd.GeoDataFrame(geometry=[wide], crs=CRS)
    surface = density_surface(
        places([(1000, 1000), (200_000, 150_000)]), wide, units, bandwidth_m=150
    )
    # 1.2e11 square metres in a hundred thousand cells: 1,095.4 m, up to the next metre.
    assert surface.note.startswith("Bandwidth 2192 m, cells of 1096 m.")
    assert surface.values.size <= 101_000


@pytest.mark.parametrize(
    ("xy", "match"),
    [
        (np.zeros((0, 2)), "there are 0 places"),
        ([(100, 100)], "there are 1 places"),
        ([(100, 100)] * 5, "5 places on the land, at one point"),
        ([(1500, 100), (100, 100)], "1 on the water"),
    ],
)
def test_one_point_makes_no_surface(xy, match, scattered):
    layer = places(np.asarray(xy, dtype=float).reshape(-1, 2))
    with pytest.raises(InsufficientDataError, match=match):
        density_surface(layer, LAND, UNITS, bandwidth_m=150)
    with pytest.raises(InsufficientDataError):
        risk_surface(layer, [scattered], LAND, UNITS, bandwidth_m=150)


def test_no_land_makes_no_surface(scattered):
    with pytest.raises(InsufficientDataError, match="400 on the water"):
        density_surface(scattered, shapely.Polygon(), UNITS, bandwidth_m=150)


def test_degrees_and_a_bandwidth_of_nothing_are_refused(scattered):
    with pytest.raises(CRSError):
        density_surface(scattered.to_crs(4326), LAND, UNITS, bandwidth_m=150)
    with pytest.raises(IndicatorError, match="over 0"):
        density_surface(scattered, LAND, UNITS, bandwidth_m=0)
