"""
Which licences meet in one layer or on one map, and whether their texts allow it.

The facts are in ``resources/licenses.toml``. A layer with rows of two sources is one
derived database; layers that stay apart are a collection; a map is a work made from them.
No legal advice: what the licences themselves say, so that somebody asks in time.
"""

from __future__ import annotations

import difflib
import functools
import itertools
import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from pydantic import Field

from creative_spatial.resources import Facts, parse, read_toml, resource_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from creative_spatial.provenance import Source

Verdict = Literal["yes", "ask", "no"]
Use = Literal["layer", "work"]
UNKNOWN = "unknown"
WORKS = "maps and tables"
_ORDER: tuple[Verdict, ...] = ("yes", "ask", "no")


class LicenseClass(Facts):
    """Licences that ask the same of those who combine them."""

    label: str
    ids: tuple[str, ...] = Field(min_length=1)
    aliases: tuple[str, ...] = ()
    asks: str = ""
    reference: str


class Pair(Facts):
    """What follows where two classes meet, or from one by itself."""

    of: tuple[str, ...] = Field(min_length=1, max_length=2)
    layer: Verdict = "yes"
    work: Verdict = "yes"
    reason: str
    remedy: str
    reference: str


class Collection(Facts):
    """Why layers that stay apart may lie in one folder."""

    text: str
    reference: str


class LicenseFacts(Facts):
    """The table ``licenses.toml``."""

    classes: dict[str, LicenseClass] = Field(alias="class")
    pairs: tuple[Pair, ...] = Field(alias="pair")
    collection: Collection


class LicenseConflict(NamedTuple):
    """
    Sources whose licences exclude each other, or leave it open whether they do.

    Parameters
    ----------
    verdict : {"ask", "no"}
        "no": the texts exclude each other; "ask": somebody's permission is needed.
    where : tuple of str
        Names of the layers that have rows of both, or "maps and tables".
    sources : tuple of tuple of str
        Ids of the sources on the one side and on the other; one side where a licence is
        at odds with sharing by itself.
    licenses : tuple of tuple of str
        Their licences, as ``city.toml`` has them.
    reason, remedy, reference : str
        Why, what to do, and which sections say so.
    """

    verdict: Verdict
    where: tuple[str, ...]
    sources: tuple[tuple[str, ...], ...]
    licenses: tuple[tuple[str, ...], ...]
    reason: str
    remedy: str
    reference: str

    def __str__(self) -> str:
        apart = "combined" if len(self.sources) == 2 else "shared"
        means = f"cannot be {apart}" if self.verdict == "no" else "only with permission"
        sides = [
            f"{' / '.join(texts)} ({', '.join(ids)})"
            for texts, ids in zip(self.licenses, self.sources, strict=True)
        ]
        return f"{', '.join(self.where)}: {' with '.join(sides)}: {means}: {self.reason}; {self.remedy}"


@functools.cache
def license_facts() -> LicenseFacts:
    """
    Read the package's table of licences.

    Returns
    -------
    LicenseFacts
        Classes of licences, and the pairs of them that do not simply combine.
    """
    path = resource_path("licenses.toml")
    return parse(LicenseFacts, read_toml(path), where=path.name)


def license_classes(text: str) -> tuple[frozenset[str], ...]:
    """
    Say to which classes the licences of a source belong.

    Parameters
    ----------
    text : str
        An SPDX identifier or expression ("A AND B", "A OR B"), or a name in common use.

    Returns
    -------
    tuple of frozenset of str
        The alternatives that it leaves to choose from, each the classes that all apply;
        what is not known is of the class "unknown".

    Examples
    --------
    >>> license_classes("ODbL 1.0")
    (frozenset({'open_database'}),)
    >>> [sorted(one) for one in license_classes("CC0-1.0 AND LGPL-3.0-or-later")]
    [['public_domain', 'software_copyleft']]
    >>> len(license_classes("CC-BY-4.0 OR ODbL-1.0"))
    2
    """
    plain = text.replace("(", " ").replace(")", " ")
    return tuple(
        frozenset(_class_of(part) for part in re.split(r"\s+AND\s+", option))
        for option in re.split(r"\s+OR\s+", plain)
    )


def nearest_license(text: str) -> str | None:
    """
    Suggest a known identifier for a licence that is not known.

    Parameters
    ----------
    text : str
        What stands in ``city.toml``.

    Returns
    -------
    str or None
        The SPDX identifier most like it; None where none is near, or it is known.

    Examples
    --------
    >>> nearest_license("CC-BY-SA-4")
    'CC-BY-SA-4.0'
    """
    if UNKNOWN not in set().union(*license_classes(text)) or _key(text) in _names():
        return None
    ids = [name for group in license_facts().classes.values() for name in group.ids]
    near = difflib.get_close_matches(text, ids, n=1, cutoff=0.75)
    return near[0] if near else None


