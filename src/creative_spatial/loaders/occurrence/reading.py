"""Records of species as a checked layer, each with its date, licence and uncertainty."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from creative_spatial.crs import WGS84, make_transformer
from creative_spatial.errors import LoadError
from creative_spatial.loaders.columns import (
    list_rows,
    near,
    parse_numbers,
    rename_columns,
    tidy_text,
)
from creative_spatial.loaders.coordinates import parse_number
from creative_spatial.loaders.features import LayerOptions, build_layer, empty_layer
from creative_spatial.loaders.ids import ID_COLUMNS
from creative_spatial.loaders.locating import locate_rows
from creative_spatial.loaders.occurrence.archive import KEY, read_records
from creative_spatial.loaders.occurrence.terms import (
    datum_crs,
    occurrence_facts,
    parse_event_date,
    spdx_license,
)
from creative_spatial.loaders.where import select_rows
from creative_spatial.resources.sensitivity import BY_PUBLISHER

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from shapely.geometry.base import BaseGeometry

    from creative_spatial.loaders.build import Build
    from creative_spatial.provenance import Source
    from creative_spatial.taxonomy import Taxonomy

FIRST_DAY, LAST_DAY = "observed_from", "observed_to"
_NUMBERS = (
    "year",
    "month",
    "day",
    "individualCount",
    "coordinatePrecision",
    "sampleSizeValue",
    "organismQuantity",
)


def read_occurrence(
    path: Path | str,
    *,
    source: Source,
    target_crs: Any,
    taxonomy: Taxonomy | None = None,
    where: str | None = None,
    columns: Mapping[str, str] | None = None,
    concept: str | None = None,
    concepts: Mapping[str, str] | None = None,
    words: Mapping[str, Mapping[str, str]] | None = None,
    sensitivity: str | Mapping[str, str] | None = None,
    boundary: BaseGeometry | None = None,
    pillar: str | None = None,
    repair: bool = True,
    accept: Collection[str] = (),
) -> gpd.GeoDataFrame:
    """
    Read a Darwin Core archive or a download of GBIF as a checked layer.

    A record says when (`observed_from`, `observed_to`), how far off it may be
    (`uncertainty_m`) and under which licence it stands (`license`, as SPDX). What its
    publisher withheld or blurred is flagged in `sensitivity`, so that the position is
    generalised before anything public is made of it. Records of absence are set aside.
    Records are not individuals: `individualCount` stays a column.

    Parameters
    ----------
    path : Path or str
        ``.zip`` with ``meta.xml`` or with a simple download; or ``occurrence.txt``, a
        ``.csv`` or ``.tsv`` with Darwin Core terms in its first line.
    source : Source
        Where the data come from; stamped on every row.
    target_crs : CRS-like
        The area's working CRS.
    taxonomy : Taxonomy, optional
        Known concepts. Without it concepts are not checked, and may be missing ("").
    where : str, optional
        Condition on the terms, in SQL, e.g. ``"class = 'Aves' AND year >= 2015"``.
    columns : mapping of str to str, optional
        Term by our name, e.g. ``{"name": "vernacularName", "concept": "class"}``.
    concept : str, optional
        One concept for all records.
    concepts : mapping of str to str, optional
        Concept by the file's word for it.
    words : mapping of str to mapping, optional
        By our column, our word for the file's: {'community': {'Tai Phut': 'buddhist'}}.
    sensitivity : str or mapping of str to str, optional
        Category of every row (``resources/sensitivity.toml``); or categories by the words of
        the column `sensitivity`, of which the others then are public.
    boundary : (Multi)Polygon in `target_crs`, optional
        Records that do not meet it are left out.
    pillar : str, optional
        Primary pillar of every record.
    repair : bool
        Whether anything is mended; records at fault are set aside otherwise.
    accept : collection of str
        Kinds of guesses that are to be made, e.g. "mojibake"; only proposed otherwise.

    Returns
    -------
    GeoDataFrame, n rows, points
        A valid layer, named by `scientificName` and indexed by `gbifID` or `occurrenceID`.

    Raises
    ------
    LoadError
        If the archive is refused or broken, concepts or ids are at fault, or no record can
        be used.

    References
    ----------
    Darwin Core quick reference guide, https://dwc.tdwg.org/terms/; Darwin Core text
    guide, https://dwc.tdwg.org/text/.
    """
    path = Path(path)
    terms = occurrence_facts().terms
    mapped = {"name": terms.name, **(columns or {})}
    options = LayerOptions(
        source=source,
        target_crs=target_crs,
        taxonomy=taxonomy,
        columns=mapped,
        concept=concept,
        concepts=dict(concepts or {}),
        words=dict(words or {}),
        sensitivity=sensitivity,
        boundary=boundary,
        pillar=pillar,
        repair=repair,
        accept=accept,
        proper_names=False,  # a species was seen here, and again there
    )
    build = options.build(path.name)
    asked = {*mapped.values(), *_words(where)}
    records = tidy_text(read_records(path, {*terms.all, *asked}, build))
    bare = [c for c in records if c not in asked and records[c].isna().all()]
    records = records.drop(columns=bare) if len(records) else records
    if where is not None and len(records):
        records = records.loc[select_rows(parse_numbers(records, keep=()), where, path.name).index]
    if not len(records):
        why = f"no records where {where}." if where else "there is a header, and no record."
        return empty_layer(options, file=path.name, why=why)
    frame = _located(records, build)
    frame = _flagged(_named(_described(frame, source, build), mapped, path.name))
    return build_layer(frame, options, build)


def _words(where: str | None) -> list[str]:
    """Words of a condition that may be terms."""
    return "".join(c if c.isalnum() else " " for c in where or "").split()


def _located(records: pd.DataFrame, build: Build) -> gpd.GeoDataFrame:
    """Records of presence at their places, on WGS 84."""
    terms = occurrence_facts().terms
    pair = (terms.longitude, terms.latitude)
    if missing := [name for name in pair if name not in records]:
        raise LoadError(
            f"{build.file}: no column {missing[0]!r}, or nothing in it"
            f"{near(missing[0], map(str, records.columns))}"
        )
    build.remember(records)
    if terms.withheld in records:
        build.hide(records[[terms.withheld]].set_axis(["sensitivity"], axis=1))
    status = records.get(terms.status)
    if status is not None:
        absent = np.asarray(status.str.casefold() == "absent", dtype=bool)
        records = build.keep(records, ~absent, "absent")
    frame = locate_rows(records, pair, WGS84, build)
    if terms.datum not in frame:
        return frame
    names = frame[terms.datum]
    systems = {name: datum_crs(str(name)) for name in names.dropna().unique()}
    unknown = names.isin([name for name, crs in systems.items() if crs is None])
    if unknown.any():
        build.warn(
            f"geodetic datums that are not known ({', '.join(map(repr, names[unknown].unique()[:3]))}), "
            f"taken for WGS 84, in {list_rows(frame.index[unknown], build.word)}."
        )
    shapes = frame.geometry.to_numpy().copy()
    for crs in sorted({crs for crs in systems.values() if crs not in {None, "EPSG:4326"}}, key=str):
        rows = np.asarray(names.map(systems) == crs)
        transformer = make_transformer(CRS.from_user_input(crs), WGS84)
        moved = transformer.transform(shapely.get_x(shapes[rows]), shapely.get_y(shapes[rows]))
        shapes[rows] = shapely.points(*moved)
    return frame.drop(columns=terms.datum).set_geometry(shapes, crs=WGS84)


def _described(frame: gpd.GeoDataFrame, source: Source, build: Build) -> gpd.GeoDataFrame:
    """Records with days, uncertainty, licence and what was withheld."""
    terms = occurrence_facts().terms
    described = _dated(frame, build)
    if terms.uncertainty in described:
        described["uncertainty_m"] = _uncertainty(described.pop(terms.uncertainty), build)
    if terms.license in described:
        given = described[terms.license]
        described[terms.license] = given.map(
            {text: spdx_license(text) for text in given.dropna().unique()}
        )
        _compare_licenses(described[terms.license], source, build)
    for name in _NUMBERS:
        if name in described:
            described[name] = pd.to_numeric(described[name], errors="coerce")
    return described


def _flagged(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """What its publisher withheld or blurred is not public, whatever else the city says of it."""
    term = occurrence_facts().terms.withheld
    if term not in frame or frame[term].isna().all():
        return frame
    by_publisher = frame[term].notna().map({True: BY_PUBLISHER, False: None})
    if "sensitivity" not in frame:
        return frame.assign(sensitivity=by_publisher.astype("str"))
    own = frame["sensitivity"].map(str, na_action="ignore")
    both = (own + ";" + by_publisher).fillna(own).fillna(by_publisher)
    return frame.assign(sensitivity=both.astype("str"))


def _dated(frame: gpd.GeoDataFrame, build: Build) -> gpd.GeoDataFrame:
    """First and last day of each record; what is no date is named."""
    terms = occurrence_facts().terms
    blank = pd.Series(None, index=frame.index, dtype="str")
    year, month, day = (
        frame[name].map(_whole, na_action="ignore").astype("str") if name in frame else blank
        for name in terms.parts
    )
    texts = frame[terms.date].astype("str") if terms.date in frame else blank
    for less in (year + "-" + month + "-" + day, year + "-" + month, year):
        texts = texts.fillna(less)
    days = {text: parse_event_date(str(text)) for text in texts.dropna().unique()}
    odd = texts.map(lambda text: days.get(text, ()) is None).astype(bool)
    if odd.any():
        build.warn(
            f"no date, or none of our calendar, in {list_rows(frame.index[odd], build.word)} "
            f"(first: {texts[odd].iloc[0]!r}); taken as not known."
        )
    first = texts.map(lambda t: (days[t] or (None, None))[0], na_action="ignore")
    last = texts.map(lambda t: (days[t] or (None, None))[1], na_action="ignore")
    return frame.assign(**{FIRST_DAY: first.astype("str"), LAST_DAY: last.astype("str")})


def _whole(text: Any) -> str:
    """A number in two digits at least, without ".0"."""
    return str(text).removesuffix(".0").zfill(2)


def _uncertainty(column: pd.Series[Any], build: Build) -> pd.Series[float]:
    """Uncertainty in metres; zero and what is no length mean "not known"."""
    below = occurrence_facts().uncertainty.below_m
    metres = column.map(lambda text: parse_number(str(text)), na_action="ignore").astype(float)
    valid = (metres > 0) & (metres < below)
    odd = column.notna() & ~valid
    if odd.any():
        build.warn(
            f"coordinateUncertaintyInMeters is no length over 0 in "
            f"{list_rows(column.index[odd], build.word)} (first: {column[odd].iloc[0]!r}); taken as "
            "not known."
        )
    return metres.where(valid)


def _compare_licenses(licenses: pd.Series[Any], source: Source, build: Build) -> None:
    """Say where records stand under another licence than their source."""
    counts = licenses.fillna("none stated").value_counts().sort_index()
    if set(counts.index) != {source.license}:
        said = ", ".join(f"{name} {count:,}" for name, count in counts.items())
        build.warn(
            f"licences by record: {said}; the source says {source.license}. The strictest holds for "
            "a map of them all: choose with `where`, or state it in [[source]]."
        )


def _named(frame: gpd.GeoDataFrame, columns: Mapping[str, str], file: str) -> gpd.GeoDataFrame:
    """Records under our names, with their ids."""
    terms = occurrence_facts().terms
    wanted = dict(columns)
    if not wanted.keys() & set(ID_COLUMNS):
        ids = [c for c in (*terms.ids, KEY) if c in frame and _tells_apart(frame[c])]
        wanted |= {ID_COLUMNS[0]: ids[0]} if ids else {}
    if wanted.get("name") == terms.name and terms.name not in frame:
        del wanted["name"]
    named = rename_columns(frame, wanted, file).drop(columns=KEY, errors="ignore")
    for ours, theirs in wanted.items():
        if theirs in terms.kept and theirs not in named:
            named[theirs] = named[ours]  # the term stays beside our name for it
    return gpd.GeoDataFrame(named, geometry="geometry", crs=WGS84)


def _tells_apart(column: pd.Series[Any]) -> bool:
    return bool(column.notna().all() and column.is_unique)
