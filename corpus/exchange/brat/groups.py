"""Groups of equivalent annotations: two that share a member are one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

__all__ = ["united"]


def united(groups: Iterable[tuple[str, Iterable[str]]]) -> Iterator[tuple[str, list[str]]]:
    """Yield the groups (a label and members), those of one label that share a member as one, in their order.

    >>> list(united([("Equiv", ["T1", "T2"]), ("Equiv", ["T3", "T4"]), ("Equiv", ["T2", "T3"])]))
    [('Equiv', ['T1', 'T2', 'T3', 'T4'])]
    """
    above: dict[tuple[str, str], tuple[str, str]] = {}

    def head(member: tuple[str, str]) -> tuple[str, str]:
        while above[member] != member:
            above[member] = above[above[member]]
            member = above[member]
        return member

    for label, members in groups:
        first = None
        for name in members:
            own = head(member) if (member := (label, name)) in above else above.setdefault(member, member)
            first = first or own
            above[own] = first
    held: dict[tuple[str, str], list[str]] = {}
    for label, name in above:
        held.setdefault(head((label, name)), []).append(name)
    yield from ((label, members) for (label, _), members in held.items())
