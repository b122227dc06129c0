"""What stands where in a file of one token a line: comments, documents, the columns of tokens and of tags."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from corpus.exchange.tags import TagCensus, Tagging, is_bracket, is_tag

__all__ = ["Layout", "Row", "Sign", "Survey", "parsed", "range_end"]

_MARK = "-DOCSTART-"
_FILLERS = {"-X-", "-Y-", "-Z-", "O", "_", "-", _MARK}
"""What stands in the other columns of a mark."""
_KEYED = re.compile(r"#\s*([A-Za-z_][\w.:-]*(?:\s+id)?)\s*=[ \t]?(.*)", re.DOTALL)
_NEW = re.compile(r"#\s*newdoc\s*")
_BEGIN = re.compile(r"#begin document\s+\(?(.*?)\)?(?:;\s*part\s+0*(\d+))?\s*;?\s*")
_END = re.compile(r"#end document\b.*")
_DOC_KEYS = {"doc_id", "doc id", "document_id", "docid"}
"""Also behind the name of who defined them ("hipe2022:document_id")."""
_WIDEST = 64
_RANGE, _EMPTY = re.compile(r"[0-9]{1,9}-([0-9]{1,9})"), re.compile(r"[0-9]{1,9}\.[0-9]{1,9}")
"""In CoNLL-U the number of a word as it is written, which several of grammar are; and of one never written."""
_NAMES_2012 = 10
"""The column of names in CoNLL-2012, whose words are in the fourth."""
_SOUND = 0.9
"""So large a share of a column are tags, at least, where it is one of tags."""
_MOST_LABELS = 200


@dataclass(frozen=True, slots=True)
class Row:
    """The line of a token."""

    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sign:
    """A line that is no token's."""

    kind: str
    """"blank", "document" (one begins), "same" (a document's id, which each of its sentences repeats), "end" (of
    one), "text", "annotator", or "comment" (any other one)."""
    value: str | None = None


def parsed(line: str) -> Row | Sign:
    """Return what a line is; columns are parted by tabs where it has one, else by blanks."""
    parts = (part.strip(" ") for part in line.split("\t")) if "\t" in line else filter(None, line.split(" "))
    columns = tuple(parts)
    if not any(columns):
        return Sign("blank")
    if columns[0].startswith(_MARK):
        rest = " ".join(column for column in columns[1:] if column not in _FILLERS)
        return Sign("document", rest.strip("() ") or None)
    return (_comment(line, columns) if line.startswith("#") else None) or Row(columns)


def range_end(row: Row) -> int | None:
    """Return the last number of a word that is several of grammar; 0 of one never written; None of all others.

    >>> [range_end(Row((number, "al"))) for number in ("3-4", "3.1", "3", "Ann-3")]
    [4, 0, None, None]
    """
    found = _RANGE.fullmatch(row.columns[0])
    if found is None:
        return 0 if _EMPTY.fullmatch(row.columns[0]) else None
    return int(found[1])


def _comment(line: str, columns: tuple[str, ...]) -> Sign | None:
    """Return what a comment says; None where the line is the token "#…" and its tag."""
    keyed = _KEYED.fullmatch(line)
    if keyed is not None:
        key, value = " ".join(keyed[1].split()).lower(), keyed[2]
        if key == "newdoc id":
            return Sign("document", value.strip() or None)
        if key.rpartition(":")[2] in _DOC_KEYS:
            return Sign("same", value.strip() or None)
        return Sign(key, value) if key in ("text", "annotator") else Sign("comment")
    if _NEW.fullmatch(line):
        return Sign("document")
    begin = _BEGIN.fullmatch(line)
    if begin is not None:
        return Sign("document", f"{begin[1]}-{begin[2]}" if int(begin[2] or 0) else begin[1] or None)
    if _END.fullmatch(line):
        return Sign("end")
    return None if len(columns) > 1 and is_tag(columns[-1]) else Sign("comment")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the lines of one file have what."""

    width: int
    token: int
    """The tokens' column, from 0."""
    tags: tuple[int, ...]
    """The tags' columns: one, or several of one scheme (outer and inner entities); the last one was chosen."""
    tagging: Tagging
    documents: int
    """How many the file says it has; 0 where it says nothing."""
    wider: bool = False
    """Whether lines may have more columns (a sentence's verbs have one each)."""
    notes: tuple[str, ...] = ()
    """What is open to doubt in this, each as a sentence."""


