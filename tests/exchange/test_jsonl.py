"""JSON Lines: what annotation tools write is read, each line by its own shape; what we write loses nothing."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from standoff_drawn import standoffs

from corpus.errors import SourceError
from corpus.exchange.jsonl import read_jsonl, records, write_jsonl
from corpus.exchange.standoff import Standoff, StandoffRelation, StandoffSpan
from corpus.exchange.words import words_of
from corpus.files import schema_text
from corpus.model.finding import Finding
from corpus.model.scheme import Scheme
from corpus.model.span import Span

CASES = tomllib.loads((Path(__file__).parent / "jsonl_cases.toml").read_text("utf-8"))["case"]
SCHEME = Scheme.from_toml(schema_text("news-ec.toml"))


def parted(path: Path) -> tuple[list[Standoff], list[Finding]]:
    items = list(read_jsonl(path))
    return [i for i in items if isinstance(i, Standoff)], [i for i in items if isinstance(i, Finding)]


def told(document: Standoff) -> list[Any]:
    """Return a document as the cases have it."""
    words = {s.id: " … ".join(p.slice(document.text) for p in s.spans) for s in document.spans}
    spans = [f"{s.label} {words[s.id]}" for s in document.spans]
    relations = [f"{r.label}: {words[r.source]} > {words[r.target]}" for r in document.relations]
    return [document.name or "", document.annotator or "", document.text, spans, relations]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_lines_of_other_tools_are_read(case: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text("\n".join(case["lines"]), "utf-8")
    documents, findings = parted(path)
    assert [told(document) for document in documents] == case["documents"]
    assert [finding.code for finding in findings] == case["findings"]
    for item in (*documents, *findings):
        assert item.place.startswith(str(path))


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda line: b"\xef\xbb\xbf" + line + b"\n", "[1]"),
        (lambda line: line + b"\r\n\r\n" + line + b"\r\n", ":1"),
        (lambda line: b"[" + line + b",\n" + line + b"]", "[1]"),
        (lambda line: json.dumps(json.loads(line), indent=1).encode(), "[1]"),
        (lambda line: line.decode().encode("utf-16"), "[1]"),
        (lambda line: line + b'\n{"text": "M\xe1laga", "label": []}\n' + line, ":1"),
    ],
)
def test_every_way_to_put_records_into_a_file(change: Any, place: str, tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(change('{"text": "Málaga", "label": [[0, 6, "LOC"]]}'.encode()))
    documents, findings = parted(path)
    assert {told(document)[3][0] for document in documents} == {"LOC Málaga"}
    assert documents[0].place == f"{path}{place}"
    assert [(f.code, f.place) for f in findings] in ([], [("import-encoding", f"{path}:2")])


@pytest.mark.parametrize("listed", [False, True])
def test_records_in_an_older_encoding_are_read(listed: bool, tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    records = [{"text": text, "label": [[1, 5, "LOC"]]} for text in ("“Köln” said", "“Oslo” said", "“Jaén” said")]
    lines = [json.dumps(record, ensure_ascii=False) for record in records]
    path.write_bytes((f"[{', '.join(lines)}]" if listed else "\n".join(lines)).encode("cp1252"))
    documents, (note,) = parted(path)
    assert [told(document)[3][0] for document in documents] == ["LOC Köln", "LOC Oslo", "LOC Jaén"]
    assert (note.code, note.place) == ("import-charset", f"{path}:1")
    assert "read as cp1252" in note.message


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "no JSON"),
        (b"Only prose.", "no JSON"),
        (b'{"title": "x"}\n{"title": "y"}\n', "no record of a known shape"),
        (b"[1, 2]", "no record of a known shape"),
        (b'"text"', "no records"),
        (b"[" * 100_000, "no record of a known shape"),
        (b'{"text": "M\xc3\xff\xfe\x81laga", "label": []}', "UTF-8"),
        (None, "a directory where a regular file"),
    ],
)
def test_what_is_no_such_file_is_refused(data: bytes | None, expected: str, tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.mkdir() if data is None else path.write_bytes(data)
    with pytest.raises(SourceError, match=expected) as error:
        list(read_jsonl(path))
    assert str(path) in str(error.value)


def test_attributes_and_relations_of_marks_at_one_place(tmp_path: Path) -> None:
    """A flag that is not set is none; a relation's end is the mark of its label."""
    said = {"hedged": True, "negated": False, "gone": None, "kind": ["a", 1, {}], "weight": 2, "odd": {}}
    at = {"start": 0, "end": 4}
    spans = [
        {**at, "label": "PER", "attributes": said},
        {**at, "label": "ORG"},
        {"start": 5, "end": 9, "label": "X"},
    ]
    link = {"head_span": {**at, "label": "ORG"}, "child_span": spans[2], "label": "owns"}
    path = tmp_path / "x.jsonl"
    path.write_text(json.dumps({"text": "Lena left", "spans": spans, "relations": [link], "answer": "accept"}))
    (document,), findings = parted(path)
    assert document.spans[0].attributes == {"hedged": (), "kind": ("a", "1"), "weight": ("2",)}
    assert [span.id for span in document.spans] == ["T1", "T2", "T3"]
    assert document.relations == (StandoffRelation("owns", "T2", "T3"),)
    assert findings == []


