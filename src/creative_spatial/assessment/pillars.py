"""The pillars' layers: each feature once, and generalised where it is sensitive."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

import pandas as pd

from creative_spatial.assessment.places import Places, places_of
from creative_spatial.assessment.privacy import TWIN
from creative_spatial.errors import EmptyLayerWarning
from creative_spatial.evaluation import DONE, SKIPPED, WARNED
from creative_spatial.provenance import OPENSTREETMAP
from creative_spatial.schema import ASSUMED, BASIS, GENERALISED, empty_features
from creative_spatial.taxonomy import NO_EVIDENCE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd

    from creative_spatial.loaders import CityData
    from creative_spatial.provenance import Source
    from creative_spatial.taxonomy import Taxonomy

OSM_CREDIT = "openstreetmap"
MATCHED, DUPLICATE = "matched", "probable duplicate"
LEARNING, LEARN = "learning", "learn"
OTHER_PLACES = "other_places"
ONE_SOURCE = "OpenStreetMap alone speaks of it; a second list would take a [[layer]]"
UNFED = "nothing was read for it; it would take a [[layer]] with pillar = {!r}, or an [osm] file"


class _SourceFacts(TypedDict):
    """What `places_of` has to know of the sources."""

    origins: Mapping[str, str]
    place_names: Sequence[str]
    mapped: frozenset[str]


class Pillars(NamedTuple):
    """
    What `pillar_layers` returns.

    Parameters
    ----------
    layers : dict of str to GeoDataFrame
        By pillar, annotated, each place once; empty where nothing was found.
    outlines : dict of str to GeoDataFrame
        The same with every outline, for what is measured as land.
    other_places : GeoDataFrame
        Places that are evidence of no pillar, each once: what else is mapped.
    learning : GeoDataFrame
        Places of learning and training, each once: those of the pillars, and the schools that
        are evidence of none.
    placeless : GeoDataFrame
        Events and practices that are kept without a place, annotated; without geometries.
    compared : GeoDataFrame or None
        What `preparation.conflate` says of every pillar with a list beside OpenStreetMap:
        public records only.
    steps : list of dict
        Rows in, counted twice, withheld and kept, by pillar: they add up; and what
        conflation found.
    """

    layers: dict[str, gpd.GeoDataFrame]
    outlines: dict[str, gpd.GeoDataFrame]
    other_places: gpd.GeoDataFrame
    learning: gpd.GeoDataFrame
    placeless: gpd.GeoDataFrame
    compared: gpd.GeoDataFrame | None
    steps: list[dict[str, Any]]


def pillar_layers(data: CityData, taxonomy: Taxonomy, withheld: pd.DataFrame) -> Pillars:
    """
    Join what may be shown into one layer a pillar.

    Parameters
    ----------
    data : CityData
        As `public_data` returns it; layers in the order in which they win.
    taxonomy : Taxonomy
        Pillars, and what concepts say of features.
    withheld : DataFrame
        As `public_data` returns it; only counted.

    Returns
    -------
    Pillars
        Layers, outlines, comparison and steps; a warning where a pillar is empty.
    """
    annotated = [taxonomy.annotate(layer) for layer in data.layers]
    mapped = set() if data.osm_features is None else set(data.osm_features["source_id"])
    facts: _SourceFacts = {
        "origins": {key: origin_of(source) for key, source in data.sources.items()},
        "place_names": (data.area.name, *data.area.names.values()),
        "mapped": frozenset(mapped),
    }
    learning, learned = _places_of_learning(annotated, taxonomy, facts, data.area.crs)
    others, mapped_too = _other_places(annotated, taxonomy, facts, data.area.crs)
    homeless = pd.concat(data.placeless) if data.placeless else empty_features(data.area.crs)
    found = Pillars({}, {}, others, learning, taxonomy.annotate(homeless), None, [])
    compared: list[gpd.GeoDataFrame] = []
    evidence = [layer[layer["strength"] != NO_EVIDENCE] for layer in annotated]
    for pillar in taxonomy.pillars:
        parts = [layer[layer["pillar"] == pillar] for layer in evidence]
        parts = [part for part in parts if len(part)]
        gone = withheld.loc[withheld["pillar"] == pillar, "reason"]
        if not parts:
            found.layers[pillar] = taxonomy.annotate(empty_features(data.area.crs))
            found.outlines[pillar] = found.layers[pillar]
            nothing = Places(found.layers[pillar], found.layers[pillar], None, _counts(gone))
            found.steps.extend(
                _steps(pillar, nothing) if len(gone) else [_empty_step(pillar, data, taxonomy)]
            )
            continue
        places = places_of(parts, taxonomy, **facts)
        found.layers[pillar], found.outlines[pillar] = places.layer, places.outlines
        if places.compared is not None:
            compared.append(places.compared.assign(pillar=pillar))
        counts = {key: places.counts[key] + more for key, more in _counts(gone).items()}
        found.steps.extend(_steps(pillar, replace(places, counts=counts)))
    found.steps.extend([*learned, *mapped_too])
    found = _with_uncertainty(found)
    if not compared:
        return found
    return found._replace(compared=compared[0] if len(compared) == 1 else pd.concat(compared))


def _with_uncertainty(found: Pillars) -> Pillars:
    """How well each place is known, on every record; by pillar, how many do not say it."""
    from creative_spatial.preparation import with_uncertainty

    layers = {name: with_uncertainty(layer) for name, layer in found.layers.items()}
    steps = [_uncertainty_step(name, layer) for name, layer in layers.items() if len(layer)]
    return found._replace(
        layers=layers,
        outlines={name: with_uncertainty(layer) for name, layer in found.outlines.items()},
        learning=with_uncertainty(found.learning),
        other_places=with_uncertainty(found.other_places),
        steps=[*found.steps, *steps],
    )


def _uncertainty_step(pillar: str, layer: gpd.GeoDataFrame) -> dict[str, Any]:
    """How many places of a pillar are as sure as somebody says, and what is assumed of the rest."""
    assumed = layer.loc[layer[BASIS] == ASSUMED, "uncertainty_m"]
    cells = int((layer[BASIS] == GENERALISED).sum())
    stated = len(layer) - len(assumed) - cells
    rows = {"places": len(layer), "stated": stated, "assumed": len(assumed)}
    said = f"{stated} of {len(layer)} features say how well their place is known"
    if cells:
        rows["generalised"] = cells
        said += f"; of {cells} only a cell is shown"
    if len(assumed):
        metres = " and ".join(
            f"{width:g} m of {n}" for width, n in assumed.value_counts().sort_index().items()
        )
        said += f"; {metres} are assumed (to state it: uncertainty_m, of a row or its [[source]])"
    return {"step": f"positions of {pillar}", "status": DONE, "reason": said, "rows": rows}


def _places_of_learning(
    annotated: list[gpd.GeoDataFrame], taxonomy: Taxonomy, facts: _SourceFacts, crs: Any
) -> tuple[gpd.GeoDataFrame, list[dict[str, Any]]]:
    """Whatever is taught at, of any pillar or none, each place once; and what became of its rows."""
    layer, counts = _once([it[it["stage"] == LEARN] for it in annotated], taxonomy, facts, crs)
    if not counts:
        return layer, []
    apart = int((layer["strength"] == NO_EVIDENCE).sum())
    said = f"{_said(counts)}, {apart} of them schools that are evidence of no pillar"
    rows = {**counts, "evidence_of_no_pillar": apart}
    return layer, [{"step": "places of learning", "status": DONE, "reason": said, "rows": rows}]


def _other_places(
    annotated: list[gpd.GeoDataFrame], taxonomy: Taxonomy, facts: _SourceFacts, crs: Any
) -> tuple[gpd.GeoDataFrame, list[dict[str, Any]]]:
    """What is mapped and evidence of no pillar, each place once; and what became of its rows."""
    parts = [it[it["strength"] == NO_EVIDENCE] for it in annotated]
    layer, counts = _once(parts, taxonomy, facts, crs)
    if not counts:
        return layer, []
    said = f"{_said(counts)}; they are evidence of no pillar, and stand for what else is mapped"
    return layer, [{"step": "other places", "status": DONE, "reason": said, "rows": counts}]


def _once(
    parts: list[gpd.GeoDataFrame], taxonomy: Taxonomy, facts: _SourceFacts, crs: Any
) -> tuple[gpd.GeoDataFrame, dict[str, int]]:
    """Each place once, and the counts; none where nothing was read."""
    parts = [part for part in parts if len(part)]
    if not parts:
        return taxonomy.annotate(empty_features(crs)), {}
    places = places_of(parts, taxonomy, **facts)
    return places.layer, places.counts


def _said(counts: Mapping[str, int]) -> str:
    return f"{counts['in']} read, {counts['counted_twice']} counted twice, {counts['out']} kept"


def _counts(gone: pd.Series[str]) -> dict[str, int]:
    """Records that are in no layer, by what became of them."""
    twice = int((gone == TWIN).sum())
    return {"in": len(gone), "counted_twice": twice, "withheld": len(gone) - twice, "out": 0}


def origin_of(source: Source) -> str:
    """
    Say where a source has its data from: two that go back to OpenStreetMap are not independent.

    Parameters
    ----------
    source : Source
        As stated.

    Returns
    -------
    str
        Its own id, or that of OpenStreetMap where its attribution names it.
    """
    return OPENSTREETMAP.id if OSM_CREDIT in source.attribution.casefold() else source.id


def _empty_step(pillar: str, data: CityData, taxonomy: Taxonomy) -> dict[str, Any]:
    """Why a pillar has no feature; said in a warning too where something was read for it."""
    title = f"pillar {pillar}"
    if pillar not in sources_of_pillars(data, taxonomy):
        return {"step": title, "status": SKIPPED, "reason": UNFED.format(pillar)}
    message = f"There is no feature of pillar {pillar!r} in the area."
    warnings.warn(message, EmptyLayerWarning, stacklevel=4)
    return {"step": title, "status": WARNED, "reason": "no features found"}


def _steps(pillar: str, places: Places) -> list[dict[str, Any]]:
    """What became of a pillar's rows, and what its sources have in common."""
    counts = places.counts
    said = (
        f"{counts['in']} features read, {counts['counted_twice']} counted twice, "
        f"{counts['withheld']} withheld, {counts['out']} kept"
    )
    steps = [{"step": f"pillar {pillar}", "status": DONE, "reason": said, "rows": counts}]
    title = f"conflation of {pillar}"
    if places.compared is None:
        return [*steps, {"step": title, "status": SKIPPED, "reason": ONE_SOURCE}]
    status, place = places.compared["status"], places.compared["place_id"]
    rows = {
        "compared": len(status),
        "matched": int((status == MATCHED).sum()),
        "places_in_several": int(place[status == MATCHED].nunique()),
        "probable_duplicates": int((status == DUPLICATE).sum()),
    }
    said = (
        f"{rows['compared']} records compared, {rows['matched']} of them are "
        f"{rows['places_in_several']} places in several sources, "
        f"{rows['probable_duplicates']} may be listed twice"
    )
    return [*steps, {"step": title, "status": DONE, "reason": said, "rows": rows}]


def sources_of_pillars(data: CityData, taxonomy: Taxonomy) -> set[str]:
    """
    Pillars that something was read for: what is not among them is unknown, not empty.

    Parameters
    ----------
    data : CityData
        What was read.
    taxonomy : Taxonomy
        Which pillars OpenStreetMap can speak of.

    Returns
    -------
    set of str
        Ids of pillars.
    """
    mapped = {c.pillar for c in taxonomy.concepts.values() if c.osm}
    return set(data.named_pillars) | (mapped if data.osm_features is not None else set())
