"""What completeness is judged by: thresholds, and where they come from."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from creative_spatial.resources import Facts, parse, read_toml, resource_path

Grade = Literal["A", "B", "C", "D"]
GRADES: tuple[Grade, ...] = ("A", "B", "C", "D")


class Limit(Facts):
    """A threshold, and where it comes from."""

    value: float
    reference: str


class Scale(Facts):
    """Least shares of the grades that a criterion can attest; what reaches none is D."""

    limits: dict[Literal["A", "B", "C"], float]
    reference: str


class BenchmarkScale(Scale):
    """Match with a benchmark inventory."""

    min_places: Limit


class ChapmanScale(Scale):
    """Two lists against each other."""

    min_matches: Limit


class CoverScale(Scale):
    """Mapped streets or buildings against built-up land."""

    attributes: tuple[str, ...]
    max_rank: Limit
    expected_km_per_km2: Limit
    expected_building_share: Limit
    edge_m: Limit
    min_built_m2: Limit
    min_built_share: Limit


class EditAge(Facts):
    """Age of the last edit."""

    min_features: Limit
    max_years: Limit


class Together(Facts):
    """How groups' grades become one."""

    min_share: Limit
    min_assessed_share: Limit


class LandCover(Facts):
    """Codes of a land-cover raster."""

    built: tuple[int, ...]
    known: tuple[int, ...]
    reference: str


class CompletenessFacts(Facts):
    """The whole table."""

    group_by: tuple[str, ...]
    benchmark: BenchmarkScale
    chapman: ChapmanScale
    cover: CoverScale
    edit_age: EditAge
    together: Together
    land_cover: LandCover


@lru_cache(maxsize=1)
def completeness_facts() -> CompletenessFacts:
    """
    Read the table of completeness.

    Returns
    -------
    CompletenessFacts
        Frozen; read once.
    """
    path = resource_path("completeness.toml")
    return parse(CompletenessFacts, read_toml(path), where=path.name)
