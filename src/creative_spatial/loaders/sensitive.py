"""Why rows are not public: by their own words, the layer's, and their concept's."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from creative_spatial.loaders.columns import list_rows
from creative_spatial.resources.sensitivity import sensitivity_facts
from creative_spatial.sensitivity import own_reasons, with_sensitivity

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from creative_spatial.loaders.build import Build
    from creative_spatial.loaders.features import LayerOptions

Table = TypeVar("Table", bound="pd.DataFrame")


def flag_rows(frame: gpd.GeoDataFrame, options: LayerOptions, build: Build) -> gpd.GeoDataFrame:
    """
    Say of each row why it is not public, before anything is left out or compared.

    A record's cell decides whether it is in the area, and not its place; so the cell must
    be known first.

    Parameters
    ----------
    frame : GeoDataFrame, n rows
        Under our column names.
    options : LayerOptions
        What the layer as a whole is, what its words mean, and the concepts.
    build : Build
        Is told of reasons that are no category.

    Returns
    -------
    GeoDataFrame, n rows
        With `sensitivity` where any row has a reason.
    """
    flagged = reasons_of(frame, options)
    if "sensitivity" not in flagged:
        return frame
    if len(odd := own_reasons(flagged)):
        build.warn(
            f"sensitivity is no category's word in {list_rows(odd.index, build.word)} (first: "
            f"{odd.iloc[0]!r}); those places are generalised to 0.01 degree. The categories: "
            f"{', '.join(sensitivity_facts().category)}."
        )
    return flagged


def reasons_of(frame: Table, options: LayerOptions) -> Table:
    """
    Add to rows why they are not public, where any of them has a reason.

    Parameters
    ----------
    frame : DataFrame, n rows
        Under our column names.
    options : LayerOptions
        What the layer as a whole is, what its words mean, and the concepts.

    Returns
    -------
    DataFrame, n rows
        With `sensitivity`, or the same.
    """
    secret = options.taxonomy.sensitive_concepts if options.taxonomy is not None else {}
    words = {word.strip().casefold(): concept for word, concept in options.concepts.items()}
    named = frame
    if options.concept in secret:
        named = frame.assign(concept=options.concept)
    elif options.concept is None and secret and "concept" in frame:
        said = frame["concept"].map(str, na_action="ignore")
        ours = said.map(lambda word: words.get(word.strip().casefold(), word), na_action="ignore")
        named = frame.assign(concept=ours)
    told = with_sensitivity(named, stated=options.sensitivity, concepts=secret)
    return frame.assign(sensitivity=told["sensitivity"]) if "sensitivity" in told else frame
