"""Gold of what an adjudicator decided, each item with its votes; and what an adjudicator is shown first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from corpus.annotation.checks import Item
from corpus.annotation.clusters import clusters
from corpus.annotation.decisions import DECIDED_BY, KEPT_OVER, Standing, item_keys
from corpus.annotation.majority import Dispute, majority_of, told_votes
from corpus.model.annotation import GOLD, AnnotationSet, Claim, Entity, Origin

__all__ = ["gold_of", "kept_gold", "proposed"]

_LAYERS = ("entities", "sources", "cues", "claims")
_COUNTED = re.compile(r"(?:by majority, )?\d+ of \d+|no votes known")
"""What a note begins with that was made here."""


def gold_of(decision: AnnotationSet, voters: Sequence[AnnotationSet], gold: AnnotationSet | None) -> AnnotationSet:
    """Return the version of gold that follows ``gold`` and says what an adjudicator decided.

    ``voters`` are the sets it was decided on (none where they are gone). The note of each item has its votes, how
    many of how many marked it so, and the adjudicator: who *confirmed* what a majority had accepted, or *decided*.
    """
    notes = _notes(decision, voters)
    votes = told_votes({item.annotator: item.revision for item in voters}) or "annotations that are gone"
    made = majority_of(voters, None, None) if voters else None
    settled = f"; {len(made.disputes)} disputed" if made is not None else ""
    note = f"{DECIDED_BY} {decision.annotator} (revision {decision.revision}) on {votes}{settled}"
    renewed = {
        layer: tuple(item.model_copy(update={"note": notes[item.id]}) for item in getattr(decision, layer))
        for layer in _LAYERS
    }
    identity = {
        "annotation_id": gold.annotation_id if gold else f"{decision.doc_id}.{GOLD}",
        "revision": gold.revision + 1 if gold else 1,
        "created_at": gold.created_at if gold else decision.created_at,
        "annotator": GOLD,
        "origin": Origin(kind="adjudication", note=note),
    }
    return decision.model_copy(update={**renewed, **identity})


def kept_gold(gold: AnnotationSet, decision: AnnotationSet) -> AnnotationSet:
    """Return the version that says that gold stays as it is, although an adjudicator decided otherwise."""
    said = f"{KEPT_OVER} {decision.annotator} (revision {decision.revision})"
    origin = Origin(kind=gold.origin.kind, note="; ".join(part for part in (gold.origin.note, said) if part))
    return gold.model_copy(update={"revision": gold.revision + 1, "origin": origin})


def proposed(standing: Standing) -> tuple[AnnotationSet, tuple[Dispute, ...]]:
    """Return what an adjudicator is shown first, and what is open with its items' ids there.

    What was decided before comes first; what nobody has decided yet is proposed beside it.
    """
    new, gold = standing.now.proposal, standing.gold
    if gold is None or not standing.is_decided or gold.anchor_sha256 != new.anchor_sha256:
        return new, standing.open
    names = _names(gold, new, {dispute.item for dispute in standing.open})
    wanted = {name for name in names if name not in _matched(gold, new)}
    added = {
        layer: tuple(_renamed(item, names) for item in getattr(new, layer) if item.id in wanted)
        for layer in _LAYERS
    }
    whole = {layer: (*getattr(gold, layer), *added[layer]) for layer in _LAYERS}
    known = {entity.entity_id for entity in gold.linked_entities}
    linked = tuple(entity for entity in new.linked_entities if entity.entity_id not in known)
    shown = gold.model_copy(update={**whole, "linked_entities": (*gold.linked_entities, *linked)})
    return shown, tuple(replace(d, item=names.get(d.item, d.item)) for d in standing.open)


def _notes(decision: AnnotationSet, voters: Sequence[AnnotationSet]) -> dict[str, str]:
    accepted = set(item_keys(majority_of(voters, None, None).gold).values()) if voters else set()
    same_text = all(item.anchor_sha256 == decision.anchor_sha256 for item in voters)
    keys = item_keys(decision)
    votes = dict(_votes(decision, voters)) if voters and same_text else {}
    notes = {}
    for layer in _LAYERS:
        for item in getattr(decision, layer):
            verb = "confirmed" if keys[item.id] in accepted else "decided"
            parts = [votes.get(item.id, "no votes known"), f"{verb} by {decision.annotator}"]
            own = item.note if item.note and not _COUNTED.match(item.note) else None
            notes[item.id] = "; ".join([*parts, f"remark: {own}"] if own else parts)
    return notes


def _votes(decision: AnnotationSet, voters: Sequence[AnnotationSet]) -> Iterator[tuple[str, str]]:
    """Yield each item's id with who marked just that, of how many, and who marked something else there."""
    for layer in _LAYERS:
        sets = {"": getattr(decision, layer)} | {item.annotator: getattr(item, layer) for item in voters}
        for cluster in clusters(sets):
            own = cluster.pop("", None)
            if own is not None:
                same = [who for who, item in cluster.items() if _marks(item) == _marks(own)]
                others = [who for who in cluster if who not in same]
                told = f"{len(same)} of {len(voters)}" + (f": {', '.join(same)}" if same else "")
                told += f"; otherwise {', '.join(others)}" if others else ""
                yield own.id, "; ".join([told, *_values(own, cluster, len(voters))])


def _values(own: Item, cluster: Mapping[str, Item], voters: int) -> Iterator[str]:
    """Yield how many gave a claim's value, where not all did who marked it."""
    given = [item.attributes for item in cluster.values() if isinstance(item, Claim)]
    for name, value in own.attributes.items() if isinstance(own, Claim) else ():
        same = sum(attributes.get(name) == value for attributes in given)
        if same < len(given):
            yield f"{name} {value}: {same} of {voters}"


def _marks(item: Item) -> tuple[object, ...]:
    return item.label if isinstance(item, Entity) else "", tuple(piece.span for piece in item.spans)


def _matched(gold: AnnotationSet, new: AnnotationSet) -> dict[str, str]:
    """Return which item of gold each one of the new proposal is, where there is one."""
    found = {}
    for layer in _LAYERS:
        for cluster in clusters({"gold": getattr(gold, layer), "new": getattr(new, layer)}):
            if len(cluster) == 2:
                found[cluster["new"].id] = cluster["gold"].id
    return found


def _names(gold: AnnotationSet, new: AnnotationSet, opened: set[str]) -> dict[str, str]:
    """Return the ids, in what is shown, of the new proposal's items that are open or in gold."""
    matched = _matched(gold, new)
    taken = {item.id for layer in _LAYERS for item in getattr(gold, layer)}
    names = dict(matched)
    for layer in _LAYERS:
        for item in getattr(new, layer):
            if item.id in opened and item.id not in matched:
                names[item.id] = item.id if item.id not in taken else f"{item.id}-new{gold.revision}"
    return names


def _renamed(item: Item, names: Mapping[str, str]) -> Item:
    update: dict[str, object] = {"id": names[item.id]}
    if isinstance(item, Claim):
        for name in ("source_ids", "outer_source_ids", "cue_ids"):
            update[name] = tuple(names[i] for i in getattr(item, name) if i in names)
    return item.model_copy(update=update)
