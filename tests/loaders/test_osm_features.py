"""Features of an OpenStreetMap file: which, in which shape, once, and what is known of them."""

from __future__ import annotations

import json
import warnings

import geopandas as gpd
import pytest
import shapely
from drawn_osm import DrawnOsm

from creative_spatial.errors import CRSError, EmptyLayerWarning, GeometryError, LoadError
from creative_spatial.loaders.osm import read_osm
from creative_spatial.loaders.osm.selection import FeatureRules
from creative_spatial.provenance import Source
from creative_spatial.schema import validate_features
from creative_spatial.taxonomy import Taxonomy

TAXONOMY = """
[concepts.sight]
pillar = "culture"
labels = { en = "Sight", th = "สถานที่" }
reference = "test"
osm = [{ sight = "*" }]

[concepts.field_only]
pillar = "biodiversity"
labels = { en = "Field", th = "ทุ่ง" }
reference = "test"
osm = [{ crop_of = "*" }]
geometry = ["area"]

[concepts.wall_only]
pillar = "culture"
labels = { en = "Wall", th = "กำแพง" }
reference = "test"
osm = [{ wall_of = "*" }]
geometry = ["line"]

[concepts.pin_only]
pillar = "culture"
labels = { en = "Pin", th = "หมุด" }
reference = "test"
osm = [{ wall_of = "*", pin = "yes" }]
geometry = ["point"]
priority = 5
"""


@pytest.fixture(scope="module")
def taxonomy(tmp_path_factory):
    """The package's concepts with four whose rules and shapes are plain."""
    folder = tmp_path_factory.mktemp("taxonomy")
    (folder / "test.toml").write_text(TAXONOMY, encoding="utf-8")
    return Taxonomy.load(folder)


@pytest.fixture
def drawn():
    return DrawnOsm()


@pytest.fixture
def features(drawn, taxonomy, tmp_path):
    """Read what was drawn, features alone."""

    def read(**options):
        return extract(**options).features

    def extract(**options):
        path = drawn.write(tmp_path / "city.osm")
        return read_osm(path, taxonomy=taxonomy, parts=("features",), **options)

    read.extract = extract
    return read


def test_a_node_a_way_and_an_area_become_features_with_their_ids(drawn, features):
    drawn.node(1, 100.01, 7.01, tourism="museum", name="พิพิธภัณฑ์")
    drawn.way(2, drawn.nodes(20, [(100.01, 7.01), (100.02, 7.02)]), wall_of="town")
    drawn.square(3, 100.03, 7.03, natural="wood")
    found = features()
    assert found.index.tolist() == ["osm:node/1", "osm:way/2", "osm:way/3"]
    assert found["concept"].tolist() == ["museum", "wall_only", "forest"]
    assert found.geometry.geom_type.tolist() == ["Point", "LineString", "Polygon"]
    assert found["pillar"].tolist() == ["culture", "culture", "biodiversity"]
    assert found.loc["osm:node/1", "name"] == "พิพิธภัณฑ์"
    assert validate_features(found, crs="EPSG:32647") is found


def test_tags_are_one_sorted_json_text_in_their_own_script(drawn, features):
    drawn.node(1, 100.01, 7.01, tourism="museum", name='ก "quoted" <b>', amenity="x")
    text = features().loc["osm:node/1", "tags"]
    assert list(json.loads(text)) == ["amenity", "name", "tourism"]
    assert "ก" in text
    assert json.loads(text)["name"] == 'ก "quoted" <b>'


def test_version_and_time_of_the_last_edit_are_kept_and_unknown_time_is_null(drawn, features):
    drawn.node(1, 100.01, 7.01, sight="yes")
    drawn.square(2, 100.03, 7.03, sight="yes")
    found = features()
    assert found["osm_version"].tolist() == [2, 3]
    assert found["osm_timestamp"].iloc[0].isoformat() == "2024-05-01T10:00:00+00:00"
    assert found["osm_timestamp"].isna().tolist() == [False, True]


