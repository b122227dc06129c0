"""What annotators and adjudicators do in a schedule, on both sides: the oracle's memory of votes and decisions.

Every annotator marks words with labels that no other one uses, so whatever they say is disputed, and each changed
vote is a question that was never asked before. Between two clean runs a document is answered once at most, so what
must be gold in the end does not depend on what a broken run had done.
"""

from __future__ import annotations

import random
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from faults_disk import drawn, first_version, stored, write
from faults_schemes import scheme
from faults_site import Mark, Person, Site, is_retired, marks_of, rows_of
from labelstudio_material import plain

from corpus.model.document import Document

VOTERS = {"ann-1": ("PER", "ORG"), "ann-2": ("GPE", "LOC")}
"""Who annotates at this side, and with which labels."""
GUEST = "MISC"
"""With which label a person on the server votes."""
PATTERN = "“Wir 🇫🇷 gehen {0} mit,” sagte {1}.\nCafe\u0301 {2} and {3} reopened\u00a0soon. قال {4} إن {5}."
WORDS = 6


@dataclass
class Answer:
    """What an adjudicator's annotation says, and what its task asks."""

    doc_id: str
    asked: str
    who: str
    marks: tuple[Mark, ...]
    at: int
    is_gone: bool = False
    """Whether its task was deleted; it is put back where it asks what is asked today."""

    @property
    def question(self) -> int:
        """How new the question is: revisions and voters only ever grow."""
        return sum(int(part.rpartition(":")[2]) for part in self.asked.split(" "))


