"""Train the markup model on pages with gold bodies, cross-validate it by site, and write its weights.

Needs catboost beside the project (an environment of its own: pip install catboost). The weights are a .npz of
whole numbers and borders; corpus/cleaning/markup/trees.py evaluates them without catboost.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("POLARS_MAX_THREADS", "1")


import numpy as np
import polars as pl
from catboost_trees import write_weights
from folds import FOLDS, fold_of

from corpus.cleaning.lines import lines_frame
from corpus.cleaning.markup.claims import claims_of
from corpus.cleaning.markup.columns import markup_column
from corpus.cleaning.markup.features import feature_frame, matrix, names
from corpus.cleaning.markup.looking import looked_at
from corpus.readers.html import render

WHERE = """
The data is one Parquet file with a row a page: id, source, site (registered domain), html, body (the gold text).
Such pages can be made from public collections; see benchmarks/cleaning.py --help. Pages of the source "wcxb" (blog
articles, CC-BY-4.0: Murrough-Foley/web-content-extraction-benchmark) are not news: they are trained on with less
weight and never tested on.
"""
WORD = re.compile(r"\w+")
NOT_NEWS = 0.35
OPTIONS = {"depth": 6, "learning_rate": 0.12, "l2_leaf_reg": 6, "border_count": 32, "rsm": 0.3, "random_seed": 1}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=WHERE, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="the Parquet file (see below)")
    parser.add_argument("--out", type=Path, required=True, help="where the weights go (weights.npz)")
    parser.add_argument("--trees", type=int, default=170)
    parser.add_argument("--folds", type=Path, help="write each fold's weights here too: DIR/N/weights.npz")
    parser.add_argument("--no-folds", action="store_true", help="only train on everything; print no scores")
    options = parser.parse_args(arguments)
    pages = pl.read_parquet(options.data).unique("id", keep="first", maintain_order=True)
    lines, features = described(pages)
    if not options.no_folds:
        cross_validate(pages, lines, features, options.trees, options.folds)
    model = trained(lines, features, np.ones(len(lines), dtype=bool), options.trees)
    write_weights(model, names(), options.out)
    return 0


def described(pages: pl.DataFrame) -> tuple[pl.DataFrame, np.ndarray]:
    """Return a row a line (id, source, site, text, words, label) and the lines' features."""
    lines, features = [], []
    for part in pages.iter_slices(100):
        rendered = [render(html) for html in part["html"]]
        raw = pl.DataFrame({"doc_id": part["id"], "text": [page.text for page in rendered]}).with_columns(
            markup_column([(page.markup, claims_of(page.head)) for page in rendered])
        )
        units = lines_frame(raw["text"]).with_row_index("unit").select("doc", "unit", "line", "text")
        seen = looked_at(units, raw)
        features.append(matrix(feature_frame(seen)))
        texts = seen.select("doc", "text").group_by("doc", maintain_order=True).agg("text")
        labels = [label for doc, text in texts.iter_rows() for label in labelled(text, part["body"][doc])]
        named = part.select("id", "source", "site").with_row_index("doc")
        lines.append(
            seen.select("doc", "text", "words").join(named, on="doc", maintain_order="left")
            .with_columns(pl.Series("label", labels), pl.Series("link", features[-1][:, names().index("f_link")]))
        )  # fmt: skip
    return pl.concat(lines), np.concatenate(features)


def labelled(lines: Sequence[str], body: str) -> list[bool]:
    """Tell of each line whether it is the gold body's: by four-word shingles, short ones as whole lines of it."""
    gold = WORD.findall(body)
    shingles = set(zip(gold, gold[1:], gold[2:], gold[3:], strict=False))
    own = Counter(tuple(WORD.findall(line)) for line in body.split("\n"))
    words = [WORD.findall(line) for line in lines]
    long = [len(w) >= 4 for w in words]
    found = [is_long and _shared(w, shingles) > 0.6 for w, is_long in zip(words, long, strict=True)]
    for at, w in enumerate(words):
        if w and not long[at]:
            near = range(max(0, at - 3), min(len(lines), at + 4))
            found[at] = tuple(w) in own and any(long[other] and found[other] for other in near)
    return _once(lines, words, found, own)


def _shared(words: list[str], shingles: set[tuple[str, ...]]) -> float:
    mine = list(zip(words, words[1:], words[2:], words[3:], strict=False))
    return sum(shingle in shingles for shingle in mine) / len(mine)


