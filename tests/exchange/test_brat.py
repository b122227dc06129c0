"""What is written for brat: read back it is the same, what is lost is told, and brat itself shows it."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from standoff_drawn import standoffs

from corpus.exchange.brat import FORMAT, read_brat, write_brat
from corpus.exchange.standoff import Standoff, StandoffRelation, StandoffSpan
from corpus.files import schema_text
from corpus.model.finding import Finding, Severity
from corpus.model.scheme import Scheme
from corpus.model.span import Span

SCHEME = Scheme.from_toml(schema_text("news-ec.toml"))
TEXT = "Ann Lee said:\nPort\n\n and rail open. \n"


def written(documents: Iterable[Standoff], folder: Path) -> list[Finding]:
    """Write documents and return what was lost."""
    return list(write_brat(documents, folder, SCHEME))


def read_back(folder: Path) -> list[Standoff]:
    """Return the documents, of which none is wrong."""
    found = list(read_brat(folder))
    documents = [replace(one, place="") for one in found if isinstance(one, Standoff)]
    assert len(documents) == len(found), found
    return documents


@given(standoffs(annotators=(None, "Ann", "b/b")))
def test_what_is_written_is_read_back(document: Standoff) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lost = written([document], Path(folder) / "out")
        [found] = read_back(Path(folder) / "out")
    assert {finding.code for finding in lost} <= {"export-pieces", "export-spans", "export-relations"}
    assert (found.name, found.annotator, found.text) == (document.name, document.annotator, document.text)
    if not lost:
        assert found == document
    if all(finding.code == "export-pieces" for finding in lost):
        blank = [replace(span, spans=()) for span in document.spans]
        assert [replace(span, spans=()) for span in found.spans] == blank
        assert found.relations == document.relations


def span(*pieces: tuple[int, int], **told: Any) -> StandoffSpan:
    """Return a claim."""
    return StandoffSpan(**{"id": "T1", "label": "CLAIM", "spans": tuple(Span(*piece) for piece in pieces), **told})


LOST: list[tuple[str, list[StandoffSpan], list[str], str]] = [
    (
        "a span over line ends is held",
        [span((8, 35))],
        [],
        "T1\tCLAIM 8 13;14 18;20 35\tsaid: Port  and rail open.\n",
    ),
    ("its ends are not", [span((13, 19))], ["export-pieces"], "T1\tCLAIM 14 18\tPort\n"),
    (
        "nor pieces that it parts",
        [span((8, 13), (14, 18))],
        ["export-pieces"],
        "T1\tCLAIM 8 13;14 18\tsaid: Port\n",
    ),
    ("nothing but blanks", [span((18, 20))], ["export-spans"], ""),
    (
        "the text's last blanks",
        [span((35, 37)), span((25, 36), id="T2")],
        ["export-spans", "export-pieces"],
        "T2\tCLAIM 25 35\trail open.\n",
    ),
    (
        "other ids get new ones",
        [span((0, 3), id="e-7"), span((4, 7), id="T1")],
        [],
        "T1\tCLAIM 0 3\tAnn\nT2\tCLAIM 4 7\tLee\n",
    ),
    (
        "names",
        [span((0, 3), label="Claim of fact/é", attributes={"a b": ()})],
        ["export-names"],
        "T1\tClaim_of_fact__ 0 3\tAnn\nA1\ta_b T1\n",
    ),
    (
        "values",
        [span((0, 3), attributes={"x": ("a\tb", " c "), "y": (" ",)})],
        ["export-attributes"],
        "T1\tCLAIM 0 3\tAnn\nA1\tx T1 a b\nA2\tx T1 c\n",
    ),
    (
        "ids of knowledge bases",
        [span((0, 3), kb_id="GND:118"), span((4, 7), id="T2", kb_id="Q 1")],
        ["export-kb-id"],
        "T1\tCLAIM 0 3\tAnn\nT2\tCLAIM 4 7\tLee\nN1\tReference T1 GND:118\n",
    ),
    (
        "notes",
        [span((0, 3), note="one\ntwo\x85\ud800")],
        ["export-note"],
        "T1\tCLAIM 0 3\tAnn\n#1\tAnnotatorNotes T1\tone two  \n",
    ),
]


@pytest.mark.parametrize(("spans", "codes", "lines"), [case[1:] for case in LOST], ids=[case[0] for case in LOST])
def test_what_brat_does_not_hold_is_told(
    spans: list[StandoffSpan], codes: list[str], lines: str, tmp_path: Path
) -> None:
    lost = written([Standoff("port", TEXT, tuple(spans))], tmp_path / "out")
    assert (tmp_path / "out" / "port.ann").read_bytes().decode() == lines
    assert [finding.code for finding in lost] == codes
    assert {finding.severity for finding in lost} <= {Severity.WARNING}
    assert all(
        "1 time" in finding.message or "once" in finding.message or "times" in finding.message for finding in lost
    )
    read_back(tmp_path / "out")


def test_a_text_keeps_its_length_where_its_signs_cannot_be_stored(tmp_path: Path) -> None:
    document = Standoff("a", "A\r\nB\rC\ud800", (span((0, 6)),), (StandoffRelation("said_by", "T1", "T9"),))
    lost = written([document], tmp_path / "out")
    assert [finding.code for finding in lost] == ["export-text", "export-text", "export-relations"]
    assert (tmp_path / "out" / "a.txt").read_bytes().decode() == "A \nB\rC\ufffd"
    assert (tmp_path / "out" / "a.ann").read_bytes().decode() == "T1\tCLAIM 0 2;3 4;5 6\tA  B C\n"


def test_documents_of_one_name_and_of_several_annotators_stay_apart(tmp_path: Path) -> None:
    who = (None, "Ann", "ann", "..")
    documents = [
        Standoff(name, f"{name} {n}", annotator=one) for one in who for n, name in enumerate(("a/1", "a_1", "A_1"))
    ]
    assert not written(documents, tmp_path / "out")
    files = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.ann")}
    stems = ("a_1", "a_1-2", "A_1-3")
    assert files == {f"{f}{stem}.ann" for f in ("", "Ann/", "ann-2/", "document/") for stem in stems}
    key = lambda one: (one.annotator or "", one.text)  # noqa: E731
    assert sorted(read_back(tmp_path / "out"), key=key) == sorted(documents, key=key)


def test_a_folder_that_is_not_finished_is_not_there(tmp_path: Path) -> None:
    def documents() -> Iterable[Standoff]:
        yield Standoff("a", "One")
        raise RuntimeError("the source broke")

    with pytest.raises(RuntimeError):
        written(documents(), tmp_path / "out")
    assert not list(tmp_path.iterdir())


def shown(folder: Path, collection: str, names: list[str]) -> dict[str, Any]:
    """Return what brat's own server shows."""
    command = [sys.executable, str(Path(__file__).parent / "brat_server.py"), str(folder), collection, *names]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    told: dict[str, Any] = json.loads(run.stdout)
    return told


