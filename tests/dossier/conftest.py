"""A small coastal town with everything that a results folder must survive."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from creative_spatial.area import StudyArea
from creative_spatial.errors import InsufficientDataError
from creative_spatial.provenance import OPENSTREETMAP, Source
from creative_spatial.result import ROW_COLUMNS, Result
from creative_spatial.schema import empty_features
from creative_spatial.taxonomy import LegendClass, Pillar, Taxonomy

if TYPE_CHECKING:
    from collections.abc import Callable

CRS = "EPSG:32647"
HOSTILE = '=HYPERLINK("http://x") <script>alert(1)</script> $x$\nสงขลา'


def make_area() -> StudyArea:
    town = gpd.GeoDataFrame(
        {"name": ["Town", "District"], "source_id": ["city", "city"], "primary": [True, False]},
        index=["town", "district"],
        geometry=[
            shapely.box(600_000, 790_000, 602_000, 791_000),
            shapely.box(599_000, 789_000, 603_000, 792_000),
        ],
        crs=CRS,
    )
    return StudyArea.from_geometries(
        town,
        name="Town",
        names={"th": "เมือง", "en": "Town"},
        grid="square",
        cell_m=500,
        country="TH",
        languages=("th", "en"),
    )


def make_taxonomy() -> Taxonomy:
    def legend(**classes: dict[str, Any]) -> dict[str, LegendClass]:
        return {
            i: LegendClass(id=i, labels={"th": f"ไทย {i}", "en": i}, **facts)
            for i, facts in classes.items()
        }

    return Taxonomy(
        pillars={
            "culture": Pillar(
                id="culture", labels={"en": "Culture"}, color="#123456", reference="r"
            )
        },
        fields={},
        concepts={},
        legends={
            "community": legend(
                buddhist={"color": "#E69F00"},
                muslim={"color": "#009E73"},
                unknown={"color": "#808080", "hollow": True},
            ),
            "kind": legend(
                worship={"color": "#4D4D4D", "marker": "^"},
                food={"color": "#4D4D4D", "marker": "v"},
            ),
            "group": legend(
                mangrove={"color": "#1B6E53"},
                plantation={"color": "#B9B58F", "hatch": "////"},
            ),
        },
    )


def make_layers() -> dict[str, gpd.GeoDataFrame]:
    culture = gpd.GeoDataFrame(
        {
            "name": [HOSTILE, "วัดกลาง", None, "D"],
            "concept": pd.Categorical(["wat", "wat", "mosque", "cafe"]),
            "source_id": ["osm", "city", "osm", "illustrative"],
            "community": ["buddhist", "buddhist", "muslim", None],
            "kind": ["worship", "worship", "worship", "food"],
            "tags": [{"name": "x"}, {"b": [1, 2]}, None, {}],
            "seen": [["a", "b"], [], None, ("c",)],
            "bbox": ["taken", "taken", "taken", "taken"],
            "FID": ["A1", "A2", "A3", "A4"],
            "Name": ["one", "two", "three", "four"],
            "mixed": [1, "two", 3.5, None],
            "open": [True, None, False, True],
            "edited": pd.to_datetime(["2024-01-02", None, "2023-05-06", "2022-01-01"], utc=True),
        },
        geometry=[
            shapely.Point(600_100, 790_100),
            shapely.Point(601_900, 790_900),
            shapely.box(600_400, 790_400, 600_450, 790_450),
            shapely.Point(601_000, 790_500),
        ],
        index=pd.Index(["osm:node/3", "city:2", "osm:way/1", "city:9"], name="feature_id"),
        crs=CRS,
    )
    culture.attrs = {"not json": object()}
    zones = gpd.GeoDataFrame(
        {
            "name": ["M", "R"],
            "concept": ["mangrove", "plantation"],
            "source_id": "city",
            "group": ["mangrove", "plantation"],
        },
        geometry=[
            shapely.box(600_000, 790_000, 600_500, 790_500),
            shapely.MultiPolygon([shapely.box(601_000, 790_000, 601_200, 790_200)]),
        ],
        index=pd.Index(["z:1", "z:2"], name="feature_id"),
        crs=CRS,
    )
    edges = gpd.GeoDataFrame(
        {"length_m": [100.0]},
        geometry=[shapely.LineString([(600_000, 790_000), (600_100, 790_000)])],
        crs=CRS,
    )
    return {
        "culture": culture,
        "zones": zones,
        "protected": empty_features(CRS),
        "network_edges": edges,
    }


def make_rows(area: StudyArea) -> pd.DataFrame:
    facts = {
        "title": "Assets",
        "pillar": "culture",
        "unit": "per km²",
        "status": "done",
        "reason": "",
        "sources": "osm",
        "date": "2026-01-01",
        "method": "Counted.",
        "definition": "abc",
        "objectives": "O1;O2",
        "notes": HOSTILE,
    }
    city = pd.DataFrame(
        {
            "id": ["asset_density", "worship_hill", "natural_share"],
            "category": [None, "q1", None],
            "boundary": "town",
            "level": "city",
            "unit_id": None,
            "value": [1.5, 0.1 + 0.2, np.nan],
            "low": [np.nan, 0.1, np.nan],
            "n": [3.0, 2.0, np.nan],
        }
    )
    units = pd.DataFrame(
        {
            "id": "asset_density",
            "category": None,
            "boundary": "town",
            "level": "unit",
            "unit_id": area.units.index,
            "value": np.arange(len(area.units), dtype=float),
            "n": 1.0,
        }
    )
    units.loc[0, "value"] = np.nan
    rows = pd.concat([city, units], ignore_index=True).assign(**facts)
    return rows.reindex(columns=list(ROW_COLUMNS))


def make_result(**changes: Any) -> Result:
    area = make_area()
    facts = {
        "area": area,
        "taxonomy": make_taxonomy(),
        "indicators": make_rows(area),
        "tables": {
            "field_profile": pd.DataFrame(
                {"category": ["music", "film"], "value": [2, 1], "of": [["a"], []]}
            )
        },
        "layers": make_layers(),
        "sources": {
            "osm": OPENSTREETMAP.dated("2026-01-01"),
            "city": Source("city", "Register <b>", "CC-BY-4.0", "City *hall*", "2025-12-01"),
            "illustrative": Source(
                "illustrative", "Examples", "CC0-1.0", "Us", accuracy="illustrative"
            ),
        },
        "steps": ({"step": "load", "status": "done", "reason": "", "seconds": 1.25},),
        "inputs": {"assets.csv": {"sha256": "00", "rows_in": 4, "rows_out": 4}},
        "config": {"city": {"name": "Town"}, "units": {"cell_m": 500.0}},
    }
    return Result(**{**facts, **changes})


@pytest.fixture
def result() -> Result:
    return make_result()


@pytest.fixture
def make() -> Callable[..., Result]:
    """Make a result, some of its parts replaced."""
    return make_result


@pytest.fixture
def figures_alive() -> Callable[[], int]:
    return lambda: FakeFigure.alive


class FakeFigure:
    """Stands for a sheet; counts how many are not let go."""

    alive = 0

    def __init__(self, title: str) -> None:
        self.title = title
        self.alternative: dict[str, str] = {}
        FakeFigure.alive += 1

    def get_label(self) -> str:
        return "Many communities"

    def text(self, x: float, y: float, text: str, **options: Any) -> None:
        self.title += f" {text}"

    def clear(self) -> None:
        FakeFigure.alive -= 1


def make_plotters() -> SimpleNamespace:
    """Plotters that write what they were asked for instead of drawing it."""

    def draw_map(result: Result, spec: Any, *, languages: tuple[str, ...]) -> FakeFigure:
        return figure_of(spec, languages)

    def figure_of(spec: Any, languages: tuple[str, ...]) -> FakeFigure:
        figure = FakeFigure(f"{spec.id} {','.join(languages)}")
        figure.alternative = {code: f"Said in {code}." for code in languages}
        return figure

    def draw_chart(result: Result, spec: Any, *, languages: tuple[str, ...]) -> FakeFigure:
        if spec.id == "event-calendar":
            raise InsufficientDataError("no event is on record")
        return figure_of(spec, languages)

    def save_figure(figure: FakeFigure, path: Any, *, provenance: dict[str, str]) -> None:
        path.write_text(f"{figure.title} {sorted(provenance.items())}", encoding="utf-8")

    specs = {i: SimpleNamespace(id=i) for i in ("overview", "pillar-2-culture")}
    charts = {i: SimpleNamespace(id=i) for i in ("field-profile", "event-calendar")}
    return SimpleNamespace(
        load_maps=lambda *files: specs, draw_map=draw_map, save_figure=save_figure,
        load_charts=lambda *files: charts, draw_chart=draw_chart,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def plotters(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    fake = make_plotters()
    FakeFigure.alive = 0
    monkeypatch.setattr("creative_spatial.dossier.sheets._plotters", lambda: fake)
    return fake
