"""What an annotation's bodies say: labels, attributes, an entry of a knowledge base, notes, links."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

__all__ = ["WIKIDATA", "Said", "all_of", "identity", "kinds_of", "motivation_of", "said_in"]

WIKIDATA = "http://www.wikidata.org/entity/"
_WIKIDATA_ITEM = re.compile(r"https?://(?:www\.|m\.)?wikidata\.org/(?:entity|wiki)/([QP][0-9]+)")
_GROUPS = frozenset({"Choice", "Composite", "List", "Independents"})
"""Bodies or targets that hold others, as ``items``."""


@dataclass(slots=True)
class Said:
    """What is said of a target."""

    tags: list[str] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)
    entries: list[str] = field(default_factory=list)
    """Of knowledge bases, Wikidata's without its address."""
    notes: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    """Ids of other annotations."""
    unread: int = 0
    """How many bodies say nothing that can be read."""

    def label(self, motivation: str) -> str:
        """Return the first tag, else the first class, else what it was made for ("highlighting")."""
        plain = [name for name in self.classes if "=" not in name]
        return next(iter([*self.tags, *plain]), "") or motivation

    def add(self, more: Said) -> None:
        """Take what is said of the same target elsewhere."""
        self.tags += more.tags
        self.classes += more.classes
        self.entries += more.entries
        self.notes += more.notes
        self.unread += more.unread

    def attributes(self, label: str) -> dict[str, tuple[str, ...]]:
        """Return classes beside the label: ``name=value``, or a flag's name; further tags are values of ``tag``."""
        found: dict[str, tuple[str, ...]] = {}
        for told in self.classes:
            name, equals, value = told.partition("=")
            if self.tags or told != label:
                found[name] = (*found.get(name, ()), *([value] if equals else []))
        tags = tuple(tag for tag in self.tags[1:] if tag)
        return {**found, **({"tag": tags} if tags else {})}


def said_in(annotation: Mapping[str, Any], known: Container[str]) -> Said:
    """Return what all bodies say; ``known`` are the ids of annotations.

    Beside those of the standard, ``text`` and ``tags`` are read, as the Hypothesis service has them.
    """
    said = Said()
    motivation = motivation_of(annotation)
    for body in all_of(annotation.get("body")):
        _read(body, motivation, known, said)
    for purpose, name in ((motivation, "bodyValue"), ("commenting", "text"), ("tagging", "tags")):
        for value in _list(annotation.get(name)):
            if isinstance(value, str):
                _add(value, purpose, said)
    return said


def motivation_of(annotation: Mapping[str, Any]) -> str:
    """Return what an annotation was made for, the first that is told."""
    return next(_purposes(annotation.get("motivation")), "annotation")


def all_of(told: object) -> Iterator[str | Mapping[str, Any]]:
    """Yield bodies or targets: IRIs and objects, also those that groups hold."""
    waiting = _list(told)[::-1]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict) and not _GROUPS.isdisjoint(kinds_of(one)):
            waiting += _list(one.get("items"))[::-1]
        elif isinstance(one, str | dict):
            yield one


def identity(told: object) -> str | None:
    """Return the IRI that something is, or that it has."""
    if isinstance(told, dict):
        told = told.get("id", told.get("@id"))
    return told if isinstance(told, str) and told else None


def kinds_of(told: Mapping[str, Any]) -> list[str]:
    """Return the types of an object, without the standard's prefix."""
    types = _list(told.get("type", told.get("@type")))
    return [kind.rpartition(":")[2] for kind in types if isinstance(kind, str)]


def _read(body: str | Mapping[str, Any], motivation: str, known: Container[str], said: Said) -> None:
    iri, purpose, value = identity(body), motivation, None
    if isinstance(body, dict):
        purpose = next(_purposes(body.get("purpose")), motivation)
        source = body.get("source")
        iri = source if isinstance(source, str) else identity(source) or iri
        value = body.get("value", body.get("chars"))
    words = [one for told in _list(value) if isinstance(one := _plain(told), str)]
    for one in words:
        _add(one, purpose, said)
    if words:
        return
    if iri is not None and iri in known:
        said.links.append(iri)
    elif iri is not None and purpose in ("tagging", "classifying"):
        _add(unquote(re.split(r"[/#]", iri.rstrip("/#"))[-1]), purpose, said)
    elif iri is not None:
        _add(iri, "identifying" if purpose == "linking" else purpose, said)
    else:
        said.unread += 1


def _plain(value: object) -> object:
    """Return a literal without its language or type, as JSON-LD may write them; a number as its digits."""
    told = value.get("@value") if isinstance(value, dict) else value
    return str(told) if isinstance(told, int | float) and not isinstance(told, bool) else told


def _add(value: str, purpose: str, said: Said) -> None:
    item = _WIKIDATA_ITEM.fullmatch(value)
    if item or purpose == "identifying":
        said.entries.append(item[1] if item else value)
    else:
        {"tagging": said.tags, "classifying": said.classes}.get(purpose, said.notes).append(value)


def _purposes(told: object) -> Iterator[str]:
    for one in _list(told):
        name = identity(one)
        if name:
            yield re.split(r"[#:/]", name)[-1]


def _list(told: object) -> list[Any]:
    return told if isinstance(told, list) else [] if told is None else [told]
