"""What is flagged is generalised to a grid, what is refused is withheld, the rest is public."""

from __future__ import annotations

import pandas as pd
import pytest
from places import CRS, point, square
from pyproj import Geod, Transformer

from creative_spatial.errors import LayerSchemaError
from creative_spatial.preparation import generalise
from creative_spatial.schema import empty_features, validate_features

DEGREES = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)


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
    ("grid", "centre"),
    [(0.1, (100.55, 7.15)), (0.01, (100.595, 7.185)), (0.001, (100.5935, 7.1885))],
)
def test_the_grid_can_be_chosen(make_features, grid, centre):
    public, _ = generalise(make_features([point(0, 0)], sensitivity="nest"), grid_deg=grid)
    lon, lat = lonlat(public.geometry.iloc[0])
    assert (lon, lat) == pytest.approx(centre, abs=1.01 * grid)
    assert (lon / grid) % 1 == pytest.approx(0.5, abs=1e-5)


def test_a_row_can_ask_for_its_own_grid(make_features):
    layer = make_features(
        [point(0, 0), point(0, 0)], sensitivity="nest", generalization_deg=[0.1, None]
    )
    public, _ = generalise(layer)
    assert [lonlat(shape) for shape in public.geometry] == [(100.55, 7.15), (100.595, 7.185)]


def test_every_place_in_a_cell_becomes_the_same_point(make_features):
    layer = make_features([point(0.1, -0.1), point(0.3, -0.05)], sensitivity="grave")
    public, _ = generalise(layer)
    assert public.geometry.iloc[0].equals(public.geometry.iloc[1])


def test_the_uncertainty_covers_the_whole_cell(make_features):
    layer = make_features(
        [point(0, 0), point(0, 0), point(0, 0)],
        sensitivity=["grave", "grave", ""],
        uncertainty_m=[None, 100.0, 5.0],
    )
    public, _ = generalise(layer)
    half_diagonal = Geod(ellps="WGS84").inv(100.595, 7.185, 100.6, 7.19)[2]
    first, second, third = public["uncertainty_m"]
    assert half_diagonal <= first <= half_diagonal + 2
    assert second == first + 100
    assert third == 5.0


def test_columns_that_tell_the_place_are_blanked_for_flagged_rows_only(make_features):
    layer = make_features(
        [point(0, 0), point(1, 0)],
        sensitivity=["home", ""],
        lat=[7.1, 7.2],
        Longitude=["100.5", "100.6"],
        address=["1 Nang Ngam", "2 Nang Ngam"],
        tags=['{"addr:street": "x"}', "{}"],
        lead=["community", "public"],
    )
    public, _ = generalise(layer)
    for column in ("lat", "Longitude", "address", "tags"):
        assert public[column].isna().tolist() == [True, False]
    assert public["lead"].tolist() == ["community", "public"]


def test_no_value_of_a_flagged_row_holds_its_coordinates(make_features):
    shape = point(0.1234, 0.5678)
    lon, lat = DEGREES.transform(shape.x, shape.y)
    layer = make_features([shape], sensitivity="nest", utm_e=[shape.x], gps=[f"{lat} {lon}"])
    public, _ = generalise(layer)
    text = public.to_json() + public.to_csv()
    for exact in (f"{lat:.4f}", f"{lon:.4f}", f"{shape.x:.0f}", f"{shape.y:.0f}"):
        assert exact not in text


def test_notes_with_coordinates_and_links_to_the_place_are_blanked(make_features):
    layer = make_features(
        [point(0, 0), point(0, 0)],
        sensitivity="nest",
        note=["at 7.1895, 100.594", "seen in 2024, 3.5 m tall"],
        osm_object="way/5",
    )
    public, _ = generalise(layer)
    assert public["note"].fillna("").tolist() == ["", "seen in 2024, 3.5 m tall"]
    assert public["osm_object"].isna().all()


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


def test_two_grids_never_give_the_point_away(make_features):
    shape = point(0.1234, 0.5678)
    layer = make_features([shape], sensitivity="nest")
    found = [generalise(layer, grid_deg=grid)[0].geometry.iloc[0] for grid in (0.1, 0.01)]
    # The finer export says all that both say together: the cell of a hundredth of a degree.
    assert found[1].distance(shape) > 10
    again = generalise(layer)[0].geometry.iloc[0]
    assert again.equals(found[1])


def test_an_empty_layer_stays_empty():
    public, withheld = generalise(empty_features(CRS, ["sensitivity", "consent"]))
    assert (len(public), len(withheld)) == (0, 0)


def test_a_layer_of_nothing_but_refusals_is_empty(make_features):
    public, withheld = generalise(make_features([point(0, 0)], consent="no", sensitivity="home"))
    assert (len(public), len(withheld)) == (0, 1)


def test_grids_that_are_not_documented_are_refused(make_features):
    layer = make_features([point(0, 0)], sensitivity="nest")
    with pytest.raises(ValueError, match=r"grid_deg is 0.02"):
        generalise(layer, grid_deg=0.02)
    with pytest.raises(LayerSchemaError, match=r"generalization_deg is one of.*test:0"):
        generalise(layer.assign(generalization_deg="a village"))
