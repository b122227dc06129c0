"""The measure: shared four-word shingles of a text and its gold, averaged over pages, with intervals by site."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["Score", "f1", "interval", "scores", "words"]

_WORD = re.compile(r"\w+")
_DRAWS = 1000


@dataclass(frozen=True, slots=True)
class Score:
    """Precision and recall of each page, in the pages' order."""

    values: np.ndarray
    """Shape (pages, 2)."""
    sites: Sequence[str]

    def chosen(self, mask: np.ndarray) -> Score:
        return Score(self.values[mask], [site for site, is_in in zip(self.sites, mask, strict=True) if is_in])

    @property
    def precision(self) -> float:
        return float(self.values[:, 0].mean())

    @property
    def recall(self) -> float:
        return float(self.values[:, 1].mean())

    @property
    def f1(self) -> float:
        return f1(self.values)


def scores(texts: Sequence[str], gold: Sequence[str], sites: Sequence[str]) -> Score:
    """Score each text against its gold, as the scrapinghub article-extraction-benchmark counts."""
    found = []
    for text, body in zip(texts, gold, strict=True):
        mine, theirs = _shingles(text), _shingles(body)
        common = (mine & theirs).total()
        found.append((common / max(1, mine.total()), common / max(1, theirs.total())))
    return Score(np.array(found), list(sites))


def f1(values: np.ndarray) -> float:
    precision, recall = values.mean(axis=0)
    return float(2 * precision * recall / max(1e-9, precision + recall))


def interval(score: Score, other: Score | None = None) -> tuple[float, float]:
    """Return the 95 % interval of F1 (or of its gain over another score) when sites are drawn with replacement."""
    sites = np.array(score.sites)
    groups = [np.flatnonzero(sites == site) for site in np.unique(sites)]
    random = np.random.default_rng(1)
    drawn = []
    for _ in range(_DRAWS):
        rows = np.concatenate([groups[at] for at in random.integers(0, len(groups), len(groups))])
        drawn.append(f1(score.values[rows]) - (f1(other.values[rows]) if other else 0.0))
    low, high = np.percentile(drawn, [2.5, 97.5])
    return float(low), float(high)


def words(text: str) -> list[str]:
    return _WORD.findall(text)


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    own = words(text)
    return Counter(zip(own, own[1:], own[2:], own[3:], strict=False) if len(own) > 3 else [tuple(own)])
