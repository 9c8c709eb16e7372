"""GeoTIFF bands, read by window so that a country's file serves a town."""

from __future__ import annotations

import warnings
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pyproj import CRS

from creative_spatial.crs import describe_crs, make_transformer, to_wgs84
from creative_spatial.errors import CRSError, LoadError
from creative_spatial.loaders.columns import count, near
from creative_spatial.raster import Raster
from creative_spatial.resources import Facts, parse, read_toml, resource_path

if TYPE_CHECKING:
    from creative_spatial.provenance import Source

_DENSIFY = 21


class _Fill(Facts):
    values: tuple[float, ...]
    reference: str


class RasterFacts(Facts):
    """What stands for "no data" where a file does not say so."""

    fill: _Fill


@lru_cache(maxsize=1)
def raster_facts() -> RasterFacts:
    """
    Read the values that programs write where there is no number.

    Returns
    -------
    RasterFacts
        Frozen; read once.
    """
    path = resource_path("rasters.toml")
    return parse(RasterFacts, read_toml(path), where=path.name)


def read_raster(
    path: Path | str,
    *,
    source: Source,
    bounds: tuple[float, float, float, float] | None = None,
    bounds_crs: Any = None,
    band: int | None = None,
) -> Raster:
    """
    Read one band of a GeoTIFF, whole or the cells that a box touches.

    Parameters
    ----------
    path : Path or str
        The file.
    source : Source
        Where the data come from.
    bounds : (minx, miny, maxx, maxy), in `bounds_crs`, optional
        The box; only its window is read.
    bounds_crs : CRS-like, optional
        What the box is in; the raster's CRS otherwise.
    band : int, counted from 1, optional
        The band; must be said where there are several.

    Returns
    -------
    Raster
        In the file's CRS, not resampled. Cells without data are NaN in floating-point
        bands; integer bands keep their value and say it as `nodata`.

    Raises
    ------
    LoadError
        If the file is missing, damaged, turned, lacks the band, misses the box, or holds a
        value that means "no data" without saying so.
    CRSError
        If it has no CRS.
    """
    path = Path(path)
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning, RasterioError

    if not path.is_file():
        beside = sorted(p.name for p in path.parent.glob("*")) if path.parent.is_dir() else []
        raise LoadError(f"{path}: no such file{near(path.name, beside)}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            warnings.simplefilter("ignore", PendingDeprecationWarning)  # rasterio's use of affine
            # Only GeoTIFF: a VRT could point anywhere.
            with rasterio.open(path, driver="GTiff") as opened:
                band = _known_band(opened, path.name, band)
                crs = _checked_crs(opened, path.name)
                window = _window(opened, crs, bounds, bounds_crs, path.name)
                masked = opened.read(band, window=window, masked=True)
                transform = opened.window_transform(window)
                scale, offset = opened.scales[band - 1], opened.offsets[band - 1]
                stated = opened.nodatavals[band - 1]
    except RasterioError as error:
        raise LoadError(
            f"{path.name} cannot be read as a GeoTIFF; it may be cut short: copy or export it "
            f"again ({error})."
        ) from error
    _refuse_undeclared_fill(masked, path.name)
    values, nodata = _values(masked, scale, offset, stated)
    return Raster(values=values, transform=transform, crs=crs, source_id=source.id, nodata=nodata)


def _known_band(opened: Any, file: str, band: int | None) -> int:
    """The band asked for or the only one; several need a choice."""
    if band is None and opened.count > 1:
        raise LoadError(
            f"{file} has {opened.count} bands; say which one holds the values, e.g. `band = 1` (three "
            "or four are often a picture of a map, which holds colors and no values)."
        )
    if band is not None and not 1 <= band <= opened.count:
        raise LoadError(f"{file} has {count(opened.count, 'band')}; there is no band {band}.")
    return band or 1


def _checked_crs(opened: Any, file: str) -> CRS:
    """The raster's CRS; refused if it has none or is turned."""
    if opened.crs is None:
        raise CRSError(
            f"{file} has no CRS; assign it in a GIS ('assign projection') and save it again."
        )
    step = opened.transform
    if step.b or step.d or not (step.a > 0 > step.e) or not np.isfinite(tuple(step)).all():
        raise LoadError(
            f"{file} is turned or upside down ({step.a:g}, {step.b:g}, {step.d:g}, {step.e:g}); "
            "warp it to a grid with north up."
        )
    return CRS.from_user_input(opened.crs)


def _window(
    opened: Any,
    crs: CRS,
    bounds: tuple[float, float, float, float] | None,
    bounds_crs: Any,
    file: str,
) -> Any:
    """The cells that the box touches."""
    from rasterio.windows import Window

    if bounds is None:
        return Window(0, 0, opened.width, opened.height)
    given = crs if bounds_crs is None else CRS.from_user_input(bounds_crs)
    west, south, east, north = bounds
    box = make_transformer(given, crs).transform_bounds(
        west, south, east, north, densify_pts=_DENSIFY
    )
    inverse = ~opened.transform
    (left, top), (right, bottom) = inverse @ (box[0], box[3]), inverse @ (box[2], box[1])
    columns = np.clip([np.floor(left + 1e-9), np.ceil(right - 1e-9)], 0, opened.width)
    rows = np.clip([np.floor(top + 1e-9), np.ceil(bottom - 1e-9)], 0, opened.height)
    size = np.nan_to_num([columns[1] - columns[0], rows[1] - rows[0]])
    if size.min() <= 0:
        raise LoadError(
            f"{file} ({describe_crs(crs)}) does not reach the area: it covers "
            f"{_degrees(to_wgs84(opened.bounds, crs))}, the area "
            f"{_degrees(to_wgs84(bounds, given))} (lon, lat)."
        )
    return Window(int(columns[0]), int(rows[0]), int(size[0]), int(size[1]))


def _degrees(bounds: tuple[float, float, float, float]) -> str:
    """A box in degrees, for a message."""
    west, south, east, north = bounds
    return f"{west:.3f}, {south:.3f} to {east:.3f}, {north:.3f}"


def _refuse_undeclared_fill(masked: Any, file: str) -> None:
    """A fill value taken for a number would be summed like one."""
    numbers = masked.compressed()
    for fill in raster_facts().fill.values:
        same = numbers == np.asarray(fill).astype(numbers.dtype) if _fits(fill, numbers) else None
        if same is not None and same.any():
            raise LoadError(
                f"{file}: {same.mean():.0%} of its cells here are {fill:g}, which stands for no data, "
                "but the file does not say so, and they would be counted as numbers; declare it in a "
                f"GIS (QGIS: Raster, Conversion, Translate, 'assign nodata value' {fill:g}) and use "
                "the file that it writes."
            )


def _fits(fill: float, numbers: Any) -> bool:
    """Whether a value can stand in cells of a type."""
    kind = numbers.dtype
    if np.issubdtype(kind, np.integer):
        info = np.iinfo(kind)
        return bool(fill.is_integer() and info.min <= fill <= info.max)
    return bool(np.issubdtype(kind, np.floating) and abs(fill) <= np.finfo(kind).max)


def _values(
    masked: Any, scale: float, offset: float, stated: float | None
) -> tuple[Any, float | None]:
    """Plain cell values, and what means "no data" in those of integer type."""
    holes = np.ma.getmaskarray(masked)
    scaled = (scale, offset) != (1.0, 0.0)
    floats = np.issubdtype(masked.dtype, np.floating)
    # Holes in integers without a value of their own (a mask band) need not-a-number too.
    if floats or scaled or (stated is None and holes.any()):
        kind = masked.dtype if floats else np.float64
        values = np.where(holes, np.nan, masked.data).astype(kind)
        return (values * scale + offset if scaled else values), None
    return np.asarray(masked.data), stated
