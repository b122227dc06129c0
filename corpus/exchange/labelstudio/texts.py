"""Which of a task's data its regions lie on, and where: texts, pages and dialogues as Label Studio counts in them.

An export does not say which field an annotator saw (``$text`` stands in the project's configuration). It says
what each region reads: so the field is the one in which the offsets fall on those words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html.parser import HTMLParser
from itertools import accumulate, islice
from typing import Any

from corpus.exchange.units import Units
from corpus.model.drawn import drawn_text
from corpus.model.shortened import told_value
from corpus.model.span import Span

__all__ = ["Shown", "Unplaced", "shown_on", "shown_texts"]

Value = Mapping[str, Any]

_PREFERRED = ("text", "content", "body", "article", "html", "document")
_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]*://|/data/|data:)\S*", re.IGNORECASE)
_BLANKS = re.compile(r"(?:\s|\\n)+")
_MAX_PARAGRAPHS = 1_000_000
_MOST, _DEEPEST = 1_000, 8
"""How many values of a task's data are looked at, and how deep in each other."""


class Unplaced(Exception):  # noqa: N818 (a finding on its way, never an error that leaves this room)
    """Why a region has no place in a text."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One field as it is shown: its name, its text, and (of a dialogue) where each paragraph starts."""

    field: str
    text: str
    kind: str = "text"
    """"text", "html" or "paragraphs"."""
    starts: tuple[int, ...] = ()

    def place(self, value: Value) -> tuple[Span, bool]:
        """Return a region's span in code points, and whether its own words confirm it.

        Offsets in plain texts and pages are code points (on servers older than 2022 UTF-16 units), in dialogues
        UTF-16 units; where the region says what it reads, that decides.

        Raises:
            Unplaced: it has no offsets of this kind, lies outside the text, or reads otherwise there.
        """
        likely, other = self._in_paragraphs(value) if self.kind == "paragraphs" else self._in_text(value)
        said = value.get("text")
        if not isinstance(said, str):
            return self._inside(likely), False
        for span in (likely, other):
            if span.within(len(self.text)) and self._reads(span, said):
                return span, True
        got = told_value(self._inside(likely).slice(self.text))
        where = f"[{likely.start}, {likely.end})"
        raise Unplaced(f"{where} reads {got} in the field {self.field!r}, not {told_value(said)}")

    def _in_text(self, value: Value) -> tuple[Span, Span]:
        offsets = value.get("globalOffsets") if self.kind == "html" else value
        if not isinstance(offsets, Mapping):
            raise Unplaced(
                "its place is told by paths into a page alone, without globalOffsets; open and save it anew"
            )
        span = Span(_whole(offsets.get("start")), _whole(offsets.get("end")))
        return span, _units(self.text).points(span)

    def _in_paragraphs(self, value: Value) -> tuple[Span, Span]:
        points, units = [], []
        for index, offset in (("start", "startOffset"), ("end", "endOffset")):
            told, inside = value.get(index), _whole(value.get(offset))
            number = int(told) if isinstance(told, str) and re.fullmatch(r"\d{1,7}", told) else _whole(told)
            if not 0 <= number < len(self.starts):
                raise Unplaced(f"the text has {len(self.starts)} paragraphs, and its {index} is number {number}")
            start = self.starts[number]
            end = self.starts[number + 1] - 1 if number + 1 < len(self.starts) else len(self.text)
            found = _units(self.text[start:end]).points(Span(0, inside)).end
            points.append(start + inside)
            units.append(start + found if found >= 0 else -1)
        return Span(*units), Span(*points)

    def _inside(self, span: Span) -> Span:
        if not span.within(len(self.text)):
            raise Unplaced(
                f"[{told_value(span.start)}, {told_value(span.end)}) is not inside the field {self.field!r} of "
                f"{len(self.text)} characters"
            )
        return span

    def _reads(self, span: Span, said: str) -> bool:
        held = span.slice(self.text)
        if self.kind == "text":
            return said in (drawn_text(held), held)
        words = _BLANKS.sub("", said)  # a browser tells what it draws
        if self.kind == "paragraphs" and "\n" in held:  # names and times between them as well
            first, *_, last = (_BLANKS.sub("", line) for line in held.split("\n"))
            return words.startswith(first) and words.endswith(last)
        return _BLANKS.sub("", held) == words


