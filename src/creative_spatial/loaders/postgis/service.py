"""
Which server is meant: a service of libpq, or the environment; never a password in a file of ours.

The driver knows PGHOST, PGUSER, ``~/.pgpass`` and the like. Services are looked up here: what
a service says decides whether the server is on this machine, and one that is not known must
not quietly become another.
"""

from __future__ import annotations

import configparser
import ipaddress
import os
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from creative_spatial.errors import ConfigError
from creative_spatial.loaders.columns import near

SERVICE_FILE = ".pg_service.conf"
_SHARED = ("pg_service.conf", "/etc/postgresql-common", "/etc")
_ARGUMENTS = {
    "host": "host", "hostaddr": "host", "port": "port", "user": "user", "dbname": "database",
    "password": "password", "passfile": "passfile",
}  # fmt: skip
_OF_TLS = ("sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl")


class Server(NamedTuple):
    """
    What the driver is told, beside what it takes from the environment.

    Parameters
    ----------
    arguments : dict
        Of the driver's `connect`. They may hold a password: never shown, never written down.
    local : bool
        Whether the server is on this machine.
    """

    arguments: dict[str, Any]
    local: bool

    def __repr__(self) -> str:
        return f"Server(local={self.local})"


def find_server(service: str | None) -> Server:
    """
    Look a service up.

    Parameters
    ----------
    service : str or None
        Its name in ``~/.pg_service.conf`` or the file that PGSERVICEFILE names; None is
        PGSERVICE, or PGHOST, PGPORT, PGUSER, PGDATABASE and the rest of the environment.

    Returns
    -------
    Server
        Ready to be connected to.

    Raises
    ------
    ConfigError
        If there is no such service, with those there are.
    """
    name = service or os.environ.get("PGSERVICE") or None
    stated = _stated(name) if name else {}
    arguments: dict[str, Any] = {}
    for theirs, ours in _ARGUMENTS.items():
        if stated.get(theirs):
            arguments[ours] = stated[theirs]
    tls = {key: stated[key] for key in _OF_TLS if stated.get(key)}
    arguments["dsn"] = f"postgresql://?{urlencode(tls)}" if tls else None
    host = str(arguments.get("host") or os.environ.get("PGHOST") or "")
    return Server(arguments, all(_is_local(part.strip()) for part in host.split(",")))


def _stated(name: str) -> dict[str, str]:
    """What the first service file that has it says of a service."""
    known: list[str] = []
    files = _service_files()
    for file in files:
        table = configparser.ConfigParser(interpolation=None, strict=False)
        try:
            table.read(file, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError):
            # The fault's own text would show the line, which may hold a password.
            raise ConfigError(f"{file}: it is no service file; see PostgreSQL's manual.") from None
        if name in table.sections():
            return dict(table[name])
        known += table.sections()
    hint = near(name, known) if known else "; no service file has any"
    shown = " or ".join(str(file) for file in files)
    raise ConfigError(
        f"There is no PostgreSQL service {name!r} in {shown}{hint}. Add a section [{name}] with "
        "host, port, dbname and user; its password goes into ~/.pgpass."
    )


def _service_files() -> list[Path]:
    """Where libpq looks, in its order."""
    shared, *folders = _SHARED
    own = os.environ.get("PGSERVICEFILE")
    places = [os.environ.get("PGSYSCONFDIR"), *folders]
    return [
        Path(own) if own else Path.home() / SERVICE_FILE,
        *(file for place in places if place and (file := Path(place) / shared).is_file()),
    ]


def _is_local(host: str) -> bool:
    """Whether a host is this machine: a socket's folder, or a loopback address."""
    if not host or host.startswith(("/", "@")) or host.casefold() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
