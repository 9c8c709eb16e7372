"""What a field day should confirm, quarter by quarter, in the order of a walk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from creative_spatial.crs import WGS84, require_crs
from creative_spatial.preparation.conflation.core import DUPLICATE, MATCHED, ONLY
from creative_spatial.preparation.sensitivity import is_flagged
from creative_spatial.preparation.whereabouts import first_unit
from creative_spatial.resources.visits import visit_words
from creative_spatial.schema import INDEX, UNIT_INDEX, is_illustrative, require_columns

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from creative_spatial.resources.visits import VisitWords

OUTSIDE = "outside"
_ENTRY = ("found", "name_on_site", "note")
_DECIMALS = 6
_STREET_M = 200
_OTHER = ("other_id", "other_source", "other_name", "distance_m")
# A cell that begins so is run as a formula by spreadsheets.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def visit_list(
    table: gpd.GeoDataFrame,
    units: gpd.GeoDataFrame,
    *,
    streets: gpd.GeoDataFrame | None = None,
    language: str = "en",
    include_flagged: bool = False,
) -> pd.DataFrame:
    """
    List the places that one source alone knows, by quarter, ready to be printed or sent.

    Places that are matched are confirmed and left out, as are invented ones (`accuracy`
    "illustrative"), which nobody can find. In each unit the stops go to the
    nearest next one, from the westernmost. A place on the edge of two units goes to the one
    that comes first; one in no unit is listed last, under "outside".

    Parameters
    ----------
    table : GeoDataFrame, n rows, metres
        What `conflate` returns.
    units : GeoDataFrame, polygons, same CRS
        Quarters, indexed by their id.
    streets : GeoDataFrame of LineString, same CRS, optional
        Streets that may be told, with `name` and `name:…`.
    language : str, optional
        Of the questions and of the streets' names.
    include_flagged : bool, optional
        Whether records with a `sensitivity`, or without a "yes" where `consent` is
        recorded, are listed too. They are exact positions: keep such a list to the team.

    Returns
    -------
    DataFrame
        Without geometry: `unit_id`, `stop`, `street` (the nearest one with a name, null where
        none is within 200 m), `feature_id`, `name` and `name:…`, `concept`,
        `source`, `lon`, `lat` (WGS 84), `search_m` (how far around to look), `question`,
        and empty columns to fill in: `found`, `name_on_site`, `note`. Texts that a
        spreadsheet would run as a formula begin with an apostrophe.

    Raises
    ------
    LayerSchemaError
        If the table is not one of `conflate`.
    CRSError
        If units, streets and table are not in one CRS.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely.geometry import Point, box
    >>> from creative_spatial.preparation.conflation import conflate
    >>> found = gpd.GeoDataFrame(
    ...     {"name": ["Wat Klang"], "concept": ["wat"]}, index=["osm:node/1"],
    ...     geometry=[Point(676_500, 795_500)], crs="EPSG:32647")
    >>> quarters = gpd.GeoDataFrame(
    ...     geometry=[box(676_000, 795_000, 677_000, 796_000)], index=["Bo Yang"], crs=found.crs)
    >>> visit_list(conflate({"OSM": found}), quarters)[["unit_id", "stop", "name", "question"]]
       unit_id  stop       name                        question
    0  Bo Yang     1  Wat Klang  Only in OSM. Is it still here?
    """
    require_columns(
        table, "name", "concept", "source", "status", *_OTHER, "uncertainty_m", name="table"
    )
    require_crs(units.crs, table=table, streets=streets)
    words = visit_words(language)
    flagged = is_flagged(table) & (not include_flagged)
    hidden = table["other_id"].isin(table.index[flagged]).to_numpy(dtype=bool)
    asked = pd.Series(
        [
            _question(row, words, named=not hide)
            for row, hide in zip(_rows(table), hidden, strict=True)
        ],
        index=table.index,
        dtype="str",
    )
    asked_for = (table["status"] != MATCHED).to_numpy(dtype=bool) & ~is_illustrative(table)
    # By position: two pillars' files of one source may use an id each.
    listed_rows = asked_for & ~np.asarray(flagged, dtype=bool)
    open_rows = table[listed_rows]
    points = open_rows.geometry.representative_point()
    degrees = points.to_crs(WGS84)
    names = [column for column in open_rows.columns if column.partition(":")[0] == "name"]
    listed = pd.DataFrame({UNIT_INDEX: _quarters(points, units)})
    listed["street"] = _inert(_street_names(points, streets, language))
    listed[INDEX] = open_rows.index
    for column in (*names, "concept", "source"):
        listed[column] = _inert(open_rows[column])
    listed["lon"] = degrees.x.round(_DECIMALS).to_numpy()
    listed["lat"] = degrees.y.round(_DECIMALS).to_numpy()
    listed["search_m"] = open_rows["uncertainty_m"].to_numpy(dtype=float)
    listed["question"] = _inert(asked[listed_rows])
    for column in _ENTRY:
        listed[column] = ""
    order = [*map(str, units.index), OUTSIDE]
    listed["_unit"] = listed[UNIT_INDEX].map({unit: at for at, unit in enumerate(order)})
    stops = np.zeros(len(listed), dtype=np.int64)
    xy = shapely.get_coordinates(points.to_numpy())
    for rows in listed.groupby("_unit").indices.values():
        stops[rows] = _walk(xy[rows])
    listed.insert(1, "stop", stops)
    return listed.sort_values(["_unit", "stop"]).drop(columns="_unit").reset_index(drop=True)


def _quarters(points: gpd.GeoSeries, units: gpd.GeoDataFrame) -> list[str]:
    """The first unit that each point is in or on."""
    ids = [*map(str, units.index), OUTSIDE]
    return [ids[at] for at in first_unit(points, units)]


def _street_names(
    points: gpd.GeoSeries, streets: gpd.GeoDataFrame | None, language: str
) -> pd.Series[str]:
    """Name of the street that each point is nearest to."""
    found = pd.Series(None, index=range(len(points)), dtype="str")
    if streets is None or "name" not in streets:
        return found
    own = f"name:{language}"
    names = streets[own].fillna(streets["name"]) if own in streets else streets["name"]
    # In the order of their names, so that of equally near ones the same is found.
    names = names.astype("str").dropna().sort_values(kind="stable")
    tree = shapely.STRtree(np.asarray(streets.geometry.loc[names.index], dtype=object))
    point, street = tree.query_nearest(
        np.asarray(points, dtype=object), max_distance=_STREET_M, all_matches=True
    )
    first = pd.Series(street).groupby(point).min()
    found.loc[first.index] = names.to_numpy()[first.to_numpy()]
    return found


def _walk(xy: NDArray[np.float64]) -> NDArray[np.int64]:
    """Numbers of the stops, from the westernmost to the nearest not yet seen."""
    left = np.ones(len(xy), dtype=bool)
    stops = np.zeros(len(xy), dtype=np.int64)
    at = int(np.lexsort((xy[:, 1], xy[:, 0]))[0])
    for number in range(1, len(xy) + 1):
        stops[at], left[at] = number, False
        away = np.where(left, np.hypot(*(xy - xy[at]).T), np.inf)
        at = int(away.argmin())
    return stops


def _rows(table: pd.DataFrame) -> list[tuple[str, str | None, str | None, str | None, float]]:
    columns = [table[name] for name in ("status", *_OTHER[:3])]
    texts = [[value if isinstance(value, str) else None for value in column] for column in columns]
    return list(zip(*texts, table["distance_m"].to_numpy(dtype=float), strict=True))


def _question(
    row: tuple[str, str | None, str | None, str | None, float], words: VisitWords, *, named: bool
) -> str:
    """What there is to find out; a record that is not for everyone is not named."""
    status, other_id, source, name, apart = row
    other = (name or other_id) if named else None
    away = words.away.format(metres=f"{apart:.0f}") if np.isfinite(apart) else ""
    if status == DUPLICATE:
        said = [words.twice, words.same.format(name=other, away=away)]
    else:
        said = [
            words.only.format(source=status.removeprefix(ONLY)),
            words.other.format(name=other, source=source, away=away),
        ]
    return " ".join(said if other else said[:1])


def _inert(column: pd.Series[str]) -> list[str | None]:
    """Texts that no spreadsheet runs."""
    texts = [value if isinstance(value, str) else None for value in column]
    return [f"'{text}" if text and text.startswith(_FORMULA) else text for text in texts]
