"""What is wrong with a file of the toolkit's own shapes is one sentence: which file, where in it, and what."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from corpus.errors import CorpusError
from corpus.files import schema_text
from corpus.model.about import About
from corpus.model.scheme import Scheme

SCHEME = schema_text("news-ec.toml")


@pytest.mark.parametrize(
    ("read", "sentence"),
    [
        (
            lambda: Scheme.from_toml('name = "x"', "own.toml"),
            "own.toml, at version: Field required; at title: Field required; at",
        ),
        (
            lambda: Scheme.from_toml(SCHEME.replace('hotkey = "2"', 'hotkey = "1"', 1), "own.toml"),
            "own.toml, at the whole: the hotkey '1' stands twice.",
        ),
        (lambda: Scheme.from_toml("a = " + "[" * 100_000, "own.toml"), "own.toml is not valid TOML: it is nested"),
        (lambda: About.from_toml("a = " + "[" * 100_000), "about.toml is not valid TOML: it is nested too deep."),
        (lambda: About.from_toml("a" + ".a" * 100 + " = 1"), "about.toml is not valid TOML: a key of more than 32"),
        (lambda: About.from_toml("nope = 1"), "about.toml, at nope: there is no such key."),
        (lambda: About.from_toml('licence = "x"'), "about.toml, at licence: 'x' is no SPDX expression"),
    ],
)
def test_the_place_and_the_fault_are_named(read: Callable[[], object], sentence: str) -> None:
    with pytest.raises(CorpusError) as raised:
        read()
    assert str(raised.value).startswith(sentence)


def test_the_mark_that_editors_set_before_utf8_is_none_of_the_file() -> None:
    assert Scheme.from_toml("\ufeff" + SCHEME) == Scheme.from_toml(SCHEME)
