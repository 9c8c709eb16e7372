"""Counts of places elsewhere: what a register may look like, and what is wrong with it."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from creative_spatial.analysers.fields.quotients import field_quotients
from creative_spatial.config import CityConfig
from creative_spatial.errors import ConfigError, DataQualityWarning, InputError, LoadError
from creative_spatial.loaders import load_city
from creative_spatial.loaders.reference import read_reference, read_results_reference
from creative_spatial.provenance import Source
from creative_spatial.taxonomy import Taxonomy

TAXONOMY = Taxonomy.load()
SOURCE = Source(id="dbd", title="Register of firms", license="CC0-1.0", attribution="DBD")
FIELDS = "field,count\ngastronomy,120\nfilm,0\ntotal,4000\n"


@pytest.fixture
def read(tmp_path):
    """Read a text as a table of counts."""

    def reading(text, *, encoded="utf-8", source=SOURCE, **options):
        path = tmp_path / "register.csv"
        path.write_bytes(text.encode(encoded))
        return read_reference(path, source=source, taxonomy=TAXONOMY, **options)

    return reading


def plain(table):
    return table[["field", "value", "total"]].values.tolist()


class TestFields:
    def test_a_total_row_is_the_whole_of_every_field(self, read):
        table = read(FIELDS)
        assert plain(table) == [["gastronomy", 120, 4000], ["film", 0, 4000]]
        assert table["strength"].isna().all()
        assert set(table["reference"]) == {"Register of firms"}
        assert set(table["source_id"]) == {"dbd"}

    def test_a_total_column_and_the_file_s_own_words(self, read):
        table = read(
            "สาขา;จำนวน;ทั้งหมด\nอาหาร;๑๒๐;4000\nหนัง;7;4000\n",
            columns={"field": "สาขา", "count": "จำนวน", "total": "ทั้งหมด"},
            concepts={"อาหาร": "gastronomy", "หนัง": "film"},
        )
        assert plain(table) == [["gastronomy", 120, 4000], ["film", 7, 4000]]

    def test_an_old_thai_encoding_is_read_as_any_table_is(self, read):
        text = "field,count,name\nfilm,7,ภูเก็ต\ntotal,9,ภูเก็ต\n"
        with pytest.warns(DataQualityWarning, match="read as cp874"):
            table = read(text, encoded="cp874")
        assert table["reference"].tolist() == ["ภูเก็ต"]
        assert read(text, encoded="cp874", encoding="cp874").equals(table)

    def test_several_references_in_one_table_have_a_total_each(self, read):
        table = read("name,field,count,total\nNan,film,1,10\nPhuket,film,2,30\n")
        assert table[["reference", "value", "total"]].values.tolist() == [
            ["Nan", 1, 10], ["Phuket", 2, 30],
        ]  # fmt: skip

    def test_an_illustrative_source_marks_its_rows(self, read):
        made_up = SOURCE.__class__(**{**SOURCE.as_dict(), "accuracy": "illustrative"})
        assert read(FIELDS, source=made_up)["accuracy"].eq("illustrative").all()

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("field,count\nfilm,3\n", r"needs one total of all places.*found none"),
            ("field,count,total\nfilm,3,9\nmusic,3,8\n", r"found several: \[8\.0, 9\.0\]"),
            (
                "field,count\nfilm,30\ntotal,20\n",
                "total of 'Register of firms' is 20, which its rows",
            ),
            ("field,count\nfilms,3\ntotal,9\n", r"row 2: unknown field 'films'.*'film'"),
            ("field,count\nfilm,3\nfilm,4\ntotal,9\n", "count 'film' more than once; add them up"),
            ("field,count\nfilm,many\ntotal,9\n", r"count: row 2: expected whole numbers.*'many'"),
            ("field,count\nfilm,inf\ntotal,inf\n", r"count: rows 2, 3: expected whole numbers"),
            ("field,count\nfilm,1e300\ntotal,1e301\n", r"count: rows 2, 3: expected whole numbers"),
            ("field,count\nfilm,\ntotal,9\n", r"count: row 2: .*found nothing"),
            ("field,count\n,4\ntotal,9\n", r"row 2: a count without a field"),
            ("field,count\n", r"register\.csv has no rows"),
            ("field,count\ntotal,9\n", r"has a total and no count of any field"),
            ("field,count\nfilm,0\ntotal,0\n", r"is 0: nothing can be compared"),
            ("field,count\nfilm,-3\ntotal,9\n", r"count: row 2.*'-3'"),
            ("field,count\nfilm,2.5\ntotal,9\n", r"count: row 2.*'2\.5'"),
            ("field,count\nfilm,\ntotal,9\n", "count: row 2"),
            ("branch,firms\nfilm,3\n", r"counts need a column `field` or `concept`.*branch"),
            ("field,concept,count\nfilm,cinema,3\n", "`field` or `concept`, not both"),
        ],
    )
    def test_what_is_wrong_is_said_with_row_and_remedy(self, read, text, message):
        with pytest.raises(LoadError, match=message):
            read(text)


FILM = {c: s for c, f, s in TAXONOMY.field_evidence().values.tolist() if f == "film"}


class TestConcepts:
    def rows(self, counts):
        return "concept,count\n" + "".join(f"{key},{n}\n" for key, n in counts.items())

    def test_counts_by_concept_are_of_the_fields_they_serve_by_strength(self, read):
        counts = {key: i + 1 for i, key in enumerate(FILM)}
        with pytest.warns(DataQualityWarning, match="left out for want of some of their concepts"):
            table = read(self.rows({**counts, "other": 900}))
        assert set(table["field"]) == {"film"}
        by = table.set_index("strength")["value"]
        assert by["direct"] == sum(n for key, n in counts.items() if FILM[key] == "direct")
        assert by["weak"] == sum(n for key, n in counts.items() if FILM[key] == "weak")
        assert (table["total"] == sum(counts.values()) + 900).all()

    def test_a_field_with_a_concept_missing_is_left_out_with_its_name(self, read):
        lacking = dict.fromkeys(list(FILM)[:-1], 1)
        with pytest.warns(DataQualityWarning, match=f"film without {list(FILM)[-1]}"):
            assert read(self.rows(lacking)).empty

    def test_every_concept_gives_every_field(self, read):
        table = read(self.rows(dict.fromkeys(TAXONOMY.concepts, 1)))
        assert set(table["field"]) == set(TAXONOMY.fields)

    def test_an_unknown_concept_is_to_be_explained(self, read):
        with pytest.raises(
            LoadError, match=r"unknown concept 'cinemas'.*\"other\" for what is none"
        ):
            read("concept,count\ncinemas,3\n")


CITY = """
schema = 1
[city]
name = "Songkhla"
[[boundary]]
id = "municipality"
path = "boundary.geojson"
source = "hall"
[[source]]
id = "hall"
title = "Register"
license = "CC-BY-4.0"
attribution = "City hall"
[[layer]]
pillar = "culture"
kind = "table"
path = "places.csv"
source = "hall"
"""
REFERENCE = (
    '[[layer]]\npillar = "reference"\nkind = "table"\npath = "register.csv"\nsource = "hall"\n'
)


@pytest.fixture
def city(tmp_path):
    """A city of three cafés and a market, with more tables and files."""
    ring = [[100.56, 7.17], [100.62, 7.17], [100.62, 7.23], [100.56, 7.23], [100.56, 7.17]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    (tmp_path / "boundary.geojson").write_text(json.dumps(shape))
    (tmp_path / "places.csv").write_text(
        "id,name,concept,lon,lat\n1,A,food_market,100.59,7.2\n2,B,cinema,100.59,7.2\n"
    )

    def write(more, **files):
        for name, text in files.items():
            (tmp_path / f"{name}.csv").write_text(text)
        (tmp_path / "city.toml").write_text(CITY + more)
        return CityConfig.read(tmp_path)

    return write


class TestCity:
    def test_the_reference_is_read_noted_and_compared_with(self, city):
        data = load_city(city(REFERENCE, register=FIELDS), TAXONOMY)
        assert plain(data.reference) == [["gastronomy", 120, 4000], ["film", 0, 4000]]
        noted = data.inputs["register.csv"]
        assert noted["sha256"]
        assert noted["layers"][0]["role"] == "reference"
        assert data.repairs.empty
        table = field_quotients(
            [data.layers[0]], TAXONOMY.field_evidence(), data.area.boundaries,
            reference=data.reference,
        ).set_index("field")  # fmt: skip
        assert table.at["gastronomy", "value"] == pytest.approx((1 / 2) / (120 / 4000))
        assert table.at["gastronomy", "reference"] == "Register"

    def test_what_was_mended_in_it_is_in_the_ledger(self, city):
        thai = FIELDS.replace("120", "๑๒๐")
        data = load_city(city(REFERENCE, register=thai), TAXONOMY)
        assert data.repairs[["file", "column", "before"]].values.tolist() == [
            ["register.csv", "count", "๑๒๐"]
        ]
        assert data.reference.at[0, "value"] == 120
        with pytest.raises(LoadError, match="'๑๒๐'"):
            load_city(city(REFERENCE + "repair = false\n", register=thai), TAXONOMY)

    def test_without_one_there_is_none(self, city):
        assert load_city(city(""), TAXONOMY).reference is None

    def test_a_fault_is_said_with_the_file(self, city):
        with pytest.raises(LoadError, match=r"register\.csv: .*one total"):
            load_city(city(REFERENCE, register="field,count\nfilm,1\n"), TAXONOMY)

    def test_two_of_the_same_name_are_refused(self, city):
        other = REFERENCE.replace("register", "other")
        with pytest.raises(LoadError, match=r"other\.csv: 'Register' is the name of another"):
            load_city(city(REFERENCE + other, register=FIELDS, other=FIELDS), TAXONOMY)
        with pytest.raises(InputError, match="2 inputs are at fault"):
            load_city(city(REFERENCE + other, register="x\n1\n", other="y\n1\n"), TAXONOMY)

    @pytest.mark.parametrize(
        ("layer", "message"),
        [
            (REFERENCE.replace('"table"', '"vector"'), 'kind = "table", or "results"'),
            (REFERENCE.replace('"reference"', '"culture"').replace('"table"', '"results"'),
             'kind = "results" is for pillar = "reference" alone'),
            (REFERENCE + "benchmark = true\n", "a reference of kind 'table' has no benchmark"),
            (REFERENCE.replace('"table"', '"results"') + 'encoding = "cp874"\n',
             "kind 'results' has no encoding"),
        ],
    )  # fmt: skip
    def test_settings_that_mean_nothing_are_refused(self, city, layer, message):
        with pytest.raises(ConfigError, match=message):
            city(layer, register=FIELDS)


class TestResults:
    @pytest.fixture
    def folder(self, tmp_path):
        """Results of Nan with two boundaries."""
        path = tmp_path / "nan"
        (path / "tables").mkdir(parents=True)
        record = {
            "city": {"name": "Nan"},
            "boundaries": [
                {"id": "town", "primary": True, "name": "Nan town"},
                {"id": "land", "primary": False, "name": "Nan province"},
            ],
        }
        (path / "run.json").write_text(json.dumps(record))
        table = pd.DataFrame({
            "boundary": ["town", "town", "land"], "field": ["film", "music", "film"],
            "direct": [3.0, 1.0, 9.0], "indirect": [2.0, 0.0, 0.0], "weak": [0.0, 0.0, 0.0],
            "total": [50.0, 50.0, 99.0], "value": [1.0, 2.0, None], "illustrative": [False, False, True],
        })  # fmt: skip
        table.to_parquet(path / "tables" / "field_quotients.parquet")
        return path

    def test_the_primary_boundary_by_strength_or_the_one_named(self, folder):
        table = read_results_reference(folder, source=SOURCE, city="Songkhla")
        assert table.groupby("field")["value"].sum().to_dict() == {"film": 5, "music": 1}
        assert set(table["reference"]) == {"Nan, Nan town"}
        assert table["accuracy"].isna().all()
        land = read_results_reference(folder, source=SOURCE, city="Songkhla", boundary="land")
        assert land["total"].tolist() == [99, 99, 99]
        assert (land["accuracy"] == "illustrative").all()

    def test_the_city_s_own_results_are_no_reference(self, folder):
        with pytest.raises(
            LoadError, match="results of 'Nan' itself; a reference excludes the city"
        ):
            read_results_reference(folder, source=SOURCE, city="Nan")

    def test_what_is_wrong_with_a_folder(self, folder):
        with pytest.raises(LoadError, match=r"no boundary 'twon'.*'town'"):
            read_results_reference(folder, source=SOURCE, city="X", boundary="twon")
        table = folder / "tables" / "field_quotients.parquet"
        for broken in (b"", b"PAR1 no more"):
            table.write_bytes(broken)
            with pytest.raises(LoadError, match="is not the table that this version writes"):
                read_results_reference(folder, source=SOURCE, city="X")
        pd.DataFrame({"field": ["film"]}).to_parquet(table)
        with pytest.raises(LoadError, match="is not the table that this version writes"):
            read_results_reference(folder, source=SOURCE, city="X")
        table.unlink()
        with pytest.raises(LoadError, match=r"has no tables/field_quotients\.parquet; assess"):
            read_results_reference(folder, source=SOURCE, city="X")
        (folder / "run.json").write_text("{}")
        with pytest.raises(LoadError, match="is no record of a run"):
            read_results_reference(folder, source=SOURCE, city="X")
        (folder / "run.json").unlink()
        with pytest.raises(LoadError, match=r"nan is no results folder: it has no run\.json"):
            read_results_reference(folder, source=SOURCE, city="X")

    @pytest.mark.parametrize(
        ("changed", "fault"),
        [
            ({"boundary": "elsewhere"}, "it has no row of the boundary 'town'"),
            ({"field": "film"}, "a field is there twice"),
            ({"direct": -5}, "a count is no whole number"),
            ({"direct": None}, "a count is no whole number"),
            ({"direct": 1.5}, "a count is no whole number"),
            ({"direct": "many"}, "a count is no whole number"),
            ({"total": float("inf")}, "a count is no whole number"),
            ({"total": 0}, "a total is 0"),
            ({"indirect": 49}, "more places serve a field than there are"),
            ({"illustrative": "no"}, "is neither yes nor no"),
        ],
    )
    def test_counts_that_were_changed_since_are_refused(self, folder, changed, fault):
        file = folder / "tables" / "field_quotients.parquet"
        pd.read_parquet(file).assign(**changed).to_parquet(file)
        with pytest.raises(LoadError, match=f"{fault}.*Assess that city again"):
            read_results_reference(folder, source=SOURCE, city="X")

    @pytest.mark.parametrize(
        ("boundaries", "fault"),
        [
            ([], "names 0 primary boundaries"),
            ([{"id": "town", "primary": False}], "names 0 primary boundaries"),
            ([{"id": "town", "primary": True}, {"id": "land", "primary": True}], "names 2 primary"),
            ([{"primary": True}], "is no record of a run"),
        ],
    )
    def test_a_record_without_its_boundary_is_refused(self, folder, boundaries, fault):
        record = {"city": {"name": "Nan"}, "boundaries": boundaries}
        (folder / "run.json").write_text(json.dumps(record))
        with pytest.raises(LoadError, match=fault):
            read_results_reference(folder, source=SOURCE, city="X")

    def test_a_record_that_has_no_bottom_is_refused(self, folder):
        (folder / "run.json").write_text("[" * 100_000)
        with pytest.raises(LoadError, match="is no record of a run"):
            read_results_reference(folder, source=SOURCE, city="X")

    def test_the_city_s_name_is_the_same_in_other_letters(self, folder):
        with pytest.raises(LoadError, match="a reference excludes the city"):
            read_results_reference(folder, source=SOURCE, city=" nan")

    def test_from_a_city_folder(self, city, folder):
        layer = REFERENCE.replace('"table"', '"results"').replace("register.csv", "nan")
        data = load_city(city(layer), TAXONOMY)
        assert set(data.reference["reference"]) == {"Nan, Nan town"}
        assert data.inputs["nan/tables/field_quotients.parquet"]["sha256"]
