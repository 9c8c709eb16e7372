"""The sample city: areas, counts, encodings and positions that its README promises."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

import geopandas as gpd
import numpy as np
import osmium
import pandas as pd
import pytest
import rasterio
import shapely
from exactextract import exact_extract

from creative_spatial.config import CityConfig
from creative_spatial.provenance import KEY_FILE

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
CITY = SAMPLE / "songkhla"
UTM = "EPSG:32647"
CULTURE = ("assets.csv", "assets_osm.csv")
POINTS = (*CULTURE, "sites.csv", "sites_osm.csv", "initiatives.csv")


def read_points(name: str) -> gpd.GeoDataFrame:
    table = pd.read_csv(CITY / name, keep_default_na=False)
    return gpd.GeoDataFrame(
        table, geometry=gpd.points_from_xy(table.lon, table.lat), crs="EPSG:4326"
    ).to_crs(UTM)


def read_boundary(name: str) -> shapely.Geometry:
    return gpd.read_file(CITY / "boundaries.gpkg", layer=name).geometry.iloc[0]


@pytest.fixture(scope="module")
def water() -> gpd.GeoDataFrame:
    layers = [gpd.read_file(CITY / "water.gpkg", layer=n) for n in ("coast", "lakes", "rivers")]
    return pd.concat(layers, ignore_index=True)


@pytest.fixture(scope="module")
def wet(water: gpd.GeoDataFrame) -> shapely.Geometry:
    standing = water[water.concept != "river"].union_all()
    shapely.prepare(standing)
    return standing


@pytest.fixture(scope="module")
def habitats() -> gpd.GeoDataFrame:
    return gpd.read_file(CITY / "habitats.shp", encoding="cp874")


@pytest.fixture(scope="module")
def osm_objects() -> list[tuple[str, int, dict[str, str], tuple]]:
    rows = []
    for item in osmium.FileProcessor(str(CITY / "city.osm.pbf")):
        if item.is_node():
            shape = (item.lon, item.lat)
        elif item.is_way():
            shape = tuple(node.ref for node in item.nodes)
        else:
            shape = tuple((member.type, member.ref, member.role) for member in item.members)
        rows.append((item.type_str(), item.id, dict(item.tags), shape))
    return rows


def test_the_folder_stays_small():
    assert sum(file.stat().st_size for file in CITY.rglob("*") if file.is_file()) < 5_000_000


def test_the_configuration_is_whole_and_names_every_data_file():
    config = CityConfig.read(CITY)
    named = {path for _, path in config.files()}
    present = {
        file.name
        for file in CITY.iterdir()
        if file.suffix in {".csv", ".gpkg", ".shp", ".tif", ".pbf"}
    }
    assert named == present
    assert [entry.id for entry in config.boundary if entry.primary] == ["municipality"]


def test_what_is_invented_is_never_credited_to_openstreetmap():
    config = CityConfig.read(CITY)
    sources = {source.id: source for source in config.source}
    assert config.osm is not None
    assert sources[config.osm.source or ""].accuracy == "illustrative"
    for source in config.source:
        if source.accuracy == "illustrative":
            assert "OpenStreetMap" not in source.attribution
    assert "OpenStreetMap" in sources["osm_places"].attribution


@pytest.mark.parametrize("name", ["municipality", "district"])
def test_drawn_outlines_have_the_published_land_area(name: str, wet: shapely.Geometry):
    published = {entry.id: entry.published_area_km2 for entry in CityConfig.read(CITY).boundary}
    land = read_boundary(name).difference(wet).area / 1e6
    assert land == pytest.approx(published[name], rel=0.02)


def test_boundaries_are_nested():
    municipality, district, province = map(read_boundary, ("municipality", "district", "province"))
    assert municipality.difference(district).area < 100
    assert district.difference(province).area < 100


def test_the_coarse_province_is_within_five_percent_of_the_published_area():
    published = tomllib.loads((CITY / "city.toml").read_text("utf-8"))["boundary"][2]
    assert read_boundary("province").area / 1e6 == pytest.approx(
        published["published_area_km2"], rel=0.05
    )


def test_the_lagoon_has_its_three_basins_between_fresh_water_and_the_sea(water: gpd.GeoDataFrame):
    by_name = water.set_index("name_en")
    assert by_name.loc["Thale Noi", "salinity"] == "fresh"
    assert by_name.loc["Thale Luang", "salinity"] == "brackish"
    assert by_name.loc["Gulf of Thailand", "salinity"] == "salt"
    sea, lower, upper = (
        by_name.geometry[name] for name in ("Gulf of Thailand", "Thale Sap Songkhla", "Thale Luang")
    )
    assert lower.distance(sea) < 1
    assert upper.distance(lower) < 1
    assert 150e6 < lower.area < 200e6


def test_the_mouth_of_the_lagoon_is_some_hundred_metres_wide(wet: shapely.Geometry):
    across = gpd.GeoSeries(
        [shapely.LineString([(100.570, 7.216), (100.588, 7.219)])], crs="EPSG:4326"
    ).to_crs(UTM)
    channel = shapely.get_parts(across.iloc[0].intersection(wet))
    assert 250 < max(shapely.length(channel)) < 650


def test_there_are_sixty_assets_and_thirty_initiatives():
    assert sum(len(read_points(name)) for name in CULTURE) >= 60
    initiatives = read_points("initiatives.csv")
    assert (initiatives.consent == "yes").sum() >= 30


@pytest.mark.parametrize("name", POINTS)
def test_what_is_invented_says_so_in_its_name_and_in_thai(name: str):
    table = read_points(name)
    invented = table.accuracy == "illustrative"
    assert table.name_en[invented].str.startswith("Illustrative").all()
    assert table.name_th[invented].str.contains("ตัวอย่าง").all()
    assert not table.name_en[~invented].str.contains("Illustrative").any()


@pytest.mark.parametrize("name", POINTS)
def test_places_stand_on_land_or_say_that_they_do_not(name: str, wet: shapely.Geometry):
    table = read_points(name)
    afloat = shapely.contains(wet, table.geometry.array)
    said = table.note.str.contains("in the water")
    assert table.name_en[afloat & ~said].tolist() == []
    assert table.name_en[said & ~afloat].tolist() == []


@pytest.mark.parametrize("name", ["assets.csv", "sites.csv", "initiatives.csv"])
def test_what_is_not_from_openstreetmap_is_rounded_to_its_uncertainty(name: str):
    table = read_points(name)
    table = table[(table.accuracy == "approximate") & (table.sensitivity == "")]
    steps = np.array([0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002, 0.0001])
    for row in table.itertuples():
        step = steps[steps * 111_000 <= float(row.uncertainty_m)][0]
        for degrees in (row.lat, row.lon):
            assert abs(degrees / step - round(degrees / step)) < 1e-4, row.name_en


def test_graves_and_threatened_species_are_already_generalised():
    flagged = pd.concat([read_points("assets.csv"), read_points("sites.csv")])
    flagged = flagged[flagged.sensitivity != ""]
    assert set(flagged.sensitivity) == {"grave", "threatened species"}
    for column in ("lat", "lon"):
        assert np.allclose(flagged[column], flagged[column].round(2))


def test_concepts_are_known_and_belong_to_the_pillar(habitats: gpd.GeoDataFrame):
    from creative_spatial.taxonomy import Taxonomy

    concepts = Taxonomy.load().concepts
    files = {"culture": CULTURE, "biodiversity": ("sites.csv", "sites_osm.csv"),
             "community": ("initiatives.csv",)}  # fmt: skip
    for pillar, names in files.items():
        for name in names:
            for concept in set(read_points(name).concept):
                assert concepts[concept].pillar == pillar, f"{concept} in {name}"
    for concept in set(habitats.concept):
        assert concepts[concept].pillar == "biodiversity"


def test_the_shapefile_needs_to_be_told_its_encoding(habitats: gpd.GeoDataFrame):
    assert not list(CITY.glob("*.cpg"))
    assert (CITY / "habitats.dbf").read_bytes()[29] == 0
    assert "หาดสมิหลา" in set(habitats.name_th)
    assert "หาดสมิหลา" not in set(gpd.read_file(CITY / "habitats.shp").name_th)


def test_habitats_neither_overlap_nor_lie_in_the_water(
    habitats: gpd.GeoDataFrame, wet: shapely.Geometry
):
    assert habitats.geometry.is_valid.all()
    assert habitats.area.sum() - habitats.union_all().area < 2000
    assert shapely.area(shapely.intersection(habitats.geometry.array, wet)).sum() < 2000


def test_habitats_look_drawn_and_not_like_boxes(habitats: gpd.GeoDataFrame):
    boxes = habitats.geometry.envelope.area
    assert (habitats.area / boxes).max() < 0.95
    assert shapely.get_num_coordinates(habitats.geometry).min() > 20


def test_population_sums_to_the_published_figure():
    municipality, district = (
        gpd.GeoDataFrame(geometry=[read_boundary(name)], crs=UTM)
        for name in ("municipality", "district")
    )
    raster = str(CITY / "population.tif")
    counted = [
        exact_extract(raster, area, "sum")[0]["properties"]["sum"]
        for area in (municipality, district)
    ]
    assert counted[0] == pytest.approx(60_021, rel=1e-3)  # published, 2020
    assert counted[1] == pytest.approx(160_000, rel=1e-3)  # stated for the sample


def test_land_cover_agrees_with_water_and_habitats(
    habitats: gpd.GeoDataFrame, wet: shapely.Geometry
):
    random = np.random.default_rng(1)
    with rasterio.open(CITY / "land_cover.tif") as raster:
        classes, inverse = raster.read(1), ~raster.transform
        assert raster.crs == UTM
        assert classes.dtype == np.uint8
        assert set(np.unique(classes)) <= {10, 20, 30, 40, 50, 60, 80, 90, 95}
        x, y = (
            random.uniform(low, high, 4000)
            for low, high in zip(raster.bounds[:2], raster.bounds[2:], strict=True)
        )
    column, row = inverse * (x, y)
    found = classes[row.astype(int), column.astype(int)]
    points = shapely.points(x, y)
    inside = shapely.contains(wet.buffer(-40), points)
    assert (found[inside] == 80).all()
    mangrove = habitats[habitats.concept == "mangrove"].union_all().buffer(-20)
    sample = shapely.contains(mangrove, points)
    assert set(found[sample]) <= {95}


def test_the_osm_file_cannot_be_taken_for_openstreetmap(osm_objects: list):
    assert max(number for _, number, _, _ in osm_objects) < 0
    with osmium.io.Reader(str(CITY / "city.osm.pbf")) as reader:
        assert "illustrative" in reader.header().get("generator")
    named = [t["name:en"] for _, _, t, _ in osm_objects if {"shop", "craft", "amenity"} & t.keys()]
    assert len(named) > 50
    assert all(name.startswith("Illustrative") for name in named)


def test_the_osm_file_holds_what_the_rules_are_to_be_tried_on(osm_objects: list):
    tags = Counter(f"{k}={v}" for _, _, t, _ in osm_objects for k, v in t.items())
    for wanted in ("craft=plumber", "amenity=marketplace", "amenity=library", "route=ferry",
                   "bridge=yes", "natural=coastline", "water=lagoon", "leisure=park",
                   "disused:amenity=cinema"):  # fmt: skip
        assert tags[wanted] > 0, wanted
    assert tags["building=house"] >= 300


def test_every_node_and_way_that_is_used_exists(osm_objects: list):
    nodes = {number for kind, number, _, _ in osm_objects if kind == "n"}
    ways = {number for kind, number, _, _ in osm_objects if kind == "w"}
    for kind, number, _, refs in osm_objects:
        if kind == "w":
            assert set(refs) <= nodes, number
        elif kind == "r":
            assert {ref for _, ref, _ in refs} <= ways, number


def test_the_three_old_town_streets_lie_in_order_from_the_lagoon(osm_objects: list):
    nodes = {number: shape for kind, number, _, shape in osm_objects if kind == "n"}
    west_to_east = []
    for name in ("Nakhon Nok Road", "Nakhon Nai Road", "Nang Ngam Road"):
        lon, lat = np.array(
            [nodes[ref] for kind, _, t, refs in osm_objects if kind == "w" and t.get("name:en") == name for ref in refs]
        ).T  # fmt: skip
        assert np.ptp(lat) > np.ptp(lon)  # they run north to south
        west_to_east.append(lon.mean())
    assert west_to_east == sorted(west_to_east)


def test_the_coast_has_land_on_its_left(osm_objects: list, wet: shapely.Geometry):
    nodes = {number: shape for kind, number, _, shape in osm_objects if kind == "n"}
    longest = max(
        (refs for kind, _, t, refs in osm_objects if t.get("natural") == "coastline"), key=len
    )
    coast = gpd.GeoSeries([shapely.LineString([nodes[ref] for ref in longest])], crs="EPSG:4326")
    xy = shapely.get_coordinates(coast.to_crs(UTM).iloc[0])
    middle, step = (xy[1:] + xy[:-1]) / 2, np.diff(xy, axis=0)
    right = np.column_stack([step[:, 1], -step[:, 0]]) / np.hypot(*step.T)[:, None]
    long = np.hypot(*step.T) > 20
    assert shapely.contains_xy(wet, (middle + 15 * right)[long]).mean() > 0.95


def test_the_walking_network_hangs_together_with_bridge_and_ferry(osm_objects: list):
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    ways = [refs for kind, _, t, refs in osm_objects if kind == "w" and ("highway" in t or t.get("route") == "ferry")]  # fmt: skip
    ids = {ref: n for n, ref in enumerate(sorted({ref for refs in ways for ref in refs}))}
    pairs = np.array([(ids[a], ids[b]) for refs in ways for a, b in itertools.pairwise(refs)])
    graph = coo_array((np.ones(len(pairs)), tuple(pairs.T)), shape=(len(ids), len(ids)))
    assert connected_components(graph, directed=False)[0] == 1


def test_events_have_a_way_a_footprint_or_no_place_and_no_guessed_month():
    events = pd.read_csv(CITY / "events.csv", dtype=str).set_index("id")
    shapes = gpd.GeoSeries.from_wkt(events["wkt"].dropna(), crs="EPSG:4326")
    assert sorted(shapes.geom_type) == ["LineString", "Polygon", "Polygon"]
    assert (events.loc[shapes.index, "accuracy"] == "illustrative").all()
    assert events["wkt"].isna().sum() == 7
    said = events["months"].notna() | events["recurrence"].notna()
    assert events.loc[~said, "note"].str.contains("named in print").all()


def test_some_shops_have_opening_hours_and_one_has_none_that_can_be_read(osm_objects: list):
    from creative_spatial.preparation.inventory import supply_of

    hours = [t["opening_hours"] for _, _, t, _ in osm_objects if "opening_hours" in t]
    assert len(hours) > 30
    assert [text for text in hours if supply_of(text) == (None, None)] == ["by appointment"]


@pytest.mark.parametrize("name", ["city.toml", "README.md", "events.csv"])
def test_what_the_script_copies_is_the_same_on_both_sides(name: str):
    assert (SAMPLE / "build_inputs" / name).read_bytes() == (CITY / name).read_bytes()


@pytest.mark.skipif(
    "CREATIVE_SPATIAL_DOWNLOADS" not in os.environ,
    reason="CREATIVE_SPATIAL_DOWNLOADS does not name the folder that data/sample/download.py fills",
)
def test_the_script_rebuilds_the_folder(tmp_path: Path):
    script = [sys.executable, str(SAMPLE / "build_songkhla.py")]
    downloads = os.environ["CREATIVE_SPATIAL_DOWNLOADS"]
    subprocess.run([*script, "--downloads", downloads, "--out", str(tmp_path)], check=True)
    # Whoever has run the sample has a key of their own in it.
    files = (file for file in CITY.rglob("*") if file.is_file() and file.name != KEY_FILE)
    old = sorted(file.relative_to(CITY) for file in files)
    assert sorted(f.relative_to(tmp_path) for f in tmp_path.rglob("*") if f.is_file()) == old
    for name in old:
        assert_same(CITY / name, tmp_path / name)


def assert_same(one: Path, other: Path) -> None:
    if one.suffix == ".gpkg":
        layers = gpd.list_layers(one).name.tolist()
        assert layers == gpd.list_layers(other).name.tolist()
        for layer in layers:
            tables = [gpd.read_file(path, layer=layer) for path in (one, other)]
            pd.testing.assert_frame_equal(*(t.drop(columns="geometry") for t in tables))
            assert tables[0].geom_equals_exact(tables[1], 1e-3).all()
    elif one.suffix == ".tif":
        with rasterio.open(one) as a, rasterio.open(other) as b:
            assert a.profile == b.profile
            assert np.allclose(a.read(), b.read(), rtol=1e-5)
    else:
        assert one.read_bytes() == other.read_bytes(), one.name
