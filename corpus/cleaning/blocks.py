"""Turn segments of units into blocks: anchor offsets, joins and sections."""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from corpus.cleaning.blanks import leading
from corpus.cleaning.linemodel.runs import Runs
from corpus.cleaning.matching import dateline_rules, find_cuts, rule_frame, rule_no
from corpus.cleaning.standing import Flags, Ints, of_role

__all__ = ["blocks_frame", "in_order", "split_datelines"]

_KEPT = ["body", "heading", "dateline"]
_DATELINE_WITHIN = 4
"""A dateline opens one of the first kept lines of a document."""

_TOLD = ["unit", "from", "to", "no", "certainty"]
_SAID = ["role", "reason", "rule", "score"]


def split_datelines(segments: pl.DataFrame) -> pl.DataFrame:
    """Split the dateline off the first sentence of each document's opening lines, and drop how they look.

    ``segments`` are sorted by document and place; only kept ones are looked at.
    """
    told = segments.select(name for name in _TOLD if name in segments.columns)
    kept = of_role("body")[segments["no"].to_numpy()]
    documents = Runs(segments["doc"].to_numpy())
    before = documents.before(documents.sums(kept))
    first = np.flatnonzero(kept & (before < _DATELINE_WITHIN))
    early = segments[first].with_columns(pl.Series("row", first))
    opening = find_cuts(early, dateline_rules()).filter(pl.col("cut_no").is_not_null())
    one = opening.unique("doc", keep="first", maintain_order=True)
    if not len(one):
        return told
    row = one["row"].to_numpy()
    begins = one["from"] + one["cut_to"]
    blanks = one.select(leading(pl.col("plain").str.slice(pl.col("cut_to")))).to_series()
    split = told[np.sort(np.append(np.arange(len(told)), row))]
    dateline = row + np.arange(len(row))
    return split.with_columns(
        split["no"].scatter(dateline, one["cut_no"]),
        split["to"].scatter(dateline, begins),
        split["from"].scatter(dateline + 1, begins + blanks.cast(pl.Int32)),
    )


def in_order(segments: pl.DataFrame) -> pl.DataFrame:
    """Return segments by unit, and by place in it."""
    return segments.sort(pl.col("unit").cast(pl.Int64) * _SHIFT + pl.col("from"))


_SHIFT = 1 << 32


def blocks_frame(lines: pl.DataFrame, segments: pl.DataFrame) -> pl.DataFrame:
    """Lay the segments onto the lines and return the blocks without ``doc_id`` and ``text``.

    ``lines`` has ``doc, line, start, end, gap, unit, glue, hyphen`` and ``inside`` (where the line begins in
    its unit's text); a segment that runs over several lines becomes one block on each. Where segments have a
    ``certainty``, it is the score of what a model decided. ``row`` is the row of a block's line in ``lines``.
    """
    row, begin, end, no, certainty = _laid(lines, segments)
    begins = lines["start"].to_numpy()[row]
    blocks = lines.select("doc", "line", "gap", "unit", "glue")[row].with_columns(
        pl.Series("row", row),
        pl.Series("start", begins + begin),
        pl.Series("end", begins + end),
        pl.Series("no", no, dtype=pl.Int32),
    )
    said = rule_frame().select(_SAID)[no]
    score = pl.coalesce(pl.Series("certainty", certainty, nan_to_null=True), "score").alias("score")
    kept = of_role(*_KEPT)[no]
    documents = Runs(blocks["doc"].to_numpy())
    headings = documents.sums(of_role("heading")[no])
    return blocks.with_columns(
        *said,
        pl.Series("kept", kept),
        pl.Series("section", headings[1:] - headings[documents.first], dtype=pl.Int32),
        pl.Series("block", documents.at, dtype=pl.Int32),
        _joins(blocks, kept),
    ).with_columns(score)


def _laid(lines: pl.DataFrame, segments: pl.DataFrame) -> tuple[Ints, Ints, Ints, Ints, NDArray[np.float64]]:
    """Return the blocks in order: row of the line, begin and end in it, rule number, certainty (NaN: none)."""
    wanted = segments["unit"].to_numpy()
    number = np.bincount(lines["unit"].to_numpy(), minlength=int(wanted.max(initial=0)) + 1)[wanted]
    segment = np.repeat(np.arange(len(segments)), number)
    # a unit's number is the row of its first line
    row = np.arange(len(segment)) - np.repeat(np.cumsum(number) - number - wanted, number)
    hyphen = lines["hyphen"].to_numpy()
    size = (lines["end"] - lines["start"]).to_numpy()
    inside = lines["inside"].to_numpy()[row].astype(np.int64)
    begin = np.maximum(segments["from"].to_numpy()[segment] - inside, 0)
    end = np.minimum(segments["to"].to_numpy()[segment] - inside, size[row] - hyphen[row])
    seen, broken = np.flatnonzero(end > begin), np.flatnonzero(hyphen)
    of_hyphens = np.full(len(broken), rule_no("kernel.line_end_hyphen"), dtype=np.int64)
    row = np.concatenate([row[seen], broken])
    begin = np.concatenate([begin[seen], size[broken] - 1])
    end = np.concatenate([end[seen], size[broken]])
    no = np.concatenate([segments["no"].to_numpy()[segment[seen]], of_hyphens])
    certainty = np.concatenate([_certainty(segments)[segment[seen]], np.full(len(broken), np.nan)])
    order = np.argsort(row * _SHIFT + begin, kind="stable")  # quick on what is nearly in order
    return row[order], begin[order], end[order], no[order], certainty[order]


def _certainty(segments: pl.DataFrame) -> NDArray[np.float64]:
    """Return how sure a model is where it decided, else NaN: then the rule's own score counts."""
    if "certainty" not in segments.columns:
        return np.full(len(segments), np.nan)
    certainty = segments["certainty"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    return np.where(_by_model()[segments["no"].to_numpy()], certainty, np.nan)


@cache
def _by_model() -> Flags:
    """Return a table by the number of a rule: whether a model's certainty is the score of what it names."""
    markup = pl.col("rule").str.starts_with("markup.") & ~pl.col("reason").is_in(["headline", "headline_echo"])
    model = (pl.col("reason") == "model") | (pl.col("rule") == "kernel.title") | markup
    return rule_frame().select(model).to_series().to_numpy()


def _joins(blocks: pl.DataFrame, kept: Flags) -> pl.Series:
    """Return what stands before each block: measured from the last block that is kept, or from any block."""
    row = np.arange(len(blocks))
    last = np.maximum.accumulate(np.where(kept, row, -1))
    before = np.where(kept, np.concatenate([[-1], last])[:-1], row - 1)
    there = np.maximum(before, 0)

    def same(name: str) -> Flags:
        values = blocks[name].to_numpy()
        equal: Flags = values == values[there]
        return equal

    apart = (before < 0) | ~same("doc")
    one_unit, one_line = same("unit"), same("line")
    touching = blocks["start"].to_numpy() == blocks["end"].to_numpy()[there]
    kind = np.select(
        [apart, one_line & one_unit & touching, one_line & one_unit, one_unit, same("gap")],
        [_APART, _NOTHING, _SPACE, _GLUE, _LINE],
        _APART,
    )
    joins = pl.Series("join", ["\n\n", "", " ", "\n", ""])[kind]
    glued = np.flatnonzero(kind == _GLUE)
    return joins.scatter(glued, blocks["glue"][glued]) if len(glued) else joins


_APART, _NOTHING, _SPACE, _LINE, _GLUE = range(5)
