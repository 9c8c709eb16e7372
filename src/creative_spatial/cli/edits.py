"""What was changed in a results folder's map: changes."""

from __future__ import annotations

from pathlib import Path

import click

from creative_spatial.cli.commands import cli
from creative_spatial.errors import OutputError
from creative_spatial.inert import plain

NEXT = (
    "To let it into the next assessment, put the file beside city.toml and add:\n"
    '[[edits]]\npath = "{name}"\nsource = "ID"   # of the [[source]] that made the changes'
)


@cli.command()
@click.argument("edited", type=click.Path(path_type=Path))
@click.option("--base", type=click.Path(path_type=Path),
              help="Results folder the GeoPackage was made with, where it lies elsewhere.")  # fmt: skip
@click.option("--tolerance-m", default=0.05, show_default=True, type=click.FloatRange(min=0),
              help="Greatest shift in metres that is no move.")  # fmt: skip
@click.option("--csv", "as_csv", is_flag=True, help="Print the whole table as CSV.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print the changes as JSON, as --save keeps them."
)
@click.option("--save", type=click.Path(path_type=Path, dir_okay=False),
              help="Keep the changes in this new file, for [[edits]] in city.toml.")  # fmt: skip
def changes(
    edited: Path, *, base: Path | None, tolerance_m: float, as_csv: bool, as_json: bool, save: Path | None
) -> None:  # fmt: skip
    """List what was changed in city.gpkg since it was written: a results folder, or the file."""
    from creative_spatial import dossier, loaders

    found = loaders.read_edited(edited, base=base, tolerance_m=tolerance_m)
    if as_csv:
        click.echo(dossier.edits_csv(found.changes), nl=False)
    elif as_json:
        click.echo(loaders.edits_json(found), nl=False)
    else:
        for line in dossier.edits_lines(found.changes):
            click.echo(plain(line))
    if save is not None:
        try:
            with save.open("x", encoding="utf-8", newline="\n") as file:
                file.write(loaders.edits_json(found))
        except FileExistsError as error:
            raise OutputError(
                f"{save} is there already; choose another name: several files of edits are applied "
                "one after another."
            ) from error
        except OSError as error:
            raise OutputError(f"{save} cannot be written: {error.strerror}.") from error
        click.echo(f"Kept in {save}. {NEXT.format(name=save.name)}", err=True)
