"""Answers as columns: choices with labels, and consent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from creative_spatial.errors import LoadError
from creative_spatial.loaders.columns import list_rows, near
from creative_spatial.loaders.survey.facts import survey_facts
from creative_spatial.loaders.survey.form import without_groups

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from creative_spatial.loaders.build import Build
    from creative_spatial.loaders.survey.form import Form, Question

JOINT = ";"
_CHOSEN = frozenset({"1", "true", "yes", "1.0"})


def fold_multiples(table: pd.DataFrame, form: Form, build: Build) -> pd.DataFrame:
    """
    Make one column of each question with several answers, joined by ";".

    Exports hold "weaving dance" in one column, a column of 0 and 1 for each choice, or
    both.

    Parameters
    ----------
    table : DataFrame of str
        An export's table.
    form : Form
        Its form; may be empty.
    build : Build
        What to call file and rows.

    Returns
    -------
    DataFrame of str
        A copy; where both forms are there and disagree, the one column counts, and the
        rows are named.
    """
    folded = table.copy()
    for column, parts in _multiples(table, form).items():
        chosen = _chosen(table, column, parts)
        if column not in table:
            at = [str(name) for name in folded.columns].index(parts[0])
            folded.insert(at, column, chosen)
        else:
            codes = {part[len(column) + 1 :] for part in parts}
            words = table[column].str.split()
            coded = words.map(lambda w, c=codes: isinstance(w, list) and set(w) <= c)
            # Of labels, which hold blanks themselves, only the columns can tell.
            said = words.map(JOINT.join, na_action="ignore")
            ours = said.where(coded.astype(bool) | chosen.isna(), chosen)
            odd = (
                coded
                & chosen.notna()
                & (words.map(_as_set) != chosen.str.split(JOINT).map(_as_set))
            )
            if odd.any():
                build.warn(
                    f"{column!r} and its columns of single answers disagree in "
                    f"{list_rows(table.index[odd], build.word)}; the former was used.",
                    rows=table.index[odd],
                )
            folded[column] = ours.astype("str")
        folded = folded.drop(columns=parts)
    return folded


def _as_set(words: Any) -> frozenset[str]:
    return frozenset(words) if isinstance(words, list) else frozenset()


def _multiples(table: pd.DataFrame, form: Form) -> dict[str, list[str]]:
    """Questions with several answers, and their columns of single answers."""
    names = [str(name) for name in table.columns]
    found: dict[str, list[str]] = {}
    for name in names:
        question = form.question(name)
        parts = [other for other in names if other.startswith(f"{name}/")]
        if parts or (question is not None and question.kind == "select_multiple"):
            found[name] = parts
    for question in form.questions:
        if question.kind != "select_multiple":
            continue
        for start in (question.path, question.name):
            parts = [name for name in names if name.startswith(f"{start}/")]
            if parts and start not in found:
                found[start] = parts
                break
    return found


def _chosen(table: pd.DataFrame, column: str, parts: list[str]) -> pd.Series[Any]:
    """The choices whose own columns say so; null where none of them says anything."""
    if not parts:
        return pd.Series(None, index=table.index, dtype="object")
    ticked = table[parts].apply(lambda s: s.str.strip().str.casefold().isin(_CHOSEN))
    codes = [part[len(column) + 1 :] for part in parts]
    said = ticked.apply(
        lambda row: JOINT.join(code for code, tick in zip(codes, row, strict=True) if tick), axis=1
    )
    answered = table[parts].notna().any(axis=1) & (said != "")
    chosen: pd.Series[Any] = said.where(answered).astype("object")
    return chosen


def label_choices(table: pd.DataFrame, form: Form, build: Build) -> pd.DataFrame:
    """
    Add a column of labels for each question with choices and each language of the form.

    Parameters
    ----------
    table : DataFrame of str
        After `fold_multiples`.
    form : Form
        With labels.
    build : Build
        What to call file and rows.

    Returns
    -------
    DataFrame of str
        With `<question>:<language>` behind each question; codes stay codes, and answers
        exported as labels become codes. What the form does not know is named.
    """
    columns: dict[str, pd.Series[Any]] = {}
    for name in map(str, table.columns):
        question = form.question(name)
        known = form.labels.get(question.choices, {}) if question else {}
        if question is None or not known:
            columns[name] = table[name]
            continue
        codes = _codes(table[name], question, known, build)
        columns[name] = codes
        languages = dict.fromkeys(lang for said in known.values() for lang in said)
        for language in languages:
            labels = codes.map(
                lambda cell, k=known, lang=language: JOINT.join(
                    k.get(code, {}).get(lang, code) for code in cell.split(JOINT)
                ),
                na_action="ignore",
            )
            columns[f"{name}:{language}"] = labels.astype("str")
    return pd.DataFrame(columns, index=table.index)


def _codes(
    column: pd.Series[Any], question: Question, known: Mapping[str, Mapping[str, str]], build: Build
) -> pd.Series[Any]:
    """Answers as the form's codes."""
    by_label = {
        label.casefold(): code for code, said in known.items() for label in said.values() if label
    }
    multiple = question.kind == "select_multiple"
    strange: dict[Any, str] = {}

    def coded(row: Any, cell: str) -> str:
        answers = cell.split(JOINT) if multiple else [cell.strip()]
        codes = [a if a in known else by_label.get(a.casefold(), "") for a in answers]
        for answer, code in zip(answers, codes, strict=True):
            if not code and answer != "other":
                strange.setdefault(row, answer)
        return JOINT.join(code or answer for code, answer in zip(codes, answers, strict=True))

    values = [cell if pd.isna(cell) else coded(row, cell) for row, cell in column.items()]
    if strange:
        # The record of a run keeps this: people's own words are not in it.
        build.warn(
            f"{column.name!r}: answers that the form's list {question.choices!r} does not hold, "
            f"kept as they are, in {list_rows(strange, build.word)}; is it the form "
            "of this edition?",
            rows=strange,
        )
    return pd.Series(values, index=column.index, dtype="str")


