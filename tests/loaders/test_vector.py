"""Vector files: what goes in comes out as a checked layer, or is named with its remedy."""

from __future__ import annotations

import json
import struct
import warnings

import geopandas as gpd
import pandas as pd
import pyarrow.parquet
import pyogrio
import pytest
import shapely
from places import CRS, point, square

from creative_spatial.errors import (
    CRSError,
    DataQualityWarning,
    EmptyLayerWarning,
    LoadError,
    RepairWarning,
)
from creative_spatial.loaders.vector import read_vector
from creative_spatial.schema import validate_features

COLUMNS = {"id": "code", "name": "title", "concept": "type"}


@pytest.fixture
def gpkg(tmp_path):
    """Write a GeoPackage."""

    def write(frame, layer="places", name="places.gpkg"):
        path = tmp_path / name
        pyogrio.write_dataframe(frame, path, layer=layer)
        return path

    return write


@pytest.fixture
def read(source, taxonomy):
    """Read with the usual options."""

    def read_with(path, **options):
        settings = {"source": source, "target_crs": CRS, "taxonomy": taxonomy, "columns": COLUMNS}
        return read_vector(path, **{**settings, **options})

    return read_with


@pytest.mark.parametrize("kind", ["gpkg", "geojson", "parquet"])
def test_the_same_layer_comes_out_of_every_format(tmp_path, places, read, kind):
    path = tmp_path / f"places.{kind}"
    frame = places.to_crs(4326) if kind == "geojson" else places
    if kind == "parquet":
        frame.to_parquet(path)
    else:
        pyogrio.write_dataframe(frame, path)
    layer = validate_features(read(path), crs=CRS)
    assert layer.index.tolist() == ["hall:a1", "hall:a2", "hall:a3"]
    assert layer["name"].tolist() == ["วัดกลาง", "สงขลา", "Wat Pho"]
    assert layer["concept"].tolist() == ["wat"] * 3
    assert set(layer["source_id"]) == {"hall"}
    assert set(layer["accuracy"]) == {"approximate"}
    assert layer.geometry.iloc[0].distance(point(0, 0)) < 0.01


def test_renamed_columns_move_and_others_stay(gpkg, places, read):
    layer = read(gpkg(places.assign(monks=[3, 4, 5])))
    assert layer["monks"].tolist() == [3, 4, 5]
    assert not {"title", "type", "code"} & set(layer.columns)


def test_a_column_that_stands_in_the_way_steps_aside(gpkg, places, read):
    layer = read(gpkg(places.assign(name=["x", "y", "z"])))
    assert layer["name"].tolist() == ["วัดกลาง", "สงขลา", "Wat Pho"]
    assert layer["file:name"].tolist() == ["x", "y", "z"]


def test_names_are_composed_but_never_taken_apart(gpkg, places, read):
    names = ["Cafe\u0301", "น้ำ", "مي\u200cدان"]
    layer = read(gpkg(places.assign(title=names)))
    assert layer["name"].tolist() == ["Café", "น้ำ", "مي\u200cدان"]


def test_hostile_names_are_plain_data(gpkg, places, read):
    names = ["<script>alert(1)</script>", "$x^2$\nsecond line", "=cmd|' /C calc'!A0"]
    assert read(gpkg(places.assign(title=names)))["name"].tolist() == names


# --- files ------------------------------------------------------------------------------------


def test_a_wrong_path_hints_at_the_file_beside_it(gpkg, places, read):
    path = gpkg(places)
    with pytest.raises(LoadError, match=r"no such file; did you mean 'places.gpkg'"):
        read(path.with_name("place.gpkg"))


def test_a_folder_is_not_a_file(tmp_path, read):
    with pytest.raises(LoadError, match="is a folder"):
        read(tmp_path)


def test_a_table_is_no_vector_file_and_is_told_its_kind(tmp_path, read):
    path = tmp_path / "a.csv"
    path.write_text("id,lon,lat\n")
    with pytest.raises(LoadError, match=r'a\.csv is a table, and its layer of `kind = "table"`'):
        read(path)


def test_a_layers_name_unlike_any_gets_the_list(gpkg, places, read):
    with pytest.raises(LoadError, match=r"no layer 'xyz'; there are: places\. It has"):
        read(gpkg(places), layer="xyz")


def test_an_unread_format_names_those_that_are(tmp_path, read):
    path = tmp_path / "plan.dwg"
    path.write_bytes(b"AC1032")
    with pytest.raises(LoadError, match=r"'.dwg' are not read; convert it to GeoPackage"):
        read(path)


