"""Which version's predictions the project offers: the server shows annotators those of one alone.

It is the first that was ever imported, unless the project is told another one. So it is told whenever another one
proposes here: the last maker's, or that of the one somebody chose in the project's settings there.
"""

from __future__ import annotations

from collections.abc import Sequence

from corpus.labelstudio.format.proposing import Proposer, maker_of
from corpus.labelstudio.wire.client import RefusedError
from corpus.labelstudio.work import Work

__all__ = ["offer"]

_OFFERED, _CHOSEN = "offered", "chosen"
"""The facts that say which version the project was told to offer, and whose somebody chose there."""


def offer(work: Work, proposers: Sequence[Proposer]) -> None:
    """Let the project offer the newest version of whom somebody chose there, else of the last proposer.

    What is offered of a maker who does not propose here is left alone, where somebody chose it since it was told.
    Safe at any interruption: it is noted afterwards, and telling it twice is the same as once.
    """
    now, told = work.project.record.get("model_version"), work.ledger.fact(work.mark, _OFFERED)
    newest = {maker_of(proposer.version): proposer.version for proposer in proposers}
    if now and told not in (None, now) and maker_of(str(now)) not in newest:
        return
    chosen = _chosen(work, str(now or ""), told, maker_of(proposers[-1].version))
    version = newest.get(chosen or "", proposers[-1].version)
    if now != version and not _tell(work, version):
        return
    if told != version or chosen != work.ledger.fact(work.mark, _CHOSEN):
        with work.ledger.transaction("offer-noted"):
            work.ledger.set_fact(work.mark, _OFFERED, version)
            work.ledger.set_fact(work.mark, _CHOSEN, chosen)


def _chosen(work: Work, now: str, told: str | None, last: str) -> str | None:
    """Return whose predictions somebody chose in the project's settings, None where they are the last maker's.

    Where another checkout pushed since, what is offered now may be its word and nobody's choice.
    """
    if work.material.questions is not None:
        return None
    if now and told not in (None, now) and work.project.ledger == work.ledger.id:
        return maker_of(now) if maker_of(now) != last else None
    return work.ledger.fact(work.mark, _CHOSEN)


def _tell(work: Work, version: str) -> bool:
    """Tell the project what to offer; False where no task has a prediction of this version."""
    body = {"model_version": version}
    try:
        work.send("project-offer", "PATCH", f"/api/projects/{work.project.id}/", body, repeatable=True)
    except RefusedError as refusal:
        if refusal.status != 400:
            raise
        return False
    return True
