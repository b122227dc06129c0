"""The words by which an article's event is known: names and rare words, weighted by how rare they are.

The weight is tf-idf with a prior. In a handful of articles no count tells that "said" is common and "Voss" rare, so
a word is counted as if it had been seen in :data:`PRIOR` articles before: in many of them where it is short (words
that are used much are short: Zipf 1935), in one where it is a name. The more articles there are, the less the prior
counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from corpus.duplicates.words import is_sign, openings, words

__all__ = ["Terms", "read_terms", "weighted"]

PRIOR = 1000
"""Articles that a word's rarity is guessed for before any are counted."""
TOP = 40
"""Terms that are kept of an article, the weightiest."""

_SPACE = 1 << 22
"""Numbers that terms are hashed to."""


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """An article's terms as numbers, ascending, with what is known of each."""

    terms: NDArray[np.int32]
    weights: NDArray[np.float32]
    """How often, at first; then the share of the article's vector of length 1."""
    priors: NDArray[np.float32]
    """In how many of :data:`PRIOR` articles the word is guessed to stand."""


def read_terms(text: str, title: str | None = None) -> Terms:
    """Return the terms of an article with their counts."""
    counts, names = _counted(text)
    told = words((title or "").casefold())
    counts.update(word for word in told if not is_sign(word))
    counts.update(_pairs(told))
    merged: dict[int, tuple[int, float]] = {}
    for term, count in counts.items():
        number, own = _number(term), _guess(term, is_name=term in names)
        before, other = merged.get(number, (0, own))
        merged[number] = (before + count, max(own, other))
    numbers = sorted(merged)
    return Terms(
        np.array(numbers, np.int32),
        np.array([merged[number][0] for number in numbers], np.float32),
        np.array([merged[number][1] for number in numbers], np.float32),
    )


def _counted(text: str) -> tuple[Counter[str], set[str]]:
    """Return how often a text has each term, and which are names: never small, nor only where sentences open."""
    found = words(text)
    firsts = Counter(openings(text))
    counts: Counter[str] = Counter()
    is_name: dict[str, bool] = {}
    for word, count in Counter(found).items():
        if is_sign(word):
            continue
        term = word.casefold()
        counts[term] += count
        if not word[0].isupper():
            is_name[term] = False
        elif count > firsts[word]:
            is_name.setdefault(term, True)
    counts.update(_pairs(found))
    return counts, {term for term, sure in is_name.items() if sure}


def weighted(articles: Sequence[Terms]) -> list[Terms]:
    """Return each article's weightiest terms as a vector of length 1, rarity counted over all articles."""
    seen = np.zeros(_SPACE, np.int32)
    for article in articles:
        seen[article.terms] += 1
    return [_vector(article, seen, len(articles)) for article in articles]


def _vector(article: Terms, seen: NDArray[np.int32], total: int) -> Terms:
    rarity = np.log((PRIOR + total) / (article.priors + seen[article.terms]))
    weights = (1 + np.log(np.maximum(article.weights, 1))) * rarity
    top = np.sort(np.lexsort((article.terms, -weights))[:TOP])
    kept = weights[top]
    length = float(np.sqrt((kept * kept).sum())) or 1.0
    return Terms(article.terms[top], (kept / length).astype(np.float32), article.priors[top])


def _pairs(found: Sequence[str]) -> list[str]:
    """Return the neighbours among signs, which are what words are elsewhere."""
    if not any(map(is_sign, found[:: max(1, len(found) // 50)])):  # a look here and there tells the script
        return []
    return [one + other for one, other in pairwise(found) if is_sign(one) and is_sign(other)]


def _guess(term: str, *, is_name: bool) -> float:
    if is_name:
        return 1.0
    if term.isdigit():
        return 100.0
    if is_sign(term[0]):
        return 50.0
    return max(30.0, float(PRIOR * 2.0 ** (-(len(term) - 1) / 1.5)))


@lru_cache(maxsize=1 << 18)
def _number(term: str) -> int:
    digest = blake2b(term.encode("utf-8", "surrogatepass"), digest_size=4, person=b"term").digest()
    return int.from_bytes(digest, "little") % _SPACE
