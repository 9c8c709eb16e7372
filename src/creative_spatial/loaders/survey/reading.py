"""A survey's export as a checked layer, with people's data and repeats beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from creative_spatial.crs import WGS84
from creative_spatial.errors import LoadError
from creative_spatial.loaders.columns import (
    list_rows,
    near,
    parse_numbers,
    rename_columns,
    tidy_text,
)
from creative_spatial.loaders.features import LayerOptions, build_layer, empty_layer
from creative_spatial.loaders.ids import ID_COLUMNS
from creative_spatial.loaders.survey.answers import (
    check_known,
    consent_answers,
    find_consent,
    fold_multiples,
    label_choices,
    personal_columns,
)
from creative_spatial.loaders.survey.facts import survey_facts
from creative_spatial.loaders.survey.form import Form, read_form
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

    from shapely.geometry.base import BaseGeometry

    from creative_spatial.loaders.build import Build
    from creative_spatial.provenance import Source
    from creative_spatial.taxonomy import Taxonomy

LOCATION = "location"
_ROW = "cs:row"


@dataclass(frozen=True, eq=False)
class Survey:
    """
    What a survey found, and what of it is not for publication.

    Parameters
    ----------
    layer : GeoDataFrame
        The places, in the working CRS, without anything about people.
    personal : DataFrame
        What was kept apart (names, telephone numbers, devices, other positions), indexed
        by `feature_id`. It is never drawn or written.
    repeats : mapping of str to DataFrame
        Rows of each repeat, indexed by the `feature_id` they belong to, without anything
        about people.
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
    columns: Mapping[str, str]
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
        ``<question>:<language>``.
    taxonomy : Taxonomy, optional
        Known concepts. Without it concepts are not checked, and may be missing ("").
    layer : str, optional
        A repeat whose rows are the places; the submissions otherwise.
    encoding : str, optional
        Of text files; found out otherwise.
    where : str, optional
        Condition on the columns, without groups and as codes, in SQL.
    columns : mapping of str to str, optional
        The export's column by our name, with or without its groups; `location` for the
        question after the place where there are several.
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
        Columns about people, beside those that are recognised; one that `columns` names
        is never taken for one.
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
        `consent` as "yes" or "no", and the number of rows of each repeat; what is about
        people; repeats.

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
    reading = _Reading(file, known, build, wanted, personal, elsewhere)
    if not len(tables.tables[name]):
        nothing = empty_layer(options, file=file, why="no submission in this export.")
        return Survey(nothing, pd.DataFrame(index=nothing.index))
    located = _located(tables, name, location, reading)
    if where is not None:
        comparable = parse_numbers(pd.DataFrame(located.table), keep=())
        kept = select_rows(comparable, where, file).index
        located = _Located(
            located.table.loc[kept], located.places.loc[kept], located.apart.loc[kept]
        )
        if not len(kept):
            nothing = empty_layer(options, file=file, why=f"no submission where {where}.")
            return Survey(nothing, pd.DataFrame(index=nothing.index))
    frame, apart = _answers(located, reading)
    made = _layer(frame, located.places, options, reading)
    rows = pd.Series(made.index, index=made.pop(_ROW).astype(int))
    hidden = apart.loc[rows.index].set_axis(rows.to_numpy()).rename_axis(INDEX)
    below = repeats_of(tables, name, rows, form=known, personal=personal, file=file)
    return Survey(made, hidden, below)


@dataclass(frozen=True, eq=False)
class _Located:
    """A table under short names, its places, and the positions that do not place it."""

    table: pd.DataFrame
    places: pd.DataFrame
    apart: pd.DataFrame


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
    for repeat, (above, rows) in tables.above.items():
        if above == name:
            table[f"{repeat}_count"] = (
                rows.value_counts().reindex(table.index).fillna(0).astype(int)
            )
    if ids.notna().all() and not reading.columns.keys() & set(ID_COLUMNS):
        table = table.rename(columns={c: f"file:{c}" for c in ID_COLUMNS if c in table})
        table[ID_COLUMNS[0]] = ids
    return _Located(table, read_positions(raw, chosen), raw[others])


