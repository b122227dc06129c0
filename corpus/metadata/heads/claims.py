"""What a page's head claims, by place: the JSON-LD object that is the article, meta elements, microdata, links."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from corpus.metadata.addresses import same_page
from corpus.metadata.heads.json_ld import Node, nodes_of, objects_of, types_of
from corpus.metadata.words import table
from corpus.model.markup import Head

__all__ = ["Claim", "Claims", "claims_of", "plain"]

_LONGEST = 2_000
"""Longer strings (in code points) are cut: no value of a head is as long."""
_MOST = 50
"""How many values of one field are looked at."""
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_INVISIBLE = re.compile("[\u200b\u200e\u200f\u2060\ufeff\u00ad\ud800-\udfff\x00-\x08\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Claim:
    """One claimed value, trimmed and on one line, with the place it stands in ("article:headline")."""

    text: str
    place: str


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims of one head, by place, as :meth:`at` looks for them."""

    by_place: Mapping[str, Sequence[str]]

    def of(self, column: str) -> Iterator[Claim]:
        """Yield what is claimed for a column, in the order of the table of places."""
        for place in table("heads")["places"][column]:
            for text in self.at(place):
                yield Claim(text, place)

    def at(self, place: str) -> Sequence[str]:
        """Return what is claimed at a place; the signs inside the name of a meta element count alike."""
        return self.by_place.get(_folded(place), ())

    def groups(self, column: str) -> Iterator[tuple[str, Sequence[str]]]:
        """Yield each place that claims something for a column, with all its values."""
        for place in table("heads")["places"][column]:
            if self.at(place):
                yield place, self.at(place)


def claims_of(head: Head) -> Claims:
    """Return the claims of a head; hostile text in it gives fewer claims, never an error."""
    found: dict[str, list[str]] = {}
    pairs = [(f"meta:{name.strip().lower()}", text) for name, text in head.metas]
    pairs += [(f"item:{name}", text) for name, text in head.items]
    pairs += [(f"link:{rel.strip().lower()}", text) for rel, text in head.links]
    pairs += [("head:title", head.title or ""), ("head:language", head.language or "")]
    pairs += [*_labelled(head), *_structured(head), *_packed(head)]
    for place, text in pairs:
        told = plain(text)
        if told and told not in (listed := found.setdefault(_folded(place), [])) and len(listed) < _MOST:
            listed.append(told)
    return Claims(found)


def plain(text: str) -> str:
    """Return the text on one line without tags, character references and what is invisible, at most 2,000 of it."""
    shown = _TAG.sub("", text[:_LONGEST])
    return " ".join(_INVISIBLE.sub("", html.unescape(shown) if "&" in shown else shown).split())


def _labelled(head: Head) -> list[tuple[str, str]]:
    """Return the values of cards that come with a label of their own: "Written by", then the name."""
    metas = {name.strip().lower(): text for name, text in head.metas}
    labels = table("heads")["names"]["labels"]
    cards = [(metas.get(f"twitter:label{n}", ""), metas.get(f"twitter:data{n}", "")) for n in (1, 2, 3)]
    return [("card:author", text) for label, text in cards if plain(label).casefold() in labels]


def _packed(head: Head) -> list[tuple[str, str]]:
    """Return the values of meta elements that hold several as JSON."""
    names = table("heads")["packed"]
    pairs: list[tuple[str, str]] = []
    for own, fields in names.items():
        objects = [o for n, text in head.metas if n.lower() == own for o in objects_of(text) if isinstance(o, dict)]
        pairs += [(place, t) for o in objects for key, place in fields.items() for t in _texts(o.get(key), {})]
    return pairs


def _folded(place: str) -> str:
    """Return a meta element's place with one sign for the others: dc:date, DC.date and dc-date are one."""
    return "meta:" + re.sub(r"[.:_-]", ".", place[5:]) if place.startswith("meta:") else place


