"""Which names a map bears: from layers and label specifications to labels, and their drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from matplotlib.patheffects import withStroke
from shapely import affinity

from creative_spatial.plotters.artists import add_lines, point_array, representative_xy, within_box
from creative_spatial.plotters.cartography import POINTS_PER_MM, cartography
from creative_spatial.plotters.certainty import uncertainty_mm
from creative_spatial.plotters.drawn import Z_LABELS
from creative_spatial.plotters.fonts import drawable
from creative_spatial.plotters.labels import Label, Placed, place_labels
from creative_spatial.plotters.symbols import any_matching, selected
from creative_spatial.plotters.text import plain
from creative_spatial.plotters.typeset import Style, extent_mm, style_for
from creative_spatial.schema import is_illustrative

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from creative_spatial.area import StudyArea
    from creative_spatial.plotters.frame import Frame
    from creative_spatial.plotters.specs import LabelSpec
    from creative_spatial.result import Result

BOUNDARIES = "boundaries"
LONGEST_LABEL = 44
BESIDE_STREET_MM = 2.5
# A name may reach over a shore; over the edge of a wood it would name the field.
INSIDE_WATER, INSIDE_AREA = 0.35, 0.7
SMALLEST_NAMED_MM2, SHORTEST_NAMED_MM = 4.0, 12.0


def map_labels(
    result: Result, specs: Sequence[LabelSpec], frame: Frame, languages: Sequence[str],
    *, markers_mm: NDArray[np.float64], radius_mm: float,
    moved: Mapping[str, tuple[float, float]] | None = None, listed: frozenset[tuple[str, str]] = frozenset(),
    named: frozenset[str] = frozenset(),
) -> list[Label]:  # fmt: skip
    """
    Collect the labels of a map in the order in which they get their places.

    Parameters
    ----------
    result : Result
        Its layers, area and taxonomy; the layer "boundaries" is the area's own.
    specs : sequence of LabelSpec
        Which names, the most important first.
    frame : Frame
        What is seen.
    languages : sequence of str
        One or two.
    markers_mm : array of float, shape (n, 2), millimetres
        Points of the theme: streets among them are named first.
    radius_mm : float, millimetres
        Radius of the markers.
    moved : mapping of str to (x, y), units of the CRS, optional
        Where markers stand that are not at their place, by feature.
    listed : frozenset of (str, str)
        Layer and id of features that a list on the sheet names.
    named : frozenset of str
        Names in the first language that the sheet bears elsewhere.

    Returns
    -------
    list of Label
        At most the limit of each specification.
    """
    labels: list[Label] = []
    seen: set[str] = set()
    for spec in specs:
        layer = (
            result.area.boundaries if spec.layer == BOUNDARIES else result.layers.get(spec.layer)
        )
        if layer is None or not len(layer):
            continue
        near = within_box(layer.geometry.to_numpy(), frame.box)[1]
        rows = selected(layer.iloc[near], spec.where, result.taxonomy, *spec.order, *spec.unless)
        rows = rows[~any_matching(rows, spec.unless)]
        texts = _texts(rows, languages, result if spec.layer == BOUNDARIES else None)
        filled = [i for i, lines in enumerate(texts) if lines]
        rows, texts = rows.iloc[filled], [texts[i] for i in filled]
        if not len(rows):
            continue
        if spec.layer == BOUNDARIES:
            found = _boundary_labels(rows, texts, frame, languages)
        elif spec.style in {"water", "street", "area"}:
            found = _by_name(rows, texts, spec, frame, languages=languages, markers_mm=markers_mm)
        else:
            found = _by_row(
                rows, texts, spec, frame, languages=languages, area=result.area, radius_mm=radius_mm,
                moved=moved or {},
            )  # fmt: skip
        fresh = [
            it for it in found
            if it.key not in seen and (spec.layer, it.key) not in listed and it.lines[0][0] not in named
        ][: spec.limit]  # fmt: skip
        seen |= {label.key for label in fresh}
        labels += fresh
    return labels


def _texts(
    rows: gpd.GeoDataFrame, languages: Sequence[str], result: Result | None
) -> list[tuple[str, ...]]:
    """Names of each row: in the first language, and in the second where it differs."""
    columns = [_column(rows, f"name:{language}") for language in languages]
    local = _column(rows, "name")
    texts = []
    for position, key in enumerate(rows.index):
        given = [plain(column[position]) for column in columns]
        if result is not None and key == result.area.primary_id and not any(given):
            given = [plain(result.area.names.get(language)) for language in languages]
        first = given[0] or plain(local[position])
        names = [first, *(name for name in given[1:] if name and name != first)]
        texts.append(tuple(_short(name) for name in names if name))
    return texts


def _column(rows: gpd.GeoDataFrame, name: str) -> list[Any]:
    """A column's cells; empty texts where there is none."""
    return rows[name].astype(object).tolist() if name in rows else [""] * len(rows)


