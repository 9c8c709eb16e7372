"""A file that is not public is hashed under a key that stays in the city's folder."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import shutil
import stat
import warnings

import geopandas as gpd
import pandas as pd
import pytest
from click.testing import CliRunner
from private_city import HERE
from shapely.geometry import Point, box

from creative_spatial.assessment import Assessment
from creative_spatial.assessment.told import keyed_inputs
from creative_spatial.cli import cli
from creative_spatial.dossier import freeze, input_lines, verify
from creative_spatial.dossier.record import digest
from creative_spatial.dossier.verified_inputs import input_faults
from creative_spatial.errors import ConfigError, CreativeSpatialWarning
from creative_spatial.keyed import city_key, keyed_file, keyed_text, without_keyed

CITY = """
schema = 1
[city]
name = "Town"
[[boundary]]
id = "town"
path = "town.geojson"
source = "hall"
[units]
cell_m = 2500
[[layer]]
pillar = "culture"
kind = "vector"
path = "graves.shp"
source = "hall"
columns = { id = "code", concept = "kind", sensitivity = "why" }
where = "code <> 'Grave of Nai Dam'"
[[layer]]
pillar = "culture"
kind = "table"
path = "open.csv"
source = "hall"
concept = "museum"
[[source]]
id = "hall"
title = "Register"
license = "CC-BY-4.0"
attribution = "Town hall"
"""


def city(folder):
    """One grave and one temple in a file; a museum in another."""
    folder.mkdir(parents=True, exist_ok=True)
    town = gpd.GeoDataFrame({"name": ["Town"]}, geometry=[box(100, 7, 100.1, 7.1)], crs=4326)
    town.to_file(folder / "town.geojson")
    write_graves(folder, HERE)
    pd.DataFrame({"id": ["1"], "lon": [100.02], "lat": [7.02]}).to_csv(folder / "open.csv")
    (folder / "city.toml").write_text(CITY, encoding="utf-8")
    return folder


def write_graves(folder, shift):
    graves = gpd.GeoDataFrame(
        {"code": ["G-1", "G-2"], "kind": ["tomb", "wat"], "why": ["grave", None]},
        geometry=[Point(100.045 + shift[0], 7.045 + shift[1]), Point(100.07, 7.07)], crs=4326,
    )  # fmt: skip
    graves.to_file(folder / "graves.shp")


def assess(folder, out):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CreativeSpatialWarning)
        assessment = Assessment.from_toml(folder)
        result = assessment.run(only=["asset_density"])
        return assessment.save(result, out, maps=(), charts=())


def record(results):
    return json.loads((results / "run.json").read_text(encoding="utf-8"))


def shown(found):
    return [(one.state, one.file, one.fault) for one in found]


@pytest.fixture(scope="module")
def assessed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keyed")
    return city(folder / "city"), assess(folder / "city", folder / "out")


def copied(assessed, tmp_path):
    """The city's folder, to change."""
    return shutil.copytree(assessed[0], tmp_path / "city")


def test_the_hash_is_hmac_sha256_of_the_file_under_the_key(assessed):
    folder, results = assessed
    text = (folder / "provenance.key").read_text(encoding="utf-8")
    secret = bytes.fromhex(re.fullmatch(r"(?:#.*\n)+([0-9a-f]{64})\n", text)[1])
    facts = record(results)["inputs"]["graves.shp"]
    for name, found in {"graves.shp": facts["hmac_sha256"], **facts["hmac_parts"]}.items():
        wanted = hmac.new(secret, (folder / name).read_bytes(), hashlib.sha256).hexdigest()
        assert found == wanted
    assert set(facts["hmac_parts"]) == {f"graves.{end}" for end in ("dbf", "shx", "prj", "cpg")}
    assert facts["sha256"] is None
    assert facts["withheld"] == "it holds records that are not public"
    assert "whoever has the key can tell whether the file changed" in facts["keyed"]
    assert "hmac_sha256" not in record(results)["inputs"]["open.csv"]
    told = {it["file"]: it for it in record(results)["provenance"]["inputs"]}
    assert told["graves.shp"]["hmac_sha256"] == facts["hmac_sha256"]


