"""What the headline's trees are told of a candidate: how far other things stand, what other candidates repeat."""

from __future__ import annotations

import polars as pl
import pytest

from corpus.cleaning import contexts
from corpus.cleaning.kernel import clean_frame
from corpus.cleaning.standing import Standing
from corpus.cleaning.titles.choosing import title_candidates
from corpus.cleaning.titles.evidence import FEATURES

PAGE = """Subscribe
The quay and the town
Harbour pilots of Lisk win their dispute over night pay
By Tomas Lind
Published: 9 March 2023
The harbour pilots of Lisk have won their dispute over night pay, a court in the port town ruled on Thursday.
Pilots of Lisk and their night pay
Two hundred pilots will receive ten years of pay, and the ministry, which lost, said that it would not appeal.
Photo: Maren Holt"""


@pytest.fixture
def candidates(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, float]]:
    """Return the evidence of the page's candidates by their text, for a batch in which another text precedes it."""
    return _evidence(monkeypatch, PAGE)


def _evidence(monkeypatch: pytest.MonkeyPatch, page: str) -> dict[str, dict[str, float]]:
    asked: list[Standing] = []
    plain = contexts.headlines
    monkeypatch.setattr(contexts, "headlines", lambda lines: asked.append(lines) or plain(lines))
    texts = ["A first text of one line alone, which has a stamp.\nPublished: 1 March 2023\nPilots of Lisk", page]
    clean_frame(pl.DataFrame({"doc_id": ["a", "b"], "text": texts}), line_model=False)
    found = title_candidates(asked[0]).filter(pl.col("doc") == 1)
    return {row["text"]: {name: row[f"t_{name}"] for name in FEATURES} for row in found.iter_rows(named=True)}


def test_distances_are_counted_in_lines_of_the_same_text(candidates: dict[str, dict[str, float]]) -> None:
    told = candidates["Harbour pilots of Lisk win their dispute over night pay"]
    assert (told["to_signed"], told["from_signed"], told["stamps"]) == (1, 30, 2)
    assert (told["to_prose"], told["prose_words"]) == (3, 21)
    assert (told["from_furniture"], told["to_furniture"]) == (2, 30)
    assert (told["from_picture"], told["to_picture"], told["pictures"]) == (30, 6, 1)
    assert told["prose_share"] == pytest.approx(2 / 9)


def test_words_told_again_are_those_of_the_texts_other_candidates(candidates: dict[str, dict[str, float]]) -> None:
    """A word is what has four letters or more; the other text's line about pilots does not count."""
    told = candidates["Harbour pilots of Lisk win their dispute over night pay"]
    again = candidates["Pilots of Lisk and their night pay"]
    assert told["again_share"] == pytest.approx(4 / 7)
    assert (again["again_share"], again["again_mass"]) == (1, 1)


def test_what_rules_would_say_of_a_line_elsewhere_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name and its paper is a byline only next to a stamp; here it decides nothing, but is told."""
    page = PAGE.replace("By Tomas Lind", "Maren Holt, Courier News").replace("Published: 9 March 2023\n", "")
    told = _evidence(monkeypatch, page)
    name, above = told["Maren Holt, Courier News"], told["Harbour pilots of Lisk win their dispute over night pay"]
    assert (name["if_byline"], above["if_byline"]) == (1, 0)
    assert (name["hint_below"], above["hint_below"]) == (0, 1)
