"""Which sign each class of a legend bears inside its marker, where it states none itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from creative_spatial.taxonomy.entries import Sign

if TYPE_CHECKING:
    from collections.abc import Mapping

    from creative_spatial.taxonomy.entries import LegendClass

SIGNS: tuple[Sign, ...] = get_args(Sign)
PLAIN: Sign = "none"


def with_signs(
    shown: Mapping[str, LegendClass], known: Mapping[str, LegendClass]
) -> dict[str, LegendClass]:
    """
    Give every class a sign, of up to ten on one map no two the same.

    A class keeps the sign it states, and what is part of another bears that of the whole. The
    others take the signs that no class of the legend states, in its order, so that a class
    bears the same sign on all maps; what the legend does not name comes after. A hollow class
    needs none.

    Parameters
    ----------
    shown : mapping of str to LegendClass
        The classes of a map.
    known : mapping of str to LegendClass
        The whole legend that they are of; empty where there is none.

    Returns
    -------
    dict of str to LegendClass
        As `shown`, with `sign`.

    Examples
    --------
    >>> from creative_spatial.taxonomy import LegendClass
    >>> weavers = LegendClass(id="weavers", labels={"en": "Weavers"}, color="#0072B2")
    >>> potters = LegendClass(id="potters", labels={"en": "Potters"}, color="#D55E00", sign="dot")
    >>> [c.sign for c in with_signs({"weavers": weavers, "potters": potters}, {}).values()]
    ['bar', 'dot']
    """
    classes = {**known, **shown}
    given = {key: entry.sign for key, entry in classes.items() if entry.sign}
    free = [sign for sign in SIGNS if sign not in {*given.values(), PLAIN}]
    for key, entry in classes.items():
        if key in given or entry.part_of:
            continue
        if entry.hollow:
            given[key] = PLAIN
        elif free:
            given[key] = free.pop(0)
    # A legend may hold more classes than there are signs, of which a map shows a few.
    left = [sign for sign in SIGNS if sign not in {given.get(key) for key in shown}]
    for key, entry in shown.items():
        if key not in given and not entry.part_of:
            given[key] = left.pop(0) if left else PLAIN
    return {
        key: entry.model_copy(update={"sign": given.get(entry.part_of or key, PLAIN)})
        for key, entry in shown.items()
    }