def test_names_in_the_languages_asked_for_get_a_column(drawn, features):
    drawn.parts["node"].append(
        '<node id="1" lat="7.01" lon="100.01" version="1"><tag k="sight" v="yes"/>'
        '<tag k="name:fa" v="می‌خواهم"/><tag k="name:en" v="Old"/></node>'
    )
    found = features(languages=("fa", "en"))
    assert found.loc["osm:node/1", ["name:fa", "name:en"]].tolist() == ["می‌خواهم", "Old"]
    assert found["name"].isna().all()
    assert "name:th" not in found


def test_a_closed_way_counts_once_as_the_area_its_tags_make_it(drawn, features):
    drawn.square(1, 100.01, 7.01, sight="yes", tourism="attraction")
    drawn.square(2, 100.03, 7.01, sight="yes", barrier="wall")
    drawn.square(3, 100.05, 7.01, sight="yes", barrier="wall", area="yes")
    drawn.square(4, 100.07, 7.01, sight="yes", tourism="attraction", area="no")
    found = features()
    assert found.geometry.geom_type.to_dict() == {
        "osm:way/1": "Polygon",
        "osm:way/2": "LineString",
        "osm:way/3": "Polygon",
        "osm:way/4": "LineString",
    }
    assert found.loc["osm:way/2", "geometry"].is_ring


def test_the_concept_decides_where_the_tags_leave_the_shape_open(drawn, features):
    drawn.square(1, 100.01, 7.01, crop_of="rice")
    drawn.square(2, 100.03, 7.01, wall_of="fort", tourism="attraction")
    assert features().geometry.geom_type.tolist() == ["Polygon", "LineString"]


def test_a_concept_that_does_not_accept_the_shape_gives_way_to_the_next(drawn, features):
    line = drawn.nodes(10, [(100.01, 7.01), (100.02, 7.02)])
    drawn.way(1, line, wall_of="town", pin="yes")
    drawn.node(2, 100.05, 7.05, wall_of="town", pin="yes")
    drawn.node(3, 100.05, 7.06, crop_of="rice")
    found = features()
    assert found["concept"].to_dict() == {"osm:node/2": "pin_only", "osm:way/1": "wall_only"}
    assert found["also_concepts"].isna().all()


def test_other_concepts_are_kept_beside_the_first(drawn, features):
    drawn.node(1, 100.01, 7.01, sight="yes", tourism="museum")
    found = features()
    assert found.loc["osm:node/1", "concept"] == "sight"
    assert found.loc["osm:node/1", "also_concepts"] == "museum"


def test_a_life_cycle_prefix_gives_the_status_even_beside_tags_that_say_nothing(drawn, features):
    drawn.parts["node"].append(
        '<node id="1" lat="7.01" lon="100.01" version="1"><tag k="building" v="yes"/>'
        '<tag k="disused:amenity" v="cinema"/><tag k="shop" v="vacant"/></node>'
    )
    found = features()
    assert found.loc["osm:node/1", ["concept", "status"]].tolist() == ["cinema", "disused"]


def test_trees_and_benches_are_no_features_and_a_plumber_is_evidence_of_none(drawn, features):
    drawn.node(1, 100.01, 7.01, natural="tree")
    drawn.node(2, 100.01, 7.02, amenity="bench", name="Bench")
    drawn.node(3, 100.01, 7.03, craft="plumber")
    drawn.node(4, 100.01, 7.04, sight="yes")
    assert features()["concept"].to_dict() == {
        "osm:node/3": "other_place",
        "osm:node/4": "sight",
    }


def test_a_multipolygon_is_an_area_with_its_hole(drawn, features):
    drawn.square(1, 100.01, 7.01, side=0.03)
    drawn.square(2, 100.02, 7.02, side=0.01)
    drawn.relation(7, [("way", 1, "outer"), ("way", 2, "inner")], type="multipolygon", sight="yes")
    drawn.relation(8, [("way", 1, "outer")], type="boundary", boundary="x", sight="yes")
    found = features().sort_index()
    assert found.index.tolist() == ["osm:relation/7", "osm:relation/8"]
    assert found.geometry.map(lambda shape: len(shape.interiors)).tolist() == [1, 0]


def test_an_outline_tagged_as_its_relation_counts_once_and_is_reported(drawn, features):
    drawn.square(1, 100.01, 7.01, side=0.03, sight="yes")
    drawn.relation(7, [("way", 1, "outer")], type="multipolygon", sight="yes")
    extract = features.extract()
    assert extract.features.index.tolist() == ["osm:relation/7"]
    assert extract.report.loc["osm:way/1", "reason"] == "left out as the outline of relation/7"


