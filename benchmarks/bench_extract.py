"""
Cutting an area out of a large OpenStreetMap file into GeoParquet, beside its peers.

    python benchmarks/bench_extract.py CITY.osm.pbf [--copies 1 20] [--repeat 1]
        [--pyrosm PYTHON] [--quackosm PYTHON] [--linear 1 10 20 100]

Every reader keeps the objects that have one of the same keys (all that `extract` keeps) and
writes GeoParquet; the floor writes nothing: one osmium pass with areas, WKB, `from_wkb`. Each
runs in turn; the best time counts and the largest peak; imports count in neither time but in the
peak. The peak is of all processes of a reader together (proportional set sizes, looked at five
times a second; of the largest process where the system does not tell them), CPU seconds are of
all of them too; by size, the peak without files mapped from the disk, which the system takes back
when it needs the memory, stands beside it. `extract` also keeps what relations are made of and the nodes of every street.
Then one city is read out of the file, as often: `read_osm` classifies it and builds its network,
pyrosm gives the same kinds of objects as before.

Larger files are shifted copies of the city (`shifted_copies.py`): real structure, invented
geography. pyrosm and QuackOSM are not installed with the project: PYTHON, or the environment
variables PYROSM_PYTHON and QUACKOSM_PYTHON, name interpreters that have them
(`pip install pyrosm==0.25 pyarrow`; `pip install quackosm==0.19 duckdb-extension-spatial`, and
without a network the extension in `~/.duckdb/extensions/<version>/<platform>`).
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

LIMIT_RATIO, LIMIT_MB = 1.5, 750


class Task(NamedTuple):
    """What every reader keeps: objects that have one of some keys, of a box or of the whole file."""

    keys: list[str]
    box: list[float] | None


def floor(path: Path, task: Task, out: Path) -> dict[str, int]:  # noqa: ARG001
    import osmium
    import shapely

    only = osmium.filter.KeyFilter(*task.keys)
    factory, whole = osmium.geom.WKBFactory(), osmium.geom.use_nodes.ALL
    counts = {"points": 0, "lines": 0, "areas": 0}
    wkb: list[str] = []
    start = time.perf_counter()
    for thing in osmium.FileProcessor(str(path)).with_areas(only).with_filter(only):
        try:
            if thing.is_node():
                wkb.append(factory.create_point(thing))
                counts["points"] += 1
            elif thing.is_area():
                wkb.append(factory.create_multipolygon(thing))
                counts["areas"] += 1
            elif thing.is_way() and not thing.is_closed():
                wkb.append(factory.create_linestring(thing, whole))
                counts["lines"] += 1
        except (osmium.InvalidLocationError, RuntimeError):
            continue
    shapely.from_wkb(wkb)
    return counts | {"_seconds": time.perf_counter() - start}


def extract(path: Path, task: Task, out: Path) -> dict[str, int]:  # noqa: ARG001
    import geopandas as gpd
    import osmium
    import pyarrow.compute as pc
    import pyarrow.parquet as pq
    import shapely

    from creative_spatial.loaders import cut_osm

    box = osmium.FileProcessor(str(path)).header.box()
    corners = (box.bottom_left.lon, box.bottom_left.lat, box.top_right.lon, box.top_right.lat)
    areas = gpd.GeoDataFrame({"id": ["all"]}, geometry=[shapely.box(*corners)], crs=4326)
    start = time.perf_counter()
    cut_osm(path, areas, out)
    seconds = time.perf_counter() - start
    counts = {"points": 0, "lines": 0, "areas": 0}
    rows = pq.ParquetFile(out / "all" / "osm" / "objects.parquet")
    for batch in rows.iter_batches(columns=["kind", "refs", "missing"]):
        kind = batch["kind"].to_pylist()
        whole = pc.is_null(batch["missing"]).to_pylist()
        counts["points"] += kind.count("node")
        counts["areas"] += kind.count("closed_way") + kind.count("relation")
        counts["lines"] += sum(
            k == "way" and w and refs[0] != refs[-1]
            for k, w, refs in zip(kind, whole, batch["refs"].to_pylist(), strict=True)
        )
    return counts | {"_seconds": seconds}


def read_osm(path: Path, task: Task, out: Path) -> dict[str, int]:  # noqa: ARG001
    import shapely

    from creative_spatial import loaders

    start = time.perf_counter()
    found = loaders.read_osm(path, boundary=shapely.box(*task.box))
    seconds = time.perf_counter() - start
    return counted(found.features.geometry.geom_type) | {"_seconds": seconds}


def pyrosm(path: Path, task: Task, out: Path) -> dict[str, int]:
    # it keeps what it read in the temporary folder, and would not read the file again
    tempfile.tempdir = str(out)
    import pyrosm as reader

    start = time.perf_counter()
    file = reader.OSM(str(path), bounding_box=task.box)
    table = file.get_data_by_custom_criteria(
        custom_filter=dict.fromkeys(task.keys, True), filter_type="keep", tags_as_columns=["name"]
    )
    table.to_parquet(out / "all.parquet")
    return counted(table.geometry.geom_type) | {"_seconds": time.perf_counter() - start}


def quackosm(path: Path, task: Task, out: Path) -> dict[str, int]:
    import geopandas as gpd
    import quackosm as reader

    start = time.perf_counter()
    written = reader.convert_pbf_to_parquet(
        str(path),
        tags_filter=dict.fromkeys(task.keys, True),
        result_file_path=str(out / "all.parquet"),
        working_directory=str(out),
        keep_all_tags=True,
        explode_tags=False,
        ignore_cache=True,
        verbosity_mode="silent",
    )
    seconds = time.perf_counter() - start
    return counted(gpd.read_parquet(written).geometry.geom_type) | {"_seconds": seconds}


def counted(kinds) -> dict[str, int]:
    """Rows by the number of their dimensions."""
    found = kinds.value_counts().to_dict()
    return {
        "points": int(found.get("Point", 0)),
        "lines": int(found.get("LineString", 0) + found.get("MultiLineString", 0)),
        "areas": int(found.get("Polygon", 0) + found.get("MultiPolygon", 0)),
    }


READERS = {
    "floor": floor, "extract": extract, "read_osm": read_osm, "pyrosm": pyrosm, "quackosm": quackosm
}  # fmt: skip


def run_one(reader: str, path: Path, task: Task) -> None:
    """Run one reader, and print what it took."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        before = time.process_time()
        counts = READERS[reader](path, task, Path(folder))
        cpu = time.process_time() - before
        usage = resource.getrusage(resource.RUSAGE_SELF)
        below = resource.getrusage(resource.RUSAGE_CHILDREN)
        peak = max(usage.ru_maxrss, below.ru_maxrss) / 1024
        cpu += below.ru_utime + below.ru_stime
        print(json.dumps({**counts, "_mb": peak, "_cpu": cpu}))


