"""
A large OpenStreetMap file out of a small one: copies side by side, each with ids of its own.

    python benchmarks/shifted_copies.py CITY.osm.pbf COPIES TARGET.osm.pbf

What comes out has a real city's structure (tags, shapes, relations, what its clipping broke) and
an invented geography: call it "20 shifted copies of Las Palmas", never a country. Ids are spread
over the range that OpenStreetMap's have, as a country's are: stores by id depend on it.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import osmium

APART_DEG = 0.02
LARGEST_ID = {"n": 12_500_000_000, "w": 1_400_000_000, "r": 19_000_000}
KINDS = {"n": osmium.osm.NODE, "w": osmium.osm.WAY, "r": osmium.osm.RELATION}


class Ids:
    """New ids: by rank, copy after copy, evenly over the range."""

    def __init__(self, path: Path, copies: int) -> None:
        met = {kind: set() for kind in KINDS}
        for kind, entities in KINDS.items():
            for thing in osmium.FileProcessor(str(path), entities):
                met[kind].add(thing.id)
                if kind == "w":  # what the file lacks must stay lacking, by an id of its own
                    met["n"].update(node.ref for node in thing.nodes)
                elif kind == "r":
                    for member in thing.members:
                        met[member.type].add(member.ref)
        self.rank = {
            kind: dict(zip(sorted(ids), range(len(ids)), strict=True)) for kind, ids in met.items()
        }
        self.stride = {
            kind: LARGEST_ID[kind] // (len(ids) * copies + 1) for kind, ids in met.items()
        }

    def of(self, kind: str, osm_id: int, copy: int) -> int:
        """The id in a copy."""
        rank = self.rank[kind]
        return (copy * len(rank) + rank[osm_id] + 1) * self.stride[kind]


def write_copies(path: Path, copies: int, target: Path) -> None:
    """Write the copies on a grid, eastward then northward; the first is where the city is."""
    box = osmium.FileProcessor(str(path)).header.box()
    west, south = box.bottom_left.lon, box.bottom_left.lat
    width = box.top_right.lon - west + APART_DEG
    height = box.top_right.lat - south + APART_DEG
    columns = math.ceil(math.sqrt(copies))
    rows = math.ceil(copies / columns)
    east, north = west + columns * width - APART_DEG, south + rows * height - APART_DEG
    header = osmium.io.Header()
    header.add_box(osmium.osm.Box(west, south, east, north))
    header.set("osmosis_replication_timestamp", "2023-01-01T00:00:00Z")
    ids = Ids(path, copies)
    with osmium.SimpleWriter(str(target), header=header, overwrite=True) as writer:
        for kind, entities in KINDS.items():
            for copy in range(copies):
                shift = ((copy % columns) * width, (copy // columns) * height)
                for thing in osmium.FileProcessor(str(path), entities):
                    new = ids.of(kind, thing.id, copy)
                    if kind == "n":
                        lon, lat = thing.location.lon + shift[0], thing.location.lat + shift[1]
                        writer.add_node(thing.replace(id=new, location=(lon, lat)))
                    elif kind == "w":
                        nodes = [ids.of("n", node.ref, copy) for node in thing.nodes]
                        writer.add_way(thing.replace(id=new, nodes=nodes))
                    else:
                        members = [
                            (m.type, ids.of(m.type, m.ref, copy), m.role) for m in thing.members
                        ]
                        writer.add_relation(thing.replace(id=new, members=members))


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    write_copies(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
