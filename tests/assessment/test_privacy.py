"""No file tells where a flagged record lies, and no two exports do together."""

from __future__ import annotations

import json
import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from private_city import LAYERS, TOWN, hashes, nothing_hidden, private_town, whatever_the_map
from pyproj import Transformer
from secrets_sought import found_in
from shapely.geometry import Point, box

from creative_spatial.assessment import Assessment
from creative_spatial.errors import CreativeSpatialWarning
from creative_spatial.keyed import without_keyed

DRAWN = {"formats": ("png", "pdf", "svg"), "maps": ["pillar-2-culture", "pillar-3-community"]}
DEGREES = Transformer.from_crs("EPSG:32647", "EPSG:4326", always_xy=True)


def run(folder, **options):
    """A run that says nothing on the way."""
    with whatever_the_map(), warnings.catch_warnings():
        warnings.simplefilter("ignore", CreativeSpatialWarning)
        return Assessment.from_toml(folder).run(**options)


def save(folder, out, **options):
    """A results folder."""
    with whatever_the_map(), warnings.catch_warnings():
        warnings.simplefilter("ignore", CreativeSpatialWarning)
        assessment = Assessment.from_toml(folder)
        return assessment.save(assessment.run(), out, **options)


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """The town's folder, its results folder, its secrets and its public controls."""
    folder = tmp_path_factory.mktemp("town")
    secrets, controls = private_town(folder / "city")
    return folder / "city", save(folder / "city", folder / "out", **DRAWN), secrets, controls


def test_no_file_of_the_results_tells_a_secret(town):
    _, out, secrets, _ = town
    assert found_in(out, secrets) == set()


def test_what_is_public_is_told_by_the_same_files(town):
    _, out, _, controls = town
    told = found_in(out, controls)
    assert {name for name, _, way in told if way.startswith("binary")} == set(controls)
    ways = {(name, file.rpartition(".")[2]) for name, file, _ in told}
    for name in controls:
        assert {(name, "gpkg"), (name, "parquet")} <= ways


def test_without_generalising_every_secret_that_is_shown_would_be_told(tmp_path, monkeypatch):
    secrets, _ = private_town(tmp_path / "city")
    monkeypatch.setattr("creative_spatial.assessment.core.public_data", nothing_hidden)
    out = save(tmp_path / "city", tmp_path / "out", formats=())
    assert {name for name, *_ in found_in(out, secrets)} == set(secrets) - {"phone", "condition"}


def test_layers_carry_darwin_cores_terms(town):
    layer = gpd.read_parquet(town[1] / "layers" / "culture.parquet")
    flagged = layer[layer["sensitivity"].notna()]
    assert sorted(flagged["sensitivity"]) == [*["grave"] * 7, *["unexcavated"] * 3]
    terms = ["dataGeneralizations", "informationWithheld", "coordinateUncertaintyInMeters"]
    assert flagged[terms].notna().all(axis=None)
    assert set(flagged["uncertainty_basis"]) == {"generalised"}
    assert layer.loc[layer["sensitivity"].isna(), terms[:2]].isna().all(axis=None)


def test_the_record_counts_what_is_not_shown(town):
    steps = {step["step"]: step for step in run(town[0], only=["asset_density"]).steps}
    said = steps["privacy"]["reason"]
    assert "7 generalised, grave" in said
    assert "9 generalised, people" in said
    assert "1 without words of their own" in said
    assert "8 withheld, too few records of its kind near by" in said
    for pillar in ("culture", "biodiversity", "community"):
        rows = steps[f"pillar {pillar}"]["rows"]
        assert rows["in"] == rows["counted_twice"] + rows["withheld"] + rows["out"]


def test_the_record_tells_no_condition_of_a_layer_that_is_not_public(town):
    layers = json.loads((town[1] / "run.json").read_text(encoding="utf-8"))["config"]["layer"]
    assert [layer["where"] for layer in layers] == ["(withheld)", None, None, None]
    assert layers[0]["concepts"] == ["tomb"]
    assert layers[0]["columns"] == {"id": "code", "concept": "kind"}


def test_what_is_generalised_is_stated_by_nobody_and_not_assumed(town):
    result = run(town[0], only=FEW)
    steps = [step for step in result.steps if step["step"] == "positions of culture"]
    flagged = int(result.layers["culture"]["sensitivity"].notna().sum())
    assert steps[0]["rows"]["generalised"] == flagged
    assert sum(steps[0]["rows"].values()) == 2 * steps[0]["rows"]["places"]


def test_people_are_counted_by_hexagon(town):
    people = gpd.read_parquet(town[1] / "layers" / "people.parquet")
    assert people["records"].tolist() == [9]
    assert people["concept"].tolist() == ["homestay"]


