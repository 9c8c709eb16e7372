"""
Real cities: what is read of them, counted again by a plain pass written without the package.

Monaco comes from the cache that `tests/fetch_real_data.py` fills; Las Palmas, an extract that
cuts through thousands of objects, from the folder in CREATIVE_SPATIAL_DATA.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import osmium
import pytest
import shapely
from fetch_real_data import cache_folder
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from creative_spatial.loaders.osm import read_osm
from creative_spatial.preparation import drop_duplicates
from creative_spatial.resources import resource_path
from creative_spatial.schema import validate_features
from creative_spatial.taxonomy import Taxonomy

LIFECYCLES = (
    "disused", "abandoned", "construction", "proposed", "planned", "demolished", "razed",
    "removed", "was",
)  # fmt: skip


def _monaco():
    path = cache_folder() / "monaco.osm.pbf"
    if not path.exists():
        reason = "Monaco is not in the cache; run tests/fetch_real_data.py"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return path, cache_folder() / "monaco_boundary.geojson"


def _las_palmas():
    folder = os.environ.get("CREATIVE_SPATIAL_DATA")
    if not folder or not (Path(folder) / "las_palmas").is_dir():
        pytest.skip("CREATIVE_SPATIAL_DATA names no folder that holds las_palmas")
    city = Path(folder) / "las_palmas"
    return city / "las_palmas_2023.osm.pbf", city / "boundary.geojson"


CITIES = {"monaco": _monaco, "las_palmas": _las_palmas}


@pytest.fixture(scope="module", params=CITIES)
def city(request):
    """A city's OSM file and boundary file."""
    return CITIES[request.param]()


@pytest.fixture(scope="module")
def las_palmas():
    """Everything in Las Palmas' file."""
    return read_osm(_las_palmas()[0])


