"""The edited ``city.gpkg`` of a results folder, against the layers that the run wrote beside it."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import pandas as pd

from creative_spatial.errors import DataQualityWarning, LoadError
from creative_spatial.loaders.edits.comparison import COLUMNS, compare_layer
from creative_spatial.loaders.edits.geopackage import read_layers
from creative_spatial.provenance import sha256_file
from creative_spatial.schema import INDEX

if TYPE_CHECKING:
    from collections.abc import Mapping

GEOPACKAGE = "city.gpkg"
RUN_FILE = "run.json"
TOLERANCE_M = 0.05
_ALSO = ("boundaries", "units")


class Edited(NamedTuple):
    """
    An edited GeoPackage, read back.

    Parameters
    ----------
    layers : dict of str to GeoDataFrame
        Layers of features as they are now, index `feature_id`; what was flagged keeps the
        place it was shown at.
    changes : DataFrame
        `layer`, `feature_id`, `name`, `change` (added, removed, moved, attribute), `column`,
        `before`, `after` (geometries as WKT in the layer's CRS), `moved_m`, `also_ids` (other
        records of the place, joined by ";"), `note`. A change with a `note` that has no `before` and no `after` does not count.
    city : str
        Name of the city, as the run has it.
    """

    layers: dict[str, gpd.GeoDataFrame]
    changes: pd.DataFrame
    city: str


def read_edited(
    path: str | Path, *, base: str | Path | None = None, tolerance_m: float = TOLERANCE_M
) -> Edited:
    """
    Read back a ``city.gpkg`` that was edited in QGIS, with what changed.

    It is compared with the layers (``layers/*.parquet``) of the run that wrote it, which must
    be as they were written. A program's habits are no changes: other row numbers, other types
    of columns, heights, collections of one part, a table under another name. Text that is
    blank and a cell that is null are the same.

    Parameters
    ----------
    path : str or Path
        The results folder, or an edited GeoPackage.
    base : str or Path, optional
        The results folder of the run that wrote the GeoPackage; the one it lies in otherwise.
    tolerance_m : float, metres
        Greatest shift of any point that is no move.

    Returns
    -------
    Edited
        Layers, and a table of changes. A new row gets an id from its content and the source
        "edited"; of rows that share an id (a copy, a split) the nearest keeps it.

    Raises
    ------
    LoadError
        If there is no such file, no run beside it, or the run's layers were changed.

    Warns
    -----
    DataQualityWarning
        If a table was renamed, deleted, or is not one of the run's.
    """
    given = Path(path)
    folder = Path(base) if base is not None else given if given.is_dir() else given.parent
    file = given / GEOPACKAGE if given.is_dir() else given
    run = _run(folder)
    layers = _written(folder, run)
    others = [name for name in run.get("layers", {}) if name not in layers]
    found = read_layers(file, layers, others=[*_ALSO, *others])
    rows: list[dict[str, Any]] = []
    edited = {}
    for name, layer in found.items():
        compared = compare_layer(name, layers[name], layer, tolerance_m=tolerance_m)
        edited[name] = compared.layer
        rows += compared.rows
    changes = pd.DataFrame(rows, columns=list(COLUMNS))
    changes = changes.astype(object).where(changes.notna(), None)
    changes["moved_m"] = changes["moved_m"].astype(float)
    _warn_of_notes(changes, file.name)
    return Edited(edited, changes, str(run.get("city", {}).get("name", "")))


def _run(folder: Path) -> Mapping[str, Any]:
    """The record of the run."""
    try:
        run = json.loads((folder / RUN_FILE).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise LoadError(
            f"{folder} holds no {RUN_FILE}: name the results folder whose {GEOPACKAGE} was edited, "
            "or beside the file (--base) the results it was made with."
        ) from error
    except (OSError, ValueError) as error:
        raise LoadError(f"{folder / RUN_FILE} cannot be read: {error}") from error
    if not isinstance(run, dict) or not isinstance(run.get("files"), dict):
        raise LoadError(f"{folder / RUN_FILE} is not the record of a run.")
    return run


def _written(folder: Path, run: Mapping[str, Any]) -> dict[str, gpd.GeoDataFrame]:
    """The run's layers of features, as it wrote them."""
    layers = {}
    for name, known in run["files"].items():
        file = folder / name
        if file.parent.name != "layers" or file.suffix != ".parquet":
            continue
        if not file.is_file() or sha256_file(file) != known:
            raise LoadError(
                f"{name} in {folder} is not as the run wrote it, so nothing can be compared with "
                "it; `creative-spatial verify` lists what was changed."
            )
        layer = gpd.read_parquet(file)
        if layer.index.name == INDEX and layer.index.is_unique:
            layers[file.stem] = layer
    if not layers:
        raise LoadError(f"{folder}: the run wrote no layer of features.")
    return layers


def _warn_of_notes(changes: pd.DataFrame, file: str) -> None:
    """Say which changes do not count."""
    dead = changes[changes["note"].notna() & changes["before"].isna() & changes["after"].isna()]
    for note, rows in dead.groupby("note"):
        ids = list(dict.fromkeys(rows["feature_id"]))
        shown = ", ".join(ids[:5]) + (f" and {len(ids) - 5} more" if len(ids) > 5 else "")
        warnings.warn(f"{file}: {shown}: {note}.", DataQualityWarning, stacklevel=3)
