"""Which stamps and bylines are the article's own, by where they stand."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from corpus.metadata.authorship.layout import Layout
from corpus.metadata.describe import describe_frame

TITLE = ("title", "Harbour to close for repairs")
BODY = [("body", f"Sentence number {number} of the article about the harbour in Lisk.") for number in range(3)]
PROSE = "The council said on Wednesday that the harbour would be closed for repairs until the winter."
FAR = [("boilerplate", f"Link {number}") for number in range(6)]
TEASERS = [
    ("timestamp", "5 May 2020"),
    ("byline", "By Li Wen"),
    ("timestamp", "6 May 2020"),
    ("byline", "By Max Moe"),
]


def described(frames: Any, *parts: tuple[str, str]) -> dict[str, Any]:
    return dict(describe_frame(*frames({"a": parts})).row(0, named=True))


def test_the_mastheads_date_is_todays_not_the_articles(frames: Any) -> None:
    masthead = ("timestamp", "Tuesday, November 25 2025")
    assert described(frames, masthead, *FAR, TITLE, *BODY)["published"] is None
    row = described(frames, masthead, *FAR, TITLE, ("timestamp", "November 6, 2025"), *BODY)
    assert row["published"] == "2025-11-06"


def test_a_time_to_the_second_is_no_mastheads(frames: Any) -> None:
    stamp = ("timestamp", "2025-10-31T19:18:55+00:00")
    assert described(frames, stamp, *FAR, TITLE, *BODY)["published"] == "2025-10-31T19:18:55Z"


def test_the_author_of_a_change_is_the_articles(frames: Any) -> None:
    row = described(frames, TITLE, ("timestamp", "Maren Holt Updated: Friday, November 14, 2025"), *BODY)
    assert (row["published"], row["modified"], row["authors"]) == (None, "2025-11-14", ["Maren Holt"])


def test_a_date_right_above_the_headline_is_the_articles(frames: Any) -> None:
    assert described(frames, ("timestamp", "April 8, 2021"), TITLE, *BODY)["published"] == "2021-04-08"


def test_other_stories_dates_and_authors_are_not_the_articles(frames: Any) -> None:
    """Teasers far below the text carry dates and bylines of their own."""
    row = described(frames, TITLE, *BODY, *FAR, *TEASERS)
    assert (row["published"], row["authors"]) == (None, [])
    own = [("byline", "By Maren Holt"), ("timestamp", "7 May 2020")]
    row = described(frames, TITLE, *own, *BODY, *FAR, *TEASERS)
    assert (row["published"], row["authors"]) == ("2020-05-07", ["Maren Holt"])


def test_another_storys_publication_is_not_the_articles(frames: Any) -> None:
    row = described(frames, TITLE, *BODY, *FAR, ("timestamp", "Published May 5, 2020"))
    assert row["published"] is None


def test_one_date_at_the_end_of_the_page_is_believed(frames: Any) -> None:
    assert described(frames, TITLE, *BODY, *FAR, ("timestamp", "5 May 2020"))["published"] == "2020-05-05"


def test_a_list_of_dates_above_the_headline_is_other_stories(frames: Any) -> None:
    dates = [("timestamp", f"{day} April 2021") for day in (1, 2, 3)]
    own = [("byline", "By Maren Holt"), ("boilerplate", "Share"), ("timestamp", "8 April 2021")]
    assert described(frames, *dates, TITLE, *own, *BODY)["published"] == "2021-04-08"


def test_a_date_by_the_headline_goes_before_a_publication_told_elsewhere(frames: Any) -> None:
    """What says "published" further down may be a teaser's inside the text."""
    text = [("body", f"Sentence number {number} of the article about the harbour.") for number in range(20)]
    teaser = ("timestamp", "Published May 5, 2020")
    row = described(frames, TITLE, ("byline", "By Maren Holt | 8 April 2021"), *text[:10], teaser, *text[10:])
    assert row["published"] == "2021-04-08"
    assert described(frames, TITLE, *text, ("timestamp", "Published 8 April 2021"))["published"] == "2021-04-08"


