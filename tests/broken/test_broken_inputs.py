"""Broken inputs as city halls send them: what `check` finds, and what loading does with them."""

from __future__ import annotations

import hashlib
import re
import warnings

import broken.inputs.city_data
import broken.inputs.files
import broken.inputs.guesses
import broken.inputs.positions
import broken.inputs.text  # noqa: F401  # each registers its inputs
import geopandas as gpd
import pandas as pd
import pytest
import shapely
from broken.inputs.town import INPUTS, write_town

from creative_spatial.assessment.position import position_findings
from creative_spatial.config import CityConfig
from creative_spatial.errors import CreativeSpatialError
from creative_spatial.loaders import check_city, load_city
from creative_spatial.loaders.repair.undo import undo_repairs
from creative_spatial.taxonomy import Taxonomy

NUMBER = re.compile(r"\d+")
ROWS = re.compile(r"(row|feature)s? \d+(, \d+)*")


@pytest.fixture(scope="module")
def taxonomy():
    return Taxonomy.load()


@pytest.fixture
def made(request, tmp_path):
    """A city folder with one broken input, and what is expected of it."""
    entry = INPUTS[request.param]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what writes a broken file
        write_town(tmp_path, entry.make(tmp_path))
    return tmp_path, entry


def hashes(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


each_input = pytest.mark.parametrize("made", sorted(INPUTS), indirect=True)


@each_input
def test_check_finds_the_fault_and_nothing_else(made, taxonomy):
    folder, entry = made
    found = [
        finding
        for finding in check_city(CityConfig.read(folder), taxonomy)
        if not finding.message.endswith(("row read", "rows read"))
    ]
    listed = [(f.severity, f.file, f.message) for f in found]
    assert len(found) == len(entry.finds), listed
    for severity, words, file in entry.finds:
        told = [
            f
            for f in found
            if f.severity == severity
            and f.file == (file or entry.file)
            and all(word in f.message for word in words)
        ]
        assert len(told) == 1, (severity, words, listed)
        assert told[0].cause
        assert told[0].remedy
        rows = [tuple(map(int, NUMBER.findall(word))) for word in words if ROWS.fullmatch(word)]
        assert not rows or told[0].rows == sum(rows, ()), (words, told[0].rows)


@each_input
def test_loading_does_what_is_said_and_every_row_is_accounted_for(made, taxonomy):
    folder, entry = made
    before, expected = hashes(folder), entry.outcome
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the findings are looked at above
        if expected.refused:
            with pytest.raises(CreativeSpatialError) as caught:
                load_city(CityConfig.read(folder), taxonomy)
            for words in expected.refused:
                assert words in str(caught.value)
        else:
            judge(load_city(CityConfig.read(folder), taxonomy), entry)
    assert hashes(folder) == before


def judge(data, entry):
    expected = entry.outcome
    rows = data.inputs[entry.file]["layers"][0].get("rows", {})
    if "in" in rows:
        assert rows["in"] == expected.rows_in
        assert rows["outside"] == expected.outside
        assert rows["in"] == rows["out"] + rows["outside"] + sum(rows["quarantined"].values())
        assert rows["out"] == len(data.layers[0])
    assert rows.get("out", 0) == expected.out
    set_aside = {
        kind: tuple(group["row"]) for kind, group in data.quarantine.groupby("kind", sort=False)
    }
    assert set_aside == expected.quarantined
    proposed = {
        record.kind: tuple(record.rows) for record in data.proposals.itertuples(index=False)
    }
    assert proposed == expected.proposed
    mended = {
        (r.kind, None if pd.isna(r.row) else r.row, r.column): (r.before, r.after)
        for r in data.repairs.itertuples(index=False)
    }
    for kind, row, column, was, now in expected.mended:
        before_it, after_it = mended[kind, row, column]
        assert before_it == was
        number = isinstance(now, float)
        assert (float(after_it) if number else after_it) == (pytest.approx(now) if number else now)
    if expected.names:
        assert tuple(data.layers[0]["name"]) == expected.names


mended_inputs = pytest.mark.parametrize(
    "made", sorted(name for name, entry in INPUTS.items() if entry.outcome.mended), indirect=True
)


@mended_inputs
def test_with_repairs_off_nothing_is_changed_and_every_row_is_accounted_for(made, taxonomy):
    folder, _ = made
    config = folder / "city.toml"
    lines = [line for line in config.read_text().splitlines() if not line.startswith("accept")]
    config.write_text("\n".join([*lines, "repair = false"]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            data = load_city(CityConfig.read(folder), taxonomy)
        except CreativeSpatialError:
            return  # no row is fit as it stands
    assert not len(data.repairs)
    (rows,) = [
        layer["rows"]
        for facts in data.inputs.values()
        for layer in facts["layers"]
        if "rows" in layer and "in" in layer["rows"]
    ]
    assert rows["in"] == rows["out"] + rows["outside"] + sum(rows["quarantined"].values())


@mended_inputs
def test_repairs_taken_back_leave_what_stood_in_the_file(made, taxonomy):
    folder, entry = made
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data = load_city(CityConfig.read(folder), taxonomy)
    layer = undo_repairs(data.layers[0], data.repairs)
    ids = data.repairs.set_index(["row", "column"])["feature_id"]
    for mend in entry.outcome.mended:
        if mend.row is None:
            continue  # of the whole file: its encoding is stated in the configuration
        there = layer.loc[ids[mend.row, mend.column], mend.column]
        if mend.column == "geometry" and there is None:
            assert abs(shapely.from_wkt(mend.before).y) > 90  # no place on earth
        elif mend.column == "geometry":
            there = gpd.GeoSeries([there], crs=layer.crs).to_crs("EPSG:4326").iloc[0]
            assert there.equals_exact(shapely.from_wkt(mend.before), 1e-7), mend
        else:
            assert there == mend.before, mend


@pytest.mark.parametrize("made", ["shapefile_labelled_utm_but_indian_1975"], indirect=True)
def test_a_mislabelled_datum_is_found_by_the_places_that_openstreetmap_knows(made, taxonomy):
    folder, _ = made
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ((step,), _) = position_findings(load_city(CityConfig.read(folder), taxonomy))
    assert step["status"] == "warning"
    assert "EPSG:24047" in step["reason"]
    assert "6 " in step["reason"]


def test_there_is_a_good_number_of_faults_each_told_in_its_name():
    assert len(INPUTS) >= 25
