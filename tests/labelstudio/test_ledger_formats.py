"""A ledger that an earlier newscorpus wrote goes on as it is."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.errors import ServerError
from corpus.labelstudio.ledger.store import LEDGER, KnownTask, Ledger, SeenAnnotation, Step

MARK = "a" * 32
KEY = ("one", "annotator-1")
THIRD = """
CREATE TABLE annotations (mark TEXT, id INTEGER, task INTEGER, doc_id TEXT, annotator TEXT, digest TEXT,
  updated_at TEXT, cancelled INTEGER, lead_time REAL, PRIMARY KEY (mark, id)) WITHOUT ROWID;
INSERT INTO annotations VALUES ('MARK', 9, 3, 'one', 'annotator-1', 'd', '2026-11-20T00:00:00Z', 0, 3.5);
CREATE TABLE batches (mark TEXT, number INTEGER, sent_at REAL, documents TEXT, PRIMARY KEY (mark, number));
INSERT INTO batches VALUES ('MARK', 1, 5.0, '[["three", "b"]]');
CREATE TABLE conflicts (mark TEXT, doc_id TEXT, annotator TEXT, kind TEXT, place TEXT, message TEXT,
  PRIMARY KEY (mark, doc_id, annotator)) WITHOUT ROWID;
CREATE TABLE facts (mark TEXT, name TEXT, value TEXT, PRIMARY KEY (mark, name)) WITHOUT ROWID;
INSERT INTO facts VALUES ('', 'ledger', '65f861ed71817ff5');
INSERT INTO facts VALUES ('MARK', 'cursor', '2026-11-20T00:00:00Z');
INSERT INTO facts VALUES ('MARK', 'files', 'f');
CREATE TABLE lines (mark TEXT, doc_id TEXT, annotator TEXT, revision INTEGER, raw TEXT, content TEXT,
  PRIMARY KEY (mark, doc_id, annotator)) WITHOUT ROWID;
CREATE TABLE people (person TEXT PRIMARY KEY, pseudonym TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO people VALUES ('ada@example.org', 'annotator-1');
CREATE TABLE predictions (mark TEXT, task INTEGER, model_version TEXT, id INTEGER,
  PRIMARY KEY (mark, task, model_version)) WITHOUT ROWID;
CREATE TABLE steps (mark TEXT, doc_id TEXT, annotator TEXT, revision INTEGER, pulled INTEGER, shown TEXT,
  PRIMARY KEY (mark, doc_id, annotator)) WITHOUT ROWID;
INSERT INTO steps VALUES ('MARK', 'one', 'annotator-1', 2, 2, '0123456789abcdef');
CREATE TABLE tasks (mark TEXT, id INTEGER, doc_id TEXT, text_sha256 TEXT, anchor_sha256 TEXT, state TEXT,
  updated_at TEXT, PRIMARY KEY (mark, id)) WITHOUT ROWID;
INSERT INTO tasks VALUES ('MARK', 3, 'one', 'b', 'c', 'current', '2026-11-20T00:00:00Z');
CREATE TABLE texts (sha256 TEXT PRIMARY KEY, data BLOB NOT NULL);
CREATE INDEX tasks_of_document ON tasks (mark, doc_id);
CREATE INDEX tasks_of_state ON tasks (mark, state);
CREATE INDEX annotations_of_task ON annotations (mark, task);
CREATE INDEX annotations_of_key ON annotations (mark, doc_id, annotator);
PRAGMA user_version = 3;
"""
"""A ledger of the third format, as it was written before tasks could ask anything."""


def test_the_third_format_is_brought_up(tmp_path: Path) -> None:
    """Everything is there as it was, and tasks can ask from now on."""
    with closing(sqlite3.connect(tmp_path / LEDGER)) as old:
        old.executescript(THIRD.replace("MARK", MARK))
    task = KnownTask(3, "one", "b", "c", "current", "2026-11-20T00:00:00Z")
    for _ in range(2):
        with Ledger.open(tmp_path) as ledger:
            assert list(ledger.tasks(MARK, "one")) == [task]
            assert ledger.annotations(MARK) == [
                SeenAnnotation(9, 3, *KEY, "d", "2026-11-20T00:00:00Z", lead_time=3.5)
            ]
            assert ledger.step_of(MARK, KEY) == Step(2, 2, "0123456789abcdef")
            assert (ledger.id, ledger.fact(MARK, "files")) == ("65f861ed71817ff5", "f")
            assert ledger.people == {"ada@example.org": "annotator-1"}
            assert [batch.documents for batch in ledger.batches(MARK)] == [(("three", "b"),)]
    with Ledger.open(tmp_path) as ledger:
        with ledger.transaction("asked"):
            ledger.set_task(MARK, replace(task, asked="ann-1:1 ann-2:1"))
        assert ledger.task(MARK, 3) == replace(task, asked="ann-1:1 ann-2:1")


def test_a_later_format_is_one_sentence(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / LEDGER)) as later:
        later.execute("PRAGMA user_version = 99")
    with pytest.raises(ServerError, match=r"written by a newer newscorpus \(format 99\)"):
        Ledger.open(tmp_path)
