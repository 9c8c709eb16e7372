"""One read-only transaction of a PostGIS database, and its faults in a planner's words."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING, Any, TypeVar

from creative_spatial.errors import (
    ConfigError,
    CreativeSpatialError,
    LoadError,
    SourceUnavailableError,
)
from creative_spatial.loaders.postgis.service import find_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine

CONNECT_S = 15.0
_GRACE_S = 5.0
"""What the server gets beyond its own limit before the client gives up by itself."""

Outcome = TypeVar("Outcome")


def run_to_end(work: Coroutine[Any, Any, Outcome]) -> Outcome:
    """
    Run asynchronous work from plain code, in a notebook too, whose own loop is running.

    Parameters
    ----------
    work : coroutine
        The work.

    Returns
    -------
    object
        What the work returns.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    found: list[Outcome] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            found.append(asyncio.run(work))
        except BaseException as error:  # noqa: BLE001  (raised again by who waits)
            failed.append(error)

    thread = threading.Thread(target=run, name="postgis", daemon=True)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return found[0]


@contextlib.asynccontextmanager
async def reading(
    file: str, service: str | None, *, timeout_s: float, offline: bool
) -> AsyncIterator[Any]:
    """
    Open a transaction that can only read, and sees one state of the database.

    Parameters
    ----------
    file : str
        What messages call the table.
    service : str or None
        As `find_server` takes it.
    timeout_s : float
        Longest time for any one question, in seconds.
    offline : bool
        Ask a server on this machine only.

    Yields
    ------
    asyncpg.Connection
        In the transaction; rolled back at the end whatever happens.

    Raises
    ------
    ConfigError
        If the driver is not installed, or nobody knows the service.
    SourceUnavailableError
        If the server is not there, refuses, or takes too long.
    LoadError
        If what was asked for may not be read.
    """
    try:
        import asyncpg
    except ImportError as error:
        raise ConfigError(
            f"{file}: reading PostGIS takes the extra `postgis`: "
            'pip install "creative-spatial[postgis]".'
        ) from error
    server = find_server(service)
    if offline and not server.local:
        raise SourceUnavailableError(
            f"{file}: the database is on another machine, and --offline asks none. Leave the "
            "option out, or export the table to a GeoPackage."
        )
    try:
        connection = await asyncpg.connect(
            **server.arguments, timeout=CONNECT_S, command_timeout=timeout_s + _GRACE_S
        )
    except Exception as error:  # noqa: BLE001  (drivers and sockets fail in many classes)
        raise _of_connecting(error, file) from None
    try:
        await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        limit = str(int(timeout_s * 1000))
        await connection.execute(
            "SELECT pg_catalog.set_config('statement_timeout', $1, true)", limit
        )
        yield connection
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
        if isinstance(error, CreativeSpatialError):
            raise
        raise _of_reading(error, file, timeout_s) from None
    finally:
        connection.terminate()


def _of_connecting(error: Exception, file: str) -> CreativeSpatialError:
    """Why there is no connection; the server's own words name hosts and users and stay out."""
    import asyncpg

    if isinstance(error, asyncpg.InvalidPasswordError):
        said = (
            "the server refused the password. Put the right one into ~/.pgpass (readable by you "
            "alone) or PGPASSWORD; never into city.toml."
        )
    elif isinstance(error, asyncpg.InvalidAuthorizationSpecificationError):
        said = "the server lets this user in from here by no way; ask who runs it."
    elif isinstance(error, asyncpg.InvalidCatalogNameError):
        said = "the server has no database of that name; mend dbname in the service file."
    elif isinstance(error, asyncpg.TooManyConnectionsError | asyncpg.CannotConnectNowError):
        said = "the server takes no connections now; try again later."
    elif isinstance(error, TimeoutError):
        said = f"the server did not answer within {CONNECT_S:.0f} s; is the network or VPN on?"
    elif isinstance(error, asyncpg.ClientConfigurationError | ValueError):
        said = "the service file or the environment (PGHOST, PGPORT, …) has a value that is wrong."
        return ConfigError(f"{file}: {said}")
    elif isinstance(error, OSError):
        said = (
            "no server answers there; is it running, and are host and port of the service "
            "(or PGHOST, PGPORT) right?"
        )
    else:
        said = f"the server cannot be used ({type(error).__name__})."
    return SourceUnavailableError(f"{file}: {said}")


def _of_reading(error: Exception, file: str, timeout_s: float) -> CreativeSpatialError:
    """Why an answer failed to come."""
    import asyncpg

    if isinstance(error, asyncpg.QueryCanceledError | TimeoutError):
        return SourceUnavailableError(
            f"{file}: the server took longer than {timeout_s:g} s and was stopped. An index on the "
            "geometry (CREATE INDEX … USING gist) mostly helps; or name a smaller view."
        )
    if isinstance(error, asyncpg.InsufficientPrivilegeError):
        return LoadError(
            f"{file}: this user may not read it ({error.args[0]}); ask its owner for SELECT on it."
        )
    if isinstance(error, asyncpg.ReadOnlySQLTransactionError):
        return LoadError(
            f"{file}: reading it would change the database ({error.args[0]}), which is never done; "
            "name a plain table or view."
        )
    if isinstance(error, OSError | asyncpg.InterfaceError) or error.args[:1] == ("",):
        return SourceUnavailableError(f"{file}: the connection broke while reading; try again.")
    if isinstance(
        error,
        asyncpg.AdminShutdownError | asyncpg.CrashShutdownError | asyncpg.PostgresConnectionError,
    ):
        return SourceUnavailableError(f"{file}: the server went away while reading; try again.")
    return LoadError(f"{file}: the server cannot read it: {error.args[0]}.")
