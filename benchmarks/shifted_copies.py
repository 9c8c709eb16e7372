"""
A large OpenStreetMap file out of a small one: copies side by side, each with ids of its own.

    python benchmarks/shifted_copies.py CITY.osm.pbf COPIES TARGET.osm.pbf

What comes out has a real city's structure (tags, shapes, relations, what its clipping broke) and
an invented geography: call it "20 shifted copies of Las Palmas", never a country.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import osmium

APART_DEG = 0.02
ID_STEP = 1 << 34  # above every id that OpenStreetMap has given


def write_copies(path: Path, copies: int, target: Path) -> None:
    """Write the copies on a grid, eastward then northward; the first is where the city is."""
    box = osmium.FileProcessor(str(path)).header.box()
    west, south = box.bottom_left.lon, box.bottom_left.lat
    width = box.top_right.lon - west + APART_DEG
    height = box.top_right.lat - south + APART_DEG
    columns = math.ceil(math.sqrt(copies))
    rows = math.ceil(copies / columns)
    header = osmium.io.Header()
    header.add_box(
        osmium.osm.Box(
            west, south, west + columns * width - APART_DEG, south + rows * height - APART_DEG
        )
    )
    header.set("osmosis_replication_timestamp", "2023-01-01T00:00:00Z")
    kinds = (osmium.osm.NODE, osmium.osm.WAY, osmium.osm.RELATION)
    with osmium.SimpleWriter(str(target), header=header, overwrite=True) as writer:
        for kind in kinds:
            for copy in range(copies):
                first = copy * ID_STEP
                east, north = (copy % columns) * width, (copy // columns) * height
                for thing in osmium.FileProcessor(str(path), kind):
                    if kind == osmium.osm.NODE:
                        place = (thing.location.lon + east, thing.location.lat + north)
                        writer.add_node(thing.replace(id=thing.id + first, location=place))
                    elif kind == osmium.osm.WAY:
                        nodes = [node.ref + first for node in thing.nodes]
                        writer.add_way(thing.replace(id=thing.id + first, nodes=nodes))
                    else:
                        members = [(m.type, m.ref + first, m.role) for m in thing.members]
                        writer.add_relation(thing.replace(id=thing.id + first, members=members))


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    write_copies(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
