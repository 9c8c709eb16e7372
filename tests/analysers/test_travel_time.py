"""Minutes along edges: the level, slopes each way, stairs, ferries; heights from a raster."""

from __future__ import annotations

import inspect

import numpy as np
import pandas as pd
import pytest
from affine import Affine
from pyproj import CRS

from creative_spatial.analysers import node_elevation, walking_minutes
from creative_spatial.analysers.walking.time import walking_time_facts
from creative_spatial.errors import CRSError, DataQualityWarning
from creative_spatial.network import EDGE_KINDS, Network
from creative_spatial.raster import Raster

X, Y = 600_000.0, 790_000.0
UTM = CRS.from_epsg(32647)
PATH, STEPS, FERRY = range(len(EDGE_KINDS))


def test_on_the_level_both_ways_take_length_over_speed(streets):
    street = streets([(0, 0), (400, 0)], [(0, 1)])
    assert walking_minutes(street).forward.tolist() == [5.0]
    assert walking_minutes(street).backward.tolist() == [5.0]
    assert walking_minutes(street, speed_m_per_min=50).forward.tolist() == [8.0]


def test_the_speed_without_being_asked_is_that_of_the_table():
    default = inspect.signature(walking_minutes).parameters["speed_m_per_min"].default
    assert default == walking_time_facts().level.speed_m_per_min


@pytest.mark.parametrize(
    ("slope", "km_per_h"),
    # Tobler's own speeds: 6 km/h at most, on 5 % down; 5.04 on the level.
    [(-0.05, 6.0), (0.0, 5.0367), (0.05, 4.2281), (0.1, 3.5494), (0.5, 0.8752), (-0.5, 1.2419)],
)
def test_speeds_on_slopes_are_those_of_tobler(streets, slope, km_per_h):
    street = streets([(0, 0), (1000, 0)], [(0, 1)])
    level = 6000 * np.exp(-3.5 * 0.05) / 60
    minutes = walking_minutes(
        street, speed_m_per_min=level, elevation_m=np.array([0, 1000 * slope])
    )
    assert 60 / minutes.forward[0] == pytest.approx(km_per_h, abs=1e-3)


def test_the_way_back_has_the_opposite_slope(streets):
    hill = streets([(0, 0), (400, 0)], [(0, 1)])
    up = walking_minutes(hill, elevation_m=np.array([10.0, 70.0]))
    down = walking_minutes(hill, elevation_m=np.array([70.0, 10.0]))
    assert up.forward == pytest.approx(down.backward)
    assert up.backward == pytest.approx(down.forward)
    assert up.forward[0] > up.backward[0] > 5.0


def test_edges_of_unknown_height_are_level_and_counted(streets):
    street = streets([(0, 0), (400, 0), (800, 0)], [(0, 1), (1, 2)])
    with pytest.warns(DataQualityWarning, match="1 of 2 edges have an end of unknown height"):
        minutes = walking_minutes(street, elevation_m=np.array([0.0, 40.0, np.nan]))
    assert minutes.forward.tolist() == pytest.approx([5 * np.exp(0.35), 5.0])


def test_stairs_take_the_time_of_stairs_up_and_down(streets):
    stairs = streets([(0, 0), (36.4, 0)], [(0, 1)], kind=[STEPS])
    minutes = walking_minutes(stairs, elevation_m=np.array([0.0, 18.0]))
    assert minutes.forward == pytest.approx([1.0])
    assert minutes.backward == pytest.approx([1.0])


@pytest.fixture
def crossing(streets):
    """A quay, a ferry over a node on the water, the other quay."""
    return streets(
        [(0, 0), (80, 0), (380, 0), (680, 0), (760, 0)],
        [(0, 1), (1, 2), (2, 3), (3, 4)],
        kind=[PATH, FERRY, FERRY, PATH],
    )


def test_one_waits_for_a_ferry_once_whichever_way_one_goes(crossing):
    forward, backward = walking_minutes(crossing)
    # 300 m at 150 m a minute each, and half of the assumed 20 minutes at the quay.
    assert forward.tolist() == pytest.approx([1, 10 + 2, 2, 1])
    assert backward.tolist() == pytest.approx([1, 2, 10 + 2, 1])


