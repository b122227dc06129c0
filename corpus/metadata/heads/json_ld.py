"""The objects of JSON-LD scripts, read with care: broken text is mended only where nothing can be lost by it."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

__all__ = ["LONGEST_SCRIPT", "Node", "nodes_of", "objects_of", "types_of"]

Node = Mapping[str, Any]

LONGEST_SCRIPT = 1_000_000
"""Scripts longer than this (in code points) are not read."""
_MOST_OBJECTS = 200
"""How many objects that follow one another in a script are read."""
_MOST_NODES = 20_000
"""How many values of one page are looked at."""
_WRAPPING = re.compile(r"^\s*(?:<!--|(?:/\*\s?|//\s?)?<!\[CDATA\[(?:\s?\*/)?)")
_WRAPPED = re.compile(r"(?:(?://)?\s?-->|(?:/\*\s?|//\s?)?\]\]>(?:\s?\*/)?)$")
_STRING = r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)'
_STRING_OR_COMMENT = re.compile(rf"{_STRING}|/\*.*?\*/|//[^\n]*|\xa0", re.DOTALL)
_STRING_OR_COMMA = re.compile(rf"{_STRING}|,(?=\s*[}}\]])", re.DOTALL)
_NO_ESCAPE = re.compile(r"\\(?:[^\W_]|[^\\\w\s])")
_ESCAPES = re.compile(r'\\["\\/bfnrtu]')
_REFERENCES = re.compile(r"\s*[\[{][\s\[{]*&(?:quot|#34|#x22);", re.IGNORECASE)
_VOCABULARY = re.compile(r'(?<!\\)"(?:schema:|https?://schema\.org/)(?=\w+"\s*:)')
"""What may stand before a key."""
_BETWEEN = re.compile(r"[\s;,\]]*")
_DECODER = json.JSONDecoder(strict=False)


def objects_of(script: str) -> list[Any]:
    """Return the JSON values of one script, an empty list where it cannot be read.

    Mended are HTML comments and CDATA marks around the whole, comments, control characters and escapes that there
    are not inside strings, commas before a closing bracket, quotes written as character references, and several
    objects in a row.

    >>> objects_of('<!-- {"a": [1, 2,],} -->'), objects_of('{"a": 1}{"b": 2}'), objects_of('{"a": oops}')
    ([{'a': [1, 2]}], [{'a': 1}, {'b': 2}], [])
    """
    if len(script) > LONGEST_SCRIPT:
        return []
    text = _unwrapped(_unwrapped(script.lstrip("\ufeff")))
    if _REFERENCES.match(text):
        text = html.unescape(text)
    return _decoded(text) or _decoded(_mended(text))


def _mended(text: str) -> str:
    """Take out comments, then commas before a closing bracket, and what is no escape in strings."""
    bare = _STRING_OR_COMMENT.sub(lambda match: _without_escapes(match[0]) if match[0][0] == '"' else " ", text)
    return _STRING_OR_COMMA.sub(_without_comma, bare)


def _without_escapes(string: str) -> str:
    """Take the stroke from what it escapes nothing in: "mill\\'s"."""
    return _NO_ESCAPE.sub(lambda match: match[0] if _ESCAPES.match(match[0]) else match[0][1:], string)


def _unwrapped(text: str) -> str:
    """Take off the comment or CDATA marks that stand outermost."""
    return _WRAPPED.sub("", _WRAPPING.sub("", text, count=1).rstrip("; \t\r\n"))


def nodes_of(scripts: Sequence[str], closed: frozenset[str], barred: frozenset[str]) -> list[Node]:
    """Return the typed objects of a page's scripts, outermost first, each script in its order.

    Nothing is looked for inside a node with a type of ``closed`` nor below a key of ``barred``: what
    stands there is about something else than the page.
    """
    found: list[Node] = []
    left = _MOST_NODES
    for script in scripts:
        queue: list[Any] = objects_of(script)
        for value in queue:
            left -= 1
            if left < 0:
                return found
            if isinstance(value, list):
                queue.extend(value[:_MOST_OBJECTS])
            elif isinstance(value, dict):
                found += [value] if "@type" in value or "@id" in value else []
                if not closed.intersection(types_of(value)):
                    queue.extend(v for k, v in value.items() if isinstance(v, dict | list) and k not in barred)
    return found


def types_of(node: Node) -> tuple[str, ...]:
    """Return the node's types without a vocabulary's address: "http://schema.org/Article" is "Article"."""
    given = node.get("@type")
    listed = given if isinstance(given, list) else [given]
    return tuple(re.split(r"[/:#]", name.strip())[-1] for name in listed[:20] if isinstance(name, str))


def _decoded(text: str) -> list[Any]:
    return list(_values(_VOCABULARY.sub('"', text)))


def _values(text: str) -> Iterator[Any]:
    position = _BETWEEN.match(text).end()  # type: ignore[union-attr]
    for _ in range(_MOST_OBJECTS):
        if position >= len(text):
            return
        try:
            value, position = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError):
            return
        yield value
        position = _BETWEEN.match(text, position).end()  # type: ignore[union-attr]


def _without_comma(match: re.Match[str]) -> str:
    return "" if match[0] == "," else match[0]
