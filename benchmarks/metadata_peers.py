"""What other describers of pages say, where they are installed: trafilatura and newspaper4k, as they come."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

Row = Mapping[str, Any]


def peers(gold: pl.DataFrame) -> dict[str, dict[str, Row]]:
    """Return by peer and page what each that is installed here says of pages with ``id``, ``html`` and ``url``."""
    found: dict[str, dict[str, Row]] = {}
    for name, reader in (("trafilatura", _trafilatura), ("newspaper4k", _newspaper)):
        try:
            read = reader()
        except ImportError as error:
            print(f"{name} is not installed here ({error})")
            continue
        begin = time.process_time()
        found[name] = {i: read(html, url) for i, html, url in gold.select("id", "html", "url").iter_rows()}
        print(f"{name} {time.process_time() - begin:.1f} s of CPU")
    return found


_NOTHING: Row = {"title": None, "authors": [], "published": None}


def _trafilatura() -> Callable[[str, str], Row]:
    import trafilatura

    def read(html: str, url: str) -> Row:
        told = trafilatura.extract_metadata(html, default_url=url)
        names = [name.strip() for name in (told.author or "").split(";") if name.strip()] if told else []
        return {"title": told.title, "authors": names, "published": told.date} if told else _NOTHING

    return read


def _newspaper() -> Callable[[str, str], Row]:
    import newspaper

    def read(html: str, url: str) -> Row:
        article = newspaper.Article(url)
        try:
            article.download(input_html=html)
            article.parse()
        except (newspaper.ArticleException, ValueError, ImportError, LookupError):
            pass  # a tokenizer is missing, say: what was found until then counts
        day = str(article.publish_date)[:10] if article.publish_date else None
        return {"title": article.title, "authors": list(article.authors), "published": day}

    return read
