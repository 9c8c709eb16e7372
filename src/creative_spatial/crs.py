"""
The working coordinate reference system of an area: chosen once, checked everywhere.

A study area has one projected CRS in metres, true to area within one percent where
the city is. "Projected" alone does not say that: EPSG:3857 is projected, in metres,
and doubles areas at 45 degrees.
"""

from __future__ import annotations

import warnings
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from pyproj import CRS, Proj, Transformer
from pyproj.aoi import AreaOfInterest
from pyproj.database import query_utm_crs_info
from pyproj.exceptions import ProjError
from pyproj.transformer import TransformerGroup

from creative_spatial.errors import CRSError
from creative_spatial.resources.datums import datum_facts

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

MAX_AREAL_DISTORTION = 0.01
MAX_LONGITUDES = 180.0
WGS84 = CRS.from_epsg(4326)

Bounds = tuple[float, float, float, float]


def areal_distortion(crs: Any, bounds: Sequence[float]) -> float:
    """
    Greatest relative error of areas in a CRS over a box.

    Parameters
    ----------
    crs : CRS-like, projected
        What `pyproj.CRS.from_user_input` takes.
    bounds : (west, south, east, north), degrees, WGS 84
        The box; its corners, edge midpoints and centre are looked at.

    Returns
    -------
    float
        Largest ``|areal scale - 1|``; infinite where the projection is undefined.

    Examples
    --------
    >>> areal_distortion("EPSG:32647", (100.5, 7.1, 100.7, 7.3)) < 0.01
    True
    >>> areal_distortion("EPSG:3857", (-15.5, 28.0, -15.3, 28.2)) > 0.2
    True
    """
    west, south, east, north = bounds
    lon, lat = np.meshgrid(np.linspace(west, east, 3), np.linspace(south, north, 3))
    scale = np.asarray(
        Proj(CRS.from_user_input(crs)).get_factors(lon.ravel(), lat.ravel()).areal_scale
    )
    error = np.abs(scale - 1)
    return float(np.where(np.isfinite(error), error, np.inf).max())


def check_working_crs(crs: Any, bounds: Sequence[float]) -> CRS:
    """
    Return the CRS if it can serve as an area's working CRS here.

    Parameters
    ----------
    crs : CRS-like
        The candidate.
    bounds : (west, south, east, north), degrees, WGS 84
        Where it must be true to area.

    Returns
    -------
    pyproj.CRS
        The parsed CRS.

    Raises
    ------
    CRSError
        If it is not projected, not in metres, or distorts areas by over 1 %; or the box
        spans more than half of the Earth.

    Examples
    --------
    >>> check_working_crs("EPSG:32647", (100.5, 7.1, 100.7, 7.3)).to_epsg()
    32647
    """
    try:
        parsed = CRS.from_user_input(crs)
    except ProjError as error:
        raise CRSError(f'{crs!r} is no CRS; write e.g. "EPSG:32647".') from error
    if not parsed.is_projected:
        raise CRSError(
            f"{parsed.name!r} is not projected; choose a CRS in metres, e.g. a UTM zone."
        )
    units = {axis.unit_name for axis in parsed.axis_info}
    if units != {"metre"}:
        raise CRSError(f"{parsed.name!r} is in {', '.join(sorted(units))}; choose a CRS in metres.")
    _refuse_half_the_earth(bounds[0], bounds[2])
    distortion = areal_distortion(parsed, bounds)
    if distortion > MAX_AREAL_DISTORTION:
        raise CRSError(
            f"{parsed.name!r} distorts areas by up to {distortion:.1%} here; at most "
            f"{MAX_AREAL_DISTORTION:.0%} is accepted: choose a local CRS, or leave it out."
        )
    return parsed