def _once(
    lines: Sequence[str], words: list[list[str]], found: list[bool], own: Counter[tuple[str, ...]]
) -> list[bool]:
    """Of equal lines leave as many as the body has, those with the most of the body around them."""
    equal: dict[str, list[int]] = {}
    for at, line in enumerate(lines):
        if found[at]:
            equal.setdefault(line, []).append(at)
    result = list(found)
    for places in equal.values():
        most = max(1, own[tuple(words[places[0]])])
        ranked = sorted(places, key=lambda at: (-sum(found[max(0, at - 6) : at + 7]), -at))
        for at in ranked[most:]:
            result[at] = False
    return result


def weights_of(lines: pl.DataFrame) -> np.ndarray:
    """Weigh a line by its words' share of its page's body, as the measure does."""
    words = pl.col("words").clip(0, 150).cast(pl.Float64)
    of_page = pl.when(pl.col("label")).then(words).otherwise(0.0).sum().over("id").clip(50)
    source = pl.when(pl.col("source") == "wcxb").then(NOT_NEWS).otherwise(1.0)
    return lines.select(((words + 3) / of_page * source * 1000).clip(0, 60).alias("w"))["w"].to_numpy()


def trained(lines: pl.DataFrame, features: np.ndarray, use: np.ndarray, trees: int) -> object:
    """Train on the chosen lines; of other than news a third of the pages, of plain links a third of the lines."""
    from catboost import CatBoostClassifier

    third = np.array([fold_of("x" + name, 3) == 0 for name in lines["id"]])
    news = (lines["source"] != "wcxb").to_numpy()
    label, weight = lines["label"].to_numpy(), weights_of(lines)
    easy = ~label & (lines["link"].to_numpy() > 0.95) & (lines["words"].to_numpy() < 12)
    thinned = ~easy | (np.random.default_rng(0).random(len(lines)) < 0.35)
    weight = np.where(easy, weight / 0.35, weight)
    chosen = use & (news | third) & thinned
    model = CatBoostClassifier(iterations=trees, verbose=0, allow_writing_files=False, thread_count=2, **OPTIONS)
    return model.fit(features[chosen], label[chosen], sample_weight=weight[chosen])


def cross_validate(
    pages: pl.DataFrame, lines: pl.DataFrame, features: np.ndarray, trees: int, folder: Path | None
) -> None:
    fold = np.array([fold_of(site) for site in lines["site"]])
    news = (lines["source"] != "wcxb").to_numpy()
    probability = np.zeros(len(lines))
    for number in range(FOLDS):
        tested = (fold == number) & news
        model = trained(lines, features, fold != number, trees)
        if folder is not None:
            (folder / str(number)).mkdir(parents=True, exist_ok=True)
            write_weights(model, names(), folder / str(number) / "weights.npz")
        probability[tested] = model.predict_proba(features[tested])[:, 1]
        print(f"fold {number}: {tested.sum()} lines", flush=True)
    told = lines.with_columns(pl.Series("p", probability)).filter(news)
    for keep in (0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55):
        print(f"keep from {keep:.2f}: " + shown(scores(pages, told.filter(pl.col("p") >= keep))))


def scores(pages: pl.DataFrame, kept: pl.DataFrame) -> list[tuple[str, float, float]]:
    """Return site, precision and recall of each news page by four-word shingles."""
    texts = dict(kept.group_by("id", maintain_order=True).agg(pl.col("text").str.join("\n")).iter_rows())
    found = []
    for name, site, body in pages.filter(pl.col("source") != "wcxb").select("id", "site", "body").iter_rows():
        mine, gold = _counted(texts.get(name, "")), _counted(body)
        common = (mine & gold).total()
        found.append((site, common / max(1, mine.total()), common / max(1, gold.total())))
    return found


def _counted(text: str) -> Counter[tuple[str, ...]]:
    words = WORD.findall(text)
    return Counter(zip(words, words[1:], words[2:], words[3:], strict=False) if len(words) > 3 else [tuple(words)])


def shown(found: list[tuple[str, float, float]]) -> str:
    """Return precision, recall and F1 with the interval of 1,000 samples of sites."""
    values = np.array([row[1:] for row in found])
    sites = sorted({row[0] for row in found})
    of_site = {site: [at for at, row in enumerate(found) if row[0] == site] for site in sites}
    random = np.random.default_rng(1)
    drawn = (random.integers(0, len(sites), len(sites)) for _ in range(1000))
    low, high = np.percentile(
        [_f1(values[np.concatenate([of_site[sites[s]] for s in draw])]) for draw in drawn], [2.5, 97.5]
    )
    precision, recall = values.mean(axis=0)
    return f"{precision:.4f} / {recall:.4f} / {_f1(values):.4f} [{low:.4f}, {high:.4f}]"


def _f1(values: np.ndarray) -> float:
    precision, recall = values.mean(axis=0)
    return float(2 * precision * recall / max(1e-9, precision + recall))


if __name__ == "__main__":
    sys.exit(main())
