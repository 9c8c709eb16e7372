"""What people changed in the map of an earlier run, applied to what is read now."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from creative_spatial.errors import DataQualityWarning
from creative_spatial.preparation.deduplicate import drop_duplicates
from creative_spatial.preparation.sensitivity import is_flagged
from creative_spatial.provenance import ACCURACIES, stamp
from creative_spatial.schema import BASIS, INDEX, STATED, STATUSES, comparable
from creative_spatial.sensitivity import with_sensitivity

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from creative_spatial.provenance import Source
    from creative_spatial.taxonomy import Taxonomy

APPLIED, ALREADY, STALE, REFUSED = "applied", "already so", "stale", "refused"
EDITED = "edit_note"
WITHHELD = "withheld"
ILLUSTRATIVE = "illustrative"
GEOMETRY = "geometry"
_SAME_PLACE_M = 1.0
_NEAR_M = 200.0
_IDENTIFYING = frozenset({GEOMETRY, "name", "concept"})
_FIXED = frozenset(
    {"source_id", "pillar", "strength", "osm_version", "osm_timestamp", "tags", "uncertainty_basis"}
)
_FLAGS = ("sensitivity", "dataGeneralizations")


class Applied(NamedTuple):
    """
    Layers with the edits in them.

    Parameters
    ----------
    layers : tuple of GeoDataFrame
        As they came, changed rows with the column `edit_note`; a last one with what was added.
    outcomes : DataFrame
        One row for each edit, in their order: `layer`, `feature_id`, `change`, `column`,
        `outcome` (applied, already so, stale, refused), `reason`. It is published: no value is
        in it, and no id of what is flagged as sensitive.
    """

    layers: tuple[gpd.GeoDataFrame, ...]
    outcomes: pd.DataFrame


def apply_edits(
    layers: Sequence[gpd.GeoDataFrame],
    edits: pd.DataFrame,
    *,
    taxonomy: Taxonomy,
    source: Source,
) -> Applied:
    """
    Apply edits of an earlier run's map to the layers that were read.

    An edit knows what stood there when it was made. Where the source says something else by
    now, the edit is stale: it is reported, and the source stands. What was flagged as
    sensitive is not moved, whatever the edit says. When a feature is removed, moved or
    renamed, the records that counted as the same place go with it, or they would come back
    in its stead.

    Parameters
    ----------
    layers : sequence of GeoDataFrame, metres
        Valid layers in one CRS, before anything is counted or generalised.
    edits : DataFrame
        `layer`, `feature_id`, `change`, `column`, `before`, `after`, `also_ids`, as
        `loaders.read_edits` gives them; geometries as WKT in the CRS of the layers.
    taxonomy : Taxonomy
        Known concepts and pillars.
    source : Source
        Of what was added, and named in `edit_note`; its `accuracy` and `uncertainty_m`, if any,
        are those of places that were added or moved. What is illustrative stays so.

    Returns
    -------
    Applied
        Layers and outcomes; the layers that came are not changed.
    """
    work = _Work(layers, taxonomy, source)
    rows: list[Any] = list(edits.itertuples(index=False))
    said = [("", "")] * len(rows)
    added: dict[str, list[int]] = {}
    secret = taxonomy.sensitive_concepts
    for position, row in enumerate(rows):
        if row.change == "added":
            added.setdefault(str(row.feature_id), []).append(position)
        else:
            said[position] = work.change(row)
    for feature_id, positions in added.items():
        facts = {rows[position].column: rows[position].after for position in positions}
        if is_flagged(pd.DataFrame([facts]))[0] or facts.get("concept") in secret:
            work.flagged.add(feature_id)
        outcome = work.add(feature_id, facts, rows[positions[0]].layer)
        for position in positions:
            said[position] = outcome
    done = work.finished()
    hidden = edits["feature_id"].isin(work.flagged | _flagged(done, taxonomy))
    reasons = pd.Series([reason for _, reason in said], index=edits.index, dtype="str")
    table = edits[["layer", "feature_id", "change", "column"]].assign(
        feature_id=edits["feature_id"].mask(hidden, WITHHELD),
        outcome=[outcome for outcome, _ in said],
        reason=reasons.mask(hidden, reasons.map(lambda reason: reason.partition(" '")[0])),
    )
    return Applied(done, table)


def _flagged(layers: Sequence[gpd.GeoDataFrame], taxonomy: Taxonomy) -> set[str]:
    """Ids of what is not for everyone at its place: by its row, its consent or its concept."""
    secret = taxonomy.sensitive_concepts
    return {
        str(feature_id)
        for layer in layers
        for feature_id in layer.index[is_flagged(with_sensitivity(layer, concepts=secret))]
    }


class _Work:
    """Layers on the way: which row is where, and what has been done to it."""

    def __init__(
        self, layers: Sequence[gpd.GeoDataFrame], taxonomy: Taxonomy, source: Source
    ) -> None:
        self._layers = [layer.copy() for layer in layers]
        self._taxonomy = taxonomy
        self._source = source
        self._where: dict[str, int] = {}
        for number, layer in enumerate(self._layers):
            for feature_id in layer.index:
                self._where.setdefault(str(feature_id), number)
        self._gone: dict[str, str] = {}
        self._touched: dict[str, list[str]] = {}
        self._new: dict[str, dict[str, Any]] = {}
        # What stood where a move wrote what the edits' source says of all its places.
        self._filled: dict[tuple[str, str], Any] = {}
        self.flagged = _flagged(self._layers, taxonomy)

    def change(self, edit: Any) -> tuple[str, str]:
        """Remove, move or rewrite one feature, or say why not."""
        feature_id = str(edit.feature_id)
        if edit.layer not in self._taxonomy.pillars:
            return REFUSED, f"layer {edit.layer!r} is worked out from others; edit a pillar's layer"
        if feature_id in self._new:
            return self._change_new(feature_id, edit)
        if feature_id in self._gone or feature_id not in self._where:
            return _absent(edit)
        row = self._layers[self._where[feature_id]].loc[feature_id]
        if edit.change == "removed":
            return self._remove(feature_id, row, edit)
        if edit.column in {GEOMETRY, *_FLAGS} and feature_id in self.flagged:
            return REFUSED, "it is flagged as sensitive; change it in its own file"
        change = self._move if edit.column == GEOMETRY else self._rewrite
        return change(feature_id, row, edit)

    def add(self, feature_id: str, facts: Mapping[str, Any], layer: str) -> tuple[str, str]:
        """Take a new feature up, or say what it lacks."""
        if layer not in self._taxonomy.pillars:
            return REFUSED, f"layer {layer!r} is worked out from others; add it to a pillar's layer"
        for column in ("concept", "accuracy", "status", "uncertainty_m"):
            if fault := self._fault(column, facts.get(column)):
                return REFUSED, fault
        if feature_id in self._where:
            return ALREADY, "it is in the data"
        shape = shapely.from_wkt(facts.get(GEOMETRY))
        self._new[feature_id] = {**facts, GEOMETRY: shape}
        return APPLIED, ""

    def finished(self) -> tuple[gpd.GeoDataFrame, ...]:
        """Layers without what is gone, with notes of what was changed."""
        done = []
        for number, layer in enumerate(self._layers):
            ids = [i for i, at in self._where.items() if at == number]
            kept = layer.loc[[i not in self._gone for i in layer.index]]
            notes = {
                i: f"{self._source.id}: {', '.join(self._touched[i])}"
                for i in ids
                if i in self._touched
            }
            if notes:
                said = pd.Series(notes, dtype="str").reindex(kept.index)
                kept = _geometry_last(kept.assign(**{EDITED: said}))
            done.append(kept)
        fresh = [{**facts, INDEX: i} for i, facts in self._new.items()]
        return (*done, self._fresh(fresh)) if fresh else tuple(done)

    def _fresh(self, rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
        """The layer of what was added."""
        crs = self._layers[0].crs
        frame = gpd.GeoDataFrame(rows, geometry=GEOMETRY, crs=crs).set_index(INDEX)
        concepts = [self._taxonomy.concept(str(concept)) for concept in frame["concept"]]
        frame = stamp(frame, self._source).assign(
            concept=[concept.id for concept in concepts],
            pillar=[concept.pillar for concept in concepts],
            **{EDITED: f"{self._source.id}: added"},
        )
        if "name" not in frame:
            frame["name"] = pd.Series(None, index=frame.index, dtype="str")
        frame = frame.astype(dict.fromkeys(("name", "concept", "source_id", "pillar"), "str"))
        frame.index = pd.Index(frame.index.astype("str"), name=INDEX)
        return _geometry_last(frame)

    def _remove(self, feature_id: str, row: Any, edit: Any) -> tuple[str, str]:
        if feature_id not in self.flagged and not _same_place(row.geometry, edit.before):
            return STALE, "the source has moved it since; look at it again"
        self._set_aside_twins(edit, row)
        self._gone[feature_id] = "removed"
        return APPLIED, ""

    def _move(self, feature_id: str, row: Any, edit: Any) -> tuple[str, str]:
        if _same_place(row.geometry, edit.after):
            return ALREADY, "the source says the same by now"
        if not _same_place(row.geometry, edit.before):
            return STALE, "the source has moved it since; look at it again"
        self._set_aside_twins(edit, row)
        layer = self._layers[self._where[feature_id]]
        layer.loc[[feature_id], GEOMETRY] = gpd.GeoSeries(
            [shapely.from_wkt(edit.after)], index=[feature_id], crs=layer.crs
        )
        given: dict[str, Any] = {"uncertainty_m": self._source.uncertainty_m}
        if comparable(row.get("accuracy")) != ILLUSTRATIVE:
            given["accuracy"] = self._source.accuracy
        # What somebody wrote of this place itself is more than what holds for all of them.
        for column, value in given.items():
            if value is not None and column not in self._touched.get(feature_id, ()):
                self._filled[feature_id, column] = row.get(column)
                _write(layer, feature_id, column, value)
        self._note(feature_id, GEOMETRY)
        return APPLIED, ""

    def _rewrite(self, feature_id: str, row: Any, edit: Any) -> tuple[str, str]:
        if edit.column in _FIXED:
            return REFUSED, f"{edit.column} says where it comes from, or is worked out"
        cell = (feature_id, edit.column)
        now, after = (
            comparable(self._filled.get(cell, row.get(edit.column))),
            comparable(edit.after),
        )
        if now == after and cell not in self._filled:
            return ALREADY, "the source says the same by now"
        # What a run fills in is null in the source: only another value is news.
        if now is not None and str(now) != str(comparable(edit.before)):
            return STALE, f"the source has changed its {edit.column} since; look at it again"
        if fault := self._fault(edit.column, after):
            return REFUSED, fault
        if edit.column in _IDENTIFYING:
            self._set_aside_twins(edit, row)
        layer = self._layers[self._where[feature_id]]
        self._filled.pop(cell, None)
        _write(layer, feature_id, edit.column, after)
        if edit.column == "concept":
            self._reclassify(layer, feature_id, str(after))
        self._note(feature_id, edit.column)
        return APPLIED, ""

    def _fault(self, column: str, value: Any) -> str | None:
        """What makes a value unusable in a column with a fixed meaning."""
        known: Mapping[str, Container[str]] = {
            "concept": self._taxonomy.concepts, "accuracy": ACCURACIES, "status": STATUSES,
        }  # fmt: skip
        if column == "concept" and value is None:
            return "it has no concept; fill the column in"
        if column in known and value is not None and str(value) not in known[column]:
            return f"unknown {column} {str(value)[:60]!r}"
        if column == "uncertainty_m" and value is not None and not _is_length(value):
            return f"uncertainty_m is no length in metres: {str(value)[:60]!r}"
        return None

    def _change_new(self, feature_id: str, edit: Any) -> tuple[str, str]:
        """Change what an earlier edit added, or take it back."""
        if edit.change == "removed":
            del self._new[feature_id]
        else:
            of_place = edit.column == GEOMETRY
            if not of_place and (fault := self._fault(edit.column, edit.after)):
                return REFUSED, fault
            value = shapely.from_wkt(edit.after) if of_place else comparable(edit.after)
            self._new[feature_id][edit.column] = value
        return APPLIED, ""

    def _reclassify(self, layer: gpd.GeoDataFrame, feature_id: str, concept_id: str) -> None:
        """Let the new concept speak where the old one did."""
        concept = self._taxonomy.concept(concept_id)
        derived = {name for c in self._taxonomy.concepts.values() for name in c.attributes}
        for name in (derived | {"strength"}) & set(layer.columns):
            _write(layer, feature_id, name, None)
        if "pillar" in layer:
            _write(layer, feature_id, "pillar", concept.pillar)

    def _set_aside_twins(self, edit: Any, row: Any) -> None:
        """Take out the records that counted as this feature in the last run, or would in this."""
        feature_id = str(edit.feature_id)
        for twin in filter(None, str(comparable(edit.also_ids) or "").split(";")):
            if twin in self._where and twin not in self._touched:
                self._gone[twin] = f"counts as {feature_id}"
        around = row.geometry.buffer(_NEAR_M)
        near = []
        for number, layer in enumerate(self._layers):
            hits = layer.iloc[layer.sindex.query(around)]
            here = [self._where[str(i)] == number and str(i) not in self._gone for i in hits.index]
            fits = np.array(here, dtype=bool) & (hits["concept"] == row["concept"]).to_numpy(bool)
            near.append(hits.loc[fits, ["name", "concept", "source_id", GEOMETRY]])
        joined = pd.concat([part for part in near if len(part)])
        if len(joined) < 2:
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DataQualityWarning)  # the run will say it
            _, dropped = drop_duplicates(joined, taxonomy=self._taxonomy)
        kept = {**dict.fromkeys(joined.index), **dropped["kept_id"].to_dict()}
        venue = kept.get(feature_id) or feature_id
        for twin in joined.index:
            if twin != feature_id and (kept[twin] or twin) == venue and twin not in self._touched:
                self._gone[str(twin)] = f"counts as {feature_id}"

    def _note(self, feature_id: str, column: str) -> None:
        self._touched.setdefault(feature_id, []).append(column)


def _absent(edit: Any) -> tuple[str, str]:
    """What an edit of a feature that is not there comes to."""
    if edit.change != "removed":
        return STALE, "it is not in the data any more"
    if edit.before is None:
        return REFUSED, "it is flagged as sensitive; take it out of its own file"
    return ALREADY, "it is not in the data any more"


def _same_place(shape: Any, wkt: str | None) -> bool:
    """Whether a geometry is still where an edit found it, or already where it would be."""
    other = None if wkt is None else shapely.from_wkt(wkt)
    return other is not None and float(shapely.hausdorff_distance(shape, other)) <= _SAME_PLACE_M


def _write(layer: gpd.GeoDataFrame, feature_id: str, column: str, value: Any) -> None:
    """Put a value into a cell, whatever the column held before."""
    if column not in layer:
        layer[column] = pd.Series(None, index=layer.index, dtype="object")
    dtype = layer[column].dtype
    if isinstance(dtype, pd.StringDtype):
        value = None if value is None else str(value)
    elif not (
        value is None or (pd.api.types.is_float_dtype(dtype) and isinstance(value, int | float))
    ):
        layer[column] = layer[column].astype(object)
    layer.loc[feature_id, column] = value
    if column == "uncertainty_m" and BASIS in layer:
        _write(layer, feature_id, BASIS, None if value is None else STATED)


def _is_length(value: Any) -> bool:
    """Whether a cell is a number of metres."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and 0 <= value < math.inf


def _geometry_last(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    rest = [name for name in layer.columns if name != GEOMETRY]
    return layer[[*rest, GEOMETRY]]
