"""The assessment: a city folder in, a `Result` out, and the results folder written."""

from creative_spatial.assessment.core import Assessment
from creative_spatial.assessment.folder import check_folder

__all__ = ["Assessment", "check_folder"]
