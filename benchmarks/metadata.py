"""Measure the describer on pages with gold titles, dates and authors: from HTML, from text alone, and on leads."""

from __future__ import annotations

import argparse
import difflib
import hashlib
import json
import os
import re
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

os.environ.setdefault("POLARS_MAX_THREADS", "1")

import polars as pl  # one thread must be chosen before the import

WHERE = """
The data is one Parquet file with a row a page: id, source, site, url, lang, html, title, authors, published (the
gold; null where there is none), body, and the page's text in up to two variants, one block a line: text_full (all
that is visible) and text_left (what an extractor leaves). Such pages can be made from public collections:
  flairNLP/fundus, its parsers' test fixtures  news pages, gold from per-publisher selectors (MIT)
  Murrough-Foley/web-content-extraction-benchmark (WCXB)  articles and blogs, reviewed (CC-BY-4.0)
  scrapinghub/article-extraction-benchmark  bodies only (MIT); for the leads

What counts as right. Texts are compared case folded, without signs. Title: equal, or one is part of the other with
at least .8 of its length ("like": one is part of the other at any length, or the ratio of their matching characters
is at least .8). Date: the same day (ours is in UTC, the gold as the publisher wrote it; "±1" also counts the day
before and after). Author any: a page's gold has a name that is one of ours; precision: the share of our names that
are in the gold, over pages that have one; a name is in the gold if its words stand there in a row, or a gold name's
in it. On text a value "stands" where the title is (at least .8 of) a line, the day a date of a line.
The sites are cut in halves by the first byte of the SHA-256 of the site's name: even is 0, odd is 1. The rules for
titles, dates and authors were written by looking at pages of half 0 alone; those for datelines at all of the leads.

leads.tsv: one row a lead (the page's id, offsets into its gold body): where its dateline's place and agency stand,
empty where it has none. Labelled by one reader: of every news page the first line of at least 60 characters; of the
second such line, and of the blog pages' first two, those that begin in any way like a dateline (capitals, a short
run of words before a sign, an abbreviation in brackets). A spoof agency and a broadcaster are no agencies.

Peers (--peers) run where they are installed (trafilatura, newspaper4k), best in an environment of their own:
neither they nor what they need is asked of this project, and this script then needs nothing of it but polars.
"""
LEADS = Path(__file__).with_name("leads.tsv")
Row = Mapping[str, Any]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=WHERE, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="the Parquet file (see below)")
    parser.add_argument("--peers", action="store_true", help="run only the peers that are installed here")
    parser.add_argument("--save", type=Path, help="write what was found, as JSON Lines")
    options = parser.parse_args(arguments)
    pages = pl.read_parquet(options.data).unique("id", keep="first", maintain_order=True)
    gold = pages.filter(pl.col("title").is_not_null())
    for name, found in (_peers(gold) if options.peers else _ours(gold, pages)).items():
        _save(options.save, name, found)
        _print_pages(name, gold, found)
        if name.startswith("text_"):
            _print_standing(name, gold, found)
    if not options.peers:
        _print_leads(pages)
    return 0


def _ours(gold: pl.DataFrame, pages: pl.DataFrame) -> dict[str, dict[str, Row]]:
    from corpus.pipeline.cleaning import clean_batch
    from corpus.readers.html import render

    del pages
    begin = time.process_time()
    rendered = {i: render(html, url) for i, html, url in gold.select("id", "html", "url").iter_rows()}
    print(f"rendering {time.process_time() - begin:.1f} s of CPU")
    found = {"html": _described({i: (r.text, r) for i, r in rendered.items()}, clean_batch)}
    for variant in ("text_full", "text_left"):
        if variant in gold.columns:
            texts = dict(gold.select("id", variant).iter_rows())
            found[variant] = _described({i: (text, None) for i, text in texts.items()}, clean_batch)
    return found


