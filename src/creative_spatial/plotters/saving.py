"""Writing figures: the same bytes each time, with what they show in their metadata."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl

from creative_spatial.errors import OutputError
from creative_spatial.plotters.cartography import cartography

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from matplotlib.figure import Figure

FORMATS = ("png", "pdf", "svg")
CREATOR = "creative_spatial"
NAMED = ("title", "credits", "description")


def save_figure(fig: Figure, path: Path, *, provenance: Mapping[str, str]) -> None:
    """
    Write a figure as PNG (300 dpi), PDF or SVG.

    Parameters
    ----------
    fig : Figure
        Usually from `draw_map`.
    path : Path
        Its suffix names the format.
    provenance : mapping of str to str
        What goes into the file's metadata: `title`, `credits`, `description` (what it shows,
        in words), and whatever else a reviewer needs, e.g. the hashes of inputs and
        definitions. No dates of the run.

    Raises
    ------
    OutputError
        If the format is not one of those.
    """
    kind = path.suffix.removeprefix(".").lower()
    if kind not in FORMATS:
        raise OutputError(
            f"{path.name}: maps are written as {', '.join(FORMATS)}, not {kind or 'nothing'!r}."
        )
    settings: dict[Any, Any] = {
        "pdf.fonttype": 42, "svg.fonttype": "path", "svg.hashsalt": CREATOR,
        "text.hinting": "none", "path.simplify": True,
        "savefig.bbox": None, "savefig.transparent": False, "pdf.compression": 6,
    }  # fmt: skip
    with mpl.rc_context(settings):
        fig.savefig(
            path, format=kind, dpi=cartography().page.dpi, metadata=_metadata(kind, provenance)
        )


def _metadata(kind: str, provenance: Mapping[str, str]) -> dict[str, Any]:
    """Provenance in the keys a format knows; nothing that changes between runs."""
    title, credit, shown = (provenance.get(key, "") for key in NAMED)
    rest = {key: value for key, value in sorted(provenance.items()) if key not in NAMED}
    listed = "; ".join(f"{key}={value}" for key, value in rest.items())
    if kind == "png":
        own = {f"{CREATOR}:{key}": value for key, value in rest.items()}
        said = {"Description": shown} if shown else {}
        return {"Title": title, "Copyright": credit, "Software": CREATOR, **said, **own}
    if kind == "pdf":
        said = {"Subject": shown} if shown else {}
        return {
            "Title": title, "Author": credit, "Keywords": listed, "Creator": CREATOR,
            "Producer": f"matplotlib {mpl.__version__}", "CreationDate": None, "ModDate": None, **said,
        }  # fmt: skip
    return {
        "Title": title,
        "Rights": credit,
        "Description": "\n".join(part for part in (shown, listed) if part),
        "Creator": CREATOR,
        "Date": None,
    }