def check_licenses(
    layers: Mapping[str, Iterable[str]], sources: Mapping[str, Source]
) -> list[LicenseConflict]:
    """
    Find the licences that cannot be combined as the layers combine them.

    Parameters
    ----------
    layers : mapping of str to iterable of str
        Ids of the sources that each exported layer has rows of.
    sources : mapping of str to Source
        The sources; one that is not described has no known licence.

    Returns
    -------
    list of LicenseConflict
        What the texts exclude first, then what needs permission; by layer, then for
        works made of all layers.
    """
    named = {name: sorted(set(ids)) for name, ids in sorted(layers.items())}
    everyone = sorted(set().union(*named.values()))
    meetings: list[tuple[Use, str, tuple[str, ...]]] = [
        ("layer", name, ids)
        for name, present in named.items()
        for ids in itertools.chain(itertools.combinations(present, 2), ((one,) for one in present))
    ]
    meetings += [("work", WORKS, ids) for ids in itertools.combinations(everyone, 2)]
    found: dict[tuple[Pair, Use], list[tuple[str, tuple[str, ...]]]] = {}
    for use, where, ids in meetings:
        if (pair := _at_odds(use, ids, sources)) is not None:
            found.setdefault((pair, use), []).append((where, ids))
    conflicts = [_conflict(pair, use, met, sources) for (pair, use), met in found.items()]
    return sorted(conflicts, key=lambda conflict: _ORDER.index(conflict.verdict), reverse=True)


def _conflict(
    pair: Pair, use: Use, met: list[tuple[str, tuple[str, ...]]], sources: Mapping[str, Source]
) -> LicenseConflict:
    """Everywhere that one pair of classes meets, in one entry."""
    everyone = sorted({one for _, ids in met for one in ids})
    sides = [
        tuple(one for one in everyone if name in set().union(*license_classes(_text(one, sources))))
        for name in pair.of
    ]
    return LicenseConflict(
        verdict=getattr(pair, use),
        where=tuple(dict.fromkeys(where for where, _ in met)),
        sources=tuple(sides),
        licenses=tuple(tuple(sorted({_text(one, sources) for one in side})) for side in sides),
        reason=pair.reason,
        remedy=pair.remedy,
        reference=pair.reference,
    )


def _text(source_id: str, sources: Mapping[str, Source]) -> str:
    """The licence of a source as its owner wrote it."""
    return sources[source_id].license if source_id in sources else UNKNOWN


def _at_odds(use: Use, ids: tuple[str, ...], sources: Mapping[str, Source]) -> Pair | None:
    """What the best choice among the alternatives of the sources still leaves at odds."""
    best: Pair | None = None
    for chosen in itertools.product(*(license_classes(_text(one, sources)) for one in ids)):
        worst = _worst(use, chosen)
        if worst is None:
            return None
        if best is None or _rank(worst, use) < _rank(best, use):
            best = worst
    return best


def _worst(use: Use, chosen: tuple[frozenset[str], ...]) -> Pair | None:
    """The strictest pair among the classes of two sources, or entry of those of one."""
    wanted = {tuple(sorted(set(classes))) for classes in itertools.product(*chosen)}
    if len(chosen) == 2:
        wanted = {classes for classes in wanted if len(classes) == 2}
    met = [
        pair
        for pair in license_facts().pairs
        if tuple(sorted(pair.of)) in wanted and getattr(pair, use) != "yes"
    ]
    return max(met, key=lambda pair: _rank(pair, use)) if met else None


def _rank(pair: Pair, use: Use) -> int:
    """How strict an entry is."""
    return _ORDER.index(getattr(pair, use))


def _class_of(name: str) -> str:
    """The class of one licence."""
    return _names().get(_key(name.partition(" WITH ")[0]), UNKNOWN)


@functools.cache
def _names() -> dict[str, str]:
    """Class by every identifier and name in use."""
    return {
        _key(name): key
        for key, group in license_facts().classes.items()
        for name in (*group.ids, *group.aliases)
    }


def _key(name: str) -> str:
    """A name without what people write differently."""
    plain = re.sub(r"[\s_-]+", " ", name.casefold()).strip()
    return re.sub(r"\s*\b(licen[cs]e|international|version)\b", "", plain).replace(" v", " ")
