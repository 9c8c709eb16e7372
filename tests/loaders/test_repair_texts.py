"""Wrongly decoded text, dates of other calendars and digits of other scripts in a layer's cells."""

from __future__ import annotations

import warnings

import pytest
from places import CRS as WORKING
from places import square

from creative_spatial.errors import (
    CreativeSpatialWarning,
    DataQualityWarning,
    EmptyLayerWarning,
    RepairWarning,
)
from creative_spatial.loaders import undo_repairs
from creative_spatial.loaders.table import read_table

AREA = square(-10, -10, 30, 30)


@pytest.fixture
def read(source):
    """Read temples in Songkhla."""

    def read_with(path, **options):
        settings = {"source": source, "target_crs": WORKING, "concept": "wat", "boundary": AREA}
        return read_table(path, **{**settings, **options})

    return read_with


@pytest.fixture
def quietly(read):
    """Read, whatever is said."""

    def read_with(path, **options):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return read(path, **options)

    return read_with


def table(header, *cells):
    """A table of places a street apart with one more column."""
    rows = [f"{n},n{n},100.5{n},7.2,{cell}" for n, cell in enumerate(cells, start=1)]
    return "\n".join([f"id,name,lon,lat,{header}", *rows]) + "\n"


# --- text that was decoded wrongly before it was stored -------------------------------------------

# Each is the Thai word's bytes in cp874 read as cp1252; the first is the domain report's.
GARBAGE = table("th", "Ê§¢ÅÒ", "ËÒ´ãËè", "Wat Pho")


def test_text_that_looks_wrongly_decoded_is_proposed_with_its_rows(write_csv, read):
    with pytest.warns(DataQualityWarning) as caught:
        layer = read(write_csv(GARBAGE))
    assert layer["th"].tolist() == ["Ê§¢ÅÒ", "ËÒ´ãËè", "Wat Pho"]
    (message,) = [str(w.message) for w in caught]
    assert "column 'th' looks decoded as cp1252 where it was cp874, in rows 2, 3" in message
    assert "'Ê§¢ÅÒ' would be 'สงขลา'" in message
    assert message.endswith('write `accept = ["mojibake"]` in the layer\'s table.')
    (proposal,) = layer.attrs["proposals"]
    assert (proposal.kind, proposal.rows) == ("mojibake", (2, 3))


def test_accepted_text_is_set_right_and_comes_back_when_undone(write_csv, read, quietly):
    with pytest.warns(
        RepairWarning, match=r"2 repaired, text stored after.*'Ê§¢ÅÒ' is now 'สงขลา'"
    ):
        layer = read(write_csv(GARBAGE), accept=["mojibake"])
    assert layer["th"].tolist() == ["สงขลา", "หาดให่", "Wat Pho"]
    assert layer.attrs["rows"]["repaired"] == 2
    as_it_was = quietly(write_csv(GARBAGE), repair=False)
    assert undo_repairs(layer)["th"].tolist() == as_it_was["th"].tolist()


def test_the_concepts_words_are_set_right_before_they_are_looked_up(write_csv, quietly, taxonomy):
    # "วัด" in cp874, read as cp1252
    text = table("kind", "ÇÑ´", "ÇÑ´ÇÑ´", "wat")
    layer = quietly(
        write_csv(text),
        taxonomy=taxonomy,
        concept=None,
        columns={"concept": "kind"},
        concepts={"วัด": "wat", "วัดวัด": "wat"},
        accept=["mojibake"],
    )
    assert layer["concept"].tolist() == ["wat"] * 3


def test_real_french_and_vietnamese_are_no_garbage(write_csv, read):
    layer = read(write_csv(table("word", "Café Größe", "Chùa Một Cột", "Îles à l'été")))
    assert layer.attrs["proposals"] == ()


# --- dates of other calendars ---------------------------------------------------------------------

BUDDHIST = table("opened", "15 ม.ค. 2567", "1 ก.พ. 2566", "3/4/2565", "20 ธ.ค. 2560")