def test_a_day_alone_inside_the_text_is_no_stamp(frames: Any) -> None:
    text = [("body", f"Sentence number {number} of the article about the harbour.") for number in range(20)]
    assert described(frames, TITLE, *text[:10], ("body", "2018. 11. 23"), *text[10:])["published"] is None
    stamp = ("body", "10/07/2021 00:50 Maren Holt")
    assert described(frames, TITLE, *text[:10], ("body", "23. 11. 2018 Maren Holt"), *text[10:])["published"]
    assert described(frames, TITLE, stamp, *text)["published"] is not None


def test_a_caption_beside_the_headline_that_is_a_stamp_is_read_as_one(frames: Any) -> None:
    stamp = ("caption", "Maren Holt | Harbour desk | April 8, 2021")
    assert described(frames, TITLE, stamp, *BODY)["published"] == "2021-04-08"
    assert described(frames, TITLE, *BODY, *FAR, stamp)["published"] is None
    for text in ("Photo taken April 8, 2021", "Harbour of Lisk on April 8, 2021 | Photo: Max Moe"):
        assert described(frames, TITLE, ("caption", text), *BODY)["published"] is None


@pytest.mark.parametrize(
    ("stamp", "authors"),
    [
        ("Maren Holt | Harbour desk | April 8, 2021", ["Maren Holt"]),
        ("Maren Holt April 8, 2021", ["Maren Holt"]),
        ("Harbour News | April 8, 2021", []),
        ("Lisk Harbour News | April 8, 2021", []),
        ("Harbour | April 8, 2021", []),
        ("By Maren Holt | April 8, 2021", ["Maren Holt"]),
    ],
)
def test_the_stamp_of_publication_may_begin_with_the_author(frames: Any, stamp: str, authors: list[str]) -> None:
    row = described(frames, TITLE, ("boilerplate", stamp), *BODY)
    assert (row["published"], row["authors"]) == ("2021-04-08", authors)


def test_a_byline_goes_before_the_name_in_a_stamp(frames: Any) -> None:
    parts = [("byline", "By Li Wen"), ("caption", "Maren Holt | April 8, 2021")]
    assert described(frames, TITLE, *parts, *BODY)["authors"] == ["Li Wen"]
    assert described(frames, TITLE, *BODY, *FAR, ("boilerplate", "Max Moe | 8 April 2021"))["authors"] == []


STAMP = ("timestamp", "April 8, 2021")


@pytest.mark.parametrize(
    ("name", "authors"),
    [("Maren Holt", ["Maren Holt"]), ("Read more", []), ("Harbour News", []), ("Holt", []), ("Harbour Watch", [])],
)
def test_a_name_alone_beside_the_stamp_is_the_authors(frames: Any, name: str, authors: list[str]) -> None:
    body = [*BODY, ("body", "They keep watch over it by night.")]
    assert described(frames, TITLE, ("boilerplate", name), STAMP, *body)["authors"] == authors


def test_a_name_alone_is_no_author_elsewhere(frames: Any) -> None:
    """Not where nothing tells the publication, not of whom the article is, not one of several names."""
    name, text = ("boilerplate", "Maren Holt"), ("body", "The harbour is run by Maren Holt from Lisk.")
    assert described(frames, TITLE, name, *BODY)["authors"] == []
    assert described(frames, TITLE, name, STAMP, text, *BODY)["authors"] == []
    assert described(frames, TITLE, name, ("boilerplate", "Li Wen"), STAMP, *BODY)["authors"] == []
    assert described(frames, TITLE, STAMP, *BODY, *FAR, name)["authors"] == []


def test_a_text_without_headline_has_its_stamp_near_its_beginning(frames: Any) -> None:
    head = [BODY[0], ("byline", "By Maren Holt"), ("timestamp", "8 April 2021, 15:23")]
    late = ("timestamp", "3 January 2020, 12:30")
    assert described(frames, *head, *BODY, *FAR, *BODY, late, *BODY)["published"] == "2021-04-08"


