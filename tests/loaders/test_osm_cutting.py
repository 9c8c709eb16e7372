"""Areas cut out of one OpenStreetMap file: what is in them, whole, as if read from the file."""

from __future__ import annotations

import errno
import json
import re
import warnings

import geopandas as gpd
import numpy as np
import osmium
import pytest
import shapely
from drawn_osm import DrawnOsm

from creative_spatial.errors import (
    CRSError,
    DataQualityWarning,
    EmptyLayerWarning,
    GeometryError,
    LoadError,
    OutputError,
)
from creative_spatial.loaders import cut_osm, read_osm
from creative_spatial.loaders.boundaries import read_osm_relation
from creative_spatial.loaders.osm.cutting import core, osmium_process, passing, placing
from creative_spatial.loaders.osm.cutting.areas import folder_names
from creative_spatial.taxonomy import Taxonomy

WEST = shapely.box(100.01, 7.01, 100.03, 7.03)
EAST = shapely.box(100.07, 7.07, 100.09, 7.09)
FAR = shapely.box(10.0, 50.0, 10.02, 50.02)
NETWORK = ("node_xy", "node_id", "edges", "length_m", "kind", "way_id")


def areas(**outlines):
    """A table of areas by id."""
    return gpd.GeoDataFrame({"id": list(outlines)}, geometry=list(outlines.values()), crs=4326)


def assert_same(cut, direct):
    """Both hold the same features, network, background and report."""
    assert cut.features.to_wkb().equals(direct.features.to_wkb())
    for field in NETWORK:
        assert np.array_equal(getattr(cut.network, field), getattr(direct.network, field)), field
    assert list(cut.background) == list(direct.background)
    for name, layer in direct.background.items():
        assert cut.background[name].to_wkb().equals(layer.to_wkb()), name
    assert cut.gates.to_wkb().equals(direct.gates.to_wkb())
    assert cut.ferries.equals(direct.ferries.loc[cut.ferries.index])
    assert cut.crs == direct.crs
    assert cut.source == direct.source


@pytest.fixture
def drawn():
    return DrawnOsm()


@pytest.fixture
def town(drawn):
    """Two places with everything that a rule distinguishes, and things between them."""
    for first, lon, lat in ((1000, 100.012, 7.012), (5000, 100.072, 7.072)):
        drawn.node(first, lon, lat, tourism="museum", name="พิพิธภัณฑ์")
        drawn.node(first + 1, lon, lat + 0.001, amenity="bench")
        drawn.node(first + 2, lon, lat + 0.002, barrier="gate")
        pier = drawn.nodes(first + 20, [(lon, lat + 0.001), (lon + 0.01, lat + 0.002)])
        drawn.way(first + 10, pier, route="ferry", duration="00:15")
        street = drawn.nodes(first + 10, [(lon, lat), (lon + 0.005, lat), (lon + 0.01, lat)])
        drawn.way(first + 1, street, highway="residential", name="Street")
        drawn.way(first + 2, [street[0], 999_999, *street[1:]], highway="steps")
        drawn.square(first + 3, lon, lat, 0.002, building="yes")
        drawn.square(first + 4, lon + 0.004, lat, 0.003, leisure="park")
        drawn.square(first + 5, lon, lat + 0.004, 0.002, historic="city_gate", barrier="wall")
        drawn.square(first + 6, lon, lat + 0.008, 0.002, highway="pedestrian", area="yes")
        bow = [(0, 0), (0.002, 0.002), (0.002, 0), (0, 0.002)]
        refs = drawn.nodes(first + 100, [(lon + x, lat + 0.012 + y) for x, y in bow])
        drawn.way(first + 7, [*refs, refs[0]], natural="wood")
        drawn.square(first + 8, lon + 0.01, lat + 0.01, 0.004, natural="water")
        drawn.square(first + 9, lon + 0.011, lat + 0.011, 0.001)
        drawn.relation(
            first, [("way", first + 8, "outer"), ("way", first + 9, "inner")],
            type="multipolygon", natural="water",
        )  # fmt: skip
        drawn.relation(
            first + 1, [("way", first + 8, "outer"), ("way", 888_888, "outer")],
            type="multipolygon", natural="wood",
        )  # fmt: skip
    return drawn