def test_a_route_relation_is_the_lines_of_its_ways(drawn, features):
    drawn.way(1, drawn.nodes(10, [(100.01, 7.01), (100.02, 7.02)]))
    drawn.way(2, drawn.nodes(20, [(100.03, 7.01), (100.04, 7.02)]))
    drawn.relation(7, [("way", 1, ""), ("way", 2, "")], type="route", wall_of="pilgrims")
    found = features()
    assert found.index.tolist() == ["osm:relation/7"]
    assert found.geometry.iloc[0].geom_type == "MultiLineString"


def test_what_meets_the_boundary_comes_whole_and_the_rest_not_at_all(drawn, features):
    drawn.square(1, 100.04, 7.04, side=0.02, sight="yes")
    drawn.node(2, 100.09, 7.09, sight="yes")
    drawn.node(3, 100.041, 7.041, sight="yes")
    found = features(boundary=shapely.box(100.03, 7.03, 100.05, 7.05))
    assert sorted(found.index) == ["osm:node/3", "osm:way/1"]
    west, _, east, _ = found.to_crs(4326).loc[["osm:way/1"]].total_bounds
    assert (round(west, 6), round(east, 6)) == (100.04, 100.06)


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:32647"])
def test_a_boundary_may_be_a_table_in_any_crs(drawn, features, crs):
    drawn.node(1, 100.041, 7.041, sight="yes")
    drawn.node(2, 100.061, 7.061, sight="yes")
    drawn.node(3, 100.09, 7.09, sight="yes")
    halves = [shapely.box(100.03, 7.03, 100.05, 7.05), shapely.box(100.05, 7.05, 100.07, 7.07)]
    series = gpd.GeoSeries(halves, crs=4326).to_crs(crs)
    for boundary in (series, gpd.GeoDataFrame({"name": ["a", "b"]}, geometry=series)):
        assert sorted(features(boundary=boundary).index) == ["osm:node/1", "osm:node/2"]


@pytest.mark.parametrize(
    ("boundary", "error", "fault"),
    [
        (
            shapely.box(676_000, 795_000, 677_000, 796_000),
            CRSError,
            r"^`boundary` is at \(676000, ",
        ),
        (gpd.GeoSeries([shapely.box(100, 7, 101, 8)]), CRSError, "^`boundary` has no CRS;.*4326"),
        (gpd.GeoSeries([], crs=4326), GeometryError, "^`boundary` is empty"),
        (shapely.Point(100, 7), GeometryError, "^`boundary` is a Point; a polygon is needed"),
        ("Songkhla", GeometryError, "^`boundary` is a str; give a polygon in degrees, or a GeoS"),
    ],
)
def test_a_boundary_that_cannot_be_one_is_refused_by_name(drawn, features, boundary, error, fault):
    drawn.node(1, 100.041, 7.041, sight="yes")
    with pytest.raises(error, match=fault):
        features(boundary=boundary)


def test_the_working_crs_is_that_of_the_place_unless_one_is_given(drawn, features):
    drawn.node(1, 100.01, 7.01, sight="yes")
    assert features().crs.to_epsg() == 32647
    assert features(crs="EPSG:24047").crs.to_epsg() == 24047
    with pytest.raises(CRSError, match="distorts areas"):
        features(crs="EPSG:32631")


def test_another_source_is_on_every_id_and_row(drawn, features):
    sample = Source(
        "sample", "Sample", "CC-BY-4.0", "us", date="2026-01-01", accuracy="illustrative"
    )
    drawn.node(-5, 100.01, 7.01, sight="yes")
    extract = features.extract(source=sample)
    assert extract.features.index.tolist() == ["sample:node/-5"]
    assert extract.features["source_id"].tolist() == ["sample"]
    assert extract.features["accuracy"].tolist() == ["illustrative"]
    assert extract.source == sample