def _described(texts: Mapping[str, tuple[str, Any]], clean_batch: Callable[..., Any]) -> dict[str, Row]:
    from corpus.model.document import RawDocument

    raws = [
        RawDocument(
            doc_id=i,
            text=text,
            raw_sha256="",
            decoder="",
            source_file="",
            markup=rendered.markup if rendered else None,
            head=rendered.head if rendered else None,
        )
        for i, (text, rendered) in texts.items()
    ]
    found: dict[str, Row] = {}
    for start in range(0, len(raws), 50):
        documents = clean_batch(raws[start : start + 50]).documents
        found |= {row["doc_id"]: row for row in documents.iter_rows(named=True)}
    return found


def _peers(gold: pl.DataFrame) -> dict[str, dict[str, Row]]:
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


def half(site: str) -> int:
    return hashlib.sha256(site.encode()).digest()[0] % 2


def folded(text: str | None) -> str:
    return re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", text or "")).casefold().strip()


def title_is_right(ours: str | None, gold: str) -> bool:
    short, long = sorted((folded(ours), folded(gold)), key=len)
    return bool(short) and (short == long or (short in long and len(short) >= 0.8 * len(long)))


def fold_of(site: str, folds: int = 2) -> int:
    """Return the fold of a site, the same on every machine: its SHA-256 modulo the number of folds."""
    return int(hashlib.sha256(site.encode()).hexdigest(), 16) % folds


def claimed_titles(pages: pl.DataFrame) -> dict[str, list[str]]:
    """Return for each page its gold title and what its own head or its only h1 says it is, folded.

    Search engines' titles, cards' titles and the headline on the page often differ; a text cannot tell which of
    them the gold has.
    """
    from corpus.metadata.claims import claims_of
    from corpus.metadata.headlines import site_names, squeezed, without_site
    from corpus.readers.html import render

    claims = {}
    for row in pages.iter_rows(named=True):
        page = render(row["html"], row["url"])
        told = claims_of(page.head)
        sites = site_names(told, page.head)
        titles = [without_site(claim.text, sites) for claim in told.of("title")]
        firsts = zip(page.text.split("\n"), page.markup.tags, strict=True)
        headings = {line for line, tag in firsts if tag == "h1" and squeezed(line) not in sites}
        titles += headings if len({squeezed(line) for line in headings}) == 1 else []
        titles = [text for text in titles if len(text) > 5 and squeezed(text) not in sites]
        titles += [row["title"], without_site(row["title"], sites)] if row["title"] else []
        claims[row["id"]] = sorted({folded(text) for text in titles} - {""})
    return claims


def is_one_of(text: str | None, claims: Iterable[str]) -> bool:
    """Tell whether the text is one of the folded titles, or nearly all of one."""
    mine = folded(text)
    pairs = (sorted((mine, claim), key=len) for claim in claims)
    return bool(mine) and any(
        short == long or (short in long and len(short) >= 0.8 * len(long)) for short, long in pairs
    )


def title_is_like(ours: str | None, gold: str) -> bool:
    mine, theirs = folded(ours), folded(gold)
    ratio = difflib.SequenceMatcher(None, mine, theirs).ratio()
    return bool(mine) and (mine in theirs or theirs in mine or ratio >= 0.8)


def name_is_right(name: str, gold: Iterable[str]) -> bool:
    ours = folded(name)
    return bool(ours) and any(f" {ours} " in f" {folded(g)} " or f" {folded(g)} " in f" {ours} " for g in gold)


def day_distance(ours: str | None, gold: str) -> int:
    """Return how many days lie between, 999 where one is no day."""
    try:
        return abs((date.fromisoformat((ours or "")[:10]) - date.fromisoformat(gold[:10])).days)
    except ValueError:
        return 0 if ours and ours == gold else 999


def _groups(gold: pl.DataFrame) -> Iterable[tuple[str, list[Row]]]:
    for source in sorted(gold["source"].unique()):
        rows = list(gold.filter(pl.col("source") == source).iter_rows(named=True))
        for part in (0, 1):
            yield f"{source} half {part}", [row for row in rows if half(row["site"]) == part]
        yield f"{source} all   ", rows


