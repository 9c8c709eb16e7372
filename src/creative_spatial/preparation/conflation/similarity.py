"""How far two names say the same thing, and why."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import LCSseq

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
            taken_for_name = a.sound or b.sound or ((a.whole or b.whole) and not marked)
            if a.script == b.script and taken_for_name:
                continue  # within a script, what looks like a word with a meaning is one
            match = _compare(a, b)
            if alike and a.script != b.script:
                match = match._replace(score=match.score * _weights().across)
            if best is None or match.score > best.score:
                best = match
    return best


def _compare(a: Reading, b: Reading) -> NameMatch:
    if a.chain or b.chain:
        return _compare_chains(a, b)
    score, why = _compare_cores(a, b)
    reasons = [why] if why else []
    for differs, doubt_of in (
        (a.kinds != b.kinds, _kinds),
        (a.qualifiers != b.qualifiers, _qualifiers),
        (a.numbers != b.numbers, _numbers),
        (a.says_more or b.says_more, _said),
    ):
        if differs:
            factor, doubt = doubt_of(a, b)
            score *= factor
            if doubt:
                reasons.append(doubt)
    if a.short or b.short:
        score *= _weights().left_out
    shared = (a.translated & b.translated) | (a.numbers & b.numbers)
    generic = not (a.core and b.core) and not shared
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
    if _is_initials(a, b) or _is_initials(b, a):
        return 1.0, "initials"
    if not a.core and not b.core:
        if a.translated or b.translated or a.numbers or b.numbers:
            same = a.translated == b.translated
            return (weights.translated, "translated") if same else (weights.translated_unlike, "")
        same = a.text == b.text or (a.script != b.script and a.kinds == b.kinds)
        return (weights.kind_alone, "no more than a kind") if same else (weights.kinds_unlike, "")
    if not a.core or not b.core:
        same = bool(a.translated) and a.translated == b.translated
        said = "translated, one says more"
        return (weights.translated_in_part, said) if same else (weights.core_in_one, "")
    return _same_script(a, b) if a.script == b.script else _across_scripts(a, b)


def _same_script(a: Reading, b: Reading) -> tuple[float, str]:
    one, other = a.joined, b.joined
    if (same := _same_words(a, b)) is not None:
        return 1.0, same
    score = fuzz.ratio(one, other) / 100
    if len(a.core) > 1 or len(b.core) > 1:
        score = max(score, fuzz.ratio(a.turned, b.turned) / 100)
    weights = _weights()
    base, raw = weights.part_base, weights.raw_share
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    if a.words < b.words or b.words < a.words or long.startswith(short):
        score = max(score, base + (1 - base) * len(short) / len(long))
    if a.script == "Arabic":  # one letter makes another name where few vowels are written
        score *= weights.other_letter
    if a.script in ("Latin", "Thai"):
        heard_one, heard_other = a.skeletons[0], b.skeletons[0]
        if min(len(heard_one), len(heard_other)) >= _LEAST_HEARD:
            by_sound = fuzz.ratio(a.heard[0], b.heard[0]) / 100
            mixed = raw * score + (1 - raw) * by_sound
            score = mixed if a.script == "Latin" else max(mixed, score)
        if heard_one != heard_other and a.script == "Latin":
            score *= weights.other_consonants
    if len(short) <= _SHORT:
        score *= weights.short_name
    return score, "spelled otherwise"


def _same_words(a: Reading, b: Reading) -> str | None:
    """In what way two names have the same words, if they have."""
    if a.joined == b.joined or a.squeezed == b.squeezed:
        return ""
    if a.turned == b.turned:
        return "words in another order"
    return "one is cut short" if _is_cut(a, b) or _is_cut(b, a) else None


def _is_initials(a: Reading, b: Reading) -> bool:
    """Whether the first name is one word, made of the first letters of the words of the second."""
    one_word = a.script == "Latin" and a.text == a.squeezed and len(a.text) >= _LEAST_HEARD
    return one_word and a.text in b.initials


def _is_cut(a: Reading, b: Reading) -> bool:
    """Whether the first name is marked as the beginning of a longer one, and the second is that."""
    return a.cut and len(a.joined) >= _LEAST_HEARD and b.joined.startswith(a.joined)


def _across_scripts(a: Reading, b: Reading) -> tuple[float, str]:
    """
    Consonants in the same order, and the vowels that the terser script writes.

    Thai and Persian leave vowels out, so that theirs are looked for in the other's name
    and not the reverse.
    """
    if a.joined == b.joined:  # the town alone
        return 1.0, ""
    best = max(
        _sound_alike(one, bones, other, other_bones)
        for one, bones in zip(a.heard, a.skeletons, strict=True)
        for other, other_bones in zip(b.heard, b.skeletons, strict=True)
    )
    return best, "compared by sound across scripts"


def _sound_alike(one: str, bones: str, other: str, other_bones: str) -> float:
    if not one or not other:
        return 0.0
    consonants = fuzz.ratio(bones, other_bones) / 100
    terse = min(len(one), len(other))
    vowels = float(LCSseq.similarity(one, other)) / terse
    score = consonants * vowels
    heard = min(len(bones), len(other_bones))
    if heard < _LEAST_HEARD:
        return score * _weights().little_heard
    # The longer the names, the less their agreement is chance: a slip weighs less.
    return float(score ** _weights().long_names) if heard >= _LONG else score


def _kinds(a: Reading, b: Reading) -> tuple[float, str]:
    if not a.kinds or not b.kinds:
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


@lru_cache(maxsize=1024)
def _called(kinds: frozenset[str]) -> frozenset[str]:
    """Kinds, with those that they are also called, or that are also called so."""
    table = conflation_facts().kinds
    called = {also for entry in table if entry.id in kinds for also in entry.also}
    return kinds | called | {entry.id for entry in table if kinds & set(entry.also)}


def _qualifiers(a: Reading, b: Reading) -> tuple[float, str]:
    doubt = f"one is {', '.join(sorted(a.qualifiers ^ b.qualifiers))}"
    return (
        _weights().other_qualifier if a.qualifiers and b.qualifiers else _weights().one_qualifier
    ), doubt


def _numbers(a: Reading, b: Reading) -> tuple[float, str]:
    if a.numbers and b.numbers:
        return _weights().other_number, "other numbers"
    if a.numbers | b.numbers == a.years | b.years:
        return _weights().one_year, "one has a year"
    return _weights().one_number, "one has a number"


def _said(a: Reading, b: Reading) -> tuple[float, str]:
    """What else the two say: translated words, marks, branches, addresses."""
    factor, doubts = 1.0, []
    if a.core and b.core and a.translated != b.translated:
        if _telling() & (a.translated ^ b.translated):
            factor *= _weights().one_apart
        elif not (a.translated <= b.translated or b.translated <= a.translated):
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
