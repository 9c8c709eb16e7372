"""
Which encoding a file's text is in, said with how sure that is.

Order of trust: what the caller states, what the file states (``.cpg``, the DBF's language
byte), strict UTF-8, and last a trial of likely code pages, each scored by how much of the
text is plausible in its script. A guess never passes without a warning.
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from creative_spatial.loaders.plausibility import Script, plausibility
from creative_spatial.resources import Facts, parse, read_toml, resource_path

if TYPE_CHECKING:
    from collections.abc import Iterable


class Candidate(Facts):
    """A code page that is tried where a file says nothing."""

    codec: str
    script: Script
    label: str
    reference: str


class _Settings(Facts):
    accept_score: float
    garbage_margin: float
    damaged_share: float
    reference: str


class _CodecTable(Facts):
    codecs: dict[str, str]
    reference: str


class _Encodings(Facts):
    settings: _Settings
    language_bytes: _CodecTable
    aliases: _CodecTable
    candidates: tuple[Candidate, ...]


class Guess(NamedTuple):
    """An encoding that decodes everything, and the share of its text that is plausible."""

    codec: str
    score: float
    label: str


@lru_cache(maxsize=1)
def encoding_facts() -> _Encodings:
    """
    Read the table of encodings.

    Returns
    -------
    Encodings
        Frozen; read once.
    """
    path = resource_path("encodings.toml")
    return parse(_Encodings, read_toml(path), where=path.name)


def codec_name(label: str) -> str | None:
    """
    Find Python's codec for what a person or a ``.cpg`` file calls an encoding.

    Parameters
    ----------
    label : str
        "CP874", "TIS-620", "ANSI 1252", "65001", "ISO 8859-1", ...

    Returns
    -------
    str or None
        The codec; None where the label is not known. TIS-620 becomes its superset cp874.

    Examples
    --------
    >>> codec_name("TIS-620"), codec_name("ANSI 1252"), codec_name("klingon")
    ('cp874', 'cp1252', None)
    """
    key = label.strip().strip("\x00").lower().replace("_", "-")
    words = re.sub(r"^(ansi|oem|windows|cp|ibm|ms)[\s-]*(?=\d)", "", key)
    aliases = encoding_facts().aliases.codecs
    for name in (key, words, key.replace(" ", "-")):
        if name in aliases:
            return aliases[name]
    for name in (f"cp{words}", key, key.replace(" ", "-")):
        try:
            return codecs.lookup(name).name
        except (LookupError, ValueError):
            continue
    return None


def language_byte_codec(byte: int) -> str | None:
    """
    Codec that a DBF's language byte names.

    Parameters
    ----------
    byte : int
        Byte 29 of the header.

    Returns
    -------
    str or None
        None where the byte says nothing (0x00, 0x57) or is not known.

    Examples
    --------
    >>> language_byte_codec(0x50), language_byte_codec(0x57)
    ('cp874', None)
    """
    return encoding_facts().language_bytes.codecs.get(f"{byte:02x}")


def decode(raw: bytes, codec: str) -> tuple[str, bool]:
    """
    Decode one value strictly, forgiving only an end cut inside a UTF-8 character.

    Parameters
    ----------
    raw : bytes
        The value as stored.
    codec : str
        The encoding.

    Returns
    -------
    tuple of str and bool
        The text, and whether its last character was cut off by the field's width.

    Raises
    ------
    UnicodeDecodeError
        If the bytes are not text in that encoding.

    Examples
    --------
    >>> decode("วัด".encode()[:-1], "utf-8")
    ('วั', True)
    """
    try:
        return raw.decode(codec), False
    except UnicodeDecodeError as error:
        head = raw[: error.start].decode(codec) if codec == "utf-8" else ""
        # "José" in Latin-1 ends like cut UTF-8; only whole characters before it tell.
        if error.reason != "unexpected end of data" or head.isascii():
            raise
        return head, True


def rank_encodings(samples: Iterable[bytes]) -> list[Guess]:
    """
    Try the candidate encodings on a file's non-ASCII values.

    Parameters
    ----------
    samples : iterable of bytes
        Values as stored; ASCII ones tell nothing and may be left out.

    Returns
    -------
    list of Guess
        Encodings that decode every value, the most plausible first. UTF-8, where it
        decodes, scores 1: other text almost never looks like it by chance.

    Examples
    --------
    >>> rank_encodings(["สงขลา".encode("cp874")])[0]
    Guess(codec='cp874', score=1.0, label='Thai')
    """
    values = [value for value in dict.fromkeys(samples) if not value.isascii()]
    guesses = []
    if _decodes(values, "utf-8"):
        guesses.append(Guess("utf-8", 1.0, "Unicode"))
    for candidate in encoding_facts().candidates:
        if _decodes(values, candidate.codec):
            text = "\n".join(value.decode(candidate.codec) for value in values)
            score = plausibility(text, candidate.script)
            guesses.append(Guess(candidate.codec, score, candidate.label))
    return sorted(guesses, key=lambda guess: -guess.score)


def is_damaged_utf8(samples: Iterable[bytes]) -> bool:
    r"""
    Tell UTF-8 with a few broken characters from another encoding.

    UTF-8 read as cp874 would pass for Thai: every character becomes a leading vowel with
    a consonant.

    Parameters
    ----------
    samples : iterable of bytes
        Values as stored.

    Returns
    -------
    bool
        True where most of the text that is not ASCII is UTF-8, but not all of it.

    Examples
    --------
    >>> is_damaged_utf8(["วัดกลาง".encode(), b"\xff"]), is_damaged_utf8(["วัดกลาง".encode("cp874")])
    (True, False)
    """
    text = "\n".join(value.decode("utf-8", "replace") for value in samples)
    broken = text.count("\ufffd")
    whole = sum(not char.isascii() for char in text) - broken
    return 0 < broken < encoding_facts().settings.damaged_share * (whole + broken)


def better_reading(samples: Iterable[bytes], declared: str) -> Guess | None:
    """
    Say what a declared encoding should have been, where it reads as garbage.

    Parameters
    ----------
    samples : iterable of bytes
        Values as stored.
    declared : str
        The encoding that the file names and that decodes them.

    Returns
    -------
    Guess or None
        A far more plausible encoding; None where the declared one will do.

    Examples
    --------
    >>> better_reading(["สงขลา".encode("cp874")], "latin-1").codec
    'cp874'
    """
    values = [value for value in samples if not value.isascii()]
    if declared == "utf-8" or not values:
        return None
    facts = encoding_facts()
    scripts: dict[str, Script] = {c.codec: c.script for c in facts.candidates}
    text = "\n".join(value.decode(declared) for value in values)
    own = plausibility(text, scripts.get(declared, "latin"))
    best = next(iter(rank_encodings(values)), None)
    if best is None or best.codec == declared:
        return None
    if best.codec != "utf-8" and best.score < own + facts.settings.garbage_margin:
        return None
    return best if best.score >= facts.settings.accept_score else None


def _decodes(values: list[bytes], codec: str) -> bool:
    """Whether every value is text in an encoding."""
    try:
        for value in values:
            decode(value, codec)
    except UnicodeDecodeError:
        return False
    return True
