"""Tables: places from spreadsheets, with rows named as the spreadsheet shows them."""

from __future__ import annotations

import pytest
from places import CRS, point, square
from shapely import box

from creative_spatial.errors import (
    CRSError,
    DataQualityWarning,
    EmptyLayerWarning,
    LoadError,
    RepairWarning,
)
from creative_spatial.loaders.table import read_table
from creative_spatial.schema import validate_features

AREA = square(-10, -10, 30, 30)
HEADER = "id,name,lon,lat\n"


@pytest.fixture
def read(source):
    """Read temples in Songkhla."""

    def read_with(path, **options):
        settings = {"source": source, "target_crs": CRS, "concept": "wat", "boundary": AREA}
        return read_table(path, **{**settings, **options})

    return read_with


def test_a_table_becomes_a_layer_of_points(write_csv, read):
    layer = read(write_csv(HEADER + "001,Wat Klang,100.59,7.2\n002,Wat Pho,100.6,7.21\n"))
    validate_features(layer, crs=CRS)
    assert layer.index.tolist() == ["hall:001", "hall:002"]
    # 7.2 N, 100.59 E as the domain report has it, in zone 47
    assert layer.geometry.iloc[0].x == pytest.approx(675_563.27, abs=0.01)
    assert layer.geometry.iloc[0].y == pytest.approx(796_163.64, abs=0.01)
    assert layer.attrs["rows"] == {
        "in": 2,
        "out": 2,
        "outside": 0,
        "repaired": 0,
        "quarantined": {},
    }


def test_columns_are_mapped_and_the_rest_stay_with_their_kind(write_csv, read):
    text = (
        "code,name_en,name_th,X,Y,lead,started,phone,seats,uncertainty_m,consent\n"
        "a,Weavers,กลุ่มทอผ้า,100.59,7.2,community,1998,0812345678,12.5,๒๕๐,yes\n"
        'b,Fishers,กลุ่มประมง,100.6,7.21,public,2005,074123456,,"12,5",no\n'
    )
    columns = {"id": "code", "name": "name_en", "name:th": "name_th", "lon": "X", "lat": "Y"}
    with pytest.warns(RepairWarning):  # of the two uncertainties
        layer = read(write_csv(text), columns=columns)
    assert layer["name:th"].tolist() == ["กลุ่มทอผ้า", "กลุ่มประมง"]
    assert layer["started"].tolist() == [1998, 2005]
    assert layer["phone"].tolist() == ["0812345678", "074123456"]
    assert layer["seats"].iloc[0] == 12.5
    assert layer["uncertainty_m"].tolist() == [250.0, 12.5]
    assert layer["consent"].tolist() == ["yes", "no"]
    assert layer["lead"].tolist() == ["community", "public"]


def test_coordinates_do_not_stay_as_columns(write_csv, read):
    layer = read(write_csv(HEADER + "1,a,100.59,7.2\n"))
    assert not {"lon", "lat"} & set(layer.columns)


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_the_delimiter_is_found(write_csv, read, mark):
    path = write_csv("id,name,lon,lat\n1,a,100.59,7.2\n".replace(",", mark))
    assert read(path)["name"].tolist() == ["a"]


def test_excels_delimiter_line_is_no_row(write_csv, read):
    text = "sep=;\nid;name;lon;lat\n1;a;100,59;7,2\n2;b;;\n"
    with pytest.warns(DataQualityWarning) as caught:
        assert read(write_csv(text))["name"].tolist() == ["a"]
    assert "no coordinates: row 3." in str(caught[0].message)
    assert "decimal commas read as decimal points: row 2" in str(caught[1].message)


def test_other_digits_and_decimal_commas_are_read(write_csv, read):
    text = "id;name;lon;lat\n1;ก;๑๐๐,๕๙;๗,๒\n2;ب;۱۰۰٫۵۹;۷٫۲\n3;c;100.59;7.2\n"
    with pytest.warns(RepairWarning) as caught:
        shapes = read(write_csv(text)).geometry
    (told,) = [str(w.message) for w in caught]
    assert told.startswith(
        "places.csv: 2 repaired, digits of another script read as numbers: rows "
    )
    assert told.endswith("rows 2, 3 (first: '๑๐๐,๕๙' is now 100.59).")
    assert shapes.iloc[0].distance(shapes.iloc[2]) < 1e-6
    assert shapes.iloc[1].distance(shapes.iloc[2]) < 1e-6


