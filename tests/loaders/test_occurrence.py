"""Records of species: Darwin Core archives and GBIF downloads become a layer of points."""

from __future__ import annotations

import warnings
import zipfile
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from places import CRS, square

from creative_spatial.errors import (
    DataQualityWarning,
    EmptyLayerWarning,
    LoadError,
    RepairWarning,
)
from creative_spatial.loaders.occurrence import read_occurrence
from creative_spatial.loaders.occurrence.terms import datum_crs, parse_event_date, spdx_license
from creative_spatial.schema import validate_features

AREA = square(-10, -10, 30, 30)
DWC = "http://rs.tdwg.org/dwc/terms/"
SIMPLE = (
    "gbifID\tdatasetKey\tscientificName\toccurrenceStatus\tindividualCount\tdecimalLatitude\t"
    "decimalLongitude\tcoordinateUncertaintyInMeters\teventDate\tyear\tlicense\trecordedBy\tissue\n"
    "1\tk\tOrcaella brevirostris (Owen in Gray, 1866)\tPRESENT\t3\t7.206\t100.593\t30\t2019-05-04\t2019\tCC_BY_4_0\tAmina\t\n"
    '2\tk\t"Nipa palm x\tPRESENT\t\t7.21\t100.6\t\t2018\t2018\tCC_BY_4_0\tAmina\t\n'
)
OCCURRENCES = (
    "id,scientificName,decimalLatitude,decimalLongitude,eventDate,informationWithheld\n"
    "a,Dugong dugon,7.206,100.593,2019-05-04/2019-05-06,\n"
    'b,"Nest, of Haliastur indus",7.21,100.6,2018-03,exact place of the nest\n'
)


def field(index, term, default=None):
    at = "" if index is None else f' index="{index}"'
    extra = "" if default is None else f' default="{default}"'
    return f'<field{at} term="{DWC}{term}"{extra}/>'


def table(
    tag, location, kind, fields, *, key="id", marks='fieldsTerminatedBy="," fieldsEnclosedBy=\'"\''
):
    return (
        f'<{tag} encoding="UTF-8" {marks} linesTerminatedBy="\\n" ignoreHeaderLines="1" rowType="{DWC}{kind}">'
        f'<files><location>{location}</location></files><{key} index="0"/>{"".join(fields)}</{tag}>'
    )


FIELDS = [
    field(1, "scientificName"),
    field(2, "decimalLatitude"),
    field(3, "decimalLongitude"),
    field(4, "eventDate"),
    field(5, "informationWithheld"),
    field(None, "license", "http://creativecommons.org/licenses/by/4.0/legalcode"),
    field(None, "coordinateUncertaintyInMeters", "250"),
]
META = table("core", "occurrence.csv", "Occurrence", FIELDS)


def descriptor(*tables, start=""):
    return f'<?xml version="1.0"?>{start}<archive xmlns="http://rs.tdwg.org/dwc/text/">{"".join(tables)}</archive>'


@pytest.fixture
def pack(tmp_path):
    """Pack files into an archive."""

    def write(members, name="records.zip"):
        path = tmp_path / name
        with zipfile.ZipFile(path, "w") as archive:
            for member, content in members.items():
                archive.writestr(member, content)
        return path

    return write


@pytest.fixture
def archive(pack):
    """A Darwin Core archive, its descriptor and data as given."""

    def write(meta=META, data=OCCURRENCES, **more):
        text = meta if meta.startswith("<?xml") else descriptor(meta)
        return pack({"meta.xml": text, "eml.xml": "<eml/>", "occurrence.csv": data, **more})

    return write


@pytest.fixture
def read(source):
    """Read records from around Songkhla."""

    def read_with(path, **options):
        settings = {
            "source": source,
            "target_crs": CRS,
            "concept": "wildlife_range",
            "boundary": AREA,
        }
        return read_occurrence(path, **{**settings, **options})

    return read_with


