"""Surveys: exports of KoboToolbox and ODK become places; what is about people stays apart."""

from __future__ import annotations

import warnings
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from places import CRS, square
from shapely import LineString, Point, Polygon

from creative_spatial.errors import EmptyLayerWarning, LoadError, RepairWarning
from creative_spatial.loaders import undo_repairs
from creative_spatial.loaders.survey import read_survey
from creative_spatial.loaders.survey.form import Form, Question, read_form
from creative_spatial.loaders.survey.positions import parse_position
from creative_spatial.schema import validate_features

AREA = square(-10, -10, 30, 30)
COLUMNS = {"name": "org_name"}

# As KoboToolbox writes it: groups by "/", semicolons, several answers in both forms.
KOBO_HEADER = (
    "start;about/org_name;about/consent;about/kind;about/who;about/who/women;about/who/youth;"
    "gps;_gps_latitude;_gps_longitude;_gps_altitude;_gps_precision;about/contact_phone;"
    "__version__;_id;_uuid;_submission_time;_validation_status;_notes;_status;_submitted_by;_tags;_index"
)
KOBO_ROWS = """\
2026-01-05T09:00;กลุ่มทอผ้า;yes;weaving;women youth;1;1;7.206 100.593 3.1 4.5;7.206;100.593;3.1;4.5;\
0812345678;v1;11;u-1;2026-01-05T10:00:00;;;submitted_via_web;amina;;1
2026-01-06T09:00;Fishers;no;fishing;youth;0;1;7.21 100.6 0 120;7.21;100.6;0;120;\
0898765432;v1;12;u-2;2026-01-06T10:00:00;;;submitted_via_web;amina;;2
"""
# As ODK Central writes it: groups by "-", no column of the whole position.
CENTRAL = (
    "SubmissionDate,about-org_name,about-who,gps-Latitude,gps-Longitude,gps-Altitude,gps-Accuracy,"
    "meta-instanceID,KEY,SubmitterID,SubmitterName,DeviceID\n"
    "2026-01-05T10:00:00Z,Weavers,women youth,7.206,100.593,3.1,4.5,uuid:u-1,uuid:u-1,5,Amina,abc\n"
)
FORM = {
    "survey": [
        ["type", "name", "label::English (en)", "label::ไทย (th)"],
        ["start", "start", None, None],
        ["begin_group", "about", "About", None],
        ["text", "org_name", "Name", "ชื่อ"],
        ["select_one yn", "consent", "May we publish?", None],
        ["select_one kinds", "kind", "Kind", None],
        ["select_multiple people", "who", "For whom", None],
        ["phonenumber", "contact_phone", "Phone", None],
        ["end_group", None, None, None],
        ["geopoint", "gps", "Place", None],
    ],
    "choices": [
        ["list_name", "name", "label::English (en)", "label::ไทย (th)"],
        ["yn", "yes", "Yes", "ใช่"],
        ["yn", "no", "No", "ไม่"],
        ["kinds", "weaving", "Weaving", "ทอผ้า"],
        ["kinds", "fishing", "Fishing", "ประมง"],
        ["people", "women", "Women", "สตรี"],
        ["people", "youth", "Young people", "เยาวชน"],
    ],
}


@pytest.fixture
def write_workbook(tmp_path):
    """Write sheets, each a list of rows."""

    def write(sheets, name="survey.xlsx"):
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
def form(write_workbook):
    """The XLSForm, in English and Thai."""
    return write_workbook(FORM, "form.xlsx")


@pytest.fixture
def kobo(write_csv):
    """A CSV export, some of its text replaced."""

    def write(*changes):
        text = f"{KOBO_HEADER}\n{KOBO_ROWS}"
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        return write_csv(text, name="survey.csv")

    return write


@pytest.fixture
def read(source):
    """Read initiatives in Songkhla."""

    def read_with(path, **options):
        settings = {
            "source": source,
            "target_crs": CRS,
            "concept": "ngo",
            "boundary": AREA,
            "columns": COLUMNS,
        }
        return read_survey(path, **{**settings, **options})

    return read_with


