"""What an assessment found: indicator rows, tables, layers, and where they come from."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from creative_spatial.errors import IndicatorError
from creative_spatial.findings import CheckReport

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from creative_spatial.area import StudyArea
    from creative_spatial.provenance import Source
    from creative_spatial.raster import Raster
    from creative_spatial.taxonomy import Taxonomy

LEVELS = ("city", "unit")
# Tables that are also written as CSV: rows set aside, and what was mended in the others.
LEDGERS = ("quarantine", "repairs")
FORMS = ("visit_list",)
"""Tables that people fill in: they are written for a spreadsheet alone."""
SPREADSHEETS = ("inventory",)
"""Tables that people leaf through: they are written for a spreadsheet too."""
ILLUSTRATIVE_NOTE = "Rests on illustrative data: not evidence."
ROW_COLUMNS = (
    "id", "title", "pillar", "category", "boundary", "level", "unit_id", "value", "low", "high",
    "unit", "n", "grade", "status", "reason", "date", "method", "definition", "objectives",
    "sources", "notes",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Result:
    """
    The outcome of one assessment; holds no files and does no work.

    Parameters
    ----------
    area : StudyArea
        What was assessed.
    taxonomy : Taxonomy
        What its features are called, and how they are drawn.
    indicators : DataFrame
        One row a number: the columns of `ROW_COLUMNS`.
    tables : mapping of str to DataFrame
        Results of the indicators of kind "table", by id; `quarantine`, the rows of input
        that are in no layer, with the reason; `repairs`, what was mended in the others.
    layers : mapping of str to GeoDataFrame
        In the working CRS: one a pillar, and zones, protected, water, land, streets,
        buildings, land_use, network_nodes, network_edges, gaps where there are any; and what
        indicators of kind "derivation" found, by id.
    rasters : mapping of str to Raster
        Surfaces that such indicators found, by id.
    sources : mapping of str to Source
        By the ids in the layers' `source_id`.
    steps : tuple of mapping
        What was done or skipped, and why: `step`, `status`, `reason`.
    inputs : mapping of str to mapping
        Per input file: path relative to the city folder, sha256 (of what is not public,
        `hmac_sha256` under the city's key), rows in and out.
    config : mapping
        The city's configuration with every default filled in.
    maps : mapping of str to MapSpec
        The package's maps with the city's own over them; empty where the package's serve.
    charts : mapping of str to ChartSpec
        The same of charts.
    checks : CheckReport
        What was found in the inputs: as `check` reports it.
    """

    area: StudyArea
    taxonomy: Taxonomy
    indicators: pd.DataFrame
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    layers: Mapping[str, gpd.GeoDataFrame] = field(default_factory=dict)
    rasters: Mapping[str, Raster] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    steps: tuple[Mapping[str, Any], ...] = ()
    inputs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)
    maps: Mapping[str, Any] = field(default_factory=dict)
    charts: Mapping[str, Any] = field(default_factory=dict)
    checks: CheckReport = field(default_factory=CheckReport)

    def table(self, *, level: str = "city", boundary: str | None = None) -> pd.DataFrame:
        """
        The indicators, one a row, of one boundary or of its units.

        Parameters
        ----------
        level : {"city", "unit"}
            The whole boundary, or its units.
        boundary : str, optional
            Id of a boundary; every boundary otherwise.

        Returns
        -------
        DataFrame
            Index `id`; columns `category`, `boundary`, `unit_id`, `value`, `low`, `high`,
            `unit`, `n`, `grade`, `status`, `reason`, without those that are all null.

        Raises
        ------
        IndicatorError
            If the level or the boundary is unknown.
        """
        if level not in LEVELS:
            raise IndicatorError(f"level {level!r}; expected one of {', '.join(LEVELS)}.")
        rows = self.indicators[self.indicators["level"] == level]
        if boundary is not None:
            rows = rows[rows["boundary"] == self._boundary(boundary)]
        shown = [
            "category",
            "boundary",
            "unit_id",
            "value",
            "low",
            "high",
            "unit",
            "n",
            "grade",
            "status",
            "reason",
        ]
        kept = [name for name in shown if name == "value" or rows[name].notna().any()]
        return rows.set_index("id")[kept]

    def value(
        self, indicator: str, *, category: str | None = None, boundary: str | None = None
    ) -> float | None:
        """
        One number of the city level.

        Parameters
        ----------
        indicator : str
            Id of the indicator.
        category : str, optional
            A field, a community, a Hill order, where the indicator has categories.
        boundary : str, optional
            Id of a boundary; the primary one otherwise.

        Returns
        -------
        float or None
            None where it was skipped or is undefined.

        Raises
        ------
        IndicatorError
            If the indicator, category or boundary is unknown, with what there is.
        """
        rows = self._rows(indicator, "city", category)
        rows = rows[rows["boundary"] == self._boundary(boundary or self.area.primary_id)]
        value = rows["value"].iloc[0]
        return None if pd.isna(value) else float(value)

    def unit_values(self, indicator: str, *, category: str | None = None) -> pd.Series[float]:
        """
        One indicator over the units, ready to map.

        Parameters
        ----------
        indicator : str
            Id of the indicator.
        category : str, optional
            Where the indicator has categories.

        Returns
        -------
        Series of float
            Indexed like ``area.units``; null where undefined or suppressed.

        Raises
        ------
        IndicatorError
            If the indicator or category is unknown, or there are no figures by unit.
        """
        rows = self._rows(indicator, "unit", category)
        return rows.set_index("unit_id")["value"].reindex(self.area.units.index).astype(float)

    def _rows(self, indicator: str, level: str, category: str | None) -> pd.DataFrame:
        """Rows of one indicator and category at a level; what is not there is named."""
        ids = self.indicators["id"].unique().tolist()
        if indicator not in ids:
            near = difflib.get_close_matches(indicator, ids, n=3)
            hint = f"; did you mean {', '.join(near)}?" if near else f"; known: {', '.join(ids)}."
            raise IndicatorError(f"Unknown indicator {indicator!r}{hint}")
        rows = self.indicators[self.indicators["id"] == indicator]
        rows = rows[rows["level"] == level]
        if not len(rows):
            raise IndicatorError(f"Indicator {indicator!r} has no figures by {level}.")
        known = rows["category"].dropna().unique().tolist()
        if category is None and not known:
            return rows
        if category not in known:
            asked = "needs a category" if category is None else f"has no category {category!r}"
            choice = f"; choose from {', '.join(known)}" if known else ""
            raise IndicatorError(f"Indicator {indicator!r} {asked}{choice}.")
        return rows[rows["category"] == category]

    def _boundary(self, boundary: str) -> str:
        """The id of a boundary that is there."""
        known = self.area.boundaries.index.tolist()
        if boundary not in known:
            raise IndicatorError(f"Unknown boundary {boundary!r}; known: {', '.join(known)}.")
        return boundary

    def __repr__(self) -> str:
        done = int((self.indicators["status"] == "done").sum()) if len(self.indicators) else 0
        return (
            f"Result({self.area.name!r}: {self.indicators['id'].nunique()} indicators in {done} numbers, "
            f"layers {', '.join(self.layers)})"
        )

    def _repr_html_(self) -> str:
        from html import escape

        rows = self.table(boundary=self.area.primary_id)
        heading = f"<p><b>{escape(self.area.name)}</b>, boundary {escape(self.area.primary_id)}</p>"
        return heading + rows.to_html(
            escape=True, na_rep="–", float_format=lambda value: f"{value:,.2f}"
        )
