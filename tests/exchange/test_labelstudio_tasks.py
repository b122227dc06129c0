"""What is written for Label Studio is read back as it was, and what has no place there is told."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standoff_drawn import standoffs

from corpus.exchange.labelstudio import FORMAT
from corpus.exchange.standoff import Standoff, StandoffRelation, StandoffSpan
from corpus.files import schema_text
from corpus.model.finding import Finding
from corpus.model.scheme import Scheme
from corpus.model.span import Span

SCHEME = Scheme.from_toml(schema_text("news-ec.toml"))
TEXT = "“We are ready 🙂,” said Ada,\n“to talk.”"


def written(path: Path, *documents: Standoff) -> list[Finding]:
    """Write them and return what was lost."""
    assert FORMAT.write is not None
    return list(FORMAT.write(documents, path, SCHEME))


def comparable(found: Standoff) -> tuple[object, ...]:
    """Return what a document says, whatever the order of its marks."""
    spans = {(s.id, s.label, s.spans, tuple(sorted(s.attributes.items())), s.kb_id, s.note) for s in found.spans}
    marks, links = (tuple(sorted(map(repr, several))) for several in (spans, set(found.relations)))
    return found.name, found.text, marks, links, found.annotator


@given(st.lists(standoffs(annotators=(None, "hand-1", "ann 2")), max_size=3))
@settings(max_examples=60)
def test_what_is_written_is_read_back(documents: list[Standoff]) -> None:
    """Pieces, attributes, flags, notes, identifiers, relations and annotators all come back; nothing is lost."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tasks.json"
        assert written(path, *documents) == []
        found = [one for one in FORMAT.read(path) if isinstance(one, Standoff)]
    assert sorted(map(repr, map(comparable, found))) == sorted(map(repr, map(comparable, documents)))


def test_neighbours_of_one_text_are_one_task(tmp_path: Path) -> None:
    """Annotators of one text share a task; the same documents give the same bytes."""
    documents = [Standoff("tide", TEXT, annotator=name) for name in ("hand-1", "hand-2")]
    documents += [Standoff("ebb", "Low.")]
    for name in ("one.json", "two.json"):
        written(tmp_path / name, *documents)
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()
    tasks = json.loads((tmp_path / "one.json").read_text("utf-8"))
    assert [(task["data"]["doc_id"], len(task["annotations"])) for task in tasks] == [("tide", 2), ("ebb", 1)]
    assert all("completed_by" not in annotation for task in tasks for annotation in task["annotations"])


def test_rows_are_those_of_the_screen(tmp_path: Path) -> None:
    """A claim in pieces, with its attributes, its source and cue, has the rows that the sync would send."""
    claim = StandoffSpan("c1", "CLAIM", (Span(0, 17), Span(28, 38)), {"speech": ("direct",), "hedged": ()})
    source, cue = StandoffSpan("s1", "SOURCE", (Span(23, 26),)), StandoffSpan("u1", "CUE", (Span(18, 22),))
    links = (StandoffRelation("said_by", "c1", "s1"), StandoffRelation("cued_by", "c1", "u1"))
    written(tmp_path / "tasks.json", Standoff("tide", TEXT, (claim, source, cue), links))
    (task,) = json.loads((tmp_path / "tasks.json").read_text("utf-8"))
    rows = task["annotations"][0]["result"]
    assert [(row["type"], row.get("id"), row.get("from_name"), row.get("labels")) for row in rows] == [
        ("labels", "c1", "span", None),
        ("choices", "c1", "speech", None),
        ("choices", "c1", "flags", None),
        ("labels", "c1-p2", "span", None),
        ("relation", None, None, ["continues"]),
        ("labels", "s1", "span", None),
        ("labels", "u1", "span", None),
        ("relation", None, None, ["said_by"]),
        ("relation", None, None, ["cued_by"]),
    ]
    assert rows[3]["value"] == {"start": 28, "end": 38, "text": "“to talk.”", "labels": ["CLAIM"]}


ADA = StandoffSpan("e1", "PER", (Span(23, 26),))
ODD = StandoffSpan("d1", "DATE", (Span(0, 3),))
LOST = [
    (Standoff("tide", TEXT, (ADA, ODD)), ["export-labels"], "the label 'DATE' is not on the screen"),
    (
        Standoff("tide", TEXT, (ADA, ODD), (StandoffRelation("x", "e1", "d1"),)),
        ["export-labels", "export-relations"],
        "",
    ),
    (Standoff("tide", "a\rb"), ["export-text"], "carriage return"),
    (Standoff("tide", "a\0b"), ["export-text"], "left out"),
    (Standoff("tide", "half \ud83d"), ["export-text"], "left out"),
    (Standoff("t", TEXT, (StandoffSpan("e1", "PER", (Span(23, 26),), note="\0"),)), ["export-text"], "U+FFFD"),
]


@pytest.mark.parametrize(("document", "codes", "words"), LOST)
def test_what_has_no_place_is_told(tmp_path: Path, document: Standoff, codes: list[str], words: str) -> None:
    """A warning a kind, with an example; the rest is written, and the list stays one."""
    found = written(tmp_path / "tasks.json", document, Standoff("ebb", "Low."))
    assert sorted(finding.code for finding in found) == codes
    assert words in found[0].message
    tasks = json.loads((tmp_path / "tasks.json").read_text("utf-8"))
    assert tasks[-1]["data"]["doc_id"] == "ebb"
    json.dumps(tasks, ensure_ascii=False).encode()


def test_an_unknown_relation_is_drawn_without_a_name(tmp_path: Path) -> None:
    """It comes back under its own one."""
    both = (ADA, StandoffSpan("e2", "PER", (Span(1, 3),)))
    document = Standoff("tide", TEXT, both, (StandoffRelation("married_to", "e1", "e2"),))
    (warning,) = written(tmp_path / "tasks.json", document)
    assert warning.code == "export-relations"
    (back,) = FORMAT.read(tmp_path / "tasks.json")
    assert isinstance(back, Standoff)
    assert back.relations == document.relations


def test_nothing_is_an_empty_list(tmp_path: Path) -> None:
    assert written(tmp_path / "tasks.json") == []
    assert json.loads((tmp_path / "tasks.json").read_text("utf-8")) == []
    assert list(FORMAT.read(tmp_path / "tasks.json")) == []