def _print_pages(name: str, gold: pl.DataFrame, found: Mapping[str, Row]) -> None:
    for group, rows in _groups(gold):
        pairs = [(row, found[row["id"]]) for row in rows]
        titles = [title_is_right(p["title"], r["title"]) for r, p in pairs]
        like = [title_is_like(p["title"], r["title"]) for r, p in pairs]
        days = [day_distance(p["published"], r["published"]) for r, p in pairs if r["published"]]
        named = [(r["authors"], p["authors"]) for r, p in pairs if r["authors"]]
        anyone = [any(name_is_right(name, theirs) for name in ours) for theirs, ours in named]
        each = [name_is_right(name, theirs) for theirs, ours in named for name in ours]
        title = f"title {_share(titles)} (like {_share(like)})"
        day = f"date {_share(d == 0 for d in days)} (±1 {_share(d <= 1 for d in days)})"
        author = f"author any {_share(anyone)} precision {_share(each)}"
        print(f"{name:11} {group} {len(rows):4} pages   {title}   {day}   {author}")


def _print_standing(name: str, gold: pl.DataFrame, found: Mapping[str, Row]) -> None:
    for group, rows in _groups(gold):
        right: dict[tuple[str, bool], list[bool]] = {(c, s): [] for c in ("title", "date") for s in (True, False)}
        for row in rows:
            ours, lines = found[row["id"]], [line for line in row[name].split("\n") if len(line) < 1_000]
            good = title_is_right(ours["title"], row["title"])
            stands = any(title_is_right(line, row["title"]) for line in lines)
            right["title", stands].append(good if stands else bool(ours["title"]) and not good)
            if row["published"] and len(row["published"]) >= 10:
                good = day_distance(ours["published"], row["published"]) == 0
                stands = _day_stands(row["published"], lines, row["lang"])
                right["date", stands].append(good if stands else bool(ours["published"]) and not good)
        told = (
            f"{c} stands {len(right[c, True]):3} right {_share(right[c, True])}, "
            f"else {len(right[c, False]):3} false {_share(right[c, False])}"
            for c in ("title", "date")
        )
        print(f"{name:11} {group} {'   '.join(told)}")


def _day_stands(day: str, lines: Sequence[str], language: str | None) -> bool:
    from corpus.metadata.dates import find_dates

    dated = (line for line in lines if len(line) < 600 and re.search(r"\d", line))
    return any(found.value[:10] == day[:10] for line in dated for found in find_dates(line, None, language))


def _print_leads(pages: pl.DataFrame) -> None:
    from corpus.pipeline.cleaning import clean_batch

    labels = pl.read_csv(LEADS, separator="\t", schema_overrides={"place": pl.String, "agency": pl.String})
    bodies = dict(pages.filter(pl.col("id").is_in(labels["page"].implode())).select("id", "body").iter_rows())
    found = _described({i: (body, None) for i, body in bodies.items()}, clean_batch)
    wanted = {
        column: dict(labels.filter(pl.col(column).is_not_null()).select("page", column).iter_rows())
        for column in ("place", "agency")
    }
    print(f"leads: {len(labels)} of {len(bodies)} pages, {len(wanted['place'])} with a place")
    for column, field in (("place", "dateline"), ("agency", "agency")):
        ours = {i: row[field] for i, row in found.items() if row[field]}
        right = [i for i, value in ours.items() if folded(wanted[column].get(i)) == folded(value)]
        false = {i: value for i, value in ours.items() if i not in right}
        missed = {i: value for i, value in wanted[column].items() if i not in ours}
        print(
            f"{field}: precision {len(right) / max(1, len(ours)):.3f} ({len(right)}/{len(ours)}), "
            f"recall {len(right) / max(1, len(wanted[column])):.3f} ({len(right)}/{len(wanted[column])})"
            f"\n   false {false}\n   missed {missed}"
        )


def _share(values: Iterable[bool]) -> str:
    listed = list(values)
    return f"{sum(listed) / len(listed):.3f}" if listed else "  –  "


def _save(path: Path | None, name: str, found: Mapping[str, Row]) -> None:
    if path is not None:
        with path.open("a", encoding="utf-8") as stream:
            for doc_id, row in found.items():
                values = {key: row[key] for key in ("title", "authors", "published")}
                stream.write(json.dumps({"reader": name, "id": doc_id, **values}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    sys.exit(main())
