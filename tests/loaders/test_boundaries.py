"""Boundaries are read strictly: what is doubtful about them is doubtful about every number."""

from __future__ import annotations

import geopandas as gpd
import pytest
from places import CRS, point, square
from shapely.geometry import MultiPolygon, Polygon

from creative_spatial.errors import CRSError, DataQualityWarning, GeometryError, LoadError
from creative_spatial.loaders import read_boundary
from creative_spatial.loaders.boundaries import read_osm_relation, read_polygons


@pytest.fixture
def write(tmp_path):
    """Write geometries to a GeoPackage of one layer."""

    def written(*shapes, crs=CRS, **columns):
        path = tmp_path / "town.gpkg"
        gpd.GeoDataFrame(columns, geometry=list(shapes), crs=crs).to_file(path, layer="town")
        return path

    return written


def test_every_polygon_of_the_layer_is_part_of_the_boundary(write):
    shape = read_boundary(write(square(0, 0), square(1, 0), square(5, 5))).iloc[0]
    assert shape.area == pytest.approx(3e6)
    assert len(shape.geoms) == 2


def test_where_picks_one_place_of_many(write):
    path = write(square(0, 0), square(1, 0, 2, 2), code=["a", "b"])
    assert read_boundary(path, where="code = 'b'").area.iloc[0] == pytest.approx(4e6)


def test_a_where_that_fits_nothing_is_refused(write):
    with pytest.raises(LoadError, match="no rows where code = 'z'"):
        read_boundary(write(square(0, 0), code=["a"]), where="code = 'z'")


def test_an_outline_that_crosses_itself_is_refused_by_row_and_place(write):
    bowtie = Polygon(
        [(676_000, 795_000), (678_000, 796_000), (678_000, 795_000), (676_000, 796_000)]
    )
    with pytest.raises(
        GeometryError, match=r"row 2 is not a valid polygon \(Self-intersection\[677000 795500\]\)"
    ):
        read_polygons(write(square(0, 0), bowtie))


def test_an_outline_that_only_touches_itself_is_cut_there_with_a_warning(write):
    touching = Polygon([(0, 0), (2, 0), (1, 1), (2, 2), (0, 2), (1, 1), (0, 0)])
    scaled = Polygon(
        [(676_000 + 1000 * x, 795_000 + 1000 * y) for x, y in touching.exterior.coords]
    )
    with pytest.warns(
        DataQualityWarning, match=r"outline touches itself in row 1.*changes no area"
    ):
        shape = read_boundary(write(scaled)).iloc[0]
    assert shape.is_valid
    assert shape.area == pytest.approx(scaled.area)


@pytest.mark.parametrize(
    ("shape", "fault"),
    [(point(0, 0), "row 1 is a Point; polygons are needed"), (None, "row 1 has no geometry")],
)
def test_what_is_no_polygon_is_refused_by_row(write, shape, fault):
    with pytest.raises(GeometryError, match=fault):
        read_polygons(write(shape))


def test_an_outline_that_is_a_line_has_no_area(write):
    line = Polygon([(676_000, 795_000), (678_000, 796_000), (676_000, 795_000)])
    with pytest.raises(
        GeometryError, match=r"town\.gpkg: row 2 has no area: its outline is a line"
    ):
        read_polygons(write(square(0, 0), line))


def test_heights_are_dropped(write):
    raised = Polygon([(676_000, 795_000, 5), (677_000, 795_000, 5), (677_000, 796_000, 5)])
    assert not read_boundary(write(raised)).has_z.any()


def test_a_boundary_without_crs_is_refused_and_a_stated_one_is_used(tmp_path):
    bare = gpd.GeoDataFrame(geometry=[square(0, 0)])
    with pytest.warns(UserWarning, match="crs"):
        bare.to_file(tmp_path / "town.shp")
    with pytest.raises(CRSError, match=r"town\.shp does not say .*state it"):
        read_boundary(tmp_path / "town.shp")
    assert read_boundary(tmp_path / "town.shp", crs=CRS).crs == CRS


def test_a_file_of_several_layers_needs_a_choice(tmp_path):
    path = tmp_path / "towns.gpkg"
    for name in ("a", "b"):
        gpd.GeoDataFrame(geometry=[square(0, 0)], crs=CRS).to_file(path, layer=name)
    with pytest.raises(LoadError, match=r"2 layers; name one of \['a', 'b'\]"):
        read_boundary(path)


def test_parts_that_overlap_count_once(write):
    both = write(MultiPolygon([square(0, 0)]), square(0.5, 0))
    assert read_boundary(both).area.iloc[0] == pytest.approx(1.5e6)


def test_only_relations_of_openstreetmap_can_be_a_boundary(tmp_path):
    with pytest.raises(LoadError, match="relation -5: only relations of OpenStreetMap"):
        read_osm_relation(tmp_path / "any.osm", -5)


def test_a_coordinate_that_is_not_a_number_is_refused_by_row(tmp_path):
    path = tmp_path / "town.geojson"
    ring = "[[100.6, 7.19], [NaN, 7.19], [100.62, 7.2], [100.6, 7.19]]"
    path.write_text(
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, '
        f'"geometry": {{"type": "Polygon", "coordinates": [{ring}]}}}}]}}',
        encoding="utf-8",
    )
    with pytest.raises(
        GeometryError, match=r"town\.geojson: row 1 .*coordinates that are not numbers"
    ):
        read_boundary(path)
