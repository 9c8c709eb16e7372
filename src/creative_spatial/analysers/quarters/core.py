"""Creative quarters: where cultural places hang together, outlined on the land."""

from __future__ import annotations

import math
import warnings
from itertools import product
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from creative_spatial.analysers.assignment import OUTSIDE, locate
from creative_spatial.analysers.certainty import uncertainties
from creative_spatial.analysers.placed import Placed, placed
from creative_spatial.analysers.quarters.clusters import (
    Found,
    Ground,
    Setting,
    checked,
    quarter_clusters,
    survival,
)
from creative_spatial.analysers.quarters.facts import facts_of, field_mix
from creative_spatial.analysers.quarters.names import names_of
from creative_spatial.analysers.quarters.reachability import (
    CENTIMETRE,
    finest_step,
    links_over_land,
    sites_of,
    spanning_links,
)
from creative_spatial.crs import require_crs, require_metres
from creative_spatial.errors import DataQualityWarning, InsufficientDataError
from creative_spatial.schema import require_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.network import Network

# Links of two clusters are at least sin 60 of the reach apart, so that what is less than half of
# that around them never meets.
OUTLINE = 0.4
_HA = 10_000.0
_AREA = 2


def quarters(
    layer: gpd.GeoDataFrame,
    evidence: pd.DataFrame,
    land: BaseGeometry,
    units: gpd.GeoDataFrame,
    *,
    network: Network | None = None,
    streets: gpd.GeoDataFrame | None = None,
    spots: gpd.GeoDataFrame | None = None,
    reaches_m: Sequence[float] = (150.0, 100.0, 75.0, 50.0),
    core_sites: int = 5,
    min_places: int = 10,
    max_across_m: float = 1000.0,
    scales: Sequence[float] = (),
    other_cores: Sequence[int] = (),
    strengths: Sequence[str] = ("direct", "indirect"),
    min_field_places: int = 3,
    min_known: int = 5,
    without: Sequence[str] = ("unknown",),
    named_by: Sequence[str] = (),
) -> gpd.GeoDataFrame:
    """
    Outline the quarters in which places hang together, and say what they are made of.

    A site is a core where at least `core_sites` distinct sites, itself among them, are within
    reach over land (or over a bridge); cores linked to each other make a quarter, if at least
    `min_places` places stand there. What is more than `max_across_m` across is taken apart at
    the next shorter reach, if a quarter is left of it there. Its outline is the ground within 0.4 of the reach of its
    cores and of the shortest links that join them, with bays and gaps filled that are
    narrower than that, on the parts of the land where its cores are: outlines never overlap
    and never cover water.

    Parameters
    ----------
    layer : GeoDataFrame, metres
        Places, with `concept`. Those less certain than half of a reach do not count at it;
        those less certain than half of the greatest are left out.
    evidence : DataFrame
        Columns `concept`, `field`, `strength`, as `Taxonomy.field_evidence` returns it.
    land : (Multi)Polygon, same CRS
        The boundary without water.
    units : GeoDataFrame, 1 row, same CRS
        The boundary.
    network : Network, same CRS, optional
        Paths: two places with water between them are within reach by a walk as short.
    streets : GeoDataFrame of lines, same CRS, optional
        With `name`: a quarter is called after the street on which most of its places stand.
    spots : GeoDataFrame, same CRS, optional
        As `stability.hot_spots` gives them.
    reaches_m : sequence of float, metres, > 0
        Greatest distances between neighbours, from far to near.
    core_sites, min_places : int, > 0
        See above.
    max_across_m : float, metres, > 0
        Greatest distance between two cores of a quarter.
    scales, other_cores : sequence of float, of int
        Multiples of the reaches, and numbers of sites, on which the quarters are tried again,
        in all combinations with the first ones.
    strengths : sequence of str
        Strengths of evidence that count for a field.
    min_field_places : int
        Fewer places of a field do not make it lead.
    min_known : int
        Of fewer places of known hours it is not told what share is open.
    without : sequence of str
        What is no one community, e.g. "unknown" or "shared".
    named_by : sequence of str
        Concepts whose places name the quarter that they stand in or around, before streets do.

    Returns
    -------
    GeoDataFrame of (Multi)Polygon
        The largest first. `quarter_id`; `name` and translations; `places`, well-placed ones
        within the outline; `sites`, their distinct positions; `fields_hill`,
        `communities_hill`: Hill numbers of order 1, null where none, or too few, are known;
        `communities_known`, places of one community;
        `opens_evening`, `opens_weekend`: share of the places of known hours, null where these
        are too few; `hours_known`, places with any; `leading_field`, whose share is highest beside that of
        all places, null where none is above it; `hot_share`, mean share of grids in which
        the ground is hot; `area_ha`; `reach_m`, at which it hangs together; `survives`, share
        of the other settings in which a quarter has at least half of its core places in common
        (Jaccard); `illustrative`; `accuracy`, null where it is not. No row where nothing hangs
        together.

    Raises
    ------
    CRSError
        If the layers are not in one CRS in metres.
    InsufficientDataError
        If fewer than `min_places` places, or all at one point, stand on the land.
    IndicatorError
        If an option is out of range.

    Warns
    -----
    DataQualityWarning
        If places stand too close together to be told apart to the centimetre.

    References
    ----------
    Campello, Moulavi and Sander (2013), PAKDD, LNCS 7819 (DBSCAN*); Hennig (2007),
    Computational Statistics & Data Analysis 52 (stability by Jaccard's index).

    Examples
    --------
    Two rows of six stalls, 300 m apart:

    >>> x = np.concatenate([np.arange(6) * 50.0, 550 + np.arange(6) * 50.0])
    >>> stalls = gpd.GeoDataFrame({"concept": ["market"] * 12},
    ...     geometry=gpd.points_from_xy(x + 100, np.full(12, 500.0)), crs="EPSG:32647")
    >>> evidence = pd.DataFrame(
    ...     {"concept": ["market"], "field": ["gastronomy"], "strength": ["direct"]})
    >>> town = shapely.box(0, 0, 2000, 1000)
    >>> units = gpd.GeoDataFrame(geometry=[town], crs=stalls.crs)
    >>> quarters(stalls, evidence, town, units, core_sites=4, min_places=4)["places"].tolist()
    [6, 6]
    """
    require_columns(layer, "concept", name="layer")
    require_crs(units.crs, layer=layer, streets=streets, spots=spots)
    require_metres(layer=layer)
    own = checked(Setting(tuple(reaches_m), core_sites, min_places, max_across_m))
    kept = _enough(placed(layer, land, units, limit_m=reaches_m[0] / 2), min_places)
    others = [
        own._replace(reaches_m=tuple(scale * reach for reach in own.reaches_m), core_sites=cores)
        for scale, cores in product(sorted({1.0, *scales}), sorted({core_sites, *other_cores}))
        if (scale, cores) != (1.0, core_sites)
    ]
    ground = _ground(kept, land, max([1.0, *scales]) * reaches_m[0], network)
    found = quarter_clusters(ground, own)
    outlines = _outlines(ground, found, land)
    inside = locate(np.asarray(shapely.points(kept.xy)), outlines)
    mix = field_mix(kept.rows, inside, evidence, strengths=strengths, n_quarters=len(outlines))
    table = gpd.GeoDataFrame(
        facts_of(
            kept.rows, inside, mix, min_field_places=min_field_places,
            min_known=min_known, without=without,
        ),
        geometry=outlines, crs=units.crs,
    ).assign(
        sites=_distinct(ground.sites.at, inside, len(outlines)),
        area_ha=shapely.area(outlines) / _HA,
        hot_share=_hot_share(outlines, spots),
        reach_m=found.reach_m,
        survives=survival(ground, found, others),
    )  # fmt: skip
    table = table.iloc[np.lexsort((np.arange(len(table)), -table["places"]))]
    names = names_of(table.geometry, kept.rows, kept.xy, streets, named_by=named_by)
    ids = pd.Index(
        [f"q{rank}" for rank in range(1, len(table) + 1)], name="quarter_id", dtype="str"
    )
    layer_of = gpd.GeoDataFrame(pd.concat([names, table], axis=1).set_index(ids), crs=units.crs)
    made_up = pd.Series("illustrative", index=ids, dtype="str")
    layer_of["accuracy"] = made_up.where(layer_of["illustrative"].astype(bool))
    layer_of.attrs["note"] = kept.left_out("places")
    return layer_of