@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson", "a.shp", "a.parquet"])
def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path, read, name):
    path = tmp_path / name
    path.write_text("<OGRVRTDataSource><OGRVRTLayer/></OGRVRTDataSource>")
    with pytest.raises(LoadError, match=f"{name} is not a?.*whatever its name says"):
        read(path)


def test_an_empty_file_is_said_to_be_empty(tmp_path, read):
    path = tmp_path / "a.gpkg"
    path.touch()
    with pytest.raises(LoadError, match="is empty"):
        read(path)


def test_a_truncated_file_cannot_be_read(gpkg, places, read):
    path = gpkg(places)
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(
        LoadError, match=r"places.gpkg.* cannot be read: the GeoPackage is damaged.*export it again"
    ):
        read(path)


def test_broken_geojson_cannot_be_read(tmp_path, read):
    path = tmp_path / "a.geojson"
    path.write_text('{"type": "FeatureCollection",\n "features": [{"type": "Fea')
    with pytest.raises(LoadError, match=r"a.geojson cannot be read: .* in line 2, column 24; copy"):
        read(path)


def test_one_layer_of_several_must_be_named(gpkg, places, read):
    gpkg(places, layer="north")
    path = gpkg(places, layer="south")
    with pytest.raises(LoadError, match=r"has 2 layers; name one of \['north', 'south'\]"):
        read(path)
    assert len(read(path, layer="south")) == 3


def test_a_table_without_geometry_is_no_layer_to_choose(gpkg, places, read):
    path = gpkg(places)
    styles = pd.DataFrame({"styleName": ["red"]})  # as QGIS keeps them
    pyogrio.write_dataframe(styles, path, layer="layer_styles")
    assert len(read(path)) == 3
    with pytest.raises(LoadError, match="'layer_styles' has no geometries; read it as a table"):
        read(path, layer="layer_styles")


def test_a_geopackage_that_quotes_what_is_no_text_is_damaged(gpkg, places, read):
    path = gpkg(places)
    name = b"triggergpkg_tile_matrix_matrix_width_update"
    path.write_bytes(path.read_bytes().replace(name, name.replace(b"tile", b"til\xbc")))
    with pytest.raises(LoadError, match=r"places.gpkg cannot be read: .*damaged.*; copy or export"):
        read(path)


def test_an_unknown_layer_lists_those_there_are(gpkg, places, read):
    with pytest.raises(LoadError, match=r"no layer 'place'; did you mean 'places'"):
        read(gpkg(places), layer="place")


def test_an_unknown_column_comes_with_the_nearest(gpkg, places, read):
    with pytest.raises(
        LoadError, match=r"no column 'titel' \(for 'name'\); did you mean 'title'\?$"
    ):
        read(gpkg(places), columns={**COLUMNS, "name": "titel"})


def test_a_table_without_geometry_is_refused(tmp_path, places, read):
    path = tmp_path / "a.gpkg"
    pyogrio.write_dataframe(places.drop(columns="geometry"), path)
    with pytest.raises(LoadError, match="has no geometries"):
        read(path)


def test_where_selects_rows_in_every_format(tmp_path, gpkg, write_shapefile, places, read):
    parquet = tmp_path / "p.parquet"
    places.to_parquet(parquet)
    shapefile = write_shapefile(places, cpg="CP874")
    for path in (gpkg(places), parquet, shapefile):
        assert read(path, where="title = 'สงขลา'").index.tolist() == ["hall:a2"]


def test_a_wrong_condition_is_an_error(tmp_path, gpkg, places, read):
    parquet = tmp_path / "p.parquet"
    places.to_parquet(parquet)
    for path in (gpkg(places), parquet):
        with pytest.raises(LoadError, match="where"):
            read(path, where="nothing == = 1")


def test_no_row_that_fits_is_an_empty_layer_and_a_warning(gpkg, places, read):
    with pytest.warns(EmptyLayerWarning, match="no rows where code = 'zz'"):
        layer = read(gpkg(places), where="code = 'zz'", pillar="culture")
    assert len(validate_features(layer, crs=CRS)) == 0
    assert "pillar" in layer


# --- ids and concepts ---------------------------------------------------------------------------


def test_without_ids_rows_are_numbered_with_a_warning(gpkg, places, read):
    with pytest.warns(DataQualityWarning, match="rows are numbered.*compared over time"):
        layer = read(gpkg(places), columns={"name": "title", "concept": "type"})
    assert layer.index.tolist() == ["hall:1", "hall:2", "hall:3"]


