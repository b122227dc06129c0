"""What a schedule does on both sides, and what must be there in the end: the oracle's memory.

Documents are made of sentences with words that stand nowhere else, so that the words of a mark say where it
must lie. An annotation has one home, the checkout or the server, and is changed there alone: what must be
there in the end does not depend on what a broken sync had done. The server is reached with plain requests,
not with the toolkit.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from labelstudio_material import SCHEME, plain

from corpus.annotation.store import append, current, read_folder
from corpus.model.annotation import AnchoredSpan, AnnotationSet, Claim, Entity, Origin
from corpus.model.document import Document
from corpus.model.span import Span

SENTENCES = (
    "“Wir gehen {0} mit,” sagte {1} in Köln.",
    "Flags 🇫🇷 and families 👨‍👩‍👧‍👦 of {0} met {1}.",
    "Cafe\u0301 {0} and a\u0308\u0323 {1} reopened\u00a0soon.",
    "قال {0} إن بلاده مستعدة {1}.",
    "A tab\tbefore {0} and\u2028a separator before {1}.",
    "According to {0}, the talks with {1} may fail.",
)
Mark = tuple[str, str]
"""A label of the scheme, and the words it is on."""


@dataclass
class Text:
    """A document: its sentences, and the words that can be marked."""

    doc_id: str
    sentences: list[str]
    words: list[str]

    @property
    def document(self) -> Document:
        return plain(self.doc_id, "\n".join(self.sentences))


@dataclass
class Note:
    """One annotation that somebody made: what it must say now."""

    doc_id: str
    author: str
    marks: tuple[Mark, ...]
    is_live: bool = True


@dataclass
class Person:
    """An annotator on the server."""

    name: str
    token: str


class Site:
    """The server, as a browser's requests reach it."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url, token
        self._web = httpx.Client(base_url=url, trust_env=False, timeout=60)

    def ask(self, method: str, path: str, token: str | None = None, **options: Any) -> Any:
        headers = {"Authorization": f"Token {token or self.token}"}
        answer = self._web.request(method, path, headers=headers, **options)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def close(self) -> None:
        self._web.close()

    def project(self, name: str) -> int | None:
        """Return the id of the project of that title."""
        found = self.ask("GET", "/api/projects/", params={"page_size": 10_000, "include": "id,title"})["results"]
        return next((int(project["id"]) for project in found if project["title"] == name), None)

    def tasks(self, project: int) -> list[dict[str, Any]]:
        """Return every task with its annotations, as the server's own list has them."""
        params = {"project": project, "fields": "all", "page_size": 1000}
        return list(self.ask("GET", "/api/tasks/", params=params)["tasks"])


