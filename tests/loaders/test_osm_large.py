"""A large file of which an area is wanted: what is near is cut out first."""

from __future__ import annotations

import numpy as np
import osmium
import pytest
import shapely
from drawn_osm import DrawnOsm

from creative_spatial.errors import EmptyLayerWarning
from creative_spatial.loaders import read_osm
from creative_spatial.loaders.osm import extract

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


def large(monkeypatch):
    """Take every file for a large one."""
    monkeypatch.setattr("creative_spatial.loaders.osm.files.LARGE_FILE_BYTES", 0)


def test_what_is_cut_out_first_changes_nothing_of_what_is_read(country, monkeypatch):
    whole = read_osm(country, boundary=WEST)
    large(monkeypatch)
    cut = read_osm(country, boundary=WEST)
    assert len(whole.features) == 4
    assert cut.features.to_wkb().equals(whole.features.to_wkb())
    for field in ("node_xy", "node_id", "edges", "length_m", "kind", "way_id"):
        assert np.array_equal(getattr(cut.network, field), getattr(whole.network, field)), field
    for name, layer in whole.background.items():
        assert cut.background[name].to_wkb().equals(layer.to_wkb()), name
    assert len(whole.background["sea"]) == 1
    assert cut.source == whole.source
    assert cut.crs == whole.crs


def test_little_is_held_of_what_lies_outside(country, monkeypatch):
    held = []
    complete = extract.complete

    def watched(reader, rules, file):
        found = complete(reader, rules, file)
        held.append((len(found.features), len(found.walks.lines), len(found.coast)))
        return found

    large(monkeypatch)
    monkeypatch.setattr(extract, "complete", watched)
    read_osm(country, boundary=WEST)
    # the place itself and, in the margin that maps and walks need, parts of those beside it
    ((features, lines, coast),) = held
    assert 4 <= features < 20
    assert 1 <= lines < 10
    assert coast == 1


def test_without_a_boundary_a_large_file_is_read_whole(country, monkeypatch):
    whole = read_osm(country)
    large(monkeypatch)
    assert read_osm(country).features.to_wkb().equals(whole.features.to_wkb())


def test_messages_call_a_large_file_by_its_name(country, monkeypatch):
    large(monkeypatch)
    with pytest.warns(
        EmptyLayerWarning, match=r"^country\.osm: no features found; the file covers"
    ):
        read_osm(country, boundary=shapely.box(10.0, 50.0, 10.02, 50.02))


def test_a_large_file_in_another_order_is_read_too(country, monkeypatch, tmp_path):
    whole = read_osm(country, boundary=WEST)
    shuffled = tmp_path / "shuffled.osm.pbf"
    with osmium.SimpleWriter(str(shuffled)) as writer:
        for kind in (osmium.osm.RELATION, osmium.osm.WAY, osmium.osm.NODE):
            for thing in osmium.FileProcessor(str(country), kind):
                writer.add(thing)
    large(monkeypatch)
    found = read_osm(shuffled, boundary=WEST).features
    assert found.index.equals(whole.features.index)
