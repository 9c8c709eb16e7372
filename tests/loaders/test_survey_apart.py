"""What of a survey is published: what is named, or explained by the form; nothing else."""

from __future__ import annotations

import json
import warnings

import openpyxl
import pandas as pd
import pytest
from places import CRS, square

from creative_spatial.config import CityConfig
from creative_spatial.loaders import check_city, read_survey
from creative_spatial.loaders.survey.apart import kept_apart, looks_personal
from creative_spatial.loaders.survey.facts import survey_facts
from creative_spatial.loaders.survey.form import Form, Question
from creative_spatial.taxonomy import Taxonomy

PEOPLE = {
    "ชื่อ-นามสกุล": "นางสมศรี ใจดี",
    "ชื่อผู้นำ": "สมศรี",
    "เลขประจำตัวประชาชน": "1-9099-00123-45-6",
    "ที่อยู่": "12/3 ถ.นครใน",
    "leader_name": "Mrs Leader",
    "home_address": "12/3 Nakhon Nai",
    "LINE ID": "@somsri",
    "q17": "ask for Somsri at the market",
    "name": "Somsri Jaidee",
    "id": "3-9099-00123-45-6",
}
PLACE = {"consent": "yes", "_loc_latitude": "7.206", "_loc_longitude": "100.593", "_uuid": "uuid:1"}
FORM = Form(
    (
        Question("kind", "select_one", "kinds"),
        Question("who", "select_multiple", "kinds"),
        Question("keeper", "select_one", "${members}"),
        Question("members", "integer"),
        Question("share", "decimal"),
        Question("note", "text"),
        Question("day", "date"),
        Question("citizen_id", "integer"),
        Question("phone", "select_one", "kinds"),
    ),
    {"kinds": {"weaving": {"en": "Weaving"}, "food": {"en": "Food"}}},
)


@pytest.fixture
def read(write_csv, source):
    """Read one submission; its answers, and the survey."""

    def read_with(answers, **options):
        row = {"group_name": "Weavers", **answers, **PLACE}
        text = ",".join(row) + "\n" + ",".join(map(str, row.values())) + "\n"
        settings = {"concept": "ngo", "boundary": square(-10, -10, 30, 30), **options}
        settings["columns"] = {"name": "group_name", **options.get("columns", {})}
        path = write_csv(text, name="survey.csv")
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            survey = read_survey(path, source=source, target_crs=CRS, **settings)
        return survey, [warning.message for warning in caught]

    return read_with


def test_without_a_form_only_what_is_named_is_published(read):
    survey, told = read(PEOPLE)
    shown = survey.layer.to_csv() + str(survey.layer.attrs)
    assert [text for text in PEOPLE.values() if text in shown] == []
    assert survey.layer["name"].tolist() == ["Weavers"]
    assert survey.layer["consent"].tolist() == ["yes"]
    assert survey.personal.iloc[0].dropna().tolist() == list(PEOPLE.values())
    (note,) = [warning for warning in told if warning.kind == "personal"]
    assert note.severity == "note"
    assert "10 columns kept apart from the layer (about people: ชื่อ-นามสกุล, ชื่อผู้นำ," in str(note)
    assert "LINE ID; neither named nor explained by a form: q17, name, file:id)" in str(note)
    assert not [text for text in PEOPLE.values() if text in str(note)]


def test_what_looks_personal_and_is_named_is_published_with_a_warning(read):
    survey, told = read(PEOPLE, columns={"head": "ชื่อผู้นำ", "remark": "q17"})
    assert survey.layer["head"].tolist() == ["สมศรี"]
    assert survey.layer["remark"].tolist() == ["ask for Somsri at the market"]
    (warning,) = [warning for warning in told if warning.kind == "personal_published"]
    assert warning.severity == "warning"
    assert "`columns` publishes what looks personal: ชื่อผู้นำ. If it says" in str(warning)


def test_what_is_stated_personal_is_not_noted_again(read):
    _, told = read({"q17": "x"}, personal=["q17"])
    assert not [warning for warning in told if warning.kind.startswith("personal")]


@pytest.mark.parametrize(
    ("column", "answers", "published"),
    [
        ("kind", ["weaving", None], True),
        ("kind", ["weaving", "other"], True),
        ("kind", ["weaving", "Somsri"], False),
        ("kind", ["weaving;food"], False),
        ("who", ["weaving;food", "food"], True),
        ("who", ["weaving;Somsri"], False),
        ("keeper", ["weaving"], False),  # chosen from people's names in a repeat
        ("phone", ["food"], False),  # is called like something about a person
        ("members", ["12", "๑๒", "0", None], True),
        ("members", ["9999999", "-3"], True),
        ("members", ["10000000"], False),
        ("members", ["0812345678"], False),
        ("members", ["12", "Somsri"], False),
        ("share", ["0.25", "3,5"], True),
        ("citizen_id", ["12"], False),
        ("note", ["12"], False),
        ("day", ["1971-05-02"], False),  # may be of birth
        ("nobody", ["12"], False),
        ("started", ["1971", "2 May 1985"], True),
        ("started", ["1971", "by Somsri"], False),
        ("sensitivity", ["grave"], True),
    ],
)
def test_answers_are_published_that_no_free_text_can_be(column, answers, published):
    table = pd.DataFrame({column: pd.Series(answers, dtype="str")})
    assert (column not in kept_apart(table, FORM)) == published
    assert column not in kept_apart(table, FORM, wanted=[column])
    assert column in kept_apart(table, FORM, wanted=[column], stated=[column])


