"""A survey's export as a checked layer; what is not for publication, and repeats, beside it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from creative_spatial.errors import LoadError
from creative_spatial.loaders.columns import (
    near,
    parse_numbers,
    rename_columns,
    tidy_text,
)
from creative_spatial.loaders.features import LayerOptions, empty_layer
from creative_spatial.loaders.ids import ID_COLUMNS
from creative_spatial.loaders.survey.answers import (
    check_known,
    consent_answers,
    find_consent,
    fold_multiples,
    label_choices,
)
from creative_spatial.loaders.survey.apart import kept_apart, tell_apart, tell_published
from creative_spatial.loaders.survey.facts import survey_facts
from creative_spatial.loaders.survey.form import Form, read_form
from creative_spatial.loaders.survey.placing import place_answers
from creative_spatial.loaders.survey.positions import (
    choose_position,
    find_positions,
    read_positions,
)
from creative_spatial.loaders.survey.repeats import repeats_of
from creative_spatial.loaders.survey.tables import (
    ID,
    SUBMITTED,
    SurveyTables,
    first_of,
    read_tables,
    short_names,
)
from creative_spatial.loaders.where import select_rows
from creative_spatial.schema import INDEX

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.loaders.build import Build
    from creative_spatial.provenance import Source
    from creative_spatial.taxonomy import Taxonomy

LOCATION = "location"
_ROW = "cs:row"
_REMEDY = (
    'One that may be published is named in the layer\'s table, e.g. `columns = { name = "..." }`.'
)


@dataclass(frozen=True, eq=False)
class Survey:
    """
    What a survey found, and what of it is not for publication.

    Parameters
    ----------
    layer : GeoDataFrame
        The places, in the working CRS: what the configuration names, and answers that the
        form explains as choices or small numbers.
    personal : DataFrame
        Everything else (names, telephone numbers, devices, free text, other positions),
        indexed by `feature_id`. It is never drawn or written.
    repeats : mapping of str to DataFrame
        Rows of each repeat, indexed by the `feature_id` they belong to: choices and small
        numbers.
    """

    layer: gpd.GeoDataFrame
    personal: pd.DataFrame
    repeats: Mapping[str, pd.DataFrame] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class _Reading:
    """One reading: file, form, what the configuration says of columns, other tables' names."""

    file: str
    form: Form
    build: Build
    options: LayerOptions
    personal: Sequence[str]
    elsewhere: frozenset[str] = frozenset()


