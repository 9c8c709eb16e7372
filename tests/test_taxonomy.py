"""What features are: every entry of the tables is a case, then the classifier's own rules."""

from __future__ import annotations

import itertools
import re
import unicodedata

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point
from sights import APART, DEFICIENCIES, SIGHTS, distance, seen_as

from creative_spatial.errors import ConfigError, TaxonomyError
from creative_spatial.resources.inventory import inventory_facts
from creative_spatial.taxonomy import LIFECYCLES, NO_EVIDENCE, LegendClass, Taxonomy
from creative_spatial.taxonomy.signs import SIGNS, with_signs

TAXONOMY = Taxonomy.load()
LAST_RESORT = "other_place"
CONCEPTS = list(TAXONOMY.concepts.values())
WITH_RULES = [concept for concept in CONCEPTS if concept.osm]
LEGEND_CLASSES = [
    (column, legend) for column, classes in TAXONOMY.legends.items() for legend in classes.values()
]
MATCHES = [(concept, tags) for concept in CONCEPTS for tags in concept.matches]
REFUSES = [(concept, tags) for concept in CONCEPTS for tags in concept.refuses]
RULES = [(concept, rule) for concept in CONCEPTS for rule in concept.osm]
DENIALS = [(concept, deny) for concept in CONCEPTS for deny in concept.deny]

PROMISED = {
    "culture": """old_town wat mosque chinese_shrine church hindu_temple other_worship
        gurdwara synagogue shinto_shrine jain_temple cao_dai_temple vietnamese_shrine bahai_house
        multifaith_worship
        city_pillar_shrine wayside_shrine museum house_museum gallery arts_centre theatre cinema
        library music_venue heritage_building fort city_wall archaeological_site monument memorial
        tomb cemetery artwork viewpoint industrial_heritage food_market restaurant local_restaurant
        cafe teahouse food_court food_shop food_maker craft_workshop textile_craft craft_shop
        tailor gift_shop design_office design_centre architect_office design_shop bookshop
        publisher media_studio film_studio games_shop music_school music_shop bandstand live_music
        events_venue art_school attraction cultural_practice cultural_event cultural_route
        dance_school cooking_school language_school university training_centre school
        performing_art food_practice craft_practice oral_tradition ritual food_route procession
        food_festival film_festival music_festival design_festival craft_fair book_fair""",
    "biodiversity": """mangrove swamp marsh tidal_flat forest scrub grassland heath beach
        casuarina_strand bare_rock reef sea lagoon lake river pond canal palm_rice rice_field
        farmland orchard plantation aquaculture salt_pond meadow park garden protected_area
        nature_reserve ecology_learning zoo bird_hide spring hill island wildlife_range
        learning_trail""",
    "community": """community_centre social_facility ngo association cooperative community_garden
        club community_market farm_shop book_exchange makerspace coworking homestay weaving_group
        fishery_group food_group heritage_group youth_group women_group elders_group
        festival_committee conservation_group tourism_group community_school""",
}
FIELDS = ["crafts", "design", "film", "gastronomy", "literature", "media_arts", "music"]
ROLES = {"habitat", "protected", "site"}
NATURALNESS = {"natural", "water", "canal", "cultural", "planted", "park"}


def case_id(value):
    """Name a case by the ids of its entries, or by its tags."""
    if isinstance(value, dict):
        return ",".join(f"{k}={v}" for k, v in value.items())
    return getattr(value, "id", None)


def says(tags, concept_id):
    """Whether a concept is the first or a further reading of the tags."""
    found = TAXONOMY.classify(tags)
    return found is not None and concept_id in {found.concept, *found.also}


