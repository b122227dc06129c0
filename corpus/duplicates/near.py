"""Near-duplicates: documents that share much of their wording, found by MinHash and bands of its signature.

A document is the set of its runs of five words; two are near-duplicates where these sets have a Jaccard similarity
of :data:`LEAST` or more, as their signatures estimate it (standard error 0.03). The method is Broder's (1997,
doi:10.1109/SEQUEN.1997.666900), the bands those of Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, 3.4:
with 64 bands of 4, a pair at the threshold is found with a probability of 98 %.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import blake2b
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from corpus.duplicates.groups import Groups
from corpus.duplicates.words import words
from corpus.errors import ExtraMissingError

__all__ = ["LEAST", "check_installed", "near_duplicates"]

LEAST = 0.5
"""The least Jaccard similarity of two near-duplicates."""
RUN = 5
"""Words of a run."""

_BANDS, _ROWS = 64, 4
_SEED = 42
_BATCH = 1024
"""Documents whose signatures are computed at once."""
_COMPARED = 16
"""Documents of a bucket that each further one is compared with, if it is like none of them before."""

Signatures = NDArray[np.uint32]


def check_installed() -> None:
    """Make sure that near-duplicates can be looked for.

    Raises:
        ExtraMissingError: the package ``rensa`` is not installed.
    """
    if find_spec("rensa") is None:
        raise ExtraMissingError("rensa", "duplicates")


def near_duplicates(texts: Iterable[str]) -> list[list[int]]:
    """Return the groups of two or more near-duplicates, as rows of ``texts``, each ascending, in order.

    Likeness is handed on: where A is like B and B like C, the three are one group. The result depends on the texts
    and their order alone. Memory: about a kilobyte a document.

    Raises:
        ExtraMissingError: the package ``rensa`` is not installed.
    """
    parts = list(_signatures(texts))
    if not parts:
        return []
    signatures = np.concatenate(parts)
    groups = Groups(len(signatures))
    full = np.flatnonzero(signatures.any(axis=1))  # documents without a word are like nothing
    for band in range(_BANDS):
        for bucket in _buckets(signatures, full, band):
            _join_alike(bucket, signatures, groups)
    members: dict[int, list[int]] = {}
    for row in full.tolist():
        members.setdefault(groups.of(row), []).append(row)
    return [rows for _, rows in sorted(members.items()) if len(rows) > 1]


def _signatures(texts: Iterable[str]) -> Iterator[Signatures]:
    check_installed()
    from rensa import RMinHash

    for runs in _batches(texts):
        offsets = np.cumsum([0, *(len(own) for own in runs)]).astype(np.uint64)
        flat = np.concatenate(runs) if runs else np.empty(0, np.uint64)
        matrix = RMinHash.digest_matrix_from_flat_token_hashes(flat, offsets, _BANDS * _ROWS, _SEED)
        made = np.array(matrix.to_rows(), np.uint32).reshape(len(runs), _BANDS * _ROWS)
        made[[len(own) == 0 for own in runs]] = 0
        yield made


def _batches(texts: Iterable[str]) -> Iterator[list[NDArray[np.uint64]]]:
    waiting: list[NDArray[np.uint64]] = []
    for text in texts:
        waiting.append(_runs(text))
        if len(waiting) == _BATCH:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def _runs(text: str) -> NDArray[np.uint64]:
    """Return a hash for each run of words; of a text shorter than a run, one for all of it."""
    hashes = np.array([_hash(word) for word in words(text.casefold())], np.uint64)
    length = min(RUN, len(hashes))
    if not length:
        return hashes
    runs: NDArray[np.uint64] = np.zeros(len(hashes) - length + 1, np.uint64)
    for place in range(length):
        runs = runs * np.uint64(0x9E3779B97F4A7C15) + hashes[place : place + len(runs)]
    return np.unique(runs)


@lru_cache(maxsize=1 << 18)
def _hash(word: str) -> int:
    return int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def _buckets(signatures: Signatures, full: NDArray[np.intp], band: int) -> Iterator[list[int]]:
    """Yield the rows that have one band in common, two or more at a time."""
    part = np.ascontiguousarray(signatures[full, band * _ROWS : (band + 1) * _ROWS])
    keys = part.view(np.dtype((np.void, part.dtype.itemsize * _ROWS))).ravel()
    order = np.argsort(keys, kind="stable")
    breaks = np.flatnonzero(keys[order][1:] != keys[order][:-1]) + 1
    starts, ends = np.concatenate(([0], breaks)), np.concatenate((breaks, [len(order)]))
    for bucket in np.flatnonzero(ends - starts > 1).tolist():
        yield full[order[starts[bucket] : ends[bucket]]].tolist()


def _join_alike(bucket: list[int], signatures: Signatures, groups: Groups) -> None:
    heads: list[int] = []
    for row in bucket:
        for head in heads:
            if groups.of(head) == groups.of(row):
                break
            if float((signatures[head] == signatures[row]).mean()) >= LEAST:
                groups.join(head, row)
                break
        else:
            heads = [*heads[-_COMPARED + 1 :], row]
