"""One record of an annotation tool's JSON Lines to the marks it says: which tool's it is shows in its members."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpus.exchange.lines import MOST_CHARACTERS
from corpus.exchange.marks import Marks, Place, as_given, whole
from corpus.exchange.sentences import TokenDocument
from corpus.exchange.standoff import Standoff
from corpus.exchange.tags import Tagging
from corpus.exchange.tally import Tally
from corpus.exchange.units import Units, fits_words
from corpus.model.finding import Severity
from corpus.model.span import Span

__all__ = ["ANSWERS", "Told", "flavour_of", "read_record", "tag_list", "text_of"]

Record = Mapping[str, Any]

ANSWERS = ("accept", "reject", "ignore")
"""What an annotator says in Prodigy of a task and of the marks in it."""
_TEXTS = ("text", "data", "content")
_WHOLE = {"prodigy": ("accept",), "doccano": ("cats",), "doccano-ids": ("cats",), "spacy": ("cats",)}
"""The members that label a text as a whole, also beside marks."""
_TAGS = ("ner_tags", "tags", "labels", "ner")
_NAMES = ("doc_id", "document_id", "doc_key")
_NUMBERS = ("id", "example_id")


@dataclass(frozen=True, slots=True)
class Told:
    """Who says it, and of which document."""

    name: str | None
    annotator: str | None


def flavour_of(value: object) -> str | None:
    """Return whose shape a record has: "spacy", "hf", "prodigy", "doccano", "doccano-ids", or None.

    >>> flavour_of(["Lena", {"entities": [[0, 4, "PER"]]}]), flavour_of({"text": "Lena", "label": [[0, 4, "PER"]]})
    ('spacy', 'doccano')
    """
    if isinstance(value, list):
        paired = len(value) in (2, 3) and isinstance(value[0], str) and isinstance(value[1], dict)
        return "spacy" if paired else None
    if not isinstance(value, dict):
        return None
    if tag_list(value) is not None:
        return "hf"
    if text_of(value) is None:
        return None
    entities = value.get("entities")
    if _is_list_of(value.get("spans"), dict) or value.get("answer") in ANSWERS:
        return "prodigy"
    if isinstance(value.get("annotations"), list) or (entities and _is_list_of(entities, dict)):
        return "doccano-ids"
    if isinstance(value.get("label", value.get("labels")), list):
        return "doccano"
    if entities == [] and "relations" in value:
        return "doccano-ids"
    return "spacy" if isinstance(entities, list) or isinstance(value.get("spans"), dict) else None


def text_of(value: Record) -> str | None:
    """Return a record's text, or None."""
    return next((value[name] for name in _TEXTS if isinstance(value.get(name), str)), None)


def tag_list(value: Record) -> list[Any] | None:
    """Return the tags beside a record's tokens (as many as them), or None."""
    tokens = value.get("tokens")
    if not isinstance(tokens, list) or not tokens or not _is_list_of(tokens, str):
        return None
    lists = (value[name] for name in _TAGS if isinstance(value.get(name), list))
    return next((tags for tags in lists if len(tags) == len(tokens)), None)


def read_record(value: Any, flavour: str, place: str, tally: Tally, tagging: Tagging) -> Iterator[Standoff]:
    """Yield what a record says: one document, or one for each who marked something in it.

    What cannot be used is told to ``tally``; ``tagging`` is that of the tags of the whole file.
    """
    if flavour == "hf":
        yield from _tagged(value, place, tally, tagging)
        return
    record: Record = {"text": value[0], **value[1]} if isinstance(value, list) else value
    text = text_of(record) or ""
    wrong = _text_problem(text)
    if wrong is not None:
        tally.add("import-text", place, wrong, Severity.ERROR)
        return
    told = Told(_name_of(record), _annotator_of(record))
    if record.get("Comments") or record.get("comments"):
        tally.add("import-comment", place, "Comments on a whole document are not read.", Severity.NOTE)
    says_whole = _says_whole(record, flavour)
    if says_whole or any(record.get(name) for name in _WHOLE.get(flavour, ())):
        told_whole = "The labels are of the whole text; only marks on parts of it are read."
        tally.add("import-whole", place, told_whole, Severity.WARNING)
    if flavour == "spacy" and record.get("links"):
        told_links = "Links to a knowledge base (links) are not read; entities may have an id behind their label."
        tally.add("import-kb-id", place, told_links, Severity.WARNING)
    if says_whole:
        return
    if flavour == "doccano-ids":
        yield from _doccano_ids(record, told, Marks(text, place, tally))
        return
    marks = Marks(text, place, tally)
    {"prodigy": _prodigy, "doccano": _doccano, "spacy": _spacy}[flavour](record, marks)
    yield marks.standoff(told.name, told.annotator)