@dataclass
class World:
    """One project on both sides."""

    name: str
    folder: Path
    site: Site
    people: list[Person]
    random: random.Random
    texts: list[Text] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    made: int = 0
    unseen: set[str] = field(default_factory=set)
    """Documents that somebody worked on over there since the last sync that ended well."""

    @property
    def annotations(self) -> Path:
        return self.folder / "annotations"

    def documents(self) -> tuple[Document, ...]:
        return tuple(text.document for text in self.texts)

    def add_document(self) -> None:
        """Here: a new document."""
        words, sentences = [], []
        for pattern in self.random.sample(SENTENCES, self.random.randint(2, len(SENTENCES))):
            self.made += 1
            pair = (f"Ada{self.made}x", f"Bo{self.made}x")
            sentences.append(pattern.format(*pair))
            words += pair
        self.texts.append(Text(f"doc-{len(self.texts) + 1}", sentences, words))

    def change_text(self) -> None:
        """Here: a sentence more or a changed one somewhere; every marked word stays."""
        text = self.random.choice(self.texts)
        self.made += 1
        place = self.random.randint(0, len(text.sentences))
        text.sentences.insert(place, f"Correction {self.made}: an earlier version 👍🏽 said otherwise.")

    def annotate_here(self) -> None:
        """Here: an annotation set by hand, or a new version of one."""
        text, author = self.random.choice(self.texts), f"hand-{self.random.randint(1, 2)}"
        note = self._note(text.doc_id, author)
        if note is not None and not note.is_live:
            return
        marks = self._marks(text)
        stored = current(read_folder(self.annotations).sets) if self.annotations.is_dir() else []
        old = next((s for s in stored if (s.doc_id, s.annotator) == (text.doc_id, author)), None)
        append(self.annotations, [_set(text.document, author, marks, old)])
        self._remember(text.doc_id, author, marks)

    def annotate_there(self) -> None:
        """There: a person submits an annotation, or changes theirs."""
        person, tasks = self.random.choice(self.people), self._live_tasks()
        if not tasks:
            return
        task = self.random.choice(tasks)
        self._annotate(task, person)

    def annotate_late(self) -> None:
        """There: a person submits on a task that shows an outdated text, from a tab left open say."""
        todays = {text.document.text for text in self.texts}
        tasks = [task for task in self._tasks() if task["data"]["text"] not in todays]
        if tasks:
            task, person = self.random.choice(tasks), self.random.choice(self.people)
            if self._note(task["data"]["doc_id"], person.name) is None:
                self._annotate(task, person)

    def _annotate(self, task: dict[str, Any], person: Person) -> None:
        text = next(text for text in self.texts if text.doc_id == task["data"]["doc_id"])
        note, marks = self._note(text.doc_id, person.name), self._marks(text)
        body = {"result": _rows(marks, task["data"]["text"]), "lead_time": 1.5}
        if note is None:
            self.site.ask("POST", f"/api/tasks/{task['id']}/annotations/", person.token, json=body)
        elif not note.is_live or (drawn := self._drawn(task, note)) is None:
            return
        else:
            self.site.ask("PATCH", f"/api/annotations/{drawn}/", person.token, json=body)
        self.unseen.add(text.doc_id)
        self._remember(text.doc_id, person.name, marks)

    def delete_there(self) -> None:
        """There: an annotation is deleted by its author."""
        names = {person.name for person in self.people}
        for task in self._live_tasks():
            for note in self.notes:
                if note.doc_id == task["data"]["doc_id"] and note.author in names and note.is_live:
                    drawn = self._drawn(task, note)
                    if drawn is not None:
                        self.site.ask("DELETE", f"/api/annotations/{drawn}/")
                        self.unseen.add(note.doc_id)
                        note.is_live = False
                        return

    def delete_task(self) -> None:
        """There: a task is deleted with everything on it; only where a whole sync has seen all of that."""
        tasks = [task for task in self._live_tasks() if task["data"]["doc_id"] not in self.unseen]
        if tasks:
            self.site.ask("DELETE", f"/api/tasks/{self.random.choice(tasks)['id']}/")

    def _live_tasks(self) -> list[dict[str, Any]]:
        """Return the tasks that show today's text."""
        texts = {text.document.text for text in self.texts}
        return [task for task in self._tasks() if task["data"]["text"] in texts]

    def _tasks(self) -> list[dict[str, Any]]:
        project = self.site.project(self.name)
        return self.site.tasks(project) if project is not None else []

    def _drawn(self, task: dict[str, Any], note: Note) -> int | None:
        """Return the id of the annotation that says what the note says."""
        for annotation in task["annotations"]:
            if marks_of(annotation["result"], task["data"]["text"])[0] == frozenset(note.marks):
                return int(annotation["id"])
        return None

    def _marks(self, text: Text) -> tuple[Mark, ...]:
        """Choose words; the first one, with its label, makes every version of every annotation another."""
        self.made += 1
        words = self.random.sample(text.words, self.random.randint(1, min(4, len(text.words))))
        labels = ["PER", "ORG", "GPE", "LOC", "CLAIM", "MISC"]
        known = {note.marks for note in self.notes if note.doc_id == text.doc_id}
        for _ in range(200):
            marks = tuple((self.random.choice(labels), word) for word in words)
            if all(frozenset(marks) != frozenset(other) for other in known):
                return marks
        raise AssertionError("there are more ways than these to mark words")

    def _note(self, doc_id: str, author: str) -> Note | None:
        return next((note for note in self.notes if (note.doc_id, note.author) == (doc_id, author)), None)

    def _remember(self, doc_id: str, author: str, marks: tuple[Mark, ...]) -> None:
        note = self._note(doc_id, author)
        if note is None:
            self.notes.append(Note(doc_id, author, marks))
        else:
            note.marks = marks


def marks_of(rows: list[dict[str, Any]], text: str) -> tuple[frozenset[Mark], int]:
    """Return what the rows of an annotation mark in a text, and how many say other words than lie there."""
    marks, wrong = set(), 0
    for row in rows:
        if row.get("type") == "labels":
            value = row["value"]
            words = text[value["start"] : value["end"]]
            wrong += words != value["text"]
            marks.add((value["labels"][0], words))
    return frozenset(marks), wrong


def _rows(marks: tuple[Mark, ...], text: str) -> list[dict[str, Any]]:
    rows = []
    for number, (label, words) in enumerate(marks):
        start = text.index(words)
        value = {"start": start, "end": start + len(words), "text": words, "labels": [label]}
        bar = "span" if label == "CLAIM" else "entity"
        rows.append({"id": f"r{number}", "from_name": bar, "to_name": "text", "type": "labels", "value": value})
    return rows


def _set(document: Document, author: str, marks: tuple[Mark, ...], old: AnnotationSet | None) -> AnnotationSet:
    def spans(words: str) -> tuple[AnchoredSpan, ...]:
        start = document.raw_text.index(words)
        return (AnchoredSpan.of(document.raw_text, Span(start, start + len(words))),)

    entities = [
        Entity(id=f"e{n}", spans=spans(w), label=label) for n, (label, w) in enumerate(marks) if label != "CLAIM"
    ]
    claims = [Claim(id=f"c{n}", spans=spans(w)) for n, (label, w) in enumerate(marks) if label == "CLAIM"]
    return AnnotationSet(
        annotation_id=f"{document.doc_id}.{author}",
        revision=(old.revision if old else 0) + 1,
        state="submitted",
        doc_id=document.doc_id,
        annotator=author,
        anchor_sha256=document.anchor_sha256,
        scheme=SCHEME.name,
        scheme_version=SCHEME.version,
        origin=Origin(kind="import", note="made for a test"),
        entities=tuple(entities),
        claims=tuple(claims),
    )
