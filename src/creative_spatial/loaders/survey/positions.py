"""Positions as phones write them: "lat lon alt accuracy", alone or in a row."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import shapely

from creative_spatial.errors import LoadError
from creative_spatial.loaders.columns import near
from creative_spatial.loaders.coordinates import parse_number
from creative_spatial.loaders.survey.facts import survey_facts
from creative_spatial.loaders.survey.form import without_groups

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.loaders.survey.form import Form

GEOMETRY_KINDS = ("geopoint", "geotrace", "geoshape")
# Two numbers with decimals and up to two more, once or in a row: no phone number looks so.
_VERTEX = r"\s*-?\d{1,3}[.,]\d+\s+-?\d{1,3}[.,]\d+(?:\s+-?[\d.,]+){0,2}\s*"
_POSITION = re.compile(rf"{_VERTEX}(?:;{_VERTEX})*;?\s*")


class Position(NamedTuple):
    """
    The columns that answer one question after a place.

    Parameters
    ----------
    question : str
        Its name.
    kind : str
        "geopoint", "geotrace", "geoshape", or "" where nobody says.
    text : str or None
        Column with "lat lon alt accuracy".
    latitude, longitude, altitude, accuracy : str or None
        Columns of their own.
    """

    question: str
    kind: str
    text: str | None
    latitude: str | None = None
    longitude: str | None = None
    altitude: str | None = None
    accuracy: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of it."""
        return tuple(name for name in self[2:] if name is not None)


class Placed(NamedTuple):
    """
    A position that was read.

    Parameters
    ----------
    shape : Point, LineString or Polygon, WGS 84, or None
        None where the text is no position.
    uncertainty_m : float
        The phone's accuracy, the worst of several; not-a-number where it measured none.
    """

    shape: BaseGeometry | None
    uncertainty_m: float


def find_positions(table: pd.DataFrame, form: Form) -> dict[str, Position]:
    """
    Find the questions after a place.

    Parameters
    ----------
    table : DataFrame of str
        An export's table.
    form : Form
        Its form; may be empty.

    Returns
    -------
    dict of str to Position
        By question, in the table's order.
    """
    found: dict[str, Position] = {}
    for column in map(str, table.columns):
        for program in survey_facts().coordinates:
            base = _base(column, program.prefix, program.latitude)
            if base is None or _named(table, base, program.prefix, program.longitude) is None:
                continue
            text = next((name for name in (base, base.lstrip("_")) if name in table), None)
            found[base] = Position(
                base,
                "geopoint",
                text,
                *(
                    _named(table, base, program.prefix, end)
                    for end in (
                        program.latitude,
                        program.longitude,
                        program.altitude,
                        program.accuracy,
                    )
                ),
            )
    taken = {name for position in found.values() for name in position.columns}
    for column in map(str, table.columns):
        question = form.question(column)
        kind = question.kind if question and question.kind in GEOMETRY_KINDS else ""
        if column not in taken and (kind or _looks_placed(table[column])):
            found[column] = Position(column, kind, column)
    return found


def _base(column: str, prefix: str, ending: str) -> str | None:
    """The question of a column called "_group/q_latitude", "group/_q_latitude" or "q-Latitude"."""
    if not column.endswith(ending) or len(column) <= len(prefix) + len(ending):
        return None
    body = column.removesuffix(ending)
    if not prefix or body.startswith(prefix):
        return body.removeprefix(prefix)
    group, slash, name = body.rpartition("/")
    return f"{group}/{name.removeprefix(prefix)}" if slash and name.startswith(prefix) else None


def _named(table: pd.DataFrame, base: str, prefix: str, ending: str) -> str | None:
    """The column of a question's position that has an ending."""
    group, slash, name = base.rpartition("/")
    tries = (f"{prefix}{base}{ending}", f"{group}{slash}{prefix}{name}{ending}")
    return next((column for column in tries if column in table), None)


def _looks_placed(column: pd.Series[Any]) -> bool:
    """Whether every answer looks like a position."""
    given = column.dropna().astype(str)
    return bool(len(given) and given.map(lambda text: bool(_POSITION.fullmatch(text))).all())


def choose_position(positions: dict[str, Position], wanted: str | None, file: str) -> Position:
    """
    Choose the question that places the rows.

    Parameters
    ----------
    positions : dict of str to Position
        Those that there are.
    wanted : str or None
        The one that the configuration names, with or without its groups.
    file : str
        What messages call the file.

    Returns
    -------
    Position
        The one asked for, or the only one.

    Raises
    ------
    LoadError
        If there is none, or none is named of several.
    """
    if wanted is not None:
        last = [p for name, p in positions.items() if without_groups(name) == wanted]
        named = [positions[wanted]] if wanted in positions else last
        if len(named) != 1:
            raise LoadError(
                f"{file}: no question {wanted!r} after a place{near(wanted, positions)}"
            )
        return named[0]
    own = set(survey_facts().personal.names)
    usual = {name: position for name, position in positions.items() if name not in own}
    if len(usual) == 1:
        return next(iter(usual.values()))
    if not usual:
        raise LoadError(
            f"{file}: no question after a place (geopoint, geotrace or geoshape) has an answer; "
            'name its column, e.g. `columns = { location = "gps" }`.'
        )
    raise LoadError(
        f"{file}: {len(usual)} questions after a place, {list(usual)}; say which one places the "
        f'rows: `columns = {{ location = "{next(iter(usual))}" }}`.'
    )


