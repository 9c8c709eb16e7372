"""Angles in degrees, minutes and seconds, as people type them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from creative_spatial.loaders.repair.digits import plain_text
from creative_spatial.resources import Facts, parse, read_toml, resource_path


class AngleWords(Facts):
    """How one part of an angle is written."""

    marks: tuple[str, ...]
    words: tuple[str, ...]
    reference: str


class AngleFacts(Facts):
    """Every way to write the parts of an angle."""

    degree: AngleWords
    raised_letter: AngleWords
    minute: AngleWords
    second: AngleWords
    north: AngleWords
    south: AngleWords
    south_or_second: AngleWords
    east: AngleWords
    west: AngleWords
    latitude: AngleWords
    longitude: AngleWords


class _Token(NamedTuple):
    kind: str  # "number", a key of AngleFacts, "sign", "between" or "comma"
    text: str


class _Angle(NamedTuple):
    value: float
    axis: str | None  # "latitude", "longitude", or None where nothing says
    fine: bool  # whether it is finer than a whole degree


_NUMBER = re.compile(r"\d{1,3}(?:[.,]\d+)?(?!\d)")
_DIRECTIONS = {
    "north": ("latitude", 1),
    "south": ("latitude", -1),
    "east": ("longitude", 1),
    "west": ("longitude", -1),
}
_LIMITS = {"latitude": 90.0, "longitude": 180.0, None: 180.0}
_MOST = 120  # no angle is longer; a longer text is not looked at


@lru_cache(maxsize=1)
def angle_facts() -> AngleFacts:
    """
    Read how angles are written.

    Returns
    -------
    AngleFacts
        Frozen; read once.
    """
    path = resource_path("angles.toml")
    return parse(AngleFacts, read_toml(path), where=path.name)


def parse_dms(text: str) -> float | None:
    r"""
    Read an angle written out: degrees and minutes, with or without seconds.

    Degrees with decimals are read where a mark or a direction says that they are degrees.

    Parameters
    ----------
    text : str
        A cell: "7°12'21.6\"N", "N 7 12 21.6", "7d12m21s", in any script's digits, with
        decimal point or comma, marks typographic or plain, or the words of `angles.toml`.

    Returns
    -------
    float or None
        Degrees, negative to the south and west. None where it is a plain number, where it
        is no angle in full (minutes without a mark or a direction, whole degrees alone),
        where it can be read in two ways, or where it is out of range: minutes or seconds
        of 60 and more, over 90 north or south, over 180.

    Examples
    --------
    >>> parse_dms("7°12'21.6\"N"), parse_dms("S ๗ ๑๒,๓๖"), parse_dms("۱۰۰ درجه ۳۵ دقیقه شرقی")
    (7.206, -7.206, 100.58333333333333)
    >>> parse_dms("7.206"), parse_dms("7°72'N")
    (None, None)
    """
    angle = _angle(_tokens(text))
    return angle.value if angle is not None else None


def parse_pair(text: str) -> tuple[float, float] | None:
    """
    Read one cell that holds both coordinates.

    Parameters
    ----------
    text : str
        "7.2, 100.6", "7°12'N 100°35'E", "E100.6 N7.2".

    Returns
    -------
    tuple of float or None
        (lat, lon) in degrees. The order is the text's where directions or labels give it;
        else latitude is first, unless only the other order is possible. None where there are
        not just two angles, both in whole degrees, or two ways to read them.

    Examples
    --------
    >>> parse_pair("7.2, 100.6"), parse_pair("100.6 E; 7.2 S"), parse_pair("7.2")
    ((7.2, 100.6), (-7.2, 100.6), None)
    """
    tokens = _tokens(text)
    readings = set()
    for at in range(1, len(tokens)):
        left, right = tokens[:at], tokens[at:]
        if left[-1].kind == "comma":
            left = left[:-1]
        first, second = _angle(left) or _decimal(left), _angle(right) or _decimal(right)
        if first and second and (first.fine or second.fine):
            readings.add(_ordered(first, second))
    return readings.pop() if len(readings) == 1 else None


def _ordered(first: _Angle, second: _Angle) -> tuple[float, float] | None:
    """Latitude and longitude of two angles, None where neither order is possible."""
    orders = [
        (lat.value, lon.value)
        for lat, lon in ((first, second), (second, first))
        if lat.axis != "longitude"
        and lon.axis != "latitude"
        and abs(lat.value) <= _LIMITS["latitude"]
    ]
    return orders[0] if orders else None


@lru_cache(maxsize=1)
def _vocabulary() -> tuple[re.Pattern[str], dict[str, str]]:
    """Pattern of all marks and words, the longest first, and what each is."""
    meanings = {
        written.lower(): kind
        for kind, entry in angle_facts()
        for written in (*entry.marks, *entry.words)
    }
    longest = sorted(meanings, key=lambda written: (-len(written), written))
    return re.compile("|".join(map(re.escape, longest))), meanings


def _tokens(text: str) -> list[_Token]:
    """Parts of a text; none at all where one is not known."""
    plain = plain_text(text) if len(text) <= _MOST else ""
    pattern, meanings = _vocabulary()
    tokens: list[_Token] = []
    at = 0
    while at < len(plain):
        char = plain[at]
        if char == " ":
            at += 1
        elif number := _NUMBER.match(plain, at):
            tokens.append(_Token("number", number[0].replace(",", ".")))
            at = number.end()
        elif known := pattern.match(plain, at):
            _add(tokens, meanings[known[0]], known[0])
            at = known.end()
        elif char in "+-":
            between = bool(tokens) and tokens[-1].kind == "number" and plain[at - 1] != " "
            tokens.append(_Token("between" if between else "sign", char))
            at += 1
        elif char in ":,;/|":
            tokens.append(_Token("between" if char == ":" else "comma", char))
            at += 1
        else:
            return []
    return tokens


def _add(tokens: list[_Token], kind: str, written: str) -> None:
    """Append a mark; two single quotes are a double one."""
    if kind == "minute" and tokens and tokens[-1].kind == "minute" and not written.isalpha():
        tokens[-1] = _Token("second", tokens[-1].text + written)
    else:
        tokens.append(_Token(kind, written))


def _decimal(tokens: list[_Token]) -> _Angle | None:
    """Plain decimal degrees, as one half of a pair."""
    negative = bool(tokens) and tokens[0] == _Token("sign", "-")
    rest = tokens[1:] if tokens and tokens[0].kind == "sign" else tokens
    if [token.kind for token in rest] != ["number"] or float(rest[0].text) > _LIMITS[None]:
        return None
    value = float(rest[0].text)
    return _Angle(-value if negative else value, None, "." in rest[0].text)


def _angle(tokens: list[_Token]) -> _Angle | None:
    """One angle in full, of all the tokens given."""
    tokens, label = _without_label(tokens)
    tokens, axis, turn = _without_direction(tokens)
    if tokens and tokens[0].kind == "sign":
        if axis is not None and tokens[0].text == "-":
            return None
        turn = -1 if tokens[0].text == "-" else turn
        tokens = tokens[1:]
    if label and axis and label != axis:
        return None
    axis = axis or label
    value = _magnitude(tokens, directed=axis is not None)
    if value is None or value > _LIMITS[axis]:
        return None
    return _Angle(turn * value, axis, fine=True)


def _without_label(tokens: list[_Token]) -> tuple[list[_Token], str | None]:
    """Tokens without "Lat:" before them, and what it says."""
    if tokens and tokens[0].kind in {"latitude", "longitude"}:
        skip = 2 if len(tokens) > 1 and tokens[1].kind == "between" else 1
        return tokens[skip:], tokens[0].kind
    return tokens, None


def _without_direction(tokens: list[_Token]) -> tuple[list[_Token], str | None, int]:
    """Tokens without a direction before or after them, its axis, and its sign."""
    if not tokens:
        return tokens, None, 1
    seconds_are_letters = any(t.kind == "minute" and t.text.isalpha() for t in tokens)
    if tokens[0].kind == "south_or_second":
        tokens = [_Token("south", tokens[0].text), *tokens[1:]]
    last = tokens[-1]
    if last.kind == "south_or_second":
        counts = seconds_are_letters and tokens[-2].kind == "number"
        last = _Token("second" if counts else "south", last.text)
        tokens = [*tokens[:-1], last]
    if last.kind in _DIRECTIONS:
        axis, turn = _DIRECTIONS[last.kind]
        return _seconds(tokens[:-1]), axis, turn
    if tokens[0].kind in _DIRECTIONS:
        axis, turn = _DIRECTIONS[tokens[0].kind]
        return _seconds(tokens[1:]), axis, turn
    return tokens, None, 1


def _seconds(tokens: list[_Token]) -> list[_Token]:
    """Tokens where an "s" before or after the direction is seconds."""
    return [_Token("second", t.text) if t.kind == "south_or_second" else t for t in tokens]


# What may stand after degrees, minutes and seconds; "" is nothing.
_SHAPES = {
    ("degree", "minute", "second"),
    ("degree", "minute", ""),
    ("degree", "minute"),
    ("raised_letter", "minute", "second"),
    ("raised_letter", "minute", ""),
    ("raised_letter", "minute"),
}
_DIRECTED_SHAPES = {
    ("degree", ""),
    ("raised_letter", ""),
    ("between", "between", ""),
    ("between", ""),
    ("", "", ""),
    ("", ""),
}


def _magnitude(tokens: list[_Token], *, directed: bool) -> float | None:
    """Size of an angle without sign: numbers and what stands after each."""
    numbers: list[str] = []
    marks: list[str] = []
    for token in tokens:
        if token.kind == "number":
            numbers.append(token.text)
            marks.append("")
        elif marks and not marks[-1]:
            marks[-1] = token.kind
        else:
            return None
    shape = tuple(marks)
    if shape == ("degree",) or (shape == ("",) and directed):
        return float(numbers[0]) if "." in numbers[0] else None
    if shape not in _SHAPES and not (directed and shape in _DIRECTED_SHAPES):
        return None
    if any("." in number for number in numbers[:-1]):
        return None
    degrees, minutes, seconds = (*map(float, numbers), 0.0)[:3]
    if minutes >= 60 or seconds >= 60:
        return None
    return degrees + minutes / 60 + seconds / 3600
