"""Rows that occur twice in one file: the very same are counted once, the alike are named."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from creative_spatial.loaders.columns import list_rows
from creative_spatial.loaders.coordinates import parse_number
from creative_spatial.loaders.repair.ledger import GEOMETRY
from creative_spatial.resources.repairs import repair_facts

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from creative_spatial.loaders.build import Build

_NAMED = 3


def drop_duplicates(frame: gpd.GeoDataFrame, build: Build) -> gpd.GeoDataFrame:
    """
    Set aside rows that are the same as one before them in every column and in shape.

    Parameters
    ----------
    frame : GeoDataFrame, n rows
        Indexed by row number.
    build : Build
        Collects the rows set aside; where nothing is to be mended, they stay.

    Returns
    -------
    GeoDataFrame, at most n rows
        The first of each.
    """
    if not build.repair or len(frame) < 2:
        return frame
    shapes = pd.Series(shapely.to_wkb(frame.geometry.to_numpy()), index=frame.index)
    alike = shapes.duplicated(keep=False)
    if not alike.any():
        return frame
    cells = frame.loc[alike].drop(columns=GEOMETRY).map(repr)
    keys = pd.MultiIndex.from_frame(cells.assign(**{"cs:shape": shapes[alike]}))
    first: dict[Any, Any] = {}
    gone = []
    for row, key in zip(cells.index.tolist(), keys, strict=True):
        if first.setdefault(key, row) != row:
            build.set_aside("exact_duplicate", int(row), f"the same as {build.word} {first[key]}")
            gone.append(row)
    return frame.drop(index=gone) if gone else frame


def drop_near_duplicates(frame: gpd.GeoDataFrame, build: Build) -> gpd.GeoDataFrame:
    """
    Propose, or on request do, to count rows of one name and concept once that lie together.

    Together is nearer than what either says of its uncertainty, or than the distance that
    ``resources/repairs.toml`` has.

    Parameters
    ----------
    frame : GeoDataFrame, n rows, metres
        Indexed by row number, with `concept`.
    build : Build
        Is told.

    Returns
    -------
    GeoDataFrame, at most n rows
        Every row, unless the layer accepts "near_duplicates".
    """
    if not build.repair or "name" not in frame or len(frame) < 2:
        return frame
    pairs = _near_pairs(frame)
    if not pairs:
        return frame
    if build.accepts("near_duplicates"):
        for later, earlier in pairs.items():
            reason = f"nearly the same as {build.word} {earlier}"
            build.set_aside("near_duplicate", int(later), reason)
        return frame.drop(index=list(pairs))
    named = "; ".join(f"{earlier} and {later}" for later, earlier in [*pairs.items()][:_NAMED])
    more = f" and {len(pairs) - _NAMED} more pairs" if len(pairs) > _NAMED else ""
    build.propose(
        "near_duplicates",
        pairs,
        f"{build.word}s that have one name and concept and lie together: {named}{more}; the later "
        "one of each would be counted with the earlier",
    )
    return frame


def name_stacked(frame: gpd.GeoDataFrame, build: Build) -> None:
    """
    Tell of many places with names of their own at the very same point.

    Parameters
    ----------
    frame : GeoDataFrame, n rows
        Indexed by row number.
    build : Build
        Is told; not of rows that are not public, or say how uncertain they are.
    """
    least = repair_facts().settings.stacked_rows
    if "name" not in frame or len(frame) < least:
        return
    public = np.array([build.is_public(row) for row in frame.index])
    points = (frame.geom_type == "Point") & frame["name"].notna() & public
    if "uncertainty_m" in frame:
        points &= frame["uncertainty_m"].isna()
    some = frame.loc[points & ~frame["name"].duplicated()]
    shapes = pd.Series(shapely.to_wkb(some.geometry.to_numpy()), index=some.index)
    sizes = shapes.map(shapes.value_counts())
    if not len(rows := sizes.index[sizes >= least]):
        return
    build.warn(
        f"{len(rows)} places with names of their own lie {_at(shapes[rows].nunique())}: "
        f"{list_rows(rows, build.word)}; was the middle of a town or street put for their places?",
        kind="stacked",
        rows=rows,
    )


def _at(points: int) -> str:
    """How many points that is."""
    return "at one and the same point" if points == 1 else f"at {points} points in all"


def _near_pairs(frame: gpd.GeoDataFrame) -> dict[Any, Any]:
    """The first row that each row is nearly the same as."""
    keys = frame["name"].map(_key, na_action="ignore")
    keys = keys.where(keys != "")
    keys = (keys + "\n" + frame["concept"].astype("str")).where(keys.notna())
    some = frame.loc[keys.notna() & keys.duplicated(keep=False)]
    if not len(some):
        return {}
    rows, shapes, reach = some.index.to_numpy(), some.geometry.to_numpy(), _uncertainty(some)
    pairs: dict[Any, Any] = {}
    for at in some.reset_index().groupby(keys[some.index].to_numpy()).indices.values():
        pairs.update(_of_group(rows[at].tolist(), shapes[at], reach[at]))
    return dict(sorted(pairs.items()))


def _of_group(rows: list[Any], shapes: Any, reach: NDArray[np.float64]) -> dict[Any, Any]:
    """Rows of one name and concept that lie together with one before them."""
    tree = shapely.STRtree(shapes)
    earlier, later = tree.query(shapes, predicate="dwithin", distance=float(reach.max()))
    apart = shapely.distance(shapes[earlier], shapes[later])
    fits = (earlier < later) & (apart <= np.maximum(reach[earlier], reach[later]))
    pairs: dict[Any, Any] = {}
    for one, other in sorted(zip(later[fits].tolist(), earlier[fits].tolist(), strict=True)):
        # A row that stands for itself: what is near only by way of another is not a pair.
        if rows[other] not in pairs:
            pairs.setdefault(rows[one], rows[other])
    return pairs


def _key(name: Any) -> str:
    """A name without the differences of typing."""
    return " ".join(unicodedata.normalize("NFC", str(name)).casefold().split())


def _uncertainty(frame: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """What is known of each position, in metres."""
    least = repair_facts().settings.near_duplicate_m
    if "uncertainty_m" not in frame:
        return np.full(len(frame), least)
    said = frame["uncertainty_m"].map(lambda cell: parse_number(str(cell)), na_action="ignore")
    metres = pd.to_numeric(said, errors="coerce").to_numpy(dtype=float)
    return np.where(np.isfinite(metres) & (metres > 0), np.maximum(metres, least), least)