def test_a_simple_gbif_download_becomes_a_layer(pack, read):
    layer = read(pack({"0001234-26.csv": SIMPLE}))
    validate_features(layer, crs=CRS)
    assert layer.index.tolist() == ["hall:1", "hall:2"]
    assert layer["name"].tolist() == ["Orcaella brevirostris (Owen in Gray, 1866)", '"Nipa palm x']
    assert layer["scientificName"].equals(layer["name"].rename("scientificName"))
    assert layer["uncertainty_m"].iloc[0] == 30
    assert layer["uncertainty_m"].isna().iloc[1]
    assert layer["observed_from"].tolist() == ["2019-05-04", "2018-01-01"]
    assert layer["observed_to"].tolist() == ["2019-05-04", "2018-12-31"]
    assert layer["license"].tolist() == ["CC-BY-4.0", "CC-BY-4.0"]
    assert layer["individualCount"].iloc[0] == 3
    # 7.206 N, 100.593 E in zone 47, by the lengths of degrees beside 7.2 N, 100.59 E
    assert layer.geometry.iloc[0].x == pytest.approx(675_563.27 + 331.3, abs=3)
    assert layer.geometry.iloc[0].y == pytest.approx(796_163.64 + 663.6, abs=3)
    assert not {"recordedBy", "issue", "decimalLatitude"} & set(layer.columns)
    assert layer.attrs["rows"] == {
        "in": 2,
        "out": 2,
        "outside": 0,
        "repaired": 0,
        "quarantined": {},
    }


@pytest.mark.parametrize("name", ["occurrence.txt", "records.csv", "records.tsv"])
def test_a_plain_file_is_read_as_well(write_csv, read, name):
    assert len(read(write_csv(SIMPLE, name=name))) == 2
    commas = OCCURRENCES.replace("id,", "occurrenceID,").replace("exact place of the nest", "")
    assert read(write_csv(commas, name=name)).index.tolist() == ["hall:a", "hall:b"]


def test_a_darwin_core_archive_becomes_a_layer(archive, read):
    layer = read(archive())
    assert layer.index.tolist() == ["hall:a", "hall:b"]
    assert layer["name"].tolist() == ["Dugong dugon", "Nest, of Haliastur indus"]
    assert layer["observed_from"].tolist() == ["2019-05-04", "2018-03-01"]
    assert layer["observed_to"].tolist() == ["2019-05-06", "2018-03-31"]
    assert layer["license"].tolist() == ["CC-BY-4.0", "CC-BY-4.0"]
    assert layer["uncertainty_m"].tolist() == [250, 250]


def test_what_a_publisher_withheld_is_flagged_as_sensitive(archive, read):
    layer = read(archive())
    assert layer["sensitivity"].isna().tolist() == [True, False]
    assert layer["sensitivity"].iloc[1] == "withheld by its publisher"
    assert layer["informationWithheld"].iloc[1] == "exact place of the nest"


def test_records_of_an_event_take_its_date_and_place(pack, read):
    events = "id\tdecimalLatitude\tdecimalLongitude\teventDate\ne1\t7.206\t100.593\t2019-05-04\n"
    records = "id\toccurrenceID\tscientificName\teventDate\ne1\to1\tA b\t\ne1\to2\tC d\t2019-05-05\ne9\to3\tE f\t\n"
    marks = 'fieldsTerminatedBy="\\t" fieldsEnclosedBy=""'
    place = [field(1, "decimalLatitude"), field(2, "decimalLongitude"), field(3, "eventDate")]
    names = [field(1, "occurrenceID"), field(2, "scientificName"), field(3, "eventDate")]
    meta = descriptor(
        table("core", "event.txt", "Event", place, marks=marks),
        table("extension", "occurrence.txt", "Occurrence", names, key="coreid", marks=marks),
    )
    path = pack({"meta.xml": meta, "event.txt": events, "occurrence.txt": records})
    with pytest.warns(DataQualityWarning, match="1 quarantined, no coordinates: row 4"):
        layer = read(path)
    assert layer.index.tolist() == ["hall:o1", "hall:o2"]
    assert layer["observed_from"].tolist() == ["2019-05-04", "2019-05-05"]


def test_gbifs_verbatim_copy_is_not_read_twice(archive, read):
    verbatim = table("extension", "verbatim.txt", "Occurrence", FIELDS, key="coreid")
    assert len(read(archive(descriptor(verbatim, META), **{"verbatim.txt": OCCURRENCES}))) == 2


def test_records_of_absence_are_set_aside_and_counted(pack, read):
    path = pack({"a.csv": SIMPLE.replace("x\tPRESENT", "x\tABSENT")})
    with pytest.warns(DataQualityWarning, match="1 quarantined, recorded as absent: row 3"):
        layer = read(path)
    assert layer.attrs["rows"]["quarantined"] == {"recorded as absent": 1}


