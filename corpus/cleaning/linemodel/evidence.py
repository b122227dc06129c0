"""What the rules said of a line and of the lines around it, as columns."""

from __future__ import annotations

import numpy as np

from corpus.cleaning.linemodel.batch import Batch, Columns, Flags, ratio
from corpus.cleaning.linemodel.letters import Ints
from corpus.cleaning.linemodel.reasons import HEADLINES, REASONS, is_one_of
from corpus.cleaning.linemodel.surroundings import add_overlap, add_region, single

__all__ = ["HEADLINES", "REASONS", "add_evidence"]

_GROUPS = {
    "opener": ("related_stories", "comments"),
    "comments": ("comments",),
    "byline": ("author_names", "publication_time"),
    "headline": ("headline",),
    "legal": ("legal_notice", "rights_statement"),
    "caption": ("photo_caption", "photo_credit", "person_tags"),
    "ask": ("subscription", "social"),
    "control": ("navigation", "page_control"),
}


def add_evidence(batch: Batch, columns: Columns) -> None:
    """Add the rule's reason, the rules' verdict, and what is near."""
    runs, code, gone = batch.runs, batch.reason, ~batch.kept
    columns["reason"], columns["gone"] = code.astype(np.float32), gone.astype(np.float32)
    for step in (1, 2, -1, -2):
        columns[f"reason@{step}"] = runs.shifted(columns["reason"], step, -1)
        columns[f"gone@{step}"] = runs.shifted(columns["gone"], step, -1)
    _add_windows(batch, columns, gone)
    for name, reasons in _GROUPS.items():
        flag = is_one_of(code, reasons)
        up, down = runs.distances(flag, 60)
        columns[f"{name}_up"], columns[f"{name}_down"] = single(up, 60), single(down, 60)
        columns[f"{name}_number"] = single(runs.total(runs.sums(flag)), 30)
    core, lead = add_region(batch, columns, "open", _worth(batch, gone))
    add_overlap(batch, columns, "open", core & ~gone, lead & ~gone)
    _add_headline(batch, columns, is_one_of(code, ["headline"]))


def _add_windows(batch: Batch, columns: Columns, gone: Flags) -> None:
    runs = batch.runs
    words = np.minimum(batch.words, 60)
    number, total, lost = runs.sums(gone), runs.sums(words), runs.sums(np.where(gone, words, 0))
    for rows in (8, 25):
        for side, near in (("up", runs.window(-rows)), ("down", runs.window(rows))):
            columns[f"gone_{side}{rows}"] = near.mean(number)
            columns[f"lost_{side}{rows}"] = ratio(near.sum(lost), near.sum(total))
    columns["doc_gone"] = single(runs.total(number), 100)
    columns["doc_gone_share"] = ratio(runs.total(number), runs.size)
    columns["doc_lost"] = ratio(runs.total(lost), runs.total(total))


def _worth(batch: Batch, gone: Flags) -> Ints:
    """Prose that no rule speaks against counts its words; furniture counts against."""
    words = batch.words
    plain = np.where(batch.prose, np.minimum(words, 70), np.minimum(words, 6) - 4)
    return np.where(gone, -3 - np.minimum(words, 40) // 3, plain)


def _add_headline(batch: Batch, columns: Columns, headline: Flags) -> None:
    """How many of a line's words of content stand in the headline."""
    contents = batch.contents
    table = np.zeros(contents.slots, dtype=np.bool_)
    table[contents.slot[headline.take(contents.line)]] = True
    hits = contents.per_line(table.take(contents.slot))
    columns["headline_hits"], columns["headline_share"] = hits.astype(np.float32), ratio(hits, contents.number)