def test_the_date_is_the_files_or_that_of_the_latest_edit(drawn, features, taxonomy, tmp_path):
    drawn.node(1, 100.01, 7.01, sight="yes")
    assert features.extract().source.date == "2024-05-01"
    text = drawn.xml().replace(
        '<osm version="0.6">', '<osm version="0.6"><meta osm_base="2025-02-03T04:05:06Z"/>'
    )
    path = tmp_path / "dated.osm"
    path.write_text(text, encoding="utf-8")
    assert read_osm(path, taxonomy=taxonomy).source.date == "2025-02-03T04:05:06Z"


def test_negative_ids_are_read_like_others(drawn, features):
    drawn.node(-1, 100.01, 7.01, sight="yes")
    drawn.square(-2, 100.02, 7.02, sight="yes", tourism="attraction")
    drawn.square(-3, 100.05, 7.05)
    drawn.relation(-4, [("way", -3, "outer")], type="multipolygon", sight="yes")
    found = features()
    assert sorted(found.index) == ["osm:node/-1", "osm:relation/-4", "osm:way/-2"]
    assert found.geometry.geom_type.value_counts().to_dict() == {"Polygon": 2, "Point": 1}


def test_new_nodes_with_negative_ids_on_old_ways_are_found(drawn, features):
    refs = [*drawn.nodes(-12, [(100.01, 7.01)]), *drawn.nodes(5, [(100.02, 7.02)])]
    drawn.way(9, refs, wall_of="town")
    extract = features.extract()
    assert extract.features.geometry.iloc[0].geom_type == "LineString"
    assert extract.report.empty


def test_an_object_given_twice_counts_once(drawn, features):
    drawn.node(1, 100.01, 7.01, sight="yes", name="first")
    drawn.node(1, 100.01, 7.01, sight="yes", name="second")
    extract = features.extract()
    assert extract.features["name"].tolist() == ["first"]
    assert extract.report.loc["osm:node/1", "reason"] == "in the file more than once; counted once"


def test_nothing_found_is_an_empty_valid_layer_and_a_warning(drawn, features):
    drawn.node(1, 100.01, 7.01, amenity="bench")
    with pytest.warns(EmptyLayerWarning, match="no features found; nothing there carries tags"):
        found = features()
    assert found.empty
    assert validate_features(found, crs="EPSG:32647") is found


def test_a_file_of_another_place_is_named_as_such(drawn, features):
    drawn.node(1, 100.01, 7.01, sight="yes")
    with pytest.warns(
        EmptyLayerWarning, match=r"covers 100.000 to 100.100 E.*file of another place"
    ):
        features(boundary=shapely.box(-15.5, 28, -15.3, 28.2))


def test_an_unknown_part_is_refused(features):
    with pytest.raises(LoadError, match=r"unknown parts \['maps'\]; known: features, network"):
        read_osm("city.osm", parts=("maps",))


def test_reading_is_silent_and_the_same_twice(drawn, features, capfd):
    drawn.node(1, 100.01, 7.01, sight="yes")
    drawn.square(2, 100.03, 7.03, sight="yes")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        first, second = features(), features()
    assert first.to_wkb().equals(second.to_wkb())
    assert capfd.readouterr() == ("", "")


def _examples():
    """Every example that a concept gives of its tags."""
    concepts = Taxonomy.load().concepts.values()
    return [(c.id, tags) for c in concepts for tags in (*c.matches, *c.refuses)]


def test_no_object_that_the_taxonomy_knows_is_dismissed_early():
    known, rules = Taxonomy.load(), FeatureRules(Taxonomy.load())
    shapes = ("point", "line", "area")
    for _ in range(30):  # the order in which keys are asked for follows what was met
        for concept, tags in _examples():
            found = known.classify(tags)
            candidate = rules.candidate({"source": "survey", **tags})
            if found is not None:
                assert candidate is not None, (concept, tags)
                selected = rules.select(candidate, shapes)
                assert selected[:3] == found, (concept, tags)


@pytest.mark.parametrize("prefix", ["disused", "abandoned", "was", "proposed"])
def test_no_former_object_is_dismissed_early(prefix):
    known, rules = Taxonomy.load(), FeatureRules(Taxonomy.load())
    for concept, tags in _examples():
        former = {f"{prefix}:{next(iter(tags))}": next(iter(tags.values())), "building": "yes"}
        if known.classify(former) is not None:
            assert rules.candidate(former) is not None, (concept, former)
