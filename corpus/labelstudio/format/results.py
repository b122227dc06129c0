"""From what was drawn to entities, sources, claims and cues on the anchor text, merged with what was known.

``base`` is the version of the set that stood on the server before the annotator changed it. What Label
Studio cannot show (entity ids, groups, items outside the seen text) or did not show (names that the scheme
lacked then) comes from there: by region id for what is still drawn, whole for what never was. An untouched
region gives its old spans back exactly.

The first ``said_by`` of a claim leads to its source, every further one to an outer source, unless ``base``
already says which is which. Claims joined by the claim-to-claim relation, in either direction, are one
claim in pieces.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from corpus.errors import DataError
from corpus.labelstudio.format.carried import Carried, read_carried
from corpus.labelstudio.format.drawing import ORPHAN_KEY, Drawing, Region, orphan, read_drawing
from corpus.labelstudio.format.regions import Item, items_of, shown_pieces
from corpus.labelstudio.format.shown import Name, name_of, shown_by
from corpus.labelstudio.format.tasks import TaskText
from corpus.model.annotation import AnchoredSpan, AnnotationSet, Claim, Cue, Entity, LinkedEntity, Orphan, Source
from corpus.model.drawn import FLAGS_TAG, piece_id, region_id
from corpus.model.finding import Finding, Severity
from corpus.model.scheme import Scheme
from corpus.model.span import Span, merge_spans

__all__ = ["ReadResult", "read_result"]

_CLASSES: dict[str, type[Item]] = {"entities": Entity, "sources": Source, "claims": Claim, "cues": Cue}
_ItemT = TypeVar("_ItemT", Entity, Source, Claim, Cue)


@dataclass(frozen=True, slots=True)
class ReadResult:
    """The content of one annotation, and what was wrong with it."""

    entities: tuple[Entity, ...]
    sources: tuple[Source, ...]
    claims: tuple[Claim, ...]
    cues: tuple[Cue, ...]
    orphans: tuple[Orphan, ...]
    findings: tuple[Finding, ...]

    linked: tuple[LinkedEntity, ...] = ()
    """Entities with their identifiers, which came along."""

    def content(self) -> dict[str, Any]:
        """Return the parts as an annotation set names them."""
        names = ("entities", "sources", "claims", "cues", "orphans")
        return {name: getattr(self, name) for name in names}


def read_result(
    rows: object,
    text: TaskText,
    scheme: Scheme,
    base: AnnotationSet | None,
    place: str,
    shown: frozenset[Name] | None = None,
) -> ReadResult:
    """Read an annotation's result rows; ``place`` ("project 3/task 7/annotation 9") begins findings' places.

    ``shown`` tells what of ``base`` was shown to the annotator; without it, all that the scheme has.
    Nothing raises: what cannot be used is an orphan with its reason.
    """
    drawing = read_drawing(rows, text.projection.text, scheme, place)
    return _Merger(drawing, text, scheme, base, place, shown_by(scheme) if shown is None else shown).merge()


@dataclass(slots=True)
class _Group:
    """The regions of one item, in text order, and the item they were made from."""

    regions: list[Region]
    base: Item | None = None
    id: str = ""
    spans: tuple[AnchoredSpan, ...] = ()
    moved: bool = False
    along: Carried = field(default_factory=Carried)

    @property
    def layer(self) -> str:
        return self.regions[0].layer


@dataclass(slots=True)
class _Merger:
    drawing: Drawing
    text: TaskText
    scheme: Scheme
    base: AnnotationSet | None
    place: str
    shown: frozenset[Name]
    findings: list[Finding] = field(default_factory=list)
    item_of: dict[str, str] = field(default_factory=dict)
    """The item id of each usable region."""
    links_of: dict[tuple[str, str], list[tuple[int, str]]] = field(default_factory=dict)
    """The relations of each layer that start at a region: their number and where they lead."""
    carried: dict[str, Item] = field(default_factory=dict)
    """The items of ``base`` that were never drawn, by id."""

    def merge(self) -> ReadResult:
        self.carried = {item.id: item for item in self._base_items() if not self._was_drawn(item)}
        groups = self._named(self._groups())
        groups = [group for group in groups if self._place_spans(group)]
        self.item_of = {region.id: group.id for group in groups for region in group.regions}
        for number, link in enumerate(self.drawing.links):
            self.links_of.setdefault((link.layer, link.claim), []).append((number, link.target))
        made = [self._item(group) for group in groups]
        return ReadResult(
            self._ordered(Entity, made),
            self._ordered(Source, made),
            self._ordered(Claim, made),
            self._ordered(Cue, made),
            self._orphans(),
            (*self.drawing.findings, *self.findings),
            tuple(one for group in groups for one in group.along.linked),
        )

    def _base_items(self) -> list[Item]:
        return list(items_of(self.base)) if self.base is not None else []

    def _was_drawn(self, item: Item) -> bool:
        """Tell whether an item was shown: what is there under its own id was, whatever is known of it."""
        named = name_of(item) in self.shown or region_id(item.id) in self.drawing.regions
        return named and bool(self._expected(item))

    def _expected(self, item: Item) -> tuple[Span, ...]:
        return shown_pieces(item, self.text.projection)

    def _groups(self) -> list[_Group]:
        """Fold the pieces of one item: claims by their relation, the others by their region ids."""
        leader = {name: name for name in self.drawing.regions}

        def lead(name: str) -> str:
            while leader[name] != name:
                name = leader[name]
            return name

        for first, second in self._joined():
            leader[lead(second)] = lead(first)
        groups: dict[str, list[Region]] = {}
        for name, region in self.drawing.regions.items():
            groups.setdefault(lead(name), []).append(region)
        folded = [_Group(sorted(regions, key=_position)) for regions in groups.values()]
        for group in folded:
            came = (read_carried(region.row, group.layer) for region in group.regions)
            group.along = next((along for along in came if along != Carried()), Carried())
        return sorted(folded, key=lambda group: _position(group.regions[0]))

    def _joined(self) -> Iterable[tuple[str, str]]:
        regions = self.drawing.regions
        for link in self.drawing.links:
            if link.layer == "claims":
                yield link.claim, link.target
        for name, region in regions.items():
            first = regions.get(piece_id(name)[0])
            if first is not None and region.layer != "claims" and region.label == first.label:
                yield first.id, name

    def _named(self, groups: list[_Group]) -> list[_Group]:
        """Give each group the id of the item it was, each id once; new ones take their region's id."""
        known = {region_id(item.id): item for item in self._base_items()}
        known |= {item.id: item for item in self._base_items()}
        used = set(self.carried)
        for exact in (True, False):
            for group in groups:
                for region in group.regions if not group.id else ():
                    name = region.id if exact else piece_id(region.id)[0]
                    item = known.get(name)
                    if item is not None and isinstance(item, _CLASSES[group.layer]) and item.id not in used:
                        group.id, group.base = item.id, item
                        used.add(item.id)
                        break
        for group in groups:
            if not group.id:
                group.id = _free(group.along.id or group.regions[0].id, used)
                used.add(group.id)
        return groups

    def _place_spans(self, group: _Group) -> bool:
        """Find the group's spans in the anchor text; False, and orphans, where that cannot be done."""
        seen = tuple(region.span for region in group.regions)
        if group.base is not None and seen == self._expected(group.base):
            group.spans = group.base.spans
            return True
        group.moved = True
        try:
            group.spans = self.text.anchored(merge_spans(seen))
        except DataError as error:
            for region in group.regions:
                self._orphan(region, str(error))
            return False
        return True

    def _orphan(self, region: Region, reason: str) -> None:
        self.drawing.orphans.append(orphan(reason, region.row))
        place = f"{self.place}/{region.id}"
        self.findings.append(Finding("labelstudio-offsets", place, f"Kept as an orphan: {reason}."))

    def _item(self, group: _Group) -> Item:
        notes = [region.note for region in group.regions if region.note]
        values: dict[str, Any] = {"id": group.id, "spans": group.spans, "note": "\n".join(notes) or None}
        if group.moved:
            values["score"] = None
        if group.layer == "entities":
            values["label"] = group.regions[0].label
        if group.layer == "claims":
            base = group.base if isinstance(group.base, Claim) else None
            values |= self._claim_values(group, base)
        values |= group.along.values
        if group.base is not None:
            return group.base.model_copy(update=values)
        return _CLASSES[group.layer](**values)

    def _claim_values(self, group: _Group, base: Claim | None) -> dict[str, Any]:
        sources = self._targets(group, "sources")
        inner = self._kept(base.source_ids if base else (), sources)
        outer = self._kept(base.outer_source_ids if base else (), sources)
        new = [name for name in sources if name not in (*inner, *outer)]
        if base is None and group.along.sources is not None and sum(group.along.sources) == len(new):
            inner, new = tuple(new[: group.along.sources[0]]), new[group.along.sources[0] :]
        elif new and not inner:
            inner = (new.pop(0),)
        cues = self._targets(group, "cues")
        old_cues = self._kept(base.cue_ids if base else (), cues)
        return {
            "attributes": self._attributes(group, base),
            "flags": self._flags(group, base),
            "source_ids": inner,
            "outer_source_ids": (*outer, *new),
            "cue_ids": (*old_cues, *(name for name in cues if name not in old_cues)),
        }

    def _targets(self, group: _Group, layer: str) -> list[str]:
        """Return the items that the group's relations of that layer lead to, in the order they were drawn."""
        links = [entry for region in group.regions for entry in self.links_of.get((layer, region.id), ())]
        found = [self.item_of[target] for _, target in sorted(links) if target in self.item_of]
        return list(dict.fromkeys(found))

    def _kept(self, names: Sequence[str], drawn: Sequence[str]) -> tuple[str, ...]:
        """Return the names that are still drawn, or never were."""
        return tuple(name for name in names if name in drawn or name in self.carried)

    def _attributes(self, group: _Group, base: Claim | None) -> dict[str, str]:
        before = base.attributes if base else {}
        values = {name: value for name, value in before.items() if (name, value) not in self.shown}
        for name in (attribute.name for attribute in self.scheme.attributes):
            said = [region.choices[name][0] for region in group.regions if name in region.choices]
            if said:
                values[name] = said[0]
            if len(set(said)) > 1:
                self.findings.append(
                    Finding(
                        "labelstudio-choice",
                        f"{self.place}/{group.regions[0].id}",
                        f"The pieces of the claim say {name} = {' and '.join(said)}; the first one counts.",
                        Severity.WARNING,
                    )
                )
        return values

    def _flags(self, group: _Group, base: Claim | None) -> tuple[str, ...]:
        known = [flag.name for flag in self.scheme.flags]
        said = {flag for region in group.regions for flag in region.choices.get(FLAGS_TAG, ())}
        old = base.flags if base else ()
        kept = [flag for flag in old if flag in said or (FLAGS_TAG, flag) not in self.shown]
        return (*kept, *(flag for flag in known if flag in said and flag not in kept))

    def _ordered(self, kind: type[_ItemT], made: Sequence[Item]) -> tuple[_ItemT, ...]:
        """Return the items of a kind: those of the base in its order, then the new ones in text order."""
        items: Mapping[str, Item] = {**self.carried, **{item.id: item for item in made}}
        order = dict.fromkeys([item.id for item in (*self._base_items(), *made)])
        listed: list[Item] = [items[name] for name in order if name in items]
        return tuple(self._mended(item) for item in listed if isinstance(item, kind))

    def _mended(self, item: _ItemT) -> _ItemT:
        """Take references to what is no longer drawn out of a claim that never was."""
        if not isinstance(item, Claim) or item.id not in self.carried:
            return item
        there = {*self.item_of.values(), *self.carried}
        names = ("source_ids", "outer_source_ids", "cue_ids")
        kept = {name: tuple(i for i in getattr(item, name) if i in there) for name in names}
        return item.model_copy(update=kept)

    def _orphans(self) -> tuple[Orphan, ...]:
        """Return the old orphans that still are (or that the server does not show), then the new ones."""
        before, now = self.base.orphans if self.base else (), self.drawing.orphans
        old = [orphan for orphan in before if orphan in now or not self._is_shown(orphan)]
        return (*old, *(orphan for orphan in now if orphan not in old))

    def _is_shown(self, orphan: Orphan) -> bool:
        row = orphan.item.get(ORPHAN_KEY)
        if not isinstance(row, dict):
            return False
        names = [row[key] for key in ("id", "from_id", "to_id") if key in row]
        return bool(names) and all(name in self.drawing.row_ids for name in names)


def _position(region: Region) -> tuple[int, int, str]:
    return region.span.start, region.span.end, region.id


def _free(name: str, used: set[str]) -> str:
    while name in used:
        name += "-2"
    return name