@dataclass
class Panel:
    """Two annotators' files, perhaps a project with a third annotator, and the project for adjudication."""

    name: str
    folder: Path
    site: Site
    people: list[Person]
    random: random.Random
    has_guest: bool
    """Whether the annotators have a project on the server too, on which a person votes."""
    texts: dict[str, Document] = field(default_factory=dict)
    votes: dict[tuple[str, str], tuple[Mark, ...]] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)
    said: set[tuple[str, str, frozenset[Mark]]] = field(default_factory=set)
    """The answers that a clean run has seen: document, question, marks."""
    owners: dict[str, str] = field(default_factory=dict)
    """Whose decision was gold at the last clean run."""
    touched: set[str] = field(default_factory=set)
    """Documents that were answered since the last clean run."""
    used: set[tuple[str, frozenset[Mark]]] = field(default_factory=set)
    made: int = 0

    @property
    def annotations(self) -> Path:
        return self.folder / "annotations"

    @property
    def second(self) -> str:
        """The title of the project for adjudication."""
        return f"adjudicate {self.name}"

    def documents(self) -> tuple[Document, ...]:
        return tuple(self.texts.values())

    def words(self, doc_id: str) -> list[str]:
        return [f"Ada{doc_id[4:]}{letter}x" for letter in "abcdef"[:WORDS]]

    def counting(self, doc_id: str) -> Answer | None:
        """Return the answer that must be gold: one to the newest question; of several gold's own, or the first."""
        given = [answer for answer in self.answers if answer.doc_id == doc_id]
        newest = max((answer.question for answer in given), default=0)
        top = [answer for answer in given if answer.question == newest]
        own = [answer for answer in top if answer.who == self.owners.get(doc_id)]
        return min(own or top, key=lambda answer: answer.at, default=None)

    def settle(self) -> None:
        """Note that a clean run has seen both sides."""
        self.touched.clear()
        self.said |= {(a.doc_id, a.asked, frozenset(a.marks)) for a in self.answers}
        for doc_id in self.texts:
            counting = self.counting(doc_id)
            if counting is not None:
                self.owners[doc_id] = counting.who

    # -- here ------------------------------------------------------------------------------------------------

    def add_document(self) -> None:
        """Here: a new document that two have annotated."""
        doc_id = f"doc-{len(self.texts) + 1}"
        self.texts[doc_id] = plain(doc_id, PATTERN.format(*self.words(doc_id)))
        for voter in VOTERS:
            self._vote(doc_id, voter)

    def change_vote(self) -> None:
        """Here: an annotator says something else."""
        self._vote(self.random.choice(list(self.texts)), self.random.choice(list(VOTERS)))

    def _vote(self, doc_id: str, voter: str) -> None:
        marks = self._fresh(doc_id, lambda: [(self.random.choice(VOTERS[voter]), w) for w in self.words(doc_id)])
        document, wanted = self.texts[doc_id], scheme(0)
        item = first_version(document, voter, drawn(document, marks, wanted), wanted)
        before = [old for old in stored(self.annotations) if (old.doc_id, old.annotator) == (doc_id, voter)]
        write(self.annotations, item.model_copy(update={"revision": 1 + sum(old.revision for old in before)}))
        self.votes[doc_id, voter] = marks

    def _fresh(self, doc_id: str, choose: Any) -> tuple[Mark, ...]:
        """Return marks that nobody has made of this document."""
        for _ in range(500):
            marks = tuple(choose())
            if (doc_id, frozenset(marks)) not in self.used:
                self.used.add((doc_id, frozenset(marks)))
                return marks
        raise AssertionError("there are more ways than these to mark words")

    # -- there: votes ------------------------------------------------------------------------------------------

    def vote_there(self) -> None:
        """There: a person annotates in the annotators' project, or changes theirs."""
        person, tasks = self.people[1], self.tasks(self.name) if self.has_guest else []
        if not tasks:
            return
        task = self.random.choice(tasks)
        doc_id = task["data"]["doc_id"]
        words = self.words(doc_id)
        choose = lambda: [(GUEST, w) for w in self.random.sample(words, self.random.randint(1, WORDS))]  # noqa: E731
        before = self.votes.get((doc_id, person.name))
        self.votes[doc_id, person.name] = marks = self._fresh(doc_id, choose)
        self._submit(task, person, before, marks)

    # -- there: decisions --------------------------------------------------------------------------------------

    def answer(self) -> None:
        """There: an adjudicator answers what is asked, or changes the one answer that is there."""
        task = self._any(self._free(retired=False))
        if task is None:
            return
        there = self._answers_on(task)
        if len(there) < 2:
            who = there[0].who if there else self.random.choice(self.people).name
            self._answer(task, who)

    def answer_second(self) -> None:
        """There: somebody else answers as well."""
        task = self._any([task for task in self._free(retired=False) if len(self._answers_on(task)) == 1])
        if task is not None:
            first = self._answers_on(task)[0].who
            self._answer(task, next(person.name for person in self.people if person.name != first))

    def answer_late(self) -> None:
        """There: somebody answers, or changes their answer, in a tab that shows a question of before."""
        task = self._any(self._free(retired=True))
        if task is not None:
            self._answer(task, self.random.choice(self.people).name)

    def delete_task(self) -> None:
        """There: a task is deleted with its answers, which a clean run has seen."""
        task = self._any(self._free(retired=False))
        if task is not None:
            for answer in self._answers_on(task):
                answer.is_gone = True
            self.site.ask("DELETE", f"/api/tasks/{task['id']}/")

    def _answer(self, task: dict[str, Any], who: str) -> None:
        doc_id, asked = task["data"]["doc_id"], task["data"]["asked"]
        labels = [label for some in VOTERS.values() for label in some]
        words = self.words(doc_id)
        marks = self._fresh(
            doc_id, lambda: [(self.random.choice(labels), w) for w in self.random.sample(words, WORDS - 2)]
        )
        own = next((answer for answer in self._answers_on(task) if answer.who == who), None)
        person = next(person for person in self.people if person.name == who)
        self._submit(task, person, own.marks if own is not None else None, marks)
        self.made += 1
        self.touched.add(doc_id)
        if own is None:
            self.answers.append(Answer(doc_id, asked, who, marks, self.made))
        else:
            own.marks, own.at = marks, self.made

    def _submit(
        self, task: dict[str, Any], person: Person, before: tuple[Mark, ...] | None, marks: tuple[Mark, ...]
    ) -> None:
        text = task["data"]["text"]
        body = {"result": rows_of(marks, text), "lead_time": 1.5}
        if before is None:
            self.site.ask("POST", f"/api/tasks/{task['id']}/annotations/", person.token, json=body)
            return
        number = next(a["id"] for a in task["annotations"] if marks_of(a["result"], text)[0] == frozenset(before))
        self.site.ask("PATCH", f"/api/annotations/{number}/", person.token, json=body)

    def _free(self, *, retired: bool) -> list[dict[str, Any]]:
        """Return the tasks of documents that nobody has answered since the last clean run, with all answers."""
        tasks = [task for task in self.tasks(self.second) if is_retired(task) is retired]
        return [
            task
            for task in tasks
            if task["data"]["doc_id"] not in self.touched
            and len(task["annotations"]) == len([a for a in self._answers_on(task) if not a.is_gone])
        ]

    def _answers_on(self, task: dict[str, Any]) -> list[Answer]:
        wanted = (task["data"]["doc_id"], task["data"]["asked"])
        return [answer for answer in self.answers if (answer.doc_id, answer.asked) == wanted]

    def tasks(self, name: str) -> list[dict[str, Any]]:
        """Return the tasks of one of the two projects."""
        project = self.site.project(name)
        return self.site.tasks(project) if project is not None else []

    def _any(self, found: list[Any]) -> Any:
        return self.random.choice(found) if found else None

    # -- the ledger --------------------------------------------------------------------------------------------

    def copy_ledger(self) -> None:
        """Keep the ledger as it is now."""
        if (self.folder / "ledger").is_dir():
            shutil.copytree(self.folder / "ledger", self._copy, dirs_exist_ok=True)

    def restore_ledger(self) -> None:
        """Put the ledger back as it was when it was copied; without a copy, it is lost."""
        shutil.rmtree(self.folder / "ledger", ignore_errors=True)
        if self._copy.is_dir():
            shutil.copytree(self._copy, self.folder / "ledger")

    @property
    def _copy(self) -> Path:
        return self.folder.with_name(f"{self.folder.name}-ledger")