def test_projected_coordinates_are_read_in_the_stated_crs(write_csv, read):
    layer = read(write_csv("id,name,x,y\n1,a,676000,795000\n"), crs="EPSG:32647")
    assert layer.geometry.iloc[0].equals(point(0, 0))


def test_wkt_can_say_where(write_csv, read):
    text = 'id,name,shape\n1,a,"POINT (100.59 7.2)"\n2,b,"POLYGON ((100.5 7.1, 100.6 7.1, 100.6 7.2, 100.5 7.1))"\n3,c,nonsense\n'
    with pytest.warns(DataQualityWarning, match="1 quarantined, no WKT that can be read: row 4"):
        layer = read(write_csv(text), columns={"wkt": "shape"})
    assert layer.geom_type.tolist() == ["Point", "Polygon"]


def test_a_curve_takes_no_other_row_with_it(write_csv, read):
    rows = '1,a,"POINT (100.59 7.2)"\n2,b,"CIRCULARSTRING (100.5 7.1, 100.6 7.2, 100.7 7.1)"\n'
    with pytest.warns(DataQualityWarning, match="1 quarantined, no WKT that can be read: row 3"):
        layer = read(write_csv(f"id,name,shape\n{rows}"), columns={"wkt": "shape"})
    assert layer["name"].tolist() == ["a"]


EITHER = "id,name,lon,lat,wkt\n"


def test_rows_without_wkt_have_the_coordinates_beside_it(write_csv, read):
    rows = (
        '1,a,100.59,7.2,\n2,b,,,"LINESTRING (100.59 7.2, 100.6 7.2)"\n3,c,,,\n4,d,"100,6",7.21,\n'
    )
    with pytest.warns(DataQualityWarning) as caught:
        layer = read(write_csv(EITHER + rows))
    told = [str(it.message) for it in caught]
    assert "1 quarantined, no coordinates: row 4." in told[0]
    assert "decimal commas read as decimal points: row 5" in told[1]
    assert layer["name"].tolist() == ["a", "b", "d"]
    assert layer.geom_type.tolist() == ["Point", "LineString", "Point"]
    assert layer.geometry.iloc[0].x == pytest.approx(675_563.27, abs=0.01)
    assert not {"lon", "lat", "wkt"} & set(layer.columns)
    assert layer.attrs["rows"]["in"] == 4


def test_wkt_and_coordinates_that_contradict_each_other_are_told_by_row(write_csv, read):
    # 0.0004 degrees of latitude are 44 m, 0.0006 are 66 m; 0, 0 was never filled in.
    rows = (
        "1,a,100.59,7.2004,POINT (100.59 7.2)\n2,b,100.59,7.2006,POINT (100.59 7.2)\n"
        "3,c,0,0,POINT (100.6 7.2)\n4,d,100.61,,POINT (100.61 7.2)\n"
    )
    told = "WKT and lon and lat are over 50 m apart in row 3: the WKT was taken"
    with pytest.warns(DataQualityWarning, match=told) as caught:
        layer = read(write_csv(EITHER + rows))
    assert [it.message.rows for it in caught if "apart" in str(it.message)] == [(3,)]
    assert layer.geometry.iloc[1].x == pytest.approx(675_563.27, abs=0.01)


def test_beside_wkt_in_metres_degrees_are_read_as_degrees(write_csv, read):
    rows = "1,a,100.59,7.2,POINT (675563 796164)\n2,b,100.59,7.2,\n"
    layer = read(write_csv(EITHER + rows), crs="EPSG:32647")
    assert layer.geometry.iloc[0].distance(layer.geometry.iloc[1]) < 0.5