def cost_of(python: str, reader: str, path: Path, task: Task) -> dict[str, float] | None:
    """What a reader takes in a process of its own; None where it fails."""
    command = [python, __file__, str(path), "--only", reader]
    with tempfile.TemporaryFile("w+") as given, tempfile.TemporaryFile("w+") as told:
        given.write(json.dumps(task))
        given.seek(0)
        process = subprocess.Popen(command, stdin=given, stdout=told, stderr=subprocess.STDOUT)
        peak = own = 0.0
        while process.poll() is None:
            now = [megabytes(one) for one in family(process.pid)]
            peak = max(peak, sum(whole for whole, _ in now))
            own = max(own, sum(private for _, private in now))
            time.sleep(0.2)
        told.seek(0)
        lines = told.read().strip().splitlines()
    if process.returncode:
        print(f"{reader} failed: {lines[-1:]}", file=sys.stderr)
        return None
    cost = json.loads(lines[-1])
    return cost | {"_mb": max(peak, cost["_mb"]), "_own_mb": own}


def family(process: int) -> list[int]:
    """A process and all that it started, where the system tells them."""
    found = [process]
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in children.read_text().split():
                found += family(int(child))
    return found


def megabytes(process: int) -> tuple[float, float]:
    """Memory of a process, what it shares with others in parts; and without mapped files."""
    with contextlib.suppress(OSError):
        told = Path(f"/proc/{process}/smaps_rollup").read_text()
        whole, own = (int(told.split(f"{name}:")[1].split()[0]) for name in ("Pss", "Pss_Anon"))
        return whole / 1024, own / 1024
    return 0.0, 0.0


def all_keys() -> list[str]:
    """Every key that `extract` keeps objects by."""
    from creative_spatial.loaders.osm.cutting.core import kept_keys
    from creative_spatial.taxonomy import Taxonomy

    return kept_keys(Taxonomy.load())


def compare(path: Path, pythons: dict[str, str], repeat: int) -> None:
    """Every reader on one file."""
    task = Task(all_keys(), None)
    runs: dict[str, list[dict[str, float]]] = {reader: [] for reader in pythons}
    for _ in range(repeat):
        for reader, python in pythons.items():
            cost = cost_of(python, reader, path, task)
            runs[reader] += [cost] if cost else []
    best = show(path, runs)
    if runs["floor"] and runs["extract"]:
        same = all(
            runs["floor"][0][kind] == runs["extract"][0][kind]
            for kind in ("points", "lines", "areas")
        )
        print(f"counts equal to the plain osmium pass: {'yes' if same else 'NO'}")
    peers = [best[reader] for reader in ("pyrosm", "quackosm") if reader in best]
    if peers and "extract" in best:
        ratio = best["extract"] / min(peers)
        print(f"extract / fastest peer: {ratio:.2f} (to reach: at most {LIMIT_RATIO})")
    if runs["extract"]:
        peak = max(one["_mb"] for one in runs["extract"])
        print(f"extract, peak: {peak:.0f} MB (to reach on 20 copies: at most {LIMIT_MB})")


