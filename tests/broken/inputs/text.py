"""Faults of text: encodings, quotes, cells that are no text, columns and words."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import pyogrio
from broken.inputs.town import (
    HEADER,
    PLACES,
    Mends,
    Outcome,
    broken,
    csv,
    error,
    frame,
    refused,
    table,
    vector,
    warning,
)

if TYPE_CHECKING:
    from pathlib import Path

THAI_NAMES = tuple(place[1] for place in PLACES)


def write_shapefile(path: Path, places, encoding: str, cpg: str | None = None) -> None:
    """A Shapefile in an encoding, which its .cpg states, misstates or leaves open."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pyogrio's remarks on lossy characters
        pyogrio.write_dataframe(places, path, encoding=encoding)
    path.with_suffix(".cpg").unlink(missing_ok=True)
    if cpg is not None:
        path.with_suffix(".cpg").write_text(cpg)
    dbf = path.with_suffix(".dbf")
    raw = bytearray(dbf.read_bytes())
    raw[1:4] = bytes((124, 1, 15))  # the day it was written: the same bytes every day
    raw[29] = 0  # the language byte: says nothing
    dbf.write_bytes(raw)


@broken(
    "temples.shp",
    warning("cp874", "Thai", 'encoding = "cp874"'),
    then=Outcome(
        rows_in=4,
        out=4,
        names=THAI_NAMES,
        mended=(Mends("encoding", None, "", "not stated", "cp874"),),
    ),
)
def shapefile_cp874_without_cpg(folder):
    """What a Thai office's ArcMap writes: nothing says that the text is Windows-874."""
    write_shapefile(folder / "temples.shp", frame(), "cp874")
    return vector("temples.shp")


@broken(
    "temples.shp",
    warning("temples.cpg says", "garbage", "วัดกลาง", 'encoding = "cp874"'),
    warning("where it was cp874", "features 1, 2, 3, 4", 'accept = ["mojibake"]'),
    then=Outcome(
        rows_in=4,
        out=4,
        names=("ÇÑ´¡ÅÒ§", "Ê§¢ÅÒ", "ËÒ´ãË\xadè", "à¡ÒÐÂÍ"),
        proposed={"mojibake": (1, 2, 3, 4)},
    ),
)
def shapefile_cp874_that_says_latin_1(folder):
    """A .cpg copied from another layer."""
    write_shapefile(folder / "temples.shp", frame(), "cp874", cpg="ISO-8859-1")
    return vector("temples.shp")


@broken(
    "temples.csv",
    warning("cp874", "Thai", 'encoding = "cp874"'),
    then=Outcome(
        rows_in=4,
        out=4,
        names=THAI_NAMES,
        mended=(Mends("encoding", None, "", "not UTF-8", "cp874"),),
    ),
)
def csv_saved_as_ansi_on_a_thai_computer(folder):
    (folder / "temples.csv").write_bytes(csv().encode("cp874"))
    return table("temples.csv")


@broken("temples.csv", then=Outcome(rows_in=4, out=4, names=THAI_NAMES))
def csv_semicolons_utf16(folder):
    """What Excel calls "Unicode text", with the list separator of a French Windows."""
    (folder / "temples.csv").write_bytes(csv().replace(",", ";").encode("utf-16"))
    return table("temples.csv")


@broken(
    "temples.csv",
    error("UTF-8 but damaged", "'name' of row 3"),
    then=refused("temples.csv", "row 3", "export it again"),
)
def csv_with_a_damaged_cell(folder):
    """One Thai letter lost its last byte on the way."""
    raw = csv().encode()
    at = raw.index("สงขลา".encode())
    (folder / "temples.csv").write_bytes(raw[: at + 2] + raw[at + 3 :])
    return table("temples.csv")


@broken("temples.csv", then=Outcome(rows_in=3, out=3))
def html_and_formula_in_names(folder):
    """Text that is a script to a page and a formula to a spreadsheet is a name to us."""
    rows = [
        "p1,<script>alert(1)</script>,wat,100.591,7.201",
        'p2,"=HYPERLINK(""http://x.example"",""y"")",wat,100.592,7.202',
        "p3,../../etc/passwd,wat,100.593,7.203",
    ]
    (folder / "temples.csv").write_text(csv(*rows), encoding="utf-8")
    return table("temples.csv")


@broken(
    "temples.csv",
    error("'watt'", "row 3", "'wat'", "'spirit of the pier'", "row 4", "concepts = "),
    then=refused("'watt'", "'spirit of the pier'"),
)
def unknown_concept_words(folder):
    rows = [
        "p1,A,wat,100.591,7.201",
        "p2,B,watt,100.592,7.202",
        "p3,C,spirit of the pier,100.593,7.203",
    ]
    (folder / "temples.csv").write_text(csv(*rows), encoding="utf-8")
    return table("temples.csv")