@pytest.fixture
def expected():
    """Catch warnings, to be looked at where the test is about them."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield caught


def messages(caught):
    return "\n".join(str(warning.message) for warning in caught)


def test_a_kobo_export_becomes_a_layer(kobo, read, expected):
    layer = read(kobo(), columns={**COLUMNS, "who": "about/who"}).layer
    validate_features(layer, crs=CRS)
    assert layer.index.tolist() == ["hall:u-1", "hall:u-2"]
    assert layer["name"].tolist() == ["กลุ่มทอผ้า", "Fishers"]
    assert layer["_uuid"].tolist() == ["u-1", "u-2"]
    assert layer["_submission_time"].tolist() == ["2026-01-05T10:00:00", "2026-01-06T10:00:00"]
    assert layer["who"].tolist() == ["women;youth", "youth"]
    assert layer["consent"].tolist() == ["yes", "no"]
    assert layer["uncertainty_m"].tolist() == [4.5, 120]
    # 7.206 N, 100.593 E in zone 47, by the lengths of degrees beside 7.2 N, 100.59 E
    assert layer.geometry.iloc[0].x == pytest.approx(675_563.27 + 331.3, abs=3)
    assert layer.geometry.iloc[0].y == pytest.approx(796_163.64 + 663.6, abs=3)
    assert layer.attrs["rows"] == {
        "in": 2,
        "out": 2,
        "outside": 0,
        "repaired": 0,
        "quarantined": {},
    }


def test_what_is_about_people_is_not_in_the_layer(kobo, read, expected):
    survey = read(kobo())
    assert survey.personal.loc["hall:u-1", "contact_phone"] == "0812345678"
    assert survey.personal["_submitted_by"].tolist() == ["amina", "amina"]
    assert (
        "survey.csv: 5 columns kept apart from the layer (about people: contact_phone, "
        "_submitted_by; neither named nor explained by a form: start, kind, who). One that may be "
        "published is named in the layer's table, e.g. `columns = {" in messages(expected)
    )
    shown = survey.layer.to_csv()
    assert "0812345678" not in shown
    assert "amina" not in shown
    assert not [c for c in survey.layer if "latitude" in c or "gps" in c]


def test_columns_can_be_declared_personal_or_public(kobo, read, expected):
    survey = read(
        kobo(), personal=["about/kind"], columns={**COLUMNS, "phone": "about/contact_phone"}
    )
    assert survey.layer["phone"].tolist() == ["0812345678", "0898765432"]
    assert "kind" in survey.personal
    assert "kind" not in survey.layer
    with pytest.raises(
        LoadError, match=r"no column 'kinds' \(for personal\); did you mean 'kind'\?"
    ):
        read(kobo(), personal=["kinds"])


def test_the_forms_type_of_a_question_says_that_it_is_about_people(
    kobo, read, write_workbook, expected
):
    form = write_workbook(
        {
            "survey": [["type", "name"], ["phonenumber", "reach"], ["text", "org_name"]],
            "choices": [["list_name", "name", "label"]],
        },
        "form.xlsx",
    )
    path = kobo(("about/contact_phone", "about/reach"))
    survey = read(path, form=form)
    assert survey.personal["reach"].tolist() == ["0812345678", "0898765432"]
    assert "reach" not in survey.layer
    assert "about people: reach, _submitted_by;" in messages(expected)


def test_a_vague_position_is_marked_and_named(kobo, read, expected):
    layer = read(kobo()).layer
    assert layer["accuracy"].tolist() == ["approximate", "approximate"]  # the source's own word
    assert "no better than 50 m in row 3 (worst: 120 m); kept and marked approximate" in messages(
        expected
    )


def test_only_over_fifty_metres_is_vague(kobo, read, source, expected):
    from dataclasses import replace

    exact = replace(source, accuracy="surveyed")
    assert read(kobo(), source=exact).layer["accuracy"].tolist() == ["surveyed", "approximate"]
    at_the_limit = kobo((" 0 120;", " 0 50;"), (";0;120;", ";0;50;"))
    assert read(at_the_limit, source=exact).layer["accuracy"].tolist() == ["surveyed", "surveyed"]


def test_a_position_put_on_the_map_by_hand_has_no_measured_accuracy(kobo, read, expected):
    layer = read(kobo(("3.1 4.5;", "0 0;"))).layer
    assert layer["uncertainty_m"].isna().tolist() == [True, False]


def test_choices_get_labels_in_each_language(kobo, read, form, expected):
    layer = read(kobo(), form=form).layer
    assert layer["kind"].tolist() == ["weaving", "fishing"]
    assert layer["kind:en"].tolist() == ["Weaving", "Fishing"]
    assert layer["kind:th"].tolist() == ["ทอผ้า", "ประมง"]
    assert layer["who:th"].tolist() == ["สตรี;เยาวชน", "เยาวชน"]
    assert layer["who:en"].tolist() == ["Women;Young people", "Young people"]
    assert layer["consent"].tolist() == ["yes", "no"]


def test_an_export_of_labels_becomes_codes(kobo, read, form, expected):
    path = kobo(
        (";yes;weaving;women youth;", ";ใช่;ทอผ้า;สตรี เยาวชน;"),
        (";no;fishing;youth;", ";ไม่;ประมง;เยาวชน;"),
    )
    layer = read(path, form=form).layer
    assert layer["kind"].tolist() == ["weaving", "fishing"]
    assert layer["who"].tolist() == ["women;youth", "youth"]
    assert layer["consent"].tolist() == ["yes", "no"]


def test_answers_that_the_form_does_not_know_are_named(kobo, read, form, expected):
    path = kobo(("fishing", "fishin"))
    layer = read(path, form=form, columns={**COLUMNS, "kind": "about/kind"}).layer
    assert layer["kind"].tolist() == ["weaving", "fishin"]
    assert "list 'kinds' does not hold, kept as they are, in row 3; is it" in messages(expected)


def test_an_answer_that_is_no_choice_keeps_its_column_apart(kobo, read, form, expected):
    survey = read(kobo(("fishing", "ask Somsri")), form=form)
    assert survey.personal["kind"].tolist() == ["weaving", "ask Somsri"]
    assert not [column for column in survey.layer if column.startswith("kind")]
    assert "Somsri" not in messages(expected)
    assert "kind" in read(kobo(("fishing", "other")), form=form).layer  # its words stand elsewhere


def test_a_concept_comes_from_a_choice(kobo, read, form, expected):
    concepts = {"weaving": "weaving_group", "fishing": "fishery_group"}
    columns = {**COLUMNS, "concept": "about/kind"}
    layer = read(kobo(), form=form, concept=None, columns=columns, concepts=concepts).layer
    assert layer["concept"].tolist() == ["weaving_group", "fishery_group"]


def test_answers_and_their_columns_that_disagree_are_named(kobo, read, expected):
    path = kobo((";youth;0;1;", ";youth;1;1;"))
    layer = read(path, columns={**COLUMNS, "who": "about/who"}).layer
    assert layer["who"].tolist() == ["women;youth", "youth"]
    assert "'about/who' and its columns of single answers disagree in row 3" in messages(expected)


def test_single_columns_alone_are_enough_where_the_form_is_known(kobo, read, form, expected):
    path = kobo((";about/who;", ";"), (";women youth;", ";"), (";fishing;youth;", ";fishing;"))
    assert read(path, form=form).layer["who"].tolist() == ["women;youth", "youth"]


def test_a_consent_that_is_neither_is_named(kobo, read, expected):
    assert read(kobo((";no;", ";later;"))).layer["consent"].tolist() == ["yes", "unclear"]
    assert "consent is neither yes nor no in row 3; treated as not given" in messages(expected)


def test_conditions_apply_to_codes(kobo, read, expected):
    survey = read(kobo(), where="kind = 'weaving'")
    assert survey.layer.index.tolist() == ["hall:u-1"]
    assert survey.personal.index.tolist() == ["hall:u-1"]


def test_positions_in_other_digits_are_read_recorded_and_undone(kobo, read, expected):
    right = read(kobo()).layer
    changed = kobo(("7.206 100.593 ", "๗.๒๐๖ ๑๐๐.๕๙๓ "))
    layer = read(changed).layer
    assert layer.geometry.tolist() == right.geometry.tolist()
    (record,) = layer.attrs["repairs"]
    assert (record.kind, record.feature_id) == ("digits", "hall:u-1")
    assert "๗.๒๐๖ ๑๐๐.๕๙๓" in record.before
    assert undo_repairs(layer).geometry.isna().tolist() == [True, False]
    assert not any("๗.๒๐๖" in str(w.message) for w in expected)
    off = read(changed, repair=False).layer
    assert off.attrs["rows"]["quarantined"] == {"a position that cannot be read": 1}


def test_swapped_positions_are_exchanged_and_quoted_nowhere(kobo, read, expected):
    right = read(kobo()).layer
    swapped = kobo(("7.206 100.593 ", "100.593 7.206 "), ("7.21 100.6 ", "100.6 7.21 "))
    layer = read(swapped).layer
    assert layer.geometry.tolist() == right.geometry.tolist()
    (told,) = [str(w.message) for w in expected if w.category is RepairWarning]
    assert "2 repaired, latitude and longitude exchanged" in told
    assert "100.593" not in told


@pytest.mark.parametrize(
    ("position", "reason"),
    [
        (";;;;;", "no position: row 2"),
        ("0 0 0 0;0;0;0;0;", "coordinates 0, 0: row 2"),
        ("here;7.206;100.593;3.1;4.5;", "a position that cannot be read: row 2"),
    ],
)
def test_rows_without_a_place_are_named_and_counted(kobo, read, expected, position, reason):
    survey = read(kobo(("7.206 100.593 3.1 4.5;7.206;100.593;3.1;4.5;", position)))
    assert reason in messages(expected)
    assert survey.layer.attrs["rows"]["in"] == 2
    assert survey.layer.attrs["rows"]["out"] == 1
    assert sum(survey.layer.attrs["rows"]["quarantined"].values()) == 1
    assert survey.personal.index.tolist() == ["hall:u-2"]


def test_an_odk_central_export_becomes_a_layer(write_csv, read, expected):
    columns = {"name": "org_name"}
    survey = read(write_csv(CENTRAL, name="survey.csv"), columns=columns)
    layer = survey.layer
    assert layer.index.tolist() == ["hall:u-1"]
    assert layer["name"].tolist() == ["Weavers"]
    assert layer["_submission_time"].tolist() == ["2026-01-05T10:00:00Z"]
    assert layer["uncertainty_m"].tolist() == [4.5]
    assert list(survey.personal) == ["about-who", "SubmitterID", "SubmitterName", "DeviceID"]
    assert "Amina" not in layer.to_csv()


def test_several_answers_are_parted_by_the_form_alone(write_csv, read, form, expected):
    layer = read(
        write_csv(CENTRAL, name="survey.csv"), form=form, columns={"name": "org_name"}
    ).layer
    assert layer["about-who"].tolist() == ["women;youth"]
    assert layer["about-who:th"].tolist() == ["สตรี;เยาวชน"]


def test_positions_in_groups_are_found(kobo, read, expected):
    for old, new in (("_gps_", "_site/gps_"), ("_gps_", "site/_gps_")):
        text = kobo((";gps;", ";site/gps;"), (old, new))
        assert len(read(text).layer) == 2


def test_of_several_positions_one_is_chosen_and_the_others_kept_apart(kobo, read, expected):
    path = kobo(
        ("start;", "home;"),
        ("2026-01-05T09:00;", "7.3 100.5 0 0;"),
        ("2026-01-06T09:00;", "7.4 100.4 0 0;"),
    )
    with pytest.raises(
        LoadError, match=r"2 questions after a place, \['gps', 'home'\].*`columns = \{ location"
    ):
        read(path)
    survey = read(path, columns={**COLUMNS, "location": "gps"})
    assert survey.personal["home"].tolist() == ["7.3 100.5 0 0", "7.4 100.4 0 0"]
    assert "7.3 100.5" not in survey.layer.to_csv()
    with pytest.raises(LoadError, match=r"no question 'gsp' after a place; did you mean 'gps'\?"):
        read(path, columns={**COLUMNS, "location": "gsp"})


def test_a_survey_without_positions_says_so(write_csv, read):
    with pytest.raises(LoadError, match="no question after a place"):
        read(write_csv("org_name,_uuid\na,u-1\n", name="survey.csv"))


def test_an_empty_export_is_an_empty_layer(kobo, read, write_csv):
    with pytest.warns(EmptyLayerWarning, match="no submission in this export"):
        assert not len(read(write_csv(KOBO_HEADER + "\n", name="survey.csv")).layer)


SITES = {
    "survey": [
        ["type", "name"],
        ["begin_repeat", "sites"],
        ["select_one what", "what"],
        ["integer", "looms"],
        ["text", "keeper"],
        ["phonenumber", "keeper_phone"],
        ["end_repeat", "sites"],
    ],
    "choices": [
        ["list_name", "name", "label"],
        *[["what", code, code] for code in ("loom", "shop", "boat")],
    ],
}
REPEATS = {
    "Groups": [
        ["org_name", "_uuid", "_submission_time", "_index"],
        ["Weavers", "u-1", "2026-01-05", 1],
        ["Fishers", "u-2", "2026-01-06", 2],
    ],
    "sites": [
        [
            "sites/what",
            "sites/looms",
            "sites/keeper",
            "sites/spot",
            "sites/keeper_phone",
            "_index",
            "_parent_table_name",
            "_parent_index",
            "_submission__uuid",
        ],
        ["loom", 4, "Malee", "7.206 100.593 0 5", "081", 1, "Groups", 1, "u-1"],
        ["shop", 0, "Noi", "7.207 100.594 0 5", "082", 2, "Groups", 1, "u-1"],
        ["boat", None, "Ali", "7.21 100.6 0 5", "083", 3, "Groups", 2, "u-2"],
    ],
    "visits": [
        ["sites/visits/day", "_index", "_parent_table_name", "_parent_index"],
        ["mon", 1, "sites", 2],
        ["tue", 2, "sites", 2],
    ],
}


def test_rows_of_a_repeat_are_places_with_what_their_submission_says(
    write_workbook, read, expected
):
    survey = read(write_workbook(REPEATS), layer="sites", form=write_workbook(SITES, "form.xlsx"))
    assert survey.layer.index.tolist() == [
        "hall:u-1/sites/1",
        "hall:u-1/sites/2",
        "hall:u-2/sites/1",
    ]
    assert survey.layer["name"].tolist() == ["Weavers", "Weavers", "Fishers"]
    assert survey.layer["what"].tolist() == ["loom", "shop", "boat"]
    assert survey.layer["visits_count"].tolist() == [0, 2, 0]
    assert survey.repeats["visits"].index.tolist() == ["hall:u-1/sites/2"] * 2
    assert survey.layer["looms"].tolist()[:2] == [4, 0]
    assert survey.personal["keeper_phone"].tolist() == ["081", "082", "083"]
    assert survey.personal["keeper"].tolist() == ["Malee", "Noi", "Ali"]


def test_repeats_stay_beside_the_layer_without_what_is_about_people(write_workbook, read, expected):
    main = [
        [*row, spot]
        for row, spot in zip(
            REPEATS["Groups"], ["gps", "7.2 100.6 0 5", "7.3 100.6 0 5"], strict=True
        )
    ]
    path, form = write_workbook({**REPEATS, "Groups": main}), write_workbook(SITES, "form.xlsx")
    survey = read(path, form=form)
    assert survey.layer["sites_count"].tolist() == [2, 1]
    sites = survey.repeats["sites"]
    assert sites.index.tolist() == ["hall:u-1", "hall:u-1", "hall:u-2"]
    assert sites["what"].tolist() == ["loom", "shop", "boat"]
    assert sites["looms"].tolist()[:2] == ["4", "0"]
    assert list(sites) == ["what", "what:label", "looms"]
    assert (
        "'sites': 2 columns kept apart from the layer (about people: keeper_phone; neither named "
        "nor explained by a form: keeper). Of a repeat the layer has the number of rows alone."
        in messages(expected)
    )
    assert survey.repeats["visits"].index.tolist() == ["hall:u-1", "hall:u-1"]
    hidden = read(path, form=form, personal=["sites/what"])
    assert list(hidden.repeats["sites"]) == ["looms"]
    assert not len(read(path).repeats["sites"].columns), "without a form nobody knows what they are"


def test_rows_of_a_repeat_without_their_submission_are_named(write_workbook, read, expected):
    lost = [
        *REPEATS["sites"][:-1],
        ["boat", 1, "Ali", "7.21 100.6 0 5", "083", 3, "Groups", 9, "u-9"],
    ]
    survey = read(write_workbook({**REPEATS, "sites": lost}), layer="sites")
    assert "'sites': row 4 belong to no submission of this export" in messages(expected)
    assert survey.layer["name"].isna().tolist() == [False, False, True]
    assert survey.layer.index[-1] == "hall:u-9/sites/1"


def test_a_zip_of_csv_files_links_repeats_by_key(tmp_path, read, expected):
    path = tmp_path / "groups.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("groups.csv", "SubmissionDate,org_name,KEY\n2026-01-05,Weavers,uuid:u-1\n")
        archive.writestr(
            "groups-sites.csv",
            "what,spot-Latitude,spot-Longitude,PARENT_KEY,KEY\nloom,7.206,100.593,uuid:u-1,uuid:u-1/sites[1]\n",
        )
    layer = read(path, layer="sites").layer
    assert layer.index.tolist() == ["hall:u-1/sites/1"]
    assert layer["name"].tolist() == ["Weavers"]


def test_a_repeat_alone_says_what_to_export(write_csv, read):
    text = "what,spot,PARENT_KEY,KEY\nloom,7.206 100.593 0 0,uuid:u-1,uuid:u-1/sites[1]\n"
    with pytest.raises(LoadError, match="every table is of a repeat; export the whole survey"):
        read(write_csv(text, name="survey.csv"))


def test_a_repeat_that_is_not_there_is_named(write_workbook, read):
    with pytest.raises(LoadError, match=r"no table 'site'; did you mean 'sites'"):
        read(write_workbook(REPEATS), layer="site")


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("7 100 0 0", Point(100, 7)),
        ("7.5 100", Point(100, 7.5)),
        ("7 100 0 0; 7 101 0 0", LineString([(100, 7), (101, 7)])),
        ("7 100;7 101;8 101;7 100", Polygon([(100, 7), (101, 7), (101, 8)])),
        ("๗.๕ ๑๐๐", Point(100, 7.5)),
        ("7 100 0 0;", Point(100, 7)),
    ],
)
def test_positions_are_read_with_latitude_first(text, shape):
    assert parse_position(text).shape.equals(shape)


def test_the_form_says_whether_a_row_of_points_is_a_line_or_a_shape():
    ring = "7 100;7 101;8 101;7 100"
    assert parse_position(ring, "geotrace").shape.geom_type == "LineString"
    assert parse_position("7 100;7 101;8 101", "geoshape").shape.geom_type == "Polygon"
    assert parse_position(ring, "geopoint").shape is None


def test_a_trace_is_as_uncertain_as_its_worst_point():
    assert parse_position("7 100 0 4;7 101 0 9;8 101 0 0").uncertainty_m == 9


@given(
    st.text(alphabet="0123456789.,;- eEnaif๗", max_size=40),
    st.sampled_from(["", "geopoint", "geotrace", "geoshape"]),
)
def test_any_text_is_a_position_or_none(text, kind):
    shape = parse_position(text, kind).shape
    assert shape is None or not shape.is_empty


@given(st.floats(-90, 90), st.floats(-180, 180), st.floats(0.001, 9999))
def test_a_position_survives_being_written(lat, lon, accuracy):
    placed = parse_position(f"{lat!r} {lon!r} 0 {accuracy!r}")
    assert (placed.shape.y, placed.shape.x, placed.uncertainty_m) == (lat, lon, accuracy)


def test_a_form_is_read_with_groups_and_languages(form):
    known = read_form(form)
    assert known.question("about/kind") == Question("about/kind", "select_one", "kinds")
    assert known.question("about-kind") == known.question("kind")
    assert known.question("start").kind == "start"
    assert known.question("gps").path == "gps"
    assert known.labels["kinds"]["weaving"] == {"en": "Weaving", "th": "ทอผ้า"}


def test_a_name_in_two_groups_is_found_only_with_its_group():
    form = Form((Question("a/x", "text"), Question("b/x", "integer")))
    assert form.question("x") is None
    assert form.question("b/x").kind == "integer"


def test_labels_without_a_language_are_of_the_default_one(write_workbook):
    sheets = {
        "survey": [["type", "name"], ["select_one k", "kind"]],
        "choices": [["list name", "name", "label"], ["k", "a", "ผ้า"]],
        "settings": [["default_language"], ["Thai (th)"]],
    }
    assert read_form(write_workbook(sheets)).labels == {"k": {"a": {"th": "ผ้า"}}}
    del sheets["settings"]
    assert read_form(write_workbook(sheets)).labels == {"k": {"a": {"label": "ผ้า"}}}


def test_another_workbook_is_no_form(write_workbook):
    with pytest.raises(LoadError, match="no sheet 'survey'"):
        read_form(write_workbook({"data": [["a"], [1]]}))
    with pytest.raises(LoadError, match=r"no column \['type', 'name'\]; is this the form"):
        read_form(write_workbook({"survey": [["a"], [1]]}))
