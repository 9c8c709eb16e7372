"""
A sheet of 50,000 polygons and 80,000 lines at 300 dpi, beside plain `GeoDataFrame.plot`.

Each way runs in a process of its own and draws the same layers in the same colours at the
same size; what is compared is the time from the layers to the PNG, without imports, and
the peak memory of the process. The picture of both is compared too.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

POLYGONS, LINES, CLASSES = 50_000, 80_000, 6
SIDE_M = 20_000.0
COLORS = ("#1B6E53", "#3F7F3A", "#D9C27A", "#C9D67A", "#8FB3B0", "#B9B58F")
LEFT, BOTTOM = 670_000.0, 790_000.0
CORNER = np.array([LEFT, BOTTOM])


def layers():
    """Blobs of eleven corners and lines of eight, over a square of 20 km; seeded."""
    import geopandas as gpd
    import pandas as pd
    import shapely

    random = np.random.default_rng(7)
    centers = random.uniform(0, SIDE_M, (POLYGONS, 1, 2)) + CORNER
    angles = np.linspace(0, 2 * np.pi, 11, endpoint=False)
    radii = random.uniform(20, 60, (POLYGONS, 11))
    corners = centers + np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=2)
    steps = random.normal(0, 60, (LINES, 8, 2)).cumsum(axis=1)
    lines = random.uniform(0, SIDE_M, (LINES, 1, 2)) + CORNER + steps
    classes = [f"class {number}" for number in random.integers(0, CLASSES, POLYGONS)]
    zones = gpd.GeoDataFrame(
        {"name": "", "concept": "forest", "source_id": "made", "ward": classes},
        geometry=shapely.polygons(corners),
        crs="EPSG:32647",
    )
    streets = gpd.GeoDataFrame(
        {"name": [""] * LINES, "rank": 1, "source_id": "made"},
        geometry=shapely.linestrings(lines),
        crs="EPSG:32647",
    )
    for table in (zones, streets):
        table.index = pd.Index([f"made:{i}" for i in range(len(table))], name="feature_id")
    return zones, streets


def bare_frame():
    """The map alone: A4, 1:125,000, centred on the square."""
    from pyproj import CRS

    from creative_spatial.plotters.frame import Frame

    middle = (LEFT + SIDE_M / 2, BOTTOM + SIDE_M / 2)
    return Frame(middle, 170.0, 170.0, 125_000, CRS.from_epsg(32647))


def draw_ours(path):
    """Layers as the sheets draw them."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from creative_spatial.plotters.artists import add_lines, add_polygons

    zones, streets = layers()
    start = time.perf_counter()
    figure = Figure(figsize=(8.27, 11.69), dpi=300)
    FigureCanvasAgg(figure)
    ax = prepare(figure)
    shapes, wards = zones.geometry.to_numpy(), zones["ward"].to_numpy()
    for number, color in enumerate(COLORS):
        add_polygons(ax, shapes[wards == f"class {number}"], facecolors=color)
    add_lines(ax, streets.geometry.to_numpy(), colors="#555555", linewidths=0.3)
    figure.savefig(path)
    return time.perf_counter() - start


def draw_theirs(path):
    """The same through `GeoDataFrame.plot`."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    zones, streets = layers()
    start = time.perf_counter()
    figure = Figure(figsize=(8.27, 11.69), dpi=300)
    FigureCanvasAgg(figure)
    ax = prepare(figure)
    for number, color in enumerate(COLORS):
        zones[zones["ward"] == f"class {number}"].plot(ax=ax, color=color, linewidth=0, aspect=None)
    streets.plot(ax=ax, color="#555555", linewidth=0.3, aspect=None)
    prepare(figure, ax)
    figure.savefig(path)
    return time.perf_counter() - start


def draw_sheet(path):
    """A whole sheet of ours: the same layers with everything around them."""
    import geopandas as gpd
    import pandas as pd
    import shapely

    from creative_spatial.area import StudyArea
    from creative_spatial.plotters import MapSpec, draw_map, save_figure
    from creative_spatial.result import ROW_COLUMNS, Result
    from creative_spatial.taxonomy import Taxonomy

    zones, streets = layers()
    square = shapely.box(LEFT, BOTTOM, LEFT + SIDE_M, BOTTOM + SIDE_M)
    town = gpd.GeoDataFrame(
        {"name": ["Square"]}, index=["square"], geometry=[square], crs=zones.crs
    )
    area = StudyArea.from_geometries(town, name="Square", grid="square", cell_m=2_000)
    rows = pd.DataFrame(columns=list(ROW_COLUMNS))
    result = Result(area, Taxonomy.load(), rows, layers={"zones": zones, "streets": streets})
    spec = MapSpec.model_validate({
        "id": "sheet", "title": {"en": "Sheet"}, "reference": "benchmark", "message": [{"en": "{city}"}],
        "layers": [{"layer": "zones", "draw": "area", "hue": "ward"}],
    })  # fmt: skip
    start = time.perf_counter()
    save_figure(draw_map(result, spec, languages=["en"]), Path(path), provenance={"title": "Sheet"})
    return time.perf_counter() - start


def prepare(figure, ax=None):
    """One Axes that shows the frame."""
    frame = bare_frame()
    ax = ax or figure.add_axes((0.09, 0.3, 170 / 210, 170 / 297))
    x0, y0, x1, y1 = frame.box
    ax.set(xlim=(x0, x1), ylim=(y0, y1))
    ax.set_axis_off()
    return ax


WAYS = {"collections": draw_ours, "GeoDataFrame.plot": draw_theirs, "whole sheet": draw_sheet}


def run(way, path):
    """One way in this process, reported as JSON."""
    seconds = WAYS[way](path)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak}))


def main():
    """Run every way three times in turn; print the medians and the ratio."""
    from PIL import Image

    found = {way: [] for way in WAYS}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(3):
            for number, way in enumerate(WAYS):
                path = f"{folder}/{number}.png"
                done = subprocess.run(
                    [sys.executable, __file__, way, path],
                    check=True,
                    capture_output=True,
                    text=True,
                )
                found[way].append(json.loads(done.stdout))
        one, other = (
            np.asarray(Image.open(f"{folder}/{n}.png").convert("RGB"), dtype=float) for n in (0, 1)
        )
    print(f"{POLYGONS:,} polygons and {LINES:,} lines, A4 at 300 dpi, median of three")
    for way, runs in found.items():
        seconds = float(np.median([it["seconds"] for it in runs]))
        print(f"{way:20} {seconds:6.2f} s {max(it['peak_mb'] for it in runs):7.0f} MB")
    ratio = np.median([it["seconds"] for it in found["GeoDataFrame.plot"]]) / np.median(
        [it["seconds"] for it in found["collections"]]
    )
    print(
        f"collections are {ratio:.1f} times as fast; mean difference of a pixel {np.abs(one - other).mean():.3f} of 255"
    )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        run(*sys.argv[1:])
    else:
        main()
