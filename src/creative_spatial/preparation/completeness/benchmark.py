"""Which places of a benchmark inventory are in the layers: the plainest test of completeness."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from creative_spatial.preparation.completeness.counting import tallied
from creative_spatial.preparation.conflation import conflate
from creative_spatial.preparation.conflation.core import DUPLICATE, MATCHED
from creative_spatial.resources.completeness import completeness_facts
from creative_spatial.schema import require_columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import geopandas as gpd

_LAYER, _BENCHMARK = "layer", "benchmark"


def match_benchmark(
    benchmark: gpd.GeoDataFrame, layer: gpd.GeoDataFrame, *, place_names: Iterable[str] = ()
) -> gpd.GeoDataFrame:
    """
    Say which places of an inventory are in a layer.

    Parameters
    ----------
    benchmark : GeoDataFrame, n rows, metres
        The inventory: a feature layer of known quality that is not itself counted.
    layer : GeoDataFrame, any geometry, same CRS
        What is tested.
    place_names : iterable of str, optional
        Names of the town in every script, which a name may add or leave out.

    Returns
    -------
    GeoDataFrame, at most n rows
        The inventory without places that it lists twice, with a column `found`.

    Raises
    ------
    LayerSchemaError
        If a layer lacks `name` or `concept`, or two records have one id.
    CRSError
        If the two are not in one CRS.

    Examples
    --------
    >>> import geopandas as gpd, pandas as pd
    >>> def places(source, names):
    ...     return gpd.GeoDataFrame(
    ...         {"name": names, "concept": "museum", "source_id": source},
    ...         geometry=gpd.points_from_xy([676_000 + 500 * i for i in range(len(names))],
    ...                                     [795_000] * len(names)), crs="EPSG:32647",
    ...         index=pd.Index([f"{source}:{i}" for i in range(len(names))], name="feature_id"))
    >>> inventory = places("register", ["National Museum", "Pottery Museum"])
    >>> match_benchmark(inventory, places("osm", ["National Museum"]))["found"].tolist()
    [True, False]
    """
    table = conflate({_LAYER: layer, _BENCHMARK: benchmark}, place_names=place_names)
    status = table.loc[(table["source"] == _BENCHMARK).to_numpy(), "status"]
    # Of a place that the inventory lists twice, the record that stands for it says how it went.
    once = status[(status != DUPLICATE).to_numpy()]
    return benchmark.loc[once.index].assign(found=(once == MATCHED).to_numpy(dtype=bool))


def benchmark_match(
    benchmark: gpd.GeoDataFrame, units: gpd.GeoDataFrame, groups: Mapping[str, str]
) -> pd.DataFrame:
    r"""
    Share of an inventory's places that was found, by group and unit, with Wilson's interval.

    .. math:: \frac{p + z^2/2n \pm z\sqrt{p(1-p)/n + z^2/4n^2}}{1 + z^2/n}

    Parameters
    ----------
    benchmark : GeoDataFrame, n rows
        What `match_benchmark` returns.
    units : GeoDataFrame, polygons, same CRS
        Units.
    groups : mapping of str to str
        Group of each concept.

    Returns
    -------
    DataFrame
        Index `group`, `unit_id`; `benchmark_n`, `benchmark_share`, `benchmark_low`,
        `benchmark_high` (95 %), the last three null under the least number of places.

    Raises
    ------
    LayerSchemaError
        If `benchmark` has no `found` or `concept`.

    References
    ----------
    Wilson (1927), Journal of the American Statistical Association 22, 209-212.
    """
    from scipy.stats import binomtest

    require_columns(benchmark, "found", "concept", name="benchmark")
    found = benchmark["found"].to_numpy(dtype=bool)
    counts = tallied(
        benchmark, units, groups, {"benchmark_n": np.ones(len(benchmark)), "found": found}
    )
    least = completeness_facts().benchmark.min_places.value
    rows = []
    for n, k in counts[["benchmark_n", "found"]].astype(int).itertuples(index=False):
        if n < least:
            rows.append((np.nan, np.nan, np.nan))
            continue
        interval = binomtest(k, n).proportion_ci(method="wilson")
        rows.append((k / n, float(interval.low), float(interval.high)))
    names = ["benchmark_share", "benchmark_low", "benchmark_high"]
    shares = pd.DataFrame(rows, columns=names, index=counts.index, dtype=float)
    return counts[["benchmark_n"]].join(shares)
