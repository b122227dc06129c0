"""Make pages of pages: other stories announced inside, below and above an article, short articles, lost beginnings.

Real pages teach a model little of what is rare in them: a "read also" between two paragraphs in Dutch, a block of
teasers below an article of three paragraphs. Here lines of one page are put between the lines of another; whose
they are is known, so that the labels stay right. A page and what is put into it are of one fold: no fold sees
another's. The same pages always make the same pages.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

Line = tuple[str, int]
"""A text, and 1 where it is the article's own."""

FIRST = 10_000_000
"""The number of the first made document."""

OPENERS: Mapping[str, tuple[str, ...]] = {
    "en": (
        "Read also",
        "READ MORE",
        "Related:",
        "Related stories",
        "Read more",
        "More on this topic",
        "You may also like",
        "See also",
    ),
    "de": (
        "Lesen Sie auch",
        "Mehr zum Thema",
        "Lies auch:",
        "Auch interessant",
        "Lesen Sie auch:",
        "Das könnte Sie auch interessieren",
        "Zum Thema",
    ),
    "nl": ("Lees ook", "Lees ook:", "Bekijk ook:", "Zie ook"),
    "pt": ("Leia também", "Leia também:", "Leia mais", "Veja também"),
    "fr": ("À lire aussi", "Lire aussi", "Voir aussi", "A lire aussi :"),
    "es": ("Lea también", "Te puede interesar", "Lee también", "Le puede interesar", "Más información"),
    "it": ("Leggi anche", "Leggi anche:", "Vedi anche"),
    "pl": ("Czytaj także", "Zobacz także", "Czytaj więcej", "Przeczytaj także"),
    "no": ("Les også", "Les mer"),
    "da": ("Læs også", "Læs mere"),
    "sv": ("Läs också", "Läs mer"),
    "tr": ("İlgili haberler",),
    "ru": ("Читайте также", "По теме"),
    "uk": ("Читайте також",),
    "ja": ("関連記事",),
    "ko": ("관련기사",),
    "zh": ("相关新闻",),
    "ar": ("اقرأ أيضا",),
    "ro": ("Citește și",),
    "cs": ("Čtěte také",),
    "fi": ("Lue myös",),
    "hu": ("Olvasta már",),
    "id": ("Baca juga",),
}
"""What announces other stories, by language."""


@dataclass(frozen=True, slots=True)
class Story:
    """A headline of another page, and the first paragraphs below it."""

    title: str
    paragraphs: tuple[str, ...]

    def teaser(self, words: int) -> str:
        return " ".join(self.paragraphs[0].split()[:words])


def made_pages(pages: pl.DataFrame, seed: int = 5) -> pl.DataFrame:
    """Return the lines of pages made of the news pages: page, fold, news, text, label and doc."""
    maker = Maker(pages.filter("news"), random.Random(seed))
    rows = [
        (page, fold, True, text, label, FIRST + number)
        for number, (page, fold, lines) in enumerate(maker.documents())
        for text, label in lines
    ]
    schema = {"page": pl.UInt32, "fold": pl.Int64, "news": pl.Boolean, "text": pl.String, "label": pl.Int8}
    return pl.DataFrame(rows, schema=schema | {"doc": pl.Int64}, orient="row")


