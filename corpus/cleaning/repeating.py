"""Which units of a document have the same text."""

from __future__ import annotations

import polars as pl

from corpus.cleaning.standing import Ints, Standing

__all__ = ["first_of_its_like"]


def first_of_its_like(lines: Standing, rows: Ints) -> tuple[Ints, Ints, Ints]:
    """Return those of the rows whose text others of them in their document have too.

    With each come the first row that has its text and how many have it.
    """
    text = lines.units["text"].gather(rows)
    rows = rows[text.is_duplicated().to_numpy()]
    alike = pl.DataFrame(
        {"doc": lines.runs.code[rows], "text": lines.units["text"].gather(rows), "row": rows}
    ).select(first=pl.col("row").first().over("doc", "text"), number=pl.len().over("doc", "text").cast(pl.Int64))
    first, number = alike["first"].to_numpy(), alike["number"].to_numpy()
    several = number > 1
    return rows[several], first[several], number[several]
