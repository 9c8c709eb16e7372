"""A layer on the wrong datum is recognised by its namesakes, and only with enough of them."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pyproj
import pytest
import shapely
from places import CRS, point
from pyproj import Transformer

from creative_spatial.crs import make_transformer, reproject
from creative_spatial.errors import CRSError, DataQualityWarning
from creative_spatial.preparation import check_datum
from creative_spatial.resources.datums import datum_facts

NAMES = [f"Wat {letter}" for letter in "ABCDEFG"]
SPOTS = [point(i * 0.7, (i % 3) * 0.9) for i in range(7)]


def shifted(shapes, east, north):
    return [shapely.transform(shape, lambda xy: np.add(xy, (east, north))) for shape in shapes]


@pytest.fixture
def reference(make_features):
    return make_features(SPOTS, name=NAMES, source_id="osm")


def test_numbers_of_24047_labelled_32647_are_recognised(make_features, reference):
    # The domain report: such places must move 332.0 m west and 300.7 m north.
    layer = make_features(shifted(SPOTS, 332.0, -300.7), name=NAMES)
    with pytest.warns(DataQualityWarning, match=r'448 m.*Indian 1975.*crs = "EPSG:24047"'):
        found = check_datum(layer, reference, name="habitats.shp")
    assert found.status == "shifted"
    assert found.suspect == "EPSG:24047"
    assert (found.east_m, found.north_m) == pytest.approx((-332.0, 300.7))
    assert found.pairs == 7


def test_the_way_back_is_recognised_too(make_features, reference):
    layer = make_features(shifted(SPOTS, -332.0, 300.7), name=NAMES)
    with pytest.warns(DataQualityWarning, match="labelled as Indian 1975"):
        assert check_datum(layer, reference).suspect == "EPSG:32647"


def test_a_layer_in_place_agrees_silently(make_features, reference):
    layer = make_features(shifted(SPOTS, 8.0, -6.0), name=NAMES)
    found = check_datum(layer, reference)
    assert found.status == "agrees"
    assert found.suspect is None
    assert found.spread_m == pytest.approx(0, abs=1e-6)


def test_fewer_than_five_places_cannot_tell(make_features, reference):
    layer = make_features(shifted(SPOTS[:4], 332, -301), name=NAMES[:4])
    found = check_datum(layer, reference)
    assert found.status == "not checkable"
    assert "4 places are in the reference under the same name, 5 are needed" in found.message
    assert math.isnan(found.east_m)


def test_one_wrong_namesake_does_not_matter(make_features, reference):
    shapes = [*shifted(SPOTS[:6], 332, -301), point(3, 3)]
    with pytest.warns(DataQualityWarning, match="EPSG:24047"):
        assert check_datum(make_features(shapes, name=NAMES), reference).status == "shifted"


def test_scattered_places_say_nothing(make_features, reference):
    shapes = [shifted([s], 600 * (-1) ** i, 500 * (i % 3))[0] for i, s in enumerate(SPOTS)]
    assert check_datum(make_features(shapes, name=NAMES), reference).status == "scattered"


def test_a_shift_of_no_known_cause_is_said_without_a_cause(make_features, reference):
    layer = make_features(shifted(SPOTS, 0.0, 700.0), name=NAMES)
    with pytest.warns(DataQualityWarning, match="none that is known"):
        found = check_datum(layer, reference)
    assert (found.status, found.suspect) == ("offset", None)


def test_approximate_records_and_common_names_are_passed_over(make_features, reference):
    rough = make_features(shifted(SPOTS, 332, -301), name=NAMES, uncertainty_m=250.0)
    assert check_datum(rough, reference).status == "not checkable"
    common = make_features(shifted(SPOTS, 332, -301), name=["Wat A"] * 7)
    assert check_datum(common, reference).pairs == 0


def test_an_offset_is_told_in_a_local_crs_as_well(make_features, reference):
    local = "+proj=laea +lat_0=7.2 +lon_0=100.6 +datum=WGS84 +units=m"
    layer = make_features(shifted(SPOTS, 332.0, -300.7), name=NAMES)
    with pytest.warns(DataQualityWarning, match="EPSG:24047"):
        check_datum(layer.to_crs(local), reference.to_crs(local))


def test_the_two_layers_must_share_a_crs(make_features, reference):
    with pytest.raises(CRSError, match="`layer` is in EPSG:4326"):
        check_datum(make_features(SPOTS, name=NAMES).to_crs(4326), reference)


def test_a_layer_without_places_is_not_checkable(make_features, reference):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert check_datum(reference.iloc[:0], reference).status == "not checkable"


# --- the transformation itself --------------------------------------------------------------------


def test_indian_1975_is_shifted_as_the_domain_report_computed():
    transformer = make_transformer(pyproj.CRS.from_epsg(24047), pyproj.CRS.from_epsg(32647))
    x, y = transformer.transform(676_000, 796_000)
    # Parameters of the Royal Thai Survey Department: dE -332.0, dN +300.7; published sets differ
    # from them by a few metres.
    assert (x - 676_000, y - 796_000) == pytest.approx((-332.0, 300.7), abs=5)


def test_the_distrusted_transformation_is_still_the_one_to_pass_over():
    default = Transformer.from_crs(24047, 32647, always_xy=True).transform(676_000, 796_000)
    ours = make_transformer(pyproj.CRS.from_epsg(24047), pyproj.CRS.from_epsg(32647))
    assert math.dist(default, ours.transform(676_000, 796_000)) > 150


def test_other_datums_are_left_to_the_library():
    one = make_transformer(pyproj.CRS.from_epsg(4326), pyproj.CRS.from_epsg(CRS.split(":")[1]))
    other = Transformer.from_crs(4326, CRS, always_xy=True)
    assert one.transform(100.59, 7.2) == other.transform(100.59, 7.2)


def test_reprojecting_keeps_rows_and_columns(make_features):
    layer = make_features([point(0, 0), point(1, 0)], seats=[1, 2])
    moved = reproject(layer, "EPSG:4326")
    assert moved["seats"].tolist() == [1, 2]
    assert moved.crs.to_epsg() == 4326
    assert reproject(moved, CRS).geometry.iloc[1].distance(point(1, 0)) < 1e-3


@pytest.mark.parametrize("entry", datum_facts().mislabels, ids=lambda e: f"{e.claimed} {e.actual}")
def test_every_known_mislabelling_is_of_crss_that_exist(entry):
    assert pyproj.CRS.from_user_input(entry.claimed) != pyproj.CRS.from_user_input(entry.actual)
    assert entry.label
    assert entry.reference


def test_no_way_between_two_crss_is_an_error():
    moon = pyproj.CRS.from_user_input("IAU_2015:30100")
    with pytest.raises(CRSError, match=r"There is no way from .*Moon.* to EPSG:32647"):
        make_transformer(moon, pyproj.CRS.from_user_input(CRS))