def _says_whole(record: Record, flavour: str) -> bool:
    """Tell whether a record labels its text as a whole, and no part of it."""
    if flavour == "prodigy":
        return not record.get("spans") and any(record.get(name) for name in ("label", "accept", "options"))
    labels = record.get("label", record.get("labels"))
    return flavour == "doccano" and bool(labels) and _is_list_of(labels, str)


def _prodigy(record: Record, marks: Marks) -> None:
    """Prodigy: spans with offsets, relations between tokens that belong to them; and what our writer adds."""
    tokens, every = record.get("tokens"), _objects(record, "spans", marks)
    spans = [span for span in every if span.get("answer") not in ANSWERS[1:]]
    if len(spans) < len(every):
        marks.tell("import-answer", "A mark that the annotator rejected or passed over is not read.", Severity.NOTE)
    marks.keep(span.get("span_id") for span in spans)
    for span in spans:
        start, end = span.get("start"), span.get("end")
        if start is None and end is None:
            start, end = (_token_edge(tokens, span.get(f"token_{edge}"), edge) for edge in ("start", "end"))
        own, words = span.get("span_id"), span.get("text")
        marks.add(start, end, span.get("label"), key=own, joined=True, more=span, words=words)
    for relation in _objects(record, "relations", marks):
        ends = [_relation_end(relation, side, tokens, marks) for side in ("head", "child")]
        marks.relate(relation.get("label"), ends[0], ends[1], f"{relation.get('label')!r}")


def _relation_end(relation: Record, side: str, tokens: object, marks: Marks) -> str | None:
    own = relation.get(f"{side}_id")
    if isinstance(own, str):
        return own
    span = relation.get(f"{side}_span")
    if isinstance(span, dict):
        found = marks.find(span.get("start"), span.get("end"), span.get("label"))
        if found is not None:
            return found
    at = [_token_edge(tokens, relation.get(side), edge) for edge in ("start", "end")]
    covering = None if at[0] is None or at[1] is None else marks.covering(Span(at[0], at[1]))
    if covering is None and isinstance(span, dict) and isinstance(span.get("label"), str):
        return marks.add(span.get("start"), span.get("end"), span["label"])
    return covering


def _token_edge(tokens: object, number: object, edge: str) -> int | None:
    at = whole(number)
    if at is None or not isinstance(tokens, list) or not 0 <= at < len(tokens):
        return None
    return whole(tokens[at].get(edge)) if isinstance(tokens[at], dict) else None


def _doccano(record: Record, marks: Marks) -> None:
    """doccano, sequence labelling: lists of start, end and label."""
    _add_triples(record.get("label", record.get("labels")), marks, doccano=True)


def _doccano_ids(record: Record, told: Told, marks: Marks) -> Iterator[Standoff]:
    """doccano with relations, or its older form, in which each mark says whose it is; LightTag is like it."""
    rows = [row for name in ("entities", "annotations") for row in _objects(record, name, marks)]
    of_user: dict[str | None, list[Record]] = {} if rows else {None: []}
    for row in rows:
        user = row.get("user")
        of_user.setdefault(str(user) if type(user) in (str, int) else None, []).append(row)
    relations = _by_user(_objects(record, "relations", marks), of_user)
    for whose, mine in of_user.items():
        own = Marks(marks.text, marks.place, marks.tally)
        own.keep(row.get("id") for row in mine)
        count = _counted([(_edge(row, "start"), _edge(row, "end")) for row in mine], own)
        for row in mine:
            label = row.get("label", row.get("tag"))
            own.add(_edge(row, "start"), _edge(row, "end"), label, key=row.get("id"), count=count)
        for relation in relations.get(whose, ()):
            ends = [_told(relation.get(f"{side}_id")) for side in ("from", "to")]
            own.relate(relation.get("type", relation.get("label")), ends[0], ends[1], f"{relation.get('id')!r}")
        yield own.standoff(told.name, told.annotator if whose is None else whose)


def _by_user(
    relations: Sequence[Record], of_user: Mapping[str | None, Sequence[Record]]
) -> dict[str | None, list[Record]]:
    """Return each user's relations: those between marks of theirs; what joins no one's marks is the first one's."""
    have: dict[str | None, dict[str | None, None]] = {}
    for whose, rows in of_user.items():
        for row in rows:
            have.setdefault(_told(row.get("id")), {})[whose] = None
    found: dict[str | None, list[Record]] = {}
    for relation in relations:
        start, end = (have.get(_told(relation.get(f"{side}_id")), {}) for side in ("from", "to"))
        for whose in [one for one in start if one in end] or list(of_user)[:1]:
            found.setdefault(whose, []).append(relation)
    return found