def test_two_bylines_with_a_stamp_between_are_one_run(frames: Any) -> None:
    parts = [("byline", "By Maren Holt"), ("timestamp", "7 May 2020"), ("byline", "By Idris Okafor")]
    assert described(frames, TITLE, *parts, *BODY)["authors"] == ["Maren Holt", "Idris Okafor"]


def test_a_headline_at_the_end_keeps_its_stamp(frames: Any) -> None:
    row = described(frames, *BODY, TITLE, ("timestamp", "Posted on: - May 07, 2020"), *FAR)
    assert row["published"] == "2020-05-07"


def described_by_rules(frames: Any, *parts: tuple[str, str]) -> dict[str, Any]:
    """Describe lines; what stands before a section sign is the rule that spoke of the line."""
    raw, blocks = frames({"a": [(role, text.split("§")[-1]) for role, text in parts]})
    rules = [text.split("§")[0] if "§" in text else f"case.{role}" for role, text in parts]
    return dict(describe_frame(raw, blocks.with_columns(pl.Series("rule", rules))).row(0, named=True))


@pytest.mark.parametrize("opener", ["comments.opener§Leave a comment", "related.opener§More from Lisk"])
def test_a_bare_date_behind_what_opens_comments_or_other_stories_is_theirs(frames: Any, opener: str) -> None:
    """However close it follows the text; so is a headline that follows it below all text."""
    below = [("boilerplate", opener), ("timestamp", "5 May 2020")]
    assert described_by_rules(frames, TITLE, *BODY, *below)["published"] is None
    assert described_by_rules(frames, TITLE, *BODY, below[1], below[0])["published"] == "2020-05-05"
    assert described_by_rules(frames, TITLE, below[0], below[1], *BODY)["published"] == "2020-05-05"
    assert described_by_rules(frames, *BODY, below[0], TITLE, below[1])["published"] is None
    told = ("timestamp", "Published 7 May 2020")
    assert described_by_rules(frames, TITLE, *BODY, below[0], told)["published"] == "2020-05-07"


def test_as_of_when_the_article_is_goes_before_a_bare_date_further_away(frames: Any) -> None:
    text = [("body", f"Sentence number {number} of the article about the harbour.") for number in range(20)]
    stand, clip = ("timestamp", "Stand: 8. April 2021"), ("boilerplate", "Mi 7. April 2021 15:17 Uhr")
    assert described(frames, TITLE, stand, *text[:10], clip, *text[10:])["published"] == "2021-04-08"
    assert described(frames, TITLE, stand, ("boilerplate", "9. April 2021"), *text)["published"] == "2021-04-09"
    assert described(frames, TITLE, *text[:10], stand, *text[10:])["published"] is None


@pytest.mark.parametrize("line", ["- Dredging done 2021/04/08", "• 8 April 2021: quay"])
def test_an_item_of_a_list_inside_the_text_is_no_stamp(frames: Any, line: str) -> None:
    text = [("body", f"Sentence number {number} of the article about the harbour.") for number in range(20)]
    assert described(frames, TITLE, *text[:10], ("timestamp", line), *text[10:])["published"] is None
    assert described(frames, TITLE, ("timestamp", line), *text)["published"] == "2021-04-08"


def test_a_line_that_only_leads_on_is_no_stamp(frames: Any) -> None:
    text = [("body", f"Sentence number {number} of the article about the harbour.") for number in range(20)]
    assert described(frames, TITLE, *text[:10], ("heading", "On 8 April 2021:"), *text)["published"] is None
    assert described(frames, TITLE, *text[:10], ("heading", "On 8 April 2021"), *text)["published"] is not None
    assert described(frames, TITLE, *text[:10], ("heading", "As of 8 April 2021"), *text)["published"] is None


def test_a_label_is_a_word_of_its_own(frames: Any) -> None:
    """What programs call a column says nothing of the article."""
    code = ("body", "WHERE ships.created_at > '2021-04-08'")
    assert described(frames, TITLE, ("timestamp", "3 May 2020"), code, *BODY)["published"] == "2020-05-03"
    told = ("body", "Created: 2021-04-08")
    assert described(frames, TITLE, ("timestamp", "3 May 2020"), told, *BODY)["published"] == "2021-04-08"