def test_dates_of_the_buddhist_era_are_proposed(write_csv, read):
    with pytest.warns(DataQualityWarning) as caught:
        layer = read(write_csv(BUDDHIST))
    assert layer["opened"].tolist()[0] == "15 ม.ค. 2567"
    untold, message = [str(w.message) for w in caught]
    assert "day and month cannot be told apart in row 4" in untold, "3/4 may be in March or April"
    assert "dates in column 'opened' are of the Buddhist era" in message
    assert "rows 2, 3, 5 (first: '15 ม.ค. 2567' would be '2024-01-15')" in message
    assert 'accept = ["buddhist_dates"]' in message


def test_accepted_dates_are_of_the_common_era_and_come_back(write_csv, quietly):
    layer = quietly(write_csv(BUDDHIST), accept=["buddhist_dates"])
    assert layer["opened"].tolist() == ["2024-01-15", "2023-02-01", "3/4/2565", "2017-12-20"]
    assert undo_repairs(layer)["opened"].tolist()[0] == "15 ม.ค. 2567"


def test_years_in_a_column_that_is_called_so_stay_numbers(write_csv, quietly):
    text = table("started", "2541", "2545", "2567")
    assert quietly(write_csv(text)).attrs["proposals"][0].kind == "buddhist_dates"
    layer = quietly(write_csv(text), accept=["buddhist_dates"])
    assert layer["started"].tolist() == [1998, 2002, 2024]  # BE = CE + 543
    assert undo_repairs(layer)["started"].tolist() == [2541, 2545, 2567]


def test_numbers_in_a_column_of_another_name_are_no_dates(write_csv, read):
    assert read(write_csv(table("visitors", "2541", "2545", "2567"))).attrs["proposals"] == ()


def test_persian_dates_are_proposed_and_accepted(write_csv, quietly):
    # 1 Farvardin 1403 was 20 March 2024; 1 Mehr 1402 was 23 September 2023.
    text = table("date", "۱۴۰۳/۰۱/۰۱", "1402/07/01", "1400/01/01")
    assert quietly(write_csv(text)).attrs["proposals"][0].kind == "persian_dates"
    layer = quietly(write_csv(text), accept=["persian_dates"])
    assert layer["date"].tolist()[:2] == ["2024-03-20", "2023-09-23"]


def test_common_dates_are_left_alone(write_csv, read):
    layer = read(write_csv(table("opened", "2024-01-15", "2023-02-01", "2017-12-20")))
    assert layer.attrs["proposals"] == ()


MIXED = table("opened", "2567-03-04", "2024-01-05", "2560-12-31", "2023-02-03")


def test_a_part_of_another_calendar_is_proposed_and_the_rest_stays(write_csv, read):
    with pytest.warns(
        DataQualityWarning, match=r"'opened' is mixed: a part .* Buddhist era"
    ) as caught:
        layer = read(write_csv(MIXED))
    (message,) = [str(w.message) for w in caught]
    assert "rows 2, 4 (first: '2567-03-04' would be '2024-03-04')" in message
    assert 'accept = ["buddhist_dates"]' in message
    assert layer["opened"].tolist() == ["2567-03-04", "2024-01-05", "2560-12-31", "2023-02-03"]


def test_an_accepted_part_alone_is_changed(write_csv, quietly):
    layer = quietly(write_csv(MIXED), accept=["buddhist_dates"])
    assert layer["opened"].tolist() == ["2024-03-04", "2024-01-05", "2017-12-31", "2023-02-03"]
    assert undo_repairs(layer)["opened"].tolist()[0] == "2567-03-04"


def test_one_date_of_the_common_era_among_many_buddhist_ones_stays(write_csv, quietly):
    text = table("opened", *[f"25{k}-03-04" for k in range(50, 59)], "2024-01-05")
    layer = quietly(write_csv(text), accept=["buddhist_dates"])
    assert layer["opened"].tolist()[0] == "2007-03-04"
    assert layer["opened"].tolist()[-1] == "2024-01-05", "not 1481"


def test_a_part_that_is_persian_is_proposed(write_csv, quietly):
    (found,) = quietly(write_csv(table("date", "1402/07/01", "2023-09-24", "2024-01-01"))).attrs[
        "proposals"
    ]
    assert (found.kind, found.rows) == ("persian_dates", (2,))


