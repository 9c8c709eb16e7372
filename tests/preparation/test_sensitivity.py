"""What is flagged is generalised to a grid, what is refused is withheld, the rest is public."""

from __future__ import annotations

from collections import Counter

import geopandas as gpd
import h3
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from places import CRS, point, square
from pyproj import Geod, Transformer
from shapely.geometry import Point

from creative_spatial.preparation import (
    generalise,
    is_flagged,
    known_places,
    people_hexagons,
)
from creative_spatial.resources.sensitivity import category_of, sensitivity_facts
from creative_spatial.schema import empty_features, validate_features
from creative_spatial.sensitivity import cell_centres, with_sensitivity

DEGREES = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
DEGREES_BACK = Transformer.from_crs("EPSG:4326", CRS, always_xy=True)


def lonlat(shape):
    return tuple(round(value, 9) for value in DEGREES.transform(shape.x, shape.y))


def test_a_public_layer_is_left_as_it_is(make_features):
    layer = make_features([point(0, 0), square(0, 0)], sensitivity=["", None])
    public, withheld = generalise(layer)
    pd.testing.assert_frame_equal(pd.DataFrame(public), pd.DataFrame(layer))
    assert len(withheld) == 0


def test_a_flagged_place_becomes_the_centre_of_its_cell(make_features):
    lon, lat = DEGREES.transform(*point(0, 0).coords[0])
    assert (round(lon, 3), round(lat, 3)) == (100.594, 7.189)
    public, _ = generalise(make_features([point(0, 0)], sensitivity="grave"))
    assert lonlat(public.geometry.iloc[0]) == (100.595, 7.185)
    assert public["dataGeneralizations"].iloc[0] == (
        "Position replaced by the centre of its 0.01 degree grid cell"
    )
    validate_features(public, crs=CRS)


@pytest.mark.parametrize(
    ("category", "centre"),
    [
        ("threatened species 2", (100.55, 7.15)),
        ("Threatened species", (100.55, 7.15)),
        ("threatened species 3", (100.595, 7.185)),
        ("threatened species 4", (100.5935, 7.1895)),
        ("nesting_site", (100.595, 7.185)),
        ("my own reason", (100.595, 7.185)),
        ("my own reason; category 2", (100.55, 7.15)),
    ],
)
def test_the_category_decides_the_grid_and_the_strictest_wins(make_features, category, centre):
    public, _ = generalise(make_features([point(0, 0)], sensitivity=category))
    assert lonlat(public.geometry.iloc[0]) == pytest.approx(centre, abs=1e-9)


@pytest.mark.parametrize("name", sensitivity_facts().category)
def test_every_category_says_where_it_comes_from_and_hides_the_place(make_features, name):
    category = sensitivity_facts().category[name]
    assert category.reference
    assert all(category_of(word) == name for word in (name, name.upper(), *category.words))
    shape = point(0.1234, 0.5678)
    layer = make_features([shape] * 5, sensitivity=name)
    public, withheld = generalise(layer)
    assert len(public) == (0 if category.becomes == "withheld" else 5)
    assert len(public) + len(withheld) == 5
    if not len(public):
        return
    assert (public.distance(shape) > 5).all()
    assert (public.distance(shape) <= public["uncertainty_m"]).all()
    assert public["name"].isna().all()  # it is its owner's word


@pytest.mark.parametrize("word", [None, "", " ", "no", "No", "false", False, 0, 0.0, float("nan")])
def test_what_says_that_it_is_not_sensitive_is_public(make_features, word):
    layer = make_features([point(0, 0)]).assign(sensitivity=pd.Series([word], ["test:0"], object))
    assert not is_flagged(layer).any()


def test_species_keep_their_names_and_graves_do_not(make_features):
    layer = make_features(
        [point(0, 0), point(0, 0)],
        sensitivity=["nest", "grave"],
        scientificName=["Haliaeetus leucogaster", "x"],
    )
    layer["name:th"] = ["นกออก", "หลุมศพ"]
    public, _ = generalise(layer)
    by_reason = public.set_index("sensitivity")
    assert (
        by_reason.loc["nest", ["name", "scientificName"]].tolist() == ["Haliaeetus leucogaster"] * 2
    )
    assert pd.isna(by_reason.loc["nest", "name:th"])
    assert by_reason.loc["grave", ["name", "name:th", "scientificName"]].isna().all()


def test_numbers_of_flagged_rows_lead_nowhere_and_do_not_repeat(make_features):
    taken: Counter[str] = Counter()
    layers = [make_features([point(0, 0), point(2, 2)], sensitivity="nest") for _ in range(2)]
    ids = [generalise(layer, taken=taken)[0].index.tolist() for layer in layers]
    assert ids == [["test:flagged/1", "test:flagged/2"], ["test:flagged/3", "test:flagged/4"]]


