"""Check the documents of an edition whose texts are withheld: nothing shown that must not be, the rest sound."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from corpus.export.editions import OWN, OWN_EVIDENCE, RECORD_QUOTES, WHOLE, withheld_columns
from corpus.model.document import sha256_text
from corpus.model.finding import Finding
from corpus.model.rights import part_of, shown_parts
from corpus.model.roles import TEXT_ROLES
from corpus.model.tables import LAYERS, Table
from corpus.releases.checks.articles import At, check_labels, check_number
from corpus.releases.checks.mentions import check_places, check_references

__all__ = ["check_shown", "check_without_text"]

Row = dict[str, Any]
Rows = Mapping[str, Sequence[Row]]


def check_shown(document: Row, rows: Rows, models: Mapping[str, Table], at: At) -> Iterator[Finding]:
    """Report every value of a public edition that the document's rights record does not allow.

    ``rows`` and ``models`` by config; ``rows`` without ``documents``.
    """
    shown = shown_parts(document["rights_record"])
    whole = "text" in shown and all(part_of(block["role"]) in shown for block in rows["blocks"])
    parts = shown | ({WHOLE} if whole else set())
    yield from () if whole else _quoted(document, at)
    for config, found in (("documents", [document]), *rows.items()):
        columns = withheld_columns(models[config])
        for row in found:
            old = config == "raw" and row["anchor_sha256"] != document["anchor_sha256"]
            for column, part in columns.items():
                if row[column] not in (None, []) and (old or _part(config, row, part) not in parts):
                    yield _leak(at(config, row, column))


def _part(config: str, row: Row, part: str) -> str:
    """Return the part of the document whose rights decide over a row's column."""
    if part != OWN:
        return part
    if config == "blocks":
        return part_of(row["role"])
    return {"caption": "captions", None: WHOLE}.get(row["field"], "text")


def _quoted(document: Row, at: At) -> Iterator[Finding]:
    """Report what evidence and rights record of a document quote that is not passed on whole."""
    if any(item["source"] is not None and item["kind"] not in OWN_EVIDENCE for item in document["evidence"]):
        yield _leak(at("documents", document, "evidence"))
    if any((document["rights_record"] or {}).get(name) is not None for name in RECORD_QUOTES):
        yield _leak(at("documents", document, "rights_record"))


def check_without_text(document: Row, rows: Rows, at: At) -> Iterator[Finding]:
    """Check what can be checked of a document without its anchor text."""
    text = document["text"]
    if text is not None and sha256_text(text) != document["text_sha256"]:
        message = "It must be the SHA-256 of the row's text."
        yield Finding("hash", at("documents", document, "text_sha256"), message)
    yield from _check_blocks(rows["blocks"], at)
    kept = [block for block in rows["blocks"] if block["role"] in TEXT_ROLES]
    if text is not None and all(block["text"] is not None for block in kept):
        made = "".join((block["join"] if number else "") + block["text"] for number, block in enumerate(kept))
        if made != text:
            message = "It must be the projection of its blocks."
            yield Finding("projection", at("documents", document, "text"), message)
    mentions = {name: rows[name] for name in LAYERS}
    end = max((block["end"] for block in rows["blocks"]), default=0)
    yield from check_places(mentions, end, _lengths(document, kept), at)
    yield from check_references(mentions, at)


def _lengths(document: Row, kept: Sequence[Row]) -> dict[str, list[int]]:
    """Return how long title, text and captions are: by the title, the blocks, the evidence.

    Captions that are known from elsewhere than the text have no evidence of their lengths.
    """
    joined = sum(len(block["join"]) for block in kept[1:])
    found = {"text": [joined + sum(block["end"] - block["start"] for block in kept)]}
    if document["title"] is not None:
        found["title"] = [len(document["title"])]
    told = [item for item in document["evidence"] if item["column"] == "captions"]
    if all(item["kind"] == "text span" for item in told):
        found["caption"] = [item["end"] - item["start"] for item in told]
    return found


def _check_blocks(blocks: Sequence[Row], at: At) -> Iterator[Finding]:
    position = 0
    for number, block in enumerate(blocks):
        start, end, text = block["start"], block["end"], block["text"]
        yield from check_number(block, number, at)
        if not position <= start < end:
            message = f"[{start}, {end}) must not be empty and begin after the block above it ends ({position})."
            yield Finding("overlap", at("blocks", block, "start"), message)
        if text is not None and len(text) != end - start:
            message = f"It must have the {end - start} characters from `start` to `end`, got {len(text)}."
            yield Finding("slice", at("blocks", block, "text"), message)
        yield from check_labels(block, at)
        position = max(position, end)


def _leak(place: str) -> Finding:
    message = "The rights record does not allow passing this on, so a public edition must not hold it."
    return Finding("not-withheld", place, message)
