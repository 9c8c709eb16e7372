"""
What a table is made of, as the database's own catalogue has it.

Names from a configuration only ever travel as parameters, to be looked up here. What goes into
a statement is what the catalogue answers, quoted by the server itself.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

from pyproj import CRS
from pyproj.exceptions import CRSError as UnknownCRSError

from creative_spatial.crs import describe_crs
from creative_spatial.errors import CRSError, DataQualityWarning, LoadError
from creative_spatial.loaders.columns import any_of, near, sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

_RELATIONS = """
SELECT c.oid, n.nspname || '.' || c.relname AS name,
       format('%I.%I', n.nspname, c.relname) AS quoted,
       has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT') AS readable
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%'
"""
_NAMED = """
  AND (n.nspname || '.' || c.relname = $1 OR (c.relname = $1 AND pg_table_is_visible(c.oid)))
"""
_COLUMNS = """
SELECT a.attname AS name, quote_ident(a.attname) AS quoted, t.typname AS type,
       t.typcategory::text AS category, t.typtype::text AS sort,
       has_column_privilege(a.attrelid, a.attnum, 'SELECT') AS readable,
       array_position(i.indkey::int2[], a.attnum) AS in_key, a.atttypmod AS modifier
FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
"""
_SHAPES = ("geometry", "geography")
_UNREAD = (*_SHAPES, "bytea", "raster", "topogeometry")
_AS_THEY_ARE = ("bool", "int2", "int4", "int8", "float4", "float8")


class Column(NamedTuple):
    """
    A column that can be read.

    Parameters
    ----------
    name : str
        As its owner knows it.
    quoted : str
        As a statement has it.
    type : str
        Of PostgreSQL.
    plain : str
        What a statement asks for: a number, a truth value or text.
    """

    name: str
    quoted: str
    type: str
    plain: str


class Relation(NamedTuple):
    """
    A table or view with features.

    Parameters
    ----------
    name : str
        "schema.table".
    quoted : str
        As a statement has it.
    columns : tuple of Column
        Those with attributes.
    shape : Column
        The one with the geometry that was chosen.
    key : tuple of Column
        The primary key; empty for a view.
    srid : int
        Of the geometry; 0 where nothing is said.
    crs : CRS or None
        What the database says of that.
    """

    name: str
    quoted: str
    columns: tuple[Column, ...]
    shape: Column
    key: tuple[Column, ...]
    srid: int
    crs: CRS | None


async def extension_schema(connection: Any, file: str) -> tuple[str, str]:
    """
    Find where PostGIS lives.

    Parameters
    ----------
    connection : asyncpg.Connection
        In its transaction.
    file : str
        What messages call the table.

    Returns
    -------
    (str, str)
        Quoted schema and version.

    Raises
    ------
    LoadError
        If the database has no PostGIS.
    """
    found = await connection.fetchrow(
        "SELECT pg_catalog.quote_ident(n.nspname) AS schema, e.extversion AS version "
        "FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace "
        "WHERE e.extname = 'postgis'"
    )
    if found is None:
        raise LoadError(
            f"{file}: the database has no PostGIS (CREATE EXTENSION postgis), so it holds no "
            "geometry; is it the right database?"
        )
    return found["schema"], found["version"]


async def find_relation(
    connection: Any, table: str, file: str, *, schema: str, geometry: str | None
) -> Relation:
    """
    Look a table or view up, and leave only PostGIS on the search path.

    Parameters
    ----------
    connection : asyncpg.Connection
        In its transaction, with the user's own search path.
    table : str
        "schema.table", or a table on the search path; in the database's own letters.
    file : str
        What messages call it.
    schema : str
        Where PostGIS lives, quoted.
    geometry : str or None
        Which column, where there are several.

    Returns
    -------
    Relation
        With everything a statement needs.

    Raises
    ------
    LoadError
        If there is none, several or none that may be read, no geometry, or several.
    CRSError
        If the geometries are in several systems.
    """
    found = await connection.fetch(_RELATIONS + _NAMED, table)
    if not found:
        known = [
            row["name"] for row in await connection.fetch(f"{_RELATIONS} ORDER BY 2 LIMIT 5000")
        ]
        raise LoadError(f"{file}: {sentence(f'no such table or view{near(table, known)}')}")
    if len(found) > 1:
        names = any_of(repr(row["quoted"]) for row in found)
        raise LoadError(f"{file}: this could be {names}; rename one, or read it through a view.")
    if not found[0]["readable"]:
        raise LoadError(f"{file}: this user may not read it; ask its owner for SELECT on it.")
    rows = await connection.fetch(_COLUMNS, found[0]["oid"])
    shape = _shape(rows, geometry, file)
    columns = [_column(row) for row in rows if row["type"] not in _UNREAD and row["readable"]]
    if hidden := [row["name"] for row in rows if not row["readable"]]:
        warnings.warn(
            f"{file}: this user may not read the columns {hidden}; they were left out.",
            DataQualityWarning,
            stacklevel=2,
        )
    key = sorted((row for row in rows if row["in_key"] is not None), key=lambda r: r["in_key"])
    # From here on nothing that a user of the database made can stand in for PostGIS.
    path = f"pg_catalog, {schema}"
    await connection.execute("SELECT pg_catalog.set_config('search_path', $1, true)", path)
    modifier = next(row["modifier"] for row in rows if row["name"] == shape.name)
    srid = await _srid(connection, found[0]["quoted"], shape, file, modifier=modifier)
    return Relation(
        name=found[0]["name"],
        quoted=found[0]["quoted"],
        columns=tuple(columns),
        shape=shape,
        key=tuple(_column(row) for row in key if row["readable"]),
        srid=srid,
        crs=await _stated_crs(connection, srid),
    )


def _column(row: Any) -> Column:
    """A column as numbers, truth values or text; of other types, what the server writes."""
    quoted = row["quoted"]
    if row["type"] in _AS_THEY_ARE:
        plain = quoted
    elif row["type"] == "numeric" or (row["sort"] == "d" and row["category"] == "N"):
        plain = f"{quoted}::float8"
    else:
        plain = f"{quoted}::text"
    return Column(row["name"], quoted, row["type"], plain)


def _shape(rows: Sequence[Any], geometry: str | None, file: str) -> Column:
    """The column with the geometry."""
    shapes = {row["name"]: row for row in rows if row["type"] in _SHAPES}
    if geometry is not None and geometry not in shapes:
        hint = near(geometry, shapes) if shapes else "; it has none"
        raise LoadError(f"{file}: {sentence(f'no geometry column {geometry!r}{hint}')}")
    if not shapes:
        raise LoadError(
            f"{file} has no geometry column, but {[row['name'] for row in rows][:12]}. If two of "
            "them are coordinates, export it as a table, or make a view with ST_MakePoint."
        )
    if geometry is None and len(shapes) > 1:
        raise LoadError(
            f"{file} has {len(shapes)} geometry columns; name one of {list(shapes)} as `geometry`."
        )
    row = shapes[geometry or next(iter(shapes))]
    if not row["readable"]:
        raise LoadError(
            f"{file}: this user may not read its geometry; ask its owner for SELECT on it."
        )
    as_geometry = f"{row['quoted']}::geometry" if row["type"] == "geography" else row["quoted"]
    return Column(row["name"], row["quoted"], row["type"], as_geometry)


async def _srid(connection: Any, quoted: str, shape: Column, file: str, *, modifier: int) -> int:
    """The one SRID that the column declares; of one that does not, what its rows say."""
    if shape.type == "geometry":
        declared = int(await connection.fetchval("SELECT postgis_typmod_srid($1)", modifier))
        if declared > 0:
            return declared
    found = await connection.fetch(
        f"SELECT DISTINCT ST_SRID({shape.plain}) AS srid FROM "  # noqa: S608  (quoted by the server)
        f"(SELECT {shape.quoted} FROM {quoted} WHERE {shape.quoted} IS NOT NULL) AS shapes LIMIT 5"
    )
    srids = sorted(int(row["srid"]) for row in found)
    if len(srids) > 1:
        raise CRSError(
            f"{file}: its geometries are in several systems (SRID {srids}); bring them into one "
            "(ST_Transform) in a view, and read that."
        )
    return srids[0] if srids else 0


async def _stated_crs(connection: Any, srid: int) -> CRS | None:
    """What the database's table of systems says of a SRID; a number need not be EPSG's."""
    row = await connection.fetchrow(
        "SELECT auth_name, auth_srid, srtext FROM spatial_ref_sys WHERE srid = $1", srid
    )
    if srid <= 0 or row is None:
        return None
    for text in (f"{row['auth_name']}:{row['auth_srid']}", row["srtext"]):
        try:
            return CRS.from_user_input(text).to_2d()
        except (UnknownCRSError, ValueError):
            continue
    return None


def settled_crs(relation: Relation, crs: Any, file: str) -> CRS:
    """
    Decide what the coordinates are in, as far as anybody says.

    Parameters
    ----------
    relation : Relation
        The table.
    crs : CRS-like or None
        What the configuration says; wins, with a warning.
    file : str
        What messages call the table.

    Returns
    -------
    pyproj.CRS
        Of the coordinates.

    Raises
    ------
    CRSError
        If nobody says.
    """
    if crs is None and relation.crs is None:
        said = f"SRID {relation.srid}, which its database does not describe"
        raise CRSError(
            f"{file} does not say what its coordinates are in "
            f'({said if relation.srid else "SRID 0"}); state it, e.g. `crs = "EPSG:32647"` '
            "(ask who made it; a wrong guess moves every feature)."
        )
    if crs is None and relation.crs is not None:
        return relation.crs
    try:
        stated = CRS.from_user_input(crs)
    except UnknownCRSError as error:
        raise CRSError(f"{file}: {crs!r} is no CRS; say e.g. 'EPSG:32647'.") from error
    if relation.crs is not None and relation.crs != stated:
        warnings.warn(
            f"{file}: the database says {describe_crs(relation.crs)}, the configuration "
            f"{describe_crs(stated)}, which was used; take `crs` out if the database is right.",
            DataQualityWarning,
            stacklevel=3,
        )
    return stated