def test_licences_that_differ_from_the_sources_are_counted(pack, read, source):
    path = pack({"a.csv": SIMPLE.replace("2018\tCC_BY_4_0", "2018\tCC_BY_NC_4_0")})
    with pytest.warns(
        DataQualityWarning, match=r"CC-BY-4.0 1, CC-BY-NC-4.0 1; the source says CC-BY-4.0"
    ):
        assert read(path)["license"].tolist() == ["CC-BY-4.0", "CC-BY-NC-4.0"]
    with pytest.warns(DataQualityWarning, match="the source says CC0-1.0"):
        read(pack({"a.csv": SIMPLE}), source=replace(source, license="CC0-1.0"))


@pytest.mark.parametrize("odd", ["0", "-5", "near", "5000000"])
def test_an_uncertainty_that_is_none_is_not_known(pack, read, odd):
    path = pack({"a.csv": SIMPLE.replace("\t30\t", f"\t{odd}\t")})
    with pytest.warns(DataQualityWarning, match=f"no length over 0 in row 2 .first: '{odd}'"):
        assert read(path)["uncertainty_m"].isna().all()


def test_dates_that_are_none_are_named(pack, read):
    path = pack({"a.csv": SIMPLE.replace("2019-05-04", "2562-05-04")})
    with pytest.warns(
        DataQualityWarning, match="none of our calendar, in row 2 .first: '2562-05-04'"
    ):
        assert read(path)["observed_from"].isna().tolist() == [True, False]


def test_year_month_and_day_stand_for_a_date(write_csv, read):
    text = (
        "occurrenceID,scientificName,decimalLatitude,decimalLongitude,year,month,day\n"
        "a,A,7.2,100.6,2019,5,4\nb,A,7.2,100.6,2019,5,\nc,A,7.2,100.6,2019,,\nd,A,7.2,100.6,,,\n"
    )
    layer = read(write_csv(text, name="records.csv"))
    assert layer["observed_from"].tolist()[:3] == ["2019-05-04", "2019-05-01", "2019-01-01"]
    assert layer["observed_to"].tolist()[:3] == ["2019-05-04", "2019-05-31", "2019-12-31"]
    assert layer["observed_from"].isna().tolist() == [False, False, False, True]


def test_another_datum_is_brought_to_ours_and_an_unknown_one_named(write_csv, read):
    text = (
        "occurrenceID,scientificName,decimalLatitude,decimalLongitude,geodeticDatum\n"
        "a,A,7.2,100.6,WGS84\nb,A,7.2,100.6,Indian 1975\nc,A,7.2,100.6,my own\n"
    )
    with pytest.warns(
        DataQualityWarning, match="datums that are not known .'my own'., taken for WGS 84, in row 4"
    ):
        shapes = read(write_csv(text, name="records.csv")).geometry
    # EPSG's shift (210, 814, 289) m by Molodensky's formula, worked by hand: 356.2 m west to
    # east and 236.8 m south to north.
    assert shapes.iloc[0].distance(shapes.iloc[1]) == pytest.approx(427.7, abs=0.5)
    assert shapes.iloc[0].equals(shapes.iloc[2])


def test_a_condition_may_use_any_term(pack, read):
    layer = read(pack({"a.csv": SIMPLE}), where="year >= 2019 AND recordedBy = 'Amina'")
    assert layer.index.tolist() == ["hall:1"]
    with pytest.warns(EmptyLayerWarning, match="no records where year > 2030"):
        read(pack({"a.csv": SIMPLE}), where="year > 2030")


def test_a_term_can_be_the_concept(pack, read, taxonomy):
    path = pack({"a.csv": SIMPLE.replace("datasetKey", "class")})
    layer = read(
        path,
        concept=None,
        columns={"concept": "class"},
        concepts={"k": "museum"},
        taxonomy=taxonomy,
    )
    assert layer["concept"].tolist() == ["museum", "museum"]
    assert layer["class"].tolist() == ["k", "k"]


def test_swapped_coordinates_are_exchanged_and_told(pack, read):
    path = pack({"a.csv": SIMPLE.replace("7.206\t100.593", "100.593\t7.206")})
    with pytest.warns(RepairWarning, match="1 repaired, latitude and longitude exchanged"):
        layer = read(path)
    assert layer.attrs["rows"]["repaired"] == 1


