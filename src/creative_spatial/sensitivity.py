"""
Which rows of a layer are not public, and the cell in which each of them may be shown.

Readers and preparation both ask here, so that even whether a record lies in the area is
decided by its cell: an outline drawn a little otherwise says nothing more of its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from creative_spatial.crs import WGS84, make_transformer
from creative_spatial.resources.sensitivity import (
    BY_PUBLISHER,
    OTHER,
    UNASKED,
    WITHHELD,
    category_of,
    known_category,
    sensitivity_facts,
    strictest,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Table = TypeVar("Table", bound="pd.DataFrame")

REFUSED = "no consent to publication"
_YES = frozenset({"yes", "y", "true", "1", "1.0"})
_NO = frozenset({"no", "n", "false", "0", "0.0", "withdrawn"})


def categories_of(layer: pd.DataFrame) -> pd.Series[Any]:
    """
    Say under which category of ``resources/sensitivity.toml`` each row falls.

    Parameters
    ----------
    layer : DataFrame, n rows
        Optional columns: `sensitivity`, any text, several reasons parted by ";";
        `consent`, where a row that says "no" is withheld, and one that does not say "yes"
        is no public one; `source_id`, since a source may record no consent at all.

    Returns
    -------
    Series of str, n items
        Empty for what is public.
    """
    own = [""] * len(layer)
    if "sensitivity" in layer:
        texts = layer["sensitivity"]
        known = {text: category_of(text) or "" for text in texts.dropna().unique()}
        own = texts.map(known, na_action="ignore").astype("object").fillna("").tolist()
    if "consent" in layer:
        asked = {"no": WITHHELD, "unsaid": UNASKED}
        own = [
            strictest(part for part in (name, asked.get(said, "")) if part) or ""
            for name, said in zip(own, consent_of(layer), strict=True)
        ]
    return pd.Series(own, index=layer.index, dtype="object")


def consent_of(layer: pd.DataFrame) -> pd.Series[str]:
    """
    Read who agreed.

    Parameters
    ----------
    layer : DataFrame, n rows
        With or without `consent` and `source_id`.

    Returns
    -------
    Series of str, n items
        "yes", "no" or "unsaid"; "" where the row's source records no consent at all. Where
        nobody answered, all are "unsaid".
    """
    if "consent" not in layer:
        return pd.Series("", index=layer.index, dtype="str")
    given = layer["consent"].map(lambda value: str(value).strip().casefold(), na_action="ignore")
    given = given.where(given != "")
    source = layer["source_id"] if "source_id" in layer else pd.Series("", index=layer.index)
    asked = given.notna().groupby(source).transform("any").astype(bool)
    if not asked.any():
        asked = ~asked
    said = pd.Series("unsaid", index=layer.index, dtype="str").where(asked, "")
    return said.mask(given.isin(_YES), "yes").mask(given.isin(_NO), "no")


def is_flagged(layer: pd.DataFrame) -> NDArray[np.bool_]:
    """
    Say which features are not for everyone at their exact position.

    Parameters
    ----------
    layer : DataFrame, n rows
        Optional columns: `sensitivity`, `consent`, `source_id`.

    Returns
    -------
    array of bool, n items
        True for what is withheld or generalised, and for what has been.

    Examples
    --------
    >>> is_flagged(pd.DataFrame({"sensitivity": ["grave", "", "no", None]})).tolist()
    [True, False, False, False]
    """
    if "sensitivity" not in layer and "consent" not in layer:
        return np.zeros(len(layer), dtype=bool)
    return np.asarray(categories_of(layer) != "", dtype=bool)


def with_sensitivity(
    layer: Table,
    *,
    stated: str | Mapping[str, str] | None = None,
    concepts: Mapping[str, str] | None = None,
) -> Table:
    """
    Add what a layer as a whole, its words and its concepts say of sensitivity.

    Parameters
    ----------
    layer : DataFrame or GeoDataFrame, n rows
        With or without `sensitivity`, `concept` and, parted by ";", `also_concepts`.
    stated : str or mapping of str to str, optional
        The category of every row; or categories by the words in `sensitivity`, of which the
        others then are public.
    concepts : mapping of str to str, optional
        Categories by concept.

    Returns
    -------
    DataFrame, n rows
        The same object where nothing was added; a row's reasons are parted by ";".
    """
    reasons: list[list[str]] = [[] for _ in range(len(layer))]
    own = layer.get("sensitivity")
    if isinstance(stated, str):
        reasons = [[stated] for _ in reasons]
    if own is not None:
        words = {} if isinstance(stated, str) or stated is None else _folded(stated)
        for row, value in enumerate(own):
            parts = [] if pd.isna(value) else str(value).split(";")
            reasons[row] += [
                words.get(part.strip().casefold(), part.strip())
                for part in parts
                if part.strip()
                and (not words or part.strip().casefold() in words or part == BY_PUBLISHER)
            ]
    for column in ("concept", "also_concepts") if concepts else ():
        if column in layer and concepts:
            for row, value in enumerate(layer[column]):
                parts = value.split(";") if isinstance(value, str) else []
                reasons[row] += [concepts[part] for part in parts if part in concepts]
    if own is None and not any(reasons):
        return layer
    joined = [";".join(dict.fromkeys(said)) or None for said in reasons]
    return layer.assign(sensitivity=pd.Series(joined, index=layer.index, dtype="str"))


def _folded(words: Mapping[str, str]) -> dict[str, str]:
    return {word.strip().casefold(): category for word, category in words.items()}


def own_reasons(layer: pd.DataFrame) -> pd.Series[Any]:
    """
    Find reasons that are no category's words.

    Parameters
    ----------
    layer : DataFrame, n rows
        With or without `sensitivity`.

    Returns
    -------
    Series of str
        The texts of those rows; they fall under "flagged".
    """
    if "sensitivity" not in layer:
        return pd.Series([], dtype="str")
    texts = layer["sensitivity"].dropna().astype(str)
    odd = [
        any(part.strip() and known_category(part) is None for part in text.split(";"))
        and category_of(text) == OTHER
        for text in texts
    ]
    return texts[np.array(odd, dtype=bool)]


def degrees_of(layer: gpd.GeoDataFrame) -> tuple[Floats, Floats]:
    """
    Give longitude and latitude of every row's centroid.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, any geometry and CRS
        The rows.

    Returns
    -------
    tuple of two arrays of float, n items, degrees on WGS 84
        Longitude, latitude.
    """
    centroids = shapely.centroid(layer.geometry.to_numpy())
    there = make_transformer(CRS.from_user_input(layer.crs), WGS84)
    lon, lat = there.transform(shapely.get_x(centroids), shapely.get_y(centroids))
    return np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)


def cell_centres(degrees: Floats, side_deg: Floats | float) -> Floats:
    """
    Give the centre of the cell that holds each coordinate; cells are counted from 0.

    Parameters
    ----------
    degrees : array of float
        Longitudes or latitudes.
    side_deg : array of float, or float, degrees
        Side of each cell: 0.1, 0.01 or 0.001.

    Returns
    -------
    array of float
        An edge belongs to the cell above it.

    Examples
    --------
    >>> cell_centres(np.array([100.594, 100.60, -0.001]), 0.01).round(3).tolist()
    [100.595, 100.605, -0.005]
    """
    per_degree = np.round(1 / np.asarray(side_deg))
    cells = np.floor(np.round(np.asarray(degrees) * per_degree, 9))
    return np.asarray((cells + 0.5) / per_degree)


def hexagons_of(lon: Floats, lat: Floats, resolution: int) -> list[str]:
    """
    Name the hexagon of the H3 grid that holds each place.

    Parameters
    ----------
    lon, lat : array of float, degrees on WGS 84
        The places.
    resolution : int
        Of H3, 0 to 15.

    Returns
    -------
    list of str
        Ids of hexagons.
    """
    import h3

    return [
        h3.latlng_to_cell(y, x, resolution) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)
    ]


def shown_places(layer: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """
    Give the geometry by which each row lies in an area or does not.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, any geometry and CRS
        Optional columns: `sensitivity`, `consent`, `source_id`.

    Returns
    -------
    array of geometry, n items, CRS of the layer
        A public row's own; the centre of its cell for a row that is generalised, for one
        about people that of the widest hexagon: the hexagons in it are shown all or none.
    """
    shapes = layer.geometry.to_numpy()
    category = categories_of(layer) if {"sensitivity", "consent"} & set(layer.columns) else None
    if category is None or not (category != "").any():
        return shapes
    flagged = np.asarray(category != "", dtype=bool)
    facts = sensitivity_facts()
    known = [facts.category[name] for name in category[flagged]]
    lon, lat = degrees_of(layer[flagged])
    sides = np.array([entry.grid_deg or facts.gap.withheld_deg for entry in known])
    x, y = cell_centres(lon, sides), cell_centres(lat, sides)
    shared = np.array([entry.becomes == "hexagon" for entry in known], dtype=bool)
    if shared.any():
        import h3

        cells = hexagons_of(lon[shared], lat[shared], facts.people.coarsest)
        middles = np.array([h3.cell_to_latlng(cell) for cell in cells])
        y[shared], x[shared] = middles[:, 0], middles[:, 1]
    back = make_transformer(WGS84, CRS.from_user_input(layer.crs))
    shown = shapes.copy()
    shown[flagged] = shapely.points(*back.transform(x, y))
    return np.asarray(shown, dtype=object)