def test_order_and_numbers_do_not_follow_the_file(make_features):
    places = [point(5, 5), point(0, 0), point(2, 2)]
    there = make_features(places, sensitivity="grave")
    back = make_features(places[::-1], sensitivity="grave")
    pd.testing.assert_frame_equal(
        pd.DataFrame(generalise(there)[0]), pd.DataFrame(generalise(back)[0])
    )


def test_darwin_cores_terms_are_filled(make_features):
    public, _ = generalise(make_features([point(0, 0)], sensitivity="category 4"))
    row = public.iloc[0]
    assert row["dataGeneralizations"].endswith("centre of its 0.001 degree grid cell")
    assert row["informationWithheld"].endswith("threatened species 4")
    # Half the diagonal of a cell of 110.4 m by 110.6 m at 7.2 degrees north.
    assert row["coordinateUncertaintyInMeters"] == row["uncertainty_m"] == 79


def test_every_place_in_a_cell_becomes_the_same_point(make_features):
    layer = make_features([point(0.1, -0.1), point(0.3, -0.05)], sensitivity="grave")
    public, _ = generalise(layer)
    assert public.geometry.iloc[0].equals(public.geometry.iloc[1])


def test_the_uncertainty_covers_the_whole_cell(make_features):
    layer = make_features(
        [point(0, 0), point(0, 0), point(0, 0)],
        sensitivity=["grave", "nest", ""],
        uncertainty_m=[None, 100.0, 5.0],
    )
    public, _ = generalise(layer)
    half_diagonal = Geod(ellps="WGS84").inv(100.595, 7.185, 100.6, 7.19)[2]
    by_reason = public.set_index(public["sensitivity"].replace("", "public"))["uncertainty_m"]
    first, second, third = by_reason[["grave", "nest", "public"]]
    assert half_diagonal <= first <= half_diagonal + 2
    assert second == first + 100
    assert third == 5.0


def test_a_flagged_row_keeps_only_what_leads_nowhere(make_features):
    layer = make_features(
        [point(0, 0), point(1, 0)],
        sensitivity=["grave", ""],
        lat=[7.1, 7.2],
        address=["1 Nang Ngam", "2 Nang Ngam"],
        tags=['{"addr:street": "x"}', "{}"],
        note="behind the old market",
        osm_object="way/5",
        gbifID=17,
        Shape_Area=[12.5, 3.0],
        lead=["community", "public"],
    )
    public, _ = generalise(layer)
    assert public.index.tolist() == ["test:1", "test:flagged/1"]
    for column in ("lat", "address", "tags", "note", "osm_object", "gbifID", "Shape_Area"):
        assert public[column].isna().tolist() == [False, True], column
    assert public["lead"].tolist() == ["public", "community"]


def test_no_value_of_a_flagged_row_holds_its_coordinates(make_features):
    shape = point(0.1234, 0.5678)
    lon, lat = DEGREES.transform(shape.x, shape.y)
    layer = make_features([shape], sensitivity="nest", utm_e=[shape.x], gps=[f"{lat} {lon}"])
    public, _ = generalise(layer)
    text = public.to_json() + public.to_csv()
    for exact in (f"{lat:.4f}", f"{lon:.4f}", f"{shape.x:.0f}", f"{shape.y:.0f}"):
        assert exact not in text


@pytest.mark.parametrize(
    "told",
    [
        "nest 7.1895, 100.594",
        """Osprey 7°03'46.0"N 100°03'15.6"E""",
        "Osprey 7 03 46 N 100 03 15 E",
        "UTM 47N 616428 780855",
        "UTM 47N 616 428 780 855",
        "๖๑๖๔๒๘ ๗๘๐๘๕๕",
        "8FVC9G8F+6X",
        "47N PH 16428 80855",
        "47NPH1680",
        "///table.lamp.spoon",
    ],
)
def test_a_position_is_no_name_and_no_taxon(make_features, told):
    layer = make_features([point(0, 0)], sensitivity="nest", vernacularName=told)
    public, _ = generalise(layer.assign(name=told))
    assert public[["name", "vernacularName"]].isna().all(axis=None)


@pytest.mark.parametrize(
    "name", ["Haliaeetus leucogaster (Gmelin, 1788)", "Pieris rapae subsp. crucivora", "นกออก"]
)
def test_the_name_of_a_taxon_stays_and_an_address_does_not(make_features, name):
    layer = make_features(
        [point(0, 0)], sensitivity="nest", scientificName=name, taxonKey="2480528", year=2021
    )
    public, _ = generalise(layer.assign(name="12 Nakhon Nok Road, third tree"))
    row = public.iloc[0]
    assert row[["name", "scientificName", "taxonKey", "year"]].tolist() == [
        name, name, "2480528", 2021,
    ]  # fmt: skip


