"""Edits enter the layers that are read later; what the source says by now is never overwritten."""

from __future__ import annotations

import pandas as pd
import pytest
from places import CRS, point

from creative_spatial.preparation import apply_edits
from creative_spatial.provenance import Source
from creative_spatial.schema import validate_features
from creative_spatial.taxonomy import Concept, Pillar, Taxonomy

TEAM = Source("team", "Walks of the team", "CC-BY-4.0", "City hall", accuracy="surveyed")
HERE, THERE, ELSEWHERE = point(0, 0), point(0.3, 0), point(5, 5)


@pytest.fixture
def taxonomy():
    pillars = {
        p: Pillar(id=p, labels={"en": p}, color="#000000", reference="r")
        for p in ("culture", "community")
    }
    concepts = {
        name: Concept(id=name, pillar=pillar, labels={"en": name}, reference="r", attributes={"kind": kind})
        for name, pillar, kind in (("wat", "culture", "worship"), ("museum", "culture", "art"), ("club", "community", "x"))
    }  # fmt: skip
    return Taxonomy(pillars, {}, concepts, {})


@pytest.fixture
def layers(make_features):
    """A list of the city and OpenStreetMap, whose first records are one venue."""
    own = make_features(
        [HERE, ELSEWHERE], concept="museum", source_id="hall", name=["Old mill", "Fort"]
    )
    osm = make_features(
        [point(0.01, 0), point(3, 3)], concept="museum", source_id="osm", name=["Old mill", "Bank"]
    )
    return own.assign(accuracy="approximate"), osm


@pytest.fixture
def apply(layers, taxonomy):
    def run(*edits):
        table = pd.DataFrame(
            [{"layer": "culture", "before": None, "after": None, "also_ids": None, **edit} for edit in edits],
            columns=["layer", "feature_id", "change", "column", "before", "after", "also_ids"], dtype=object,
        )  # fmt: skip
        done = apply_edits(layers, table, taxonomy=taxonomy, source=TEAM)
        for layer in done.layers:
            validate_features(layer, crs=CRS)
        return done

    return run


def moved(feature_id, before, after):
    return {
        "feature_id": feature_id,
        "change": "moved",
        "column": "geometry",
        "before": before.wkt,
        "after": after.wkt,
    }


def rewritten(feature_id, column, before, after):
    return {
        "feature_id": feature_id,
        "change": "attribute",
        "column": column,
        "before": before,
        "after": after,
    }


def removed(feature_id, before):
    shape = None if before is None else before.wkt
    return {"feature_id": feature_id, "change": "removed", "column": "geometry", "before": shape}


def added(feature_id, **facts):
    return [
        {"feature_id": feature_id, "change": "added", "column": k, "after": v}
        for k, v in facts.items()
    ]


def outcomes(done):
    return done.outcomes["outcome"].tolist()


def ids(done):
    return [feature_id for layer in done.layers for feature_id in layer.index]


def test_no_edits_change_nothing(apply, layers):
    done = apply()
    for before, after in zip(layers, done.layers, strict=True):
        pd.testing.assert_frame_equal(pd.DataFrame(before), pd.DataFrame(after))


def test_a_moved_feature_is_where_the_edit_put_it_and_says_so(apply, layers):
    done = apply(moved("hall:1", ELSEWHERE, THERE))
    own = done.layers[0]
    assert outcomes(done) == ["applied"]
    assert own.geometry["hall:1"] == THERE
    assert own.loc["hall:1", ["edit_note", "accuracy", "source_id"]].tolist() == [
        "team: geometry",
        "surveyed",
        "hall",
    ]
    assert own["edit_note"].isna().tolist() == [True, False]
    assert layers[0].geometry["hall:1"] == ELSEWHERE


def test_what_is_illustrative_stays_so_wherever_it_is_put(apply, layers):
    layers[0]["accuracy"] = "illustrative"
    assert (
        apply(moved("hall:1", ELSEWHERE, THERE)).layers[0].loc["hall:1", "accuracy"]
        == "illustrative"
    )


