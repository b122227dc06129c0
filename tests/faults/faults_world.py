"""What a schedule does on both sides, and what must be there in the end: the oracle's memory.

Documents are made of sentences with words that stand nowhere else, so that the words of a mark say where it
must lie. Between two clean syncs an annotation is changed on one side alone, so that what must be there in the
end does not depend on what a broken sync had done; or, where a clean sync has seen it, on both sides at once,
and then the user's decision says what must be there. The server is reached with plain requests, not with the
toolkit.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from faults_disk import drawn, first_version, marks_in, stored, write
from faults_remembered import Change, Note, Text
from faults_schemes import LABELS, STEPS, first_name, names_of, scheme
from faults_site import Mark, Person, Site, is_retired, marks_of, rows_of

from corpus.model.annotation import AnnotationSet
from corpus.model.document import Document
from corpus.model.scheme import Scheme

Prefer = Literal["local", "server"] | None

SENTENCES = (
    "“Wir gehen {0} mit,” sagte {1} in Köln.",
    "Flags 🇫🇷 and families 👨‍👩‍👧‍👦 of {0} met {1}.",
    "Cafe\u0301 {0} and a\u0308\u0323 {1} reopened\u00a0soon.",
    "قال {0} إن بلاده مستعدة {1}.",
    "A tab\tbefore {0} and\u2028a separator before {1}.",
    "According to {0}, the talks with {1} may fail.",
)


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
    version: int = 0
    """How many steps the scheme has made."""
    is_lossy: bool = False
    """Whether the next sync comes with a scheme that would cost annotations."""
    withdrawn: set[str] = field(default_factory=set)
    """Documents that the dataset lacks for a while."""
    said: set[tuple[str, frozenset[Mark]]] = field(default_factory=set)
    """What a clean sync has seen, on either side: it must stay in the files for ever."""

    @property
    def annotations(self) -> Path:
        return self.folder / "annotations"

    @property
    def scheme(self) -> Scheme:
        return scheme(self.version)

    def documents(self) -> tuple[Document, ...]:
        return tuple(text.document for text in self.texts if text.doc_id not in self.withdrawn)

    def settle(self, prefer: Prefer) -> None:
        """Note that a clean sync has seen both sides; ``prefer`` is what the user decided."""
        for note in self.notes:
            note.touched.clear()
            for change in note.rivals or (note.side(0),):
                if change is not None:
                    self.said.add((note.doc_id, frozenset(change)))
            if note.rivals is not None and prefer is not None:
                winner = note.rivals[prefer == "server"]
                note.rivals, note.is_live = None, winner is not None
                note.marks = winner if winner is not None else note.marks

    @property
    def slips(self) -> bool:
        """Whether a scheme without LOC costs nothing: it is refused, or nothing that only the server holds has LOC.

        Once the screen has lost it, what an open tab still submits with it is read as an orphan.
        """
        project = self.site.project(self.name)
        if project is not None and '"LOC"' in self.site.screen(project):
            return True
        unread = [note.side(1) for note in self.notes if "there" in note.touched]
        return not any(label == "LOC" for change in unread for label, _ in change or ())

    # -- here ------------------------------------------------------------------------------------------------

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
        text.older.append(text.document)
        text.sentences.insert(place, f"Correction {self.made}: an earlier version 👍🏽 said otherwise.")

    def change_scheme(self) -> None:
        """Here: labels are renamed, or something is added."""
        self.version = min(self.version + 1, len(STEPS))

    def lose_label(self) -> None:
        """Here: a slip in the scheme that would cost annotations; it is mended after the next sync."""
        self.is_lossy = True

    def annotate_here(self) -> None:
        """Here: an annotation set by hand, or a new version of one."""
        text, author = self.random.choice(self.texts), f"hand-{self.random.randint(1, 2)}"
        note = self._note(text.doc_id, author)
        if note is None:
            self._add_here(text, author)
        elif note.is_live and note.touched <= {"here"} and note.rivals is None:
            self._change_here(note, self._marks(text))
            self._remember(note, note.marks, "here")

    def delete_here(self) -> None:
        """Here: an annotation is deleted, whoever made it."""
        own = [note for note in self._settled() if note.author.startswith("hand")] or self._settled()
        if own:
            note = self.random.choice(own)
            self._change_here(note, None)
            self._remember(note, None, "here")

    def change_what_came(self) -> None:
        """Here: what a person drew on the server is corrected in the files."""
        note = self._any(self._settled(hand=False))
        if note is not None:
            marks = self._marks(self._text(note))
            self._change_here(note, marks)
            self._remember(note, marks, "here")

    def _add_here(self, text: Text, author: str) -> None:
        marks = self._marks(text)
        content = drawn(text.document, self._named(marks), self.scheme)
        write(self.annotations, first_version(text.document, author, content, self.scheme))
        self.notes.append(Note(text.doc_id, author, marks, touched={"here"}))

    def _change_here(self, note: Note, change: Change) -> None:
        """Write a new version: other marks, or that it was deleted."""
        old = self._stored(note)
        update: dict[str, Any] = {"revision": old.revision + 1}
        if change is None:
            update |= {"state": "deleted", "entities": (), "claims": ()}
        else:
            update |= drawn(self._text(note).document, self._named(change), self.scheme)
        write(self.annotations, old.model_copy(update=update))
        note.marks = change or note.marks

    def _stored(self, note: Note) -> AnnotationSet:
        """Return the newest version in the files, which is known by who made it or by what it says."""
        listed = [item for item in stored(self.annotations) if item.doc_id == note.doc_id]
        if note.author.startswith("hand"):
            return next(item for item in listed if item.annotator == note.author)
        return next(item for item in listed if marks_in(item) == frozenset(note.marks))

    # -- there -----------------------------------------------------------------------------------------------

    def annotate_there(self) -> None:
        """There: a person submits an annotation, or changes theirs."""
        person, tasks = self.random.choice(self.people), self._live_tasks()
        if tasks:
            self._annotate(self.random.choice(tasks), person)

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
        note = self._note(text.doc_id, person.name)
        if note is None:
            marks = self._marks(text)
            body = {"result": rows_of(self._shown(marks), task["data"]["text"]), "lead_time": 1.5}
            self.site.ask("POST", f"/api/tasks/{task['id']}/annotations/", person.token, json=body)
            self.notes.append(Note(text.doc_id, person.name, marks, touched={"there"}))
        elif note.is_live and note.touched <= {"there"} and note.rivals is None:
            self._change_there(note, task, self._marks(text))

    def delete_there(self) -> None:
        """There: an annotation is deleted, whoever made it."""
        free = [n for n in self.notes if n.is_live and n.touched <= {"there"} and n.rivals is None]
        note = self._any(free)
        task = self._task_of(note) if note is not None else None
        if note is not None and task is not None:
            self._change_there(note, task, None)

    def change_what_was_sent(self) -> None:
        """There: what was made here and pushed is corrected on the server."""
        note = self._any(self._settled(hand=True))
        task = self._task_of(note) if note is not None else None
        if note is not None and task is not None:
            self._change_there(note, task, self._marks(self._text(note)))

    def delete_task(self) -> None:
        """There: a task is deleted with everything on it; only where a whole sync has seen all of that."""
        unseen = {note.doc_id for note in self.notes if "there" in note.touched or note.rivals is not None}
        task = self._any([task for task in self._live_tasks() if task["data"]["doc_id"] not in unseen])
        if task is not None:
            self.site.ask("DELETE", f"/api/tasks/{task['id']}/")

    def _change_there(self, note: Note, task: dict[str, Any], change: Change) -> None:
        """Change an annotation on a task: other marks, or none any more."""
        number = self._drawn(task, note)
        if number is None:
            return
        token = next((person.token for person in self.people if person.name == note.author), None)
        if change is None:
            self.site.ask("DELETE", f"/api/annotations/{number}/", token)
        else:
            body = {"result": rows_of(self._shown(change), task["data"]["text"])}
            self.site.ask("PATCH", f"/api/annotations/{number}/", token, json=body)
        self._remember(note, change, "there")

    # -- on both sides ---------------------------------------------------------------------------------------

    def change_both(self) -> None:
        """The same annotation is changed, or deleted, on both sides."""
        note = self._any(self._settled())
        task = self._task_of(note) if note is not None else None
        if note is None or task is None:
            return
        before, text = note.marks, self._text(note)
        here, there = self._marks(text), self._marks(text)
        rivals: list[tuple[Change, Change]] = [(here, there), (here, there), (here, None), (None, there)]
        note.rivals = self.random.choice(rivals)
        self._change_there(note, task, note.rivals[1])
        note.marks, note.is_live = before, True  # which is what the files say
        self._change_here(note, note.rivals[0])
        note.touched = {"here", "there"}

    # -- what is where ---------------------------------------------------------------------------------------

    def _settled(self, *, hand: bool | None = None) -> list[Note]:
        """Return what a clean sync has seen, and may be changed on any side; by where it was made."""
        free = [note for note in self.notes if note.is_live and note.is_settled]
        return [note for note in free if hand is None or note.author.startswith("hand") is hand]

    def _any(self, found: list[Any]) -> Any:
        return self.random.choice(found) if found else None

    def _text(self, note: Note) -> Text:
        return next(text for text in self.texts if text.doc_id == note.doc_id)

    def _live_tasks(self) -> list[dict[str, Any]]:
        """Return the tasks that show today's text."""
        texts = {text.document.text for text in self.texts}
        return [task for task in self._tasks() if task["data"]["text"] in texts and not is_retired(task)]

    def _tasks(self) -> list[dict[str, Any]]:
        project = self.site.project(self.name)
        return self.site.tasks(project) if project is not None else []

    def _task_of(self, note: Note) -> dict[str, Any] | None:
        """Return the live task that bears an annotation."""
        tasks = [task for task in self._live_tasks() if task["data"]["doc_id"] == note.doc_id]
        return next((task for task in tasks if self._drawn(task, note) is not None), None)

    def _drawn(self, task: dict[str, Any], note: Note) -> int | None:
        """Return the id of the annotation that says what the note says."""
        for annotation in task["annotations"]:
            marks, _ = marks_of(annotation["result"], task["data"]["text"])
            if {(first_name(label), words) for label, words in marks} == frozenset(note.marks):
                return int(annotation["id"])
        return None

    def _marks(self, text: Text) -> tuple[Mark, ...]:
        """Choose words and labels that no version of an annotation of this text has had so far."""
        self.made += 1
        words = self.random.sample(text.words, self.random.randint(1, min(4, len(text.words))))
        for _ in range(200):
            marks = tuple((self.random.choice(LABELS), word) for word in words)
            if frozenset(marks) not in text.marked:
                text.marked.add(frozenset(marks))
                return marks
        raise AssertionError("there are more ways than these to mark words")

    def _named(self, marks: tuple[Mark, ...]) -> tuple[Mark, ...]:
        """Return marks by the labels' present names."""
        return tuple((names_of(label, self.version)[-1], words) for label, words in marks)

    def _shown(self, marks: tuple[Mark, ...]) -> tuple[Mark, ...]:
        """Return marks by names that the screen offers, or offered when a tab was opened."""
        project = self.site.project(self.name)
        assert project is not None
        screen = self.site.screen(project)
        tab = self.random.random() < 0.2
        named = []
        for label, words in marks:
            known = names_of(label, self.version)
            offered = [name for name in known if f'value="{name}"' in screen] or known[:1]
            last = known.index(offered[-1])
            named.append((self.random.choice(known[: last + 1]) if tab else self.random.choice(offered), words))
        return tuple(named)

    def _note(self, doc_id: str, author: str) -> Note | None:
        return next((note for note in self.notes if (note.doc_id, note.author) == (doc_id, author)), None)

    def _remember(self, note: Note, change: Change, side: str) -> None:
        note.touched.add(side)
        note.is_live = change is not None
        note.marks = change or note.marks