@broken(
    "temples.csv",
    error("no column 'kind'", "'knid'"),
    then=refused("no column 'kind'", "'knid'"),
)
def column_name_with_a_slip(folder):
    (folder / "temples.csv").write_text(
        csv(header=HEADER.replace("kind", "knid")), encoding="utf-8"
    )
    return table("temples.csv")


@broken(
    "temples.shp",
    error("no column 'temple_name_th'", "temple_nam"),
    then=refused("no column 'temple_name_th'", "temple_nam"),
)
def dbf_field_names_cut(folder):
    """A DBF field's name holds ten bytes; the configuration has the name of the database."""
    places = frame().rename(columns={"name": "temple_nam"})
    write_shapefile(folder / "temples.shp", places, "utf-8", cpg="UTF-8")
    return vector("temples.shp").replace('name = "name"', 'name = "temple_name_th"')


@broken(
    "temples.csv",
    error("'p1'", "rows 2, 4", "more than once"),
    then=refused("'p1'", "rows 2, 4"),
)
def ids_repeated(folder):
    rows = [
        "p1,A,wat,100.591,7.201",
        "p2,B,wat,100.592,7.202",
        "p1,C,wat,100.593,7.203",
    ]
    (folder / "temples.csv").write_text(csv(*rows), encoding="utf-8")
    return table("temples.csv")


@broken(
    "more.csv",
    warning("1 id of 2", "also in another file", "[[source]]"),
    then=Outcome(rows_in=2, out=2),
)
def two_files_of_one_source_that_number_from_one(folder):
    """Each sheet of a register was saved as a file, and rows of each are numbered from 1."""
    more = csv("p1,X,wat,100.581,7.191", "p9,Y,wat,100.582,7.192")
    (folder / "more.csv").write_text(more, encoding="utf-8")
    (folder / "temples.csv").write_text(csv("p1,A,wat,100.591,7.201", "p2,B,wat,100.592,7.202"))
    return table("temples.csv") + table("more.csv")


@broken(
    "temples.csv",
    warning("no id", "row 3"),
    then=Outcome(rows_in=3, out=2, quarantined={"no_id": (3,)}),
)
def ids_missing_in_some_rows(folder):
    rows = ["p1,A,wat,100.591,7.201", ",B,wat,100.592,7.202", "p3,C,wat,100.593,7.203"]
    (folder / "temples.csv").write_text(csv(*rows), encoding="utf-8")
    return table("temples.csv")


@broken(
    "temples.csv",
    warning("no concept", "row 3"),
    then=Outcome(rows_in=3, out=2, quarantined={"no_concept": (3,)}),
)
def concept_missing_in_some_rows(folder):
    rows = ["p1,A,wat,100.591,7.201", "p2,B,,100.592,7.202", "p3,C,wat,100.593,7.203"]
    (folder / "temples.csv").write_text(csv(*rows), encoding="utf-8")
    return table("temples.csv")


@broken(
    "temples.csv",
    warning("the same as row 2", "row 4"),
    then=Outcome(rows_in=4, out=3, quarantined={"exact_duplicate": (4,)}),
)
def exact_duplicate_rows(folder):
    """A block pasted twice."""
    rows = [
        "p1,A,wat,100.591,7.201",
        "p2,B,wat,100.592,7.202",
        "p1,A,wat,100.591,7.201",
        "p3,C,wat,100.593,7.203",
    ]
    (folder / "temples.csv").write_text(csv(*rows), encoding="utf-8")
    return table("temples.csv")


@broken("temples.csv", warning("no row below it"), then=Outcome(rows_in=0, out=0))
def empty_layer(folder):
    """A header, and nothing under it."""
    (folder / "temples.csv").write_text(HEADER + "\n", encoding="utf-8")
    return table("temples.csv")


@broken(
    "temples.csv",
    error("quote is opened and never closed", "row 3 runs"),
    then=refused("temples.csv", "quote", "row 3"),
)
def csv_unclosed_quote(folder):
    """An inch sign at the start of a name swallows every row after it."""
    rows = [
        "p1,Wat Klang,wat,100.591,7.201",
        'p2,"12 inch shop,wat,100.592,7.202',
        *csv().split("\n")[3:5],
    ]
    (folder / "temples.csv").write_text(csv(*rows), encoding="utf-8")
    return table("temples.csv")


@broken(
    "temples.csv",
    error("NUL", "line 3"),
    then=refused("temples.csv", "NUL"),
)
def csv_with_nul(folder):
    """A database's fixed-width export pads its text with NUL bytes."""
    (folder / "temples.csv").write_bytes(
        csv().encode().replace("สงขลา".encode(), b"Songkhla\x00\x00")
    )
    return table("temples.csv")
