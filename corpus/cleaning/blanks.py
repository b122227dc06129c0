"""What counts as blank: exactly the characters for which Python's ``str.isspace`` holds, everywhere the same."""

from __future__ import annotations

import polars as pl

__all__ = ["BLANKS", "leading", "stripped"]

BLANKS = "".join(
    chr(code)
    for code in (
        *range(0x09, 0x0E),
        *range(0x1C, 0x21),
        0x85,
        0xA0,
        0x1680,
        *range(0x2000, 0x200B),
        0x2028,
        0x2029,
        0x202F,
        0x205F,
        0x3000,
    )
)
"""Every blank character. U+200B and other invisible ones are not blank: they belong to a block."""


def stripped(text: pl.Expr) -> pl.Expr:
    """Return the text without the blanks at its edges."""
    return text.str.strip_chars(BLANKS)


def leading(text: pl.Expr) -> pl.Expr:
    """Return how many code points of blanks stand before the text's first visible character."""
    return text.str.len_chars() - text.str.strip_chars_start(BLANKS).str.len_chars()
