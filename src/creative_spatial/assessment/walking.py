"""What walking indicators leave out: what no path is near, and parts that nothing joins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from creative_spatial.evaluation import DONE, SKIPPED, WARNED, open_rows
from creative_spatial.network import BY_FERRY, CUT_OFF, MAIN
from creative_spatial.schema import INDEX

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from creative_spatial.area import StudyArea
    from creative_spatial.indicators import IndicatorSpec, InputSpec
    from creative_spatial.network import Network

STEP = "walking network"
PARTS, NOT_SNAPPED = "network_parts", "not_snapped"
_COLUMNS = ["indicator", "role", "layer", INDEX, "name", "concept", "away_m", "max_snap_m"]


def walking_tables(
    specs: Mapping[str, IndicatorSpec],
    inputs: Mapping[str, Any],
    area: StudyArea,
    pillars: Iterable[str],
) -> tuple[dict[str, pd.DataFrame], list[dict[str, str]]]:
    """
    Report the parts of the walking network, and what its indicators could not reach.

    Parameters
    ----------
    specs : mapping of str to IndicatorSpec
        Those that walk have an input `network` and a parameter `max_snap_m`.
    inputs : mapping of str to layer, table, Raster or Network
        What they are given.
    area : StudyArea
        People and places in its primary boundary are counted by part.
    pillars : iterable of str
        Names of the inputs that are pillars.

    Returns
    -------
    tables : dict of str to DataFrame
        `network_parts`, as `analysers.network_parts` gives it; `not_snapped`, one row for each
        feature in any boundary that an indicator left out because no path is near.
    steps : list of dict
        What is cut off, and how much was not snapped.
    """
    from creative_spatial.analysers import network_parts

    network: Network | None = inputs.get("network")
    if network is None:
        reason = "no network; it would take an [osm] file with streets"
        return {}, [{"step": STEP, "status": SKIPPED, "reason": reason}]
    walking = {key: spec for key, spec in specs.items() if _walks(spec)}
    if not walking:
        return {}, []
    known = {name: open_rows(inputs[name]) for name in pillars if inputs.get(name) is not None}
    parts = network_parts(
        network,
        area.as_units(area.primary_id),
        max_snap_m=max(float(spec.params["max_snap_m"]) for spec in walking.values()),
        population=inputs.get("population"),
        layers=known,
    )
    missed = _not_snapped(walking, inputs, area)
    return {PARTS: parts.reset_index(), NOT_SNAPPED: missed}, [
        _parts_step(parts, list(known)),
        _missed_step(missed),
    ]


def _walks(spec: IndicatorSpec) -> bool:
    return "network" in spec.inputs and "max_snap_m" in spec.params


def _not_snapped(
    walking: Mapping[str, IndicatorSpec],
    inputs: Mapping[str, Any],
    area: StudyArea,
) -> pd.DataFrame:
    """Features of layers in any boundary that no path is near, by indicator and role."""
    from creative_spatial.analysers import target_access

    inside = area.boundaries.union_all()
    found = []
    for key, spec in walking.items():
        limit = float(spec.params["max_snap_m"])
        frontage = (
            {"frontage_m": float(spec.params["frontage_m"])} if "frontage_m" in spec.params else {}
        )
        for role, name, wanted in _of_places(spec, inputs):
            layer = open_rows(inputs[name])
            for column, allowed in wanted.where.items():
                layer = layer[layer[column].isin(allowed)]
            layer = layer[layer.representative_point().intersects(inside)]
            access = target_access(
                layer, inputs["network"], max_snap_m=limit, gates=inputs.get("gates"), **frontage
            )
            off = (access["entered"] == "not reached").to_numpy()
            found.append(
                pd.DataFrame(layer.loc[off, ["name", "concept"]])
                .assign(
                    indicator=key, role=role, layer=name,
                    away_m=access.loc[off, "away_m"].round(1), max_snap_m=limit,
                )
                .rename_axis(INDEX)
                .reset_index()
            )  # fmt: skip
    table = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=_COLUMNS)
    return table[_COLUMNS]


def _of_places(
    spec: IndicatorSpec, inputs: Mapping[str, Any]
) -> Iterator[tuple[str, str, InputSpec]]:
    """The inputs of an indicator that are layers of places: what for, and their names."""
    for role, wanted in spec.inputs.items():
        for name in wanted.names:
            layer = inputs.get(name)
            if isinstance(layer, pd.DataFrame) and {"name", "concept", "geometry"} <= {*layer}:
                yield role, name, wanted


def _parts_step(parts: pd.DataFrame, pillars: list[str]) -> dict[str, str]:
    """How much of the network hangs together, and who and what is cut off from it."""
    share = parts.groupby("kind")["share"].sum()
    away = parts[parts["kind"] == CUT_OFF]
    said = (
        f"{share.get(MAIN, 0):.1f} % of the paths hang together, {share.get(BY_FERRY, 0):.1f} % "
        f"more by ferry; {len(away)} parts are cut off"
    )
    held = [f"{int(away[name].sum())} features of {name}" for name in pillars if away[name].sum()]
    if away["people"].sum() >= 1:
        held.insert(0, f"{away['people'].sum():,.0f} people")
    said += f", with {' and '.join(held)}" if held else ""
    return {"step": STEP, "status": WARNED if held else DONE, "reason": said}


def _missed_step(missed: pd.DataFrame) -> dict[str, str]:
    """How many features no path is near; the table names them."""
    if missed.empty:
        return {"step": "snapping to paths", "status": DONE, "reason": "everything is near a path"}
    number = missed[INDEX].nunique()
    reason = f"{number} features are too far from any path; tables/{NOT_SNAPPED} lists them"
    return {"step": "snapping to paths", "status": WARNED, "reason": reason}
