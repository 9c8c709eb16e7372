"""Text from data made harmless for where it is shown."""

from __future__ import annotations

# Joiners: Persian and several Indian scripts are written with them, and they drive nothing.
_JOINERS = "\u200c\u200d"


def plain(text: str) -> str:
    r"""
    Show control characters instead of sending them: none can drive a terminal or turn a line round.

    Parameters
    ----------
    text : str
        Any text, from anyone.

    Returns
    -------
    str
        The same, with what is not printable as an escape; line breaks and joiners stay.

    Examples
    --------
    >>> print(plain("\x1b[31mred"), plain("a\u202eb"))
    \x1b[31mred a\u202eb
    """
    return "".join(
        char if char.isprintable() or char == "\n" or char in _JOINERS else repr(char)[1:-1]
        for char in text
    )
