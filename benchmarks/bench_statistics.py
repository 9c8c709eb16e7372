"""
Seconds of local statistics and density surfaces, beside esda and scikit-learn in the same run.

    python benchmarks/bench_statistics.py [LAS_PALMAS_FOLDER]

Everything is timed in this one process: the first call of esda compiles, the second is warm.
scikit-learn is timed on 1,000 of the cells, taken at random, and scaled to all of them.
"""

from __future__ import annotations

import sys
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable

CRS = "EPSG:32647"
SEED = 20_261_124


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    outcome = call()
    return time.perf_counter() - start, outcome


def local_statistics() -> None:
    """Gi* and Local Moran with 999 permutations on 224 x 224 cells."""
    import esda
    from libpysal.graph import Graph

    from creative_spatial.analysers.local_autocorrelation import getis_ord, local_moran
    from creative_spatial.analysers.neighbours import contiguity

    cells = gpd.GeoDataFrame(
        geometry=[shapely.box(x, y, x + 1, y + 1) for y in range(224) for x in range(224)], crs=CRS
    )
    values = pd.Series(np.random.default_rng(SEED).gamma(1, 2, len(cells)))
    neighbours = contiguity(cells)
    focal = np.repeat(np.arange(len(cells)), np.diff(neighbours.indptr))
    pairs = pd.DataFrame({"focal": focal, "neighbor": neighbours.indices, "weight": 1.0})
    graph = Graph.from_adjacency(pairs)
    x = values.to_numpy()
    runs: dict[str, Callable[[], Any]] = {
        "Gi*, ours": lambda: getis_ord(values, neighbours),
        "Gi*, esda, analytic": lambda: esda.G_Local(
            x, graph, transform="B", star=True, permutations=0
        ),
        "Local Moran, 999, ours": lambda: local_moran(values, neighbours, permutations=999),
        "Local Moran, 99,999, ours": lambda: local_moran(values, neighbours, permutations=99_999),
        "Local Moran, 999, esda cold": lambda: esda.Moran_Local(
            x, graph.transform("r"), permutations=999, seed=1
        ),
        "Local Moran, 999, esda warm": lambda: esda.Moran_Local(
            x, graph.transform("r"), permutations=999, seed=1
        ),
        "Gi*, 999, esda cold": lambda: esda.G_Local(
            x, graph, transform="B", star=True, permutations=999
        ),
        "Gi*, 999, esda warm": lambda: esda.G_Local(
            x, graph, transform="B", star=True, permutations=999
        ),
    }
    found = {}
    for name, call in runs.items():
        seconds, found[name] = timed(call)
        print(f"{name:36}{seconds:9.3f} s")
    gi = found["Gi*, ours"]["statistic"].to_numpy() - found["Gi*, esda, analytic"].Zs
    moran = found["Local Moran, 999, ours"], found["Local Moran, 999, esda warm"]
    print(f"greatest difference of Gi*      {np.nanmax(abs(gi)):.1e}")
    print(f"greatest difference of Moran    {abs(moran[0]['statistic'] - moran[1].Is).max():.1e}")
    print(f"correlation of p with esda's    {np.corrcoef(moran[0]['p'], moran[1].p_sim)[0, 1]:.3f}")


def surfaces() -> None:
    """100,000 points on 1,000 x 1,000 cells."""
    from sklearn.neighbors import KernelDensity

    from creative_spatial.analysers.density import kernel_density

    rng = np.random.default_rng(SEED)
    points = rng.normal(0, 900, (100_000, 2)) + rng.choice([3500, 6500], (100_000, 1))
    layer = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*points.T), crs=CRS)
    land = shapely.box(0, 0, 10_000, 10_000)
    seconds, surface = timed(lambda: kernel_density(layer, land, bandwidth_m=100, cell_m=10))
    inside = points[((points >= 0) & (points <= 10_000)).all(axis=1)]
    row, column = rng.integers(100, 900, (2, 1000))
    x, y = surface.transform @ (column + 0.5, row + 0.5)
    model = KernelDensity(bandwidth=100, rtol=1e-3).fit(inside)
    theirs, scores = timed(lambda: model.score_samples(np.column_stack([x, y])))
    density = np.exp(scores) * len(inside) * 10_000
    error = abs(surface.values[row, column] - density).max() / np.nanmax(surface.values)
    print(f"kernel surface, ours                {seconds:9.3f} s")
    print(f"kernel surface, scikit-learn        {theirs * 1000:9.1f} s (scaled from 1,000 cells)")
    print(f"greatest difference                 {error:.1e} of the peak")


def stability(folder: Path) -> None:
    """Fifty grids of a real city."""
    import creative_spatial as cs
    from creative_spatial.analysers.stability import hot_spot_stability

    outline = gpd.read_file(folder / "boundary.geojson")
    boundary = outline.union_all()
    extract = cs.loaders.read_osm(folder / "las_palmas_2023.osm.pbf", boundary=boundary)
    places = extract.features[extract.features["pillar"] == "culture"]
    cases = places[places["concept"].isin(["restaurant", "cafe"])]
    land = outline.to_crs(places.crs).union_all()
    seconds, found = timed(
        lambda: hot_spot_stability(
            cases, places, land, cell_widths_m=[200, 250, 300, 400, 500], offsets=10,
            uncertainty_m=50,
        )
    )  # fmt: skip
    print(f"stability over {found.attrs['grids']} grids          {seconds:9.1f} s")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    local_statistics()
    surfaces()
    if len(sys.argv) == 2:
        stability(Path(sys.argv[1]))
