"""What the rules' patterns need, read off in advance: to read it off all of them takes half a second.

``needs.json`` goes by the patterns themselves, so a pattern that is new or has changed is read off when it is first
asked for. ``make needs`` writes the file anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from corpus.cleaning.patterns.literals import Needs, needs_of
from corpus.cleaning.rules import Rule, load_rules
from corpus.files import atomic_write, package_text, sha256_bytes

__all__ = ["FILE", "needs_file", "pattern_needs"]

FILE = "needs.json"
"""Where it lies, beside this file."""

_Ways = list[tuple[float, list[str], list[str]]]
"""Of each way to match a pattern: the share, the literals and the beginnings."""


def pattern_needs(pattern: str) -> tuple[Needs, ...]:
    """Return what :func:`.literals.needs_of` says of a pattern, from the file if it stands there."""
    ways = _in_advance().get(_key(pattern))
    if ways is None:
        return needs_of(pattern)
    return tuple(Needs(frozenset(literals), share, frozenset(begins)) for share, literals, begins in ways)


def needs_file(rules: Iterable[Rule]) -> str:
    """Return the text of the file for some rules: a line for each that has a pattern."""
    lines = [
        f"{json.dumps(rule.id)}: [{json.dumps(_key(rule.pattern))}, {_dumped(needs_of(rule.pattern))}]"
        for rule in rules
        if rule.pattern is not None
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _dumped(needs: Iterable[Needs]) -> str:
    ways = [(each.share, sorted(each.literals), sorted(each.beginnings)) for each in needs]
    return json.dumps(ways, ensure_ascii=False, separators=(",", ":"))


@cache
def _in_advance() -> dict[str, _Ways]:
    """Return the ways by the keys of their patterns; the rules' names in the file are for who reads it."""
    return dict(json.loads(package_text("corpus.cleaning.patterns", FILE)).values())


def _key(pattern: str) -> str:
    return sha256_bytes(pattern.encode())[:16]


if __name__ == "__main__":
    with atomic_write(Path(__file__).with_name(FILE)) as stream:
        stream.write(needs_file(load_rules()).encode())
