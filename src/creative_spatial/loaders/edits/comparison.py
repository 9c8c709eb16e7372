"""One layer as the run wrote it against the same layer after somebody had it in QGIS."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from creative_spatial.loaders.edits.geopackage import FID, single_parts
from creative_spatial.schema import ASSUMED, BASIS, INDEX, comparable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from creative_spatial.loaders.edits.geopackage import Layer

COLUMNS = (
    "layer", "feature_id", "name", "change", "column", "before", "after", "moved_m",
    "also_ids", "note",
)  # fmt: skip
ADDED, REMOVED, MOVED, ATTRIBUTE = "added", "removed", "moved", "attribute"
GEOMETRY = "geometry"
NEW_SOURCE = "edited"
FLAGGED = "generalised before it was shown: its place and its flag cannot be changed here"
COPIED = "a copy or a part of {}"
NO_PLACE = "it has no geometry any more, and was taken as unchanged; delete the row if it is to go"
_NOT_COPIED = (
    "source_id", "pillar", "strength", "tags", "osm_object", "osm_version", "osm_timestamp",
    "also_concepts", "also_ids", "edit_note", "uncertainty_basis",
    "dataGeneralizations", "informationWithheld", "coordinateUncertaintyInMeters",
)  # fmt: skip
"""What says where a record comes from, or is worked out: a new row does not have it."""
_FLAGS = ("sensitivity", "consent", "dataGeneralizations", "generalization_deg", "uncertainty_m")
_WKT_DECIMALS = 3  # millimetres, where the working CRS is in metres


class Comparison(NamedTuple):
    """
    What became of a layer.

    Parameters
    ----------
    layer : GeoDataFrame
        With the changes that count, index `feature_id`.
    rows : list of dict
        One for each change, under `COLUMNS`.
    """

    layer: gpd.GeoDataFrame
    rows: list[dict[str, Any]]


def compare_layer(
    name: str, base: gpd.GeoDataFrame, found: Layer, *, tolerance_m: float
) -> Comparison:
    """
    Find what was added, removed, moved and rewritten.

    Parameters
    ----------
    name : str
        The layer's.
    base : GeoDataFrame, n rows, metres
        As the run wrote it, index `feature_id`.
    found : Layer
        As it is now.
    tolerance_m : float, metres
        Greatest shift of any point that is no move.

    Returns
    -------
    Comparison
        The layer, and the changes in the order of the base, additions last.
    """
    now = found.rows
    shapes = np.asarray(single_parts(shapely.force_2d(base.geometry.to_numpy())))
    original = _originals(now, pd.Series(shapes, index=base.index))
    kept = now.loc[original].set_index(INDEX)
    extra = now.loc[~original]
    stays = base.index.isin(kept.index)
    untold = np.isin(shapely.get_dimensions(shapes), found.gone)
    log = _Log(name, base)
    for feature_id in base.index[~stays & ~untold]:
        shape = (
            None
            if _is_flagged(base.loc[[feature_id]])[0]
            else shapes[base.index.get_loc(feature_id)]
        )
        log.add(feature_id, REMOVED, GEOMETRY, before=_wkt(shape))
    kept = kept.reindex(base.index[stays])
    before = base.loc[kept.index]
    flagged = _is_flagged(before)
    kept = _with_places(kept, shapes[stays], flagged, log, tolerance_m)
    kept = _with_attributes(kept, before, flagged, log)
    fresh = _additions(extra, base, log)
    untouched = base.loc[~stays & untold]
    parts = [part for part in (kept, untouched, fresh) if len(part)]
    layer = pd.concat(parts) if parts else base.iloc[:0]
    layer = layer.drop(columns=[FID, INDEX], errors="ignore")
    layer.index = pd.Index(layer.index.astype("str"), name=INDEX)
    return Comparison(gpd.GeoDataFrame(layer, geometry=GEOMETRY, crs=base.crs), log.rows)


class _Log:
    """Changes of one layer as they are found."""

    def __init__(self, layer: str, base: gpd.GeoDataFrame) -> None:
        self.rows: list[dict[str, Any]] = []
        self._layer = layer
        self._also = base["also_ids"] if "also_ids" in base else pd.Series(None, index=base.index)
        self._names = base["name"] if "name" in base else pd.Series(None, index=base.index)

    def add(
        self, feature_id: str, change: str, column: str, *, name: Any = None, **facts: Any
    ) -> None:
        """Add one change; what is not given is null."""
        known = comparable(self._names.get(feature_id)) if name is None else name
        row = {"layer": self._layer, "feature_id": feature_id, "name": known, "change": change,
               "column": column, "also_ids": comparable(self._also.get(feature_id)), **facts}  # fmt: skip
        self.rows.append({key: row.get(key) for key in COLUMNS})


def _originals(now: gpd.GeoDataFrame, shapes: pd.Series[Any]) -> NDArray[np.bool_]:
    """Which rows are features of the base; of several with one id, the one least far away."""
    ids = now[INDEX]
    known = np.array(ids.isin(shapes.index), dtype=bool)
    twice = known & np.asarray(ids.duplicated(keep=False))
    if not twice.any():
        return known
    again = now.loc[twice]
    there = shapes.reindex(again[INDEX]).to_numpy()
    away = shapely.hausdorff_distance(again.geometry.to_numpy(), there)
    order = pd.DataFrame({"id": ids[twice], "away": away, FID: again[FID]}, index=again.index)
    first = order.sort_values(["id", "away", FID]).drop_duplicates("id").index
    known[twice] = again.index.isin(first)
    return known


def _is_flagged(layer: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Features whose place was generalised, or that say they are sensitive."""
    flagged = np.zeros(len(layer), dtype=bool)
    for column in ("dataGeneralizations", "sensitivity"):
        if column in layer:
            flagged |= np.array(
                [comparable(value) is not None for value in layer[column]], dtype=bool
            )
    return flagged


