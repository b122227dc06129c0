"""What most annotators of one document say: the gold of it, what is disputed, and what to propose there.

An item is accepted where more than half of all who annotated the document marked one with the same label and the
same characters; its note counts the votes. Attributes, flags and links are accepted by the same majority, each for
itself. The proposal is the gold with an item at every disputed place, drawn as most of those did who marked it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeVar

from corpus.annotation.checks import Item
from corpus.annotation.clusters import clusters
from corpus.model.annotation import (
    GOLD,
    AnchoredSpan,
    AnnotationSet,
    Claim,
    Cue,
    Entity,
    LinkedEntity,
    Origin,
    Source,
)

__all__ = ["BY_MAJORITY", "Adjudication", "Dispute", "DisputeReason", "majority_of", "told_votes"]

H = TypeVar("H", bound=Hashable)


class DisputeReason(Enum):
    """Why something was not accepted."""

    FEW = "At most half of the annotators marked it."
    LABEL = "No label has a majority."
    EDGES = "Most marked it, but no majority drew it alike."
    VALUE = "It is accepted, but no majority gave this attribute the same value."
    LINK = "It is accepted, but no majority says whose claim it is."
    ADDED = "Most mark it so by now, and the decision does not have it."
    GONE = "The decision has it, and no majority marks it so any more."


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
    item: str = ""
    """The id of the item in the proposal."""
    marks: Mapping[str, tuple[AnchoredSpan, ...]] = field(default_factory=dict)
    """What each annotator marked."""


@dataclass(frozen=True, slots=True)
class Adjudication:
    """What became of one document."""

    gold: AnnotationSet
    proposal: AnnotationSet
    """The gold with an item at every disputed place; never more than a proposal."""
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
    note: str | None
    is_disputed: bool = False


@dataclass(slots=True)
class _Document:
    """One document's sets, and what was made of them so far."""

    voters: Sequence[AnnotationSet]
    unanimous: int = 0
    by_majority: int = 0
    disputes: list[Dispute] = field(default_factory=list)
    new_ids: dict[tuple[str, str], str] = field(default_factory=dict)
    """The id in gold of each annotator's item."""
    proposed_ids: dict[tuple[str, str], str] = field(default_factory=dict)
    """The same of what is disputed, in the proposal alone."""
    is_proposing: bool = False

    def adjudicated(self, gold: AnnotationSet | None, now: str | None) -> Adjudication:
        """Return the set that follows ``gold``."""
        first = self.voters[0]
        found = {layer: self._found(layer) for layer in _LETTERS}
        accepted = {layer: [item for item in items if not item.is_disputed] for layer, items in found.items()}
        content = self._content(accepted)
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
            **content,
        )
        disputes = tuple(self.disputes)
        self.is_proposing = True
        proposal = made.model_copy(update=self._content(found))
        return Adjudication(made, proposal, self.unanimous, self.by_majority, disputes)

    def _content(self, items: Mapping[str, Sequence[_Accepted]]) -> dict[str, Any]:
        """Return the items of all layers; claims last, for they refer to the others."""
        entities = tuple(self._entity(item) for item in items["entities"])
        sources = tuple(self._source(item) for item in items["sources"])
        cues = tuple(Cue(id=c.id, spans=c.chosen.spans, note=c.note) for c in items["cues"])
        claims = tuple(self._claim(item) for item in items["claims"])
        named = {name for e in entities if (name := e.entity_id)}
        linked = self._linked(named, sources, claims)
        return {"entities": entities, "sources": sources, "cues": cues, "claims": claims, "linked_entities": linked}

    def _origin(self) -> str:
        votes = told_votes({item.annotator: item.revision for item in self.voters})
        return f"{BY_MAJORITY} {votes}; {len(self.disputes)} disputed"

    def _found(self, layer: str) -> list[_Accepted]:
        """Return what is accepted of a layer, and what is to be proposed where it is disputed."""
        found: list[_Accepted] = []
        number = 0
        for cluster in clusters({item.annotator: getattr(item, layer) for item in self.voters}):
            label = self._majority([_label(item) for item in cluster.values()])
            alike = [item for item in cluster.values() if label is not None and _label(item) == label]
            drawn = self._majority([_places(item) for item in alike])
            if drawn is None:
                found.append(self._dispute_cluster(layer, cluster, label))
                continue
            number += 1
            chosen = {who: m for who, m in cluster.items() if _label(m) == label and _places(m) == drawn}
            everybody = len(chosen) == len(self.voters)
            self.unanimous += everybody
            self.by_majority += not everybody
            name = f"{_LETTERS[layer]}{number}"
            self.new_ids |= {(who, item.id): name for who, item in cluster.items()}
            found.append(_Accepted(name, next(iter(chosen.values())), cluster, self._note(chosen, cluster)))
        return found

    def _dispute_cluster(self, layer: str, cluster: Mapping[str, Item], label: str | None) -> _Accepted:
        """Keep a dispute about whether there is an item, and return the one to propose."""
        if 2 * len(cluster) <= len(self.voters):
            reason = DisputeReason.FEW
        else:
            reason = DisputeReason.LABEL if label is None else DisputeReason.EDGES
        votes = {who: _told(item, reason) for who, item in cluster.items()}
        name = f"{_LETTERS[layer]}d{sum(dispute.layer == layer for dispute in self.disputes) + 1}"
        self.disputes.append(_dispute(self.voters[0].doc_id, layer, cluster, reason, None, votes, name))
        self.proposed_ids |= {(who, item.id): name for who, item in cluster.items()}
        usual = _usual(_label(item) for item in cluster.values())
        alike = [item for item in cluster.values() if _label(item) == usual]
        places = _usual(_places(item) for item in alike)
        chosen = next(item for item in alike if _places(item) == places)
        return _Accepted(name, chosen, cluster, None, is_disputed=True)

    def _note(self, chosen: Mapping[str, Item], cluster: Mapping[str, Item]) -> str:
        if len(chosen) == len(self.voters):
            return f"{len(chosen)} of {len(chosen)}"
        others = [who for who in cluster if who not in chosen]
        told = f"; otherwise {', '.join(others)}" if others else ""
        return f"by majority, {len(chosen)} of {len(self.voters)}: {', '.join(chosen)}{told}"

    def _majority(self, votes: Iterable[H | None]) -> H | None:
        """Return the value that more than half of the document's annotators gave; to propose, the most did."""
        counts = Counter(vote for vote in votes if vote is not None)
        value, count = max(counts.items(), key=lambda pair: pair[1], default=(None, 0))
        if self.is_proposing and list(counts.values()).count(count) == 1:
            return value
        return value if 2 * count > len(self.voters) else None

    def _most(self, lists: Iterable[Iterable[str]]) -> tuple[str, ...]:
        """Return the names that stand in the lists of more than half of the annotators, in order.

        To propose, half of those who marked the item is enough to count from.
        """
        given = [set(names) for names in lists]
        counts = Counter(name for names in given for name in names)
        number = len(given) if self.is_proposing else len(self.voters)
        return tuple(sorted(name for name, count in counts.items() if 2 * count > number))

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
            self._dispute_part(item, DisputeReason.LINK, "source_ids", votes)
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
                self._dispute_part(item, DisputeReason.VALUE, name, votes)
            elif value:
                found[name] = value
        return found

    def _dispute_part(self, item: _Accepted, reason: DisputeReason, what: str, votes: Mapping[str, str]) -> None:
        if not self.is_proposing:
            doc_id = self.voters[0].doc_id
            self.disputes.append(_dispute(doc_id, "claims", item.cluster, reason, what, votes, item.id))

    def _in_gold(self, who: str, ids: Iterable[str]) -> list[str]:
        """Return the ids in gold of an annotator's items; those that were not accepted have none."""
        known = self.new_ids | self.proposed_ids if self.is_proposing else self.new_ids
        return [known[who, name] for name in ids if (who, name) in known]

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
BY_MAJORITY = "by majority of"
"""What the note of a set begins with that was counted, before the votes."""


def told_votes(votes: Mapping[str, int]) -> str:
    """Return whose revisions were counted, in words.

    >>> told_votes({"ada": 2, "bo": 1})
    'ada (revision 2), bo (revision 1)'
    """
    return ", ".join(f"{who} (revision {revision})" for who, revision in votes.items())


def _usual(values: Iterable[H]) -> H:
    """Return the value that most gave, the first of those that as many did."""
    return Counter(values).most_common(1)[0][0]


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
    name: str,
) -> Dispute:
    pieces = [piece for item in cluster.values() for piece in item.spans]
    start, end = min(piece.start for piece in pieces), max(piece.end for piece in pieces)
    text = max((piece.exact for piece in pieces), key=len)
    marks = {who: item.spans for who, item in cluster.items()}
    return Dispute(doc_id, layer, start, end, text, reason, what, dict(votes), name, marks)
