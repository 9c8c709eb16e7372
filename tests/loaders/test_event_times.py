"""When an event is, as people write it; and events without a place, which must not vanish."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from places import CRS
from shapely.geometry import Point

from creative_spatial.errors import DataQualityWarning, LoadError
from creative_spatial.loaders import read_table, read_vector
from creative_spatial.loaders.event_times import read_first_day, read_last_day, read_months
from creative_spatial.provenance import Source
from creative_spatial.resources.calendars import calendar_facts
from creative_spatial.taxonomy import Taxonomy

SOURCE = Source("city", "Calendar", "CC0-1.0", "Town hall")
COMMON = [entry for entry in calendar_facts().months if "gregorian" in entry.calendars]


class TestMonths:
    @pytest.mark.parametrize(
        ("text", "months"),
        [
            ("10", "10"),
            ("1;2;12", "1;2;12"),
            ("12, 1", "1;12"),
            ("Oct-Nov", "10;11"),
            ("October – November", "10;11"),
            ("Nov-Feb", "1;2;11;12"),  # over the end of the year
            ("ต.ค.", "10"),
            ("เดือนตุลาคม", "10"),
            ("ตุลาคม ถึง ธันวาคม", "10;11;12"),
            ("๙-๑๐", "9;10"),
            ("août", "8"),
            ("septembre à octobre", "9;10"),
            ("mars et mai", "3;5"),
            ("Sept/Oct", "9;10"),
            ("April and July", "4;7"),
            ("ตลอดปี", "1;2;3;4;5;6;7;8;9;10;11;12"),
            ("All year", "1;2;3;4;5;6;7;8;9;10;11;12"),
            ("May-May", "5"),
        ],
    )
    def test_months_are_read_as_written(self, text, months):
        assert read_months(text) == months

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "0",
            "13",
            "Mayy",
            "2025-10",
            "Oct-Nov-Dec",
            "ขึ้น 15 ค่ำ เดือน 11",
            "9th lunar month",
            "-",
            ";",
        ],
    )
    def test_what_is_no_month_of_the_common_calendar_is_not_read(self, text):
        assert read_months(text) is None

    @pytest.mark.parametrize("entry", COMMON, ids=lambda entry: entry.names[0][0])
    def test_every_form_of_a_month_is_that_month(self, entry):
        for number, forms in enumerate(entry.names, start=1):
            assert {read_months(form) for form in forms} == {str(number)}

    @pytest.mark.parametrize("word", calendar_facts().whole_year.words)
    def test_every_word_for_the_whole_year_is_twelve_months(self, word):
        assert read_months(word).count(";") == 11
        assert calendar_facts().whole_year.reference


class TestDays:
    @pytest.mark.parametrize(
        ("text", "first", "last"),
        [
            ("2025-10-21", "2025-10-21", "2025-10-21"),
            ("21 October 2025", "2025-10-21", "2025-10-21"),
            ("2025-10", "2025-10-01", "2025-10-31"),
            ("2024", "2024-01-01", "2024-12-31"),
            ("21 ต.ค. พ.ศ. 2568", "2025-10-21", "2025-10-21"),  # names its era
            ("2025-10-21 00:00:00", "2025-10-21", "2025-10-21"),
            ("21/10/2568", None, None),  # of an era that nobody named
            ("soon", None, None),
        ],
    )
    def test_a_date_is_as_wide_as_it_was_written(self, text, first, last):
        assert (read_first_day(text), read_last_day(text)) == (first, last)


def table(folder, text, **options):
    """Read a table of events with the whole taxonomy."""
    path = folder / "events.csv"
    path.write_text(text, encoding="utf-8")
    return read_table(path, source=SOURCE, taxonomy=Taxonomy.load(), target_crs=CRS, **options)


class TestColumns:
    def test_what_cannot_be_read_is_said_with_its_row_and_kept(self, tmp_path):
        text = "id,name,concept,lon,lat,months\n1,Fair,craft_fair,100.6,7.2,Oct\n2,Rite,ritual,100.6,7.2,ขึ้น 9 ค่ำ\n"
        with pytest.warns(
            DataQualityWarning, match=r"months cannot be read in row 3 .*file:months"
        ):
            layer = table(tmp_path, text)
        assert layer["months"].tolist()[0] == "10"
        assert pd.isna(layer["months"].tolist()[1])
        assert layer["file:months"].tolist() == ["Oct", "ขึ้น 9 ค่ำ"]

    def test_a_column_of_that_name_that_means_another_thing_is_set_aside(self, tmp_path):
        text = "id,name,concept,lon,lat,starts\n1,Mill,museum,100.6,7.2,noon\n2,Port,museum,100.7,7.2,dawn\n"
        with pytest.warns(DataQualityWarning, match="starts cannot be read in rows 2, 3"):
            layer = table(tmp_path, text)
        assert "starts" not in layer
        assert layer["file:starts"].tolist() == ["noon", "dawn"]

    def test_an_event_that_ends_before_it_starts_has_no_days(self, tmp_path):
        text = "id,name,concept,lon,lat,starts,ends\n1,Fair,craft_fair,100.6,7.2,2025-10-23,2025-10-21\n"
        with pytest.warns(DataQualityWarning, match="ends before it starts in row 2"):
            layer = table(tmp_path, text)
        assert layer[["starts", "ends", "months"]].isna().all(axis=None)

    def test_months_follow_from_the_days_unless_they_are_given(self, tmp_path):
        text = (
            "id,name,concept,lon,lat,starts,ends,months\n"
            "1,Fair,craft_fair,100.6,7.2,2024-12-30,2025-02-02,\n"
            "2,Rite,ritual,100.7,7.2,2024-12-30,2025-02-02,Dec\n"
        )
        assert table(tmp_path, text)["months"].tolist() == ["1;2;12", "12"]

    BUDDHIST = (
        "id,name,concept,lon,lat,starts,ends\n"
        "1,Fair,craft_fair,100.6,7.2,21/10/2568,29/10/2568\n"
        "2,Rite,ritual,100.7,7.2,13/04/2568,15/04/2568\n"
        "3,Walk,procession,100.8,7.2,28/12/2567,30/12/2567\n"
    )

    @pytest.mark.filterwarnings("ignore::creative_spatial.errors.RepairWarning")
    def test_years_of_the_buddhist_era_are_read_where_the_layer_accepts_that_they_are(
        self, tmp_path
    ):
        layer = table(tmp_path, self.BUDDHIST, accept=["buddhist_dates"])
        assert layer["starts"].tolist() == ["2025-10-21", "2025-04-13", "2024-12-28"]
        assert layer["months"].tolist() == ["10", "4", "12"]

    def test_and_are_proposed_and_not_known_where_it_does_not(self, tmp_path):
        with pytest.warns(DataQualityWarning) as said:
            layer = table(tmp_path, self.BUDDHIST)
        text = " ".join(str(warning.message) for warning in said)
        assert "starts cannot be read in rows 2, 3, 4" in text
        assert 'accept = ["buddhist_dates"]' in text
        assert "starts" not in layer

    def test_numbers_of_a_spreadsheet_are_months(self, tmp_path):
        text = "id,name,concept,lon,lat,months\n1,Fair,craft_fair,100.6,7.2,10\n2,Rite,ritual,100.7,7.2,\n"
        assert table(tmp_path, text)["months"].tolist()[0] == "10"


class TestPlaceless:
    def test_a_table_of_events_needs_no_coordinates(self, tmp_path):
        layer = table(
            tmp_path,
            "id,name,concept,months\n1,Festival,food_festival,Sep\n2,Nora,performing_art,\n",
        )
        assert len(layer) == 0
        assert layer.attrs["rows"]["placeless"] == 2
        kept = layer.attrs["placeless"]
        assert [row["feature_id"] for row in kept] == ["city:1", "city:2"]
        assert kept[0]["months"] == "9"

    def test_rows_with_and_without_a_place_may_stand_in_one_table(self, tmp_path):
        text = "id,name,concept,lon,lat\n1,Fair,craft_fair,100.6,7.2\n2,Festival,food_festival,,\n3,Mill,museum,,\n"
        with pytest.warns(DataQualityWarning, match="1 quarantined, no coordinates: row 4"):
            layer = table(tmp_path, text)
        rows = layer.attrs["rows"]
        assert layer.index.tolist() == ["city:1"]
        assert (rows["in"], rows["out"], rows["placeless"]) == (3, 1, 1)
        assert sum(rows["quarantined"].values()) == 1

    def test_a_building_needs_a_place_and_the_message_says_which_rows(self, tmp_path):
        text = "id,name,concept\n1,Festival,food_festival\n2,Mill,museum\n"
        with pytest.raises(
            LoadError, match=r"no coordinates: .*events and practices may do without, row 3 may not"
        ):
            table(tmp_path, text)

    def test_the_files_own_words_for_concepts_are_understood(self, tmp_path):
        layer = table(tmp_path, "id,name,type\n1,Festival,งานกินเจ\n", columns={"concept": "type"},
                      concepts={"งานกินเจ": "food_festival"})  # fmt: skip
        assert layer.attrs["placeless"][0]["concept"] == "food_festival"

    def test_one_concept_for_all_rows_is_understood(self, tmp_path):
        layer = table(tmp_path, "id,name\n1,Festival\n", concept="food_festival")
        assert layer.attrs["rows"]["placeless"] == 1

    def test_coordinates_that_cannot_be_read_are_no_missing_place(self, tmp_path):
        text = "id,name,concept,lon,lat\n1,Fair,craft_fair,100.6,7.2\n2,Festival,food_festival,here,there\n"
        with pytest.warns(DataQualityWarning, match="1 quarantined, .*row 3"):
            layer = table(tmp_path, text)
        assert "placeless" not in layer.attrs["rows"]

    def test_what_is_not_for_everybody_is_not_kept_so(self, tmp_path):
        text = "id,name,concept,lon,lat,consent\n1,Fair,craft_fair,100.6,7.2,yes\n2,Family rite,ritual,,,no\n"
        with pytest.warns(DataQualityWarning, match="1 quarantined, no coordinates: row 3"):
            layer = table(tmp_path, text)
        assert "placeless" not in layer.attrs

    def test_an_id_that_repeats_is_a_fault_with_or_without_a_place(self, tmp_path):
        text = "id,name,concept,lon,lat\n1,Fair,craft_fair,100.6,7.2\n1,Festival,food_festival,,\n"
        with pytest.raises(LoadError, match="1 id occurs more than once: '1' in rows 2, 3"):
            table(tmp_path, text, columns={"id": "id"})

    def test_the_same_row_twice_counts_once(self, tmp_path):
        text = "id,name,concept\n1,Festival,food_festival\n1,Festival,food_festival\n"
        with pytest.warns(DataQualityWarning, match="the same as row 2"):
            layer = table(tmp_path, text)
        assert layer.attrs["rows"]["placeless"] == 1

    def test_a_shape_that_was_never_drawn_is_an_event_without_a_place_too(self, tmp_path):
        path = tmp_path / "events.geojson"
        rows = {
            "id": ["1", "2"],
            "name": ["Fair", "Festival"],
            "concept": ["craft_fair", "food_festival"],
        }
        gpd.GeoDataFrame(rows, geometry=[Point(100.6, 7.2), None], crs=4326).to_file(path)
        layer = read_vector(path, source=SOURCE, taxonomy=Taxonomy.load(), target_crs=CRS)
        assert layer.index.tolist() == ["city:1"]
        assert layer.attrs["placeless"][0]["feature_id"] == "city:2"
        assert pd.concat([layer, layer.copy()]).shape[0] == 2  # records in attrs can be compared
