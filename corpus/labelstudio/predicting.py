"""Push of predictions: every present task gets the newest proposal of each maker, once.

The server offers annotators the predictions of one version alone, which the project names: the first that was ever
imported, unless it is told another one. So it is told whenever another one proposes here.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from corpus.labelstudio.client import RefusedError
from corpus.labelstudio.filters import ids_filter
from corpus.labelstudio.listing import ServerTask, task_pages
from corpus.labelstudio.proposing import Proposer
from corpus.labelstudio.work import Work

__all__ = ["PredictionPush"]

_DOCUMENTS = 250
_OFFERED = "offered"
"""The fact that says which version the project was told to offer."""


class PredictionPush:
    """The push of the predictions of one run."""

    def __init__(self, work: Work) -> None:
        self.work, self.ledger = work, work.ledger

    def push(self) -> None:
        """Give every current task the newest prediction, and take older ones of the same maker away."""
        proposers = self.work.proposers
        for proposer in proposers:
            self._proposals(proposer)
        if proposers and self.work.leads:
            self._offer(proposers[-1].version)
        if self.work.model_files is not None:
            self.work.report.add(self.work.model_files.findings())

    def _offer(self, version: str) -> None:
        """Let the project offer a version, unless somebody chose another maker's there since it was told.

        Safe at any interruption: it is noted afterwards, and telling it twice is the same as once.
        """
        work = self.work
        now, told = work.project.record.get("model_version"), self.ledger.fact(work.mark, _OFFERED)
        if now and now != version and told not in (None, now) and not self._is_made_here(str(now)):
            return
        if now != version:
            try:
                body = {"model_version": version}
                work.send("project-offer", "PATCH", f"/api/projects/{work.project.id}/", body, repeatable=True)
            except RefusedError as refusal:
                if refusal.status != 400:
                    raise
                return  # no task has a prediction of this version
        if told != version:
            with self.ledger.transaction("offer-noted"):
                self.ledger.set_fact(work.mark, _OFFERED, version)

    def _is_made_here(self, version: str) -> bool:
        return any(_family(version) == _family(proposer.version) for proposer in self.work.proposers)

    def _proposals(self, proposer: Proposer) -> None:
        lacking = self.ledger.lacking(self.work.mark, proposer.version)
        while batch := list(islice(lacking, _DOCUMENTS)):
            documents = self.work.material.documents.some(task.doc_id for task in batch)
            tasks = [task for task in batch if task.doc_id in documents]
            proposed = proposer.bodies([documents[task.doc_id] for task in tasks])
            there = {task.id: task for task in self._listed([task.id for task in tasks])}
            for task, body in zip(tasks, proposed, strict=True):
                if not self.work.is_outdated(task, documents[task.doc_id]) and task.id in there:
                    with self.work.apart(f"task {task.id}", f"the prediction of {task.doc_id!r}"):
                        self._predict(there[task.id], proposer.version, body)

    def _listed(self, ids: list[int]) -> Iterator[ServerTask]:
        for first in range(0, len(ids), 100):
            for page in task_pages(self.work.client, self.work.project.id, ids_filter(ids[first : first + 100])):
                yield from page

    def _predict(self, task: ServerTask, version: str, body: dict[str, Any]) -> None:
        """Replace older predictions of the same maker; one of this version is enough.

        Stopped after the new one was made, the next run sees both on the task, and removes the older.
        """
        same = [p for p in task.predictions if p.model_version == version]
        older = [p for p in task.predictions if _family(p.model_version) == _family(version) and p not in same]
        if body["result"] and not same:
            self.work.send("prediction-new", "POST", "/api/predictions/", {**body, "task": task.id})
            self.work.report.predictions_new += 1
        for old in (*older, *same[1:]):
            self._unpredict(old.id)
        kept = [(p.model_version, p.id) for p in task.predictions if p not in older and p not in same[1:]]
        with self.ledger.transaction("prediction-noted"):
            self.ledger.set_predictions(self.work.mark, task.id, [*kept, (version, same[0].id if same else None)])

    def _unpredict(self, prediction: int) -> None:
        try:
            self.work.send("prediction-delete", "DELETE", f"/api/predictions/{prediction}/")
        except RefusedError as refusal:
            if refusal.status != 404:
                raise


def _family(model_version: str) -> str:
    """Return the pre-annotator's name, which stands before its version."""
    return model_version.partition(" ")[0]
