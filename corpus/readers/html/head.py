"""What a page says of itself in machine-readable form: gathered as it stands, bounded, not believed."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser, LexborNode

from corpus.model.markup import Head

__all__ = ["head_of"]

_MOST = 400
_LONGEST = 2_000
_LONGEST_SCRIPT = 2_000_000
"""Bounds: so many items of each kind, so many characters of a value and of a JSON-LD script."""

_RELS = ("canonical", "alternate", "author", "license", "amphtml")
_PROPERTIES = ("author", "creator", "datePublished", "dateModified", "headline")
"""The RDFa properties of an article that are gathered from the body."""
_ITEMS = "body [itemprop], body [property], body time, body [rel~=author]"
_BESIDE = "aside a time, aside li time, nav time"
"""Times of other stories: an aside may hold the article's own."""
_VALUES = {
    "meta": "content",
    "link": "href",
    "a": "href",
    "area": "href",
    "img": "src",
    "audio": "src",
    "video": "src",
    "iframe": "src",
    "source": "src",
    "embed": "src",
    "track": "src",
    "object": "data",
    "data": "value",
    "meter": "value",
    "time": "datetime",
}
"""The attribute that holds a microdata value, by the element's name (HTML Standard, section 5.2.4)."""


def head_of(parser: LexborHTMLParser, url: str | None) -> Head:
    """Return what the page says of itself; call it before scripts are taken out."""
    root = parser.root
    title = parser.css_first("head > title") or parser.css_first("title")
    return Head(
        language=_clean((root.attributes.get("lang") if root is not None else None) or "") or None,
        title=_clean(title.text() or "") or None if title is not None else None,
        metas=tuple(_metas(parser)),
        links=tuple(_links(parser)),
        json_ld=tuple(_json_ld(parser)),
        items=tuple(_items(parser)),
        url=url,
    )


def _metas(parser: LexborHTMLParser) -> list[tuple[str, str]]:
    found = []
    for node in parser.css("meta[content]")[:_MOST]:
        attributes = node.attributes
        names = (attributes.get(key) for key in ("property", "name", "itemprop", "http-equiv"))
        name = next((_clean(name) for name in names if name), "")
        content = _clean(attributes.get("content") or "")
        if name and content:
            found.append((name, content))
    return found


def _links(parser: LexborHTMLParser) -> list[tuple[str, str]]:
    found = []
    for node in parser.css("link[rel][href]")[:_MOST]:
        rels = (node.attributes.get("rel") or "").lower().split()
        href = _clean(node.attributes.get("href") or "")
        terms = "rsl" if "rsl+xml" in (node.attributes.get("type") or "").lower() else ""
        found += [(f"{rel}:{terms}" if terms else rel, href) for rel in rels if rel in _RELS and href]
    return found


def _json_ld(parser: LexborHTMLParser) -> list[str]:
    scripts = parser.css('script[type*="ld+json" i]')[:_MOST]
    texts = (node.text() or "" for node in scripts)
    return [text.strip() for text in texts if text.strip() and len(text) <= _LONGEST_SCRIPT]


def _items(parser: LexborHTMLParser) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    beside = {node.mem_id for node in parser.css(_BESIDE)}
    for node in parser.css(_ITEMS)[:_MOST]:
        value = _value(node) if node.mem_id not in beside else ""
        if value:
            found += [(name, value) for name in _names(node)]
    return found


def _names(node: LexborNode) -> list[str]:
    """Return what an element is by its attributes: RDFa names a property as microdata does an item's."""
    attributes = node.attributes
    named = (attributes.get("itemprop") or "").split()
    named += [name for p in (attributes.get("property") or "").split() if (name := p.split(":")[-1]) in _PROPERTIES]
    if "author" in (attributes.get("rel") or "").lower().split():
        named.append("author")
    if node.tag != "time" or named:
        return [_clean(name) for name in named]
    words = (attributes.get("class") or "").lower().split()
    said = "pubdate" in attributes or "published" in words
    return ["time", *(["time.published"] if said else []), *(["time.updated"] if "updated" in words else [])]


def _value(node: LexborNode) -> str:
    """Return a microdata value: the attribute that holds it, else the element's text (a long one is no value)."""
    attributes = node.attributes
    attribute = attributes.get("content") or attributes.get(_VALUES.get(node.tag or "", ""))
    if attribute and not (node.tag == "a" and "author" in (attributes.get("rel") or "")):
        return _clean(attribute)
    text = _clean(node.text() or "")
    return text if len(text) < _LONGEST else ""


def _clean(value: str) -> str:
    return " ".join(value.replace("\0", "\ufffd").split())[:_LONGEST]
