"""A line that tells nothing of the article is its headline only where a byline or a time says so: rather none."""

from __future__ import annotations

import pytest

import corpus

ARTICLE = [
    "The lighthouse keepers of Norrland have won their dispute over night pay, a court in the port town ruled "
    "on Thursday.",
    "Two hundred keepers will receive ten years of pay, and the ministry, which lost, said that it would not "
    "appeal against the ruling.",
    "The union called it a good day for all who work while others sleep.",
]
MENU = ["Subscribe", "Sign in"]
END = ["Share this article"]


def title(*above: str) -> str | None:
    return corpus.clean("\n".join([*MENU, *above, *ARTICLE, *END])).title


@pytest.mark.parametrize("line", ["Night shift on the coast", "Norrland after dark", "Waiting for the verdict"])
def test_a_line_that_tells_nothing_of_the_article_is_none_without_a_byline(line: str) -> None:
    assert title(line) is None


@pytest.mark.parametrize("line", ["Night shift on the coast", "Norrland after dark", "Waiting for the verdict"])
@pytest.mark.parametrize("signed", [["By Tomas Lind"], ["By Tomas Lind", "Published: 9 March 2023"]])
def test_above_a_byline_it_is_the_headline(line: str, signed: list[str]) -> None:
    assert title(line, *signed) == line


def test_a_line_that_tells_of_the_article_needs_none() -> None:
    told = "Lighthouse keepers win their dispute over night pay"
    assert title(told) == told


TOLD = "Lighthouse keepers win their dispute over night pay"


@pytest.mark.parametrize(
    "line",
    [
        f"{TOLD} (11.39 Uhr)",
        f"» {TOLD}",
        f"{TOLD} (NOAA/SPC)",
        "Lighthouse keepers, left, win their dispute over night pay",
        f"{TOLD} 2 minutes read",
        "Lighthouse keepers / Courts / Night pay",
        f"{TOLD} (Supplied)",
        f"{TOLD}. AP",
        f"{TOLD}6 minutes ago",
        f"{TOLD}, 2 hrs ago",
        f"{TOLD} after the",
    ],
)
def test_a_tickers_line_a_captions_a_bylines_and_a_path_are_no_headline(line: str) -> None:
    assert title(line) is None


@pytest.mark.parametrize(
    "line",
    [
        f"»{TOLD}«",
        f"{TOLD} (video)",
        "Lighthouse keepers on the left win their dispute over night pay",
        f"{TOLD} begun years ago",
        "Lighthouse keepers and their night pay: Streit dauert an",
        "Lighthouse keepers win their dispute over night pay vs. LNR",
    ],
)
def test_what_only_looks_like_one_of_those_is(line: str) -> None:
    assert title(line) == line


@pytest.mark.parametrize("kicker", ["Keepers of Norrland", "Court in Norrland"])
def test_of_two_first_lines_that_stand_on_a_bare_text_the_surer_is_the_headline(kicker: str) -> None:
    told = "Court gives lighthouse keepers ten years of night pay"
    assert corpus.clean("\n".join([kicker, told, *ARTICLE])).title == told


HEARING = "In its {}th year the court heard the union and the ministry once more about hours and pay."


@pytest.mark.parametrize(("more", "expected"), [(0, "Keepers win in court"), (20, None)])
def test_few_words_are_surer_to_be_the_headline_of_few_lines(more: int, expected: str | None) -> None:
    lines = [*MENU, "Keepers win in court", *ARTICLE, *(HEARING.format(year) for year in range(more))]
    assert corpus.clean("\n".join(lines)).title == expected
