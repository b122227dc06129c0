"""Read the rule tables (``rules/*.toml``): one row a rule, with the cases that prove it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TypeVar

from corpus.errors import DataError
from corpus.model.roles import Reason, Role

__all__ = ["EDGES", "MAX_WORDS", "WHERE", "Rule", "folded", "load_rules", "regex"]

MAX_WORDS = 80
"""No rule looks at a line with more words than this unless it says so itself."""

_Kind = TypeVar("_Kind", Role, Reason)

_KEYS = frozenset(
    {
        "id",
        "phrases",
        "pattern",
        "unless",
        "needs",
        "role",
        "reason",
        "score",
        "min_words",
        "max_words",
        "where",
        "place",
    }
    | {"opens", "cases", "note"}
)
WHERE = ("any", "head", "tail", "edge", "page", "caption", "byline", "kernel")
_PLACES = ("line", "start", "end")
_OPENS = ("", "related", "comments")


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the rule data: which lines it speaks of and what it says of them."""

    id: str
    family: str
    """The table it stands in (the file's name)."""
    role: Role
    reason: Reason
    score: float
    phrases: tuple[str, ...] = ()
    """Whole lines, compared in folded form (case, edge punctuation and quotation marks do not count)."""
    pattern: str | None = None
    """A regular expression in Rust's syntax, searched without regard to case unless it says ``(?-i)``."""
    needs: tuple[str, ...] = ()
    """One of these must stand in the line, in any case: a quick look before a slow pattern."""
    unless: str | None = None
    """A pattern that must not be found."""
    min_words: int = 0
    max_words: int = MAX_WORDS
    where: str = "any"
    """any; head: before the article's run of text; tail: after it; edge: either; page: where furniture is;
    caption, byline: next to one; kernel: a decision of the kernel, without words of its own."""
    place: str = "line"
    """line: the whole line; start or end: only the pattern's first group, a piece at the line's edge."""
    opens: str = ""
    """related or comments: what follows the line belongs to it until the article's text resumes."""
    note: str = ""
    """What a reader should know of the rule, in a sentence."""
    match: tuple[str, ...] = ()
    not_match: tuple[str, ...] = ()


EDGES = " \t.,:;!?|›»«·•…*-–—>→<←(){}[]\"'+#/\\▼▾►▶✕×"
_QUOTES = str.maketrans("’‘‛“”„\u00a0\u202f", "'''\"\"\"  ")


def folded(line: str) -> str:
    """Return the form in which phrases are compared.

    >>> folded("  Read More » ")
    'read more'
    """
    return re.sub(r" +", " ", line.translate(_QUOTES).lower().strip(EDGES))


_MEANT = {r"\b": r"(?-u:\b)", r"\d": "[0-9]", r"\w": r"[\p{L}\p{N}_]", r"\W": r"[^\p{L}\p{N}_]"}


@cache
def regex(pattern: str) -> str:
    r"""Return the pattern as the matcher runs it: case-blind, ``\b`` an ASCII word boundary (linear and fast).

    ``\d`` is an ASCII digit, ``\w`` a letter, a number or ``_``: no mark, which some scripts put on letters.

    >>> print(regex(r"^by\b"))
    (?i:^by(?-u:\b))
    """
    for short, meant in _MEANT.items():
        pattern = pattern.replace(short, meant)
    return f"(?i:{pattern})"


@cache
def load_rules() -> tuple[Rule, ...]:
    """Return every rule of the package's tables, in the order in which the first match wins.

    Raises:
        DataError: a table has an unknown key or value, or two rules have one id.
    """
    found = [rule for family, row in _rows() for rule in (_rule(family, row),)]
    seen: set[str] = set()
    for rule in found:
        if rule.id in seen:
            raise DataError(f"Two rules of the cleaner have the id {rule.id!r}; ids must be unique.")
        seen.add(rule.id)
    return tuple(found)


def _rows() -> Iterator[tuple[str, Mapping[str, object]]]:
    tables = files("corpus.cleaning").joinpath("rules")
    for entry in sorted(tables.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".toml"):
            content = tomllib.loads(entry.read_text(encoding="utf-8"))
            for row in content.get("rule", []):
                yield entry.name.removesuffix(".toml").split("_", 1)[-1], row


def _rule(family: str, row: Mapping[str, object]) -> Rule:
    name = str(row.get("id", "?"))
    unknown = sorted(set(row) - _KEYS)
    if unknown:
        told = f"the unknown key {unknown[0]!r}; it may have {', '.join(sorted(_KEYS))}"
        raise DataError(f"The rule {name!r} of {family} has {told}.")
    cases = row.get("cases", {})
    if not isinstance(cases, Mapping):
        raise DataError(f"The cases of the rule {name!r} must be a table with match and not_match.")
    pattern = row.get("pattern")
    return Rule(
        id=name,
        family=family,
        role=_chosen(name, "role", Role, row),
        reason=_chosen(name, "reason", Reason, row),
        score=float(str(row.get("score", 0.95))),
        phrases=_strings(row.get("phrases")),
        pattern=None if pattern is None else str(pattern).strip(),
        needs=_strings(row.get("needs")),
        unless=None if row.get("unless") is None else str(row["unless"]).strip(),
        min_words=int(str(row.get("min_words", 0))),
        max_words=int(str(row.get("max_words", MAX_WORDS if row.get("place", "line") == "line" else 10_000))),
        where=_one_of(name, "where", WHERE, row, "any"),
        place=_one_of(name, "place", _PLACES, row, "line"),
        opens=_one_of(name, "opens", _OPENS, row, ""),
        note=str(row.get("note", "")),
        match=_strings(cases.get("match")),
        not_match=_strings(cases.get("not_match")),
    )


def _strings(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()


def _one_of(name: str, key: str, allowed: tuple[str, ...], row: Mapping[str, object], default: str) -> str:
    value = str(row.get(key, default))
    if value not in allowed:
        told = ", ".join(map(repr, allowed))
        raise DataError(f"The rule {name!r} has {key} = {value!r}; it must be one of {told}.")
    return value


def _chosen(name: str, key: str, kind: type[_Kind], row: Mapping[str, object]) -> _Kind:
    try:
        return next(member for member in kind if member.value == row.get(key))
    except StopIteration:
        known = ", ".join(member.value for member in kind)
        raise DataError(f"The rule {name!r} has the unknown {key} {row.get(key)!r}; it may be {known}.") from None
