"""How a described title, day or author is compared with the gold, and intervals by site."""

from __future__ import annotations

import difflib
import hashlib
import random
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl

SAMPLES = 1_000
HEADLINES = Path(__file__).with_name("headlines.tsv")
_KICKED_WORDS = 3
_KICKED_SIGNS = 8
"""The same where words are not spaced."""


def half(site: str) -> int:
    return hashlib.sha256(site.encode()).digest()[0] % 2


def folded(text: str | None) -> str:
    return re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", text or "")).casefold().strip()


def title_is_right(ours: str | None, gold: str) -> bool:
    short, long = sorted((folded(ours), folded(gold)), key=len)
    return bool(short) and (short == long or (short in long and len(short) >= 0.8 * len(long)))


def claimed_titles(pages: pl.DataFrame) -> dict[str, list[str]]:
    """Return for each page its gold title and what its own head or its only h1 says it is, folded.

    Search engines' titles, cards' titles and the headline on the page often differ; a text cannot tell which of
    them the gold has.
    """
    from corpus.metadata.heads.claims import claims_of
    from corpus.metadata.heads.headlines import site_names, squeezed, without_site
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


def is_shown(text: str | None, claims: Iterable[str]) -> bool:
    """Tell whether the text is one of the folded titles, with or without its kicker.

    "Harbour: The ferry is late again" is "The ferry is late again", and the other way round: the shorter ends the
    longer, has half of its length, and three words (or eight signs in a row). A page shows the kicker now on a
    line of its own, now before the headline, and its head says them together or not.
    """
    claims = list(claims)
    return is_one_of(text, claims) or any(_ends_like(*sorted((folded(text), c), key=len)) for c in claims)


def _ends_like(short: str, long: str) -> bool:
    if 2 * len(short) < len(long):
        return False
    spaced = len(short.split()) >= _KICKED_WORDS and long.endswith(f" {short}")
    return spaced or (" " not in short and len(short) >= _KICKED_SIGNS and long.endswith(short))


def shown_titles(pages: pl.DataFrame, claims: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return the folded titles of each page and, of the pages in headlines.tsv, the headline that one reads there.

    These pages show a headline over the article that neither their head nor their h1 says.
    """
    texts = dict(pages.select("id", "text_full").iter_rows()) if "text_full" in pages.columns else {}
    shown = {page: [*said] for page, said in claims.items()}
    for page, line in pl.read_csv(HEADLINES, separator="\t").iter_rows():
        if page in texts and page in shown:
            shown[page].append(folded(texts[page].split("\n")[line]))
    return shown


def in_other_words(text: str | None, claims: Iterable[str]) -> bool:
    """Tell whether the text shares at least two of its words, and half of them, with one of the folded titles.

    A word is the first five letters of one of four or more. So "New ferry for Lisk harbour" is "Lisk harbour gets
    its ferry" in other words: a headline that a page shows elsewhere, in a list or above a video.
    """
    mine = _words(folded(text))
    return any(len(shared) >= 2 and 2 * len(shared) >= len(mine) for shared in (mine & _words(c) for c in claims))


def _words(text: str) -> set[str]:
    return {word[:5] for word in text.split() if len(word) >= 4}


def claimed_days(pages: pl.DataFrame) -> dict[str, set[str]]:
    """Return for each page its gold day and the days that its own head says it was published or changed on.

    Each in the zone it is written in and in UTC: pages show now one, now the other, and a few golds have day and
    month exchanged.
    """
    from corpus.metadata.heads.claims import claims_of
    from corpus.metadata.times.moments import moment_of, zone_note
    from corpus.readers.html import render

    days = {}
    for row in pages.iter_rows(named=True):
        told = claims_of(render(row["html"], row["url"]).head)
        found = {row["published"][:10]} if row["published"] else set()
        for claim in (*told.of("published"), *told.of("modified")):
            if moment := moment_of(claim.text, epoch=True):
                found |= {moment[0][:10], (local_day(moment[0], zone_note(claim.text, moment[0])) or "")[:10]}
        days[row["id"]] = found
    return days


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


def local_day(published: str | None, note: str | None) -> str | None:
    """Return the day of a time in the zone that its evidence tells ("(at -05:00)"), else its day in UTC."""
    match = re.search(r"\(at ([+-])(\d\d):(\d\d)\)", note or "")
    if match is None or published is None or "T" not in published:
        return published
    shift = timedelta(hours=int(match[2]), minutes=int(match[3])) * (1 if match[1] == "+" else -1)
    return (datetime.fromisoformat(published) + shift).strftime("%Y-%m-%d")


def interval(values: Sequence[tuple[str, bool]]) -> tuple[float, float]:
    """Return the 95 % interval of the share of true values, from samples of sites drawn with replacement."""
    by_site: dict[str, list[bool]] = {}
    for site, value in values:
        by_site.setdefault(site, []).append(value)
    counts = [(sum(of_site), len(of_site)) for of_site in by_site.values()]
    draw = random.Random(1)
    shares = []
    for _ in range(SAMPLES if counts else 0):
        chosen = draw.choices(counts, k=len(counts))
        shares.append(sum(right for right, _ in chosen) / sum(of_all for _, of_all in chosen))
    shares.sort()
    return (shares[int(0.025 * len(shares))], shares[int(0.975 * len(shares)) - 1]) if shares else (0.0, 0.0)
