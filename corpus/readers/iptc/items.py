"""News items of the newsroom formats (ninjs, NITF): what they have in common."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from corpus.files import package_text
from corpus.model.document import KnownValue, RawDocument
from corpus.model.markup import Markup
from corpus.readers.columns import known_columns
from corpus.readers.standing import Standing
from corpus.readers.values import in_form

__all__ = ["Item", "Line", "byline_names", "known_value", "laid_out", "table", "version_number", "withdrawn"]

Line = tuple[str, str]
"""A line of an item's text with the name of the HTML element that it would be."""


@dataclass(frozen=True, slots=True)
class Item:
    """One news item: who it is, and a way to its document."""

    doc_id: str
    aliases: tuple[str, ...]
    """Other names under which a notice may speak of it."""
    standing: Standing
    withdraws: str | None
    """The name of another item that this one takes back; it is a notice then, no article."""
    document: Callable[[], RawDocument | None]
    """Makes the document; None for an item without text (a picture). Raises :class:`Problem`."""


def laid_out(lines: Sequence[Line]) -> tuple[str, Markup]:
    """Return lines as an anchor text, a blank line between them, with the markup of each line."""
    shown: list[str] = []
    tags: list[str] = []
    for tag, text in lines:
        if shown:
            shown.append("")
            tags.append("")
        shown.append(text)
        tags.append(tag)
    blank = tuple("" for _ in tags)
    return "\n".join(shown), Markup(tuple(tags), tuple(0.0 for _ in tags), blank, blank)


def known_value(column: str, value: object, known_from: str) -> KnownValue | None:
    """Return a value in the form of its column, None where it has not that form."""
    formed = in_form(known_columns()[column][1], value)
    return None if formed is None else KnownValue(column, formed, "input record", known_from)


def withdrawn(status: object) -> bool:
    """Tell whether a status takes an item back."""
    return isinstance(status, str) and status.strip().lower() in table()["status"]["withdrawn"]


def version_number(value: object) -> int | None:
    """Return a version as a number, None where it is none."""
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None


def byline_names(text: str) -> tuple[str, ...]:
    """Return the names of a by-line, without the words before and between them.

    A part without a small letter after a capital (an agency's letters) is no name, nor is a single word
    beside others of several words (an agency, a place).

    >>> byline_names("By Paula Santa and Fran d'Emil, Nord, dpa"), byline_names("Von Madonna")
    (('Paula Santa', "Fran d'Emil"), ('Madonna',))
    """
    words = table()["byline"]
    bare = re.sub(rf"^\s*(?:{'|'.join(words['before'])})\b:?\s+", "", text, flags=re.IGNORECASE)
    between = "|".join(words["between"])
    parts = re.split(rf"\s*[,;/&|]\s*|\s+(?:{between})\s+", " ".join(bare.split()))
    names = [part for part in parts if re.search(r"[^\W\d_a-z][\w'’.-]*[a-z]", part) and len(part) <= 100]
    return tuple([name for name in names if " " in name] or names)


@cache
def table() -> dict[str, Any]:
    """Return items.toml."""
    return tomllib.loads(package_text("corpus.readers.iptc", "items.toml"))
