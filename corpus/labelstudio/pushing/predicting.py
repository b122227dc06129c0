"""Push of predictions: every present task gets the newest proposal of each maker, once.

The server offers annotators the predictions of one version alone (:mod:`corpus.labelstudio.pushing.offering`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from corpus.labelstudio.format.proposing import Proposer, maker_of
from corpus.labelstudio.ledger.known import KnownTask
from corpus.labelstudio.pulling.scanning import chosen_tasks
from corpus.labelstudio.pushing.offering import offer
from corpus.labelstudio.pushing.withdrawing import note_sent, unpredict, withdraw
from corpus.labelstudio.wire.client import is_id
from corpus.labelstudio.wire.listing import ServerPrediction, ServerTask
from corpus.labelstudio.work import PROPOSED_AT_ONCE, Work

__all__ = ["PredictionPush"]

_Lacking = tuple[KnownTask, list[Proposer]]
"""A present task, and those who have not proposed on it yet."""


class PredictionPush:
    """The push of the predictions of one run."""

    def __init__(self, work: Work) -> None:
        self.work, self.ledger = work, work.ledger

    def push(self) -> None:
        """Give every current task the newest predictions, and take older ones of the same makers away."""
        proposers = self.work.proposers
        lacking = iter(self._lacking(proposers))
        while batch := list(islice(lacking, PROPOSED_AT_ONCE)):
            self._proposals(proposers, batch)
        withdraw(self.work, proposers)
        if proposers and self.work.leads:
            offer(self.work, proposers)
        if self.work.model_files is not None:
            self.work.report.add(self.work.model_files.findings())

    def _lacking(self, proposers: Sequence[Proposer]) -> list[_Lacking]:
        """Return the present tasks on which anybody has not proposed yet, by document."""
        found: dict[int, _Lacking] = {}
        for proposer in proposers:
            for task in self.ledger.lacking(self.work.mark, proposer.version):
                found.setdefault(task.id, (task, []))[1].append(proposer)
        return sorted(found.values(), key=lambda each: each[0].doc_id)

    def _proposals(self, proposers: Sequence[Proposer], batch: Sequence[_Lacking]) -> None:
        documents = self.work.material.documents.some(task.doc_id for task, _ in batch)
        listed = chosen_tasks(self.work, [task.id for task, _ in batch])
        there = {task.id: task for page in listed for task in page}
        for proposer in proposers:
            tasks = [task for task, own in batch if proposer in own and task.doc_id in documents]
            proposed = proposer.bodies([documents[task.doc_id] for task in tasks])
            for task, body in zip(tasks, proposed, strict=True):
                if not self.work.is_outdated(task, documents[task.doc_id]) and task.id in there:
                    with self.work.apart(f"task {task.id}", f"the prediction of {task.doc_id!r}"):
                        there[task.id] = self._predict(there[task.id], proposer.version, body)

    def _predict(self, task: ServerTask, version: str, body: dict[str, Any]) -> ServerTask:
        """Replace older predictions of the same maker; one of this version is enough.

        Returns the task as it is then. Stopped after the new one was made, the next run sees both on the task, and
        removes the older.
        """
        same = [p for p in task.predictions if p.model_version == version]
        older = [p for p in task.predictions if maker_of(p.model_version) == maker_of(version) and p not in same]
        if body["result"] and not same:
            note_sent(self.work, [version])
            made = self.work.send("prediction-new", "POST", "/api/predictions/", {**body, "task": task.id})
            self.work.report.predictions_new += 1
            number = made.get("id") if isinstance(made, dict) else None
            same = [ServerPrediction(number, version)] if is_id(number) else []
        for old in (*older, *same[1:]):
            unpredict(self.work, old.id)
        kept = tuple(p for p in task.predictions if p not in older and p not in same)
        self._note(task, kept, (version, same[0].id if same else None))
        return replace(task, predictions=(*kept, *same[:1]))

    def _note(self, task: ServerTask, kept: Sequence[ServerPrediction], own: tuple[str, int | None]) -> None:
        """Note all that a task has now; who proposes nothing on it is on no list of the server's."""
        known = self.ledger.predictions(self.work.mark, task.id).items()
        empty = [(v, None) for v, n in known if n is None and maker_of(v) != maker_of(own[0])]
        there = [(p.model_version, p.id) for p in kept]
        with self.ledger.transaction("prediction-noted"):
            self.ledger.set_predictions(self.work.mark, task.id, [*empty, *there, own])
