"""Exports of other projects are read: all their forms, all ways to point into a text, and what is broken there."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from labelstudio_exports import ACME, BROKEN, LI, MIN, READ, STORY, annotation, relation, row, said, task

from corpus.errors import SourceError
from corpus.exchange.labelstudio import FORMAT
from corpus.exchange.standoff import Standoff, StandoffRelation
from corpus.model.finding import Finding, Severity


def read(folder: Path, content: Any) -> tuple[list[Standoff], list[Finding]]:
    """Write a file (bytes as they are, all else as JSON) and read it."""
    path = folder / "export.json"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    found = list(FORMAT.read(path))
    documents = [one for one in found if isinstance(one, Standoff)]
    return documents, [one for one in found if isinstance(one, Finding)]


def words(found: Standoff) -> list[tuple[str, str]]:
    return [(span.label, " … ".join(piece.slice(found.text) for piece in span.spans)) for span in found.spans]


@pytest.mark.parametrize(("content", "expected"), [case[1:] for case in READ], ids=[case[0] for case in READ])
def test_regions_are_read_where_they_lie(
    tmp_path: Path, content: Any, expected: list[tuple[str, list[tuple[str, str]]]]
) -> None:
    documents, findings = read(tmp_path, content)
    assert [(one.name, words(one)) for one in documents] == expected
    assert all(one.text == STORY for one in documents if not one.spans)
    assert [one for one in findings if one.severity is Severity.ERROR] == []
    assert {one.place for one in documents} == {f"{tmp_path / 'export.json'}[1]"}


def test_what_is_said_of_a_region(tmp_path: Path) -> None:
    """Choices, numbers and taxonomies become attributes, check boxes called flags become flags, text a note."""
    rows = [
        {**LI, "meta": {"text": ["seen", "twice"]}},
        said("a1", "choices", "sure", ["yes", "quite"]),
        said("a1", "choices", "flags", ["hedged"]) | {"type": None},
        said("a1", "taxonomy", "kind", [["being", "human"], ["name"]]),
        said("a1", "number", "age", 42),
        said("a1", "rating", "stars", 3),
        said("a1", "textarea", "why", ["on the door"]),
        said("a1", "textarea", "empty", []),
    ]
    (document,), findings = read(tmp_path, [task(annotation(*rows))])
    (span,) = document.spans
    assert span.attributes == {
        "sure": ("yes", "quite"),
        "hedged": (),
        "kind": ("being > human", "name"),
        "age": ("42",),
        "stars": ("3",),
    }
    assert (span.id, span.note) == ("a1", "seen\ntwice\non the door")
    assert findings == []


def test_relations_with_their_directions(tmp_path: Path) -> None:
    """To the left is turned, both ways are two, one without a name is called so; of two labels the first counts."""
    bo = row("c", "Bo", "Person")
    links = [relation("a1", "b2", "right", "works_for"), relation("a1", "c", "left", "knows")]
    links += [relation("b2", "c", "bi", "near"), relation("a1", "c")]
    (document,), _ = read(tmp_path, [task(annotation(LI, ACME, bo, *links))])
    assert [span.id for span in document.spans] == ["a1", "b2", "b2-2", "c"]
    assert document.relations == (
        StandoffRelation("works_for", "a1", "b2"),
        StandoffRelation("knows", "c", "a1"),
        StandoffRelation("near", "b2", "c"),
        StandoffRelation("near", "c", "b2"),
        StandoffRelation("relation", "a1", "c"),
    )


PIECES = [
    ("apart", ["Ms", "of Acme", "met"], ["Ms", "of Acme", "met"]),
    ("touching", ["Bo.", "\nBo", "Ms"], ["Ms", "Bo.", "\nBo"]),
    ("overlapping", ["Ms", "Acme met", "met Bo"], ["Ms", "Acme met Bo"]),
]


@pytest.mark.parametrize(("drawn", "pieces"), [case[1:] for case in PIECES], ids=[case[0] for case in PIECES])
def test_pieces_that_the_sync_drew_are_one_span(tmp_path: Path, drawn: list[str], pieces: list[str]) -> None:
    """In the text's order, overlapping ones as one; what joins them is no relation."""
    rows = [row(f"c1-p{n}" if n > 1 else "c1", words, "Claim") for n, words in enumerate(drawn, 1)]
    links = [relation("c1", "c1-p2", "right", "continues"), relation("c1-p2", "c1-p3"), relation("c1-p3", "a1")]
    (document,), findings = read(tmp_path, [task(annotation(*rows, LI, *links))])
    claim, _ = document.spans
    assert [piece.slice(document.text) for piece in claim.spans] == pieces
    assert document.relations == (StandoffRelation("relation", "c1", "a1"),)
    assert findings == []


