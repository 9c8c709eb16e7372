"""
Seconds and peak memory of reading OpenStreetMap, each beside its peer in the same run.

    python benchmarks/bench_osm.py FILE.osm.pbf [--repeat 3] [--skip-osmnx]

Each reader runs in a process of its own, in turn, `--repeat` times; the best time counts,
and the largest peak. The floor is what no reader on osmium can go below: one pass with
areas under the same key filter, WKB of every object that matches, and `shapely.from_wkb`.
osmnx gets a file without the objects that it cannot build. The working CRS is chosen before
the clock starts, as an assessment does once for all its layers.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def read_features(path: Path, crs: object) -> int:
    from creative_spatial.loaders.osm import read_osm

    return len(read_osm(path, crs=crs, parts=("features",)).features)


def read_all(path: Path, crs: object) -> int:
    from creative_spatial.loaders.osm import read_osm

    return len(read_osm(path, crs=crs).features)


def floor(path: Path, crs: object) -> int:  # noqa: ARG001
    import osmium
    import shapely

    from creative_spatial.taxonomy import Taxonomy

    keys = osmium.filter.KeyFilter(*Taxonomy.load().osm_keys)
    factory = osmium.geom.WKBFactory()
    wkb = []
    for thing in osmium.FileProcessor(str(path)).with_areas(keys).with_filter(keys):
        try:
            if thing.is_node():
                wkb.append(factory.create_point(thing))
            elif thing.is_area():
                wkb.append(factory.create_multipolygon(thing))
            elif thing.is_way() and not thing.is_closed():
                wkb.append(factory.create_linestring(thing))
        except (osmium.InvalidLocationError, RuntimeError):
            continue
    return len(shapely.from_wkb(wkb))


def osmnx_features(path: Path, crs: object) -> int:  # noqa: ARG001
    import osmnx

    from creative_spatial.taxonomy import Taxonomy

    anchors = {next(iter(rule)) for c in Taxonomy.load().concepts.values() for rule in c.osm}
    return len(osmnx.features_from_xml(path, tags=dict.fromkeys(sorted(anchors), True)))


READERS = {
    "floor": floor,
    "read_osm, features": read_features,
    "read_osm, whole": read_all,
    "osmnx": osmnx_features,
}


def write_whole_objects(path: Path, target: Path) -> None:
    """Copy a file without ways that lack nodes and relations that lack members."""
    import osmium

    nodes, ways, relations = set(), set(), set()
    for thing in osmium.FileProcessor(str(path)):
        if thing.is_node():
            nodes.add(thing.id)
        elif thing.is_way() and all(node.ref in nodes for node in thing.nodes):
            ways.add(thing.id)
        elif thing.is_relation() and all(
            m.ref in {"n": nodes, "w": ways, "r": relations}[m.type] for m in thing.members
        ):
            relations.add(thing.id)
    header = osmium.FileProcessor(str(path)).header
    with osmium.SimpleWriter(str(target), header=header) as writer:
        for thing in osmium.FileProcessor(str(path)):
            if (
                thing.is_node()
                or (thing.is_way() and thing.id in ways)
                or (thing.is_relation() and thing.id in relations)
            ):
                writer.add(thing)


def measure(reader: str, path: Path) -> dict[str, float]:
    """Run one reader in its own process."""
    command = [sys.executable, __file__, str(path), "--only", reader]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def run_one(reader: str, path: Path) -> None:
    """Time a reader without its imports; the peak includes them."""
    import geopandas  # noqa: F401
    import osmium

    import creative_spatial.loaders.osm  # noqa: F401
    from creative_spatial.crs import choose_crs
    from creative_spatial.taxonomy import Taxonomy

    Taxonomy.load()
    box = osmium.FileProcessor(str(path)).header.box()
    west, south = box.bottom_left.lon, box.bottom_left.lat
    crs = choose_crs((west, south, box.top_right.lon, box.top_right.lat))
    if reader == "osmnx":
        import osmnx  # noqa: F401
    start, before = time.perf_counter(), time.process_time()
    count = READERS[reader](path, crs)
    seconds, cpu = time.perf_counter() - start, time.process_time() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "cpu": cpu, "mb": peak, "rows": count}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--skip-osmnx", action="store_true")
    parser.add_argument("--only", choices=READERS)
    options = parser.parse_args()
    data = os.environ.get("CREATIVE_SPATIAL_DATA")
    if options.file is None and data is None:
        parser.error("name a file, or the folder of the test data in CREATIVE_SPATIAL_DATA")
    path = options.file or Path(data) / "las_palmas" / "las_palmas_2023.osm.pbf"
    if options.only:
        run_one(options.only, path)
        return
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.osm"
        inputs = dict.fromkeys(READERS, path)
        if options.skip_osmnx:
            del inputs["osmnx"]
        else:
            write_whole_objects(path, whole)
            inputs["osmnx"] = whole
        runs = {reader: [] for reader in inputs}
        for turn in range(options.repeat):
            for reader, file in inputs.items():
                if reader != "osmnx" or turn == 0:
                    runs[reader].append(measure(reader, file))
    report(runs)


def report(runs: dict[str, list[dict[str, float]]]) -> None:
    """Print a line a reader, and the ratios that are promised."""
    best = {
        reader: {
            "seconds": min(r["seconds"] for r in done),
            "cpu": min(r["cpu"] for r in done),
            "mb": max(r["mb"] for r in done),
        }
        for reader, done in runs.items()
    }
    print(f"{'reader':20} {'s':>8} {'CPU s':>8} {'peak MB':>8} {'rows':>8}  every run, s")
    for reader, done in runs.items():
        found = best[reader]
        every = " ".join(f"{r['seconds']:.2f}" for r in done)
        print(
            f"{reader:20} {found['seconds']:8.2f} {found['cpu']:8.2f} {found['mb']:8.0f} "
            f"{done[0]['rows']:8.0f}  {every}"
        )
    ours, base = best["read_osm, features"], best["floor"]
    by_cpu = ours["cpu"] / base["cpu"]
    ratio = ours["seconds"] / base["seconds"]
    print(f"features / floor: {ratio:.2f}, by CPU time {by_cpu:.2f} (to reach: at most 1.5)")
    if "osmnx" in best:
        faster = best["osmnx"]["seconds"] / ours["seconds"]
        memory = ours["mb"] / best["osmnx"]["mb"]
        print(f"osmnx / features: {faster:.1f} times the time (to reach: at least 10)")
        print(f"features / osmnx: {memory:.2f} of the peak memory (to reach: under 0.20)")


if __name__ == "__main__":
    main()