@pytest.mark.parametrize("block", [0, 5, 500])
def test_without_headline_and_text_everything_is_near(block: int) -> None:
    assert Layout(None, None, None).is_near(block)
    assert not Layout(None, None, None).is_masthead(block)


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("Maren Holt, News reporter", ["Maren Holt"]),
        ("Maren Holt · Courier News", ["Maren Holt"]),
        ("Maren Holt Political editor", ["Maren Holt"]),
        ("Maren Holt, Idris Okafor and agencies", ["Maren Holt", "Idris Okafor"]),
        ("Maren Holt in Torr", ["Maren Holt"]),
        ("Maren Holt, à Torr", ["Maren Holt"]),
        ("Maren Holt in Torr, Idris Okafor in Lisk and Li Wen near Quay", ["Maren Holt", "Idris Okafor", "Li Wen"]),
        ("Rédigé par Maren Holt", ["Maren Holt"]),
        ("Maren Holt, mayor of Lisk", []),
        ("Maren Holt, Torr", []),
        ("Maren Holt / Getty Images", []),
        ("Maren Holt/AP", []),
        ("Photo by Maren Holt", []),
        ("Politics Desk", []),
        ("Other Harbour News", []),
        ("Dr. Maren Holt, chair of the trust", []),
        ("Maren Holt, 42", []),
        ("Maren Holt 1950–2021", []),
    ],
)
def test_a_line_of_names_and_stations_beside_the_stamp_is_the_authors(
    frames: Any, line: str, authors: list[str]
) -> None:
    """What stands behind a name tells a reporter from anybody else; where it does not, nobody is named."""
    body = [*BODY, ("body", "They keep watch over it by night.")]
    assert described(frames, TITLE, ("boilerplate", line), STAMP, *body)["authors"] == authors


def test_a_name_that_was_kept_as_text_is_still_the_authors(frames: Any) -> None:
    parts = [("body", "Maren Holt"), ("body", "Maren Holt"), STAMP]
    assert described(frames, TITLE, *parts, *BODY)["authors"] == ["Maren Holt"]
    quoted = ("body", "Holt said that she had no other way.")
    assert described(frames, TITLE, *parts, *BODY, quoted)["authors"] == []


@pytest.mark.parametrize("stamp", ["May 3, 2024 by Maren Holt", "Posted on May 3, 2024 by Maren Holt"])
def test_the_stamp_may_name_the_author_behind_the_day(frames: Any, stamp: str) -> None:
    assert described(frames, TITLE, ("timestamp", stamp), *BODY)["authors"] == ["Maren Holt"]


def test_the_name_below_those_who_edited_is_no_author(frames: Any) -> None:
    parts = [("byline", text) for text in ("Reported by:", "Maren Holt", "Edited by:", "Idris Okafor")]
    assert described(frames, TITLE, *parts, STAMP, *BODY)["authors"] == ["Maren Holt"]


def test_a_byline_behind_other_stories_is_theirs(frames: Any) -> None:
    below = [("boilerplate", "related.opener§More from Lisk"), ("byline", "By Li Wen")]
    assert described_by_rules(frames, TITLE, *BODY, *below)["authors"] == []
    assert described_by_rules(frames, TITLE, *BODY, below[1], below[0])["authors"] == ["Li Wen"]


@pytest.mark.parametrize(
    ("credit", "authors"),
    [
        ("(Reporting by Maren Holt in Torr and Idris Okafor; Editing by Li Wen)", ["Maren Holt", "Idris Okafor"]),
        ("Editing by Li Wen", []),
    ],
)
def test_the_closing_credit_names_the_authors_where_nothing_else_does(
    frames: Any, credit: str, authors: list[str]
) -> None:
    closing = ("boilerplate", f"byline.reporting§{credit}")
    assert described_by_rules(frames, TITLE, *BODY, closing)["authors"] == authors
    assert described_by_rules(frames, TITLE, ("byline", "By Max Moe"), *BODY, closing)["authors"] == ["Max Moe"]
    below = [("boilerplate", "related.opener§More from Lisk"), closing]
    assert described_by_rules(frames, TITLE, *BODY, *below)["authors"] == []


