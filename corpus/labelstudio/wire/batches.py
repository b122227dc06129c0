"""How much is sent at once, in batches that keep to the number and the size of one request, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

__all__ = ["batches", "came_whole"]

_NUMBER = 250
_CHARACTERS = 20_000_000
_TOLD = {"annotations": "annotation_count", "predictions": "prediction_count"}
"""Under which name an import's answer counts what it took."""
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


def came_whole(answer: Any, bodies: Iterable[Mapping[str, Any]], names: Iterable[str] = tuple(_TOLD)) -> bool:
    """Tell whether the server took all annotations and predictions of an import, as far as its answer says.

    >>> came_whole({"annotation_count": 0}, [{"annotations": [{}], "predictions": []}])
    False
    """
    sent = list(bodies)
    for name in names:
        count = answer.get(_TOLD[name]) if isinstance(answer, dict) else None
        if type(count) is int and count != sum(len(body[name]) for body in sent):
            return False
    return True
