"""Walk once over a well-formed page and write down its lines of visible text, with the element of each.

The parser has made the page well-formed and left out what is never text, so one regular expression finds
every tag with the text behind it, and the walk needs no recursion and no object a node.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from corpus.readers.html.elements import BREAKS, CELLS, LINE, PARAGRAPH, TAB, VOID

__all__ = ["Line", "Tree", "walk"]

_TOKEN = re.compile(r"<(/?)([^\s/>]+)([^>]*)>([^<]*)")
_BLANKS = re.compile(r"[ \t\n\r\f]+")
_UNSEEN = re.compile(
    r"""\shidden(?:="(?!until-found)|[\s>]|$)|\sstyle="[^"]*(?:display\s*:\s*none|visibility\s*:\s*hidden)""", re.I
)
_OPEN = re.compile(r"\sopen[=\s]|\sopen$")
_WIDEST_CELL = 240
"""A line this long is no row of a table's cells, but a column of a page that is laid out with a table."""


@dataclass(slots=True)
class Tree:
    """The elements that were met, as parallel lists: an element is its number, its parent's is lower."""

    names: list[str] = field(default_factory=lambda: ["html"])
    attributes: list[str] = field(default_factory=lambda: [""])
    parents: list[int] = field(default_factory=lambda: [0])


class Line(NamedTuple):
    """One line of visible text."""

    text: str
    first: int
    last: int
    """The elements in which its first and its last piece of text stand."""
    visible: int
    linked: int
    """How many characters that are no spaces it has, and how many of them stand in links."""
    apart: bool
    """Whether a browser would leave space above it."""


def walk(page: str) -> tuple[list[Line], Tree]:
    """Return the lines of a serialized, well-formed page, and its elements.

    White space is collapsed as CSS does (no-break spaces stay), except in ``pre``. Time and memory are linear
    in the page's length.
    """
    walker = _Walker()
    walker.read(page)
    return walker.lines, walker.tree


class _Walker:
    """The line that is being written, and the lines that are done."""

    def __init__(self) -> None:
        self.tree = Tree()
        self.lines: list[Line] = []
        self.parts: list[str] = []
        self.length = self.visible = self.linked = 0
        self.first = self.last = 0
        self.apart = False
        self.spaced = True
        """Whether the line ends with a space, or begins, so that white space adds none."""

    def read(self, page: str) -> None:
        """Read every tag, and write down the text behind it (one long loop: a call a tag would double the time)."""
        names, attributes, parents = self.tree.names, self.tree.attributes, self.tree.parents
        breaks, cells, void = BREAKS, CELLS, VOID
        now = unseen = preformatted = in_link = 0
        pending, row_begun = 0, True  # how the next text breaks the line; whether its row has text already
        for closes, name, attribute, text in _TOKEN.findall(page):
            if closes:
                if unseen:
                    unseen -= 1
                    if unseen:
                        continue
                now = parents[now]
                if name in breaks:
                    if breaks[name] > pending:
                        pending = breaks[name]
                    if name == "pre":
                        preformatted = max(preformatted - 1, 0)
                elif name == "a":
                    in_link = 0
            elif name in void:
                if unseen:
                    continue
                if name in breaks and breaks[name] > pending:
                    pending = breaks[name]
            else:
                if unseen:
                    unseen += 1
                    continue
                parents.append(now)
                now = len(names)
                names.append(name)
                attributes.append(attribute)
                if (attribute and _UNSEEN.search(attribute)) or (name == "dialog" and not _OPEN.search(attribute)):
                    unseen = 1
                    continue
                if name in breaks:
                    if pending != TAB and breaks[name] > pending:
                        pending = breaks[name]
                    if name == "tr":
                        row_begun = False
                    elif name == "pre":
                        preformatted += 1
                elif name in cells:
                    joins = row_begun and self.length < _WIDEST_CELL
                    pending = TAB if joins else max(pending, LINE)
                elif name == "a":
                    in_link = 1
            if text and not unseen:
                write = self._verbatim if preformatted else self._collapsed
                if write(text, now, in_link, pending):
                    pending, row_begun = 0, True
        self._finish()

    def _collapsed(self, text: str, element: int, in_link: int, pending: int) -> bool:
        """Write text down with its white space collapsed; tell whether there was more."""
        if "&" in text:
            text = _resolved(text)
        if "  " in text or not text.isprintable():
            text = _BLANKS.sub(" ", text)
        if text == " ":
            if not pending and not self.spaced:
                self.parts.append(text)
                self.spaced = True
            return False
        if pending:
            self._break(pending)
            self.spaced = True
        if self.spaced and text[0] == " ":
            text = text[1:]
        self.spaced = text[-1:] == " "
        self._add(text, element, in_link)
        return True

    def _verbatim(self, text: str, element: int, in_link: int, pending: int) -> bool:
        """Write preformatted text down, line by line; tell whether there was any."""
        if not text.strip():
            return False
        if pending:
            self._break(pending)
        blank = 0
        for number, line in enumerate(_resolved(text).replace("\r", "\n").split("\n")):
            if number:
                self._finish()
            if line.strip():
                self.apart = self.apart or blank > 1
                self._add(line, element, in_link)
                blank = 0
            blank += 1
        self.spaced = False
        return True

    def _add(self, text: str, element: int, in_link: int) -> None:
        visible = len(text) - text.count(" ")
        if not self.parts:
            self.first = element
        self.parts.append(text)
        self.last = element
        self.length += len(text)
        self.visible += visible
        if in_link:
            self.linked += visible

    def _break(self, pending: int) -> None:
        if pending == TAB and self.parts:
            self.parts.append("\t")
            return
        self._finish()
        self.apart = self.apart or pending == PARAGRAPH

    def _finish(self) -> None:
        if not self.parts:
            return
        text = "".join(self.parts).rstrip(" ")
        if not text.isspace():
            self.lines.append(Line(text, self.first, self.last, self.visible, self.linked, self.apart))
            self.apart = False
        self.parts = []
        self.length = self.visible = self.linked = 0


def _resolved(text: str) -> str:
    """Resolve the four references that the parser writes."""
    for reference, character in (("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", "\u00a0"), ("&amp;", "&")):
        text = text.replace(reference, character)
    return text
