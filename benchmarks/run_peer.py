"""Clean one column of pages with one peer, in the peers' environment: texts to a file, costs to standard output.

Usage: python run_peer.py PEER COLUMN PAGES.parquet OUT.parquet

Each peer is called as its documentation says, with its defaults; comments off where it can tell them. C4's rules
are those on lines: a page is not dropped for its number of sentences or a bracket. Tools for pages get a text as a
page with a paragraph a line. jusText gets the stop words of the page's language, and none where it has none.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from functools import cache
from html import escape

import pyarrow as pa
import pyarrow.parquet as pq
from memory import peak_mib

Clean = Callable[[str, str], str]

LANGUAGES = {
    "ar": "Arabic", "cs": "Czech", "da": "Danish", "de": "German", "en": "English", "es": "Spanish",
    "fi": "Finnish", "fr": "French", "hi": "Hindi", "it": "Italian", "ko": "Korean", "nb": "Norwegian_Bokmal",
    "nl": "Dutch", "no": "Norwegian_Bokmal", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian",
    "ru": "Russian", "sv": "Swedish", "tr": "Turkish", "uk": "Ukrainian", "vi": "Vietnamese",
}  # fmt: skip
BLOCKS = (
    "p",
    "div",
    "li",
    "tr",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "br",
    "td",
    "section",
    "article",
)

WARM = 200
"""So many pages are cleaned before the clock runs, as for ours."""


def c4() -> Clean:
    from datatrove.data import Document
    from datatrove.pipeline.filters import C4QualityFilter

    rules = C4QualityFilter(min_num_sentences=-1, filter_lorem_ipsum=False, filter_curly_bracket=False)

    def clean(text: str, _: str) -> str:
        document = Document(text=text, id="0")
        rules.filter(document)
        return str(document.text)

    return clean


def justext_lines() -> Clean:
    import justext

    @cache
    def stop_words(language: str) -> frozenset[str]:
        name = LANGUAGES.get(language)
        return justext.get_stoplist(name) if name in justext.get_stoplists() else frozenset()

    def clean(page: str, language: str) -> str:
        words = stop_words(language)
        limits = {} if words else {"stopwords_low": 0, "stopwords_high": 0}
        paragraphs = justext.justext(page.encode(), words, encoding="utf-8", **limits)
        return "\n".join(p.text for p in paragraphs if not p.is_boilerplate)

    return clean


def boilerpy() -> Clean:
    from boilerpy3 import extractors

    extractor = extractors.ArticleExtractor(raise_on_failure=False)
    return lambda page, _: extractor.get_content(page) or ""


def trafilatura_text() -> Clean:
    import trafilatura

    return lambda page, _: trafilatura.extract(page, include_comments=False) or ""


def readability_text() -> Clean:
    import lxml.html
    from readability import Document

    def clean(page: str, _: str) -> str:
        tree = lxml.html.fromstring(Document(page).summary())
        for element in tree.iter(*BLOCKS):
            element.tail = "\n" + (element.tail or "")
        return str(tree.text_content())

    return clean


def resiliparse_text() -> Clean:
    from resiliparse.extract.html2text import extract_plain_text

    return lambda page, _: extract_plain_text(page, main_content=True, comments=False)


PEERS: dict[str, Callable[[], Clean]] = {
    "c4": c4,
    "justext": justext_lines,
    "boilerpy3": boilerpy,
    "trafilatura": trafilatura_text,
    "readability-lxml": readability_text,
    "resiliparse": resiliparse_text,
}


def main(peer: str, column: str, source: str, out: str) -> None:
    pages = pq.read_table(source, columns=["id", "lang", column])
    ids, languages, texts = (pages[name].to_pylist() for name in ("id", "lang", column))
    clean = PEERS[peer]()
    if column != "html" and peer != "c4":
        texts = [as_page(text) for text in texts]
    for text, language in zip(texts[:WARM], languages[:WARM], strict=True):
        attempt(clean, text, language or "")
    begin = time.process_time()
    found = [attempt(clean, text, language or "") for text, language in zip(texts, languages, strict=True)]
    seconds = time.process_time() - begin
    pq.write_table(pa.table({"id": ids, "text": [text for text, _ in found]}), out)
    print(json.dumps({"seconds": seconds, "peak_mib": peak_mib(), "failed": sum(failed for _, failed in found)}))


def as_page(text: str) -> str:
    body = "".join(f"<p>{escape(line)}</p>\n" for line in text.split("\n"))
    return f"<html><head></head><body>{body}</body></html>"


def attempt(clean: Clean, text: str, language: str) -> tuple[str, bool]:
    """Return a peer's text, or nothing where it gives up; that counts as a failure of its own."""
    try:
        return clean(text, language), False
    except Exception as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return "", True


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
