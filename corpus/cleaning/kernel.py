"""The kernel: a batch of anchor texts to their blocks, each document by itself, columns throughout."""

from __future__ import annotations

import os

import numpy as np
import polars as pl

from corpus.cleaning.blocks import blocks_frame, in_order, split_datelines
from corpus.cleaning.headings import add_shapes
from corpus.cleaning.knownlines.deciding import with_known
from corpus.cleaning.knownlines.table import KnownLines
from corpus.cleaning.linemodel.runs import Runs
from corpus.cleaning.lines import lines_frame
from corpus.cleaning.markup.columns import page_numbers
from corpus.cleaning.markup.judging import settle_pages
from corpus.cleaning.markup.sections import add_places
from corpus.cleaning.rounds import settle
from corpus.cleaning.standing import of_role
from corpus.cleaning.wrapping import add_units, joined_units
from corpus.errors import DataError, UsageError

__all__ = ["clean_frame"]

_cleaned_in: list[int] = []
"""The process that has cleaned something: one that is forked from it inherits this, but not Polars' threads."""

_SCHEMA = {
    "doc_id": pl.String,
    "block": pl.Int32,
    "line": pl.Int32,
    "start": pl.Int32,
    "end": pl.Int32,
    "text": pl.String,
    "role": pl.String,
    "reason": pl.String,
    "rule": pl.String,
    "score": pl.Float64,
    "kept": pl.Boolean,
    "join": pl.String,
    "section": pl.Int32,
    "place": pl.String,
}


def clean_frame(raw: pl.DataFrame, *, line_model: bool, known_lines: KnownLines | None = None) -> pl.DataFrame:
    """Cut anchor texts into blocks and give each its role, reason, rule and score.

    Args:
        raw: one row a document: ``doc_id`` (String, unique), ``text`` (String), ``site`` (String or null;
            a document's blocks depend on nothing but its own row); for pages also ``markup`` (see
            :func:`corpus.cleaning.markup.columns.markup_column`; null for a text that was no page).
        line_model: ask the learned line model about the lines of plain texts that no rule speaks of (who cleans
            for readers does so unless told otherwise; who counts or trains on what the rules say must not).
        known_lines: counts of the lines that a site's documents share, where documents have a ``site``.

    Returns:
        One row a block, in the order of the documents and then of ``start``, with the columns of the
        ``blocks`` table; ``role`` and ``reason`` by their names. ``start`` and ``end`` are code points of
        the anchor text. Every visible character lies in exactly one block.

    Raises:
        DataError: a column is missing, a ``doc_id`` stands twice, or a text is null.
        UsageError: this process was forked from one that had cleaned something, or may have no threads.
    """
    _check_process()
    _check(raw)
    lines = _with_insides(add_units(lines_frame(raw["text"])))
    if not len(lines):
        return pl.DataFrame(schema=_SCHEMA)
    units = with_known(joined_units(lines).select("doc", "unit", "text"), _sites(raw), known_lines)
    pages = page_numbers(raw)
    if not len(pages):
        blocks = blocks_frame(lines, _finished(settle(units, line_model)))
    else:
        blocks = _with_pages(raw, lines, units, pages, line_model)
    blocks = _scored(blocks, units)
    shown = blocks.with_columns(raw["doc_id"][blocks["doc"]], _texts(lines, blocks))
    if "place" not in shown.columns:
        shown = shown.with_columns(pl.lit(None, dtype=pl.String).alias("place"))
    return shown.select(pl.col(name).cast(kind) for name, kind in _SCHEMA.items())


def _texts(lines: pl.DataFrame, blocks: pl.DataFrame) -> pl.Series:
    """Return the blocks' texts: mostly whole lines."""
    line = lines.select("start", "end", "text")[blocks["row"]]
    part = ((blocks["start"] > line["start"]) | (blocks["end"] < line["end"])).arg_true()
    begin, end = blocks["start"][part], blocks["end"][part]
    pieces = line["text"][part].str.slice(begin - line["start"][part], end - begin)
    return line["text"].scatter(part, pieces)


