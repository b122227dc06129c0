"""Documents' names become file names that no system refuses, and that stay apart."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.exchange import filenames
from corpus.exchange.filenames import FileNames

CASES = [
    (["tide", "harbour"], ["tide", "harbour"]),
    (["2026/11/22/story", "..\\..\\etc", "../up"], ["2026_11_22_story", "__.._etc", "__up"]),
    (["Tide", "tide", "TIDE"], ["Tide", "tide-2", "TIDE-3"]),
    (["tide-2", "tide", "tide"], ["tide-2", "tide", "tide-3"]),
    ([None, "", " . "], ["document", "document-2", "document-3"]),
    (["CON", "com1.txt", "console"], ["_CON", "_com1.txt", "console"]),
    (["a\nb\x00c\u2028d", "-rf", ".hidden", "end. "], ["a_b_c_d", "_-rf", "_hidden", "end"]),
    (["caf\u00e9", "cafe\u0301"], ["caf\u00e9", "cafe\u0301-2"]),
]


@pytest.mark.parametrize(("names", "files"), CASES)
def test_names_become_these_files(names: list[str | None], files: list[str]) -> None:
    given_names = FileNames()
    assert [given_names.give(name) for name in names] == files


@given(st.lists(st.text(max_size=300), max_size=9))
def test_all_names_are_different_and_can_be_written(names: list[str]) -> None:
    given_names = FileNames()
    files = [given_names.give(name) for name in names]
    assert len({name.casefold() for name in files}) == len(names)
    for name in files:
        assert Path(name).name == name
        assert len(f"{name}.ending".encode()) < 255
        assert name.isprintable() or not set("\n\r\t\0/\\") & set(name)


def test_long_names_that_begin_alike_have_the_same_file_in_any_order() -> None:
    long = ["a" * 400, "a" * 399 + "b"]
    first, second = FileNames(), FileNames()
    assert [first.give(name) for name in long] == [second.give(name) for name in reversed(long)][::-1]


def test_many_of_one_name_are_not_tried_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of texts without names: each of them takes as long as the first."""
    asked: list[str] = []
    monkeypatch.setattr(filenames, "_known_as", lambda name: asked.append(name) or name)
    names = FileNames()
    assert [names.give(None) for _ in range(500)][-1] == "document-500"
    assert len(asked) < 5 * 500
