"""CoNLL: one token a line with its tags in columns, a blank line after each sentence; entities only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from corpus.errors import SourceError
from corpus.exchange.conll.layout import Layout, Row, Sign, Survey, parsed, range_end
from corpus.exchange.lines import MOST_CHARACTERS, text_lines
from corpus.exchange.sentences import TokenDocument
from corpus.exchange.standoff import Standoff
from corpus.exchange.tally import Tally, at_most
from corpus.model.finding import Finding, Severity

__all__ = ["read_conll"]

_WEBANNO = "#FORMAT=WebAnno TSV"
_SHOWN = 60
_NONE = ("O", "_", "-", "")
"""What a word has that several of grammar are, where they have its tags."""


def read_conll(path: Path) -> Iterator[Standoff | Finding]:
    """Yield the documents of a file, read twice: the scheme of its tags shows only in all of them.

    ``# newdoc``, ``# doc_id = …``, ``-DOCSTART-`` and ``#begin document`` begin one; a file without them is one of
    the file's name.

    Raises:
        SourceError: it cannot be read, or has no column of tags.
    """
    survey = Survey()
    wrong = ""
    for line in text_lines(path):
        if isinstance(line, Finding):
            wrong = wrong or (f" {line.message}" if line.severity is Severity.ERROR else "")
        elif line[0] == 1 and line[1].startswith(_WEBANNO):
            raise SourceError(f"{path} is WebAnno TSV, which is not read: export it as UIMA CAS XMI.")
        else:
            survey.add(parsed(line[1]))
    layout = survey.layout()
    if layout is None:
        raise SourceError(
            f"{path} has no column of tags: expected lines of a token and, in a later column, O, B-… or I-…, "
            f"parted by tabs or blanks.{wrong}"
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
        if isinstance(read, Row) and line[0] == 1 and _is_head(read, layout):
            told = f"It names the columns ({' '.join(read.columns)[:_SHOWN]}), and is not read as a token."
            yield Finding("import-head", place, told, Severity.NOTE)
        elif isinstance(read, Row):
            part.add(read, place)
        elif part.ends_at(read):
            yield from part.told(unnamed)
            part = _Part(layout, place, name=read.value, text=part.text)
    part.end_sentence()
    yield from part.told(unnamed)


def _is_head(row: Row, layout: Layout) -> bool:
    """Tell whether a file's first line is no token's: as long as others, with no tag where they have one."""
    if len(row.columns) != layout.width:
        return False
    return all(layout.tagging.parse([row.columns[column]]) == [None] for column in layout.tags)


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
    within: int = 0
    """The number of the last word of grammar in the word that was read last."""

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
            none = "*" if self.layout.tagging.scheme == "brackets" else "O"
            tags = (none,) * len(self.layout.tags)
            told = f"The line has {found} columns where most have {expected}; its token has no tag now."
            self.tally.add("import-columns", place, told, Severity.ERROR)
        token = row.columns[min(self.layout.token, found - 1)]
        if self.layout.token and self._is_within(row, tags):
            return
        if not token:
            self.tally.add("import-columns", place, "The line has no token, and is left out.", Severity.ERROR)
        else:
            self.size += len(token) + 1
            if not self.too_large:
                self.rows.append((token, tags, place))

    def _is_within(self, row: Row, tags: tuple[str, ...]) -> bool:
        """Tell whether a numbered word is not written; its tags are then those of the word that it is of."""
        end, number = range_end(row), row.columns[0]
        if end is not None:
            self.within = end or self.within
            return not end
        if not self.rows or not number.isdecimal() or int(number[:10]) > self.within:
            return False
        token, held, place = self.rows[-1]
        self.rows[-1] = (
            token,
            tuple(own if own not in _NONE else new for own, new in zip(held, tags, strict=True)),
            place,
        )
        return True

    def end_sentence(self) -> None:
        """Put what was read of a sentence into the document."""
        self.within = 0
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
