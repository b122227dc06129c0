"""A raw document, a cleaned document, and the blocks between them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from corpus.model.markup import Head, Markup
from corpus.model.projection import Piece, Projection
from corpus.model.roles import READING_ROLES, TEXT_ROLES, Reason, Role

__all__ = [
    "EVIDENCE_KINDS",
    "Block",
    "Document",
    "Evidence",
    "KnownValue",
    "RawDocument",
    "Repair",
    "reading_pieces",
    "sha256_text",
    "text_pieces",
]


def sha256_text(text: str) -> str:
    """Return the lower-case hex SHA-256 of the text's UTF-8 bytes.

    >>> sha256_text("")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


@dataclass(frozen=True, slots=True)
class Repair:
    """What decoding had to change before anything was anchored, and how often."""

    kind: str
    """"nul", "surrogate", "surrogate-pair", "crlf", "bom", "charset", "undecodable" …"""
    count: int
    detail: str = ""


@dataclass(frozen=True, slots=True)
class KnownValue:
    """A value that is known from outside the text, with where it is known from."""

    column: str
    value: str | tuple[str, ...]
    kind: str
    """"input record", "sources.toml" or "markup"."""
    known_from: str


@dataclass(frozen=True, slots=True)
class RawDocument:
    """One anchor text as a reader hands it over: decoded once, never changed again."""

    doc_id: str
    text: str
    raw_sha256: str
    """SHA-256 of the bytes as received (of the field's UTF-8 for a record's field)."""
    decoder: str
    """The decoder or renderer with its version, e.g. "utf-8" or "charset-normalizer 3.5.2: cp1252"."""
    source_file: str
    """The path as given, relative to the source root, with "/" between the parts; never absolute."""
    repairs: tuple[Repair, ...] = ()
    known: tuple[KnownValue, ...] = ()
    extra: Mapping[str, object] = field(default_factory=dict)
    """Input columns that are carried as they came (JSON-ready values)."""
    media_type: str = "text/plain"
    markup: Markup | None = None
    """What the markup says of each line, where the anchor text was rendered from a page."""
    head: Head | None = None
    revision: int = 1
    """How many different versions of the document the inputs hold; this is the newest of them."""

    @property
    def anchor_sha256(self) -> str:
        """SHA-256 of the anchor text's UTF-8 bytes."""
        return sha256_text(self.text)

    def known_value(self, column: str) -> KnownValue | None:
        """Return what is known of a column from outside the text, the input record before sources.toml."""
        return next((known for known in self.known if known.column == column), None)


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of anchor text: a line or a named part of one. Offsets point into the anchor text."""

    block: int
    line: int
    """Which line (0-based, lines break at "\\n" alone) it belongs to."""
    start: int
    end: int
    text: str
    role: Role
    reason: Reason
    rule: str
    """The id of the row in the rule data, or the model and its version."""
    score: float
    """How sure, 0 to 1: of the role where it was dropped, of keeping where it was kept."""
    kept: bool
    """Whether it stands in ``text`` (role body, heading or dateline)."""
    join: str
    section: int
    """0 before the first heading, then one more at each heading (or live-blog post)."""
    place: str | None = None
    """Where it stands in its page, as a path of elements ("body/main/article/p[3]"); None in plain text."""


EVIDENCE_KINDS = ("text span", "input record", "markup", "sources.toml", "derived")
"""Where a value can come from."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where the value of a column comes from."""

    column: str
    kind: str
    """One of :data:`EVIDENCE_KINDS`."""
    start: int | None = None
    end: int | None = None
    """The span in the anchor text, for "text span"."""
    source: str | None = None
    """Where it is known from, for the other kinds; the rule for a text span."""


def text_pieces(blocks: Iterable[Block]) -> list[Piece]:
    """Return the pieces of ``text``: body, headings and dateline in anchor order."""
    return [Piece(b.start, b.end, b.join) for b in blocks if b.role in TEXT_ROLES]


