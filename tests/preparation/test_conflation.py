"""Several sources, one table: what is matched, what stands alone, what is listed twice."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from places import point, square

from creative_spatial.errors import CRSError, DataQualityWarning, LayerSchemaError
from creative_spatial.preparation.conflation import candidates, conflate, visit_list
from creative_spatial.preparation.conflation.assignment import assign
from creative_spatial.preparation.crowds import crowded
from creative_spatial.schema import empty_features

EXACT = {"uncertainty_m": 10.0}


@pytest.fixture
def osm(make_features):
    return lambda shapes, **columns: make_features(shapes, source_id="osm", **columns)


@pytest.fixture
def register(make_features):
    return lambda shapes, **columns: make_features(shapes, source_id="register", **columns)


def statuses(table):
    return table["status"].tolist()


class TestMatching:
    def test_a_place_in_both_is_matched_and_each_speaks_of_the_other(self, osm, register):
        table = conflate(
            {
                "OSM": osm([point(0, 0)], name=["วัดกลาง"], concept="wat"),
                "list": register([point(0.1, 0)], name=["Wat Klang"], concept="wat"),
            }
        )
        assert statuses(table) == ["matched", "matched"]
        assert table["other_id"].tolist() == ["register:0", "osm:0"]
        assert table["place_id"].tolist() == ["osm:0", "osm:0"]
        assert table["distance_m"].tolist() == pytest.approx([100, 100])

    def test_what_one_source_alone_knows_says_so_and_what_came_nearest(self, osm, register):
        table = conflate(
            {
                "OSM": osm([point(0, 0)], name=["Wat Klang"], concept="wat"),
                "list": register([point(0.05, 0)], name=["Wat Liap"], concept="wat"),
            }
        )
        assert statuses(table) == ["only in OSM", "only in list"]
        assert table.loc["osm:0", "other_name"] == "Wat Liap"
        assert table.loc["osm:0", "score"] < 0.8
        assert table["place_id"].nunique() == 2

    @pytest.mark.parametrize(("uncertainty_m", "found"), [(10.0, False), (300.0, True)])
    def test_positional_uncertainty_says_how_far_apart_one_place_may_be(
        self, osm, register, uncertainty_m, found
    ):
        table = conflate(
            {
                "OSM": osm([point(0, 0)], name=["Wat Liap"], concept="wat", **EXACT),
                "list": register(
                    [point(0.25, 0)], name=["Wat Liap"], concept="wat", uncertainty_m=uncertainty_m
                ),
            }
        )
        assert (table["status"] == "matched").all() == found

    def test_where_it_is_not_given_a_list_is_vaguer_than_openstreetmap(self, osm, register):
        table = conflate(
            {"OSM": osm([point(0, 0)]), "list": register([point(1, 0)], accuracy="approximate")}
        )
        assert table["uncertainty_m"].tolist() == [20, 250]
        surveyed = conflate({"list": register([point(1, 0)], accuracy="surveyed")})
        assert surveyed["uncertainty_m"].tolist() == [20]

    def test_sources_may_mix_up_related_concepts_and_no_others(self, osm, register):
        def status(concept):
            table = conflate(
                {
                    "OSM": osm([point(0, 0)], name=["Hub Seng"], concept="cafe"),
                    "list": register([point(0.01, 0)], name=["Hub Seng"], concept=concept),
                }
            )
            return table.loc["osm:0", "status"]

        assert status("teahouse") == "matched"
        assert status("mosque") == "only in OSM"

    def test_another_concept_that_a_record_carries_counts_as_related(self, osm, register):
        table = conflate(
            {
                "OSM": osm([point(0, 0)], name=["Wat Liap"], concept="wat"),
                "list": register(
                    [point(0, 0)], name=["Wat Liap"], concept="museum", also_concepts="wat;library"
                ),
            }
        )
        assert statuses(table) == ["matched", "matched"]

    def test_an_alternative_name_among_the_tags_is_a_name(self, osm, register):
        table = conflate(
            {
                "OSM": osm(
                    [point(0, 0)],
                    name=["Kiat Fang"],
                    concept="cafe",
                    tags='{"alt_name": "A;Hub Seng"}',
                ),
                "list": register([point(0, 0)], name=["Hub Seng"], concept="cafe"),
            }
        )
        assert table.loc["osm:0", "status"] == "matched"

    def test_tags_that_are_no_json_are_passed_over(self, osm):
        layer = osm([point(0, 0)], tags="{alt_name")
        assert statuses(conflate({"OSM": layer})) == ["only in OSM"]

    def test_the_nearer_of_two_branches_wins_and_none_is_matched_twice(self, osm, register):
        # Two branches 80 m apart, in both sources; the list is 10 m off.
        two = {"name": ["7-Eleven"] * 2, "concept": "food_shop", **EXACT}
        table = conflate(
            {
                "OSM": osm([point(0, 0), point(0.08, 0)], **two),
                "list": register([point(0.09, 0), point(0.01, 0)], **two),
            }
        )
        assert statuses(table) == ["matched"] * 4
        assert table["other_id"].tolist() == ["register:1", "register:0", "osm:1", "osm:0"]

    def test_a_branch_the_list_does_not_have_is_not_given_to_its_neighbour(self, osm, register):
        chain = {"concept": "food_shop", "uncertainty_m": 100.0}
        table = conflate(
            {
                "OSM": osm([point(0, 0)], name=["เซเว่นอีเลฟเว่น"], **chain),
                "list": register([point(0.08, 0)], name=["7-Eleven"], **chain),
            }
        )
        assert statuses(table) == ["only in OSM", "only in list"]

    def test_a_name_that_two_neighbours_share_decides_nothing_at_a_distance(self, osm, register):
        shapes = [point(0, 0), point(0.3, 0)]
        table = conflate(
            {
                "OSM": osm(shapes, name=["Pom Hin"] * 2, concept="fort"),
                "list": register([point(0.15, 0)], name=["Pom Hin"], concept="fort"),
            }
        )
        assert set(table["status"]) == {"only in OSM", "only in list"}
        assert table.loc["register:0", "reasons"].endswith("does not tell it from others near")

    def test_three_sources_make_one_place(self, make_features):
        layers = {
            name: make_features([point(0, 0)], name=["Wat Liap"], concept="wat", source_id=name)
            for name in ("a", "b", "c")
        }
        table = conflate(layers)
        assert statuses(table) == ["matched"] * 3
        assert set(table["place_id"]) == {"a:0"}

    def test_every_record_comes_out_once_in_order(self, osm, register):
        layers = {"OSM": osm([point(i, 0) for i in range(4)]), "list": register([point(2, 0)])}
        assert conflate(layers).index.tolist() == ["osm:0", "osm:1", "osm:2", "osm:3", "register:0"]

    def test_the_names_of_the_town_may_be_left_out(self, osm, register):
        layers = {
            "OSM": osm([point(0, 0)], name=["ศาลหลักเมือง"], concept="city_pillar_shrine"),
            "list": register(
                [point(0, 0)], name=["Songkhla City Pillar"], concept="city_pillar_shrine"
            ),
        }
        assert "matched" not in statuses(conflate(layers))
        assert statuses(conflate(layers, place_names=["Songkhla"])) == ["matched"] * 2

    def test_layers_are_not_changed_and_nothing_in_is_nothing_out(self, osm):
        layer = osm([point(0, 0)])
        before = layer.copy()
        conflate({"OSM": layer, "list": empty_features(layer.crs)})
        pd.testing.assert_frame_equal(layer, before)
        assert conflate({"OSM": empty_features(layer.crs)}).empty

    def test_nameless_records_stand_alone(self, osm, register):
        table = conflate(
            {"OSM": osm([point(0, 0)], name=[None]), "list": register([point(0, 0)], name=[None])}
        )
        assert statuses(table) == ["only in OSM", "only in list"]
        assert table["other_id"].isna().all()


class TestDuplicates:
    def test_a_node_and_its_building_are_one_place_and_count_once(self, osm, register):
        table = conflate(
            {
                "OSM": osm(
                    [point(0.5, 0.5), square(0, 0)], name=["วัดเลียบ", "Wat Liap"], concept="wat"
                ),
                "list": register([point(0.4, 0.5)], name=["Wat Liap"], concept="wat"),
            }
        )
        assert statuses(table) == ["probable duplicate", "matched", "matched"]
        assert table.loc["osm:0", "other_id"] == "osm:1"
        assert set(table["place_id"]) == {"osm:1"}

    def test_a_list_that_writes_a_place_twice_is_told(self, register):
        table = conflate(
            {
                "list": register(
                    [point(0, 0), point(0.04, 0)],
                    name=["Wat Matchimawat", "Wat Machimawat"],
                    concept="wat",
                )
            }
        )
        assert statuses(table) == ["only in list", "probable duplicate"]
        assert table.loc["register:1", "score"] >= 0.85

    def test_what_is_a_duplicate_by_way_of_another_still_says_how_far_it_is(self, register):
        row = [point(0, 0), point(0.04, 0), point(0.08, 0)]
        table = conflate({"list": register(row, name=["Wat Liap"] * 3, concept="wat", **EXACT)})
        assert statuses(table) == ["only in list", *["probable duplicate"] * 2]
        assert table["other_id"].tolist()[1:] == ["register:0"] * 2
        assert table["distance_m"].tolist()[1:] == pytest.approx([40, 80])
        assert table["score"].notna().tolist() == [False, True, True]

    def test_branches_of_a_chain_are_no_duplicates_however_vague_the_list(self, register):
        two = register(
            [point(0, 0), point(0.08, 0)],
            name=["7-Eleven"] * 2,
            concept="food_shop",
            uncertainty_m=200.0,
        )
        assert statuses(conflate({"list": two})) == ["only in list"] * 2

    def test_house_numbers_tell_neighbours_apart(self, register):
        houses = register(
            [point(0, 0), point(0.01, 0)],
            name=["บ้านเลขที่ 12 ถนนนครนอก", "บ้านเลขที่ 14 ถนนนครนอก"],
            concept="heritage_building",
        )
        assert statuses(conflate({"list": houses})) == ["only in list"] * 2


class TestCrowds:
    """More places around one point than memory can hold pairs of: an address search's."""

    def test_whole_names_alone_tell_the_places_of_a_crowd_apart(self, osm, register, monkeypatch):
        monkeypatch.setattr(candidates, "MOST_PAIRS", 100)
        names = [f"ร้าน {chr(0xE01 + at % 40)}{chr(0xE01 + at // 40)}" for at in range(60)]
        here = [point(0, 0.0001 * at) for at in range(60)]
        apart = [point(3, 0), point(3.01, 0)]
        with pytest.warns(DataQualityWarning, match=r"61 records .* by their whole names alone"):
            table = conflate(
                {
                    "OSM": osm([*here, apart[0]], name=[*names, "Wat Klang"], concept="restaurant"),
                    "list": register(
                        [here[0], apart[1]], name=[names[7], "วัดกลาง"], concept="restaurant"
                    ),
                }
            )
        assert table.loc["register:0", "other_id"] == "osm:7"
        assert table.loc["register:1", "other_id"] == "osm:60"  # no crowd: compared as ever
        assert statuses(table).count("matched") == 4

    def test_few_enough_pairs_are_no_crowd(self):
        row = shapely.points([[0, 0], [1, 0], [2, 0], [90, 0], [91, 0]])
        reach = np.full(5, 5.0)
        assert not crowded(row, reach, most_pairs=13).any()  # 3 x 3 and 2 x 2
        assert crowded(row, reach, most_pairs=12).tolist() == [True, True, True, False, False]
        assert crowded(row, reach, most_pairs=3).all()


