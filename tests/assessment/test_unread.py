"""Hours and dates that OpenStreetMap states and nobody can read are a note of `check`, by object."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest

from creative_spatial.assessment.unread import unread_findings
from creative_spatial.taxonomy import Taxonomy


class _Data:
    """What is asked of a city's data here."""

    def __init__(self, layer):
        self.osm_features = layer


def _layer(tags, sensitivity=None):
    ids = pd.Index([f"osm:node/{n}" for n in range(1, len(tags) + 1)], name="feature_id")
    columns = {"pillar": "culture", "tags": pd.array(tags, dtype="str"), "sensitivity": sensitivity}
    return gpd.GeoDataFrame(
        columns, index=ids, geometry=gpd.points_from_xy([0.0] * len(tags), [0] * len(tags))
    )


TAGS = [
    '{"opening_hours": "8am-9pm"}',
    '{"opening_hours": "Mo-Fr 08:00-17:00", "start_date": "2385"}',
    '{"opening_hours": "24/7", "start_date": "C18"}',
    '{"name": "opening_hours"}',
    None,
]


def test_each_is_told_once_with_its_objects():
    told = unread_findings(_Data(_layer(TAGS)), Taxonomy.load(), "city.osm")
    assert [(f.severity, f.file, tuple(f.rows)) for f in told] == [
        ("note", "city.osm", ("osm:node/1",)),
        ("note", "city.osm", ("osm:node/2",)),
    ]
    assert told[0].message.startswith(
        "opening_hours cannot be read in 1 of the 3 features that state it (first: '8am-9pm')"
    )
    assert "start_date cannot be read in 1 of the 2 features" in told[1].message


@pytest.mark.parametrize(
    "layer", [None, _layer([]), _layer(TAGS, "nest"), _layer(TAGS).assign(pillar="biodiversity")]
)
def test_nothing_is_told_of_what_is_not_there_not_public_or_not_asked(layer):
    assert unread_findings(_Data(layer), Taxonomy.load(), "city.osm") == []