def reading_pieces(blocks: Iterable[Block]) -> list[Piece]:
    """Return the pieces of ``reading``: title first, then body, headings, dateline and captions.

    The block after the title stands two line breaks below it whatever its own join.
    """
    listed = list(blocks)
    titles = [Piece(b.start, b.end, b.join) for b in listed if b.role is Role.TITLE]
    rest = [Piece(b.start, b.end, b.join) for b in listed if b.role in READING_ROLES]
    if titles and rest:
        rest[0] = rest[0]._replace(join="\n\n")
    return titles + rest


@dataclass(frozen=True, slots=True)
class Document:
    """One cleaned and described article.

    ``text`` is exactly the projection of the blocks with role body, heading and dateline; every other
    non-blank character of ``raw_text`` lies in exactly one other block. Unknown values are None. Times are UTC,
    ISO 8601, at the precision that is known ("2021-04", "2021-04-08", "2021-04-08T14:05:00Z"); hashes are SHA-256
    in lower-case hex. ``evidence`` says of each value where it comes from.
    """

    doc_id: str
    title: str | None
    """The headline, where the text or what is known of it has one."""
    text: str
    authors: tuple[str, ...]
    published: str | None
    published_precision: str | None
    """"year", "month", "day", "minute" or "second"."""
    date_hint: str | None
    """A date that only a caption or the like gives: about the event, perhaps not the publication."""
    publisher: str | None
    agency: str | None
    """The news agency whose report it is, or whose material it says it holds."""
    dateline: str | None
    """The place before the first sentence, which stands in ``text`` too."""
    language: str | None
    """BCP 47 primary subtag, e.g. "en"."""
    language_score: float | None
    """How sure that is, 0 to 1; None where it is known from outside the text."""
    headings: tuple[str, ...]
    """The section headings, which stand in ``text`` too."""
    captions: tuple[str, ...]
    credits: tuple[str, ...]
    """Whose pictures or graphics are named."""
    copyright: str | None
    """The statement of rights as the text gives it."""
    copyright_holder: str | None
    rights: str | None
    """What is known of the rights from outside the text (the statement *in* it is ``copyright``)."""
    url: str | None
    site: str | None
    """The host it was found on."""
    retrieved_at: str | None
    source_file: str
    """The input file, relative to its source; empty for what was handed over in Python."""
    raw_sha256: str
    """Of the bytes as received."""
    anchor_sha256: str
    """Of ``raw_text``."""
    text_sha256: str
    """Of ``text``."""
    blocks: tuple[Block, ...]
    """All of them, kept or not, in the order of ``raw_text``."""
    evidence: tuple[Evidence, ...]
    raw_text: str
    """The anchor text: decoded (of a page, rendered) once, which the offsets of blocks and evidence point into."""
    modified: str | None = None
    """When it was last changed after publication, in the form of ``published``."""
    modified_precision: str | None = None
    paywall: str | None = None
    """"free", "metered" or "locked", by what the page says of itself."""

    @classmethod
    def from_rows(cls, row: Mapping[str, Any], blocks: Iterable[Mapping[str, Any]], raw_text: str) -> Document:
        """Make a document of its ``documents`` row, its ``blocks`` rows and its anchor text.

        Label columns hold names, not numbers; columns that a document does not have are passed over.
        """
        values = {f.name: row[f.name] for f in fields(cls) if f.name in row}
        for name in ("authors", "headings", "captions", "credits"):
            values[name] = tuple(values[name] or ())
        values["evidence"] = tuple(Evidence(**item) for item in values["evidence"] or ())
        made = (Block(**{f.name: b[f.name] for f in fields(Block)}) for b in blocks)
        typed = tuple(replace(b, role=Role(b.role), reason=Reason(b.reason)) for b in made)
        return cls(**values, blocks=typed, raw_text=raw_text)

    def projection(self) -> Projection:
        """Return the map between the anchor text and ``text``."""
        return Projection.of(self.raw_text, text_pieces(self.blocks))

    def reading(self) -> Projection:
        """Return the map between the anchor text and what annotators see."""
        return Projection.of(self.raw_text, reading_pieces(self.blocks))