def test_an_old_year_among_years_is_of_the_common_era(write_csv, read):
    layer = read(write_csv(table("founded", "1397", "1950", "1960", "1999")))
    assert layer.attrs["proposals"] == ()


def test_buddhist_days_that_may_be_months_are_said(write_csv, read):
    text = table("opened", "3/4/2565", "5/6/2566", "7/8/2567")
    with pytest.warns(DataQualityWarning, match=r"Buddhist era.*rows 2, 3, 4.*year first"):
        read(write_csv(text))


@pytest.mark.parametrize(
    ("cells", "read_as"),
    [
        (("12/05/2565", "25/12/2565", "31/1/2566"), ["2022-05-12", "2022-12-25", "2023-01-31"]),
        (("12/05/2565", "12/25/2565", "1/31/2566"), ["2022-12-05", "2022-12-25", "2023-01-31"]),
        # Both orders are there, or neither shows: what may be read either way stays.
        (("12/05/2565", "25/12/2565", "1/31/2566"), ["12/05/2565", "2022-12-25", "2023-01-31"]),
        (("12/05/2565", "5/5/2565", "2566-01-31"), ["12/05/2565", "2022-05-05", "2023-01-31"]),
    ],
)
def test_day_and_month_have_the_order_that_the_other_rows_show(write_csv, quietly, cells, read_as):
    layer = quietly(write_csv(table("opened", *cells)), accept=["buddhist_dates"])
    assert layer["opened"].tolist() == read_as


def test_a_proposal_says_in_which_order_day_and_month_were_read(write_csv, quietly):
    layer = quietly(write_csv(table("opened", "12/05/2565", "25/12/2565", "31/1/2566")))
    (found,) = layer.attrs["proposals"]
    assert found.rows == (2, 3, 4)
    assert "'12/05/2565' would be '2022-05-12', day first as in other rows)" in found.message


def test_dates_that_stay_of_another_era_are_named_by_row_where_the_rest_is_mended(write_csv, read):
    with pytest.warns(CreativeSpatialWarning) as caught:
        layer = read(write_csv(BUDDHIST), accept=["buddhist_dates"])
    assert layer["opened"].tolist()[2] == "3/4/2565"
    (untold,) = [str(w.message) for w in caught if "told apart" in str(w.message)]
    assert "told apart in row 4, which stay" in untold


@pytest.mark.parametrize(
    ("cells", "rows"),
    [
        (("29 กุมภาพันธ์ 2566", "5 ธันวาคม 2565", "5 ธ.ค. 2565"), "row 2"),  # 2023 has 28 days
        (("2565-02-29", "2565-13-01", "2565-12-01"), "rows 2, 3"),
        (("2023-02-29", "2024-02-29", "2024-04-31"), "rows 2, 4"),
        (("1402/12/30", "1403/12/30", "1402/13/01"), "rows 2, 4"),  # 1403 has a leap day
        (("30/30/2565", "25/12/2565", "31/1/2566"), "row 2"),
    ],
)
def test_days_that_no_calendar_has_are_named_by_row(write_csv, read, cells, rows):
    with pytest.warns(CreativeSpatialWarning) as caught:
        read(write_csv(table("opened", *cells)), accept=["buddhist_dates", "persian_dates"])
    (found,) = [str(w.message) for w in caught if "does not have" in str(w.message)]
    assert f"days that their calendar does not have, in {rows} (first: '{cells[0]}')" in found


def test_years_in_the_far_future_are_said(write_csv, read):
    text = table("opened", "2024-01-05", "2924-01-05", "2023-02-03")
    with pytest.warns(DataQualityWarning, match=r"far future.*row 3 \(first: '2924-01-05'\)"):
        read(write_csv(text))


@pytest.mark.parametrize(
    "cells", [("04/03/67", "15/12/66", "1/1/65"), ("15 ม.ค. 67", "1 ก.พ. 66", "3 เม.ย. 65")]
)
def test_years_of_two_digits_have_no_known_century(write_csv, read, cells):
    with pytest.warns(
        DataQualityWarning, match=r"two digits, whose century .* rows 2, 3, 4"
    ) as caught:
        layer = read(write_csv(table("opened", *cells)))
    assert "write the years in full" in str(caught[0].message)
    assert layer["opened"].tolist() == list(cells)


