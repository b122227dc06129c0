"""One tool's marks on one document as the items of an annotation set."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from corpus.annotation.checks import Item
from corpus.exchange.attributes import Loss, said_of
from corpus.exchange.fitting import Fit
from corpus.exchange.free_names import FreeNames
from corpus.exchange.naming import LEFT_OUT, Naming, without_addresses
from corpus.exchange.standoff import Standoff, StandoffSpan
from corpus.model.annotation import AnchoredSpan, Claim, Cue, Entity, LinkedEntity, Orphan, Source
from corpus.model.scheme import Scheme
from corpus.model.span import merge_spans

__all__ = ["Items", "itemised"]

_QID = re.compile(r"(?:^|[/:#])(Q[1-9]\d*)$")
_BASE = re.compile(r"[:#]|(?<=\w)/")
_LONGEST_ID = 200
_LINKED = {"said_by": "source_ids", "outer_said_by": "outer_source_ids", "cued_by": "cue_ids"}


@dataclass(slots=True)
class Items:
    """The items that a document's marks are; those of several readings may be put together."""

    entities: list[Entity] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    cues: list[Cue] = field(default_factory=list)
    linked: dict[str, LinkedEntity] = field(default_factory=dict)
    orphans: list[Orphan] = field(default_factory=list)
    losses: Counter[Loss] = field(default_factory=Counter)

    def content(self) -> dict[str, Any]:
        """Return the parts as an annotation set names them."""
        names = ("entities", "sources", "claims", "cues", "orphans")
        found: dict[str, Any] = {name: tuple(getattr(self, name)) for name in names}
        return found | {"linked_entities": tuple(self.linked.values())}

    def all(self) -> Iterator[Item]:
        """Yield every item."""
        for items in (self.entities, self.sources, self.claims, self.cues):
            yield from items

    def add(self, more: Items) -> None:
        """Add the items of another reading of the same document; what was said before in all is not said again."""
        before = {_said(item): item.id for item in self.all()}
        same = {item.id: before[_said(item)] for item in more.all() if _said(item) in before}
        claims = [_renamed(claim, same) for claim in more.claims]
        self.entities += [entity for entity in more.entities if entity.id not in same]
        self.sources += [source for source in more.sources if source.id not in same]
        self.cues += [cue for cue in more.cues if cue.id not in same]
        self.claims += [claim for claim in claims if _said(claim) not in before]
        for linked in more.linked.values():
            self.link(linked)
        self.orphans += [orphan for orphan in more.orphans if orphan not in self.orphans]
        self.losses.update(more.losses)

    def link(self, linked: LinkedEntity) -> None:
        """Remember what Wikidata calls an entity; the first identifier counts."""
        if self.linked.setdefault(linked.entity_id, linked) != linked:
            self.losses[Loss("relinked", linked.entity_id)] += 1


def itemised(
    found: Standoff,
    fits: Fit,
    naming: Naming,
    scheme: Scheme,
    *,
    taken: Iterable[str] = (),
) -> Items:
    """Return the document's marks as items; ``taken`` are ids that items of the document have already.

    What the scheme has no name for is counted as lost; what cannot be placed is an orphan.
    """
    return _Itemising(found, fits, naming, scheme, FreeNames(taken=taken)).run()


