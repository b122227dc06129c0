"""Forget a document's text in the ledger; what is known of tasks and annotations (numbers, hashes) stays."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import ServerError
from corpus.labelstudio.ledger.store import LEDGER

__all__ = ["Forgotten", "forget_document"]


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What the ledger held: texts and notes that went, and tasks that the server still has."""

    texts: int
    notes: int
    tasks: tuple[int, ...]


def forget_document(folder: Path, doc_id: str, hashes: Iterable[str], dry_run: bool = False) -> Forgotten:
    """Erase the texts of a document and the notes on its conflicts from the ledger in ``folder``.

    The file is rewritten, so that nothing of them is left in free pages. Nothing where there is no ledger.

    Raises:
        ServerError: the ledger cannot be read or written.
    """
    path = folder / LEDGER
    if not path.is_file():
        return Forgotten(0, 0, ())
    try:
        with closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as ledger:
            known = {*hashes}
            rows = ledger.execute("SELECT id, text_sha256, anchor_sha256, doc_id FROM tasks ORDER BY id").fetchall()
            shown = [(row[0], row[1]) for row in rows if row[3] == doc_id or row[2] in known]  # under any id
            ids = {doc_id, *(row[3] for row in rows if row[2] in known)}
            wanted = {*known, *(sha256 for _, sha256 in shown)}
            held = {row[0] for row in ledger.execute("SELECT sha256 FROM texts")} & wanted
            query = "SELECT count(*) FROM conflicts WHERE doc_id = ?"
            notes = sum(ledger.execute(query, (own,)).fetchone()[0] for own in ids)
            if not dry_run and (held or notes):
                ledger.execute("PRAGMA secure_delete = ON")
                ledger.execute("BEGIN IMMEDIATE")
                ledger.executemany("DELETE FROM texts WHERE sha256 = ?", [(sha256,) for sha256 in sorted(held)])
                ledger.executemany("DELETE FROM conflicts WHERE doc_id = ?", [(own,) for own in sorted(ids)])
                ledger.execute("COMMIT")
                ledger.execute("VACUUM")
    except sqlite3.Error as error:
        raise ServerError(f"The ledger {path} cannot be changed: {error}; nothing in it was erased.") from None
    return Forgotten(len(held), int(notes), tuple(sorted({number for number, _ in shown})))
