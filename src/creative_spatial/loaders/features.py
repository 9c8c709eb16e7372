"""
From a file's table to a layer: ids, concepts, geometry, area, source; nothing lost unsaid.

Vector files and tables end here alike. Every row that comes in either goes out, lies
outside the area, or is in the quarantine with the reason; ``attrs["rows"]`` holds the
counts, ``attrs["repairs"]``, ``["quarantine"]`` and ``["proposals"]`` the records.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd
from pyproj import CRS

from creative_spatial.errors import EmptyLayerWarning, LoadError
from creative_spatial.loaders.aside import with_cells
from creative_spatial.loaders.build import Build, whole
from creative_spatial.loaders.columns import accuracy_faults, list_rows, near
from creative_spatial.loaders.concepts import concept_faults
from creative_spatial.loaders.coordinates import PLAIN_NUMBER, read_coordinate
from creative_spatial.loaders.event_times import with_event_times
from creative_spatial.loaders.ids import ID_COLUMNS, as_text, with_ids
from creative_spatial.loaders.placeless import PLACELESS, as_records, part_placeless, rejoined
from creative_spatial.loaders.placement import name_strays, place, within_area
from creative_spatial.loaders.repair.duplicates import (
    drop_duplicates,
    drop_near_duplicates,
    name_stacked,
)
from creative_spatial.loaders.repair.ledger import Records
from creative_spatial.loaders.repair.texts import mend_texts
from creative_spatial.loaders.sensitive import flag_rows
from creative_spatial.loaders.stated_times import mend_stated_times, tell_unread_times
from creative_spatial.loaders.words import in_our_words
from creative_spatial.provenance import stamp
from creative_spatial.resources.repairs import repair_facts
from creative_spatial.schema import empty_features, validate_features
from creative_spatial.sensitivity import is_flagged

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.loaders.repair.ledger import Repair
    from creative_spatial.provenance import Source
    from creative_spatial.taxonomy import Taxonomy

_RESERVED = ("name", "concept", "source_id", "pillar")


@dataclass(frozen=True, eq=False)
class LayerOptions:
    """
    What a layer is to become: its source, its concepts, its area.

    Parameters
    ----------
    source : Source
        Stamped on every row.
    target_crs : CRS-like
        The area's working CRS.
    taxonomy : Taxonomy or None
        Known concepts; None leaves concepts unchecked.
    columns : mapping of str to str
        The file's column by our name.
    concept : str or None
        One concept for all rows.
    concepts : mapping of str to str
        Concept by the file's word for it.
    words : mapping of str to mapping
        By column, our word by the file's.
    sensitivity : str or mapping of str to str, or None
        Category of every row, or by the words of its column.
    boundary : (Multi)Polygon in `target_crs`, or None
        Features that do not meet it are left out.
    pillar : str or None
        Primary pillar of every row; None leaves it to the taxonomy.
    repair : bool
        Whether anything is mended; rows at fault are set aside otherwise.
    accept : collection of str
        Kinds of guesses that are to be made, e.g. "mojibake"; only proposed otherwise.
    proper_names : bool
        Whether names are those of single places, and not of what was seen there.
    """

    source: Source
    target_crs: Any
    taxonomy: Taxonomy | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    concept: str | None = None
    concepts: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    sensitivity: str | Mapping[str, str] | None = None
    boundary: BaseGeometry | None = None
    pillar: str | None = None
    repair: bool = True
    accept: Collection[str] = ()
    proper_names: bool = True

    def build(self, file: str, word: str = "row") -> Build:
        """
        Begin a layer.

        Parameters
        ----------
        file : str
            What messages call the file.
        word : str
            What a row of it is called.

        Returns
        -------
        Build
            With nothing in it yet.

        Raises
        ------
        LoadError
            If a kind that is to be accepted is unknown.
        """
        known = repair_facts().guesses
        for kind in self.accept:
            if kind not in known:
                raise LoadError(f"{file}: accept: no proposal {kind!r}{near(kind, known)}")
        return Build(file, word, repair=self.repair, accept=frozenset(self.accept))


def build_layer(frame: gpd.GeoDataFrame, options: LayerOptions, build: Build) -> gpd.GeoDataFrame:
    """
    Turn a file's table into a checked layer in the working CRS.

    Parameters
    ----------
    frame : GeoDataFrame, n rows, any CRS
        Under our column names, tidied, indexed by row number as the owner sees it.
    options : LayerOptions
        What the layer is to become.
    build : Build
        What to call file and rows, and what became of rows before.

    Returns
    -------
    GeoDataFrame, at most n rows
        A valid layer. ``attrs["rows"]`` counts rows in, out, outside the area, repaired,
        and quarantined by reason, and those that are kept without a place, where there are any:
        those that came in are those out, outside, quarantined and ``placeless``, whose rows are
        in ``attrs["placeless"]``. ``attrs["repairs"]``, ``["quarantine"]`` and ``["proposals"]`` name
        them one by one; ``attrs["numbers"]`` has id and row number of each feature, and ``["word"]`` what a row
        is called; ``attrs["file_crs"]`` is what recorded shapes are in; ``attrs["private"]`` says
        whether any row of the file is not public.

    Raises
    ------
    LoadError
        If ids repeat, concepts are unknown, or no row is left; with every fault.
    """
    n_before = len(frame) + len(build.quarantined)
    build.remember(frame)
    frame = flag_rows(frame, options, build)
    build.hide(frame)
    frame, placeless = part_placeless(frame, options, build)
    placed = place(frame, build, crs=options.target_crs, boundary=options.boundary)
    inside = within_area(placed, frame, build, boundary=options.boundary)
    n_outside = len(placed) - len(inside)
    layer = drop_duplicates(
        mend_texts(mend_stated_times(rejoined(inside, placeless), build), build), build
    )
    layer = _with_concepts(layer, options, build)
    _warn_of_concepts_aside(options, build)
    build.faults += accuracy_faults(layer, build.word)
    layer = _with_uncertainty(in_our_words(layer, options, build), build)
    layer = with_event_times(layer, build)
    tell_unread_times(layer, build)
    if options.proper_names:
        here = layer.geometry.notna()
        layer = rejoined(drop_near_duplicates(layer[here], build), layer[~here])
        name_stacked(layer, build)
    file = rejoined(frame, placeless)
    layer, ids = with_ids(layer, file, options.columns, build, source_id=options.source.id)
    if not build.faults and not len(layer) and not n_outside:
        _say_nothing_is_left(build)
    name_strays(placed, inside, build)
    build.repairs = _of_rows(build.repairs, dict(zip(layer.index.tolist(), ids, strict=True)))
    build.tell()
    build.refuse()
    numbers = whole(layer.index[layer.geometry.notna()])
    layer.index = ids
    layer = stamp(_arranged(layer, options), options.source)
    here = layer.geometry.notna()
    kept = layer[~here]
    layer = validate_features(layer[here], crs=CRS.from_user_input(options.target_crs))
    layer.attrs.update(
        rows={
            "in": n_before,
            "out": len(layer),
            "outside": n_outside,
            **({PLACELESS: len(kept)} if len(kept) else {}),
            "repaired": len({record.row for record in build.repairs if record.row is not None}),
            "quarantined": build.counts(),
        },
        repairs=Records(build.repairs),
        quarantine=Records(with_cells(build, options)),
        proposals=Records(build.proposals),
        numbers=Records(zip(layer.index.tolist(), numbers, strict=True)),
        word=build.word,
        **({PLACELESS: as_records(kept)} if len(kept) else {}),
        file_crs=CRS.from_user_input(frame.crs).to_string(),
        private=bool(is_flagged(frame).any()),
    )
    return layer


def _of_rows(repairs: list[Repair], ids: Mapping[Any, str]) -> list[Repair]:
    """Repairs of the file and of the rows that are in the layer, with their features' ids."""
    kept = [r for r in repairs if r.row is None or r.row in ids]
    return [r if r.row is None else r._replace(feature_id=ids[r.row]) for r in kept]