def _answers(located: _Located, reading: _Reading) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Labelled answers under our names, and what is about people."""
    table = label_choices(located.table, reading.form, reading.build)
    wanted = {ours: _resolve(theirs, table) for ours, theirs in reading.columns.items()}
    hidden = [_resolve(name, table) for name in reading.personal]
    hidden = [name for name in hidden if name in table or name not in reading.elsewhere]
    check_known(hidden, table, reading.file, "personal")
    apart = personal_columns(table, reading.form, stated=hidden, wanted=set(wanted.values()))
    if found := [name for name in apart if name not in hidden]:
        reading.build.warn(
            f"columns about people are kept apart from the layer: {', '.join(found)}; one that "
            "may be public is named in `columns`.",
            kind="personal",
            severity="note",
        )
    rest = table.drop(columns=apart)
    consent = wanted.get("consent") or find_consent(rest)
    if consent is not None and consent in rest:
        labels = [rest[c] for c in rest if str(c).startswith(f"{consent}:")]
        rest[consent] = consent_answers(rest[consent], labels, reading.build)
        wanted["consent"] = consent
    text = [
        str(c)
        for c in rest
        if _is_text(str(c), reading.form) or c in {consent, wanted.get("concept")}
    ]
    numbers = parse_numbers(rest, keep=[*text, *(wanted.get(c, "") for c in ID_COLUMNS)])
    named = rename_columns(numbers, wanted, reading.file)
    return named, pd.concat([table[apart], located.apart], axis=1)


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


def _layer(
    table: pd.DataFrame, places: pd.DataFrame, options: LayerOptions, reading: _Reading
) -> gpd.GeoDataFrame:
    """The answers at their places, as a checked layer."""
    build = reading.build
    shapes = places["geometry"].to_numpy()
    read = ~np.asarray(shapely.is_missing(shapes))
    answered = np.asarray(places["answered"], dtype=bool)
    unset = read & (shapely.bounds(shapes) == 0).all(axis=1)
    frame = gpd.GeoDataFrame(table, geometry=shapes, crs=WGS84)
    if "uncertainty_m" not in frame:
        frame["uncertainty_m"] = places["uncertainty_m"]
        frame = _with_accuracy(frame, build)
    if build.repair:
        mended = places[places["mended"].notna() & read]
        for row, kind, cell, shape in zip(
            mended.index.tolist(), mended["mended"], mended["text"], mended["geometry"], strict=True
        ):
            build.mend(kind, row, "position", cell, shapely.to_wkt(shape, rounding_precision=-1))
    else:
        read = read & places["mended"].isna().to_numpy()
    kept = build.keep(frame, answered, "no_position")
    kept = build.keep(kept, read[answered], "unreadable_position")
    kept = build.keep(kept, ~unset[answered & read], "zero_coordinates")
    return build_layer(kept, options, build)


def _with_accuracy(frame: gpd.GeoDataFrame, build: Build) -> gpd.GeoDataFrame:
    """Mark the places that a phone knew too little of."""
    limit = survey_facts().accuracy.approximate_above_m
    vague = frame["uncertainty_m"] > limit
    if not vague.any():
        return frame
    build.warn(
        f"the phone knew the place to no better than {limit:g} m in "
        f"{list_rows(frame.index[vague], build.word)} (worst: {frame['uncertainty_m'].max():g} m); "
        "kept and marked approximate.",
        rows=frame.index[vague],
    )
    given = (
        frame["accuracy"] if "accuracy" in frame else pd.Series(None, frame.index, dtype="object")
    )
    return frame.assign(accuracy=given.mask(vague & given.isna(), "approximate").astype("str"))
