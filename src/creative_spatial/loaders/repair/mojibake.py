"""Text that was decoded wrongly before it was stored, and the way back."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from creative_spatial.loaders.repair.naturalness import CodecPair, mojibake_facts, naturalness

if TYPE_CHECKING:
    from collections.abc import Iterable


_CONTROLS = re.compile("[\x80-\x9f]")  # what a byte that a code page lacks is decoded to


class Repaired(NamedTuple):
    """A text as it was meant, the two encodings that were mixed up, and how natural it is now."""

    text: str
    codec_wrong: str
    codec_right: str
    score: float


class Mojibake(NamedTuple):
    """What is wrong with a column: `repairs` gives the text by the value's place in it."""

    codec_wrong: str
    codec_right: str
    share: float  # of the values that are not plain ASCII
    repairs: dict[int, Repaired]
    example: tuple[str, str]


def repair_mojibake(text: str, *, codecs: tuple[str, str] | None = None) -> Repaired | None:
    """
    Undo a wrong decode, where that is certain and can itself be undone.

    Parameters
    ----------
    text : str
        As stored.
    codecs : (wrong, right), optional
        Try this pair alone, as when the rest of a column has shown it.

    Returns
    -------
    Repaired or None
        None where the text is natural as it stands, where no pair of encodings makes it
        clearly more so (`mojibake.toml`), where two make it equally so, or where bytes were
        lost. ``text.encode(right).decode(wrong)`` gives back what was stored, but for the
        order and composition of marks (NFC).

    Examples
    --------
    >>> repair_mojibake("Ê§¢ÅÒ")
    Repaired(text='สงขลา', codec_wrong='cp1252', codec_right='cp874', score=1.0)
    >>> repair_mojibake("Café Größe") is None
    True
    """
    if text.isascii():
        return None
    found: list[Repaired] = []
    for pair in mojibake_facts().pairs:
        repaired = _repaired(text, pair) if codecs in {None, (pair.wrong, pair.right)} else None
        if repaired is None:
            continue
        if repaired.codec_right == "utf-8":
            return repaired
        found.append(repaired)
    texts = {repaired.text for repaired in found}
    return found[0] if len(texts) == 1 else None


def find_mojibake(values: Iterable[Any]) -> Mojibake | None:
    """
    Find wrongly decoded text in a column, by the pair of encodings that mends most of it.

    Parameters
    ----------
    values : iterable
        A column; what is not text is passed over.

    Returns
    -------
    Mojibake or None
        None where no value is at fault. A value that two pairs would mend is mended by the
        column's pair; one that it does not mend stays.

    Examples
    --------
    >>> found = find_mojibake(["Ê§¢ÅÒ", "ËÒ´ãË­è", "Cafe"])
    >>> found.codec_right, found.share, found.repairs[1].text
    ('cp874', 1.0, 'หาดใหญ่')
    """
    places: dict[str, list[int]] = {}
    for i, value in enumerate(values):
        if isinstance(value, str) and not value.isascii():
            places.setdefault(value, []).append(i)
    by_pair = {
        (pair.wrong, pair.right): {
            text: repaired for text in places if (repaired := _repaired(text, pair)) is not None
        }
        for pair in mojibake_facts().pairs
    }
    mended = Counter({pair: len(repairs) for pair, repairs in by_pair.items()})
    ((best, number),) = mended.most_common(1)
    if not number:
        return None
    pair = CodecPair(wrong=best[0], right=best[1], reference="")
    of_best = {
        text: repaired
        for text in places
        if (repaired := _repaired(text, pair, least_letters=1)) is not None
    }
    repairs = {i: repaired for text, repaired in of_best.items() for i in places[text]}
    example = max(of_best, key=_foreign)
    share = len(repairs) / sum(map(len, places.values()))
    return Mojibake(*best, share, dict(sorted(repairs.items())), (example, of_best[example].text))


def _repaired(text: str, pair: CodecPair, *, least_letters: int | None = None) -> Repaired | None:
    """The text read with the right encoding, where that is clearly better."""
    settings = mojibake_facts().settings
    raw = _encode(text, pair.wrong)
    meant = None if raw is None else _decode(raw, pair.right)
    if meant is None or meant == text or _encode(meant, pair.right) != raw:
        return None
    if any(unicodedata.category(char) == "Cc" and char not in text for char in meant):
        return None
    composed = unicodedata.normalize("NFC", meant)
    least = settings.least_letters if least_letters is None else least_letters
    if pair.right != "utf-8" and _foreign(text) < least:
        return None
    score, before = naturalness(composed), naturalness(text)
    followers = len(raw) - len(meant) if raw is not None and pair.right == "utf-8" else 0
    if followers >= settings.least_followers:
        before = 0.0  # other text does not pass for UTF-8 by chance
    if followers >= settings.certain_followers and _is_writing(composed):
        score = 1.0
    if score < settings.least_score or score - before < settings.least_rise:
        return None
    return Repaired(composed, pair.wrong, pair.right, score)


def _is_writing(text: str) -> bool:
    """Whether a text is characters that exist, in any script, and not decoded wrongly itself."""
    exists = all(unicodedata.category(char) not in {"Cn", "Co", "Cs"} for char in text)
    return exists and not any(_repaired(text, pair) for pair in mojibake_facts().pairs)


def _foreign(text: str) -> int:
    """Characters that are not ASCII."""
    return sum(not char.isascii() for char in text)


@lru_cache(maxsize=16)
def _characters(codec: str) -> tuple[dict[int, str], dict[str, int]]:
    """Character of each byte and byte of each character; bytes that are none are C1 controls."""
    characters: dict[int, str] = {}
    for byte in range(256):
        try:
            characters[byte] = bytes([byte]).decode(codec)
        except UnicodeDecodeError:
            if 0x80 <= byte <= 0x9F:  # as Windows and the WHATWG encoding standard do
                characters[byte] = chr(byte)
    return characters, {char: byte for byte, char in characters.items()}


def _encode(text: str, codec: str) -> bytes | None:
    """The bytes of a text; None where it has others."""
    try:
        return text.encode(codec)
    except UnicodeEncodeError:
        if codec == "utf-8" or not _CONTROLS.search(text):
            return None
    codes = _characters(codec)[1]
    found = [codes.get(char) for char in text]
    return None if None in found else bytes(code for code in found if code is not None)


def _decode(raw: bytes, codec: str) -> str | None:
    """The text of bytes; None where they are not that encoding."""
    try:
        return raw.decode(codec)
    except UnicodeDecodeError:
        if codec == "utf-8":
            return None
    characters = _characters(codec)[0]
    found = [characters.get(byte) for byte in raw]
    return None if None in found else "".join(char for char in found if char is not None)