def _distinct(at: NDArray[np.intp], inside: NDArray[np.intp], n: int) -> NDArray[np.intp]:
    """Number of sites at which the places within each quarter stand."""
    within = inside != OUTSIDE
    pairs = np.unique(np.column_stack([inside[within], at[within]]), axis=0)
    return np.bincount(pairs[:, 0], minlength=n)


def _ground(kept: Placed, land: BaseGeometry, reach_m: float, network: Network | None) -> Ground:
    """Sites, what is within reach of what, and the least uncertainty of the places at each site."""
    step = finest_step(kept.xy, reach_m=reach_m)
    if step > CENTIMETRE:
        warnings.warn(
            f"Places stand so close together that quarters tell their positions apart to {step:g} m "
            "alone; an address search that found no more than the town gives such positions.",
            DataQualityWarning,
            stacklevel=3,
        )
    sites = sites_of(kept.xy, step_m=step)
    links = links_over_land(sites.xy, land, reach_m=reach_m, network=network)
    uncertain = np.full(len(sites.xy), np.inf)
    np.minimum.at(uncertain, sites.at, np.nan_to_num(uncertainties(kept.rows)))
    return Ground(sites, links, uncertain)


def _enough(kept: Placed, min_places: int) -> Placed:
    """The places, where a quarter can be made of them."""
    left_out = kept.left_out("places")
    if len(kept.xy) < min_places:
        raise InsufficientDataError(
            f"A quarter takes {min_places} places; {len(kept.xy)} stand on the land. {left_out}".strip()
        )
    if len(sites_of(kept.xy).xy) == 1:
        raise InsufficientDataError(
            f"All {len(kept.xy)} places stand at one point: an address, not a quarter. Give each its own position."
        )
    return kept


