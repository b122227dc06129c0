"""What most annotators of one document say: the gold of it, and what is disputed.

An item is accepted where more than half of all who annotated the document marked one with the same label and the
same characters; its note counts the votes. Attributes, flags and links are accepted by the same majority, each for
itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeVar

from corpus.annotation.checks import Item
from corpus.annotation.clusters import clusters
from corpus.model.annotation import GOLD, AnnotationSet, Claim, Cue, Entity, LinkedEntity, Origin, Source

__all__ = ["Adjudication", "Dispute", "DisputeReason", "majority_of"]

H = TypeVar("H", bound=Hashable)


class DisputeReason(Enum):
    """Why something was not accepted."""

    FEW = "At most half of the annotators marked it."
    LABEL = "No label has a majority."
    EDGES = "Most marked it, but no majority drew it alike."
    VALUE = "It is accepted, but no majority gave this attribute the same value."
    LINK = "It is accepted, but no majority says whose claim it is."


@dataclass(frozen=True, slots=True)
class Dispute:
    """Something that a person must decide."""

    doc_id: str
    layer: str
    start: int
    """From the first character that anybody marked to the last, in the anchor text."""
    end: int
    text: str
    """The longest of the marked texts."""
    reason: DisputeReason
    what: str | None
    """The attribute, where it is one that is disputed."""
    votes: Mapping[str, str]
    """What each annotator says who marked it: the label, the text, its place or the value."""


@dataclass(frozen=True, slots=True)
class Adjudication:
    """What became of one document."""

    gold: AnnotationSet
    unanimous: int
    """Items that everybody marked with the same label and the same characters."""
    by_majority: int
    disputes: tuple[Dispute, ...]


def majority_of(voters: Sequence[AnnotationSet], gold: AnnotationSet | None, now: str | None) -> Adjudication:
    """Return what most of the sets of one document say, as the version of the gold set that follows ``gold``.

    ``voters`` lie on one text and follow one scheme; ``now`` is written into the version.
    """
    return _Document(voters).adjudicated(gold, now)


@dataclass(frozen=True, slots=True)
class _Accepted:
    """An item of gold: its id there, the item that was drawn as most did, and everybody's who marked it."""

    id: str
    chosen: Item
    cluster: Mapping[str, Item]
    note: str