def test_a_place_that_the_source_has_moved_since_stands(apply):
    done = apply(moved("hall:1", point(4, 5), THERE))
    assert outcomes(done) == ["stale"]
    assert done.layers[0].geometry["hall:1"] == ELSEWHERE
    assert done.outcomes["reason"].tolist() == ["the source has moved it since; look at it again"]


def test_a_place_that_the_source_has_by_now_is_already_so(apply):
    assert outcomes(apply(moved("hall:1", point(4, 5), ELSEWHERE))) == ["already so"]


def test_a_removed_feature_does_not_come_back_as_its_double(apply):
    done = apply(removed("hall:0", HERE))
    assert outcomes(done) == ["applied"]
    assert ids(done) == ["hall:1", "osm:1"]


def test_a_moved_or_renamed_feature_is_not_doubled_by_its_double(apply):
    assert ids(apply(moved("hall:0", HERE, ELSEWHERE))) == ["hall:0", "hall:1", "osm:1"]
    assert ids(apply(rewritten("hall:0", "name", "Old mill", "Mill"))) == [
        "hall:0",
        "hall:1",
        "osm:1",
    ]
    assert len(ids(apply(rewritten("hall:0", "phone", None, "1")))) == 4


def test_what_counted_as_the_feature_under_another_name_goes_with_it(apply):
    done = apply({**removed("hall:1", ELSEWHERE), "also_ids": "osm:1;osm:99"})
    assert ids(done) == ["hall:0", "osm:0"]


def test_a_feature_that_moved_since_is_not_removed(apply):
    done = apply(removed("hall:1", HERE))
    assert outcomes(done) == ["stale"]
    assert "hall:1" in ids(done)


def test_a_feature_that_is_gone_anyway_is_already_so(apply):
    assert outcomes(apply(removed("osm:77", HERE), moved("osm:77", HERE, THERE))) == [
        "already so",
        "stale",
    ]


def test_a_rewritten_cell_takes_the_place_of_what_the_edit_saw(apply):
    done = apply(
        rewritten("hall:1", "name", "Fort", "Fort Noi"), rewritten("hall:1", "phone", None, "074")
    )
    row = done.layers[0].loc["hall:1"]
    assert (row["name"], row["phone"], row["edit_note"]) == ("Fort Noi", "074", "team: name, phone")


def test_a_cell_that_the_source_has_rewritten_since_stands(apply):
    done = apply(rewritten("hall:1", "name", "Fortress", "Fort Noi"))
    assert outcomes(done) == ["stale"]
    assert done.layers[0].loc["hall:1", "name"] == "Fort"
    assert "its name since" in done.outcomes["reason"].iloc[0]


def test_another_concept_takes_the_feature_to_its_pillar(apply, layers, taxonomy):
    layers[0][["pillar", "kind"]] = "culture", "art"
    done = apply(rewritten("hall:1", "concept", "museum", "club"))
    row = taxonomy.annotate(done.layers[0]).loc["hall:1"]
    assert (row["concept"], row["pillar"], row["kind"]) == ("club", "community", "x")


@pytest.mark.parametrize("first", [0, 1])
def test_how_sure_a_moved_place_is_said_to_be_is_more_than_what_holds_for_all(
    layers, taxonomy, first
):
    layers[0][["uncertainty_m", "uncertainty_basis"]] = 250.0, "assumed"
    edits = [moved("hall:1", ELSEWHERE, THERE), rewritten("hall:1", "uncertainty_m", 250.0, 5.0)]
    table = pd.DataFrame([
        {"layer": "culture", "also_ids": None, **edit} for edit in (edits[first], edits[1 - first])
    ])  # fmt: skip
    source = Source("team", "Walks", "CC-BY-4.0", "City hall", uncertainty_m=10.0)
    done = apply_edits(layers, table, taxonomy=taxonomy, source=source)
    assert outcomes(done) == ["applied", "applied"]
    row = done.layers[0].loc["hall:1"]
    assert (row["uncertainty_m"], row["uncertainty_basis"]) == (5.0, "stated")
    # The source wrote another value meanwhile: that stands, as without the move.
    layers[0]["uncertainty_m"] = 80.0
    assert outcomes(apply_edits(layers, table, taxonomy=taxonomy, source=source)) == (
        ["applied", "stale"] if first == 0 else ["stale", "applied"]
    )


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [("concept", "wats", "unknown concept 'wats'"), ("concept", None, "no concept"),
     ("accuracy", "good", "unknown accuracy"), ("status", "paid", "unknown status"),
     ("uncertainty_m", "far", "no length in metres"), ("uncertainty_m", -5.0, "no length in metres"),
     ("uncertainty_m", float("inf"), "no length in metres"), ("uncertainty_m", True, "no length in metres"), ("source_id", "mine", "where it comes from"),
     ("pillar", "x", "worked out")],
)  # fmt: skip
def test_a_value_that_means_nothing_is_refused(apply, layers, column, value, said):
    before = layers[0][column]["hall:1"] if column in layers[0] else None
    done = apply(rewritten("hall:1", column, before, value))
    assert outcomes(done) == ["refused"]
    assert said in done.outcomes["reason"].iloc[0]


