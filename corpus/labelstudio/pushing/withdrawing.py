"""Predictions go when their model's file goes: those that this checkout sent, and no others.

What was sent is noted before it is sent, by its version, which holds a hash of the file: what others proposed of
a model of the same name is another version. Each one is deleted by itself, for only so the server moves its task's
``updated_at``, and a checkout that proposes the same sees that it is gone, and sends its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from corpus.labelstudio.format.proposing import Proposer, maker_of
from corpus.labelstudio.pulling.scanning import chosen_tasks
from corpus.labelstudio.wire.client import RefusedError
from corpus.labelstudio.work import Work

__all__ = ["note_sent", "unpredict", "withdraw"]

_SENT = "models"
"""The fact that says which versions of models' predictions were sent from here, as a JSON list."""


def note_sent(work: Work, versions: Iterable[str]) -> None:
    """Note which models' predictions are about to be sent."""
    rules = work.material.preannotator
    sent = _sent(work)
    new = {v for v in versions if rules is not None and maker_of(v) != rules.name} - sent
    if new:
        with work.ledger.transaction("models-noted"):
            work.ledger.set_fact(work.mark, _SENT, json.dumps(sorted(sent | new)))


def withdraw(work: Work, proposers: Sequence[Proposer]) -> None:
    """Take away what was sent from here for models that have no file any more.

    Safe at any interruption: they are forgotten when none is left, and looked for on the server before that.
    """
    if work.model_files is None or not work.leads:
        return
    makers = {maker_of(proposer.version) for proposer in proposers}
    gone = {version for version in _sent(work) if maker_of(version) not in makers}
    if not gone:
        return
    for page in chosen_tasks(work, work.ledger.proposed(work.mark, gone)):
        for task in page:
            for prediction in task.predictions:
                if prediction.model_version in gone:
                    unpredict(work, prediction.id)
                    work.report.predictions_deleted += 1
            with work.ledger.transaction("prediction-noted"):
                kept = work.ledger.predictions(work.mark, task.id).items()
                work.ledger.set_predictions(work.mark, task.id, [one for one in kept if one[0] not in gone])
    with work.ledger.transaction("models-noted"):
        work.ledger.set_fact(work.mark, _SENT, json.dumps(sorted(_sent(work) - gone)))


def unpredict(work: Work, prediction: int) -> None:
    """Delete a prediction, which may be gone."""
    try:
        work.send("prediction-delete", "DELETE", f"/api/predictions/{prediction}/")
    except RefusedError as refusal:
        if refusal.status != 404:
            raise


def _sent(work: Work) -> set[str]:
    return set(json.loads(work.ledger.fact(work.mark, _SENT) or "[]"))