def shown_texts(data: Mapping[str, Any]) -> list[Shown]:
    """Return all that could be a text in a task's data; addresses of pictures and sounds are none.

    What lies deeper is named as in a configuration (``article.body``, ``lines[0]``).
    """
    found: list[Shown] = []
    for name, value in islice(_flat(data), _MOST):
        if isinstance(value, str) and value and not _ADDRESS.fullmatch(value.strip()):
            found.append(Shown(name, value))
            if "<" in value or "&" in value:
                found.append(Shown(name, _page_text(value), "html"))
        elif isinstance(value, list) and value:
            found += _dialogues(name, value)
    return found


def _flat(data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the values of objects and lists within each other, those further out first."""
    level: list[tuple[str, Any]] = list(data.items())
    for _ in range(_DEEPEST):
        yield from level
        inner: list[tuple[str, Any]] = []
        for name, value in level:
            if isinstance(value, dict):
                inner += ((f"{name}.{key}", held) for key, held in value.items())
            elif isinstance(value, list) and not all(isinstance(part, dict) for part in value):
                inner += ((f"{name}[{number}]", held) for number, held in enumerate(value[:_MOST]))
        level = inner


def shown_on(shown: Iterable[Shown], values: Iterable[Value], name: str | None) -> Shown | None:
    """Return the field that regions lie on: where most read what they say, else the likeliest by its name.

    ``name`` is what the regions call it (``to_name``), which often is the field's name.
    """
    held = list(values)[:200]

    def fits(one: Shown) -> tuple[int, int, bool, int, int, int]:
        placed = list(_confirmed(one, held))
        last = one.field.rpartition(".")[2]
        likely = -_PREFERRED.index(last) if last in _PREFERRED else -len(_PREFERRED)
        outer = -one.field.count(".") - one.field.count("[")
        return sum(placed), len(placed), one.field == name, likely, outer, (one.kind == "text") * len(one.text)

    return max(shown, key=fits, default=None)


def _confirmed(shown: Shown, values: Iterable[Value]) -> Iterator[bool]:
    for value in values:
        try:
            yield shown.place(value)[1]
        except Unplaced:
            continue


def _dialogues(name: str, value: list[Any]) -> Iterator[Shown]:
    """Yield a dialogue as each of its members' texts, a paragraph a line."""
    if len(value) > _MAX_PARAGRAPHS or not all(isinstance(part, dict) for part in value):
        return
    for key in value[0]:
        texts = [part.get(key, "") for part in value]
        if all(isinstance(text, str) for text in texts):
            starts = accumulate((len(text) + 1 for text in texts[:-1]), initial=0)
            yield Shown(f"{name}.{key}", "\n".join(texts), "paragraphs", tuple(starts))


@lru_cache(maxsize=4)
def _units(text: str) -> Units:
    return Units(text)


class _Page(HTMLParser):
    """Collects what a browser's text nodes hold: every text, and one character for each ``<br>``."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag == "br":
            self.parts.append("\n")


def _page_text(html: str) -> str:
    page = _Page()
    body = re.search(r"<body\b[^>]*>(.*?)(?:</body\s*>|$)", html, re.IGNORECASE | re.DOTALL)
    try:
        page.feed((body[1] if body else html).replace("\r\n", "\n").replace("\r", "\n"))
        page.close()
    except AssertionError:  # what the parser says of some broken declarations
        return html
    return "".join(page.parts)


def _whole(value: object) -> int:
    if type(value) is int:
        return value
    raise Unplaced(f"its offsets must be integers, got {told_value(value)}")
