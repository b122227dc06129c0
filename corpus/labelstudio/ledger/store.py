"""What this checkout knows of servers and must not publish: who is who, and what was last seen on each side.

It is one SQLite file in the project's working folder, outside git and releases, readable by its owner alone.
Losing it loses no annotation and doubles nothing: a project is found again by its mark, a task by the
document and text in its data, an annotation by its number, its time or its content.

Every change is a transaction: killed at any moment, the file holds the state before or after it. A
transaction that tells of a written file or a request is made *after* that act, so the ledger may lag behind
the world and never runs ahead of it; what lags is seen again at the next sync, and recognised.
"""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from corpus.errors import ServerError
from corpus.files import in_turn
from corpus.labelstudio.ledger.known import Batch, Conflict, Key, KnownTask, Line, SeenAnnotation, Step
from corpus.labelstudio.ledger.people import People
from corpus.labelstudio.ledger.private import private_folder, read_private
from corpus.labelstudio.ledger.seen import Seen
from corpus.progress import SILENT, Progress

__all__ = [
    "LEDGER",
    "OLD_NAMES",
    "Batch",
    "Conflict",
    "Key",
    "KnownTask",
    "Ledger",
    "SeenAnnotation",
    "Step",
]

LEDGER = "ledger.sqlite3"
OLD_NAMES = "old_names"
"""The fact that tells which annotations on the server bear names that the scheme has renamed."""
_OLD_LEDGER = "ledger.json"
_VERSION = 4

_LINES = """
CREATE TABLE IF NOT EXISTS lines (mark TEXT, doc_id TEXT, annotator TEXT, revision INTEGER, raw TEXT, content TEXT,
  PRIMARY KEY (mark, doc_id, annotator)) WITHOUT ROWID
"""
_TABLES = """
CREATE TABLE facts (mark TEXT, name TEXT, value TEXT, PRIMARY KEY (mark, name)) WITHOUT ROWID;
CREATE TABLE people (person TEXT PRIMARY KEY, pseudonym TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE tasks (mark TEXT, id INTEGER, doc_id TEXT, text_sha256 TEXT, anchor_sha256 TEXT, state TEXT,
  updated_at TEXT, asked TEXT NOT NULL DEFAULT '', PRIMARY KEY (mark, id)) WITHOUT ROWID;
CREATE INDEX tasks_of_document ON tasks (mark, doc_id);
CREATE INDEX tasks_of_state ON tasks (mark, state);
CREATE TABLE annotations (mark TEXT, id INTEGER, task INTEGER, doc_id TEXT, annotator TEXT, digest TEXT,
  updated_at TEXT, cancelled INTEGER, lead_time REAL, PRIMARY KEY (mark, id)) WITHOUT ROWID;
CREATE INDEX annotations_of_task ON annotations (mark, task);
CREATE INDEX annotations_of_key ON annotations (mark, doc_id, annotator);
CREATE TABLE steps (mark TEXT, doc_id TEXT, annotator TEXT, revision INTEGER, pulled INTEGER, shown TEXT,
  PRIMARY KEY (mark, doc_id, annotator)) WITHOUT ROWID;
CREATE TABLE predictions (mark TEXT, task INTEGER, model_version TEXT, id INTEGER,
  PRIMARY KEY (mark, task, model_version)) WITHOUT ROWID;
CREATE TABLE texts (sha256 TEXT PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE batches (mark TEXT, number INTEGER, sent_at REAL, documents TEXT, PRIMARY KEY (mark, number));
CREATE TABLE conflicts (mark TEXT, doc_id TEXT, annotator TEXT, kind TEXT, place TEXT, message TEXT,
  PRIMARY KEY (mark, doc_id, annotator)) WITHOUT ROWID;
"""


