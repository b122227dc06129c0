"""Ids that are all different, made of ids that may not be."""

from __future__ import annotations

__all__ = ["FreeNames"]


class FreeNames:
    """Gives each of many its own name, or that with a number behind it where it is taken.

    >>> names = FreeNames()
    >>> [names.give(name) for name in ("a", "a-2", "a", "a")]
    ['a', 'a-2', 'a-3', 'a-4']
    """

    def __init__(self) -> None:
        self._given: set[str] = set()
        self._last: dict[str, int] = {}

    def give(self, name: str) -> str:
        """Return a name that nobody was given."""
        free, number = name, self._last.get(name, 1)
        while free in self._given:
            number += 1
            free = f"{name}-{number}"
        self._last[name] = number
        self._given.add(free)
        return free
