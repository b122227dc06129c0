"""Check what a document says of itself: the precision of its dates, where each value comes from, its rights."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from corpus.model.document import EVIDENCE_KINDS
from corpus.model.finding import Finding
from corpus.model.rights import PARTS, Decision
from corpus.model.shortened import told_value
from corpus.model.span import Span
from corpus.releases.checks.articles import At

__all__ = ["check_provenance"]

Row = dict[str, Any]

_DATED = ("published", "modified")
_FORMS = {
    "year": r"\d{4}",
    "month": r"\d{4}-\d{2}",
    "day": r"\d{4}-\d{2}-\d{2}",
    "minute": r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}Z",
    "second": r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z",
}
_TOLD = (
    *("title", "authors", "published", "modified", "date_hint", "publisher", "agency", "dateline", "language"),
    *("captions", "credits", "headings", "copyright", "copyright_holder", "rights", "paywall", "url", "site"),
    "retrieved_at",
)
"""Columns whose values come from somewhere."""
_VERBATIM = frozenset(
    {"title", "authors", "publisher", "agency", "dateline", "captions", "credits", "headings", "copyright"}
) | {"copyright_holder"}
"""Columns that say what stands at the spans of their evidence."""
_DECISIONS = frozenset(Decision)


def check_provenance(
    document: Row, anchor: str | None, blocks: Sequence[Row], edition: str, at: At
) -> Iterator[Finding]:
    """Check dates, evidence and rights record of one document.

    Args:
        document: a row of ``documents``, labels by name.
        anchor: the anchor text; None where it is withheld.
        blocks: its blocks, which tell how long the anchor text is where it is withheld.
        edition: of the dataset; where texts are withheld, a value may be too, and its evidence stays.
        at: where a value stands.
    """
    length = max((block["end"] for block in blocks), default=0) if anchor is None else len(anchor)
    for column, fault in (
        *_date_faults(document),
        *_evidence_faults(document, length, anchor),
        *(_unfounded(document, edition) if edition != "partial" else ()),
        *(("rights_record", fault) for fault in _record_faults(document, length, anchor, edition)),
    ):
        code = {"evidence": "evidence", "rights_record": "rights"}.get(column, "date")
        yield Finding(code, at("documents", document, column), fault)


def _date_faults(document: Row) -> Iterator[tuple[str, str]]:
    for column in _DATED:
        value, precision = document[column], document[f"{column}_precision"]
        if value is None and precision is not None:
            yield f"{column}_precision", f"There is no day that would be known by the {precision}."
        elif value is not None and (precision is None or not re.fullmatch(_FORMS[precision], value)):
            yield column, f"{told_value(value)} is not a moment in UTC with the precision {precision!r}."


def _evidence_faults(document: Row, length: int, anchor: str | None) -> Iterator[tuple[str, str]]:
    for item in document["evidence"]:
        if fault := _place_fault(item, document, length):
            yield "evidence", fault
        elif anchor is not None and item["kind"] == "text span" and item["column"] in _VERBATIM:
            said, value = anchor[item["start"] : item["end"]], document[item["column"]]
            if said != value and not (isinstance(value, list) and said in value):
                yield (
                    "evidence",
                    f"The text at [{item['start']}, {item['end']}) is not what {item['column']!r} says.",
                )


def _place_fault(item: Row, document: Row, length: int) -> str | None:
    if item["column"] not in document:
        return f"It names the column {item['column']!r}, which `documents` lacks."
    if item["kind"] not in EVIDENCE_KINDS:
        return f"Its kind must be one of {', '.join(EVIDENCE_KINDS)}, got {item['kind']!r}."
    start, end = item["start"], item["end"]
    placed = start is not None and end is not None and Span(start, end).within(length)
    if not placed and (item["kind"] == "text span" or (start, end) != (None, None)):
        return f"[{start}, {end}) must lie inside the anchor text of {length} characters."
    return None


def _unfounded(document: Row, edition: str) -> Iterator[tuple[str, str]]:
    """Yield the values that come from nowhere, and the evidence of values that are not there."""
    named = {item["column"] for item in document["evidence"]}
    for column in _TOLD:
        there = document[column] not in (None, [])
        if there and column not in named:
            yield "evidence", f"It does not say where the value of {column!r} comes from."
        elif column in named and not there and edition == "full":
            yield "evidence", f"It says where the value of {column!r} comes from, but there is none."


def _record_faults(document: Row, length: int, anchor: str | None, edition: str) -> Iterator[str]:
    record = document.get("rights_record")
    if record is None:
        return  # data that were made before there were records: nothing of it may be passed on
    parts = {part["part"]: part["decision"] for part in record["parts"] or ()}
    decisions = {record["decision"], *parts.values()}
    if wrong := sorted(decisions - _DECISIONS):
        yield f"A decision is one of {', '.join(Decision)}, got {told_value(wrong[0])}."
    if unknown := sorted(set(parts) - set(PARTS)):
        yield f"A part is one of {', '.join(PARTS)}, got {told_value(unknown[0])}."
    if len(parts) != len(record["parts"] or ()) or parts.get("text", record["decision"]) != record["decision"]:
        yield "Each part stands once, and the one of the text is decided as the document is."
    if record["holder"] != document["copyright_holder"]:
        yield "Its holder must be the document's `copyright_holder`."
    start, end, said = record["start"], record["end"], record["statement"]
    if (start, end) == (None, None):
        if said is not None:
            yield "The statement has no place in the text."
    elif start is None or end is None or not Span(start, end).within(length):
        yield f"The statement's place, [{start}, {end}), must lie inside the anchor text of {length} characters."
    elif anchor is not None and said != anchor[start:end] and (said is not None or edition == "full"):
        yield f"The statement must be the anchor text at [{start}, {end})."