def test_an_id_column_that_nobody_filled_does_not_count(gpkg, places, read):
    frame = places.drop(columns="code").assign(id=[None, None, None])
    with pytest.warns(DataQualityWarning, match="'id' is blank .* in most rows, so rows are numb"):
        read(gpkg(frame), columns={"name": "title", "concept": "type"})


def test_the_feature_id_of_a_geopackage_can_be_the_id(gpkg, places, read):
    layer = read(gpkg(places), columns={**COLUMNS, "id": "fid"})
    assert layer.index.tolist() == ["hall:1", "hall:2", "hall:3"]


def test_the_id_that_was_asked_for_wins_over_one_that_is_there(gpkg, places, read):
    layer = read(gpkg(places.assign(feature_id=["x", "y", "z"])))
    assert layer.index.tolist() == ["hall:a1", "hall:a2", "hall:a3"]


def test_repeated_ids_name_their_rows(gpkg, places, read):
    with pytest.raises(LoadError, match=r"1 id occurs more than once: 'a1' in features 1, 3"):
        read(gpkg(places.assign(code=["a1", "a2", "a1"])))


def test_every_fault_of_a_file_is_in_one_reading(gpkg, places, read):
    frame = places.to_crs(4326).assign(type=["musem", None, "wat"], code=["a1", "a1", None])
    frame = frame.set_geometry(gpd.points_from_xy([100.59, 100.6, 1000], [7.19, 7.2, 7]), crs=4326)
    with pytest.warns(DataQualityWarning) as said, pytest.raises(LoadError) as caught:
        read(gpkg(frame.assign(accuracy=["good", None, None])))
    message = str(caught.value)
    assert message.startswith("places.gpkg: 2 faults: (1) unknown concept 'musem' in feature 1;")
    assert "found 'good' in feature 1." in message
    told = " ".join(str(w.message) for w in said)
    assert "out of range (for EPSG:4326, which is in degrees): feature 3" in told
    assert "(the first is at (1000.0, 7.0))" in told
    assert "1 quarantined, no concept: feature 2." in told


def test_features_outside_the_area_are_no_fault_among_faults(gpkg, places, read):
    frame = places.assign(type=["wat", "musem", "wat"])
    with pytest.raises(LoadError) as caught:
        read(gpkg(frame), boundary=square(-1, -1, 2.5, 2))
    assert str(caught.value).startswith("places.gpkg: unknown concept 'musem' in feature 2; did")


def test_a_feature_without_id_is_set_aside(gpkg, places, read):
    with pytest.warns(DataQualityWarning, match="1 quarantined, no id: feature 2"):
        layer = read(gpkg(places.assign(code=["a1", None, "a3"])))
    assert layer.index.tolist() == ["hall:a1", "hall:a3"]


def test_whole_numbers_are_ids_without_a_decimal_point(gpkg, places, read):
    assert read(gpkg(places.assign(code=[1.0, 2.0, 3.0]))).index[0] == "hall:1"


def test_one_concept_can_be_given_for_all_rows(gpkg, places, read):
    layer = read(gpkg(places), columns={"id": "code"}, concept="museum")
    assert set(layer["concept"]) == {"museum"}


def test_the_files_words_are_translated_whatever_their_case(gpkg, places, read):
    layer = read(
        gpkg(places.assign(type=["Temple", "temple ", "MUSEUM"])),
        concepts={"temple": "wat", "museum": "museum"},
    )
    assert layer["concept"].tolist() == ["wat", "wat", "museum"]


def test_unknown_concepts_are_listed_together_with_rows_and_the_nearest(gpkg, places, read):
    with pytest.raises(LoadError) as caught:
        read(gpkg(places.assign(type=["musem", "วัด", "musem"])))
    message = str(caught.value)
    assert "unknown concept 'musem' in features 1, 3; did you mean 'museum'" in message
    assert "unknown concept 'วัด' in feature 2; did you mean 'wat'" in message
    assert "concepts = {" in message


def test_an_unknown_concept_for_all_rows_is_an_error(gpkg, places, read):
    with pytest.raises(LoadError, match=r"unknown concept 'mosk'; did you mean 'mosque'\?$"):
        read(gpkg(places), concept="mosk")


def test_a_former_concept_becomes_the_present_one(gpkg, places, read):
    assert set(read(gpkg(places), concept="old_museum")["concept"]) == {"museum"}


