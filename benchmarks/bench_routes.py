"""
Trails through cultural places of a real city, beside networkx and an integer program.

    python benchmarks/bench_routes.py CITY.osm.pbf [--repeat 3]

Twelve stops are ordered exactly, sixty by search; both are closed tours along the walking
network. Every contestant is given the same minutes between the stops; the clock runs over the
ordering alone, and for ours also over the whole trail: stops brought to the network, ways,
order and course. networkx (Christofides' algorithm, and threshold accepting from its tour) and
HiGHS through `scipy.optimize.milp` (Miller, Tucker and Zemlin's program) are the peers. The
best of the repeats counts.
"""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
from networkx.algorithms import approximation
from scipy.optimize import Bounds, LinearConstraint, milp

from creative_spatial import loaders
from creative_spatial.analysers import TrailPlan, heritage_trail, walking_minutes
from creative_spatial.analysers.trails.order import best_within, shortest_order
from creative_spatial.analysers.trails.search import Ends
from creative_spatial.analysers.trails.ways import ways_between

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_SNAP_M = 100.0
STAY_MIN = 10.0
CLOSED = Ends(closed=True)


def timed(repeat: int, work: Callable[[], Any]) -> tuple[float, Any]:
    """Best seconds of several runs, and what the last gave."""
    best, found = np.inf, None
    for _ in range(repeat):
        start = time.perf_counter()
        found = work()
        best = min(best, time.perf_counter() - start)
    return best, found


def length(order: list[int], minutes: np.ndarray) -> float:
    """Minutes of a closed tour."""
    return float(minutes[order, np.roll(order, -1)].sum())


def by_integers(minutes: np.ndarray) -> float:
    """Minutes of the shortest tour by HiGHS."""
    n = len(minutes)
    arcs = [(i, j) for i in range(n) for j in range(n) if i != j]
    rows, low, high = [], [], []
    for stop in range(n):
        for end in (0, 1):
            rows.append([arc[end] == stop for arc in arcs] + [0] * n)
            low.append(1)
            high.append(1)
    for k, (i, j) in enumerate(arcs):
        if j:
            row = np.zeros(len(arcs) + n)
            row[k], row[len(arcs) + i], row[len(arcs) + j] = n, 1, -1
            rows.append(row)
            low.append(-np.inf)
            high.append(n - 1)
    cost = np.array([minutes[arc] for arc in arcs] + [0.0] * n)
    found = milp(
        cost,
        constraints=LinearConstraint(np.array(rows, dtype=float), low, high),
        bounds=Bounds(0, np.array([1] * len(arcs) + [n] * n)),
        integrality=np.array([1] * len(arcs) + [0] * n),
    )
    return float(found.fun)


def graph_of(minutes: np.ndarray) -> nx.Graph:
    """Complete graph of the stops; the quicker direction of each leg."""
    graph = nx.Graph()
    for i in range(len(minutes)):
        for j in range(i):
            graph.add_edge(i, j, weight=float(min(minutes[i, j], minutes[j, i])))
    return graph


def by_networkx(minutes: np.ndarray) -> dict[str, tuple[float, float]]:
    """Seconds and minutes of networkx's tours."""
    graph = graph_of(minutes)
    seconds, tour = timed(1, lambda: approximation.christofides(graph))
    more, better = timed(
        1, lambda: approximation.threshold_accepting_tsp(graph, tour, seed=1, N_inner=500)
    )
    return {
        "networkx, christofides": (seconds, length(tour[:-1], minutes)),
        "networkx, threshold accepting": (seconds + more, length(better[:-1], minutes)),
    }


def row(title: str, seconds: float, value: float, said: str = "") -> None:
    """Print one line."""
    print(f"{title:52}{seconds:9.3f} s{value:10.2f}  {said}")


def main() -> None:
    """Read the city, choose stops, order them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pbf")
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    extract = loaders.read_osm(options.pbf, parts=["features", "network"])
    network = extract.network
    places = extract.features[extract.features["pillar"] == "culture"].to_crs(network.crs)
    spent = walking_minutes(network)
    every = ways_between(places.geometry.to_numpy()[::7], network, spent, max_snap_m=MAX_SNAP_M)
    reached = np.isfinite(every.minutes).sum(axis=0)
    joined = places.iloc[::7][reached == reached.max()]
    print(f"{network}; {len(joined)} places that are joined")
    for n in (12, 60):
        stops = joined.iloc[np.linspace(0, len(joined) - 1, n).astype(int)].sort_index()
        ways = ways_between(stops.geometry.to_numpy(), network, spent, max_snap_m=MAX_SNAP_M)
        minutes = ways.minutes
        print(f"\n{n} stops, closed{'':34}order in    minutes")
        seconds, found = timed(options.repeat, lambda m=minutes: shortest_order(m, CLOSED))
        gap = 100 * (found.minutes / found.bound - 1)
        said = "exact" if found.exact else f"at most {gap:.1f} % over the lower bound"
        row("shortest_order", seconds, found.minutes, said)
        plan = TrailPlan(closed=True)
        seconds, _ = timed(
            options.repeat,
            lambda s=stops, p=plan: heritage_trail(
                s, network, p, max_snap_m=MAX_SNAP_M, minutes=spent
            ),
        )
        row("heritage_trail, with snapping, ways and course", seconds, found.minutes)
        for title, (seconds, value) in by_networkx(minutes).items():
            row(title, seconds, value, f"{value / found.minutes:.2f} times ours")
        if n == 12:
            seconds, value = timed(1, lambda m=minutes: by_integers(m))
            row("scipy.optimize.milp (HiGHS)", seconds, value, "exact")
        budget = 0.5 * (found.minutes + n * STAY_MIN)
        one = np.ones(n)
        seconds, chosen = timed(
            options.repeat,
            lambda m=minutes, k=n, b=budget: best_within(
                m, CLOSED, stay_min=np.full(k, STAY_MIN), score=np.ones(k), must=[0], budget_min=b
            ),
        )
        worth = one[list(chosen.stops)].sum()
        said = "exact" if chosen.exact else f"of at most {chosen.bound:.1f}"
        row(f"best_within {budget:.0f} min, stays of 10 min: stops", seconds, worth, said)


if __name__ == "__main__":
    main()
