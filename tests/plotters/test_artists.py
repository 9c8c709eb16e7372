"""Collections hold the geometries that were given, cut to what is seen."""

from __future__ import annotations

import matplotlib.path as mpath
import numpy as np
import shapely
from matplotlib.figure import Figure

from creative_spatial.plotters.artists import (
    add_lines,
    add_polygons,
    line_segments,
    polygon_paths,
    representative_xy,
    within_box,
)


def figure_axes():
    ax = Figure(figsize=(2, 2), dpi=50).add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, 10), ylim=(0, 10))
    ax.set_axis_off()
    return ax


def pixels(ax):
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(ax.figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[::-1, :, :3]


def test_a_hole_stays_open_whichever_way_its_ring_runs():
    for hole in ([(4, 4), (6, 4), (6, 6), (4, 6)], [(4, 4), (4, 6), (6, 6), (6, 4)]):
        ax = figure_axes()
        add_polygons(
            ax, [shapely.Polygon([(1, 1), (9, 1), (9, 9), (1, 9)], [hole])], facecolors="#FF0000"
        )
        image = pixels(ax)
        assert image[20, 20].tolist() == [255, 0, 0]
        assert image[50, 50].tolist() == [255, 255, 255]


def test_parts_and_collections_become_one_path_each():
    shapes = [shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(2, 2, 3, 3)]),
              shapely.GeometryCollection([shapely.box(4, 4, 5, 5), shapely.Point(0, 0)])]  # fmt: skip
    paths = polygon_paths(np.array(shapes, dtype=object))
    assert len(paths) == 3
    assert paths[0].codes.tolist() == [mpath.Path.MOVETO, 2, 2, 2, mpath.Path.CLOSEPOLY]


def test_lines_of_lines_and_of_rings():
    shapes = np.array(
        [shapely.LineString([(0, 0), (1, 1), (2, 0)]), shapely.box(0, 0, 1, 1)], dtype=object
    )
    assert sorted(len(part) for part in line_segments(shapes)) == [3, 5]


def test_what_is_outside_the_box_is_left_out_and_what_crosses_is_cut():
    shapes = np.array(
        [shapely.box(-5, 0, 5, 5), shapely.box(20, 20, 30, 30), None, shapely.Point()], dtype=object
    )
    seen, rows = within_box(shapes, (0, 0, 10, 10))
    assert rows.tolist() == [0]
    assert seen[0].area == 25


def test_an_outline_is_not_closed_along_the_frame():
    ax = figure_axes()
    lines = add_lines(ax, [shapely.box(-5, 2, 5, 5)], box=(0, 0, 10, 10))
    xy = np.vstack(lines.get_segments())
    assert not ((xy[:, 0] == 0) & (xy[:, 1] > 2) & (xy[:, 1] < 5)).any()
    assert (xy[:, 0] >= 0).all()


def test_nothing_to_draw_gives_none():
    ax = figure_axes()
    assert add_polygons(ax, []) is None
    assert add_lines(ax, [shapely.Point(1, 1)]) is None


def test_dense_layers_are_rasterised_in_vector_files():
    ax = figure_axes()
    many = shapely.buffer(
        shapely.points(np.random.default_rng(0).uniform(0, 10, (400, 2))), 0.1, quad_segs=16
    )
    assert add_polygons(ax, many).get_rasterized()
    assert not add_polygons(ax, many[:5]).get_rasterized()


def test_a_representative_point_lies_inside():
    horseshoe = shapely.Polygon([(0, 0), (9, 0), (9, 9), (7, 9), (7, 2), (2, 2), (2, 9), (0, 9)])
    xy = representative_xy([horseshoe, shapely.Point(3, 4)])
    assert horseshoe.contains(shapely.Point(xy[0]))
    assert xy[1].tolist() == [3, 4]