def test_a_feature_without_concept_is_set_aside(gpkg, places, read):
    with pytest.warns(DataQualityWarning, match="1 quarantined, no concept: feature 2"):
        layer = read(gpkg(places.assign(type=["wat", " ", "wat"])))
    assert layer.index.tolist() == ["hall:a1", "hall:a3"]


def test_a_layer_that_says_nowhere_what_it_holds_is_an_error(gpkg, places, read):
    with pytest.raises(LoadError, match="nothing says what its features are"):
        read(gpkg(places), columns={"id": "code"})


def test_without_a_taxonomy_a_layer_may_have_no_concept(gpkg, places, read):
    assert set(read(gpkg(places), columns={"id": "code"}, taxonomy=None)["concept"]) == {""}


def test_an_unknown_accuracy_is_an_error(gpkg, places, read):
    with pytest.raises(LoadError, match=r"accuracy is one of surveyed.*found 'good' in feature 2"):
        read(gpkg(places.assign(accuracy=["surveyed", "good", None])))


def test_a_row_keeps_its_own_accuracy(gpkg, places, read):
    layer = read(gpkg(places.assign(accuracy=["surveyed", None, None])))
    assert layer["accuracy"].tolist() == ["surveyed", "approximate", "approximate"]


def test_an_uncertainty_that_is_no_length_is_null_with_a_warning(gpkg, places, read):
    with pytest.warns(DataQualityWarning) as caught:
        layer = read(gpkg(places.assign(uncertainty_m=["๕๐", "far", "12,5"])))
    said, *mended = [str(w.message) for w in caught]
    assert "not a length in metres in feature 2 (first: 'far')" in said
    assert ["'๕๐' is now 50.0" in mended[0], "'12,5' is now 12.5" in mended[1]] == [True, True]
    assert layer["uncertainty_m"].fillna(-1).tolist() == [50.0, -1.0, 12.5]


# --- geometry and CRS -----------------------------------------------------------------------------


def test_rows_without_geometry_are_set_aside_and_counted(gpkg, places, read):
    frame = places.set_geometry([point(0, 0), None, shapely.Point()], crs=CRS)
    with pytest.warns(
        DataQualityWarning, match="2 quarantined, no geometry that can be read: features 2, 3"
    ):
        layer = read(gpkg(frame))
    assert layer.index.tolist() == ["hall:a1"]
    assert layer.attrs["rows"] == {
        "in": 3,
        "out": 1,
        "outside": 0,
        "repaired": 0,
        "quarantined": {"no geometry that can be read": 2},
    }


def test_a_file_of_nothing_but_empty_geometries_is_an_error(gpkg, places, read):
    frame = places.set_geometry([None, None, None], crs=CRS)
    with pytest.raises(
        LoadError,
        match="no feature is left: no geometry that can be read in features 1, 2, 3; Draw",
    ):
        read(gpkg(frame))


def test_an_invalid_polygon_is_repaired_and_named(gpkg, read):
    bow = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    frame = gpd.GeoDataFrame(
        {"code": ["b"]},
        geometry=[shapely.transform(bow, lambda xy: xy * 1000 + (676_000, 795_000))],
        crs=CRS,
    )
    with pytest.warns(RepairWarning, match="1 repaired, invalid geometry made valid: feature 1"):
        layer = read(gpkg(frame), columns={"id": "code"}, concept="wat")
    assert layer.geometry.is_valid.all()
    assert layer.geometry.iloc[0].area == pytest.approx(2e6)


def test_a_polygon_that_collapses_is_set_aside(gpkg, read):
    flat = shapely.Polygon([(676_000, 795_000), (677_000, 795_000), (676_500, 795_000)])
    frame = gpd.GeoDataFrame({"code": ["b", "c"]}, geometry=[flat, square(0, 0)], crs=CRS)
    with pytest.warns(
        DataQualityWarning, match="1 quarantined, invalid and without area: feature 1"
    ):
        layer = read(gpkg(frame), columns={"id": "code"}, concept="wat")
    assert layer.index.tolist() == ["hall:c"]


def test_heights_are_dropped_and_told(gpkg, places, read):
    high = places.set_geometry(shapely.force_3d(places.geometry.to_numpy(), 5.0), crs=CRS)
    with pytest.warns(RepairWarning, match=r"3 repaired, heights \(Z\) dropped.*'POINT Z"):
        layer = read(gpkg(high))
    assert not layer.geometry.has_z.any()


