"""What the ranking of the creative fields takes as uncertain, and how it is put into words."""

from __future__ import annotations

from functools import lru_cache

from pydantic import Field, model_validator

from creative_spatial.resources import Facts, parse, read_toml, resource_path
from creative_spatial.resources.completeness import GRADES

UNKNOWN = "unknown"


class Range(Facts):
    """From where to where a draw may fall, evenly."""

    low: float = Field(ge=0)
    high: float
    reference: str

    @model_validator(mode="after")
    def _in_order(self) -> Range:
        if self.high < self.low:
            raise ValueError(f"high ({self.high:g}) is below low ({self.low:g})")
        return self


class Share(Range):
    """A share of what there is: some of it is on the map."""

    low: float = Field(gt=0)
    high: float = Field(le=1)


class Constant(Facts):
    """A number, and where it comes from."""

    value: float = Field(gt=0)
    reference: str


class Sentences(Facts):
    """The ranking in the words of one language."""

    decimal: str
    join: str
    rest: str
    lead: str
    lead_less: str
    lead_only: str
    poor: str
    apart: str
    tied: str
    not_more: str
    none_there: str
    alone: str
    none: str
    illustrative: str
    caution: str


class RankingModel(Facts):
    """The whole table."""

    strengths: dict[str, Range]
    completeness: dict[str, Share]
    prior_places: Constant
    reference_prior: Constant
    apart: Constant
    sentences: dict[str, Sentences]

    @model_validator(mode="after")
    def _whole(self) -> RankingModel:
        for name, table, keys in (
            ("strengths", self.strengths, ("direct", "indirect", "weak")),
            ("completeness", self.completeness, (*GRADES, UNKNOWN)),
        ):
            if set(table) != set(keys):
                raise ValueError(f"{name}: expected the keys {', '.join(keys)}")
        return self


@lru_cache(maxsize=1)
def ranking_model() -> RankingModel:
    """
    Read the table of the ranking.

    Returns
    -------
    RankingModel
        Frozen; read once.
    """
    path = resource_path("field_ranking.toml")
    return parse(RankingModel, read_toml(path), where=path.name)