def test_a_ferry_s_own_duration_and_headway_replace_what_is_assumed(crossing):
    way = crossing.way_id[1:3]
    ferries = pd.DataFrame(
        {"duration_min": [9.0, np.nan], "length_m": [300.0, np.nan], "headway_min": [np.nan, 6.0]},
        index=way,
    )
    forward, backward = walking_minutes(crossing, ferries=ferries)
    assert forward.tolist() == pytest.approx([1, 10 + 9, 2, 1])
    assert backward.tolist() == pytest.approx([1, 9, 3 + 2, 1])


def test_a_ferry_cut_at_the_boundary_keeps_its_speed(streets):
    part = streets([(0, 0), (100, 0)], [(0, 1)], kind=[FERRY])
    ferries = pd.DataFrame(
        {"duration_min": [20], "length_m": [2000], "headway_min": [0]}, index=[0]
    )
    assert walking_minutes(part, ferries=ferries).forward.tolist() == [1.0]


def test_a_town_without_its_ferries(crossing):
    forward, backward = walking_minutes(crossing, by_ferry=False)
    assert forward.tolist() == [1, np.inf, np.inf, 1]
    assert backward.tolist() == [1, np.inf, np.inf, 1]


def test_a_ferry_knows_no_slope(crossing):
    rough = walking_minutes(crossing, elevation_m=np.array([0.0, 0.0, 50.0, 0.0, 0.0]))
    assert rough.forward.tolist() == walking_minutes(crossing).forward.tolist()


def test_what_cannot_serve_is_refused(crossing):
    with pytest.raises(ValueError, match="`speed_m_per_min` is 0; metres over 0"):
        walking_minutes(crossing, speed_m_per_min=0)
    with pytest.raises(ValueError, match=r"shape \(2,\); one height for each of the 5 nodes"):
        walking_minutes(crossing, elevation_m=np.zeros(2))
    with pytest.raises(
        ValueError, match=r"`ferries` lacks the columns \['length_m', 'headway_min'"
    ):
        walking_minutes(crossing, ferries=pd.DataFrame({"duration_min": [3]}))


class TestElevation:
    def raster(self, values, *, nodata=None, crs=UTM):
        return Raster(np.asarray(values), Affine(100, 0, X, 0, -100, Y + 200), crs, "dem", nodata)

    def test_heights_lie_between_the_centres_of_cells(self, streets):
        dem = self.raster([[0.0, 10.0], [20.0, 30.0]])
        nodes = streets([(50, 150), (100, 150), (50, 100), (100, 100), (150, 50)], [(0, 1)])
        assert node_elevation(nodes, dem).tolist() == pytest.approx([0, 5, 10, 15, 30])

    def test_the_outer_half_of_the_border_cells_has_their_height(self, streets):
        dem = self.raster([[0.0, 10.0], [20.0, 30.0]])
        assert node_elevation(streets([(0, 200), (200, 0)], [(0, 1)]), dem).tolist() == [0, 30]

    def test_beside_the_raster_and_where_it_has_no_data_the_height_is_null(self, streets):
        dem = self.raster([[7, -9999], [7, 7]], nodata=-9999)
        nodes = streets([(150, 150), (201, 50), (-1, 50), (50, 150)], [(0, 1)])
        assert node_elevation(nodes, dem).tolist() == pytest.approx(
            [np.nan, np.nan, np.nan, 7], nan_ok=True
        )

    def test_beside_a_gap_the_node_s_own_cell_counts(self, streets):
        dem = self.raster([[0.0, np.nan], [8.0, 8.0]])
        assert node_elevation(streets([(90, 110), (9, 9)], [(0, 1)]), dem)[0] == 0.0

    def test_a_raster_in_degrees_is_looked_up_in_degrees(self, streets):
        from pyproj import Transformer

        lon, lat = Transformer.from_crs(UTM, 4326, always_xy=True).transform(X, Y)
        dem = Raster(
            np.array([[3.0]]),
            Affine(0.01, 0, lon - 0.005, 0, -0.01, lat + 0.005),
            CRS.from_epsg(4326),
            "dem",
        )
        assert node_elevation(streets([(0, 0), (90_000, 0)], [(0, 1)]), dem).tolist() == (
            pytest.approx([3.0, np.nan], nan_ok=True)
        )

    def test_a_network_without_crs_cannot_be_placed(self):
        nowhere = Network(
            np.zeros((2, 2)), np.arange(2), np.array([[0, 1]], dtype=np.int32), np.ones(1),
            np.zeros(1, dtype=np.int8), np.zeros(1, dtype=int), None,
        )  # fmt: skip
        with pytest.raises(CRSError, match="`network` has no CRS"):
            node_elevation(nowhere, self.raster([[0.0]]))
