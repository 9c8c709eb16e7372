"""Faults that are only proposed to be mended, since a person must say whether it is right."""

from __future__ import annotations

from broken.inputs.text import THAI_NAMES
from broken.inputs.town import (
    HEADER,
    PLACES,
    Mends,
    Outcome,
    broken,
    csv,
    note,
    table,
    warning,
)


@broken(
    "temples.csv",
    warning(
        "10 places with names of their own",
        "one and the same point",
        "rows 2, 3, 4, 5, 6 and 5 more",
    ),
    then=Outcome(rows_in=12, out=12),
)
def addresses_looked_up_no_further_than_the_town(folder):
    """A geocoder that knew no house numbers; the last row says how unsure it is."""
    rows = [f"p{i},Wat {i},wat,100.5901,7.2001," for i in range(10)]
    rows += ["pa,Wat a,wat,100.591,7.201,", "pb,Wat b,wat,100.5901,7.2001,900"]
    text = csv(*rows, header=f"{HEADER},uncertainty_m")
    (folder / "temples.csv").write_text(text, encoding="utf-8")
    return table("temples.csv")


@broken(
    "temples.csv",
    warning("cp1252 where it was cp874", "rows 2, 3, 4, 5", "วัดกลาง", 'accept = ["mojibake"]'),
    then=Outcome(rows_in=4, out=4, proposed={"mojibake": (2, 3, 4, 5)}),
)
def stored_mojibake(folder):
    """Thai that was read as Western European once and saved so."""
    (folder / "temples.csv").write_text(csv(*_mojibake_rows()), encoding="utf-8")
    return table("temples.csv")


@broken(
    "temples.csv",
    note("4 repaired", "rows 2, 3, 4, 5"),
    then=Outcome(
        rows_in=4,
        out=4,
        names=THAI_NAMES,
        mended=(
            Mends("mojibake", 2, "name", "ÇÑ´¡ÅÒ§", "วัดกลาง"),
            Mends("mojibake", 3, "name", "Ê§¢ÅÒ", "สงขลา"),
        ),
    ),
)
def stored_mojibake_that_is_accepted(folder):
    (folder / "temples.csv").write_text(csv(*_mojibake_rows()), encoding="utf-8")
    return table("temples.csv", 'accept = ["mojibake"]')


def _mojibake_rows():
    return [
        f"{key},{name.encode('cp874').decode('cp1252')},{kind},{lon},{lat}"
        for key, name, kind, lon, lat in PLACES
    ]


@broken(
    "temples.csv",
    warning("one name and concept", "2 and 3", 'accept = ["near_duplicates"]'),
    then=Outcome(rows_in=3, out=3, proposed={"near_duplicates": (3,)}),
)
def the_same_temple_twice_under_two_ids(folder):
    """Two clerks entered it, eleven metres apart."""
    rows = [
        "p1,Wat Klang,wat,100.5910,7.201",
        "p9,Wat Klang,wat,100.5911,7.201",
        "p3,C,wat,100.593,7.203",
    ]
    (folder / "temples.csv").write_text(csv(*rows), encoding="utf-8")
    return table("temples.csv")


@broken(
    "temples.csv",
    warning("Buddhist", "rows 2, 3, 4", 'accept = ["buddhist_dates"]'),
    then=Outcome(rows_in=3, out=3, proposed={"buddhist_dates": (2, 3, 4)}),
)
def buddhist_dates(folder):
    (folder / "temples.csv").write_text(
        _dated("2400", "15 ม.ค. 2561", "พ.ศ. ๒๕๖๕"), encoding="utf-8"
    )
    return _dated_table()


@broken(
    "temples.csv",
    warning("a part of its dates", "rows 2, 4", 'accept = ["buddhist_dates"]'),
    then=Outcome(rows_in=3, out=3, proposed={"buddhist_dates": (2, 4)}),
)
def buddhist_dates_among_others(folder):
    """Two clerks, two calendars."""
    (folder / "temples.csv").write_text(
        _dated("2567-03-04", "2024-01-05", "2560-12-31"), encoding="utf-8"
    )
    return _dated_table()


@broken(
    "temples.csv",
    warning("two digits", "rows 2, 3, 4", "in full"),
    then=Outcome(rows_in=3, out=3),
)
def years_of_two_digits(folder):
    (folder / "temples.csv").write_text(_dated("04/03/67", "15/12/66", "1/1/65"), encoding="utf-8")
    return _dated_table()


@broken(
    "temples.csv",
    note("3 repaired", "rows 2, 3, 4"),
    then=Outcome(
        rows_in=3,
        out=3,
        mended=(
            Mends("buddhist_dates", 2, "founded", "2561", "2018"),
            Mends("buddhist_dates", 3, "founded", "15 ม.ค. 2561", "2018-01-15"),
            Mends("buddhist_dates", 4, "founded", "พ.ศ. ๒๕๖๕", "2022"),
        ),
    ),
)
def buddhist_dates_that_are_accepted(folder):
    (folder / "temples.csv").write_text(
        _dated("2561", "15 ม.ค. 2561", "พ.ศ. ๒๕๖๕"), encoding="utf-8"
    )
    return _dated_table('accept = ["buddhist_dates"]')


@broken(
    "temples.csv",
    warning("Persian", "rows 2, 3, 4", 'accept = ["persian_dates"]'),
    then=Outcome(rows_in=3, out=3, proposed={"persian_dates": (2, 3, 4)}),
)
def persian_dates(folder):
    (folder / "temples.csv").write_text(
        _dated("1402/07/15", "۱۵ مهر ۱۴۰۱", "۱۳۹۹"), encoding="utf-8"
    )
    return _dated_table()


def _dated(*dates):
    rows = [f"p{i},Place {i},wat,100.59{i},7.20{i},{date}" for i, date in enumerate(dates, start=1)]
    return csv(*rows, header=HEADER + ",founded")


def _dated_table(*more):
    return table("temples.csv", *more)
