"""Gates and ferries' times, read from files drawn by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from drawn_osm import DrawnOsm
from pyproj import Geod

from creative_spatial.analysers import walking_minutes
from creative_spatial.errors import LoadError
from creative_spatial.loaders import read_ferries, read_gates, read_osm


@pytest.fixture
def drawn():
    return DrawnOsm()


def length_of(*positions):
    return Geod(ellps="WGS84").line_length(*np.array(positions).T)


class TestGates:
    def test_gates_and_entrances_that_people_may_pass(self, drawn, tmp_path):
        drawn.node(1, 100.01, 7.01, barrier="gate")
        drawn.node(2, 100.02, 7.01, barrier="kissing_gate", access="yes")
        drawn.node(3, 100.03, 7.01, entrance="main")
        drawn.node(4, 100.04, 7.01, barrier="gate", access="private")
        drawn.node(5, 100.05, 7.01, barrier="gate", access="private", foot="yes")
        drawn.node(6, 100.06, 7.01, barrier="bollard")
        drawn.node(7, 100.07, 7.01, entrance="service")
        drawn.node(8, 100.08, 7.01, barrier="wall", entrance="yes")
        drawn.node(9, 100.09, 7.01, amenity="bench")
        gates = read_gates(drawn.write(tmp_path / "city.osm"))
        assert gates["kind"].to_dict() == {
            "osm:node/1": "gate",
            "osm:node/2": "kissing_gate",
            "osm:node/3": "entrance",
            "osm:node/5": "gate",
            "osm:node/8": "entrance",
        }
        assert gates.geometry.iloc[0].coords[0] == pytest.approx((100.01, 7.01))

    def test_they_come_in_the_crs_asked_for(self, drawn, tmp_path):
        drawn.node(-1, 100.01, 7.01, barrier="gate")
        gates = read_gates(drawn.write(tmp_path / "city.osm"), crs="EPSG:32647")
        assert gates.crs == "EPSG:32647"
        assert gates.index.tolist() == ["osm:node/-1"]
        assert gates.geometry.iloc[0].x == pytest.approx(611_530, abs=100)

    def test_a_file_without_any_gives_an_empty_layer(self, drawn, tmp_path):
        drawn.node(1, 100.01, 7.01, amenity="bench")
        gates = read_gates(drawn.write(tmp_path / "city.osm"), crs="EPSG:32647")
        assert gates.empty
        assert gates.crs == "EPSG:32647"

    def test_what_is_no_osm_file_is_refused(self, tmp_path):
        with pytest.raises(LoadError, match="no such file"):
            read_gates(tmp_path / "nowhere.osm.pbf")


@pytest.mark.parametrize("sign", [1, -1])
class TestFerries:
    A, B, C = (100.01, 7.01), (100.02, 7.01), (100.02, 7.03)

    def ferry(self, drawn, sign):
        """Two ways, one after the other."""
        a, b, c = drawn.nodes(sign, [self.A, self.B, self.C], step=sign)
        return [a, b], [b, c]

    def read(self, drawn, tmp_path):
        table = read_ferries(drawn.write(tmp_path / "city.osm"))
        return {way: list(row) for way, row in zip(table.index, table.to_numpy(), strict=True)}

    def test_a_way_s_own_times(self, drawn, tmp_path, sign):
        first, second = self.ferry(drawn, sign)
        drawn.way(50 * sign, first, route="ferry", duration="00:12", interval="30")
        drawn.way(60 * sign, second, route="ferry")
        drawn.way(70 * sign, second, highway="path", duration="00:12")
        found = self.read(drawn, tmp_path)
        assert sorted(found) == sorted([50 * sign, 60 * sign])
        assert found[50 * sign] == pytest.approx([12, length_of(self.A, self.B), 30])
        assert found[60 * sign] == pytest.approx([math.nan] * 3, nan_ok=True)

    def test_a_route_s_duration_is_for_all_its_ways_and_a_way_s_own_wins(
        self, drawn, tmp_path, sign
    ):
        first, second = self.ferry(drawn, sign)
        drawn.way(50 * sign, first)
        drawn.way(60 * sign, second, route="ferry", interval="00:10")
        drawn.relation(
            9 * sign,
            [("way", 50 * sign, ""), ("way", 60 * sign, ""), ("node", sign, "stop")],
            type="route", route="ferry", duration="0:25", interval="1:00:00",
        )  # fmt: skip
        found, whole = self.read(drawn, tmp_path), length_of(self.A, self.B, self.C)
        assert found[50 * sign] == pytest.approx([25, whole, 60])
        assert found[60 * sign] == pytest.approx([25, whole, 10])

    def test_a_duration_of_a_way_that_the_file_cuts_is_not_used(self, drawn, tmp_path, sign):
        first, _ = self.ferry(drawn, sign)
        drawn.way(50 * sign, [*first, 99 * sign], route="ferry", duration="12", interval="8")
        assert self.read(drawn, tmp_path)[50 * sign] == pytest.approx(
            [math.nan, math.nan, 8], nan_ok=True
        )

    def test_times_that_cannot_be_read_are_null(self, drawn, tmp_path, sign):
        first, _ = self.ferry(drawn, sign)
        drawn.way(50 * sign, first, route="ferry", duration="P3M", interval="on demand")
        assert self.read(drawn, tmp_path)[50 * sign] == pytest.approx([math.nan] * 3, nan_ok=True)

    @pytest.mark.filterwarnings("ignore::creative_spatial.errors.EmptyLayerWarning")
    def test_the_network_of_the_same_file_takes_them(self, drawn, tmp_path, sign):
        first, second = self.ferry(drawn, sign)
        drawn.way(50 * sign, first, route="ferry", duration="00:12", interval="00:30")
        drawn.way(60 * sign, second, highway="footway")
        path = drawn.write(tmp_path / "city.osm")
        network = read_osm(path, parts=["network"]).network
        minutes = walking_minutes(network, ferries=read_ferries(path))
        ferry = np.flatnonzero(network.way_id == 50 * sign)
        # One boards where the ferry touches the path, at its end only.
        assert sorted(
            [minutes.forward[ferry].item(), minutes.backward[ferry].item()]
        ) == pytest.approx([12, 27], rel=1e-6)


def test_no_ferries_give_an_empty_table(drawn, tmp_path):
    drawn.way(5, drawn.nodes(1, [(100.01, 7.01), (100.02, 7.01)]), highway="path")
    table = read_ferries(drawn.write(tmp_path / "city.osm"))
    assert table.empty
    assert list(table) == ["duration_min", "length_m", "headway_min"]