@pytest.fixture
def path(drawn, tmp_path):
    """Write what was drawn."""

    def write(name="country.osm"):
        return drawn.write(tmp_path / name)

    return write


def test_a_cut_holds_what_the_file_holds_under_the_same_boundary(town, path, tmp_path):
    file, out = path(), tmp_path / "out"
    table = cut_osm(file, areas(west=WEST, east=EAST), out)
    assert table.index.tolist() == ["west", "east"]
    for name, outline in (("west", WEST), ("east", EAST)):
        direct = read_osm(file, boundary=outline)
        cut = read_osm(out / name / "osm", boundary=outline, source=direct.source)
        assert len(direct.features) > 3
        assert len(cut.gates) == len(cut.ferries) == 1
        assert direct.network.n_edges > 0
        assert_same(cut, direct)
        there = cut.report.index
        assert cut.report.equals(direct.report.loc[there])
        # what is not there is of the other place
        first = 5000 if name == "west" else 1000
        assert set(direct.report.index.difference(there)) == {
            f"osm:way/{first + 2}", f"osm:way/{first + 7}",
            f"osm:relation/{first + 1}", f"osm:way/{first + 8}",
        }  # fmt: skip


def test_two_areas_in_one_pass_are_what_two_passes_give(town, path, tmp_path):
    file = path()
    overlapping = shapely.box(100.02, 7.02, 100.08, 7.08)
    cut_osm(file, areas(west=WEST, middle=overlapping), tmp_path / "both")
    cut_osm(file, areas(west=WEST), tmp_path / "one")
    cut_osm(file, areas(middle=overlapping), tmp_path / "two")
    for name, folder in (("west", "one"), ("middle", "two")):
        for part in ("objects.parquet", "relations.parquet", "manifest.json"):
            both = (tmp_path / "both" / name / "osm" / part).read_bytes()
            assert both == (tmp_path / folder / name / "osm" / part).read_bytes(), (name, part)


def test_what_crosses_the_edge_is_whole_and_what_lies_beyond_is_not_there(drawn, path, tmp_path):
    drawn.square(1, 100.02, 7.02, 0.06)
    drawn.relation(7, [("way", 1, "outer")], type="multipolygon", leisure="park")
    drawn.node(5, 100.015, 7.015, tourism="museum")
    drawn.node(6, 100.09, 7.09, tourism="museum")
    cut_osm(path(), areas(west=WEST), tmp_path / "out")
    found = read_osm(tmp_path / "out/west/osm").features
    assert found.index.tolist() == ["osm:node/5", "osm:relation/7"]
    west, south, east, north = found.to_crs(4326).loc[["osm:relation/7"]].total_bounds
    assert np.allclose((west, south, east, north), (100.02, 7.02, 100.08, 7.08), atol=1e-7)


def test_a_route_is_whole_though_most_of_its_ways_lie_beyond(drawn, path, tmp_path):
    taxonomy_file = tmp_path / "taxonomy" / "own.toml"
    taxonomy_file.parent.mkdir()
    taxonomy_file.write_text(
        '[concepts.pilgrimage]\npillar = "culture"\nlabels = { en = "Pilgrimage" }\n'
        'reference = "test"\nosm = [{ route = "pilgrimage" }]\n',
        encoding="utf-8",
    )
    taxonomy = Taxonomy.load(taxonomy_file.parent)
    drawn.way(1, drawn.nodes(10, [(100.02, 7.02), (100.05, 7.05)]))
    drawn.way(2, drawn.nodes(20, [(100.05, 7.05), (100.09, 7.09)]))
    drawn.relation(7, [("way", 1, ""), ("way", 2, "")], type="route", route="pilgrimage")
    drawn.relation(8, [("way", 1, ""), ("way", 2, "")], type="route", route="bus")
    file = path()
    cut_osm(file, areas(west=WEST), tmp_path / "out", taxonomy=taxonomy)
    direct = read_osm(file, boundary=WEST, taxonomy=taxonomy)
    cut = read_osm(tmp_path / "out/west/osm", boundary=WEST, taxonomy=taxonomy)
    assert cut.features.index.tolist() == ["osm:relation/7"]
    assert_same(cut, direct)