class TestEntries:
    @pytest.mark.parametrize(("concept", "tags"), MATCHES, ids=case_id)
    def test_a_concept_is_the_first_reading_of_what_it_matches(self, concept, tags):
        assert TAXONOMY.classify(tags).concept == concept.id

    @pytest.mark.parametrize(("concept", "tags"), REFUSES, ids=case_id)
    def test_a_concept_is_no_reading_at_all_of_what_it_refuses(self, concept, tags):
        assert not says(tags, concept.id)

    @pytest.mark.parametrize("concept", WITH_RULES, ids=case_id)
    def test_a_concept_with_rules_shows_what_it_matches_and_what_it_refuses(self, concept):
        assert concept.matches
        assert concept.refuses

    @pytest.mark.parametrize(("concept", "rule"), RULES, ids=case_id)
    def test_every_value_of_every_rule_can_hold(self, concept, rule):
        for values in itertools.product(*rule.values()):
            tags = dict(zip(rule, ("yes" if v == "*" else v for v in values), strict=True))
            assert says(tags, concept.id), tags

    @pytest.mark.parametrize(("concept", "deny"), DENIALS, ids=case_id)
    def test_every_denial_turns_away_one_of_the_refused_examples(self, concept, deny):
        def held(condition, tags):
            return all(
                key in tags and ("*" in values or set(tags[key].split(";")) & set(values))
                for key, values in condition.items()
            )

        refused = [TAXONOMY._classifier.modernised(tags) for tags in concept.refuses]
        assert any(
            held(deny, tags) and any(held(rule, tags) for rule in concept.osm) for tags in refused
        )

    @pytest.mark.parametrize("concept", CONCEPTS, ids=case_id)
    def test_attributes_come_from_closed_lists(self, concept):
        allowed = {
            "role": ROLES,
            "naturalness": NATURALNESS,
            "stage": set(inventory_facts().stages),
            "heritage_form": set(inventory_facts().forms),
            **{column: set(TAXONOMY.legends[column]) for column in ("kind", "community", "group")},
        }
        assert set(concept.attributes) <= set(allowed)
        for name, value in concept.attributes.items():
            assert value in allowed[name], name

    @pytest.mark.parametrize("concept", CONCEPTS, ids=case_id)
    def test_attributes_are_those_that_its_pillar_is_drawn_by(self, concept):
        needed = {
            "biodiversity": {"role", "group"},
            "culture": {"kind", "stage", "heritage_form"},
            "community": {"kind"},
        }
        if concept.id != LAST_RESORT:
            assert needed[concept.pillar] <= set(concept.attributes)
        if concept.attributes.get("role") == "habitat":
            assert "naturalness" in concept.attributes
        if concept.osm and concept.pillar == "culture":
            assert "community" in concept.attributes

    @pytest.mark.parametrize("concept", CONCEPTS, ids=case_id)
    def test_what_is_evidence_of_nothing_is_a_place_of_learning_and_serves_no_field(self, concept):
        if concept.id == LAST_RESORT:
            assert (concept.strength, concept.attributes, concept.fields) == (NO_EVIDENCE, {}, {})
        elif concept.strength == NO_EVIDENCE:
            assert (concept.attributes["stage"], concept.fields) == ("learn", {})
        if concept.attributes.get("stage") == "learn":
            assert concept.attributes["kind"] == "learning"

    @pytest.mark.parametrize("concept", CONCEPTS, ids=case_id)
    def test_habitats_and_protected_areas_are_areas_only(self, concept):
        if concept.attributes.get("role") in {"habitat", "protected"}:
            assert concept.geometry == ("area",)

    @pytest.mark.parametrize(
        "entry",
        [*TAXONOMY.pillars.values(), *TAXONOMY.fields.values(), *CONCEPTS],
        ids=case_id,
    )
    def test_every_entry_has_a_reference_and_labels_in_thai_and_english(self, entry):
        assert entry.reference.strip()
        check_labels(entry.labels)

    @pytest.mark.parametrize(("column", "legend"), LEGEND_CLASSES, ids=case_id)
    def test_every_legend_class_has_labels_in_thai_and_english(self, column, legend):
        check_labels(legend.labels)

    @pytest.mark.parametrize("language", ["th", "en", "fr"])
    def test_no_two_concepts_of_a_pillar_share_a_label(self, language):
        seen = [(c.pillar, c.labels[language]) for c in CONCEPTS if language in c.labels]
        assert len(seen) == len(set(seen))

    @pytest.mark.parametrize("pillar", PROMISED)
    def test_ids_that_files_of_cities_name_are_kept(self, pillar):
        for concept_id in PROMISED[pillar].split():
            assert TAXONOMY.concept(concept_id).pillar == pillar

    def test_the_fields_are_the_seven_of_2004_and_architecture(self):
        assert [f for f, field in TAXONOMY.fields.items() if field.since == 2004] == FIELDS
        assert TAXONOMY.fields["architecture"].since == 2025

    def test_every_field_has_direct_evidence(self):
        evidence = TAXONOMY.field_evidence()
        direct = evidence[evidence["strength"] == "direct"]
        assert set(direct["field"]) == set(TAXONOMY.fields)

    def test_single_trees_are_no_features(self):
        assert TAXONOMY.classify({"natural": "tree", "species": "Hevea brasiliensis"}) is None


def check_labels(labels):
    """A Thai label in Thai script, an English one in Latin, both composed and trimmed."""
    assert re.fullmatch(r"[\u0e00-\u0e7f\s()–/.]+", labels["th"]), labels["th"]
    assert re.fullmatch(r"[A-Za-zÀ-ÿ\s(),'/.:-]+", labels["en"]), labels["en"]
    for text in labels.values():
        assert text == unicodedata.normalize("NFC", text).strip()


class TestWords:
    @pytest.mark.parametrize(
        "word",
        [*inventory_facts().stages.items(), *inventory_facts().forms.items()],
        ids=lambda w: w[0],
    )
    def test_a_stage_or_form_says_what_it_means_and_where_it_is_from(self, word):
        check_labels(word[1].labels)
        assert word[1].meaning.strip()
        assert word[1].reference.strip()

    @pytest.mark.parametrize("stage", inventory_facts().stages)
    def test_every_stage_is_the_place_of_some_concept(self, stage):
        assert any(concept.attributes.get("stage") == stage for concept in CONCEPTS)

    @pytest.mark.parametrize("form", inventory_facts().forms)
    def test_every_form_is_that_of_some_concept(self, form):
        assert any(concept.attributes.get("heritage_form") == form for concept in CONCEPTS)


