"""Entities as token labels: the ``ner`` config, ready for training, with a count of what does not fit into it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from corpus.model.tables import FIELDS, Table
from corpus.model.tokens import MISFITS, Mention, TokenLine, token_lines

__all__ = ["LOSSES", "ner_rows", "ner_table"]

LOSSES = {"outside": "lies in no field, or only partly", **MISFITS}
"""Why an entity is not in the labels."""

Row = dict[str, Any]
Place = tuple[int, int | None]
"""A field's number, and which of them it is where a document has several."""


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
        by_field = defaultdict[Place, list[Mention[int]]](list)
        for row in entities.get(doc_id, ()):
            if _placed(row, losses):
                mention = Mention(row["start"], row["end"], row["id"], row["label"])
                by_field[row["field"], row["field_index"]].append(mention)
        for field, index, text in _fields(document):
            for line in token_lines(text, by_field[field, index], lambda why, _: losses.update([why])):
                if line.tokens:
                    place = {"doc_id": doc_id, "field": field, "field_index": index, "line": line.number}
                    yield {**place, "annotator": annotators[doc_id], **_row(line, text)}


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


def _row(line: TokenLine[int], text: str) -> Row:
    return {
        "tokens": [token.slice(text) for token in line.tokens],
        "starts": [token.start for token in line.tokens],
        "ner_tags": [0 if tag is None else 1 + 2 * tag[1] + (tag[0] == "I") for tag in line.tags],
    }
