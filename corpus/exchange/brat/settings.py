"""brat's configuration files, so that it shows the scheme's labels, colours, attributes and relations.

Their form is defined on brat's page "annotation configuration".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from corpus.exchange.brat.document import SAME_ENTITY
from corpus.model.scheme import Scheme

__all__ = ["Seen", "configuration"]

_TOOLS = """\
[options]
Validation validate:all
Tokens tokenizer:whitespace
Sentences splitter:newline

[search]

[annotators]

[disambiguators]

[normalization]
"""
"""No knowledge base is named: brat would look for its own copy at each mention of an entry, and complain."""
_NO_VALUE = re.compile(r"[\s,|]")
"""What a value that is listed cannot hold."""


@dataclass(slots=True)
class Seen:
    """What the written documents use, beside the scheme."""

    labels: set[str] = field(default_factory=set)
    relations: set[tuple[str, str, str]] = field(default_factory=set)
    """Each with the labels that it leads from and to."""
    attributes: dict[str, tuple[set[str], set[str]]] = field(default_factory=dict)
    """Each with the labels that have it and the values it has."""

    def attribute(self, name: str, label: str, values: Iterable[str]) -> None:
        """Note that a span of that label has the attribute."""
        labels, held = self.attributes.setdefault(name, (set(), set()))
        labels.add(label)
        held.update(values)


def configuration(scheme: Scheme, seen: Seen) -> dict[str, str]:
    """Return the files of a collection's configuration, by name."""
    labels = [*scheme.entity_labels, *scheme.span_labels]
    labels += sorted(seen.labels - set(labels))
    keys = [*((entity.hotkey, entity.label) for entity in scheme.entities)]
    keys += [(span.hotkey, span.label) for span in scheme.spans]
    return {
        "annotation.conf": "\n".join(_annotation(scheme, seen, labels)) + "\n",
        "visual.conf": "\n".join(_visual(scheme, labels)) + "\n",
        "kb_shortcuts.conf": "".join(f"{key} {label}\n" for key, label in keys),
        "tools.conf": _TOOLS,
    }


def _annotation(scheme: Scheme, seen: Seen, labels: Iterable[str]) -> Iterator[str]:
    yield from ("[entities]", *labels, "", "[relations]")
    told = [(relation.name, relation.from_, relation.to) for relation in scheme.relations]
    for name, source, target in [*told, *sorted(seen.relations - set(told))]:
        yield f"{name} Arg1:{source}, Arg2:{target}"
    yield "<OVERLAP> Arg1:<ANY>, Arg2:<ANY>, <OVL-TYPE>:<ANY>"
    yield from ("", "[events]", "", "[attributes]")
    for name, (owners, values) in _attributes(scheme, seen).items():
        listed = "|".join(value for value in values if value and not _NO_VALUE.search(value))
        yield f"{name} Arg:{'|'.join(owners)}" + (f", Value:{listed}" if listed else "")


def _attributes(scheme: Scheme, seen: Seen) -> dict[str, tuple[list[str], list[str]]]:
    """Return the scheme's attributes and what else was seen, each with its owners and values in order."""
    claim = scheme.label_of_layer("claims")
    claims = [claim] if claim else []
    found = {each.name: ([*claims], [*each.value_names]) for each in scheme.attributes}
    found |= {flag.name: ([*claims], []) for flag in scheme.flags}
    found[SAME_ENTITY] = ([*scheme.entity_labels], [])
    for name in sorted(seen.attributes):
        owners, values = found.setdefault(name, ([], []))
        labels, held = seen.attributes[name]
        owners += sorted(labels - set(owners))
        values += sorted(held - set(values), key=lambda value: (len(value), value))
    return {name: held for name, held in found.items() if held[0]}


def _visual(scheme: Scheme, labels: Iterable[str]) -> Iterator[str]:
    yield from ("[labels]", *(f"{label} | {label}" for label in labels), "", "[drawing]")
    yield "SPAN_DEFAULT fgColor:black, bgColor:lightgreen, borderColor:darken"
    yield "ARC_DEFAULT color:black, arrowHead:triangle-5"
    yield "ATTRIBUTE_DEFAULT glyph:*"
    colours = [(entity.label, entity.colour) for entity in scheme.entities]
    for label, colour in [*colours, *((span.label, span.colour) for span in scheme.spans)]:
        yield f"{label} fgColor:{_readable_on(colour)}, bgColor:{colour}, borderColor:darken"


def _readable_on(colour: str) -> str:
    """Return black or white for words on a ground, by its luma (ITU-R BT.601)."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "black" if 0.299 * red + 0.587 * green + 0.114 * blue > 140 else "white"
