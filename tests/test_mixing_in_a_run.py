"""The mixing indicators as a run calls them: on a small town, on next to nothing, in any script."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from places import ORIGIN

from creative_spatial.evaluation import evaluate
from creative_spatial.indicators import load_indicators
from creative_spatial.network import Network
from creative_spatial.resources import read_toml, resource_path

IDS = list(read_toml(resource_path("indicators", "mixing.toml")))
SPECS = {
    key: spec.model_copy(update={"params": spec.params | {"permutations": 99}})
    if "permutations" in spec.params
    else spec
    for key, spec in load_indicators().items()
    if key in IDS
}
EVIDENCE = pd.DataFrame(
    {"concept": ["kiln", "studio"], "field": ["crafts", "film"], "strength": "direct"}
)


@pytest.fixture
def network(area):
    """A street through both squares."""
    x, y = ORIGIN
    return Network(
        node_xy=np.array([[x, y + 500.0], [x + 2000.0, y + 500.0]]),
        node_id=np.array([1, 2]),
        edges=np.array([[0, 1]], dtype="int32"),
        length_m=np.array([2000.0]),
        kind=np.array([0], dtype="int8"),
        way_id=np.array([1]),
        crs=area.crs,
    )


@pytest.fixture
def run(area, network, make_features):
    """Evaluate the mixing indicators on places given in metres east along the street."""
    from shapely.geometry import Point

    def go(metres, communities, concepts="kiln", kind="worship", *, seed=0):
        shapes = [Point(ORIGIN[0] + x, ORIGIN[1] + 505.0) for x in metres]
        culture = make_features(shapes).assign(
            community=pd.array(communities, dtype=object),
            kind=kind,
            concept=concepts,
        )
        inputs = {"culture": culture, "network": network, "field_evidence": EVIDENCE}
        return evaluate(SPECS, inputs, area, seed=seed)

    return go


def test_every_one_of_them_answers_on_a_small_town(run):
    metres = np.linspace(10, 1990, 40)
    kind = ["worship"] * 30 + ["craft"] * 10
    found = run(metres, ["ไทย", "中国"] * 20, ["kiln", "studio", "kiln", "kiln"] * 10, kind)
    assert {step["status"] for step in found.steps} == {"done"}
    city = found.rows[found.rows["level"] == "city"]
    assert set(city["id"]) == set(IDS)
    assert set(found.layers) == {
        "neighbourhood_communities", "neighbourhood_functions", "colocation_local",
        "colocation_local_fields",
    }  # fmt: skip
    assert found.tables["mixing_theil"].at[0, "n"] == 30
    assert city.set_index("id").at["walking_communities", "value"] == pytest.approx(2, abs=0.02)


@pytest.mark.parametrize(
    ("metres", "communities"),
    [
        ([], []),
        ([500], ["ไทย"]),
        ([500, 1500], ["ไทย", "中国"]),
        ([100, 500, 900], ["ไทย"] * 3),
        ([500] * 9, ["ไทย", "中国", "مسلم"] * 3),
        ([100, 500, 900], [None, "unknown", " "]),
        (range(100, 1000, 20), [f"บ้าน {i}" for i in range(45)]),
    ],
    ids=["none", "one", "two", "one community", "one point", "unknown", "names"],
)
def test_next_to_nothing_skips_numbers_and_never_the_run(run, metres, communities):
    found = run(list(metres), communities)
    thin = [
        "mixing_theil",
        "mixing_exposure",
        "mixing_on_foot",
        "walk_between_communities",
        "colocation_communities",
        "cross_clustering",
    ]
    said = {step["step"] for step in found.steps if step["status"] == "skipped"}
    assert set(thin) - {"cross_clustering"} <= said
    assert all(step["reason"] for step in found.steps if step["status"] == "skipped")
    rows = found.rows[found.rows["id"].isin(thin)]
    assert rows["value"].isna().all()
    assert rows["reason"].ne("").all()
    assert set(found.rows["id"]) == set(IDS)


def test_new_names_change_no_number(run):
    rng = np.random.default_rng(3)
    metres, codes = rng.uniform(0, 2000, 50), rng.integers(0, 3, 50)
    first, again = (
        run(metres, np.array(names, dtype=object)[codes]).rows
        for names in (["a", "b", "c"], ["الف", "ب", "ค"])
    )
    numbers = ["id", "value", "low", "high", "n"]
    one, other = (
        rows[numbers].sort_values(numbers, ignore_index=True).round(9) for rows in (first, again)
    )
    pd.testing.assert_frame_equal(one, other)


def test_a_seed_gives_the_same_and_another_the_same_observed(run):
    metres, communities = np.linspace(10, 1990, 30), ["a", "b", "b"] * 10
    first, again, other = (run(metres, communities, seed=seed).tables for seed in (1, 1, 2))
    for name, table in first.items():
        pd.testing.assert_frame_equal(table, again[name])
        observed = "observed_m" if name == "nearest_neighbour" else "value"
        held = (table["category"] != "shuffled").to_numpy()  # its value is what the draws give
        np.testing.assert_array_equal(table[observed][held], other[name][observed][held])
    assert first["mixing_theil"].at[0, "expected"] != other["mixing_theil"].at[0, "expected"]


@pytest.mark.parametrize(
    "key", [key for key, spec in load_indicators().items() if "without" in spec.params]
)
def test_between_communities_stands_no_place_of_several_or_of_none(key):
    spec = load_indicators()[key]
    of_no_one = ["unknown", "shared", "civic", "other_faith"]
    wanted = ["unknown"] if spec.params.get("by") == "kind" else of_no_one
    assert spec.params["without"] == wanted


def test_a_shared_place_is_no_community_and_is_counted(run):
    """Of chinese 4, buddhist 4, muslim 3, shared 1 there are three communities of eleven places."""
    peoples = ["chinese"] * 4 + ["buddhist"] * 4 + ["muslim"] * 3 + ["shared"]
    found = run(np.linspace(100, 1900, 12), peoples)
    note = "Of 12 places, 1 is left out: 1 shared."
    for key in ("mixing_theil", "mixing_exposure", "mixing_on_foot", "colocation_communities"):
        rows = found.rows[found.rows["id"] == key]
        assert not rows["category"].str.contains("shared").any()
        assert rows["notes"].str.contains(note, regex=False).all(), key
    hill = found.tables["hill_profiles"]
    hill = hill[(hill["level"] == "city") & (hill["of"] == "communities")].set_index("q")
    assert hill.at[0, "value"] == 3
    shares = np.array([4, 4, 3]) / 11
    assert hill.at[1, "value"] == pytest.approx(np.exp(-(shares * np.log(shares)).sum()))
    assert hill.at[0, "n"] == 11
    assert hill.at[0, "unknown"] == 1
