"""Whether a layer lies where other maps have its places, or a known datum shift away."""

from __future__ import annotations

import math
import warnings
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import shapely
from pyproj import CRS

from creative_spatial.crs import WGS84, make_transformer, require_crs
from creative_spatial.errors import DataQualityWarning
from creative_spatial.preparation.names import name_keys
from creative_spatial.resources.datums import Mislabel, datum_facts
from creative_spatial.schema import require_columns

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd
    from numpy.typing import NDArray

Status = Literal["agrees", "shifted", "offset", "scattered", "not checkable"]


@dataclass(frozen=True)
class DatumCheck:
    """
    What comparing a layer's places with a reference showed.

    Parameters
    ----------
    status : str
        "agrees"; "shifted" by a known mislabelling; "offset" alike, for no known reason;
        "scattered", so that nothing can be said; or "not checkable" for want of places.
    pairs : int
        Places found in both by name.
    east_m, north_m : float, metres
        Median of reference minus layer: what would bring the layer onto the reference.
        Not-a-number where not checkable.
    spread_m : float, metres
        Median distance of the places' offsets from that median.
    message : str
        One sentence for a report.
    suspect : str or None
        The CRS that the coordinates are probably in.
    """

    status: Status
    pairs: int
    east_m: float
    north_m: float
    spread_m: float
    message: str
    suspect: str | None = None


def check_datum(
    layer: gpd.GeoDataFrame,
    reference: gpd.GeoDataFrame,
    *,
    name: str = "layer",
    min_pairs: int = 5,
    radius_m: float = 2_000.0,
    tolerance_m: float = 100.0,
) -> DatumCheck:
    """
    Compare a layer with a reference at places both know, and recognise a datum shift.

    Places are paired by a name that occurs once in each. Records less certain than
    `tolerance_m` are passed over. The offset is the median vector, so that a few wrong
    pairs do not move it.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, any geometry, metres
        What is in doubt.
    reference : GeoDataFrame, m rows, any geometry, same CRS
        What is trusted, usually OpenStreetMap.
    name : str
        What the warning calls the layer.
    min_pairs : int
        Fewest places that can tell.
    radius_m : float, metres
        Pairs farther apart are other places of the same name.
    tolerance_m : float, metres
        Offsets up to this are no news; an offset this near to a known shift is that shift.

    Returns
    -------
    DatumCheck
        The finding; a shift or offset is also warned of.

    Raises
    ------
    CRSError
        If the two are not in one CRS.

    Notes
    -----
    A shift that only some rows share (two surveys in one file) shows as "scattered".
    """
    require_crs(reference.crs, layer=layer)
    for table, word in ((layer, "layer"), (reference, "reference")):
        require_columns(table, "name", name=word)
    offsets, places = _offsets(layer, reference, radius_m, tolerance_m)
    if len(offsets) < min_pairs:
        return DatumCheck(
            "not checkable",
            len(offsets),
            math.nan,
            math.nan,
            math.nan,
            f"{name}: position not checkable: {len(offsets)} places are in the reference under the "
            f"same name, {min_pairs} are needed.",
        )
    found = _judge(
        offsets,
        lambda entry: _expected(entry, CRS.from_user_input(layer.crs), places),
        name=name,
        tolerance_m=tolerance_m,
    )
    if found.status in {"shifted", "offset"}:
        warnings.warn(found.message, DataQualityWarning, stacklevel=2)
    return found


def _judge(
    offsets: NDArray[np.float64],
    expected: Callable[[Mislabel], tuple[float, float]],
    *,
    name: str,
    tolerance_m: float,
) -> DatumCheck:
    """What a median offset and its spread mean."""
    east, north = (float(value) for value in np.median(offsets, axis=0))
    offset, pairs = (east, north), len(offsets)
    spread = float(np.median(np.hypot(offsets[:, 0] - east, offsets[:, 1] - north)))
    length = math.hypot(east, north)
    measured = (
        f"{pairs} places lie {length:.0f} m from their namesakes in the reference "
        f"(to add: {east:+.0f} m east, {north:+.0f} m north; spread {spread:.0f} m)"
    )
    if spread > max(tolerance_m, length / 2):
        message = f"{name}: {measured}; too scattered to judge the datum."
        return DatumCheck("scattered", pairs, east, north, spread, message)
    if length <= tolerance_m:
        return DatumCheck("agrees", pairs, east, north, spread, f"{name}: {measured}.")
    best = min(datum_facts().mislabels, key=lambda entry: math.dist(offset, expected(entry)))
    if math.dist(offset, expected(best)) > tolerance_m:
        message = (
            f"{name}: {measured}, all alike: its CRS may be mislabelled, but the shift is none "
            "that is known; ask who made it."
        )
        return DatumCheck("offset", pairs, east, north, spread, message)
    message = (
        f'{name}: {measured}, as {best.label} would. If that is so, state `crs = "{best.actual}"`.'
    )
    return DatumCheck("shifted", pairs, east, north, spread, message, best.actual)


def _expected(entry: Mislabel, working: CRS, places: NDArray[np.float64]) -> tuple[float, float]:
    """Offset that a mislabelling gives here: true position minus drawn position."""
    claimed, actual = CRS.from_user_input(entry.claimed), CRS.from_user_input(entry.actual)
    x, y = np.median(places, axis=0)
    lon, lat = make_transformer(working, WGS84).transform(x, y)
    numbers = make_transformer(WGS84, actual).transform(lon, lat)
    drawn_x, drawn_y = make_transformer(claimed, working).transform(*numbers)
    return (float(x - drawn_x), float(y - drawn_y))


def _offsets(
    layer: gpd.GeoDataFrame, reference: gpd.GeoDataFrame, radius_m: float, tolerance_m: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Reference minus layer for each place known to both, and where the reference has it."""
    if "uncertainty_m" in layer:
        sure = ~(layer["uncertainty_m"].astype(float) > tolerance_m)
        layer = layer.loc[sure]
    ours, theirs = _places(layer), _places(reference)
    shared = sorted(ours.keys() & theirs.keys())
    # One feature may share several of its names with one in the reference: count it once.
    pairs = list(dict.fromkeys((ours[key], theirs[key]) for key in shared))
    if not pairs:
        return np.empty((0, 2)), np.empty((0, 2))
    here, there = np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs])
    offsets = there - here
    near = np.hypot(offsets[:, 0], offsets[:, 1]) <= radius_m
    return offsets[near], there[near]


def _places(layer: gpd.GeoDataFrame) -> dict[str, tuple[float, float]]:
    """Centre of each feature by each of its names that no other feature has."""
    keys = name_keys(layer)
    times = Counter(key for names in keys for key in names)
    centres = shapely.get_coordinates(shapely.centroid(layer.geometry.to_numpy()))
    return {
        key: (float(x), float(y))
        for names, (x, y) in zip(keys, centres, strict=True)
        for key in names
        if times[key] == 1
    }