def _short(name: str) -> str:
    """A name that a map can bear; what a bracket adds is left out first."""
    if len(name) > LONGEST_LABEL and "(" in name:
        name = name.split("(", maxsplit=1)[0].strip() or name
    return name if len(name) <= LONGEST_LABEL else f"{name[: LONGEST_LABEL - 1].rstrip()}…"


def _styles(kind: str, language: str, size: float) -> Style:
    """How a kind of name is set."""
    ground = cartography().ground
    looks: dict[str, dict[str, Any]] = {
        "water": {"color": ground.water_ink, "italic": True},
        "place": {"color": ground.ink},
        "primary": {"color": ground.ink, "bold": True},
        "area": {"color": ground.green_ink},
        "boundary": {"color": ground.area_ink},
        "street": {"color": ground.quiet_ink},
        "site": {"color": ground.ink},
    }
    factor = {"water": 1.15, "primary": 1.1, "street": 0.82, "area": 0.92}.get(kind, 0.95)
    return style_for(language, size * factor, **looks[kind])


def _lines(
    names: tuple[str, ...], kind: str, languages: Sequence[str]
) -> tuple[tuple[str, Style], ...]:
    """Names with their styles, the second language smaller."""
    type_ = cartography().type
    sizes = [type_.label_pt, type_.label_pt * type_.second_language]
    shown = [(drawable(name), size) for name, size in zip(names, sizes, strict=False)]
    return tuple((text, _styles(kind, languages[0], size)) for text, size in shown if text)


def _to_paper(shape: BaseGeometry, frame: Frame) -> BaseGeometry:
    """A geometry in millimetres from the frame's lower left corner."""
    left, bottom, _, _ = frame.box
    unit = frame.unit
    moved: BaseGeometry = affinity.affine_transform(
        shape, [1 / unit, 0, 0, 1 / unit, -left / unit, -bottom / unit]
    )
    return moved


def _by_name(
    rows: gpd.GeoDataFrame, texts: list[tuple[str, ...]], spec: LabelSpec, frame: Frame,
    *, languages: Sequence[str], markers_mm: NDArray[np.float64],
) -> list[Label]:  # fmt: skip
    """One label for each name: parts of a lagoon or a street belong together."""
    clipped = shapely.clip_by_rect(_simple(rows.geometry.to_numpy(), frame), *frame.box)
    markers = shapely.STRtree(point_array(markers_mm))
    groups: dict[tuple[str, ...], list[int]] = {}
    for position, names in enumerate(texts):
        if not shapely.is_empty(clipped[position]):
            groups.setdefault(names, []).append(position)
    scored = []
    for names, members in groups.items():
        shape = shapely.union_all(clipped[members])
        if shape.is_empty:
            continue
        paper = _to_paper(shape, frame)
        flat = shapely.get_dimensions(paper)
        if spec.style == "street":
            paper = (
                shapely.line_merge(paper)
                if flat == 1 and paper.geom_type != "LineString"
                else paper
            )
            near = len(markers.query(paper, predicate="dwithin", distance=BESIDE_STREET_MM))
            score: tuple[float, ...] = (-near, -float(paper.length))
        else:
            score = (-float(paper.area), -float(paper.length))
        shown = names[:1] if flat == 1 and spec.style != "street" else names
        label = Label(
            str(rows.index[members[0]]), _lines(shown, spec.style, languages), paper,
            0.0 if spec.style == "street" else 0.3,
            leader=spec.leader and (flat != 1 or spec.style == "street"),
            inside=INSIDE_WATER if spec.style == "water" else INSIDE_AREA,
        )  # fmt: skip
        large = (
            float(paper.area) >= SMALLEST_NAMED_MM2
            if flat == 2
            else float(paper.length) >= SHORTEST_NAMED_MM
        )
        if label.lines and (large or flat == 0):
            scored.append((score, names, label))
    return [label for _, _, label in sorted(scored, key=lambda item: item[:2])]


