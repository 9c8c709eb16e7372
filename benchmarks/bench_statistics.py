"""
Seconds of local statistics and density surfaces, beside esda and scikit-learn in the same run.

    python benchmarks/bench_statistics.py [LAS_PALMAS_FOLDER]

Everything is timed in this one process, wall seconds and CPU seconds: on a shared machine the
second are the steadier. The first call of esda, with one worker, compiles; then both take turns,
and the best of three counts. scikit-learn is timed on 1,000 of the cells, taken at random, and
scaled to all.
"""

from __future__ import annotations

import sys
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable

CRS = "EPSG:32647"
SEED = 20_261_124


class Took(NamedTuple):
    """Wall and CPU seconds."""

    wall: float
    cpu: float

    def __str__(self) -> str:
        return f"{self.wall:9.3f} s {self.cpu:9.3f} CPU s"


def timed(call: Callable[[], Any]) -> tuple[Took, Any]:
    start = time.perf_counter(), time.process_time()
    outcome = call()
    return Took(time.perf_counter() - start[0], time.process_time() - start[1]), outcome


def in_turns(runs: dict[str, Callable[[], Any]], rounds: int = 3) -> dict[str, Any]:
    """Print the best of the rounds of each, all of them run once a round; and what each gave."""
    best: dict[str, Took] = {}
    found = {}
    for _ in range(rounds):
        for name, call in runs.items():
            took, found[name] = timed(call)
            best[name] = min(best.get(name, took), took)
    for name, took in best.items():
        print(f"{name:44}{took}")
    return found


def local_statistics() -> None:
    """Gi* and Local Moran with 999 permutations on 224 x 224 cells."""
    import esda
    from libpysal.graph import Graph

    from creative_spatial.analysers.clusters.local_autocorrelation import getis_ord, local_moran
    from creative_spatial.analysers.clusters.neighbours import contiguity

    cells = gpd.GeoDataFrame(
        geometry=[shapely.box(x, y, x + 1, y + 1) for y in range(224) for x in range(224)], crs=CRS
    )
    values = pd.Series(np.random.default_rng(SEED).gamma(1, 2, len(cells)))
    neighbours = contiguity(cells)
    focal = np.repeat(np.arange(len(cells)), np.diff(neighbours.indptr))
    pairs = pd.DataFrame({"focal": focal, "neighbor": neighbours.indices, "weight": 1.0})
    graph = Graph.from_adjacency(pairs)
    x = values.to_numpy()

    def their_moran() -> Any:
        return esda.Moran_Local(x, graph.transform("r"), permutations=999, seed=1)

    def their_gi(draws: int) -> Any:
        return esda.G_Local(x, graph, transform="B", star=True, permutations=draws, n_jobs=1)

    for name, cold in (
        ("Local Moran, 999, esda cold", their_moran),
        ("Gi*, 999, esda cold", lambda: their_gi(999)),
    ):
        print(f"{name:44}{timed(cold)[0]}")
    found = in_turns(
        {
            "Gi*, analytic, ours": lambda: getis_ord(values, neighbours),
            "Gi*, analytic, esda": lambda: their_gi(0),
            "Gi*, 999, esda warm": lambda: their_gi(999),
            "Local Moran, 999, ours": lambda: local_moran(values, neighbours, permutations=999),
            "Local Moran, 999, esda warm": their_moran,
            "Local Moran, 99,999, ours": lambda: local_moran(
                values, neighbours, permutations=99_999
            ),
            "Local Moran, 999 up to 999,999, ours": lambda: local_moran(
                values, neighbours, permutations=999, max_permutations=999_999
            ),
        }
    )
    gi = found["Gi*, analytic, ours"]["statistic"].to_numpy() - found["Gi*, analytic, esda"].Zs
    moran = found["Local Moran, 999, ours"], found["Local Moran, 999, esda warm"]
    print(f"greatest difference of Gi*      {np.nanmax(abs(gi)):.1e}")
    print(f"greatest difference of Moran    {abs(moran[0]['statistic'] - moran[1].Is).max():.1e}")
    print(f"correlation of p with esda's    {np.corrcoef(moran[0]['p'], moran[1].p_sim)[0, 1]:.3f}")


def surfaces() -> None:
    """100,000 points on 1,000 x 1,000 cells."""
    from sklearn.neighbors import KernelDensity

    from creative_spatial.analysers.clusters.density import kernel_density

    rng = np.random.default_rng(SEED)
    points = rng.normal(0, 900, (100_000, 2)) + rng.choice([3500, 6500], (100_000, 1))
    layer = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*points.T), crs=CRS)
    land = shapely.box(0, 0, 10_000, 10_000)
    ours, surface = timed(lambda: kernel_density(layer, land, bandwidth_m=100, cell_m=10))
    inside = points[((points >= 0) & (points <= 10_000)).all(axis=1)]
    row, column = rng.integers(100, 900, (2, 1000))
    x, y = surface.transform @ (column + 0.5, row + 0.5)
    model = KernelDensity(bandwidth=100, rtol=1e-3).fit(inside)
    theirs, scores = timed(lambda: model.score_samples(np.column_stack([x, y])))
    density = np.exp(scores) * len(inside) * 10_000
    error = abs(surface.values[row, column] - density).max() / np.nanmax(surface.values)
    print(f"{'kernel surface, ours':44}{ours}")
    print(f"{'kernel surface, scikit-learn, 1,000 cells':44}{theirs}")
    print(f"scaled to all cells: {1000 * theirs.cpu / ours.cpu:,.0f} times ours")
    print(f"greatest difference                 {error:.1e} of the peak")


def clusters(folder: Path) -> None:
    """Fifty grids of a real city, and its quarters beside scikit-learn's DBSCAN."""
    from sklearn.cluster import DBSCAN

    import creative_spatial as cs
    from creative_spatial.analysers.clusters.stability import hot_spot_stability
    from creative_spatial.analysers.quarters.core import quarters
    from creative_spatial.analysers.quarters.reachability import (
        clusters_of,
        links_over_land,
        sites_of,
    )

    outline = gpd.read_file(folder / "boundary.geojson")
    extract = cs.loaders.read_osm(folder / "las_palmas_2023.osm.pbf", boundary=outline.union_all())
    places = extract.features
    cases = places[places["pillar"] == "culture"]
    units = outline.to_crs(places.crs)
    land = units.union_all()
    xy = shapely.get_coordinates(cases.representative_point())
    evidence = cs.Taxonomy.load().field_evidence()

    def ours() -> Any:
        sites = sites_of(xy)
        links = links_over_land(sites.xy, land.buffer(10_000), reach_m=100)
        return clusters_of(len(sites.xy), links, reach_m=100, core_sites=5)

    found = in_turns(
        {
            "stability, 50 grids, as mapped and moved": lambda: hot_spot_stability(
                cases, places, land, cell_widths_m=[200, 250, 300, 400, 500], offsets=10,
                unstated_m=20,
            ),
            "clusters, ours": ours,
            "clusters, scikit-learn's DBSCAN": lambda: DBSCAN(eps=100, min_samples=5).fit(xy),
            "quarters with facts, nine settings": lambda: quarters(
                cases, evidence, land, units, network=extract.network, scales=[0.8, 1.25],
                other_cores=[4, 6],
            ),
        }
    )  # fmt: skip
    print(f"{found['stability, 50 grids, as mapped and moved'].attrs['grids']} grids tested")
    print(f"{len(found['quarters with facts, nine settings'])} quarters of {len(cases)} places")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    local_statistics()
    surfaces()
    if len(sys.argv) == 2:
        clusters(Path(sys.argv[1]))
