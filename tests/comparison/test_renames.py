"""A document under another id is a row removed and a row added, and both are told to be the same article."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from corpus.cli.app import app
from corpus.cli.rim import run
from corpus.comparison.difference import compare
from corpus.comparison.page import difference_page
from corpus.comparison.renames import renamed_documents
from corpus.comparison.sides import Side
from corpus.comparison.steps import Step
from corpus.export.dataset import DatasetContent
from corpus.releases.changelog import CHANGES
from corpus.releases.release import make_release

Rows = dict[str, list[dict[str, Any]]]
Write = Callable[[str, DatasetContent], Side]


def rename(rows: Rows, old: str, new: str, **changes: Any) -> Rows:
    for row in (row for own in rows.values() for row in own if row["doc_id"] == old):
        row["doc_id"] = new
    next(row for row in rows["documents"] if row["doc_id"] == new).update(changes)
    return rows


def renamed(made: ModuleType, write: Write, new: Rows) -> list[tuple[str, str, str]]:
    difference = compare(write("old", made.make_content()), write("new", made.make_content(new)))
    assert difference.step is Step.MAJOR
    return [(item.old, item.new, item.by) for item in renamed_documents(difference.configs["documents"])]


@pytest.mark.parametrize(
    ("changes", "by"),
    [
        ({}, "the same text as received"),
        ({"anchor_sha256": "0" * 64}, "the same clean text"),
        ({"anchor_sha256": "0" * 64, "text_sha256": "1" * 64}, "the same title"),
        ({"anchor_sha256": "0" * 64, "text_sha256": "1" * 64, "title": "Another"}, None),
    ],
)
def test_a_document_is_recognised(made: ModuleType, write: Write, changes: dict[str, Any], by: str | None) -> None:
    """By the surest thing that both ids have in common, or not at all."""
    rows = rename(made.make_rows(), "harbour", "quay", **changes)
    assert renamed(made, write, rows) == ([] if by is None else [("harbour", "quay", by)])


def test_what_two_have_recognises_none(made: ModuleType, write: Write) -> None:
    """Of two copies nobody can say which is the old one; an empty text is nobody's."""
    rows = rename(made.make_rows(), "harbour", "quay")
    for name in rows:
        rows[name] += [{**row, "doc_id": "quay-too"} for row in rows[name] if row["doc_id"] == "quay"]
    assert renamed(made, write, rows) == []


def test_all_ways_of_telling_tell_it(
    made: ModuleType, write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The terminal, JSON, the page and the changelog of the release."""
    old = write("old", made.make_content())
    new = write("new", made.make_content(rename(made.make_rows(), "harbour", "quay")))
    assert '<td dir="auto">quay</td><td dir="auto">the same text as received</td>' in difference_page(
        compare(old, new)
    )
    assert run(app, ["diff", str(tmp_path / "old"), str(tmp_path / "new")]) == 1
    assert "document harbour is quay now (the same text as received)" in capsys.readouterr().out
    assert run(app, ["diff", str(tmp_path / "old"), str(tmp_path / "new"), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)["renamed"]
    assert told == [{"from": "harbour", "to": "quay", "by": "the same text as received"}]
    before = make_release(tmp_path / "old", tmp_path / "out", "0.1.0")
    after = make_release(tmp_path / "new", tmp_path / "out", "0.2.0", previous=before)
    changes = (after / CHANGES).read_text("utf-8")
    assert "- 1 document under another name: harbour → quay (the same text as received)" in changes