@pytest.mark.parametrize(
    "cells",
    [
        ("12/3/45", "Moo 4", "88/1", "Soi 5"),  # addresses
        ("40/50/60", "41/51/61", "42/52/62"),
        ("1-2-345", "1-2-346", "1-2-347"),
        ("1500", "2200", "2500", "3000"),
    ],
)
def test_other_numbers_are_no_dates(write_csv, read, cells):
    assert read(write_csv(table("plot", *cells))).attrs["proposals"] == ()


# --- digits ---------------------------------------------------------------------------------------


def test_numbers_in_thai_and_persian_digits_are_numbers(write_csv, read):
    with pytest.warns(RepairWarning, match=r"2 repaired, digits of another script.*: rows 2, 3"):
        layer = read(write_csv(table("seats", "๑๒๐", "۸۰", "45")))
    assert layer["seats"].tolist() == [120, 80, 45]
    assert undo_repairs(layer)["seats"].tolist()[:2] == ["๑๒๐", "۸۰"]


def test_digits_in_names_and_codes_stay(write_csv, read):
    text = "id,name,lon,lat,code\n๑,วัด ๑,100.59,7.2,๐๐๗\n๒,วัด ๒,100.6,7.2,๐๐๘\n"
    layer = read(write_csv(text))
    assert layer.index.tolist() == ["hall:๑", "hall:๒"]
    assert layer["name"].tolist() == ["วัด ๑", "วัด ๒"]
    assert layer["code"].tolist() == ["๐๐๗", "๐๐๘"], "leading zeros are a code's"


def test_with_repair_off_nothing_is_proposed_or_changed(write_csv, read):
    layer = read(write_csv(table("seats", "๑๒๐", "Ê§¢ÅÒ", "45")), repair=False)
    assert layer["seats"].tolist() == ["๑๒๐", "Ê§¢ÅÒ", "45"]
    assert layer.attrs["proposals"] == layer.attrs["repairs"] == ()


def test_an_uncertainty_in_other_digits_is_read_and_recorded(write_csv, read):
    with pytest.warns(RepairWarning) as caught:
        layer = read(write_csv(table("uncertainty_m", '"12,5"', "๒๕๐", "40")))
    assert layer["uncertainty_m"].tolist() == [12.5, 250.0, 40.0]
    assert {r.kind for r in layer.attrs["repairs"]} == {"decimal_comma", "digits"}
    assert len(caught) == 2


# --- what is not for everybody --------------------------------------------------------------------


def test_a_flagged_row_is_quoted_in_no_message(write_csv, read):
    text = (
        "id,name,lon,lat,sensitivity,th\n1,a,๑๐๐.๕๙,7.2,grave,Ê§¢ÅÒ\n"
        "2,b,๑๐๐.๖๐,7.2,,Wat\n3,c,abc,7.2,grave,x\n4,d,100.61,7.2,grave,ËÒ´ãËè\n"
    )
    with pytest.warns(DataQualityWarning) as caught:
        layer = read(write_csv(text))
    told = " ".join(str(w.message) for w in caught)
    assert "row 4 (first: withheld)" in told
    assert "'๑๐๐.๖๐' is now 100.6" in told, "of a row that anybody may see"
    assert "๑๐๐.๕๙" not in told
    assert "Ê§¢ÅÒ" not in told
    assert [q.row for q in layer.attrs["quarantine"]] == [4]
    assert not any("abc" in q.reason for q in layer.attrs["quarantine"])


def test_where_flagged_rows_lie_that_miss_the_area_is_not_said(write_csv, read):
    text = "id,name,lon,lat,sensitivity\n1,a,101.593,6.206,grave\n"
    with pytest.warns((EmptyLayerWarning, DataQualityWarning)) as told:
        read(write_csv(text))
    said = [str(warning.message) for warning in told]
    assert any("not in the area. Where they are is not for" in text for text in said)
    assert any("1 of 1 is not public, and the middle of its cell" in text for text in said)
    assert "101.59" not in " ".join(said)
    with pytest.warns(EmptyLayerWarning, match="lon 101.593"):
        read(write_csv(text.replace("grave", "")))
