"""
Maps and charts: on Axes for notebooks, and as whole sheets ready for print.

What a map shows is data (``resources/maps.toml`` and a city's own ``maps.toml``), and so is
what a chart shows (``charts.toml``); how its
classes look comes from the taxonomy's legends.
"""

from __future__ import annotations

from creative_spatial.plotters.axes import (
    plot_background,
    plot_features,
    plot_overview,
    plot_pillar,
    plot_zones,
)
from creative_spatial.plotters.charts import (
    ChartSheet,
    ChartSpec,
    draw_chart,
    load_charts,
    plot_curves,
    plot_event_calendar,
    plot_field_profile,
)
from creative_spatial.plotters.fonts import font_family
from creative_spatial.plotters.maps import draw_map
from creative_spatial.plotters.saving import save_figure
from creative_spatial.plotters.sheet import MapSheet
from creative_spatial.plotters.small_multiples import plot_small_multiples
from creative_spatial.plotters.specs import MapSpec, load_maps
from creative_spatial.plotters.surfaces import plot_surface
from creative_spatial.plotters.values import plot_values
from creative_spatial.plotters.words import languages

__all__ = [
    "ChartSheet",
    "ChartSpec",
    "MapSheet",
    "MapSpec",
    "draw_chart",
    "draw_map",
    "font_family",
    "languages",
    "load_charts",
    "load_maps",
    "plot_background",
    "plot_curves",
    "plot_event_calendar",
    "plot_features",
    "plot_field_profile",
    "plot_overview",
    "plot_pillar",
    "plot_small_multiples",
    "plot_surface",
    "plot_values",
    "plot_zones",
    "save_figure",
]
