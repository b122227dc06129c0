"""HTML to anchor text: what a reader of the page sees, a line a block, with what the markup says of each."""

from __future__ import annotations

from corpus.readers.html.charset import decode_html
from corpus.readers.html.rendering import RENDERER, Rendered, render

__all__ = ["RENDERER", "Rendered", "decode_html", "render"]
