"""Where the markup's claims and the text speak of the same: which is taken, and how sure that makes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl

from corpus.metadata.authorship.names import is_person
from corpus.metadata.heads.headlines import NOT_SHOWN, squeezed
from corpus.metadata.language import language_tag
from corpus.model.document import KnownValue

__all__ = ["MARKUP", "settled"]

MARKUP = "markup"
"""The kind of the known values that are weighed against the text; others go before it unseen."""
TRUST = 0.95
"""How often the language that a page declares is its text's."""
ENOUGH_LETTERS = 300
"""A text as long (in code points) as this is believed before the declared language."""

Known = Mapping[str, Sequence[KnownValue]]
Row = Mapping[str, Any]


def settled(described: pl.DataFrame, known: Known) -> tuple[pl.DataFrame, dict[str, Sequence[KnownValue]]]:
    """Return the described frame and the known values without those of the markup that the text overrules.

    The text's title stays where it differs from the claimed one in signs alone (it has a span) and where no line
    of the page has the claimed one; a person it names as author goes before an organisation, its time of the
    claimed day before a bare day; its agency and its holder of rights stay. A declared language that is the
    detected one raises ``language_score``; one that differs counts only where the text is short.
    """
    claimed = {doc_id: values for doc_id, values in known.items() if any(v.kind == MARKUP for v in values)}
    if not claimed:
        return described, dict(known)
    rows = {row["doc_id"]: row for row in described.iter_rows(named=True) if row["doc_id"] in claimed}
    kept = {
        doc_id: [v for v in values if not _overruled(v, rows.get(doc_id, {}))] for doc_id, values in claimed.items()
    }
    scores = {doc_id: _raised(rows[doc_id], values) for doc_id, values in claimed.items() if doc_id in rows}
    new = pl.col("doc_id").replace_strict(scores, default=None, return_dtype=pl.Float64)
    return described.with_columns(pl.coalesce(new, "language_score").alias("language_score")), {**known, **kept}


def _overruled(value: KnownValue, row: Row) -> bool:
    rule = _RULES.get(value.column)
    return value.kind == MARKUP and rule is not None and bool(row.get(value.column)) and rule(value, row)


def _is_same_or_unseen(value: KnownValue, row: Row) -> bool:
    return value.known_from.endswith(NOT_SHOWN) or squeezed(row["title"]) == squeezed(str(value.value))


def _is_no_person(value: KnownValue, row: Row) -> bool:  # noqa: ARG001 (one signature for every rule)
    names = [value.value] if isinstance(value.value, str) else value.value
    return not any(map(is_person, names))


def _is_less_precise(value: KnownValue, row: Row) -> bool:
    claimed, said = str(value.value), row[value.column]
    return bool(len(said) > len(claimed) and said.startswith(claimed))


def _is_other_language(value: KnownValue, row: Row) -> bool:
    return _same_language(value, row) or len(row["text"]) >= ENOUGH_LETTERS


def _text_goes_first(value: KnownValue, row: Row) -> bool:  # noqa: ARG001
    return True


_RULES: Mapping[str, Callable[[KnownValue, Row], bool]] = {
    "title": _is_same_or_unseen,
    "authors": _is_no_person,
    "published": _is_less_precise,
    "modified": _is_less_precise,
    "language": _is_other_language,
    "agency": _text_goes_first,
    "copyright_holder": _text_goes_first,
}


def _same_language(value: KnownValue, row: Row) -> bool:
    return bool(language_tag(str(value.value)) == row["language"])


def _raised(row: Row, values: Sequence[KnownValue]) -> float | None:
    """Return the detector's score raised by a page that declares the same language, else the score."""
    score: float | None = row["language_score"]
    first = next((v for v in values if v.column == "language"), None)
    if score is None or first is None or first.kind != MARKUP or not _same_language(first, row):
        return score
    return round(score * TRUST / (score * TRUST + (1 - score) * (1 - TRUST)), 4)