def test_a_position_that_is_blank_gives_way_to_coordinates(write_csv, read):
    rows = 'id,name,lon,lat,position\n1,a,100.59,7.2,\n2,b,,,"7.2, 100.59"\n'
    layer = read(write_csv(rows))
    assert layer.geometry.iloc[0].equals(layer.geometry.iloc[1])


def test_x_and_y_beside_wkt_in_every_row_stay_columns(write_csv, read):
    layer = read(write_csv("id,name,x,y,wkt\n1,a,12,40,POINT (100.59 7.2)\n"))
    assert layer[["x", "y"]].to_numpy().tolist() == [[12, 40]]


def test_hostile_cells_are_plain_data(write_csv, read):
    text = HEADER.replace("name", "name,note") + (
        '1,"<script>alert(1)</script>","=cmd|\' /C calc\'!A0",100.59,7.2\n'
        '2,"$x^2$ ""quoted"", with comma","two\nlines",100.59,7.2\n'
    )
    layer = read(write_csv(text))
    assert layer["name"].tolist() == ["<script>alert(1)</script>", '$x^2$ "quoted", with comma']
    assert layer["note"].tolist() == ["=cmd|' /C calc'!A0", "two\nlines"]


def test_the_words_na_and_null_are_names_like_any(write_csv, read):
    text = HEADER + "1,NA,100.59,7.2\n2,null,100.59,7.2\n3,None,100.59,7.2\n"
    assert read(write_csv(text))["name"].tolist() == ["NA", "null", "None"]


def test_where_selects_rows_before_they_are_looked_at(write_csv, read):
    text = "id,name,lon,lat,since\n1,a,100.59,7.2,1990\n2,b,,,2010\n"
    assert read(write_csv(text), where="since < 2000")["name"].tolist() == ["a"]


# --- rows that cannot be placed -------------------------------------------------------------------


def test_rows_without_or_with_unreadable_coordinates_are_named_by_spreadsheet_row(write_csv, read):
    text = HEADER + '1,"two\nlines",100.59,7.2\n2,b,,7.2\n\n3,c,abc,7.2\n4,d,100.59,7.2\n'
    with pytest.warns(DataQualityWarning) as caught:
        layer = read(write_csv(text))
    messages = [str(w.message) for w in caught]
    blank, unread = messages
    assert blank == (
        "places.csv: 1 quarantined, no coordinates: row 3. Fill in both, or take the row out."
    )
    assert unread == (
        "places.csv: 1 quarantined, coordinates that cannot be read: row 5 (first: ['abc', '7.2']). "
        "Write decimal degrees, or degrees, minutes and seconds in full."
    )
    assert layer["name"].tolist() == ["two\nlines", "d"]
    rows = layer.attrs["rows"]
    assert rows["in"] == rows["out"] + rows["outside"] + sum(rows["quarantined"].values()) == 4


def test_swapped_columns_are_exchanged_and_told(write_csv, read):
    text = HEADER + "1,a,7.2,100.59\n2,b,7.21,100.6\n"
    with pytest.warns(RepairWarning, match=r"2 repaired, latitude and longitude exch.*rows 2, 3"):
        layer = read(write_csv(text))
    assert layer.geometry.iloc[0].x == pytest.approx(675_563.27, abs=0.01)
    assert layer.attrs["rows"]["repaired"] == 2


def test_swapped_columns_are_an_error_where_nothing_is_to_be_mended(write_csv, read):
    text = HEADER + "1,a,7.2,100.59\n2,b,7.21,100.6\n"
    with pytest.raises(LoadError, match=r"no row is left: .* look swapped in rows 2, 3; Exchange"):
        read(write_csv(text), repair=False)


def test_a_few_swapped_rows_are_named(write_csv, read):
    text = HEADER + "1,a,100.59,7.2\n2,b,7.21,100.6\n"
    with pytest.warns(RepairWarning, match=r"1 repaired, latitude and longitude.*: row 3 \(first"):
        assert len(read(write_csv(text))) == 2


