"""A PostgreSQL of the tests' own, on the loopback interface and a free port; ended with the run that began it."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from corpus.labelstudio.local.install import Installation, migrate, quiet_environment
from corpus.labelstudio.local.postgres import Postgres, chosen_postgres
from corpus.labelstudio.local.server import LocalServer

CHOSEN = "NEWSCORPUS_TEST_POSTGRES"
"""Set, the tests' servers keep their data in PostgreSQL."""

HALVES = "PostgreSQL refuses half of a surrogate pair, so that nothing on the server holds one"
HOST, OWNER, PATIENCE = "127.0.0.1", "newscorpus", 120.0
SETTINGS = {"listen_addresses": HOST, "unix_socket_directories": "", "fsync": "off"}
MIGRATED = "migrated"
PASSWORD = secrets.token_urlsafe(16)
"""Of all databases of this process: a server takes it from the environment."""


def binaries() -> Path | None:
    """Return the folder of this machine's newest PostgreSQL, or None where there is none."""
    packaged = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(packaged, key=lambda path: int(path.parts[-3]), default=None)
    found = newest or shutil.which("initdb")
    return Path(found).parent if found else None


@dataclass
class Cluster:
    """A running PostgreSQL; its databases are reached with a password alone."""

    folder: Path
    binaries: Path
    port: int
    password: str
    made: int = 0

    def place(self, name: str) -> Postgres:
        """Return how the database of that name is reached."""
        return Postgres(HOST, self.port, name, OWNER, self.password)

    def empty(self) -> Postgres:
        """Return a new database without a table."""
        return self._new("template0")

    def migrated(self, installation: Installation) -> Postgres:
        """Return a new database with the tables of an installation, which are made once."""
        if not query(self.place("postgres"), f"SELECT 1 FROM pg_database WHERE datname = '{MIGRATED}'"):
            query(self.place("postgres"), f"CREATE DATABASE {MIGRATED}")
            work, place = Path(tempfile.mkdtemp(dir=self.folder)), self.place(MIGRATED)
            settings = {**quiet_environment(work), **place.environment(), "SECRET_KEY": "no secret: it has no user"}
            migrate(installation, settings, f"make its tables in {place}")
        return self._new(MIGRATED)

    def _new(self, template: str) -> Postgres:
        self.made += 1
        query(self.place("postgres"), f"CREATE DATABASE server_{self.made} TEMPLATE {template}")
        return self.place(f"server_{self.made}")


def place_of(server: LocalServer) -> Postgres | None:
    """Return the PostgreSQL database of a server, None where it has an SQLite file."""
    place, _ = chosen_postgres(server.data_dir, None)
    return place


def needs_sqlite(server: LocalServer, why: str) -> None:
    """Skip a test of what only a server with an SQLite file does."""
    if place_of(server) is not None:
        pytest.skip(why)


def query(place: Postgres, *statements: str) -> str:
    """Run statements in a database, each by itself, and return what they give, a line a row."""
    folder = binaries()
    assert folder is not None
    command = [str(folder / "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", place.host, "-p", str(place.port)]
    command += ["-U", place.user, "-d", place.name]
    command += [part for statement in statements for part in ("-c", statement)]
    secret = {**os.environ, "PGPASSWORD": place.password}
    done = subprocess.run(command, env=secret, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """Make a PostgreSQL in a folder of its own, start it, and end and remove it whatever happens."""
    found = binaries()
    assert found is not None, "PostgreSQL is not installed here (on Debian: apt install postgresql)"
    # It refuses to be run by root.
    owner = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
    as_owner = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": ()} if owner else {}
    folder, port, password = Path(tempfile.mkdtemp(prefix="newscorpus-")), _free_port(), PASSWORD
    os.environ["POSTGRE_PASSWORD"] = PASSWORD
    try:
        (folder / "password").write_text(password, "utf-8")
        for path in (folder, folder / "password"):
            if owner:
                os.chown(path, owner.pw_uid, owner.pw_gid)
        command = [str(found / "initdb"), "-D", "data", "-U", OWNER, "-A", "scram-sha-256", "--pwfile=password"]
        command += ["-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, **as_owner)
        assert done.returncode == 0, done.stderr
        command = [str(found / "postgres"), "-D", "data", "-p", str(port)]
        command += [f"--{name}={value}" for name, value in SETTINGS.items()]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, **as_owner)
        try:
            _wait(process, port, folder / "log")
            yield Cluster(folder, found, port, password)
        finally:
            process.send_signal(signal.SIGINT)  # ends the open sessions too
            process.wait(PATIENCE)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        if b"ready to accept connections" in log.read_bytes():
            return
        time.sleep(0.1)
    raise AssertionError(f"PostgreSQL did not start on port {port}: {log.read_text('utf-8')}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
