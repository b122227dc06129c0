"""XML to a tree of elements: nothing is expanded, nothing is fetched, nothing is nested without end.

Expat parses; a document that declares entities is refused before one is used (a few lines of them can stand
for gigabytes), and a DTD outside is never read. Names of characters that HTML knows are resolved, since the
DTDs of news formats define them.
"""

from __future__ import annotations

import re
from html.entities import html5
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from corpus.errors import SourceError
from corpus.model.document import Repair
from corpus.readers.encoding.decoding import read_bytes
from corpus.readers.records import Problem

__all__ = ["parsed_xml"]

DEEPEST = 500
"""Elements nested deeper are nobody's article."""

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


def parsed_xml(data: bytes) -> tuple[Element, tuple[Repair, ...]]:
    """Return the root element; bytes that belie their declared encoding are decoded by what they are.

    Raises:
        Problem: it is no well-formed XML, declares entities, or is nested too deep.
    """
    try:
        return _parsed(data, None), ()
    except expat.ExpatError as error:
        first = error
    try:
        text, decoder, repairs = read_bytes(data)
        root = _parsed(_DECLARATION.sub("", text, count=1).encode("utf-8", "replace"), "utf-8")
    except (expat.ExpatError, SourceError):
        raise Problem("invalid-xml", f"The file is no well-formed XML: {first}; mend it or get it anew.") from None
    return root, repairs or (Repair("charset", 1, f"not in the encoding it declares; read as {decoder}"),)


def _parsed(data: bytes, encoding: str | None) -> Element:
    parser = expat.ParserCreate(encoding, "}")
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    builder = TreeBuilder()
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise Problem("invalid-xml", f"The file's elements are nested deeper than {DEEPEST}.")
        builder.start(_plain(tag), {_plain(name): value for name, value in attributes.items()})

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_plain(tag))

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.EntityDeclHandler = _refused
    parser.ExternalEntityRefHandler = _refused
    parser.SkippedEntityHandler = lambda name, parameter: builder.data("" if parameter else _character(name))
    try:
        parser.Parse(data, True)
    except (ValueError, LookupError) as error:  # an encoding that expat does not know
        raise expat.ExpatError(str(error)) from error
    return builder.close()


def _plain(name: str) -> str:
    """Return a name without its namespace."""
    return name.rpartition("}")[2]


def _character(name: str) -> str:
    return html5.get(f"{name};", "\ufffd")


def _refused(*_: Any) -> int:
    raise Problem("unsafe-xml", "The file declares entities of its own, which are never followed; resolve them.")
