"""Workbooks: a sheet reads as the CSV file that would be saved from it."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from places import CRS, square

from creative_spatial.errors import DataQualityWarning, LoadError
from creative_spatial.loaders.spreadsheet import read_sheet, read_sheets
from creative_spatial.loaders.table import read_table

AREA = square(-10, -10, 30, 30)
HEADER = ["id", "name", "lon", "lat"]
ROW = [7, "วัดกลาง", 100.59, 7.2]


@pytest.fixture
def write_workbook(tmp_path):
    """Write sheets, each a list of rows."""

    def write(sheets, name="places.xlsx"):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
        path = tmp_path / name
        book.save(path)
        return path

    return write


@pytest.fixture
def read(source):
    """Read temples in Songkhla."""

    def read_with(path, **options):
        settings = {"source": source, "target_crs": CRS, "concept": "wat", "boundary": AREA}
        return read_table(path, **{**settings, **options})

    return read_with


def rewritten(path, part, change):
    """The workbook with one of its parts changed."""
    content = path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(path, "w") as new:
        for info in old.infolist():
            raw = old.read(info)
            new.writestr(info, change(raw) if info.filename.endswith(part) else raw)
    return path


def test_a_sheet_reads_as_the_csv_file_saved_from_it(write_workbook, write_csv, read):
    from_sheet = read(write_workbook({"Temples": [HEADER, ROW, [8, "Wat Pho", 100.6, 7.21]]}))
    csv = "id,name,lon,lat\n7,วัดกลาง,100.59,7.2\n8,Wat Pho,100.6,7.21\n"
    assert from_sheet.equals(read(write_csv(csv)))
    assert from_sheet.index.tolist() == ["hall:7", "hall:8"]


def test_cells_become_the_text_that_a_person_sees(write_workbook):
    day, morning = (dt.datetime.fromisoformat(f"2024-02-01T{at}") for at in ("00:00", "08:30"))
    row = [7.0, 0.1, True, day, morning, "007", "  "]
    table = read_sheet(write_workbook({"s": [list("abcdefg"), row]}))
    assert table.iloc[0, :6].tolist() == [
        "7",
        "0.1",
        "TRUE",
        "2024-02-01",
        "2024-02-01T08:30:00",
        "007",
    ]
    assert table["g"].isna().all()


def test_rows_are_numbered_as_the_program_shows_them(write_workbook, read):
    path = write_workbook({"s": [HEADER, ROW, [], [9, "stray", "here", "there"]]})
    with pytest.warns(
        DataQualityWarning, match=r"cannot be read: row 4 \(first: \['here', 'there'\]"
    ):
        assert len(read(path)) == 1


def test_several_sheets_need_a_choice_and_empty_ones_do_not_count(write_workbook, read):
    sheets = {"Temples": [HEADER, ROW], "Notes": [["by"], ["A."]], "Sheet3": []}
    path = write_workbook(sheets)
    with pytest.raises(
        LoadError, match=r"has 2 sheets; name one of \['Temples', 'Notes'\] as `layer`"
    ):
        read(path)
    assert len(read(path, layer="Temples")) == 1
    with pytest.raises(LoadError, match=r"no sheet 'temple'; did you mean 'Temples'\?"):
        read(path, layer="temple")
    assert list(read_sheets(path)) == ["Temples", "Notes"]


def test_a_csv_file_has_no_sheets(write_csv, read):
    with pytest.raises(LoadError, match="has no sheets; take `layer` out"):
        read(write_csv("id,name,lon,lat\n1,a,100.59,7.2\n"), layer="Temples")


def test_errors_of_the_spreadsheet_are_blank_and_named(write_workbook, read):
    path = write_workbook({"s": [[*HEADER, "seats"], [*ROW, "#N/A"], [8, "b", 100.6, 7.21, 40]]})
    with pytest.warns(
        DataQualityWarning, match=r"sheet 's': cells that hold an error .* in row 2;"
    ):
        layer = read(path)
    assert layer["seats"].isna().tolist() == [True, False]


def test_formulas_without_results_are_named_by_cell(write_workbook, read):
    path = write_workbook({"s": [[*HEADER, "seats"], [*ROW, "=20*2"]]})
    with pytest.warns(DataQualityWarning, match=r"formulas without stored results.* in cell E2"):
        assert read(path)["seats"].isna().all()


def test_a_stored_result_stands_for_its_formula(write_workbook, read):
    path = write_workbook({"s": [[*HEADER, "seats"], [*ROW, "=20*2"]]})
    rewritten(
        path,
        "sheet1.xml",
        lambda raw: raw.replace(b"<v /></c>", b"<v>40</v></c>").replace(
            b"<v></v></c>", b"<v>40</v></c>"
        ),
    )
    assert read(path)["seats"].tolist() == [40]


def test_names_that_look_like_formulas_are_plain_data(write_workbook, read):
    path = write_workbook({"s": [HEADER, [1, "'=cmd|' /C calc'!A0", 100.59, 7.2]]})
    assert read(path)["name"].tolist() == ["'=cmd|' /C calc'!A0"]


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([[], HEADER, ROW], "row 1 is blank; .* above row 2"),
        ([["Register of temples"], HEADER, ROW], "rows 2, 3 have cells without a column name"),
        ([["id", "id", "lon", "lat"], ROW], r"the columns \['id'\] occur more than once"),
        ([[], [None, " "]], "is empty"),
    ],
)
def test_what_is_no_table_says_so(write_workbook, read, rows, fault):
    with pytest.raises(LoadError, match=fault):
        read(write_workbook({"s": rows}))


def test_a_document_type_in_a_workbook_is_refused(write_workbook, read):
    path = write_workbook({"s": [HEADER, ROW]})
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet'
    rewritten(path, "sheet1.xml", lambda raw: raw.replace(b"<worksheet", bomb, 1))
    with pytest.raises(LoadError, match=r"sheet1.xml declares a document type"):
        read(path)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "is empty"),
        (b"id,name\n1,a\n", "is no zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "of the old kind or locked by a password"),
        (b"PK\x03\x04rest", "is no zip archive, or damaged"),
    ],
)
def test_what_is_no_workbook_says_so(write_csv, read, content, fault):
    with pytest.raises(LoadError, match=fault):
        read(write_csv(content, name="places.xlsx"))


def test_a_missing_workbook_names_the_nearest(write_workbook, read, tmp_path):
    write_workbook({"s": [HEADER, ROW]})
    with pytest.raises(LoadError, match=r"no such file; did you mean 'places.xlsx'\?"):
        read(tmp_path / "place.xlsx")


def test_another_kind_of_archive_is_no_workbook(tmp_path, read):
    path = tmp_path / "places.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "x")
    with pytest.raises(LoadError, match="is no workbook that can be read"):
        read(path)


def test_the_size_a_sheet_claims_is_not_believed(write_workbook, read):
    path = write_workbook({"s": [HEADER, ROW]})
    rewritten(path, "sheet1.xml", lambda raw: raw.replace(b'ref="A1:D2"', b'ref="A1:A1"'))
    assert len(read(path)) == 1
