"""What a pass over a file finds, still in degrees: rows by position of their geometry."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import shapely

from creative_spatial.loaders.osm.copies import from_positive
from creative_spatial.loaders.osm.walking import Walks

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from creative_spatial.loaders.osm.background import Backdrop
    from creative_spatial.loaders.osm.coastline import Fragment
    from creative_spatial.loaders.osm.ferries import Ferry
    from creative_spatial.loaders.osm.gates import Gate
    from creative_spatial.loaders.osm.selection import Selected

AREA_TYPES = ("multipolygon", "boundary")
_KINDS = {"node": 0, "way": 1, "relation": 2}


class FeatureRow(NamedTuple):
    """A feature, its geometry by position in `Objects.shapes`."""

    ref: str
    what: Selected
    shape: int
    names: tuple[str | None, ...]
    tags: str
    version: int
    timestamp: dt.datetime


class BackgroundRow(NamedTuple):
    """A background object, its geometry by position in `Objects.shapes`."""

    ref: str
    what: Backdrop
    shape: int
    names: tuple[str | None, ...]


class Relation(NamedTuple):
    """A relation that is a feature, or may be one, and what it is made of."""

    id: int
    type: str
    tags: dict[str, str]
    members: tuple[tuple[str, int, str], ...]
    version: int
    timestamp: dt.datetime

    @property
    def ways(self) -> tuple[int, ...]:
        """Ids of its ways."""
        return tuple(ref for kind, ref, _ in self.members if kind == "w")


@dataclass
class Objects:
    """What the pass found, still in degrees."""

    shapes: list[bytes] = field(default_factory=list)
    outlines: list[int] = field(default_factory=list)
    features: list[FeatureRow] = field(default_factory=list)
    background: dict[str, list[BackgroundRow]] = field(default_factory=dict)
    walks: Walks = field(default_factory=Walks)
    coast: list[Fragment] = field(default_factory=list)
    gates: list[Gate] = field(default_factory=list)
    ferry_ways: list[Ferry] = field(default_factory=list)
    ferry_routes: list[Ferry] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    built_relations: set[int] = field(default_factory=set)
    feature_relations: set[int] = field(default_factory=set)
    unbuilt_ways: set[int] = field(default_factory=set)
    reasons: dict[int, str] = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)
    needs_copy: bool = False
    lacks_nodes: bool = False
    locations: Any = None

    def restore_ids(self) -> None:
        """Map the ids of walks and coast back to those of the source."""
        walks = self.walks
        walks.refs = array("q", map(from_positive, walks.refs))
        walks.ways = array("q", map(from_positive, walks.ways))
        self.coast = [
            fragment._replace(
                way=from_positive(fragment.way), refs=list(map(from_positive, fragment.refs))
            )
            for fragment in self.coast
        ]

    def put_in_order(self) -> None:
        """Put features and background in the order of a file, which osmium's areas come out of."""
        self.features.sort(key=_place_in_file)
        for rows in self.background.values():
            rows.sort(key=_place_in_file)

    def add_shape(self, wkb: bytes | str) -> int:
        """
        Keep a geometry.

        Parameters
        ----------
        wkb : bytes or str
            As osmium or shapely wrote it.

        Returns
        -------
        int
            Its position.
        """
        # four times as fast as leaving the hexadecimal digits to the geometry library
        self.shapes.append(bytes.fromhex(wkb) if isinstance(wkb, str) else wkb)
        return len(self.shapes) - 1


def _place_in_file(row: FeatureRow | BackgroundRow) -> tuple[int, int]:
    """Nodes, ways, relations, each by their ids."""
    kind, _, osm_id = row.ref.partition("/")
    return _KINDS[kind], int(osm_id)


def as_wkb(parts: Sequence[NDArray[np.float64] | Sequence[tuple[float, float]]]) -> bytes:
    """
    Write a line of several parts, or of one.

    Parameters
    ----------
    parts : sequence of positions, degrees
        Each with at least two.

    Returns
    -------
    bytes
        WKB of a LineString, or of a MultiLineString, empty where there is no part.
    """
    line = shapely.LineString(parts[0]) if len(parts) == 1 else shapely.MultiLineString(parts)
    return bytes(line.wkb)