def test_a_flagged_feature_is_neither_moved_nor_unflagged(apply, layers):
    layers[0]["sensitivity"] = [None, "grave"]
    done = apply(
        moved("hall:1", ELSEWHERE, THERE), rewritten("hall:1", "sensitivity", "grave", None)
    )
    assert outcomes(done) == ["refused", "refused"]
    assert done.layers[0].geometry["hall:1"] == ELSEWHERE


def test_no_id_of_what_is_flagged_before_or_after_is_published(apply, layers):
    layers[0]["sensitivity"] = [None, "grave"]
    done = apply(
        moved("hall:1", ELSEWHERE, THERE),
        rewritten("hall:0", "sensitivity", None, "home"),
        *added("edited:1", geometry=THERE.wkt, concept="wat", sensitivity="nest"),
        rewritten("osm:1", "phone", None, "1"),
    )
    assert done.outcomes["feature_id"].tolist() == ["withheld"] * 5 + ["osm:1"]


def test_a_flagged_feature_can_be_taken_out(apply, layers):
    layers[0]["sensitivity"] = [None, "grave"]
    assert outcomes(apply(removed("hall:1", None))) == ["applied"]
    assert outcomes(apply(removed("hidden:5", None))) == ["refused"]


def test_a_new_feature_is_a_feature_of_the_team(apply):
    done = apply(*added("edited:1", geometry=THERE.wkt, name="Weir", concept="wat", height=3))
    row = done.layers[-1].loc["edited:1"]
    assert set(outcomes(done)) == {"applied"}
    assert row[["name", "concept", "pillar", "source_id", "accuracy", "edit_note"]].tolist() == [
        "Weir", "wat", "culture", "team", "surveyed", "team: added"
    ]  # fmt: skip
    assert row.geometry == THERE
    assert row["height"] == 3


def test_a_new_feature_without_a_known_concept_is_refused(apply):
    done = apply(*added("edited:1", geometry=THERE.wkt, name="Weir"), *added("edited:2", geometry=THERE.wkt, concept="x"))  # fmt: skip
    assert set(outcomes(done)) == {"refused"}
    assert len(done.layers) == 2


def test_edits_of_what_is_worked_out_are_refused(apply):
    done = apply({**moved("hall:1", ELSEWHERE, THERE), "layer": "zones"})
    assert outcomes(done) == ["refused"]
    assert "worked out from others" in done.outcomes["reason"].iloc[0]


def test_the_published_table_holds_no_value(apply):
    done = apply(rewritten("hall:1", "name", "Fort", "Secret"), moved("hall:1", ELSEWHERE, THERE))
    assert list(done.outcomes) == ["layer", "feature_id", "change", "column", "outcome", "reason"]
    assert "Secret" not in done.outcomes.to_csv()


def test_a_later_file_changes_what_an_earlier_one_added(apply, layers, taxonomy):
    first = apply(*added("edited:1", geometry=THERE.wkt, name="Weir", concept="wat"))
    edit = {"layer": "culture", "also_ids": None, **moved("edited:1", THERE, HERE)}
    edits = pd.DataFrame([edit], dtype=object)
    second = apply_edits(first.layers, edits, taxonomy=taxonomy, source=TEAM)
    assert second.layers[-1].geometry["edited:1"] == HERE
