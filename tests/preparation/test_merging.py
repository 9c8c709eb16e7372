"""Places that several sources have become one record, and say how sure it is."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from places import point, square

from creative_spatial.errors import LayerSchemaError
from creative_spatial.preparation import conflate, merge_matched, with_also_ids


@pytest.fixture
def merge(make_features):
    """Conflate and merge layers given as (source, shapes, columns)."""

    def run(*layers, **options):
        made = [make_features(shapes, source_id=source, **more) for source, shapes, more in layers]
        joined = pd.concat(made)
        flagged = joined["sensitivity"].notna() if "sensitivity" in joined else False
        public = joined[~flagged] if flagged is not False else joined
        table = conflate(dict(iter(public.groupby("source_id", sort=False))))
        return merge_matched(joined, table, **options)

    return run


def wat(name="Wat Klang", **more):
    return {"name": [name], "concept": "wat", **more}


def test_the_first_sources_record_stays_as_it_is(merge):
    kept, dropped = merge(
        ("city", [point(0, 0)], wat("Wat Klang", note=["as surveyed"])),
        ("osm", [point(0.1, 0)], wat("วัดกลาง")),
    )
    assert kept.index.tolist() == ["city:0"]
    assert kept.loc["city:0", "note"] == "as surveyed"
    assert kept.geometry.iloc[0] == point(0, 0)
    assert dropped.loc["osm:0", ["kept_id", "reason"]].tolist() == [
        "city:0",
        "one place by name and position, 100 m apart",
    ]


def test_what_one_source_alone_has_stays(merge):
    kept, dropped = merge(
        ("city", [point(0, 0)], wat("Wat Klang")), ("osm", [point(0.03, 0)], wat("Wat Liap"))
    )
    assert len(kept) == 2
    assert dropped.empty
    assert kept["confidence"].isna().all()


def test_probable_duplicates_within_a_list_are_not_merged(merge):
    kept, dropped = merge(
        (
            "city",
            [point(0, 0), point(0.04, 0)],
            {"name": ["Wat Matchimawat", "Wat Machimawat"], "concept": "wat"},
        ),
    )
    assert len(kept) == 2
    assert dropped.empty


def test_a_proposal_lends_its_record_no_match_of_another(merge):
    # The two names of the list merely agree; OpenStreetMap has the second of them.
    kept, dropped = merge(
        (
            "city",
            [point(0, 0), point(0.04, 0)],
            {"name": ["Wat Matchimawat", "Wat Machimawas"], "concept": "wat"},
        ),
        ("osm", [point(0.05, 0)], wat("Wat Machimawas")),
    )
    assert kept.index.tolist() == ["city:0", "city:1"]
    assert dropped["kept_id"].to_dict() == {"osm:0": "city:1"}


def test_all_parts_of_a_river_within_anothers_outline_are_that_river(merge):
    river = square(0, 0, 2, 0.1)
    parts = [square(0, 0, 1, 0.1), square(1, 0, 1, 0.1)]
    kept, dropped = merge(
        ("city", [river], {"name": ["Khlong Samrong"], "concept": "river"}),
        ("osm", parts, {"name": ["Khlong Samrong"] * 2, "concept": "river"}),
    )
    assert kept.index.tolist() == ["city:0"]
    assert len(dropped) == 2


@pytest.mark.parametrize(
    ("apart_km", "own_m", "said"),
    [
        (0.05, 400, "confirmed"),  # another source within 50 m, whatever the pin was good for
        (0.06, 100, "probable"),
        (0.06, 300, "reported"),
        (0.06, 1500, None),
        (0.1, 20, "disputed"),  # 3 x hypot(20, 20) = 85 m, and more than 50 m apart
    ],
)
def test_confidence_is_that_of_independent_sources_and_of_the_position(
    merge, apart_km, own_m, said
):
    kept, _ = merge(
        ("city", [point(0, 0)], wat(uncertainty_m=[float(own_m)])),
        ("osm", [point(apart_km, 0)], wat(uncertainty_m=[20.0])),
    )
    (confidence,) = kept["confidence"]
    assert confidence == said or (said is None and pd.isna(confidence))


def test_what_a_city_says_of_its_own_confidence_stays(merge):
    kept, _ = merge(
        ("city", [point(0, 0)], wat(confidence=["reported"])), ("osm", [point(0, 0)], wat())
    )
    assert kept["confidence"].tolist() == ["reported"]


def test_a_list_drawn_off_openstreetmap_or_made_up_confirms_nothing(merge):
    two = (("city", [point(0, 0)], wat()), ("osm", [point(0, 0)], wat()))
    copied, _ = merge(*two, origins={"city": "osm"})
    assert copied["confidence"].isna().all()
    made_up, _ = merge(two[0], ("osm", [point(0, 0)], wat(accuracy=["illustrative"])))
    assert len(made_up) == 1
    assert made_up["confidence"].isna().all()


def test_a_flagged_record_takes_its_public_twin_in_and_names_it_nowhere(merge):
    kept, dropped = merge(
        ("osm", [point(0, 0)], {"name": ["Old tomb"], "concept": "tomb", "sensitivity": [None]}),
        (
            "city",
            [point(0.01, 0)],
            {"name": ["Old tomb"], "concept": "tomb", "sensitivity": "grave"},
        ),
    )
    assert kept.index.tolist() == ["city:0"]
    assert dropped["kept_id"].to_dict() == {"osm:0": "city:0"}
    assert kept["confidence"].isna().all()
    assert with_also_ids(kept, dropped)["also_ids"].isna().all()


def test_also_ids_follow_a_record_that_was_dropped_for_one_that_was_dropped():
    layer = gpd.GeoDataFrame(
        {"name": ["a"], "source_id": ["city"]},
        geometry=[point(0, 0)],
        index=pd.Index(["city:1"], name="feature_id"),
    )
    dropped = pd.DataFrame({"kept_id": ["osm:2", "city:1"]}, index=["osm:1", "osm:2"])
    assert with_also_ids(layer, dropped)["also_ids"].tolist() == ["osm:1;osm:2"]


def test_a_layer_without_sources_is_refused(make_features):
    layer = make_features([point(0, 0)])
    with pytest.raises(LayerSchemaError, match="source_id"):
        merge_matched(layer.drop(columns="source_id"), conflate({"a": layer}))