class TestFaults:
    def test_no_layer(self):
        with pytest.raises(ValueError, match="`layers` is empty"):
            conflate({})

    @pytest.mark.parametrize("accept", [0.0, 1.1])
    def test_an_impossible_score(self, osm, accept):
        with pytest.raises(ValueError, match="it must be above 0 and at most 1"):
            conflate({"OSM": osm([point(0, 0)])}, accept=accept)

    def test_one_id_in_two_layers(self, osm):
        layer = osm([point(0, 0)])
        with pytest.raises(LayerSchemaError, match=r"e\.g\. \['osm:0'\]"):
            conflate({"OSM": layer, "again": layer})

    def test_another_crs_is_named(self, osm, register):
        with pytest.raises(CRSError, match="`list` is in EPSG:4326"):
            conflate({"OSM": osm([point(0, 0)]), "list": register([point(0, 0)], crs="EPSG:4326")})

    def test_a_layer_without_concepts(self, osm):
        with pytest.raises(LayerSchemaError, match=r"`OSM` needs the columns \['concept'\]"):
            conflate({"OSM": osm([point(0, 0)]).drop(columns="concept")})


class TestAssign:
    def test_two_doubtful_pairs_do_not_outweigh_a_sure_one(self):
        scores = {(0, 0): 0.99, (0, 1): 0.85, (1, 0): 0.85}
        assert assign(scores, accept=0.8) == [(0, 0)]

    def test_a_row_gives_way_where_it_has_another_as_good(self):
        scores = {(0, 0): 0.95, (0, 1): 0.94, (1, 0): 0.93}
        assert assign(scores, accept=0.8) == [(0, 1), (1, 0)]

    def test_what_is_below_the_least_is_never_matched(self):
        assert assign({(0, 0): 0.79}, accept=0.8) == []
        assert assign({(0, 0): 0.8}, accept=0.8) == [(0, 0)]


