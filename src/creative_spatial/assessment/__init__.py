"""The assessment: a city folder in, a `Result` out, and the results folder written."""

from creative_spatial.assessment.core import Assessment

__all__ = ["Assessment"]
