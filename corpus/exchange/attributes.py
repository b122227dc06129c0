"""What a tool says of a span, as the fields of one item: ids of entities, attributes and flags of a claim."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from corpus.exchange.naming import LEFT_OUT, Naming
from corpus.exchange.standoff import StandoffSpan
from corpus.model.scheme import Scheme

__all__ = ["Loss", "Said", "said_of"]

_IDS = {"entities": ("entity_id",), "sources": ("entity_ids",), "claims": ("entity_ids", "group_id"), "cues": ()}
"""The ids that an item of each layer has; of those in the singular one."""
_LISTS = ("entity_ids",)
_TRUE = frozenset({"", "true", "yes", "1", "y", "on"})
_FALSE = frozenset({"false", "no", "0", "n", "off", "none"})


@dataclass(frozen=True, slots=True)
class Loss:
    """What of the tool's has no place in the set: of which kind, under which name, how often."""

    kind: str
    """label, relation, attribute or kb_id; unplaced: a relation to what was kept without a place; second: a value
    beside the one that there can be; unlinked: an identifier of what is no entity; relinked: an entity's second."""
    name: str


@dataclass(slots=True)
class Said:
    """What is said of an item."""

    ids: dict[str, list[str]] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)

    def values(self, layer: str) -> dict[str, Any]:
        """Return the values of an item of that layer, by its fields."""
        found: dict[str, Any] = {}
        for name in _IDS[layer]:
            held = tuple(self.ids.get(name, ()))
            found[name] = held if name in _LISTS else next(iter(held), None)
        return found | ({"attributes": self.attributes, "flags": tuple(self.flags)} if layer == "claims" else {})


def said_of(
    spans: Sequence[StandoffSpan], layer: str, naming: Naming, scheme: Scheme, losses: Counter[Loss]
) -> Said:
    """Return what is said of all the spans of one item; what an item of its layer does not hold is counted."""
    reading = _Reading(naming, scheme, losses)
    for span in spans:
        for name, told in span.attributes.items():
            known = naming.attribute(name)
            if known is not None and known.to in _IDS[layer] and told:
                reading.identify(known.to, name, [known.values.get(value, value) for value in told])
            elif layer == "claims":
                reading.read(name, told)
            elif known is None or known.to != LEFT_OUT:
                losses[Loss("attribute", name)] += 1
    return reading.said


@dataclass(slots=True)
class _Reading:
    naming: Naming
    scheme: Scheme
    losses: Counter[Loss]
    said: Said = field(default_factory=Said)

    def identify(self, column: str, name: str, values: Sequence[str]) -> None:
        """Take ids in; where there can be but one, the first."""
        held = self.said.ids.setdefault(column, [])
        for value in values:
            if value in held:
                continue
            if held and column not in _LISTS:
                self.losses[Loss("second", name)] += 1
            else:
                held.append(value)

    def read(self, name: str, told: Sequence[str]) -> None:
        """Read an attribute of a claim: a choice, a flag, or several flags as the values of one."""
        known, flags = self.naming.attribute(name), self.said.flags
        if known is None:
            there = {flag.name for flag in self.scheme.flags}
            ours = [self.naming.attribute(value) for value in told]
            said = [each.to for each in ours if each is not None and each.to in there]
            flags += [flag for flag in dict.fromkeys(said) if flag not in flags]
            if len(said) < len(told) or not told:
                self.losses[Loss("attribute", name)] += 1
            return
        if known.to == LEFT_OUT:
            return
        choice = self.scheme.attribute(known.to)
        if choice is not None:
            self._choose(
                choice.name, choice.value_names, name, [(value, known.values.get(value, value)) for value in told]
            )
        elif known.to in {flag.name for flag in self.scheme.flags}:
            self._set(known.to, name, told, {known.values.get(value, value).casefold() for value in told} or {""})
        else:
            self.losses[Loss("attribute", name)] += 1

    def _set(self, flag: str, name: str, told: Sequence[str], truth: set[str]) -> None:
        if truth & _TRUE:
            self.said.flags += [flag] if flag not in self.said.flags else []
        elif not truth <= _FALSE:
            self.losses[Loss("attribute", f"{name}={told[0]}")] += 1

    def _choose(self, column: str, there: Sequence[str], name: str, told: Sequence[tuple[str, str]]) -> None:
        """Take the first value of a choice that it has; all others, and a choice without any, are counted."""
        for theirs, ours in told:
            if ours not in there or self.said.attributes.setdefault(column, ours) != ours:
                self.losses[Loss("attribute", f"{name}={theirs}")] += 1
        if not told:
            self.losses[Loss("attribute", name)] += 1
