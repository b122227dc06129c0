"""Whatever two sides do in whatever order: after a sync nothing is lost, doubled or misplaced.

Hypothesis chooses what annotators do on the real server, what is edited here, which texts change, what is deleted,
how the scheme moves on, which runs are cut off, and when the ledger is lost. The model knows one thing of each
annotator and document: the words that were last marked. ``SYNC_EXAMPLES`` and ``SYNC_STEPS`` make it longer.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from labelstudio_desk import Desk
from labelstudio_material import plain, spans
from labelstudio_people import Person, annotate, mark

from corpus.files import schema_text
from corpus.labelstudio.ledger import journal
from corpus.labelstudio.ledger.store import LEDGER
from corpus.labelstudio.wire.client import Client
from corpus.labelstudio.wire.listing import ServerAnnotation, ServerTask
from corpus.model.annotation import Entity
from corpus.model.document import Document
from corpus.model.scheme import Scheme

pytestmark = pytest.mark.server

WORDS = ("Ada 🙂", "said e\u0301s", "קוראים", "Bo\u00a0Li", "in the end")
HEADS = ("", "Monday. ", "Old news 👍🏽: ", "Again, today — ")
NAMES = ("one", "two")
LABELS = (("MISC", "1.0.0"), ("OTHER", "1.1.0"), ("REST", "1.2.0"))


class KilledError(BaseException):
    """The program ends here."""


def scheme(number: int) -> Scheme:
    """Return the scheme after so many renamings of one label."""
    label, version = LABELS[number]
    text = schema_text("news-ec.toml").replace('"MISC"', f'"{label}"').replace('"1.0.0"', f'"{version}"', 1)
    for (old, _), (new, later) in pairwise(LABELS[: number + 1]):
        entry = f'version = "{later}"\ndate = "2026-12-01"\nchange = "A test."\nrenamed = {{ {old} = "{new}" }}'
        text += f"\n[[history]]\n{entry}\n"
    return Scheme.from_toml(text)


def article(name: str, number: int) -> Document:
    return plain(name, f"{HEADS[number % len(HEADS)]}{number}. {name}: " + ", ".join(WORDS) + ".")


Key = tuple[str, str]
"""A document and who annotates it: a person's name."""


