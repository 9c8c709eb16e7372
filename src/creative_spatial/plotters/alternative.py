"""What a map shows, in words, for those who do not see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from creative_spatial.plotters.attribution import illustrative_mark
from creative_spatial.plotters.completeness import completeness_note, shown_pillars
from creative_spatial.plotters.ground import gap_note
from creative_spatial.plotters.inset_map import inset_said
from creative_spatial.plotters.numbered import list_of
from creative_spatial.plotters.text import ZERO_WIDTH_SPACE
from creative_spatial.plotters.words import format_number, in_language, word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from creative_spatial.plotters.content import Content
    from creative_spatial.plotters.specs import MapSpec
    from creative_spatial.result import Result


def alternative_text(
    result: Result, spec: MapSpec, content: Content, language: str,
    *, title: Mapping[str, str], message: Mapping[str, str],
) -> str:  # fmt: skip
    """
    Say in words what a map shows.

    Parameters
    ----------
    result : Result
        What is shown.
    spec : MapSpec
        Of the map.
    content : Content
        What was drawn.
    language : str
        ISO 639-1 code.
    title, message : mapping of str to str
        As they are printed, by language.

    Returns
    -------
    str
        Title, message, how many places are shown, what the inset shows and how much of it, the
        list with its numbers, how complete the data is, and what is illustrative; a line each.
    """
    said = [in_language(title, language), in_language(message, language)]
    if content.n is not None:
        key = "shown_areas" if content.are_areas else "shown"
        said.append(word(key, language, value=format_number(content.n, 0, language)))
    if content.inset is not None:
        said += [
            in_language(inset_said(key, content.inset), language)
            for key in ("inset", "inset_shown")
        ]
    groups = list_of(content.listed.values(), result, spec, content.frame)
    if groups:
        names = [
            f"{item.marker} {in_language(item.labels, language)}"
            for group in groups
            for item in group.items
        ]
        said.append(f"{in_language(groups[0].title, language)}. {'; '.join(names)}")
    if known := completeness_note(result, shown_pillars(result, spec)):
        said.append(in_language(known, language))
    if gaps := gap_note(result.layers, content.frame):
        said.append(in_language(gaps, language))
    if (warning := illustrative_mark(result, content)) is not None:
        said.append(in_language(warning, language))
    lines = (line.replace(ZERO_WIDTH_SPACE, "") for line in said)
    return "\n".join(line for line in lines if line)