def _simple(shapes: NDArray[Any], frame: Frame) -> NDArray[Any]:
    """Shapes as coarse as a name's place needs: a third of a millimetre."""
    return np.asarray(shapely.make_valid(shapely.simplify(shapes, 0.3 * frame.unit)))


def _by_row(
    rows: gpd.GeoDataFrame, texts: list[tuple[str, ...]], spec: LabelSpec, frame: Frame,
    *, languages: Sequence[str], area: StudyArea, radius_mm: float,
    moved: Mapping[str, tuple[float, float]],
) -> list[Label]:  # fmt: skip
    """One label for each row, the best known and most central first."""
    spots = representative_xy(rows.geometry.to_numpy())
    for position, key in enumerate(rows.index.astype(str)):
        spots[position] = moved.get(key, spots[position])
    xy = frame.to_mm(spots)
    inside = (xy > 1).all(axis=1) & (xy < (frame.width_mm - 1, frame.height_mm - 1)).all(axis=1)
    places = point_array(representative_xy(rows.geometry.to_numpy()))
    central = np.asarray(shapely.contains(area.primary, places))
    size = shapely.area(rows.geometry.to_numpy())
    unsure = uncertainty_mm(rows, frame)
    inside &= unsure <= cartography().points.widest_mm
    ranks = _order(rows, spec)
    invented = is_illustrative(rows)
    order = sorted(
        np.flatnonzero(inside).tolist(),
        key=lambda i: (
            bool(invented[i]),
            not central[i],
            ranks[i],
            -size[i],
            unsure[i],
            len(texts[i][0]),
            str(rows.index[i]),
        ),
    )
    if spec.alike is not None:
        concepts = pd.Series(_column(rows, "concept")).iloc[order]
        order = concepts.index[(concepts.groupby(concepts).cumcount() < spec.alike)].tolist()
    labels = []
    for i in order[: 4 * spec.limit]:
        lines = _lines(texts[i], spec.style, languages)
        if lines:
            labels.append(
                Label(str(rows.index[i]), lines, shapely.Point(xy[i]), radius_mm, spec.leader)
            )
    return labels


def _boundary_labels(
    rows: gpd.GeoDataFrame, texts: list[tuple[str, ...]], frame: Frame, languages: Sequence[str]
) -> list[Label]:
    """Names of boundaries: inside where there is room beside the smaller ones, else by a leader."""
    shapes = shapely.clip_by_rect(_simple(rows.geometry.to_numpy(), frame), *frame.box)
    labels = []
    for position in np.argsort(shapely.area(rows.geometry.to_numpy()), kind="stable").tolist():
        shape = shapes[position]
        smaller = [other for other in shapes if other.area < 0.9 * shape.area]
        primary = bool(rows["primary"].iloc[position])
        lines = _lines(texts[position], "primary" if primary else "boundary", languages)
        if not lines or shape.is_empty:
            continue
        paper = _to_paper(shape, frame)
        label = Label(f"boundary:{rows.index[position]}", lines, paper)
        if paper.area < 8 * label.size[0] * label.size[1]:
            label = Label(label.key, lines, shapely.point_on_surface(paper), 0.0)
        elif smaller:
            free = shapely.difference(
                shape, shapely.buffer(shapely.union_all(smaller), 2 * frame.unit)
            )
            label = Label(label.key, lines, _to_paper(free, frame))
        labels.append(label)
    return labels


