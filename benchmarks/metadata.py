"""Measure the describer on pages with gold titles, dates and authors: from HTML, from text alone, and on leads."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("POLARS_MAX_THREADS", "1")

import polars as pl  # one thread must be chosen before the import
from metadata_judging import (
    claimed_days,
    claimed_titles,
    day_distance,
    folded,
    half,
    in_other_words,
    interval,
    is_one_of,
    is_shown,
    local_day,
    name_is_right,
    shown_titles,
    title_is_like,
    title_is_right,
)
from metadata_peers import peers

WHERE = """
The data is one Parquet file with a row a page: id, source, site, url, lang, html, title, authors, published (the
gold; null where there is none), body, and the page's text in up to three variants, one block a line: text_full
(all that is visible), text_mid (without link-heavy blocks) and text_left (what an extractor leaves). Such pages
can be made from public collections:
  flairNLP/fundus, its parsers' test fixtures  news pages, gold from per-publisher selectors (MIT)
  Murrough-Foley/web-content-extraction-benchmark (WCXB)  articles and blogs, reviewed (CC-BY-4.0)
  scrapinghub/article-extraction-benchmark  bodies only (MIT); for the leads

What counts as right. Texts are compared case folded, without signs. Title: equal, or one is part of the other with
at least .8 of its length ("like": one is part of the other at any length, or the ratio of their matching characters
is at least .8: the judge by which the peers have the figures beside the targets). Date: the same day, in the zone
that the page wrote it in, as the gold has it. Author any: a page's gold has a name that is one of ours; precision:
the share of our names that are in the gold, over pages that have one; a name is in the gold if its words stand
there in a row, or a gold name's in it. On text a value "stands" where the title is (at least .8 of) a line, the day
a date of a line. Pages show other headlines than search engines and cards are told, and the gold has sometimes
these, sometimes those; so titles are judged twice: by the gold, and by whatever the page's own head or its only h1
calls its title. Of the false ones, "no headline" are those that are not one of these in other words (two words and
half of them shared): where the headline itself is gone, a video or a list often tells it once more. And titles are
judged as "shown": a headline with or without its kicker is the same one, and the headline that one reads over the
article counts, where neither head nor h1 says it (headlines.tsv: page and line of text_full; read by one reader of
every news page whose leftover has no claimed title as a line, and of the pages whose other leftovers were given a
title that no claim says). Likewise a day
is "not the page's" where neither the gold nor the page's head has it; in two of the golds of "fundus" day and month
are exchanged, and some have the day in UTC. Many golds of blog pages have the day of the last change, where the
page shows no other: such a day is "modified" here and no publication's ("a change's, or right" counts it).
The title model (train_title_model.py) has seen all of these pages: its honest figures for text are the ones that
its script prints, cross-validated by site.
The sites are cut in halves by the first byte of the SHA-256 of the site's name: even is 0, odd is 1. The rules for
titles, dates and authors were written by looking at pages of half 0 alone (which of two rules takes the title from
a head was chosen by the figures of both halves), but for those of which time stamp is the publication's
(publication.py) and of names beside a stamp (lines.py), written by looking at the news of both halves and at half 0
of the other pages; those for datelines at all of the leads.

leads.tsv: one row a lead (the page's id, offsets into its gold body): where its dateline's place and agency stand,
empty where it has none. Labelled by one reader: of every news page the first line of at least 60 characters; of the
second such line, and of the blog pages' first two, those that begin in any way like a dateline (capitals, a short
run of words before a sign, an abbreviation in brackets). A spoof agency and a broadcaster are no agencies.