def _outlines(ground: Ground, found: Found, land: BaseGeometry) -> NDArray[np.object_]:
    """Land around the cores of each quarter and the shortest links that join them."""
    sites, labels = ground.sites, found.labels
    chains = spanning_links(ground.links, labels)
    lines = np.asarray(shapely.linestrings(sites.xy[chains]), dtype=object)
    outlines: list[BaseGeometry] = []
    taken: BaseGeometry = shapely.Polygon()
    for label, reach in enumerate(found.reach_m):
        radius = OUTLINE * reach
        cores = np.asarray(shapely.points(sites.xy[labels == label]))
        joined = lines[labels[chains[:, 0]] == label]
        near = shapely.union_all(shapely.buffer([*cores, *joined], radius))
        # Closed: bays and gaps that a disc of the same size does not fit into are filled.
        closed = _filled(shapely.buffer(shapely.buffer(near, radius), -radius), radius)
        dry = shapely.difference(shapely.intersection(closed, land), taken)
        held = [
            part
            for part in shapely.get_parts(dry)
            if shapely.get_dimensions(part) == _AREA and shapely.intersects(part, cores).any()
        ]
        outlines.append(shapely.union_all(held))
        taken = shapely.union(taken, closed)
    return np.array(outlines, dtype=object)


def _filled(ground: BaseGeometry, radius: float) -> BaseGeometry:
    """The ground without gaps that are smaller than what surrounds a single place."""
    filled = [
        shapely.Polygon(
            part.exterior,
            [ring for ring in part.interiors if shapely.Polygon(ring).area > math.pi * radius**2],
        )
        for part in shapely.get_parts(ground)
    ]
    return shapely.union_all(filled)


def _hot_share(
    outlines: NDArray[np.object_], spots: gpd.GeoDataFrame | None
) -> NDArray[np.float64]:
    """Mean over the ground of the share of grids in which it is hot; elsewhere it is 0."""
    if spots is None:
        return np.full(len(outlines), np.nan)
    shapes, hot = spots.geometry.to_numpy(), spots["hot"].to_numpy(dtype=float)
    spot, outline = shapely.STRtree(outlines).query(shapes, predicate="intersects")
    area = shapely.area(shapely.intersection(shapes[spot], outlines[outline]))
    heat = np.bincount(outline, weights=area * hot[spot], minlength=len(outlines))
    return np.asarray(heat / shapely.area(outlines), dtype=np.float64)