def test_swapped_values_that_could_both_be_degrees_are_told_by_the_area(write_csv, read):
    # Las Palmas lies at 28 N, 15 W: both values can be either; 28 E, 15 S is in Zambia.
    text = HEADER + "1,a,28.1,-15.4\n2,b,-15.42,28.11\n"
    island = box(440_000, 3_090_000, 470_000, 3_130_000)
    with pytest.warns(RepairWarning, match="1 repaired, latitude and longitude exchanged.*: row 2"):
        assert len(read(write_csv(text), target_crs="EPSG:32628", boundary=island)) == 2


def test_coordinates_out_of_range_are_set_aside(write_csv, read):
    text = HEADER + "1,a,100.59,7.2\n2,b,1000.59,7.2\n"
    with pytest.warns(
        DataQualityWarning,
        match=r"1 quarantined, coordinates out of range \(for EPSG:4326.*: row 3 \(the first is at "
        r"\(1000",
    ):
        assert read(write_csv(text))["name"].tolist() == ["a"]


def test_metres_taken_for_degrees_are_an_error_with_the_crs_that_fits(write_csv, read):
    with pytest.raises(
        LoadError, match=r'read as EPSG:32647[^;]*`crs = "EPSG:32647"`.*in the area'
    ):
        read(write_csv(HEADER + "1,a,676000,795000\n"))


def test_a_table_of_somewhere_else_is_an_empty_layer(write_csv, read):
    with pytest.warns(EmptyLayerWarning, match="its feature is not in the area.*lon 2.350"):
        assert len(read(write_csv(HEADER + "1,a,2.35,48.85\n"))) == 0


# --- files that are no such table -----------------------------------------------------------------


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n \r\n"])
def test_an_empty_file_is_an_error(write_csv, read, content):
    with pytest.raises(LoadError, match=r"places.csv is empty"):
        read(write_csv(content))


def test_a_header_alone_is_an_empty_layer(write_csv, read):
    with pytest.warns(EmptyLayerWarning, match="a header, and no row below it"):
        assert len(validate_features(read(write_csv(HEADER)), crs=CRS)) == 0


def test_a_missing_file_is_an_error(tmp_path, read):
    with pytest.raises(LoadError, match="no such file"):
        read(tmp_path / "places.csv")


def test_no_coordinate_columns_is_an_error(write_csv, read):
    with pytest.raises(LoadError, match=r"no coordinates: it has \['id', 'name'\]"):
        read(write_csv("id,name\n1,a\n"))


def test_one_coordinate_column_is_not_enough(write_csv, read):
    with pytest.raises(LoadError, match="no coordinates: only 'lon' is there"):
        read(write_csv("id,lon\n1,100\n"))


def test_an_unknown_column_comes_with_the_nearest(write_csv, read):
    with pytest.raises(
        LoadError, match=r"no column 'longitud' \(for 'lon'\); did you mean 'longitude'"
    ):
        read(write_csv("id,longitude,lat\n1,100,7\n"), columns={"lon": "longitud"})


def test_a_repeated_column_is_an_error(write_csv, read):
    with pytest.raises(LoadError, match=r"columns \['name'\] occur more than once"):
        read(write_csv("id,name,name,lon,lat\n1,a,b,100.59,7.2\n"))


def test_a_row_with_more_cells_than_the_header_is_named(write_csv, read):
    text = HEADER + "1,a,100.59,7.2\n2,Wat Klang, Songkhla,100.59,7.2\n"
    with pytest.raises(LoadError, match="row 3 has 5 cells, the header has 4: a ',' inside a cell"):
        read(write_csv(text))


def test_blank_cells_beyond_the_header_do_no_harm(write_csv, read):
    assert len(read(write_csv(HEADER + "1,a,100.59,7.2,,\n"))) == 1


def test_an_open_quote_is_an_error(write_csv, read):
    text = HEADER + '1,x,100.59,7.2\n2,"a,100.59,7.2\n3,b,100.59,7.2\n4,c,100.59,7.2\n'
    with pytest.raises(
        LoadError, match=r"opened and never closed, so that row 3 runs over the 3 lines after it"
    ):
        read(write_csv(text))


