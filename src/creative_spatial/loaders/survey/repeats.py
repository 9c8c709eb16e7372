"""The repeats of a survey, which stay beside the layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from creative_spatial.loaders.build import Build
from creative_spatial.loaders.columns import tidy_text
from creative_spatial.loaders.survey.answers import fold_multiples, label_choices
from creative_spatial.loaders.survey.apart import kept_apart, tell_apart
from creative_spatial.loaders.survey.facts import survey_facts
from creative_spatial.loaders.survey.positions import find_positions
from creative_spatial.loaders.survey.tables import short_names
from creative_spatial.schema import INDEX

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from creative_spatial.loaders.survey.form import Form
    from creative_spatial.loaders.survey.tables import SurveyTables


def repeats_of(
    tables: SurveyTables,
    name: str,
    ids: pd.Series[str],
    *,
    form: Form,
    personal: Sequence[str],
    file: str,
) -> dict[str, pd.DataFrame]:
    """
    List the rows of each repeat below a table by the features they belong to.

    Parameters
    ----------
    tables : SurveyTables
        The export.
    name : str
        The table whose rows are features.
    ids : Series of str
        Feature id by row of that table; rows that are no features are not in it.
    form : Form
        The survey's form; may be empty.
    personal : sequence of str
        Columns about people, beside those that are recognised.
    file : str
        What messages call the file.

    Returns
    -------
    dict of str to DataFrame
        By repeat, indexed by `feature_id`: choices with their labels, and numbers. The rest
        is in none, since no configuration names columns of what stays beside the layer.
    """
    found = {}
    spent = {*survey_facts().bookkeeping.names, *survey_facts().keys.id}
    for repeat in tables.above:
        rows = _rows_in(tables, repeat, name)
        if rows is None:
            continue
        raw = tidy_text(tables.tables[repeat])
        build = Build(f"{file}, {repeat!r}", "row")
        positions = [c for p in find_positions(raw, form).values() for c in p.columns]
        plain = raw.drop(columns=[c for c in raw if c in spent or c in positions])
        table = label_choices(short_names(fold_multiples(plain, form, build)), form, build)
        stated = {column.rpartition("/")[2] for column in personal} | set(personal)
        apart = kept_apart(table, form, stated=stated)
        told = {column: about for column, about in apart.items() if column not in stated}
        tell_apart(told, build, remedy="Of a repeat the layer has the number of rows alone.")
        of = rows.map(ids)
        table = table.drop(columns=[*apart]).loc[of.notna()]
        found[repeat] = table.set_axis(of[of.notna()].to_numpy()).rename_axis(INDEX)
    return found


def _rows_in(tables: SurveyTables, repeat: str, name: str) -> pd.Series[int] | None:
    """The row of a table that each row of a repeat below it belongs to."""
    above, rows = tables.above[repeat]
    passed = {repeat}
    while above != name:
        if above not in tables.above or above in passed:
            return None
        passed.add(above)
        above, higher = tables.above[above]
        rows = rows.map(higher).fillna(-1).astype(int)
    return rows