def test_heights_of_zero_say_nothing_and_go_quietly(gpkg, places, read):
    flat = places.set_geometry(shapely.force_3d(places.geometry.to_numpy(), 0.0), crs=CRS)
    layer = read(gpkg(flat))
    assert not layer.geometry.has_z.any()
    assert layer.attrs["repairs"] == ()


def test_features_outside_the_area_are_counted_not_warned_of(gpkg, places, read):
    layer = read(gpkg(places), boundary=square(-0.5, -0.5, 2, 1))
    assert layer.index.tolist() == ["hall:a1", "hall:a2"]
    assert layer.attrs["rows"]["outside"] == 1


def test_a_feature_on_the_areas_edge_stays_whole(gpkg, read):
    frame = gpd.GeoDataFrame({"code": ["e"]}, geometry=[square(1, 0)], crs=CRS)
    layer = read(gpkg(frame), columns={"id": "code"}, concept="wat", boundary=square(0, 0))
    assert layer.geometry.iloc[0].area == pytest.approx(1e6)


def test_no_overlap_says_where_the_data_are_and_what_would_mend_it(gpkg, places, read):
    shifted = places.set_crs("EPSG:32648", allow_override=True)
    with pytest.warns(EmptyLayerWarning) as caught:
        layer = read(gpkg(shifted), boundary=square(-1, -1, 4, 2))
    message = str(caught[0].message)
    assert "none of 3 features is in the area" in message
    assert "data are at lon 106" in message
    assert 'crs = "EPSG:32647"' in message
    assert len(layer) == 0


def test_a_missing_crs_names_file_and_remedy(tmp_path, write_shapefile, places, read):
    path = write_shapefile(places, "UTF-8", cpg="UTF-8")
    path.with_suffix(".prj").unlink()
    with pytest.raises(CRSError, match=r'places.shp does not say.*crs = "EPSG:32647"'):
        read(path)
    assert read(path, crs=CRS).geometry.iloc[0].distance(point(0, 0)) < 0.01


def test_a_missing_crs_comes_with_those_that_put_the_places_into_the_area(
    tmp_path, write_shapefile, places, read
):
    path = write_shapefile(places, "UTF-8", cpg="UTF-8")
    path.with_suffix(".prj").unlink()
    with pytest.raises(CRSError) as caught:
        read(path, boundary=square(-1, -1, 30, 30))
    message = str(caught.value)
    # Datums of one zone lie half a kilometre apart: which it is, only its maker knows.
    for crs in ("EPSG:32647", "EPSG:24047", "EPSG:23947"):
        assert f'`crs = "{crs}"`' in message
    assert "EPSG:3857" not in message
    assert "ask who made it" in message


def test_web_mercator_metres_called_degrees_are_recognised(tmp_path, read):
    path = tmp_path / "m.geojson"
    # 100.6 E, 7.2 N in spherical Mercator: 6378137 times the longitude, and the latitude stretched
    path.write_text(geojson([(11_198_741, 803_618)]))
    with pytest.raises(CRSError, match=r'`crs = "EPSG:3857"`\), and as no other that was tried'):
        read(path, boundary=square(-10, -10, 30, 30))


def test_a_geopackage_of_undefined_crs_counts_as_missing(gpkg, places, read):
    frame = gpd.GeoDataFrame(places.drop(columns="geometry"), geometry=list(places.geometry))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = gpkg(frame)
    with pytest.raises(CRSError, match="does not say what its coordinates are in"):
        read(path)


def test_a_stated_crs_wins_over_the_files_own_with_a_warning(gpkg, places, read):
    path = gpkg(places.set_crs("EPSG:32648", allow_override=True))
    with pytest.warns(
        DataQualityWarning, match="file says EPSG:32648, the configuration EPSG:32647"
    ):
        layer = read(path, crs=CRS)
    assert layer.geometry.iloc[0].distance(point(0, 0)) < 0.01


def test_a_stated_crs_that_agrees_is_silent(gpkg, places, read):
    assert len(read(gpkg(places), crs=CRS)) == 3


def test_an_unknown_crs_is_an_error(gpkg, places, read):
    with pytest.raises(CRSError, match="'EPSG:0' is no CRS"):
        read(gpkg(places), crs="EPSG:0")


def geojson(points, **members):
    features = [
        {
            "type": "Feature",
            "properties": {"code": f"a{i}", "title": "x", "type": "wat"},
            "geometry": {"type": "Point", "coordinates": list(xy)},
        }
        for i, xy in enumerate(points)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features, **members})