class PlainPass(osmium.SimpleHandler):
    """The rules of the taxonomy's files, applied to one object after the other."""

    def __init__(self):
        super().__init__()
        folder = resource_path("taxonomy")
        tables = [tomllib.loads(p.read_text("utf-8")) for p in sorted(folder.glob("*.toml"))]
        pillars = [name for table in tables for name in table.get("pillars", {})]
        concepts = [item for table in tables for item in table.get("concepts", {}).items()]
        concepts.sort(key=lambda c: (-c[1].get("priority", 0), pillars.index(c[1]["pillar"])))
        self.concepts, self.by_name = concepts, dict(concepts)
        self.keys = {next(iter(rule)) for _, c in concepts for rule in c.get("osm", [])}
        self.deprecations = [d for table in tables for d in table.get("deprecations", [])]
        self.keys |= {key for d in self.deprecations for key in d["old"]}
        areas = resource_path("osm_areas.toml")
        self.area_keys = tomllib.loads(areas.read_text("utf-8"))["keys"]
        self.found = {}
        self.outlines = {}
        self.routes = []
        self.whole = set()

    def of(self, tags, shapes):
        """First concept that the tags name and that accepts a shape, with that shape."""
        if not tags:
            return None
        names = self.matching(tags)
        for prefix in LIFECYCLES:
            former = {
                k.removeprefix(f"{prefix}:"): v
                for k, v in tags.items()
                if k.startswith(f"{prefix}:")
            }
            if not names and former:
                names = self.matching({**tags, **former})
        for name in names:
            accepted = self.by_name[name].get("geometry", ["point", "line", "area"])
            for shape in shapes:
                if shape in accepted:
                    return name, shape
        return None

    def matching(self, tags):
        """Every concept that the tags name, in order."""
        if self.keys.isdisjoint(tags):
            return []
        for old, new in ((d["old"], d["new"]) for d in self.deprecations):
            if old.items() <= tags.items():
                tags = {**new, **{k: v for k, v in tags.items() if k not in old}}
        return [
            name
            for name, concept in self.concepts
            if any(self.holds(rule, tags) for rule in concept.get("osm", []))
            and not any(self.holds(rule, tags) for rule in concept.get("deny", []))
        ]

    @staticmethod
    def holds(rule, tags):
        """Whether each of a rule's keys has one of its values."""
        for key, asked in rule.items():
            if key not in tags:
                return False
            wanted = [asked] if isinstance(asked, str) else asked
            values = [part.strip() for part in tags[key].split(";")] + [tags[key]]
            if not ("*" in wanted or set(values) & set(wanted)):
                return False
        return True

    def is_area(self, tags):
        """Whether a closed way is an area."""
        if "area" in tags:
            return tags["area"] != "no"
        return any(
            key in self.area_keys
            and value != "no"
            and value not in self.area_keys[key].get("except", [])
            and value in self.area_keys[key].get("only", [value])
            for key, value in tags.items()
        )

    def node(self, node):
        self.keep(f"node/{node.id}", self.of(dict(node.tags), ["point"]))

    def way(self, way):
        tags = dict(way.tags)
        there = [node.location.valid() for node in way.nodes]
        if any(a and b for a, b in pairwise(there)):
            self.whole.add(way.id)
        closes = len(way.nodes) > 3 and way.is_closed() and tags.get("area") != "no"
        shapes = ["line"]
        if closes and not all(there):  # no area will come of it
            shapes = ["area", "line"] if self.is_area(tags) else ["line", "area"]
        elif closes:
            return
        found = self.of(tags, shapes)
        if found and found[1] == "line" and way.id in self.whole:
            self.keep(f"way/{way.id}", found)

    def area(self, area):
        tags = dict(area.tags)
        if not area.from_way():
            self.keep(f"relation/{area.orig_id()}", self.of(tags, ["area"]))
            return
        shapes = ["area", "line"] if self.is_area(tags) else ["line", "area"]
        self.keep(f"way/{area.orig_id()}", self.of(tags, shapes))

    def relation(self, relation):
        members = [(m.ref, m.role) for m in relation.members if m.type == "w"]
        if relation.tags.get("type") in ("multipolygon", "boundary"):
            self.outlines[f"relation/{relation.id}"] = [r for r, role in members if role != "inner"]
        elif relation.tags.get("type") == "route":
            self.routes.append((relation.id, dict(relation.tags), members))

    def keep(self, ref, found):
        if found:
            self.found[ref] = found[0]

    def count(self):
        """Objects by concept, after routes are put together and outlines left out."""
        for relation_id, tags, members in self.routes:
            if any(ref in self.whole for ref, _ in members):
                self.keep(f"relation/{relation_id}", self.of(tags, ["line"]))
        outlines = {
            f"way/{way}"
            for ref, ways in self.outlines.items()
            for way in ways
            if ref in self.found and self.found.get(f"way/{way}") == self.found[ref]
        }
        return Counter(name for ref, name in self.found.items() if ref not in outlines)


def test_every_concept_is_counted_as_a_plain_pass_counts_it(city):
    path, _ = city
    plain = PlainPass()
    plain.apply_file(str(path), locations=True)
    features = read_osm(path, parts=("features",)).features
    assert features["concept"].value_counts().to_dict() == dict(plain.count())
    assert len(features) > 300


def test_every_layer_is_valid_and_what_the_boundary_meets_is_whole(city):
    path, boundary_path = city
    shapes = json.loads(boundary_path.read_text("utf-8"))["features"]
    boundary = shapely.union_all([shapely.geometry.shape(f["geometry"]) for f in shapes])
    boundary = shapely.polygonize([boundary]) if boundary.area == 0 else boundary
    extract = read_osm(path, boundary=boundary)
    whole = read_osm(path, crs=extract.crs)
    for name, layer in {"features": extract.features, **extract.background}.items():
        assert validate_features(layer, crs=extract.crs) is layer
        everything = whole.features if name == "features" else whole.background[name]
        meets = shapely.intersects(boundary, everything.to_crs(4326).geometry.to_numpy())
        assert layer.geometry.to_wkb().equals(everything.geometry.to_wkb()[meets]), name


def test_the_network_hangs_together(city):
    network = read_osm(city[0], parts=("network",)).network
    ends = network.edges
    graph = coo_array((network.length_m, ends.T), shape=(network.n_nodes,) * 2)
    _, label = connected_components(graph, directed=False)
    assert np.bincount(label).max() > 0.85 * network.n_nodes
    assert (network.length_m > 0).all()
    drawn_m = np.hypot(*(network.node_xy[ends[:, 0]] - network.node_xy[ends[:, 1]]).T)
    assert network.length_m.sum() == pytest.approx(drawn_m.sum(), rel=1e-3)


