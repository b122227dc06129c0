"""The PostgreSQL database that a local server keeps its data in, where it was told to; else it is an SQLite file.

It is named once, by the variables that Label Studio itself reads, and remembered in the server's private folder.
The password is not: it is read from the environment at each start, and stored nowhere.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from corpus.errors import ServerError, UsageError
from corpus.labelstudio.ledger.private import read_private, write_private
from corpus.labelstudio.local.install import DATABASE

__all__ = ["Postgres", "asked_postgres", "chosen_postgres", "keep_postgres", "with_password"]

_RECORD = "database.json"
_KIND, _PASSWORD = "DJANGO_DB", "POSTGRE_PASSWORD"
_KEPT = ("host", "port", "name", "user")
_POSTGRES = frozenset({"default", "postgresql"})
_SQLITE = frozenset({"", "sqlite"})


@dataclass(frozen=True, slots=True)
class Postgres:
    """A database and who may use it; the password is not in its ``repr``."""

    host: str
    port: int
    name: str
    user: str
    password: str = field(default="", repr=False)
    """Empty where it is not known."""

    def __str__(self) -> str:
        """Name the place, without who may use it."""
        return f"{self.name} on {self.host}:{self.port}"

    def environment(self) -> dict[str, str]:
        """Return the variables that Label Studio reads it from."""
        said = {f"POSTGRE_{name.upper()}": str(value) for name, value in asdict(self).items()}
        return {_KIND: "default", **said}


def asked_postgres(environ: Mapping[str, str] = os.environ) -> Postgres | None:
    """Return the database that $DJANGO_DB and $POSTGRE_… name, or None where they ask for none.

    Raises:
        UsageError: they ask for another kind of database, or leave out what it takes.
    """
    kind = environ.get(_KIND, "")
    if kind in _SQLITE:
        return None
    if kind not in _POSTGRES:
        raise UsageError(f"{_KIND} is default (PostgreSQL) or sqlite, got {kind!r}.")
    missing = [name for name in ("NAME", "USER", "PASSWORD") if not environ.get(f"POSTGRE_{name}")]
    if missing:
        names = ", ".join(f"POSTGRE_{name}" for name in missing)
        raise UsageError(f"{_KIND}={kind} asks for a PostgreSQL database, and {names} must be set too.")
    port = environ.get("POSTGRE_PORT") or "5432"
    if not (port.isascii() and port.isdecimal() and 0 < int(port) < 65536):
        raise UsageError(f"POSTGRE_PORT is a number from 1 to 65535, got {port!r}.")
    host = environ.get("POSTGRE_HOST") or "localhost"
    name, user, password = (environ[f"POSTGRE_{name}"] for name in ("NAME", "USER", "PASSWORD"))
    return Postgres(host, int(port), name, user, password)


def chosen_postgres(
    data_dir: Path, asked: Postgres | None, environ: Mapping[str, str] = os.environ
) -> tuple[Postgres | None, bool]:
    """Return the database of the server whose data lie in a folder, and whether it was used before.

    Raises:
        ServerError: the folder's server has its data elsewhere than it is asked to.
    """
    kept = _kept(data_dir)
    if asked is None:
        return kept and replace(kept, password=environ.get(_PASSWORD, "")), True
    if kept is not None and str(kept) != str(asked):
        raise ServerError(
            f"The server of {data_dir} keeps its data in {kept}, and {asked} is asked for: name another folder "
            f"with `data=`, or, where the database itself was moved, remove {data_dir / _RECORD}."
        )
    if kept is None and (data_dir / DATABASE).exists():
        raise ServerError(
            f"The server of {data_dir} keeps its data in an SQLite file, and {asked} is asked for: name another "
            f"folder with `data=`, or unset {_KIND}."
        )
    return asked, kept is not None


def with_password(data_dir: Path, database: Postgres) -> Postgres:
    """Return the database of a folder's server if its password is known.

    Raises:
        ServerError: it is not.
    """
    if not database.password:
        raise ServerError(
            f"The server of {data_dir} keeps its data in {database}: set {_PASSWORD} to the password of "
            f"{database.user} there, which is stored nowhere."
        )
    return database


def keep_postgres(data_dir: Path, database: Postgres) -> None:
    """Remember, for the owner alone, where the server of a folder keeps its data; not the password."""
    write_private(data_dir / _RECORD, {name: value for name, value in asdict(database).items() if name in _KEPT})


def _kept(data_dir: Path) -> Postgres | None:
    record = read_private(data_dir / _RECORD)
    if record is None:
        return None
    host, port, name, user = (record.get(name) for name in _KEPT)
    if not (isinstance(host, str) and isinstance(port, int) and isinstance(name, str) and isinstance(user, str)):
        raise ServerError(f"{data_dir / _RECORD} must hold {', '.join(_KEPT)}; remove it to name them anew.")
    return Postgres(host, port, name, user)
