"""
The folder of a cut: its files, their columns, and the manifest that says what it is.

`objects.parquet` is GeoParquet with one row for each OpenStreetMap object that a rule could
use, unclassified, in the order in which osmium gave them; `relations.parquet` holds what
relations are made of. `manifest.json` names the file it was cut from, and hashes both.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal

import pyarrow as pa

from creative_spatial.config import EXTRACT_MANIFEST
from creative_spatial.errors import LoadError
from creative_spatial.provenance import sha256_file
from creative_spatial.resources import Facts, parse

if TYPE_CHECKING:
    from pathlib import Path

    from creative_spatial.loaders.osm.selection import FeatureRules

OBJECTS = "objects.parquet"
RELATIONS = "relations.parquet"
FORMAT: Literal["creative_spatial cut of OpenStreetMap"] = "creative_spatial cut of OpenStreetMap"

NODE, WAY, CLOSED_WAY, RELATION, MEMBER = KINDS = (
    "node",
    "way",
    "closed_way",
    "relation",
    "member",
)
"""A way as a line, a way or relation as an area, and a way that only a relation needs."""

OBJECT_SCHEMA = pa.schema(
    [
        ("kind", pa.string()),
        ("osm_id", pa.int64()),
        ("version", pa.int32()),
        ("timestamp", pa.timestamp("s", "UTC")),
        ("tags", pa.string()),
        ("refs", pa.list_(pa.int64())),
        ("missing", pa.list_(pa.int32())),
        ("geometry", pa.binary()),
        ("bbox", pa.struct([(side, pa.float64()) for side in ("xmin", "ymin", "xmax", "ymax")])),
    ]
)
RELATION_SCHEMA = pa.schema(
    [
        ("osm_id", pa.int64()),
        ("version", pa.int32()),
        ("timestamp", pa.timestamp("s", "UTC")),
        ("tags", pa.string()),
        (
            "members",
            pa.list_(
                pa.struct([("type", pa.string()), ("ref", pa.int64()), ("role", pa.string())])
            ),
        ),
        ("reason", pa.string()),
    ]
)


class Origin(Facts):
    """The file that a cut was made from."""

    file: str
    sha256: str
    date: str | None
    bounds: tuple[float, float, float, float] | None


class CutArea(Facts):
    """The area that a cut is of: what meets its box is in it, whole."""

    id: str
    name: str
    box: tuple[float, float, float, float]


class Manifest(Facts):
    """What a cut is: where from, of what area, under which rules, and its files' hashes."""

    format: Literal["creative_spatial cut of OpenStreetMap"]
    version: Literal[1]
    software: str
    source: Origin
    area: CutArea
    keys: tuple[str, ...]
    anchors: dict[str, tuple[str, ...] | None]
    counts: dict[str, int]
    files: dict[str, str]

    def check_rules(self, rules: FeatureRules, name: str) -> None:
        """
        Refuse a taxonomy that asks for objects the cut did not keep.

        Parameters
        ----------
        rules : FeatureRules
            Of the taxonomy at reading.
        name : str
            What messages call the cut.

        Raises
        ------
        LoadError
            Naming tags, and how to cut again.
        """
        lacking = sorted(rules.keys - set(self.keys))
        for key, values in rules.anchors.items():
            if key == "route" and key in self.anchors:
                kept = self.anchors[key]
                if kept is not None and (values is None or not values <= set(kept)):
                    asked = ["*"] if values is None else sorted(values - set(kept))
                    lacking += [f"route={value}" for value in asked]
        if lacking:
            raise LoadError(
                f"{name} was cut without objects that the taxonomy asks for: {', '.join(lacking[:8])}"
                f"{' …' if len(lacking) > 8 else ''}. Cut it again with this taxonomy: "
                "`creative-spatial extract … --taxonomy FOLDER`."
            )


def anchors_of(rules: FeatureRules) -> dict[str, tuple[str, ...] | None]:
    """
    Keys and values that rules begin with, in a fixed order.

    Parameters
    ----------
    rules : FeatureRules
        Of the taxonomy at cutting.

    Returns
    -------
    dict of str to tuple of str or None
        None for any value.
    """
    return {
        key: None if values is None else tuple(sorted(values))
        for key, values in sorted(rules.anchors.items())
    }


def is_cut(path: Path) -> bool:
    """
    Whether a path leads to a cut.

    Parameters
    ----------
    path : Path
        A folder.

    Returns
    -------
    bool
        Whether it holds a manifest.
    """
    return (path / EXTRACT_MANIFEST).is_file()


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """
    Write the manifest, last of the files.

    Parameters
    ----------
    folder : Path
        Of the cut.
    manifest : Manifest
        What it is.
    """
    text = json.dumps(manifest.model_dump(mode="json"), ensure_ascii=False, indent=1)
    (folder / EXTRACT_MANIFEST).write_text(text + "\n", encoding="utf-8", newline="\n")


def read_manifest(folder: Path) -> Manifest:
    """
    Read the manifest and hold the files against it.

    Parameters
    ----------
    folder : Path
        Of the cut.

    Returns
    -------
    Manifest
        What it is.

    Raises
    ------
    LoadError
        If the manifest is not one, or a file is missing or altered.
    """
    name = f"{folder.name}/{EXTRACT_MANIFEST}"
    try:
        table = json.loads((folder / EXTRACT_MANIFEST).read_text(encoding="utf-8"))
        manifest = parse(Manifest, table, where=name)
    except (OSError, TypeError, ValueError, RecursionError) as error:
        raise LoadError(
            f"{name} is no manifest of an extract ({error}); run `creative-spatial extract` again."
        ) from error
    for file in (OBJECTS, RELATIONS):
        try:
            now = sha256_file(folder / file)
        except OSError:
            now = ""
        if now != manifest.files.get(file):
            what = "altered or cut off" if now else "missing"
            raise LoadError(
                f"{folder.name}/{file} is {what} since it was written; run `creative-spatial "
                "extract` again."
            )
    return manifest