def _with_places(
    kept: gpd.GeoDataFrame,
    before: NDArray[np.object_],
    flagged: NDArray[np.bool_],
    log: _Log,
    tolerance_m: float,
) -> gpd.GeoDataFrame:
    """The rows with moves noted; those that do not count are undone."""
    after = kept.geometry.to_numpy().copy()
    void = np.asarray(shapely.is_missing(after) | shapely.is_empty(after))
    same = np.asarray(
        shapely.equals_exact(shapely.normalize(after), shapely.normalize(before), 0.0)
    )
    for position in np.flatnonzero(~same).tolist():
        feature_id, old, new = kept.index[position], before[position], after[position]
        if void[position]:
            log.add(feature_id, MOVED, GEOMETRY, note=NO_PLACE)
        elif (shift := _shift(old, new)) <= tolerance_m:
            continue
        elif flagged[position]:
            log.add(feature_id, MOVED, GEOMETRY, note=FLAGGED)
        else:
            facts = {"before": _wkt(old), "after": _wkt(new), "moved_m": round(shift, 2)}
            log.add(feature_id, MOVED, GEOMETRY, **facts)
            continue
        after[position] = old
    return kept.set_geometry(after, crs=kept.crs)


def _shift(old: Any, new: Any) -> float:
    """Greatest distance of a point of one outline from the other, in metres."""
    return float(shapely.hausdorff_distance(old, new))


def _with_attributes(
    kept: gpd.GeoDataFrame, before: gpd.GeoDataFrame, flagged: NDArray[np.bool_], log: _Log
) -> gpd.GeoDataFrame:
    """The rows with rewritten cells noted; a flag stays as it was."""
    frame = kept.copy()
    for column in [c for c in frame.columns if c not in {GEOMETRY, FID}]:
        then = [comparable(v) for v in before[column]] if column in before else [None] * len(before)
        now = [comparable(value) for value in frame[column]]
        for position, (old, new) in enumerate(zip(then, now, strict=True)):
            if old == new or _same_number(old, new):
                continue
            feature_id = frame.index[position]
            if flagged[position] and column in _FLAGS:
                log.add(feature_id, ATTRIBUTE, column, note=FLAGGED)
                frame[column] = frame[column].astype(object)
                frame.loc[feature_id, column] = before.loc[feature_id, column]
            else:
                log.add(feature_id, ATTRIBUTE, column, before=old, after=new)
    return frame


def _same_number(old: Any, new: Any) -> bool:
    """Whether text and number say the same: programs change a column's type."""
    if isinstance(old, str) == isinstance(new, str) or old is None or new is None:
        return False
    try:
        return float(old) == float(new)
    except ValueError:
        return str(old).casefold() == str(new).casefold()


def _additions(extra: gpd.GeoDataFrame, base: gpd.GeoDataFrame, log: _Log) -> gpd.GeoDataFrame:
    """New rows under ids that say what they are, the same in every reading."""
    shapes = extra.geometry.to_numpy()
    there = np.asarray(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    for fid in extra.loc[~there, FID]:
        log.add(
            f"{NEW_SOURCE}:fid-{fid}", ADDED, GEOMETRY, note="it has no geometry, and was left out"
        )
    fresh = extra.loc[there].copy()
    if BASIS in fresh:  # what was assumed of the original is nobody's word on the copy
        fresh["uncertainty_m"] = fresh["uncertainty_m"].mask(fresh[BASIS] == ASSUMED)
    ids: list[str] = []
    for _, row in fresh.iterrows():
        facts = {
            column: value
            for column in fresh.columns
            if column not in {GEOMETRY, FID, INDEX, *_NOT_COPIED}
            and (value := comparable(row[column])) is not None
        }
        feature_id = _new_id(row.geometry, facts, taken=ids)
        ids.append(feature_id)
        known = comparable(row[INDEX])
        note = COPIED.format(known) if known in base.index else None
        name = facts.get("name", "")
        log.add(feature_id, ADDED, GEOMETRY, name=name, after=_wkt(row.geometry), note=note)
        for column, value in facts.items():
            log.add(feature_id, ADDED, column, name=name, after=value)
    fresh = fresh.drop(columns=[c for c in _NOT_COPIED if c in fresh])
    fresh["source_id"] = NEW_SOURCE
    fresh.index = pd.Index(ids, dtype="str", name=INDEX)
    return fresh


def _new_id(shape: Any, facts: dict[str, Any], *, taken: list[str]) -> str:
    """An id from what the row says, since a row number means another row after the next run."""
    text = f"{_wkt(shape)}|{facts.get('name', '')}|{facts.get('concept', '')}"
    stem = f"{NEW_SOURCE}:{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    number = 1
    while (candidate := stem if number == 1 else f"{stem}-{number}") in taken:
        number += 1
    return candidate


def _wkt(shape: Any) -> str | None:
    """A geometry as text, to the millimetre."""
    return None if shape is None else str(shapely.to_wkt(shape, rounding_precision=_WKT_DECIMALS))