Peers (--peers) run where they are installed (trafilatura, newspaper4k), best in an environment of their own:
neither they nor what they need is asked of this project, and this script then needs nothing of it but polars.
"""
TARGETS = {
    ("html", "title, like"): ">= .93 (trafilatura .89, newspaper4k .92)",
    ("html", "date"): ">= .97 (trafilatura .96)",
    ("html", "author, any"): ">= .90",
    ("html", "author, precision"): ">= .88",
}
VARIANTS = ("text_full", "text_mid", "text_left")
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
    claims = {} if options.peers else claimed_titles(gold)
    days = {} if options.peers else claimed_days(gold)
    print("share [95 % interval by site] of pages (of names)   the halves of the sites   what is to be reached")
    for name, found in (peers(gold) if options.peers else _ours(gold)).items():
        _save(options.save, name, found)
        if name.startswith("text_"):
            _print_standing(name, gold, found, claims, days)
        else:
            _print_pages(name, gold, found)
    if not options.peers:
        _print_leads(pages)
        _print_speed(gold)
    return 0


def _ours(gold: pl.DataFrame) -> dict[str, dict[str, Row]]:
    from corpus.pipeline.cleaning import clean_batch
    from corpus.readers.html import render

    begin = time.process_time()
    rendered = {i: render(html, url) for i, html, url in gold.select("id", "html", "url").iter_rows()}
    print(f"rendering {time.process_time() - begin:.1f} s of CPU")
    found = {"html": _described({i: (r.text, r) for i, r in rendered.items()}, clean_batch)}
    for variant in VARIANTS:
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
        found |= {row["doc_id"]: _with_note(row) for row in documents.iter_rows(named=True)}
    return found


def _with_note(row: Row) -> Row:
    notes = {item["column"]: item["source"] for item in row["evidence"]}
    return {**row, "published_note": notes.get("published")}


def _print_speed(gold: pl.DataFrame) -> None:
    """Print how fast cleaned texts and heads are described, without cleaning and parsing."""
    from corpus.cleaning.kernel import clean_frame
    from corpus.metadata.describe import describe_frame
    from corpus.metadata.heads.markup import known_from_head
    from corpus.readers.html import render

    for variant in VARIANTS:
        if variant in gold.columns:
            site = pl.lit(None, dtype=pl.String).alias("site")
            raw = gold.select(pl.col("id").alias("doc_id"), pl.col(variant).alias("text"), site)
            blocks = clean_frame(raw, line_model=False)
            begin = time.process_time()
            describe_frame(raw, blocks)
            _print_rate(f"describing {variant}", raw["text"], begin)
    pages = [render(html, url) for html, url in gold.select("html", "url").iter_rows()]
    begin = time.process_time()
    for page in pages:
        known_from_head(page.head, page.text)
    _print_rate("reading heads, by their HTML", gold["html"], begin)


def _print_rate(name: str, texts: pl.Series, begin: float) -> None:
    seconds = time.process_time() - begin
    print(f"{name}: {seconds:.2f} s of CPU, {texts.str.len_bytes().sum() / 1e6 / seconds:.1f} MB/s")


Told = list[tuple[str, int, bool]]
"""Site, half and whether it is right, for each page that counts."""


def _print_pages(name: str, gold: pl.DataFrame, found: Mapping[str, Row]) -> None:
    for source in sorted(gold["source"].unique()):
        rows = list(gold.filter(pl.col("source") == source).iter_rows(named=True))
        told: dict[str, Told] = {}
        for row in rows:
            for measure, right in _judged(row, found[row["id"]]):
                told.setdefault(measure, []).append((row["site"], half(row["site"]), right))
        for measure, values in told.items():
            print(_line(f"{name:11} {source:7} {measure:24}", values, TARGETS.get((name, measure), "")))


def _judged(row: Row, ours: Row) -> Iterable[tuple[str, bool]]:
    yield "title", title_is_right(ours["title"], row["title"])
    yield "title, like", title_is_like(ours["title"], row["title"])
    if row["published"]:
        day = local_day(ours["published"], ours.get("published_note"))
        yield "date", day_distance(day, row["published"]) == 0
        yield "date, in UTC", day_distance(ours["published"], row["published"]) == 0
        yield "date, a day more or less", day_distance(ours["published"], row["published"]) <= 1
    if row["authors"]:
        yield "author, any", any(name_is_right(name, row["authors"]) for name in ours["authors"])
        for name in ours["authors"]:
            yield "author, precision", name_is_right(name, row["authors"])


def _print_standing(
    name: str,
    gold: pl.DataFrame,
    found: Mapping[str, Row],
    claims: Mapping[str, list[str]],
    days: Mapping[str, set[str]],
) -> None:
    shown = shown_titles(gold, claims)
    for source in sorted(gold["source"].unique()):
        told: dict[str, Told] = {}
        for row in gold.filter(pl.col("source") == source).iter_rows(named=True):
            ours = found[row["id"]]
            measures = (
                *_standing(row, ours, row[name], claims[row["id"]], days[row["id"]]),
                _shown(ours["title"], row[name], shown[row["id"]]),
            )
            for measure, right in measures:
                told.setdefault(measure, []).append((row["site"], half(row["site"]), right))
        for measure in sorted(told):
            print(_line(f"{name:11} {source:7} {measure:36}", told[measure], _standing_target(measure)))


def _standing(
    row: Row, ours: Row, text: str, claims: Sequence[str], days: Collection[str]
) -> Iterable[tuple[str, bool]]:
    """Yield whether a value that stands is right, and whether one is given that does not stand."""
    lines, title = [line for line in text.split("\n") if len(line) < 1_000], ours["title"]
    good = title_is_right(title, row["title"])
    stands = any(title_is_right(line, row["title"]) for line in lines)
    yield (
        ("gold title stands: right", good) if stands else ("gold title not there: false", bool(title) and not good)
    )
    good = is_one_of(title, claims)
    stands = any(is_one_of(line, claims) for line in lines)
    if stands:
        yield "page's title stands: right", good
    else:
        yield "page's title not there: false", bool(title) and not good
        yield "page's title not there: no headline", bool(title) and not good and not in_other_words(title, claims)
    if row["published"] and len(row["published"]) >= len("2021-04-08"):
        given, distance = ours["published"] or "", day_distance(ours["published"], row["published"])
        if _day_stands(row["published"], lines, row["lang"]):
            yield "day stands: right", distance == 0
            changed = day_distance(ours["modified"], row["published"]) == 0
            yield "day stands: a change's, or right", changed or distance == 0
        else:
            yield "day not there: false", len(given) >= len("2021-04-08") and distance > 0
            yield "day not there: not the page's", len(given) >= len("2021-04-08") and given[:10] not in days
            yield "day not there: more than a day off", len(given) >= len("2021-04-08") and distance > 1


def _shown(title: str | None, text: str, shown: Sequence[str]) -> tuple[str, bool]:
    good = is_shown(title, shown)
    if any(len(line) < 1_000 and is_shown(line, shown) for line in text.split("\n")):
        return "shown title stands: right", good
    return "shown title not there: false", bool(title) and not good


def _standing_target(measure: str) -> str:
    return ">= .85" if measure.endswith("right") else "<= .03"


def _line(head: str, told: Told, target: str) -> str:
    halves = "  ".join(f"half {part} {_share(right for _, own, right in told if own == part)}" for part in (0, 1))
    low, high = interval([(site, right) for site, _, right in told])
    share = _share(right for _, _, right in told)
    return f"{head} {share} [{low:.3f}, {high:.3f}] of {len(told):5}   {halves}   {target}"


def _day_stands(day: str, lines: Sequence[str], language: str | None) -> bool:
    from corpus.metadata.times.dates import find_dates

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
