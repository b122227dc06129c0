"""The tables of the annotators' guideline, generated from the scheme between markers.

``[//]: # (scheme: NAME)`` opens a generated part and ``[//]: # (/scheme)`` closes it, each a line of its
own; everything else is written by people. In Markdown such a line is a link definition that nobody uses,
so that no reader shows it (an HTML comment is shown as text where HTML is not let through).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from corpus.errors import DataError
from corpus.model.scheme import Scheme

__all__ = ["fill_tables", "scheme_tables"]

_OPEN = re.compile(r"^\[//\]: # \(scheme: ([a-z]+)\)\n", re.MULTILINE)
_CLOSE = "[//]: # (/scheme)"


def scheme_tables(scheme: Scheme) -> dict[str, str]:
    """Return every generated part in Markdown by its name: version, entities, spans, attributes, flags,
    relations.
    """
    return {
        "version": f"Scheme {scheme.name} {scheme.version}, guideline {scheme.guideline_version}.\n",
        "entities": _table(
            ("Key", "Label", "What", "Example"),
            ((e.hotkey, e.label, e.meaning, e.example) for e in scheme.entities),
        ),
        "spans": _table(
            ("Key", "Label", "What"), ((span.hotkey, span.label, span.meaning) for span in scheme.spans)
        ),
        "attributes": _table(
            ("Question", "Key", "Answer", "When"),
            (
                (attribute.title, value.hotkey, value.name, value.meaning)
                for attribute in scheme.attributes
                for value in attribute.values
            ),
        ),
        "flags": _table(("Key", "Flag", "When"), ((flag.hotkey, flag.name, flag.meaning) for flag in scheme.flags)),
        "relations": _table(
            ("Relation", "From", "To", "What"),
            ((r.name, r.from_, r.to, r.meaning) for r in scheme.relations),
        ),
    }


def fill_tables(text: str, scheme: Scheme) -> str:
    """Return the guideline with every generated part renewed; what people wrote stays as it is.

    Raises:
        DataError: a part is not closed, or has a name that is not known.
    """
    tables = scheme_tables(scheme)
    parts: list[str] = []
    position = 0
    for match in _OPEN.finditer(text):
        end = text.find(_CLOSE, match.end())
        following = _OPEN.search(text, match.end())
        if end < 0 or (following is not None and following.start() < end):
            raise DataError(f"The guideline's part {match[1]!r} is not closed; add a line {_CLOSE}.")
        if match[1] not in tables:
            known = ", ".join(tables)
            raise DataError(f"The guideline has a part {match[1]!r}, which is none of {known}.")
        parts += (text[position : match.end()], f"\n{tables[match[1]]}\n")
        position = end
    return "".join((*parts, text[position:]))


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(_cell(cell) for cell in line)} |\n" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
