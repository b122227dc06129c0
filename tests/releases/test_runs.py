"""Runs of words are known by numbers; what is found is what a search word by word finds."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.releases.public.runs import find_leaks

SAID = st.lists(
    st.sampled_from(["sea", "Sea", "PIER", "pier", "quay", "ß", "ss", "7"]).flatmap(
        lambda word: st.sampled_from([" ", "_", "-", ".\n", "%20"]).map(lambda gap: word + gap)
    ),
    max_size=14,
).map("".join)
TEXTS = st.lists(SAID, max_size=6)


def runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"[^\W_]+", text.casefold())
    return set(zip(*(words[at:] for at in range(5)), strict=False))


def forms(text: str) -> set[tuple[str, ...]]:
    """Return the runs of a text that is shown: as it stands, and as an address has it."""
    return runs(text) | runs(text.replace("%20", " "))


def all_runs(texts: list[str]) -> set[tuple[str, ...]]:
    return set().union(*map(runs, texts))


@pytest.mark.parametrize("held", [1, 10**6])
@given(shown=TEXTS, withheld=TEXTS, free=TEXTS, asked=TEXTS)
def test_numbers_find_what_words_find(
    held: int, shown: list[str], withheld: list[str], free: list[str], asked: list[str]
) -> None:
    """However many texts are read at once; across no text's end."""
    leaks = (set().union(*map(forms, shown)) & all_runs(withheld)) - all_runs(free)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("corpus.releases.public.runs._CHARACTERS", held)
        patch.setattr("corpus.releases.public.runs._WAITING", held)
        found = find_leaks(shown, withheld, free)
        assert found.among(asked) == [text for text in asked if forms(text) & leaks]
    assert bool(found) == bool(leaks)
    for text in asked:
        assert found.hold(text) == bool(forms(text) & leaks)
        covered = {word for start, end in found.stretches(text) for word in range(start, end)}
        for match in re.finditer(r"[^\W_]+(?:[\W_]+[^\W_]+){4}", text):
            if runs(match[0]) & leaks:
                assert covered >= set(range(match.start(), match.end()))
        assert bool(covered) == bool(runs(text) & leaks)


STRETCHES = [
    (["b c d e f"], ["b c d e f"]),
    (["a b c d e", "e f g h i"], ["a b c d e f g h i"]),
    (["a b c d e", "g h i j k"], ["a b c d e", "g h i j k"]),
]


@pytest.mark.parametrize(("withheld", "stretches"), STRETCHES)
def test_runs_that_share_a_word_are_one_stretch(withheld: list[str], stretches: list[str]) -> None:
    """What covers a stretch covers no word twice."""
    text = "a b c d e f g h i j k"
    found = find_leaks([text], withheld, []).stretches(text)
    assert [text[start:end] for start, end in found] == stretches


def test_what_is_not_needed_is_not_read() -> None:
    """Nothing withheld where nothing long enough is shown, nothing free where nothing leaks."""

    def fail() -> str:
        raise AssertionError("it was read")

    unread = (fail() for _ in range(1))
    assert not find_leaks(["four words are few"], unread, unread)
    assert not find_leaks(["five words in a row"], ["something else"], unread)


@pytest.mark.parametrize("seed", ["0", "1", "77"])
def test_any_key_finds_the_same(seed: str) -> None:
    """The numbers differ from process to process, what they find does not."""
    said = "; ".join(
        (
            "from corpus.releases.public.runs import find_leaks",
            "leaks = find_leaks(['a b c d e', 'one two three four five'], ['x A, b c d E f'], [])",
            "print(leaks.among(['q a b c d e', 'one two three four five', 'a%20b%20c%20d%20e']))",
        )
    )
    done = subprocess.run(
        [sys.executable, "-c", said],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": seed},
    )
    assert done.stdout == "['q a b c d e', 'a%20b%20c%20d%20e']\n"
