"""The database of the tests' server, as an administrator has it in hand: saved, put back, and made older."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from labelstudio_postgres import place_of, query

from corpus.labelstudio.local.install import DATABASE
from corpus.labelstudio.local.postgres import Postgres
from corpus.labelstudio.local.server import LocalServer

TABLES = ("task", "task_completion")


def saved(server: LocalServer, path: Path) -> Path:
    """Copy the whole database; return what it is put back from (the name of a database in PostgreSQL)."""
    place = place_of(server)
    if place is not None:
        query(at(place, "postgres"), f"CREATE DATABASE {copy_name(path)} TEMPLATE {place.name}")
        return path
    with sqlite(server) as live, closing(sqlite3.connect(path)) as copy:
        live.backup(copy)
    return path


def put_back(server: LocalServer, path: Path) -> None:
    """Restore the whole database as it was saved, under the running server."""
    place = place_of(server)
    if place is not None:
        drop = f"DROP DATABASE {place.name} WITH (FORCE)"
        query(at(place, "postgres"), drop, f"CREATE DATABASE {place.name} TEMPLATE {copy_name(path)}")
        return
    with sqlite(server) as live, closing(sqlite3.connect(path)) as copy:
        copy.backup(live)


def age(server: LocalServer, project: int, minutes: float) -> None:
    """Make what was just done on a project's tasks so much older."""
    place = place_of(server)
    if place is not None:
        moved = ", ".join(
            f"{name} = {name} - interval '{minutes} minutes'" for name in ("created_at", "updated_at")
        )
        just = f"project_id = {project} AND updated_at > now() - interval '10 minutes'"
        query(place, *(f"UPDATE {table} SET {moved} WHERE {just}" for table in TABLES))
        return
    since = str(datetime.now(UTC).replace(tzinfo=None) - timedelta(minutes=10))
    with sqlite(server) as live:
        for table in TABLES:
            found = f"SELECT id, created_at, updated_at FROM {table} WHERE project_id = ? AND updated_at > ?"
            for number, *moments in live.execute(found, (project, since)).fetchall():
                older = [str(datetime.fromisoformat(moment) - timedelta(minutes=minutes)) for moment in moments]
                change = f"UPDATE {table} SET created_at = ?, updated_at = ? WHERE id = ?"
                live.execute(change, (*older, number))


@contextmanager
def sqlite(server: LocalServer) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(server.data_dir / DATABASE, timeout=30)) as connection:
        yield connection
        connection.commit()


def at(place: Postgres, name: str) -> Postgres:
    """Return another database of the same PostgreSQL."""
    return Postgres(place.host, place.port, name, place.user, place.password)


def copy_name(path: Path) -> str:
    """Return the name of the copy that stands for a path, which is another in each test."""
    return f"copy_{abs(hash(path)):x}"
