"""What brat and other programs write is read, and what cannot be used is told with its line."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import SourceError
from corpus.exchange import opening
from corpus.exchange.brat import read_brat
from corpus.exchange.brat.document import read_document
from corpus.exchange.standoff import Standoff
from corpus.model.finding import Finding

CASES = tomllib.loads((Path(__file__).parent / "brat_cases.toml").read_text("utf-8"))["case"]


def put(folder: Path, files: dict[str, str]) -> Path:
    """Write files, by their paths below the folder, and return it."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content.encode("utf-8", "surrogateescape"))
    return folder


def read(folder: Path) -> tuple[list[Standoff], list[Finding]]:
    """Return the documents and the findings."""
    found = list(read_brat(folder))
    return [one for one in found if isinstance(one, Standoff)], [one for one in found if isinstance(one, Finding)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["says"])
def test_what_is_read_of_a_file(case: dict[str, Any], tmp_path: Path) -> None:
    [document], findings = read(put(tmp_path, {"doc.txt": case["text"], "doc.ann": case["ann"].removeprefix("\n")}))
    assert document.text == case.get("sees", case["text"])
    assert [[span.id, span.label, [list(piece) for piece in span.spans]] for span in document.spans] == case[
        "spans"
    ]
    attributes = {s.id: {name: list(held) for name, held in s.attributes.items()} for s in document.spans}
    assert {name: held for name, held in attributes.items() if held} == case.get("attributes", {})
    assert {span.id: span.kb_id for span in document.spans if span.kb_id} == case.get("kb_ids", {})
    assert {span.id: span.note for span in document.spans if span.note} == case.get("notes", {})
    told = [[relation.label, relation.source, relation.target] for relation in document.relations]
    assert told == case.get("relations", [])
    place = f"{tmp_path}/doc.ann"
    expected = [(code, f"{place}:{line}" if line else place) for code, line in case.get("findings", [])]
    assert [(finding.code, finding.place) for finding in findings] == expected


def test_a_document_is_named_by_its_path_and_two_folders_with_the_same_texts_are_annotators(tmp_path: Path) -> None:
    texts = {"tide": "The tide.", "port/open": "The port."}
    files = {f"{who}/{name}.txt": text for who in ("ann", "bob") for name, text in texts.items()}
    marks = {f"ann/{name}.ann": "T1\tX 0 3\tThe\n" for name in texts} | {
        "bob/tide.ann": "",
        "bob/port/open.ann": "",
    }
    documents, findings = read(
        put(tmp_path, files | marks | {"cy/own.txt": "x", "cy/own.ann": "", "cy/tide.txt": "y"})
    )
    named = {(document.annotator, document.name): len(document.spans) for document in documents}
    expected = {("ann", "tide"): 1, ("ann", "port/open"): 1, ("bob", "tide"): 0, ("bob", "port/open"): 0}
    assert named == {**expected, (None, "cy/own"): 0}
    assert [finding.code for finding in findings] == ["import-not-annotated"]


def test_folders_whose_documents_only_share_their_names_are_no_annotators(tmp_path: Path) -> None:
    files = {
        f"{part}/0{n}.{end}": f"{part} {n}" if end == "txt" else ""
        for part in ("dev", "train")
        for n in (1, 2)
        for end in ("txt", "ann")
    }
    documents, findings = read(put(tmp_path, files))
    assert [document.name for document in documents] == ["dev/01", "dev/02", "train/01", "train/02"]
    assert {document.annotator for document in documents} == {None}
    assert not findings


def test_the_list_of_names_says_what_a_file_stands_for(tmp_path: Path) -> None:
    names = (
        '{"file": "a", "name": "https://a.example/1", "annotator": "ann"}\n\n[1]\nno\n{"file": 1, "name": "x"}\n'
    )
    files = {"a.txt": "One", "a.ann": "", "b.txt": "Two", "b.ann": "", "documents.jsonl": names}
    documents, findings = read(put(tmp_path, files))
    assert [(one.name, one.annotator) for one in documents] == [("https://a.example/1", "ann"), ("b", None)]
    places = [(finding.code, finding.place) for finding in findings]
    assert places == [("import-names", f"{tmp_path}/documents.jsonl:{line}") for line in (3, 4, 5)]


def test_annotations_of_the_shared_tasks_stand_in_several_files(tmp_path: Path) -> None:
    parts = {"a.a1": "T1\tProtein 0 3\tIL2\n", "a.a2": "T2\tUp 4 6\tup\nE1\tUp:T2 Theme:T9\nE2\tUp:T2 Theme:T1\n"}
    [document], findings = read(put(tmp_path, {"a.txt": "IL2 up", **parts}))
    assert [(span.id, span.label) for span in document.spans] == [("T1", "Protein"), ("T2", "Up"), ("E2", "Up")]
    assert [(relation.label, relation.source) for relation in document.relations] == [("Theme", "E2")]
    assert [(finding.code, finding.place) for finding in findings] == [("import-dangling", f"{tmp_path}/a.a2:2")]


