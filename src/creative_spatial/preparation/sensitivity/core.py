"""
Generalising a layer: after this, nothing of it depends on where a flagged record lies in its cell.

A flagged position becomes the centre of its cell. It is never moved at random: averaging
two exports would give such a point away.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from pyproj import CRS, Geod

from creative_spatial.crs import WGS84, make_transformer
from creative_spatial.preparation.sensitivity.people import (
    HEXAGON,
    Hexagon,
    describe_hexagon,
    shared_hexagons,
)
from creative_spatial.preparation.sensitivity.words import OWN_WORDS, kept_words
from creative_spatial.resources.sensitivity import WITHHELD, sensitivity_facts
from creative_spatial.schema import INDEX
from creative_spatial.sensitivity import (
    REFUSED,
    categories_of,
    cell_centres,
    consent_of,
    degrees_of,
)
from creative_spatial.taxonomy import Taxonomy

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

# Darwin Core terms, https://dwc.tdwg.org/terms/.
GENERALISED, INFORMATION, UNCERTAINTY = (
    "dataGeneralizations",
    "informationWithheld",
    "coordinateUncertaintyInMeters",
)
TOO_FEW = "too few records of its kind near by"
_TEXTS = ("sensitivity", GENERALISED, INFORMATION)


def generalise(
    layer: gpd.GeoDataFrame,
    *,
    taken: Counter[str] | None = None,
    taxonomy: Taxonomy | None = None,
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """
    Generalise flagged features to the cell of their category; withhold those of the strictest.

    Flagged is a row with a `sensitivity`; or, in sources that record `consent`, a row
    that does not say "yes". Every other row is public and stays as it is. The categories
    and their cells are those of ``resources/sensitivity.toml``; nothing else decides.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, any geometry
        Optional columns: `sensitivity` and `consent`.
    taken : Counter of str to int, optional
        Numbers given to flagged rows so far, by source; counted on. Ids then stay unique
        over several layers.
    taxonomy : Taxonomy, optional
        Whose words a flagged row keeps; the package's otherwise.

    Returns
    -------
    public : GeoDataFrame, at most n rows
        The public rows, and behind them the flagged ones in an order of their cells. Of
        those, the geometry is the centre of the cell, `uncertainty_m` reaches its corners
        (and adds their own), the index is a number that leads nowhere, and only the
        columns of ``[kept]`` hold anything: words of the taxonomy, and what is said of a
        taxon. Darwin Core's terms say what was done.
    withheld : DataFrame
        Indexed by `feature_id`, with `concept`, `pillar` if there is one, and `reason`.

    References
    ----------
    Chapman A. D. (2020). Current Best Practices for Generalizing Sensitive Species
    Occurrence Data. GBIF. Darwin Core: `dataGeneralizations`, `informationWithheld`,
    `coordinateUncertaintyInMeters`.
    """
    category = categories_of(layer)
    reason = category.where(category != WITHHELD, _why_withheld(layer))
    becomes = np.array([_becomes(name) for name in category], dtype=object)
    lost = np.asarray(becomes == "withheld", dtype=bool)
    flagged = np.asarray(category != "", dtype=bool) & ~lost
    if not (lost.any() or flagged.any()):
        return layer.copy(), _withheld(layer, lost, reason)
    shared = np.asarray(becomes == "hexagon", dtype=bool)
    cells = _cells_of_people(layer, shared)
    few = shared & np.asarray(cells == "", dtype=bool)
    reason[few] = TOO_FEW
    lost |= few
    flagged &= ~few
    given: Counter[str] = Counter() if taken is None else taken
    parts = [layer.loc[~lost & ~flagged]]
    if flagged.any():
        shown, own = kept_words(
            layer.loc[flagged], category[flagged], Taxonomy.load() if taxonomy is None else taxonomy
        )
        shown = _generalised(shown, category[flagged], cells[flagged], own, given)
        parts = [part for part in (*parts, shown) if len(part)]
    public = pd.concat(parts) if len(parts) > 1 else parts[0].copy()
    return _arranged(public, layer), _withheld(layer, lost, reason)


def _why_withheld(layer: gpd.GeoDataFrame) -> pd.Series[Any]:
    return pd.Series(WITHHELD, index=layer.index, dtype="object").mask(
        consent_of(layer) == "no", REFUSED
    )


def _becomes(category: str) -> str:
    return sensitivity_facts().category[category].becomes if category else ""


def _withheld(
    layer: gpd.GeoDataFrame, lost: NDArray[np.bool_], reason: pd.Series[Any]
) -> pd.DataFrame:
    """What is not shown, for counting."""
    columns = {name: layer.loc[lost, name] for name in ("concept", "pillar") if name in layer}
    index = pd.Index(layer.index[lost], name=INDEX)
    return pd.DataFrame({"concept": "", **columns, "reason": reason[lost]}, index=index)


def _cells_of_people(layer: gpd.GeoDataFrame, shared: NDArray[np.bool_]) -> pd.Series[Any]:
    """Hexagons of the records about people, where enough share one."""
    cells = np.full(len(layer), "", dtype=object)
    if shared.any():
        people = layer.loc[shared]
        shown = [people[name] for name in ("source_id", "concept", "pillar") if name in people]
        groups = list(zip(*shown, strict=True)) if shown else [()] * len(people)
        cells[shared] = shared_hexagons(*degrees_of(people), groups)
    return pd.Series(cells, index=layer.index)


def _generalised(
    layer: gpd.GeoDataFrame,
    category: pd.Series[Any],
    cells: pd.Series[Any],
    own_words: NDArray[np.bool_],
    taken: Counter[str],
) -> gpd.GeoDataFrame:
    """Flagged rows at the centres of their cells, with what may be said of them."""
    facts = sensitivity_facts()
    sides = np.array([facts.category[name].grid_deg or np.nan for name in category])
    people = np.asarray(cells != "", dtype=bool)
    lon, lat = (cell_centres(values, sides) for values in degrees_of(layer))
    hexagons = {cell: describe_hexagon(cell) for cell in cells[people].unique()}
    for row in np.flatnonzero(people):
        lon[row], lat[row] = hexagons[cells.iloc[row]][:2]
    back = make_transformer(WGS84, CRS.from_user_input(layer.crs))
    shown = layer.set_geometry(shapely.points(*back.transform(lon, lat)), crs=layer.crs)
    own = np.zeros(len(layer))
    if "uncertainty_m" in layer:
        stated = pd.to_numeric(layer["uncertainty_m"], errors="coerce").fillna(0)
        own = np.where(people, 0.0, stated.to_numpy(float))
    shown["uncertainty_m"] = np.ceil(_reaches(lon, lat, sides, cells, hexagons) + own)
    shown["sensitivity"] = category.to_numpy()
    shown[GENERALISED] = [
        _what_was_done(cell, side) for cell, side in zip(cells, sides, strict=True)
    ]
    shown[INFORMATION] = [
        f"Exact position, and what leads to it: {name}" + (f"; {OWN_WORDS}" if free else "")
        for name, free in zip(category, own_words, strict=True)
    ]
    if people.any():
        shown[HEXAGON] = cells.astype("str").where(cells != "")
    return _numbered(shown, np.round(lon, 9), np.round(lat, 9), taken)


def _reaches(
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    sides: NDArray[np.float64],
    cells: pd.Series[Any],
    hexagons: dict[str, Hexagon],
) -> NDArray[np.float64]:
    """Greatest distance in metres from each cell's centre to its edge."""
    geod = Geod(ellps="WGS84")
    half = np.nan_to_num(sides) / 2
    corners = [geod.inv(lon, lat, lon + half, lat + sign * half)[2] for sign in (-1, 1)]
    reach = np.ceil(np.max(corners, axis=0))
    for row, cell in enumerate(cells):
        if cell:
            reach[row] = hexagons[cell].radius_m
    return np.asarray(reach, dtype=float)


