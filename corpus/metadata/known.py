"""What is known of a document from outside its text: it goes before what the text says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from corpus.metadata.addresses import host_of
from corpus.metadata.agreement import settled
from corpus.metadata.language import language_tag
from corpus.metadata.times.dates import find_dates
from corpus.metadata.values import EVIDENCE
from corpus.model.document import KnownValue
from corpus.model.finding import Finding, Severity
from corpus.model.tables import PAYWALLS

__all__ = ["KNOWN_COLUMNS", "apply_known", "known_findings", "time_known"]

KNOWN_COLUMNS = (
    "title",
    "authors",
    "published",
    "modified",
    "date_hint",
    "publisher",
    "agency",
    "dateline",
    "language",
    "copyright",
    "copyright_holder",
    "rights",
    "paywall",
    "url",
    "site",
    "retrieved_at",
)
"""The columns that may be known from outside; others are ignored."""

_ADDED = ("rights", "url", "site", "retrieved_at")
_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "doc_id": pl.String,
    "column": pl.String,
    "value": pl.List(pl.String),
    "kind": pl.String,
    "source": pl.String,
}


def apply_known(described: pl.DataFrame, known: Mapping[str, Sequence[KnownValue]]) -> pl.DataFrame:
    """Return the described frame with the known values in place.

    ``rights``, ``url``, ``site`` and ``retrieved_at``, which no text says, are added. ``known``
    maps a doc_id to its values; the first usable value of a column counts. A value that cannot be used (an
    impossible date, an address without a host; see :func:`known_findings`) changes nothing. The evidence of a
    column that is replaced becomes one row with the value's own kind and source. Values of the kind "markup" are
    weighed against the text first (agreement.py). ``site`` is taken from the address's host where nothing names it.
    """
    described = described.with_columns(
        pl.lit(None, dtype=pl.String).alias(name) for name in _ADDED if name not in described.columns
    )
    described, known = settled(described, known)
    rows = [(doc_id, *row) for doc_id in described["doc_id"] for row in _usable(known.get(doc_id, ()))]
    if not rows:
        return described
    values = pl.DataFrame(rows, schema=_SCHEMA, orient="row")
    return _with_evidence(_with_values(described, values), values)


def known_findings(doc_id: str, known: Sequence[KnownValue]) -> list[Finding]:
    """Return a warning for each value of a known column that cannot be used."""
    return [
        Finding(
            "bad-known-value",
            f"{item.known_from} ({doc_id}, column {item.column})",
            f"Expected {_EXPECTED.get(item.column, _TEXT)}, got {item.value!r}; the value was left out.",
            Severity.WARNING,
        )
        for item in known
        if item.column in KNOWN_COLUMNS and not _checked(item)
    ]


def time_known(value: str) -> tuple[str, str] | None:
    """Return a date or time as ISO 8601 (UTC where it has a time) with its precision, or None.

    A time without a zone is left out, since it is not known in UTC.

    >>> time_known("2021-04-08T16:05:00+02:00"), time_known("2021-04-08 16:05"), time_known("2021-02-31")
    (('2021-04-08T14:05:00Z', 'second'), ('2021-04-08', 'day'), None)
    """
    if re.fullmatch(r"\s*(1[6-9]\d\d|20\d\d|2100)\s*", value):
        return value.strip(), "year"
    found = find_dates(value) if len(value) <= 80 else []
    return (found[0].value, found[0].precision) if len(found) == 1 else None


_TEXT = "a text that is not blank"
_EXPECTED = {
    "published": "a date or time such as 2021-04-08 or 2021-04-08T14:05Z",
    "modified": "a date or time such as 2021-04-08 or 2021-04-08T14:05Z",
    "paywall": "one of " + ", ".join(PAYWALLS),
    "date_hint": "a date such as 2021-04-08",
    "retrieved_at": "a date or time such as 2021-04-08T14:05Z",
    "url": "an http or https address with a host",
    "site": "a host name",
    "language": "a language tag such as en or pt-BR",
}


def _usable(known: Sequence[KnownValue]) -> Iterator[tuple[str, list[str], str, str]]:
    """Yield column, value, kind and source of the first usable value of each column, and the site of a url."""
    seen: dict[str, list[str]] = {}
    for item in known:
        if item.column in KNOWN_COLUMNS and item.column not in seen and (value := _checked(item)):
            seen[item.column] = value
            yield item.column, value, item.kind, item.known_from
    if "url" in seen and "site" not in seen:
        yield "site", [host_of(seen["url"][0])], "derived", "the host of url"


def _checked(item: KnownValue) -> list[str]:
    """Return the value as it goes into its column, an empty list where it cannot be used."""
    given = [item.value] if isinstance(item.value, str) else list(item.value)
    texts = [text.strip() for text in given if isinstance(text, str) and text.strip()]
    if item.column == "authors":
        return list(dict.fromkeys(texts))
    if len(texts) != 1:
        return []
    return _checked_scalar(item.column, texts[0])


def _checked_scalar(column: str, text: str) -> list[str]:
    if column in ("published", "modified", "date_hint", "retrieved_at"):
        moment = time_known(text)
        if moment is None or (column == "date_hint" and moment[1] in ("year", "month")):
            return []
        return [moment[0][:10] if column == "date_hint" else moment[0]]
    if column == "url":
        return [text] if host_of(text) else []
    if column == "site":
        return [text.lower()] if re.fullmatch(r"[\w.-]+\.\w+|localhost", text) else []
    if column == "language":
        tag = language_tag(text)
        return [tag] if tag else []
    if column == "paywall":
        return [text] if text in PAYWALLS else []
    return [text]


def _with_values(described: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
    for name in values["column"].unique(maintain_order=True):
        own = values.filter(pl.col("column") == name).select("doc_id", pl.col("value").alias("known"))
        joined = described.join(own, on="doc_id", how="left", maintain_order="left")
        new = pl.col("known") if name == "authors" else pl.col("known").list.first()
        described = joined.with_columns(
            pl.coalesce(new, pl.col(name)).alias(name),
            *_companions(name),
        ).drop("known")
    return described


def _companions(name: str) -> list[pl.Expr]:
    """Return the columns that change with a known one: a date's precision, a language's score."""
    replaced = pl.col("known").is_not_null()
    if name in ("published", "modified"):
        size = pl.col("known").list.first().str.len_chars()
        names = {4: "year", 7: "month", 10: "day", 17: "minute", 20: "second"}
        precision = size.replace_strict(names, default=None, return_dtype=pl.String)
        own = f"{name}_precision"
        return [pl.when(replaced).then(precision).otherwise(pl.col(own)).alias(own)]
    if name == "language":
        score = pl.col("language_score")
        return [pl.when(replaced).then(None).otherwise(score).alias("language_score")]
    return []


def _with_evidence(described: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
    said = described.select("doc_id", "evidence").explode("evidence").drop_nulls("evidence").unnest("evidence")
    known = values.select(
        "doc_id",
        "column",
        "kind",
        pl.lit(None, dtype=pl.Int32).alias("start"),
        pl.lit(None, dtype=pl.Int32).alias("end"),
        "source",
    )
    kept = said.join(known, on=["doc_id", "column"], how="anti", maintain_order="left")
    rows = (
        pl.concat([kept.select(known.columns), known])
        .sort("column", "start", "end", nulls_last=True, maintain_order=True)
        .select("doc_id", pl.struct(*EVIDENCE.to_schema()).alias("evidence"))
        .group_by("doc_id", maintain_order=True)
        .agg("evidence")
    )
    joined = described.drop("evidence").join(rows, on="doc_id", how="left", maintain_order="left")
    return joined.with_columns(pl.col("evidence").fill_null(pl.lit([], dtype=pl.List(EVIDENCE))))
