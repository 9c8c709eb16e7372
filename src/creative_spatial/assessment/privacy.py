"""What was read becomes what may be shown, before anything else looks at it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from creative_spatial.assessment.backdrop import Background, public_area, public_background
from creative_spatial.assessment.gaps import secrets_of, unshared
from creative_spatial.evaluation import DONE
from creative_spatial.findings import finding

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from pyproj import CRS

    from creative_spatial.findings import CheckReport
    from creative_spatial.loaders import CityData
    from creative_spatial.taxonomy import Taxonomy

TWIN = "counted with another record of the same place"
UNTOLD = "it holds records that are not public; the command `check` shows what was said of it."
# What is found by looking at public rows alone.
_OF_PUBLIC_ROWS = ("datum",)


class Public(NamedTuple):
    """
    What `public_data` returns.

    Parameters
    ----------
    data : CityData
        The same where nothing is flagged. Otherwise with generalised layers, and with gaps in
        the background around what is flagged in it.
    withheld : DataFrame
        What is in no layer: index `feature_id`, columns `concept`, `pillar`, `reason`.
    background : Background
        Where the gaps are, and what of the network may be given.
    """

    data: CityData
    withheld: pd.DataFrame
    background: Background


def public_data(data: CityData, taxonomy: Taxonomy) -> Public:
    """
    Generalise every layer, so that nothing that follows can tell more than a record's cell.

    It stands before matching, grading and counting: what they find of a flagged record by
    its true place (a twin 40 m away, a median shift) would narrow it down.

    Parameters
    ----------
    data : CityData
        As read.
    taxonomy : Taxonomy
        Its concepts that a city keeps to itself.

    Returns
    -------
    Public
        Data, what is withheld, and what is left out of the background.
    """
    from creative_spatial import preparation

    layers = layers_with_flags(data, taxonomy)
    flagged = [preparation.is_flagged(layer) for layer in layers]
    drawn = [layer[preparation.is_flagged(layer)] for layer in data.background.values()]
    marked = [preparation.is_flagged(layer) for layer in data.benchmarks]
    if not any(rows.any() for rows in (*flagged, *marked)) and not any(map(len, drawn)):
        whole = Background(dict(data.background), data.network, data.network, {}, [])
        return Public(data, _nothing(), whole)
    twins = preparation.known_places(layers)
    taken: Counter[str] = Counter()
    public, lost = [], []
    for layer, rows, twin in zip(layers, flagged, twins, strict=True):
        if not rows.any():
            public.append(layer)
            continue
        annotated = taxonomy.annotate(layer)
        again = annotated.loc[twin, ["concept", "pillar"]].assign(reason=TWIN)
        shown, withheld = preparation.generalise(annotated[~twin], taken=taken, taxonomy=taxonomy)
        shown.attrs = {}
        public.append(shown)
        lost += [pd.DataFrame(again), withheld]
    hidden = {i for layer, rows in zip(layers, flagged, strict=True) for i in layer.index[rows]}
    gone = pd.concat(lost) if lost else _nothing()
    secret = [layer[rows] for layer, rows in zip(layers, flagged, strict=True)]
    secrets = secrets_of([*secret, *drawn], untold=set(gone.index[gone["reason"] != TWIN]))
    mapped = [layer is data.osm_features for layer in data.layers]
    # OpenStreetMap's own outlines stay as everybody has them: what differs would point.
    public = [
        layer if of_map else unshared(layer, secrets)
        for layer, of_map in zip(public, mapped, strict=True)
    ]
    osm = next((now for now, of_map in zip(public, mapped, strict=True) if of_map), None)
    background = public_background(data.background, data.network, secrets)
    shown_data = replace(
        data,
        area=public_area(data.area, background),
        layers=tuple(public),
        osm_features=osm,
        background=background.layers,
        network=background.walked,
        osm_report=data.osm_report[~data.osm_report.index.isin(hidden)],
        benchmarks=tuple(layer[~preparation.is_flagged(layer)] for layer in data.benchmarks),
        repairs=data.repairs.assign(
            feature_id=data.repairs["feature_id"].mask(data.repairs["feature_id"].isin(hidden), "")
        ),
    )
    return Public(shown_data, gone, background)


def layers_with_flags(data: CityData, taxonomy: Taxonomy) -> list[gpd.GeoDataFrame]:
    """
    Say of every feature that was read whether it is public.

    Parameters
    ----------
    data : CityData
        As read.
    taxonomy : Taxonomy
        Its concepts that a city keeps to itself.

    Returns
    -------
    list of GeoDataFrame
        In the order of ``data.layers``; `sensitivity` says why a row is not public.
    """
    from creative_spatial.sensitivity import with_sensitivity

    # Own layers were read with what their concepts say; OpenStreetMap's, and what was drawn into
    # an earlier map, are asked here.
    concepts = taxonomy.sensitive_concepts
    return [with_sensitivity(layer, concepts=concepts) for layer in data.layers]


def people_layers(pillars: Mapping[str, gpd.GeoDataFrame], crs: CRS) -> dict[str, gpd.GeoDataFrame]:
    """
    Count records about people by hexagon.

    Parameters
    ----------
    pillars : mapping of str to GeoDataFrame
        The pillars' layers.
    crs : pyproj.CRS
        The working CRS.

    Returns
    -------
    dict of str to GeoDataFrame
        `people`, where there are such records.
    """
    from creative_spatial import preparation

    hexagons = preparation.people_hexagons(pillars, crs)
    return {"people": hexagons} if len(hexagons) else {}


def _nothing() -> pd.DataFrame:
    return pd.DataFrame({"concept": [], "pillar": [], "reason": []}, dtype="str")


def public_report(report: CheckReport, data: CityData) -> CheckReport:
    """
    Keep to the team what was said of files that hold what is not public.

    A message can hold a cell of theirs, or count what lies where.

    Parameters
    ----------
    report : CheckReport
        As `check` shows it.
    data : CityData
        As read; its `inputs` say which files those are.

    Returns
    -------
    CheckReport
        With one finding for all that was said of such a file.
    """
    private = {file for file, facts in data.inputs.items() if "withheld" in facts}
    told = [
        finding("note", found.file, UNTOLD, kind="private")
        if found.file in private and found.kind not in _OF_PUBLIC_ROWS
        else found
        for found in report.findings
    ]
    return replace(report, findings=tuple(dict.fromkeys(told)))


def privacy_steps(data: CityData, withheld: pd.DataFrame) -> list[dict[str, Any]]:
    """
    Say how many records are not shown where they are, and why.

    Parameters
    ----------
    data : CityData
        As `public_data` returns it.
    withheld : DataFrame
        As `public_data` returns it.

    Returns
    -------
    list of dict
        One step; none where everything is public.
    """
    from creative_spatial import preparation

    reasons: Counter[str] = Counter()
    own = 0
    for layer in data.layers:
        if "informationWithheld" in layer:
            own += int(
                layer["informationWithheld"].astype("str").str.endswith(preparation.OWN_WORDS).sum()
            )
        if "sensitivity" in layer:
            reasons.update(layer.loc[preparation.is_flagged(layer), "sensitivity"].astype(str))
    lost = Counter(withheld["reason"].astype(str)) if len(withheld) else Counter()
    if not (reasons or lost):
        return []
    said = [f"{count} generalised, {reason}" for reason, count in sorted(reasons.items())]
    said += [f"{count} withheld, {reason}" for reason, count in sorted(lost.items())]
    said += [f"{own} without {preparation.OWN_WORDS}"] if own else []
    return [{"step": "privacy", "status": DONE, "reason": "; ".join(said)}]