def _what_was_done(cell: str, side: float) -> str:
    people = sensitivity_facts().people
    if not cell:
        return f"Position replaced by the centre of its {side:g} degree grid cell"
    return (
        f"Position replaced by the centre of hexagon {cell} of the H3 grid, which holds at least "
        f"{people.at_least} such records"
    )


def _numbered(
    shown: gpd.GeoDataFrame,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    taken: Counter[str],
) -> gpd.GeoDataFrame:
    """Rows in an order of what is shown of them, and under numbers that say no more."""
    plain = pd.DataFrame(shown.drop(columns=shown.geometry.name)).astype("str")
    keys = plain.assign(**{"cs:lon": lon, "cs:lat": lat}).reset_index(drop=True)
    first = [name for name in ("source_id", "cs:lon", "cs:lat", "concept") if name in keys]
    rest = [name for name in keys.columns if name not in first]
    order = keys.sort_values([*first, *rest], kind="stable").index.to_numpy()
    ordered = shown.iloc[order]
    sources = ordered["source_id"] if "source_id" in ordered else [""] * len(ordered)
    ids = []
    for source in sources:
        taken[source] += 1
        ids.append(f"{source}:flagged/{taken[source]}")
    ordered.index = pd.Index(ids, dtype="str", name=INDEX)
    return ordered


def _arranged(public: gpd.GeoDataFrame, layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Columns of known types, the geometry last."""
    for name in _TEXTS:
        if name in public:
            public[name] = public[name].astype("str").where(public[name].notna())
    if "uncertainty_m" in public:
        public["uncertainty_m"] = pd.to_numeric(public["uncertainty_m"], errors="coerce")
        public[UNCERTAINTY] = public["uncertainty_m"]
    if "consent" in public and public["consent"].isna().all():
        public = public.drop(columns="consent")  # or it would say that nobody was asked
    geometry = layer.geometry.name
    rest = [name for name in public.columns if name != geometry]
    public.index.name = INDEX
    return public[[*rest, geometry]].set_geometry(geometry, crs=layer.crs)
