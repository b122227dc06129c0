"""Train the trees that find headlines in texts, cross-validate them by site, and write their weights.

Needs catboost beside the project (an environment of its own: pip install catboost). The weights are a .npz of
whole numbers and borders; corpus/cleaning/titles/trees.py evaluates them without catboost.

Printed are, for each form of the pages, the whole curve (at which probability how many of the headlines that stand
are found, and how many of the texts without one are given a false one, in brackets those that are not the headline
in other words), and what the cleaner makes of it with the line model that comes with it, each page judged by trees
that saw no page of its fold.

A page is given in many forms: as its whole text, without link-heavy blocks, as an extractor left it, as its gold
body, and as the gold body below its title; with ``--leftovers`` (what make_leftovers.py wrote of the same pages)
also as other extractors left it; and once more without the lines that say its title in these or other words: what
stands there looks like a text with a headline, and has none. Right is a line that is the gold title, or what the
page's own head or its only h1 says (as metadata_judging.py counts it); "as shown" also counts it with or without
its kicker, and the headline that one reads over the article where no claim says it.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("POLARS_MAX_THREADS", "1")

import numpy as np
import polars as pl
from catboost_trees import write_weights
from folds import FOLDS, fold_of
from invented_pages import HEADLINE, OWN, left
from invented_pages import pages as invented
from metadata_judging import claimed_titles, folded, in_other_words, is_one_of, is_shown, shown_titles

from corpus.cleaning import contexts
from corpus.cleaning.kernel import clean_frame
from corpus.cleaning.standing import Standing
from corpus.cleaning.titles import choosing as titles
from corpus.cleaning.titles.evidence import FEATURES

WHERE = """
The data is one Parquet file with a row a page: id, source, site (registered domain), url, html, title, body, and
the texts text_full, text_mid and text_left. See benchmarks/cleaning.py --help. Pages of the source "wcxb" (blog
articles, CC-BY-4.0: Murrough-Foley/web-content-extraction-benchmark) are not news and count less.
"""
WEIGHTS = {"wcxb": 1.0, "invented": 1.5}
NEWS = 2.5
"""How much a page of any other source counts."""
NO_HEADLINE = 2.0
"""How much more a text counts in which no headline stands: there are few, and a false one is worse than none."""
KINDS = {
    "full": 1.0, "mid": 1.0, "left": 1.5, "more": 0.5, "body": 1.0, "titled": 0.7,
    "mid without": 0.5, "left without": 0.7, "more without": 0.25,
}  # fmt: skip
"""How much a page counts in each form; "more" are other extractors' leftovers, "without" is without its title."""
LONGEST_TITLE = 300
THRESHOLDS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
Claims = Mapping[str, Sequence[str]]
"""The folded titles that count as right, by page."""
OPTIONS = {
    "depth": 5, "learning_rate": 0.06, "l2_leaf_reg": 6, "border_count": 32, "rsm": 0.5, "random_seed": 1,
}  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=WHERE, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="the Parquet file (see below)")
    parser.add_argument("--out", type=Path, required=True, help="where the weights go (weights.npz)")
    parser.add_argument("--leftovers", type=Path, help="more leftovers of the same pages, by make_leftovers.py")
    parser.add_argument("--trees", type=int, default=300)
    parser.add_argument("--no-folds", action="store_true", help="only train on everything; print no scores")
    options = parser.parse_args(arguments)
    pages = pl.read_parquet(options.data).unique("id", keep="first", maintain_order=True)
    claims = claimed_titles(pages)
    shown = shown_titles(pages, claims)
    written, headlines = invented_texts()
    pages = pl.concat([with_texts(pages, options.leftovers), written])
    claims, shown = {**claims, **headlines}, {**shown, **headlines}
    lines, documents = described(pages, claims)
    if not options.no_folds:
        models = cross_validate(lines, documents, options.trees)
        print_as_used(pages, claims, shown, models)
    write_weights(trained(lines, np.ones(len(lines), dtype=bool), options.trees), FEATURES, options.out)
    return 0


