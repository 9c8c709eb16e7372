"""How well each place is known: what somebody says, else what is assumed of its kind."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from creative_spatial.analysers.certainty import uncertainties
from creative_spatial.errors import ConfigError
from creative_spatial.preparation import position_uncertainty, with_uncertainty
from creative_spatial.provenance import Source, stamp

OSM_M, LIST_M = 20.0, 250.0


def records(ids: list[str], **columns: object) -> gpd.GeoDataFrame:
    n = len(ids)
    return gpd.GeoDataFrame(
        columns,
        geometry=gpd.points_from_xy(range(n), range(n)),
        index=pd.Index(ids, dtype="str", name="feature_id"),
        crs="EPSG:32647",
    )


@pytest.mark.parametrize(
    ("feature_id", "metres"),
    [
        ("osm:node/1", OSM_M),
        ("geofabrik:way/-12", OSM_M),  # OpenStreetMap under the id of the city's own source
        ("osm:relation/7/2", OSM_M),
        ("temples:12", LIST_M),
        ("osm_places:S1", LIST_M),
        ("city:node", LIST_M),
        ("city:my node/12", LIST_M),
    ],
)
def test_what_is_assumed_depends_on_where_the_record_is_from(feature_id: str, metres: float):
    assert position_uncertainty(records([feature_id])).tolist() == [metres]


@pytest.mark.parametrize(
    ("accuracy", "metres"),
    [("surveyed", OSM_M), ("illustrative", OSM_M), ("approximate", LIST_M), (None, LIST_M)],
)
def test_a_surveyed_place_was_stood_at_and_an_invented_one_is_where_it_was_drawn(accuracy, metres):
    assert position_uncertainty(records(["city:1"], accuracy=[accuracy])).tolist() == [metres]


def test_a_stated_uncertainty_is_kept_and_what_is_no_length_is_none():
    layer = records([f"city:{i}" for i in range(5)], uncertainty_m=[0.0, 30.0, -1.0, np.inf, None])
    known = with_uncertainty(layer)
    assert known["uncertainty_m"].tolist() == [0, 30, LIST_M, LIST_M, LIST_M]
    assert known["uncertainty_basis"].tolist() == ["stated"] * 2 + ["assumed"] * 3
    assert "uncertainty_basis" not in layer


def test_what_was_assumed_is_not_taken_for_stated_the_second_time():
    once = with_uncertainty(records(["city:1", "city:2"], uncertainty_m=[30.0, None]))
    surveyed = once.assign(accuracy="surveyed")
    assert with_uncertainty(once).equals(once)
    assert with_uncertainty(surveyed)["uncertainty_m"].tolist() == [30, OSM_M]


def test_no_place_has_no_uncertainty():
    layer = records(["city:1", "city:2"], uncertainty_m=[30.0, None])
    layer.geometry = [None, None]
    known = with_uncertainty(layer)
    assert known[["uncertainty_m", "uncertainty_basis"]].isna().all(axis=None)


def test_an_empty_layer_has_the_columns_too():
    known = with_uncertainty(records([]))
    assert (len(known), known["uncertainty_m"].dtype.kind) == (0, "f")


def test_a_source_speaks_for_the_rows_that_say_nothing():
    gps = Source("gps", "Walks", "CC0-1.0", "us", uncertainty_m=8)
    layer = stamp(records(["gps:1", "gps:2"], uncertainty_m=[None, 40.0]), gps)
    known = with_uncertainty(layer)
    assert known["uncertainty_m"].tolist() == [8, 40]
    assert set(known["uncertainty_basis"]) == {"stated"}
    assert stamp(records(["gps:1"]), gps)["uncertainty_m"].tolist() == [8]
    # What an earlier run assumed, in its own table read again, is nothing that the rows say.
    again = records(
        ["gps:1", "gps:2"], uncertainty_m=[250.0, 40.0], uncertainty_basis=["assumed", "stated"]
    )
    known = with_uncertainty(stamp(again, gps))
    assert known["uncertainty_m"].tolist() == [8, 40]
    assert known["uncertainty_basis"].tolist() == ["stated", "stated"]


def test_the_width_of_a_cell_is_known_and_nobodys_word() -> None:
    layer = records(["city:1", "city:2"], uncertainty_m=[782.0, 8.0])
    known = with_uncertainty(layer.assign(dataGeneralizations=["to 0.01 degree", None]))
    assert known["uncertainty_basis"].tolist() == ["generalised", "stated"]
    again = with_uncertainty(known)
    assert again[["uncertainty_m", "uncertainty_basis"]].equals(
        known[["uncertainty_m", "uncertainty_basis"]]
    )
    assert uncertainties(known).tolist() == [782.0, 8.0]


@pytest.mark.parametrize("metres", [0, -5, float("inf"), float("nan")])
def test_a_source_states_a_length(metres: float):
    with pytest.raises(ConfigError, match="'gps': uncertainty_m is a length in metres"):
        Source("gps", "Walks", "CC0-1.0", "us", uncertainty_m=metres)