def test_what_only_looks_like_a_piece_or_a_member_of_ours_is_none(tmp_path: Path) -> None:
    """A region with another label; attributes that are no lists of words."""
    held = {"attributes": {"kind": [1, "fact"], "speech": "direct"}, "kb_id": 7, "id": ["x"]}
    held["relations"] = [["c1-p2"], 5, ["c1-p2", "", 3], "c1-p2"]
    rows = [row("c1", "Ms", "Claim", meta={"newscorpus": held}), row("c1-p2", "met", "Person")]
    (document,), findings = read(tmp_path, [task(annotation(*rows))])
    assert words(document) == [("Claim", "Ms"), ("Person", "met")]
    assert [(span.id, span.attributes, span.kb_id) for span in document.spans] == [
        ("c1", {"kind": ("fact",)}, None),
        ("c1-p2", {}, None),
    ]
    assert findings == []


def test_a_relation_between_two_texts_is_told(tmp_path: Path) -> None:
    """Each text of a task is a document of its own."""
    headline = {"id": "t", "from_name": "ner", "to_name": "title", "type": "labels"}
    headline["value"] = {"start": 0, "end": 4, "text": "Acme", "labels": ["Org"]}
    made = task(annotation(LI, headline, relation("a1", "t")), data={"body": STORY, "title": "Acme meets"})
    documents, findings = read(tmp_path, [made])
    assert sorted(pair for one in documents for pair in words(one)) == [("Org", "Acme"), ("Person", "Li")]
    assert [one.relations for one in documents] == [(), ()]
    assert [(one.code, one.severity) for one in findings] == [("import-relation", Severity.WARNING)]


PEOPLE = [
    (3, "3"),
    ({"id": 3, "email": "li@example.org", "first_name": "Li"}, "3"),
    ({"email": "li@example.org"}, "person-1"),
    ("li@example.org", "person-1"),
    ("LI@example.org ", "person-1"),
    ("annotator b", "annotator b"),
    (None, None),
    (True, None),
    ({}, None),
]


@pytest.mark.parametrize(("told", "name"), PEOPLE)
def test_no_address_of_anybody_gets_out(tmp_path: Path, told: Any, name: str | None) -> None:
    """Who did it is the number; one known by e-mail alone is numbered in the file's order."""
    documents, findings = read(tmp_path, [task(annotation(LI, by=told), annotation(ACME, by="x@example.org"))])
    assert documents[0].annotator == name
    assert documents[1].annotator == ("person-2" if name == "person-1" else "person-1")
    assert "@" not in repr(documents) + repr(findings)


def test_json_min(tmp_path: Path) -> None:
    """Regions are known by their places there, and what is said of one joins it."""
    (document,), findings = read(tmp_path, MIN)
    assert (document.name, document.annotator, words(document)) == (
        "li-1",
        "person-1",
        [("Person", "Li"), ("Org", "Acme")],
    )
    assert document.spans[0].attributes == {"sure": ("yes", "quite")}
    assert document.spans[1].note == "on the door\ntwice"
    assert [one.code for one in findings] == ["import-annotator"]


def test_what_is_not_read_is_told_once(tmp_path: Path) -> None:
    """Proposals, drafts, skipped and missing annotations, other media and whole documents: one finding a kind."""
    box = {"id": "r", "type": "rectanglelabels", "from_name": "b", "to_name": "img", "value": {"x": 1}}
    sound = {**LI, "value": {"start": 1.5, "end": 2.5, "channel": 0, "labels": ["Speech"]}}
    tasks = [
        task(predictions=[{"result": [LI]}]),
        task(annotation(LI), predictions=[{"result": []}], drafts=[{"result": [LI]}]),
        task(annotation(LI, was_cancelled=True)),
        task(annotation(box), data={"image": "/data/upload/1/x.png"}),
        task(annotation(sound), data={"audio": "s3://bucket/a.wav"}),
        task(annotation(said("w", "choices", "topic", ["sport"]))),
        task(annotation(LI), data={"text": "https://example.org/story.txt"}),
        task(annotation(), data={"text": ""}),
        task(annotation({**LI, "parentID": "a0"})),
    ]
    documents, findings = read(tmp_path, tasks)
    assert [words(one) for one in documents] == [[("Person", "Li")], [("Person", "Li")]]
    path = tmp_path / "export.json"
    assert {(one.code, one.message.partition(" (")[2], one.severity.value) for one in findings} == {
        ("import-prediction", f"{path}[1] first).", "note"),
        ("import-draft", f"{path}[2] first).", "note"),
        ("import-unannotated", f"{path}[1] first).", "note"),
        ("import-skipped", f"{path}[3] first).", "note"),
        ("import-other", "pictures, sounds, tables): they are not read (" + f"{path}[4] first).", "warning"),
        ("import-whole", f"{path}[6] first).", "warning"),
        ("import-textless", f"{path}[7] first).", "warning"),
        ("import-inside", f"{path}[9] first).", "note"),
    }
    assert "2 tasks whose data hold no text" in {one.code: one.message for one in findings}["import-textless"]


def test_answers_on_the_whole_are_told_in_json_min_too(tmp_path: Path) -> None:
    """Where they can be told from data: several choices, and paragraphs."""
    for answer in ({"choices": ["a", "b"]}, {"text": ["It is so."]}):
        documents, findings = read(tmp_path, [{**MIN[0], "verdict": answer}])
        assert len(documents) == 1
        assert "import-whole" in [one.code for one in findings]


