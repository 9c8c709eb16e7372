"""What has closed or has not opened yet on the day of the data is no open supply."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from drawn_osm import DrawnOsm

from creative_spatial.loaders.osm import read_osm
from creative_spatial.loaders.osm.lifetimes import day_of, status_on
from creative_spatial.provenance import Source
from creative_spatial.schema import open_rows
from creative_spatial.taxonomy import Taxonomy

DAY = dt.date(2024, 5, 15)


@pytest.mark.parametrize(
    ("tags", "status"),
    [
        ({"end_date": "2010"}, "disused"),
        ({"end_date": "2024-05-14"}, "disused"),
        ({"end_date": "2024-05-15"}, "open"),  # its last day
        ({"end_date": "2024-04"}, "disused"),
        ({"end_date": "2024-05"}, "open"),  # may be its last day yet
        ({"end_date": "2024"}, "open"),
        ({"end_date": "before 1950"}, "disused"),
        ({"end_date": "after 1950"}, "open"),
        ({"end_date": "C19"}, "disused"),
        ({"end_date": "2030"}, "open"),
        ({"end_date": "พ.ศ. 2553"}, "disused"),  # 2010
        ({"end_date": "2553"}, "open"),  # of no era that it names
        ({"end_date": "soon"}, "open"),
        ({"end_date": "2010-02-31"}, "open"),
        ({"end_date": ""}, "open"),
        ({"opening_date": "2030-01-01"}, "proposed"),
        ({"opening_date": "2024-05-15"}, "open"),
        ({"opening_date": "2024-05-16"}, "proposed"),
        ({"opening_date": "2024"}, "open"),
        ({"start_date": "2025"}, "proposed"),
        ({"start_date": "~1850"}, "open"),
        ({"start_date": "2385"}, "open"),
        ({"start_date": "after 2020"}, "open"),
        ({"start_date": "2030", "end_date": "2010"}, "disused"),
        ({"name": "end_date"}, "open"),
    ],
)
def test_a_date_that_lies_wholly_before_or_after_the_day_of_the_data_decides(tags, status):
    assert status_on("open", json.dumps(tags, ensure_ascii=False), DAY) == status


def test_what_is_not_open_stays_what_it_is_and_no_day_decides_nothing():
    ended = '{"end_date": "2010"}'
    assert status_on("abandoned", ended, DAY) == "abandoned"
    assert status_on("open", ended, None) == "open"
    assert day_of("2024-02") == dt.date(2024, 2, 29)
    assert day_of("nineteen") is None


@pytest.fixture
def read(tmp_path):
    """Read four libraries from a file whose objects were last edited on 1 May 2024."""
    drawn = DrawnOsm()
    dates = ({}, {"end_date": "2010"}, {"opening_date": "2030-01-01"}, {"end_date": "2024-12-31"})
    for n, tags in enumerate(dates, start=1):
        drawn.node(n, 100.01 + n / 1000, 7.05, amenity="library", **tags)
    path = tmp_path / "city.osm"
    path.write_text(drawn.xml(), encoding="utf-8")

    def reading(date=None):
        source = Source("osm", "OSM", "ODbL-1.0", "OpenStreetMap", date)
        return read_osm(path, taxonomy=Taxonomy.load(), source=source, parts=("features",)).features

    return reading


@pytest.mark.parametrize(
    ("date", "states"),
    [
        (None, ["open", "disused", "proposed", "open"]),  # 2024-05-01, of the latest edit
        ("2009", ["open", "open", "proposed", "open"]),
        ("2031-06", ["open", "disused", "open", "disused"]),
    ],
)
def test_the_day_is_that_of_the_data_and_not_today(read, date, states):
    layer = read(date)
    assert layer["status"].tolist() == states
    assert len(layer) == 4
    assert len(open_rows(layer)) == states.count("open")