def test_no_result_and_no_edition_holds_the_key_or_a_plain_hash(assessed, tmp_path):
    folder, results = assessed
    key = (folder / "provenance.key").read_text(encoding="utf-8").splitlines()[-1]
    plain = [hashlib.sha256(it.read_bytes()).hexdigest() for it in folder.glob("graves.*")]
    edition = freeze(shutil.copytree(results, tmp_path / "out"), "1")
    for path in [*results.rglob("*"), *edition.rglob("*")]:
        if path.is_file():
            data = path.read_bytes()
            assert not [it for it in (key, *plain) if it.encode() in data]
            assert bytes.fromhex(key) not in data
    assert not list(results.rglob("*.key"))


def test_the_key_is_for_its_owner_alone_and_is_made_once(assessed, tmp_path):
    folder, results = assessed
    path = folder / "provenance.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    key = path.read_bytes()
    again = assess(folder, tmp_path / "again")
    assert path.read_bytes() == key
    assert (again / "run.json").read_bytes() == (results / "run.json").read_bytes()


def test_checking_a_city_makes_no_key(tmp_path):
    folder = city(tmp_path / "city")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CreativeSpatialWarning)
        Assessment.from_toml(folder).check()
    assert not (folder / "provenance.key").exists()


@pytest.mark.parametrize("spoil", ["folder", "text"])
def test_a_check_tells_of_a_key_that_no_run_could_use(tmp_path, spoil):
    folder = city(tmp_path / "city")
    key = folder / "provenance.key"
    key.mkdir() if spoil == "folder" else key.write_text("not a key")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CreativeSpatialWarning)
        report = Assessment.from_toml(folder).check()
    (found,) = [it for it in report.findings if it.file == "provenance.key"]
    assert found.severity == "error"
    assert str(tmp_path) not in found.message
    # Where nothing is withheld nobody asks for it.
    (folder / "city.toml").write_text(CITY.replace(', sensitivity = "why"', ""), encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CreativeSpatialWarning)
        assert Assessment.from_toml(folder).check().would_run


def test_a_city_without_secrets_needs_no_key(tmp_path):
    folder = city(tmp_path / "city")
    text = CITY.replace(', sensitivity = "why"', "")
    (folder / "city.toml").write_text(text, encoding="utf-8")
    results = assess(folder, tmp_path / "out")
    assert not (folder / "provenance.key").exists()
    assert "keyed" not in (results / "run.json").read_text(encoding="utf-8")


def test_what_is_given_away_follows_from_no_key(assessed, tmp_path):
    # Everything but the hashes themselves is the same from another key, and another place.
    folder = city(tmp_path / "city")
    write_graves(folder, (0.001, 0.001))
    other = assess(folder, tmp_path / "out")
    one, two = (record(it) for it in (assessed[1], other))
    assert one["inputs"]["graves.shp"]["hmac_sha256"] != two["inputs"]["graves.shp"]["hmac_sha256"]
    assert without_keyed(one["inputs"]) == without_keyed(two["inputs"])
    for fact in ("inputs_sha256", "config_sha256", "files", "steps"):
        assert one[fact] == two[fact]


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ('columns = { id = "code", concept = "kind", sensitivity = "why" }', "(withheld)"),
        ('columns = { id = "code", concept = "kind" }', "code <> 'G-1'"),
    ],
)
def test_a_condition_is_not_told_where_it_may_name_what_it_leaves_out(tmp_path, columns, told):
    folder = city(tmp_path / "city")
    text = re.sub(r"columns = .*\nwhere = .*", f"{columns}\nwhere = \"code <> 'G-1'\"", CITY)
    (folder / "city.toml").write_text(text, encoding="utf-8")
    results = assess(folder, tmp_path / "out")
    run = record(results)
    assert run["config"]["layer"][0]["where"] == told
    assert "withheld" not in run["inputs"]["graves.shp"]
    assert verify(results, city=folder) == []