class Ledger(People, Seen):
    """The ledger of one checkout; everything but the people is kept by project mark."""

    @classmethod
    def open(cls, folder: Path) -> Ledger:
        """Open the ledger of a folder, a new one where there is none.

        Raises:
            ServerError: it is there and cannot be read.
        """
        path = private_folder(folder) / LEDGER
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        try:
            with ExitStack() as failed:
                connection = sqlite3.connect(path, isolation_level=None, timeout=30)
                failed.callback(connection.close)
                connection.execute("PRAGMA synchronous = FULL")
                version = connection.execute("PRAGMA user_version").fetchone()[0]
                if not 0 <= version <= _VERSION:
                    raise ServerError(
                        f"{path} was written by a newer newscorpus (format {version}); upgrade newscorpus."
                    )
                ledger = cls(connection, path)
                if version == 0:
                    ledger._make(folder)
                elif version < _VERSION:
                    ledger._upgrade(version)
                failed.pop_all()
        except sqlite3.DatabaseError as error:
            raise ServerError(
                f"{path} cannot be read ({error}); remove it: the next sync finds everything again."
            ) from None
        return ledger

    @classmethod
    @contextmanager
    def in_turn(cls, folder: Path, progress: Progress = SILENT) -> Iterator[Ledger]:
        """Open the ledger of a folder for one program at a time: whoever comes second waits, and tells so.

        Raises:
            ServerError: it is there and cannot be read.
        """
        with in_turn(private_folder(folder) / "lock", progress), cls.open(folder) as ledger:
            yield ledger

    @classmethod
    def looking(cls, folder: Path) -> Ledger:
        """Return a new ledger in memory, for who wants to look where no ledger is and leave none behind."""
        ledger = cls(sqlite3.connect(":memory:", isolation_level=None), folder / LEDGER, kept=False)
        ledger._make(folder)
        return ledger

    def rehearsal(self) -> Ledger:
        """Return a copy in memory: what a dry run notes there is forgotten with it."""
        copy = sqlite3.connect(":memory:", isolation_level=None)
        self._db.backup(copy)
        return Ledger(copy, self.path, kept=False)

    def _make(self, folder: Path) -> None:
        with self.transaction("ledger-new"):
            for statement in (*_TABLES.split(";"), _LINES):
                self._db.execute(statement)
            self._db.execute(f"PRAGMA user_version = {_VERSION}")
            self.set_fact("", "ledger", secrets.token_hex(8))
            old = read_private(folder / _OLD_LEDGER) or {}
            people = old.get("people")
            for person, pseudonym in (people if isinstance(people, dict) else {}).items():
                self.learn(str(person), str(pseudonym))
        if self.kept:
            (folder / _OLD_LEDGER).unlink(missing_ok=True)

    def _upgrade(self, version: int) -> None:
        """Bring a ledger of an older format up to this one; the next sync notes what the lines say."""
        with self.transaction("ledger-upgraded"):
            if version < 2:
                self._run("ALTER TABLE steps ADD COLUMN shown TEXT")
            if version < 3:
                self._run(_LINES)
                self._run("DELETE FROM facts WHERE name = 'files'")
            if all(row[1] != "asked" for row in self._run("PRAGMA table_info(tasks)").fetchall()):
                self._run("ALTER TABLE tasks ADD COLUMN asked TEXT NOT NULL DEFAULT ''")
            self._run(f"PRAGMA user_version = {_VERSION}")

    # -- facts of a project ------------------------------------------------------------------------------

    def fact(self, mark: str, name: str) -> str | None:
        """Return a fact of a project ("cursor", "fresh_from", "build" …), or None."""
        row = self._one("SELECT value FROM facts WHERE mark = ? AND name = ?", mark, name)
        return None if row is None else row[0]

    def set_fact(self, mark: str, name: str, value: str | None) -> None:
        """Note a fact of a project; None forgets it."""
        if value is None:
            self._do("DELETE FROM facts WHERE mark = ? AND name = ?", mark, name)
        else:
            self._do("INSERT OR REPLACE INTO facts VALUES (?, ?, ?)", mark, name, value)

    @property
    def id(self) -> str:
        """What tells this ledger from another checkout's."""
        return self.fact("", "ledger") or ""

    def knows(self, mark: str) -> bool:
        """Tell whether this project was ever read whole."""
        return self.fact(mark, "cursor") is not None

    # -- what is in step ----------------------------------------------------------------------------------

    def step_of(self, mark: str, key: Key) -> Step:
        """Return what is known of a document's and annotator's revisions."""
        query = "SELECT revision, pulled, shown FROM steps WHERE mark = ? AND doc_id = ? AND annotator = ?"
        row = self._one(query, mark, *key)
        return Step(None, None) if row is None else Step(*row)

    def in_step(self, mark: str, key: Key, revision: int, shown: str | None) -> None:
        """Record that this local revision and the current task's annotation say the same, and what was shown."""
        query = "INSERT OR REPLACE INTO steps VALUES (?, ?, ?, ?, ?, ?)"
        self._do(query, mark, *key, revision, revision, shown)
        self.settle(mark, key)

    def pulled(self, mark: str, key: Key, revision: int) -> None:
        """Record that a pull wrote this revision, and the current task does not have it yet."""
        before = self.step_of(mark, key)
        query = "INSERT OR REPLACE INTO steps VALUES (?, ?, ?, ?, ?, ?)"
        self._do(query, mark, *key, before.revision, revision, before.shown)

    def steps(self, mark: str) -> Iterator[tuple[Key, Step]]:
        """Yield every key with its step, in a stable order."""
        query = (
            "SELECT doc_id, annotator, revision, pulled, shown FROM steps WHERE mark = ? ORDER BY doc_id, annotator"
        )
        for doc_id, annotator, *step in self._run(query, (mark,)):
            yield (doc_id, annotator), Step(*step)

    def revisions_in_use(self) -> Iterator[tuple[Key, int]]:
        """Yield every revision that some project is in step with, or waits to get."""
        for doc_id, annotator, *revisions in self._all("SELECT doc_id, annotator, revision, pulled FROM steps"):
            yield from (((doc_id, annotator), number) for number in revisions if number is not None)

    def out_of_step(self, mark: str, key: Key) -> None:
        """Forget what was in step: the annotation is no longer on the server."""
        self._do("DELETE FROM steps WHERE mark = ? AND doc_id = ? AND annotator = ?", mark, *key)

    def lines(self, mark: str) -> dict[Key, Line]:
        """Return what the lines of the versions in step said, by key."""
        query = "SELECT doc_id, annotator, revision, raw, content FROM lines WHERE mark = ?"
        return {(doc_id, annotator): Line(*line) for doc_id, annotator, *line in self._run(query, (mark,))}

    def note_line(self, mark: str, key: Key, line: Line) -> None:
        """Note what the line of a version in step says."""
        query = "INSERT OR REPLACE INTO lines VALUES (?, ?, ?, ?, ?, ?)"
        self._do(query, mark, *key, line.revision, line.raw, line.content)

    def rename_keys(self, mark: str, moved: Mapping[str, str]) -> dict[Key, str]:
        """Note what is known of documents' revisions, lines and conflicts under other ids, all at once.

        Returns the documents' ids before by the new keys.
        """
        found: dict[Key, str] = {}
        tables = ("steps", "lines", "conflicts")
        for table in tables:
            for before, after in moved.items():
                query = f"SELECT annotator FROM {table} WHERE mark = ? AND doc_id = ?"  # noqa: S608
                found |= {(after, row[0]): before for row in self._all(query, mark, before)}
                query = f"UPDATE {table} SET doc_id = ? WHERE mark = ? AND doc_id = ?"  # noqa: S608
                self._do(query, f"\1{after}", mark, before)  # no id begins so, and two may change places
            query = (
                f"UPDATE OR REPLACE {table} SET doc_id = substr(doc_id, 2) "  # noqa: S608
                "WHERE mark = ? AND substr(doc_id, 1, 1) = char(1)"
            )
            self._do(query, mark)
        return found

    def rename_in_batches(self, mark: str, moved: Mapping[str, str]) -> None:
        """Note the documents of imports whose fate is not known under other ids."""
        for batch in self.batches(mark):
            listed = [(moved.get(doc_id, doc_id), text) for doc_id, text in batch.documents]
            query = "UPDATE batches SET documents = ? WHERE mark = ? AND number = ?"
            self._do(query, json.dumps(listed), mark, batch.number)

    # -- texts, batches, conflicts ---------------------------------------------------------------------------

    def keep_text(self, sha256: str, data: dict[str, Any]) -> None:
        """Keep a text that was shown, with its map to the anchor text, for ever."""
        packed = zlib.compress(json.dumps(data, ensure_ascii=False).encode("utf-8", "surrogatepass"), 1)
        self._do("INSERT OR IGNORE INTO texts VALUES (?, ?)", sha256, packed)

    def text(self, sha256: str) -> dict[str, Any] | None:
        """Return the task data of a text that was shown, or None."""
        row = self._one("SELECT data FROM texts WHERE sha256 = ?", sha256)
        return None if row is None else json.loads(zlib.decompress(row[0]).decode("utf-8", "surrogatepass"))

    def open_batch(self, mark: str, sent_at: float, documents: Iterable[tuple[str, str]]) -> int:
        """Note that an import is about to be sent; return its number."""
        number = int(self._run("SELECT coalesce(max(number), 0) + 1 FROM batches").fetchone()[0])
        self._do("INSERT INTO batches VALUES (?, ?, ?, ?)", mark, number, sent_at, json.dumps(list(documents)))
        return number

    def batches(self, mark: str) -> list[Batch]:
        """Return the imports whose fate is not known."""
        rows = self._all("SELECT number, sent_at, documents FROM batches WHERE mark = ? ORDER BY number", mark)
        return [Batch(n, at, tuple((d, s) for d, s in json.loads(listed))) for n, at, listed in rows]

    def close_batch(self, mark: str, number: int) -> None:
        """Forget an import: what became of it is known."""
        self._do("DELETE FROM batches WHERE mark = ? AND number = ?", mark, number)

    def contest(self, mark: str, conflict: Conflict) -> None:
        """Note a conflict, once for each document and annotator."""
        values = (conflict.doc_id, conflict.annotator, conflict.kind, conflict.place, conflict.message)
        self._do("INSERT OR REPLACE INTO conflicts VALUES (?, ?, ?, ?, ?, ?)", mark, *values)

    def settle(self, mark: str, key: Key) -> None:
        """Forget the conflict of a document and annotator."""
        self._do("DELETE FROM conflicts WHERE mark = ? AND doc_id = ? AND annotator = ?", mark, *key)

    def conflicts(self, mark: str) -> list[Conflict]:
        """Return the conflicts that nobody has decided."""
        query = "SELECT doc_id, annotator, kind, place, message FROM conflicts WHERE mark = ? ORDER BY 1, 2"
        return [Conflict(*row) for row in self._all(query, mark)]
