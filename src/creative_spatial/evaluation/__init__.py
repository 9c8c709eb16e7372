"""The evaluation core: indicator specifications and inputs in, rows out; nothing else."""

from creative_spatial.evaluation.core import Evaluation, evaluate
from creative_spatial.evaluation.functions import check_specs, resolve
from creative_spatial.evaluation.grading import Grades, grades_of_fields
from creative_spatial.evaluation.places import OF_PLACES
from creative_spatial.evaluation.rows import (
    DONE,
    SKIPPED,
    SUPPRESSED,
    UNDEFINED,
    WARNED,
)
from creative_spatial.result import ILLUSTRATIVE_NOTE
from creative_spatial.schema import open_rows

__all__ = [
    "DONE",
    "ILLUSTRATIVE_NOTE",
    "OF_PLACES",
    "SKIPPED",
    "SUPPRESSED",
    "UNDEFINED",
    "WARNED",
    "Evaluation",
    "Grades",
    "check_specs",
    "evaluate",
    "grades_of_fields",
    "open_rows",
    "resolve",
]
