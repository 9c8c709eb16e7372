"""XML from strangers: no document types, no entities, no towers of elements."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET
from xml.parsers import expat

from creative_spatial.errors import LoadError
from creative_spatial.loaders.archive import archive_limits

if TYPE_CHECKING:
    from collections.abc import Iterable


class _Enough(Exception):  # noqa: N818
    """The first element: a document type can no longer come."""


def check_xml(pieces: Iterable[bytes], file: str, *, start_only: bool = False) -> Counter[str]:
    """
    Refuse XML that declares a document type or entities, is nested too deep, or is broken.

    Entities can name files of this machine or grow to gigabytes; neither KML nor Darwin
    Core nor workbooks have a use for them.

    Parameters
    ----------
    pieces : iterable of bytes
        The document, in one piece or many.
    file : str
        What messages call it.
    start_only : bool
        Look only as far as the first element, before which a document type must stand.

    Returns
    -------
    Counter of str
        Number of elements by name, without namespace.

    Raises
    ------
    LoadError
        Saying what it holds and what to do.

    Examples
    --------
    >>> check_xml([b"<kml><Placemark/><Placemark/></kml>"], "a.kml")["Placemark"]
    2
    >>> check_xml([b"<!DOCTYPE kml [<!ENTITY a 'b'>]><kml/>"], "a.kml")
    Traceback (most recent call last):
    creative_spatial.errors.LoadError: a.kml declares a document type (DOCTYPE), ...
    """
    seen: Counter[str] = Counter()
    depth = 0
    deepest = archive_limits().xml_depth
    parser = expat.ParserCreate(namespace_separator=" ")

    def begin(name: str, _: Any) -> None:
        nonlocal depth
        if start_only:
            raise _Enough
        depth += 1
        if depth > deepest:
            raise LoadError(f"{file} has more than {deepest} elements inside one another; refused.")
        seen[name.rpartition(" ")[2]] += 1

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    def refuse(*_: Any) -> None:
        raise LoadError(
            f"{file} declares a document type (DOCTYPE), which can read other files or fill the "
            "memory; refused. Export it again from the program it comes from."
        )

    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        for piece in pieces:
            parser.Parse(piece, False)  # noqa: FBT003 -- expat's own signature
        parser.Parse(b"", True)  # noqa: FBT003
    except _Enough:
        pass
    except (expat.ExpatError, ValueError, LookupError) as error:
        if isinstance(error, LoadError):
            raise
        raise LoadError(f"{file} is damaged: {error}; export it again.") from error
    return seen


def parse_xml(raw: bytes, file: str) -> ET.Element:
    """
    Parse a small XML document after `check_xml`.

    Parameters
    ----------
    raw : bytes
        The document.
    file : str
        What messages call it.

    Returns
    -------
    Element
        Its root.

    Raises
    ------
    LoadError
        If it is refused or broken.
    """
    check_xml([raw], file)
    try:
        return ET.fromstring(raw)  # noqa: S314 -- checked above
    except (ET.ParseError, ValueError, LookupError) as error:
        raise LoadError(f"{file} is damaged: {error}; export it again.") from error
