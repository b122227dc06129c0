"""Which split a document goes to: with those it belongs with, and where it was before."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterator, Mapping, Sequence

from corpus.duplicates.groups import Groups
from corpus.errors import UsageError
from corpus.model.shortened import told_value

__all__ = [
    "ALL_TRAIN",
    "WITHHELD",
    "assign",
    "boundaries_of",
    "checked_shares",
    "group_sizes",
    "leaks",
    "parse_splits",
    "split_of",
]

ALL_TRAIN: Mapping[str, float] = {"train": 1.0}
"""Without a ratio asked for, everything is ``train``."""
WITHHELD = "withheld"
"""The split of new documents that belong with documents of two splits: nobody trains or tests on it."""
_RESERVED = (WITHHELD, "all")
"""Names that no split may have: `datasets` means every split by "all"."""

Bound = Mapping[str, Sequence[Sequence[int]]]
"""Kind of bond to groups of rows that it keeps together."""


def parse_splits(text: str) -> dict[str, float]:
    """Read "train=0.8,validation=0.1,test=0.1".

    Raises:
        UsageError: a name is not a split name, a share not a number between 0 and 1, or the sum is not 1.

    >>> parse_splits("train=0.9,test=0.1")
    {'train': 0.9, 'test': 0.1}
    """
    shares: dict[str, float] = {}
    for part in text.split(","):
        name, _, share = part.strip().partition("=")
        if name in shares:
            raise UsageError(f"`splits=` names {name!r} twice; name each split once.")
        try:
            shares[name] = float(share)
        except ValueError:
            raise _not_a_share(part.strip()) from None
    return checked_shares(shares)


def checked_shares(shares: Mapping[str, float]) -> dict[str, float]:
    """Return the share of each split, once they are shares of one whole.

    Raises:
        UsageError: a name is not a split name, a share not a number between 0 and 1, or the sum is not 1.
    """
    if not isinstance(shares, Mapping):
        raise _not_a_share(shares)
    for name, share in shares.items():
        if name in _RESERVED:
            raise UsageError(f"`splits=` names {name!r}, a name that has a meaning of its own; choose another one.")
        number = isinstance(share, int | float) and not isinstance(share, bool)
        if not (number and 0 < share <= 1 and isinstance(name, str) and re.fullmatch(r"\w+", name, re.ASCII)):
            raise _not_a_share(f"{name}={share}")
    if not math.isclose(sum(shares.values()), 1.0, abs_tol=1e-9):
        raise UsageError(f"The shares of `splits=` must add up to 1, got {sum(shares.values()):g}.")
    return dict(shares)


def _not_a_share(said: object) -> UsageError:
    return UsageError(
        "`splits=` takes a share in (0, 1] for each name, such as `splits={'train': 0.8, 'test': 0.2}`, "
        f"got {told_value(said)}."
    )


def split_of(doc_id: str, ratios: Mapping[str, float]) -> str:
    """Return the split whose share of the hash space the document's id falls into.

    >>> split_of("anything", {"train": 1.0})
    'train'
    """
    digest = hashlib.sha256(f"split:{doc_id}".encode()).digest()
    position = int.from_bytes(digest[:8], "big") / 2**64
    reached = 0.0
    for name, share in ratios.items():
        reached += share
        if position < reached:
            return name
    return list(ratios)[-1]


def assign(
    doc_ids: Sequence[str],
    bound: Bound,
    shares: Mapping[str, float],
    before: Mapping[str, str],
    days: Sequence[str | None] = (),
    boundaries: Mapping[str, str] | None = None,
) -> list[str]:
    """Return the split of each document, so that what is bound together stands on one side.

    A document of ``before`` (doc_id to split) stays. A new one that is bound to old ones of two splits is withheld
    from both. Of the others, those that are bound together, directly or by one another, go where the old ones they
    are bound to are (withheld where that is two splits); where there are none, the group's smallest id decides by
    its hash or, with ``boundaries`` (split to its last day), its latest day in ``days``. The result does not depend
    on the order of the documents.
    """
    old = [before.get(doc_id) for doc_id in doc_ids]
    alone = Groups(len(doc_ids))
    withheld = {row for row, own in _old_splits(bound, old, alone).items() if len(own) > 1}
    splits = [WITHHELD if row in withheld else own or "" for row, own in enumerate(old)]
    news = Groups(len(doc_ids))
    for rows in (rows for kind in bound.values() for rows in kind):
        news.join_all(row for row in rows if not splits[row])
    near = _old_splits(bound, old, news)
    for rows in _members(news, splits):
        beside = near.get(news.of(rows[0]), set())
        if len(beside) > 1:
            split = WITHHELD
        elif beside:
            split = next(iter(beside))
        elif boundaries:
            split = _by_day([days[row] for row in rows], boundaries)
        else:
            split = split_of(min(doc_ids[row] for row in rows), shares)
        for row in rows:
            splits[row] = split
    return splits


def boundaries_of(days: Sequence[str | None], shares: Mapping[str, float]) -> dict[str, str]:
    """Return the last day of each split where the splits follow one another in time, by their shares.

    The last split has no end; documents without a day count for nothing.

    >>> boundaries_of(["2024-01-01", "2024-01-02", None, "2024-01-03", "2024-01-04"], {"train": 0.5, "test": 0.5})
    {'train': '2024-01-02', 'test': '9999-12-31'}
    """
    known = sorted(day for day in days if day)
    reached, found = 0.0, {}
    for name, share in shares.items():
        reached += share
        found[name] = known[max(0, math.ceil(reached * len(known) - 1e-9) - 1)] if known else "9999-12-31"
    return {**found, list(shares)[-1]: "9999-12-31"}


def _by_day(days: Sequence[str | None], boundaries: Mapping[str, str]) -> str:
    """Return the split of a group's latest day; the first split where no day is known."""
    latest = max((day for day in days if day), default="")
    return next((name for name, last in boundaries.items() if latest <= last), list(boundaries)[-1])


def _old_splits(bound: Bound, old: Sequence[str | None], news: Groups) -> dict[int, set[str]]:
    """Return, for each group of new documents, the splits of the old ones that it is bound to."""
    found: dict[int, set[str]] = {}
    for rows in (rows for kind in bound.values() for rows in kind):
        beside = {own for row in rows if (own := old[row]) is not None} - {WITHHELD}
        for row in rows if beside else ():
            if old[row] is None:
                found.setdefault(news.of(row), set()).update(beside)
    return found


def _members(news: Groups, splits: Sequence[str]) -> Iterator[list[int]]:
    groups: dict[int, list[int]] = {}
    for row, own in enumerate(splits):
        if not own:
            groups.setdefault(news.of(row), []).append(row)
    yield from groups.values()


def group_sizes(bound: Bound, size: int) -> list[int]:
    """Return how many documents each group has that anything binds together, of ``size`` documents in all."""
    whole = Groups(size)
    for rows in (rows for kind in bound.values() for rows in kind):
        whole.join_all(rows)
    counts: dict[int, int] = {}
    for row in range(size):
        counts[whole.of(row)] = counts.get(whole.of(row), 0) + 1
    return [count for count in counts.values() if count > 1]


def leaks(bound: Bound, splits: Sequence[str]) -> dict[str, int]:
    """Return for each kind of bond how many of its groups stand in two splits or more, withheld documents aside."""
    return {
        kind: sum(len({splits[row] for row in rows} - {WITHHELD}) > 1 for rows in groups)
        for kind, groups in bound.items()
    }
