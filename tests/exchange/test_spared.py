"""An import into a folder with damaged lines: nothing is lost, and what they do not concern comes in."""

from __future__ import annotations

from pathlib import Path

import pytest
from imports_made import PORT, TRAIN, codes, documents, span, taken

from corpus.annotation.store import current, read_folder
from corpus.exchange.standoff import Standoff
from corpus.model.finding import Severity

PEOPLE = {"a": "anna", "b": "ben"}


def given(*, people: str = "ab", label: str = "PER") -> list[Standoff]:
    """What each of some people says of two documents."""
    marked = {"port": (PORT, "Ann Lee"), "train": (TRAIN, "Tom Reed")}
    return [
        Standoff(name, text, (span(text, words, label),), annotator=who)
        for who in people
        for name, (text, words) in marked.items()
    ]


DAMAGES = {
    "no JSON": ("anna", lambda line: line[: len(line) // 2]),
    "another form": ("anna", lambda _: b"{}"),
    "unreadable within": ("anna", lambda line: line.replace(b'"PER"', b"7")),
    "in a file of nobody here": ("zoe", lambda _: b"[]"),
    "hers in another's file": ("zoe", lambda line: line.replace(b'"revision":1', b'"revision":2')),
}
WRITTEN = {
    "no JSON": [("ben", "port"), ("ben", "train")],
    "another form": [("ben", "port"), ("ben", "train")],
    "unreadable within": [("anna", "train"), ("ben", "port"), ("ben", "train")],
    "in a file of nobody here": [("anna", "port"), ("anna", "train"), ("ben", "port"), ("ben", "train")],
    "hers in another's file": [("anna", "train"), ("ben", "port"), ("ben", "train")],
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_others_come_in(damage: str, tmp_path: Path) -> None:
    """Every byte that was there stays; what may follow a damaged line is told and waits until that is repaired."""
    made = documents(port=PORT, train=TRAIN)
    taken(tmp_path, given(people="a")[:1], made, annotators=PEOPLE)
    sound = (tmp_path / "anna.jsonl").read_bytes()
    who, damaged = DAMAGES[damage]
    broken = damaged(sound.rstrip()) + b"\n"
    (tmp_path / f"{who}.jsonl").write_bytes(broken)
    before = {path.name: path.read_bytes() for path in tmp_path.glob("*.jsonl")}
    done = taken(tmp_path, given(label="ORG"), made, annotators=PEOPLE, replace=True)
    assert sorted((one.annotator, one.doc_id) for one in done.written) == WRITTEN[damage]
    assert all((tmp_path / name).read_bytes().startswith(held) for name, held in before.items())
    stopped = len(WRITTEN[damage]) < 4
    errors = [finding for finding in done.findings if finding.severity is Severity.ERROR]
    assert len(errors) == stopped
    assert set(codes(done)) == {"import-damaged"}
    (tmp_path / f"{who}.jsonl").unlink() if who == "zoe" else None
    (tmp_path / "anna.jsonl").write_bytes(
        sound + (tmp_path / "anna.jsonl").read_bytes()[len(before["anna.jsonl"]) :]
    )
    again = taken(tmp_path, given(label="ORG"), made, annotators=PEOPLE, replace=True)
    assert (len(again.written) + again.unchanged, again.findings) == (4, [])
    stored = read_folder(tmp_path)
    assert stored.findings == ()
    assert [item.entities[0].label for item in current(stored.sets)] == ["ORG"] * 4
