"""The lines of brat's annotation files: each an id, a tab, and what its id's first letter says it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from corpus.exchange.counting import Mark
from corpus.model.finding import Finding
from corpus.model.shortened import told_value

__all__ = ["Attribute", "Event", "Group", "Lines", "Normalization", "Note", "Relation", "read_lines"]

_ID = re.compile(r"(?:[TREAMN]\d+\S*|#[A-Za-z]*\d+\S*|\*)", re.ASCII)
_MARK = re.compile(r"(\S+) +(\d{1,12} +\d{1,12}(?: *; *\d{1,12} +\d{1,12})*) *", re.ASCII)
_EVENT = re.compile(r"([^\s:]+):([^\s:]+)((?: +[^\s:]+:[^\s:]+)*) *")
_RELATION = re.compile(r"(\S+) +([^\s:]+):([^\s:]+) +([^\s:]+):([^\s:]+) *")
_NORMALIZATION = re.compile(r"\S+ +(\S+) +(\S+?):(\S+) *")
_SHARED_TASK = re.compile(r"(\S+) +(?:Annotation:(\S+) +Referent:(\S+)|Referent:(\S+) +Annotation:(\S+)) *")
"""The form that normalizations have in the data of the BioNLP shared task of 2013."""
_NOTE = re.compile(r"(\S+) +(\S+) *")
_GROUP = re.compile(r"(\S+)((?: +\S+){2,}) *")


@dataclass(frozen=True, slots=True)
class Event:
    """A trigger (a mark's id) with arguments, each a role and an id."""

    id: str
    label: str
    trigger: str
    arguments: tuple[tuple[str, str], ...]
    place: str


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation from its first argument to its second."""

    id: str
    label: str
    source: str
    target: str
    place: str


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of what ``target`` names; a flag has no value."""

    name: str
    target: str
    value: str | None
    place: str


@dataclass(frozen=True, slots=True)
class Normalization:
    """What a knowledge base calls what ``target`` names."""

    target: str
    base: str
    entry: str
    place: str


@dataclass(frozen=True, slots=True)
class Note:
    """Free words on what ``target`` names."""

    kind: str
    target: str
    words: str
    place: str


@dataclass(frozen=True, slots=True)
class Group:
    """Annotations that are equivalent ("Equiv": the same entity)."""

    label: str
    members: tuple[str, ...]
    place: str


@dataclass(slots=True)
class Lines:
    """All lines of one document, by kind, in their order."""

    marks: list[Mark] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    attributes: list[Attribute] = field(default_factory=list)
    normalizations: list[Normalization] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    others: set[str] = field(default_factory=set)
    """Ids that are there, but not those of marks or events."""


_FORMS = {
    "T": "ID, tab, LABEL START END[;START END…], tab, the words",
    "E": "ID, tab, LABEL:TRIGGER [ROLE:ID …]",
    "R": "ID, tab, LABEL ROLE:ID ROLE:ID",
    "A": "ID, tab, NAME ID [VALUE]",
    "M": "ID, tab, NAME ID [VALUE]",
    "N": "ID, tab, Reference ID BASE:ENTRY, tab, its name",
    "#": "ID, tab, TYPE ID, tab, the note",
    "*": "*, tab, LABEL ID ID …",
}


def read_lines(files: Iterable[tuple[str, str]], lines: Lines) -> Iterator[Finding]:
    """Sort the lines of a document's annotation files (their names and texts) by kind into ``lines``."""
    known: set[str] = set()
    for file, text in files:
        for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
            if line.strip():
                yield from _read_line(line.removesuffix("\r"), f"{file}:{number}", known, lines)


def _read_line(line: str, place: str, known: set[str], lines: Lines) -> Iterator[Finding]:
    ann_id, tab, rest = line.partition("\t")
    if not tab or not _ID.fullmatch(ann_id):
        message = (
            "This is no line of brat's: expected an id (T1, R1, E1, A1, N1, #1 or *) and a tab, got "
            f"{told_value(line)}; mend or remove it."
        )
        yield Finding("import-line", place, message)
    elif ann_id in known:
        yield Finding("import-duplicate-id", place, f"The id {ann_id} is taken by a line above; give it another.")
    elif not _sorted_in(ann_id, rest, place, lines):
        expected = _FORMS[ann_id[0]]
        message = f"This line cannot be read: expected {expected}; got {told_value(rest)}; mend or remove it."
        yield Finding("import-line", place, message)
    elif ann_id != "*":
        known.add(ann_id)
        if ann_id[0] not in "TE":
            lines.others.add(ann_id)


def _sorted_in(ann_id: str, rest: str, place: str, lines: Lines) -> bool:
    """Put what a line says where it belongs; False where it cannot be read."""
    body, tab, tail = rest.partition("\t")
    kind = ann_id[0]
    if kind == "T" and (found := _MARK.fullmatch(body)):
        offsets = [[int(end) for end in piece.split()] for piece in found[2].split(";")]
        pieces = tuple((start, end) for start, end in offsets)
        lines.marks.append(Mark(ann_id, found[1], pieces, tail if tab else None, place))
    elif kind == "E" and (found := _EVENT.fullmatch(body)):
        arguments = [argument.split(":") for argument in found[3].split()]
        given = tuple((role, other) for role, other in arguments)
        lines.events.append(Event(ann_id, found[1], found[2], given, place))
    elif kind == "R" and (found := _RELATION.fullmatch(body)):
        ends = (found[3], found[5])
        turned = (found[2].casefold(), found[4].casefold()) == ("arg2", "arg1")
        lines.relations.append(Relation(ann_id, found[1], *(ends[::-1] if turned else ends), place))
    elif kind in "AM" and len(parts := body.rstrip(" ").split(" ", 2)) > 1 and all(parts):
        lines.attributes.append(Attribute(parts[0], parts[1], parts[2] if len(parts) == 3 else None, place))
    elif kind == "N" and (found := _NORMALIZATION.fullmatch(_SHARED_TASK.sub(r"\1 \2\5 \3\4", body))):
        lines.normalizations.append(Normalization(found[1], found[2], found[3], place))
    elif kind == "#" and (found := _NOTE.fullmatch(body)):
        lines.notes.append(Note(found[1], found[2], tail, place))
    elif kind == "*" and (found := _GROUP.fullmatch(body)):
        lines.groups.append(Group(found[1], tuple(found[2].split()), place))
    else:
        return False
    return True