def described(pages: pl.DataFrame, claims: Claims) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return a row a candidate with its evidence and label, and a row a document: whether a headline stands."""
    lines, documents = [], []
    for kind, piece in _pieces(pages, claims):
        found, known = _of_kind(piece, claims)
        lines.append(found.with_columns(pl.lit(kind).alias("kind")))
        documents.append(known.with_columns(pl.lit(kind).alias("kind")))
    return pl.concat(lines), pl.concat(documents)


def with_texts(pages: pl.DataFrame, leftovers: Path | None) -> pl.DataFrame:
    """Return the pages with a list of texts for each form that is not a text of theirs already."""
    title = pl.col("title") + "\n\n" + pl.col("body")
    single = [("full", "text_full"), ("mid", "text_mid"), ("left", "text_left"), ("body", "body")]
    forms = [pl.concat_list(column).alias(kind) for kind, column in single]
    forms.append(pl.concat_list(title).list.drop_nulls().alias("titled"))
    found = pages.select("id", "source", "site", *forms)
    if leftovers is None:
        return found.with_columns(more=pl.lit([], dtype=pl.List(pl.String)))
    left = pl.read_parquet(leftovers).unique(["id", "extractor"], maintain_order=True)
    more = left.group_by("id").agg(pl.col("text").list.join("\n").alias("more"))
    return found.join(more, on="id", how="left").with_columns(pl.col("more").fill_null([]))


def invented_texts() -> tuple[pl.DataFrame, Claims]:
    """Return the invented pages that have a headline as :func:`with_texts` does, and their headlines."""
    rows, headlines = [], {}
    for name, _, lines in invented():
        title = next((text for mark, text in lines if mark == HEADLINE), None)
        if title is None:
            continue
        own = [line for line in lines if line[0] == OWN]
        full, leftovers, body = ("\n".join(text for _, text in some) for some in (lines, left(lines), own))
        forms = ([full], [], [leftovers], [body], [f"{title}\n\n{body}"], [])
        rows.append((f"invented-{name}", "invented", f"invented.{name}", *forms))
        headlines[f"invented-{name}"] = [folded(title)]
    kinds = dict.fromkeys(("full", "mid", "left", "body", "titled", "more"), pl.List(pl.String))
    schema = {"id": pl.String, "source": pl.String, "site": pl.String, **kinds}
    return pl.DataFrame(rows, schema=schema, orient="row"), headlines


def _pieces(pages: pl.DataFrame, claims: Claims) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield the pages in each form, some at a time: doc, id (with a number), page, source, site, text."""
    for kind in KINDS:
        form, bared = kind.removesuffix(" without"), kind.endswith(" without")
        texts = pages.select(pl.col("id").alias("page"), "source", "site", pl.col(form).alias("text")).explode(
            "text"
        )
        texts = texts.drop_nulls("text")
        if bared:
            told = [_without(text, claims[page]) for page, text in texts.select("page", "text").iter_rows()]
            texts = texts.with_columns(pl.Series("text", told, dtype=pl.String)).drop_nulls("text")
        number = pl.int_range(pl.len()).over("page").cast(pl.String)
        named = texts.with_columns((pl.col("page") + "#" + number).alias("id"))
        for piece in named.iter_slices(200):
            yield kind, piece.with_row_index("doc")


def _without(text: str, claims: Sequence[str]) -> str | None:
    """Return a text without the lines that say its title in these or other words; None where none is its title."""
    lines = text.split("\n")
    if not any(len(line) < 1_000 and is_one_of(line, claims) for line in lines):
        return None
    said = [len(x) < LONGEST_TITLE and (is_one_of(x, claims) or in_other_words(x, claims)) for x in lines]
    return "\n".join(line for line, gone in zip(lines, said, strict=True) if not gone)


def _of_kind(pages: pl.DataFrame, claims: Claims) -> tuple[pl.DataFrame, pl.DataFrame]:
    found = titles.title_candidates(_seen(pages)).select(
        "doc", "text", pl.col("page").alias("on_page"), *(f"t_{name}" for name in FEATURES)
    )
    named = found.join(pages.drop("text"), on="doc", how="left", maintain_order="left")
    texts = named.select("page", "text").rows()
    labels = [is_one_of(text, claims[name]) for name, text in texts]
    akin = [in_other_words(text, claims[name]) for name, text in texts]
    stands = [
        any(len(line) < 1_000 and is_one_of(line, claims[name]) for line in text.split("\n"))
        for name, text in pages.select("page", "text").iter_rows()
    ]
    known = pages.select("id", "source", "site").with_columns(pl.Series("stands", stands))
    judged = named.with_columns(pl.Series("right", labels), pl.Series("akin", akin))
    return judged.join(known.select("id", "stands"), on="id", how="left", maintain_order="left"), known


def _seen(pages: pl.DataFrame) -> Standing:
    """Return the lines as the kernel asks for their headlines, in its first round."""
    asked: list[Standing] = []
    plain = contexts.headlines

    def listening(lines: Standing) -> np.ndarray:
        asked.append(lines)
        return plain(lines)

    contexts.headlines = listening
    try:
        clean_frame(
            pages.select(pl.col("id").alias("doc_id"), "text", pl.lit(None, dtype=pl.String).alias("site")),
            line_model=False,
        )
    finally:
        contexts.headlines = plain
    return asked[0]


def trained(lines: pl.DataFrame, use: np.ndarray, trees: int) -> object:
    from catboost import CatBoostClassifier

    weight = lines.select(
        pl.col("source").replace_strict(WEIGHTS, default=NEWS, return_dtype=pl.Float64)
        * pl.col("kind").replace_strict(KINDS)
        * pl.when("stands").then(1.0).otherwise(NO_HEADLINE)
    ).to_series()
    model = CatBoostClassifier(iterations=trees, verbose=0, allow_writing_files=False, thread_count=1, **OPTIONS)
    return model.fit(matrix(lines)[use], lines["right"].to_numpy()[use], sample_weight=weight.to_numpy()[use])