def test_an_area_around_is_there_though_none_of_its_ways_is_near(drawn, path, tmp_path):
    drawn.node(1, 100.02, 7.02, tourism="museum")
    for first, middle in ((10, 100.02), (50, 100.08)):
        corners = [(-0.016, 0.004), (0.016, 0.004), (0.016, 0.036), (-0.016, 0.036)]
        refs = drawn.nodes(first, [(middle + x, 7.0 + y) for x, y in corners])
        for side in range(4):
            drawn.way(first + side, [refs[side], refs[(side + 1) % 4]])
        members = [("way", first + side, "outer") for side in range(4)]
        drawn.relation(first, members, type="boundary", boundary="national_park")
    file = path()
    middle = shapely.box(100.0195, 7.0195, 100.0205, 7.0205)
    ring = read_osm(file).features.loc["osm:relation/10"]
    cut_osm(file, areas(middle=middle), tmp_path / "out")
    x, y = shapely.box(
        *json.loads((tmp_path / "out/middle/osm/manifest.json").read_text(encoding="utf-8"))[
            "area"
        ]["box"]
    ).exterior.xy
    assert (min(x), min(y)) > (100.004, 7.004)
    assert (max(x), max(y)) < (100.036, 7.036)
    cut = read_osm(tmp_path / "out/middle/osm", boundary=middle)
    assert cut.features.index.tolist() == ["osm:node/1", "osm:relation/10"]
    assert cut.features.geometry.iloc[1].equals(ring.geometry)
    assert_same(cut, read_osm(file, boundary=middle))


def test_ways_of_relations_may_lack_nodes_and_be_called_anything(drawn, path, tmp_path):
    drawn.node(50, 100.02, 7.02, tourism="museum")
    around = drawn.nodes(1, [(100.02, 7.02), (100.024, 7.02), (100.024, 7.024), (100.02, 7.024)])
    drawn.way(1, [*around[:2], 999_998, *around[2:], around[0]], natural="wood", name="n1xy xy")
    drawn.way(2, [around[0], around[2], 999_999, around[1]], name="n1xy,n2xy")
    members = [("way", 2, "outer")]
    drawn.relation(1, members, type="multipolygon", natural="water")
    drawn.relation(2, members, type="route", route="ferry", name="Ferry")
    file = path()
    cut_osm(file, areas(west=WEST), tmp_path / "out")
    direct = read_osm(file, boundary=WEST)
    cut = read_osm(tmp_path / "out/west/osm", boundary=WEST)
    assert cut.report.equals(direct.report)
    assert cut.report["reason"].to_dict() == {
        "osm:way/1": "1 of its 6 nodes are missing from the file; the area is left out",
        "osm:relation/1": "nodes of its ways 2 missing from the file; the area is left out",
    }
    assert len(cut.network.edges) == 1
    assert_same(cut, direct)


def test_a_ferry_tagged_on_its_relation_is_walked(drawn, path, tmp_path):
    drawn.way(1, drawn.nodes(10, [(100.02, 7.02), (100.05, 7.05)]))
    drawn.relation(7, [("way", 1, "")], type="route", route="ferry")
    file = path()
    cut_osm(file, areas(west=WEST), tmp_path / "out")
    with pytest.warns(EmptyLayerWarning):
        cut, direct = (read_osm(one, boundary=WEST) for one in (tmp_path / "out/west/osm", file))
    assert cut.network.way_id.tolist() == direct.network.way_id.tolist() == [1]
    assert cut.network.kind.tolist() == [2]