def test_of_columns_with_a_vocabulary_its_words_stay_and_no_others(make_features):
    layer = make_features(
        [point(0, 0), point(1, 0), point(2, 0)],
        consent=["yes", None, None],
        lead=["Somchai of house 12", "Somchai Personal of house 12", "community"],
        also_concepts=["x", "tomb;grave of Mae Sri", "tomb;museum"],
        accuracy=["x", "by the well", "surveyed"],
    )
    public, _ = generalise(layer)
    columns = ["lead", "also_concepts", "accuracy"]
    by_lead = public[columns].astype(object).where(public[columns].notna(), None)
    assert by_lead.iloc[0].tolist() == ["Somchai of house 12", "x", "x"]
    rest = {tuple(row) for row in by_lead.iloc[1:].itertuples(index=False)}
    assert rest == {(None, None, None), ("community", "tomb;museum", "surveyed")}
    told = public["informationWithheld"].fillna("").str.endswith("; words of their own")
    assert told.sum() == 1


def test_an_area_becomes_a_point(make_features):
    public, _ = generalise(make_features([square(0, 0)], sensitivity="burial ground"))
    assert public.geom_type.tolist() == ["Point"]


def test_who_refuses_is_withheld_and_counted(make_features):
    layer = make_features([point(0, 0), point(1, 0)], consent=["yes", " No "])
    public, withheld = generalise(layer)
    assert public.index.tolist() == ["test:0"]
    assert public.geometry.iloc[0].equals(point(0, 0))
    assert withheld.index.tolist() == ["test:1"]
    assert withheld["reason"].tolist() == ["no consent to publication"]


def test_who_was_not_asked_is_generalised_where_others_were(make_features):
    layer = make_features([point(0, 0), point(1, 0), point(2, 0)], consent=["yes", None, "?"])
    public, _ = generalise(layer)
    assert public["sensitivity"].fillna("").tolist() == [
        "",
        "consent not recorded",
        "consent not recorded",
    ]


def test_a_source_that_records_no_consent_stays_public(make_features):
    layer = pd.concat(
        [
            make_features([point(0, 0)], source_id="hall", consent="yes"),
            make_features([point(1, 0)], source_id="osm"),
        ]
    )
    public, withheld = generalise(layer)
    assert public.geometry.iloc[1].equals(point(1, 0))
    assert len(withheld) == 0


def test_nobody_who_was_asked_and_said_nothing_is_public(make_features):
    public, _ = generalise(make_features([point(0, 0)], consent=[None]))
    assert public["sensitivity"].tolist() == ["consent not recorded"]
    # Nor does the empty column then say so of other sources.
    assert not is_flagged(pd.concat([public, make_features([point(1, 1)])]))[1]


@given(st.floats(-179, 179), st.floats(-80, 80))
def test_grids_nest_so_that_a_second_export_tells_no_more_than_the_finer(lon, lat):
    cells = {side: (cell_centres(np.array([lon, lat]), side), side) for side in (0.1, 0.01, 0.001)}
    for coarse, fine in ((0.1, 0.01), (0.01, 0.001)):
        apart = np.abs(cells[coarse][0] - cells[fine][0])
        assert (apart + fine / 2 <= coarse / 2 + 1e-9).all()


def test_an_empty_layer_stays_empty():
    public, withheld = generalise(empty_features(CRS, ["sensitivity", "consent"]))
    assert (len(public), len(withheld)) == (0, 0)


def test_a_layer_of_nothing_but_refusals_is_empty(make_features):
    public, withheld = generalise(make_features([point(0, 0)], consent="no", sensitivity="home"))
    assert (len(public), len(withheld)) == (0, 1)


SHARED = "where people live"


def homes(make_features, places, **columns):
    """Records about people, each at its place in kilometres."""
    return make_features([point(*place) for place in places], sensitivity=SHARED, **columns)


def test_five_neighbours_share_a_hexagon_of_350_metres(make_features):
    layer = homes(make_features, [(0, 0)] * 5, phone="074-111", lead="community")
    public, withheld = generalise(layer)
    assert (len(public), len(withheld)) == (5, 0)
    (cell,) = public["hexagon"].unique()
    assert h3.get_resolution(cell) == 9
    # Between two opposite sides of a hexagon of this area.
    assert 250 < (h3.cell_area(cell, "m^2") * 2 / 3**0.5) ** 0.5 < 500
    assert public["name"].isna().all()
    assert public["lead"].isna().all()
    assert public["phone"].isna().all()
    assert (public.distance(point(0, 0)) <= public["uncertainty_m"]).all()


def test_a_home_that_fewer_than_five_are_near_to_is_nowhere(make_features):
    public, withheld = generalise(homes(make_features, [(0, 0)] * 4))
    assert len(public) == 0
    assert withheld["reason"].unique().tolist() == ["too few records of its kind near by"]