class TestDeprecations:
    @pytest.mark.parametrize("deprecation", TAXONOMY.deprecations, ids=lambda d: case_id(d.old))
    def test_an_old_tag_is_read_as_its_successor(self, deprecation):
        context = {
            "religion": {"amenity": "place_of_worship"},
            "memorial": {"historic": "memorial"},
        }.get(next(iter(deprecation.old)), {})
        successor = TAXONOMY.classify({**context, **deprecation.new})
        assert TAXONOMY.classify({**context, **deprecation.old}) == successor
        assert deprecation.reference.strip()

    def test_there_are_at_least_twenty_five(self):
        assert len(TAXONOMY.deprecations) >= 25

    def test_a_tag_set_in_the_new_way_is_kept(self):
        tags = {"landuse": "reservoir", "natural": "water", "water": "pond"}
        assert TAXONOMY.classify(tags).concept == "pond"

    def test_several_deprecations_may_share_their_first_tag(self):
        audio = {"amenity": "studio", "type": "audio"}
        video = {"amenity": "studio", "type": "video"}
        assert TAXONOMY.classify(audio).concept == "recording_studio"
        assert TAXONOMY.classify(video).concept == "film_studio"

    def test_one_holds_only_with_all_its_old_tags(self):
        assert TAXONOMY.classify({"amenity": "pub", "type": "audio"}).concept == LAST_RESORT

    def test_some_other_place_is_no_second_reading(self):
        found = TAXONOMY.classify({"shop": "books", "amenity": "cafe", "brand:wikidata": "Q1"})
        assert (found.concept, found.also) == ("bookshop", ())

    def test_it_is_read_behind_a_life_cycle_prefix_too(self):
        found = TAXONOMY.classify({"disused:amenity": "youth_centre"})
        assert found == ("youth_group", (), "disused")


class TestOrder:
    def test_a_wat_that_tourists_visit_is_a_wat(self):
        tags = {"amenity": "place_of_worship", "religion": "buddhist", "tourism": "attraction"}
        assert TAXONOMY.classify(tags) == ("wat", ("attraction",), "open")

    def test_a_museum_in_an_old_house_is_a_museum_and_a_heritage_building(self):
        tags = {"tourism": "museum", "historic": "building", "building": "yes"}
        assert TAXONOMY.classify(tags) == ("museum", ("heritage_building",), "open")

    def test_a_cafe_with_a_cuisine_is_a_cafe(self):
        assert TAXONOMY.classify({"amenity": "cafe", "cuisine": "thai"}).concept == "cafe"

    def test_a_cafe_with_live_music_is_a_cafe_first(self):
        tags = {"amenity": "cafe", "live_music": "yes"}
        assert TAXONOMY.classify(tags) == ("cafe", ("live_music",), "open")

    def test_what_stands_on_land_comes_before_its_cover(self):
        tags = {"historic": "archaeological_site", "natural": "wood"}
        assert TAXONOMY.classify(tags) == ("archaeological_site", ("forest",), "open")

    def test_a_beach_that_tourists_visit_is_a_beach(self):
        tags = {"natural": "beach", "tourism": "attraction"}
        assert TAXONOMY.classify(tags).concept == "beach"

    def test_a_wooded_park_is_a_forest_first(self):
        tags = {"leisure": "park", "natural": "wood"}
        assert TAXONOMY.classify(tags) == ("forest", ("park",), "open")

    def test_a_community_market_is_a_food_market_too(self):
        tags = {"amenity": "marketplace", "operator:type": "community"}
        assert TAXONOMY.classify(tags) == ("community_market", ("food_market",), "open")

    def test_a_school_in_a_listed_building_is_a_heritage_building_and_a_place_of_learning(self):
        tags = {"amenity": "school", "building": "yes", "heritage": "2"}
        assert TAXONOMY.classify(tags) == ("heritage_building", ("school",), "open")

    def test_a_community_garden_is_not_a_garden_of_the_parks(self):
        tags = {"leisure": "garden", "garden:type": "community"}
        assert TAXONOMY.classify(tags) == ("community_garden", (), "open")

    def test_pillars_rank_in_the_order_of_their_table(self):
        assert list(TAXONOMY.pillars) == ["biodiversity", "culture", "community"]
        tags = {"tourism": "museum", "office": "foundation", "natural": "peak"}
        assert TAXONOMY.classify(tags) == ("hill", ("museum", "ngo"), "open")

    @settings(deadline=None)
    @given(
        st.dictionaries(
            st.sampled_from(sorted(TAXONOMY.osm_keys)),
            st.sampled_from(sorted({v for _, rule in RULES for vs in rule.values() for v in vs})),
            max_size=6,
        )
    )
    def test_the_order_of_tags_does_not_matter(self, tags):
        backwards = dict(reversed(tags.items()))
        assert TAXONOMY.classify(tags) == TAXONOMY.classify(backwards)


