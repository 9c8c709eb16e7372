"""
Charts: on Axes for notebooks, and as whole sheets ready for print, with their text.

What a chart shows is data (``resources/charts.toml`` and a city's own ``charts.toml``); each kind is a module with
`chart_of`, which reads a result, and a function that draws on Axes.
"""

from __future__ import annotations

from creative_spatial.plotters.charts.curves import plot_curves
from creative_spatial.plotters.charts.event_calendar import plot_event_calendar
from creative_spatial.plotters.charts.field_profile import plot_field_profile
from creative_spatial.plotters.charts.sheet import ChartSheet, draw_chart
from creative_spatial.plotters.charts.specs import ChartSpec, load_charts

__all__ = [
    "ChartSheet",
    "ChartSpec",
    "draw_chart",
    "load_charts",
    "plot_curves",
    "plot_event_calendar",
    "plot_field_profile",
]