def matrix(lines: pl.DataFrame) -> np.ndarray:
    return lines.select(f"t_{name}" for name in FEATURES).to_numpy().astype(np.float32)


def cross_validate(lines: pl.DataFrame, documents: pl.DataFrame, trees: int) -> list[Any]:
    """Print for each form how often the best line is right where one stands, and false where none does.

    Returns the model of each fold, which saw none of its pages.
    """
    fold = np.array([fold_of(site) for site in lines["site"]])
    probability, models = np.zeros(len(lines)), []
    for number in range(FOLDS):
        model = trained(lines, fold != number, trees)
        models.append(model)
        probability[fold == number] = model.predict_proba(matrix(lines)[fold == number])[:, 1]
        print(f"fold {number}: {(fold == number).sum()} lines", flush=True)
    best = (
        lines.with_columns(pl.Series("p", probability))
        .sort("p", descending=True)
        .unique(["id", "kind"], keep="first")
    )
    told = documents.join(best.select("id", "kind", "p", "right", "akin", "on_page"), on=["id", "kind"], how="left")
    told = told.with_columns(pl.col("p").fill_null(0.0), pl.col("right", "akin", "on_page").fill_null(False))
    for source in sorted(told["source"].unique()):
        for kind in KINDS:
            for page in (True, False):
                own = told.filter(pl.col("source") == source, pl.col("kind") == kind, pl.col("on_page") == page)
                if len(own):
                    print(f"{source:12} {kind:12} {'page' if page else 'bare'} {_curve(own)}")
    return models


def _curve(told: pl.DataFrame, thresholds: Sequence[float] = THRESHOLDS) -> str:
    stands, not_there = told.filter("stands"), told.filter(~pl.col("stands"))
    shown = [f"{len(stands):4} stand {len(not_there):4} not "]
    for least in thresholds:
        sure = pl.col("p") >= least
        right = stands.select((pl.col("right") & sure).mean()).item() or 0
        false = not_there.select((~pl.col("right") & sure).mean()).item() or 0
        none = not_there.select((~pl.col("right") & ~pl.col("akin") & sure).mean()).item() or 0
        shown.append(f"{least}: {right:.3f} {false:.3f} ({none:.3f})")
    return "  ".join(shown)


def print_as_used(pages: pl.DataFrame, claims: Claims, shown: Claims, models: Sequence[Any]) -> None:
    """Print the same of the titles that the cleaner chooses, rules and thresholds and all, by claims, as shown."""
    rows = []
    for number, model in enumerate(models):
        own = pages.filter(pl.Series([fold_of(site) == number for site in pages["site"]]))
        for kind, piece in _pieces(own, claims):
            given = dict(_given(piece, model).select("id", "text").iter_rows())
            rows += [
                (source, kind, *_judged(given.get(name), text, claims[page], shown[page]))
                for name, page, source, text in piece.select("id", "page", "source", "text").iter_rows()
            ]
    parts = ("claims_stand", "claims_right", "shown_stand", "shown_right", "akin")
    schema = {"source": pl.String, "kind": pl.String, "p": pl.Float64, **dict.fromkeys(parts, pl.Boolean)}
    told = pl.DataFrame(rows, schema=schema, orient="row")
    for source in sorted(told["source"].unique()):
        for kind in KINDS:
            own = told.filter(source=source, kind=kind)
            for way, by in (("as used", "claims"), ("as shown", "shown")):
                judged = own.with_columns(stands=pl.col(f"{by}_stand"), right=pl.col(f"{by}_right"))
                print(f"{way:8}: {source:12} {kind:12} {_curve(judged, (1.0,))}")


def _judged(given: str | None, text: str, claims: Sequence[str], shown: Sequence[str]) -> tuple[float | bool, ...]:
    """Return 1 where a title is given, whether one stands and is right by claims and as shown, and other words."""
    lines = [line for line in text.split("\n") if len(line) < 1_000]
    by_claims = any(is_one_of(line, claims) for line in lines), is_one_of(given, claims)
    as_shown = by_claims[0] or any(is_shown(line, shown) for line in lines), is_shown(given, shown)
    return float(given is not None), *by_claims, *as_shown, in_other_words(given, claims)


def _given(pages: pl.DataFrame, model: Any) -> pl.DataFrame:
    """Return the titles of the cleaned pages, the line model asked too."""
    kept = titles.probabilities
    titles.probabilities = lambda evidence: model.predict_proba(evidence)[:, 1] if len(evidence) else np.zeros(0)
    try:
        raw = pages.select(pl.col("id").alias("doc_id"), "text", pl.lit(None, dtype=pl.String).alias("site"))
        blocks = clean_frame(raw, line_model=True)
    finally:
        titles.probabilities = kept
    found = blocks.filter(pl.col("role") == "title").select(pl.col("doc_id").alias("id"), "text")
    return found.join(pages.drop("text"), on="id")


if __name__ == "__main__":
    sys.exit(main())
