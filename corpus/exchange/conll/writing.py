"""Entities as CoNLL: a token a line, BIO tags beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from corpus.exchange.losses import Losses
from corpus.exchange.standoff import Standoff
from corpus.files import atomic_write
from corpus.model.finding import Finding
from corpus.model.scheme import Scheme
from corpus.model.tokens import MISFITS, Mention, TokenLine, token_lines

__all__ = ["write_conll"]

_BREAK = re.compile(r"\s+")


def write_conll(documents: Iterable[Standoff], path: Path, scheme: Scheme) -> Iterator[Finding]:
    """Write the entities of documents as BIO, on the tokens of the dataset's ``ner`` config; tell what is left out.

    Raises:
        OSError: the file cannot be written.
    """
    with atomic_write(path) as stream:
        for document in documents:
            losses = Losses(document)
            for line in _written(document, scheme, losses):
                stream.write(f"{line}\n".encode("utf-8", "replace"))
            yield from losses.findings("CoNLL")


def _written(document: Standoff, scheme: Scheme, losses: Losses) -> Iterator[str]:
    name = _one_line(document.name or "")
    if name != (document.name or ""):
        losses.add("export-name", "a name has no line breaks and no blanks around it", name or "its name")
    yield f"# newdoc id = {name}" if name else "# newdoc"
    if document.annotator is not None:
        yield f"# annotator = {_one_line(document.annotator)}"

    def misfit(why: str, mention: Mention[str]) -> None:
        code = "export-overlap" if why == "overlapping" else "export-alignment"
        losses.add(code, f"an entity that {MISFITS[why]} is left out", mention.id)

    for line in token_lines(document.text, _mentions(document, scheme, losses), misfit):
        if line.tokens:
            yield from _sentence(line, document.text)
    if not document.text.strip():
        yield ""


def _sentence(line: TokenLine[str], text: str) -> Iterator[str]:
    if "\r" not in line.text:  # which at a line's end would be taken for a part of it
        yield f"# text = {line.text}"
    for token, tag in zip(line.tokens, line.tags, strict=True):
        yield f"{token.slice(text)}\t{'O' if tag is None else '-'.join(tag)}"
    yield ""


def _mentions(document: Standoff, scheme: Scheme, losses: Losses) -> Iterator[Mention[str]]:
    """Yield the entities that can be in labels of tokens, and tell of all else that the document has."""
    for relation in document.relations:
        what = "relations are left out"
        losses.add("export-relations", what, f"{relation.label} of {relation.source}")
    for span in document.spans:
        if span.label in scheme.span_labels:
            losses.add("export-spans", "what is no entity is left out, with all that is said of it", span.id)
            continue
        if span.attributes or span.kb_id:
            losses.add("export-attributes", "attributes of entities are left out", span.id)
        if span.note:
            losses.add("export-note", "notes are left out", span.id)
        label = _BREAK.sub("_", span.label)
        if len(span.spans) > 1:
            losses.add("export-pieces", "an entity in pieces is left out", span.id)
        else:
            if label != span.label:
                losses.add("export-label", "blanks in labels become underscores", span.id)
            yield Mention(*span.spans[0], span.id, label)


def _one_line(value: str) -> str:
    return _BREAK.sub(" ", value).strip()
