"""Answers of an Overpass server that are not whole, and positions that are no numbers."""

from __future__ import annotations

import bz2
import gzip

import pytest
from drawn_osm import DrawnOsm

from creative_spatial.errors import LoadError
from creative_spatial.loaders.osm import read_osm

TIMED_OUT = 'runtime error: Query timed out in "query" at line 3 after 26 seconds.'


@pytest.fixture
def drawn():
    drawn = DrawnOsm()
    drawn.node(1, 100.01, 7.01, tourism="museum")
    drawn.square(2, 100.03, 7.03, natural="wood")
    drawn.way(4, drawn.nodes(90, [(100.01, 7.02), (100.02, 7.02)]), highway="residential")
    return drawn


def remarked(drawn, remark):
    """The drawn file with a remark at its end."""
    return drawn.xml().replace("</osm>", f"<remark> {remark} </remark></osm>")


@pytest.mark.parametrize(
    ("name", "pack"),
    [("city.osm", bytes), ("city.osm.bz2", bz2.compress), ("city.osm.gz", gzip.compress)],
)
def test_an_answer_that_was_broken_off_is_refused(drawn, tmp_path, name, pack):
    path = tmp_path / name
    path.write_bytes(pack(remarked(drawn, TIMED_OUT).encode()))
    message = rf'^{name} is only a part of an answer.*"runtime error: Query timed out.*timeout'
    with pytest.raises(LoadError, match=message):
        read_osm(path)


def test_a_remark_behind_millions_of_bytes_is_seen(drawn, tmp_path):
    for i in range(10_000):
        drawn.node(1000 + i, 100.01, 7.01, name="x" * 50)
    path = tmp_path / "city.osm"
    path.write_text(remarked(drawn, "runtime error: Query run out of memory using 2048 MB."))
    assert path.stat().st_size > 1 << 20
    with pytest.raises(LoadError, match="run out of memory"):
        read_osm(path)


def test_another_remark_is_no_matter(drawn, tmp_path):
    path = tmp_path / "city.osm"
    path.write_text(remarked(drawn, "cut out for the class of 2024"))
    assert len(read_osm(path).features) == 2


def positions_in_ways(drawn):
    """The drawn file as `out geom` writes it."""
    text = drawn.xml()
    for ref in (20, 21, 22, 23, 90, 91):
        text = text.replace(f'<nd ref="{ref}"/>', f'<nd ref="{ref}" lat="7.03" lon="100.03"/>')
    return text


@pytest.mark.parametrize("kept", ["2", "4"])
def test_positions_without_nodes_are_refused_with_the_query_to_ask(drawn, tmp_path, kept):
    text = positions_in_ways(drawn)
    lines = [line for line in text.splitlines() if "<node" not in line or 'id="1"' in line]
    other = {"2": "4", "4": "2"}[kept]
    path = tmp_path / "geom.osm"
    path.write_text("\n".join(line for line in lines if f'<way id="{other}"' not in line))
    with pytest.raises(LoadError, match=r"^geom\.osm gives positions within its ways.*out body; >"):
        read_osm(path)


def test_positions_of_relations_without_their_ways_are_refused(drawn, tmp_path):
    drawn.relation(5, [("way", 8, "outer")], type="multipolygon", natural="water")
    nd = '<nd lat="7.03" lon="100.03"/>'
    member = '<member type="way" ref="8" role="outer"'
    path = tmp_path / "geom.osm"
    lines = drawn.xml().replace(f"{member}/>", f"{member}>{nd}</member>").splitlines()
    path.write_text("\n".join(line for line in lines if "<way" not in line))
    with pytest.raises(LoadError, match=r"^geom\.osm gives positions within its ways or relations"):
        read_osm(path)


def test_positions_beside_all_nodes_are_no_matter(drawn, tmp_path):
    path = tmp_path / "geom.osm"
    path.write_text(positions_in_ways(drawn))
    extract = read_osm(path)
    assert extract.features.index.tolist() == ["osm:node/1", "osm:way/2"]
    assert extract.report.empty


@pytest.mark.parametrize(
    ("right", "wrong"),
    [('lat="7.01"', 'lat="abc"'), ('minlon="100.0"', 'minlon="x"'), ('lon="100.01"', 'lon=""')],
)
def test_a_position_that_is_no_number_is_refused(drawn, tmp_path, right, wrong):
    text = drawn.xml()
    assert right in text
    path = tmp_path / "city.osm"
    path.write_text(text.replace(right, wrong))
    message = r"^city\.osm has a position that cannot be read.*expected degrees.*Correct it"
    with pytest.raises(LoadError, match=message):
        read_osm(path)


def test_no_message_tells_the_folders_of_this_machine(drawn, tmp_path, monkeypatch):
    path = drawn.write(tmp_path / "city.osm")

    def fail(*_):
        raise RuntimeError(f"Open failed for '{path.resolve()}': Permission denied")

    monkeypatch.setattr("osmium.FileProcessor", fail)
    with pytest.raises(LoadError, match=r"Open failed for 'city\.osm'") as caught:
        read_osm(path)
    assert str(tmp_path) not in str(caught.value)
