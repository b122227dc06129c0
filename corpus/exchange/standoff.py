"""What another tool says of one text, in the form that all formats are read to and written from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from corpus.model.finding import Finding
from corpus.model.scheme import Scheme
from corpus.model.span import Span

__all__ = ["Format", "Read", "Standoff", "StandoffRelation", "StandoffSpan", "Write"]


@dataclass(frozen=True, slots=True)
class StandoffSpan:
    """A marked stretch of a text."""

    id: str
    """Its name within the document, which relations use."""
    label: str
    """As the tool calls it: nothing is mapped to a scheme yet."""
    spans: tuple[Span, ...]
    """Its pieces in the text (code points, half-open): in order, none empty or overlapping; mostly one."""
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Its features with their values; a flag that is set has none."""
    kb_id: str | None = None
    """What a knowledge base calls it ("Q42"), without the base's name where that is Wikidata."""
    note: str | None = None


@dataclass(frozen=True, slots=True)
class StandoffRelation:
    """A named link from one span to another, by their ids."""

    label: str
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Standoff:
    """One annotator's word on one text."""

    name: str | None
    """What the tool calls the document (a file's stem, an id that stands with it); None where it does not say."""
    text: str
    """The text that the offsets count in, as the tool has it; in formats of tokens, these with blanks between."""
    spans: tuple[StandoffSpan, ...] = ()
    relations: tuple[StandoffRelation, ...] = ()
    annotator: str | None = None
    """As the tool calls who did it; None where the format does not say."""
    ordered_sources: bool = False
    """Whether a claim's second source is its outer one, where no relation says which is."""
    place: str = ""
    """Where it was read, for findings: ``FILE``, ``FILE:LINE`` or ``FILE[NUMBER]``."""
    excerpts: bool = False
    """Whether the text is no more than what the spans quote with some context, since the whole one is not there."""


Read = Callable[[Path], Iterator[Standoff | Finding]]
Write = Callable[[Iterable[Standoff], Path, Scheme], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Format:
    """One format: its name on the command line, and how it is read and written.

    ``read`` yields documents, and a finding for what it cannot use, after which the rest goes on; it raises
    ``SourceError`` where nothing of the source is of the format. ``write`` makes one file or folder, which must
    not be there yet, takes documents one at a time, and yields a finding (a warning) for what the format does
    not hold.
    """

    name: str
    title: str
    endings: tuple[str, ...]
    """Of the files it is known by; () where it is a folder."""
    read: Read
    write: Write | None
    """None where it is only read."""
