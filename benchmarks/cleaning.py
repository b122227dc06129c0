"""Measure the cleaner on pages with gold bodies: quality per variant, words kept on clean articles, speed."""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

os.environ.setdefault("POLARS_MAX_THREADS", "1")

import polars as pl

from corpus.cleaning.kernel import clean_frame

WHERE = """
The data is one Parquet file with a row a page: id, source, lang, body (the gold text), and the page as text in up
to three variants, one block a line: text_full (all that is visible), text_mid (without link-heavy blocks) and
text_left (what an extractor leaves). Such pages can be made from public collections with gold bodies:
  scrapinghub/article-extraction-benchmark   181 pages, body by hand (MIT)
  flairNLP/fundus, its parsers' test fixtures  news pages, body from per-publisher selectors (MIT)
  Murrough-Foley/web-content-extraction-benchmark (WCXB)  articles and blogs, reviewed bodies (CC-BY-4.0)
The pages' own text stays their publishers' and is not part of this project.
"""
VARIANTS = ("full", "mid", "left")
WORD = re.compile(r"\w+")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=WHERE, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="the Parquet file (see below)")
    parser.add_argument("--not-source", default="wcxb", help="leave out pages of this source (default: wcxb)")
    options = parser.parse_args(arguments)
    pages = pl.read_parquet(options.data).filter(pl.col("source") != options.not_source)
    pages = pages.unique("id", keep="first", maintain_order=True)
    print(f"{len(pages)} pages; precision / recall / F1 of 4-token shingles, averaged over pages")
    for variant in VARIANTS:
        if f"text_{variant}" in pages.columns:
            print(_row(pages, variant))
    print(_gold_row(pages))
    return 0


def _row(pages: pl.DataFrame, variant: str) -> str:
    texts = pages[f"text_{variant}"]
    begin = time.process_time()
    cleaned = _cleaned(pages, f"text_{variant}")
    speed = texts.str.len_bytes().sum() / 1e6 / (time.process_time() - begin)
    kept, ours = _quality(texts, pages["body"]), _quality(cleaned, pages["body"])
    return f"{variant:5} everything {_shown(kept)}   ours {_shown(ours)}   {speed:5.1f} MB per second of CPU"


def _gold_row(pages: pl.DataFrame) -> str:
    pairs = zip(_cleaned(pages, "body"), pages["body"], strict=True)
    shares = [len(WORD.findall(after)) / max(1, len(WORD.findall(before))) for after, before in pairs]
    return f"gold  words kept of clean articles: mean {sum(shares) / len(shares):.4f}, least {min(shares):.3f}"


def _cleaned(pages: pl.DataFrame, column: str) -> list[str]:
    raw = pages.select(pl.col("id").alias("doc_id"), pl.col(column).alias("text"), pl.lit(None).alias("site"))
    kept = clean_frame(raw).filter("kept")
    joined = kept.group_by("doc_id").agg((pl.col("join") + pl.col("text")).str.join("").str.strip_prefix("\n\n"))
    texts = dict(joined.iter_rows())
    return [texts.get(name, "") for name in pages["id"]]


def _quality(texts: Iterable[str], gold: Iterable[str]) -> tuple[float, float, float]:
    """Return precision, recall and F1 as the scrapinghub benchmark counts them."""
    shares = []
    for text, body in zip(texts, gold, strict=True):
        mine, theirs = _shingles(text), _shingles(body)
        common = (mine & theirs).total()
        shares.append((common / max(1, mine.total()), common / max(1, theirs.total())))
    precision, recall = (sum(share[side] for share in shares) / len(shares) for side in (0, 1))
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = WORD.findall(text)
    return Counter(zip(words, words[1:], words[2:], words[3:], strict=False) if len(words) > 3 else [tuple(words)])


def _shown(figures: tuple[float, float, float]) -> str:
    return " / ".join(f"{figure:.3f}" for figure in figures)


if __name__ == "__main__":
    sys.exit(main())
