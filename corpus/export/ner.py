"""Entities as token labels: the ``ner`` config, ready for training, with a count of what does not fit into it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

import pyarrow as pa

from corpus.model.tables import FIELDS, Table

__all__ = ["LOSSES", "ner_rows", "ner_table"]

LOSSES = {
    "outside": "lies in no field, or only partly",
    "overlapping": "overlaps a longer one, or an earlier one of the same length",
    "off-edge": "begins or ends inside a token",
    "broken": "runs over a line's end",
}
"""Why an entity is not in the labels."""

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+|[^\w\s]")
"""A run of letters and digits, or one sign; scripts without spaces are cut sign by sign."""

Row = dict[str, Any]
Place = tuple[int, int | None]
"""A field's number, and which of them it is where a document has several."""
_START = itemgetter("start")


def ner_table(labels: Sequence[str]) -> Table:
    """Return the config's table: one row a line of a field, its tokens and their labels in BIO."""
    text = pa.large_string()
    schema = pa.schema(
        [
            pa.field("doc_id", text, nullable=False),
            pa.field("field", pa.int64(), nullable=False),
            pa.field("field_index", pa.int32()),
            pa.field("line", pa.int32(), nullable=False),
            pa.field("annotator", text, nullable=False),
            pa.field("tokens", pa.list_(text), nullable=False),
            pa.field("starts", pa.list_(pa.int32()), nullable=False),
            pa.field("ner_tags", pa.list_(pa.int64()), nullable=False),
        ]
    )
    tags = ("O", *(f"{part}-{label}" for label in labels for part in "BI"))
    return Table("ner", schema, ("doc_id", "field", "field_index", "line"), {"field": FIELDS, "ner_tags": tags})


def ner_rows(
    documents: Iterable[Row],
    entities: Mapping[str, Sequence[Row]],
    annotators: Mapping[str, str],
    losses: Counter[str],
) -> Iterator[Row]:
    """Yield the rows of documents that somebody annotated, and count in ``losses`` what does not fit.

    ``entities`` holds by document the rows of the annotator that ``annotators`` names for it, labels and fields as
    numbers. ``starts`` are offsets of the tokens in their field. Lines without a token give no row.
    """
    for document in documents:
        doc_id = document["doc_id"]
        if doc_id not in annotators or document["text"] is None:
            continue
        by_field = defaultdict[Place, list[Row]](list)
        for row in entities.get(doc_id, ()):
            if _placed(row, losses):
                by_field[row["field"], row["field_index"]].append(row)
        for field, index, text in _fields(document):
            kept = _apart(by_field[field, index], losses)
            for number, start, line in _lines(text):
                first, after = (bisect_left(kept, at, key=_START) for at in (start, start + len(line) + 1))
                tokens = _row(line, start, kept[first:after], losses)
                if tokens is not None:
                    place = {"doc_id": doc_id, "field": field, "field_index": index, "line": number}
                    yield {**place, "annotator": annotators[doc_id], **tokens}


def _placed(row: Row, losses: Counter[str]) -> bool:
    whole = row["field"] is not None and row["placement"] == 0 and row["start"] is not None
    losses["outside"] += not whole
    return whole


def _fields(document: Row) -> Iterator[tuple[int, int | None, str]]:
    for number, name in enumerate(FIELDS):
        if name == "caption":
            yield from ((number, index, text) for index, text in enumerate(document["captions"] or ()))
        elif document[name]:
            yield number, None, document[name]


def _apart(rows: Sequence[Row], losses: Counter[str]) -> list[Row]:
    """Return the rows that overlap none that is longer, or as long and earlier; in their order."""
    kept: list[Row] = []
    for row in sorted(rows, key=lambda r: (r["start"] - r["end"], r["start"], r["id"])):
        at = bisect_left(kept, row["start"], key=_START)
        beside = kept[max(0, at - 1) : at + 1]
        if any(row["start"] < other["end"] and other["start"] < row["end"] for other in beside):
            losses["overlapping"] += 1
        else:
            kept.insert(at, row)
    return kept


def _lines(text: str) -> Iterator[tuple[int, int, str]]:
    start = 0
    for number, line in enumerate(text.split("\n")):
        yield number, start, line
        start += len(line) + 1


def _row(line: str, start: int, rows: Sequence[Row], losses: Counter[str]) -> Row | None:
    found = list(_TOKEN.finditer(line))
    first = {start + match.start(): number for number, match in enumerate(found)}
    last = {start + match.end(): number for number, match in enumerate(found)}
    tags = [0] * len(found)
    for row in rows:
        if row["end"] > start + len(line):
            losses["broken"] += 1
        elif row["start"] not in first or row["end"] not in last:
            losses["off-edge"] += 1
        else:
            begin = 1 + 2 * row["label"]
            tags[first[row["start"]] : last[row["end"]] + 1] = [
                begin,
                *[begin + 1] * (last[row["end"]] - first[row["start"]]),
            ]
    if not found:
        return None
    return {"tokens": [m[0] for m in found], "starts": [start + m.start() for m in found], "ner_tags": tags}