@dataclass(slots=True)
class Survey:
    """The first of two passes over a file: the scheme of its tags shows in all of them together."""

    documents: int = 0
    _by_width: dict[int, _Width] = field(default_factory=dict)
    _rows: int = 0
    _bracketed: int = 0
    """How many have a name's brackets where CoNLL-2012 has them."""
    _position: int = 0
    _name: str | None = None

    def add(self, line: Row | Sign) -> None:
        """Count a line."""
        if isinstance(line, Row):
            self._rows += 1
            if range_end(line) is not None:  # its tags are said of the words of grammar
                return
            self._position += 1
            width = len(line.columns)
            self._bracketed += width > _NAMES_2012 and is_bracket(line.columns[_NAMES_2012])
            if 2 <= width <= _WIDEST:
                if width not in self._by_width:
                    self._by_width[width] = _Width([TagCensus() for _ in range(width)])
                self._by_width[width].add(line.columns, self._position)
            return
        if line.kind == "document" or (line.kind == "same" and line.value != self._name):
            self.documents += 1
        if line.kind in ("document", "same"):
            self._name = line.value
        if line.kind != "comment":
            self._position = 0
            for width_ in self._by_width.values():
                width_.end_sentence()

    def layout(self) -> Layout | None:
        """Return what most of the lines have; None where they have no tags."""
        if not self._by_width:
            nothing = Layout(2, 0, (1,), Tagging("BIO"), self.documents)
            return nothing if self.documents and not self._rows else None
        width, most = max(self._by_width.items(), key=lambda item: (item[1].lines, item[0]))
        chosen = most.tag_columns()
        if chosen:
            tagging, notes = most.tagging(chosen), most.notes(chosen)
        elif self._bracketed >= _SOUND * self._rows:
            return Layout(_NAMES_2012 + 1, 3, (_NAMES_2012,), Tagging("brackets"), self.documents, wider=True)
        elif most.has_bare_labels():
            chosen, notes, tagging = (width - 1,), (), Tagging.bare()
        else:
            return None
        doubts = (*notes, *([tagging.doubt] if tagging.doubt else ()))
        token = int(most.is_numbered(chosen[0]))
        return Layout(width, token, chosen, tagging, self.documents, notes=doubts)


@dataclass(slots=True)
class _Width:
    """The lines of so many columns."""

    columns: list[TagCensus]
    lines: int = 0
    numbered: int = 0
    last: Counter[str] = field(default_factory=Counter)

    def add(self, values: Iterable[str], position: int) -> None:
        self.lines += 1
        value = ""
        for number, (column, value) in enumerate(zip(self.columns, values, strict=True)):
            column.add(value)
            self.numbered += number == 0 and value == str(position)
        if value in self.last or len(self.last) <= _MOST_LABELS:
            self.last[value] += 1

    def end_sentence(self) -> None:
        for column in self.columns:
            column.end_sentence()

    def is_numbered(self, tags: int) -> bool:
        """Tell whether the first column numbers a sentence's tokens, which then stand in the second."""
        return tags > 1 and self.numbered >= _SOUND * self.lines

    def tag_columns(self) -> tuple[int, ...]:
        sound = [n for n, c in enumerate(self.columns) if n and c.tags >= _SOUND * self.lines]
        labelled = [number for number in sound if self.columns[number].labels]
        if not labelled:
            return tuple(sound[-1:])
        last = self.columns[labelled[-1]]
        return tuple(number for number in labelled if self.columns[number].labels & last.labels)

    def tagging(self, chosen: tuple[int, ...]) -> Tagging:
        """Return the scheme of the column with the most labels in it."""
        columns = [self.columns[number] for number in chosen]
        return max(columns, key=lambda c: c.letters.total() - c.letters["O"]).tagging()

    def notes(self, chosen: tuple[int, ...]) -> tuple[str, ...]:
        others = [
            str(n + 1)
            for n, c in enumerate(self.columns)
            if n and n not in chosen and c.labels and c.tags >= _SOUND * self.lines
        ]
        if others:
            read = f"column {chosen[-1] + 1}, the last with tags, is read"
            which = f"Column {others[0]} holds" if len(others) == 1 else f"The columns {', '.join(others)} hold"
            return (f"{which} tags as well, of other labels; {read}.",)
        if len(chosen) > 1:
            told = ", ".join(str(number + 1) for number in chosen)
            return (f"The columns {told} hold tags of the same labels; all of them are read.",)
        return ()

    def has_bare_labels(self) -> bool:
        return self.last["O"] > 0 and len(self.last) <= _MOST_LABELS
