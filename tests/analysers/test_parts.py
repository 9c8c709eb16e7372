"""Who and what is on each part of a network."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from affine import Affine
from pyproj import CRS

from creative_spatial.analysers import network_distances, network_parts
from creative_spatial.errors import CRSError
from creative_spatial.network import Network
from creative_spatial.raster import Raster

UTM = CRS.from_epsg(32647)


@pytest.fixture
def islands():
    """A street of 1 km, 500 m north of it one of 200 m, and a ferry to a third of 100 m."""
    return Network(
        node_xy=np.array([[0, 0], [1000, 0], [0, 500], [200, 500], [1000, 900], [1100, 900.0]]),
        node_id=np.arange(6),
        edges=np.array([[0, 1], [2, 3], [1, 4], [4, 5]], dtype="int32"),
        length_m=np.array([1000.0, 200.0, 900.0, 100.0]),
        kind=np.array([0, 0, 2, 0], dtype="int8"),
        way_id=np.arange(4),
        crs=UTM,
    )


@pytest.fixture
def units():
    return gpd.GeoDataFrame(geometry=[shapely.box(-50, -50, 1200, 1000)], index=["town"], crs=UTM)


def test_people_and_places_are_counted_where_their_path_is(islands, units):
    # Cells of 100 m; people at (50, 50), (150, 550), (1050, 850), (550, 350).
    values = np.zeros((10, 12))
    values[9, 0], values[4, 1], values[1, 10], values[6, 5] = 10, 20, 30, 40
    people = Raster(values, Affine(100, 0, 0, 0, -100, 1000), UTM, "people")
    places = gpd.GeoDataFrame(
        geometry=[shapely.box(0, 510, 50, 550), shapely.Point(500, 10), shapely.Point(5000, 0)],
        crs=UTM,
    )
    table = network_parts(
        islands, units, max_snap_m=60, population=people, layers={"places": places}
    )
    assert table["kind"].tolist() == ["main", "cut off", "by ferry", "off network"]
    assert table["people"].tolist() == [10, 20, 30, 40]
    assert table["places"].tolist() == [1, 1, 0, 0]  # the one outside the town is not counted


def test_without_a_population_nobody_is_counted_rather_than_none(islands, units):
    assert network_parts(islands, units, max_snap_m=60)["people"].isna().all()


def test_an_empty_network_has_everything_off_it(units):
    void = Network(
        node_xy=np.empty((0, 2)),
        node_id=np.empty(0, int),
        edges=np.empty((0, 2), dtype="int32"),
        length_m=np.empty(0),
        kind=np.empty(0, dtype="int8"),
        way_id=np.empty(0, int),
        crs=UTM,
    )
    places = gpd.GeoDataFrame(geometry=[shapely.Point(5, 5)], crs=UTM)
    table = network_parts(void, units, max_snap_m=60, layers={"places": places})
    assert table[["kind", "places"]].to_numpy().tolist() == [["off network", 1]]


def test_another_crs_is_refused(islands, units):
    with pytest.raises(CRSError):
        network_parts(islands, units.set_crs(32648, allow_override=True), max_snap_m=60)


def test_metres_to_a_park_lead_to_its_gate(islands):
    park = gpd.GeoDataFrame(geometry=[shapely.box(200, 5, 800, 100)], crs=UTM)
    home = gpd.GeoDataFrame(geometry=[shapely.Point(0, 5)], crs=UTM)
    gate = gpd.GeoDataFrame(geometry=[shapely.Point(800, 5)], crs=UTM)
    options = {"max_snap_m": 50, "frontage_m": 5}
    open_park = network_distances(home, park, islands, **options)
    fenced = network_distances(home, park, islands, gates=gate, **options)
    assert open_park["distance_m"].tolist() == pytest.approx([200])
    assert fenced["distance_m"].tolist() == [800]
