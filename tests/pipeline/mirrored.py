"""A mirrored site, whose pages are all called index.html, made for the tests of ids."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from corpus.export.store import BuiltDataset
from corpus.model.annotation import AnchoredSpan, AnnotationSet, Entity, Origin
from corpus.model.document import sha256_text
from corpus.model.span import Span

STORIES: Mapping[str, str] = {
    "2026/11/22/quay": "Quay",
    "2026/11/22/pier": "Pier",
    "2026/11/23/lock": "Lock",
    "2026/11/23/dock": "Dock",
}
"""Folders, and the word by which their pages differ: every line of one is as long as that of another."""


def page(word: str, more: str = "") -> str:
    """Return a page, with lines of the same lengths for words of one length."""
    return (
        f"<html><head><title>{word} reopens after storms</title></head><body><article><h1>{word} reopens after "
        f"storms</h1><p>The {word} of Ahlen reopened on Monday after a week of storms, its operator said.</p>"
        f"<p>Nobody knows what the closure of the {word} cost, but Ada Holt spoke of two million euros.{more}</p>"
        "</article></body></html>"
    )


def mirror(folder: Path, stories: Mapping[str, str] = STORIES) -> Path:
    """Write the pages and return the folder."""
    for place, word in stories.items():
        (folder / place).mkdir(parents=True)
        (folder / place / "index.html").write_text(page(word), "utf-8")
    return folder


def ids(dataset: Path, config: str = "documents") -> list[str]:
    """Return the ids in a dataset, each once."""
    return sorted({row["doc_id"] for row in BuiltDataset.open(dataset).rows(config)})


def paths(places: Iterable[str] = STORIES) -> list[str]:
    """Return the ids of pages by their paths."""
    return sorted(f"{place}/index" for place in places)


def annotate(folder: Path, dataset: Path, doc_id: str, words: str = "Ada Holt") -> None:
    """Add ann-1's set with one entity in a document of a dataset."""
    text = next(row["text"] for row in BuiltDataset.open(dataset).rows("raw") if row["doc_id"] == doc_id)
    start = text.index(words)
    spans = (AnchoredSpan.of(text, Span(start, start + len(words))),)
    made = AnnotationSet(
        annotation_id=f"{doc_id}.ann-1",
        revision=1,
        state="submitted",
        doc_id=doc_id,
        annotator="ann-1",
        anchor_sha256=sha256_text(text),
        scheme="news-ec",
        scheme_version="1.0.0",
        origin=Origin(kind="import"),
        entities=(Entity(id="e1", label="PER", spans=spans),),
    )
    folder.mkdir(exist_ok=True)
    with (folder / "ann-1.jsonl").open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(made.model_dump(mode="json"), ensure_ascii=False) + "\n")