@dataclass(slots=True)
class _Document:
    """One document's sets, and what was made of them so far."""

    voters: Sequence[AnnotationSet]
    unanimous: int = 0
    by_majority: int = 0
    disputes: list[Dispute] = field(default_factory=list)
    new_ids: dict[tuple[str, str], str] = field(default_factory=dict)
    """The id in gold of each annotator's item."""

    def adjudicated(self, gold: AnnotationSet | None, now: str | None) -> Adjudication:
        """Return the set that follows ``gold``."""
        first = self.voters[0]
        entities = tuple(self._entity(item) for item in self._accepted("entities"))
        sources = tuple(self._source(item) for item in self._accepted("sources"))
        cues = tuple(Cue(id=c.id, spans=c.chosen.spans, note=c.note) for c in self._accepted("cues"))
        claims = tuple(self._claim(item) for item in self._accepted("claims"))
        guidelines = {item.guideline_version for item in self.voters}
        made = AnnotationSet(
            annotation_id=gold.annotation_id if gold else f"{first.doc_id}.{GOLD}",
            revision=gold.revision + 1 if gold else 1,
            state="submitted",
            doc_id=first.doc_id,
            annotator=GOLD,
            anchor_sha256=first.anchor_sha256,
            scheme=first.scheme,
            scheme_version=first.scheme_version,
            guideline_version=first.guideline_version if len(guidelines) == 1 else None,
            created_at=gold.created_at if gold else now,
            updated_at=now,
            origin=Origin(kind="adjudication", note=self._origin()),
            entities=entities,
            sources=sources,
            claims=claims,
            cues=cues,
            linked_entities=self._linked({name for e in entities if (name := e.entity_id)}, sources, claims),
        )
        return Adjudication(made, self.unanimous, self.by_majority, tuple(self.disputes))

    def _origin(self) -> str:
        who = ", ".join(f"{item.annotator} (revision {item.revision})" for item in self.voters)
        return f"by majority of {who}; {len(self.disputes)} disputed"

    def _accepted(self, layer: str) -> list[_Accepted]:
        """Return what is accepted of a layer, and keep what is disputed."""
        found: list[_Accepted] = []
        for cluster in clusters({item.annotator: getattr(item, layer) for item in self.voters}):
            label = self._majority([_label(item) for item in cluster.values()])
            alike = [item for item in cluster.values() if label is not None and _label(item) == label]
            drawn = self._majority([_places(item) for item in alike])
            if drawn is None:
                self._dispute_cluster(layer, cluster, label)
                continue
            chosen = {who: m for who, m in cluster.items() if _label(m) == label and _places(m) == drawn}
            everybody = len(chosen) == len(self.voters)
            self.unanimous += everybody
            self.by_majority += not everybody
            name = f"{_LETTERS[layer]}{len(found) + 1}"
            self.new_ids |= {(who, item.id): name for who, item in cluster.items()}
            found.append(_Accepted(name, next(iter(chosen.values())), cluster, self._note(chosen, cluster)))
        return found

    def _dispute_cluster(self, layer: str, cluster: Mapping[str, Item], label: str | None) -> None:
        if 2 * len(cluster) <= len(self.voters):
            reason = DisputeReason.FEW
        else:
            reason = DisputeReason.LABEL if label is None else DisputeReason.EDGES
        votes = {who: _told(item, reason) for who, item in cluster.items()}
        self.disputes.append(_dispute(self.voters[0].doc_id, layer, cluster, reason, None, votes))

    def _note(self, chosen: Mapping[str, Item], cluster: Mapping[str, Item]) -> str:
        if len(chosen) == len(self.voters):
            return f"{len(chosen)} of {len(chosen)}"
        others = [who for who in cluster if who not in chosen]
        told = f"; otherwise {', '.join(others)}" if others else ""
        return f"by majority, {len(chosen)} of {len(self.voters)}: {', '.join(chosen)}{told}"

    def _majority(self, votes: Iterable[H | None]) -> H | None:
        """Return the value that more than half of the document's annotators gave."""
        counts = Counter(vote for vote in votes if vote is not None)
        value, count = max(counts.items(), key=lambda pair: pair[1], default=(None, 0))
        return value if 2 * count > len(self.voters) else None

    def _most(self, lists: Iterable[Iterable[str]]) -> tuple[str, ...]:
        """Return the names that stand in the lists of more than half of the annotators, in order."""
        counts = Counter(name for names in lists for name in set(names))
        return tuple(sorted(name for name, count in counts.items() if 2 * count > len(self.voters)))

    def _entity(self, item: _Accepted) -> Entity:
        members = [m for m in item.cluster.values() if isinstance(m, Entity)]
        named = self._majority(m.entity_id for m in members)
        return Entity(
            id=item.id, spans=item.chosen.spans, note=item.note, label=_label(item.chosen), entity_id=named
        )

    def _source(self, item: _Accepted) -> Source:
        named = self._most(m.entity_ids for m in item.cluster.values() if isinstance(m, Source))
        return Source(id=item.id, spans=item.chosen.spans, note=item.note, entity_ids=named)

    def _claim(self, item: _Accepted) -> Claim:
        members = {who: m for who, m in item.cluster.items() if isinstance(m, Claim)}
        claims = members.values()
        source_ids = self._most(self._in_gold(who, m.source_ids) for who, m in members.items())
        if not source_ids and any(m.source_ids for m in claims):
            votes = {who: ", ".join(_texts_of(self._set(who), m.source_ids)) for who, m in members.items()}
            self._dispute_part("claims", item, DisputeReason.LINK, "source_ids", votes)
        return Claim(
            id=item.id,
            spans=item.chosen.spans,
            note=item.note,
            attributes=self._attributes(item, members),
            flags=self._most(m.flags for m in claims),
            entity_ids=self._most(m.entity_ids for m in claims),
            group_id=self._majority(m.group_id for m in claims),
            source_ids=source_ids,
            outer_source_ids=self._most(self._in_gold(who, m.outer_source_ids) for who, m in members.items()),
            cue_ids=self._most(self._in_gold(who, m.cue_ids) for who, m in members.items()),
        )

    def _attributes(self, item: _Accepted, members: Mapping[str, Claim]) -> dict[str, str]:
        found: dict[str, str] = {}
        for name in sorted({name for m in members.values() for name in m.attributes}):
            value = self._majority(m.attributes.get(name, "") for m in members.values())
            if value is None:
                votes = {who: m.attributes.get(name, "") for who, m in members.items()}
                self._dispute_part("claims", item, DisputeReason.VALUE, name, votes)
            elif value:
                found[name] = value
        return found

    def _dispute_part(
        self, layer: str, item: _Accepted, reason: DisputeReason, what: str, votes: Mapping[str, str]
    ) -> None:
        self.disputes.append(_dispute(self.voters[0].doc_id, layer, item.cluster, reason, what, votes))

    def _in_gold(self, who: str, ids: Iterable[str]) -> list[str]:
        """Return the ids in gold of an annotator's items; those that were not accepted have none."""
        return [self.new_ids[who, name] for name in ids if (who, name) in self.new_ids]

    def _set(self, who: str) -> AnnotationSet:
        return next(item for item in self.voters if item.annotator == who)

    def _linked(
        self, named: set[str], sources: Iterable[Source], claims: Iterable[Claim]
    ) -> tuple[LinkedEntity, ...]:
        """Return the entities that gold names, with the identifiers that most give them who know them."""
        named = named.union(*(item.entity_ids for item in sources), *(item.entity_ids for item in claims))
        known: dict[str, Counter[str | None]] = {name: Counter() for name in sorted(named)}
        for item in self.voters:
            for linked in item.linked_entities:
                if linked.entity_id in known:
                    known[linked.entity_id][linked.qid] += 1
        return tuple(
            LinkedEntity(entity_id=name, qid=qid if 2 * count > votes.total() else None)
            for name, votes in known.items()
            if votes
            for qid, count in votes.most_common(1)
        )


