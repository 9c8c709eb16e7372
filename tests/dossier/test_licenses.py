"""Licences that meet in one layer, or on one map."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING

import pytest

from creative_spatial.dossier import check_licenses, save
from creative_spatial.dossier.licenses import license_classes, license_facts, nearest_license
from creative_spatial.errors import DataQualityWarning
from creative_spatial.provenance import OPENSTREETMAP, Source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from creative_spatial.result import Result

FACTS = license_facts()


def sources(**licenses: str) -> dict[str, Source]:
    return {key: Source(key, key, text, "Owner") for key, text in licenses.items()}


@pytest.mark.parametrize("name", FACTS.classes)
def test_every_licence_of_a_class_is_recognised_as_its(name: str) -> None:
    group = FACTS.classes[name]
    assert group.reference
    for text in (*group.ids, *group.aliases):
        assert license_classes(text) == (frozenset({name}),), text


@pytest.mark.parametrize("pair", FACTS.pairs, ids=lambda pair: "+".join(pair.of))
def test_every_pair_is_of_known_classes_listed_once_and_forbids_something(pair) -> None:  # type: ignore[no-untyped-def]
    assert set(pair.of) <= set(FACTS.classes)
    assert [set(other.of) for other in FACTS.pairs].count(set(pair.of)) == 1
    assert (pair.layer, pair.work) != ("yes", "yes")
    assert pair.reason
    assert pair.remedy
    assert pair.reference


@pytest.mark.parametrize(
    ("text", "classes"),
    [
        ("ODbL", {"open_database"}),
        ("odbl 1.0", {"open_database"}),
        ("Open Database License", {"open_database"}),
        ("CC BY 4.0", {"attribution"}),
        ("cc-by-sa-4.0", {"share_alike"}),
        ("CC BY-NC-SA 4.0", {"noncommercial_share_alike"}),
        ("CC BY-NC-ND 4.0", {"no_derivatives"}),
        ("All rights reserved", {"proprietary"}),
        ("", {"unknown"}),
        ("ask Somchai", {"unknown"}),
        ("GPL-3.0-only WITH Classpath-exception-2.0", {"software_copyleft"}),
        ("(CC0-1.0 AND LGPL-3.0-or-later)", {"public_domain", "software_copyleft"}),
    ],
)
def test_licences_are_known_as_people_write_them(text: str, classes: set[str]) -> None:
    assert license_classes(text) == (frozenset(classes),)


def test_an_identifier_with_a_slip_is_met_with_the_right_one() -> None:
    assert nearest_license("ODbL-1") == "ODbL-1.0"
    assert nearest_license("ODbL-1.0") is None
    assert nearest_license("unknown") is None
    assert nearest_license("ask Somchai") is None


def test_share_alike_licences_exclude_each_other_in_one_layer() -> None:
    (found,) = check_licenses(
        {"culture": ["osm", "wiki"]}, sources(osm="ODbL-1.0", wiki="CC-BY-SA-4.0")
    )
    assert (found.verdict, found.where) == ("no", ("culture",))
    assert found.sources == (("osm",), ("wiki",))
    assert found.licenses == (("ODbL-1.0",), ("CC-BY-SA-4.0",))
    assert "ODbL-1.0 section 4.4 a" in found.reference
    assert str(found).startswith(
        "culture: ODbL-1.0 (osm) with CC-BY-SA-4.0 (wiki): cannot be combined: each asks"
    )


@pytest.mark.parametrize(
    "other", ["CC-BY-SA-4.0", "CC-BY-NC-4.0", "CC-BY-NC-SA-4.0", "CC-BY-4.0", "LGPL-3.0-or-later"]
)
def test_in_layers_of_their_own_they_are_a_collection(other: str) -> None:
    layers = {"culture": ["osm"], "protected": ["other"]}
    assert check_licenses(layers, sources(osm="ODbL-1.0", other=other)) == []
    together = {"culture": ["osm", "other"]}
    assert check_licenses(together, sources(osm="ODbL-1.0", other=other)) != []


def test_a_map_of_share_alike_and_non_commercial_layers_cannot_be_shared() -> None:
    (found,) = check_licenses(
        {"culture": ["wiki"], "protected": ["wdpa"]},
        sources(wiki="CC-BY-SA-4.0", wdpa="CC-BY-NC-4.0"),
    )
    assert (found.verdict, found.where) == ("no", ("maps and tables",))


def test_attribution_data_enters_a_layer_of_openstreetmap_with_a_waiver() -> None:
    (found,) = check_licenses(
        {"culture": ["hall", "osm"]}, sources(osm="ODbL-1.0", hall="CC-BY-4.0")
    )
    assert found.verdict == "ask"
    assert "section 2(a)(5)(B)" in found.reason


@pytest.mark.parametrize("other", ["CC0-1.0", "MIT", "ODbL-1.0", "OGL-UK-3.0"])
def test_what_may_be_merged_with_openstreetmap_is_not_reported(other: str) -> None:
    assert check_licenses({"culture": ["a", "osm"]}, sources(osm="ODbL-1.0", a=other)) == []


def test_of_several_licences_on_offer_the_fitting_one_is_taken() -> None:
    both = sources(osm="ODbL-1.0", wiki="CC-BY-SA-4.0 OR ODbL-1.0")
    assert check_licenses({"culture": ["osm", "wiki"]}, both) == []


def test_of_several_licences_on_offer_the_mildest_is_reported() -> None:
    both = sources(osm="ODbL-1.0", wiki="CC-BY-SA-4.0 OR CC-BY-4.0")
    (found,) = check_licenses({"culture": ["osm", "wiki"]}, both)
    assert found.verdict == "ask"


def test_of_licences_that_all_apply_each_counts() -> None:
    both = sources(osm="ODbL-1.0", park="CC0-1.0 AND CC-BY-NC-4.0")
    (found,) = check_licenses({"culture": ["osm", "park"]}, both)
    assert found.verdict == "no"


def test_of_licences_that_all_apply_the_strictest_decides() -> None:
    both = sources(osm="ODbL-1.0", park="CC-BY-4.0 AND CC-BY-NC-4.0")
    (found,) = check_licenses({"culture": ["osm", "park"]}, both)
    assert found.verdict == "no"


def test_a_source_that_may_not_be_shared_is_named_with_its_layers() -> None:
    (found,) = check_licenses({"culture": ["hall"], "zones": ["hall"]}, sources(hall="proprietary"))
    assert (found.verdict, found.where) == ("ask", ("culture", "zones"))
    assert "only with permission: nobody but its owner may share it" in str(found)


def test_a_source_nobody_described_has_no_known_licence() -> None:
    (found,) = check_licenses({"culture": ["mystery"]}, {})
    assert found.sources == (("mystery",),)
    assert "without a licence" in found.reason


def test_data_that_may_not_be_changed_cannot_be_shared() -> None:
    (found,) = check_licenses({"culture": ["a"]}, sources(a="CC-BY-ND-4.0"))
    assert "cannot be shared" in str(found)


def test_one_pair_is_reported_once_for_all_its_layers_and_sources() -> None:
    layers = {"culture": ["a", "osm"], "zones": ["b", "osm"]}
    (found,) = check_licenses(layers, sources(osm="ODbL-1.0", a="CC-BY-SA-4.0", b="CC-BY-SA-3.0"))
    assert found.where == ("culture", "zones")
    assert found.sources == (("osm",), ("a", "b"))
    assert found.licenses == (("ODbL-1.0",), ("CC-BY-SA-3.0", "CC-BY-SA-4.0"))


def test_what_is_excluded_comes_before_what_needs_permission() -> None:
    layers = {"a": ["osm", "hall"], "b": ["osm", "wiki"]}
    all_three = sources(osm="ODbL-1.0", hall="CC-BY-4.0", wiki="CC-BY-SA-4.0")
    assert [found.verdict for found in check_licenses(layers, all_three)] == ["no", "ask"]


def test_the_order_of_layers_and_sources_does_not_matter() -> None:
    facts = sources(osm="ODbL-1.0", hall="CC-BY-4.0", wiki="CC-BY-SA-4.0")
    layers = {"x": ["osm", "hall", "wiki"], "y": ["wiki", "osm"]}
    expected = check_licenses(layers, facts)
    for names in itertools.permutations(layers):
        turned = {name: layers[name][::-1] for name in names}
        assert check_licenses(turned, facts) == expected


def test_results_without_layers_have_nothing_to_check() -> None:
    assert check_licenses({}, {}) == []


class TestSaved:
    """What `save` says of licences. The town's culture layer is of OpenStreetMap and CC-BY."""

    def test_permission_that_is_needed_is_in_record_and_credits(
        self, tmp_path: Path, result: Result
    ) -> None:
        target = save(result, tmp_path / "town", maps=())
        run = json.loads((target / "run.json").read_text(encoding="utf-8"))
        (step,) = [s for s in run["steps"] if s["step"] == "licences"]
        assert step["status"] == "warning"
        assert step["reason"].startswith(
            "Combinations of licences that exclude each other: 0; that need permission: 1;"
        )
        assert run["licenses"][0]["where"] == ["culture"]
        text = (target / "credits.md").read_text(encoding="utf-8")
        assert "- culture: ODbL-1.0 (osm) with CC-BY-4.0 (city): only with permission" in text
        assert "each keeps its licence, and share-alike ends at the layer" in text
        assert "- ODbL-1.0: Credit it on every work; a layer made with it is shared" in text

    def test_licences_that_exclude_each_other_are_warned_of(
        self, tmp_path: Path, make: Callable[..., Result]
    ) -> None:
        facts = {"osm": OPENSTREETMAP, **sources(city="CC-BY-NC-4.0", illustrative="CC0-1.0")}
        with pytest.warns(DataQualityWarning, match=r"exclude each other.*culture: ODbL-1\.0"):
            save(make(sources=facts), tmp_path / "town", maps=())

    def test_where_nothing_is_at_odds_it_says_so(
        self, tmp_path: Path, make: Callable[..., Result]
    ) -> None:
        facts = {"osm": OPENSTREETMAP, **sources(city="CC0-1.0", illustrative="CC0-1.0")}
        target = save(make(sources=facts), tmp_path / "town", maps=())
        run = json.loads((target / "run.json").read_text(encoding="utf-8"))
        step = run["steps"][1]
        assert step == {
            "step": "licences",
            "status": "done",
            "reason": "3 layers, nothing at odds",
        }
        assert run["licenses"] == []
        assert "Nothing in these layers is at odds" in (target / "credits.md").read_text()

    def test_a_slip_in_an_identifier_is_pointed_out_in_the_credits(
        self, tmp_path: Path, make: Callable[..., Result]
    ) -> None:
        facts = {"osm": OPENSTREETMAP, **sources(city="CC-BY-4", illustrative="CC0-1.O")}
        target = save(make(sources=facts), tmp_path / "town", maps=())
        text = (target / "credits.md").read_text(encoding="utf-8")
        assert "- CC0-1.O is not a known licence; is CC0-1.0 meant?" in text
