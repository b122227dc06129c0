"""Imports of invented documents, by Anna, for the tests of what becomes of marks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import corpus
from corpus.annotation.store import current, read_folder
from corpus.exchange.importing import Imported, ImportOptions, import_standoffs
from corpus.exchange.naming import Naming
from corpus.exchange.standoff import Standoff, StandoffSpan
from corpus.model.annotation import AnnotationSet
from corpus.model.document import Document
from corpus.model.scheme import Scheme
from corpus.model.span import Span

HOUSE = Path(__file__).parents[2]
SCHEME = Scheme.from_toml((HOUSE / "schemas" / "news-ec.toml").read_text("utf-8"))
PORT = "The port of Eastmouth reopened on Monday, Ann Lee said. It had been closed, she said, for nine days."
TRAIN = "Trains to Westhaven run again. Tom Reed of Coast Rail expects no more delays before the winter comes."


def documents(**texts: str) -> list[Document]:
    """Documents of these ids."""
    made = corpus.clean_many(list(texts.values()))
    return [replace(document, doc_id=name) for name, document in zip(texts, made, strict=True)]


def span(text: str, words: str, label: str, name: str = "", **attributes: tuple[str, ...]) -> StandoffSpan:
    """The first place of words that may have a gap: "It had … nine days"."""
    pieces = []
    for part in words.split(" … "):
        start = text.index(part, pieces[-1].end if pieces else 0)
        pieces.append(Span(start, start + len(part)))
    return StandoffSpan(name or words, label, tuple(pieces), attributes)


def taken(folder: Path, standoffs: list[Standoff], made: list[Document], **options: Any) -> Imported:
    """An import by Anna."""
    said = {"annotators": {None: "anna"}, "naming": Naming(SCHEME), **options}
    return import_standoffs(
        standoffs, lambda: made, SCHEME, folder, ImportOptions(now="2026-11-23T10:00:00Z", source="test: x", **said)
    )


def codes(done: Imported) -> list[str]:
    """The findings' codes."""
    return [finding.code for finding in done.findings]


def one_set(folder: Path) -> AnnotationSet:
    """The only set of a folder."""
    stored = read_folder(folder)
    assert not stored.findings
    (found,) = current(stored.sets)
    return found