def parse_position(text: str, kind: str = "") -> Placed:
    """
    Read a geopoint, geotrace or geoshape.

    Parameters
    ----------
    text : str
        "lat lon altitude accuracy", several parted by ";".
    kind : str
        "geopoint", "geotrace" or "geoshape"; by its form where not said: a row of
        points that ends where it began is a shape.

    Returns
    -------
    Placed
        Shape in (lon, lat) and accuracy in metres.

    Examples
    --------
    >>> parse_position("7.206 100.593 3.1 4.5")
    Placed(shape=<POINT (100.593 7.206)>, uncertainty_m=4.5)
    >>> parse_position("7 100 0 0;7 101 0 0;8 101 0 0;7 100 0 0").shape.geom_type
    'Polygon'
    """
    nothing = Placed(None, math.nan)
    vertices = []
    for part in filter(str.strip, text.split(";")):
        numbers = [parse_number(word) for word in part.split()]
        if not 2 <= len(numbers) <= 4 or None in numbers:
            return nothing
        vertices.append([number for number in numbers if number is not None])
    if not vertices:
        return nothing
    points = np.array([(vertex[1], vertex[0]) for vertex in vertices])
    shape = _shape(points, kind)
    measured = [v[3] for v in vertices if len(v) == 4 and v[3] > 0]
    return Placed(shape, max(measured, default=math.nan)) if shape is not None else nothing


def _shape(points: np.ndarray[Any, Any], kind: str) -> BaseGeometry | None:
    """Points as the geometry that they are meant to be."""
    if len(points) == 1:
        return shapely.Point(points[0]) if kind in {"", "geopoint"} else None
    closed = bool((points[0] == points[-1]).all())
    if kind == "geoshape" or (kind == "" and closed and len(points) > 3):
        ring = points if closed else np.vstack([points, points[:1]])
        return shapely.Polygon(ring) if len(np.unique(ring, axis=0)) > 2 else None
    if kind == "geopoint" or len(np.unique(points, axis=0)) < 2:
        return None
    return shapely.LineString(points)


def read_positions(table: pd.DataFrame, position: Position) -> pd.DataFrame:
    """
    Read the position of each row.

    Parameters
    ----------
    table : DataFrame of str, n rows
        An export's table.
    position : Position
        Where its positions are.

    Returns
    -------
    DataFrame, n rows
        `geometry` in (lon, lat), `uncertainty_m`, `answered`: whether anything stands
        where the position should; `text`: what; and `mended`: the kind of repair that it
        took to read it, or null.
    """
    cells = table[list(position.columns)]
    placed = [_read_row(row, position) for row in cells.to_dict("records")]
    text = pd.Series(
        [" ".join(str(c) for c in row if not pd.isna(c)) for row in cells.to_numpy().tolist()],
        index=table.index,
        dtype="object",
    )
    return pd.DataFrame(
        {
            "geometry": pd.Series([p.shape for p in placed], index=table.index, dtype="object"),
            "uncertainty_m": pd.Series([p.uncertainty_m for p in placed], index=table.index),
            "answered": cells.notna().any(axis=1),
            "text": text,
            "mended": text.map(_mended).astype("object"),
        }
    )


def _mended(text: str) -> str | None:
    """The kind of repair that it takes to read a position."""
    if any(char.isdecimal() and not char.isascii() for char in text):
        return "digits"
    return "decimal_comma" if "," in text or "٫" in text else None


def _read_row(row: dict[Any, Any], position: Position) -> Placed:
    """One row's position, from its text or from columns of its own."""
    text = row.get(position.text)
    if isinstance(text, str) and text.strip():
        return parse_position(text, position.kind)
    pair = [row.get(position.latitude), row.get(position.longitude)]
    if any(value is None or pd.isna(value) for value in pair):
        return Placed(None, math.nan)
    altitude, accuracy = row.get(position.altitude), row.get(position.accuracy)
    more = "" if pd.isna(accuracy) else f" {0 if pd.isna(altitude) else altitude} {accuracy}"
    # Blanks inside a number would part it.
    return parse_position(" ".join(str(v).replace(" ", "") for v in pair) + more, "geopoint")