def test_labels_go_with_their_question():
    table = pd.DataFrame({"kind": ["food"], "kind:en": ["Food"], "kind:xx": ["Somsri"]})
    assert list(kept_apart(table, FORM)) == ["kind:xx"]
    assert list(kept_apart(table, FORM, stated=["kind"], wanted=["kind:xx"])) == ["kind", "kind:en"]
    odd = table.assign(kind="Somsri", **{"kind:en": "Somsri"})
    assert list(kept_apart(odd, FORM, wanted=["kind"])) == ["kind:en", "kind:xx"]


def test_the_place_of_consent_in_a_group_is_found(write_csv, source):
    header = "group-name,group-consent,gps-Latitude,gps-Longitude,KEY\n"
    rows = "Weavers,no,7.206,100.593,uuid:1\nFishers,yes,7.207,100.594,uuid:2\n"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        layer = read_survey(
            write_csv(header + rows, name="survey.csv"), source=source, target_crs=CRS
        ).layer
    assert layer["consent"].tolist() == ["no", "yes"]


FACTS = survey_facts().personal


@pytest.mark.parametrize("name", [*FACTS.names, *FACTS.phrases, *FACTS.parts])
def test_each_name_phrase_and_part_is_recognised_however_it_is_written(name):
    for written in (name, name.upper(), name.replace(" ", "_"), f"group/{name}"):
        assert looks_personal(written, Form()), written
    assert name not in FACTS.phrases or looks_personal(f"group-{name}s", Form())


@pytest.mark.parametrize("kind", FACTS.types)
def test_each_type_is_about_a_person(kind):
    assert looks_personal("q1", Form((Question("q1", kind),)))


@pytest.mark.parametrize(
    "name",
    [
        "Leader's name", "leaderName", "LineID", "member_name_2", "phones", "e-mail", "Home address (street)",
        "ชื่อ - สกุล ผู้ให้ข้อมูล", "ชื่อและนามสกุล", "เบอร์โทรประธาน", "ไอดีไลน์", "ที่อยู่ปัจจุบัน",
        "نام و نام\u200cخانوادگی", "كد ملي", "آدرس منزل", "شماره تلفن همراه",
        "Họ và tên", "HO TEN", "dia_chi", "Số điện thoại", "so_cccd", "hoten",
    ],
)  # fmt: skip
def test_what_people_write_above_such_columns_is_recognised(name):
    assert looks_personal(name, Form())


@pytest.mark.parametrize(
    "name",
    [
        *FACTS.harmless, "group_name", "name:th", "ชื่อกลุ่ม", "ขายออนไลน์", "tên nhóm", "نام گروه", "pipeline_idea",
        "media_chinese", "hotel", "members", "leader", "stage", "village", "platform", "started", "cellar", "addressed",
    ],
)  # fmt: skip
def test_what_is_about_the_group_is_not(name):
    assert not looks_personal(name, Form())


def test_check_notes_what_is_kept_apart_of_a_repeat_and_its_people(tmp_path):
    west, south, east, north = 100.56, 7.17, 100.62, 7.23
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    (tmp_path / "b.geojson").write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}))
    book = openpyxl.Workbook()
    book.active.title = "Groups"
    for row in (
        ["org", "gps", "_uuid", "_index"],
        ["Weavers", "7.2 100.59 0 4", "u", 1],
    ):
        book.active.append(row)
    members = book.create_sheet("members")
    for row in (["member_name", "_parent_table_name", "_parent_index"], ["Somchai", "Groups", 1]):
        members.append(row)
    book.save(tmp_path / "s.xlsx")
    (tmp_path / "city.toml").write_text(
        'schema = 1\n[city]\nname = "T"\n[[boundary]]\nid = "m"\npath = "b.geojson"\n'
        '[[source]]\nid = "s"\ntitle = "S"\nlicense = "CC0-1.0"\nattribution = "S"\n'
        '[[layer]]\npillar = "community"\nkind = "survey"\npath = "s.xlsx"\nconcept = "ngo"\nsource = "s"\n'
    )
    report = check_city(CityConfig.read(tmp_path), Taxonomy.load())
    notes = [f.message for f in report if f.kind == "personal"]
    assert len(notes) == 2
    assert any("1 column kept apart from the layer (neither named" in note for note in notes)
    assert any("1 column kept apart from the layer (about people: member_name)" in n for n in notes)
    assert not any("Somchai" in f.message for f in report)
