"""What the results folder holds."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
from affine import Affine
from pyproj import CRS

from creative_spatial.dossier import save
from creative_spatial.dossier.naming import MOST_COLUMNS
from creative_spatial.errors import OutputError
from creative_spatial.raster import Raster
from creative_spatial.schema import empty_features

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import SimpleNamespace

    from creative_spatial.result import Result

EXPECTED = {
    "run.json", "log.txt", "credits.md", "indicators.json", "indicators.csv", "city.gpkg", "units.parquet",
    "tables/field_profile.parquet", "layers/culture.parquet", "layers/zones.parquet", "layers/protected.parquet",
    "layers/network_edges.parquet", "maps/overview.png", "maps/overview.pdf", "maps/overview.txt", "maps/pillar-2-culture.png",
    "maps/pillar-2-culture.pdf", "maps/pillar-2-culture.txt", "charts/field-profile.png", "charts/field-profile.pdf", "charts/field-profile.txt",
}  # fmt: skip


def content(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


def test_everything_is_there(tmp_path: Path, result: Result) -> None:
    assert set(content(save(result, tmp_path / "town"))) == EXPECTED


def test_two_runs_give_the_same_bytes_but_for_the_log(
    tmp_path: Path, make: Callable[..., Result]
) -> None:
    first, second = (content(save(make(), tmp_path / name)) for name in ("a", "b"))
    # The GeoPackage is promised to be equal in content only: tests/dossier/test_geopackage.py.
    assert {n for n in EXPECTED if first[n] != second[n]} <= {"log.txt", "city.gpkg"}


def test_layers_and_units_are_geoparquet(tmp_path: Path, result: Result) -> None:
    target = save(result, tmp_path / "town", maps=())
    for name, layer in result.layers.items():
        back = gpd.read_parquet(target / "layers" / f"{name}.parquet")
        assert (len(back), back.crs) == (len(layer), result.area.crs)
    units = gpd.read_parquet(target / "units.parquet")
    assert units.index.equals(result.area.units.index)
    assert units["asset_density"].notna().sum() == 7
    assert pd.read_parquet(target / "tables" / "field_profile.parquet")["of"].tolist() == [
        '["a"]',
        "[]",
    ]


def test_the_geopackage_says_what_is_made_up(tmp_path: Path, make: Callable[..., Result]) -> None:
    layers = make().layers
    layers["culture"] = layers["culture"].assign(accuracy=["surveyed", None, None, "illustrative"])
    target = save(make(layers=layers), tmp_path / "town", maps=())
    with closing(sqlite3.connect(target / "city.gpkg")) as database:
        query = "SELECT description FROM gpkg_contents WHERE table_name = 'culture'"
        (text,) = database.execute(query).fetchone()
    assert "© OpenStreetMap contributors (ODbL-1.0, 2026-01-01)" in text
    assert "1 of 4 rows are illustrative: not evidence" in text
    run = json.loads((target / "run.json").read_text(encoding="utf-8"))
    assert run["layers"]["culture"] == {"rows": 4, "illustrative": 1}


def test_a_result_with_nothing_in_it_is_written(
    tmp_path: Path, make: Callable[..., Result]
) -> None:
    nothing = make(
        indicators=make().indicators.iloc[:0],
        tables={},
        sources={},
        steps=(),
        inputs={},
        config={},
        layers={"culture": empty_features("EPSG:32647")},
    )
    target = save(nothing, tmp_path / "town", maps=())
    assert len(gpd.read_file(target / "city.gpkg", layer="culture")) == 0


@pytest.mark.parametrize(
    "name", ["../evil", "a/b", "", "..", "A", "a b", "a.b", "-rf", "ก", "x" * 101, "a\n", "con\x00"]
)
@pytest.mark.parametrize("part", ["tables", "layers", "maps"])
def test_ids_that_are_paths_are_refused(
    tmp_path: Path, make: Callable[..., Result], name: str, part: str
) -> None:
    hostile: dict[str, Any] = {
        "tables": {"tables": {name: pd.DataFrame()}}, "layers": {"layers": {name: empty_features("EPSG:32647")}},
        "maps": {},
    }[part]  # fmt: skip
    maps = {name: object()} if part == "maps" else {}
    with pytest.raises(OutputError, match="cannot name a file"):
        save(make(**hostile), tmp_path / "town", maps=maps)
    assert list(tmp_path.iterdir()) == []


def test_a_layer_of_more_columns_than_a_geopackage_holds_is_named(
    tmp_path: Path, make: Callable[..., Result]
) -> None:
    many = empty_features("EPSG:32647", columns=[f"column {i}" for i in range(2000)])
    with pytest.raises(OutputError, match=r"'culture' has 2,004 columns.*take those"):
        save(make(layers={"culture": many}), tmp_path / "town", maps=())
    assert list(tmp_path.iterdir()) == []


def test_a_layer_of_just_so_many_columns_is_written(
    tmp_path: Path, make: Callable[..., Result]
) -> None:
    wide = empty_features("EPSG:32647", columns=[f"column {i}" for i in range(MOST_COLUMNS - 4)])
    assert (
        save(make(layers={"culture": wide}), tmp_path / "town", maps=()) / "city.gpkg"
    ).is_file()


@pytest.mark.parametrize(
    "name", ["units", "boundaries", "layer_styles", "gpkg_contents", "sqlite_master", "rtree_a"]
)
def test_names_of_the_geopackages_own_are_refused(
    tmp_path: Path, make: Callable[..., Result], name: str
) -> None:
    with pytest.raises(OutputError, match="reserved"):
        save(make(layers={name: empty_features("EPSG:32647")}), tmp_path / "town", maps=())


def test_maps_are_drawn_in_the_languages_and_formats_asked_for(
    tmp_path: Path, result: Result
) -> None:
    target = save(
        result, tmp_path / "town", maps=["overview"], formats=["svg"], languages=["fr", "en"]
    )
    text = (target / "maps" / "overview.svg").read_text(encoding="utf-8")
    assert text.startswith("overview fr,en [")
    assert {p.name for p in (target / "maps").iterdir()} == {"overview.svg", "overview.txt"}


def test_a_map_is_written_with_its_text_beside_it_and_in_it(tmp_path: Path, result: Result) -> None:
    folder = save(result, tmp_path / "town", formats=["png"], languages=["th", "en"]) / "maps"
    said = (folder / "overview.txt").read_text(encoding="utf-8")
    assert said == "Said in th.\n\nSaid in en.\n"
    drawn = (folder / "overview.png").read_text(encoding="utf-8")
    assert "'description', 'Said in th.'" in drawn


def test_maps_carry_credits_and_hashes(tmp_path: Path, result: Result) -> None:
    text = (save(result, tmp_path / "town") / "maps" / "overview.png").read_text(encoding="utf-8")
    assert text.startswith("overview th,en [")
    assert "© OpenStreetMap contributors (ODbL-1.0, 2026-01-01)" in text
    for key in ("data_sha256", "inputs_sha256", "config_sha256", "boundary", "title"):
        assert f"'{key}'" in text


def test_a_citys_own_maps_are_given_as_specifications(
    tmp_path: Path, result: Result, plotters: SimpleNamespace
) -> None:
    specs = {"overview": plotters.load_maps()["overview"]}
    target = save(result, tmp_path / "town", maps=specs)
    assert {p.stem for p in (target / "maps").iterdir()} == {"overview"}


def test_a_draft_is_stamped_and_recorded(tmp_path: Path, result: Result) -> None:
    target = save(result, tmp_path / "town", draft=True)
    assert (
        (target / "maps" / "overview.png")
        .read_text(encoding="utf-8")
        .startswith("overview th,en DRAFT")
    )
    assert '"draft": true' in (target / "run.json").read_text()


def test_a_chart_is_written_with_its_text_beside_it_and_in_it(
    tmp_path: Path, result: Result
) -> None:
    folder = save(result, tmp_path / "town", formats=["png"], languages=["th", "en"]) / "charts"
    assert {p.name for p in folder.iterdir()} == {"field-profile.png", "field-profile.txt"}
    said = (folder / "field-profile.txt").read_text(encoding="utf-8")
    assert said == "Said in th.\n\nSaid in en.\n"
    assert "'description', 'Said in th.'" in (folder / "field-profile.png").read_text(
        encoding="utf-8"
    )


def test_a_chart_without_data_is_skipped_and_the_reason_recorded(
    tmp_path: Path, result: Result
) -> None:
    target = save(result, tmp_path / "town", charts=["event-calendar"])
    steps = json.loads((target / "run.json").read_text(encoding="utf-8"))["steps"]
    assert [step for step in steps if step["step"].startswith("charts/")] == [
        {"step": "charts/event-calendar", "status": "skipped", "reason": "no event is on record"},
        {"step": "charts/field-profile", "status": "skipped", "reason": "not asked for"},
    ]
    assert not (target / "charts").exists()


def test_an_unknown_chart_comes_with_the_nearest(tmp_path: Path, result: Result) -> None:
    with pytest.raises(OutputError, match=r"Unknown chart 'field-profil'; did you mean field-"):
        save(result, tmp_path / "town", charts=["field-profil"])


def test_an_unknown_map_comes_with_the_nearest(tmp_path: Path, result: Result) -> None:
    with pytest.raises(OutputError, match=r"Unknown map 'overviev'; did you mean overview\?"):
        save(result, tmp_path / "town", maps=["overviev"])


def test_an_unknown_format_is_refused(tmp_path: Path, result: Result) -> None:
    with pytest.raises(OutputError, match=r"\['jpg'\]; known formats: png, pdf, svg"):
        save(result, tmp_path / "town", formats=["jpg"])


def test_figures_are_let_go(
    tmp_path: Path, result: Result, figures_alive: Callable[[], int]
) -> None:
    save(result, tmp_path / "town")
    assert figures_alive() == 0


def test_progress_names_each_file_as_it_begins(tmp_path: Path, result: Result) -> None:
    names: list[str] = []
    save(result, tmp_path / "town", maps=["overview"], progress=names.append)
    assert names[0] == "indicators.json"
    assert names[-1] == "log.txt"
    assert "maps/overview" in names


def test_surfaces_are_geotiffs_of_their_own(tmp_path: Path, make: Callable[..., Result]) -> None:
    values = np.array([[0.5, np.nan], [2.0, 1.0]])
    surface = Raster(values, Affine(100, 0, 600_000, 0, -100, 790_200), CRS("EPSG:32647"), "osm")
    result = make(rasters={"culture_density": surface})
    folders = [save(result, tmp_path / name, formats=()) for name in ("one", "other")]
    path, again = (folder / "rasters" / "culture_density.tif" for folder in folders)
    assert path.read_bytes() == again.read_bytes()
    with rasterio.open(path) as file:
        np.testing.assert_array_equal(file.read(1), values)
        assert file.crs.to_epsg() == 32647
        assert file.transform == surface.transform
    assert (
        "rasters/culture_density.tif" in json.loads((folders[0] / "run.json").read_text())["files"]
    )


def test_a_surface_whose_id_is_a_path_is_refused(
    tmp_path: Path, make: Callable[..., Result]
) -> None:
    surface = Raster(np.zeros((1, 1)), Affine.identity(), CRS("EPSG:32647"), "")
    with pytest.raises(OutputError, match=r"raster id '\.\./up' cannot name a file"):
        save(make(rasters={"../up": surface}), tmp_path / "results")