def test_nothing_is_drawn_where_something_is_hidden_and_all_keeps_its_name_elsewhere(town):
    layers = {path.stem: gpd.read_parquet(path) for path in (town[1] / "layers").glob("*.parquet")}
    assert layers["buildings"]["name"].to_dict() == {"osm:way/69": "House of the poet"}
    assert set(layers["streets"]["name"]) == {"Main Street"}
    assert set(layers["network_edges"]["way_id"]) == {1}
    assert set(layers["gaps"]["layer"]) == {"buildings", "network", "streets", "water"}
    for name in ("buildings", "streets", "water"):
        (gap,) = layers["gaps"].set_index("layer").geometry[[name]]
        # Where an outline is cut, its corners are rounded to 10 m.
        assert layers[name].geometry.intersection(gap.buffer(-8)).is_empty.all()


def test_a_gap_is_the_cell_and_a_tenth_around_it_whatever_lies_in_it(town):
    gaps = gpd.read_parquet(town[1] / "layers" / "gaps.parquet").set_index("layer").to_crs(4326)
    # The tomb on an edge has its middle in the cell east of it.
    west, south, east, north = gaps.geometry["water"].bounds
    assert (west, south, east, north) == pytest.approx((100.089, 7.009, 100.101, 7.021), abs=2e-5)
    three = [part.bounds for part in gaps.geometry["buildings"].geoms]
    cells = [(100.05, 7.05), (100.07, 7.02), (100.08, 7.08)]
    wanted = [(x - 0.001, y - 0.001, x + 0.011, y + 0.011) for x, y in cells]
    np.testing.assert_allclose(sorted(three), wanted, atol=2e-5)


def test_the_record_counts_what_is_left_out_of_the_background(town):
    record = json.loads((town[1] / "run.json").read_text(encoding="utf-8"))
    steps = {step["step"]: step for step in record["steps"]}
    # Seven houses around one of three tombs; Main Street is cut, Grave Street led to a grave.
    assert steps["background buildings"]["rows"] == {"in": 8, "whole": 1, "cut": 0, "out": 7}
    assert "7 of 8 public outlines are not given" in steps["background buildings"]["reason"]
    assert "in 3 gaps" in steps["background buildings"]["reason"]
    assert steps["background streets"]["rows"] == {"in": 2, "whole": 0, "cut": 1, "out": 1}
    assert "are not walked on either" in steps["background network"]["reason"]
    for step in record["steps"]:
        if step["step"].startswith("background "):
            rows = step["rows"]
            assert rows["in"] == rows["whole"] + rows["cut"] + rows["out"]


def test_a_run_warns_of_what_is_left_out_of_the_background(town):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        Assessment.from_toml(town[0]).run(only=FEW)
    said = [str(one.message) for one in caught]
    assert any(text.startswith("background buildings: 7 of 8 public outlines") for text in said)


def test_a_map_says_that_its_ground_is_left_out(town):
    said = "Around what is not public the base map is left out"
    assert said in (town[1] / "maps" / "pillar-2-culture.svg").read_text(encoding="utf-8")


def test_land_is_measured_as_if_there_were_no_water_in_a_gap(town):
    layers = town[1] / "layers"
    land, gaps = (gpd.read_parquet(layers / f"{name}.parquet") for name in ("land", "gaps"))
    (gap,) = gaps.set_index("layer").geometry[["water"]]
    (town_land,) = land.geometry
    assert town_land.contains(gap.buffer(-8).intersection(town_land.envelope.buffer(-50)))


def test_buildings_and_streets_of_a_town_without_secrets_keep_their_names(tmp_path):
    private_town(tmp_path)
    (tmp_path / "taxonomy" / "own.toml").write_text('[concepts.tomb]\nsensitivity = "grave"\n')
    layers = run(tmp_path, only=FEW).layers
    assert "Main Street" in set(layers["streets"]["name"])
    assert set(layers["buildings"]["name"].dropna()) == {"House of the poet"}
    (tmp_path / "taxonomy" / "own.toml").unlink()
    assert "House of the mayor" in set(run(tmp_path, only=FEW).layers["buildings"]["name"])


def told_by(result):
    """Everything that a result hands out, but for how long it took."""
    tables = {**result.layers, **result.tables, "indicators": result.indicators}
    frames = {name: pd.DataFrame(table).to_csv() for name, table in tables.items()}
    return frames | {
        "record": repr((result.steps, without_keyed(result.inputs), result.config, result.checks))
    }


# Other grids of units, other boundaries (the reach of the last two ends east and west of the
# middle of the secret's cell, between its two places), other layers, fewer records.
SETTINGS = {
    "as it is": {},
    "small units": {"cell_m": 1000},
    "large units": {"cell_m": 5000},
    "another boundary": {"outline": (100.041, 7.02, 100.075, 7.09)},
    "a boundary whose reach ends before the middle": {"outline": (100.0, 7.0, 100.0189, 7.1)},
    "a boundary whose reach ends behind the middle": {"outline": (100.0, 7.0, 100.0209, 7.1)},
    "a boundary between the two places": {"outline": (100.0, 7.0, 100.0455, 7.1)},
    "without one record": {"without": ("grave",)},
    "without the homes": {"layers": LAYERS.rpartition("[[layer]]")[0]},
}