class Maker:
    """Makes several pages of each, by chances drawn in a fixed order."""

    def __init__(self, pages: pl.DataFrame, chance: random.Random) -> None:
        self.chance = chance
        self.pages = pages.to_dicts()
        self.stories: dict[tuple[int, str | None], list[tuple[str, Story]]] = {}
        for page in self.pages:
            if story := _story(page):
                for key in ((page["fold"], page["lang"]), (page["fold"], None)):
                    self.stories.setdefault(key, []).append((page["site"], story))

    def documents(self) -> Iterator[tuple[int, int, list[Line]]]:
        for page in self.pages:
            for variant in ("full", "mid", "left"):
                texts = [text.strip() for text in page[f"text_{variant}"].split("\n")]
                lines = [pair for pair in zip(texts, page[f"labels_{variant}"], strict=True) if pair[0]]
                for made in self._of(page, lines, whole=variant == "full"):
                    yield page["page"], page["fold"], made

    def _of(self, page: dict[str, Any], lines: list[Line], whole: bool) -> Iterator[list[Line]]:
        own = _paragraphs(lines)
        if len(own) < 2:
            return
        yield self.announced_inside(page, lines, own)
        yield self.below(page, lines, own[-1] + 1)
        if whole and self.chance.random() < 0.5:
            yield self.above(page, lines)
        if len(own) > 6:
            yield without(lines, own[self.chance.randint(1, 4)], own[-1] + 1)
        if self.chance.random() < 0.5:
            yield lines[own[0] :]

    def announced_inside(self, page: dict[str, Any], lines: list[Line], own: list[int]) -> list[Line]:
        """Announce other stories between paragraphs, mostly of a shortened article."""
        if self.chance.random() < 0.6 and len(own) > 5:
            lines = without(lines, own[self.chance.randint(2, 5)] + 1, own[-1] + 1)
        made, places = list(lines), _paragraphs(lines)[2:] or _paragraphs(lines)
        number = min(len(places), self.chance.choice([1, 1, 2, 3]))
        for place in sorted(self.chance.sample(places, number), reverse=True):
            made[place:place] = self._announcement(page)
        return made

    def _announcement(self, page: dict[str, Any]) -> list[Line]:
        opener = self._opener(page)
        titles = [story.title for story in self._others(page, self.chance.choice([0, 1, 1, 1, 2, 3]))]
        if titles and self.chance.random() < 0.45:
            opener, titles = f"{opener.rstrip(' :')}: {titles[0]}", titles[1:]
        return [(opener, 0), *((title, 0) for title in titles)]

    def below(self, page: dict[str, Any], lines: list[Line], end: int) -> list[Line]:
        """Put headlines below the article, with teasers, leads or whole paragraphs, announced or not."""
        stories = self._others(page, self.chance.randint(2, 7))
        block: list[Line] = [(self._opener(page), 0)] if self.chance.random() < 0.5 else []
        style = self.chance.choice(["title", "teaser", "teaser", "lead", "long"])
        for story in stories:
            block.append((story.title, 0))
            if style == "lead":
                block.append((story.paragraphs[0], 0))
            elif style != "title":
                ending = self.chance.choice([".", "…", " ..."])
                block.append((story.teaser(self.chance.randint(12, 28)) + ending, 0))
            if style == "long":
                block += [(paragraph, 0) for paragraph in story.paragraphs[1 : self.chance.randint(2, 5)]]
        return [*lines[:end], *block, *lines[end:]]

    def above(self, page: dict[str, Any], lines: list[Line]) -> list[Line]:
        """Put headlines with teasers above the article."""
        first = next(number for number, (_, label) in enumerate(lines) if label)
        place = max(0, first - self.chance.randint(2, 10))
        stories = self._others(page, self.chance.randint(2, 5))
        block = [line for story in stories for line in ((story.title, 0), (f"{story.teaser(25)}.", 0))]
        return [*lines[:place], *block, *lines[place:]]

    def _opener(self, page: dict[str, Any]) -> str:
        return self.chance.choice(OPENERS.get(page["lang"], OPENERS["en"]))

    def _others(self, page: dict[str, Any], number: int) -> list[Story]:
        """Draw stories of other sites of the page's fold, in its language where there are any."""
        for key in ((page["fold"], page["lang"]), (page["fold"], None)):
            if found := [story for site, story in self.stories.get(key, []) if site != page["site"]]:
                return self.chance.sample(found, min(number, len(found)))
        return []


def _story(page: dict[str, Any]) -> Story | None:
    lines = [line.strip() for line in page["body"].split("\n") if line.strip()]
    paragraphs = tuple(line for line in lines if len(line.split()) >= 8)[:6]
    title = page["title"] or (lines[0][:70].rsplit(" ", 1)[0] if lines else "")
    return Story(title, paragraphs) if title and paragraphs else None


def _paragraphs(lines: list[Line]) -> list[int]:
    """Return where the article's own lines of ten words and more stand, but for the page's first and last line."""
    inside = range(1, len(lines) - 1)
    return [number for number in inside if lines[number][1] and len(lines[number][0].split()) >= 10]


def without(lines: list[Line], begin: int, end: int) -> list[Line]:
    """Leave out the article's own lines between two places."""
    return [line for number, line in enumerate(lines) if not (begin <= number < end and line[1])]
