"""A real PostgreSQL with PostGIS, started in a temporary folder and thrown away."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import asyncpg
import pytest

OWNER, READER = "keeper", "planner"
PASSWORDS = {OWNER: "k33p-it-safe", READER: "pl4n-a-head"}
PORT = 54329  # only names the socket: the server listens to no network


def _programs():
    """The folder of `initdb` and `postgres`, newest version first; skip, or fail in CI."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    onpath = shutil.which("initdb")
    homes = [path.parent for path in found] + ([Path(onpath).parent] if onpath else [])
    with_postgis = [
        home
        for home in homes
        if list(Path("/usr/share/postgresql").glob(f"{home.parent.name}/extension/postgis.control"))
        or (home.parent / "share" / "extension" / "postgis.control").exists()
    ]
    if with_postgis:
        return with_postgis[0]
    reason = "PostgreSQL with PostGIS is not installed (Debian: postgresql-postgis)"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


class PostgisServer:
    """A server with two users and three databases: `city`, `old` (SQL_ASCII) and `bare`."""

    def __init__(self):
        self.bin = _programs()
        self.folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # a socket's path is short
        self.as_user = {}
        if os.name == "posix" and os.geteuid() == 0:  # PostgreSQL never runs as root
            self.as_user = {"user": "postgres", "group": "postgres", "extra_groups": []}
            shutil.chown(self.folder, "postgres", "postgres")
        self.service_file = self.folder / "pg_service.conf"

    def _run(self, program, *arguments):
        done = subprocess.run(
            [self.bin / program, *arguments],
            **self.as_user, cwd=self.folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{program}: {done.stdout}{done.stderr}"

    def start(self):
        """Make the cluster and its databases."""
        secret = self.folder / "secret"
        secret.write_text(PASSWORDS[OWNER])
        secret.chmod(0o644)
        data = str(self.folder / "data")
        self._run("initdb", "-D", data, "-U", OWNER, "-E", "UTF8", "--locale=C", "-N",
                  "--auth=scram-sha-256", f"--pwfile={secret}")  # fmt: skip
        self.control("start")
        self.execute(f"CREATE ROLE {READER} LOGIN PASSWORD '{PASSWORDS[READER]}'", db="postgres")
        for db, encoding in (("city", "UTF8"), ("old", "SQL_ASCII"), ("bare", "UTF8")):
            made = f"CREATE DATABASE {db} TEMPLATE template0 ENCODING '{encoding}' LOCALE 'C'"
            self.execute(made, db="postgres")
            if db != "bare":
                self.execute("CREATE EXTENSION postgis", db=db)
        services = {
            "cityhall": ("city", READER),
            "archive": ("old", READER),
            "empty": ("bare", READER),
        }
        self.service_file.write_text("".join(
            f"[{name}]\nhost={self.folder}\nport={PORT}\ndbname={db}\nuser={user}\n\n"
            for name, (db, user) in services.items()
        ))  # fmt: skip
        self.password_file = self.folder / "pgpass"
        self.password_file.write_text(f"*:*:*:{READER}:{PASSWORDS[READER]}\n")
        self.password_file.chmod(0o600)

    def control(self, action):
        """Start or stop the server."""
        options = f"-k {self.folder} -p {PORT} -c listen_addresses='' -c fsync=off"
        arguments = ["-D", str(self.folder / "data"), "-w", "-m", "immediate"]
        if action == "start":
            arguments = [*arguments[:3], "-o", options, "-l", str(self.folder / "log")]
        self._run("pg_ctl", action, *arguments)

    def stop(self):
        """Stop the server and remove everything."""
        self.control("stop")
        shutil.rmtree(self.folder)

    def execute(self, *statements, db="city"):
        """Run statements as the owner."""

        async def run():
            connection = await asyncpg.connect(
                host=str(self.folder), port=PORT, user=OWNER, password=PASSWORDS[OWNER], database=db
            )
            try:
                return [await connection.fetch(statement) for statement in statements][-1]
            finally:
                await connection.close()

        return asyncio.run(run())

    def copy(self, table, records, columns, db="city"):
        """Fill a table with many rows."""

        async def run():
            connection = await asyncpg.connect(
                host=str(self.folder), port=PORT, user=OWNER, password=PASSWORDS[OWNER], database=db
            )
            try:
                await connection.copy_records_to_table(table, records=records, columns=columns)
            finally:
                await connection.close()

        asyncio.run(run())