def test_geojson_in_metres_that_does_not_say_so_needs_a_crs(tmp_path, read):
    path = tmp_path / "m.geojson"
    path.write_text(geojson([(676_000, 795_000)]))
    with pytest.raises(CRSError, match="does not say what its coordinates are in"):
        read(path)
    assert read(path, crs=CRS).geometry.iloc[0].distance(point(0, 0)) < 0.01


def test_geojson_that_names_its_crs_is_believed(tmp_path, read):
    path = tmp_path / "m.geojson"
    member = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32647"}}
    path.write_text(geojson([(676_000, 795_000)], crs=member))
    assert read(path).geometry.iloc[0].distance(point(0, 0)) < 0.01


def test_swapped_latitude_and_longitude_are_exchanged_only_into_a_known_area(tmp_path, read):
    path = tmp_path / "s.geojson"
    path.write_text(geojson([(7.19, 100.59), (7.2, 100.6)]))
    with pytest.raises(LoadError, match=r"look swapped in features 1, 2; Exchange the two"):
        read(path)
    with pytest.warns(RepairWarning, match="2 repaired, latitude and longitude exchanged"):
        layer = read(path, boundary=square(-10, -10, 30, 30))
    assert layer.geometry.iloc[1].x == pytest.approx(676_667, abs=1)


def test_geojson_in_an_old_encoding_is_read_when_stated(tmp_path, read):
    path = tmp_path / "t.geojson"
    text = geojson([(100.6, 7.2)]).replace('"title": "x"', '"title": "วัด"')
    path.write_bytes(text.encode("cp874"))
    assert read(path, encoding="cp874")["name"].tolist() == ["วัด"]
    with pytest.raises(LoadError, match=r"encoding = \"cp874\""):
        read(path)


def test_indian_1975_is_brought_to_wgs84_by_the_shift_that_others_agree_on(gpkg, read):
    # Worked in the domain report: a point 332 m too far east and 301 m too far south.
    frame = gpd.GeoDataFrame(
        {"code": ["a"]}, geometry=[shapely.Point(676_332, 794_699)], crs="EPSG:24047"
    )
    layer = read(gpkg(frame), columns={"id": "code"}, concept="wat")
    assert layer.geometry.iloc[0].distance(point(0, 0)) < 10


# --- Shapefiles and their encodings -----------------------------------------------------------------


def test_thai_without_any_word_of_its_encoding_is_read_with_a_warning(
    write_shapefile, places, read
):
    with pytest.warns(DataQualityWarning) as caught:
        layer = read(write_shapefile(places))
    assert layer["name"].tolist() == ["วัดกลาง", "สงขลา", "Wat Pho"]
    message = str(caught[0].message)
    assert "nothing says which encoding" in message
    assert "read as cp874 (Thai), plausible for 100%" in message
    assert "'วัดกลาง'" in message
    assert 'encoding = "cp874"' in message


def test_the_current_code_page_byte_is_no_word(write_shapefile, places, read):
    with pytest.warns(DataQualityWarning, match="nothing says which encoding"):
        layer = read(write_shapefile(places, language_byte=0x57))
    assert layer["name"].iloc[0] == "วัดกลาง"


def test_an_encoding_that_was_found_out_is_recorded_and_refused_with_repair_off(
    write_shapefile, places, read
):
    path = write_shapefile(places)
    with pytest.warns(DataQualityWarning):
        layer = read(path)
    assert layer.attrs["repairs"][0][:5] == ("encoding", None, "", "not stated", "cp874")
    with pytest.raises(LoadError, match=r'nothing is to be mended.*state `encoding = "cp874"`'):
        read(path, repair=False)


@pytest.mark.parametrize(
    "said", [{"cpg": "CP874"}, {"cpg": "TIS-620"}, {"language_byte": 0x50}, {"language_byte": 0x7C}]
)
def test_an_encoding_that_the_file_names_is_used_silently(write_shapefile, places, read, said):
    assert read(write_shapefile(places, **said))["name"].tolist()[:2] == ["วัดกลาง", "สงขลา"]


def test_a_stated_encoding_is_used_silently(write_shapefile, places, read):
    layer = read(write_shapefile(places), encoding="windows-874")
    assert layer["name"].iloc[0] == "วัดกลาง"


def test_a_wrong_stated_encoding_names_field_and_row(write_shapefile, places, read):
    with pytest.raises(
        LoadError, match=r"'utf-8' cannot read field 'title' of feature 1.*cp874 \(Thai\) can"
    ):
        read(write_shapefile(places), encoding="utf-8")


