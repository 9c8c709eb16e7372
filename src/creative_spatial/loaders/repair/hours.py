"""Opening hours as people write them, in the words of OpenStreetMap."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from creative_spatial.loaders.repair.digits import plain_text
from creative_spatial.resources.inventory import inventory_facts

_TIME = re.compile(r"(\d{1,2})(?:[.:](\d{2}))?(?![\d.:])")
_NOON, _MIDNIGHT, _HOUR = 12, 24, 60
Kind = Literal["day", "daily", "to", "and", "next", "am", "pm", "time"]


class _Token(NamedTuple):
    kind: Kind
    value: str


class _Clock(NamedTuple):
    minutes: int
    sure: bool  # whether the half of the day is said


@lru_cache(maxsize=1 << 12)
def plain_hours(text: str) -> str | None:
    """
    Write opening hours as OpenStreetMap does, where there is one way to read them.

    Parameters
    ----------
    text : str
        Times, with days or without: "08.00-17.00 น.", "ทุกวัน 9-17", "Mon-Fri 9am to 5pm".

    Returns
    -------
    str or None
        None where any word is unknown, or a time may be before or after noon ("9-5").

    Examples
    --------
    >>> plain_hours("08.00-17.00 น."), plain_hours("ทุกวัน 9-17"), plain_hours("9am-5pm Mon-Fri")
    ('08:00-17:00', 'Mo-Su 09:00-17:00', 'Mo-Fr 09:00-17:00')
    >>> plain_hours("9-5") is None, plain_hours("closed on Mondays") is None
    (True, True)
    """
    plain = " ".join(plain_text(text).split())
    if plain in _always():
        return "24/7"
    tokens = _tokens(plain)
    if not tokens:
        return None
    rules: list[list[_Token]] = [[]]
    for token in tokens:
        if token.kind == "next":
            rules.append([])
        else:
            rules[-1].append(token)
    read = [_rule(rule) for rule in rules if rule]
    return "; ".join(rule for rule in read if rule) if read and None not in read else None


@lru_cache(maxsize=1)
def _always() -> frozenset[str]:
    return frozenset(plain_text(word) for word in inventory_facts().written_hours.always)


@lru_cache(maxsize=1)
def _words() -> list[tuple[str, _Token | None]]:
    """Everything that is a word here, the longest first; None of what says nothing."""
    facts = inventory_facts().written_hours
    kinds: tuple[tuple[Kind, tuple[str, ...]], ...] = (
        ("daily", facts.daily), ("to", facts.to), ("and", facts.and_), ("am", facts.am), ("pm", facts.pm),
    )  # fmt: skip
    words: list[tuple[str, _Token | None]] = [
        (plain_text(word), _Token(kind, word)) for kind, group in kinds for word in group
    ]
    for ours, *theirs in facts.days:
        words += [(plain_text(word), _Token("day", ours)) for word in (ours, *theirs)]
    words += [(plain_text(word), None) for word in facts.ignored]
    words += [(";", _Token("next", ";"))]
    return sorted(words, key=lambda entry: (-len(entry[0]), entry[0]))


def _tokens(plain: str) -> list[_Token] | None:
    """The words and times of a text; None where there is anything else."""
    tokens: list[_Token] = []
    at = 0
    while at < len(plain):
        if plain[at] in " \n":
            at += 1
            continue
        if found := _TIME.match(plain, at):
            tokens.append(_Token("time", found[0]))
            at = found.end()
            continue
        word = next(
            (w for w in _words() if plain.startswith(w[0], at) and _ends(plain, at, w[0])), None
        )
        if word is None:
            return None
        tokens += [word[1]] if word[1] is not None else []
        at += len(word[0])
    return tokens


def _ends(plain: str, at: int, word: str) -> bool:
    """Whether a word of Latin letters is whole, and a short one of Thai no part of a longer."""
    after = plain[at + len(word) : at + len(word) + 1]
    if not word[-1].isalpha() or not after:
        return True
    if word.isascii():
        return not after.isalpha()
    return len(word) > 2 or not (after.isalpha() or "\u0e30" <= after <= "\u0e4e")


def _rule(tokens: list[_Token]) -> str | None:
    """One rule: days before or after times, or times alone."""
    kinds = [token.kind for token in tokens]
    of_days = [at for at, kind in enumerate(kinds) if kind in {"day", "daily"}]
    if not of_days:
        return _times(tokens)
    first, last = of_days[0], of_days[-1] + 1
    days = _days(tokens[first:last])
    rest = tokens[last:] if first == 0 else tokens[:first]
    if days is None or (first != 0 and last != len(tokens)):
        return None
    times = _times(rest)
    return None if times is None else f"{days} {times}"


def _days(tokens: list[_Token]) -> str | None:
    """Days, spans and lists of them."""
    if [token.kind for token in tokens] == ["daily"]:
        return "Mo-Su"
    said = "".join({"day": t.value, "to": "-", "and": ","}.get(t.kind, "?") for t in tokens)
    day = r"[A-Z][a-z]"
    return said if re.fullmatch(rf"{day}(-{day})?(,{day}(-{day})?)*", said) else None


def _times(tokens: list[_Token]) -> str | None:
    """Spans of time, parted by what means "and"."""
    spans: list[list[_Token]] = [[]]
    for token in tokens:
        if token.kind == "and":
            spans.append([])
        else:
            spans[-1].append(token)
    read = [_span(span) for span in spans]
    return ",".join(span for span in read if span) if None not in read else None


def _span(tokens: list[_Token]) -> str | None:
    """One span, where both ends say which half of the day they are in, or neither need to."""
    kinds = [token.kind for token in tokens]
    if kinds.count("to") != 1:
        return None
    at = kinds.index("to")
    opens, closes = _clock(tokens[:at]), _clock(tokens[at + 1 :])
    if opens is None or closes is None or opens.sure != closes.sure:
        return None
    if not opens.sure and closes.minutes <= opens.minutes < _NOON * _HOUR:
        return None  # "9-5"
    return f"{_written(opens)}-{_written(closes)}"


def _clock(tokens: list[_Token]) -> _Clock | None:
    """One time of the day, in minutes."""
    kinds = [token.kind for token in tokens]
    if kinds not in (["time"], ["time", "am"], ["time", "pm"]):
        return None
    found = _TIME.fullmatch(tokens[0].value)
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (_MIDNIGHT, _HOUR)
    if len(kinds) > 1:
        if not 1 <= hour <= _NOON:
            return None
        hour = hour % _NOON + (_NOON if kinds[1] == "pm" else 0)
    minutes = hour * _HOUR + minute
    return (
        _Clock(minutes, len(kinds) > 1) if minute < _HOUR and minutes <= _MIDNIGHT * _HOUR else None
    )


def _written(clock: _Clock) -> str:
    return f"{clock.minutes // _HOUR:02d}:{clock.minutes % _HOUR:02d}"