FEW = ["asset_density"]


@pytest.mark.parametrize("setting", SETTINGS)
def test_nothing_depends_on_where_in_its_cell_a_record_lies(tmp_path, setting):
    # Then no number of exports, whatever their settings, tells more than the cell.
    private_town(tmp_path / "here", **SETTINGS[setting])
    private_town(tmp_path / "there", moved=True, **SETTINGS[setting])
    only = None if setting == "as it is" else FEW
    here, there = (told_by(run(tmp_path / place, only=only)) for place in ("here", "there"))
    assert here.keys() == there.keys()
    assert [name for name in here if here[name] != there[name]] == []


def test_a_move_to_the_next_cell_shows(tmp_path):
    # So that the comparison above can fail.
    private_town(tmp_path / "here")
    here = told_by(run(tmp_path / "here", only=FEW))
    graves = gpd.read_file(tmp_path / "here" / "graves.gpkg")
    graves.geometry = graves.geometry.translate(0.01, 0.01)
    (tmp_path / "here" / "graves.gpkg").unlink()
    graves.to_file(tmp_path / "here" / "graves.gpkg")
    assert told_by(run(tmp_path / "here", only=FEW))["culture"] != here["culture"]


def test_the_files_are_the_same_to_the_byte_wherever_in_their_cells_records_lie(tmp_path, town):
    private_town(tmp_path / "city", moved=True)
    there = save(tmp_path / "city", tmp_path / "out", **DRAWN)
    assert hashes(there) == hashes(town[1])


def test_what_an_attacker_has_of_a_record_is_never_less_than_its_cell(tmp_path):
    cell = box(100.04, 7.04, 100.05, 7.05)
    corners = [Point(xy) for xy in cell.exterior.coords[:4]]
    region = None
    for number, setting in enumerate(("large units", "another boundary", "without the homes")):
        folder = tmp_path / str(number)
        private_town(folder, **SETTINGS[setting])
        result = run(folder, only=["asset_density"])
        culture = result.layers["culture"]
        flagged = culture[culture["sensitivity"] == "grave"]
        lon, lat = DEGREES.transform(flagged.geometry.x, flagged.geometry.y)
        mine = flagged[
            np.array([cell.contains(Point(xy)) for xy in zip(lon, lat, strict=True)], bool)
        ]
        for row in mine.itertuples():
            disc = row.geometry.buffer(row.uncertainty_m, quad_segs=64)
            region = disc if region is None else region.intersection(disc)
    metres = gpd.GeoSeries(corners, crs=4326).to_crs(32647)
    assert region is not None
    assert all(region.buffer(1).contains(corner) for corner in metres)


@pytest.mark.parametrize("table", ["water", "background", "population"])
def test_a_layer_that_is_drawn_as_it_is_cannot_be_flagged_as_a_whole(tmp_path, table):
    private_town(tmp_path)
    kind = "raster" if table == "population" else "vector"
    more = (
        f'[[layer]]\npillar = "{table}"\nkind = "{kind}"\npath = "graves.gpkg"\nsource = "secret"\n'
    )
    text = TOWN.format(cell_m=500) + LAYERS + more + 'sensitivity = "grave"\n'
    (tmp_path / "city.toml").write_text(text, encoding="utf-8")
    with pytest.raises(Exception, match=f"sensitivity: a layer of {table} is used as it is"):
        Assessment.from_toml(tmp_path)


def test_flagged_rows_of_a_layer_of_water_are_not_drawn(tmp_path):
    secrets, _ = private_town(tmp_path / "city")
    gpd.GeoDataFrame(
        {"code": ["W-1"], "name": ["Spring of spirits"], "kind": ["water"], "sensitivity": ["sacred"]},
        geometry=[box(100.0211, 7.0311, 100.0222, 7.0322)], crs=4326,
    ).to_file(tmp_path / "city" / "springs.gpkg")  # fmt: skip
    more = (
        '\n[[layer]]\npillar = "water"\nkind = "vector"\npath = "springs.gpkg"\nsource = "secret"\n'
        'columns = { id = "code", concept = "kind" }\nconcepts = { "water" = "pond" }\n'
    )
    with (tmp_path / "city" / "city.toml").open("a") as file:
        file.write(more)
    secret = secrets["grave"]._replace(lon=100.0222, lat=7.0311, words=("Spring of spirits",))
    out = save(tmp_path / "city", tmp_path / "out", formats=())
    assert found_in(out, {"spring": secret}) == set()