@dataclass(slots=True)
class _Itemising:
    found: Standoff
    fits: Fit
    naming: Naming
    scheme: Scheme
    free: FreeNames
    made: Items = field(default_factory=Items)
    name_of: dict[str, str] = field(default_factory=dict)
    """The id here of each span of theirs that became an item or a part of one."""
    layer_of: dict[str, str] = field(default_factory=dict)

    def run(self) -> Items:
        links = list(self._links())
        leader = self._leaders(links)
        groups: dict[str, list[StandoffSpan]] = {}
        for span in self.found.spans:
            groups.setdefault(leader.get(span.id, span.id), []).append(span)
        for spans in groups.values():
            self._add(spans)
        self._link(links)
        return self.made

    def _links(self) -> Iterator[tuple[str, str, str]]:
        """Yield their relations as (what it is here, from, to)."""
        for relation in self.found.relations:
            known = self.naming.relation(relation.label)
            if known is None:
                self.made.losses[Loss("relation", relation.label)] += 1
            elif known.to != LEFT_OUT:
                ends = (relation.source, relation.target)
                yield known.to, *(reversed(ends) if known.reversed else ends)

    def _leaders(self, links: Sequence[tuple[str, str, str]]) -> dict[str, str]:
        """Return for each claim's span the first of those that are one claim in pieces."""
        claims = {span.id for span in self.found.spans if self._layer(span) == "claims"}
        leader = {name: name for name in claims}

        def lead(name: str) -> str:
            while leader[name] != name:
                name = leader[name]
            return name

        for label, first, second in links:
            if label == "continues" and first in claims and second in claims:
                leader[lead(second)] = lead(first)
        return {name: lead(name) for name in claims}

    def _layer(self, span: StandoffSpan) -> str | None:
        label = self.naming.label(span.label)
        if label in self.scheme.entity_labels:
            return "entities"
        return next((one.layer for one in self.scheme.spans if one.label == label), None)

    def _add(self, spans: Sequence[StandoffSpan]) -> None:
        layer = self._layer(spans[0])
        if layer is None:
            if self.naming.label(spans[0].label) is None:
                self.made.losses[Loss("label", spans[0].label)] += len(spans)
            return
        pieces: list[AnchoredSpan] = []
        for span in spans:
            placed = self.fits.anchored(span.spans)
            if isinstance(placed, str):
                self.made.orphans.append(_orphan(span, self.found.text, placed))
            else:
                pieces += placed
        if pieces:
            self._make(layer, spans, self._apart(pieces))

    def _apart(self, pieces: list[AnchoredSpan]) -> tuple[AnchoredSpan, ...]:
        """Return pieces that do not overlap; in their order where these do not."""
        spans = [piece.span for piece in pieces]
        merged = merge_spans(spans)
        if sum(map(len, spans)) == sum(map(len, merged)):
            return tuple(pieces)
        return tuple(AnchoredSpan.of(self.fits.raw, span) for span in merged)

    def _make(self, layer: str, spans: Sequence[StandoffSpan], pieces: tuple[AnchoredSpan, ...]) -> None:
        name = self.free.give(_safe_id(spans[0].id) or "item")
        for span in spans:
            self.name_of[span.id], self.layer_of[span.id] = name, layer
        notes = [span.note for span in spans if span.note]
        said: dict[str, Any] = {"id": name, "spans": pieces, "note": "\n".join(notes) or None}
        said |= said_of(spans, layer, self.naming, self.scheme, self.made.losses).values(layer)
        if layer == "entities":
            known = self._entity_id(spans[0], said.pop("entity_id"))
            label = self.naming.label(spans[0].label)
            self.made.entities.append(Entity(**said, label=label or "", entity_id=known))
            return
        for span in spans:
            if span.kb_id is not None:
                self.made.losses[Loss("unlinked", span.label)] += 1
        if layer == "cues":
            self.made.cues.append(Cue(**said))
        elif layer == "sources":
            self.made.sources.append(Source(**said))
        else:
            self.made.claims.append(Claim(**said))

    def _entity_id(self, span: StandoffSpan, known: str | None) -> str | None:
        """Return which entity is mentioned, and remember what Wikidata calls it."""
        qid = None
        if span.kb_id is not None:
            told = _QID.search(span.kb_id)
            qid = told[1] if told else None
            if qid is None:
                self.made.losses[Loss("kb_id", _BASE.split(span.kb_id)[0])] += 1
        name = known if known is not None else qid
        if name is not None and qid is not None:
            self.made.link(LinkedEntity(entity_id=name, qid=qid))
        return name

    def _link(self, links: Sequence[tuple[str, str, str]]) -> None:
        """Give the claims their sources and cues."""
        wanted: dict[str, dict[str, list[str]]] = {}
        told = {first for label, first, _ in links if label == "outer_said_by"}
        ordered = {first for _, first, _ in links} - told if self.found.ordered_sources else set()
        ends = {"source_ids": "sources", "outer_source_ids": "sources", "cue_ids": "cues"}
        for label, first, second in links:
            kinds = "claims", "claims" if label == "continues" else ends[_LINKED[label]]
            if (self.layer_of.get(first), self.layer_of.get(second)) != kinds:
                self._lost_link(label, (first, second), kinds)
                continue
            if label == "continues":
                continue
            column = _LINKED[label]
            columns = wanted.setdefault(self.name_of[first], {})
            if label == "said_by" and columns.get(column) and first in ordered:
                column = _LINKED["outer_said_by"]
            named = columns.setdefault(column, [])
            named += [self.name_of[second]] if self.name_of[second] not in named else []
        self.made.claims = [_linked(claim, wanted.get(claim.id, {})) for claim in self.made.claims]

    def _lost_link(self, label: str, ends: tuple[str, str], kinds: tuple[str, str]) -> None:
        """Count a relation that no claim can hold, but for one to a span that is left out on purpose."""
        by_id = {span.id: span for span in self.found.spans if span.id in ends}
        if any(self.naming.label(span.label) == LEFT_OUT for span in by_id.values()):
            return
        fits = all(
            name in by_id and self._layer(by_id[name]) == kind for name, kind in zip(ends, kinds, strict=True)
        )
        self.made.losses[Loss("unplaced" if fits else "relation", label)] += 1


def _safe_id(name: str) -> str:
    """Return an id that may stand in the annotation files: "" for a very long one, and for an e-mail address."""
    return name if len(name) <= _LONGEST_ID and without_addresses(name) == name else ""


def _said(item: Item) -> str:
    return f"{type(item).__name__} {item.model_dump_json(exclude={'id'})}"


def _renamed(claim: Claim, names: Mapping[str, str]) -> Claim:
    columns = ("source_ids", "outer_source_ids", "cue_ids")
    ids = {column: tuple(names.get(name, name) for name in getattr(claim, column)) for column in columns}
    return claim.model_copy(update=ids)


def _linked(claim: Claim, named: Mapping[str, list[str]]) -> Claim:
    inner = named.get("source_ids", [])
    outer = [name for name in named.get("outer_source_ids", []) if name not in inner]
    update = {"source_ids": inner, "outer_source_ids": outer, "cue_ids": named.get("cue_ids", [])}
    return claim.model_copy(update={column: tuple(names) for column, names in update.items()})


def _orphan(span: StandoffSpan, text: str, reason: str) -> Orphan:
    pieces = [{"start": piece.start, "end": piece.end, "text": piece.slice(text)} for piece in span.spans]
    item: dict[str, object] = {"id": _safe_id(span.id), "label": span.label, "spans": pieces}
    if span.attributes:
        item["attributes"] = {name: list(values) for name, values in span.attributes.items()}
    item |= {name: told for name, told in (("kb_id", span.kb_id), ("note", span.note)) if told is not None}
    return Orphan(reason=reason, item=item)
