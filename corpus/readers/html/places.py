"""Where each line stands in its page, as a path, and the words that name the elements around it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.readers.html.elements import BREAKS, CELLS
from corpus.readers.html.walking import Line, Tree

__all__ = ["Places"]

DEEPEST = 48
"""A path names this many elements at most: of a deeper one the first and the last half."""
_HINTS = 480
_OWN = 72
"""So many characters of naming words in all, and of one element."""

_NAMING = re.compile(r"""\s(class|id|role|itemprop|data-(?:test-?id|component|type|name))="([^"]+)\"""", re.I)
_TOLD = {"itemprop": "itemprop-", "role": "role-"}


class Places:
    """Paths, blocks and naming words of a page's elements, each found once."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._steps = _steps(tree)
        self._hints: dict[int, str] = {0: ""}
        self._named: dict[str, str] = {"": ""}
        self._paths: dict[int, tuple[str, int]] = {0: ("", 0)}

    def of(self, lines: Sequence[Line]) -> list[tuple[str, str, str]]:
        """Return for each line its block's name, the naming words around it, and its block's path.

        A path is an XPath below ``html`` whose first match is the element; of two elements of one name in one
        parent the later ones carry their number.
        """
        return [self._of(self._common(line.first, line.last)) for line in lines]

    def _of(self, element: int) -> tuple[str, str, str]:
        block = self._block(element)
        return self.tree.names[block], self.hints(element), self.path(block)

    def _common(self, one: int, other: int) -> int:
        """Return the innermost element around both: a parent's number is lower than its children's."""
        parents = self.tree.parents
        while one != other:
            if one > other:
                one = parents[one]
            else:
                other = parents[other]
        return one

    def _block(self, element: int) -> int:
        names, parents = self.tree.names, self.tree.parents
        while element and names[element] not in BREAKS and names[element] not in CELLS:
            element = parents[element]
        return element

    def path(self, element: int) -> str:
        """Return the path of an element, its middle left out where it is deeper than :data:`DEEPEST`."""
        paths, parents, steps = self._paths, self.tree.parents, self._steps
        waiting = []
        at = element
        while at not in paths:
            waiting.append(at)
            at = parents[at]
        path, depth = paths[at]
        if depth + len(waiting) >= DEEPEST:
            return self._shortened(element)
        for at in reversed(waiting):
            depth += 1
            path = f"{path}/{steps[at]}" if path else steps[at]
            paths[at] = path, depth
        return path

    def _shortened(self, element: int) -> str:
        parents = self.tree.parents
        above = []
        while element:
            above.append(self._steps[element])
            element = parents[element]
        return "/".join([*above[: -DEEPEST // 2 - 1 : -1], "…", *above[DEEPEST // 2 - 1 :: -1]])

    def hints(self, element: int) -> str:
        """Return the words of the named elements around, the nearest first, " / " between elements."""
        hints, named, parents = self._hints, self._named, self.tree.parents
        waiting = []
        while element not in hints:
            waiting.append(element)
            element = parents[element]
        found = hints[element]
        for at in reversed(waiting):
            attributes = self.tree.attributes[at]
            words = named.get(attributes)
            if words is None:
                words = named[attributes] = _named(attributes)
            if words:
                found = f"{words} / {found}"[:_HINTS] if found else words
            hints[at] = found
        return found


def _named(attributes: str) -> str:
    told = (_TOLD.get(name.lower(), "") + value for name, value in _NAMING.findall(attributes))
    return " ".join(" ".join(told).lower().split())[:_OWN]


def _steps(tree: Tree) -> list[str]:
    """Return each element's step in a path: its name, and its number among its like where it is not the first."""
    met: dict[tuple[int, str], int] = {}
    steps = []
    for parent, name in zip(tree.parents, tree.names, strict=True):
        number = met[parent, name] = met.get((parent, name), 0) + 1
        steps.append(name if number == 1 else f"{name}[{number}]")
    return steps
