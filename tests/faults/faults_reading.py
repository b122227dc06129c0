"""What really is there: the server's tasks and the lines on disk, read without the toolkit, against the oracle."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from faults_disk import ever_said
from faults_remembered import Change
from faults_schemes import names_of
from faults_site import Mark, is_retired, marks_of
from faults_world import World

Said = tuple[str, frozenset[Mark]]
"""A document's id, and what one annotation of it marks."""


@dataclass
class Count:
    """What was found; ``lost``, ``doubled`` and ``misplaced`` must be none, whatever ``why`` then says."""

    schedules: int = 0
    injected: int = 0
    tasks: int = 0
    annotations: int = 0
    lost: int = 0
    doubled: int = 0
    misplaced: int = 0
    why: list[str] = field(default_factory=list)

    def add(self, other: Count) -> None:
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))

    @property
    def is_clean(self) -> bool:
        return self.lost == self.doubled == self.misplaced == 0

    def compare(self, there: Counter[Any], expected: Counter[Any], what: str) -> None:
        """Count what is missing and what is too many."""
        for missing in (expected - there).elements():
            self.note_lost(f"{what} {missing}")
        for more in (there - expected).elements():
            self.note_doubled(f"{what} {more}")

    def note_lost(self, what: str) -> None:
        self.lost += 1
        self.why.append(f"lost: {what}")

    def note_doubled(self, what: str) -> None:
        self.doubled += 1
        self.why.append(f"doubled: {what}")

    def note_misplaced(self, number: int, where: str) -> None:
        self.misplaced += number
        self.why += [f"misplaced: {where}"] * number

    def note_leftovers(self, folder: Path) -> None:
        """Count the files that a killed run left half-written."""
        for path in folder.rglob(".*"):
            if path.is_file() and path.name not in (".gitignore", ".lock"):
                self.note_lost(f"a half-written file is left: {path.name}")

    def line(self) -> str:
        names = [one.name for one in fields(self) if one.name != "why"]
        return "faults: " + " ".join(f"{name}={getattr(self, name)}" for name in names)


def count(world: World, before: dict[str, bytes], conflicts: int = 0) -> Count:
    """Read both sides of a world; ``before`` is what its files held before the last run, which listed conflicts."""
    found = Count(schedules=1)
    _server(world, found)
    _disk(world, found, before)
    open_ones = sum(note.rivals is not None for note in world.notes)
    for _ in range(abs(conflicts - open_ones)):
        found.note_lost(f"{conflicts} conflicts are listed, and there are {open_ones}")
    return found


def _server(world: World, found: Count) -> None:
    project = world.site.project(world.name)
    tasks = [task for task in world.site.tasks(project) if not is_retired(task)] if project is not None else []
    waits = waiting(world)
    older = {text.doc_id: [old.text for old in text.older] for text in world.texts if text.doc_id in waits}
    texts = {text.doc_id: text.document.text for text in world.texts}
    shown: Counter[tuple[str, str]] = Counter()
    for task in tasks:  # while a conflict waits for a decision, the task may still show an older text
        doc_id, text = task["data"]["doc_id"], task["data"]["text"]
        shown[doc_id, texts[doc_id] if text in older.get(doc_id, ()) else text] += 1
    found.compare(shown, Counter(texts.items()), "task")
    said: list[Said] = []
    for task in tasks:
        for annotation in task["annotations"]:
            marks, wrong = marks_of(annotation["result"], task["data"]["text"])
            found.note_misplaced(wrong, f"task {task['id']}")
            said.append((task["data"]["doc_id"], marks))
        makers = Counter(prediction["model_version"] for prediction in task["predictions"])
        for maker in (makers - Counter(set(makers))).elements():
            found.note_doubled(f"prediction by {maker} of task {task['id']}")
    found.tasks += len(tasks)
    found.annotations += len(said)
    found.compare(Counter(said), _expected(world, 1), "annotation on the server")


def waiting(world: World) -> set[str]:
    """Return the documents with a conflict that waits for a decision: their text may wait as well."""
    return {note.doc_id for note in world.notes if note.rivals is not None}


def _disk(world: World, found: Count, before: dict[str, bytes]) -> None:
    waits = waiting(world)
    known = [(text.doc_id, text.document) for text in world.texts]
    known += [(text.doc_id, old) for text in world.texts for old in text.older if text.doc_id in waits]
    anchors = {(doc_id, document.anchor_sha256): document.raw_text for doc_id, document in known}
    latest: dict[tuple[str, str], dict[str, Any]] = {}
    for path in sorted(world.annotations.glob("*.jsonl")):
        for record in _records(path, found):
            key = (record["doc_id"], record["annotator"])
            if key in latest and latest[key]["revision"] == record["revision"]:
                found.note_doubled(f"revision {record['revision']} of {key}")
            if key not in latest or latest[key]["revision"] < record["revision"]:
                latest[key] = record
    said = [_said(record, anchors, found) for record in latest.values() if record["state"] == "submitted"]
    found.compare(Counter(said), _expected(world, 0), "annotation on disk")
    for missing in sorted(world.said - set(ever_said(world.annotations)), key=str):
        found.note_lost(f"the version {missing}, which no file tells of")
    for name, held in before.items():
        if not (world.annotations / name).read_bytes().startswith(held):
            found.note_lost(f"what {name} held before")
    found.note_leftovers(world.folder)


def _records(path: Path, found: Count) -> Iterator[dict[str, Any]]:
    for line in path.read_bytes().splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            found.note_lost(f"a line of {path.name} is no JSON")


def _said(record: dict[str, Any], anchors: dict[tuple[str, str], str], found: Count) -> Said:
    marks = set()
    anchor = anchors.get((record["doc_id"], record["anchor_sha256"]), "")  # "": it was left behind by its text
    for layer in ("entities", "claims", "sources", "cues"):
        for item in record.get(layer, ()):
            for span in item["spans"]:
                words = anchor[span["start"] : span["end"]]
                found.note_misplaced(words != span["exact"], f"{record['annotation_id']} on disk")
                marks.add((item.get("label", "CLAIM"), words))
    return record["doc_id"], frozenset(marks)


def _expected(world: World, side: int) -> Counter[Said]:
    """Return what must be said here (0) or there (1), by the labels' present names."""
    changes = [(note.doc_id, note.side(side)) for note in world.notes]
    return Counter((doc_id, _named(world, change)) for doc_id, change in changes if change is not None)


def _named(world: World, change: Change) -> frozenset[Mark]:
    return frozenset((names_of(label, world.version)[-1], words) for label, words in change or ())
