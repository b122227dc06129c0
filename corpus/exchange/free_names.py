"""Names that are all different, made of names that may not be."""

from __future__ import annotations

from collections.abc import Callable, Iterable

__all__ = ["FreeNames"]


class FreeNames:
    """Gives each of many its own name, or that with a number behind it where it is taken.

    >>> names = FreeNames()
    >>> [names.give(name) for name in ("a", "a-2", "a", "a")]
    ['a', 'a-2', 'a-3', 'a-4']
    """

    def __init__(self, known_as: Callable[[str], str] = str, taken: Iterable[str] = ()) -> None:
        """Take what two names have in common that count as one, and the names that are given already."""
        self._known_as = known_as
        self._given = {known_as(name) for name in taken}
        self._last: dict[str, int] = {}

    def give(self, name: str) -> str:
        """Return a name that nobody was given."""
        stem = self._known_as(name)
        free, number = name, self._last.get(stem, 1)
        while self._known_as(free) in self._given:
            number += 1
            free = f"{name}-{number}"
        self._last[stem] = number
        self._given.add(self._known_as(free))
        return free
