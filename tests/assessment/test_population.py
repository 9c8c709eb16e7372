"""People come from a raster whose cells can be people, over all of a boundary or not at all."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
from affine import Affine
from places import CRS, ORIGIN

from creative_spatial.assessment.population import populated
from creative_spatial.errors import DataQualityWarning, LoadError
from creative_spatial.raster import Raster


def people(cells, *, width_m=100.0, **options):
    """A raster whose upper left corner is that of the town of two squares."""
    transform = Affine(width_m, 0, ORIGIN[0], 0, -width_m, ORIGIN[1] + 1000)
    return Raster(np.asarray(cells), transform, pyproj.CRS(CRS), "census", **options)


def test_cells_are_summed_over_units_and_boundary(area):
    counted, step = populated(area, people(np.full((10, 20), 5.0)))
    assert counted.units["population"].tolist() == pytest.approx([500.0, 500.0])
    assert counted.boundaries.at["town", "population"] == pytest.approx(1000.0)
    assert counted.population_sources == ("census",)
    assert step["status"] == "done"


@pytest.mark.parametrize("fill", [-200.0, -99_999.0, np.inf, 3.4e38])
def test_a_fill_value_that_nobody_declared_is_refused_with_the_remedy(area, fill):
    cells = np.full((10, 20), 5.0)
    cells[0, :3] = fill
    with pytest.raises(LoadError, match=r"has 3 cells that cannot be people.*declare it"):
        populated(area, people(cells))


def test_a_declared_fill_value_is_no_fault(area):
    cells = np.full((10, 20), 5)
    cells[0, :3] = -9999
    counted, _ = populated(area, people(cells, nodata=-9999))
    assert counted.boundaries.at["town", "population"] == pytest.approx(985.0)


def test_half_a_boundary_covered_is_no_figure_and_says_so(area):
    with pytest.warns(
        DataQualityWarning, match="covers 50% of boundary 'town': its inhabitants are not known"
    ):
        counted, _ = populated(area, people(np.full((10, 10), 5.0)))
    assert counted.boundaries["population"].isna().all()


def test_people_that_differ_from_the_published_are_pointed_out(area):
    known = type(area)(**{**vars(area), "boundaries": area.boundaries.assign(population=[2000.0])})
    with pytest.warns(DataQualityWarning, match="raster sums to 1,000, 2,000 is published"):
        counted, _ = populated(known, people(np.full((10, 20), 5.0)))
    assert counted.boundaries.at["town", "population"] == 2000.0


def test_without_a_raster_the_step_says_what_is_known(area):
    same, step = populated(area, None)
    assert same is area
    assert step == {
        "step": "population of the units", "status": "skipped", "reason": "no population raster",
    }  # fmt: skip