@pytest.mark.parametrize("opener", ["von", "By:", "Autor", "Par"])
def test_a_name_below_an_opener_that_stands_alone_is_the_authors(frames: Any, opener: str) -> None:
    """Whatever roles the two lines were given."""
    lines = [("title", "Harbour to close"), ("body", opener), ("heading", "Anna Müller"), ("body", PROSE)]
    raw, blocks = frames({"a": lines})
    assert describe_frame(raw, blocks)["authors"].to_list() == [["Anna Müller"]]


@pytest.mark.parametrize(
    "lines",
    [
        [("title", "Harbour to close"), ("body", "von"), ("heading", "News Desk"), ("body", PROSE)],
        [("title", "Harbour to close"), ("body", "von"), ("body", PROSE), ("heading", "Anna Müller")],
        [("title", "Harbour to close"), ("body", "Mit"), ("heading", "Anna Müller"), ("body", PROSE)],
        [
            ("title", "Harbour to close"),
            ("body", "von"),
            ("heading", "Anna Müller"),
            ("body", f"{PROSE} Müller said."),
        ],
        [
            ("title", "Harbour to close"),
            ("body", "von"),
            ("heading", "Anna Müller, mayor of Lisk"),
            ("body", PROSE),
        ],
    ],
    ids=["a desk", "not below", "no opener", "whom the text is of", "an office"],
)
def test_what_stands_below_an_opener_need_not_be_an_author(frames: Any, lines: list[tuple[str, str]]) -> None:
    raw, blocks = frames({"a": lines})
    assert describe_frame(raw, blocks)["authors"].to_list() == [[]]


def test_a_byline_glued_to_a_dateline_is_read_for_itself(frames: Any) -> None:
    lines = [("title", "Harbour to close"), ("dateline", "By Maren Holt LISK (AP) -"), ("body", PROSE)]
    row = describe_frame(*frames({"a": lines})).row(0, named=True)
    assert (row["authors"], row["dateline"], row["agency"]) == (["Maren Holt"], "LISK", "AP")


def test_a_headline_among_other_stories_has_their_dates_beside_it(frames: Any) -> None:
    """Where one of theirs was taken for the article's own."""
    others = [("boilerplate", "related.opener§More from Lisk"), ("timestamp", "November 11, 2025"), TITLE]
    assert described_by_rules(frames, *BODY, *others, ("timestamp", "November 6, 2025"))["published"] is None
    assert described_by_rules(frames, *BODY, *others[1:])["published"] == "2025-11-11"
    assert described_by_rules(frames, *BODY, others[0], ("byline", "By Li Wen"), TITLE)["authors"] == []
    own = ("timestamp", "8 April 2021")
    assert described_by_rules(frames, own, *BODY, *others)["published"] == "2021-04-08"


@pytest.mark.parametrize("role", ["boilerplate", "timestamp"])
@pytest.mark.parametrize("stamp", ["31. 10. 2025 17:46", "May 5, 2020, 5:30 pm"])
def test_a_day_and_an_hour_alone_inside_the_text_are_a_teasers(frames: Any, stamp: str, role: str) -> None:
    """Whether or not the cleaner knew them for a time of publication."""
    text = [("body", f"{number}. {PROSE}") for number in range(20)]
    teaser = [("heading", "Harbour of the neighbours closed as well"), (role, stamp)]
    assert described(frames, TITLE, *text[:10], *teaser, *text[10:])["published"] is None
    assert described(frames, TITLE, (role, stamp), *text)["published"] is not None


def test_a_time_of_publication_below_what_introduces_the_article_is_its_own(frames: Any) -> None:
    """Buttons and short lines part it from the headline, two sentences at most."""
    head = [("body", PROSE), *FAR, ("body", f"Again: {PROSE}"), ("timestamp", "5 May 2020")]
    text = [("body", f"{number}. {PROSE}") for number in range(9)]
    assert described(frames, TITLE, *head, *text)["published"] == "2020-05-05"
    assert described(frames, TITLE, ("body", f"First: {PROSE}"), *head, *text)["published"] is None
