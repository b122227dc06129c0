"""Score verdicts on lines against pages' gold: shingles, intervals by site, languages, families."""

from __future__ import annotations

import re
import time
from collections import Counter

import numpy as np
import polars as pl
from cleaning_families import family_table
from training_lines import BODY, VARIANTS

_WORD = re.compile(r"\w+")


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


class Gold:
    """Shared 4-token shingles of a page's kept lines and its gold (the article-extraction-benchmark's measure)."""

    def __init__(self, lines: list[str], body: str) -> None:
        self.lines = [_WORD.findall(line) for line in lines]
        self.gold = self._shingles(_WORD.findall(body))

    @staticmethod
    def _shingles(tokens: list[str]) -> Counter[tuple[str, ...]]:
        return Counter(tuple(tokens[i : i + 4]) for i in range(max(1, len(tokens) - 3)))

    def score(self, keep: np.ndarray) -> tuple[float, float]:
        mine = self._shingles(
            [token for line, kept in zip(self.lines, keep, strict=True) if kept for token in line]
        )
        shared, n_mine, n_gold = (mine & self.gold).total(), mine.total(), self.gold.total()
        return shared / n_mine, shared / n_gold


def f1(scores: np.ndarray) -> float:
    precision, recall = scores.mean(axis=0)
    return float(2 * precision * recall / (precision + recall))


def interval(scores: np.ndarray, sites: np.ndarray, draws: int = 1000) -> tuple[float, float]:
    """The 95 % interval of F1 when sites are drawn with replacement."""
    groups = [np.flatnonzero(sites == site) for site in np.unique(sites)]
    random = np.random.default_rng(7)
    values = [
        f1(scores[np.concatenate([groups[i] for i in random.integers(0, len(groups), len(groups))])])
        for _ in range(draws)
    ]
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


class Benchmark:
    """The news pages, ready to be scored."""

    def __init__(self, pages: pl.DataFrame, lines: pl.DataFrame) -> None:
        doc = lines["doc"].to_numpy()
        starts = np.flatnonzero(np.concatenate(([True], doc[1:] != doc[:-1])))
        self.rows = {int(doc[a]): slice(a, b) for a, b in zip(starts, np.append(starts[1:], len(doc)), strict=True)}
        self.news = pages.filter("news")
        self.sites, self.langs = self.news["site"].to_numpy(), self.news["lang"].to_numpy()
        self.gold = {
            v: [Gold(row[f"text_{v}"].split("\n"), row["body"]) for row in self.news.iter_rows(named=True)]
            for v in VARIANTS
        }
        self.everything = {
            v: np.array([g.score(np.ones(len(g.lines), bool)) for g in self.gold[v]]) for v in VARIANTS
        }

    def scores(self, keep: np.ndarray, variant: str) -> np.ndarray:
        docs = self.news["page"].to_numpy().astype(np.int64) * 4 + VARIANTS.index(variant)
        return np.array([g.score(keep[self.rows[int(d)]]) for g, d in zip(self.gold[variant], docs, strict=True)])

    def show(
        self, name: str, keep: np.ndarray, lines: pl.DataFrame, words: np.ndarray, *, full: bool = False
    ) -> None:
        shown = []
        for variant in VARIANTS:
            scores = self.scores(keep, variant)
            low, high = interval(scores, self.sites)
            p, r = scores.mean(axis=0)
            shown.append(f"{variant} {f1(scores):.4f} [{low:.3f}, {high:.3f}] (P {p:.3f} R {r:.3f})")
            if full:
                self._languages(variant, scores)
        clean = (lines["variant"].to_numpy() == BODY) & lines["news"].to_numpy()
        say(f"{name}: {'; '.join(shown)}; clean {(words * keep)[clean].sum() / words[clean].sum():.4f}")

    def _languages(self, variant: str, scores: np.ndarray) -> None:
        named = np.where(np.isin(self.langs, ["en", "de"]), self.langs, "other")
        for lang in ("en", "de", "other", *sorted(set(self.langs) - {"en", "de"})):
            mask = (named == lang) | (self.langs == lang)
            before, after = f1(self.everything[variant][mask]), f1(scores[mask])
            say(f"  {variant} {lang}: {mask.sum()} pages, keep-all {before:.3f} -> {after:.3f}")


def show_families(lines: pl.DataFrame, rules: np.ndarray, shipped: np.ndarray) -> None:
    """Print what survives and what is lost on the news pages, without and with the model."""
    for number, variant in enumerate(VARIANTS):
        asked = ((pl.col("variant") == number) & pl.col("news")).alias("asked")
        mask = lines.select(asked).to_series().to_numpy()
        before = {"everything": np.ones(mask.sum(), bool), "rules": rules[mask], "with the model": shipped[mask]}
        say(f"families, {variant}: percent of a page's words")
        with pl.Config(tbl_rows=-1, fmt_str_lengths=60, tbl_hide_dataframe_shape=True):
            print(family_table(lines.filter(mask), before), flush=True)