def test_many_alike_findings_are_counted(tmp_path: Path) -> None:
    texts = {f"{number}.txt": "x" for number in range(9)}
    lines = "no line of brat\n" * 500
    documents, findings = read(put(tmp_path, {**texts, "0.ann": lines}))
    assert [document.name for document in documents] == ["0"]
    assert "7 more of the same kind" in findings[0].message
    assert (len(findings), findings[-1].code) == (102, "more-findings")  # a note, and a hundred errors


def test_one_document_can_be_named(tmp_path: Path) -> None:
    put(tmp_path, {"a.txt": "One", "a.ann": "T1\tX 0 3\tOne\n", "b.txt": "Two", "b.ann": ""})
    for name in ("a.ann", "a.txt"):
        [document], findings = read(tmp_path / name)
        assert (document.name, len(document.spans), findings) == ("a", 1, [])


BROKEN = [
    ({"a.ann": ""}, [("import-text", "a.ann")]),
    ({"a.ann": "", "a.txt": "caf\udce9"}, [("import-unreadable", "a.ann")]),
    ({"a.ann": "T1\tX 0 3\tcaf\udce9", "a.txt": "caf"}, [("import-unreadable", "a.ann")]),
    ({"a.ann": "", "a.txt": "longer than the limit"}, [("import-unreadable", "a.ann")]),
    ({"a.ann": "", "a.txt": "One", "documents.jsonl": "\udcff"}, [("import-unreadable", "documents.jsonl")]),
]


@pytest.mark.parametrize(("files", "findings"), BROKEN)
def test_a_document_that_cannot_be_read_is_told_and_the_others_go_on(
    files: dict[str, str], findings: list[tuple[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "LARGEST", 16)
    documents, found = read(put(tmp_path, {**files, "z.txt": "Fine", "z.ann": "T1\tX 0 4\tFine"}))
    assert documents[-1].name == "z"
    assert [(finding.code, finding.place) for finding in found] == [(c, f"{tmp_path}/{p}") for c, p in findings]


def test_links_out_of_the_folder_pipes_and_circles_are_not_followed(tmp_path: Path) -> None:
    put(tmp_path, {"secret.txt": "Secret", "secret.ann": "", "in/a.txt": "One", "in/a.ann": ""})
    inside = tmp_path / "in"
    (inside / "b.txt").symlink_to(tmp_path / "secret.txt")
    (inside / "c.txt").symlink_to("c.txt")
    (inside / "d.txt").symlink_to("a.txt")
    os.mkfifo(inside / "e.txt")
    for name in "bcde":
        (inside / f"{name}.ann").write_text("")
    (inside / "up").symlink_to(tmp_path, target_is_directory=True)
    documents, findings = read(inside)
    assert [document.text for document in documents] == ["One", "One"]
    told = [(finding.code, Path(finding.place).name) for finding in findings]
    assert told == [("import-link", "up"), *(("import-unreadable", f"{name}.ann") for name in "bce")]


@pytest.mark.parametrize("files", [{}, {"a.txt": "One"}, {".hidden/a.ann": "", ".ann": ""}])
def test_a_folder_without_annotations_is_refused(files: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"holds nothing of brat's, .* expected NAME\.ann beside"):
        list(read_brat(put(tmp_path, files)))
    with pytest.raises(SourceError):
        list(read_brat(tmp_path / "missing"))


WORDS = (
    *("\n", "\n", "\tab", "\t", " ", "T1\t", "T2\t", "E1\t", "E2\t", "R1\t", "A1\t", "N1\t", "#1\t", "*\t"),
    *(
        "X 0 1",
        "X 0 2;1 3",
        "X:T1",
        "X:T1 Y:E1 Y2:T2",
        "X Arg1:T1 Arg2:E2",
        "X T1",
        "X E1 v",
        "X R1",
        "Equiv T1 E2",
    ),
    *("X T2 W:Q1", "Reference Referent:W:1 Annotation:T1", "X 0 999999999999", "X 3 1", "\u2028", "\x00"),
)
LINES = st.lists(st.sampled_from(WORDS), max_size=60).map("".join)


@given(LINES, st.text("ab 😀\r\n\ufeff", max_size=20))
def test_whatever_stands_in_the_lines_a_document_comes_of_it(lines: str, text: str) -> None:
    *findings, document = read_document(text, [("a.ann", lines)], name="a", annotator=None, place="a.ann")
    assert isinstance(document, Standoff)
    ids = [span.id for span in document.spans]
    assert len(set(ids)) == len(ids)
    assert all(isinstance(finding, Finding) for finding in findings)
    assert all(piece.within(len(document.text)) for span in document.spans for piece in span.spans)
    assert {end for each in document.relations for end in (each.source, each.target)} <= set(ids)