def test_a_condition_is_not_told_of_a_file_that_has_the_column_itself(tmp_path):
    folder = city(tmp_path / "city")
    graves = gpd.read_file(folder / "graves.shp").rename(columns={"why": "sensitivity"})
    graves.to_file(folder / "graves.gpkg")
    text = CITY.replace("graves.shp", "graves.gpkg").replace(', sensitivity = "why"', "")
    text = text.replace("'Grave of Nai Dam'", "'G-1'")
    (folder / "city.toml").write_text(text, encoding="utf-8")
    run = record(assess(folder, tmp_path / "out"))
    assert run["config"]["layer"][0]["where"] == "(withheld)"


class TestVerify:
    def test_the_folder_that_was_read_fits(self, assessed):
        assert verify(assessed[1], city=assessed[0]) == []

    def test_a_private_file_that_changed_is_named_with_its_part(self, assessed, tmp_path):
        folder = copied(assessed, tmp_path)
        write_graves(folder, (0.001, 0.001))
        (folder / "graves.cpg").unlink()
        found = verify(assessed[1], city=folder)
        parts = {"cpg": "missing", "shp": "changed", "shx": "changed"}  # which has the extent
        assert shown(found) == [(state, f"graves.{end}", True) for end, state in parts.items()]
        ran = CliRunner().invoke(cli, ["verify", str(assessed[1]), "--city", str(folder)])
        assert ran.exit_code == 1
        assert "changed   graves.shp (inputs)" in ran.output

    def test_a_condition_that_is_not_told_is_checked_too(self, assessed, tmp_path):
        folder = copied(assessed, tmp_path)
        (folder / "city.toml").write_text(CITY.replace("Nai Dam", "Mae Sri"), encoding="utf-8")
        (found,) = verify(assessed[1], city=folder)
        assert (found.state, found.file) == ("changed", "city.toml")
        assert "not all of it was told" in found.message

    def test_without_the_key_it_is_said_that_it_is_not_there(self, assessed, tmp_path):
        folder = copied(assessed, tmp_path)
        (folder / "provenance.key").unlink()
        write_graves(folder, (0.001, 0.001))
        found = verify(assessed[1], city=folder)
        assert shown(found) == [(*it, False) for it in (("unchecked", "city.toml"), ("unchecked", "graves.shp"))]  # fmt: skip
        assert "is not in the city's folder" in found[1].message
        ran = CliRunner().invoke(cli, ["verify", str(assessed[1]), "--city", str(folder)])
        assert ran.exit_code == 0
        assert "2 could not be" in ran.output

    def test_another_key_is_said_to_be_another(self, assessed, tmp_path):
        folder = copied(assessed, tmp_path)
        (folder / "provenance.key").unlink()
        city_key(folder, make=True)
        found = verify(assessed[1], city=folder)
        assert {one.state for one in found} == {"unchecked"}
        assert "is not the key under which the run hashed it" in found[0].message

    def test_what_is_no_key_is_said_to_be_none(self, assessed, tmp_path):
        folder = copied(assessed, tmp_path)
        (folder / "provenance.key").write_text("# mine\nletmein\n", encoding="utf-8")
        found = verify(assessed[1], city=folder)
        assert {(one.state, one.fault) for one in found} == {("unchecked", False)}
        assert "holds no key of 64 digits 0 to f" in found[0].message
        with pytest.raises(ConfigError, match="remove it, and the next run makes another"):
            assess(folder, tmp_path / "out")

    def test_a_private_file_that_is_gone_is_missing(self, assessed, tmp_path):
        folder = copied(assessed, tmp_path)
        (folder / "graves.shp").unlink()
        assert shown(verify(assessed[1], city=folder)) == [("missing", "graves.shp", True)]

    def test_the_record_of_other_facts_is_still_checked(self, assessed, tmp_path):
        results = shutil.copytree(assessed[1], tmp_path / "out")
        text = (results / "run.json").read_text(encoding="utf-8")
        text = text.replace("it holds records that are not public", "it was lost")
        (results / "run.json").write_text(text, encoding="utf-8")
        assert shown(verify(results)) == [("changed", "run.json", True)]