def test_the_sea_is_closed_from_coast_beyond_the_area(drawn, path, tmp_path):
    near = drawn.nodes(10, [(100.025, 7.0), (100.025, 7.037)])
    beyond = drawn.nodes(20, [(100.025, 7.045), (100.0, 7.048)])
    drawn.way(1, near, natural="coastline")
    drawn.way(2, [near[-1], *beyond], natural="coastline")
    drawn.node(5, 100.015, 7.015, tourism="museum")
    file = path()
    cut_osm(file, areas(west=WEST), tmp_path / "out")
    cut, direct = (read_osm(one, boundary=WEST) for one in (tmp_path / "out/west/osm", file))
    assert_same(cut, direct)
    # land is left of the way, hence in the south-west; the rest of the box around is sea
    assert len(cut.background["sea"]) == 1
    east = cut.background["sea"].to_crs(4326).total_bounds[2]
    assert east == pytest.approx(100.05, abs=1e-4)


def test_negative_ids_and_another_order_are_cut_like_others(drawn, path, tmp_path):
    drawn.node(-1, 100.015, 7.015, tourism="museum")
    refs = drawn.nodes(-12, [(100.02, 7.02), (100.021, 7.021)])
    drawn.way(-9, refs, highway="residential")
    drawn.square(-2, 100.02, 7.02, leisure="park")
    drawn.square(-3, 100.025, 7.02, 0.002)
    drawn.relation(-4, [("way", -3, "outer")], type="multipolygon", leisure="park")
    file = path()
    cut_osm(file, areas(west=WEST), tmp_path / "out")
    cut, direct = (read_osm(one, boundary=WEST) for one in (tmp_path / "out/west/osm", file))
    assert "osm:relation/-4" in cut.features.index
    assert_same(cut, direct)


@pytest.mark.parametrize("order", ["wnr", "rnw", "n1wn2r", "n2wn1r", "ntwnur"])
def test_a_file_in_another_order_is_cut_as_if_it_were_sorted(town, path, tmp_path, order):
    file, shuffled = path(), tmp_path / "shuffled.osm.pbf"
    kinds = {"n": osmium.osm.NODE, "w": osmium.osm.WAY, "r": osmium.osm.RELATION}
    with osmium.SimpleWriter(str(shuffled)) as writer:
        for kind, part in re.findall(r"([nwr])([12tu]?)", order):
            for thing in osmium.FileProcessor(str(file), kinds[kind]):
                if part in {"", "2" if thing.id >= 5000 else "1", "t" if thing.tags else "u"}:
                    writer.add(thing)
    cut_osm(file, areas(west=WEST, east=EAST), tmp_path / "sorted")
    cut_osm(shuffled, areas(west=WEST, east=EAST), tmp_path / "other")
    for name in ("west", "east"):
        cut, other = (read_osm(tmp_path / one / name / "osm") for one in ("sorted", "other"))
        assert_same(other, cut)


def test_an_object_that_is_there_twice_is_cut_once(town, path, tmp_path):
    file, doubled = path(), tmp_path / "doubled.osm.pbf"
    with osmium.SimpleWriter(str(doubled)) as writer:
        for thing in osmium.FileProcessor(str(file)):
            writer.add(thing)
            if thing.is_way():
                writer.add(thing)
    for one, out in ((file, "once"), (doubled, "twice")):
        cut_osm(one, areas(west=WEST), tmp_path / out)
    assert_same(*(read_osm(tmp_path / out / "west/osm") for out in ("once", "twice")))


def test_a_node_that_is_not_on_earth_is_left_out(town, path, tmp_path):
    cut_osm(path(), areas(west=WEST), tmp_path / "without")
    town.node(7, 100.015, 97.0, tourism="museum")
    town.node(8, 100.015, 97.0)
    town.way(9, [1020, 8, 1021], highway="steps")
    cut_osm(path(), areas(west=WEST), tmp_path / "with")
    without, cut = (read_osm(tmp_path / one / "west/osm") for one in ("without", "with"))
    assert cut.features.index.equals(without.features.index)
    assert "osm:way/9" in cut.report.index


