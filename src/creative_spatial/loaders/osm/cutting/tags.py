"""Tags as JSON, many objects' at once or one's, always in the same order and the same words."""

from __future__ import annotations

from json.encoder import encode_basestring as _quote
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# no text holds it as it is: osmium writes control characters as their numbers
_BETWEEN_TAGS = "\x1f"


def text_of(tags: Iterable[tuple[str, str]]) -> str:
    r"""
    Write tags as one JSON text: `json.dumps` makes an encoder for each, which takes longer.

    Parameters
    ----------
    tags : iterable of (str, str)
        Of one object; osmium's tags are such pairs.

    Returns
    -------
    str
        In one order.

    Examples
    --------
    >>> text_of([("name", 'The "Old" Mill'), ("craft", "yes")])
    '{"craft": "yes", "name": "The \\"Old\\" Mill"}'
    """
    quoted = [f"{_quote(key)}: {_quote(value)}" for key, value in tags]
    if len(quoted) > 1:
        quoted.sort()
    return "{" + ", ".join(quoted) + "}"


def as_json(tags: Sequence[str]) -> list[str]:
    r"""
    Write tags as JSON, each as `text_of` gives it.

    Parameters
    ----------
    tags : sequence of str
        As osmium writes them: "key=value" with "," between, odd characters by their number.

    Returns
    -------
    list of str
        One JSON text for each.

    Examples
    --------
    >>> as_json(["name=The%20%%22%Old%22%%20%Mill,craft=yes", ""])
    ['{"craft": "yes", "name": "The \\"Old\\" Mill"}', '{}']
    """
    text = "\n".join(tags).replace("\\", "\\\\").replace('"', '\\"')
    text = text.replace("=", '": "').replace(",", f'"{_BETWEEN_TAGS}"')
    parts = text.split("%")
    parts[1::2] = map(_CHARACTERS.__getitem__, parts[1::2])
    return [_object(row) for row in "".join(parts).split("\n")]


def _object(row: str) -> str:
    """One JSON object of what stands between its first quotation mark and its last."""
    if _BETWEEN_TAGS in row:
        return "{" + ", ".join(sorted(f'"{row}"'.split(_BETWEEN_TAGS))) + "}"
    return f'{{"{row}"}}' if row else "{}"


class _Characters(dict[str, str]):
    """Characters in JSON by their number in hexadecimal digits."""

    def __missing__(self, digits: str) -> str:
        """Find it once."""
        self[digits] = text = _quote(chr(int(digits, 16)))[1:-1]
        return text


_CHARACTERS = _Characters()
