"""Counted things are told in the number they have."""

import pytest

from corpus.model.counted import count, singular
from corpus.model.tables import CONFIGS


@pytest.mark.parametrize(
    ("number", "noun", "told"),
    [
        (0, "document", "0 documents"),
        (1, "document", "1 document"),
        (1_000_000, "line", "1,000,000 lines"),
        (1, "entity", "1 entity"),
        (2, "entity", "2 entities"),
        (2, "day", "2 days"),
    ],
)
def test_one_is_told_apart_from_many(number: int, noun: str, told: str) -> None:
    assert count(number, noun) == told


def test_every_config_has_its_singular() -> None:
    assert [singular(name) for name in CONFIGS] == ["document", "block", "raw text", "entity", "claim", "source"]
    assert [count(2, singular(name)).split()[1] for name in CONFIGS if name != "raw"] == [
        name for name in CONFIGS if name != "raw"
    ]
