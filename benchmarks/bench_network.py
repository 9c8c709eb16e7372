"""
Walking time to the nearest target from every node of a real city, beside pandana.

    python benchmarks/bench_network.py CITY.osm.pbf [--pandana PYTHON] [--repeat 3]

Both are given the same arrays: nodes, edges with minutes, and the city's cultural places, moved
to their nearest node so that both bring them to the same place. The clock runs over making the
network, bringing the targets to it, and the search; reading the file and imports do not count.
Each contestant runs in a process of its own, in turn; the best time counts, and the largest
peak. pandana (AGPL) is not installed with the project: PYTHON, or the environment variable
PANDANA_PYTHON, is the interpreter of an environment that has it (`pip install pandana==0.8`);
without it only our time is printed.
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

import numpy as np

LIMIT_MIN = 120.0
MAX_SNAP_M = 100.0
SPEED_M_PER_MIN = 80.0
FINE = 1000.0  # pandana keeps thousandths of its unit on every edge: minutes would add up errors


def read_city(pbf: str, out: Path) -> None:
    """Keep the arrays that both are given."""
    import pandas as pd
    from scipy.spatial import KDTree

    from creative_spatial import loaders
    from creative_spatial.analysers import walking_minutes

    extract = loaders.read_osm(pbf, parts=["features", "network"])
    network = extract.network
    places = extract.features[extract.features["pillar"] == "culture"].to_crs(network.crs)
    on_land = np.unique(network.edges[network.kind != 2])
    points = places.geometry.representative_point().get_coordinates().to_numpy()
    node = on_land[KDTree(network.node_xy[on_land]).query(points)[1]]
    minutes = walking_minutes(network, speed_m_per_min=SPEED_M_PER_MIN)
    assert pd.notna(node).all()
    np.savez(
        out,
        node_xy=network.node_xy,
        edges=network.edges,
        length_m=network.length_m,
        kind=network.kind,
        forward=minutes.forward,
        backward=minutes.backward,
        targets=network.node_xy[node],
        crs=network.crs.to_wkt(),
    )


def run_ours(city: dict[str, np.ndarray]) -> np.ndarray:
    """Edges indexed for snapping, targets brought to edges, one search."""
    import geopandas as gpd
    from pyproj import CRS

    from creative_spatial.analysers import node_time_to_nearest
    from creative_spatial.network import EdgeMinutes, Network

    n, m = len(city["node_xy"]), len(city["edges"])
    network = Network(
        city["node_xy"],
        np.arange(n),
        city["edges"],
        city["length_m"],
        city["kind"],
        np.zeros(m, dtype=np.int64),
        CRS.from_wkt(str(city["crs"])),
    )
    targets = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*city["targets"].T), crs=network.crs)
    minutes = EdgeMinutes(city["forward"], city["backward"])
    return node_time_to_nearest(
        targets, network, max_snap_m=MAX_SNAP_M, minutes=minutes, limit_min=LIMIT_MIN
    ).to_numpy()


def run_pandana(city: dict[str, np.ndarray]) -> np.ndarray:
    """Targets brought to nodes, nearest one."""
    import pandana
    import pandas as pd

    x, y = (pd.Series(values) for values in city["node_xy"].T)
    (first, last), forward, backward = city["edges"].T, city["forward"], city["backward"]
    twoway = np.array_equal(forward, backward)
    if not twoway:
        first, last = np.concatenate([first, last]), np.concatenate([last, first])
        forward = np.concatenate([forward, backward])
    weights = pd.DataFrame({"cost": FINE * forward})
    network = pandana.Network(x, y, pd.Series(first), pd.Series(last), weights, twoway=twoway)
    network.set_pois("culture", FINE * LIMIT_MIN, 1, *(pd.Series(v) for v in city["targets"].T))
    return network.nearest_pois(FINE * LIMIT_MIN, "culture", num_pois=1)[1].to_numpy() / FINE


CONTESTANTS = {"ours": run_ours, "pandana": run_pandana}


def run_one(name: str, arrays: str, out: str) -> None:
    """Time one contestant; its packages are loaded before the clock starts."""
    if name == "pandana":
        import pandana  # noqa: F401
        import pandas as pd  # noqa: F401
    else:
        import geopandas  # noqa: F401
        import scipy.sparse.csgraph  # noqa: F401

        from creative_spatial import analysers  # noqa: F401
    with np.load(arrays) as stored:
        city = {key: stored[key] for key in stored.files}
    start, busy = time.perf_counter(), time.process_time()
    minutes = CONTESTANTS[name](city)
    seconds, cpu = time.perf_counter() - start, time.process_time() - busy
    np.save(out, minutes)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "cpu": cpu, "mb": peak}))


def measure(python: str, name: str, arrays: Path, out: Path) -> dict[str, float]:
    """Run one contestant in its own process."""
    command = [python, __file__, "--only", name, str(arrays), str(out)]
    start = time.perf_counter()
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=os.environ)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr}")
    return {**json.loads(done.stdout.splitlines()[-1]), "process": time.perf_counter() - start}


def compare(ours: np.ndarray, theirs: np.ndarray) -> None:
    """Say how far the two agree; pandana writes the limit where it finds nothing."""
    found = np.isfinite(ours), theirs < LIMIT_MIN
    both = found[0] & found[1]
    gap = np.abs(ours - theirs)[both]
    print(
        f"  nodes with a target within {LIMIT_MIN:g} min: {found[0].sum():,} and {found[1].sum():,}; "
        f"difference on both: median {np.median(gap):.2e}, largest {gap.max():.3f} min, "
        f"over 0.01 min on {(gap > 0.01).sum():,} nodes"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("pbf", nargs="?")
    parser.add_argument("--pandana", metavar="PYTHON", default=os.environ.get("PANDANA_PYTHON"))
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--only", nargs=3, metavar=("NAME", "ARRAYS", "OUT"))
    parser.add_argument("--arrays", metavar="OUT", help="only read the file")
    options = parser.parse_args()
    if options.only:
        run_one(*options.only)
        return
    if not options.pbf:
        parser.error("the city's .osm.pbf is needed")
    if options.arrays:
        read_city(options.pbf, Path(options.arrays))
        return
    pythons = {"ours": sys.executable}
    if options.pandana and Path(options.pandana).exists():
        pythons["pandana"] = options.pandana
    else:
        print(
            "pandana skipped: give the interpreter of an environment that has it, --pandana PYTHON"
        )
    with tempfile.TemporaryDirectory() as folder:
        arrays = Path(folder) / "city.npz"
        # In a process of its own: a large parent would count in its children's peaks.
        subprocess.run([sys.executable, __file__, options.pbf, "--arrays", str(arrays)], check=True)
        with np.load(arrays) as city:
            sizes = [len(city[name]) for name in ("node_xy", "edges", "targets")]
        print("minutes to the nearest of {2:,} targets, {0:,} nodes, {1:,} edges".format(*sizes))
        runs = {name: [] for name in pythons}
        answers = {name: Path(folder) / f"{name}.npy" for name in pythons}
        for _ in range(options.repeat):
            for name, python in pythons.items():
                runs[name].append(measure(python, name, arrays, answers[name]))
        best = {
            name: {key: min(run[key] for run in done) for key in done[0]}
            for name, done in runs.items()
        }
        print(f"  {'':10}{'s':>8}{'ratio':>8}{'CPU s':>8}{'ratio':>8}{'MB':>8}{'process s':>12}")
        for name, done in runs.items():
            ratios = {key: best[name][key] / best["ours"][key] for key in ("seconds", "cpu")}
            print(
                f"  {name:10}{best[name]['seconds']:8.3f}{ratios['seconds']:8.1f}"
                f"{best[name]['cpu']:8.3f}{ratios['cpu']:8.1f}"
                f"{max(run['mb'] for run in done):8.0f}{best[name]['process']:12.2f}"
            )
        if "pandana" in answers:
            compare(np.load(answers["ours"]), np.load(answers["pandana"]))


if __name__ == "__main__":
    main()
