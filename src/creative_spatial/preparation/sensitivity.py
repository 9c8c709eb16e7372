"""
What is flagged is generalised before anything is computed; what is public stays public.

A flagged position becomes the centre of its cell in a fixed grid of degrees. It is never
moved at random: averaging two exports would give such a point away.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from pyproj import CRS, Geod

from creative_spatial.crs import WGS84, make_transformer
from creative_spatial.errors import LayerSchemaError
from creative_spatial.schema import INDEX

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

# Chapman (2020), Current Best Practices for Generalizing Sensitive Species Occurrence Data:
# categories 2, 3 and 4.
GRIDS_DEG = (0.1, 0.01, 0.001)
NO_CONSENT = "consent not recorded"
_YES = frozenset({"yes", "y", "true", "1", "1.0"})
_NO = frozenset({"no", "n", "false", "0", "0.0", "withdrawn"})
# Columns that would say what the geometry no longer does.
_TELLS = re.compile(
    r"(file:)?(lon|lat|lng|long|longitude|latitude|x|y|easting|northing|utm.*|wkt|geom.*|geo_?point"
    r"|gps.*|.*coord.*|address|addr.*|tags|osm_(object|id|type)|wikidata|.*url|website)",
    re.IGNORECASE,
)
# Degrees to a hundred metres or better, inside free text.
_DECIMALS = re.compile(r"\d{1,3}[.,٫]\d{3,}")


def generalise(
    layer: gpd.GeoDataFrame, *, grid_deg: float = 0.01
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """
    Generalise flagged features to a grid, and withhold those without consent.

    Flagged is a row with a `sensitivity`; or, in sources that record `consent`, a row
    that does not say "yes". A row that says "no" is withheld. Every other row is public
    and stays as it is.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, any geometry
        Optional columns: `sensitivity`, `consent`, and `generalization_deg`, the grid of
        a row where it differs.
    grid_deg : {0.1, 0.01, 0.001}, degrees
        Side of the grid's cells.

    Returns
    -------
    public : GeoDataFrame, at most n rows
        A flagged row is the centre of its cell, with `uncertainty_m` (half the cell's
        diagonal, and its own), `dataGeneralizations` saying what was done, and without
        columns that give the place away (coordinates, address, tags, links) and text
        with coordinates in it.
    withheld : DataFrame
        Indexed by `feature_id`, with `concept` and `reason`.

    Raises
    ------
    ValueError
        If `grid_deg` is not one of the grids.
    LayerSchemaError
        If `generalization_deg` holds anything else; the message names the rows.

    References
    ----------
    Chapman A. D. (2020). Current Best Practices for Generalizing Sensitive Species
    Occurrence Data. GBIF. Darwin Core: `dataGeneralizations`, `coordinateUncertaintyInMeters`.
    """
    if grid_deg not in GRIDS_DEG:
        raise ValueError(f"grid_deg is {grid_deg:g}; it is one of {GRIDS_DEG}.")
    consent = _consent(layer)
    refused = consent == "no"
    withheld = pd.DataFrame(
        {
            "concept": layer.loc[refused, "concept"] if "concept" in layer else "",
            "reason": "no consent to publication",
        },
        index=pd.Index(layer.index[refused], name=INDEX),
    )
    public = layer.loc[~refused].copy()
    reason = _reasons(public, consent[~refused])
    flagged = np.asarray(reason.notna())
    if not flagged.any():
        return public, withheld
    grid = _grids(public, flagged, grid_deg)
    return _generalised(public, flagged, grid, reason), withheld


def is_flagged(layer: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """
    Say which features are not for everyone at their exact position.

    Parameters
    ----------
    layer : GeoDataFrame, n rows, any geometry
        Optional columns: `sensitivity`, `consent`, `source_id`.

    Returns
    -------
    array of bool, n items
        True for what `generalise` would generalise or withhold.
    """
    consent = _consent(layer)
    return np.asarray(_reasons(layer, consent).notna() | (consent == "no"), dtype=bool)


def _consent(layer: gpd.GeoDataFrame) -> pd.Series[str]:
    """Say "yes", "no" or "unsaid"; "" where the row's source records no consent at all."""
    if "consent" not in layer:
        return pd.Series("", index=layer.index, dtype="str")
    given = layer["consent"].map(lambda value: str(value).strip().casefold(), na_action="ignore")
    given = given.where(given != "")
    source = layer["source_id"] if "source_id" in layer else pd.Series("", index=layer.index)
    asked = given.notna().groupby(source).transform("any")
    said = pd.Series("unsaid", index=layer.index, dtype="str").where(asked.astype(bool), "")
    return said.mask(given.isin(_YES), "yes").mask(given.isin(_NO), "no")


