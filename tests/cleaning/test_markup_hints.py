"""The families of naming words: each row proves itself by its cases."""

from __future__ import annotations

import polars as pl
import pytest

from corpus.cleaning.markup.families import Family, families


@pytest.mark.parametrize("family", families(), ids=lambda family: family.name)
def test_a_family_finds_its_own_and_nothing_else(family: Family) -> None:
    assert family.match
    assert family.not_match
    found = pl.Series([*family.match, *family.not_match]).str.contains(family.pattern).to_list()
    assert found == [True] * len(family.match) + [False] * len(family.not_match)


def test_no_two_families_have_one_name() -> None:
    names = [family.name for family in families()]
    assert len(names) == len(set(names))
