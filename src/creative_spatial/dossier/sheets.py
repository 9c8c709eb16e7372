"""The maps and charts of a results folder, drawn by `plotters` and saved one by one."""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from creative_spatial.dossier.naming import file_stem
from creative_spatial.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from creative_spatial.result import Result

    Wanted = str | Iterable[str] | Mapping[str, Any]

FORMATS = ("png", "pdf", "svg")
ALL = "all"
_STAMP = {
    "fontsize": 110,
    "color": "#B00020",
    "alpha": 0.18,
    "rotation": 35,
    "ha": "center",
    "va": "center",
    "zorder": 1000,
}


def check_formats(formats: Iterable[str]) -> tuple[str, ...]:
    """
    Return the formats wanted, each once, or raise.

    Parameters
    ----------
    formats : iterable of str
        Some of "png", "pdf", "svg".

    Returns
    -------
    tuple of str
        In the order given.

    Raises
    ------
    OutputError
        If one is not known.
    """
    wanted = tuple(dict.fromkeys([formats] if isinstance(formats, str) else formats))
    if unknown := [name for name in wanted if name not in FORMATS]:
        raise OutputError(
            f"Maps cannot be saved as {unknown}; known formats: {', '.join(FORMATS)}."
        )
    return wanted


def choose_maps(maps: Wanted, result: Result) -> tuple[dict[str, Any], list[str]]:
    """
    Resolve which maps are wanted.

    Parameters
    ----------
    maps : "all", iterable of str, or mapping of str to MapSpec
        Every map of the result, some of them by id, or specifications as
        `creative_spatial.plotters.load_maps` gives them.
    result : Result
        Whose maps: the package's, and over them the city's own.

    Returns
    -------
    chosen : dict of str to MapSpec
        What to draw, in the order of the specifications.
    left_out : list of str
        Ids of the result's maps that are not wanted.

    Raises
    ------
    OutputError
        If an id is unknown, or cannot name a file.
    """
    return _choose(maps, "map", lambda: result.maps or _single(_plotters().load_maps()))


def _single(maps: Mapping[str, Any]) -> dict[str, Any]:
    """Maps less those of which there is one for each row of a layer."""
    return {key: spec for key, spec in maps.items() if not getattr(spec, "each", None)}


def choose_charts(charts: Wanted, result: Result) -> tuple[dict[str, Any], list[str]]:
    """
    Resolve which charts are wanted.

    Parameters
    ----------
    charts : "all", iterable of str, or mapping of str to ChartSpec
        As in `choose_maps`.
    result : Result
        Whose charts.

    Returns
    -------
    chosen : dict of str to ChartSpec
        What to draw, in the order of the specifications.
    left_out : list of str
        Ids of the result's charts that are not wanted.

    Raises
    ------
    OutputError
        If an id is unknown, or cannot name a file.
    """
    return _choose(charts, "chart", lambda: result.charts or _plotters().load_charts())


def _choose(
    wanted: Wanted, kind: str, load: Callable[[], Mapping[str, Any]]
) -> tuple[dict[str, Any], list[str]]:
    """What is wanted of one kind of drawing, and what is not."""
    if isinstance(wanted, Mapping):
        known, names = dict(wanted), list(wanted)
    else:
        names = [wanted] if isinstance(wanted, str) else list(wanted)
        if not names:
            return {}, []
        known = dict(load())
        names = list(known) if names == [ALL] else names
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(str(name), list(known), n=3)
            hint = f"; did you mean {', '.join(near)}?" if near else f"; known: {', '.join(known)}."
            raise OutputError(f"Unknown {kind} {str(name)[:120]!r}{hint}")
        file_stem(name, kind=kind)
    chosen = {name: spec for name, spec in known.items() if name in names}
    return chosen, [name for name in known if name not in chosen]


def draw_chart(result: Result, spec: Any, languages: Sequence[str]) -> Any:
    """
    Draw one chart.

    Parameters
    ----------
    result : Result
        What is shown.
    spec : ChartSpec
        Which chart.
    languages : sequence of str
        Languages on it, the larger first.

    Returns
    -------
    ChartSheet
        To be saved with `save_sheet`, which lets it go.

    Raises
    ------
    InsufficientDataError
        If the result has nothing that the chart could show.
    """
    return _plotters().draw_chart(result, spec, languages=tuple(languages))


def draw_sheet(
    result: Result,
    spec: Any,
    path: Path,
    *,
    formats: Sequence[str],
    languages: Sequence[str],
    draft: bool,
    provenance: Mapping[str, str],
) -> None:
    """
    Draw one map once, and save it in each format, with its text beside it.

    Parameters
    ----------
    result : Result
        What is shown.
    spec : MapSpec
        Which map.
    path : Path
        Files to write, less their suffixes.
    formats : sequence of str
        The suffixes.
    languages : sequence of str
        Languages on the map, the larger first.
    draft : bool
        Whether it is stamped as a draft.
    provenance : mapping of str to str
        What the files' metadata say.
    """
    plotters = _plotters()
    figure = plotters.draw_map(result, spec, languages=tuple(languages))
    said = tuple(figure.alternative.values())
    text = "\n\n".join(said) + "\n"
    path.with_name(f"{path.name}.txt").write_bytes(text.encode("utf-8", "replace"))
    told = {"description": said[0] if said else "", **provenance}
    save_sheet(figure, path, formats=formats, draft=draft, provenance=told)


def save_sheet(
    figure: Any, path: Path, *, formats: Sequence[str], draft: bool, provenance: Mapping[str, str]
) -> None:
    """
    Save a map or a chart in each format, and let it go.

    Parameters
    ----------
    figure : MapSheet or ChartSheet
        Drawn.
    path : Path
        Files to write, less their suffixes.
    formats : sequence of str
        The suffixes.
    draft : bool
        Whether it is stamped as a draft.
    provenance : mapping of str to str
        What the files' metadata say.
    """
    try:
        if draft:
            figure.text(0.5, 0.5, "DRAFT", **_STAMP)
        said = {"title": figure.get_label(), **provenance}
        for suffix in formats:
            file = path.with_name(f"{path.name}.{suffix}")
            _plotters().save_figure(figure, file, provenance=said)
    finally:
        figure.clear()  # a sheet of a large city holds hundreds of megabytes


def _plotters() -> Any:
    """The plotters, imported when a map is drawn: they take a second to load."""
    return importlib.import_module("creative_spatial.plotters")