def _reasons(layer: gpd.GeoDataFrame, consent: pd.Series[str]) -> pd.Series[Any]:
    """Why each row is generalised; null for the public ones."""
    reason = pd.Series(None, index=layer.index, dtype="object")
    reason[consent == "unsaid"] = NO_CONSENT
    if "sensitivity" in layer:
        flag = layer["sensitivity"]
        set_ = flag.notna() & (flag.astype(str).str.strip() != "")
        reason[set_] = flag[set_].astype(str)
    return reason


def _grids(
    layer: gpd.GeoDataFrame, flagged: NDArray[np.bool_], grid_deg: float
) -> NDArray[np.float64]:
    """Cell side of each flagged row."""
    if "generalization_deg" not in layer:
        return np.full(int(flagged.sum()), grid_deg)
    own = pd.to_numeric(layer["generalization_deg"].loc[flagged], errors="coerce")
    stated = layer["generalization_deg"].loc[flagged].notna()
    odd = stated & ~own.isin(GRIDS_DEG)
    if odd.any():
        raise LayerSchemaError(
            f"generalization_deg is one of {GRIDS_DEG}; it is not in {own.index[odd][:5].tolist()}."
        )
    return np.asarray(own.fillna(grid_deg), dtype=float)


def _generalised(
    layer: gpd.GeoDataFrame,
    flagged: NDArray[np.bool_],
    grid: NDArray[np.float64],
    reason: pd.Series[Any],
) -> gpd.GeoDataFrame:
    """The layer with flagged rows at the centres of their cells."""
    crs = CRS.from_user_input(layer.crs)
    there = make_transformer(crs, WGS84)
    back = make_transformer(WGS84, crs)
    shapes = layer.geometry.to_numpy().copy()
    centroids = shapely.centroid(shapes[flagged])
    lon, lat = there.transform(shapely.get_x(centroids), shapely.get_y(centroids))
    lon, lat = _centres(np.asarray(lon), grid), _centres(np.asarray(lat), grid)
    shapes[flagged] = shapely.points(*back.transform(lon, lat))
    public = layer.set_geometry(shapes, crs=layer.crs)
    radius = np.array([_half_diagonal(*cell) for cell in zip(lon, lat, grid, strict=True)])
    for name in ("uncertainty_m", "sensitivity", "dataGeneralizations"):
        if name not in public:
            public[name] = pd.Series(
                None, index=public.index, dtype="float64" if name == "uncertainty_m" else "str"
            )
    own = pd.to_numeric(public.loc[flagged, "uncertainty_m"], errors="coerce").fillna(0)
    public["uncertainty_m"] = public["uncertainty_m"].astype(float)
    public.loc[flagged, "uncertainty_m"] = np.ceil(radius + own.to_numpy())
    public.loc[flagged, "sensitivity"] = reason[flagged].to_numpy()
    public.loc[flagged, "dataGeneralizations"] = [
        f"Position replaced by the centre of its {side:g} degree grid cell" for side in grid
    ]
    _blank_what_tells(public, flagged)
    rest = [name for name in public.columns if name != public.geometry.name]
    return public[[*rest, public.geometry.name]]


def _blank_what_tells(public: gpd.GeoDataFrame, flagged: NDArray[np.bool_]) -> None:
    """Blank, in flagged rows, columns that hold a place and text that holds coordinates."""
    for name in public.columns:
        if name in {public.geometry.name, "dataGeneralizations"}:
            continue
        column = public[name]
        if _TELLS.fullmatch(str(name)):
            public[name] = column.mask(flagged)
        elif not pd.api.types.is_numeric_dtype(column):
            told = column.map(lambda v: isinstance(v, str) and bool(_DECIMALS.search(v)))
            public[name] = column.mask(flagged & told.to_numpy(bool))


def _centres(degrees: NDArray[np.float64], grid: NDArray[np.float64]) -> NDArray[np.float64]:
    """Centre of the cell that holds each coordinate; an edge belongs to the cell above it."""
    per_degree = np.round(1 / grid)
    cells = np.floor(np.round(degrees * per_degree, 9))
    return np.asarray((cells + 0.5) / per_degree)


def _half_diagonal(lon: float, lat: float, side: float) -> float:
    """Greatest distance in metres from a cell's centre to its edge."""
    geod = Geod(ellps="WGS84")
    corners = [geod.inv(lon, lat, lon + side / 2, lat + sign * side / 2)[2] for sign in (-1, 1)]
    return float(math.ceil(max(corners)))
