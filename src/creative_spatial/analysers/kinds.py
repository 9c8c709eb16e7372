"""What kinds places are of: one each, or several; free text in any script is a kind too."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import shapely

from creative_spatial.analysers.assignment import representative_points
from creative_spatial.errors import InsufficientDataError
from creative_spatial.schema import require_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

UNKNOWN = "unknown"
MAX_KINDS = 40
MIN_PLACES = 3
DIRECT = ("direct",)


class Kinds(NamedTuple):
    """
    The places of a known kind, and the one kind that each is of.

    Parameters
    ----------
    layer : GeoDataFrame, n rows
        The places.
    codes : array of int, shape (n,)
        Position in `names`.
    names : tuple of str
        Of the kinds, in the order of their code points, so that a run can be repeated.
    unknown : int
        Rows that are left out, being of no one known kind.
    note : str
        How many of how many are left out, and why; empty where none is.
    """

    layer: gpd.GeoDataFrame
    codes: NDArray[np.intp]
    names: tuple[str, ...]
    unknown: int
    note: str = ""


class Labels(NamedTuple):
    """
    The places of a known kind, and the kinds, one or several, that each is of.

    Parameters
    ----------
    layer : GeoDataFrame, n rows
        The places.
    held : array of bool, shape (n, kinds)
        Which kinds each is of: at least one.
    names : tuple of str
        Of the kinds.
    unknown : int
        Rows that are left out, being of no known kind.
    note : str
        How many of how many are left out, and why; empty where none is.
    """

    layer: gpd.GeoDataFrame
    held: NDArray[np.bool_]
    names: tuple[str, ...]
    unknown: int
    note: str = ""

    def within(self, rows: NDArray[Any]) -> Labels:
        """
        Keep some of the places, and the kinds that these have.

        Parameters
        ----------
        rows : array of bool, shape (n,)
            Those to keep.

        Returns
        -------
        Labels
            Of fewer places; `unknown` and `note` stay.
        """
        held = self.held[rows]
        there = held.any(axis=0)
        names = tuple(name for name, is_there in zip(self.names, there, strict=True) if is_there)
        return self._replace(layer=self.layer[rows], held=held[:, there], names=names)


def kinds_of(layer: gpd.GeoDataFrame, *, by: str, without: Sequence[str] = ()) -> Kinds:
    """
    Read the kind of each place from a column.

    Parameters
    ----------
    layer : GeoDataFrame, any geometry
        Places with the column `by`. Kinds are compared in Unicode's form NFC, without space
        around them; null, empty ones and those of `without` are left out.
    by : str
        The column, e.g. "community".
    without : sequence of str
        What is no one kind, e.g. "unknown" or "shared".

    Returns
    -------
    Kinds
        The places of a known kind.

    Raises
    ------
    LayerSchemaError
        If the layer has no column `by`.

    Examples
    --------
    >>> import geopandas as gpd
    >>> temples = gpd.GeoDataFrame({"community": ["ไทย", " ไทย", "unknown", None, "潮州"]},
    ...     geometry=gpd.points_from_xy(range(5), [0] * 5))
    >>> found = kinds_of(temples, by="community", without=["unknown"])
    >>> found.names, found.codes.tolist(), found.unknown
    (('ไทย', '潮州'), [0, 0, 1], 2)
    >>> found.note
    'Of 5 places, 2 are left out: 2 unknown.'
    """
    require_columns(layer, by, name="layer")
    stated = layer[by].notna().to_numpy(dtype=bool)
    said = np.array([""] * len(layer), dtype=object)
    said[stated] = [unicodedata.normalize("NFC", str(it)).strip() for it in layer[by][stated]]
    is_known = (said != "") & ~np.isin(said, list(without))
    codes, names = pd.factorize(said[is_known], sort=True)
    note = _left_out(said, is_known)
    return Kinds(layer[is_known], codes, tuple(map(str, names)), int((~is_known).sum()), note)


def _left_out(said: NDArray[Any], is_known: NDArray[np.bool_]) -> str:
    """Say how many places are of no one kind, by what they are said to be."""
    why = pd.Series(np.where(said == "", UNKNOWN, said)[~is_known]).value_counts(sort=False)
    if why.empty:
        return ""
    told = ", ".join(f"{count} {str(kind).replace('_', ' ')}" for kind, count in why.items())
    number = int(why.sum())
    return f"Of {len(said)} places, {number} {'is' if number == 1 else 'are'} left out: {told}."


def kind_labels(layer: gpd.GeoDataFrame, *, by: str, without: Sequence[str] = ()) -> Labels:
    """
    Read the kind of each place from a column, to compare places of one with those of another.

    Parameters
    ----------
    layer : GeoDataFrame, any geometry
        See `kinds_of`.
    by : str
        The column.
    without : sequence of str
        What is no one kind.

    Returns
    -------
    Labels
        With one kind a place.

    Raises
    ------
    LayerSchemaError
        If the layer has no column `by`.
    InsufficientDataError
        If there are more than 40 kinds: the column then names places rather than kinds.
    """
    found = kinds_of(layer, by=by, without=without)
    if len(found.names) > MAX_KINDS:
        raise InsufficientDataError(
            f"At most {MAX_KINDS} kinds can be compared; column {by!r} has {len(found.names)} among "
            f"{len(found.layer)} places. A column of fewer, broader kinds would do."
        )
    held = found.codes[:, None] == np.arange(len(found.names))
    return Labels(found.layer, held, found.names, found.unknown, found.note)


def field_labels(
    layer: gpd.GeoDataFrame, evidence: pd.DataFrame, *, strengths: Sequence[str] = DIRECT
) -> Labels:
    """
    Read from their concepts the creative fields that places are evidence of.

    Parameters
    ----------
    layer : GeoDataFrame, any geometry
        Places with `concept`.
    evidence : DataFrame
        As `Taxonomy.field_evidence` returns it: `concept`, `field`, `strength`.
    strengths : sequence of str
        How strong evidence is that counts.

    Returns
    -------
    Labels
        A place that serves several fields is of each of them.

    Raises
    ------
    LayerSchemaError
        If a column is missing.

    Examples
    --------
    >>> import geopandas as gpd
    >>> places = gpd.GeoDataFrame({"concept": ["studio", "museum"]},
    ...     geometry=gpd.points_from_xy([0, 1], [0, 0]))
    >>> evidence = pd.DataFrame({"concept": ["studio", "studio"], "field": ["film", "music"],
    ...     "strength": ["direct", "direct"]})
    >>> found = field_labels(places, evidence)
    >>> found.names, found.held.tolist(), found.unknown
    (('film', 'music'), [[True, True]], 1)
    """
    require_columns(layer, "concept", name="layer")
    require_columns(evidence, "concept", "field", "strength", name="evidence")
    told = evidence[evidence["strength"].isin(list(strengths))]
    served = told.groupby("field")["concept"].agg(set)
    names = sorted(served.index)
    held = np.zeros((len(layer), len(names)), dtype=bool)
    for at, name in enumerate(names):
        held[:, at] = layer["concept"].isin(served[name])
    serves = np.asarray(held.any(axis=1))
    found = Labels(layer, held, tuple(map(str, names)), int((~serves).sum()))
    return found.within(serves)


def require_comparable(labels: Labels, *, what: str) -> None:
    """
    Raise unless there are places of two kinds to compare, at more than one point.

    Parameters
    ----------
    labels : Labels
        The places.
    what : str
        What is asked of them, for the message.

    Raises
    ------
    InsufficientDataError
        If there are fewer than three places, or two kinds, or all places are at one point.
    """
    places, kinds = len(labels.layer), len(labels.names)
    if places < MIN_PLACES or kinds < 2:
        raise InsufficientDataError(
            f"{what} needs three places of two kinds; there are {places} of {kinds}, "
            f"and {labels.unknown} of no one known kind."
        )
    require_apart(labels.layer, what=what)


def require_apart(layer: gpd.GeoDataFrame, *, what: str) -> None:
    """
    Raise where all places are at one point, as badly geocoded ones are.

    Parameters
    ----------
    layer : GeoDataFrame, at least one row
        The places.
    what : str
        What is asked of them, for the message.

    Raises
    ------
    InsufficientDataError
        If no two of them are apart.
    """
    x, y = shapely.get_coordinates(representative_points(layer)).T
    if np.ptp(x) == 0 and np.ptp(y) == 0:
        raise InsufficientDataError(
            f"{what} needs places at two points; all {len(layer)} are at one. Were they geocoded "
            "to the middle of the city?"
        )
