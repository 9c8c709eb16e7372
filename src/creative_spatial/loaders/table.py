"""Tables with coordinates in two columns or as WKT, as spreadsheets and forms export them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
from pyproj import CRS
from pyproj.exceptions import CRSError as UnknownCRSError

from creative_spatial.crs import WGS84
from creative_spatial.errors import CRSError, Fault, LoadError
from creative_spatial.loaders.columns import (
    parse_numbers,
    rename_columns,
    tidy_text,
)
from creative_spatial.loaders.concepts import concept_faults
from creative_spatial.loaders.delimited import read_delimited
from creative_spatial.loaders.features import LayerOptions, build_layer, empty_layer
from creative_spatial.loaders.ids import ID_COLUMNS
from creative_spatial.loaders.locating import coordinate_columns, locate_by_either
from creative_spatial.loaders.placeless import may_lack_place
from creative_spatial.loaders.repair.texts import mend_digits
from creative_spatial.loaders.sensitive import reasons_of
from creative_spatial.loaders.spreadsheet import WORKBOOKS, read_sheet
from creative_spatial.loaders.where import select_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from shapely.geometry.base import BaseGeometry

    from creative_spatial.loaders.build import Build
    from creative_spatial.provenance import Source
    from creative_spatial.taxonomy import Taxonomy


def read_table(
    path: Path | str,
    *,
    source: Source,
    target_crs: Any,
    taxonomy: Taxonomy | None = None,
    layer: str | None = None,
    crs: Any = None,
    encoding: str | None = None,
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
    Read a table of places as a checked layer in the working CRS.

    Rows are numbered as a spreadsheet shows them: the header is row 1. Cells are data,
    never formulas or markup. Coordinates may be in Thai, Persian or Arabic digits, with
    decimal commas, or in degrees, minutes and seconds; they are not kept as columns.

    Parameters
    ----------
    path : Path or str
        ``.csv``, ``.tsv`` or ``.txt``, parted by comma, semicolon or tab; ``.xlsx``.
    source : Source
        Where the data come from; stamped on every row.
    target_crs : CRS-like
        The area's working CRS.
    taxonomy : Taxonomy, optional
        Known concepts. Without it concepts are not checked, and may be missing ("").
    layer : str, optional
        Sheet of a workbook that has several.
    crs : CRS-like, optional
        What the coordinates are in; degrees on WGS 84 otherwise.
    encoding : str, optional
        Text encoding, e.g. "cp874"; found out otherwise.
    where : str, optional
        Condition on the file's columns, in SQL.
    columns : mapping of str to str, optional
        The file's column by our name, `lon` and `lat` (or `wkt`, or `position` for a cell with
        both, as "7.2, 100.6") among them unless the file calls them so, or "longitude" and
        "latitude", or "x" and "y". Rows without WKT have the coordinates beside it.
    concept : str, optional
        One concept for all rows.
    concepts : mapping of str to str, optional
        Concept by the file's word for it.
    words : mapping of str to mapping, optional
        By our column, our word for the file's: {'community': {'Tai Phut': 'buddhist'}}.
    sensitivity : str or mapping of str to str, optional
        Category of every row (``resources/sensitivity.toml``); or categories by the words of
        the column `sensitivity`, of which the others then are public.
    boundary : (Multi)Polygon in `target_crs`, optional
        Places that do not meet it are left out.
    pillar : str, optional
        Primary pillar of every row.
    repair : bool
        Whether anything is mended; rows at fault are set aside otherwise.
    accept : collection of str
        Kinds of guesses that are to be made, e.g. "mojibake"; only proposed otherwise.

    Returns
    -------
    GeoDataFrame, n rows, points or what the WKT holds
        A valid layer, with the records of `build_layer` in its ``attrs``.

    Raises
    ------
    LoadError
        If the file is empty or no table, columns, concepts, ids or the encoding are at
        fault, or no row can be used; the message names file, rows and remedy, and every
        kind of fault.
    CRSError
        If `crs` is none.
    """
    path = Path(path)
    options = LayerOptions(
        source=source,
        target_crs=target_crs,
        taxonomy=taxonomy,
        columns=dict(columns or {}),
        concept=concept,
        concepts=dict(concepts or {}),
        words=dict(words or {}),
        sensitivity=sensitivity,
        boundary=boundary,
        pillar=pillar,
        repair=repair,
        accept=accept,
    )
    build = options.build(path.name)
    table = _cells(path, layer, encoding, build)
    if where is not None and len(table):
        # Numbers are needed to compare; the cells stay as they are, "007" and "1.10" too.
        fitting = select_rows(parse_numbers(table, keep=()), where, path.name)
        table = table.loc[fitting.index]
    table = rename_columns(table, options.columns, path.name)
    build.remember(table)
    build.hide(reasons_of(table, options))
    homeless = may_lack_place(table, options, build)
    pairs = coordinate_columns(table, path.name, homeless)
    if not len(table):
        why = f"no rows where {where}." if where else "there is a header, and no row below it."
        return empty_layer(options, file=path.name, why=why)
    own = _stated_crs(crs, options, build)
    frame = locate_by_either(
        tidy_text(table), pairs, own, build, may_lack=homeless, metres=options.target_crs
    )
    text_columns = [
        str(name) for name in frame if name in {*ID_COLUMNS, "concept"} or _is_name(name)
    ]
    cells = mend_digits(pd.DataFrame(frame.drop(columns="geometry")), build, keep=text_columns)
    numbers = parse_numbers(cells, keep=text_columns)
    ready = gpd.GeoDataFrame(numbers, geometry=frame.geometry, crs=own)
    return build_layer(ready, options, build)


def _cells(path: Path, layer: str | None, encoding: str | None, build: Build) -> pd.DataFrame:
    """The file's cells as text."""
    if path.suffix.lower() in WORKBOOKS:
        return read_sheet(path, layer)
    if layer is not None:
        raise LoadError(f"{path.name} has no sheets; take `layer` out.")
    return read_delimited(path, encoding=encoding, build=build)


def _is_name(column: Any) -> bool:
    return str(column).partition(":")[0] == "name"


def _stated_crs(crs: Any, options: LayerOptions, build: Build) -> CRS:
    """What the coordinates are in; beside one that is none, a concept that is none is told too."""
    try:
        return WGS84 if crs is None else CRS.from_user_input(crs)
    except UnknownCRSError as error:
        said = f"{crs!r} is no CRS; say e.g. 'EPSG:32647'."
        given = {} if options.concept is None else {options.concept: pd.Index([])}
        if others := concept_faults(given, options.taxonomy, row=None):
            build.faults += [Fault(said, CRSError.kind), *others]
            build.refuse()
        raise CRSError(f"{build.file}: {said}") from error
