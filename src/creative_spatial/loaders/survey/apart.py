"""
Which answers may be published, and which are kept apart from the layer: those by default.

A column is published where the configuration names it, where the reader makes it, or where
the form explains all of its answers as choices or as small numbers. Everything else may say
who somebody is, whatever it is called.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from creative_spatial.loaders.columns import count
from creative_spatial.loaders.coordinates import parse_number
from creative_spatial.loaders.repair.calendars import read_date
from creative_spatial.loaders.survey.answers import JOINT
from creative_spatial.loaders.survey.facts import survey_facts
from creative_spatial.loaders.survey.form import without_groups

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import pandas as pd

    from creative_spatial.loaders.build import Build
    from creative_spatial.loaders.survey.form import Form

# Letters with a mark that cannot be taken off, or that Persian and Arabic keyboards write otherwise.
_FOLDED = str.maketrans({"đ": "d", "ي": "ی", "ك": "ک", "'": None, "’": None})
_PLURAL = "(?:e?s)?"


def kept_apart(
    table: pd.DataFrame,
    form: Form,
    *,
    stated: Collection[str] = (),
    wanted: Collection[str] = (),
    ours: Collection[str] = (),
) -> dict[str, bool]:
    """
    Find the columns that are not for publication.

    Parameters
    ----------
    table : DataFrame of str
        An export's table, after `label_choices`.
    form : Form
        Its form; may be empty, and then explains nothing.
    stated : collection of str
        Columns that the configuration names as personal.
    wanted : collection of str
        Columns that the configuration asks for.
    ours : collection of str
        Columns that the reader made.

    Returns
    -------
    dict of str to bool
        Whether each looks personal, in the table's order. Labels go with their question.
    """
    found = {}
    for name in map(str, table.columns):
        asked = _asked(name, table, form)
        personal = looks_personal(asked, form)
        public = name in wanted or name in ours
        if not public and (asked in wanted or not personal):
            public = _is_explained(asked, table[asked], form)
        if not public or name in stated or asked in stated:
            found[name] = personal
    return found


def _asked(name: str, table: pd.DataFrame, form: Form) -> str:
    """The column of the question whose labels a column holds, or the column itself."""
    base, _, language = name.rpartition(":")
    question = form.question(base) if base in table else None
    labels = form.labels.get(question.choices, {}) if question else {}
    return base if any(language in said for said in labels.values()) else name


def _is_explained(name: str, answers: pd.Series[Any], form: Form) -> bool:
    """Whether no answer can be free text: choices of the form, small numbers, our own words."""
    facts = survey_facts()
    given = answers.dropna().astype(str)
    question = form.question(name)
    kind = question.kind if question else ""
    if name in facts.published.names:
        return True
    if name in facts.published.dates:
        return all(read_date(cell, "gregorian") is not None for cell in given)
    if question is not None and kind in facts.published.choices:
        # A choice taken from a file or from a repeat has no list in the form.
        known = {*form.labels.get(question.choices, {}), *facts.published.other}
        several = kind == "select_multiple"
        return question.choices in form.labels and all(
            known.issuperset(cell.split(JOINT) if several else [cell]) for cell in given
        )
    if kind in facts.published.numbers:
        numbers = [parse_number(cell) for cell in given]
        return all(n is not None and abs(n) < facts.personal.from_number for n in numbers)
    return False


def looks_personal(column: str, form: Form) -> bool:
    """
    Say whether a column's name or type says that it is about a person.

    Parameters
    ----------
    column : str
        With or without its groups, in any script, its words parted in any way or not at all.
    form : Form
        The survey's form; may be empty.

    Returns
    -------
    bool
        By ``resources/surveys.toml``.

    Examples
    --------
    >>> from creative_spatial.loaders.survey.form import Form
    >>> [looks_personal(name, Form()) for name in ("LINE ID", "ที่อยู่", "Địa chỉ", "online_shop")]
    [True, True, True, False]
    """
    question = form.question(column)
    if question is not None and question.kind in survey_facts().personal.types:
        return True
    names, phrases, parts, harmless = _patterns()
    words = _words(column)
    alone = {words, _words(column.rpartition("/")[2]), _words(without_groups(column))}
    return (
        not names.isdisjoint(alone)
        or phrases.search(words) is not None
        or parts.search(harmless.sub("", words.replace(" ", ""))) is not None
    )


@lru_cache(maxsize=1)
def _patterns() -> tuple[frozenset[str], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Whole names, phrases (also written together, or in the plural), parts of names, and what is none."""
    facts = survey_facts().personal
    phrases = "|".join(f"{_PLURAL} ?".join(_words(phrase).split()) for phrase in facts.phrases)
    parts, harmless = (
        re.compile("|".join(_words(text).replace(" ", "") for text in texts))
        for texts in (facts.parts, facts.harmless)
    )
    names = frozenset(map(_words, facts.names))
    return names, re.compile(rf"(?<!\S)(?:{phrases}){_PLURAL}(?!\S)"), parts, harmless


def _words(text: str) -> str:
    """A name's letters in small ones without the accents of Latin script, words parted by blanks."""
    plain = unicodedata.normalize("NFD", text.casefold().translate(_FOLDED))
    bare = "".join(char for char in plain if not "\u0300" <= char <= "\u036f")
    composed = unicodedata.normalize("NFC", bare)
    letters = (char if unicodedata.category(char)[0] in "LM" else " " for char in composed)
    return " ".join("".join(letters).split())


def tell_apart(apart: Mapping[str, bool], build: Build, *, remedy: str) -> None:
    """
    Note how many columns are kept apart, and which.

    Parameters
    ----------
    apart : mapping of str to bool
        Whether each looks personal.
    build : Build
        Is told, where there are any.
    remedy : str
        What the note ends with.
    """
    if not apart:
        return
    personal = ", ".join(name for name, about in apart.items() if about)
    others = ", ".join(name for name, about in apart.items() if not about)
    said = [f"about people: {personal}"] if personal else []
    said += [f"neither named nor explained by a form: {others}"] if others else []
    build.warn(
        f"{count(len(apart), 'column')} kept apart from the layer ({'; '.join(said)}). {remedy}",
        kind="personal",
        severity="note",
    )


def tell_published(columns: Mapping[str, str], form: Form, build: Build) -> None:
    """
    Warn of columns that look personal and are published, since the configuration names them.

    Parameters
    ----------
    columns : mapping of str to str
        The export's column by our name.
    form : Form
        The survey's form; may be empty.
    build : Build
        Is told, where there are any.
    """
    named = [theirs for theirs in dict.fromkeys(columns.values()) if looks_personal(theirs, form)]
    if named:
        build.warn(
            f"`columns` publishes what looks personal: {', '.join(named)}. If it says who somebody "
            "is, how to reach them or where they live, take it out of `columns`.",
            kind="personal_published",
        )