def test_what_the_extract_of_las_palmas_cuts_is_reported_and_nothing_else(las_palmas):
    reasons = las_palmas.report["reason"]
    assert reasons.str.contains("missing from the file|coast ends at|left out as the").all()
    assert 100 < len(reasons) < 400
    assert las_palmas.source.date == "2023-02-21T03:31:14Z"


def test_the_sea_of_las_palmas_is_around_the_isleta_and_not_in_the_town(las_palmas):
    sea = las_palmas.background["sea"].to_crs(4326).union_all()
    at_sea = {"north": (-15.42, 28.19), "east": (-15.39, 28.11), "Las Canteras": (-15.445, 28.145)}
    on_land = {
        "Vegueta": (-15.4147, 28.1003),
        "Isleta": (-15.42, 28.165),
        "Tamaraceite": (-15.46, 28.10),
    }
    assert [name for name, xy in at_sea.items() if not sea.contains(shapely.Point(xy))] == []
    assert [name for name, xy in on_land.items() if sea.contains(shapely.Point(xy))] == []


def test_the_sea_of_monaco_fills_the_harbor():
    sea = read_osm(_monaco()[0]).background["sea"].to_crs(4326).union_all()
    assert sea.contains(shapely.Point(7.4265, 43.7345))
    assert sea.contains(shapely.Point(7.435, 43.73))
    assert not sea.contains(shapely.Point(7.4200, 43.7312))
    assert not sea.contains(shapely.Point(7.4255, 43.7400))


# Each pair was looked at: a nameless node or building of what the other is, in it, or two names of one.
IN_THEIR_BUILDINGS = {
    "monaco": {
        "osm:node/6696261633": "osm:way/185804278",  # a gift shop, both nameless
        "osm:way/94399682": "osm:node/9785087967",  # P'tit Bonheur
        "osm:way/390066684": "osm:node/1867162884",  # Bibliothèque Princesse Caroline
        "osm:way/1078560451": "osm:node/1712696837",  # Bibliothèque Louis Notari
    },
    "las_palmas": {
        "osm:node/1709372736": "osm:way/583836320",  # a café, both nameless
        "osm:node/4331975190": "osm:way/259774295",  # Cicca, an attraction and a theatre
        "osm:way/300877990": "osm:node/5826915287",  # Biblioteca Municipal
        "osm:way/179731524": "osm:way/729553395",  # a building of C.E.I.P. Reyes Católicos
        "osm:way/496714878": "osm:way/496714877",  # a building of Colegio Teresiano
        "osm:way/520372942": "osm:way/30913395",  # three parts of Cementerio de Las Palmas
        "osm:way/520372943": "osm:way/30913395",
        "osm:way/520379373": "osm:way/30913395",
        "osm:way/583587032": "osm:way/582883659",  # the ground of C.E.I.P. Guiniguada
        "osm:way/583822374": "osm:way/583822371",  # the ground of IES Pablo Montesinos
        "osm:way/251985302": "osm:way/608696863",  # a school and its ground, both nameless
        "osm:way/30920347": "osm:way/553085854",  # the university by its name and its initials
        "osm:way/738273045": "osm:way/503594818",  # a church with and without the San of its saint
    },
}


@pytest.mark.filterwarnings("ignore::creative_spatial.errors.CreativeSpatialWarning")
@pytest.mark.parametrize("name", CITIES)
def test_what_lies_in_its_like_is_one_place_and_nothing_else_is_new(name):
    taxonomy = Taxonomy.load()
    features = taxonomy.annotate(read_osm(CITIES[name]()[0]).features)
    culture = features[features["pillar"] == "culture"]
    kept, dropped = drop_duplicates(culture, taxonomy=taxonomy)
    assert len(kept) + len(dropped) == len(culture)
    new = dropped[~dropped["reason"].str.startswith("same name and concept")]
    assert new["kept_id"].to_dict() == IN_THEIR_BUILDINGS[name]
