"""What a page's markup says beside its text: of each rendered line, and in its head."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Head", "Markup"]


@dataclass(frozen=True, slots=True)
class Markup:
    """What the markup says of each line of a rendered anchor text: parallel tuples, one item a line.

    The anchor text has exactly ``len(tags)`` lines (split at "\\n" alone); a blank line has empty items.
    """

    tags: tuple[str, ...]
    """The innermost block element's name: "p", "h2", "li", "td", "figcaption", "blockquote", "div" …"""
    link_shares: tuple[float, ...]
    """Share (0 to 1) of the line's non-blank characters that stand inside links."""
    hints: tuple[str, ...]
    """Lower-case words of class, id, role, itemprop and element names, nearest element first, bounded."""
    places: tuple[str, ...]
    """Where the line stands in the page, as a path of elements with positions ("body/main/article/p[3]")."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a page says of itself in machine-readable form, as it stands there, not yet believed."""

    language: str | None = None
    """The ``lang`` of the root element."""
    title: str | None = None
    """The ``title`` element."""
    metas: tuple[tuple[str, str], ...] = ()
    """(name or property or itemprop or http-equiv, content) of each meta element, in order."""
    links: tuple[tuple[str, str], ...] = ()
    """(rel, href) of canonical, alternate, author, license and amphtml links; "license:rsl" for RSL terms."""
    json_ld: tuple[str, ...] = ()
    """The text of each JSON-LD script, not parsed."""
    items: tuple[tuple[str, str], ...] = ()
    """(itemprop, RDFa property, rel or "time", value) of microdata, times outside of asides and author links in the
    body; a time that its class or attribute calls the publication's is "time.published" too."""
    url: str | None = None
    """Where the page was retrieved from, where that is known."""
