"""What a person decided about a document stands, until what it was decided about has changed.

A decision names the revisions it was made on. They are counted again and compared with what the annotators say
now: what is disputed otherwise than then, what a majority has added and what it no longer has are open again, and
nothing else. Where those revisions are gone, all that is disputed now is open.

Which majority, which decision and which revisions: the note of a set's origin says it, in words
(``by majority of ada (revision 1), bo (revision 2); 3 disputed``; ``decided by carla (revision 1) on ada …``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from corpus.annotation.checks import Item
from corpus.annotation.majority import BY_MAJORITY, Adjudication, Dispute, DisputeReason, majority_of
from corpus.annotation.store import current
from corpus.model.annotation import GOLD, AnchoredSpan, AnnotationSet, Claim, Entity

__all__ = [
    "DECIDED_BY",
    "KEPT_OVER",
    "Standing",
    "Version",
    "Votes",
    "counted_revisions",
    "decisions_in",
    "is_decided",
    "item_keys",
    "same_question",
    "standing_of",
    "votes_in",
    "why_anew",
]

Votes = Mapping[str, int]
"""The revision of each annotator's set that counts."""
Version = Callable[[str, int], AnnotationSet | None]
"""Returns an annotator's revision of the document, where it is still there."""

DECIDED_BY = "decided by"
KEPT_OVER = "kept over the decision of"
_ONE = r"[a-z0-9][a-z0-9._-]* \(revision \d+\)"
_VOTES = re.compile(rf"(?:^|; )(?:{BY_MAJORITY}|{DECIDED_BY} {_ONE} on|decides) ({_ONE}(?:, {_ONE})*)")
_VOTE = re.compile(r"([a-z0-9][a-z0-9._-]*) \(revision (\d+)\)")
_DECISION = re.compile(rf"(?:{DECIDED_BY}|{KEPT_OVER}) ([a-z0-9][a-z0-9._-]*) \(revision (\d+)\)")


def votes_in(note: str) -> dict[str, int]:
    """Return the revisions that a note says were counted; none where it tells none.

    >>> votes_in("decided by carla (revision 3) on ada (revision 1), bo (revision 2); 4 disputed")
    {'ada': 1, 'bo': 2}
    """
    found = _VOTES.search(note)
    return {who: int(number) for who, number in _VOTE.findall(found[1])} if found else {}


def decisions_in(note: str) -> list[tuple[str, int]]:
    """Return the adjudicators' revisions that a note of gold says were looked at.

    >>> decisions_in("decided by carla (revision 3) on ada (revision 1)")
    [('carla', 3)]
    """
    return [(who, int(number)) for who, number in _DECISION.findall(note)]


def is_decided(gold: AnnotationSet | None) -> bool:
    """Tell whether a person made the gold, or changed it; a majority alone did not decide."""
    if gold is None or gold.state == "deleted":
        return False
    return gold.origin.kind != "adjudication" or not gold.origin.note.startswith(BY_MAJORITY)


def counted_revisions(sets: Iterable[AnnotationSet]) -> Iterator[tuple[tuple[str, str], int]]:
    """Yield the revisions, by document and annotator, that today's gold was counted from or decided on."""
    for item in current(sets):
        if item.annotator == GOLD:
            yield from (((item.doc_id, who), number) for who, number in votes_in(item.origin.note).items())


@dataclass(frozen=True, slots=True)
class Standing:
    """How the adjudication of one document stands."""

    doc_id: str
    voters: tuple[AnnotationSet, ...]
    now: Adjudication
    """What the majority says now."""
    gold: AnnotationSet | None
    is_decided: bool
    open: tuple[Dispute, ...]
    """What a person must decide, or decide again."""

    @property
    def votes(self) -> dict[str, int]:
        """The revisions that count now."""
        return {item.annotator: item.revision for item in self.voters}


def standing_of(
    voters: Sequence[AnnotationSet], gold: AnnotationSet | None, version: Version, now: str | None = None
) -> Standing:
    """Return how a document stands that ``voters`` submitted, on one text and in one scheme."""
    made = majority_of(voters, gold, now)
    decided = is_decided(gold)
    disputes = made.disputes
    if decided and gold is not None:
        votes = votes_in(gold.origin.note)
        disputes = tuple(_open_again(_counted(votes, version), made, gold)) if votes else ()
    return Standing(voters[0].doc_id, tuple(voters), made, gold, decided, disputes)


def same_question(votes: Votes, standing: Standing, version: Version) -> bool:
    """Tell whether what those revisions say is accepted and disputed as it is now."""
    if dict(votes) == standing.votes:
        return True
    before, now = _counted(votes, version), standing.now
    if before is None or set(votes) != set(standing.votes):
        return False
    placed = before.gold.anchor_sha256 == now.gold.anchor_sha256
    disputes = (_dispute_keys(made.disputes, placed).keys() for made in (before, now))
    return _accepted(before.gold, placed) == _accepted(now.gold, placed) and next(disputes) == next(disputes)


def why_anew(votes: Votes, standing: Standing) -> str:
    """Return what has changed since those revisions were counted, in words."""
    now = standing.votes
    said = [f"{who} has annotated it as well" for who in now if who not in votes]
    said += [f"{who}'s annotation is gone" for who in votes if who not in now]
    changed = ((who, votes[who], now[who]) for who in now if votes.get(who, now[who]) != now[who])
    said += [f"{who} changed theirs (revision {before} to {after})" for who, before, after in changed]
    return "; ".join(said)


