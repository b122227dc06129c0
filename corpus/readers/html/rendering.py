"""A page to its anchor text: parsed by lexbor, walked once, each line with what the markup says of it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version

from selectolax.lexbor import LexborHTMLParser

from corpus.model.document import Repair
from corpus.model.markup import Head, Markup
from corpus.readers.encoding.decoding import clean_string, repair_text
from corpus.readers.html.elements import HIDDEN, VERBATIM
from corpus.readers.html.guarding import guarded
from corpus.readers.html.head import head_of
from corpus.readers.html.places import Places
from corpus.readers.html.walking import Line, Tree, walk

__all__ = ["RENDERER", "Rendered", "render"]

RENDERER = f"newscorpus-html 1 (selectolax {version('selectolax')})"
"""The renderer with its version: part of what an anchor text is known by."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A page's visible text, with what its markup says."""

    text: str
    """The anchor text: one block a line, blank lines where a browser leaves space; may be empty."""
    markup: Markup
    """One item a line of ``text``."""
    head: Head
    repairs: tuple[Repair, ...] = ()
    """What had to be changed in the text beside rendering it."""


def render(html: str, url: str | None = None) -> Rendered:
    """Render a page as a reader sees it without styles and scripts.

    A table's row is one line with a tab between its cells, ``br`` breaks the line, inline elements never do.
    Left out are scripts, styles, templates, embedded media, form fields, and what ``hidden`` or an inline
    style hides. Any string is a page: time and memory are linear in its length.
    """
    kept, repairs = guarded(clean_string(html)[0])
    parser = LexborHTMLParser(kept)
    head = head_of(parser, url)
    lines, tree = _lines(parser)
    text, markup = _laid_out(lines, tree)
    repaired = repair_text(text)
    if repaired.text.count("\n") == text.count("\n"):
        text, repairs = repaired.text, (*repairs, *repaired.repairs)
    return Rendered(text, markup, head, repairs)


def _lines(parser: LexborHTMLParser) -> tuple[list[Line], Tree]:
    for node in parser.css(",".join(VERBATIM)):
        node.replace_with(node.text())
    parser.strip_tags(list(HIDDEN))
    body = parser.body
    return walk(_without_comments((body.html if body is not None else None) or ""))


def _without_comments(page: str) -> str:
    """Cut comments out; the parser has closed each of them."""
    if "<!--" not in page:
        return page
    first, *others = page.split("<!--")
    return first + "".join(other.partition("-->")[2] for other in others)


def _laid_out(lines: list[Line], tree: Tree) -> tuple[str, Markup]:
    """Return the text with its blank lines, and the markup with empty items for them."""
    shown: list[str] = []
    items: list[tuple[str, float, str, str]] = []
    for line, (tag, hints, place) in zip(lines, Places(tree).of(lines), strict=True):
        if line.apart and shown:
            shown.append("")
            items.append(("", 0.0, "", ""))
        shown.append(line.text)
        items.append((tag, round(line.linked / line.visible, 3) if line.visible else 0.0, hints, place))
    tags, shares, hints_of, places = zip(*items or [("", 0.0, "", "")], strict=True)
    return "\n".join(shown), Markup(tags, shares, hints_of, places)
