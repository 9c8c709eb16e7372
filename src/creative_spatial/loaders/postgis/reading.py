"""A table or view of a PostGIS database as a layer of features."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd

from creative_spatial.config import database_label
from creative_spatial.loaders.columns import count, rename_columns, tidy_text
from creative_spatial.loaders.coordinates import explain_miss
from creative_spatial.loaders.features import LayerOptions, build_layer, empty_layer
from creative_spatial.loaders.ids import ID_COLUMNS
from creative_spatial.loaders.postgis.catalogue import (
    extension_schema,
    find_relation,
    settled_crs,
)
from creative_spatial.loaders.postgis.connection import reading, run_to_end
from creative_spatial.loaders.postgis.rows import box_in, extent_of, fetch_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.loaders.postgis.catalogue import Relation
    from creative_spatial.loaders.postgis.rows import Rows
    from creative_spatial.provenance import Source
    from creative_spatial.taxonomy import Taxonomy

MAX_ROWS = 1_000_000
TIMEOUT_S = 120.0
_UNKNOWN_ENCODING = "SQL_ASCII"
# Half a cell of the widest grid: what lies so far off may be counted in the area.
_CELL_REACH_M = 6_000.0


class _Answer(NamedTuple):
    """What one transaction found out."""

    relation: Relation
    rows: Rows
    crs: CRS
    why_empty: str
    facts: dict[str, Any]


def read_postgis(
    table: str,
    *,
    source: Source,
    target_crs: Any,
    service: str | None = None,
    taxonomy: Taxonomy | None = None,
    geometry: str | None = None,
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
    max_rows: int = MAX_ROWS,
    timeout_s: float = TIMEOUT_S,
    offline: bool = False,
) -> gpd.GeoDataFrame:
    """
    Read a table or view of a PostGIS database as a checked layer in the working CRS.

    Everything is read in one read-only transaction, so the rows are of one moment and nothing
    can be changed. Names and values only travel as parameters; the server finds the table in
    its catalogue and quotes its names itself. Host, user and password are libpq's business:
    a service of ``~/.pg_service.conf``, ``~/.pgpass``, or PGHOST and the like.

    Parameters
    ----------
    table : str
        "schema.table", or a table on the user's search path; in the database's own letters,
        without quotation marks.
    source : Source
        Where the data come from; stamped on every row.
    target_crs : CRS-like
        The area's working CRS.
    service : str, optional
        A service by its name; PGSERVICE, or the environment's other variables, otherwise.
    taxonomy : Taxonomy, optional
        Known concepts. Without it concepts are not checked, and may be missing ("").
    geometry : str, optional
        The column to read, of a table with several geometries.
    crs : CRS-like, optional
        What the coordinates are in, where the database does not say (SRID 0) or is wrong.
    encoding : str, optional
        Of the text in a database that does not say (SQL_ASCII), e.g. "cp874"; UTF-8 otherwise.
    where : str, optional
        Condition on the attributes, in SQL as for files. It is evaluated after reading, never
        sent to the server.
    columns : mapping of str to str, optional
        The table's column by our name, e.g. ``{"id": "code", "name:th": "name_th"}``. Without
        an id the primary key is it.
    concept : str, optional
        One concept for all rows.
    concepts : mapping of str to str, optional
        Concept by the table's word for it.
    words : mapping of str to mapping, optional
        By our column, our word for the table's: {'community': {'Tai Phut': 'buddhist'}}.
    sensitivity : str or mapping of str to str, optional
        Category of every row (``resources/sensitivity.toml``); or categories by the words of
        the column `sensitivity`, of which the others then are public.
    boundary : (Multi)Polygon in `target_crs`, optional
        Only rows whose box meets its box are asked for; features that do not meet it are left
        out; those on its edge stay, whole.
    pillar : str, optional
        Primary pillar of every row.
    repair : bool
        Whether anything is mended; rows at fault are set aside otherwise.
    accept : collection of str
        Kinds of guesses that are to be made, e.g. "mojibake"; only proposed otherwise.
    max_rows : int
        More rows in the area are refused.
    timeout_s : float
        Longest time for any one question to the server, in seconds.
    offline : bool
        Ask a server on this machine only.

    Returns
    -------
    GeoDataFrame, n rows, any geometry
        A valid layer; ``attrs["rows"]`` counts rows as every reader does, and
        ``attrs["database"]`` says what was read: service, table, rows, SHA-256 of their
        content, versions of the server and the day.

    Raises
    ------
    SourceUnavailableError
        If the server is not there, refuses the user, or takes too long.
    LoadError
        If the table, a column, a concept or an id is at fault, or may not be read.
    CRSError
        If nobody says what the coordinates are in.
    ConfigError
        If nobody knows the service, or the extra `postgis` is not installed.
    """
    file = database_label(table, service)
    private = sensitivity is not None or not {"sensitivity", "consent"}.isdisjoint(columns or {})
    work = _ask(
        table, file, service=service, geometry=geometry, crs=crs, encoding=encoding, where=where,
        boundary=boundary.buffer(_CELL_REACH_M) if private and boundary is not None else boundary,
        target=target_crs, max_rows=max_rows, timeout_s=timeout_s, offline=offline,
    )  # fmt: skip
    answer = run_to_end(work)
    rows = answer.rows.frame
    options = LayerOptions(
        source=source,
        target_crs=target_crs,
        taxonomy=taxonomy,
        columns=_with_key(columns or {}, answer.relation),
        concept=concept,
        concepts=dict(concepts or {}),
        words=dict(words or {}),
        sensitivity=sensitivity,
        boundary=boundary,
        pillar=pillar,
        repair=repair,
        accept=accept,
    )
    # Misnamed columns are at fault whether the area has rows or not.
    renamed = rename_columns(rows, options.columns, file)
    if len(rows):
        tidied = gpd.GeoDataFrame(tidy_text(renamed), geometry="geometry", crs=answer.crs)
        layer = build_layer(tidied, options, options.build(file))
    else:
        layer = empty_layer(options, file=file, why=answer.why_empty)
    layer.attrs["database"] = answer.facts
    layer.attrs["private"] = private or layer.attrs.get("private", False)
    return layer


async def _ask(
    table: str,
    file: str,
    *,
    service: str | None,
    geometry: str | None,
    crs: Any,
    encoding: str | None,
    where: str | None,
    boundary: BaseGeometry | None,
    target: Any,
    max_rows: int,
    timeout_s: float,
    offline: bool,
) -> _Answer:
    """Everything that is asked of the server, in one transaction."""
    async with reading(file, service, timeout_s=timeout_s, offline=offline) as connection:
        schema, version = await extension_schema(connection, file)
        relation = await find_relation(connection, table, file, schema=schema, geometry=geometry)
        own = settled_crs(relation, crs, file)
        box = None if boundary is None else box_in(boundary, target, own, file)
        kept = await connection.fetchval("SELECT pg_catalog.current_setting('server_encoding')")
        rows = await fetch_rows(
            connection,
            relation,
            file,
            box=box,
            raw_text=(encoding or "utf-8") if kept == _UNKNOWN_ENCODING else None,
            where=where,
            max_rows=max_rows,
        )
        server, day = await connection.fetchrow(
            "SELECT current_setting('server_version'), (now() AT TIME ZONE 'UTC')::date::text"
        )
        why = f"no rows where {where}." if rows.fetched else "the table has no rows."
        if not rows.fetched and boundary is not None:
            total, extent = await extent_of(connection, relation)
            if extent is not None:
                found = count(total, "row")
                why = f"none of its {found} is in the area. {explain_miss(extent, own, boundary, target)}"
    facts = {
        "service": service or "environment",
        "table": relation.name,
        "rows": rows.fetched,
        "sha256": rows.sha256,
        "server": f"PostgreSQL {server.split()[0]}, PostGIS {version}",
        "read_on": day,
    }
    return _Answer(relation, rows, own, why, facts)


def _with_key(columns: Mapping[str, str], relation: Relation) -> dict[str, str]:
    """The columns that were named, and the primary key as the id where none was."""
    named = dict(columns)
    there = {column.name for column in relation.columns}
    if len(relation.key) == 1 and not ({*named, *there} & set(ID_COLUMNS)):
        named["id"] = relation.key[0].name
    return named
