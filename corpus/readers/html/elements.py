"""What each element does to the flow of visible text: the table elements.toml, as look-ups."""

from __future__ import annotations

import tomllib
from importlib.resources import files

__all__ = ["BREAKS", "CELLS", "HIDDEN", "LINE", "PARAGRAPH", "TAB", "VERBATIM", "VOID"]

TAB, LINE, PARAGRAPH = 1, 2, 3
"""What stands between two pieces of text: a tab, a line break, a blank line."""

_TABLE: dict[str, list[str]] = tomllib.loads(
    files("corpus.readers.html").joinpath("elements.toml").read_text("utf-8")
)

BREAKS: dict[str, int] = {
    **dict.fromkeys(_TABLE["line"], LINE),
    **dict.fromkeys(_TABLE["paragraph"], PARAGRAPH),
    "br": LINE,
}
"""Which break stands before and after an element; inline elements are not in it."""

CELLS = frozenset(_TABLE["cell"])
VOID = frozenset(_TABLE["void"])
HIDDEN = tuple(_TABLE["hidden"])
VERBATIM = tuple(_TABLE["verbatim"])
