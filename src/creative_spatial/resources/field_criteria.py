"""What UNESCO looks for in a city of each creative field, and which indicators speak to it."""

from __future__ import annotations

from functools import lru_cache

from pydantic import Field

from creative_spatial.resources import Facts, parse, read_toml, resource_path

LANGUAGES = ("en", "fr", "th")
FOLDER, UNREAD = "criteria", "unread"


class Evidence(Facts):
    """
    An indicator that speaks to a criterion.

    Parameters
    ----------
    indicator : str
        Its id.
    category : str or None
        Which of its categories, where it has some.
    above : float
        What its number, and the lower limit of its interval where it has one, must exceed to
        be evidence: 1 for a location quotient.
    beside : bool
        Whether it only stands beside the others: of some numbers more is not more evidence.
    """

    indicator: str
    category: str | None = None
    above: float = 0.0
    beside: bool = False


class Criterion(Facts):
    """
    One criterion of a field.

    Parameters
    ----------
    text : dict of str to str
        The criterion in our own words, by language.
    would_give : dict of str to str
        What would give evidence, or more of it, by language.
    evidence : tuple of Evidence
        Indicators that speak to it; none where nothing here does.
    needs_layer : bool
        Whether OpenStreetMap cannot know of it, so that only a layer of the city's own can.
    """

    text: dict[str, str]
    would_give: dict[str, str]
    evidence: tuple[Evidence, ...] = ()
    needs_layer: bool = False


class FieldCriteria(Facts):
    """
    The list of a field.

    Parameters
    ----------
    verified : bool
        Whether it was read at its source.
    reference : str
        Where it comes from.
    criteria : dict of str to Criterion
        By id, in the order of the source.
    """

    verified: bool
    reference: str
    criteria: dict[str, Criterion] = Field(min_length=1)


@lru_cache
def criteria_of(field: str) -> FieldCriteria | None:
    """
    Read the criteria of a field.

    Parameters
    ----------
    field : str
        Its id.

    Returns
    -------
    FieldCriteria or None
        None where nobody here read the field's list.

    Examples
    --------
    >>> list(criteria_of("gastronomy").criteria)[:3]
    ['G1', 'G2', 'G3']
    >>> criteria_of("architecture") is None
    True
    """
    path = resource_path(FOLDER, f"{field}.toml")
    if field == UNREAD or not field.isidentifier() or not path.is_file():
        return None
    return parse(FieldCriteria, read_toml(path), where=path.name)


@lru_cache(maxsize=1)
def unread_criteria() -> FieldCriteria:
    """
    Read what is said of a field whose list nobody here read.

    Returns
    -------
    FieldCriteria
        With a single line.
    """
    path = resource_path(FOLDER, f"{UNREAD}.toml")
    return parse(FieldCriteria, read_toml(path), where=path.name)