def test_no_more_is_held_or_told_than_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MOST_CHARACTERS", 9)
    path = tmp_path / "x.jsonl"
    path.write_text('{"text": "0123456789", "label": []}\n' * 130 + '{"text": "short", "label": []}\n')
    documents, findings = parted(path)
    assert [document.text for document in documents] == ["short"]
    assert (len(findings), findings[0].code, findings[-1].code) == (101, "import-text", "more-findings")
    assert "30 further" in findings[-1].message


def test_notes_hide_no_error_and_are_none(tmp_path: Path) -> None:
    """Of each severity there are a hundred; what was only counted is as bad as the worst of it."""
    path = tmp_path / "x.jsonl"
    noted = '{"text": "a", "label": [], "comments": ["?"]}\n' * 110
    path.write_text(noted + '{"text": "a", "label": [[0, 9, "X"]]}\n')
    _, findings = parted(path)
    told = [(finding.code, finding.severity.value) for finding in findings[-2:]]
    assert told == [("import-offsets", "error"), ("more-findings", "note")]
    assert "10 further" in findings[-1].message


@given(document=standoffs(annotators=(None, "ann-1")))
def test_what_is_written_is_read_again(document: Standoff, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nothing is lost or told; the pieces of a span that touch are two still."""
    path = tmp_path_factory.mktemp("jsonl") / "x.jsonl"
    assert not list(write_jsonl([document, document], path, SCHEME))
    documents, findings = parted(path)
    assert not findings
    for read in documents:
        assert (read.name, read.annotator, read.text) == (document.name, document.annotator, document.text)
        assert (read.spans, read.relations) == (document.spans, document.relations)
    data = path.read_bytes()
    assert len(data.decode().splitlines()) == 2
    list(write_jsonl(documents, path, SCHEME))
    assert path.read_bytes() == data


@given(document=standoffs())
def test_tokens_and_offsets_are_what_prodigy_expects(document: Standoff, tmp_path_factory: Any) -> None:
    """The tokens with their blanks are the text, spans and ends of relations are whole tokens of it."""
    path = tmp_path_factory.mktemp("jsonl") / "x.jsonl"
    list(write_jsonl([document], path, SCHEME))
    task = json.loads(path.read_text("utf-8"))
    tokens = task.get("tokens")
    assert (tokens is not None) == bool(document.relations) == ("relations" in task)
    for token in tokens or ():
        assert task["text"][token["start"] : token["end"]] == token["text"]
    if tokens:
        assert "".join(token["text"] + " " * token["ws"] for token in tokens) == task["text"]
        assert [token["id"] for token in tokens] == list(range(len(tokens)))
        for span in task["spans"] + [r[f"{s}_span"] for r in task["relations"] for s in ("head", "child")]:
            assert tokens[span["token_start"]]["start"] == span["start"]
            assert tokens[span["token_end"]]["end"] == span["end"]
        for relation in task["relations"]:
            assert relation["head"] == relation["head_span"]["token_end"]


def test_only_what_others_know_is_enough_where_no_span_is_in_pieces(tmp_path: Path) -> None:
    """Without the members that we add, spans and relations are the same, their ids aside."""
    spans = (
        StandoffSpan("e1", "PER", (Span(6, 10),), {"entity_id": ("x",)}),
        StandoffSpan("c1", "CLAIM", (Span(0, 4),), {"negated": ()}),
        StandoffSpan("s1", "SOURCE", (Span(6, 10),)),
    )
    document = Standoff("tide", "Rain, Lena said", spans, (StandoffRelation("said_by", "c1", "s1"),))
    path = tmp_path / "x.jsonl"
    list(write_jsonl([document], path, SCHEME))
    task = json.loads(path.read_text("utf-8"))
    task["spans"] = [
        {k: v for k, v in s.items() if k not in ("span_id", "attributes", "note")} for s in task["spans"]
    ]
    task["relations"] = [{k: v for k, v in r.items() if not k.endswith("_id")} for r in task["relations"]]
    path.write_text(json.dumps(task))
    (read,), findings = parted(path)
    assert not findings
    assert told(read)[3:] == [["PER Lena", "CLAIM Rain", "SOURCE Lena"], ["said_by: Rain > Lena"]]


def test_what_any_piece_says_is_said_of_the_span(tmp_path: Path) -> None:
    """Pieces in another order, as a script may leave them."""
    said = {"attributes": {"kind": "fact"}, "note": "!", "kb_id": "Q1"}
    pieces = [{"start": at, "end": at + 1, "label": "CLAIM", "span_id": "c"} for at in (4, 0)]
    path = tmp_path / "x.jsonl"
    path.write_text(json.dumps({"text": "a b c", "spans": [pieces[0], pieces[1] | said]}), "utf-8")
    (document,), findings = parted(path)
    assert findings == []
    expected = StandoffSpan("c", "CLAIM", (Span(0, 1), Span(4, 5)), {"kind": ("fact",)}, "Q1", "!")
    assert document.spans == (expected,)


def test_a_relation_without_its_spans_is_told(tmp_path: Path) -> None:
    relations = (StandoffRelation("said_by", "c1", "s1"),)
    document = Standoff("tide", "Rain", (StandoffSpan("c1", "CLAIM", (Span(0, 4),)),), relations)
    (finding,) = write_jsonl([document], tmp_path / "x.jsonl", SCHEME)
    assert finding.code == "export-relations"
    ((read,), findings) = parted(tmp_path / "x.jsonl")
    assert (read.spans, read.relations, findings) == (document.spans, (), [])


MEMBERS = [
    "text",
    "spans",
    "label",
    "entities",
    "annotations",
    "relations",
    "tokens",
    "ner_tags",
    "answer",
    "start",
    "end",
    "start_offset",
    "end_offset",
    "head",
    "child",
    "head_span",
    "id",
    "user",
    "from_id",
    "token_start",
    "token_end",
    "attributes",
    "span_id",
    "meta",
    "kb_id",
    "note",
]
LEAVES = st.none() | st.booleans() | st.integers(-2, 9) | st.floats() | st.sampled_from(["", "a b", "O", "B-X"])
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(MEMBERS), inner, max_size=6),
    max_leaves=25,
)


@given(
    records=st.lists(st.fixed_dictionaries({"text": st.just("a b")}, optional={"spans": JSON}) | JSON, max_size=3),
    more=st.dictionaries(st.sampled_from(["spans", "label", "entities", "annotations", "relations"]), JSON),
)
def test_whatever_the_records_no_read_breaks(records: list[Any], more: Any, tmp_path_factory: Any) -> None:
    path = tmp_path_factory.mktemp("jsonl") / "x.jsonl"
    path.write_text("\n".join(json.dumps(record) for record in [*records, {"text": "a b", **more}]))
    try:
        documents, _ = parted(path)
    except SourceError:
        return
    for document in documents:
        ids = [span.id for span in document.spans]
        assert len(set(ids)) == len(ids)
        assert all(piece.within(len(document.text)) for span in document.spans for piece in span.spans)
        assert all({relation.source, relation.target} <= set(ids) for relation in document.relations)


@given(document=standoffs())
@example(document=Standoff("tide", "a b", (StandoffSpan("e1", "PER", (Span(0, 2),)),)))
def test_words_are_the_text_and_end_where_marks_do(document: Standoff) -> None:
    marks = [piece for span in document.spans for piece in span.spans]
    words = words_of(document.text, marks)
    assert "".join(document.text[w.start : w.end] + " " * w.blank for w in words) == document.text
    assert {mark.start for mark in marks} <= {word.start for word in words}
    assert {mark.end for mark in marks} <= {word.end for word in words}
