"""One schedule of adjudication: votes, answers and a lost ledger between runs that are struck; then all is read."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from faults_decided import count_decided
from faults_panel import Panel
from faults_reading import Count
from faults_schedule import Schedule, Stage
from faults_schemes import scheme

from corpus.labelstudio.adjudication.adjudicating import Adjudicating, adjudicate
from corpus.labelstudio.documents import ListedDocuments
from corpus.labelstudio.ledger.store import Ledger
from corpus.labelstudio.sync import Material, Options, sync
from corpus.labelstudio.wire.client import Client
from corpus.model.document import Document


@dataclass(frozen=True)
class Deciding:
    """What a run does: the annotators' project is brought into step first, where they have one."""

    has_guest: bool = False

    def __call__(self, client: Client, folder: Path, name: str, documents: tuple[Document, ...]) -> Adjudicating:
        """Adjudicate, as the commands do it."""
        material = Material(name, scheme(0), ListedDocuments(documents), folder / "annotations")
        with Ledger.open(folder / "ledger") as ledger:
            if self.has_guest:
                sync(client, material, ledger, Options())
            return adjudicate(client, material, ledger, Options())


class Adjudication(Schedule):
    """One seeded schedule of adjudication."""

    def __init__(self, stage: Stage, seed: int) -> None:
        super().__init__(stage, seed)
        has_guest = self.random.random() < 0.5
        self.panel = Panel(f"faults {seed}", self.folder, stage.site, stage.people, random.Random(seed), has_guest)

    @property
    def place(self) -> Panel:
        """What is struck."""
        return self.panel

    def run(self) -> Count:
        """Play the schedule and count what is there in the end."""
        self.folder.mkdir()
        for _ in range(self.random.randint(1, 2)):
            self.panel.add_document()
        self._sync_clean()
        for _ in range(self.random.randint(2, 3)):
            self._round(self.random.randint(1, 2))
            if self.random.random() < 0.6:
                self._sync_clean()
        self._strike_at_last()
        before = {path: path.read_bytes() for path in self.panel.annotations.rglob("*.jsonl")}
        self._sync_clean()
        again = self._sync_clean()
        found = count_decided(self.panel, before)
        if not again.sync.is_quiet or again.settled.gold:
            found.note_doubled("a run after the last one still has something to do")
        return self._told(found)

    def _sync_clean(self) -> Any:
        self.played.append("run")
        report = self.stage.job(self.panel, self.stage.site.url, self._doing()).run()
        self.panel.settle()
        return report

    def _edit(self) -> None:
        panel = self.panel
        edits: list[Callable[[], Any]] = [panel.answer] * 7 + [panel.change_vote] * 3
        edits += [panel.answer_second, panel.answer_late, panel.answer_late, panel.vote_there, panel.vote_there]
        edits += [panel.add_document, panel.delete_task, panel.copy_ledger, panel.restore_ledger]
        edit = self.random.choice(edits)
        self.played.append(edit.__name__)
        edit()

    def _doing(self) -> Deciding:
        return Deciding(self.panel.has_guest)
