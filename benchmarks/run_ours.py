"""Clean one column of pages in one of our ways: texts to a Parquet file, costs to standard output.

Usage: python run_ours.py WAY COLUMN PAGES.parquet OUT.parquet [--folds DIR]

WAY is "rules", "model" (rules and line model), "html" (pages), "known-rules" or "known-model" (the same with the
counts of the pages' own lines). DIR has weights that have not seen a fold's sites, ``line/N/weights.npz`` and
``markup/N/weights.npz``; each page is then judged by those of its own fold. OUT.lines.parquet tells of each line
whether it stays and why.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl
from folds import FOLDS, fold_of
from memory import peak_mib

from corpus.cleaning.kernel import clean_frame
from corpus.cleaning.knownlines.table import FrozenCounts, KnownLines
from corpus.cleaning.linecounts.counting import counted
from corpus.cleaning.linecounts.growing import Growth
from corpus.cleaning.linemodel import inference
from corpus.cleaning.markup import trees
from corpus.cleaning.markup.claims import claims_of
from corpus.cleaning.markup.columns import markup_column
from corpus.pipeline.cleaning import BATCH_CHARACTERS
from corpus.readers.html import Rendered, render

WARM = 200
"""So many pages are cleaned before the clock runs: what is loaded and compiled when it is first needed is no cost a
page. Nothing is remembered of a page itself."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("way", choices=["rules", "model", "html", "known-rules", "known-model"])
    parser.add_argument("column")
    parser.add_argument("source", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--folds", type=Path)
    options = parser.parse_args()
    pages = pl.read_parquet(options.source, columns=["id", "site", options.column])
    pages = pages.rename({options.column: "text"})
    known = counts(pages) if options.way.startswith("known") else None
    list(cleaned_blocks(pages.head(WARM), options.way, known))
    seconds, parts = 0.0, []
    for part in by_fold(pages, options.folds):
        begin = time.process_time()
        parts += cleaned_blocks(part, options.way, known)
        seconds += time.process_time() - begin
    blocks = pl.concat(parts)
    texts = dict(cleaned(blocks).iter_rows())
    pl.DataFrame({"id": pages["id"], "text": [texts.get(name, "") for name in pages["id"]]}).write_parquet(
        options.out
    )
    told = blocks.sort(pl.col("end") - pl.col("start"), descending=True, maintain_order=True)
    told.unique(["doc_id", "line"], keep="first", maintain_order=True).select(
        pl.col("doc_id").alias("id"), "line", "kept", "reason", "rule"
    ).write_parquet(options.out.with_suffix(".lines.parquet"))
    print(json.dumps({"seconds": seconds, "peak_mib": peak_mib()}))


def cleaned_blocks(pages: pl.DataFrame, way: str, known: KnownLines | None) -> Iterator[pl.DataFrame]:
    """Clean pages in batches of the size that a build's have: so many characters of text, a page's as rendered."""
    site = pl.col("site") if known else pl.lit(None, dtype=pl.String).alias("site")
    raw = pages.select(pl.col("id").alias("doc_id"), "text", site)
    held, begin, rendered = 0, 0, []
    for number, text in enumerate(raw["text"], 1):
        page = render(text) if way == "html" else None
        rendered.append(page)
        held += 2 * len(page.text) if page else len(text)
        if held >= BATCH_CHARACTERS or number == len(raw):
            yield blocks_of(raw[begin:number], rendered, way, known)
            held, begin, rendered = 0, number, []


def by_fold(pages: pl.DataFrame, folds: Path | None) -> Iterator[pl.DataFrame]:
    """Yield the pages of each fold, its weights in place; all at once where there are no folds."""
    if folds is None:
        yield pages
        return
    fold = pl.Series("fold", [fold_of(site) for site in pages["site"]])
    for number in range(FOLDS):
        use_weights(folds, number)
        part = pages.filter(fold == number)
        if len(part):
            yield part


def use_weights(folds: Path, number: int) -> None:
    """Let the models read their weights from a fold's folder, where there are such, instead of the package's."""
    for kind, module, load in (("line", inference, inference.load_model), ("markup", trees, trees.load_trees)):
        folder = folds / kind / str(number)
        if folder.is_dir():
            module.files = lambda _, folder=folder: folder
            load.cache_clear()


def blocks_of(
    raw: pl.DataFrame, rendered: list[Rendered | None], way: str, known: KnownLines | None
) -> pl.DataFrame:
    if way == "html":
        shown = [page for page in rendered if page]
        raw = raw.with_columns(
            pl.Series("text", [page.text for page in shown]),
            markup_column([(page.markup, claims_of(page.head)) for page in shown]),
        )
    return clean_frame(raw, line_model=way.endswith("model"), known_lines=known)


def cleaned(blocks: pl.DataFrame) -> pl.DataFrame:
    """Return id and clean text of each page that keeps any."""
    joined = (pl.col("join") + pl.col("text")).str.join("").str.strip_prefix("\n\n")
    return blocks.filter("kept").group_by("doc_id", maintain_order=True).agg(joined.alias("text"))


def counts(pages: pl.DataFrame) -> KnownLines:
    """Count the lines of the pages themselves, by site, as `corpus known-lines` does."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "known.parquet"
        growth = Growth(Path(folder))
        growth.add(counted(pages.select(pl.col("id").alias("doc_id"), "text", "site")))
        growth.write(path)
        return FrozenCounts.of(path).load()


if __name__ == "__main__":
    main()