def item_keys(own: AnnotationSet, *, placed: bool = True) -> dict[str, Hashable]:
    """Return what each item says that a person can see, by its id: where it lies, its label, values and links.

    With ``placed`` off, places are told by their words, for sets that lie on different texts; the second item that
    says the same is told from the first by its number.
    """
    places = {item.id: _spans_key(item.spans, placed) for layer in _LAYERS for item in getattr(own, layer)}
    keys = {item.id: _key(layer, item, places) for layer in _LAYERS for item in getattr(own, layer)}
    starts = {item.id: item.spans[0].start for item in _items(own)}
    numbers: Counter[Hashable] = Counter()
    for name in sorted(keys, key=lambda name: starts[name]):
        numbers[keys[name]] += 1
        keys[name] = (keys[name], numbers[keys[name]])
    return keys


_LAYERS = ("entities", "sources", "cues", "claims")


def _key(layer: str, item: Item, places: Mapping[str, Hashable]) -> Hashable:
    said: tuple[Hashable, ...] = (layer, item.label if isinstance(item, Entity) else "", places[item.id])
    if isinstance(item, Claim):
        links = (item.source_ids, item.outer_source_ids, item.cue_ids)
        said += tuple(frozenset(places[name] for name in names) for names in links)
        said += (frozenset(item.attributes.items()), frozenset(item.flags))
    return said


def _spans_key(spans: Iterable[AnchoredSpan], placed: bool) -> Hashable:
    return tuple((s.start, s.end) if placed else s.exact for s in spans)


def _dispute_keys(disputes: Iterable[Dispute], placed: bool) -> dict[Hashable, Dispute]:
    """Return disputes by what is said in them, those that say the same by their number as well."""
    numbers: Counter[Hashable] = Counter()
    found: dict[Hashable, Dispute] = {}
    for dispute in sorted(disputes, key=lambda dispute: dispute.start):
        key = _dispute_key(dispute, placed)
        numbers[key] += 1
        found[key, numbers[key]] = dispute
    return found


def _dispute_key(dispute: Dispute, placed: bool) -> Hashable:
    marks = frozenset((who, _spans_key(spans, placed)) for who, spans in dispute.marks.items())
    votes = frozenset() if dispute.reason is DisputeReason.EDGES else frozenset(dispute.votes.items())
    return dispute.layer, dispute.reason, dispute.what, marks, votes


def _accepted(own: AnnotationSet, placed: bool) -> set[Hashable]:
    return set(item_keys(own, placed=placed).values())


def _counted(votes: Votes, version: Version) -> Adjudication | None:
    """Count those revisions again; None where one is gone, or they do not belong together."""
    sets = [item for who, number in sorted(votes.items()) if (item := version(who, number)) is not None]
    if len(sets) < max(1, len(votes)) or len({(s.anchor_sha256, s.scheme) for s in sets}) > 1:
        return None
    return majority_of(sets, None, None)


def _open_again(before: Adjudication | None, now: Adjudication, decided: AnnotationSet) -> Iterator[Dispute]:
    """Yield what was not there to be decided when the decision was made."""
    placed = before is None or before.gold.anchor_sha256 == now.gold.anchor_sha256
    known = _dispute_keys(before.disputes, placed) if before is not None else {}
    opened = _dispute_keys(now.disputes, placed)
    yield from (dispute for key, dispute in opened.items() if key not in known)
    placed = placed and decided.anchor_sha256 == now.gold.anchor_sha256
    said, accepted = _accepted(decided, placed), item_keys(now.gold, placed=placed)
    then = _accepted(before.gold, placed) if before is not None else set()
    new = {name for name, key in accepted.items() if key not in then and key not in said}
    yield from (_point(now.gold, item, DisputeReason.ADDED) for item in _items(now.gold) if item.id in new)
    gone = then - set(accepted.values())
    for item, key in zip(_items(decided), item_keys(decided, placed=placed).values(), strict=True):
        replaced = any(_meet(item, other) for other in _items(now.gold) if other.id in new)
        if key in gone and not replaced and not any(_lies_in(item, dispute) for dispute in now.disputes):
            yield _point(decided, item, DisputeReason.GONE)


def _items(own: AnnotationSet) -> list[Item]:
    return [item for layer in _LAYERS for item in getattr(own, layer)]


def _meet(one: Item, other: Item) -> bool:
    return type(one) is type(other) and any(
        a.start < b.end and b.start < a.end for a in one.spans for b in other.spans
    )


def _lies_in(item: Item, dispute: Dispute) -> bool:
    same = _layer_of(item) == dispute.layer
    return same and any(piece.start < dispute.end and dispute.start < piece.end for piece in item.spans)


def _layer_of(item: Item) -> str:
    return {"Entity": "entities", "Source": "sources", "Cue": "cues", "Claim": "claims"}[type(item).__name__]


def _point(own: AnnotationSet, item: Item, reason: DisputeReason) -> Dispute:
    label = item.label if isinstance(item, Entity) else ""
    said = {"majority" if reason is DisputeReason.ADDED else "decision": label or item.spans[0].exact}
    ends = item.spans[0].start, max(piece.end for piece in item.spans)
    text = max((piece.exact for piece in item.spans), key=len)
    return Dispute(own.doc_id, _layer_of(item), *ends, text, reason, None, said, item.id)
