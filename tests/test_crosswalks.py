"""Domains of cultural statistics: every entry of the crosswalk, and what it says of gastronomy."""

from __future__ import annotations

import re

import pytest

from creative_spatial.errors import ConfigError
from creative_spatial.resources import parse, resource_path
from creative_spatial.taxonomy import Crosswalk, Taxonomy, fcs2009

TAXONOMY = Taxonomy.load()
FCS = fcs2009()
CULTURE = [c for c in TAXONOMY.concepts.values() if c.pillar == "culture"]
GASTRONOMY = [c for c in TAXONOMY.concepts.values() if c.fields.get("gastronomy") == "direct"]


def case_id(value):
    return getattr(value, "id", value)


class TestEntries:
    @pytest.mark.parametrize("concept", CULTURE, ids=case_id)
    def test_every_concept_of_culture_has_a_domain(self, concept):
        assert FCS.concepts[concept.id]

    @pytest.mark.parametrize("concept", FCS.concepts)
    def test_every_entry_is_of_a_concept_and_names_each_domain_once(self, concept):
        assert concept in TAXONOMY.concepts
        assert len(set(FCS.concepts[concept])) == len(FCS.concepts[concept])

    @pytest.mark.parametrize("field", TAXONOMY.fields)
    def test_every_field_has_a_domain(self, field):
        assert FCS.fields[field]

    @pytest.mark.parametrize(("key", "domain"), FCS.domains.items(), ids=case_id)
    def test_every_domain_has_labels_and_a_code_of_its_own(self, key, domain):
        assert re.fullmatch(r"[\u0e00-\u0e7f]+", domain.labels["th"])
        assert {"en", "fr"} <= set(domain.labels)
        assert [d.code for d in FCS.domains.values()].count(domain.code) == 1
        assert key in {name for names in FCS.concepts.values() for name in names}

    @pytest.mark.parametrize("concept", GASTRONOMY, ids=case_id)
    def test_direct_evidence_of_gastronomy_counts_as_gastronomy(self, concept):
        if concept.id in FCS.concepts:
            assert FCS.concepts[concept.id][0] == "gastronomy"

    def test_gastronomy_is_a_line_below_intangible_heritage(self):
        gastronomy = FCS.domains["gastronomy"]
        assert (gastronomy.part_of, gastronomy.group) == ("intangible", "transversal")

    def test_the_cultural_domains_are_a_to_f(self):
        cultural = [d.code for d in FCS.domains.values() if d.group == "cultural"]
        assert cultural == list("ABCDEF")

    def test_an_edition_that_nobody_read_is_not_there(self):
        files = sorted(p.name for p in resource_path("crosswalks").glob("*.toml"))
        assert files == ["fcs2009.toml"]


class TestDomainsOf:
    def test_the_first_domain_is_the_one_that_counts(self):
        rows = FCS.domains_of(TAXONOMY)
        museum = rows[rows["concept"] == "museum"]
        assert museum["domain"].tolist() == ["heritage", "archiving"]
        assert museum["code"].tolist() == ["A", "T3"]
        assert museum["rank"].tolist() == [0, 1]

    def test_a_citys_own_concept_takes_the_domain_of_its_first_field(self, tmp_path):
        (tmp_path / "own.toml").write_text(
            """
            [concepts.batik_studio]
            pillar = "culture"
            labels = { en = "Batik studio" }
            reference = "City hall"
            fields = { crafts = "direct", design = "weak" }

            [concepts.spirit_tree]
            pillar = "culture"
            labels = { en = "Spirit tree" }
            reference = "City hall"
            """,
            encoding="utf-8",
        )
        rows = FCS.domains_of(Taxonomy.load(tmp_path))
        assert rows[rows["concept"] == "batik_studio"]["domain"].tolist() == [
            "visual_crafts",
            "intangible",
        ]
        assert not (rows["concept"] == "spirit_tree").any()

    def test_a_domain_that_is_not_there_is_a_fault_with_its_place(self):
        domain = {"code": "A", "group": "cultural", "labels": {"en": "A"}, "part_of": "gone"}
        table = {
            "framework": {"id": "x", "title": "X", "reference": "here"},
            "domains": {"a": domain},
            "concepts": {"wat": ["b"]},
            "fields": {},
        }
        fault = "x.toml: concept 'wat': unknown domain 'b'; domain 'a': unknown domain 'gone'"
        with pytest.raises(ConfigError, match=fault):
            parse(Crosswalk, table, where="x.toml")