def test_a_cell_longer_than_any_table_s_is_named_by_its_row(write_csv, read):
    for cell in ("x" * 140_000, '"' + "x,y\n" * 40_000):
        with pytest.raises(
            LoadError, match=r"row 3 has a cell .*close it; an outline .*GeoPackage"
        ):
            read(write_csv(HEADER + f"1,x,100.59,7.2\n2,{cell},100.59,7.2\n"))


def test_a_workbook_is_not_a_table(write_csv, read):
    with pytest.raises(LoadError, match="is a workbook; save the sheet as 'CSV UTF-8'"):
        read(write_csv(b"PK\x03\x04rest"))


def test_binary_content_is_not_a_table(write_csv, read):
    with pytest.raises(LoadError, match="is not text"):
        read(write_csv(b"id,name\x00,lon,lat\n"))


def test_a_nul_byte_in_a_text_names_its_line(write_csv, read):
    text = (HEADER + "1,Wat Klang,100.59,7.2\n2,Wat\0 Pho,100.6,7.2\n").encode()
    with pytest.raises(LoadError, match="a NUL byte in line 3, as in a file that was cut off"):
        read(write_csv(text))


def test_a_wrong_crs_is_an_error(write_csv, read):
    with pytest.raises(CRSError, match="'moon' is no CRS"):
        read(write_csv(HEADER + "1,a,100.59,7.2\n"), crs="moon")


# --- encodings ------------------------------------------------------------------------------------

THAI = HEADER + "1,วัดกลาง,100.59,7.2\n2,สงขลา,100.6,7.2\n"


def test_an_encoding_that_was_found_out_is_recorded_and_refused_with_repair_off(write_csv, read):
    path = write_csv(THAI, "cp874")
    with pytest.warns(DataQualityWarning, match="read as cp874"):
        layer = read(path)
    assert [record[:5] for record in layer.attrs["repairs"]] == [
        ("encoding", None, "", "not UTF-8", "cp874")
    ]
    assert layer.attrs["rows"]["repaired"] == 0, "the file's, not a row's"
    with pytest.raises(LoadError, match=r'state `encoding = "cp874"`'):
        read(path, repair=False)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_is_read_silently_with_and_without_a_mark(write_csv, read, encoding):
    assert read(write_csv(THAI, encoding))["name"].tolist() == ["วัดกลาง", "สงขลา"]


def test_an_old_thai_encoding_is_guessed_with_a_warning(write_csv, read):
    with pytest.warns(DataQualityWarning, match=r'read as cp874 \(Thai\).*encoding = "cp874"'):
        layer = read(write_csv(THAI, "cp874"))
    assert layer["name"].tolist() == ["วัดกลาง", "สงขลา"]


def test_a_stated_encoding_is_used_silently(write_csv, read):
    assert read(write_csv(THAI, "cp874"), encoding="tis-620")["name"].iloc[0] == "วัดกลาง"


def test_a_wrong_stated_encoding_names_the_cell(write_csv, read):
    with pytest.raises(LoadError, match=r"'utf-8' cannot read column 'name' of row 2.*cp874"):
        read(write_csv(THAI, "cp874"), encoding="utf-8")


def test_text_plausible_in_no_encoding_is_refused(write_csv, read):
    raw = HEADER.encode() + b"1," + bytes([0xD7, 0xD7, 0xF7]) * 7 + b",100.59,7.2\n"
    with pytest.raises(LoadError, match=r"not UTF-8 \(column 'name' of row 2\).*no other encoding"):
        read(write_csv(raw))


def test_damaged_utf8_names_the_cell_instead_of_being_guessed_at(write_csv, read):
    raw = THAI.encode().replace("สงขลา".encode(), "สงขลา".encode()[:-1] + b"\xff")
    with pytest.raises(LoadError, match="is UTF-8 but damaged in column 'name' of row 3"):
        read(write_csv(raw))


def test_coordinates_that_were_never_set_are_set_aside(write_csv, read):
    with pytest.warns(DataQualityWarning, match="1 quarantined, coordinates 0, 0: row 3"):
        layer = read(write_csv(HEADER + "1,a,100.59,7.2\n2,b,0,0.0\n"))
    assert layer["name"].tolist() == ["a"]