def test_an_unknown_encoding_is_an_error(write_shapefile, places, read):
    with pytest.raises(LoadError, match="unknown encoding 'klingon'"):
        read(write_shapefile(places), encoding="klingon")


def test_a_cpg_that_cannot_be_right_gives_way_to_a_guess(write_shapefile, places, read):
    with pytest.warns(
        DataQualityWarning, match=r"places.cpg says utf-8, which cannot read 'title' in feature 1"
    ):
        layer = read(write_shapefile(places, cpg="UTF-8"))
    assert layer["name"].iloc[0] == "วัดกลาง"


def test_a_cpg_that_reads_as_garbage_is_obeyed_and_questioned(write_shapefile, places, read):
    with pytest.warns(DataQualityWarning) as caught:
        layer = read(write_shapefile(places, cpg="ISO-8859-1"))
    garbage, proposal = [str(w.message) for w in caught]
    assert "reads as garbage" in garbage
    assert "as cp874 (Thai) it would be 'วัดกลาง'" in garbage
    assert "column 'name' looks decoded as cp1252 where it was cp874" in proposal
    assert layer["name"].iloc[1] == "Ê§¢ÅÒ"


def test_utf8_without_a_cpg_is_certain(write_shapefile, places, read):
    assert read(write_shapefile(places, "UTF-8"))["name"].iloc[0] == "วัดกลาง"


def test_utf8_cut_by_the_fields_width_is_named(write_shapefile, places, read):
    path = write_shapefile(places, "UTF-8", cpg="UTF-8")
    dbf = path.with_suffix(".dbf")
    raw = dbf.read_bytes()
    long = "วัดกลาง".encode()
    dbf.write_bytes(raw.replace(long, long[:-1] + b" "))
    with pytest.warns(DataQualityWarning, match="cut off inside a character.*feature 1"):
        assert read(path)["name"].iloc[0] == "วัดกลา"


def test_text_that_is_plausible_in_no_encoding_is_refused(write_shapefile, places, read):
    path = write_shapefile(places, "UTF-8", cpg=None)
    dbf = path.with_suffix(".dbf")
    dbf.write_bytes(dbf.read_bytes().replace("วัดกลาง".encode(), bytes([0xD7, 0xD7, 0xF7] * 7)))
    with pytest.raises(LoadError, match=r"cannot be told.*tried.*State it"):
        read(path)


def test_thai_field_names_are_decoded_too(dbf_with_thai_header, read):
    with pytest.warns(DataQualityWarning, match="cp874"):
        layer = read(dbf_with_thai_header.path, columns={**COLUMNS, "name": "ชื่อ"})
    assert layer["name"].iloc[0] == "วัดกลาง"


def test_plain_ascii_needs_no_encoding(write_shapefile, places, read):
    frame = places.assign(title=["a", "b", "c"])
    assert read(write_shapefile(frame))["name"].tolist() == ["a", "b", "c"]


def test_missing_parts_are_named(write_shapefile, places, read):
    path = write_shapefile(places, cpg="CP874")
    path.with_suffix(".dbf").unlink()
    path.with_suffix(".shx").unlink()
    with pytest.raises(LoadError, match=r"places.shx and places.dbf missing beside it"):
        read(path)


def test_parts_in_capitals_are_found(write_shapefile, places, read):
    path = write_shapefile(places, cpg="CP874")
    path.with_suffix(".cpg").rename(path.with_name("PLACES.CPG"))
    assert read(path)["name"].iloc[0] == "วัดกลาง"


def test_a_damaged_projection_file_is_named(write_shapefile, places, read):
    path = write_shapefile(places, cpg="CP874")
    path.with_suffix(".prj").write_bytes(b"PROJCS[\xff")
    with pytest.raises(LoadError, match=r"places.prj beside it is damaged"):
        read(path)


def test_damaged_utf8_in_a_shapefile_is_not_guessed_at(write_shapefile, places, read):
    path = write_shapefile(places, "UTF-8")
    dbf = path.with_suffix(".dbf")
    dbf.write_bytes(dbf.read_bytes().replace("สงขลา".encode(), b"\xff" + "สงขลา".encode()[1:]))
    with pytest.raises(LoadError, match="is UTF-8, but damaged"):
        read(path)


def test_parquet_with_text_that_is_none_is_damaged(tmp_path, places, read):
    path = tmp_path / "p.parquet"
    places.to_parquet(path, compression=None)
    path.write_bytes(path.read_bytes().replace(b"Wat Pho", b"Wat P\xffo"))
    with pytest.raises(LoadError, match=r"p.parquet is damaged|p.parquet cannot be read"):
        read(path)


