"""The card's Markdown, piece by piece: escaped words, lists and tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

__all__ = ["bullets", "escape_markdown", "table"]


def escape_markdown(text: str) -> str:
    r"""Return the text on one line with everything escaped that Markdown or HTML could read as a sign.

    >>> escape_markdown("a|b <i>\n*c*")
    'a\\|b \\<i\\> \\*c\\*'
    """
    one_line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    escaped = re.sub(r"([\\`*_\[\]<>|~&$])", r"\\\1", one_line)
    return re.sub(r"^(\d*)([.)](?=\s|$)|(?<!\d)[-+#=])", r"\1\\\2", escaped)


def bullets(lines: Iterable[str]) -> str:
    """Return a list, one line an entry."""
    return "\n".join(f"- {line}" for line in lines)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table whose cells are escaped already."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
