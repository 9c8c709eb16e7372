"""Water below a theme: what the legend says of it, and where it is hatched."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pytest
import shapely

from creative_spatial.plotters.frame import Frame
from creative_spatial.plotters.water import draw_water, water_items
from creative_spatial.taxonomy import Taxonomy

TAXONOMY = Taxonomy.load()
FRESH = TAXONOMY.legends["group"]["fresh_water"]


@pytest.fixture
def drawn(make):
    """Areas hatched on a map of 100 mm at 1:50,000 (a millimetre is 50 m), and its legend."""

    def draw(*rows):
        layer = make.layer([("", kind, kind, shape, {"kind": kind}) for kind, shape in rows])
        figure, ax = plt.subplots()
        frame = Frame(make.at(0, 0), 100, 100, 50_000, make.area().crs)
        groups = draw_water(ax, layer, make.area(), frame, TAXONOMY)
        hatched = [c for c in ax.collections if c.get_hatch()]
        plt.close(figure)
        return hatched, water_items(groups, TAXONOMY)

    return draw


def square(make, side):
    return make.polygon((0, 0), (side, 0), (side, side), (0, side))


def test_a_lake_is_hatched_as_its_class_and_so_is_the_legend(make, drawn):
    hatched, (item,) = drawn(("lake", square(make, 1000)))
    assert [c.get_hatch() for c in hatched] == [FRESH.hatch]
    assert (item.kind, item.hatch, item.color) == ("fill", FRESH.hatch, FRESH.color)


@pytest.mark.parametrize("river", ["area", "line"])
def test_a_river_is_not_and_its_legend_is_a_line(make, drawn, river):
    course = shapely.LineString([make.at(0, 0), make.at(1000, 1000)])
    # 2 mm on this paper.
    hatched, (item,) = drawn(("river", course.buffer(50) if river == "area" else course))
    assert hatched == []
    assert (item.kind, item.hatch, item.color) == ("line", "", FRESH.color)


def test_a_lake_with_its_river_is_hatched_alone(make, drawn):
    river = shapely.LineString([make.at(1000, 500), make.at(2500, 500)]).buffer(50)
    both = shapely.union(square(make, 1000), river)
    (hatched,), (item,) = drawn(("lake", both), ("river", river))
    extent = shapely.LineString(hatched.get_paths()[0].vertices).bounds
    assert extent[0] == pytest.approx(make.at(0, 0)[0], abs=1)
    # The river leaves the lake within the rounding of the hatch, 1.25 mm.
    assert extent[2] <= make.at(1000, 0)[0] + 1.25 * 50
    assert item.kind == "fill"


def test_salt_water_is_plain(make, drawn):
    hatched, items = drawn(("sea", square(make, 1000)), ("lagoon", square(make, 3000)))
    assert hatched == []
    assert [(item.kind, item.hatch) for item in items] == [("fill", ""), ("fill", "")]
