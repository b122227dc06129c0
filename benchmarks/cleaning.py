"""Measure the cleaner and its peers on the same pages in one run: quality, speed, memory, languages, families."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl
from cleaning_families import family_table
from folds import FOLDS
from measure import Score, interval, scores, words
from runs import PEERS, Run, make_peers, run_ours, run_peer

WHERE = """
The data is one Parquet file with a row a page: id, source, site, lang, body (the gold text), html, and the page
as text in up to three variants, one block a line: text_full (all that is visible), text_mid (without link-heavy
blocks) and text_left (what an extractor leaves), each with labels_full and so on (one 0/1 a line: 1 is the body).
Such pages can be made from public collections with gold bodies:
  scrapinghub/article-extraction-benchmark   181 pages, body by hand (MIT)
  flairNLP/fundus, its parsers' test fixtures  news pages, body from per-publisher selectors (MIT)
  Murrough-Foley/web-content-extraction-benchmark (WCXB)  articles and blogs, reviewed bodies (CC-BY-4.0)
The pages' own text stays their publishers' and is not part of this project.

--folds names weights that have not seen a fold's sites, DIR/line/N/weights.npz and DIR/markup/N/weights.npz, as
train_line_model.py and train_markup_model.py write them with --folds DIR/line and --folds DIR/markup; each page is
then judged by those of its own fold. Without it the learned rows are scores on pages that were trained on.
"""
TEXTS = ("text_full", "text_mid", "text_left")
WAYS = {"rules": "ours, rules alone", "model": "ours, with the line model"}
KEEP = "keep everything"
MANY = 5
"""A language with fewer pages has no row of its own."""


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    everything = pl.read_parquet(options.data).unique("id", keep="first", maintain_order=True).sort("id")
    pages = everything.filter(pl.col("source") != options.not_source)
    if options.sample:
        pages = everything = pages.sample(min(options.sample, len(pages)), seed=1).sort("id")
    python = make_peers(options.peers_env) if options.peers_env else None
    print(f"{len(pages)} pages of {pages['site'].n_unique()} sites; costs of all {len(everything)} pages")
    for kind in ("line", "markup"):
        print(f"the {kind} model is {_validated(options.folds, kind)}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for column in (*TEXTS, "html", "body"):
            if column in pages.columns:
                runs = _runs(column, pages, everything, folder, options.folds, python)
                _show(column, pages, runs)
        _known_lines(pages, folder, options.folds)
    return 0


def _validated(folds: Path | None, kind: str) -> str:
    if folds is not None and all((folds / kind / str(number) / "weights.npz").is_file() for number in range(FOLDS)):
        return f"cross-validated by site in {FOLDS} folds"
    return "NOT cross-validated: it was trained on pages of this set, if they are those of its card"


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=WHERE, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="the Parquet file (see below)")
    parser.add_argument("--not-source", default="wcxb", help="judge no pages of this source (default: wcxb)")
    parser.add_argument("--folds", type=Path, help="folder of weights by fold (see below)")
    parser.add_argument("--peers-env", type=Path, help="environment of the peers; made where it is not there yet")
    parser.add_argument("--sample", type=int, help="measure on so many pages only")
    return parser.parse_args(arguments)


def _runs(
    column: str,
    pages: pl.DataFrame,
    everything: pl.DataFrame,
    folder: Path,
    folds: Path | None,
    python: Path | None,
) -> dict[str, Run]:
    """Run everything that takes the column; costs are measured on all pages, for a build's batch is that large."""
    path, timed = folder / "pages.parquet", folder / "timed.parquet"
    for chosen, to in ((pages, path), (everything.drop_nulls(column), timed)):
        chosen.select("id", "site", "lang", column).write_parquet(to)
    ours = {"html": "ours"} if column == "html" else WAYS
    runs = {name: run_ours(way, column, path, folder, folds, timed) for way, name in ours.items()}
    peers = () if python is None else PEERS["html" if column == "html" else "text"]
    return runs | {
        peer: run_peer(python, peer, column, path, folder, timed) for peer in peers if python is not None
    }


def _show(column: str, pages: pl.DataFrame, runs: Mapping[str, Run]) -> None:
    if column == "body":
        _show_kept(pages, runs)
        return
    gold, sites = pages["body"].to_list(), pages["site"].to_list()
    found = {name: scores(run.texts, gold, sites) for name, run in runs.items()}
    if column != "html":
        found = {KEEP: scores(pages[column].to_list(), gold, sites)} | found
    print(f"\n## {column.removeprefix('text_')}: four-word shingles, averaged over pages; 95 % interval by site\n")
    _table(
        ["", "precision", "recall", "F1", "interval", "MB/s", "of ours", "peak MiB", "of ours", "gave up"],
        [[name, *_figures(score), *_costs(name, runs)] for name, score in found.items()],
    )
    _show_languages(pages, found, column)
    if f"labels_{column.removeprefix('text_')}" in pages.columns:
        _show_families(column, pages, runs)


def _figures(score: Score) -> list[str]:
    low, high = interval(score)
    return [f"{score.precision:.3f}", f"{score.recall:.3f}", f"{score.f1:.4f}", f"{low:.3f}-{high:.3f}"]


