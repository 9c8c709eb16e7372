"""Groups of concepts that are mapped by the same people in the same way, and graded together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from creative_spatial.resources.completeness import completeness_facts

if TYPE_CHECKING:
    from creative_spatial.taxonomy import Taxonomy


def concept_groups(taxonomy: Taxonomy) -> dict[str, str]:
    """
    Name the group of each concept: its pillar and its kind, or the group of its land.

    Parameters
    ----------
    taxonomy : Taxonomy
        Its concepts.

    Returns
    -------
    dict of str to str
        "<pillar>/<kind>" by concept; "<pillar>/other" where a concept has neither.

    Examples
    --------
    >>> from creative_spatial.taxonomy import Taxonomy
    >>> concept_groups(Taxonomy.load())["wat"]
    'culture/worship'
    """
    names = completeness_facts().group_by
    groups = {}
    for concept in taxonomy.concepts.values():
        own = next((concept.attributes[name] for name in names if name in concept.attributes), None)
        groups[concept.id] = f"{concept.pillar}/{own or 'other'}"
    return groups


def street_groups(taxonomy: Taxonomy) -> frozenset[str]:
    """
    Groups whose completeness on a map of streets can be guessed from the streets.

    Parameters
    ----------
    taxonomy : Taxonomy
        Its concepts.

    Returns
    -------
    frozenset of str
        Groups of places, not of land, that some rule reads from OpenStreetMap.
    """
    attributes = completeness_facts().cover.attributes
    groups = concept_groups(taxonomy)
    return frozenset(
        groups[concept.id]
        for concept in taxonomy.concepts.values()
        if concept.osm and any(name in concept.attributes for name in attributes)
    )