def test_a_few_are_counted_in_a_wider_hexagon_with_their_neighbours(make_features):
    start = h3.latlng_to_cell(7.19, 100.59, 9)
    siblings = sorted(h3.cell_to_children(h3.cell_to_parent(start, 8), 9))
    crowded, lonely = (
        Point(DEGREES_BACK.transform(*h3.cell_to_latlng(c)[::-1])) for c in siblings[:2]
    )
    layer = make_features([*[crowded] * 8, *[lonely] * 2], sensitivity=SHARED)
    public, withheld = generalise(layer)
    # Eight apart from ten would give the two away.
    assert public["hexagon"].unique().tolist() == [h3.cell_to_parent(start, 8)]
    assert (len(public), len(withheld)) == (10, 0)


def test_what_is_left_out_is_never_less_than_five(make_features):
    layer = homes(make_features, [*[(0, 0)] * 6, *[(20, 0)] * 9, *[(40, 0)] * 2])
    public, withheld = generalise(layer)
    assert len(public) == 9
    assert len(withheld) == 8


def test_kinds_are_counted_apart(make_features):
    layer = homes(make_features, [(0, 0)] * 9, concept=[*["museum"] * 5, *["theatre"] * 4])
    public, withheld = generalise(layer)
    assert public["concept"].tolist() == ["museum"] * 5
    assert withheld["concept"].tolist() == ["theatre"] * 4


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(-3, 3), st.floats(-3, 3), st.integers(1, 6)), min_size=1, max_size=25
    )
)
def test_no_count_by_hexagon_is_less_than_five_not_even_by_subtraction(groups):
    places = [point(x, y) for x, y, n in groups for _ in range(n)]
    frame = gpd.GeoDataFrame(
        {"name": None, "concept": "museum", "source_id": "test", "sensitivity": SHARED},
        geometry=places, crs=CRS, index=pd.Index(range(len(places)), name="feature_id").astype(str),
    )  # fmt: skip
    public, withheld = generalise(frame)
    shown = public["hexagon"].value_counts() if len(public) else pd.Series([], dtype=int)
    assert (shown >= 5).all()
    assert len(withheld) == 0 or len(withheld) >= 5 or len(public) == 0
    cells = list(shown.index)
    for one in cells:  # none lies in another, so that no difference of two is a hexagon
        for other in cells:
            if h3.get_resolution(other) < h3.get_resolution(one):
                assert h3.cell_to_parent(one, h3.get_resolution(other)) != other


def test_hexagons_say_how_many_they_hold(make_features):
    public, _ = generalise(homes(make_features, [(0, 0)] * 6))
    (row,) = people_hexagons({"community": public}, public.crs).itertuples()
    assert (row.records, row.concept, row.pillar) == (6, "museum", "community")
    assert row.geometry.contains(public.geometry.iloc[0])
    assert len(people_hexagons({"culture": make_features([point(0, 0)])}, public.crs)) == 0


def test_a_flagged_record_of_a_public_place_counts_once_and_the_public_one_stays(make_features):
    public = make_features([point(0, 0)], source_id="osm").assign(name="Wat Klang")
    secret = make_features([point(-0.2, -0.1)], source_id="hall", sensitivity="grave")
    secret = secret.assign(name="wat klang")
    assert [twin.tolist() for twin in known_places([public, secret])] == [[False], [True]]
    elsewhere = secret.set_geometry([point(3, 3)], crs=CRS)
    assert not known_places([public, elsewhere])[1].any()
    assert not known_places([public, secret.assign(concept="theatre")])[1].any()
    assert not known_places([public, secret.assign(name="unnamed")])[1].any()
    assert not known_places([public, secret.assign(sensitivity="nest")])[1].any()
    # And so does what two lists flag.
    assert [twin.tolist() for twin in known_places([secret, secret])] == [[False], [True]]


def test_a_layer_or_a_concept_can_be_flagged_as_a_whole(make_features):
    layer = make_features([point(0, 0), point(1, 1)], also_concepts=[None, "tomb;shrine"])
    assert with_sensitivity(layer) is layer
    assert with_sensitivity(layer, stated="nest")["sensitivity"].tolist() == ["nest", "nest"]
    told = with_sensitivity(layer, concepts={"tomb": "grave"})["sensitivity"]
    assert told.fillna("").tolist() == ["", "grave"]


def test_words_of_the_file_become_categories_and_the_others_are_public(make_features):
    layer = make_features([point(0, 0)] * 3, sensitivity=["Crocodylus siamensis", "Ardea", None])
    told = with_sensitivity(layer, stated={"crocodylus siamensis": "withheld"})["sensitivity"]
    assert told.fillna("").tolist() == ["withheld", "", ""]
