"""The taxonomy as one object: look-up, classification, annotation of layers."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import pandas as pd

from creative_spatial.errors import TaxonomyError
from creative_spatial.resources import resource_path
from creative_spatial.taxonomy.classifier import Classification, Classifier
from creative_spatial.taxonomy.tables import read_tables

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd

    from creative_spatial.taxonomy.entries import (
        Concept,
        CreativeField,
        Deprecation,
        LegendClass,
        Pillar,
    )

Language = str


@dataclass(frozen=True, eq=False)
class Taxonomy:
    """
    Pillars, fields, concepts and legends, and the classifier made of them.

    Parameters
    ----------
    pillars : mapping of str to Pillar
        In the order in which they rank.
    fields : mapping of str to CreativeField
        The creative fields.
    concepts : mapping of str to Concept
        In the order in which their rules are tried.
    legends : mapping of str to mapping of str to LegendClass
        Classes by the column they are drawn from.
    deprecations : tuple of Deprecation
        Old tags that are read as their successors.
    """

    pillars: Mapping[str, Pillar]
    fields: Mapping[str, CreativeField]
    concepts: Mapping[str, Concept]
    legends: Mapping[str, Mapping[str, LegendClass]]
    deprecations: tuple[Deprecation, ...] = ()

    @classmethod
    def load(cls, *folders: Path) -> Taxonomy:
        """
        Read the package's tables and, over them, those of the given folders.

        Parameters
        ----------
        *folders : Path
            Folders with ``*.toml`` tables of the same shape, e.g. a city's `taxonomy`.
            Later ones win; a city's concepts are tried before the package's.

        Returns
        -------
        Taxonomy
            Frozen.

        Raises
        ------
        ConfigError
            Naming file, table and key of every fault.

        Examples
        --------
        >>> Taxonomy.load().classify({"tourism": "museum"}).concept
        'museum'
        """
        if not folders:
            return _builtin()
        return cls(*read_tables([resource_path("taxonomy"), *folders]))

    def concept(self, concept_id: str) -> Concept:
        """
        Look a concept up, following `replaced_by`.

        Parameters
        ----------
        concept_id : str
            Its id, present or former.

        Returns
        -------
        Concept
            The present concept.

        Raises
        ------
        TaxonomyError
            With the nearest known ids.
        """
        if concept_id not in self.concepts:
            near = difflib.get_close_matches(concept_id, list(self.concepts), n=3)
            hint = f"; did you mean {', '.join(near)}?" if near else ""
            raise TaxonomyError(f"Unknown concept {concept_id!r}{hint}")
        found = self.concepts[concept_id]
        return self.concept(found.replaced_by) if found.replaced_by else found

    def label(self, concept_id: str, language: Language) -> str:
        """
        Name of a concept in a language, else in English, else in the first it has.

        Parameters
        ----------
        concept_id : str
            The concept.
        language : str
            ISO 639-1 code.

        Returns
        -------
        str
            The label.
        """
        labels = self.concept(concept_id).labels
        return labels.get(language) or labels.get("en") or next(iter(labels.values()))

    @cached_property
    def osm_keys(self) -> frozenset[str]:
        """Every key that can make an object a feature, life-cycle prefixes included."""
        return self._classifier.keys

    @cached_property
    def _classifier(self) -> Classifier:
        return Classifier(self.concepts.values(), self.deprecations)

    def classify(self, tags: Mapping[str, str]) -> Classification | None:
        """
        Say which concept the tags of an object name first, and which others.

        Parameters
        ----------
        tags : mapping of str to str
            Raw OpenStreetMap tags; values may list several, parted by ";".

        Returns
        -------
        Classification or None
            None where no rule holds. An object whose only matching tags carry a
            life-cycle prefix ("disused:amenity") has that status.

        Examples
        --------
        >>> taxonomy = Taxonomy.load()
        >>> taxonomy.classify({"craft": "plumber"}).concept
        'other_place'
        >>> taxonomy.classify({"disused:amenity": "cinema"}).status
        'disused'
        """
        return self._classifier.classify(tags)

    def annotate(self, layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        """
        Add what a layer's concepts say of its features: pillar, strength, attributes.

        Parameters
        ----------
        layer : GeoDataFrame, n rows
            With a `concept` column of known ids.

        Returns
        -------
        GeoDataFrame, n rows
            A copy with `pillar`, `strength`, one column for each attribute that any concept
            has and each legend is drawn from; values already in the layer win. What a concept
            defers is said by the first of `also_concepts` that says it.
        """
        ids = layer["concept"].unique().tolist()
        known = {concept_id: self.concept(concept_id) for concept_id in ids}
        annotated = layer.copy()
        attributes = (name for c in self.concepts.values() for name in c.attributes)
        names = dict.fromkeys([*attributes, *self.legends])
        columns = {name: {i: c.attributes.get(name) for i, c in known.items()} for name in names}
        columns["pillar"] = {i: c.pillar for i, c in known.items()}
        columns["strength"] = {i: c.strength for i, c in known.items()}
        for name, values in columns.items():
            said = annotated["concept"].map(values)
            said = said.astype("str").where(said.notna())
            said.update(self._deferred(annotated, name))
            if name in annotated:
                own = annotated[name]
                said = own.astype("str").where(own.notna(), said)
            annotated[name] = said
        return annotated

    def _deferred(self, layer: gpd.GeoDataFrame, attribute: str) -> pd.Series[str]:
        """What further readings say of an attribute that the first one leaves to them."""
        leave_it = [c.id for c in self.concepts.values() if attribute in c.deferred]
        rows = layer["concept"].isin(leave_it)
        if "also_concepts" not in layer or not rows.any():
            return pd.Series(dtype="str")
        further = layer.loc[rows, "also_concepts"].dropna().str.split(";")
        told = {
            feature_id: next(
                (
                    self.concepts[i].attributes[attribute]
                    for i in concepts
                    if i in self.concepts and attribute in self.concepts[i].attributes
                ),
                None,
            )
            for feature_id, concepts in further.items()
        }
        return pd.Series(told, dtype="str").dropna()

    def readings(self, layer: gpd.GeoDataFrame, attribute: str, value: str) -> gpd.GeoDataFrame:
        """
        Features of which any concept has an attribute, read as that concept.

        A wooded nature reserve is counted once, as a reserve; but its wood covers land,
        and its boundary protects it. What asks for land or for protection asks here.

        Parameters
        ----------
        layer : GeoDataFrame, n rows
            With `concept` and, joined by ";", `also_concepts`; a unique index.
        attribute : str
            Name of an attribute, e.g. "role".
        value : str
            What it must be.

        Returns
        -------
        GeoDataFrame, m <= n rows
            Annotated, in the order of the layer. Where only a further concept fits, that
            concept and its attributes stand in place of the first one's.
        """
        own = self.annotate(layer)
        first = own[attribute] == value
        if "also_concepts" not in own:
            return own[first]
        fitting = {i for i, c in self.concepts.items() if c.attributes.get(attribute) == value}
        further = {
            feature_id: next((part for part in also.split(";") if part in fitting), None)
            for feature_id, also in own.loc[~first, "also_concepts"].dropna().items()
        }
        further = {feature_id: concept for feature_id, concept in further.items() if concept}
        others = own.loc[list(further)].assign(concept=[str(c) for c in further.values()])
        names = {name for concept in self.concepts.values() for name in concept.attributes}
        others = self.annotate(others.drop(columns=[*names, "pillar", "strength"]))
        read = pd.concat([own[first], others[own.columns]]) if len(others) else own[first]
        return read.loc[[i for i in own.index if i in further or first[i]]]

    @cached_property
    def sensitive_concepts(self) -> Mapping[str, str]:
        """Category of sensitivity by concept, of those that a city keeps to itself."""
        return {c.id: c.sensitivity for c in self.concepts.values() if c.sensitivity}

    @cached_property
    def place_pillars(self) -> tuple[str, ...]:
        """Pillars whose features are places, not land: what the creative fields are counted in."""
        return tuple(key for key, pillar in self.pillars.items() if pillar.holds == "places")

    def field_evidence(self) -> pd.DataFrame:
        """
        Which concepts are evidence of which creative field, and how strong.

        Those of `place_pillars` alone: an orchard serves gastronomy, but the number of orchards
        is that of their outlines.

        Returns
        -------
        DataFrame
            Columns `concept`, `field`, `strength`.
        """
        rows = [
            (concept.id, field, strength)
            for concept in self.concepts.values()
            if concept.pillar in self.place_pillars
            for field, strength in concept.fields.items()
        ]
        return pd.DataFrame(rows, columns=["concept", "field", "strength"])

    def __repr__(self) -> str:
        return (
            f"Taxonomy({len(self.concepts)} concepts in {len(self.pillars)} pillars, "
            f"{len(self.fields)} fields)"
        )


@lru_cache(maxsize=1)
def _builtin() -> Taxonomy:
    """The package's own taxonomy, read once."""
    return Taxonomy(*read_tables([resource_path("taxonomy")]))
