"""Many cities out of one country file: extract."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from creative_spatial.cli.commands import cli
from creative_spatial.cli.terminal import progress
from creative_spatial.errors import CreativeSpatialError, OutputError
from creative_spatial.inert import plain

if TYPE_CHECKING:
    import geopandas as gpd


@cli.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--areas", required=True, type=click.Path(path_type=Path),
              help="Vector file with one polygon for each city.")  # fmt: skip
@click.option("--out", required=True, type=click.Path(path_type=Path),
              help="Folder that gets a city folder for each area.")  # fmt: skip
@click.option("--id", "id_column", help="Column that names the folders; id or name otherwise.")
@click.option("--layer", help="Layer of an areas file that has several.")
@click.option("--where", help="Which areas, as a condition in SQL.")
@click.option("--crs", help="CRS of an areas file that does not say it, e.g. EPSG:32647.")
@click.option("--taxonomy", "taxonomies", multiple=True,
              type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="Folder with a city's own concepts, if they begin with other keys.")  # fmt: skip
def extract(
    *, file: Path, areas: Path, out: Path, id_column: str | None, layer: str | None,
    where: str | None, crs: str | None, taxonomies: tuple[Path, ...],
) -> None:  # fmt: skip
    """Cut many cities out of one OpenStreetMap file, each a city folder for check and assess."""
    from creative_spatial.loaders import cut_osm
    from creative_spatial.loaders.boundaries import read_polygons
    from creative_spatial.taxonomy import Taxonomy

    table = read_polygons(areas, layer=layer, where=where, crs=crs)
    with progress() as tell:
        cut = cut_osm(
            file,
            table,
            out,
            id_column=id_column,
            taxonomy=Taxonomy.load(*taxonomies),
            progress=lambda what: tell("extract", what),
        )
    faults = [fault for area in cut.index if (fault := _city_folder(cut.loc[[area]], out))]
    kinds = ["node", "way", "closed_way", "relation"]
    for area, objects in cut[kinds].sum(axis=1).items():
        click.echo(f"{area!s:32}{objects:>12,} objects")
    click.echo(f"{len(cut)} areas in {plain(str(out))}; next: creative-spatial check {out}/…")
    if faults:
        raise OutputError("\n".join(faults))


def _city_folder(area: gpd.GeoDataFrame, out: Path) -> str:
    """Make the city.toml of an area unless there is one; returns what went wrong."""
    from creative_spatial.dossier.scaffold import CITY_FILE, write_city_folder

    folder = out / str(area.index[0])
    if (folder / CITY_FILE).exists():
        return ""
    try:
        write_city_folder(
            folder, boundary=area.geometry, pbf=None, name=area["name"].iloc[0], osm_folder="osm"
        )
    except CreativeSpatialError as error:
        return f"{folder}: {error}"
    return ""