class TestVisitList:
    @pytest.fixture
    def table(self, osm, register):
        return conflate(
            {
                "OSM": osm(
                    [point(0.9, 0.5), point(0.1, 0.5), point(1.5, 0.5), point(5, 5)],
                    name=["East", "West", "Known", "Far away"],
                ),
                "list": register(
                    [point(1.5, 0.5), point(0.2, 0.5)],
                    name=["Known", "=cmd()"],
                    sensitivity=[None, None],
                ),
            }
        )

    def test_places_are_listed_by_quarter_in_walking_order_confirmed_ones_left_out(
        self, table, area
    ):
        listed = visit_list(table, area.units)
        assert listed[["unit_id", "stop", "feature_id"]].to_numpy().tolist() == [
            ["west", 1, "osm:1"],
            ["west", 2, "register:1"],
            ["west", 3, "osm:0"],
            ["outside", 1, "osm:3"],
        ]
        assert listed.loc[0, "question"].startswith("Only in OSM. Is it still here?")
        assert listed["search_m"].tolist() == [20, 250, 20, 20]

    def test_no_text_is_a_formula_and_the_file_reads_back(self, table, area, tmp_path):
        listed = visit_list(table, area.units)
        assert listed.loc[1, "name"] == "'=cmd()"
        listed.to_csv(tmp_path / "visits.csv", index=False)
        back = pd.read_csv(tmp_path / "visits.csv")
        assert back["lon"].tolist() == listed["lon"].tolist()
        assert back["lat"].between(7, 8).all()

    def test_flagged_places_are_neither_listed_nor_named(self, osm, register, area):
        table = conflate(
            {
                "OSM": osm([point(0.1, 0.5)], name=["Wat Liap"], concept="wat"),
                "list": register(
                    [point(0.12, 0.5)], name=["Wat Lua"], concept="wat", sensitivity="sacred"
                ),
            }
        )
        public = visit_list(table, area.units)
        assert public["feature_id"].tolist() == ["osm:0"]
        assert "Lua" not in public.to_csv()
        team = visit_list(table, area.units, include_flagged=True)
        assert team["feature_id"].tolist() == ["osm:0", "register:0"]
        assert "Wat Lua" in team.loc[0, "question"]

    def test_nobody_is_sent_to_a_place_that_is_made_up(self, osm, register, area):
        drawn = register([point(0.6, 0.5)], name=["Example café"], accuracy="illustrative")
        table = conflate({"OSM": osm([point(0.1, 0.5)], name=["Wat Liap"]), "list": drawn})
        assert visit_list(table, area.units)["feature_id"].tolist() == ["osm:0"]

    def test_a_place_on_an_edge_is_listed_once(self, osm, area):
        listed = visit_list(conflate({"OSM": osm([point(1, 0.5)])}), area.units)
        assert listed["unit_id"].tolist() == ["west"]

    def test_duplicates_are_asked_about(self, osm, area):
        twice = osm([point(0.1, 0.1), point(0.12, 0.1)], name=["Wat Liap"] * 2, concept="wat")
        listed = visit_list(conflate({"OSM": twice}), area.units)
        assert listed["question"].tolist()[1] == "Listed twice? Same as Wat Liap, 20 m away."

    def test_files_of_two_pillars_may_use_an_id_each(self, osm, area):
        one, other = (conflate({"OSM": osm([point(x, 0.5)])}) for x in (0.5, 1.5))
        listed = visit_list(pd.concat([one, other]), area.units)
        assert listed["feature_id"].tolist() == ["osm:0", "osm:0"]
        assert listed["question"].tolist() == ["Only in OSM. Is it still here?"] * 2

    def test_nothing_to_visit_is_an_empty_list_with_its_columns(self, osm, area):
        empty = conflate({"OSM": empty_features(area.units.crs)})
        listed = visit_list(empty, area.units)
        assert listed.empty
        assert listed.columns[:4].tolist() == ["unit_id", "stop", "street", "feature_id"]

    def test_the_nearest_named_street_is_told_in_the_language(self, osm, area):
        streets = gpd.GeoDataFrame(
            {"name": ["Nai", None, "Nok"], "name:th": ["นครใน", None, None]},
            geometry=[shapely.LineString([point(0, y), point(2, y)]) for y in (0.5, 0.55, 0.9)],
            crs=area.units.crs,
        )
        table = conflate({"OSM": osm([point(0.1, 0.55), point(0.2, 0.85), point(0.3, 0.2)])})
        listed = visit_list(table, area.units, streets=streets, language="th")
        streets_of = listed.set_index("feature_id")["street"]
        assert streets_of["osm:0"] == "นครใน"  # the nearest has no name
        assert streets_of["osm:1"] == "Nok"
        assert pd.isna(streets_of["osm:2"])  # 300 m away

    def test_questions_are_in_the_language_and_english_where_there_are_none(self, osm, area):
        twice = osm([point(0.1, 0.1), point(0.12, 0.1)], name=["Wat Liap"] * 2, concept="wat")
        table = conflate({"OSM": twice})
        asked = visit_list(table, area.units, language="th")["question"]
        assert asked[1] == "ขึ้นทะเบียนซ้ำหรือไม่ ที่เดียวกับ Wat Liap ห่าง 20 ม. หรือไม่"
        assert visit_list(table, area.units, language="fa")["question"][1].startswith(
            "Listed twice?"
        )

    def test_a_table_of_something_else(self, osm, area):
        with pytest.raises(LayerSchemaError, match="`table` needs the columns"):
            visit_list(osm([point(0, 0)]), area.units)
