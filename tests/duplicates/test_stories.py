"""Articles on one event are one story, whatever their words; others are not, however alike their subject."""

from __future__ import annotations

import random
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from made_stories import story

from corpus.cleaning.kernel import clean_frame
from corpus.duplicates.near import near_duplicates
from corpus.duplicates.stories import DAYS, Telling, same_stories

SEEDS = Path(__file__).parents[2] / "seeds"


def day(number: int) -> str:
    return (date(2024, 1, 1) + timedelta(days=number)).isoformat()


def tellings(events: int, versions: int) -> list[Telling]:
    """Return several articles on each of several events, a day apart at most."""
    return [
        Telling(f"e{event:03}-{version}", story(event, version), None, day(event * 2 + version % 2))
        for event in range(events)
        for version in range(versions)
    ]


def test_each_event_is_one_story() -> None:
    """Forty events of four articles each: every article is with those of its event and with no other."""
    assert same_stories(tellings(40, 4)) == [list(range(row, row + 4)) for row in range(0, 160, 4)]


def test_the_seeds_are_one_story_and_no_near_duplicates() -> None:
    """Five papers on one visit; among a hundred articles on other things, too, and without a date."""
    import polars as pl

    texts = [path.read_text("utf-8", "replace") for path in sorted(SEEDS.glob("*.txt"))]
    ids = [str(number) for number in range(5)]
    raw = pl.DataFrame({"doc_id": ids, "text": texts, "site": [None] * 5}, schema_overrides={"site": pl.String})
    kept = (
        clean_frame(raw, line_model=False)
        .filter("kept")
        .group_by("doc_id", maintain_order=True)
        .agg(pl.col("text").str.join("\n"))
    )
    seeds = [Telling(doc_id, text) for doc_id, text in kept.select("doc_id", "text").iter_rows()]
    assert near_duplicates([seed.text for seed in seeds]) == []
    assert same_stories(seeds) == [[0, 1, 2, 3, 4]]
    others = tellings(40, 1)
    assert [0, 1, 2, 3, 4] in same_stories([*seeds, *others])


def test_time_tells_events_apart() -> None:
    """The same words later are another event; up to some days they are the same one."""
    near = [Telling("a", story(3, 0), None, day(0)), Telling("b", story(3, 1), None, day(DAYS))]
    far = [near[0], Telling("b", story(3, 1), None, day(DAYS + 1))]
    unknown = [near[0], Telling("b", story(3, 1))]
    assert same_stories(near) == [[0, 1]]
    assert same_stories(far) == []
    assert same_stories(unknown) == [[0, 1]]


def test_the_order_of_the_articles_does_not_matter() -> None:
    """The same stories come out of any order."""
    articles = tellings(20, 3)
    found = {frozenset(articles[row].doc_id for row in rows) for rows in same_stories(articles)}
    random.Random(4).shuffle(articles)
    assert {frozenset(articles[row].doc_id for row in rows) for rows in same_stories(articles)} == found


def test_a_chain_of_reports_does_not_become_one_story() -> None:
    """A hundred reports from one place, one a day, each on its own matter, are not one endless story."""
    texts = [
        f"{story(number, 0)} The report from Portmouth was first published by the Portmouth Courier."
        for number in range(100)
    ]
    stories = same_stories([Telling(f"d{n:03}", text, None, day(n)) for n, text in enumerate(texts)])
    assert max(map(len, stories), default=0) < 10


@pytest.mark.parametrize("dates", [None, "2024", "2024-13-45", "not a date"])
def test_any_date_and_any_text_is_taken(dates: str | None) -> None:
    """Dates that are none count as unknown; texts without words are in no story."""
    assert same_stories([]) == []
    assert same_stories([Telling("a", "", None, dates), Telling("b", "", None, dates)]) == []
    assert same_stories([Telling("a", story(1, 0), "T", dates), Telling("b", story(1, 0), None, dates)]) == [[0, 1]]
