"""Gold by majority: what most annotators of a document say is accepted, the rest is a list of disputes.

Nothing of the annotators' own sets is changed: their votes can be counted again from the revisions that the origin
of a gold set names (:mod:`corpus.annotation.majority` counts them).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from corpus.annotation.majority import Adjudication, majority_of
from corpus.annotation.store import current
from corpus.model.annotation import GOLD, AnnotationSet
from corpus.model.finding import Finding, Severity

__all__ = ["Adjudicated", "adjudicate"]


@dataclass(slots=True)
class Adjudicated:
    """The documents that were adjudicated, and why others were not."""

    documents: list[Adjudication] = field(default_factory=list)
    already: list[str] = field(default_factory=list)
    """Documents that have gold."""
    findings: list[Finding] = field(default_factory=list)


def adjudicate(sets: Iterable[AnnotationSet], now: str | None = None, *, force: bool = False) -> Adjudicated:
    """Adjudicate every document that two annotators or more submitted, and that has no gold yet.

    ``sets`` are all versions there are; ``now`` is written into the new ones. With ``force``, documents that have
    gold get a new version of it, unless it says the same. Documents whose annotations lie on different texts or
    follow different schemes are findings.
    """
    found = Adjudicated()
    of: dict[str, list[AnnotationSet]] = {}
    for item in current(sets):
        of.setdefault(item.doc_id, []).append(item)
    for doc_id, own in sorted(of.items()):
        gold = next((item for item in own if item.annotator == GOLD), None)
        voters = sorted((s for s in own if s.annotator != GOLD and s.state == "submitted"), key=_annotator)
        if len(voters) < 2:
            continue
        if gold is not None and gold.state != "deleted" and not force:
            found.already.append(doc_id)
        elif len({(s.anchor_sha256, s.scheme, s.scheme_version) for s in voters}) > 1:
            found.findings.append(_unlike(doc_id, voters))
        else:
            made = majority_of(voters, gold, now)
            if gold is not None and _content(gold) == _content(made.gold):
                found.already.append(doc_id)
            else:
                found.documents.append(made)
    return found


def _annotator(item: AnnotationSet) -> str:
    return item.annotator


def _content(item: AnnotationSet) -> dict[str, Any]:
    return item.model_dump(exclude={"revision", "created_at", "updated_at", "lead_time"})


def _unlike(doc_id: str, voters: Sequence[AnnotationSet]) -> Finding:
    who = ", ".join(f"{s.annotator} ({s.scheme} {s.scheme_version}, {s.anchor_sha256[:8]})" for s in voters)
    message = f"Its annotations lie on different texts or schemes, and are not adjudicated: {who}; sync them first."
    return Finding("adjudication-unlike", doc_id, message, Severity.WARNING)
