"""How much is sent at once: batches that keep to the number and the size of one request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

__all__ = ["batches"]

_NUMBER = 250
_CHARACTERS = 20_000_000
Item = TypeVar("Item")


def batches(items: Iterable[Item], characters: Callable[[Item], int]) -> Iterator[list[Item]]:
    """Yield the items in order, in batches for one import each; one that is larger than that comes alone.

    >>> [len(batch) for batch in batches(["x" * 15_000_000, "y" * 15_000_000, "z"], len)]
    [1, 2]
    """
    batch: list[Item] = []
    held = 0
    for item in items:
        size = characters(item)
        if batch and (len(batch) == _NUMBER or held + size > _CHARACTERS):
            yield batch
            batch, held = [], 0
        batch.append(item)
        held += size
    if batch:
        yield batch