def test_a_folder_that_cannot_be_written_to_has_no_hash_and_the_record_says_so(
    tmp_path, monkeypatch
):
    folder = city(tmp_path / "city")

    def refuse(path, flags, *rest, opened=os.open, **more):
        if str(path).endswith(".key"):
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, flags, *rest, **more)

    monkeypatch.setattr("creative_spatial.keyed.os.open", refuse)
    results = assess(folder, tmp_path / "out")
    facts = record(results)["inputs"]["graves.shp"]
    assert "hmac_sha256" not in facts
    assert facts["keyed"] == "no key can be kept in the city's folder, which cannot be written to"
    monkeypatch.undo()
    found = verify(results, city=folder)
    assert [one.state for one in found] == ["unchecked", "unchecked"]
    assert "so that the run kept no hash of it" in found[1].message


class TestCompare:
    def test_equal_inputs_are_not_spoken_of(self, assessed):
        assert input_lines(assessed[1], assessed[1]) == []

    def test_what_changed_is_told_of_public_and_of_private_files(self, assessed, tmp_path):
        folder = copied(assessed, tmp_path)
        write_graves(folder, (0.001, 0.001))
        with (folder / "open.csv").open("a") as file:
            file.write("1,2,100.03,7.03\n")
        after = assess(folder, tmp_path / "out")
        assert input_lines(assessed[1], after) == [
            "input: graves.shp changed; what is in it is not public",
            "input: open.csv changed",
        ]
        ran = CliRunner().invoke(cli, ["compare", str(assessed[1]), str(after)])
        assert "input: graves.shp changed" in ran.output

    def test_under_two_keys_it_cannot_be_told(self, assessed, tmp_path):
        after = assess(city(tmp_path / "city"), tmp_path / "out")
        assert "it may have changed" in input_lines(assessed[1], after)[-1]


def test_a_text_is_hashed_under_the_key_too(tmp_path):
    key = city_key(tmp_path, make=True)
    wanted = hmac.new(key.secret, b"rows", hashlib.sha256).hexdigest()
    assert keyed_text("rows", key) == {"hmac_sha256": wanted, "key": key.id}
    assert repr(key) == f"Key({key.id})"


def test_rows_of_a_database_are_hashed_by_their_hash_and_a_service_is_not_asked_again(tmp_path):
    config = Assessment.from_toml(city(tmp_path / "city")).config
    told = config.as_dict()
    inputs = {"public.graves": {"sha256": None, "withheld": "…", "online": {}, "layers": []}}
    made = keyed_inputs(config, inputs, told=told, rows={"public.graves": "ab12"})
    key = city_key(tmp_path / "city")
    assert made["public.graves"]["hmac_sha256"] == keyed_text("ab12", key)["hmac_sha256"]
    assert "hmac_sha256" not in inputs["public.graves"]
    run = {"inputs": made, "config_sha256": digest(told)}
    found = [one for one in input_faults(run, tmp_path / "city") if one.file == "public.graves"]
    assert [(one.state, one.fault) for one in found] == [("unchecked", False)]
    assert "what a service answered is not in the city's folder" in found[0].message


def test_a_folder_is_hashed_without_its_key(tmp_path):
    (tmp_path / "a.csv").write_text("1")
    key = city_key(tmp_path, make=True)
    assert set(keyed_file(tmp_path, key)["hmac_parts"]) == {"a.csv"}
