"""From concepts to the domains of a framework of cultural statistics."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import pandas as pd
from pydantic import Field, model_validator

from creative_spatial.resources import Facts, parse, read_toml, resource_path
from creative_spatial.taxonomy.entries import Labels  # noqa: TC001  (pydantic reads it)

if TYPE_CHECKING:
    from creative_spatial.taxonomy.core import Taxonomy


class Framework(Facts):
    """Which framework, in which edition, and where it is written down."""

    id: str
    title: str
    reference: str


class Domain(Facts):
    """One domain of the framework; a line of its own below another has `part_of`."""

    code: str
    group: Literal["cultural", "related", "transversal"]
    labels: Labels
    part_of: str | None = None


class Crosswalk(Facts):
    """
    A framework's domains, and those of concepts and fields.

    Parameters
    ----------
    framework : Framework
        Which one.
    domains : dict of str to Domain
        In the order of the framework.
    concepts : dict of str to tuple of str
        Domains of each concept; it counts in the first.
    fields : dict of str to tuple of str
        Domains of each creative field, for concepts that are not listed.
    """

    framework: Framework
    domains: dict[str, Domain] = Field(min_length=1)
    concepts: dict[str, tuple[str, ...]]
    fields: dict[str, tuple[str, ...]]

    @model_validator(mode="after")
    def _domains_are_known(self) -> Crosswalk:
        faults = [
            f"{what} {key!r}: unknown domain {name!r}"
            for what, table in (("concept", self.concepts), ("field", self.fields))
            for key, names in table.items()
            for name in names
            if name not in self.domains
        ]
        faults += [
            f"domain {key!r}: unknown domain {domain.part_of!r}"
            for key, domain in self.domains.items()
            if domain.part_of is not None and domain.part_of not in self.domains
        ]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def domains_of(self, taxonomy: Taxonomy) -> pd.DataFrame:
        """
        List the domains of every concept.

        Parameters
        ----------
        taxonomy : Taxonomy
            With a city's own concepts.

        Returns
        -------
        DataFrame
            Columns `concept`, `domain`, `code`, `group`, `part_of` and `rank`: 0 is the one it
            counts in; in the order of the domains. A concept that is not listed has the domains of the first field it serves; one
            without fields has no row.

        Examples
        --------
        >>> from creative_spatial.taxonomy import Taxonomy
        >>> rows = fcs2009().domains_of(Taxonomy.load())
        >>> rows[rows["concept"] == "cooking_school"].sort_values("rank")["domain"].tolist()
        ['gastronomy', 'education']
        """
        rows = [
            (concept.id, name, *_said(self.domains[name]), rank)
            for concept in taxonomy.concepts.values()
            for rank, name in enumerate(
                self.concepts.get(concept.id)
                or next((self.fields.get(field, ()) for field in concept.fields), ())
            )
        ]
        table = pd.DataFrame(
            rows, columns=["concept", "domain", "code", "group", "part_of", "rank"]
        )
        order = table["domain"].map({name: place for place, name in enumerate(self.domains)})
        return table.iloc[order.argsort(kind="stable")].reset_index(drop=True)


def _said(domain: Domain) -> tuple[str, str, str | None]:
    """What a row says of its domain."""
    return domain.code, domain.group, domain.part_of


@lru_cache(maxsize=1)
def fcs2009() -> Crosswalk:
    """
    Read the crosswalk to the UNESCO Framework for Cultural Statistics 2009.

    Returns
    -------
    Crosswalk
        Frozen; read once.
    """
    path = resource_path("crosswalks", "fcs2009.toml")
    return parse(Crosswalk, read_toml(path), where=path.name)
