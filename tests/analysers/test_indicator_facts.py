"""Every indicator of the package names a function that takes what it gives."""

from __future__ import annotations

import inspect
import re

import numpy as np
import pandas as pd
import pytest
import shapely
from affine import Affine
from pyproj import CRS

from creative_spatial.errors import InsufficientDataError
from creative_spatial.evaluation import resolve
from creative_spatial.indicators import load_indicators
from creative_spatial.raster import Raster
from creative_spatial.schema import empty_features
from creative_spatial.taxonomy import Taxonomy, fcs2009

TOWN_CRS, X, Y = CRS.from_epsg(32647), 600_000.0, 790_009.0
SPECS = load_indicators()
FIRST_SET = {
    "natural_share", "natural_share_with_water", "protected_share", "habitat_hill", "green_per_1000",
    "asset_density", "assets_per_10000", "field_profile", "worship_hill",
    "initiatives_per_10000", "initiative_lead_mix", "initiatives_near_pillars", "pillars_present",
}  # fmt: skip
each_spec = pytest.mark.parametrize("spec", SPECS.values(), ids=list(SPECS))


def test_the_first_set_is_there():
    assert set(SPECS) >= FIRST_SET


@each_spec
def test_texts_are_complete(spec):
    assert set(spec.title) >= {"th", "en", "fr"}
    assert all(spec.title.values())
    assert spec.method.endswith(".")
    assert spec.reference.endswith(".")
    assert spec.unit


@each_spec
def test_objectives_have_the_form_that_the_evidence_table_reads(spec):
    form = re.compile(r"O[1-6]|SDG \d+\.[\da-z]+(\.\d+)?|Culture\|2030 ([1-9]|1\d|2[0-2])")
    assert spec.objectives
    assert all(form.fullmatch(objective) for objective in spec.objectives)


@each_spec
def test_the_function_takes_the_inputs_and_parameters(spec):
    signature = inspect.signature(resolve(spec.function))
    for params in spec.categories.values() or [{}]:
        given = {*spec.inputs, *spec.params, *params, "units", *(["seed"] * spec.seeded)}
        required = {
            name
            for name, parameter in signature.parameters.items()
            if parameter.default is inspect.Parameter.empty
        }
        assert required <= given <= set(signature.parameters)


@each_spec
def test_rates_for_inhabitants_need_them_and_are_suppressed_where_few(spec):
    is_rate = spec.unit.endswith("inhabitants")
    assert spec.needs_population == is_rate
    assert (spec.min_population == 500) == is_rate


@each_spec
def test_nothing_found_can_be_measured(spec, streets, units):
    columns = ["lead", "kind", "community", "naturalness", "ground", "role"]
    columns += ["route_id", "feature_id", "visit"]
    columns += ["opens_evening", "opens_weekend", "effective", "cuisine"]
    named = {
        "network": streets([(0, 0), (900, 0)], [(0, 1)]),
        "field_evidence": pd.DataFrame(
            {"concept": ["museum"], "field": ["design"], "strength": ["weak"]}
        ),
        "fcs": fcs2009().domains_of(Taxonomy.load()),
        "population": Raster(np.ones((2, 2)), Affine(9, 0, X, 0, -9, Y), TOWN_CRS, "census"),
        "elevation": None,
        "reference": None,
        "field_grades": None,
        "cells": units,
        "land": shapely.union_all(units.geometry.to_numpy()),
        "pillars": [empty_features(units.crs, columns) for _ in range(3)],
        "places": [empty_features(units.crs, columns) for _ in range(2)],
    }
    named["route_plans"] = {}
    named["land"] = units.union_all()
    named["field"] = "design"
    inputs = {}
    for parameter, wanted in spec.inputs.items():
        names = (wanted.layer,) if isinstance(wanted.layer, str) else wanted.layer
        found = [named.get(name, empty_features(units.crs, columns)) for name in names]
        inputs[parameter] = found[0] if isinstance(wanted.layer, str) else found
    for params in spec.categories.values() or [{}]:
        options = {**spec.params, **params, **({"seed": 0} if spec.seeded else {})}
        try:
            outcome = resolve(spec.function)(**inputs, units=units, **options)
        except InsufficientDataError:
            continue  # a run says so, and goes on
        if spec.kind == "derivation":
            assert outcome.empty
            continue
        if spec.kind == "table":
            assert {"category", "value", "n"} <= set(outcome.columns)
            assert {"unit_id", "headline"} & set(outcome.columns)
        else:
            assert outcome.index.equals(units.index)
        assert np.nansum(outcome["value"]) == 0
