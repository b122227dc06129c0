"""One SQLite file that is changed in transactions, each a durable step; what goes wrong is one sentence."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Self

from corpus.errors import ServerError
from corpus.labelstudio.ledger.journal import durable

__all__ = ["Database"]


class Database:
    """An open file; one that is not ``kept`` is a rehearsal in memory, whose changes are no durable steps."""

    def __init__(self, connection: sqlite3.Connection, path: Path, *, kept: bool = True) -> None:
        self._db, self.path, self.kept = connection, path, kept
        self._depth = 0

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def __enter__(self) -> Self:
        """Give the file itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self.close()

    @contextmanager
    def transaction(self, name: str = "ledger") -> Iterator[None]:
        """Make the changes of the block together or not at all; blocks may nest."""
        self._depth += 1
        try:
            if self._depth > 1:
                yield
                return
            self._run("BEGIN IMMEDIATE")
            try:
                yield
                if self.kept:
                    with durable(name):
                        self._run("COMMIT")
                else:
                    self._run("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # a full disk has ended it already
                    self._db.execute("ROLLBACK")
                raise
        finally:
            self._depth -= 1

    def _run(self, statement: str, values: Iterable[object] = ()) -> sqlite3.Cursor:
        try:
            return self._db.execute(statement, tuple(values))
        except sqlite3.DatabaseError as error:
            raise ServerError(
                f"{self.path} cannot be used ({error}): make room where the disk is full; where it is damaged, "
                "remove it, and the next sync finds everything again."
            ) from None

    def _do(self, statement: str, *values: object) -> None:
        if self._depth:
            self._run(statement, values)
            return
        with self.transaction():
            self._run(statement, values)

    def _one(self, query: str, *values: object) -> Any:
        with closing(self._run(query, values)) as rows:
            return rows.fetchone()

    def _all(self, query: str, *values: object) -> list[Any]:
        return self._run(query, values).fetchall()