def one_city(city: Path, path: Path, pythons: dict[str, str], repeat: int) -> None:
    """One city read out of a file."""
    import osmium

    box = osmium.FileProcessor(str(city)).header.box()
    corners = (box.bottom_left.lon, box.bottom_left.lat, box.top_right.lon, box.top_right.lat)
    task = Task(all_keys(), list(corners))
    readers = {"read_osm": sys.executable} | {
        reader: python for reader, python in pythons.items() if reader == "pyrosm"
    }
    runs: dict[str, list[dict[str, float]]] = {reader: [] for reader in readers}
    for _ in range(repeat):
        for reader, python in readers.items():
            cost = cost_of(python, reader, path, task)
            runs[reader] += [cost] if cost else []
    print("\none city out of it:", end="")
    show(path, runs)
    pairs = list(zip(runs["read_osm"], runs.get("pyrosm", []), strict=False))
    for what, name in (("_seconds", "seconds"), ("_cpu", "CPU s")):
        ratios = [f"{ours[what] / theirs[what]:.2f}" for ours, theirs in pairs]
        if ratios:
            print(f"read_osm / pyrosm, {name}: {', '.join(ratios)} (to reach: {LIMIT_RATIO})")


def show(path: Path, runs: dict[str, list[dict[str, float]]]) -> dict[str, float]:
    """Print what readers took; returns their best seconds."""
    size = path.stat().st_size / 1e6
    print(f"\n{path.name}, {size:.0f} MB")
    print(f"{'':10}{'s':>9}{'CPU s':>9}{'peak MB':>9}{'points':>10}{'lines':>9}{'areas':>9}")
    best = {}
    for reader, done in runs.items():
        if not done:
            print(f"{reader:10}  not run")
            continue
        best[reader] = min(one["_seconds"] for one in done)
        row = done[0]
        print(
            f"{reader:10}{best[reader]:9.1f}{min(one['_cpu'] for one in done):9.1f}"
            f"{max(one['_mb'] for one in done):9.0f}{row['points']:10,.0f}{row['lines']:9,.0f}"
            f"{row['areas']:9,.0f}"
        )
    return best


def linear(city: Path, copies: list[int], folder: Path) -> None:
    """Seconds and peak memory of `extract` by size of the file."""
    print(
        f"\n{'copies':>8}{'MB':>8}{'s':>9}{'CPU s':>9}{'/ MB':>9}{'peak MB':>9}{'not mapped':>12}"
        f"{'rows':>12}"
    )
    for number in copies:
        path = copied(city, number, folder)
        size = path.stat().st_size / 1e6
        cost = cost_of(sys.executable, "extract", path, Task([], None))
        if cost:
            rows = cost["points"] + cost["lines"] + cost["areas"]
            print(
                f"{number:8}{size:8.0f}{cost['_seconds']:9.1f}{cost['_cpu']:9.1f}"
                f"{cost['_cpu'] / size:9.2f}"
                f"{cost['_mb']:9.0f}{cost['_own_mb']:12.0f}{rows:12,.0f}"
            )


def copied(city: Path, number: int, folder: Path) -> Path:
    """A file of so many copies; made once."""
    path = folder / f"{city.name.split('.')[0]}_x{number}.osm.pbf"
    if not path.exists():
        from shifted_copies import write_copies

        write_copies(city, number, path)
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("file", type=Path)
    parser.add_argument("--copies", type=int, nargs="*", default=[1, 20])
    parser.add_argument("--linear", type=int, nargs="*", default=[1, 10, 20, 100])
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where the copies are kept")
    parser.add_argument("--pyrosm", default=os.environ.get("PYROSM_PYTHON"))
    parser.add_argument("--quackosm", default=os.environ.get("QUACKOSM_PYTHON"))
    parser.add_argument("--only", choices=READERS)
    options = parser.parse_args()
    if options.only:
        run_one(options.only, options.file, Task(*json.load(sys.stdin)))
        return
    pythons = {"floor": sys.executable, "extract": sys.executable}
    pythons |= {"pyrosm": options.pyrosm} if options.pyrosm else {}
    pythons |= {"quackosm": options.quackosm} if options.quackosm else {}
    with tempfile.TemporaryDirectory() as made:
        folder = options.folder or Path(made)
        for number in options.copies:
            path = copied(options.file, number, folder)
            compare(path, pythons, options.repeat)
            one_city(options.file, path, pythons, options.repeat)
        if options.linear:
            linear(options.file, options.linear, folder)


if __name__ == "__main__":
    main()
