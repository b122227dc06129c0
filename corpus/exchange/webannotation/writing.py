"""Web annotations written: a collection on one page, or JSON Lines, with the texts in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from corpus.exchange.losses import Losses
from corpus.exchange.standoff import Standoff, StandoffSpan
from corpus.exchange.webannotation.bodies import WIKIDATA
from corpus.files import atomic_write
from corpus.model.annotation import AnchoredSpan
from corpus.model.finding import Finding
from corpus.model.scheme import Scheme
from corpus.model.span import Span

__all__ = ["write_webannotation"]

_CONTEXT = "http://www.w3.org/ns/anno.jsonld"
_LINES = (".jsonl", ".ndjson")
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20\x7f-\x9f\ud800-\udfff#]+")
"""An absolute IRI without a fragment (RFC 3987, not all of its rules)."""
_ITEM = re.compile(r"[QP][0-9]+")
_HALF = re.compile("[\ud800-\udfff]")

_HEAD = f"""\
{{"@context": "{_CONTEXT}",
"id": "#annotations",
"type": "AnnotationCollection",
"first": {{"id": "#page", "type": "AnnotationPage", "partOf": "#annotations", "startIndex": 0, "items": [
"""

Json = dict[str, Any]


def write_webannotation(documents: Iterable[Standoff], path: Path, scheme: Scheme) -> Iterator[Finding]:  # noqa: ARG001 (of all formats)
    """Write a file: an ``AnnotationCollection``, or an annotation a line where it ends in ``.jsonl``.

    Each document begins with an annotation of its whole text, which is in it; each span is one with its label as a
    tag and its attributes as classes (``name=value``); each relation one that links its target to its body.

    Raises:
        OSError: the file cannot be written.
    """
    lines = path.suffix.lower() in _LINES
    seen: set[tuple[str | None, str | None]] = set()
    total = 0
    with atomic_write(path) as stream:
        stream.write(b"" if lines else _HEAD.encode())
        for number, document in enumerate(documents, 1):
            losses = Losses(document)
            if (document.name, document.annotator) in seen:
                losses.add(
                    "export-documents", "a second one of one name and annotator becomes one with the first", "it"
                )
            seen.add((document.name, document.annotator))
            for annotation in _annotations(document, number, losses):
                whole = {"@context": _CONTEXT, **annotation} if lines else annotation
                told = json.dumps(whole, ensure_ascii=False)
                if _HALF.search(told):
                    losses.add("export-text", "halves of surrogate pairs become U+FFFD", annotation["id"])
                    told = _HALF.sub("\ufffd", told)
                before, after = ("", "\n") if lines else (",\n" if total else "", "")
                stream.write(f"{before}{told}{after}".encode())
                total += 1
            yield from losses.findings("Web Annotation")
        stream.write(b"" if lines else f'\n]}},\n"last": "#page",\n"total": {total}}}\n'.encode())


def _annotations(document: Standoff, number: int, losses: Losses) -> Iterator[Json]:
    """Yield the document's annotations: of its text, its spans and its relations."""
    source = _source(document.name, number)
    maker = {"creator": {"type": "Person", "name": document.annotator}} if document.annotator else {}
    text = {"id": source, "type": "Text", "format": "text/plain", "value": document.text}
    yield {"id": f"#{number}", "type": "Annotation", "motivation": "bookmarking", **maker, "target": text}
    ids = {span.id: f"#{number}/{_quoted(span.id)}" for span in document.spans}
    for span in document.spans:
        targets = [_target(document.text, source, piece) for piece in span.spans]
        yield {
            "id": ids[span.id],
            "type": "Annotation",
            "motivation": "tagging",
            **maker,
            "body": list(_bodies(span, losses)),
            "target": targets if len(targets) > 1 else targets[0],
        }
    for count, relation in enumerate(document.relations, 1):
        if relation.source not in ids or relation.target not in ids:
            what = "a relation of a span that is not there is left out"
            losses.add("export-relations", what, f"{relation.label} of {relation.source}")
            continue
        linked = {"type": "SpecificResource", "source": ids[relation.target], "purpose": "linking"}
        yield {
            "id": f"#{number}-{count}",
            "type": "Annotation",
            "motivation": "linking",
            **maker,
            "body": [_textual("tagging", relation.label), linked],
            "target": ids[relation.source],
        }


def _target(text: str, source: str, piece: Span) -> Json:
    found = AnchoredSpan.of(text, piece)
    context = {name: told for name in ("prefix", "suffix") if (told := getattr(found, name))}
    return {
        "source": source,
        "selector": [
            {"type": "TextPositionSelector", "start": piece.start, "end": piece.end},
            {"type": "TextQuoteSelector", "exact": found.exact, **context},
        ],
    }


def _bodies(span: StandoffSpan, losses: Losses) -> Iterator[Json]:
    yield _textual("tagging", span.label)
    for told, values in span.attributes.items():
        name = told.replace("=", "_")
        if name != told:
            losses.add("export-attributes", "names of attributes have _ for =", span.id)
        yield from (_textual("classifying", f"{name}={value}") for value in values)
        if not values:
            yield _textual("classifying", name)
    if span.kb_id:
        entry = f"{WIKIDATA}{span.kb_id}" if _ITEM.fullmatch(span.kb_id) else span.kb_id
        known = {"type": "SpecificResource", "source": entry, "purpose": "identifying"}
        yield known if _IRI.fullmatch(entry) else _textual("identifying", entry)
    if span.note:
        yield _textual("commenting", span.note)


def _textual(purpose: str, value: str) -> Json:
    return {"type": "TextualBody", "value": value, "format": "text/plain", "purpose": purpose}


def _source(name: str | None, number: int) -> str:
    """Return the IRI of a document: its name where that is one, else that of a file so named beside this."""
    if not name:
        return f"document-{number}"
    return name if _IRI.fullmatch(name) else _quoted(name, "/")


def _quoted(name: str, safe: str = "") -> str:
    return quote(_HALF.sub("\ufffd", name), safe=f"{safe}~!$'()*,;@")
