"""The look of every map, read once from ``resources/cartography.toml``."""

from __future__ import annotations

from functools import lru_cache

from creative_spatial.resources import Facts, parse, read_toml, resource_path

POINTS_PER_MM = 72 / 25.4


class Page(Facts):
    """Paper and the room of what stands on it, in millimetres."""

    long_mm: float
    short_mm: float
    margin_mm: float
    gap_mm: float
    side_panel_mm: float
    foot_panel_mm: float
    graticule_mm: float
    dpi: int


class Panels(Facts):
    """Small multiples: the gap between them and their furniture in millimetres, how many a sheet bears."""

    gap_mm: float
    foot_panel_mm: float
    heading_pt: float
    most: int


class Scales(Facts):
    """The round scales: mantissas times powers of ten."""

    mantissas: tuple[float, ...]
    smallest: int


class Type(Facts):
    """Sizes of type in points; the second language is a part of the first, never under the smallest."""

    title_pt: float
    message_pt: float
    legend_pt: float
    note_pt: float
    label_pt: float
    second_language: float
    smallest_pt: float
    leading: float


class Labels(Facts):
    """How many names a map bears, and how far they may stand from their place."""

    limit: int
    reach_mm: tuple[float, ...]


class Points(Facts):
    """Sizes of markers and of the discs of uncertain places, in millimetres."""

    largest_mm: float
    smallest_mm: float
    crowd: int
    uncertain_mm: float
    widest_mm: float


class Ground(Facts):
    """Colours of what is not theme."""

    land: str
    unmapped: str
    built: str
    building: str
    outline: str
    nested: str
    veil: str
    veil_alpha: float
    locator_land: str
    locator_mark: str
    ink: str
    quiet_ink: str
    water_ink: str
    area_ink: str
    green_ink: str


class Fill(Facts):
    """One kind of water or land use; `group` is the legend class it stands for and looks like."""

    color: str
    hatch: str = ""
    group: str | None = None


class Street(Facts):
    """One rank of streets: the smallest scales at which it is drawn, and with a casing."""

    color: str
    casing: str
    width_mm: float
    until: int
    cased_until: int = 0


class Buildings(Facts):
    """When buildings are drawn."""

    until: int


class Cartography(Facts):
    """All of it."""

    reference: str
    page: Page
    panels: Panels
    scales: Scales
    type: Type
    labels: Labels
    points: Points
    ground: Ground
    water: dict[str, Fill]
    land_use: dict[str, Fill]
    streets: dict[int, Street]
    buildings: Buildings


@lru_cache(maxsize=1)
def cartography() -> Cartography:
    """
    The look of every map.

    Returns
    -------
    Cartography
        Frozen.

    Examples
    --------
    >>> cartography().page.long_mm
    297.0
    """
    path = resource_path("cartography.toml")
    return parse(Cartography, read_toml(path), where=path.name)
