"""The ranking of the creative fields in words, with what it does not say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from creative_spatial.errors import IndicatorError
from creative_spatial.resources.completeness import GRADES
from creative_spatial.resources.field_ranking import Sentences, ranking_model
from creative_spatial.schema import require_columns
from creative_spatial.taxonomy import Taxonomy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FALLBACK = "en"
NEARLY_ALL = 0.995


def field_sentence(
    ranking: pd.DataFrame,
    language: str = FALLBACK,
    *,
    taxonomy: Taxonomy | None = None,
    names: Mapping[str, Mapping[str, str]] | None = None,
) -> str:
    """
    Say which creative field stands out in a boundary, and how sure that is.

    Fields that the first one does not beat in 95 % of the paired draws are named as not to
    be told apart from it. That the ranking predicts no designation is always said.

    Parameters
    ----------
    ranking : DataFrame
        Rows of one boundary of the table `field_ranking`.
    language : str
        ISO 639-1 code; English where the package has no sentences in it.
    taxonomy : Taxonomy, optional
        Where fields have their names; the package's otherwise.
    names : mapping of str to mapping of str to str, optional
        Names of the boundaries by id and language, for the reference in the language's own
        words; as the table has it otherwise.

    Returns
    -------
    str
        Plain text: the name of the reference is the city's own, and to be escaped in markup.

    Raises
    ------
    IndicatorError
        If the rows are of several boundaries.
    LayerSchemaError
        If a column is missing.

    Examples
    --------
    >>> ranking = pd.DataFrame({"field": ["gastronomy", "film"], "rank": [1, 2], "value": [4, 1.2],
    ...     "low": [3, 0.5], "high": [5, 2], "p_first": [1, 0.0], "p_below_first": [None, 1.0],
    ...     "reference": "the province", "illustrative": False})
    >>> print(field_sentence(ranking))  # doctest: +ELLIPSIS
    Beside the province, Gastronomy stands out most: ... is 4.0 times as large ...
    """
    require_columns(
        ranking, "field", "rank", "value", "low", "high", "p_first", "p_below_first", "reference",
        "illustrative", name="ranking",
    )  # fmt: skip
    if "boundary" in ranking and len(ranking["boundary"].unique()) > 1:
        raise IndicatorError(
            "The ranking is of several boundaries; choose the rows of one, e.g. "
            'ranking[ranking["boundary"] == result.area.primary_id].'
        )
    model = ranking_model()
    words = model.sentences.get(language, model.sentences[FALLBACK])
    ranked = ranking[ranking["rank"].notna()].sort_values("rank")
    said = [words.none]
    if len(ranked):
        reference = _reference(ranked.iloc[0], words, language, names or {})
        said = _said(ranked, words, language, taxonomy or Taxonomy.load(), reference=reference)
    if ranking["illustrative"].any():
        said.append(words.illustrative)
    return " ".join([*said, words.caution])


def field_sentences(
    ranking: pd.DataFrame,
    taxonomy: Taxonomy,
    languages: Iterable[str],
    *,
    names: Mapping[str, Mapping[str, str]] | None = None,
) -> pd.DataFrame:
    """
    Put the ranking of every boundary into words.

    Parameters
    ----------
    ranking : DataFrame
        The table `field_ranking`, with `boundary`.
    taxonomy : Taxonomy
        Where fields have their names.
    languages : iterable of str
        ISO 639-1 codes; those without sentences are left out, English is always there.
    names : mapping of str to mapping of str to str, optional
        Names of the boundaries by id and language; "" is the one for all others.

    Returns
    -------
    DataFrame
        `boundary`, `language`, `sentence`.
    """
    known = [code for code in languages if code in ranking_model().sentences]
    rows = [
        (boundary, language, field_sentence(block, language, taxonomy=taxonomy, names=names))
        for boundary, block in ranking.groupby("boundary", sort=False)
        for language in dict.fromkeys([*known, FALLBACK])
    ]
    return pd.DataFrame(rows, columns=["boundary", "language", "sentence"])


def _reference(
    row: pd.Series[Any], words: Sentences, language: str, names: Mapping[str, Mapping[str, str]]
) -> str:
    """What the ranking is beside: the rest of a boundary in the language's words."""
    ids = [row.get(column) for column in ("boundary", "reference_boundary")]
    if any(pd.isna(key) for key in ids):
        return str(row["reference"])
    inner, outer = (_called(str(key), language, names) for key in ids)
    if inner is None or outer is None:
        return str(row["reference"])
    return words.rest.format(inner=inner, outer=outer)


def _called(boundary: str, language: str, names: Mapping[str, Mapping[str, str]]) -> str | None:
    """A boundary's name in a language, or else the one that it has in none in particular."""
    known = names.get(boundary, {})
    return known.get(language) or known.get("")


def _said(
    ranked: pd.DataFrame, words: Sentences, language: str, taxonomy: Taxonomy, *, reference: str
) -> list[str]:
    """What can be said of the first field."""
    apart = ranking_model().apart.value
    first = ranked.iloc[0]

    def name(field: str) -> str:
        labels = taxonomy.fields[field].labels if field in taxonomy.fields else {}
        return labels.get(language) or labels.get(FALLBACK) or field

    def number(value: float) -> str:
        return f"{value:.1f}".replace(".", words.decimal)

    others = ranked.iloc[1:]
    stands_out = first["value"] > 1
    lead = words.lead if stands_out else words.lead_less
    said = [
        (words.lead_only if others.empty else lead).format(
            reference=reference,
            first=name(first["field"]),
            value=number(first["value"]),
            low=number(first["low"]),
            high=number(first["high"]),
            p_first=_percent(first["p_first"]),
        )
    ]
    near = others.loc[others["p_below_first"] < apart, "field"]
    if others.empty:
        said.append(words.alone)
    elif len(near):
        names = words.join.join(map(name, near))
        said.append(words.tied.format(others=names, apart=_percent(apart)))
    else:
        said.append(words.apart.format(apart=_percent(apart)))
    if first["low"] <= 1 and stands_out:
        said.append(words.not_more)
    if first.get("grade") == GRADES[-1]:
        said.append(words.poor)
    if first.get("reference_n") == 0:
        said.append(words.none_there.format(total=f"{first['reference_total']:.0f}"))
    return said


def _percent(share: float) -> str:
    """A share in whole per cent; what draws say is never all or none."""
    if share > NEARLY_ALL:
        return "> 99 %"
    return "< 1 %" if share < 1 - NEARLY_ALL else f"{100 * share:.0f} %"
