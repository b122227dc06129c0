"""DocBin, spaCy's file of documents (``.spacy``): entities in ``doc.ents``, all else beside them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corpus.errors import SourceError
from corpus.exchange.docbin.container import Faulty, Marked, Stored, stored_documents
from corpus.exchange.docbin.writing import ENTITIES, MEMBER
from corpus.exchange.lines import MOST_CHARACTERS
from corpus.exchange.marks import Marks
from corpus.exchange.opening import read_limited
from corpus.exchange.standoff import Standoff
from corpus.exchange.tally import Tally, at_most
from corpus.model.finding import Finding, Severity
from corpus.model.span import Span

__all__ = ["read_docbin"]

_NAMES = ("doc_id", "id", "name")


def read_docbin(path: Path) -> Iterator[Standoff | Finding]:
    """Yield the documents of a file: entities, and the spans of all groups.

    What our writer has put into the user data (exact offsets, pieces, attributes, relations) counts where the marks
    are still what it has written; of other user data a document's name is read.

    Raises:
        ExtraMissingError: spaCy is not installed.
        SourceError: it cannot be read, or is no DocBin.
    """
    yield from at_most(_read(path), path)


def _read(path: Path) -> Iterator[Standoff | Finding]:
    data = read_limited(path)
    documents = stored_documents(data)
    try:
        for number, stored in enumerate(documents, 1):
            place = f"{path}[{number}]"
            if isinstance(stored, Faulty):
                yield Finding("import-docbin", place, f"{stored} The document is left out.")
            elif len(stored.text) > MOST_CHARACTERS:
                told = f"The text is longer than the limit of {MOST_CHARACTERS} characters; split it."
                yield Finding("import-text", place, told)
            else:
                tally = Tally()
                standoff = _standoff(stored, place, tally)
                yield from tally.findings()
                yield standoff
    except SourceError as error:
        raise SourceError(f"{path} cannot be read: {error}.") from None


def _standoff(stored: Stored, place: str, tally: Tally) -> Standoff:
    marks = Marks(stored.text, place, tally)
    for problem in stored.problems:
        tally.add("import-docbin", place, problem, Severity.ERROR)
    if stored.is_classed:
        tally.add(
            "import-whole", place, "Its categories are of the whole text; only marks on parts of it are read."
        )
    left: dict[tuple[str, int, int, str], list[Marked]] = {}
    for mark in stored.marks:
        left.setdefault((mark.group, mark.first, mark.end, mark.label), []).append(mark)
    spans, relations = _own(stored.data.get(MEMBER), tally, place)
    kept = {span["id"]: _add_own(span, left, stored, marks) for span in spans}
    for mark in (mark for marks_ in left.values() for mark in marks_):
        at = _place(stored, mark)
        marks.add(at.start, at.end, mark.label, more=_said(stored, mark))
    for label, source, target in relations:
        if kept.get(source) and kept.get(target):
            marks.relate(label, kept[source], kept[target], repr(label))
    named = (str(v) for v in map(stored.data.get, _NAMES) if isinstance(v, str) or type(v) is int)
    annotator = stored.data.get("annotator")
    return marks.standoff(next(filter(str.strip, named), None), annotator if isinstance(annotator, str) else None)


def _add_own(
    span: dict[str, Any], left: dict[tuple[str, int, int, str], list[Marked]], stored: Stored, marks: Marks
) -> str | None:
    """Take in what of one of our spans is as it was written; those marks are not ``left`` then."""
    found = None
    for piece, (group, first, end) in zip(span["pieces"], span["as"], strict=True):
        same = left.get((group, first, end, span["label"]), [])
        own = _own_mark(same, span["id"])
        if own is not None and _lies_in(piece, own, stored):
            same.remove(own)
            more = {**_said(stored, own, span["as"][0]), **span}
            made = marks.add(piece[0], piece[1], span["label"], key=span["id"], joined=True, more=more)
            found = made or found
    return found


def _own_mark(same: list[Marked], own: str) -> Marked | None:
    """Return which of the marks of one place and label is a span's own: its id tells, but for entities."""
    return next((mark for mark in same if mark.group in ("", ENTITIES) or mark.id == own), None)


def _place(stored: Stored, mark: Marked) -> Span:
    return Span(stored.starts[mark.first], stored.ends[mark.end - 1])


def _lies_in(piece: tuple[int, int], mark: Marked, stored: Stored) -> bool:
    """Tell whether a piece's characters are among those of the tokens that it was written as."""
    first, last = (stored.text[at : at + 1] == " " for at in (piece[0], piece[1] - 1))  # may be of no token
    at = _place(stored, mark)
    return at.start - first <= piece[0] < piece[1] <= at.end + last


def _said(stored: Stored, mark: Marked, own: tuple[str, int, int] | None = None) -> dict[str, Any]:
    """Return what stands beside a mark: extension attributes, and identifiers.

    ``own`` is where the first piece of one of our spans was written, whose place its attributes have. A mark's id
    is the entity's, as of spaCy's rules; of ours that are no entities it is the span's own.
    """
    group, first, end = own or (mark.group, mark.first, mark.end)
    sound = 0 <= first < end <= len(stored.ends)
    place = (stored.starts[first], stored.ends[end - 1]) if sound else (-1, -1)
    attributes = dict(stored.said.get(place, {}))
    if mark.id and (own is None or group in ("", ENTITIES)):
        attributes["entity_id"] = mark.id
    return {"kb_id": mark.kb_id, "attributes": attributes}


def _own(value: object, tally: Tally, place: str) -> tuple[list[dict[str, Any]], list[tuple[str, str, str]]]:
    """Return the spans and relations that our writer has put there, where they are as it writes them."""
    if value is None:
        return [], []
    try:
        held: Any = json.loads(value) if isinstance(value, str) else None
        spans = [_own_span(one) for one in held["spans"]]
        relations = [(str(label), str(source), str(target)) for label, source, target in held["relations"]]
    except (ValueError, TypeError, KeyError, RecursionError):
        told = f"What its user data hold as {MEMBER!r} is not what this program writes, and is not read."
        tally.add("import-docbin", place, told, Severity.WARNING)
        return [], []
    return spans, relations


def _own_span(one: dict[str, Any]) -> dict[str, Any]:
    """Return a span as it is.

    Raises:
        KeyError, TypeError, ValueError: it is not of the form.
    """
    pieces = [(int(start), int(end)) for start, end in one["pieces"]]
    as_ = [(str(group), int(first), int(end)) for group, first, end in one["as"]]
    if len(pieces) != len(as_) or not pieces:
        raise ValueError("pieces and tokens do not fit")
    told: dict[str, Any] = {name: one[name] for name in ("note", "attributes") if name in one}
    return told | {"id": str(one["id"]), "label": str(one["label"]), "pieces": pieces, "as": as_}
