"""Surfaces on Axes: a density from light to dark, a ratio from one hue through white to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import Normalize
from pyproj import CRS

from creative_spatial.errors import CRSError
from creative_spatial.plotters.attribution import credits_list, credits_sentence
from creative_spatial.plotters.canvas import ready_axes
from creative_spatial.plotters.drawn import Z_ZONES
from creative_spatial.plotters.fonts import drawable, font_family
from creative_spatial.plotters.foot import OWN_FIGURE, add_foot, grow_figure
from creative_spatial.plotters.frame import frame_of
from creative_spatial.plotters.ground import draw_boundaries
from creative_spatial.plotters.legend_items import worded
from creative_spatial.plotters.words import check_languages, format_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from creative_spatial.area import StudyArea
    from creative_spatial.provenance import Source
    from creative_spatial.raster import Raster

# Lightness alone tells the one; hue and lightness both tell the other, without red and green.
SEQUENTIAL, DIVERGING = "YlGnBu", "PuOr_r"
BAR_PLACE = (1.03, 0.52, 0.035, 0.44)
BAR_MM, TICKS = 24.0, 5


def plot_surface(
    surface: Raster, area: StudyArea, *, center: float | None = None, limit: float | None = None, cmap: str | None = None,
    label: str = "", decimals: int = 1, language: str = "en", sources: Mapping[str, Source] | None = None,
    ax: Axes | None = None,
) -> Axes:  # fmt: skip
    """
    Draw a surface: a density, or what is more or less frequent than elsewhere.

    Cells without data are not drawn, so that what lies below shows. The scale ends at the
    largest value drawn; what a `limit` leaves beyond it has the color of its end.

    Parameters
    ----------
    surface : Raster
        In the area's CRS; floating-point values with NaN where there is no data.
    area : StudyArea
        Where.
    center : float, optional
        Value that is neither more nor less, e.g. 0 for a logarithm: two hues part there. Left
        out, a surface with values on both sides of zero has its center there, another has
        none.
    limit : float, optional
        Largest value, or distance from the center, that the scale shows.
    cmap : str, optional
        A color map of matplotlib in place of the package's own.
    label : str
        What the numbers are, with their unit: heading of the scale.
    decimals : int
        Of the numbers on the scale.
    language : str
        How they are written.
    sources : mapping of str to Source, optional
        What the ids in the surface's `source_id` (parted by ";") stand for, for the credits.
    ax : Axes, optional
        Where to draw; a new one otherwise.

    Returns
    -------
    Axes
        With the scale among its `child_axes`, where there is a value at all.

    Raises
    ------
    CRSError
        If the surface is not in the CRS of the area.
    ConfigError
        If there is no such language.

    See Also
    --------
    creative_spatial.analysers.density_surface : Makes such a surface.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> from affine import Affine
    >>> from creative_spatial.area import StudyArea
    >>> from creative_spatial.raster import Raster
    >>> town = gpd.GeoDataFrame(index=["town"], geometry=[shapely.box(600_000, 790_000, 602_000, 792_000)],
    ...     crs="EPSG:32647")
    >>> area = StudyArea.from_geometries(town, name="Town", grid="square", cell_m=500)
    >>> hill = Raster(np.arange(16.0).reshape(4, 4), Affine(500, 0, 600_000, 0, -500, 792_000),
    ...     area.crs, "made")
    >>> ax = plot_surface(hill, area, label="places per ha")
    >>> ax.images[0].get_clim()
    (0.0, 15.0)
    """
    check_languages([language])
    if CRS.from_user_input(surface.crs) != CRS.from_user_input(area.crs):
        raise CRSError(
            f"`surface` is in {CRS.from_user_input(surface.crs).to_string()}, expected "
            f"{CRS.from_user_input(area.crs).to_string()}; a raster is not resampled here."
        )
    known = dict(sources or {})
    ids = [part.strip() for part in surface.source_id.split(";") if part.strip()]
    lines = credits_list(ids, known)
    ax = ready_axes(ax, area, credit=credits_sentence(lines, [language]))
    values = _values(surface)
    norm, diverging = _scale(values, center, limit)
    left, low, right, high = surface.bounds
    image = ax.imshow(
        values, extent=(left, right, low, high), aspect=ax.get_aspect(), norm=norm, interpolation="nearest",
        cmap=_colors(cmap or (DIVERGING if diverging else SEQUENTIAL), diverging=diverging or cmap is not None),
        zorder=Z_ZONES,
    )  # fmt: skip
    if not values.mask.all():
        _draw_scale(ax, image, label, decimals, language)
    draw_boundaries(ax, area, frame_of(ax, area.crs))
    invented = any(source.accuracy == "illustrative" for source in map(known.get, ids) if source)
    add_foot(ax, lines, language, warning=worded("illustrative_some") if invented else None)
    return ax


def _values(surface: Raster) -> Any:
    """Values with what is no data masked."""
    values = np.asarray(surface.values, dtype=float)
    absent = ~np.isfinite(values)
    if surface.nodata is not None:
        absent |= values == surface.nodata
    return np.ma.masked_array(values, absent)


def _scale(values: Any, center: float | None, limit: float | None) -> tuple[Normalize, bool]:
    """Ends of the scale, and whether it has a center."""
    known: NDArray[np.float64] = values.compressed()
    least = float(known.min(initial=np.inf)) if len(known) else 0.0
    most = float(known.max(initial=-np.inf)) if len(known) else 1.0
    if center is None and least < 0 < most:
        center = 0.0
    if center is not None:
        reach = limit if limit is not None else max(abs(least - center), abs(most - center))
        reach = reach or 1.0
        return Normalize(center - reach, center + reach, clip=True), True
    top = limit if limit is not None else most
    bottom = min(least, 0.0)
    return Normalize(bottom, top if top > bottom else bottom + 1.0, clip=True), False


def _colors(name: str, *, diverging: bool) -> Any:
    """A color map; a density's lowest values fade into the ground."""
    colors = colormaps[name](np.linspace(0, 1, 256))
    if not diverging:
        colors[:, 3] = np.clip(np.linspace(0, 8, 256), 0, 1)
    else:
        colors[:, 3] = 0.9
    from matplotlib.colors import ListedColormap

    return ListedColormap(colors)


def _draw_scale(ax: Axes, image: Any, label: str, decimals: int, language: str) -> None:
    """The scale beside the map, its numbers in the language's form."""
    bar = ax.inset_axes(BAR_PLACE)
    figure: Any = ax.get_figure(root=True)
    scale = figure.colorbar(image, cax=bar)
    low, high = image.get_clim()
    ticks = np.linspace(low, high, TICKS)
    families = font_family(language)
    scale.set_ticks(ticks, labels=[format_number(tick, decimals, language) for tick in ticks])
    for text in bar.get_yticklabels():
        text.set(fontfamily=families, fontsize=7.0)
    bar.tick_params(length=2, width=0.5)
    scale.outline.set_linewidth(0.4)
    bar.set_title(
        drawable(label), loc="left", fontfamily=families, fontsize=7.5, parse_math=False, pad=5
    )
    if figure.get_gid() == OWN_FIGURE:
        grow_figure(ax, right_mm=BAR_MM + 2.2 * len(label))