_LETTERS = {"entities": "e", "sources": "s", "cues": "u", "claims": "c"}


def _label(item: Item) -> str:
    return item.label if isinstance(item, Entity) else ""


def _places(item: Item) -> tuple[tuple[int, int], ...]:
    return tuple((piece.start, piece.end) for piece in item.spans)


def _told(item: Item, reason: DisputeReason) -> str:
    """Return what somebody said of an item that matters for the dispute: where it lies, its label, or its text."""
    if reason is DisputeReason.EDGES:
        return ", ".join(f"{start}–{end}" for start, end in _places(item))
    return _label(item) or " … ".join(piece.exact for piece in item.spans)


def _texts_of(own: AnnotationSet, ids: Iterable[str]) -> list[str]:
    texts = {item.id: " … ".join(piece.exact for piece in item.spans) for item in own.sources}
    return [texts[name] for name in ids]


def _dispute(
    doc_id: str,
    layer: str,
    cluster: Mapping[str, Item],
    reason: DisputeReason,
    what: str | None,
    votes: Mapping[str, str],
) -> Dispute:
    pieces = [piece for item in cluster.values() for piece in item.spans]
    start, end = min(piece.start for piece in pieces), max(piece.end for piece in pieces)
    text = max((piece.exact for piece in pieces), key=len)
    return Dispute(doc_id, layer, start, end, text, reason, what, dict(votes))