def _structured(head: Head) -> list[tuple[str, str]]:
    rules = _types()
    nodes = nodes_of(head.json_ld, rules["article"], rules["barred"])
    known = {node["@id"]: node for node in reversed(nodes) if isinstance(node.get("@id"), str) and len(node) > 1}
    pairs: list[tuple[str, str]] = []
    article = _article(nodes, head)
    if article is not None:
        pairs += _fields("article", article, known)
        for other in _same(article, nodes):
            pairs += _fields("article", {key: v for key, v in other.items() if key not in article}, known)
    for kind in ("page", "site"):
        pairs += [pair for node in _of_kind(kind, nodes)[:5] for pair in _fields(kind, node, known)]
    return pairs


def _of_kind(kind: str, nodes: Sequence[Node]) -> list[Node]:
    """Return the objects of one of the kinds of types that the table tells apart."""
    return [node for node in nodes if _types()[kind].intersection(types_of(node))]


def _article(nodes: Sequence[Node], head: Head) -> Node | None:
    """Return the object that is the page's article: one with the page's address, its title, or the first."""
    articles = _of_kind("article", nodes)
    if len(articles) < 2:
        return articles[0] if articles else None
    titles = plain(" ".join([head.title or "", *(t for n, t in head.metas if n.lower() == "og:title")])).casefold()
    pages = [url for url in (head.url, *(href for rel, href in head.links if rel == "canonical")) if url]
    return max(articles, key=lambda node: _fitness(node, titles, pages))


def _same(article: Node, nodes: Sequence[Node]) -> list[Node]:
    """Return the other objects of the same article, by their headline: plug-ins each write one of their own."""
    own = _title(article.get("headline"))
    others = (node for node in _of_kind("article", nodes) if node is not article)
    return [node for node in others if _title(node.get("headline")) == own] if own else []


def _title(value: Any) -> str:
    """Return the first text of a value, as titles are compared."""
    return plain("".join(_texts(value, {})[:1])).casefold()


def _fitness(node: Node, titles: str, pages: Sequence[str]) -> tuple[bool, bool, int]:
    addresses = [text for key in ("url", "mainEntityOfPage", "@id") for text in _texts(node.get(key), {})]
    headline = _title(node.get("headline") or node.get("name"))
    told = sum(key in node for key in ("headline", "author", "datePublished", "dateModified"))
    here = any(same_page(a, b) for a in addresses[:4] for b in pages)
    return here, bool(headline) and headline in titles, told


def _fields(kind: str, node: Node, known: Mapping[str, Node]) -> list[tuple[str, str]]:
    pairs = [(f"{kind}:{key}", text) for key, value in node.items() for text in _texts(value, known)]
    parts = node.get("hasPart")
    for part in (parts if isinstance(parts, list) else [parts])[:_MOST]:
        if isinstance(part, dict):
            pairs += [
                (f"{kind}:hasPart.{key}", text) for key, value in part.items() for text in _texts(value, known)
            ]
    return pairs


def _texts(value: Any, known: Mapping[str, Node]) -> list[str]:
    """Return the strings of a JSON-LD value: itself, an object's name, or those of a list's members."""
    found: list[str] = []
    for item in (value if isinstance(value, list) else [value])[:_MOST]:
        if isinstance(item, dict):
            found += _name(item, known)
        elif isinstance(item, bool):
            found.append("true" if item else "false")
        elif isinstance(item, str) and item in known and "name" in known[item]:
            found += _name(known[item], known)
        elif isinstance(item, str | int):
            found.append(str(item)[:_LONGEST])
    return found


def _name(node: Node, known: Mapping[str, Node]) -> list[str]:
    target = node
    if isinstance(node.get("@id"), str) and not any(key in node for key in ("name", "givenName", "@value")):
        target = known.get(node["@id"], node)
    for key in ("name", "@value", "legalName", "alternateName"):
        value = target.get(key)
        value = value.get("@value") if isinstance(value, dict) else value
        names = [v for v in (value if isinstance(value, list) else [value]) if isinstance(v, str) and v.strip()]
        if names:
            return names[:_MOST]
    parts = [target[key] for key in ("givenName", "familyName") if isinstance(target.get(key), str)]
    return (
        [" ".join(parts)]
        if parts
        else [v for k in ("@id", "url") if isinstance(v := target.get(k), str) and not v.startswith("#")][:1]
    )


@cache
def _types() -> dict[str, frozenset[str]]:
    return {key: frozenset(names) for key, names in table("heads")["json_ld"].items()}
