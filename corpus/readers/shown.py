"""A source text to what a reader sees of it: a page rendered, Markdown too, plain text as it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from corpus.model.document import RawDocument
from corpus.readers.encoding.decoding import Decoded, clean_string, decode_bytes, repair_text
from corpus.readers.html import RENDERER, decode_html, render

__all__ = ["HTML", "MARKDOWN", "MEDIA_TYPES", "PLAIN", "MediaType", "decoded_source", "shown"]

MediaType = Literal["text/plain", "text/html", "text/markdown"]
MEDIA_TYPES: tuple[MediaType, ...] = ("text/plain", "text/html", "text/markdown")
PLAIN, HTML, MARKDOWN = MEDIA_TYPES


def shown(source: RawDocument, media_type: str, url: str | None = None) -> RawDocument:
    """Return the document of what a reader sees of a source's text, even where that is nothing.

    ``source`` holds the source text as :func:`decoded_source` gives it, its hash and what is known of it;
    ``url`` is where a page was.
    """
    if media_type == MARKDOWN:
        from corpus.readers.markdown import as_markdown  # and with it two parsers that nothing else needs

        return as_markdown(source)
    if media_type == PLAIN:
        return source
    rendered = render(source.text, url)
    return replace(
        source,
        text=rendered.text,
        decoder=f"{source.decoder}; {RENDERER}",
        repairs=(*source.repairs, *rendered.repairs),
        media_type=HTML,
        markup=rendered.markup,
        head=rendered.head,
    )


def decoded_source(value: str | bytes, media_type: str, decoder: str = "str") -> Decoded:
    """Return the text of a source; a page's is repaired after it is rendered. ``decoder`` is named for a string.

    Raises:
        SourceError: bytes are no text, or their encoding cannot be told.
    """
    if isinstance(value, bytes):
        return decode_html(value) if media_type == HTML else decode_bytes(value)
    if media_type == HTML:
        return Decoded(clean_string(value)[0], decoder, ())
    return replace(repair_text(value), decoder=decoder)