def read_survey(
    path: Path | str,
    *,
    source: Source,
    target_crs: Any,
    form: Path | str | None = None,
    taxonomy: Taxonomy | None = None,
    layer: str | None = None,
    encoding: str | None = None,
    where: str | None = None,
    columns: Mapping[str, str] | None = None,
    concept: str | None = None,
    concepts: Mapping[str, str] | None = None,
    words: Mapping[str, Mapping[str, str]] | None = None,
    sensitivity: str | Mapping[str, str] | None = None,
    personal: Sequence[str] = (),
    boundary: BaseGeometry | None = None,
    pillar: str | None = None,
    repair: bool = True,
    accept: Collection[str] = (),
) -> Survey:
    """
    Read an export of ODK or KoboToolbox as a checked layer in the working CRS.

    Places come from a geopoint, geotrace or geoshape ("lat lon altitude accuracy"), or
    from columns such as ``_q_latitude`` or ``q-Latitude``. A phone's accuracy becomes
    `uncertainty_m`; a place known to no better than 50 m is marked approximate and named.
    Groups are taken off column names where what remains is unique. Several answers to
    one question are one column, joined by ";".

    Nothing is published by accident: a column is in the layer only where `columns` names
    it, where it is one of the reader's own (below), or where every answer in it is a choice
    that the form lists or a number of up to seven digits that it asks for, and nothing in
    its name says that it is about a person. All others are kept apart, and a note counts
    and names them. One that `columns` names and that looks personal is published, with a
    warning.

    Parameters
    ----------
    path : Path or str
        ``.csv``; ``.xlsx`` with a sheet for each repeat; or ``.zip`` with a CSV file for
        each.
    source : Source
        Where the data come from; stamped on every row.
    target_crs : CRS-like
        The area's working CRS.
    form : Path or str, optional
        The XLSForm: choices get a column of labels for each language,
        ``<question>:<language>``. Without it only named columns are published.
    taxonomy : Taxonomy, optional
        Known concepts. Without it concepts are not checked, and may be missing ("").
    layer : str, optional
        A repeat whose rows are the places; the submissions otherwise.
    encoding : str, optional
        Of text files; found out otherwise.
    where : str, optional
        Condition on the columns, without groups and as codes, in SQL.
    columns : mapping of str to str, optional
        The export's column by our name, with or without its groups, each to be published;
        `location` for the question after the place where there are several.
    concept : str, optional
        One concept for all rows.
    concepts : mapping of str to str, optional
        Concept by the survey's code for it.
    words : mapping of str to mapping, optional
        By our column, our word for the survey's: {'community': {'Tai Phut': 'buddhist'}}.
    sensitivity : str or mapping of str to str, optional
        Category of every row (``resources/sensitivity.toml``); or categories by the words of
        the column `sensitivity`, of which the others then are public.
    personal : sequence of str
        Columns to be kept apart although the form explains them. What is kept apart anyway
        need not be named.
    boundary : (Multi)Polygon in `target_crs`, optional
        Places that do not meet it are left out.
    pillar : str, optional
        Primary pillar of every row.
    repair : bool
        Whether anything is mended; rows at fault are set aside otherwise.
    accept : collection of str
        Kinds of guesses that are to be made, e.g. "mojibake"; only proposed otherwise.

    Returns
    -------
    Survey
        Layer, indexed by the submissions' ids, with `_uuid`, `_submission_time`,
        `consent` as "yes", "no" or "unclear", and the number of rows of each repeat; what
        is kept apart; repeats. Of our columns `concept`, `sensitivity`, `uncertainty_m`,
        `accuracy`, and days in `started`, `starts` and `ends`, are in the layer without
        being named; a name is not, since it may be a person's.

    Warns
    -----
    DataQualityWarning
        Of vague positions, unclear consent and unknown choices; of columns that look
        personal and are named; and, as a note, of those that are kept apart.

    Raises
    ------
    LoadError
        If the export, form, a column, a position, concept or id is at fault; the message
        names rows and remedy.

    References
    ----------
    XLSForm documentation, https://xlsform.org; ODK documentation, Form Question Types.
    """
    path = Path(path)
    wanted = dict(columns or {})
    location = wanted.pop(LOCATION, None)
    options = LayerOptions(
        source=source,
        target_crs=target_crs,
        taxonomy=taxonomy,
        columns=wanted,
        concept=concept,
        concepts=dict(concepts or {}),
        words=dict(words or {}),
        sensitivity=sensitivity,
        boundary=boundary,
        pillar=pillar,
        repair=repair,
        accept=accept,
    )
    build = options.build(path.name if layer is None else f"{path.name}, {layer!r}")
    build.private = None  # of people's answers no message quotes anything
    tables = read_tables(path, encoding=encoding, build=build)
    name = tables.main if layer is None else layer
    if name not in tables.tables:
        raise LoadError(f"{path.name}: no table {name!r}{near(name, tables.tables)}")
    file = build.file
    known = read_form(Path(form)) if form is not None else Form()
    others = [table for other, table in tables.tables.items() if other != name]
    elsewhere = frozenset(
        str(c) for table in others for t in (table, short_names(table)) for c in t
    )
    reading = _Reading(file, known, build, options, personal, elsewhere)
    if not len(tables.tables[name]):
        nothing = empty_layer(options, file=file, why="no submission in this export.")
        return Survey(nothing, pd.DataFrame(index=nothing.index))
    located = _located(tables, name, location, reading)
    if where is not None:
        comparable = parse_numbers(pd.DataFrame(located.table), keep=())
        kept = select_rows(comparable, where, file).index
        located = replace(
            located,
            table=located.table.loc[kept],
            places=located.places.loc[kept],
            apart=located.apart.loc[kept],
        )
        if not len(kept):
            nothing = empty_layer(options, file=file, why=f"no submission where {where}.")
            return Survey(nothing, pd.DataFrame(index=nothing.index))
    frame, apart = _answers(located, reading)
    made = place_answers(frame, located.places, options, build)
    rows = pd.Series(made.index, index=made.pop(_ROW).astype(int))
    hidden = apart.loc[rows.index].set_axis(rows.to_numpy()).rename_axis(INDEX)
    below = repeats_of(tables, name, rows, form=known, personal=personal, file=file)
    return Survey(made, hidden, below)