def choose_crs(bounds: Sequence[float]) -> CRS:
    """
    Choose the working CRS of a box: its UTM zone, or an equal-area CRS centred on it.

    Parameters
    ----------
    bounds : (west, south, east, north), degrees, WGS 84
        The extent of every boundary of the area.

    Returns
    -------
    pyproj.CRS
        The WGS 84 UTM zone of the centre if it is true to area within 1 % over the
        box, otherwise a Lambert azimuthal equal-area CRS centred there.

    Raises
    ------
    CRSError
        If the box is not in degrees, or spans more than half of the Earth.

    Examples
    --------
    >>> choose_crs((100.5, 7.1, 100.7, 7.3)).to_epsg()
    32647
    """
    west, south, east, north = (float(value) for value in bounds)
    _refuse_half_the_earth(west, east)
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise CRSError(
            f"The extent ({west:g}, {south:g}, {east:g}, {north:g}) is not in degrees; "
            "is the file's CRS missing or wrong?"
        )
    lon, lat = (west + east) / 2, (south + north) / 2
    zones = query_utm_crs_info(
        datum_name="WGS 84", area_of_interest=AreaOfInterest(lon, lat, lon, lat)
    )
    for zone in zones:
        crs = CRS.from_authority(zone.auth_name, zone.code)
        if areal_distortion(crs, bounds) <= MAX_AREAL_DISTORTION:
            return crs
    return CRS.from_proj4(f"+proj=laea +lat_0={lat:.4f} +lon_0={lon:.4f} +datum=WGS84 +units=m")


def _refuse_half_the_earth(west: float, east: float) -> None:
    """Refuse a box like that of a place across the 180th meridian: too wide, or from east to west."""
    if (
        MAX_LONGITUDES < east - west <= 2 * MAX_LONGITUDES
        or -MAX_LONGITUDES <= east < west <= MAX_LONGITUDES
    ):
        raise CRSError(
            f"The extent runs from {west:g} to {east:g} degrees of longitude: "
            "the area crosses the 180th meridian, or a coordinate lies far off. Take the stray one "
            "out, or assess what lies on either side of the meridian as an area of its own."
        )


def to_wgs84(bounds: Sequence[float], crs: Any) -> Bounds:
    """
    Transform a box to degrees, densified so that its edges stay inside.

    Parameters
    ----------
    bounds : (minx, miny, maxx, maxy), units of `crs`
        The box.
    crs : CRS-like
        What the box is in.

    Returns
    -------
    (west, south, east, north), degrees, WGS 84
        The box around the transformed box.

    Examples
    --------
    >>> [round(value) for value in to_wgs84((0, 0, 10, 10), "EPSG:4326")]
    [0, 0, 10, 10]
    """
    transformer = Transformer.from_crs(CRS.from_user_input(crs), WGS84, always_xy=True)
    west, south, east, north = transformer.transform_bounds(
        bounds[0], bounds[1], bounds[2], bounds[3]
    )
    return (west, south, east, north)


def describe_crs(crs: CRS | None) -> str:
    """
    Name a CRS as a reader would look it up: its EPSG code, or its own name.

    Parameters
    ----------
    crs : pyproj.CRS or None
        The CRS.

    Returns
    -------
    str
        "EPSG:32647", a name, or "no CRS".

    Examples
    --------
    >>> describe_crs(WGS84)
    'EPSG:4326'
    """
    if crs is None:
        return "no CRS"
    code = crs.to_epsg()
    return f"EPSG:{code}" if code else str(crs.name)


def require_crs(crs: Any, /, **layers: gpd.GeoDataFrame | gpd.GeoSeries | None) -> None:
    """
    Raise unless every layer is in the given CRS; nothing is reprojected silently.

    Parameters
    ----------
    crs : CRS-like
        The working CRS, usually ``units.crs``.
    **layers : GeoDataFrame, GeoSeries or None
        Layers by the name that the message should use; None is passed over.

    Raises
    ------
    CRSError
        Naming each layer that is in another CRS or in none.

    Examples
    --------
    >>> import geopandas as gpd
    >>> require_crs("EPSG:32647", zones=gpd.GeoSeries([], crs="EPSG:4326"))
    Traceback (most recent call last):
    creative_spatial.errors.CRSError: `zones` is in EPSG:4326, expected EPSG:32647; ...
    """
    expected = CRS.from_user_input(crs) if crs is not None else None
    faults = []
    for name, layer in layers.items():
        if layer is None or layer.crs == expected:
            continue
        wanted = describe_crs(expected)
        faults.append(
            f"`{name}` is in {describe_crs(layer.crs)}, expected {wanted}; "
            f"use `{name}.to_crs({wanted!r})`" + ("" if layer.crs else " after `set_crs`")
        )
    if faults:
        raise CRSError("; ".join(faults) + ".")


