"""What quarters are called: by the city's own names for what is in them."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from creative_spatial.analysers.assignment import OUTSIDE, locate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

# A place is on the street that passes it; farther than this it stands on none.
ON_STREET_M = 50.0


def names_of(
    outlines: gpd.GeoSeries,
    rows: gpd.GeoDataFrame,
    xy: NDArray[np.float64],
    streets: gpd.GeoDataFrame | None,
    *,
    named_by: Sequence[str],
) -> pd.DataFrame:
    """
    Name quarters: after an old town or the like, else a street, else the place in the middle.

    The first of these that has a name which no earlier quarter took: a place of a concept in
    `named_by` that lies in the outline, or in which its middle lies; the named street within
    50 m on which most of its places stand, then the next; the named place nearest to
    the middle of its places, then the next. Of equals, the first in the alphabet.

    Parameters
    ----------
    outlines : GeoSeries of polygons, k rows
        Quarters, the most important first.
    rows : GeoDataFrame, n rows
        Places, with `concept` and, if any, `name` and "name:xx".
    xy : array of float, shape (n, 2)
        Where they stand.
    streets : GeoDataFrame of lines or None
        With `name` and, if any, "name:xx".
    named_by : sequence of str
        Concepts of places that name a quarter.

    Returns
    -------
    DataFrame of str, k rows
        `name` and each "name:xx" that a row has; null where nothing has a name.

    Examples
    --------
    >>> import geopandas as gpd
    >>> quarter = gpd.GeoSeries([shapely.box(0, 0, 100, 20)])
    >>> lane = gpd.GeoDataFrame({"name": ["Nang Ngam"]}, geometry=[shapely.LineString([(0, 9), (99, 9)])])
    >>> stall = gpd.GeoDataFrame({"concept": ["cafe"], "name": ["A"]}, geometry=gpd.points_from_xy([5], [5]))
    >>> names_of(quarter, stall, np.array([[5.0, 5.0]]), lane, named_by=[])["name"].tolist()
    ['Nang Ngam']
    """
    tables = [it for it in (rows, streets) if it is not None]
    columns = sorted({c for it in tables for c in it.columns if str(c).startswith("name:")})
    columns = ["name", *columns]
    shapes = outlines.to_numpy()
    inside = locate(np.asarray(shapely.points(xy)), shapes)
    on_street, named = _street_of(xy, streets), _named(rows)
    taken: set[str] = set()
    found = []
    for quarter, shape in enumerate(shapes):
        own = inside == quarter
        middle = xy[own].mean(axis=0) if own.any() else shapely.get_coordinates(shape.centroid)[0]
        away = np.hypot(*(xy - middle).T)
        around = own | shapely.intersects_xy(rows.geometry.to_numpy(), *middle)
        whole = named & rows["concept"].isin(list(named_by)).to_numpy() & around
        passed = None if streets is None else streets.iloc[on_street[own & (on_street != OUTSIDE)]]
        candidates = chain(
            _ranked(rows[whole], away[whole]),
            _most_often(passed),
            _ranked(rows[named & own], away[named & own]),
        )
        chosen = next((row for row in candidates if str(row["name"]) not in taken), None)
        if chosen is not None:
            taken.add(str(chosen["name"]))
        found.append({c: None if chosen is None else chosen.get(c) for c in columns})
    table = pd.DataFrame(found, columns=columns, index=outlines.index)
    return table.astype("str").where(table.notna())


def _most_often(passed: gpd.GeoDataFrame | None) -> Iterator[pd.Series[Any]]:
    """Streets, one row for each place that stands on them, those of most places first."""
    if passed is not None and len(passed):
        count = passed.groupby("name")["name"].transform("size").to_numpy(dtype=float)
        yield from _ranked(passed, -count)


def _ranked(table: gpd.GeoDataFrame, rank: NDArray[np.float64]) -> Iterator[pd.Series[Any]]:
    """Rows in the order of a number, then of the alphabet and the id; each name once."""
    names: Any = table["name"].to_numpy(dtype=object) if len(table) else []
    order = pd.DataFrame(
        {"rank": np.round(rank, 6), "name": names, "id": table.index.astype("str")}
    ).reset_index(drop=True)
    for at in order.sort_values(["rank", "name", "id"]).drop_duplicates("name").index:
        yield table.iloc[at]


def _named(table: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    if "name" not in table:
        return np.zeros(len(table), dtype=bool)
    return (table["name"].notna() & (table["name"].astype("str").str.strip() != "")).to_numpy()


def _street_of(xy: NDArray[np.float64], streets: gpd.GeoDataFrame | None) -> NDArray[np.intp]:
    """Row of the nearest named street that each place stands on; -1 for none."""
    found = np.full(len(xy), OUTSIDE, dtype=np.intp)
    if streets is None or not len(streets):
        return found
    named = np.flatnonzero(_named(streets))
    # In the order of their ids, so that of equally near ones the same is found.
    named = named[np.argsort(streets.index.astype("str").to_numpy()[named], kind="stable")]
    tree = shapely.STRtree(streets.geometry.to_numpy()[named])
    place, street = tree.query_nearest(
        np.asarray(shapely.points(xy)), max_distance=ON_STREET_M, all_matches=True
    )
    order = np.lexsort((street, place))
    place, first = np.unique(place[order], return_index=True)
    found[place] = named[street[order][first]]
    return found
