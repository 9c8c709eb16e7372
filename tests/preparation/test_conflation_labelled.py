"""
How often two records are rightly taken for one place, on pairs labelled by hand.

`labelled_pairs.csv` holds places of Songkhla, Hoi An, Isfahan and others as two sources would
write them, with the distance between them and why the pair is hard. `split` says who wrote them.

One hand wrote 576, in four parts: words and thresholds were set on what was known, then the next
part was written and judged once before it was looked at. Precision and recall when first judged:
0.92 and 0.76, 0.94 and 0.73, 1.00 and 0.83, 0.96 and 0.94. That said little of another's lists:
of the 120 that another hand then wrote without having seen the words (four of them are among
the first hand's too), 1.00 and 0.40. On half of these, words and rules were widened; the other
half, still unseen, then gave 1.00 and 0.47, on 30 places. This is what to expect of the hardest
names of a list that is new here: what is matched is right, and half is left to the visit list.
After that this half was looked at too and what it showed was mended. A third hand then wrote 100
pairs as a planner meets them, six in ten of them ordinary: unseen, they gave 0.98 and 0.78, and
nothing was changed for them. Of the 11 that were missed, ten have names that agree to 0.5 or more
and stand in the visit list beside each other. Taken for one from 0.73 on in place of 0.80, four
more of these would be found, and 26 of the others be wrong.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from places import CRS

from creative_spatial.preparation.conflation import conflate

PAIRS = Path(__file__).with_name("labelled_pairs.csv")
HANDS = ("one hand", "another hand", "unseen")
TOWNS = (
    *(
        "Songkhla",
        "สงขลา",
        "Bangkok",
        "กรุงเทพมหานคร",
        "กรุงเทพ",
        "Phuket",
        "ภูเก็ต",
        "Pattani",
        "ปัตตานี",
    ),
    *("Hat Yai", "หาดใหญ่", "Chiang Mai", "เชียงใหม่"),
    *("Hội An", "Hà Nội", "Sài Gòn", "Huế", "Đà Nẵng"),
    *("Isfahan", "اصفهان", "Yazd", "یزد", "Tabriz", "تبریز", "Shiraz", "شیراز"),
)
APART_M = 20_000


def read_pairs() -> pd.DataFrame:
    return pd.read_csv(PAIRS, dtype={"name_a": "str", "name_b": "str"}, index_col="pair")


def side(pairs: pd.DataFrame, letter: str, source: str, offset) -> gpd.GeoDataFrame:
    """One side of each pair as a layer, pairs so far apart that they never meet."""
    return gpd.GeoDataFrame(
        {
            "name": pairs[f"name_{letter}"].to_numpy(),
            "name:en": pairs[f"name_en_{letter}"].to_numpy(),
            "concept": pairs[f"concept_{letter}"].to_numpy(),
            "source_id": source,
            "uncertainty_m": pairs[f"uncertainty_{letter}_m"].to_numpy(),
        },
        geometry=gpd.points_from_xy(pairs.index * float(APART_M) + offset, np.zeros(len(pairs))),
        index=pd.Index([f"{source}:{pair}" for pair in pairs.index], name="feature_id"),
        crs=CRS,
    )


def judge(pairs: pd.DataFrame) -> pd.DataFrame:
    """The pairs with what `conflate` makes of them."""
    osm = side(pairs, "a", "osm", 0.0)
    register = side(pairs, "b", "list", pairs["distance_m"].to_numpy(float))
    table = conflate({"OSM": osm, "list": register}, place_names=TOWNS)
    of_osm = table[table["source"] == "OSM"]
    return pairs.assign(
        found=(of_osm["status"] == "matched").to_numpy(),
        score=of_osm["score"].to_numpy(),
        reasons=of_osm["reasons"].to_numpy(),
    )


def precision_and_recall(judged: pd.DataFrame) -> tuple[float, float]:
    same = judged["label"] == "same"
    right = (same & judged["found"]).sum()
    return right / judged["found"].sum(), right / same.sum()


@pytest.fixture(scope="module")
def judged() -> pd.DataFrame:
    return judge(read_pairs())


def test_the_set_is_large_balanced_and_each_pair_says_why():
    pairs = read_pairs()
    assert len(pairs) >= 700
    assert set(pairs["split"]) == set(HANDS)
    for _, half in pairs.groupby("split"):
        assert 0.4 < (half["label"] == "same").mean() < 0.6
    assert pairs["why"].notna().all()
    assert not pairs.duplicated(["name_a", "name_b", "distance_m"]).any()


def test_precision_and_recall_are_what_the_issue_asks_for(judged):
    precision, recall = precision_and_recall(judged)
    assert precision >= 0.95
    assert recall >= 0.90


# What was measured; a change that loses a pair has to say so here.
@pytest.mark.parametrize(
    ("hand", "right", "wrong", "missed"),
    [("one hand", 291, 2, 5), ("another hand", 53, 0, 7), ("unseen", 39, 1, 11)],
)
def test_no_pair_is_lost_unnoticed(judged, hand, right, wrong, missed):
    part = judged[judged["split"] == hand]
    same = part["label"] == "same"
    assert (same & part["found"]).sum() >= right
    assert (~same & part["found"]).sum() <= wrong
    assert (same & ~part["found"]).sum() <= missed


def test_exact_names_alone_would_not_do(judged):
    """The set is hard enough to tell: names as they are spelled find few of its places."""
    same = judged["label"] == "same"
    spelled = judged["name_a"].str.casefold() == judged["name_b"].str.casefold()
    assert (same & spelled).sum() / same.sum() < 0.1
