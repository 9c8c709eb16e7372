"""A hand-made coastal town: sea to the east, a lagoon to the west, Thai and English names."""

from __future__ import annotations

from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from creative_spatial.area import StudyArea
from creative_spatial.provenance import OPENSTREETMAP, Source
from creative_spatial.result import ROW_COLUMNS, Result
from creative_spatial.schema import empty_features
from creative_spatial.taxonomy import Taxonomy

CRS = "EPSG:32647"
X, Y = 676_000.0, 796_000.0  # lower left corner of the town
SOURCES = {
    "osm": OPENSTREETMAP.dated("2026-01-02"),
    "hall": Source("hall", "Register", "CC-BY-4.0", "City hall", "2025-06-30"),
    "drawn": Source("drawn", "Outlines", "CC0-1.0", "Drawn by hand", None, accuracy="illustrative"),
}


def at(x, y):
    return (X + x, Y + y)


def polygon(*corners):
    return shapely.Polygon([at(x, y) for x, y in corners])


def layer(rows, source="hall"):
    """Rows of (name:th, name:en, concept, geometry, extra) as a layer."""
    table = pd.DataFrame(
        [
            {"name": th or en, "name:th": th, "name:en": en, "concept": concept, **extra}
            for th, en, concept, _, extra in rows
        ]
    )
    features = gpd.GeoDataFrame(table, geometry=[row[3] for row in rows], crs=CRS)
    features["source_id"] = source
    features.index = pd.Index([f"{source}:{i}" for i in range(len(rows))], name="feature_id")
    return features


SEA = polygon(
    (3000, -9000),
    (3300, 0),
    (2900, 2500),
    (3200, 5200),
    (2800, 9000),
    (15000, 9000),
    (15000, -9000),
)
LAGOON = polygon(
    (-200, -9000),
    (200, 500),
    (-100, 2500),
    (300, 4600),
    (-150, 9000),
    (-12000, 9000),
    (-12000, -9000),
)
TOWN = polygon((-600, 0), (4000, 0), (4000, 5000), (-600, 5000))
PROVINCE = polygon((-20000, -25000), (18000, -25000), (18000, 22000), (-20000, 22000))


def water():
    return layer(
        [
            ("อ่าวไทย", "Gulf of Thailand", "sea", SEA, {"kind": "sea"}),
            ("ทะเลสาบสงขลา", "Thale Sap Songkhla", "lagoon", LAGOON, {"kind": "lagoon"}),
        ],
        "osm",
    )


def zones():
    shapes = {
        "mangrove": polygon((200, 500), (600, 500), (500, 1500), (50, 1500)),
        "forest": polygon((1200, 3500), (2000, 3400), (2200, 4200), (1500, 4500)),
        "beach": polygon((2850, 200), (3250, 200), (2900, 2500), (2750, 2500)),
        "rice_field": polygon((500, -4000), (2400, -4000), (2400, -600), (500, -600)),
        "plantation": polygon((400, 6000), (2500, 6000), (2500, 8500), (400, 8500)),
        "park": polygon((1800, 1200), (2300, 1200), (2300, 1700), (1800, 1700)),
    }
    return layer([("", concept.title(), concept, shape, {}) for concept, shape in shapes.items()])


def culture():
    rows = [
        ("วัดมัชฌิมาวาส", "Wat Matchimawat", "wat", (900, 2200), {"community": "buddhist"}),
        ("มัสยิดอุสาสนอิสลาม", "Masjid Usasan Islam", "mosque", (700, 2500), {"community": "muslim"}),
        ("ศาลเจ้ากวนอู", "Guan Yu Shrine", "chinese_shrine", (820, 2700), {"community": "chinese"}),
        ("หับ โห้ หิ้น", "Hub Ho Hin", "heritage_building", (500, 2600), {"community": "civic"}),
        ("พิพิธภัณฑสถานแห่งชาติ", "National Museum", "museum", (1000, 3000), {"community": "civic"}),
        (
            "ศาลหลักเมือง",
            "City Pillar Shrine",
            "city_pillar_shrine",
            (780, 2400),
            {"community": "shared"},
        ),
        ("โบสถ์คริสต์", "Church", "church", (1500, 2000), {"community": "christian"}),
        ("ร้านน้ำชา", "Tea house", "teahouse", (650, 2300), {"confidence": "reported"}),
        ("ป้อมเก่า", "Old fort", "fort", (-400, 4900), {"uncertainty_m": 250.0}),
        ("หลุมศพ", "Tomb, place withheld", "tomb", (2000, 3000), {"uncertainty_m": 5000.0}),
        ("เมืองเก่า", "Old town", "old_town", (600, 2000), {}),
    ]
    places = layer([(th, en, c, shapely.Point(at(*xy)), extra) for th, en, c, xy, extra in rows])
    random = np.random.default_rng(1)
    eateries = [
        ("", f"Eatery {i}", "local_restaurant", shapely.Point(at(x, y)), {})
        for i, (x, y) in enumerate(random.uniform((400, 1000), (2400, 4500), (40, 2)))
    ]
    return pd.concat([places, layer(eateries, "osm")])


