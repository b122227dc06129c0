"""CoNLL: one token a line with its tags in columns, a blank line after each sentence; entities only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from corpus.errors import SourceError
from corpus.exchange.conll_layout import Layout, Row, Sign, Survey, parsed
from corpus.exchange.lines import MOST_CHARACTERS, text_lines
from corpus.exchange.losses import Losses
from corpus.exchange.sentences import TokenDocument
from corpus.exchange.standoff import Format, Standoff
from corpus.exchange.tally import Tally, at_most
from corpus.files import atomic_write
from corpus.model.finding import Finding, Severity
from corpus.model.scheme import Scheme
from corpus.model.tokens import MISFITS, Mention, TokenLine, token_lines

__all__ = ["FORMAT", "read_conll", "write_conll"]

_BREAK = re.compile(r"\s+")


def read_conll(path: Path) -> Iterator[Standoff | Finding]:
    """Yield the documents of a file, read twice: the scheme of its tags shows only in all of them.

    ``# newdoc``, ``# doc_id = …``, ``-DOCSTART-`` and ``#begin document`` begin one; a file without them is one of
    the file's name.

    Raises:
        SourceError: it cannot be read, or has no column of tags.
    """
    survey = Survey()
    for line in text_lines(path):
        if not isinstance(line, Finding):
            survey.add(parsed(line[1]))
    layout = survey.layout()
    if layout is None:
        raise SourceError(
            f"{path} has no column of tags: expected lines of a token and, in a later column, O, B-… or I-…, "
            "parted by tabs or blanks."
        )
    for note in layout.notes:
        yield Finding("import-scheme", str(path), note, Severity.NOTE)
    yield from at_most(_documents(path, layout), path)


def _documents(path: Path, layout: Layout) -> Iterator[Standoff | Finding]:
    """Yield what the second pass over a file finds."""
    unnamed = path.stem if layout.documents <= 1 else None
    part = _Part(layout, f"{path}:1")
    for line in text_lines(path):
        if isinstance(line, Finding):
            yield line
            continue
        place, read = f"{path}:{line[0]}", parsed(line[1])
        if isinstance(read, Row):
            part.add(read, place)
        elif part.ends_at(read):
            yield from part.told(unnamed)
            part = _Part(layout, place, name=read.value, text=part.text)
    part.end_sentence()
    yield from part.told(unnamed)


@dataclass(slots=True)
class _Part:
    """The document that is being read."""

    layout: Layout
    place: str
    name: str | None = None
    annotator: str | None = None
    document: TokenDocument = field(init=False)
    tally: Tally = field(default_factory=Tally)
    text: str | None = None
    """Of the sentence that follows, or is being read."""
    rows: list[tuple[str, tuple[str, ...], str]] = field(default_factory=list)
    """Of that sentence: tokens, their tags, their places."""
    size: int = 0
    """Of all tokens, in characters."""

    @property
    def too_large(self) -> bool:
        """Tell whether nothing more of it is held."""
        return max(self.size, self.document.length) > MOST_CHARACTERS

    def __post_init__(self) -> None:
        self.document = TokenDocument(self.layout.tagging, self.tally)

    def ends_at(self, sign: Sign) -> bool:
        """Take in a line that is no token's; tell whether another document begins there."""
        if sign.kind == "comment":
            return False
        if sign.kind == "annotator":
            self.annotator = (sign.value or "").strip() or None
            return False
        self.end_sentence()
        if sign.kind in ("text", "blank"):
            self.text = sign.value
        if sign.kind == "same" and self.name is None and not self.document.length:
            self.name = sign.value  # behind a mark without a name
            return False
        return sign.kind in ("document", "end") or (sign.kind == "same" and sign.value != self.name)

    def add(self, row: Row, place: str) -> None:
        """Take in a token's line."""
        found, expected = len(row.columns), self.layout.width
        if found == expected or (self.layout.wider and found > expected):
            tags = tuple(row.columns[column] for column in self.layout.tags)
        else:
            tags = ("O",) * len(self.layout.tags)
            told = f"The line has {found} columns where most have {expected}; its token has no tag now."
            self.tally.add("import-columns", place, told, Severity.ERROR)
        token = row.columns[min(self.layout.token, found - 1)]
        if not token.strip(" "):
            self.tally.add("import-columns", place, "The line has no token, and is left out.", Severity.ERROR)
        else:
            self.size += len(token) + 1
            if not self.too_large:
                self.rows.append((token, tags, place))

    def end_sentence(self) -> None:
        """Put what was read of a sentence into the document."""
        if not self.rows:
            return
        if not self.too_large:
            tokens, tags, where = zip(*self.rows, strict=True)
            self.document.add(tokens, list(zip(*tags, strict=True)), where, self.text)
        self.rows, self.text = [], None

    def told(self, unnamed: str | None) -> Iterator[Standoff | Finding]:
        """Yield the document, and what was met in it; nothing for a mark without anything behind it."""
        yield from self.tally.findings()
        if self.too_large:
            told = (
                f"The document is longer than the limit of {MOST_CHARACTERS} characters; mark where others begin."
            )
            yield Finding("import-too-large", self.place, told)
        elif self.document.length or self.name:
            yield self.document.standoff(self.name or unnamed, self.annotator, self.place)


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


FORMAT = Format(
    name="conll",
    title="CoNLL: a token a line, BIO tags in columns",
    endings=(".conll", ".conll03", ".bio", ".iob", ".iob2", ".bioes"),
    read=read_conll,
    write=write_conll,
)
