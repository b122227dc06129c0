"""Check the annotation rows of one document: spans, words, places, references."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from corpus.annotation.placement import GAP
from corpus.model.finding import Finding
from corpus.model.span import Span, merge_spans
from corpus.model.tables import LAYERS
from corpus.releases.checks.articles import At

__all__ = ["check_mentions", "check_places", "check_references"]

Row = dict[str, Any]


def check_mentions(document: Row, anchor: str, rows: Mapping[str, Sequence[Row]], at: At) -> Iterator[Finding]:
    """Check every annotation row of one document; ``rows`` by config."""
    for config in LAYERS:
        for row in rows[config]:
            yield from _check_row(config, row, document, anchor, at)
    yield from check_references(rows, at)


def check_places(
    rows: Mapping[str, Sequence[Row]], end: int, fields: Mapping[str, Sequence[int]], at: At
) -> Iterator[Finding]:
    """Check every annotation row of a document whose texts are withheld against the lengths that are known.

    Args:
        rows: by config.
        end: where the last block of the anchor text ends.
        fields: how long title and text are, and each caption, of those of which it is known.
        at: where a value stands.
    """
    for config in LAYERS:
        for row in rows[config]:
            yield from _check_raw_spans(config, row, end, at)
            if not _is_indexed(row, fields):
                message = f"The document has no {row['field']!r} with the field_index {row['field_index']}."
                yield Finding("field", at(config, row, "field"), message)
                continue
            lengths = fields.get(row["field"])
            spans, length = _field_spans(config, row), lengths[row["field_index"] or 0] if lengths else None
            column = "spans" if config == "claims" else "start"
            if bool(spans) != (row["field"] is not None):
                message = "A row with a field needs offsets, and one without has none."
                yield Finding("span", at(config, row, column), message)
            for span in spans:
                most = span.end if length is None else length
                if not span.within(most):
                    yield Finding("span", at(config, row, column), _outside(span, most, row["field"]))


def check_references(rows: Mapping[str, Sequence[Row]], at: At) -> Iterator[Finding]:
    """Check the ids of one document's annotation rows and what they name, which takes no text."""
    yield from _check_ids(rows, at)
    sources = {(row["annotator"], row["id"]) for row in rows["sources"]}
    for row in rows["claims"]:
        for column in ("source_ids", "outer_source_ids"):
            for name in row[column] or ():
                if (row["annotator"], name) not in sources:
                    message = f"There is no source {name!r} by {row['annotator']!r} in this document."
                    yield Finding("reference", at("claims", row, column), message)


def _check_row(config: str, row: Row, document: Row, anchor: str, at: At) -> Iterator[Finding]:
    yield from _check_raw_spans(config, row, len(anchor), at)
    yield from _check_place(config, row, document, anchor, at)


def _check_raw_spans(config: str, row: Row, length: int, at: At) -> Iterator[Finding]:
    if not row["raw_spans"]:
        yield Finding("raw-span", at(config, row, "raw_spans"), "There must be at least one span.")
    for column in ("raw_spans", "cue_raw_spans"):
        for span in _spans(row.get(column)):
            if not span.within(length):
                yield Finding("raw-span", at(config, row, column), _outside(span, length, "anchor text"))
    for one, other in pairwise(sorted(_spans(row["raw_spans"]))):
        if one.overlaps(other):
            message = f"Its pieces [{one.start}, {one.end}) and [{other.start}, {other.end}) must not overlap."
            yield Finding("raw-span", at(config, row, "raw_spans"), message)


def _check_place(config: str, row: Row, document: Row, anchor: str, at: At) -> Iterator[Finding]:
    spans = _field_spans(config, row)
    text = _field_text(row, document)
    if row["field"] is None:
        if spans or row["placement"] != "none" or row["field_index"] is not None:
            message = "A row without a field has no offsets in one, no field_index, and the placement none."
            yield Finding("placement", at(config, row, "field"), message)
        elif row["text"] != GAP.join(span.slice(anchor) for span in _spans(row["raw_spans"])):
            yield Finding("slice", at(config, row, "text"), "It must equal the anchor text at `raw_spans`.")
        return
    if text is None:
        message = f"The document has no {row['field']!r} with the field_index {row['field_index']}."
        yield Finding("field", at(config, row, "field"), message)
        return
    outside = [span for span in spans if not span.within(len(text))]
    column = "spans" if config == "claims" else "start"
    if outside or not spans:
        told = _outside(outside[0], len(text), row["field"]) if outside else "A row with a field needs offsets."
        yield Finding("span", at(config, row, column), told)
        return
    slices = [span.slice(text) for span in spans]
    if GAP.join(slices) != row["text"]:
        yield Finding("slice", at(config, row, "text"), f"It must equal the {row['field']} at the row's offsets.")
    if not _plausible(row["placement"], slices, [s.slice(anchor) for s in merge_spans(_spans(row["raw_spans"]))]):
        message = f"The words at `raw_spans` do not go with the row's text and the placement {row['placement']!r}."
        yield Finding("raw-slice", at(config, row, "raw_spans"), message)


def _is_indexed(row: Row, fields: Mapping[str, Sequence[int]]) -> bool:
    """Tell whether a row names a caption by its number, and no other field by one."""
    index = row["field_index"]
    if row["field"] != "caption":
        return index is None
    return index is not None and index >= 0 and ("caption" not in fields or index < len(fields["caption"]))


def _check_ids(rows: Mapping[str, Sequence[Row]], at: At) -> Iterator[Finding]:
    seen: dict[tuple[str, str], str] = {}
    for config in LAYERS:
        for row in rows[config]:
            key = (row["annotator"], row["id"])
            if key in seen and seen[key] != config:
                message = f"{row['annotator']!r} has the id {row['id']!r} in {seen[key]} too; ids are unique."
                yield Finding("duplicate-id", at(config, row, "id"), message)
            seen.setdefault(key, config)


def _field_spans(config: str, row: Row) -> list[Span]:
    if config == "claims":
        return _spans(row["spans"])
    start, end = row["start"], row["end"]
    if start is None and end is None:
        return []
    return [Span(-1 if start is None else start, -1 if end is None else end)]


def _field_text(row: Row, document: Row) -> str | None:
    """Return the field's text; None where the document has no such field."""
    index = row["field_index"]
    if row["field"] == "caption":
        captions = document["captions"] or []
        fits = index is not None and 0 <= index < len(captions)
        text: str | None = captions[index] if fits else None
        return text
    return document[row["field"]] if index is None and row["field"] is not None else None


def _spans(items: Sequence[Mapping[str, int]] | None) -> list[Span]:
    return [Span(item["start"], item["end"]) for item in items or ()]


def _plausible(placement: str | None, shown: Sequence[str], raw: Sequence[str]) -> bool:
    """Tell whether the words shown are the raw ones, white space aside: all of them, or some in their order."""
    words, all_words = ("".join("".join(parts).split()) for parts in (shown, raw))
    if placement == "exact":
        return words == all_words
    rest = iter(all_words)
    return placement == "shrunk" and len(words) < len(all_words) and all(c in rest for c in words)


def _outside(span: Span, length: int, where: str) -> str:
    return f"[{span.start}, {span.end}) must lie inside the {where} of {length} characters."
