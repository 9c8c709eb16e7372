"""The working CRS is chosen for the place and refused where it lies about areas."""

from __future__ import annotations

import geopandas as gpd
import pytest

from creative_spatial.crs import (
    areal_distortion,
    check_working_crs,
    choose_crs,
    require_crs,
    to_wgs84,
)
from creative_spatial.errors import CRSError

SONGKHLA = (100.5, 7.1, 100.7, 7.3)


@pytest.mark.parametrize(
    ("city", "bounds", "zone"),
    [
        ("Songkhla", SONGKHLA, 32647),
        ("Las Palmas", (-15.6, 28.0, -15.3, 28.2), 32628),
        ("Isfahan", (51.5, 32.5, 51.8, 32.8), 32639),
        ("Hanoi", (105.7, 20.9, 106.0, 21.1), 32648),
        ("Quito, on the equator", (-78.6, -0.3, -78.4, 0.0), 32717),
    ],
)
def test_a_city_gets_its_utm_zone(city, bounds, zone):
    assert choose_crs(bounds).to_epsg() == zone, city


def test_a_country_too_wide_for_a_utm_zone_gets_an_equal_area_crs():
    thailand = (97.3, 5.6, 105.7, 20.5)
    crs = choose_crs(thailand)
    assert crs.to_epsg() is None
    assert areal_distortion(crs, thailand) < 0.01


def test_web_mercator_is_refused_because_it_inflates_areas():
    with pytest.raises(CRSError, match=r"distorts areas by up to 2\d\.\d%"):
        check_working_crs("EPSG:3857", (-15.6, 28.0, -15.3, 28.2))


@pytest.mark.parametrize(
    ("crs", "fault"), [("EPSG:4326", "not projected"), ("EPSG:2230", "US survey foot")]
)
def test_a_crs_not_in_metres_is_refused(crs, fault):
    with pytest.raises(CRSError, match=fault):
        check_working_crs(crs, (-117.2, 32.6, -117.0, 32.8))


def test_an_extent_in_metres_is_not_taken_for_degrees():
    with pytest.raises(CRSError, match="is not in degrees; is the file's CRS missing or wrong"):
        choose_crs((676_000, 795_000, 678_000, 796_000))


def test_a_layer_in_another_crs_raises_and_says_how_to_mend_it():
    zones = gpd.GeoSeries([], crs="EPSG:4326")
    with pytest.raises(
        CRSError, match=r"`zones` is in EPSG:4326, expected EPSG:32647; use `zones.to_crs"
    ):
        require_crs("EPSG:32647", zones=zones)


def test_every_layer_at_fault_is_named_at_once():
    with pytest.raises(CRSError, match=r"`a` is in EPSG:4326.*`b` is in no CRS"):
        require_crs("EPSG:32647", a=gpd.GeoSeries([], crs=4326), b=gpd.GeoSeries([]))


def test_a_box_survives_the_way_to_degrees_and_back():
    west, south, east, north = to_wgs84((676_000, 795_000, 678_000, 796_000), "EPSG:32647")
    assert 100.5 < west < east < 100.7
    assert 7.1 < south < north < 7.3


def test_a_text_that_is_no_crs_is_refused_with_an_example():
    with pytest.raises(CRSError, match=r"'nonsense' is no CRS; write e\.g\. \"EPSG:32647\""):
        check_working_crs("nonsense", SONGKHLA)
