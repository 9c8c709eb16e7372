"""
The report of a check as one page: for a phone, a printer, a colleague without the program.

Everything is in the file. Its content-security policy forbids scripts and the network, and
allows the one style by its hash; text from data is escaped by the template engine.
"""

from __future__ import annotations

import base64
import hashlib
import os
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from creative_spatial.dossier.checks.record import row_ranges, tally, verdict
from creative_spatial.dossier.folder import SOFTWARE, writing
from creative_spatial.dossier.record import VERSION
from creative_spatial.errors import OutputError
from creative_spatial.findings import finding_kinds
from creative_spatial.inert import plain
from creative_spatial.resources import resource_path

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup

    from creative_spatial.findings import CheckReport

GENERATOR = f"{SOFTWARE} {VERSION}, check"
_MARK = f'<meta name="generator" content="{SOFTWARE} '
_SUFFIXES = (".html", ".htm")


def check_page(report: CheckReport) -> str:
    """
    Write a report as one self-contained HTML page.

    Parameters
    ----------
    report : CheckReport
        What was found.

    Returns
    -------
    str
        HTML; the same for the same report.
    """
    from markupsafe import Markup

    style = resource_path("pages", "check.css").read_text(encoding="utf-8")
    digest = hashlib.sha256(style.encode("utf-8")).digest()
    return _template().render(
        report=report,
        kinds=finding_kinds(),
        verdict=verdict(report),
        tally=tally(report),
        generator=GENERATOR,
        style=Markup(style),  # noqa: S704  (the package's own)
        style_hash=base64.b64encode(digest).decode("ascii"),
    )


def write_check_page(report: CheckReport, path: Path | str) -> Path:
    """
    Write the page to a file, whole or not at all.

    Parameters
    ----------
    report : CheckReport
        What was found.
    path : Path or str
        A ``.html`` file; one that is there is replaced if it is such a page.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    OutputError
        If the file is something else's, or cannot be written.
    """
    target = Path(path)
    check_page_target(target)
    with writing(str(target)):
        number, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        beside = Path(name)
        try:
            with os.fdopen(number, "wb") as file:
                file.write(check_page(report).encode("utf-8", "replace"))
            beside.chmod(0o666 & ~_umask())
            beside.replace(target)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
    return target


def check_page_target(target: Path) -> None:
    """
    Refuse a file that is no page of ours: a check changes nothing.

    Parameters
    ----------
    target : Path
        Where the page is wanted.

    Raises
    ------
    OutputError
        With what is in the way.
    """
    if target.suffix.lower() not in _SUFFIXES:
        raise OutputError(f"{target}: the page is a file that ends in .html; name one.")
    with writing(str(target)):
        if target.is_dir():
            raise OutputError(f"{target} is a folder; name a file in it.")
        if os.path.lexists(target):
            with target.open("rb") as file:
                ours = _MARK.encode() in file.read(4096)
            if not ours:
                raise OutputError(
                    f"{target} is there already and is no page of a check; choose another name."
                )
        if not target.parent.is_dir():
            raise OutputError(f"{target.parent} is no folder; make it first.")


def _umask() -> int:
    """What new files are not allowed here; a temporary file is its owner's alone."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


@lru_cache(maxsize=1)
def _template() -> Template:
    """The page's template, with escaping on and nothing undefined passed over."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(resource_path("pages")),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.filters |= {"shown": plain, "code": _with_code, "ranges": row_ranges}
    return environment.get_template("check.html.jinja")


def _with_code(text: str) -> Markup:
    """A message with what stands between backticks set as code, all of it escaped."""
    from markupsafe import Markup, escape

    parts = plain(text).split("`")
    if len(parts) % 2 == 0:  # one has no partner
        return escape(plain(text))
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else escape(part)
        for place, part in enumerate(parts)
    )
