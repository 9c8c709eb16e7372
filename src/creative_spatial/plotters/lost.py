"""Places too uncertain to draw: which ones, and how the sheet names them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from creative_spatial.plotters.artists import within_box
from creative_spatial.plotters.cartography import cartography
from creative_spatial.plotters.certainty import uncertainty_mm
from creative_spatial.plotters.legend_items import LegendGroup, LegendItem, worded
from creative_spatial.plotters.symbols import any_matching, selected
from creative_spatial.plotters.text import names_of, plain
from creative_spatial.plotters.words import in_language, word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from creative_spatial.plotters.frame import Frame
    from creative_spatial.plotters.specs import LayerSpec, MapSpec
    from creative_spatial.result import Result
    from creative_spatial.taxonomy import Taxonomy

LISTED, LISTED_TIGHT, LISTED_MORE = 4, 1, 16
DISC = "#8C8C8C"


def is_lost(rows: gpd.GeoDataFrame, frame: Frame) -> NDArray[np.bool_]:
    """
    Say which places are too uncertain to draw, even as a soft disc.

    Parameters
    ----------
    rows : GeoDataFrame, n rows
        Points.
    frame : Frame
        The scale.

    Returns
    -------
    array of bool, shape (n,)
        Where the disc would be wider than a reader takes for a place.
    """
    return np.asarray(uncertainty_mm(rows, frame) > cartography().points.widest_mm)


def is_traced(rows: gpd.GeoDataFrame, spec: LayerSpec) -> NDArray[np.bool_]:
    """
    Say which rows bear no marker, since another layer of the map draws their course.

    Parameters
    ----------
    rows : GeoDataFrame, n rows
        Of a layer of points.
    spec : LayerSpec
        With `traced`.

    Returns
    -------
    array of bool, shape (n,)
        Lines that it keeps.
    """
    lines: NDArray[np.bool_] = shapely.get_dimensions(rows.geometry) == 1
    return any_matching(rows, spec.traced) & lines


def lost_of(result: Result, spec: MapSpec, frame: Frame) -> list[dict[str, str]]:
    """
    Name what a map will not place, before it is drawn.

    Parameters
    ----------
    result : Result
        With the map's layers.
    spec : MapSpec
        What it shows.
    frame : Frame
        Of the map.

    Returns
    -------
    list of dict of str to str
        Names by language.
    """
    found = []
    for it in spec.layers:
        if it.draw != "point" or it.layer not in result.layers:
            continue
        rows = selected(result.layers[it.layer], it.where, result.taxonomy)
        rows = rows.iloc[within_box(rows.geometry.to_numpy(), frame.box)[1]][: it.most]
        rows = rows[~is_traced(rows, it)]
        found += [told(row, result.taxonomy) for _, row in rows[is_lost(rows, frame)].iterrows()]
    return found


def told(row: Any, taxonomy: Taxonomy) -> dict[str, str]:
    """
    Name a place.

    Parameters
    ----------
    row : Series
        With `name`, maybe `name:<language>` and `concept`.
    taxonomy : Taxonomy
        What concepts are called.

    Returns
    -------
    dict of str to str
        By language; what it is where it has no name.
    """
    names = {language: name for language, name in names_of(row).items() if name}
    if names:
        return names
    concept = taxonomy.concepts.get(str(row.get("concept")))
    return {"en": plain(row.get("concept"))} if concept is None else dict(concept.labels)


def lost_group(
    names: Sequence[Mapping[str, str]], *, tight: bool, together: int | None = None
) -> LegendGroup | None:
    """
    List the places that are not drawn, the first few of them.

    Parameters
    ----------
    names : sequence of mapping of str to str
        By language.
    tight : bool
        Whether there is little room for lines.
    together : int, optional
        Most names, in one text; on a line each otherwise.

    Returns
    -------
    LegendGroup or None
        None where there is none.
    """
    most = together or (LISTED_TIGHT if tight else LISTED)
    if not names:
        return None
    more = str(len(names) - most)
    if together:
        said = {
            code: "; ".join([
                *(in_language(it, code) for it in names[:most]),
                *([word("and_more", code, value=more)] if len(names) > most else []),
            ])
            for code in dict.fromkeys(["en", *(code for it in names for code in it)])
        }  # fmt: skip
        items = [LegendItem("disc", said, DISC, lines=LISTED_MORE)]
    else:
        items = [LegendItem("disc", it, DISC) for it in names[:most]]
        if len(names) > most:
            items.append(LegendItem("disc", worded("and_more", value=more), DISC))
    return LegendGroup(worded("not_placed"), tuple(items))


def more_names(lost: int) -> list[int]:
    """
    List how many of the places may be named in one text, if there is room.

    Parameters
    ----------
    lost : int
        How many there are.

    Returns
    -------
    list of int
        Most first.

    Examples
    --------
    >>> more_names(8), more_names(1)
    ([8, 4, 2], [])
    """
    most = min(lost, LISTED_MORE)
    return [n for n in (most, most // 2, most // 4) if n > LISTED_TIGHT]
