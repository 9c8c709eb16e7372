"""A large file of which an area is wanted: what lies outside is let go during the pass."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from drawn_osm import DrawnOsm

from creative_spatial.loaders import read_osm
from creative_spatial.loaders.osm import sieve

WEST = shapely.box(100.01, 7.01, 100.03, 7.03)


@pytest.fixture
def country(tmp_path):
    """Twenty places with museums, streets, parks and coast, of which one is wanted."""
    drawn = DrawnOsm()
    for number in range(20):
        lon, lat = 100.012 + 0.02 * (number % 4), 7.012 + 0.02 * (number // 4)
        first = 1000 * (number + 1)
        drawn.node(first, lon, lat, tourism="museum")
        street = drawn.nodes(first + 1, [(lon, lat), (lon + 0.003, lat), (lon + 0.006, lat)])
        drawn.way(first, street, highway="residential", name="Street")
        drawn.square(first + 1, lon, lat, 0.002, leisure="park")
        drawn.square(first + 2, lon, lat + 0.004, 0.003)
        drawn.relation(first, [("way", first + 2, "outer")], type="multipolygon", leisure="park")
        drawn.square(first + 3, lon, lat + 0.008, 0.002, historic="city_gate", barrier="wall")
    drawn.way(99_000, drawn.nodes(99_000, [(100.028, 7.0), (100.028, 7.1)]), natural="coastline")
    drawn.way(99_001, drawn.nodes(99_010, [(100.09, 7.0), (100.09, 7.1)]), natural="coastline")
    return drawn.write(tmp_path / "country.osm")


@pytest.mark.parametrize("every", [1, 7, 40])
def test_what_is_let_go_early_changes_nothing_of_what_is_read(country, monkeypatch, every):
    whole = read_osm(country, boundary=WEST)
    monkeypatch.setattr(sieve, "EVERY", every)
    sifted = read_osm(country, boundary=WEST)
    assert len(whole.features) == 4
    assert sifted.features.to_wkb().equals(whole.features.to_wkb())
    for field in ("node_xy", "node_id", "edges", "length_m", "kind", "way_id"):
        assert np.array_equal(getattr(sifted.network, field), getattr(whole.network, field)), field
    for name, layer in whole.background.items():
        assert sifted.background[name].to_wkb().equals(layer.to_wkb()), name
    assert len(whole.background["sea"]) == 1
    assert sifted.source == whole.source


def test_little_is_held_of_what_lies_outside(country, monkeypatch):
    held = []
    sift = sieve.Sieve.sift

    def watched(self, found):
        sift(self, found)
        held.append((len(found.features), len(found.walks.lines), len(found.coast)))

    monkeypatch.setattr(sieve, "EVERY", 1)
    monkeypatch.setattr(sieve.Sieve, "sift", watched)
    read_osm(country, boundary=WEST)
    assert max(features for features, _, _ in held) == 4
    assert max(lines for _, lines, _ in held) == 1
    assert max(coast for _, _, coast in held) == 1
