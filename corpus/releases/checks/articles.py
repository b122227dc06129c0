"""Check one document against its anchor text and its blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from corpus.errors import DataError
from corpus.model.counted import count
from corpus.model.document import sha256_text
from corpus.model.finding import Finding
from corpus.model.projection import JOINS, Piece, Projection
from corpus.model.roles import TEXT_ROLES
from corpus.model.shortened import told_value
from corpus.model.span import Span

__all__ = ["anchor_of", "check_article", "check_blocks", "check_labels", "check_number", "check_raw"]

Row = dict[str, Any]
At = Callable[[str, Row, str], str]
"""(config, row, column) to the place of the value."""

_FROM_BLOCKS = (("captions", "caption"), ("headings", "heading"))


def anchor_of(document: Row, raws: Sequence[Row]) -> Row | None:
    """Return the ``raw`` row that a document's offsets point into, or None."""
    found = [raw for raw in raws if raw["anchor_sha256"] == document["anchor_sha256"]]
    return found[-1] if found else None


def check_raw(raws: Sequence[Row], at: At) -> Iterator[Finding]:
    """Check the hash of each anchor text of one document."""
    for raw in raws:
        if sha256_text(raw["text"]) != raw["anchor_sha256"]:
            yield Finding("hash", at("raw", raw, "anchor_sha256"), "It must be the SHA-256 of the row's text.")


def check_article(document: Row, raw: Row, blocks: Sequence[Row], at: At) -> Iterator[Finding]:
    """Check what the document says against its anchor text and its blocks."""

    def wrong(code: str, column: str, message: str) -> Finding:
        return Finding(code, at("documents", document, column), message)

    if sha256_text(document["text"]) != document["text_sha256"]:
        yield wrong("hash", "text_sha256", "It must be the SHA-256 of the row's text.")
    if raw["raw_sha256"] != document["raw_sha256"]:
        yield wrong("hash", "raw_sha256", "It must equal the one of the anchor text in `raw`.")
    if raw["source_file"] != document["source_file"]:
        yield wrong("source", "source_file", "It must equal the one of the anchor text in `raw`.")
    text = _projected(raw["text"], blocks)
    if text is not None and text != document["text"]:
        yield wrong("projection", "text", _difference(text, document["text"]))
    outside = {item["column"] for item in document["evidence"] if item["kind"] not in ("text span", "derived")}
    for column, role in _FROM_BLOCKS:
        shown = [block["text"] for block in blocks if block["role"] == role]
        if document[column] != shown and column not in outside:
            blocks_of_it = count(len(shown), "block")
            message = f"It must be the {blocks_of_it} with the role {role!r}, got {len(document[column] or ())}."
            yield wrong(column, column, message)


def check_blocks(raw: Row, blocks: Sequence[Row], at: At) -> Iterator[Finding]:
    """Check that the blocks, in order, cover every non-blank character of the anchor text exactly once."""
    anchor: str = raw["text"]
    position = line = 0
    for number, block in enumerate(blocks):
        start, end = block["start"], block["end"]
        yield from check_number(block, number, at)
        if not Span(start, end).within(len(anchor)):
            message = f"[{start}, {end}) must lie inside the anchor text of {len(anchor)} characters."
            yield Finding("span", at("blocks", block, "start"), message)
            continue
        if start < position:
            message = f"The block begins at {start}, before the one above it ends ({position})."
            yield Finding("overlap", at("blocks", block, "start"), message)
        elif lost := anchor[position:start].strip():
            yield Finding(
                "uncovered", at("blocks", block, "start"), f"No block covers {told_value(lost, 40)} before it."
            )
        line += anchor.count("\n", position, start) if start >= position else 0
        yield from _check_block(block, anchor, anchor.count("\n", 0, start) if start < position else line, at)
        line += anchor.count("\n", max(start, position), end) if end > position else 0
        position = max(position, end)
    if lost := anchor[position:].strip():
        yield Finding("uncovered", at("raw", raw, "text"), f"No block covers {told_value(lost, 40)} at its end.")


def check_number(block: Row, number: int, at: At) -> Iterator[Finding]:
    """Check that a block has the number of its place."""
    if block["block"] != number:
        message = f"Blocks are numbered from 0 without a gap: expected {number}, got {block['block']}."
        yield Finding("block-number", at("blocks", block, "block"), message)


def check_labels(block: Row, at: At) -> Iterator[Finding]:
    """Check what a block's role and join must be, whether its text is at hand or not."""
    if block["kept"] != (block["role"] in TEXT_ROLES):
        message = f"A block with the role {block['role']!r} must not be {block['kept']}."
        yield Finding("kept", at("blocks", block, "kept"), message)
    if block["join"] not in JOINS:
        message = f"It must be one of {JOINS!r}, got {block['join']!r}."
        yield Finding("join", at("blocks", block, "join"), message)


def _check_block(block: Row, anchor: str, line: int, at: At) -> Iterator[Finding]:
    def wrong(code: str, column: str, message: str) -> Finding:
        return Finding(code, at("blocks", block, column), message)

    if anchor[block["start"] : block["end"]] != block["text"]:
        yield wrong("slice", "text", "It must equal the anchor text from `start` to `end`.")
    yield from check_labels(block, at)
    if block["line"] != line:
        yield wrong("line", "line", f"The block begins in line {line} (from 0), got {block['line']}.")


def _projected(anchor: str, blocks: Sequence[Row]) -> str | None:
    """Return the text that the blocks make, None where they are no sound blocks (reported elsewhere)."""
    pieces = [Piece(b["start"], b["end"], b["join"]) for b in blocks if b["role"] in TEXT_ROLES]
    try:
        return Projection.of(anchor, pieces).text
    except DataError:
        return None


def _difference(wanted: str, got: str) -> str:
    at = next((i for i, (a, b) in enumerate(zip(wanted, got, strict=False)) if a != b), min(len(wanted), len(got)))
    return (
        f"It must be the projection of its blocks; they differ at character {at}: expected "
        f"{told_value(wanted[at:], 40)}, got {told_value(got[at:], 40)}."
    )
