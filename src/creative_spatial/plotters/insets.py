"""
Where a second map of a sheet shows a dense place at a larger scale, and where it stands.

The place is chosen by what was surveyed, not by a name: the surveyed place that has most of
the others within walking distance, and these. An old town is only a word in the data; a
group of surveyed places is what a larger scale can honestly show.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.spatial import KDTree

from creative_spatial.plotters.artists import representative_xy, within_box
from creative_spatial.plotters.certainty import certain_at
from creative_spatial.plotters.clear import clear_of
from creative_spatial.plotters.frame import Frame, next_scale, round_scale
from creative_spatial.plotters.symbols import selected
from creative_spatial.plotters.text import names_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.plotters.specs import InsetSpec, MapSpec
    from creative_spatial.result import Result

# Widths to try, the roomier for names first.
LEAST_WIDTHS_MM, LOWEST_MM = (64.0, 56.0, 50.0), 34.0
AROUND_MM = 5.0
MOST_HOLDING, WHOLE = 0.5, 3.0


@dataclass(frozen=True)
class Inset:
    """
    A second map on a sheet.

    Parameters
    ----------
    frame : Frame
        What it shows.
    names : mapping of str to str
        What it is called, by language.
    head_mm : float
        Room above it for its name and scale.
    corner : (left, bottom), millimetres from the map's lower left corner, or None
        Where it stands on the map; None where there is no room for it there.
    shown, total : int
        Places of the layer that decides, drawn in it and inside its outline.
    """

    frame: Frame
    names: Mapping[str, str]
    head_mm: float
    corner: tuple[float, float] | None
    shown: int
    total: int

    @property
    def height_mm(self) -> float:
        """Of map and head."""
        return self.frame.height_mm + self.head_mm


def choose_inset(
    result: Result,
    spec: MapSpec,
    frame: Frame,
    held: BaseGeometry,
    *,
    head_mm: Callable[[Inset], float],
) -> Inset | None:
    """
    Choose place, scale and position of a map's inset.

    Parameters
    ----------
    result : Result
        With the map's layers.
    spec : MapSpec
        With or without `inset`.
    frame : Frame
        Of the map.
    held : geometry, working CRS
        What the map holds: nothing outside it is chosen.
    head_mm : callable
        Room for name and scale, by the inset; millimetres.

    Returns
    -------
    Inset or None
        At the largest round scale at which it covers nothing; without a corner where it covers
        something at every scale. None where too few places are certain enough, or none of them
        would be seen in it.
    """
    rows = _deciding(result, spec, frame, held)
    if spec.inset is None or rows is None:
        return None
    clear = clear_of(result, spec, frame, held)
    beside: Inset | None = None
    groups = _groups(rows, frame, spec.inset)
    for (scale, group), least_mm in itertools.product(groups, LEAST_WIDTHS_MM):
        inset = _at_scale(group, result, spec, frame, scale, least_mm=least_mm, head_mm=head_mm)
        if inset is None:
            continue
        own = shapely.transform(inset.frame.polygon, frame.to_mm)
        size = (inset.frame.width_mm, inset.height_mm)
        corner = clear.corner(size, near=own, also=(own,))
        if corner is not None:
            return replace(inset, corner=corner)
        beside = inset
    return beside


def _deciding(
    result: Result, spec: MapSpec, frame: Frame, held: BaseGeometry
) -> gpd.GeoDataFrame | None:
    """Rows that decide, in the order of their ids; None without any."""
    if spec.inset is None or spec.inset.layer not in result.layers:
        return None
    rows = selected(result.layers[spec.inset.layer], spec.inset.where, result.taxonomy)
    rows = rows.iloc[within_box(rows.geometry.to_numpy(), frame.box)[1]]
    xy = representative_xy(rows.geometry.to_numpy())
    rows = rows[shapely.intersects_xy(held, xy)]
    return rows.iloc[np.argsort(rows.index.astype(str), kind="stable")] if len(rows) else None


def _scales(frame: Frame, spec: InsetSpec) -> Iterator[float]:
    """Round scales, the largest first, as far as the inset is still much larger than the map."""
    scale = round_scale(0)
    while scale * spec.larger <= frame.scale * (1 + 1e-9):
        yield scale
        scale = next_scale(scale)


def _groups(
    rows: gpd.GeoDataFrame, frame: Frame, spec: InsetSpec
) -> Iterator[tuple[float, NDArray[np.float64]]]:
    """Scales, and of the places certain enough at each the densest, where they are enough."""
    known: dict[int, NDArray[np.float64]] = {}
    for scale in _scales(frame, spec):
        certain = rows[certain_at(rows, spec.where, scale)]
        # What is certain at a scale is so at every smaller one: as many are the same ones.
        if len(certain) not in known:
            xy = representative_xy(certain.geometry.to_numpy())
            known[len(certain)] = xy[densest(xy, spec.reach_m * 1000 / frame.scale * frame.unit)]
        if len(known[len(certain)]) >= spec.least:
            yield scale, known[len(certain)]


def _at_scale(
    group: NDArray[np.float64], result: Result, spec: MapSpec, frame: Frame, scale: float,
    *, least_mm: float, head_mm: Callable[[Inset], float],
) -> Inset | None:  # fmt: skip
    """The inset of a group at a scale; None where it would be too large, or show no place."""
    inset = spec.inset
    if inset is None:
        return None
    unit = frame.unit * scale / frame.scale
    reach = inset.reach_m * 1000 / scale * unit
    low, high = group.min(axis=0), group.max(axis=0)
    names, area = _called(result, inset, group)
    if area is not None and max(np.ptp(np.reshape(area.bounds, (2, 2)), axis=0)) <= WHOLE * reach:
        low = np.minimum(low, area.bounds[:2])
        high = np.maximum(high, area.bounds[2:])
    # A single spot is shown with half a reach around it.
    needed = np.maximum((high - low) / unit + 2 * AROUND_MM, reach / unit)
    wide, tall = np.maximum(needed, (least_mm, LOWEST_MM)).tolist()
    center = _inside(frame, (low + high) / 2, (wide * unit, tall * unit))
    own = Frame(center, wide, tall, scale, frame.crs)
    if max(wide, tall) > inset.largest_mm + 1e-6:
        return None
    shown, total = _counts(result, spec, own)
    if not shown:
        return None
    found = Inset(own, names, 0.0, None, shown, total)
    return replace(found, head_mm=head_mm(found))


def densest(xy: NDArray[np.float64], reach: float) -> NDArray[np.intp]:
    """
    Find the place that has most others within reach, and these.

    Parameters
    ----------
    xy : array of float, shape (n, 2)
        Places.
    reach : float
        In the same unit.

    Returns
    -------
    array of int, shape (m,)
        Their rows, ascending. Of several such places the one with the others nearest to it, then
        the first one.

    Examples
    --------
    >>> densest(np.array([[0.0, 0.0], [9.0, 0.0], [10.0, 0.0], [11.0, 0.0]]), 1.0).tolist()
    [1, 2, 3]
    """
    if not len(xy):
        return np.empty(0, dtype=np.intp)
    # Pairs are not listed: of thousands of places at one spot there are millions.
    spots, first = np.unique(xy, axis=0, return_index=True)
    count = np.asarray(KDTree(xy).query_ball_point(spots, reach, return_length=True))

    def apart(spot: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.hypot(*(xy - spot).T))

    def together(i: int) -> float:
        gaps = apart(spots[i])
        return round(float(gaps[gaps <= reach].sum()), 6)

    best = min(
        np.flatnonzero(count == count.max()).tolist(),
        key=lambda i: (together(i), int(first[i])),
    )
    return np.flatnonzero(apart(spots[best]) <= reach)


def _inside(
    frame: Frame, center: NDArray[np.float64], size: tuple[float, float]
) -> tuple[float, float]:
    """The centre moved so far that what is outlined lies on the map."""
    x0, y0, x1, y1 = frame.box
    low = np.array([x0 + size[0] / 2, y0 + size[1] / 2])
    high = np.array([x1 - size[0] / 2, y1 - size[1] / 2])
    x, y = np.minimum(np.maximum(center, low), high).tolist()
    return (x, y)


def _called(
    result: Result, spec: InsetSpec, xy: NDArray[np.float64]
) -> tuple[Mapping[str, str], BaseGeometry | None]:
    """Names and shape of the area that holds most of the places, where it holds half of them."""
    layer = result.layers.get(spec.called or "")
    if layer is None or not len(layer):
        return spec.title, None
    shapes, rows = within_box(layer.geometry.to_numpy(), None)
    held = [int(shapely.intersects_xy(shape, xy).sum()) for shape in shapes]
    if not held or max(held) < MOST_HOLDING * len(xy):
        return spec.title, None
    best = int(np.argmax(held))
    names = names_of(layer.iloc[int(rows[best])])
    return (names if any(names.values()) else spec.title), shapes[best]


def _counts(result: Result, spec: MapSpec, frame: Frame) -> tuple[int, int]:
    """Places of the layer that decides, that the map draws: sharp in the inset, and in its outline."""
    wanted: set[str] = set()
    certain: set[str] = set()
    for it in spec.layers:
        if spec.inset is None or it.layer != spec.inset.layer or it.draw != "point":
            continue
        rows = selected(result.layers[it.layer], it.where, result.taxonomy)
        rows = rows.iloc[within_box(rows.geometry.to_numpy(), frame.box)[1]]
        keys = rows.index.astype(str)
        wanted |= set(keys)
        certain |= set(keys[certain_at(rows, spec.inset.where, frame.scale)])
    return len(certain), len(wanted)


def in_strip(
    inset: Inset, result: Result, spec: MapSpec, frame: Frame, width_mm: float,
    *, head_mm: Callable[[Inset], float],
) -> Inset:  # fmt: skip
    """
    Widen an inset that stands below the map to the map's width.

    Parameters
    ----------
    inset : Inset
        Without a corner.
    result : Result
        With the map's layers.
    spec : MapSpec
        With `inset`.
    frame : Frame
        Of the map above it.
    width_mm : float, millimetres
        Of the strip.
    head_mm : callable
        Room for name and scale, by the inset; millimetres.

    Returns
    -------
    Inset
        At the same scale and as high, within what the map shows.
    """
    unit = inset.frame.unit
    wide = min(width_mm, (frame.box[2] - frame.box[0]) / unit)
    head = head_mm(replace(inset, frame=replace(inset.frame, width_mm=wide)))
    tall = inset.height_mm - head
    center = _inside(frame, np.array(inset.frame.center), (wide * unit, tall * unit))
    own = Frame(center, wide, tall, inset.frame.scale, frame.crs)
    shown, total = _counts(result, spec, own)
    return replace(inset, frame=own, head_mm=head, shown=shown, total=total)


def only_certain(result: Result, spec: MapSpec, frame: Frame) -> Result:
    """
    Keep of the points of a map what its inset may show.

    Parameters
    ----------
    result : Result
        With the map's layers.
    spec : MapSpec
        With `inset`.
    frame : Frame
        Of the inset.

    Returns
    -------
    Result
        Of whose layers drawn as points the uncertain and the illustrative rows are gone.
    """
    if spec.inset is None:
        return result
    layers = dict(result.layers)
    for name in {it.layer for it in spec.layers if it.draw == "point" and it.layer in layers}:
        layers[name] = layers[name][certain_at(layers[name], spec.inset.where, frame.scale)]
    return replace(result, layers=layers)