class TestValues:
    def test_values_parted_by_semicolons_all_count(self):
        found = TAXONOMY.classify({"craft": "plumber; weaver;pottery"})
        assert found == ("textile_craft", ("craft_workshop",), "open")

    def test_a_second_tag_may_list_several_too(self):
        tags = {"amenity": "place_of_worship", "religion": "buddhist;taoist"}
        assert TAXONOMY.classify(tags) == ("wat", ("chinese_shrine",), "open")

    def test_a_denial_holds_for_one_of_several(self):
        tags = {"landuse": "farmland", "crop": "rice;sugar_palm"}
        assert TAXONOMY.classify(tags).concept == "palm_rice"

    def test_a_place_of_worship_without_religion_belongs_to_no_community(self):
        found = TAXONOMY.classify({"amenity": "place_of_worship", "name": "มัสยิดกลาง"})
        assert found.concept == "worship_unstated"
        assert TAXONOMY.concept(found.concept).attributes["community"] == "unknown"

    def test_nothing_known_is_nothing(self):
        assert TAXONOMY.classify({}) is None
        assert TAXONOMY.classify({"highway": "residential", "name": "ถนนนางงาม"}) is None


class TestLifeCycle:
    @pytest.mark.parametrize(("prefix", "status"), LIFECYCLES.items())
    def test_a_prefix_is_a_status_not_a_presence(self, prefix, status):
        tags = {f"{prefix}:amenity": "cinema", "building": "yes"}
        assert TAXONOMY.classify(tags) == ("cinema", (), status)

    @pytest.mark.parametrize(("prefix", "status"), LIFECYCLES.items())
    def test_so_is_the_word_alone(self, prefix, status):
        assert TAXONOMY.classify({"amenity": "cinema", prefix: "yes"}).status == status

    def test_what_is_open_wins_over_what_was(self):
        found = TAXONOMY.classify({"amenity": "cafe", "disused:amenity": "cinema"})
        assert found == ("cafe", (), "open")

    def test_a_former_use_keeps_the_tags_around_it(self):
        tags = {"abandoned:amenity": "place_of_worship", "religion": "muslim"}
        assert TAXONOMY.classify(tags) == ("mosque", (), "abandoned")

    def test_other_prefixes_say_nothing(self):
        assert TAXONOMY.classify({"old:amenity": "cinema", "note:disused": "yes"}) is None


class TestKeys:
    def test_every_example_has_a_key_that_a_reader_would_keep(self):
        for concept, tags in MATCHES:
            assert TAXONOMY.osm_keys & set(tags), (concept.id, tags)

    def test_life_cycle_forms_are_kept(self):
        assert {"disused:amenity", "abandoned:historic"} <= TAXONOMY.osm_keys

    def test_keys_that_nearly_every_object_has_are_not_among_them(self):
        assert not TAXONOMY.osm_keys & {"building", "highway", "name", "type", "source"}


class TestLookUp:
    def test_an_unknown_concept_comes_with_the_likely_one(self):
        with pytest.raises(TaxonomyError, match="Unknown concept 'musuem'; did you mean museum"):
            TAXONOMY.concept("musuem")

    def test_a_label_falls_back_to_english(self):
        assert TAXONOMY.label("wat", "th") == "วัดและศาสนสถานพุทธ"
        assert TAXONOMY.label("wat", "vi") == "Buddhist temple"

    def test_field_evidence_has_one_row_a_concept_and_field(self):
        evidence = TAXONOMY.field_evidence()
        assert evidence.columns.tolist() == ["concept", "field", "strength"]
        assert not evidence.duplicated(["concept", "field"]).any()
        assert ("cinema", "film", "direct") in set(evidence.itertuples(index=False, name=None))

    def test_land_that_serves_a_field_is_no_evidence_that_counts(self):
        assert TAXONOMY.place_pillars == ("culture", "community")
        assert TAXONOMY.concept("orchard").fields == {"gastronomy": "indirect"}
        assert "orchard" not in set(TAXONOMY.field_evidence()["concept"])

    def test_it_says_how_much_it_knows(self):
        assert repr(TAXONOMY) == f"Taxonomy({len(CONCEPTS)} concepts in 3 pillars, 8 fields)"