class World(RuleBasedStateMachine):
    """One desk, one project, two people; ``expected`` holds the words that each key should bear."""

    client: Client
    people: dict[str, Person]

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.texts = dict.fromkeys(NAMES, 0)
        self.renamed = 0
        self.desk = Desk(self.client, Path(self.folder.name), *(article(name, 0) for name in NAMES))
        self.project = self.desk.sync().project
        self.expected: dict[Key, str | None] = {}
        self.touched: set[Key] = set()
        self.pseudonyms: dict[str, str] = {}

    def teardown(self) -> None:
        journal.on_step = None
        self.folder.cleanup()

    # -- the server's side ---------------------------------------------------------------------------------

    def shown(self, name: str, *, late: bool) -> ServerTask:
        tasks = [task for task in self.desk.listed(self.project) if task.doc_id == name]
        retired = [task for task in tasks if task.is_retired]
        return retired[-1] if late and retired else next(t for t in tasks if not t.is_retired)

    def of(self, task: ServerTask, who: str) -> ServerAnnotation | None:
        found = [a for a in task.annotations if a.person == self.people[who].id]
        return found[-1] if found else None

    @rule(
        name=st.sampled_from(NAMES),
        who=st.sampled_from(("ada", "bo")),
        word=st.sampled_from(WORDS),
        late=st.booleans(),
    )
    def people_work(self, name: str, who: str, word: str, late: bool) -> None:
        """Somebody marks a word, on the present task or in a tab that still shows an older one."""
        if (name, who) in self.touched:
            return  # one change of a key between two syncs: what two changes mean is tested by itself
        task = self.shown(name, late=late)
        rows = [mark("r", task.data["text"], word, LABELS[self.shown_label()][0], "entity")]
        there = self.of(task, who)
        if there is None:
            annotate(self.people[who], task.id, rows)
        else:
            self.people[who].client.send("PATCH", f"/api/annotations/{there.id}/", {"result": rows})
        self.change(name, who, word)

    @rule(name=st.sampled_from(NAMES), who=st.sampled_from(("ada", "bo")))
    def people_delete(self, name: str, who: str) -> None:
        if (name, who) in self.touched:
            return
        there = self.of(self.shown(name, late=False), who)
        if there is not None:
            self.client.send("DELETE", f"/api/annotations/{there.id}/")
            self.change(name, who, None)

    @precondition(lambda self: not self.touched)
    @rule(name=st.sampled_from(NAMES))
    def a_task_is_deleted(self, name: str) -> None:
        self.client.send("DELETE", f"/api/tasks/{self.shown(name, late=False).id}/")
        self.touched |= {(name, "ada"), (name, "bo")}

    def shown_label(self) -> int:
        config = str(self.client.get(f"/api/projects/{self.project}/")["label_config"])
        return next(n for n, (label, _) in reversed(list(enumerate(LABELS))) if f'"{label}"' in config)

    # -- this side -------------------------------------------------------------------------------------------

    @rule(name=st.sampled_from(NAMES), who=st.sampled_from(("ada", "bo")), word=st.sampled_from((*WORDS, None)))
    def edit_here(self, name: str, who: str, word: str | None) -> None:
        key = (name, self.pseudonyms.get(who, ""))
        own = self.sets().get(key)
        if own is None or own.state == "deleted" or (name, who) in self.touched:
            return
        if word is None:
            self.desk.edit(key, state="deleted", entities=())
        else:
            doc = next(d for d in self.desk.documents if d.doc_id == name)
            if own.anchor_sha256 != doc.anchor_sha256:
                return  # an editor works on the text that the set points into
            label = self.desk.scheme.entity_labels[-1]
            self.desk.edit(key, entities=(Entity(id="r", spans=spans(doc, word), label=label),))
        self.change(name, who, word)

    @rule(name=st.sampled_from(NAMES))
    def a_text_changes(self, name: str) -> None:
        self.texts[name] += 1
        self.desk.documents = tuple(article(name, number) for name, number in self.texts.items())

    @precondition(lambda self: self.renamed < len(LABELS) - 1)
    @rule()
    def the_scheme_moves_on(self) -> None:
        self.sync()
        self.renamed += 1
        self.desk.scheme = scheme(self.renamed)

    def change(self, name: str, who: str, word: str | None) -> None:
        self.expected[name, who] = word
        self.touched.add((name, who))

    # -- sync ------------------------------------------------------------------------------------------------

    @rule(step=st.integers(1, 12))
    def a_sync_is_cut_off(self, step: int) -> None:
        passed = 0

        def stop(_: str) -> None:
            nonlocal passed
            passed += 1
            if passed == step:
                raise KilledError

        journal.on_step = stop
        try:
            self.desk.sync()
        except KilledError:
            pass
        finally:
            journal.on_step = None
        self.touched |= {(name, who) for name in NAMES for who in self.people}  # nobody else acts in between

    @rule(lost=st.booleans())
    def sync(self, lost: bool = False) -> None:
        if lost and not self.touched:
            (self.desk.ledger_folder / LEDGER).unlink()
        before = {key: len(self.desk.versions(key)) for key in self.sets()}
        report = self.desk.sync()
        assert report.conflicts == [], report.conflicts
        again = self.desk.sync()
        assert again.is_quiet, again.as_record()
        assert all(len(self.desk.versions(key)) >= count for key, count in before.items())
        self.touched.clear()
        self.check()

    def sets(self) -> dict[Key, Any]:
        return self.desk.sets() if self.desk.folder.is_dir() else {}

    def check(self) -> None:
        """Compare both sides with what was expected: every key once, on the right words, nothing else."""
        tasks = [task for task in self.desk.listed(self.project) if not task.is_retired]
        assert sorted(str(task.doc_id) for task in tasks) == sorted(NAMES)
        there: dict[Key, list[str]] = {}
        names = {person.id: who for who, person in self.people.items()}
        for task in tasks:
            for annotation in task.annotations:
                words = [task.data["text"][r["value"]["start"] : r["value"]["end"]] for r in annotation.result]
                assert [r["value"]["text"] for r in annotation.result] == words
                there.setdefault((str(task.doc_id), names[annotation.person or 0]), []).extend(words)
        assert there == {key: [word] for key, word in self.expected.items() if word is not None}
        here = {key: item for key, item in self.sets().items() if item.state != "deleted"}
        texts = {document.doc_id: document.raw_text for document in self.desk.documents}
        assert len(here) == len(there)
        for (name, annotator), item in here.items():
            (span,) = item.entities[0].spans
            assert texts[name][span.start : span.end] == span.exact
            who = next((who for who, known in self.pseudonyms.items() if known == annotator), None)
            options = [key[1] for key in there if key[0] == name and there[key] == [span.exact]]
            assert who in options if who else options
            assert item.orphans == ()
        self.learn()

    def learn(self) -> None:
        """Find out who is behind which pseudonym: the ledger says so."""
        from corpus.labelstudio.ledger.store import Ledger

        with Ledger.open(self.desk.ledger_folder) as ledger:
            for who, person in self.people.items():
                name = ledger.people.get(person.email.casefold())
                if name is not None:
                    assert self.pseudonyms.setdefault(who, name) == name


def test_any_order_of_events(client: Client, sign_up: Callable[[str], Person]) -> None:
    """Nothing is lost, doubled or misplaced."""
    World.client, World.people = client, {"ada": sign_up("ada"), "bo": sign_up("bo")}
    run_state_machine_as_test(
        World,
        settings=settings(
            max_examples=int(os.environ.get("SYNC_EXAMPLES", "1")),
            stateful_step_count=int(os.environ.get("SYNC_STEPS", "10")),
            suppress_health_check=list(HealthCheck),
            derandomize="SYNC_EXAMPLES" not in os.environ,
            database=None,
            phases=[Phase.generate],  # a step takes a second on a real server: shrinking would take an hour
        ),
    )
