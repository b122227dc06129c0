"""Who posted an embedded text, and when, is no sub-heading of the article."""

from __future__ import annotations

import pytest

import corpus

BEFORE = "The port of Ahlen reopened on Monday, its operator said, after a storm had closed it for three days."
AFTER = "Ships that had waited outside entered from noon, and the first of them carried grain, the master said."


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("— Port of Ahlen (@portofahlen) March 12, 2024", True),
        ("Port of Ahlen @portofahlen", True),
        ("@portofahlen • March 12, 2024", False),
    ],
)
def test_the_line_below_a_post_is_no_heading(line: str, kept: bool) -> None:
    """What says who speaks stays; an account and a day alone go."""
    document = corpus.clean(f"{BEFORE}\n\n{line}\n\n{AFTER}")
    assert document.headings == ()
    assert (line in document.text) == kept


def test_a_sub_heading_at_the_same_place_is_one() -> None:
    document = corpus.clean(f"{BEFORE}\n\nThree days at anchor\n\n{AFTER}")
    assert document.headings == ("Three days at anchor",)
