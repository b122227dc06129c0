"""Read the families of naming words (hints.toml): one row a family, with the cases that prove it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache

from corpus.files import package_text

__all__ = ["Family", "families"]


@dataclass(frozen=True, slots=True)
class Family:
    """Words by which pages name elements of one kind."""

    name: str
    pattern: str
    """A regular expression in Rust's syntax, searched in lower-case words."""
    match: tuple[str, ...]
    not_match: tuple[str, ...]


@cache
def families() -> tuple[Family, ...]:
    """Return the families in the order of their rows."""
    rows = tomllib.loads(package_text("corpus.cleaning.markup", "hints.toml"))["family"]
    return tuple(
        Family(row["name"], row["pattern"], tuple(row.get("match", ())), tuple(row.get("not_match", ())))
        for row in rows
    )
