"""Files of a mirrored site: pages that are not named so, and what is no document though it is named like one.

Programs that mirror sites name files after addresses: ``article.php?id=17``, ``index.html?p=3``, ``story``. What
such a file holds decides: it is a page where its first tag is one that only whole pages begin with. Feeds and
answers for programs are saved as ``index.html``, too (``feed/``, ``wp-json/``); they begin otherwise. What lies
about besides is data (mirrors.toml).
"""

from __future__ import annotations

import json
import os
import re
import tomllib
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

from corpus.files import package_text
from corpus.readers.kinds import FileName, read_name
from corpus.readers.origins import Origin

__all__ = [
    "bare_name",
    "first_tag",
    "is_no_page",
    "is_of_a_tool",
    "looks_like_page",
    "read_mirrored_name",
    "read_page_name",
]

_HEAD = 16 * 1024
"""Bytes of a file that are looked at: a licence in a comment may stand before the first tag."""
_FIRST = re.compile(
    r"(?:\ufeff|\s|<\?xml[^>]*>|<!--.*?-->)*+<(!doctype\s+[a-z][\w:.-]*|[a-z][\w:.-]*)", re.IGNORECASE | re.DOTALL
)
_OF_A_PAGE = frozenset({"!doctype html", "html", "head", "body", "title", "meta", "base"})
_OF_NO_PAGE = frozenset({"feed", "opml", "rdf:rdf", "rss", "sitemapindex", "svg", "urlset"})
_SOURCE = re.compile(r"<\?(?:php\b|=)|<%@")
"""What stands in the source of pages, and is gone from what a server sends."""
_LOCAL_INDEX = re.compile(r"<title>\s*Local index - HTTrack", re.IGNORECASE)
_QUERY = re.compile(r"\?|@[^@=]*=")
"""Where a query begins in a file's name; wget writes "@" for "?" where asked for names that Windows takes."""
_NUMBER = re.compile(r"\.\d{1,2}$")
_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class _Rules:
    assets: frozenset[str]
    copies: re.Pattern[str]
    folders: frozenset[str]
    no_documents: tuple[tuple[re.Pattern[str], re.Pattern[str] | None], ...]


@cache
def _rules() -> _Rules:
    table = tomllib.loads(package_text("corpus.readers", "mirrors.toml"))
    rows = tuple(
        (re.compile(row["name"], re.IGNORECASE), re.compile(row["holds"]) if "holds" in row else None)
        for row in table["no_document"]
    )
    copies = re.compile(f"(?:{'|'.join(map(re.escape, table['copies']))})+$", re.IGNORECASE)
    return _Rules(frozenset(table["assets"]), copies, frozenset(table["folders"]), rows)


def read_mirrored_name(name: str, origin: Origin) -> FileName | None:
    """Return what the name of a file in a mirrored site and its first bytes tell, None where it is no document.

    Of a page whose name does not say that it is one, the whole name is the stem.

    Raises:
        SourceError: what it holds must be known, and it cannot be read.
    """
    told = read_name(name)
    if _is_no_document(name, origin):
        return None
    if told is not None and (told.kind == "html" or _QUERY.search(name) is None):
        return told
    if told is None and (_is_asset(name) or _is_copy(name, origin)):
        return None
    return read_page_name(name, origin) or told


def read_page_name(name: str, origin: Origin) -> FileName | None:
    """Return the name of a file that holds a page, whatever it is called; None where it holds none.

    Raises:
        SourceError: it cannot be read.
    """
    head = origin.head(_HEAD)
    text = _unzipped(head) if name.lower().endswith(".gz") else None
    if not looks_like_page(head if text is None else text):
        return None
    return FileName("html", text is not None, name if text is None else name[:-3], "")


def looks_like_page(head: bytes) -> bool:
    """Tell whether the first bytes of a file are those of a whole page, as a server sends it.

    >>> looks_like_page(b"\\n<!-- Made by hand --><!DOCTYPE html>"), looks_like_page(b"<div>More</div>")
    (True, False)
    """
    return first_tag(head) in _OF_A_PAGE and _SOURCE.search(_text(head)) is None


def is_no_page(data: bytes) -> bool:
    """Tell whether a file that is named like a page is a feed, an answer for programs, or HTTrack's own index."""
    tag, head = first_tag(data), data[:_HEAD]
    if tag in _OF_NO_PAGE or (tag in _OF_A_PAGE and _LOCAL_INDEX.search(_text(head))):
        return True
    if data.lstrip()[:1] not in (b"{", b"["):
        return False
    with suppress(ValueError, RecursionError):
        return isinstance(json.loads(data), dict | list)
    return False


def first_tag(data: bytes) -> str | None:
    """Return the name of a text's first tag in lower case, None where something else comes before it.

    Blanks, comments and XML declarations are none; a document type is one.

    >>> first_tag(b"<?xml version='1.0'?><!DOCTYPE  HTML PUBLIC>"), first_tag(b"body { color: red }")
    ('!doctype html', None)
    """
    found = _FIRST.match(_text(data[:_HEAD]))
    return None if found is None else " ".join(found[1].lower().split())


def bare_name(name: str) -> str:
    """Return a file's name without what programs write behind it: a copy's ending, a number, a query.

    >>> bare_name("a.html.orig"), bare_name("a.html.1"), bare_name("a.html?p=2"), bare_name("a.html")
    ('a.html', 'a.html', 'a.html', 'a.html')
    """
    for pattern in (_rules().copies, _NUMBER):
        if pattern.search(name):
            return pattern.sub("", name)
    return name.partition("?")[0]


def is_of_a_tool(folder: str) -> bool:
    """Tell whether a folder of that name holds what a mirroring program keeps for itself."""
    return folder.lower() in _rules().folders


def _is_no_document(name: str, origin: Origin) -> bool:
    rows = (holds for pattern, holds in _rules().no_documents if pattern.fullmatch(name))
    return any(holds is None or holds.search(_text(origin.head(_HEAD))) for holds in rows)


def _is_asset(name: str) -> bool:
    return any(ending in _rules().assets for ending in _endings(name))


def _endings(name: str) -> Iterator[str]:
    """Yield the ending before a query, or else the one of the name, without .gz."""
    bare = _QUERY.split(name, maxsplit=1)[0].lower()
    yield os.path.splitext(bare.removesuffix(".gz"))[1]  # noqa: PTH122


def _is_copy(name: str, origin: Origin) -> bool:
    """Tell whether it is a copy of another file, or not whole; a number is none where it is an address's."""
    if _rules().copies.search(name):
        return True
    number = _NUMBER.search(name)
    return number is not None and origin.beside(name[: number.start()]) is not None


def _unzipped(head: bytes) -> bytes | None:
    with suppress(zlib.error):
        return zlib.decompressobj(wbits=31).decompress(head, _HEAD)
    return None


def _text(head: bytes) -> str:
    return head.decode("utf-16" if head.startswith(_MARKS) else "utf-8", "replace")