def community():
    leads = ["community", "public", "private", "academic", "mixed", None]
    random = np.random.default_rng(2)
    return layer(
        [
            (
                f"กลุ่มที่ {i}" if i % 2 else "", f"Group {i}", "weaving_group",
                shapely.Point(at(x, y)),
                {
                    "lead": leads[i % 6],
                    "beneficiaries": "women;elders" if i % 3 == 0 else "all",
                    "accuracy": "illustrative" if i % 4 == 0 else "approximate",
                },
            )
            for i, (x, y) in enumerate(random.uniform((300, 300), (2700, 4700), (24, 2)))
        ]
    )  # fmt: skip


def streets():
    rows = [("ถนนนครนอก", "Nakhon Nok Road", "", 3, [(450, 1500), (560, 3300)]),
            ("ถนนนางงาม", "Nang Ngam Road", "", 3, [(850, 1500), (960, 3300)]),
            ("ถนนไทรบุรี", "Sai Buri Road", "", 1, [(1300, -2000), (1400, 6000)])]  # fmt: skip
    return layer([(th, en, "street", shapely.LineString([at(*p) for p in xy]), {"rank": rank})
                   for th, en, _, rank, xy in rows], "osm")  # fmt: skip


def indicator_rows(values, boundary="town"):
    rows = [
        {**dict.fromkeys(ROW_COLUMNS), "id": key[0], "category": key[1], "value": value, "level": "city",
         "boundary": boundary, "status": "done", "n": 3}
        for key, value in values.items()
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(ROW_COLUMNS))


VALUES = {
    ("natural_share", None): 12.34,
    ("natural_share_with_water", None): 41.5,
    ("protected_share", None): 3.21,
    ("asset_density", None): 4.75,
    ("worship_hill", "q1"): 2.4,
    ("initiatives_per_10000", None): 3.5,
}


def make_area(**options):
    boundaries = gpd.GeoDataFrame(
        {
            "name": ["Bo Yang", "Province"],
            "name:th": ["เทศบาลนครสงขลา", "จังหวัดสงขลา"],
            "name:en": ["Songkhla Municipality", "Songkhla Province"],
            "source_id": ["drawn", "hall"],
            "primary": [True, False],
        },
        index=["town", "province"],
        geometry=[TOWN, PROVINCE],
        crs=CRS,
    )
    return StudyArea.from_geometries(
        boundaries, name="Songkhla", names={"th": "สงขลา", "en": "Songkhla"},
        water=water(), languages=("th", "en"), grid="square", cell_m=500, **options,
    )  # fmt: skip


def make_result(layers=None, values=None, area=None):
    shown = {
        "biodiversity": layer([("เขาตังกวน", "Khao Tang Kuan", "hill", shapely.Point(at(1700, 4000)), {})]),
        "culture": culture(),
        "community": community(),
        "zones": zones(),
        "protected": layer([("เขตห้ามล่า", "Non-hunting area", "protected_area",
                             polygon((0, 300), (900, 300), (900, 1900), (0, 1900)), {})]),
        "water": water(),
        "streets": streets(),
    }  # fmt: skip
    return Result(
        area=area or make_area(),
        taxonomy=Taxonomy.load(),
        indicators=indicator_rows(VALUES if values is None else values),
        layers=shown if layers is None else {**shown, **layers},
        sources=SOURCES,
    )


@pytest.fixture(scope="session")
def result():
    return make_result()


@pytest.fixture(scope="session")
def make():
    """Makers of the town's parts, to change one of them."""
    return SimpleNamespace(
        result=make_result, area=make_area, layer=layer, at=at, polygon=polygon, culture=culture,
        indicator_rows=indicator_rows, values=VALUES, empty=lambda: empty_features(CRS), crs=CRS,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def _warn_of_languages_anew():
    """Each language is warned of once; in each test, not once for all tests."""
    from creative_spatial.plotters import words

    words._warn_of_gaps.cache_clear()
