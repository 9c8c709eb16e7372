"""Surveys made with ODK or KoboToolbox: their exports and the forms behind them."""

from __future__ import annotations

from creative_spatial.loaders.survey.reading import Survey, read_survey

__all__ = ["Survey", "read_survey"]