def _costs(name: str, runs: Mapping[str, Run]) -> list[str]:
    """Return speed and memory, also as ratios to those of our first row."""
    if name not in runs:
        return [""] * 5
    run, ours = runs[name], next(iter(runs.values()))
    return [
        f"{run.speed:.2f}",
        f"{run.speed / ours.speed:.2f}",
        f"{run.peak_mib:.0f}",
        f"{run.peak_mib / ours.peak_mib:.2f}",
        str(run.failed),
    ]


def _show_kept(pages: pl.DataFrame, runs: Mapping[str, Run]) -> None:
    print("\n## clean articles given as input: share of the words that stay\n")
    before = [max(1, len(words(body))) for body in pages["body"]]
    rows = []
    for name, run in runs.items():
        after = [len(words(text)) for text in run.texts]
        shares = np.array(after) / np.array(before)
        rows.append([name, f"{sum(after) / sum(before):.4f}", f"{shares.mean():.4f}", f"{shares.min():.3f}"])
    _table(["", "of all words", "mean of the pages", "least"], rows)


def _show_languages(pages: pl.DataFrame, found: Mapping[str, Score], column: str) -> None:
    """Print F1 by language: the gain over keeping everything, where that is a text's alternative."""
    langs = np.array(pages["lang"].fill_null("?").to_list())
    names = sorted(set(langs), key=lambda lang: (-int((langs == lang).sum()), lang))
    rows = [lang for lang in names if (langs == lang).sum() >= MANY]
    masks = {lang: langs == lang for lang in rows} | {"other": ~np.isin(langs, rows)}
    ours = [name for name in found if name.startswith("ours")]
    less = [name for name in ours if KEEP in found]
    told = []
    for lang, mask in masks.items():
        if mask.any():
            part = {name: score.chosen(mask) for name, score in found.items()}
            gains = [f"{part[name].f1 - part[KEEP].f1:+.3f}" for name in less]
            told.append([lang, str(int(mask.sum())), *(f"{part[name].f1:.3f}" for name in found), *gains])
    print(
        f"\n### {column.removeprefix('text_')} by language: F1"
        + (" and gain over keeping everything" if less else "")
    )
    print()
    _table(["", "pages", *found, *(f"gain: {name}" for name in less)], told)


def _show_families(column: str, pages: pl.DataFrame, runs: Mapping[str, Run]) -> None:
    """Print what survives and what is lost, family by family, before (all, rules) and after (model)."""
    labels = f"labels_{column.removeprefix('text_')}"
    lines = (
        pages.select("id", pl.col(column).str.split("\n").alias("text"), pl.col(labels).alias("label"))
        .with_row_index("doc")
        .explode("text", "label")
        .with_columns(pl.int_range(pl.len(), dtype=pl.Int32).over("doc").alias("line"))
        .with_columns(pl.col("text").str.count_matches(r"\w+").alias("words"))
    )
    ours = {name: run.lines for name, run in runs.items() if run.lines is not None}
    first = next(iter(ours.values()))
    told = lines.join(first.select("id", "line", "reason"), on=["id", "line"], how="left", maintain_order="left")
    verdicts = {"everything": np.ones(len(lines), dtype=bool)}
    for name, blocks in ours.items():
        joined = lines.join(
            blocks.select("id", "line", "kept"), on=["id", "line"], how="left", maintain_order="left"
        )
        verdicts[name] = joined["kept"].fill_null(False).to_numpy()
    name = column.removeprefix("text_")
    print(f"\n### {name} by family: percent of a page's words that survive wrongly or are lost\n")
    table = family_table(told, verdicts)
    _table(table.columns, [[str(value) for value in row] for row in table.iter_rows()])


def _known_lines(pages: pl.DataFrame, folder: Path, folds: Path | None) -> None:
    """Print what the counts of the pages' own lines bring, on the sites with two (three) pages and more."""
    rows = []
    for least in (2, 3):
        some = pages.filter(pl.len().over("site") >= least)
        named = [f"{least} and more", str(len(some)), str(some["site"].n_unique())]
        for column in TEXTS if len(some) else ():
            some.select("id", "site", "lang", column).write_parquet(folder / "pages.parquet")
            rows += [
                [*named, column.removeprefix("text_"), *_gain(some, way, column, folder, folds)] for way in WAYS
            ]
    print("\n## known lines: the pages' own counts, without gold, on the sites with several pages\n")
    _table(
        ["pages a site", "pages", "sites", "text", "", "F1 without", "F1 with", "gain", "interval by site"], rows
    )


def _gain(pages: pl.DataFrame, way: str, column: str, folder: Path, folds: Path | None) -> list[str]:
    gold, sites, path = pages["body"].to_list(), pages["site"].to_list(), folder / "pages.parquet"
    runs = [run_ours(name, column, path, folder, folds) for name in (way, f"known-{way}")]
    before, after = (scores(run.texts, gold, sites) for run in runs)
    low, high = interval(after, before)
    figures = [f"{before.f1:.4f}", f"{after.f1:.4f}", f"{after.f1 - before.f1:+.4f}", f"{low:+.4f} {high:+.4f}"]
    return [WAYS[way], *figures]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    widths = [max(len(row[at]) for row in (head, *rows)) for at in range(len(head))]
    for row in (head, *rows):
        cells = [
            cell.ljust(width) if not at else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