def test_a_few_rows_outside_the_area_are_named_and_many_are_not(write_csv, read):
    inside = "".join(f"{i},n{i},100.59,7.2\n" for i in range(4))
    with pytest.warns(DataQualityWarning, match="1 of 5 lies outside.*row 6; are its coord"):
        assert len(read(write_csv(HEADER + inside + "9,typo,100.59,72.0\n"))) == 4
    province = "".join(f"{i},b{i},101.5,6.{i}\n" for i in range(5, 9))
    assert read(write_csv(HEADER + inside + province)).attrs["rows"]["outside"] == 4


def test_codes_are_kept_as_written_where_rows_are_selected(write_csv, read):
    text = "id,name,lon,lat,since\n1.10,a,100.59,7.2,1990\n1.1,b,100.59,7.2,1991\n"
    assert read(write_csv(text), where="since > 0").index.tolist() == ["hall:1.10", "hall:1.1"]


# --- every fault at once --------------------------------------------------------------------------

FAULTY = (
    "id,name,concept,lon,lat,accuracy\n"
    "1,a,wat,100.59,7.2,\n"
    "2,b,musem,100.59,7.2,\n"
    "3,c,musem,100.59,7.2,good\n"
    "1,d,mosque,100.59,7.2,\n"
    "5,e,,100.59,7.2,\n"
    "6,f,mosque,99,7.2,\n"
    "7,g,mosk,7.2,100.59,\n"
    ",h,wat,100.59,7.2,\n"
    "9,i,wat,1000.59,7.2,\n"
)


def test_every_fault_of_a_file_is_in_one_reading(write_csv, read, taxonomy):
    with pytest.warns(DataQualityWarning) as caught, pytest.raises(LoadError) as raised:
        read(write_csv(FAULTY), taxonomy=taxonomy, concept=None)
    message = str(raised.value)
    assert message.startswith("places.csv: 3 faults: (1) unknown concept 'musem' in rows 3, 4; did")
    for fault in (
        # of a row that is swapped as well
        "unknown concept 'mosk' in row 8; did you mean 'mosque'?",
        "found 'good' in row 4.",
        "1 id occurs more than once: '1' in rows 2, 5;",
    ):
        assert fault in message
    assert "?." not in message
    said = [str(w.message) for w in caught]
    for fault in (
        "1 quarantined, coordinates out of range (for EPSG:4326, which is in degrees): row 10 (",
        "(the first is at (1000.59, 7.2)",
        "1 quarantined, no concept: row 6.",
        "1 quarantined, no id: row 9.",
        "1 of 8 lies outside the area and is left out: row 7; are its coordinates right?",
    ):
        assert any(fault in text for text in said)


def test_what_is_not_public_is_no_stray_and_not_named_by_its_row(write_csv, read):
    """At 100.595, 7.2 the middle of a cell of 0.1 degree is 100.55, 7.25: out of the area."""
    rows = "".join(f"{i},n,100.59{i},7.2,\n" for i in range(5, 10))
    rows += "".join(f"{i},n,100.6,7.2,\n" for i in range(1, 4))
    text = f"id,name,lon,lat,sensitivity\n{rows}a,n,100.595,7.2,withheld\nb,n,101.5,7.2,\n"
    with pytest.warns(DataQualityWarning) as caught:
        layer = read(write_csv(text), boundary=square(0, 0, 2, 2))
    assert len(layer) == 8
    said = {warning.message.kind: warning.message for warning in caught}
    assert "1 of 10 is not public, and the middle of its cell" in str(said["not_public"])
    assert (said["not_public"].severity, said["not_public"].rows) == ("note", ())
    assert "1 of 10 lies outside the area and is left out: row 11;" in str(said["outside"])


