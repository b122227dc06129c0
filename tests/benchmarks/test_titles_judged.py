"""When a given title counts as the headline that a page shows: what the describer's figures rest on."""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl
import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

from metadata_judging import HEADLINES, folded, is_one_of, is_shown, shown_titles  # noqa: E402

KICKED = "Harbour of Lisk: The ferry is late again"


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("The ferry is late again", KICKED),
        (KICKED, "The ferry is late again"),
        ("Harbour of Lisk : “The ferry is late again”", "The ferry is late again"),
        ("利斯克港 渡轮再次晚点抵达码头", "渡轮再次晚点抵达码头"),
    ],
)
def test_a_headline_is_the_same_with_and_without_its_kicker(text: str, claim: str) -> None:
    assert is_shown(text, [folded(claim)])
    assert not is_one_of(text, [folded(claim)])


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("late again", KICKED),
        ("Harbour of Lisk", KICKED),
        ("The ferry is late", KICKED),
        ("The ferry is late again and again, and the harbour's people ask why", "The ferry is late again"),
        (
            "All that we know of the harbour and of its many ferries: why the ferry is late again",
            "the ferry is late again",
        ),
        ("", KICKED),
    ],
)
def test_a_part_of_a_headline_is_another_line(text: str, claim: str) -> None:
    assert not is_shown(text, [folded(claim)])


def test_headlines_read_on_the_pages_are_added_to_what_the_pages_claim() -> None:
    """Each row of headlines.tsv names a line of a page's whole text; pages that are not there add nothing."""
    rows = pl.read_csv(HEADLINES, separator="\t").rows()
    page, line = rows[0]
    text = "\n".join(["menu"] * line + ["The Ferry is late"])
    pages = pl.DataFrame({"id": [page, "other"], "text_full": [text, "The Ferry is late"]})
    claims = {page: ["lisk waits"], "other": ["lisk waits"]}
    assert shown_titles(pages, claims) == {page: ["lisk waits", "the ferry is late"], "other": ["lisk waits"]}
    assert claims[page] == ["lisk waits"]
