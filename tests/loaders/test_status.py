"""What no longer exists is not counted, so a file's own `status` must not be taken for ours."""

from __future__ import annotations

import pytest
from places import CRS

from creative_spatial.errors import DataQualityWarning, LoadError, RepairWarning
from creative_spatial.loaders import read_table
from creative_spatial.provenance import Source
from creative_spatial.taxonomy import Taxonomy

SOURCE = Source("survey", "Survey", "CC0-1.0", "Town hall")


@pytest.fixture
def read(tmp_path):
    """Read a table of two museums with a status each."""

    def reading(first, second, column="status", **columns):
        path = tmp_path / "assets.csv"
        rows = [f"1,Mill,museum,100.6,7.19,{first}", f"2,Port,museum,100.61,7.19,{second}"]
        path.write_text("\n".join([f"id,name,concept,lon,lat,{column}", *rows]), encoding="utf-8")
        mapping = {"id": "id", "name": "name", "concept": "concept", "lon": "lon", "lat": "lat"}
        return read_table(
            path,
            source=SOURCE,
            taxonomy=Taxonomy.load(),
            target_crs=CRS,
            columns={**mapping, **columns},
        )

    return reading


def test_our_words_are_taken_however_they_are_written(read):
    with pytest.warns(RepairWarning, match=r"2 repaired, words .*'Open' is now 'open'"):
        assert read("Open", " DISUSED ")["status"].tolist() == ["open", "disused"]
    with pytest.warns(RepairWarning, match=r"'razed' is now 'demolished'"):
        assert read("razed", "planned")["status"].tolist() == ["demolished", "proposed"]


def test_another_meaning_is_set_aside_and_every_row_counts(read):
    with pytest.warns(
        DataQualityWarning,
        match=r"status is one of open, .*found 'good', 'paid' in rows 2, 3.*file:status",
    ):
        layer = read("good", "paid")
    assert "status" not in layer
    assert layer["file:status"].tolist() == ["good", "paid"]


def test_a_column_named_as_the_status_must_use_our_words(read):
    with pytest.raises(LoadError, match=r"status is one of open, .*found 'good'"):
        read("good", "open", status="status")


def test_a_stage_or_form_of_another_meaning_is_set_aside_too(read):
    with pytest.warns(RepairWarning, match=r"1 repaired, words .*'สร้างสรรค์' is now 'make'"):
        assert read("สร้างสรรค์", "learn", "stage")["stage"].tolist() == ["make", "learn"]
    for column, first in (("stage", "produce"), ("heritage_form", "tangible")):
        with pytest.warns(
            DataQualityWarning,
            match=rf"{column} is one of {first}, .*found 'phase 2'.*file:{column}",
        ):
            layer = read("phase 2", "", column)
        assert column not in layer
        with pytest.raises(LoadError, match=rf"{column} is one of {first}, .*found 'phase 2'"):
            read("phase 2", "", column, **{column: column})