def test_an_empty_download_is_an_empty_layer(pack, read):
    with pytest.warns(EmptyLayerWarning, match="there is a header, and no record"):
        assert not len(read(pack({"a.csv": SIMPLE.partition("\n")[0] + "\n"})))


def test_entities_in_a_descriptor_are_refused(archive, read):
    start = '<!DOCTYPE archive [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    with pytest.raises(LoadError, match=r"records.zip: meta.xml declares a document type"):
        read(archive(descriptor(META, start=start)))


def test_a_descriptor_cannot_name_files_outside_its_archive(archive, read):
    with pytest.raises(LoadError, match=r"names '../../secret.csv', which is not in the archive"):
        read(archive(META.replace("occurrence.csv", "../../secret.csv")))


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("Occurrence", "Taxon", r"holds no occurrences but \['taxon'\]"),
        (
            'fieldsTerminatedBy=","',
            'fieldsTerminatedBy="||"',
            r"fieldsTerminatedBy='\|\|' is no single",
        ),
        ('index="5"', 'index="50"', r"no column for \['informationWithheld'\] \(6 columns"),
        ("UTF-8", "klingon", "unknown encoding 'klingon'"),
        ("core", "extension", "describes no core table"),
        ("decimalLatitude", "verbatimLatitude", "no column 'decimalLatitude', or nothing in it"),
    ],
)
def test_a_descriptor_that_does_not_fit_says_so(archive, read, old, new, fault):
    with pytest.raises(LoadError, match=fault):
        read(archive(META.replace(old, new)))


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ("", "occurrence.csv is empty"),
        (OCCURRENCES + "c,x,1,2,3,4,5,6,7\n", "occurrence.csv: more than 6 cells in row 4"),
        (OCCURRENCES.encode("utf-16"), "cannot be read: 'utf-8' codec"),
    ],
)
def test_data_that_do_not_fit_say_so(archive, read, data, fault):
    with pytest.raises(LoadError, match=fault):
        read(archive(data=data))


def test_what_is_no_archive_of_records_says_so(pack, read, tmp_path):
    with pytest.raises(
        LoadError, match=r"is no Darwin Core archive \(no meta.xml\) and no simple download"
    ):
        read(pack({"a.csv": "", "b.csv": ""}))
    with pytest.raises(LoadError, match="no such file"):
        read(tmp_path / "records.tsv")


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2019-05-04", ("2019-05-04", "2019-05-04")),
        ("2019-05-04T08:30Z", ("2019-05-04", "2019-05-04")),
        ("2020-02", ("2020-02-01", "2020-02-29")),
        ("1998", ("1998-01-01", "1998-12-31")),
        ("2007-11-13/15", ("2007-11-13", "2007-11-15")),
        ("2007-11-13/12-02", ("2007-11-13", "2007-12-02")),
        ("2007-11/12", ("2007-11-01", "2007-12-31")),
        ("2019-05-04T08:00Z/2019-05-05T09:00Z", ("2019-05-04", "2019-05-05")),
        ("2567-05-04", None),
        ("2019-02-30", None),
        ("2019-05-06/2019-05-04", None),
        ("4 May 2019", None),
        ("2019-05-04/", None),
    ],
)
def test_dates_and_intervals_are_read(text, days):
    assert parse_event_date(text) == days


@given(st.text(alphabet="0123456789-/T:Z ๒", max_size=24))
def test_any_text_is_days_in_order_or_none(text):
    days = parse_event_date(text)
    assert days is None or days[0] <= days[1]


@pytest.mark.parametrize(
    ("text", "license_"),
    [
        ("CC0_1_0", "CC0-1.0"),
        ("http://creativecommons.org/publicdomain/zero/1.0/legalcode", "CC0-1.0"),
        ("https://creativecommons.org/licenses/by-nc-sa/3.0/", "CC-BY-NC-SA-3.0"),
        ("UNSPECIFIED", None),
        ("Ask me first", "Ask me first"),
    ],
)
def test_licences_are_read_as_spdx(text, license_):
    assert spdx_license(text) == license_


def test_datums_are_known_by_their_common_names():
    assert datum_crs("wgs 84") == "EPSG:4326"
    assert datum_crs("epsg:4240") == "EPSG:4240"
    assert datum_crs("EPSG:32647") is None
    assert datum_crs("EPSG:99999") is None


def test_nothing_is_said_of_records_in_order(pack, read):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        read(pack({"a.csv": SIMPLE}))
    assert not caught