def test_many_rows_elsewhere_are_no_fault_among_faults(write_csv, read, taxonomy):
    elsewhere = "".join(f"{i},b,wat,101.5,6.{i}\n" for i in range(2, 6))
    text = "id,name,concept,lon,lat\n0,a,wat,100.59,7.2\n1,a,musem,7.2,100.59\n"
    with pytest.warns(RepairWarning), pytest.raises(LoadError, match="unknown concept") as caught:
        read(write_csv(text + elsewhere), taxonomy=taxonomy, concept=None)
    assert "outside" not in str(caught.value)


def test_several_ids_that_repeat_are_named_with_their_rows(write_csv, read):
    text = HEADER + "".join(f"{i},n{n},100.59,7.2\n" for n, i in enumerate("abcdefab"))
    with pytest.raises(
        LoadError, match="2 ids occur more than once: 'a' in rows 2, 8; 'b' in rows 3, 9; give each"
    ):
        read(write_csv(text), columns={"id": "id"})


def test_an_id_that_repeats_is_a_fault_though_nobody_named_the_column(write_csv, read):
    text = HEADER + "".join(f"{i},n{n},100.59,7.2\n" for n, i in enumerate("abca"))
    with pytest.warns(DataQualityWarning, match="column 'id' is blank or the same in most rows"):
        layer = read(write_csv(text))
    assert layer.index.tolist() == ["hall:2", "hall:3", "hall:4", "hall:5"]
    with pytest.raises(LoadError, match="1 id occurs more than once: 'a' in rows 2, 5"):
        read(write_csv(text + "d,a,100.59,7.2\n"))


def test_many_unknown_words_are_counted_beyond_the_first(write_csv, read, taxonomy):
    text = "id,concept,lon,lat\n" + "".join(f"{i},word{i},100.59,7.2\n" for i in range(30))
    with pytest.raises(LoadError, match=r"'word9' in row 11.*; and 20 more words") as caught:
        read(write_csv(text), taxonomy=taxonomy, concept=None)
    assert "word10" not in str(caught.value)


# --- where coordinates are found ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        ("longitude,latitude", {}),
        ("Longitude,LAT", {}),
        ("long,lat", {}),
        ("decimalLongitude,decimalLatitude", {}),
        ("longitude,breadth", {"lat": "breadth"}),
        ("length,latitude", {"lon": "length"}),
        ("X,Y", {}),
    ],
)
def test_coordinates_need_no_mapping_where_their_names_are_plain(write_csv, read, header, columns):
    text = f"code,name,{header}\n1,a,100.59,7.2\n"
    layer = read(write_csv(text), columns={"id": "code", **columns})
    assert layer.geometry.iloc[0].x == pytest.approx(675_563.27, abs=0.01)
    assert not set(header.split(",")) & set(layer.columns)


def test_one_of_x_and_y_beside_a_longitude_is_no_latitude(write_csv, read):
    with pytest.raises(LoadError, match="no coordinates: only 'lon' is there"):
        read(write_csv("id,lon,y\n1,100.59,7.2\n"))


# --- lists of columns -----------------------------------------------------------------------------


def test_a_long_list_of_columns_ends_in_dots_and_a_short_one_without_blanks(write_csv, read):
    many = ",".join(f"column{i}" for i in range(14))
    with pytest.raises(LoadError, match=r"column11, \.\.\.$"):
        read(write_csv(f"{many}\n1\n"), columns={"id": "zzz"})
    with pytest.raises(LoadError, match=r"\(for 'id'\); there are: b, a\.$"):
        read(write_csv("b,,a,\n1,,1,\n"), columns={"id": "zzz"})


def test_a_question_ends_in_its_own_mark(write_csv, read):
    with pytest.raises(LoadError, match=r"did you mean 'code'\?$"):
        read(write_csv("code,lon,lat\n1,100,7\n"), columns={"id": "cod"})


def test_of_a_layer_that_is_not_public_no_message_quotes_a_cell(write_csv, read):
    rows = "1,a,north of here,7.2\n2,b,100.59,7.2\n"
    with pytest.warns(DataQualityWarning) as caught:
        read(write_csv(HEADER + rows), sensitivity="grave")
    (told,) = [str(it.message) for it in caught if "cannot be read" in str(it.message)]
    assert "row 2 (first: withheld)" in told