def test_a_field_that_occurs_twice_is_an_error(write_shapefile, places, read):
    path = write_shapefile(places, cpg="CP874")
    dbf = path.with_suffix(".dbf")
    dbf.write_bytes(dbf.read_bytes().replace(b"type\x00", b"code\x00", 1))
    with pytest.raises(LoadError, match=r"fields \['code'\] occur more than once"):
        read(path)


def test_one_column_can_serve_two_names(gpkg, places, read):
    layer = read(gpkg(places), columns={**COLUMNS, "name:th": "title"})
    assert layer["name:th"].tolist() == layer["name"].tolist() == ["วัดกลาง", "สงขลา", "Wat Pho"]


def test_a_cpg_of_an_unknown_name_is_said_and_passed_over(write_shapefile, places, read):
    path = write_shapefile(places, cpg="KLINGON", language_byte=0x50)
    with pytest.warns(DataQualityWarning, match="names an unknown encoding 'KLINGON'"):
        assert read(path)["name"].iloc[0] == "วัดกลาง"


def test_a_shapefile_that_was_cut_off_is_refused_and_not_read_in_part(
    places, write_shapefile, read
):
    path = write_shapefile(places, cpg="cp874")
    whole = path.read_bytes()
    path.write_bytes(whole[:-28])  # the last point's record
    with pytest.raises(LoadError, match=r"places\.shp is cut off: it holds 156 of the 184 bytes"):
        read(path)


def test_parts_of_two_exports_are_refused(places, write_shapefile, read):
    path = write_shapefile(places, cpg="cp874")
    fewer = write_shapefile(places.iloc[:2], cpg="cp874", name="fewer")
    path.with_suffix(".dbf").write_bytes(fewer.with_suffix(".dbf").read_bytes())
    with pytest.raises(
        LoadError, match=r"has 3 shapes and places\.dbf 2 rows: .* not of one export"
    ):
        read(path)


def test_a_table_of_a_shapefile_that_was_cut_off_is_refused(places, write_shapefile, read):
    path = write_shapefile(places, cpg="cp874")
    table = path.with_suffix(".dbf")
    table.write_bytes(table.read_bytes()[:-100])
    with pytest.raises(
        LoadError, match=r"places\.dbf is cut off: it holds .* bytes that its header"
    ):
        read(path)


def test_lists_and_objects_in_properties_are_kept_as_their_json_text(tmp_path, read):
    """Exports of web maps hold them: "tags": ["a", "b"], "opening": {"mo": "9-17"}."""
    geometry = {"type": "Point", "coordinates": [100.593, 7.206]}
    features = [
        {"type": "Feature", "geometry": geometry, "properties": properties}
        for properties in (
            {"id": "p1", "years": [1857, 1902], "opening": {"จ.": "9-17"}},
            {"id": "p2", "years": [], "opening": None},
        )
    ]
    path = tmp_path / "web.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    layer = read(path, columns={"id": "id"}, concept="wat")
    assert layer["years"].tolist() == ["[1857, 1902]", "[]"]
    assert layer["opening"].iloc[0] == '{"จ.": "9-17"}'
    assert pd.isna(layer["opening"].iloc[1])


def test_parquet_with_curves_is_refused_with_the_way_to_straight_lines(places, tmp_path, read):
    path = tmp_path / "places.parquet"
    places.to_parquet(path)
    table = pyarrow.parquet.read_table(path)
    curve = struct.pack("<BII6d", 1, 8, 3, 100.5, 7.1, 100.6, 7.2, 100.7, 7.1)  # CircularString
    cells = pyarrow.array([curve] * len(table), pyarrow.binary())
    at = table.schema.get_field_index("geometry")
    pyarrow.parquet.write_table(table.set_column(at, "geometry", cells), path)
    with pytest.raises(LoadError, match=r"shapes with curves.*straight lines"):
        read(path)


def test_parquet_whose_metadata_is_damaged_is_refused(places, tmp_path, read):
    """One letter of pandas' own notes in the file: "obWect" for "object"."""
    path = tmp_path / "places.parquet"
    places.to_parquet(path)
    table = pyarrow.parquet.read_table(path)
    notes = {
        key: value.replace(b"object", b"obWect") for key, value in table.schema.metadata.items()
    }
    pyarrow.parquet.write_table(table.replace_schema_metadata(notes), path)
    with pytest.raises(LoadError, match="is damaged; copy or export it again"):
        read(path)