def _say_nothing_is_left(build: Build) -> None:
    """Raise where rows were set aside for faults, warn where there was nothing to keep."""
    build.refuse_empty()
    warnings.warn(f"{build.file}: no usable row.", EmptyLayerWarning, stacklevel=4)


def empty_layer(options: LayerOptions, *, file: str, why: str) -> gpd.GeoDataFrame:
    """
    Warn that a file holds nothing, and return what "none found" looks like.

    Parameters
    ----------
    options : LayerOptions
        What the layer would have become.
    file : str
        What the message calls the file.
    why : str
        What was found.

    Returns
    -------
    GeoDataFrame, 0 rows
        A valid layer.
    """
    warnings.warn(f"{file}: {why}", EmptyLayerWarning, stacklevel=4)
    columns = ["pillar"] if options.pillar else []
    layer = stamp(empty_features(CRS.from_user_input(options.target_crs), columns), options.source)
    layer.attrs.update(
        rows={"in": 0, "out": 0, "outside": 0, "repaired": 0, "quarantined": {}},
        repairs=Records(),
        quarantine=Records(),
        proposals=Records(),
    )
    return layer


def _with_concepts(
    frame: gpd.GeoDataFrame, options: LayerOptions, build: Build
) -> gpd.GeoDataFrame:
    """Each row's concept in our words; every one that is missing or unknown is a fault."""
    if options.concept is not None:
        known = {options.concept: frame.index}
        build.faults += concept_faults(known, options.taxonomy, row=None)
        return _aside(frame, "concept").assign(concept=_current(options.concept, options.taxonomy))
    if "concept" not in frame:
        if options.taxonomy is not None:
            build.fault(
                "nothing says what its features are; give `concept` for all rows, or "
                "`columns = { concept = ... }` for the column that holds it.",
                kind="concept",
            )
        return frame.assign(concept="")
    there = frame["concept"].notna().to_numpy(dtype=bool)
    # Without a taxonomy a concept may be missing, in some rows or in all.
    frame = frame if options.taxonomy is None else build.keep(frame, there, "no_concept")
    ours = {word.strip().casefold(): concept for word, concept in options.concepts.items()}
    words = frame["concept"].dropna().map(as_text)
    said = words.map({w: ours.get(w.casefold(), w) for w in words.unique()})
    rows = {word: said.index[said == word] for word in said.unique()}
    build.faults += concept_faults(rows, options.taxonomy, row=build.word)
    return frame.assign(concept=said.map({w: _current(w, options.taxonomy) for w in rows}))