def test_brat_itself_shows_what_is_written_and_finds_no_fault(tmp_path: Path) -> None:
    """All lines are read, and its validation by the configuration that was written has nothing to say."""
    drawn: list[Standoff] = []

    @settings(max_examples=80, database=None, phases=[Phase.generate])
    @given(standoffs())
    def draw(document: Standoff) -> None:
        drawn.append(replace(document, name=f"d{len(drawn)}"))

    draw()
    told_apart = StandoffSpan("T1", "Sub-type", (Span(0, 3), Span(3, 5)), {"mode": ("a b", "c")})
    foreign = Standoff("foreign", "A port.", (told_apart,), (StandoffRelation("near", "T1", "T1"),))
    written([*drawn, foreign], tmp_path / "out")
    told = shown(tmp_path / "out", "/", [*(one.name or "" for one in drawn), "foreign"])
    assert told["messages"] == []
    texts = {one.name: one.text for one in (*drawn, foreign)}
    for expected in read_back(tmp_path / "out"):
        page = told["documents"][expected.name]
        assert page["text"] == texts[expected.name]
        assert [(each[0], each[1]) for each in page["entities"]] == [(s.id, s.label) for s in expected.spans]
        ends = [(each[1], each[2][0][1], each[2][1][1]) for each in page["relations"]]
        assert ends == [(each.label, each.source, each.target) for each in expected.relations]
        assert {comment[1] for comment in page["comments"]} <= {"AnnotatorNotes"}
        assert len(page["normalizations"]) == sum(s.kb_id is not None for s in expected.spans)
    assert told["collection"]["normalization_config"] == []  # else it asks for a database of its own at each entry
    colours = {entity["type"]: entity["bgColor"] for entity in told["collection"]["entity_types"]}
    assert colours["PER"] == SCHEME.entities[0].colour
    assert colours["Sub-type"] == "lightgreen"


def test_brat_finds_fault_with_what_is_wrong(tmp_path: Path) -> None:
    """The check above could fail: a mark off its words and a relation that the scheme does not have are told."""
    written([Standoff("a", "A port.", (span((0, 1)),))], tmp_path / "out")
    (tmp_path / "out" / "a.ann").write_text("T1\tCLAIM 0 1\tA\nT2\tPER 2 6\tPort\nR1\tnear Arg1:T1 Arg2:T1\n")
    told = shown(tmp_path / "out", "/", ["a"])
    messages = " ".join(message for message, *_ in told["messages"])
    assert "does not match marked span(s) [(2, 6)]" in messages
    assert [comment[1] for comment in told["documents"]["a"]["comments"]] == ["AnnotationError", "AnnotationError"]


def test_the_format_tells_what_it_is() -> None:
    assert (FORMAT.name, FORMAT.endings, FORMAT.read, FORMAT.write) == ("brat", (), read_brat, write_brat)
