"""How well the cleaner does on the invented pages that no model was trained on; no data from elsewhere is needed.

    PYTHONPATH=. python benchmarks/invented_scores.py

Printed are, for each page whole and as an extractor may leave it, by rules alone and with the line model: F1 of
four-word shingles with its interval by page (precision, recall; F1 of keeping everything), and how much of the
article's characters is lost and of the others survives; then the same by language. The pages are harder than most
real ones: they are short, and two thirds of them go on after other stories, a newsletter's box or a poll.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

os.environ.setdefault("POLARS_MAX_THREADS", "1")

import polars as pl
from invented_pages import LEARN, OWN, TEST, left, pages
from measure import interval, scores

from corpus.cleaning.kernel import clean_frame

FORMS = {"whole": list, "left": left}
LEAST = 4
"""Languages with fewer pages are shown together."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--learn", action="store_true", help="score the pages that the model was trained on instead"
    )
    options = parser.parse_args(arguments)
    lines = marked_lines(learn=options.learn)
    for form in FORMS:
        own = lines.filter(form=form)
        for model in (False, True):
            judged = own.with_columns(kept_share(own, model))
            print(f"{form:6} {'with the line model' if model else 'rules alone':20} {told(judged)}")
            if model:
                for (group,), some in judged.group_by("group", maintain_order=True):
                    print(f"{'':6} {group!s:20} {told(some)}")
    return 0


def marked_lines(learn: bool) -> pl.DataFrame:
    """Return a row a line of each page in each form: id, form, group (language), line, text and own."""
    read = list(pages(LEARN if learn else TEST))
    languages = [language for _, language, _ in read]
    rows = [
        (f"{name}/{form}", form, language if languages.count(language) >= LEAST else "others", text, mark == OWN)
        for form, of in FORMS.items()
        for name, language, lines in read
        for mark, text in of(lines)
    ]
    table = pl.DataFrame(rows, schema=["id", "form", "group", "text", "own"], orient="row")
    return table.with_columns(line=pl.int_range(pl.len(), dtype=pl.Int32).over("id"))


def kept_share(lines: pl.DataFrame, model: bool) -> pl.Series:
    """Return what share of each line's characters is kept as text."""
    raw = lines.group_by("id", maintain_order=True).agg(pl.col("text").str.join("\n"))
    blocks = clean_frame(
        raw.select(pl.col("id").alias("doc_id"), "text", site=pl.lit(None, pl.String)), line_model=model
    )
    size = blocks.filter("kept").group_by("doc_id", "line").agg(pl.col("text").str.len_chars().sum().alias("kept"))
    joined = lines.join(
        size, left_on=["id", "line"], right_on=["doc_id", "line"], how="left", maintain_order="left"
    )
    return (joined["kept"].fill_null(0) / joined["text"].str.len_chars()).clip(0, 1).alias("kept")


def told(lines: pl.DataFrame) -> str:
    """Score the pages; what is kept of a line counts as its whole where it is more than half of it."""
    text = lines.group_by("id", maintain_order=True).agg(
        pl.col("text").filter(pl.col("kept") > 0.5).str.join("\n").alias("kept"),
        pl.col("text").filter("own").str.join("\n").alias("gold"),
        pl.col("text").str.join("\n").alias("all"),
    )
    mine, everything = (
        scores(text[name].to_list(), text["gold"].to_list(), text["id"].to_list()) for name in ("kept", "all")
    )
    low, high = interval(mine)
    size = pl.col("text").str.len_chars()
    lost = lines.filter("own").select((size * (1 - pl.col("kept"))).sum() / size.sum()).item()
    stays = lines.filter(~pl.col("own")).select((size * pl.col("kept")).sum() / size.sum()).item()
    return (
        f"{len(text):4} pages  F1 {mine.f1:.3f} [{low:.3f}, {high:.3f}] (P {mine.precision:.3f}, "
        f"R {mine.recall:.3f}; everything {everything.f1:.3f})  lost {lost:.1%}, survives {stays:.1%}"
    )


if __name__ == "__main__":
    sys.exit(main())
