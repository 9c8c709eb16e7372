"""The XLSForm that a survey was made with: types of questions, choices and their labels."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from creative_spatial.errors import LoadError
from creative_spatial.loaders.spreadsheet import read_sheet
from creative_spatial.loaders.survey.facts import survey_facts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

UNNAMED_LANGUAGE = "label"
_CODE = re.compile(r"\(([a-z]{2,3})(?:[-_][A-Za-z]+)?\)\s*$")
_PARTING = re.compile(r"[/:-]")


@dataclass(frozen=True)
class Question:
    """
    One question of a form.

    Parameters
    ----------
    path : str
        Groups and name, parted by "/".
    kind : str
        Type, e.g. "text", "geopoint", "select_one".
    choices : str
        Name of its list of choices; "" where it has none.
    """

    path: str
    kind: str
    choices: str = ""

    @property
    def name(self) -> str:
        """The question's own name."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True)
class Form:
    """
    What a form says about the columns of its export.

    Parameters
    ----------
    questions : tuple of Question
        In the form's order.
    labels : mapping of str to mapping
        By list of choices, by code: label by language.
    """

    questions: tuple[Question, ...] = ()
    labels: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)

    def question(self, column: str) -> Question | None:
        """
        Find the question that a column holds the answers to.

        Parameters
        ----------
        column : str
            With or without its groups, parted by "/", "-" or ":".

        Returns
        -------
        Question or None
            None where no question, or more than one, could be meant.
        """
        plain = _PARTING.sub("/", column)
        exact = [q for q in self.questions if _PARTING.sub("/", q.path) == plain]
        named = [q for q in self.questions if q.name == column]
        found = exact or named
        return found[0] if len(found) == 1 else None


def without_groups(column: str) -> str:
    """
    Take the groups off one column's name, in any program's way of parting them.

    Parameters
    ----------
    column : str
        E.g. "about/name", "about-name" or "about:name".

    Returns
    -------
    str
        What stands last.

    Examples
    --------
    >>> without_groups("about/name"), without_groups("about-name"), without_groups("name")
    ('name', 'name', 'name')
    """
    return _PARTING.split(column)[-1]


def read_form(path: Path) -> Form:
    """
    Read an XLSForm.

    Parameters
    ----------
    path : Path
        The ``.xlsx`` with the sheets `survey` and `choices`.

    Returns
    -------
    Form
        Questions with their groups, and labels of choices by language code.

    Raises
    ------
    LoadError
        If a sheet or one of its columns is missing.

    References
    ----------
    XLSForm documentation, https://xlsform.org: `survey`, `choices`, `settings`.
    """
    survey = _sheet(path, "survey", ("type", "name"))
    choices = _sheet(path, "choices", ("list_name", "name"), required=False)
    settings = _sheet(path, "settings", (), required=False)
    default = UNNAMED_LANGUAGE
    if "default_language" in settings and settings["default_language"].notna().any():
        default = language_code(str(settings["default_language"].dropna().iloc[0]))
    return Form(_questions(survey), _labels(choices, default))


def language_code(name: str) -> str:
    """
    Language code of a language as form makers name it.

    Parameters
    ----------
    name : str
        E.g. "English (en)", "ไทย" or "th".

    Returns
    -------
    str
        Its code, or the name itself in small letters.

    Examples
    --------
    >>> language_code("Thai (th)"), language_code("ไทย"), language_code("Klingon")
    ('th', 'th', 'klingon')
    """
    bracketed = _CODE.search(name)
    if bracketed:
        return bracketed.group(1)
    small = name.strip().casefold()
    return survey_facts().languages.names.get(small, small)


def _sheet(
    path: Path, name: str, columns: tuple[str, ...], *, required: bool = True
) -> pd.DataFrame:
    """One sheet, its column names in small letters and without blanks."""
    try:
        table = read_sheet(path, name)
    except LoadError as error:
        absent = any(text in str(error) for text in ("no sheet", "is empty; name"))
        if required or not absent:
            raise
        return pd.DataFrame({column: pd.Series([], dtype="str") for column in columns})
    table.columns = [re.sub(r"^list name$", "list_name", str(c).strip()) for c in table.columns]
    if "value" in table and "name" not in table:
        table = table.rename(columns={"value": "name"})
    if missing := [column for column in columns if column not in table]:
        raise LoadError(
            f"{path.name}, sheet {name!r}: no column {missing}; is this the form (XLSForm) that the "
            "survey was made with?"
        )
    return table


def _questions(survey: pd.DataFrame) -> tuple[Question, ...]:
    """Questions with the groups and repeats that they stand in."""
    groups: list[str] = []
    found = []
    for kind, name in zip(survey["type"], survey["name"], strict=True):
        if pd.isna(kind):
            continue
        words = str(kind).split()
        first = words[0].casefold() if words else ""
        if first.startswith("begin"):
            groups.append("" if pd.isna(name) else str(name).strip())
        elif first.startswith("end") and first.removeprefix("end") in {"", "_group", "_repeat"}:
            groups = groups[:-1]
        elif not pd.isna(name):
            path = "/".join([*(group for group in groups if group), str(name).strip()])
            listed = words[1] if first.startswith("select") and len(words) > 1 else ""
            found.append(Question(path, first, listed))
    return tuple(found)


def _labels(choices: pd.DataFrame, default: str) -> dict[str, dict[str, dict[str, str]]]:
    """Labels by list, code and language."""
    languages = {
        column: language_code(column.partition(":")[2].lstrip(":")) if ":" in column else default
        for column in map(str, choices.columns)
        if column == "label" or column.startswith("label:")
    }
    labels: dict[str, dict[str, dict[str, str]]] = {}
    for row in choices.to_dict("records"):
        if pd.isna(row["list_name"]) or pd.isna(row["name"]):
            continue
        said = {
            code: str(row[column]).strip()
            for column, code in languages.items()
            if not pd.isna(row[column])
        }
        labels.setdefault(str(row["list_name"]).strip(), {})[str(row["name"]).strip()] = said
    return labels