def test_an_end_of_osmium_that_nobody_expected_is_told(town, path, tmp_path, monkeypatch):
    script = tmp_path / "ends.py"
    script.write_text("raise SystemExit(3)", encoding="utf-8")
    monkeypatch.setattr(osmium_process.sifting, "__file__", str(script))
    with pytest.raises(LoadError, match=r"country\.osm cannot be read .*osmium ended with 3"):
        cut_osm(path(), areas(west=WEST), tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_positions_are_kept_on_disk_and_nothing_is_left_behind(town, path, tmp_path, monkeypatch):
    indices = []
    look_up = passing.look_up

    def watched(file, index, *rest):
        indices.append(index)
        look_up(file, index, *rest)

    monkeypatch.setattr(passing, "look_up", watched)
    cut_osm(path(), areas(west=WEST), tmp_path / "out")
    ((kind, place),) = (index.split(",") for index in indices)
    assert kind == "sparse_file_array"
    assert place.startswith(str(tmp_path / "out"))
    assert [one.name for one in (tmp_path / "out").iterdir()] == ["west"]


def test_there_must_be_room_for_the_nodes_on_disk(town, path, tmp_path, monkeypatch):
    monkeypatch.setattr("creative_spatial.loaders.osm.files._INDEX_SHARE", 10**15)
    with pytest.raises(OutputError, match=r"positions of its nodes need up to .* GB on the disk"):
        cut_osm(path(), areas(west=WEST), tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_rows_come_in_groups_whatever_the_batches(town, path, tmp_path, monkeypatch):
    file = path()
    cut_osm(file, areas(west=WEST), tmp_path / "whole")
    monkeypatch.setattr("creative_spatial.loaders.osm.cutting.osmium_process.BLOCK_BYTES", 300)
    monkeypatch.setattr("creative_spatial.loaders.osm.cutting.relations.BATCH_ROWS", 1)
    monkeypatch.setattr(placing, "ROW_GROUP", 2)
    cut_osm(file, areas(west=WEST), tmp_path / "small")
    assert_same(*(read_osm(tmp_path / one / "west/osm") for one in ("whole", "small")))


def test_the_objects_are_geoparquet_with_raw_tags_and_a_box_for_each_row(town, path, tmp_path):
    cut_osm(path(), areas(west=WEST), tmp_path / "out")
    table = gpd.read_parquet(tmp_path / "out/west/osm/objects.parquet")
    assert table.crs.to_epsg() == 4326 or table.crs.to_authority() == ("OGC", "CRS84")
    museum = table[(table["kind"] == "node") & (table["osm_id"] == 1000)].iloc[0]
    assert json.loads(museum["tags"]) == {"name": "พิพิธภัณฑ์", "tourism": "museum"}
    assert museum.geometry.equals(shapely.Point(100.012, 7.012))
    near = gpd.read_parquet(
        tmp_path / "out/west/osm/objects.parquet", bbox=(100.0119, 7.0119, 100.01201, 7.01201)
    )
    assert 0 < len(near) < len(table)


def test_the_manifest_says_where_the_cut_comes_from(town, path, tmp_path):
    import hashlib

    file = path()
    cut_osm(file, areas(west=WEST), tmp_path / "out")
    manifest = json.loads((tmp_path / "out/west/osm/manifest.json").read_text(encoding="utf-8"))
    assert manifest["source"]["file"] == "country.osm"
    assert manifest["source"]["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert manifest["source"]["bounds"] == [100.0, 7.0, 100.1, 7.1]
    assert manifest["area"]["id"] == "west"
    left, _, _, top = manifest["area"]["box"]
    # a quarter of the longer side, and a little
    assert 100.01 - left == pytest.approx(0.0055, rel=0.1)
    assert top - 7.03 == pytest.approx(0.0055, rel=0.1)


def test_a_city_that_asks_for_other_tags_is_told_to_cut_again(town, path, tmp_path):
    cut_osm(path(), areas(west=WEST), tmp_path / "out")
    folder = tmp_path / "taxonomy"
    folder.mkdir()
    (folder / "own.toml").write_text(
        '[concepts.loom]\npillar = "community"\nlabels = { en = "Loom" }\nreference = "test"\n'
        'osm = [{ loom_kind = "*" }]\n',
        encoding="utf-8",
    )
    with pytest.raises(LoadError, match=r"osm was cut without objects .*loom_kind.*--taxonomy"):
        read_osm(tmp_path / "out/west/osm", taxonomy=Taxonomy.load(folder))


def test_a_boundary_beyond_the_cut_is_pointed_out(town, path, tmp_path):
    cut_osm(path(), areas(west=WEST), tmp_path / "out")
    with pytest.warns(DataQualityWarning, match="was cut out for west, and the boundary reaches"):
        read_osm(tmp_path / "out/west/osm", boundary=WEST.union(EAST))


@pytest.mark.parametrize("part", ["objects.parquet", "relations.parquet", "manifest.json"])
def test_a_cut_that_was_altered_is_not_read(town, path, tmp_path, part):
    cut_osm(path(), areas(west=WEST), tmp_path / "out")
    file = tmp_path / "out/west/osm" / part
    file.write_bytes(file.read_bytes()[:-3])
    with pytest.raises(LoadError, match=r"(altered or cut off|is no manifest).*again"):
        read_osm(tmp_path / "out/west/osm")


def test_a_folder_of_something_else_is_no_cut(tmp_path):
    with pytest.raises(LoadError, match="is a folder without a manifest"):
        read_osm(tmp_path)


def test_the_boundary_of_a_city_may_be_a_relation_of_the_cut(town, path, tmp_path):
    cut_osm(path(), areas(west=WEST), tmp_path / "out")
    lake = read_osm_relation(tmp_path / "out/west/osm", 1000)
    assert lake.iloc[0].equals(
        shapely.box(100.022, 7.022, 100.026, 7.026) - shapely.box(100.023, 7.023, 100.024, 7.024)
    )
    with pytest.raises(LoadError, match="relation 5000 is not there"):
        read_osm_relation(tmp_path / "out/west/osm", 5000)


def test_an_area_that_meets_nothing_is_a_valid_folder_and_a_warning(town, path, tmp_path):
    with pytest.warns(EmptyLayerWarning, match="nothing in it meets far; is this the file of an"):
        table = cut_osm(path(), areas(west=WEST, far=FAR), tmp_path / "out")
    assert table.loc["far", "node"] == 0
    with pytest.warns(EmptyLayerWarning, match="no features found"):
        assert read_osm(tmp_path / "out/far/osm").features.empty
    assert not read_osm(tmp_path / "out/west/osm").features.empty


def test_a_second_cut_replaces_the_first_and_leaves_what_is_beside_it(town, path, tmp_path):
    file = path()
    cut_osm(file, areas(west=WEST), tmp_path / "out")
    (tmp_path / "out/west/city.toml").write_text("# mine", encoding="utf-8")
    before = (tmp_path / "out/west/osm/objects.parquet").read_bytes()
    town.node(3, 100.02, 7.02, tourism="museum")
    cut_osm(path(), areas(west=WEST), tmp_path / "out")
    assert (tmp_path / "out/west/osm/objects.parquet").read_bytes() != before
    assert (tmp_path / "out/west/city.toml").read_text(encoding="utf-8") == "# mine"
    assert sorted(one.name for one in (tmp_path / "out").iterdir()) == ["west"]


def test_a_folder_that_is_no_earlier_cut_is_not_written_over(town, path, tmp_path):
    mine = tmp_path / "out/west/osm"
    mine.mkdir(parents=True)
    (mine / "notes.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "out/east").write_text("a file", encoding="utf-8")
    with pytest.raises(OutputError, match=r"west.osm is there already.*east is a file") as caught:
        cut_osm(path(), areas(west=WEST, east=EAST), tmp_path / "out")
    assert "choose another folder" in str(caught.value)
    assert (mine / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_an_interrupt_leaves_nothing_half_written(town, path, tmp_path, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(core, "write_manifest", interrupt)
    with pytest.raises(KeyboardInterrupt):
        cut_osm(path(), areas(west=WEST), tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_file_that_breaks_off_leaves_nothing_and_says_so(town, path, tmp_path):
    text = path().read_bytes()
    broken = tmp_path / "broken.osm"
    broken.write_bytes(text[: len(text) // 2])
    with pytest.raises(LoadError, match=r"broken\.osm cannot be read to its end"):
        cut_osm(broken, areas(west=WEST), tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_full_disk_is_not_called_a_damaged_file(town, path, tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("creative_spatial.loaders.osm.cutting.osmium_process.BLOCK_BYTES", 300)
    monkeypatch.setattr(placing.AreaFiles, "add", full)
    with pytest.raises(OutputError, match="the disk is full: free some space"):
        cut_osm(path(), areas(west=WEST), tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_an_area_that_cannot_be_put_in_place_is_named_and_the_others_are_there(
    town, path, tmp_path, monkeypatch
):
    from pathlib import Path

    rename = Path.rename

    def refuse(self, target):
        if self.name == "west":
            raise PermissionError(errno.EACCES, "Permission denied")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(OutputError, match=r"1 of 2 areas could not be put in place: .*west"):
        cut_osm(path(), areas(west=WEST, east=EAST), tmp_path / "out")
    assert (tmp_path / "out/east/osm/manifest.json").is_file()
    assert not (tmp_path / "out/west/osm").exists()


def test_areas_without_crs_are_refused(town, path, tmp_path):
    with pytest.raises(CRSError, match=r"The areas have no CRS; .*--crs EPSG:4326"):
        cut_osm(path(), areas(west=WEST).set_crs(None, allow_override=True), tmp_path / "out")


def test_areas_may_be_in_metres(town, path, tmp_path):
    cut_osm(path(), areas(west=WEST).to_crs(32647), tmp_path / "out")
    assert not read_osm(tmp_path / "out/west/osm", boundary=WEST).features.empty


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"id": ["a", "a"]}, "rows 1, 2 all have the id 'a'"),
        ({"id": ["a", None]}, "row 2 have no 'id'"),
        ({"geometry": [WEST, shapely.Point(1, 2)]}, "row 2 is a Point"),
        ({"geometry": [WEST, None]}, "row 2 has no geometry"),
    ],
)
def test_areas_at_fault_are_named_by_row(town, path, tmp_path, change, fault):
    table = gpd.GeoDataFrame(
        {"id": ["a", "b"], "geometry": [WEST, EAST], **change}, geometry="geometry", crs=4326
    )
    with pytest.raises((LoadError, GeometryError), match=fault):
        cut_osm(path(), table, tmp_path / "out")


def test_areas_without_a_telling_column_are_refused_with_those_there_are(town, path, tmp_path):
    table = areas(west=WEST).rename(columns={"id": "code"})
    with pytest.raises(LoadError, match=r"no column 'id' or 'name'; there are code. .*--id"):
        cut_osm(path(), table, tmp_path / "out")
    assert cut_osm(path(), table, tmp_path / "out", id_column="code").index.tolist() == ["west"]
    with pytest.raises(LoadError, match="no column 'kod'; there are code"):
        cut_osm(path(), table, tmp_path / "out", id_column="kod")


@pytest.mark.parametrize(
    "hostile",
    ["../../etc/passwd", "/etc/passwd", "C:\\x", "a\x00b", "con", ".", "…", "\x1b[2J", "a" * 500],
)
def test_a_hostile_id_names_a_folder_in_its_place(hostile):
    (name,) = folder_names([hostile])
    assert name == "".join(c for c in name if c in "abcdefghijklmnopqrstuvwxyz0123456789-")
    assert 0 < len(name) <= 60
    assert name != "con"


def test_no_areas_are_refused(town, path, tmp_path):
    with pytest.raises(LoadError, match="There are no areas"):
        cut_osm(path(), areas(), tmp_path / "out")


def test_cutting_is_silent_and_gives_the_same_bytes_twice(town, path, tmp_path, capfd):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for out in ("first", "second"):
            cut_osm(path(), areas(west=WEST), tmp_path / out)
    for part in ("objects.parquet", "relations.parquet", "manifest.json"):
        first, second = (tmp_path / out / "west/osm" / part for out in ("first", "second"))
        assert first.read_bytes() == second.read_bytes()
    assert capfd.readouterr() == ("", "")
