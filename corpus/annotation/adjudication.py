"""Gold by majority: what most annotators of a document say is accepted, the rest is a list of disputes.

Nothing of the annotators' own sets is changed: their votes can be counted again from the revisions that the origin
of a gold set names (:mod:`corpus.annotation.majority` counts them). What a person decided is never replaced by a
majority; where the annotations have changed since, what that concerns is disputed again
(:mod:`corpus.annotation.decisions`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from corpus.annotation.decisions import Standing, Version, standing_of
from corpus.annotation.majority import Adjudication, Dispute
from corpus.annotation.store import current
from corpus.model.annotation import GOLD, AnnotationSet
from corpus.model.finding import Finding, Severity

__all__ = ["Adjudicated", "adjudicate"]


@dataclass(slots=True)
class Adjudicated:
    """The documents that were adjudicated, and why others were not."""

    documents: list[Adjudication] = field(default_factory=list)
    """Those of which gold is to be written."""
    already: list[str] = field(default_factory=list)
    """Documents that have gold."""
    standings: list[Standing] = field(default_factory=list)
    """How every document stands that two annotators or more submitted, whether it has gold or not."""
    findings: list[Finding] = field(default_factory=list)

    @property
    def open(self) -> list[Dispute]:
        """What a person must decide, in every document."""
        return [dispute for standing in self.standings for dispute in standing.open]

    @property
    def decided(self) -> list[str]:
        """Documents whose gold a person made or changed, and in which nothing is open."""
        return [s.doc_id for s in self.standings if s.is_decided and not s.open]


def adjudicate(sets: Iterable[AnnotationSet], now: str | None = None, *, force: bool = False) -> Adjudicated:
    """Adjudicate every document that two annotators or more submitted, and that has no gold yet.

    ``sets`` are all versions there are; ``now`` is written into the new ones. With ``force``, documents whose gold
    was made by a majority get a new version of it, unless it says the same; what a person decided stays. Documents
    whose annotations lie on different texts or follow different schemes are findings.
    """
    found = Adjudicated()
    every = list(sets)
    versions = {(item.doc_id, item.annotator, item.revision): item for item in every}
    of: dict[str, list[AnnotationSet]] = {}
    for item in current(every):
        of.setdefault(item.doc_id, []).append(item)
    for doc_id, own in sorted(of.items()):
        gold = next((item for item in own if item.annotator == GOLD), None)
        voters = sorted((s for s in own if s.annotator != GOLD and s.state == "submitted"), key=_annotator)
        if len(voters) < 2:
            continue
        has_gold = gold is not None and gold.state != "deleted"
        if len({(s.anchor_sha256, s.scheme, s.scheme_version) for s in voters}) > 1:
            found.findings.append(_unlike(doc_id, voters))
            found.already += [doc_id] if has_gold else []
            continue
        standing = standing_of(voters, gold, _versions_of(doc_id, versions), now)
        found.standings.append(standing)
        if has_gold and (not force or standing.is_decided or _content(gold) == _content(standing.now.gold)):
            found.already.append(doc_id)
        else:
            found.documents.append(standing.now)
    return found


def _versions_of(doc_id: str, versions: Mapping[tuple[str, str, int], AnnotationSet]) -> Version:
    return lambda annotator, revision: versions.get((doc_id, annotator, revision))


def _annotator(item: AnnotationSet) -> str:
    return item.annotator


def _content(item: AnnotationSet | None) -> dict[str, Any] | None:
    return None if item is None else item.model_dump(exclude={"revision", "created_at", "updated_at", "lead_time"})


def _unlike(doc_id: str, voters: Sequence[AnnotationSet]) -> Finding:
    who = ", ".join(f"{s.annotator} ({s.scheme} {s.scheme_version}, {s.anchor_sha256[:8]})" for s in voters)
    message = f"Its annotations lie on different texts or schemes, and are not adjudicated: {who}; sync them first."
    return Finding("adjudication-unlike", doc_id, message, Severity.WARNING)
