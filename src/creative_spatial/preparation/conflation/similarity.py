"""How far two names say the same thing, and why."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import LCSseq

from creative_spatial.preparation.conflation.sounds import skeleton
from creative_spatial.resources.conflation import conflation_facts

if TYPE_CHECKING:
    from creative_spatial.preparation.conflation.readings import Reading
    from creative_spatial.resources.conflation import Agreement

# Letters, and consonants as heard.
_LONG = 6
_SHORT = 4
_LEAST_HEARD = 3


def _weights() -> Agreement:
    return conflation_facts().agreement


class NameMatch(NamedTuple):
    """
    Agreement of two names.

    `generic` is a name that tells no two neighbours apart: a chain's, or a kind alone.
    """

    score: float
    one: str
    other: str
    generic: bool
    reasons: tuple[str, ...]


def compare_names(one: tuple[Reading, ...], other: tuple[Reading, ...]) -> NameMatch | None:
    """
    Find the two readings that agree best; like scripts come before unlike ones.

    Parameters
    ----------
    one, other : tuple of Reading
        Every reading of every name of each record.

    Returns
    -------
    NameMatch or None
        None where either has no name.

    Examples
    --------
    >>> from creative_spatial.preparation.conflation.readings import read_name
    >>> compare_names(read_name("วัดมัชฌิมาวาส"), read_name("Wat Matchimawat")).score > 0.9
    True
    >>> compare_names(read_name("วัดหาดใหญ่ใน"), read_name("วัดหาดใหญ่")).score < 0.8
    True
    """
    best: NameMatch | None = None
    alike = any(a.script == b.script for a in one for b in other)
    for a in one:
        for b in other:
            marked = a.is_marked or b.is_marked
            if a.script == b.script and (a.whole or b.whole) and not marked:
                continue  # within a script, what looks like a word with a meaning is one
            match = _compare(a, b)
            if alike and a.script != b.script:
                match = match._replace(score=match.score * _weights().across)
            if best is None or match.score > best.score:
                best = match
    return best


@lru_cache(maxsize=65536)
def _compare(a: Reading, b: Reading) -> NameMatch:
    if a.chain or b.chain:
        return _compare_chains(a, b)
    score, why = _compare_cores(a, b)
    reasons = [why] if why else []
    for factor, doubt in (_kinds(a, b), _qualifiers(a, b), _numbers(a, b), _said(a, b)):
        score *= factor
        if doubt:
            reasons.append(doubt)
    if a.short or b.short:
        score *= _weights().left_out
    generic = not (a.core and b.core) and not (a.translated & b.translated)
    return NameMatch(score, a.text, b.text, generic, tuple(reasons))


def _compare_chains(a: Reading, b: Reading) -> NameMatch:
    """Two branches are told apart by what follows the chain's name, if anything does."""
    branch_a, branch_b = (" ".join([*r.core, *sorted(r.numbers), r.rest]).strip() for r in (a, b))
    if a.chain != b.chain:
        return NameMatch(0.0, a.text, b.text, generic=True, reasons=("another chain",))
    if branch_a and branch_b:
        same = fuzz.token_sort_ratio(branch_a, branch_b) / 100
        return NameMatch(same, a.text, b.text, generic=False, reasons=("branches compared",))
    return NameMatch(1.0, a.text, b.text, generic=True, reasons=("a chain's name",))


def _compare_cores(a: Reading, b: Reading) -> tuple[float, str]:
    """Agreement of what is left of two names without the words that have a meaning."""
    weights = _weights()
    if not a.core and not b.core:
        if a.translated or b.translated or a.numbers or b.numbers:
            same = a.translated == b.translated
            return (weights.translated, "translated") if same else (weights.translated_unlike, "")
        same = a.text == b.text
        return (weights.kind_alone, "no more than a kind") if same else (weights.kinds_unlike, "")
    if not a.core or not b.core:
        same = bool(a.translated) and a.translated == b.translated
        said = "translated, one says more"
        return (weights.translated_in_part, said) if same else (weights.core_in_one, "")
    if a.script == b.script:
        return _same_script(a, b)
    return _across_scripts(a, b)


def _same_script(a: Reading, b: Reading) -> tuple[float, str]:
    one, other = a.joined, b.joined
    if one == other or a.text.replace(" ", "") == b.text.replace(" ", ""):
        return 1.0, ""
    turned_one, turned_other = "".join(sorted(a.core)), "".join(sorted(b.core))
    if turned_one == turned_other:
        return 1.0, "words in another order"
    score = max(fuzz.ratio(one, other), fuzz.ratio(turned_one, turned_other)) / 100
    base, raw = _weights().part_base, _weights().raw_share
    short, long = sorted((one, other), key=len)
    if set(a.core) < set(b.core) or set(b.core) < set(a.core) or long.startswith(short):
        score = max(score, base + (1 - base) * len(short) / len(long))
    if a.script == "Arabic":  # one letter makes another name where few vowels are written
        score *= _weights().other_letter
    if a.script in ("Latin", "Thai"):
        heard_one, heard_other = skeleton(a.heard[0]), skeleton(b.heard[0])
        if min(len(heard_one), len(heard_other)) >= _LEAST_HEARD:
            by_sound = fuzz.ratio(a.heard[0], b.heard[0]) / 100
            mixed = raw * score + (1 - raw) * by_sound
            score = mixed if a.script == "Latin" else max(mixed, score)
        if heard_one != heard_other and a.script == "Latin":
            score *= _weights().other_consonants
    if len(short) <= _SHORT:
        score *= _weights().short_name
    return score, "spelled otherwise"


