"""Stories: articles on one event, which share names and rare words and are close in time, whatever their wording.

One pass in the order of time, as in topic detection and tracking (Allan, Papka and Lavrenko 1998,
doi:10.1145/290941.290954): an article joins the story it is most like on average, or begins one of its own. Average
likeness, rather than likeness to one member, keeps a chain of articles from growing into one endless story.
"""

from __future__ import annotations

import datetime
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.duplicates.terms import Terms, read_terms, weighted

__all__ = ["Telling", "same_stories"]

DAYS = 5
"""Days that lie between two articles on one event at most."""
LEAST = 0.25
"""The least likeness (cosine) of an article to a story, on average over its members."""
LEAST_UNDATED = 0.3
"""The same where the article's date is not known."""

_OPEN = 400
"""Articles within reach that have a term, up to which it is followed; a more frequent one tells little."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What this room needs to know of an article."""

    doc_id: str
    text: str
    title: str | None = None
    date: str | None = None
    """ISO 8601; known to the day or better, or else None."""


def same_stories(articles: Iterable[Telling]) -> list[list[int]]:
    """Return the stories of two or more articles, as rows of ``articles``, each ascending, in order.

    The result depends on the set of articles alone, not on their order. Memory: about 2 KB an article, and 16 MB.
    """
    listed, names = [], []
    for article in articles:
        listed.append(read_terms(article.text, article.title))
        names.append((_day(article.date), article.doc_id))
    if not listed:
        return []
    vectors = weighted(listed)
    order = sorted(range(len(names)), key=lambda row: (names[row][0] is None, names[row]))
    found = _Stories()
    for row in order:
        found.take(row, vectors[row], names[row][0])
    return sorted(sorted(rows) for rows in found.members if len(rows) > 1)


class _Stories:
    """The stories so far, and for each term the articles that have it, in the order of time.

    Articles are numbered as they come (slots), the dated ones first; ``_reach`` gives for a day the first slot that
    is not too long ago.
    """

    def __init__(self) -> None:
        self.members: list[list[int]] = []
        self._story: list[int] = []
        self._days: list[int] = []
        self._reach: dict[int, int] = {}
        self._postings: dict[int, tuple[list[int], list[float]]] = {}

    def take(self, row: int, vector: Terms, day: int | None) -> None:
        """Put an article into the story it is most like, or into a new one."""
        if day is not None and day not in self._reach:
            self._reach[day] = bisect_left(self._days, day - DAYS)
        best = self._best(vector, day)
        story = len(self.members) if best is None else best
        if best is None:
            self.members.append([])
        self.members[story].append(row)
        self._remember(vector, story, day)

    def _best(self, vector: Terms, day: int | None) -> int | None:
        slots, scores = self._likeness(vector, day)
        if not len(slots):
            return None
        stories = np.array([self._story[slot] for slot in slots.tolist()], np.int64)
        named, places = np.unique(stories, return_inverse=True)
        sums = np.bincount(places, weights=scores)
        averages = sums / np.array([len(self.members[story]) for story in named.tolist()])
        at = int(np.argmax(averages))
        least = LEAST_UNDATED if day is None else LEAST
        return int(named[at]) if averages[at] >= least else None

    def _likeness(self, vector: Terms, day: int | None) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the articles within reach that share a term, with their cosines."""
        slots: list[int] = []
        parts: list[float] = []
        for term, weight in zip(vector.terms.tolist(), vector.weights.tolist(), strict=True):
            postings = self._postings.get(term)
            if postings is None:
                continue
            first = 0 if day is None else bisect_left(postings[0], self._reach[day])
            if len(postings[0]) - first <= _OPEN:
                slots += postings[0][first:]
                parts += [weight * other for other in postings[1][first:]]
        if not slots:
            return np.empty(0, np.int64), np.empty(0)
        named, places = np.unique(np.array(slots, np.int64), return_inverse=True)
        return named, np.bincount(places, weights=np.array(parts)).astype(np.float64)

    def _remember(self, vector: Terms, story: int, day: int | None) -> None:
        slot = len(self._story)
        self._story.append(story)
        if day is not None:
            self._days.append(day)
        for term, weight in zip(vector.terms.tolist(), vector.weights.tolist(), strict=True):
            slots, weights = self._postings.setdefault(term, ([], []))
            slots.append(slot)
            weights.append(weight)


def _day(date: str | None) -> int | None:
    if date is None or len(date) < 10:
        return None
    try:
        return datetime.date.fromisoformat(date[:10]).toordinal()
    except ValueError:
        return None