def find_consent(table: pd.DataFrame) -> str | None:
    """
    Find the question after consent.

    Parameters
    ----------
    table : DataFrame
        An export's table, with or without groups in its names.

    Returns
    -------
    str or None
        Its column; None where there is none.
    """
    names = {name.casefold() for name in survey_facts().consent.names}
    columns = [str(column) for column in table.columns]
    found = [column for column in columns if without_groups(column).casefold() in names]
    return next((column for column in found if column.casefold() in names), next(iter(found), None))


def consent_answers(
    answers: pd.Series[Any], labels: Iterable[pd.Series[Any]], build: Build
) -> pd.Series[Any]:
    """
    Say "yes" or "no" where an answer after consent does.

    Parameters
    ----------
    answers : Series of str, n rows
        Codes.
    labels : iterable of Series of str, n rows
        Their labels, tried in turn where the code says neither.
    build : Build
        What to call file and rows.

    Returns
    -------
    Series of str, n rows
        "yes", "no", null where nothing was answered, and "unclear" where what was written says
        neither: such rows are named, and not published at their place.
    """
    facts = survey_facts().consent
    meaning = dict.fromkeys(facts.yes, "yes") | dict.fromkeys(facts.no, "no")
    found = pd.Series(None, index=answers.index, dtype="object")
    for column in (answers, *labels):
        said = column.map(
            lambda cell: meaning.get(str(cell).strip().casefold()), na_action="ignore"
        )
        found = found.where(found.notna(), said)
    unclear = answers.notna() & found.isna()
    if unclear.any():
        build.warn(
            f"consent is neither yes nor no in {list_rows(answers.index[unclear], build.word)}; "
            "treated as not given.",
            rows=answers.index[unclear],
        )
    return found.mask(unclear, "unclear").astype("str")


def check_known(names: Iterable[str], table: pd.DataFrame, file: str, what: str) -> None:
    """
    Refuse names of columns that a table does not have.

    Parameters
    ----------
    names : iterable of str
        What the configuration says.
    table : DataFrame
        The table.
    file : str
        What messages call it.
    what : str
        The configuration's word for them.

    Raises
    ------
    LoadError
        Naming each, with the nearest that there is.
    """
    faults = [
        f"no column {name!r} (for {what}){near(name, map(str, table.columns))}"
        for name in names
        if name not in table.columns
    ]
    if faults:
        raise LoadError(f"{file}: " + " ".join(faults))
