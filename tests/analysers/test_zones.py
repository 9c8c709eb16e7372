"""Habitats that overlap become zones that do not."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from creative_spatial.analysers import habitat_zones, zone_conflicts
from creative_spatial.errors import CRSError, GeometryError, LayerSchemaError


@pytest.fixture
def habitats(boxes):
    """Make a habitat layer; ids start with the source's name."""

    def make(source, *rows):
        layer = boxes(
            [row[0] for row in rows],
            concept=[row[1] for row in rows],
            naturalness=[row[2] for row in rows],
            role="habitat",
            source_id=source,
        )
        return layer.rename(index=lambda name: name.replace("test", source))

    return make


def hectares(zones):
    return (zones.area / 1e4).round(6).to_dict()


def test_the_smaller_lies_on_top_within_a_layer(habitats):
    osm = habitats(
        "osm",
        ((0, 0, 1000, 1000), "forest", "natural"),
        ((0, 0, 100, 100), "orchard", "cultural"),
        ((900, 900, 1100, 1000), "pond", "water"),
    )
    zones = habitat_zones([osm])
    assert hectares(zones) == {"osm:1": 1.0, "osm:2": 2.0, "osm:0": 98.0}


def test_the_first_layer_keeps_its_ground_however_large(habitats):
    city = habitats("city", ((0, 0, 1000, 1000), "plantation", "planted"))
    osm = habitats(
        "osm", ((500, 0, 600, 100), "forest", "natural"), ((900, 0, 1100, 100), "park", "park")
    )
    assert hectares(habitat_zones([city, osm])) == {"city:0": 100.0, "osm:1": 1.0}
    conflicts = zone_conflicts([city, osm])
    assert conflicts.to_dict("list") == {
        "concept": ["park", "forest"],
        "source_id": ["osm", "osm"],
        "taken_by": ["plantation", "plantation"],
        "taken_by_source": ["city", "city"],
        "hectares": pytest.approx([1.0, 1.0]),
    }


def test_of_two_alike_the_first_stays(habitats):
    box = (0, 0, 100, 100)
    osm = habitats("osm", (box, "forest", "natural"), (box, "park", "park"))
    assert list(habitat_zones([osm]).index) == ["osm:0"]


def test_only_habitat_polygons_become_zones(habitats, points):
    osm = habitats("osm", ((0, 0, 100, 100), "forest", "natural"), ((0, 0, 50, 50), "zoo", None))
    osm.loc["osm:1", "role"] = "site"
    hill = points([(5, 5)], concept="hill", naturalness="natural", role="habitat", source_id="osm")
    assert hectares(habitat_zones([osm, hill])) == {"osm:0": 1.0}


def test_zones_that_touch_keep_their_ground(habitats):
    osm = habitats(
        "osm", ((0, 0, 100, 100), "forest", "natural"), ((100, 0, 300, 100), "marsh", "natural")
    )
    assert hectares(habitat_zones([osm])) == {"osm:0": 1.0, "osm:1": 2.0}
    assert zone_conflicts([osm]).empty


def test_holes_stay_holes_and_what_fills_them_is_untouched(habitats):
    osm = habitats(
        "osm", ((0, 0, 300, 300), "forest", "natural"), ((100, 100, 200, 200), "lake", "water")
    )
    ring = osm.geometry["osm:0"].difference(osm.geometry["osm:1"])
    osm.loc["osm:0", "geometry"] = ring
    assert zone_conflicts([osm]).empty
    assert hectares(habitat_zones([osm])) == {"osm:1": 1.0, "osm:0": 8.0}


def test_habitats_are_parted_at_the_shore(habitats, boxes):
    water = boxes([(500, 0, 2000, 1000), (1900, 0, 2500, 1000)]).union_all()
    osm = habitats(
        "osm",
        ((0, 0, 100, 100), "forest", "natural"),
        ((400, 0, 700, 100), "mangrove", "natural"),
        ((600, 500, 700, 600), "reef", "natural"),
        ((0, 500, 50, 600), "pond", "water"),
        ((450, 600, 2000, 1000), "lagoon", "water"),
    )
    zones = habitat_zones([osm], water=water)
    assert zones.groupby("ground").apply(
        lambda part: round(part.area.sum() / 1e4, 6)
    ).to_dict() == {
        "land": 2.0,
        "water": 2.0 + 1.0 + 0.5 + 62.0,
    }
    assert zones.loc[["osm:1", "osm:1~water"], "ground"].tolist() == ["land", "water"]
    assert zones.index.is_unique


