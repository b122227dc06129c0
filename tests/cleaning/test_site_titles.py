"""The headline alone is the headline, not the line that also has the site's or a section's name."""

from __future__ import annotations

import pytest

import corpus

HEADLINE = "Harbour pilots of Lisk win their dispute over night pay"
LEAD = (
    "The harbour pilots of Lisk have won their dispute over night pay after four years in court. "
    "Two hundred pilots will receive ten years of pay, and the ministry said that it would not appeal."
)
MORE = "The union had asked for arbitration in March, when the last talks ended without a result in the town hall."


def cleaned(*lines: str) -> corpus.Document:
    return corpus.clean("\n".join(lines), line_model=False)


@pytest.mark.parametrize(
    "sited",
    [
        f"{HEADLINE} - Lisk Post",
        f"{HEADLINE} | The Lisk Post",
        f"{HEADLINE} – Radio Lisk 24",
        f"News {HEADLINE}",
        f"Lisk Post | {HEADLINE}",
    ],
)
@pytest.mark.parametrize("between", [[], ["Share this article"], ["By Maren Holt", "1 March 2023"]])
def test_the_line_without_the_name_is_taken(sited: str, between: list[str]) -> None:
    document = cleaned(sited, *between, HEADLINE, LEAD, MORE)
    assert document.title == HEADLINE
    assert document.text == f"{LEAD}\n{MORE}"


def test_the_line_with_the_name_is_the_headlines_duplicate() -> None:
    document = cleaned(f"{HEADLINE} - Lisk Post", HEADLINE, LEAD, MORE)
    assert [block.rule for block in document.blocks[:2]] == ["kernel.title_echo", "kernel.title"]


def test_where_no_other_line_has_the_headline_it_stays_as_it_is() -> None:
    assert cleaned(f"{HEADLINE} - Lisk Post", LEAD, MORE, "Share this article").title == f"{HEADLINE} - Lisk Post"


@pytest.mark.parametrize(
    "longer",
    [
        f"{HEADLINE} - and what it costs the town",
        f"{HEADLINE} after all",
        f"HARBOUR: {HEADLINE}",
        "Why harbour pilots of Lisk win their dispute over night pay",
    ],
)
def test_other_words_behind_or_before_it_belong_to_the_headline(longer: str) -> None:
    document = cleaned(longer, "Share this article", HEADLINE, LEAD, MORE)
    assert "duplicate" not in [block.role for block in document.blocks if block.line == 0]


def test_a_subject_in_few_words_is_no_headline() -> None:
    document = cleaned("Night pay dispute - Lisk Pilots Win", "Share this article", "Night pay dispute", LEAD, MORE)
    assert document.title != "Night pay dispute"
