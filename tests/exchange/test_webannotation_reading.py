"""Web annotations of other programs are read, and what cannot be used is told with its place."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import SourceError
from corpus.exchange.standoff import Standoff
from corpus.exchange.webannotation import read_webannotation
from corpus.model.finding import Finding

CASES = tomllib.loads((Path(__file__).parent / "webannotation_cases.toml").read_text("utf-8"))["case"]


def read(path: Path) -> tuple[list[Standoff], list[Finding]]:
    """Return the documents and the findings."""
    found = list(read_webannotation(path))
    return [one for one in found if isinstance(one, Standoff)], [one for one in found if isinstance(one, Finding)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["says"])
def test_what_is_read_of_a_file(case: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / ("notes.jsonl" if case.get("lines") else "notes.json")
    path.write_text(case["json"].lstrip("\n"), "utf-8")
    for name, text in case.get("beside", {}).items():
        (tmp_path / name).write_bytes(text.encode())
    documents, findings = read(path)
    told = [
        [
            one.name,
            one.annotator or "",
            "" if one.excerpts else one.text,
            [[span.id, span.label, [list(piece) for piece in span.spans]] for span in one.spans],
        ]
        for one in documents
    ]
    assert told == case["documents"]
    spans = [span for one in documents for span in one.spans]
    assert {s.id: {k: list(v) for k, v in s.attributes.items()} for s in spans if s.attributes} == case.get(
        "attributes", {}
    )
    assert {span.id: span.kb_id for span in spans if span.kb_id} == case.get("kb_ids", {})
    assert {span.id: span.note for span in spans if span.note} == case.get("notes", {})
    relations = [[each.label, each.source, each.target] for one in documents for each in one.relations]
    assert relations == case.get("relations", [])
    form = f"{path}:{{}}" if case.get("lines") else f"{path}[{{}}]"
    at = [(f.code, f.place) for f in findings]
    assert [(code, place) for code, place in at] == [
        (code, form.format(number) if number else place)
        for (code, number), (_, place) in zip(case.get("findings", []), at, strict=False)
    ]
    assert len(at) == len(case.get("findings", []))


def test_without_the_text_what_is_quoted_is_the_text_with_blanks_between(tmp_path: Path) -> None:
    """So that each quotation can be looked for by its words and its own context."""
    quotes = [("it rained", "They said ", " all day."), ("wet", "", "")]
    selectors = [dict(zip(("exact", "prefix", "suffix"), quote, strict=True)) for quote in quotes]
    annotations = [
        {"type": "Annotation", "target": {"source": "a", "selector": {"type": "TextQuoteSelector", **each}}}
        for each in selectors
    ]
    (tmp_path / "a.jsonld").write_text(json.dumps(annotations))
    [document], [finding] = read(tmp_path / "a.jsonld")
    assert document.excerpts
    assert document.text == "They said it rained all day." + "\n" * 32 + "wet" + "\n" * 32
    assert [span.spans[0].slice(document.text) for span in document.spans] == ["it rained", "wet"]
    assert finding.code == "import-excerpts"


ANNOTATION = {
    "type": "Annotation",
    "target": {"source": "a.txt", "selector": {"type": "TextQuoteSelector", "exact": "One"}},
}
BESIDE = [
    ("a.txt", "a.txt", True),
    ("a", "a.txt", True),
    ("a.html", "a.txt", True),
    ("news/a%20b.txt", "news/a b.txt", True),
    ("https://x.example/deep/a.txt?q#f", "a.txt", True),
    ("https://x.example/deep/a.htm", "a.txt", True),
    ("a.html", "a.html", False),
    ("../a.txt", "../a.txt", False),
    ("/etc/hostname", "b.txt", False),
    ("http://[bad", "a.txt", False),
    ("in.json", "b.txt", False),
]


@pytest.mark.parametrize(("source", "file", "there"), BESIDE)
def test_a_text_beside_the_file_is_found_by_the_source(source: str, file: str, there: bool, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    (folder / file).parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(exist_ok=True)
    (folder / file).write_text("One day")
    target = {"source": source, "selector": {"type": "TextQuoteSelector", "exact": "One"}}
    (folder / "in.json").write_text(json.dumps([{**ANNOTATION, "target": target}]))
    [document], _ = read(folder / "in.json")
    assert (document.text == "One day", document.excerpts) == (there, not there)


def test_a_text_that_a_link_leads_to_outside_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "secret").write_text("One secret")
    (tmp_path / "in" / "a.txt").symlink_to(tmp_path / "secret")
    (tmp_path / "in" / "in.json").write_text(json.dumps([ANNOTATION]))
    [document], findings = read(tmp_path / "in" / "in.json")
    assert "secret" not in document.text
    assert [finding.code for finding in findings] == ["import-unreadable", "import-excerpts"]


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", "no", '[{"data": {}}]', '{"items": []}', "[" * 5000, "[1e999, 2]"]
)
def test_a_file_without_annotations_is_refused(content: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(content)
    with pytest.raises(SourceError):
        list(read_webannotation(tmp_path / "a.json"))
    with pytest.raises(SourceError):
        list(read_webannotation(tmp_path / "missing.json"))


NAMES = st.sampled_from(
    [
        *(
            "id",
            "type",
            "motivation",
            "body",
            "target",
            "source",
            "selector",
            "exact",
            "start",
            "end",
            "value",
            "uri",
        ),
        *("purpose", "items", "refinedBy", "creator", "tags", "first", "startSelector", "endSelector", "prefix"),
    ]
)
VALUES = st.sampled_from(
    [
        "Annotation",
        "TextQuoteSelector",
        "TextPositionSelector",
        "RangeSelector",
        "Choice",
        "One",
        "a.txt",
        "tagging",
        "#1",
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 9) | st.floats() | VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=20,
)


@given(st.lists(st.dictionaries(NAMES, JSON, max_size=8), max_size=4))
def test_whatever_stands_in_an_annotation_the_reader_goes_on(tmp_path_factory: Any, annotations: list[Any]) -> None:
    path = tmp_path_factory.mktemp("drawn") / "a.json"
    path.write_text(json.dumps([{**ANNOTATION, "id": "sound"}, *annotations]))
    (path.parent / "a.txt").write_text("One day")
    documents, _ = read(path)
    assert "sound" in [span.id for document in documents for span in document.spans]
    for document in documents:
        ids = [span.id for span in document.spans]
        assert len(set(ids)) == len(ids)
        assert all(span.spans for span in document.spans)
        assert all(piece.within(len(document.text)) for span in document.spans for piece in span.spans)
        assert {end for each in document.relations for end in (each.source, each.target)} <= set(ids)
