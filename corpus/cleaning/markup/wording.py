"""How a page's line is written: what of the model's features only its own text says."""

from __future__ import annotations

import polars as pl

__all__ = ["WRITTEN", "written"]

_FLAGS = ("stopped", "colon", "lower", "prose")

WRITTEN = [
    "f_words", "f_chars", "f_digits", "f_upper", "f_commas", "f_sentences", "f_quotes", "f_ellipsis", "f_question",
    *(f"f_{name}" for name in _FLAGS),
]  # fmt: skip
"""The names of these features."""


def written() -> list[pl.Expr]:
    """Return :data:`WRITTEN` of lines that have what ``add_features`` says, and ``folded``, their letters alone."""
    text, plain = pl.col("text"), pl.col("plain")
    chars = pl.col("chars").clip(1, 400)
    shown = text.str.slice(0, 400)
    return [
        pl.col("words").clip(0, 150).alias("f_words"),
        pl.col("chars").clip(0, 900).alias("f_chars"),
        (shown.str.count_matches(r"\p{N}") / chars).alias("f_digits"),
        (shown.str.count_matches(r"\p{Lu}") / chars).alias("f_upper"),
        shown.str.count_matches(r"[,،、，]").alias("f_commas"),
        shown.str.count_matches(r"[.!?。！？।]+[\"'”’)]*(?:\s|$)").alias("f_sentences"),
        shown.str.count_matches(r"[\"“”„«»]").clip(0, 4).alias("f_quotes"),
        plain.str.contains(r"(?:…|\.\.\.)\W*$").alias("f_ellipsis"),
        plain.str.contains(r"[?？]\W*$").alias("f_question"),
        *(pl.col(name).alias(f"f_{name}") for name in _FLAGS),
        text.str.slice(0, 200).str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]+", "").alias("folded"),
    ]