def require_metres(**layers: gpd.GeoDataFrame | gpd.GeoSeries) -> None:
    """
    Raise where a distance would be taken in degrees.

    Parameters
    ----------
    **layers : GeoDataFrame or GeoSeries
        Layers by the name that the message should use; one without a CRS passes.

    Raises
    ------
    CRSError
        Naming each layer in degrees.

    Examples
    --------
    >>> import geopandas as gpd
    >>> require_metres(stalls=gpd.GeoSeries([], crs="EPSG:4326"))
    Traceback (most recent call last):
    creative_spatial.errors.CRSError: `stalls` is in degrees (EPSG:4326); ...
    """
    faults = [
        f"`{name}` is in degrees ({describe_crs(layer.crs)}); use `{name}.to_crs(area.crs)`"
        for name, layer in layers.items()
        if layer.crs is not None and CRS.from_user_input(layer.crs).is_geographic
    ]
    if faults:
        raise CRSError("; ".join(faults) + ".")


@lru_cache(maxsize=64)
def make_transformer(source: CRS, target: CRS) -> Transformer:
    """
    Choose the transformation between two CRSs, passing over one known to be wrong.

    Parameters
    ----------
    source, target : pyproj.CRS
        From and to.

    Returns
    -------
    pyproj.Transformer
        In (east, north) order. PROJ's own choice, unless that is a transformation that
        ``resources/datums.toml`` distrusts and there is another.

    Raises
    ------
    CRSError
        If there is no transformation between the two.

    Examples
    --------
    >>> indian = make_transformer(CRS.from_epsg(24047), CRS.from_epsg(32647))
    >>> [round(float(v), -1) for v in indian.transform(676_000, 796_000)]  # PROJ's own: 675490, 796350
    [675670.0, 796300.0]
    """
    distrusted = [entry.operation for entry in datum_facts().distrusted]

    def trusted(candidate: Transformer) -> bool:
        names = [operation.name for operation in candidate.operations or ()]
        return not any(bad in name for bad in distrusted for name in names)

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # a missing grid is not news here
            candidates = TransformerGroup(source, target, always_xy=True).transformers
        if candidates and not trusted(candidates[0]):
            return next((c for c in candidates if trusted(c)), candidates[0])
        return Transformer.from_crs(source, target, always_xy=True)
    except (ProjError, IndexError) as error:  # pyproj indexes an empty list of operations
        raise CRSError(
            f"There is no way from {describe_crs(source)} to {describe_crs(target)}; is the CRS "
            "complete, and of this planet?"
        ) from error


def reproject(layer: gpd.GeoDataFrame, crs: Any) -> gpd.GeoDataFrame:
    """
    Bring a layer into a CRS by the transformation of `make_transformer`.

    ``to_crs`` would move Thai layers on Indian 1975 by 183 m: see ``datums.toml``.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, with a CRS
        The layer.
    crs : CRS-like
        Where to.

    Returns
    -------
    GeoDataFrame, n rows
        A copy; coordinates that the CRS cannot hold become infinite.
    """
    import geopandas as gpd
    import shapely

    target = CRS.from_user_input(crs)
    if layer.crs == target:
        return layer.copy()
    transformer = make_transformer(CRS.from_user_input(layer.crs), target)

    def move(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transformer.transform(points[:, 0], points[:, 1]))

    moved = shapely.transform(layer.geometry.to_numpy(), move)
    return layer.set_geometry(gpd.GeoSeries(moved, index=layer.index, crs=target))