def _order(rows: gpd.GeoDataFrame, spec: LabelSpec) -> NDArray[np.intp]:
    """Rank of each row by the wanted order of its values."""
    ranks = np.zeros(len(rows), dtype=int)
    for column, wanted in spec.order.items():
        places: Mapping[str, int] = {value: rank for rank, value in enumerate(wanted)}
        if column in rows:
            ranks = (
                rows[column].astype(object).map(places).fillna(len(wanted)).astype(int).to_numpy()
            )
    return ranks


def draw_labels(
    ax: Axes, labels: Sequence[Label], frame: Frame, *, obstacles_mm: NDArray[np.float64], radius_mm: float,
    avoid: Sequence[BaseGeometry] = (), barriers_mm: NDArray[np.float64] | None = None,
    keep_off: Sequence[BaseGeometry] = (), limit: int | None = None,
) -> list[Placed]:  # fmt: skip
    """
    Place labels and draw them with their halos and leader lines.

    Parameters
    ----------
    ax : Axes
        With the frame's limits.
    labels : sequence of Label
        The most important first.
    frame : Frame
        What is seen.
    obstacles_mm : array of float, shape (n, 2), millimetres
        Points that no label may cover.
    radius_mm : float, millimetres
        Radius of their markers.
    avoid : sequence of geometry, units of the CRS
        Lines that a label crosses only where nothing else is near.
    barriers_mm : array of float, shape (m, 2), millimetres, optional
        Points that no leader line may cross.
    keep_off : sequence of geometry, units of the CRS
        What neither a label nor its leader may cover.
    limit : int, optional
        Most labels.

    Returns
    -------
    list of Placed
        What found room.
    """
    placed = place_labels(
        labels, width_mm=frame.width_mm, height_mm=frame.height_mm,
        obstacles=obstacles_mm, radius_mm=radius_mm, avoid=[_to_paper(line, frame) for line in avoid], barriers=barriers_mm,
        keep_off=[_to_paper(it, frame) for it in keep_off], limit=limit,
    )  # fmt: skip
    marked = shapely.union_all(point_array(obstacles_mm if barriers_mm is None else barriers_mm))
    halo = [withStroke(linewidth=1.9, foreground="#FFFFFF", alpha=0.85)]
    for item in placed:
        if item.leader is not None:
            line = shapely.transform(item.leader, frame.to_crs)
            add_lines(ax, [line], colors="#FFFFFF", linewidths=1.1, alpha=0.85, zorder=Z_LABELS)
            add_lines(
                ax,
                [line],
                colors="#3A3A3A",
                linewidths=0.45,
                zorder=Z_LABELS,
                gid=f"leader:{item.label.key}",
            )
            if not _has_marker(item.label, marked):
                # Without a marker, as on a street or a soft disc, the line needs an end of its own.
                ((x, y),) = frame.to_crs(item.leader.coords[:1])
                ax.scatter(x, y, s=2.5, color="#3A3A3A", linewidths=0, zorder=Z_LABELS)
        heights = [extent_mm(text, style)[1] for text, style in item.label.lines]
        top = sum(heights) / 2
        for (text, style), height in zip(item.label.lines, heights, strict=True):
            offset = top - height / 2
            angle = np.radians(item.angle)
            spot = (
                item.center[0] - offset * np.sin(angle),
                item.center[1] + offset * np.cos(angle),
            )
            ((x, y),) = frame.to_crs([spot])
            ax.text(
                x, y, text, ha="center", va="center", rotation=item.angle, rotation_mode="anchor",
                zorder=Z_LABELS + 0.1, path_effects=halo, clip_on=True,
                gid=f"label:{item.label.key}", **style.properties(),
            )  # fmt: skip
            top -= height
    return placed


def _has_marker(label: Label, marked: BaseGeometry) -> bool:
    """Whether a leader ends at a marker, or at an area that needs none."""
    if not label.standoff:
        return False
    if shapely.get_dimensions(label.anchor) > 0:
        return True
    return not marked.is_empty and float(label.anchor.distance(marked)) <= label.standoff


def halo_mm() -> float:
    """
    How far a halo reaches beyond its letters.

    Returns
    -------
    float, millimetres
        Half the stroke.
    """
    return 1.9 / 2 / POINTS_PER_MM