class TestAnnotate:
    def layer(self, **columns):
        return gpd.GeoDataFrame(
            {"concept": ["mosque", "mangrove", "homestay"], **columns},
            geometry=[Point(0, 0)] * 3,
            index=["a", "b", "c"],
            crs=32647,
        )

    def test_features_get_what_their_concepts_say(self):
        layer = self.layer()
        got = TAXONOMY.annotate(layer)
        assert got["pillar"].tolist() == ["culture", "biodiversity", "community"]
        assert got["strength"].tolist() == ["direct", "direct", "indirect"]
        assert got.loc["a", ["kind", "community"]].tolist() == ["worship", "muslim"]
        assert got.loc["b", ["role", "group", "naturalness"]].tolist() == [
            "habitat",
            "mangrove",
            "natural",
        ]
        assert got.loc["a", ["role", "group", "naturalness"]].isna().all()
        assert layer.columns.tolist() == ["concept", "geometry"]

    def test_what_the_layer_says_itself_wins(self):
        got = TAXONOMY.annotate(self.layer(community=["shared", None, None]))
        assert got.loc["a", "community"] == "shared"
        assert got["community"].isna().tolist() == [False, True, True]

    @pytest.mark.parametrize(
        ("religion", "community"),
        [
            ("chinese_folk", "chinese"),
            ("buddhist", "buddhist"),
            ("sikh", "sikh"),
            ("animist", "other_faith"),
            ("none", "unknown"),
            (None, "unknown"),
        ],
    )
    def test_a_name_finds_the_concept_and_the_religion_the_community(self, religion, community):
        tags = {"amenity": "place_of_worship", "name": "ศาลหลักเมือง"}
        found = TAXONOMY.classify(tags if religion is None else {**tags, "religion": religion})
        assert found.concept == "city_pillar_shrine"
        layer = (
            self.layer()
            .iloc[:1]
            .assign(concept=found.concept, also_concepts=";".join(found.also) or None)
        )
        assert TAXONOMY.annotate(layer)["community"].tolist() == [community]
        assert TAXONOMY.annotate(layer.assign(community="shared"))["community"].item() == "shared"

    def test_without_further_readings_nothing_is_said_of_whose_it_is(self):
        layer = self.layer().assign(concept=["city_pillar_shrine", "mosque", "mangrove"])
        got = TAXONOMY.annotate(layer)["community"]
        assert got.iloc[:2].tolist() == ["unknown", "muslim"]
        odd = TAXONOMY.annotate(layer.assign(also_concepts=["no_such;wat", "wat", None]))
        assert odd["community"].iloc[:2].tolist() == ["buddhist", "muslim"]

    def test_no_name_says_whose_a_place_is(self):
        """Whatever rule reads a name says nothing of the community, but leaves it to the tags."""
        by_name = [
            concept
            for concept in CONCEPTS
            if any(
                key.split(":")[0] in {"name", "alt_name", "old_name"}
                for rule in concept.osm
                for key in rule
            )
        ]
        assert by_name
        for concept in by_name:
            assert concept.attributes.get("community", "unknown") == "unknown", concept.id
            assert "community" in concept.deferred, concept.id

    def test_a_column_left_blank_is_filled(self):
        got = TAXONOMY.annotate(self.layer(kind=[np.nan] * 3))
        assert got.loc["a", "kind"] == "worship"
        assert got["kind"].isna().tolist() == [False, True, False]

    def test_an_empty_layer_gets_the_same_columns(self):
        full = TAXONOMY.annotate(self.layer())
        empty = TAXONOMY.annotate(self.layer().iloc[:0])
        assert empty.columns.tolist() == full.columns.tolist()
        assert empty.dtypes.astype(str).tolist() == full.dtypes.astype(str).tolist()

    def test_an_unknown_concept_raises(self):
        with pytest.raises(TaxonomyError, match="Unknown concept 'mosk'"):
            TAXONOMY.annotate(self.layer().assign(concept="mosk"))


class TestReadings:
    @pytest.fixture
    def layer(self):
        return gpd.GeoDataFrame(
            {
                "concept": ["nature_reserve", "forest", "archaeological_site", "museum"],
                "also_concepts": ["forest;park", None, "forest", "heritage_building"],
            },
            geometry=[Point(0, 0)] * 4,
            index=["reserve", "wood", "ruin", "museum"],
            crs=32647,
        )

    def test_a_wooded_reserve_protects_and_covers_land(self, layer):
        protected = TAXONOMY.readings(layer, "role", "protected")
        habitats = TAXONOMY.readings(layer, "role", "habitat")
        assert protected.index.tolist() == ["reserve"]
        assert habitats.index.tolist() == ["reserve", "wood", "ruin"]

    def test_it_is_read_as_the_concept_that_fits(self, layer):
        got = TAXONOMY.readings(layer, "role", "habitat")
        assert got["concept"].tolist() == ["forest"] * 3
        assert got["naturalness"].tolist() == ["natural"] * 3
        assert got["kind"].isna().all()
        assert got["pillar"].tolist() == ["biodiversity"] * 3

    def test_an_annotated_layer_gives_the_same(self, layer):
        annotated = TAXONOMY.annotate(layer)
        plain = TAXONOMY.readings(layer, "role", "habitat")
        again = TAXONOMY.readings(annotated, "role", "habitat")
        assert again[plain.columns].equals(plain)

    def test_without_further_concepts_only_the_first_counts(self, layer):
        got = TAXONOMY.readings(layer.drop(columns="also_concepts"), "role", "habitat")
        assert got.index.tolist() == ["wood"]

    def test_none_is_an_empty_layer(self, layer):
        assert len(TAXONOMY.readings(layer, "role", "site")) == 0
        assert len(TAXONOMY.readings(layer.iloc[:0], "role", "habitat")) == 0