def _told(identity: object) -> str | None:
    return None if identity is None else str(identity)


def _spacy(record: Record, marks: Marks) -> None:
    """spaCy's training data: entities, and groups of spans, as lists of start, end, label and perhaps an id."""
    _add_triples(record.get("entities", []), marks)
    groups = record.get("spans")
    for rows in groups.values() if isinstance(groups, dict) else ():
        _add_triples(rows, marks)


def _tagged(record: Record, place: str, tally: Tally, tagging: Tagging) -> Iterator[Standoff]:
    """Hugging Face: tokens and their tags by name."""
    tokens, tags = record["tokens"], tag_list(record) or []
    if not _is_list_of(tags, str):
        told = "The tags are numbers, whose names stand elsewhere; expected names (B-PER): write int2str of each."
        tally.add("import-tag", place, told, Severity.ERROR)
        return
    text = text_of(record)
    wrong = _text_problem(text or " ".join(tokens))
    if wrong is not None or not all(token.strip() for token in tokens):
        tally.add("import-text", place, wrong or "A token is empty, or a blank.", Severity.ERROR)
        return
    document = TokenDocument(tagging, tally)
    document.add(tokens, [tags], [place] * len(tokens), text)
    yield document.standoff(_name_of(record), _annotator_of(record), place)


def _add_triples(rows: object, marks: Marks, *, doccano: bool = False) -> None:
    if not isinstance(rows, list):
        marks.tell("import-span", "The marks must be a list of [start, end, label].")
        return
    sound = [row for row in rows if isinstance(row, list) and len(row) >= 3]
    if len(sound) < len(rows):
        marks.tell("import-span", f"{len(rows) - len(sound)} of the marks are not of the form [start, end, label].")
    count = _counted([(row[0], row[1]) for row in sound], marks) if doccano else as_given
    for row in sound:
        marks.add(row[0], row[1], row[2], count=count, more={"kb_id": row[3]} if len(row) > 3 else None)


def _counted(edges: Sequence[tuple[object, object]], marks: Marks) -> Place:
    """Return what doccano counted: UTF-16 units where a browser marked the text, else what came in with it."""
    if not any(char > "\uffff" for char in marks.text):
        return as_given
    units = Units(marks.text)
    numbers = ((whole(start), whole(end)) for start, end in edges)
    given = [Span(start, end) for start, end in numbers if start is not None and end is not None]
    here = fits_words(given, marks.text)
    there = fits_words(map(units.points, given), marks.text)
    if there <= here:
        return as_given
    told = (
        f"The offsets are read as UTF-16 units, as browsers count: so {there} of {len(given)} marks begin and end "
        f"with words, and as characters {here}."
    )
    marks.tell("import-units", told, Severity.NOTE)
    return units.points


def _objects(record: Record, name: str, marks: Marks) -> list[Record]:
    held = record.get(name)
    if held is None:
        return []
    if not isinstance(held, list):
        marks.tell("import-span", f"{name} must be a list, got a {type(held).__name__}.")
        return []
    found: list[Record] = [one for one in held if isinstance(one, dict)]
    if len(found) < len(held):
        marks.tell("import-span", f"{len(held) - len(found)} of the {name} are no objects.")
    return found


def _edge(row: Record, side: str) -> object:
    return row.get(f"{side}_offset", row.get(side))


def _text_problem(text: str) -> str | None:
    if len(text) > MOST_CHARACTERS:
        return f"The text is longer than the limit of {MOST_CHARACTERS} characters; split it."
    if any("\ud800" <= char <= "\udfff" for char in text):
        return "The text holds half a surrogate pair, which is no text; it is left out."
    return None


def _name_of(record: Record) -> str | None:
    """Return what the document is called; a tool's own number of it only where nothing else says."""
    meta = record.get("meta", record.get("metadata"))
    held = meta if isinstance(meta, dict) else {}
    told = [
        *(record.get(name) for name in _NAMES),
        *(held.get(name) for name in (*_NAMES, *_NUMBERS)),
        *(record.get(name) for name in _NUMBERS),
    ]
    named = (str(value) for value in told if isinstance(value, str) or type(value) is int)
    return next(filter(str.strip, named), None)


def _annotator_of(record: Record) -> str | None:
    for name in ("_annotator_id", "_session_id", "annotator", "username"):
        value = record.get(name)
        if isinstance(value, str) and value.strip():
            return value
    return None


def _is_list_of(value: object, kind: type) -> bool:
    return isinstance(value, list) and all(isinstance(one, kind) for one in value)