def _warn_of_concepts_aside(options: LayerOptions, build: Build) -> None:
    """Say which words are no concept in rows set aside: mended, they would be the next fault."""
    if options.concept is not None or build.rows is None or "concept" not in build.rows:
        return
    aside = {record.row for record in build.quarantined if record.kind != "exact_duplicate"}
    aside = {row for row in aside if build.is_public(row)}
    words = build.rows["concept"][build.rows.index.isin(aside)].dropna().map(as_text).str.strip()
    ours = {word.strip().casefold(): concept for word, concept in options.concepts.items()}
    said = words[words != ""].map(lambda word: ours.get(word.casefold(), word))
    rows = {word: said.index[said == word] for word in said.unique()}
    for fault in concept_faults(rows, options.taxonomy, row=build.word):
        build.warn(f"among what is set aside: {fault.message}", kind=fault.kind, rows=fault.rows)


def _current(concept: str, taxonomy: Taxonomy | None) -> str:
    """A concept's present id; an unknown one as it is."""
    known = taxonomy is not None and concept in taxonomy.concepts
    return taxonomy.concept(concept).id if taxonomy is not None and known else concept


def _with_uncertainty(frame: gpd.GeoDataFrame, build: Build) -> gpd.GeoDataFrame:
    """Positional uncertainty as numbers; what is not a length is said and left null."""
    if "uncertainty_m" not in frame or pd.api.types.is_numeric_dtype(frame["uncertainty_m"]):
        return frame
    text = frame["uncertainty_m"].dropna().astype(str)
    plain = text.str.fullmatch(PLAIN_NUMBER.pattern)
    values = pd.to_numeric(text.where(plain), errors="coerce")
    for row, cell in text[~plain].items() if build.repair else ():
        read = read_coordinate(cell, degrees=False) or read_coordinate(cell)
        if read is not None and read.kind != "dms":
            values.at[row] = read.value
            build.mend(read.kind, int(str(row)), "uncertainty_m", cell, read.value)
    unread = values.isna() | (values < 0)
    if unread.any():
        build.warn(
            f"uncertainty_m is not a length in metres in {list_rows(text.index[unread], build.word)} "
            f"(first: {text[unread].iloc[0]!r}); taken as not known.",
            rows=text.index[unread],
        )
    return frame.assign(uncertainty_m=values[~unread].astype(float).reindex(frame.index))


def _aside(frame: gpd.GeoDataFrame, column: str) -> gpd.GeoDataFrame:
    """Keep a file's own column that ours would overwrite."""
    return frame.rename(columns={column: f"file:{column}"}) if column in frame else frame


def _arranged(frame: gpd.GeoDataFrame, options: LayerOptions) -> gpd.GeoDataFrame:
    """Our columns first, the file's own after, geometry last."""
    layer = stamp(_aside(frame, "source_id"), options.source)
    if options.pillar is not None:
        layer = _aside(layer, "pillar").assign(pillar=options.pillar)
    if "name" not in layer:
        other = next((layer[c] for c in ("name:en", "name:th") if c in layer), None)
        layer["name"] = pd.Series(None, index=layer.index, dtype="str") if other is None else other
    layer["name"] = layer["name"].map(as_text, na_action="ignore").astype("str")
    layer["concept"] = layer["concept"].astype("str")
    first = [name for name in _RESERVED if name in layer]
    rest = [name for name in layer.columns if name not in {*first, *ID_COLUMNS, "geometry"}]
    return layer[[*first, *rest, "geometry"]]