@pytest.fixture
def city(tmp_path):
    """Write a city's tables and load them over the package's."""

    def load(*texts):
        folders = []
        for number, text in enumerate(texts):
            folder = tmp_path / f"taxonomy{number}"
            folder.mkdir()
            (folder / "local.toml").write_text(text, encoding="utf-8")
            folders.append(folder)
        return Taxonomy.load(*folders)

    return load


TEAHOUSE = """
[concepts.kopitiam]
pillar = "culture"
labels = { th = "ร้านโกปี๊", en = "Kopitiam" }
reference = "City hall"
osm = [{ amenity = "cafe", cuisine = "kopi" }]
fields = { gastronomy = "direct" }
attributes = { kind = "food", community = "chinese" }
"""


class TestCity:
    def test_its_concepts_are_tried_before_the_package_s(self, city):
        tags = {"amenity": "cafe", "cuisine": "kopi"}
        assert city(TEAHOUSE).classify(tags) == ("kopitiam", ("cafe",), "open")
        assert TAXONOMY.classify(tags) == ("cafe", (), "open")

    def test_an_entry_of_the_same_id_replaces_the_package_s(self, city):
        ours = city("""
            [concepts.local_restaurant]
            pillar = "culture"
            labels = { th = "ร้านอาหารสงขลา", en = "Songkhla cooking" }
            reference = "City hall: the city's cuisines"
            osm = [{ amenity = "restaurant", cuisine = ["thai", "malaysian", "chinese"] }]
        """)
        assert len(ours.concepts) == len(TAXONOMY.concepts)
        assert ours.label("local_restaurant", "en") == "Songkhla cooking"
        thai = {"amenity": "restaurant", "cuisine": "thai"}
        assert ours.classify(thai).concept == "local_restaurant"
        assert TAXONOMY.classify(thai).concept == "restaurant"

    def test_a_pillar_a_field_and_a_legend_class_can_be_added(self, city):
        ours = city("""
            [pillars.memory]
            labels = { en = "Memory" }
            color = "#112233"
            reference = "City hall"

            [fields.perfume]
            labels = { en = "Perfume" }
            since = 2030
            reference = "City hall"

            [legends.community.peranakan]
            labels = { en = "Peranakan" }
            color = "#445566"

            [concepts.archive]
            pillar = "memory"
            labels = { en = "Archive" }
            reference = "City hall"
            osm = [{ amenity = "archive" }]
            fields = { perfume = "weak" }
        """)
        assert list(ours.pillars) == ["biodiversity", "culture", "community", "memory"]
        assert "perfume" in ours.fields
        assert ours.legends["community"]["peranakan"].color == "#445566"
        assert ours.legends["community"]["buddhist"] == TAXONOMY.legends["community"]["buddhist"]
        assert ours.classify({"amenity": "archive"}).concept == "archive"
        assert "amenity" in ours.osm_keys

    def test_a_later_folder_wins(self, city):
        later = TEAHOUSE.replace("Kopitiam", "Old kopitiam")
        assert city(TEAHOUSE, later).label("kopitiam", "en") == "Old kopitiam"

    def test_the_package_s_own_stays_as_it_was(self, city):
        city(TEAHOUSE)
        assert "kopitiam" not in Taxonomy.load().concepts

    def test_a_renamed_concept_is_found_by_its_former_id(self, city):
        ours = city(
            TEAHOUSE
            + """
            [concepts.coffee_house]
            pillar = "culture"
            labels = { en = "Coffee house" }
            reference = "City hall"
            replaced_by = "kopitiam"
        """
        )
        assert ours.concept("coffee_house").id == "kopitiam"
        assert ours.label("coffee_house", "th") == "ร้านโกปี๊"

    def test_a_deprecation_of_its_own_is_read(self, city):
        ours = city("""
            [[deprecations]]
            old = { amenity = "kopi" }
            new = { amenity = "cafe" }
            reference = "City hall"
        """)
        assert ours.classify({"amenity": "kopi"}).concept == "cafe"

    def test_a_concept_named_in_one_language_is_called_by_it(self, city):
        ours = city("""
            [concepts.nora]
            pillar = "culture"
            labels = { th = "โนรา" }
            reference = "City hall"
        """)
        assert ours.label("nora", "en") == "โนรา"


