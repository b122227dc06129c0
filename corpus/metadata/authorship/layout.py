"""Where the article stands among a document's blocks, and which stamps and bylines are its own."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from corpus.metadata.authorship.signoffs import code_line_pattern
from corpus.model.roles import Role

__all__ = ["NOWHERE", "Layout", "last_text", "layouts"]

_REACH = 3
"""How many blocks before the headline or after the last sentence a line may stand and still be the article's."""
_ABOVE = 2.5
"""How many blocks further a line above the headline counts than one below it: other stories' lists end there."""
_BELOW_TITLE = 5
"""How many blocks below the headline the article's head reaches at least."""
_SENTENCES = 80
"""A line of text with at least so many characters is one of sentences."""
_UNDER_WAY = 3
"""So many of them below the headline are more than what introduces an article: it is under way."""


_LONGEST_SIGNS = 32
"""A longer line (in code points) holds more than short signs."""


class Layout(NamedTuple):
    """The block numbers of the headline and of the first and last sentence, None where there is none.

    A headline behind what opens comments or other stories below all text is one of theirs, and counts as none.
    """

    title: int | None
    first_text: int | None
    last_text: int | None
    others: int | None = None
    """Of the first line below the last sentence that opens comments or other stories."""
    under_way: int | None = None
    """Of the last of the lines below the headline with which the article is under way."""

    def rank(self, block: int) -> float:
        """Return a key that sorts blocks by how close they are to the headline, those below it a little before."""
        if self.title is None:
            return block
        return block - self.title if block > self.title else self.title - block + _ABOVE

    def is_near(self, block: int) -> bool:
        """Tell whether the block stands between headline and last sentence, or within reach of either."""
        known = self._known()
        above = self.title is not None and block < min(known) - _REACH
        return not (above or self.is_far_below(block))

    def is_far_below(self, block: int) -> bool:
        """Tell whether the block stands out of reach below the article, where other stories are teased."""
        return self.last_text is not None and block > max(self._known()) + _REACH

    def is_behind_others(self, block: int) -> bool:
        """Tell whether comments or other stories have begun above the block, below the article and its headline."""
        return self.others is not None and block > max(self.others, *self._known())

    def is_head(self, block: int) -> bool:
        """Tell whether the block stands around the headline, down to the first sentence."""
        if self.title is None:
            return self.first_text is None or block <= self.first_text + _REACH
        lowest = max(self.title + _BELOW_TITLE, -1 if self.first_text is None else self.first_text)
        return self.title - _REACH <= block <= lowest

    def is_below_title(self, block: int) -> bool:
        """Tell whether the block stands between the headline and the last sentence."""
        return self.title is not None and self.last_text is not None and self.title < block < self.last_text

    def is_inside(self, block: int) -> bool:
        """Tell whether the block stands inside the text, out of reach of its first and its last sentence."""
        if self.first_text is None or self.last_text is None or self.is_head(block):
            return False
        return self.first_text + _REACH < block < self.last_text - _REACH

    def is_under_way(self, block: int) -> bool:
        """Tell whether the article has begun in earnest above the block: a stamp of its own would stand before."""
        return self.under_way is not None and block > self.under_way

    def is_masthead(self, block: int) -> bool:
        """Tell whether the block stands far above the headline, where a page shows today's date."""
        return self.title is not None and block < self.title - _REACH and not self._below_text(block)

    def _known(self) -> list[int]:
        return [place for place in (self.title, self.first_text, self.last_text) if place is not None]

    def _below_text(self, block: int) -> bool:
        return self.last_text is not None and block > self.last_text


NOWHERE = Layout(None, None, None)
_OPENS_OTHERS = r"^(?:comments|related)\."
"""The rules that speak of comments and of other stories."""


def last_text() -> pl.Expr:
    """Return the number of a document's last block of text that is more than a writer's short sign."""
    signs = (pl.col("text").str.len_chars() <= _LONGEST_SIGNS) & pl.col("text").str.contains(code_line_pattern())
    return pl.col("block").filter((pl.col("role") == Role.BODY.value) & ~signs).max()


def layouts(blocks: pl.DataFrame) -> dict[str, Layout]:
    """Return the layout of each document that has blocks."""
    role, block = pl.col("role"), pl.col("block")
    text, opens = role == Role.BODY.value, pl.col("rule").str.contains(_OPENS_OTHERS)
    sentences = text & (pl.col("text").str.len_chars() >= _SENTENCES)
    frame = blocks.group_by("doc_id").agg(
        block.filter(role == Role.TITLE.value).min().alias("title"),
        block.filter(text).min().alias("first_text"),
        last_text().alias("last_text"),
        block.filter(opens & (block > last_text())).min().alias("others"),
        block.filter(sentences & (block > block.filter(role == Role.TITLE.value).min()))
        .slice(_UNDER_WAY - 1, 1)
        .first()
        .alias("under_way"),
    )
    theirs = pl.col("title") > pl.col("others")
    frame = frame.with_columns(pl.when(theirs.fill_null(False)).then(None).otherwise("title").alias("title"))
    return {doc_id: Layout(*places) for doc_id, *places in frame.iter_rows()}
