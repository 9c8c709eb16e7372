"""
Seconds and peak memory of the measures, each beside its peer in the same run.

    python benchmarks/bench_measures.py [--repeat 3]

Data are made from a seed. Each contestant runs in a process of its own, in turn, `--repeat`
times; the best time counts, and the largest peak. Building a graph, a tree or an index counts;
imports do not. The last column is what was computed, so that one sees whether they agree:
networkx walks from node to node, and rasterize counts cells by their centres.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time

import geopandas as gpd
import numpy as np
import shapely

CRS = "EPSG:32647"
SIDE_M = 10_000.0
SEED = 20_261_122


def units(cell_m: float = 250.0) -> gpd.GeoDataFrame:
    """About 2,000 hexagons over 100 km²."""
    from creative_spatial.grid import make_grid

    cells = make_grid(shapely.box(0, 0, SIDE_M, SIDE_M), cell_m)
    return gpd.GeoDataFrame(geometry=cells, crs=CRS).assign(area_land=lambda table: table.area)


def places(n: int, seed: int = SEED) -> gpd.GeoDataFrame:
    """Points anywhere on the square."""
    xy = np.random.default_rng(seed).uniform(0, SIDE_M, (n, 2))
    return gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T), crs=CRS)


def patches(n: int) -> gpd.GeoDataFrame:
    """Round patches that overlap, 65 vertices each."""
    centres = places(n)
    radius = np.random.default_rng(SEED).uniform(20, 150, n)
    return gpd.GeoDataFrame(geometry=centres.buffer(radius, quad_segs=16), crs=CRS)


def street_grid(n: int = 280):
    """A grid of streets with n x n crossings, 78,400 of them."""
    import pyproj

    from creative_spatial.network import Network

    at = np.linspace(0, SIDE_M, n)
    xy = np.stack(np.meshgrid(at, at), axis=-1).reshape(-1, 2)
    node = np.arange(n * n).reshape(n, n)
    across, along = (node[:, :-1], node[:, 1:]), (node[:-1], node[1:])
    edges = np.vstack([np.column_stack([a.ravel(), b.ravel()]) for a, b in (across, along)])
    length = np.full(len(edges), at[1])
    kind = np.zeros(len(edges), dtype=np.int8)
    return Network(xy, node.ravel(), edges.astype(np.int32), length, kind, kind, pyproj.CRS(CRS))


def people(n: int = 2_000):
    """A raster of n x n cells, each with up to one inhabitant."""
    import pyproj
    from affine import Affine

    from creative_spatial.raster import Raster

    values = np.random.default_rng(SEED).random((n, n), dtype="float32")
    transform = Affine(SIDE_M / n, 0, 0, 0, -SIDE_M / n, SIDE_M)
    return Raster(values, transform, pyproj.CRS(CRS), "census")


def count_ours(layer, cells):
    from creative_spatial.analysers import feature_count

    return feature_count(layer, cells)["value"].sum()


def count_sjoin(layer, cells):
    return gpd.sjoin(layer, cells, predicate="within").groupby("unit_id").size().sum()


def share_ours(layer, cells):
    from creative_spatial.analysers import area_share

    return area_share(layer, cells)["value"].mean()


def share_overlay(layer, cells):
    ground = gpd.GeoDataFrame(geometry=[layer.union_all()], crs=CRS).explode()
    parts = gpd.overlay(cells.reset_index(), ground, how="intersection")
    covered = parts.area.groupby(parts["unit_id"]).sum().reindex(cells.index, fill_value=0)
    return (100 * covered / cells["area_land"]).mean()


def near_ours(network, origins, targets):
    from creative_spatial.analysers import network_distances

    return network_distances(origins, targets, network, max_snap_m=100)["distance_m"].mean()


def near_networkx(network, origins, targets):
    import networkx as nx
    from scipy.spatial import KDTree

    graph = nx.Graph()
    graph.add_weighted_edges_from(
        zip(*network.edges.T.tolist(), network.length_m.tolist(), strict=True)
    )
    tree = KDTree(network.node_xy)
    start, goal = (tree.query(layer.get_coordinates())[1].tolist() for layer in (origins, targets))
    metres = nx.multi_source_dijkstra_path_length(graph, set(goal))
    return np.mean([metres[node] for node in start])


def sum_ours(raster, cells):
    from creative_spatial.analysers import zonal_sum

    return zonal_sum(raster, cells).sum()


def sum_rasterize(raster, cells):
    from rasterio.features import rasterize

    shapes = zip(cells.geometry, range(1, len(cells) + 1), strict=True)
    zone = rasterize(shapes, out_shape=raster.values.shape, transform=raster.transform)
    return np.bincount(zone.ravel(), weights=raster.values.ravel())[1:].sum()


CASES = {
    "count of 300,000 points in 1,900 hexagons": {
        "feature_count": (count_ours, lambda: (places(300_000), units())),
        "geopandas.sjoin": (count_sjoin, lambda: (places(300_000), units())),
    },
    "share of 5,000 overlapping patches in 1,900 hexagons": {
        "area_share": (share_ours, lambda: (patches(5_000), units())),
        "geopandas.overlay": (share_overlay, lambda: (patches(5_000), units())),
    },
    "way to the nearest of 1,000 targets from 20,000 origins, 78,400 nodes": {
        "network_distances": (near_ours, lambda: (street_grid(), places(20_000), places(1_000, 1))),
        "networkx": (near_networkx, lambda: (street_grid(), places(20_000), places(1_000, 1))),
    },
    "sum of 4 million cells over 1,900 hexagons": {
        "zonal_sum": (sum_ours, lambda: (people(), units())),
        "rasterio.rasterize": (sum_rasterize, lambda: (people(), units())),
    },
}


def run_one(case: str, name: str) -> None:
    """Time one contestant; its data are made before the clock starts."""
    import exactextract  # noqa: F401
    import networkx as nx  # noqa: F401
    import rasterio.features  # noqa: F401
    import scipy.sparse.csgraph
    import scipy.spatial  # noqa: F401

    function, make = CASES[case][name]
    arguments = make()
    start = time.perf_counter()
    answer = float(function(*arguments))
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "mb": peak, "answer": answer}))


def measure(case: str, name: str) -> dict[str, float]:
    """Run one contestant in its own process."""
    command = [sys.executable, __file__, "--only", case, name]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--only", nargs=2, metavar=("CASE", "NAME"))
    options = parser.parse_args()
    if options.only:
        run_one(*options.only)
        return
    for case, contestants in CASES.items():
        runs = {name: [] for name in contestants}
        for _ in range(options.repeat):
            for name in contestants:
                runs[name].append(measure(case, name))
        print(case)
        for name, done in runs.items():
            seconds = min(run["seconds"] for run in done)
            peak = max(run["mb"] for run in done)
            print(f"  {name:20} {seconds:7.2f} s {peak:6.0f} MB  {done[0]['answer']:,.4f}")


if __name__ == "__main__":
    main()
