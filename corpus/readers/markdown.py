"""A Markdown text to its anchor text: what a reader of it sees, with what its front matter says.

Crawlers and services that make pages readable hand news over as Markdown. It is CommonMark with tables and
strikethrough here; HTML inside is a page's HTML. Its lines are judged as those of a plain text are, because
Markdown does not tell what a page's own markup tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from html import escape
from importlib.metadata import version

import yaml
from markdown_it import MarkdownIt

from corpus.model.document import KnownValue, RawDocument, Repair
from corpus.model.markup import Markup
from corpus.model.tomltext import parsed_toml
from corpus.readers.columns import OMITTED, sort_columns
from corpus.readers.html import RENDERER, render

__all__ = ["as_markdown"]

_NOT_CARRIED = "The field {!r} of the front matter is not carried: its value or its name cannot be."

_RENDERER = f"newscorpus-markdown 1 (markdown-it-py {version('markdown-it-py')}); {RENDERER}"

_LONGEST = 65_536
"""Longer front matter is text: fields of that size describe no article."""

_DEEPEST = 60

_WORDS, _LETTERS = 5, 10
"""A heading as long is a headline: so many words, or letters of scripts that write words without spaces."""
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")

_YAML = re.compile(r"---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_TOML = re.compile(r"\+\+\+[ \t]*\n(.*?\n)\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL)
_LABELS = re.compile(r"((?:[A-Z][A-Za-z ]{2,30}: [^\n]*\n+){1,12})Markdown Content:[ \t]*(?:\n|\Z)")
"""Front matter as static site generators write it, and as reading services put it before a page's text."""
_NAMES = {"url source": "url", "source": "url", "published time": "published"}
"""What front matter calls fields that records call otherwise."""


def as_markdown(source: RawDocument) -> RawDocument:
    """Return the document of a Markdown text, even where it shows nothing.

    What its front matter says is known of it as if a record had said it; the anchor text begins below.
    """
    fields, body = _parted(source.text)
    html, deep = _html(body)
    rendered = render(html)
    columns = sort_columns(fields, frozenset(), f"{source.source_file}:front matter".lstrip(":"))
    headline = _headline(rendered.text, rendered.markup)
    repairs = (*source.repairs, *rendered.repairs)
    repairs += tuple(Repair(OMITTED, 1, _NOT_CARRIED.format(name)) for name in columns.omitted)
    if deep:
        repairs += (Repair("markdown", 1, f"nested deeper than {_DEEPEST} levels, so read line by line"),)
    return replace(
        source,
        text=rendered.text,
        decoder=f"{source.decoder}; {_RENDERER}",
        repairs=repairs + columns.repairs,
        known=source.known + columns.known + headline,
        extra={**columns.extra, **source.extra},
        media_type="text/markdown",
    )


def _headline(text: str, markup: Markup) -> tuple[KnownValue, ...]:
    """Return what the only heading of the first level says the title is; a few words may be the site's name."""
    lines = zip(text.split("\n"), markup.tags, strict=True)
    found = {" ".join(line.split()) for line, tag in lines if tag == "h1" and line.strip()}
    said = found.pop() if len(found) == 1 else ""
    is_long = len(said.split()) >= _WORDS or len(_UNSPACED.findall(said)) >= _LETTERS
    return (KnownValue("title", said, "markup", "the only heading of level 1"),) if is_long else ()


def _html(body: str) -> tuple[str, bool]:
    """Return the body as HTML, and whether it is nested too deep for that, so that lines are paragraphs instead."""
    shared: dict[str, object] = {}
    tokens = _parser().parse(body, shared)
    if all(token.level < _DEEPEST for token in tokens):
        return str(_parser().renderer.render(tokens, _parser().options, shared)), False
    return "\n".join(f"<p>{escape(line)}</p>" for line in body.split("\n")), True


@cache
def _parser() -> MarkdownIt:
    """Return the parser, which leaves out what is nested deeper than it may be: one level less is refused here."""
    return MarkdownIt("commonmark", {"html": True, "maxNesting": _DEEPEST + 1}).enable(["table", "strikethrough"])


def _parted(text: str) -> tuple[Mapping[str, object], str]:
    """Return the fields of a text's front matter, and the text below it; no fields where it has none.

    >>> _parted("---\\ntitle: Port reopens\\ntags: [port]\\n---\\nThe port reopened.")
    ({'title': 'Port reopens', 'tags': ['port']}, 'The port reopened.')
    """
    start = len(text) - len(text.lstrip("\ufeff\n"))
    for pattern, read in ((_YAML, _of_yaml), (_TOML, _of_toml), (_LABELS, _of_labels)):
        found = pattern.match(text, start, start + _LONGEST)
        fields = dict(read(found[1])) if found else {}
        if found and fields:
            return _renamed(fields), text[found.end() :]
    return {}, text


def _renamed(fields: Mapping[str, object]) -> dict[str, object]:
    names = {name: _NAMES.get(name.lower(), name) for name in fields}
    return {name if names[name] in fields else names[name]: value for name, value in fields.items()}


def _of_yaml(text: str) -> Iterator[tuple[str, object]]:
    """Yield the fields of a mapping, all scalars as text; aliases are not followed, for they may explode."""
    try:
        node = None if _has_aliases(text) else yaml.compose(text, yaml.BaseLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        return
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        if isinstance(key, yaml.ScalarNode):
            yield key.value, _plain(value)


def _has_aliases(text: str) -> bool:
    """Tell whether YAML names a part to stand in several places; "R &B" does not."""
    if "&" not in text or "*" not in text:  # an anchor, and what names it
        return False
    return any(isinstance(token, yaml.AnchorToken | yaml.AliasToken) for token in yaml.scan(text, yaml.BaseLoader))


def _plain(node: yaml.Node) -> object:
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        return {str(key.value): _plain(value) for key, value in node.value}
    return node.value or None


def _of_toml(text: str) -> Iterator[tuple[str, object]]:
    try:
        yield from parsed_toml(text).items()
    except (ValueError, RecursionError):
        return


def _of_labels(text: str) -> Iterator[tuple[str, object]]:
    for line in text.split("\n"):
        label, told, value = line.partition(": ")
        if told and value.strip():
            yield label.lower(), value.strip()
