"""What the run says of the creative fields in words, and of the criteria of the chosen one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from creative_spatial.evaluation import DONE, SKIPPED, Evaluation
from creative_spatial.synthesis import field_criteria, field_sentences

if TYPE_CHECKING:
    import pandas as pd

    from creative_spatial.area import StudyArea
    from creative_spatial.config import CityConfig
    from creative_spatial.taxonomy import Taxonomy

RANKING, SENTENCES, CRITERIA = "field_ranking", "field_sentences", "field_criteria"
NO_FIELD = "no creative field is chosen; it would take `field` under [city]"


def field_tables(
    found: Evaluation, area: StudyArea, config: CityConfig, taxonomy: Taxonomy
) -> tuple[dict[str, pd.DataFrame], list[dict[str, str]]]:
    """
    Put the ranking of the fields into words, and set what was found beside the criteria.

    Parameters
    ----------
    found : Evaluation
        The run's numbers.
    area : StudyArea
        Its boundaries.
    config : CityConfig
        The city's languages, the field that was chosen, and the boundaries' names.
    taxonomy : Taxonomy
        Where fields have their names.

    Returns
    -------
    tables : dict of str to DataFrame
        `field_sentences`, where fields were ranked; `field_criteria`, where one was chosen.
    steps : list of dict
        What was done or skipped, and why.
    """
    tables: dict[str, pd.DataFrame] = {}
    if RANKING in found.tables:
        called = area.boundaries["name"].fillna("").astype(str)
        names = {it.id: {"": called.get(it.id, ""), **it.names} for it in config.boundary}
        tables[SENTENCES] = field_sentences(
            found.tables[RANKING], taxonomy, config.city.languages, names=names
        )
    field = config.city.field
    if field is None:
        return tables, [{"step": CRITERIA, "status": SKIPPED, "reason": NO_FIELD}]
    tables[CRITERIA] = field_criteria(found.rows, field, area.boundaries.index)
    return tables, [{"step": CRITERIA, "status": DONE, "reason": ""}]