@dataclass(frozen=True, eq=False)
class _Located:
    """A table under short names, its places, other positions, and the columns that are ours."""

    table: pd.DataFrame
    places: pd.DataFrame
    apart: pd.DataFrame
    ours: frozenset[str]


def _located(tables: SurveyTables, name: str, location: str | None, reading: _Reading) -> _Located:
    """The table's places, apart from its other columns."""
    keys = survey_facts().keys
    raw = tidy_text(tables.with_above(name))
    every = find_positions(raw, reading.form)
    own = {q: p for q, p in every.items() if set(p.columns) <= set(tables.tables[name].columns)}
    chosen = choose_position(own or every, location, reading.file)
    others = [c for p in every.values() if p is not chosen for c in p.columns]
    ids = tables.ids(name)
    submitted = first_of([*keys.submitted, *keys.above_submitted], raw)
    times = raw[submitted] if submitted else pd.Series(None, index=raw.index, dtype="str")
    rest = fold_multiples(raw.drop(columns=[*chosen.columns, *others]), reading.form, reading.build)
    spent = {*survey_facts().bookkeeping.names, *keys.id, *keys.submitted, *keys.above_submitted}
    table = short_names(rest.drop(columns=[c for c in rest if c in spent]))
    table[ID], table[SUBMITTED] = ids.str.partition("/")[0], times
    table[_ROW] = raw.index
    ours = {ID, SUBMITTED, _ROW}
    if reading.options.concept is None and reading.options.taxonomy is not None:
        ours.add("concept")  # whose words are checked
    for repeat, (above, rows) in tables.above.items():
        if above == name:
            numbers = rows.value_counts().reindex(table.index).fillna(0).astype(int)
            table[f"{repeat}_count"] = numbers
            ours.add(f"{repeat}_count")
    if ids.notna().all() and not reading.options.columns.keys() & set(ID_COLUMNS):
        table = table.rename(columns={c: f"file:{c}" for c in ID_COLUMNS if c in table})
        table[ID_COLUMNS[0]] = ids
        ours.add(ID_COLUMNS[0])
    return _Located(table, read_positions(raw, chosen), raw[others], frozenset(ours))


def _answers(located: _Located, reading: _Reading) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Labelled answers under our names, and what is kept apart."""
    table = label_choices(located.table, reading.form, reading.build)
    wanted = {ours: _resolve(theirs, table) for ours, theirs in reading.options.columns.items()}
    hidden = [_resolve(name, table) for name in reading.personal]
    hidden = [name for name in hidden if name in table or name not in reading.elsewhere]
    check_known(hidden, table, reading.file, "personal")
    tell_published(wanted, reading.form, reading.build)
    consent = wanted.get("consent") or find_consent(table.drop(columns=hidden, errors="ignore"))
    if consent is not None:
        wanted["consent"] = consent
    apart = kept_apart(
        table, reading.form, stated=hidden, wanted={*wanted.values()}, ours=located.ours
    )
    told = {column: about for column, about in apart.items() if column not in hidden}
    tell_apart(told, reading.build, remedy=_REMEDY)
    rest = table.drop(columns=[*apart])
    if consent is not None and consent in rest:
        labels = [table[c] for c in table if str(c).startswith(f"{consent}:")]
        rest[consent] = consent_answers(rest[consent], labels, reading.build)
    text = [
        str(c)
        for c in rest
        if _is_text(str(c), reading.form) or c in {consent, wanted.get("concept")}
    ]
    numbers = parse_numbers(rest, keep=[*text, *(wanted.get(c, "") for c in ID_COLUMNS)])
    named = rename_columns(numbers, wanted, reading.file)
    return named, pd.concat([table[[*apart]], located.apart], axis=1)


def _resolve(theirs: str, table: pd.DataFrame) -> str:
    """A column by its name with or without groups, as the table has it."""
    if theirs in table:
        return theirs
    short = theirs.rpartition("/")[2]
    ends = [str(c) for c in table if str(c).endswith((f"/{theirs}", f"-{theirs}", f":{theirs}"))]
    return short if short in table else ends[0] if len(ends) == 1 else theirs


def _is_text(column: str, form: Form) -> bool:
    """Whether a column's answers are codes, names or words, whatever they look like."""
    if column in {ID, SUBMITTED, *ID_COLUMNS} or ":" in column:
        return True
    question = form.question(column)
    start = column.partition(":")[0]
    return start == "name" or (
        question is not None and (question.kind.startswith("select") or question.kind == "text")
    )
