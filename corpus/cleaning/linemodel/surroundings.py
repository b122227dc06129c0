"""What stands around a line: its place, its neighbours, the densest stretch, and whom it shares words with."""

from __future__ import annotations

import numpy as np

from corpus.cleaning.linemodel.batch import Batch, Columns, Contents, Flags, Floats, ratio
from corpus.cleaning.linemodel.letters import Ints

__all__ = ["add_neighbours", "add_overlap", "add_place", "add_region", "single"]

_LEAD = 3
"""How many lines of prose at the beginning of a stretch are the lead."""


def single(values: Ints, most: int) -> Floats:
    """Return the values in single precision, cut at ``most`` (below 2**24: exact)."""
    return np.minimum(values, most).astype(np.float32)


def add_place(batch: Batch, columns: Columns) -> None:
    """Where in the document, and what kind of document: shares of prose, of scripts, sizes."""
    runs = batch.runs
    words, prose = runs.sums(batch.words), runs.sums(batch.prose)
    spoken = runs.sums(np.where(batch.prose, batch.words, 0))
    columns["at"], columns["left"] = single(runs.at, 500), single(runs.left, 500)
    columns["place"], columns["lines"] = ratio(runs.at, runs.size), single(runs.size, 2000)
    columns["prose_before"] = single(runs.before(prose), 50)
    columns["prose_place"] = ratio(runs.before(spoken), runs.total(spoken))
    columns["words_place"] = ratio(runs.before(words), runs.total(words))
    columns["doc_prose_words"] = ratio(runs.total(spoken), runs.total(words))
    columns["doc_prose_lines"] = ratio(runs.total(prose), runs.size)
    columns["doc_words"], columns["doc_prose"] = single(runs.total(words), 5000), single(runs.total(spoken), 5000)
    columns["doc_mean"] = ratio(runs.total(words), runs.size)
    foreign, chars = runs.sums(batch.counts["foreign"]), runs.sums(batch.chars)
    columns["doc_foreign"] = ratio(runs.total(foreign), runs.total(chars))


def add_neighbours(batch: Batch, columns: Columns) -> None:
    """The next lines above and below, and sums over windows of three, eight and twenty."""
    for step in (1, 2, -1, -2):
        columns[f"words@{step}"] = batch.runs.shifted(columns["words"], step, -1)
        columns[f"mean@{step}"] = batch.runs.shifted(columns["all_mean"], step, 0)
    for step in (1, -1):
        columns[f"sum@{step}"] = batch.runs.shifted(columns["all_sum"], step, 0)
        columns[f"capitals@{step}"] = batch.runs.shifted(columns["capitals"], step, -1)
        columns[f"digits@{step}"] = batch.runs.shifted(columns["digit_share"], step, -1)
    columns["mean@3"] = batch.runs.shifted(columns["all_mean"], 3, 0)
    _add_windows(batch, columns)
    for name, flag in (("prose", batch.prose), ("bad", columns["all_sum"] < -600)):
        up, down = batch.runs.distances(flag, 40)
        columns[f"{name}_up"], columns[f"{name}_down"] = single(up, 40), single(down, 40)


def _add_windows(batch: Batch, columns: Columns) -> None:
    runs = batch.runs
    means = {
        "words": runs.sums(np.minimum(batch.words, 100)),
        "prose": runs.sums(batch.prose),
        "sum": runs.sums(np.clip(columns["all_sum"], -3000, 3000)),
    }
    counts = {
        "first": runs.sums(columns["first"]),
        "second": runs.sums(columns["second"]),
        "time": runs.sums((columns["time"] > 0) & (batch.words < 12)),
        "short": runs.sums(batch.words <= 4),
    }
    for rows in (3, 8, 20):
        for side, near in (("up", runs.window(-rows)), ("down", runs.window(rows))):
            for name, sums in means.items():
                columns[f"{name}_{side}{rows}"] = near.mean(sums)
            if rows == 8:
                for name, sums in counts.items():
                    columns[f"{name}_{side}8"] = near.sum(sums).astype(np.float32)


def add_region(batch: Batch, columns: Columns, name: str, values: Ints) -> tuple[Flags, Flags]:
    """Where a line stands to the stretch with the largest sum; return that stretch's prose and its lead."""
    runs = batch.runs
    first, last, best = runs.densest(values)
    inside = (runs.row >= first) & (runs.row <= last)
    words = runs.sums(batch.words)
    columns[f"{name}_side"] = np.where(inside, 0, np.where(runs.row < first, -1, 1)).astype(np.float32)
    columns[f"{name}_first"] = np.clip(runs.row - first, -60, 60).astype(np.float32)
    columns[f"{name}_last"] = np.clip(runs.row - last, -60, 60).astype(np.float32)
    columns[f"{name}_best"] = single(best, 100_000)
    columns[f"{name}_share"] = ratio(words[last + 1] - words[first], runs.total(words))
    columns[f"{name}_place"] = ratio(runs.row - first, last - first + 1)
    core = inside & batch.prose
    return core, core & (runs.before(runs.sums(core)) < _LEAD)


def add_overlap(batch: Batch, columns: Columns, name: str, core: Flags, lead: Flags) -> None:
    """How many of a line's words of content stand in other lines of the core, and in other lines of its lead."""
    contents = batch.contents
    in_core, in_lead = _elsewhere(contents, core, lead)
    hits, names = contents.per_line(in_core), contents.capitals
    columns[f"{name}_share"], columns[f"{name}_hits"] = ratio(hits, contents.number), hits.astype(np.float32)
    unknown = contents.per_line(contents.capital & ~in_core)
    columns[f"{name}_names"], columns[f"{name}_strange"] = ratio(names - unknown, names), unknown.astype(np.float32)
    hits = contents.per_line(in_lead)
    columns[f"{name}_lead"], columns[f"{name}_lead_hits"] = ratio(hits, contents.number), hits.astype(np.float32)


def _elsewhere(contents: Contents, core: Flags, lead: Flags) -> tuple[Flags, Flags]:
    """Tell which words of content stand in the core, and which in its lead, more often than just here.

    Two counts of 32 bits go as one number through one table.
    """
    here = (core + (lead.astype(np.int64) << 32)).take(contents.line)
    table = np.zeros(contents.slots, dtype=np.int64)
    np.add.at(table, contents.slot, here)
    others = table.take(contents.slot) - here
    return others & 0xFFFFFFFF != 0, others >> 32 != 0