def _across_scripts(a: Reading, b: Reading) -> tuple[float, str]:
    """
    Consonants in the same order, and the vowels that the terser script writes.

    Thai and Persian leave vowels out, so that theirs are looked for in the other's name
    and not the reverse.
    """
    best = max(_sound_alike(one, other) for one in a.heard for other in b.heard)
    return best, "compared by sound across scripts"


def _sound_alike(one: str, other: str) -> float:
    if not one or not other:
        return 0.0
    consonants = fuzz.ratio(skeleton(one), skeleton(other)) / 100
    terse = min(len(one), len(other))
    vowels = float(LCSseq.similarity(one, other)) / terse
    score = consonants * vowels
    heard = min(len(skeleton(one)), len(skeleton(other)))
    if heard < _LEAST_HEARD:
        return score * _weights().little_heard
    # The longer the names, the less their agreement is chance: a slip weighs less.
    return float(score ** _weights().long_names) if heard >= _LONG else score


def _kinds(a: Reading, b: Reading) -> tuple[float, str]:
    if not a.kinds or not b.kinds or a.kinds == b.kinds:
        return 1.0, ""
    left, right = a.kinds - _called(b.kinds), b.kinds - _called(a.kinds)
    if not left and not right:
        return 1.0, ""
    if a.kinds & b.kinds:
        return _weights().more_kinds, f"one is also a {', '.join(sorted(left | right))}"
    return (
        _weights().other_kind,
        f"{', '.join(sorted(a.kinds))} against {', '.join(sorted(b.kinds))}",
    )


def _called(kinds: frozenset[str]) -> frozenset[str]:
    """Kinds, with those that they are also called, or that are also called so."""
    table = conflation_facts().kinds
    called = {also for entry in table if entry.id in kinds for also in entry.also}
    return kinds | called | {entry.id for entry in table if kinds & set(entry.also)}


def _qualifiers(a: Reading, b: Reading) -> tuple[float, str]:
    if a.qualifiers == b.qualifiers:
        return 1.0, ""
    doubt = f"one is {', '.join(sorted(a.qualifiers ^ b.qualifiers))}"
    return (
        _weights().other_qualifier if a.qualifiers and b.qualifiers else _weights().one_qualifier
    ), doubt


def _numbers(a: Reading, b: Reading) -> tuple[float, str]:
    if a.numbers == b.numbers:
        return 1.0, ""
    if a.numbers and b.numbers:
        return _weights().other_number, "other numbers"
    return _weights().one_number, "one has a number"


def _said(a: Reading, b: Reading) -> tuple[float, str]:
    """What else the two say: translated words, marks, branches, addresses."""
    factor, doubts = 1.0, []
    if a.core and b.core and a.translated != b.translated:
        if _telling() & (a.translated ^ b.translated):
            factor *= _weights().one_apart
        elif a.translated and b.translated:
            factor *= _weights().other_translated
        else:
            factor *= _weights().one_translated
        doubts.append("other words")
    if _marks_differ(a, b):
        factor *= _weights().other_marks
        doubts.append("other marks")
    if a.is_branch != b.is_branch:
        factor *= _weights().one_branch
        doubts.append("one is a branch")
    if not (a.rest and b.rest):
        return factor, "; ".join(doubts)
    numbers_a, numbers_b = ({w for w in r.rest.split() if w.isdecimal()} for r in (a, b))
    if numbers_a and numbers_b and not numbers_a & numbers_b:
        factor *= _weights().other_number
    if fuzz.token_sort_ratio(a.rest, b.rest) / 100 < _weights().alike:
        factor *= _weights().left_out if a.core and b.core else _weights().other_rest
        doubts.append("another address or addition")
    return factor, "; ".join(doubts)


@lru_cache(maxsize=1)
def _telling() -> frozenset[str]:
    """Meanings that tell a place from one of the same name without them."""
    return frozenset(entry.id for entry in conflation_facts().translations if entry.apart)


def _marks_differ(a: Reading, b: Reading) -> bool:
    """Whether a word of both is written with other marks, where both names are marked."""
    if not (a.is_marked and b.is_marked):
        return False
    words_a, words_b = dict(a.marked), dict(b.marked)
    return any(words_b.get(key, word) != word for key, word in words_a.items())
