"""Make more material for the line model: what five common extractors leave of each page, line by line, labelled.

The pages of ``--data`` (see train_line_model.py; here also ``html``) come with one extractor's leftovers each; this
writes those of the other four. Needs an environment of its own: ``pip install trafilatura justext boilerpy3
readability-lxml lxml_html_clean resiliparse polars``. Takes about two minutes a thousand pages.

A line's label comes from the page's own labelled lines where it stands there too; else it is the article's if
more than half of its 4-word shingles stand in the gold body (a line under four words: if the gold has that line).
"""

from __future__ import annotations

import argparse
import logging
import re
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

_WORD = re.compile(r"\w+")
_BREAKS = re.compile(
    r"^(address|article|aside|blockquote|body|br|d[dlt]|details|div|fieldset|fig(caption|ure)|footer|form|h[1-6r]|"
    r"header|li|main|nav|ol|option|p|pre|section|summary|t(able|body|d|foot|h|head|r)|ul)$"
)
_SAME = 0.97
"""Leftovers of which so large a share of lines is the given variant's are no news."""


def extractors() -> dict[str, Callable[[str], str | None]]:
    import justext
    import trafilatura
    from boilerpy3.extractors import DefaultExtractor
    from readability import Document
    from resiliparse.extract.html2text import extract_plain_text

    words = justext.get_stoplist("English")
    boilerpipe = DefaultExtractor(raise_on_failure=False)
    lax = {
        "length_low": 20,
        "length_high": 50,
        "stopwords_low": 0.1,
        "stopwords_high": 0.2,
        "max_link_density": 0.5,
    }

    def lax_justext(html: str) -> str:
        found = justext.justext(html.encode(), words, **lax)
        return "\n".join(paragraph.text for paragraph in found if not paragraph.is_boilerplate)

    return {
        "trafilatura": lambda html: trafilatura.extract(html, favor_recall=True, include_comments=False),
        "readability": lambda html: visible_text(Document(html).summary()),
        "justext": lax_justext,
        "boilerpy3": boilerpipe.get_content,
        "resiliparse": lambda html: extract_plain_text(html, main_content=True, alt_texts=False),
    }


def visible_text(html: str) -> str:
    """The text of a page, a line a block."""
    import lxml.html

    pieces: list[str] = []

    def walk(element: Any) -> None:
        block = isinstance(element.tag, str) and _BREAKS.match(element.tag) is not None
        if isinstance(element.tag, str) and element.tag not in ("script", "style"):
            pieces.append("\0" * block + (element.text or ""))
            for child in element:
                walk(child)
            pieces.append("\0" * block)
        pieces.append(element.tail or "")

    walk(lxml.html.fromstring(html))
    return "\n".join(" ".join(piece.split()) for piece in "".join(pieces).split("\0"))


class Labels:
    """What is known of a page's lines."""

    def __init__(self, page: dict[str, Any]) -> None:
        self.known: dict[str, list[int]] = {}
        for variant in ("full", "mid", "left"):
            for line, label in zip(page[f"text_{variant}"].split("\n"), page[f"labels_{variant}"], strict=True):
                self.known.setdefault(line, []).append(label)
        words = _WORD.findall(page["body"])
        self.shingles = {tuple(words[i : i + 4]) for i in range(len(words) - 3)}
        self.lines = {tuple(_WORD.findall(line)) for line in page["body"].split("\n")}

    def of(self, line: str) -> int:
        if line in self.known:
            return int(sum(self.known[line]) * 2 > len(self.known[line]))
        words = _WORD.findall(line)
        if len(words) < 4:
            return int(bool(words) and tuple(words) in self.lines)
        hits = sum(tuple(words[i : i + 4]) in self.shingles for i in range(len(words) - 3))
        return int(hits * 2 > len(words) - 3)


def leftovers(page: dict[str, Any], tools: dict[str, Callable[[str], str | None]]) -> list[tuple[Any, ...]]:
    given, labels, rows = set(page["text_left"].split("\n")), Labels(page), []
    for name, extract in tools.items():
        try:
            text = extract(page["html"]) or ""
        except Exception as error:  # each fails on some pages in a way of its own
            print(f"{name} failed on {page['id']}: {type(error).__name__}", file=sys.stderr)
            continue
        lines = [" ".join(line.split()) for line in text.split("\n") if line.strip()]
        marks = [labels.of(line) for line in lines]
        if any(marks) and len(set(lines) & given) <= _SAME * len(set(lines) | given):
            rows.append((page["id"], name, lines, marks))
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the Parquet file of pages with gold and HTML")
    parser.add_argument("--out", type=Path, required=True, help="write the leftovers here (Parquet)")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    tools, rows = extractors(), []
    for page in pl.read_parquet(options.data).iter_rows(named=True):
        rows += leftovers(page, tools)
    schema = {"id": pl.String, "extractor": pl.String, "text": pl.List(pl.String), "label": pl.List(pl.Int8)}
    pl.DataFrame(rows, schema=schema, orient="row").write_parquet(options.out)
    print(f"{len(rows)} leftovers written to {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