def _with_pages(
    raw: pl.DataFrame, lines: pl.DataFrame, units: pl.DataFrame, pages: pl.Series, line_model: bool
) -> pl.DataFrame:
    """Return the blocks of a batch in which some documents are pages."""
    on_page = pl.col("doc").is_in(pages.implode())
    others = units.filter(~on_page)
    segments = [_finished(settle(others, line_model))] if len(others) else []
    seen = units.filter(on_page)
    if len(seen):
        first = lines.select("unit", "line").unique("unit", keep="first", maintain_order=True)
        verdicts = settle_pages(seen.join(first, on="unit", how="left", maintain_order="left"), raw)
        segments.append(split_datelines(in_order(verdicts)))
    blocks = blocks_frame(lines, in_order(pl.concat(segments, how="diagonal")))
    return add_places(blocks, raw)


def _sites(raw: pl.DataFrame) -> pl.Series:
    return raw["site"].cast(pl.String) if "site" in raw.columns else pl.Series("site", [None] * len(raw), pl.String)


def _scored(blocks: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    """Give what goes as a known line the score that its counts say."""
    known = units.drop_nulls("known").select(
        "unit", pl.col("known").alias("by"), pl.col("certainty").alias("counted")
    )
    if not len(known):
        return blocks
    counted = pl.when(pl.col("no") == pl.col("by")).then("counted")
    joined = blocks.join(known, on="unit", how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce(counted, "score").alias("score"))


def _check_process() -> None:
    """Refuse what would wait for ever (Polars' threads do not live on in a forked process), or have no thread."""
    if os.environ.get("POLARS_MAX_THREADS", "").strip() == "0":
        raise UsageError("POLARS_MAX_THREADS must be 1 or more, got 0: unset it, and Polars takes all cores.")
    if _cleaned_in and _cleaned_in[0] != os.getpid():
        raise UsageError(
            "Cannot clean in a process that was forked from one that had cleaned something: it would wait for ever."
            ' Start workers by "spawn" (multiprocessing.set_start_method; for num_proc of datasets, that of the'
            " package multiprocess), or clean nothing before they start."
        )
    _cleaned_in[:] = [os.getpid()]


def _check(raw: pl.DataFrame) -> None:
    for name in ("doc_id", "text"):
        if name not in raw.columns:
            raise DataError(f"The frame to clean lacks the column {name!r}; it has {raw.columns!r}.")
        if raw[name].null_count():
            raise DataError(f"The column {name!r} of the frame to clean must not be null; a text may be empty.")
    if raw["doc_id"].n_unique() < len(raw):
        twice = raw.filter(pl.col("doc_id").is_duplicated())["doc_id"][0]
        raise DataError(f"The doc_id {twice!r} stands twice in the frame to clean; ids must be unique.")


def _with_insides(lines: pl.DataFrame) -> pl.DataFrame:
    """Add ``inside``, where each line begins in its unit's text, and cut line-end hyphens off."""
    unit = lines["unit"].to_numpy()
    several = np.flatnonzero(np.bincount(unit)[unit] > 1)
    inside = np.zeros(len(lines), dtype=np.int32)
    healed = lines.select("unit", "start", "end", "glue", "hyphen")[several]
    glue = healed["glue"].str.len_chars().to_numpy().astype(np.int64)
    shown = (healed["end"] - healed["start"] - healed["hyphen"].cast(pl.Int64)).to_numpy() + glue
    units = Runs(healed["unit"].to_numpy())
    inside[several] = units.before(units.sums(shown)) + glue
    return lines.with_columns(pl.Series("inside", inside))


def _finished(segments: pl.DataFrame) -> pl.DataFrame:
    """Name shapes among what is kept, split datelines."""
    number = segments["no"].to_numpy().copy()
    kept = np.flatnonzero(of_role("body")[number])
    number[kept] = add_shapes(segments[kept])["no"].to_numpy()
    return split_datelines(segments.with_columns(pl.Series("no", number, dtype=pl.Int32)))
