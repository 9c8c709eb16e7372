"""Land cover and population, both illustrative, on grids that agree with the drawn shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from songkhla_build.shapes import UTM, to_utm

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import geopandas as gpd
    from affine import Affine
    from shapely.geometry.base import BaseGeometry

    from songkhla_build.water import Water

    Grid = tuple[np.ndarray, Affine]  # values, and where they lie

SEED = 20251031
COVER_BOX = (100.36, 6.97, 100.74, 7.36)
COVER_CELL_M = 20
PEOPLE_BOX = (100.48, 7.03, 100.70, 7.29)
PEOPLE_CELL_M = 100
# 60,021 inhabitants in 2020 is published; the district's figure is set for the sample only.
MUNICIPALITY_PEOPLE = 60_021
DISTRICT_PEOPLE = 160_000

# Classes of ESA WorldCover; what a habitat is there.
TREES, SHRUB, GRASS, CROPS, BUILT, BARE, WATER, WETLAND, MANGROVE = (
    10, 20, 30, 40, 50, 60, 80, 90, 95,
)  # fmt: skip
CLASS_OF_HABITAT = {
    "forest": TREES, "swamp": TREES, "casuarina_strand": TREES, "plantation": TREES,
    "orchard": TREES, "park": GRASS, "marsh": WETLAND, "mangrove": MANGROVE, "beach": BARE,
    "palm_rice": CROPS, "rice_field": CROPS, "aquaculture": WATER, "scrub": SHRUB,
}  # fmt: skip


def build_land_cover(water: Water, habitats: gpd.GeoDataFrame, built: gpd.GeoDataFrame) -> Grid:
    """Burn the shapes into classes; between them a mosaic of fields, trees and grass."""
    shape, transform = _grid(COVER_BOX, COVER_CELL_M)
    random = np.random.default_rng(SEED)
    mosaic = _smooth_noise(shape, 9, random)
    specks = _smooth_noise(shape, 2, random)
    cover = np.select([mosaic > 0.45, mosaic < -0.75], [TREES, GRASS], CROPS).astype("u1")
    cover[specks > 1.9] = BUILT
    for concept in reversed(list(CLASS_OF_HABITAT)):
        mask = _burn(habitats.geometry[habitats.concept == concept], shape, transform)
        cover[mask] = CLASS_OF_HABITAT[concept]
        if concept in ("palm_rice", "rice_field"):
            cover[mask & (specks > 1.35)] = TREES
        if concept == "park":
            cover[mask & (specks > 0.2)] = TREES
    town = _burn(built.geometry, shape, transform)
    habitat = _burn(habitats.geometry, shape, transform)
    town &= ~habitat
    cover[town] = BUILT
    cover[town & (specks > 1.0)] = TREES
    cover[town & (specks < -1.4)] = GRASS
    wet = [water.wet, *water.rivers.values()]
    cover[_burn(wet, shape, transform)] = WATER
    return cover, transform


def build_population(
    water: Water,
    habitats: gpd.GeoDataFrame,
    built: gpd.GeoDataFrame,
    municipality: shapely.Geometry,
    district: shapely.Geometry,
) -> Grid:
    """
    Spread people over built-up land, thinly over farmland, to the two totals.

    Cells on a boundary count with the part that lies inside, so the two factors (for cells
    whose centre is in the municipality, and for the others) solve two linear equations.
    """
    shape, transform = _grid(PEOPLE_BOX, PEOPLE_CELL_M)
    dry = _share(water.land, shape, transform)
    empty = (
        "park",
        "beach",
        "casuarina_strand",
        "forest",
        "mangrove",
        "marsh",
        "swamp",
        "aquaculture",
    )
    kept_free = habitats.geometry[habitats.concept.isin(empty)].union_all()
    weight = 0.025 * np.ones(shape)
    for row in built.itertuples():
        weight = np.maximum(weight, row.weight * _share(row.geometry, shape, transform))
    random = np.random.default_rng(SEED + 1)
    weight *= dry * (1 - _share(kept_free, shape, transform))
    weight *= np.exp(0.35 * _smooth_noise(shape, 1.5, random))
    inside = _share(municipality, shape, transform)
    around = _share(district, shape, transform)
    centre = inside > 0.5
    terms = np.array(
        [
            [(weight * inside)[centre].sum(), (weight * inside)[~centre].sum()],
            [(weight * around)[centre].sum(), (weight * around)[~centre].sum()],
        ]
    )
    factors = np.linalg.solve(terms, [MUNICIPALITY_PEOPLE, DISTRICT_PEOPLE])
    people = weight * np.where(centre, *factors)
    people[dry == 0] = 0
    return people.astype("f4"), transform


def write_raster(
    path: Path, values: np.ndarray, transform: Affine, *, nodata: float | None
) -> None:
    """Write a compressed GeoTIFF that is the same at each run."""
    import rasterio

    with rasterio.open(
        path, "w", driver="GTiff", height=values.shape[0], width=values.shape[1], count=1,
        dtype=values.dtype, crs=UTM, transform=transform, nodata=nodata, compress="deflate",
        predictor=3 if values.dtype.kind == "f" else 2, tiled=True, blockxsize=256, blockysize=256,
    ) as target:  # fmt: skip
        target.write(values, 1)


def _grid(box: tuple[float, ...], cell_m: int) -> tuple[tuple[int, int], Affine]:
    from rasterio.transform import from_origin

    west, south, east, north = to_utm(shapely.box(*box)).bounds
    west, south = (np.floor(v / cell_m) * cell_m for v in (west, south))
    columns, rows = int(np.ceil((east - west) / cell_m)), int(np.ceil((north - south) / cell_m))
    return (rows, columns), from_origin(west, south + rows * cell_m, cell_m, cell_m)


def _burn(shapes: Iterable[BaseGeometry], grid: tuple[int, int], transform: Affine) -> np.ndarray:
    from rasterio.features import rasterize

    pairs = [(shape, 1) for shape in shapes if not shape.is_empty]
    if not pairs:
        return np.zeros(grid, bool)
    return rasterize(pairs, grid, transform=transform, dtype="u1").astype(bool)


def _share(shape: BaseGeometry, grid: tuple[int, int], transform: Affine) -> np.ndarray:
    """Share of each cell that a shape covers, exactly along its edge."""
    from rasterio.transform import xy

    rows, columns = np.indices(grid)
    x, y = (np.asarray(v).reshape(grid) for v in xy(transform, rows.ravel(), columns.ravel()))
    half = transform.a / 2
    cells = shapely.box(x - half, y - half, x + half, y + half)
    shapely.prepare(shape)
    share = shapely.contains_properly(shape, cells).astype(float)
    edge = shapely.intersects(shape, cells) & (share == 0)
    share[edge] = shapely.area(shapely.intersection(cells[edge], shape)) / transform.a**2
    return share


def _smooth_noise(grid: tuple[int, int], sigma: float, random: np.random.Generator) -> np.ndarray:
    from scipy.ndimage import gaussian_filter

    noise = gaussian_filter(random.normal(size=grid), sigma)
    return noise / noise.std()
