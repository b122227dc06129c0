"""Read the pages in invented/: stories that never happened, amid what sites put around them, each line marked.

Pages with gold are few, and mostly long ones of large houses. These were written to show a model what it saw too
little of: short articles that go on after "Read also", a newsletter's box or a poll, and prose that is not the
article. A page begins with ``## NAME LANGUAGE``; a line has its mark and a blank before it: K the article's own
text, t its headline, b byline, w time, c caption or credit, d what an extractor may leave too, D what only a whole
page has.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
from folds import fold_of

LEARN, TEST = (Path(__file__).parent / "invented" / part for part in ("learn", "test"))
"""Pages to train on, and pages that no model may see: invented_scores.py measures on them."""
FIRST = 20_000_000
"""The number of the first page's first document."""
OWN, HEADLINE, ONLY_WHOLE = "K", "t", "D"
MARKS = frozenset("KtbwcdD")

Line = tuple[str, str]
"""A mark and a text."""


def pages(folder: Path = LEARN) -> Iterator[tuple[str, str, list[Line]]]:
    """Yield each page's name, language and lines, in the order of the files' names.

    Raises:
        ValueError: a line has none of the marks, or stands before the first page.
    """
    for path in sorted(folder.glob("*.txt")):
        name, language, lines = "", "", list[Line]()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if line.startswith("## "):
                if name:
                    yield name, language, lines
                _, name, language = line.split(" ")
                lines = []
            elif name and line[:1] in MARKS and line[1:2] == " ":
                lines.append((line[0], line[2:]))
            else:
                raise ValueError(f"{path.name}, line {number}: expected a mark of {sorted(MARKS)}, got {line!r}.")
        if name:
            yield name, language, lines


def left(lines: list[Line]) -> list[Line]:
    """Return what an extractor may leave of a page's lines."""
    return [line for line in lines if line[0] != ONLY_WHOLE]


def invented_lines(folder: Path = LEARN) -> pl.DataFrame:
    """Return the lines to train on: page, fold, news, text, label and doc; each page whole and as leftovers."""
    rows = []
    for number, (name, _, lines) in enumerate(pages(folder)):
        fold = fold_of(f"invented.{name}")
        for form, marked in enumerate((lines, left(lines))):
            doc = FIRST + 2 * number + form
            rows += [(FIRST + number, fold, True, text, int(mark == OWN), doc) for mark, text in marked]
    schema = {"page": pl.UInt32, "fold": pl.Int64, "news": pl.Boolean, "text": pl.String, "label": pl.Int8}
    return pl.DataFrame(rows, schema=schema | {"doc": pl.Int64}, orient="row")