class TestFaults:
    @pytest.mark.parametrize(
        ("text", "message"),
        [
            (
                TEAHOUSE.replace("osm =", "osmm ="),
                r"local\.toml \[concepts\.kopitiam\]: unknown key 'osmm'; did you mean 'osm'\?",
            ),
            (
                '[legends.community.x]\nlabels = { en = "X" }\ncolor = "#000000"\npart_of = "christian"',
                r"class 'x' of the legend 'community': no class 'christian' of its own there",
            ),
            (
                '[legends.community.x]\nlabels = { en = "X" }\ncolor = "#000000"\nsign = "dot"',
                r"its sign 'dot' is that of 'buddhist'; leave it out, or take another \(backslash, ring, ",
            ),
            (
                '[legends.community.x]\nlabels = { en = "X" }\ncolor = "#000000"\nsign = "plus"',
                r"\[legends\.community\.x\]: 'sign': Input should be 'dot', 'bar'",
            ),
            (
                TEAHOUSE.replace('"culture"', '"cultura"'),
                r"concept 'kopitiam': unknown pillar 'cultura'",
            ),
            (TEAHOUSE.replace("gastronomy", "food"), r"concept 'kopitiam': unknown field 'food'"),
            (TEAHOUSE + 'replaced_by = "kopi"', r"'kopitiam': unknown successor 'kopi'"),
            (TEAHOUSE + 'replaced_by = "kopitiam"', r"replaced, in the end, by itself"),
            (TEAHOUSE.replace("reference", "# reference"), r"'reference' is missing"),
            (TEAHOUSE + 'strength = "strong"', r"'strength': Input should be 'direct'"),
            (TEAHOUSE + "deny = [{}]", r"'deny\.0': a rule names at least one tag"),
            (TEAHOUSE + "deny = [{ shop = [] }]", r"for each key at least one value"),
            (TEAHOUSE.replace("[concepts", "[concept"), r"'concept'; did you mean 'concepts'\?"),
            ('colour = "red"', r"unknown table 'colour'; known: concepts, deprecations"),
            ("concepts = 3", r"'concepts' is not a list of tables; write \[concepts\.<id>\]"),
            ("[concepts]\nwat = 3", r"'concepts' is not a list of tables"),
            ("[legends]\nkind = 3", r"'legends' is not a list of tables"),
            ("deprecations = 3", r"write \[\[deprecations\]\]"),
            (
                '[legends.kind.x]\nlabels = { en = "X" }\ncolor = "red"',
                r"\[legends\.kind\.x\]: 'color': String should match pattern",
            ),
            (
                '[[deprecations]]\nold = {}\nnew = { shop = "x" }\nreference = "x"',
                r"\[\[deprecations\]\]: 'old'",
            ),
            ("[concepts.x", r"local\.toml: Expected"),
        ],
    )
    def test_each_names_file_table_key_and_remedy(self, city, text, message):
        with pytest.raises(ConfigError, match=message):
            city(text)

    def test_a_round_of_renamings_is_refused(self, city):
        with pytest.raises(ConfigError, match=r"'a': replaced, in the end, by itself; .*'b'"):
            city(
                "\n".join(
                    f'[concepts.{this}]\npillar = "culture"\nlabels = {{ en = "{this}" }}\n'
                    f'reference = "x"\nreplaced_by = "{that}"'
                    for this, that in [("a", "b"), ("b", "a")]
                )
            )

    def test_all_wrong_names_are_told_at_once(self, city):
        text = TEAHOUSE.replace('"culture"', '"cultura"').replace("gastronomy", "food")
        with pytest.raises(ConfigError, match=r"unknown pillar 'cultura'; .*unknown field 'food'"):
            city(text)


def pairs(column):
    """Every two classes that a legend draws apart."""
    drawn = [entry for entry in TAXONOMY.legends[column].values() if entry.part_of is None]
    return list(itertools.combinations(drawn, 2))


