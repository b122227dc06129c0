"""A pattern that is tried only on lines with its sign finds what it would find if it were tried on all."""

from __future__ import annotations

import polars as pl
import pytest

from corpus.cleaning.titles import wording
from corpus.cleaning.titles.signs import LineSigns

LINES = pl.Series(
    [
        "Ferries stop in May (14.30 Uhr)",
        "A pilot at work (AFP/DPA)",
        "港の写真（東京・共同）",
        "The harbour of Lisk (Submitted)",
        "Maren Holt (l.) and Jon Vik",
        "Maren Holt, left, and Jon Vik",
        "Pilots win 3-min read",
        "船が来た。船は去った。また来た。おわり。",
        "News / Harbour / Pilots",
        "LISK (News Agency) - Pilots",
        "Pilots win 5 hours ago",
        "Pilots have won. AFP",
        "Pilots: a win",
        "Pilots — a win",
        "Pilots | a win",
        "14:30 Pilots win",
        "Pilots\twin",
        "Frage: Who won?",
        "3. Who won?",
        "»Pilots« win",
        "٣ pilots",
        "北京5月3日电",
        "… !",
        "Pilots won the",
        "It ended.')",
        "\"Pilots\" (AFP) of 'Lisk' won 'Big, mcBig ((No and É",
        "वे जीते।",
    ]
)
NARROWED = {**wording._HOLDS, **dict(wording._FACTS.values())}


@pytest.mark.parametrize("pattern", NARROWED)
def test_what_a_pattern_finds_has_one_of_its_signs(pattern: str) -> None:
    found = LINES.str.contains(pattern).arg_true().to_list()
    assert found
    assert set(found) <= set(LineSigns.of(LINES).having(NARROWED[pattern]).tolist())


@pytest.mark.parametrize("name", wording._SIGNED)
def test_a_sign_that_is_a_fact_by_itself_is_seen_in_any_script(name: str) -> None:
    row = LINES.to_list().index("»Pilots« win" if name == "quotes" else "٣ pilots")
    assert row in LineSigns.of(LINES).having(wording._SIGNED[name])


@pytest.mark.parametrize("pattern", wording._ENDS)
def test_what_a_pattern_finds_at_the_end_has_its_last_sign(pattern: str) -> None:
    found = LINES.str.contains(pattern).arg_true().to_list()
    assert found
    assert set(found) <= set(LineSigns.of(LINES).ending(wording._ENDS[pattern]).tolist())


def test_what_begins_as_no_headline_does_is_told_by_its_signs() -> None:
    found = LINES.str.contains(wording._BEGINS).arg_true().to_list()
    assert len(found) >= 3
    assert set(found) <= set(wording._listed(LineSigns.of(LINES)).tolist())


def test_capitals_are_counted_where_words_begin() -> None:
    counted = LINES.str.count_matches(r"(?:^|\s)[\"'(]?\p{Lu}").to_list()
    assert max(counted) >= 5
    assert LineSigns.of(LINES).capitals.tolist() == counted
    assert [LineSigns.of(LINES[row : row + 1]).capitals.tolist() for row in range(len(LINES))] == [
        [number] for number in counted
    ]