def test_without_water_only_waters_are_water(habitats):
    osm = habitats(
        "osm", ((0, 0, 100, 100), "forest", "natural"), ((200, 0, 300, 100), "canal", "canal")
    )
    assert habitat_zones([osm])["ground"].tolist() == ["land", "water"]


@pytest.mark.parametrize("n_layers", [0, 2])
def test_no_habitats_make_an_empty_layer_with_its_columns(n_layers, habitats, units):
    zones = habitat_zones([habitats("osm")] * n_layers, crs=units.crs, water=units.union_all())
    assert len(zones) == 0
    assert {"concept", "naturalness", "ground", "geometry"} <= set(zones.columns)
    assert zones.crs == units.crs
    assert zone_conflicts([habitats("osm")] * n_layers, crs=units.crs).empty


def test_polygons_in_collections_and_overlapping_parts_are_mended(habitats, units):
    osm = habitats("osm", ((0, 0, 100, 100), "forest", "natural"))
    square = osm.geometry.iloc[0]
    overlapping = shapely.MultiPolygon([square, shapely.affinity.translate(square, 50)])
    osm.loc["osm:0", "geometry"] = shapely.GeometryCollection(
        [overlapping, shapely.Point(600_000, 790_000)]
    )
    zones = habitat_zones([osm])
    assert hectares(zones) == {"osm:0": 1.5}
    assert zones.is_valid.all()


def test_faults_are_named(habitats, boxes):
    osm = habitats("osm", ((0, 0, 100, 100), "forest", "natural"))
    with pytest.raises(CRSError, match=r"`layers\[1\]` is in EPSG:4326"):
        habitat_zones([osm, osm.to_crs(4326)])
    with pytest.raises(
        LayerSchemaError, match=r"`layers\[0\]` needs the columns \['naturalness'\]"
    ):
        habitat_zones([osm.drop(columns="naturalness")])
    osm.loc["osm:0", "geometry"] = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    with pytest.raises(GeometryError, match=r"e.g. \['osm:0'\]"):
        habitat_zones([osm])


def test_layers_are_left_as_they_were(habitats, units):
    osm = habitats(
        "osm", ((0, 0, 300, 300), "forest", "natural"), ((100, 100, 200, 200), "lake", "water")
    )
    before = osm.copy()
    habitat_zones([osm], water=units.union_all())
    assert osm.equals(before)


corner = st.integers(0, 30).map(float)
rectangle = st.tuples(corner, corner, corner, corner).filter(
    lambda r: r[0] != r[2] and r[1] != r[3]
)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.lists(rectangle, max_size=6), min_size=1, max_size=3), st.booleans())
def test_zones_cover_what_was_drawn_once_and_the_rest_is_accounted_for(drawn, by_the_sea):
    layers = [
        gpd.GeoDataFrame(
            {"concept": "forest", "role": "habitat", "naturalness": "natural"},
            geometry=[
                shapely.box(min(w, e), min(s, n), max(w, e), max(s, n)) for w, s, e, n in rows
            ],
            index=pd.Index([f"{rank}:{i}" for i in range(len(rows))]),
            crs="EPSG:32647",
        )
        for rank, rows in enumerate(drawn)
    ]
    water = shapely.box(10, 0, 20, 40) if by_the_sea else None
    zones = habitat_zones(layers, water=water)
    every = pd.concat([layer.geometry for layer in layers])
    assert zones.area.sum() == pytest.approx(every.union_all().area)
    assert zones.is_valid.all()
    assert every.area.sum() == pytest.approx(
        zones.area.sum() + 1e4 * zone_conflicts(layers)["hectares"].sum()
    )
    shapes = zones.geometry.to_numpy()
    overlaps = shapely.area(shapely.intersection(shapes[:, None], shapes[None, :]))
    assert np.allclose(overlaps, np.diag(zones.area))