@pytest.mark.parametrize(("rows", "code"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_a_broken_row_costs_itself_alone(tmp_path: Path, rows: Any, code: str) -> None:
    """One finding with its place; the other annotation and the next task are read."""
    broken = {**annotation(), "result": rows}
    documents, findings = read(tmp_path, [task(broken, annotation(ACME)), task(annotation(LI))])
    assert [(one.code, one.place) for one in findings] == [(code, f"{tmp_path / 'export.json'}[1]")]
    assert [words(one) for one in documents][-2:] == [[("Org", "Acme"), ("Company", "Acme")], [("Person", "Li")]]
    assert all(len(one.message) < 400 for one in findings)


LINES = json.dumps(task(annotation(LI))).encode()
FILES: list[tuple[str, bytes, int, list[tuple[str, str]]]] = [
    ("lines", LINES + b"\n" + LINES + b"\n", 2, []),
    ("broken line", LINES + b"\n{\n" + LINES, 2, [("import-json", ":2")]),
    ("broken first line", b"{]\r\n" + LINES, 1, [("import-json", ":1")]),
    ("two on a line", LINES + b"\n" + LINES + b" " + LINES, 1, [("import-json", ":2")]),
    ("deep line", LINES + b"\n" + b"[" * 100_000 + b"\n" + LINES, 2, [("import-json", ":2")]),
    ("long number", LINES + b"\n" + b"1" * 5000 + b"\n" + LINES, 2, [("import-json", ":2")]),
    ("cut list", b"[" + LINES + b",\n" + LINES[:-9], 1, [("import-json", "[2]")]),
    ("no comma", b"[" + LINES + LINES + b"]", 0, [("import-json", "[1]")]),
    ("no end", b"[" + LINES, 0, [("import-json", "[1]")]),
    ("odd records", b"[1, {}, null, " + LINES + b"]", 1, [("import-task", f"[{n}]") for n in (1, 2, 3)]),
    ("bom", b"\xef\xbb\xbf[" + LINES + b"]", 1, []),
    ("utf-16", ("[" + LINES.decode() + "]").encode("utf-16"), 1, []),
    ("half a pair", b"[" + LINES.replace(b"Li of", b"Li \\ud83d") + b"]", 0, [("import-text", "[1]")]),
]


@pytest.mark.parametrize(
    ("content", "number", "places"), [case[1:] for case in FILES], ids=[case[0] for case in FILES]
)
def test_files_of_every_form(tmp_path: Path, content: bytes, number: int, places: list[tuple[str, str]]) -> None:
    """Lists, lines and encodings; a break costs a line, or the rest of a list."""
    documents, findings = read(tmp_path, content)
    assert len(documents) == number
    assert [(one.code, one.place.removeprefix(str(tmp_path / "export.json"))) for one in findings] == places


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"3", b'"x"', b"{}", b"[1]", b"\xff\xff\xff", b"{\n{", b"[" * 90_000]
)
def test_a_file_of_something_else_is_refused(tmp_path: Path, content: bytes) -> None:
    """One sentence that names the file; a list that breaks at once holds no task either."""
    if content.startswith(b"[["):
        documents, findings = read(tmp_path, content)
        assert (documents, [one.code for one in findings]) == ([], ["import-json"])
        return
    with pytest.raises(SourceError, match=r"export\.json"):
        read(tmp_path, content)
    with pytest.raises(SourceError, match="absent"):
        list(FORMAT.read(tmp_path / "absent.json"))


JUNK: list[Any] = [
    None,
    True,
    -1,
    2**70,
    1.5,
    "",
    "x",
    "\ud800",
    "a\0b",
    [],
    {},
    [[]],
    [None],
    {"id": 1},
    ["X", "Y"],
]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(p for key, child in children for p in places(child, (*path, key)))]


@given(data=st.data())
@settings(max_examples=150)
def test_any_damage_is_a_finding_or_nothing(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """One to four changes anywhere in a task: never an exception, all spans inside, and the next task is whole."""
    link = relation("a1", "b2", "right", "works_for")
    rows = [{**LI, "meta": {"text": ["n"]}}, ACME, link, said("a1", "choices", "sure", ["yes"])]
    tree: Any = copy.deepcopy([task(annotation(*rows)), MIN[0]][data.draw(st.integers(0, 1))])
    for _ in range(data.draw(st.integers(1, 4))):
        where = data.draw(st.sampled_from([p for p in places(tree) if p]))
        parent = tree
        for key in where[:-1]:
            parent = parent[key]
        parent[where[-1]] = copy.deepcopy(data.draw(st.sampled_from(JUNK)))
    documents, _ = read(tmp_path_factory.mktemp("damage"), [tree, task(annotation(LI), data={"x": STORY})])
    assert words(documents[-1]) == [("Person", "Li")]
    for one in documents:
        one.text.encode()
        ids = [span.id for span in one.spans]
        assert len(set(ids)) == len(ids)
        assert all(piece.within(len(one.text)) for span in one.spans for piece in span.spans)
        assert {end for link in one.relations for end in (link.source, link.target)} <= set(ids)
