"""
OpenStreetMap XML as text: what the parser would take without a word, or not tell.

A document type, an answer that the Overpass server broke off, objects in another order
than nodes, ways, relations, deleted objects, and positions on ways without nodes. Values
escape their "<", so that an element's beginning cannot occur in a value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from creative_spatial.errors import LoadError

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROLOG_PARTS = 8
_CHUNK_BYTES = 1 << 20
_KINDS = (b"<node", b"<way", b"<relation")
_REMARK = re.compile(rb"<remark[^>]*>([^<]*)", re.IGNORECASE)
_BROKEN_OFF = re.compile(rb"runtime error|timed out|out of memory", re.IGNORECASE)
_DELETED = re.compile(rb"""<(?:node|way|relation)\s[^>]*\bvisible\s*=\s*["']false""")
_TO_DELETE = re.compile(rb"""<(?:node|way|relation)\s[^>]*\baction\s*=\s*["']delete""")
_ND_WITH_POSITION = re.compile(rb"<nd\s[^>]*\blat\s*=")
_ND_OF_MEMBER = re.compile(rb"<nd\s+(?![^>]*\bref\s*=)l")

OUT_GEOM = (
    "gives positions within its ways or relations (an answer to `out geom`), and not all nodes "
    "and ways as objects of their own, which are expected. Ask again with "
    "`out body; >; out skel qt;` in place of `out geom;`."
)


@dataclass(frozen=True)
class Markup:
    """
    What the text of a file says about its objects.

    Parameters
    ----------
    in_order : bool
        Whether it has all nodes before all ways before all relations.
    has_deleted : bool
        Whether it has objects that are not visible.
    positions_on_ways : bool
        Whether its ways give positions themselves, as Overpass writes with ``out geom``.
    """

    in_order: bool
    has_deleted: bool
    positions_on_ways: bool


def refuse_document_type(name: str, head: bytes, expected: str) -> None:
    """
    Raise unless the XML goes straight to <osm>, without a document type or entities.

    Parameters
    ----------
    name : str
        What messages call the file.
    head : bytes
        Its beginning, unpacked.
    expected : str
        What is expected instead.

    Raises
    ------
    LoadError
        Before any parser has seen the file.
    """
    rest = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    for opening, closing in ((b"<?", b"?>"), (b"<!--", b"-->")) * _PROLOG_PARTS:
        if rest.startswith(opening):
            rest = rest.partition(closing)[2].lstrip()
    if re.match(rb"<!(DOCTYPE|ENTITY)", rest, re.IGNORECASE):
        raise LoadError(
            f"{name} declares a document type or entities, which no OpenStreetMap file does and "
            "which can be made to exhaust memory; it was not parsed. Get the file from its origin."
        )
    if not re.match(rb"<osm[\s/>]", rest):
        raise LoadError(
            f"{name} is XML but no OpenStreetMap file: its first element is not <osm>. "
            f"Expected {expected}."
        )


def xml_date(head: bytes) -> str | None:
    """
    Find the date of an Overpass answer or of an extract in its first lines.

    Parameters
    ----------
    head : bytes
        The file's beginning, unpacked.

    Returns
    -------
    str or None
        ISO 8601.

    Examples
    --------
    >>> xml_date(b'<osm><meta osm_base="2024-05-01T00:00:00Z"/><node/>')
    '2024-05-01T00:00:00Z'
    """
    found = re.search(
        rb"""\b(?:osm_base|timestamp)=["']([0-9T:Z.+-]+)["']""", head.split(b"<node")[0]
    )
    return found.group(1).decode("ascii") if found else None


def scan(name: str, content: IO[bytes]) -> Markup:
    """
    Look through the whole text of a file.

    Parameters
    ----------
    name : str
        What messages call the file.
    content : binary file
        The text, unpacked.

    Returns
    -------
    Markup
        What was met.

    Raises
    ------
    LoadError
        If the text says that it is not all there, gives positions within relations, or
        holds objects that are yet to be deleted.

    Examples
    --------
    >>> import io
    >>> scan("city.osm", io.BytesIO(b'<osm><way id="2"/><node id="1"/></osm>')).in_order
    False
    """
    in_order, has_deleted, positions_on_ways = True, False, False
    reached = 0
    for text in _whole_elements(content):
        _refuse_remark(name, text)
        if b"delete" in text and _TO_DELETE.search(text):
            raise LoadError(
                f"{name} has objects with action='delete', which are deleted in the editor only; "
                "upload the changes or take them back, and save the file again."
            )
        if b"<nd l" in text and _ND_OF_MEMBER.search(text):
            raise LoadError(f"{name} {OUT_GEOM}")
        has_deleted = has_deleted or (b"false" in text and _DELETED.search(text) is not None)
        first_nd = text.find(b"<nd")
        if first_nd >= 0:
            positions_on_ways |= _ND_WITH_POSITION.match(text, first_nd) is not None
        if in_order:
            reached, in_order = _follow_order(text, reached)
    return Markup(in_order, has_deleted, positions_on_ways)


def _whole_elements(content: IO[bytes]) -> Iterator[bytes]:
    """The text in pieces that end before a "<"."""
    rest = b""
    while chunk := content.read(_CHUNK_BYTES):
        text = rest + chunk
        cut = text.rfind(b"<")
        if 0 < cut < len(text) and len(text) - cut < _CHUNK_BYTES:
            rest, text = text[cut:], text[:cut]
        else:  # no element is as long: what is damaged is found by the parser
            rest = b""
        yield text
    yield rest


def _refuse_remark(name: str, text: bytes) -> None:
    """Raise if the server says that it could not answer in full."""
    for found in _REMARK.finditer(text) if b"<remark" in text else ():
        if _BROKEN_OFF.search(found[1]):
            remark = found[1].decode("utf-8", "replace").strip()
            raise LoadError(
                f'{name} is only a part of an answer; the server remarks in it: "{remark}". Ask '
                "for a smaller area or with a longer [timeout:...], and save the whole answer."
            )


def _follow_order(text: bytes, reached: int) -> tuple[int, bool]:
    """The last kind that was reached, and whether none before it comes after it."""
    firsts = [text.find(kind) for kind in _KINDS]
    in_order = all(first < 0 for first in firsts[:reached])
    for kind, first in enumerate(firsts):
        if kind > 0 and first >= 0:
            in_order &= all(text.find(earlier, first) < 0 for earlier in _KINDS[:kind])
            reached = max(reached, kind)
    return reached, in_order


__all__ = ["OUT_GEOM", "Markup", "refuse_document_type", "scan", "xml_date"]
