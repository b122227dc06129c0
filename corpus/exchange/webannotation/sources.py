"""The texts that annotations are of: in the file itself, in a file beside it, or no more than what they quote."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from corpus.exchange.opening import read_utf8
from corpus.exchange.webannotation.selectors import Piece
from corpus.model.annotation import CONTEXT
from corpus.model.span import Span

__all__ = ["excerpts", "name_of", "text_beside"]

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_NO_TEXT = frozenset({".html", ".htm", ".xhtml", ".pdf", ".epub", ".json", ".jsonl", ".jsonld", ".ndjson", ".xml"})
_BETWEEN = "\n" * CONTEXT
"""So much that no excerpt is another one's context."""


def name_of(source: str) -> str:
    """Return a document's name: an IRI as it is, a relative one as the path that it stands for.

    >>> name_of("https://a.example/1%20a"), name_of("news/1%20a")
    ('https://a.example/1%20a', 'news/1 a')
    """
    return source if _SCHEME.match(source) else unquote(source)


def text_beside(path: Path, source: str | None) -> str | None:
    """Return the text of the file that a source names beside an annotation file, or below its folder.

    Without a source it is the one with the annotation file's own name; ``.txt`` is added where need be.

    Raises:
        SourceError: it is there, but is no text, or leads out of the folder.
    """
    for name in _file_names(path, source):
        file = path.parent / name
        if file.suffix.lower() not in _NO_TEXT and os.path.isfile(file):  # noqa: PTH113 (this one never raises)
            return read_utf8(file, path.parent)
    return None


def _file_names(path: Path, source: str | None) -> Iterator[str]:
    try:
        told = path.stem if source is None else unquote(urlsplit(source).path)
    except ValueError:
        return
    names = [told.lstrip("/")] if source is None or not _SCHEME.match(source) else []
    names += [told.rstrip("/").rpartition("/")[2], path.stem if source is None else ""]
    for name in names:
        if name and "\0" not in name and len(name) < 1024:
            yield from (name, f"{name}.txt", re.sub(r"\.[A-Za-z]{1,5}$", ".txt", name))


def excerpts(spans: Iterable[tuple[Piece, ...]]) -> tuple[str, list[tuple[Span, ...]]]:
    """Return a text of nothing but the quotations with their contexts, and where each of them stands in it.

    Between them are blanks, so that each can be looked for in the whole text by its words and its own context.
    """
    parts: list[str] = []
    length = 0
    found: list[tuple[Span, ...]] = []
    for pieces in spans:
        places = []
        for piece in pieces:
            exact, before = piece.exact or "", piece.prefix[-CONTEXT:]
            start = length + len(before)
            places.append(Span(start, start + len(exact)))
            part = f"{before}{exact}{piece.suffix[:CONTEXT]}{_BETWEEN}"
            parts.append(part)
            length += len(part)
        found.append(tuple(places))
    return "".join(parts), found
