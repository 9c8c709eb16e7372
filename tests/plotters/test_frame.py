"""Frames: round scales, true on the ground, centred on what they hold."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from pyproj import CRS, Geod

from creative_spatial.plotters.frame import Frame, fit_frame, keep_within, round_scale

UTM = CRS.from_epsg(32647)
GEOD = Geod(ellps="WGS84")


@pytest.mark.parametrize(
    "needed", [1, 499, 500, 501, 999.9, 12_400, 26_000, 99_999, 740_000, 3_000_001]
)
def test_the_scale_is_round_and_holds_what_it_must(needed):
    scale = round_scale(needed)
    assert needed <= scale <= max(500, needed * 1.34)
    digits = f"{scale:.0f}".rstrip("0")
    assert digits in {"1", "125", "15", "2", "25", "3", "4", "5", "6", "75"}


@pytest.mark.parametrize(
    ("crs", "x", "y"),
    [
        (UTM, 676_000, 796_000),
        (UTM, 200_000, 796_000),
        (CRS.from_epsg(28992), 155_000, 463_000),
        (CRS.from_proj4("+proj=laea +lat_0=65 +lon_0=20 +units=m"), 0, 0),
    ],
)
def test_a_length_on_paper_is_that_length_on_the_ground(crs, x, y):
    frame = fit_frame(shapely.box(x, y, x + 4000, y + 3000), crs, width_mm=180, height_mm=150)
    middle = np.array([frame.width_mm / 2, frame.height_mm / 2])
    offset = np.array([20.0, 0.0])
    ends = frame.lonlat(frame.to_crs([middle - offset, middle + offset]))
    ground = GEOD.inv(*ends[0], *ends[1])[2]
    assert ground == pytest.approx(0.040 * frame.scale, rel=0.001)


def test_margin_and_geometry_lie_inside():
    held = shapely.box(676_000, 796_000, 680_000, 801_000)
    frame = fit_frame(held, UTM, width_mm=180, height_mm=160, margin=0.1)
    assert frame.polygon.contains(held.buffer(500, join_style="mitre"))


def test_paper_and_crs_coordinates_are_inverse():
    frame = Frame((676_000.0, 796_000.0), 180, 160, 25_000, UTM)
    xy = np.array([[676_100.0, 795_000.0], [670_000.0, 799_000.0]])
    np.testing.assert_allclose(frame.to_crs(frame.to_mm(xy)), xy)


def test_true_north_is_the_meridian_not_the_grid():
    # East of the central meridian of zone 47 (99 degrees) grid north lies east of true north.
    east = Frame((676_000.0, 796_000.0), 180, 160, 25_000, UTM)
    ((lon, lat),) = east.lonlat([east.center])
    convergence = np.degrees(np.arctan(np.tan(np.radians(lon - 99)) * np.sin(np.radians(lat))))
    assert -east.north == pytest.approx(convergence, abs=0.01)
    assert Frame((500_000.0, 796_000.0), 180, 160, 25_000, UTM).north == pytest.approx(0, abs=1e-6)


def test_a_frame_moves_towards_the_data_but_keeps_its_subject():
    held = shapely.box(1_000, 1_000, 2_000, 2_000)
    frame = Frame((1_500.0, 1_500.0), 100, 100, 20_000, CRS.from_epsg(32631))
    known = (900.0, 0.0, 9_000.0, 9_000.0)
    moved = keep_within(frame, held, known)
    assert moved.scale == frame.scale
    assert moved.box[0] >= frame.box[0]
    assert moved.polygon.contains(held)
    assert keep_within(frame, held, None) is frame