class TestLegends:
    def test_the_distance_is_that_of_the_standard(self):
        plain = np.eye(3)
        assert distance("#000000", "#FFFFFF", plain) == pytest.approx(100, abs=0.01)
        assert seen_as("#FF0000", plain) == pytest.approx([53.24, 80.09, 67.20], abs=0.02)
        assert distance("#FF0000", "#00FF00", DEFICIENCIES["deuteranopia"]) < distance(
            "#FF0000", "#00FF00", plain
        )

    @pytest.mark.parametrize(("one", "other"), pairs("community"), ids=case_id)
    @pytest.mark.parametrize("sight", ["normal", *DEFICIENCIES])
    def test_hues_of_communities_tell_apart_alone(self, one, other, sight):
        """Their shape says the kind, and examples of any are hollow: neither can help."""
        assert distance(one.color, other.color, SIGHTS[sight]) >= APART

    @pytest.mark.parametrize(("one", "other"), pairs("community"), ids=case_id)
    def test_signs_of_communities_tell_apart_in_print_without_color(self, one, other):
        """Also where both are hollow: an outline keeps its sign."""
        signs = with_signs(TAXONOMY.legends["community"], TAXONOMY.legends["community"])
        alone = distance(one.color, other.color, SIGHTS["grey"]) >= APART
        assert alone or signs[one.id].sign != signs[other.id].sign

    @pytest.mark.parametrize(("one", "other"), pairs("kind") + pairs("lead"), ids=case_id)
    def test_shapes_of_kinds_and_leads_differ(self, one, other):
        assert one.marker != other.marker

    @pytest.mark.parametrize("sight", SIGHTS)
    def test_fills_of_habitats_tell_apart_by_color_or_hatch(self, sight):
        areas = [p for p in pairs("group") if not {"site", "protected"} & {p[0].id, p[1].id}]
        alike = [
            (one.id, other.id)
            for one, other in areas
            if set(one.hatch) == set(other.hatch)
            and distance(one.color, other.color, SIGHTS[sight]) < APART
        ]
        assert alike == []

    def test_what_is_part_of_a_class_looks_as_it_does(self):
        parts = [
            (classes[entry.part_of], entry)
            for classes in TAXONOMY.legends.values() for entry in classes.values() if entry.part_of
        ]  # fmt: skip
        assert {"christian", "hindu", "sikh", "sight", "learning"} < {part.id for _, part in parts}
        for whole, entry in parts:
            assert (entry.color, entry.marker, entry.hollow) == (
                whole.color,
                whole.marker,
                whole.hollow,
            )
            assert (whole.part_of, entry.sign) == (None, None)
            assert set(entry.labels) >= {"th", "en", "fr"}

    def test_the_map_of_culture_has_seven_shapes_and_hues_at_most(self):
        for column in ("kind", "community"):
            said = {
                c.attributes[column]
                for c in CONCEPTS
                if c.pillar == "culture" and column in c.attributes
            }
            classes = TAXONOMY.legends[column]
            assert len({classes[key].part_of or key for key in said}) <= 7

    def test_every_group_kind_and_community_that_a_concept_names_is_drawn(self):
        for column in ("group", "kind", "community"):
            used = {c.attributes[column] for c in CONCEPTS if column in c.attributes}
            assert used == set(TAXONOMY.legends[column]) - ({"unknown"} - used)

    @pytest.mark.parametrize(("column", "legend"), LEGEND_CLASSES, ids=case_id)
    def test_matplotlib_knows_the_marker_and_the_hatch(self, column, legend):
        from matplotlib.markers import MarkerStyle
        from matplotlib.patches import Patch

        assert MarkerStyle(legend.marker).is_filled()
        assert Patch(hatch=legend.hatch or None).get_hatch() == (legend.hatch or None)


class TestSigns:
    @staticmethod
    def classes(*ids, **stated):
        return {
            key: LegendClass(id=key, labels={"en": key}, color="#123456", **stated.get(key, {}))
            for key in ids
        }

    @staticmethod
    def signs(shown, known):
        return [entry.sign for entry in with_signs(shown, known).values()]

    def test_what_states_none_takes_those_that_nobody_states_in_the_order_of_the_legend(self):
        known = self.classes("a", "b", "c", "d", b={"sign": "dot"}, d={"sign": "pillar"})
        assert self.signs(known, known) == ["bar", "dot", "slash", "pillar"]

    def test_a_class_bears_its_sign_on_every_map(self):
        known = self.classes("a", "b", "c", "d")
        assert self.signs({"c": known["c"]}, known) == self.signs(known, known)[2:3]

    def test_what_is_part_of_another_bears_its_sign(self):
        known = self.classes("whole", "part", "other", part={"part_of": "whole"})
        assert self.signs(known, known) == ["dot", "dot", "bar"]

    def test_what_the_legend_does_not_name_comes_after_it(self):
        known, own = self.classes("a", "b"), self.classes("own")
        assert self.signs({"b": known["b"], **own}, known) == ["bar", "pillar"]

    def test_a_hollow_class_needs_none_and_may_state_one(self):
        known = self.classes("a", "b", "c", b={"hollow": True}, c={"hollow": True, "sign": "bar"})
        assert self.signs(known, known) == ["dot", "none", "bar"]

    @given(st.sets(st.integers(0, 29), max_size=10), st.integers(0, 29))
    @settings(deadline=None)
    def test_ten_of_any_legend_differ(self, chosen, hollow):
        names = [f"c{i}" for i in range(30)]
        known = self.classes(*names, **{f"c{hollow}": {"hollow": True}})
        shown = {name: known[name] for i, name in enumerate(names) if i in chosen}
        signs = self.signs(shown, known)
        assert len(set(signs)) == len(chosen)
        assert set(signs) <= set(SIGNS)

    def test_a_citys_own_community_gets_a_sign_without_asking_for_one(self, city):
        ours = city('[legends.community.parsi]\nlabels = { en = "Parsi" }\ncolor = "#0072B2"')
        legend = ours.legends["community"]
        signs = {key: entry.sign for key, entry in with_signs(legend, legend).items()}
        assert signs["parsi"] == "backslash"
        assert {signs[key] for key in TAXONOMY.legends["community"]}.isdisjoint({"backslash"})
