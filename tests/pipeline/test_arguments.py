"""The library's calls say in one sentence which argument is wrong, what it must be, and the way out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import corpus

TEXT = "The port of Ahlen reopened on Monday, its operator said."

WRONG: dict[str, tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any], str]] = {
    "no text": (corpus.clean, (None,), {}, "text must be a str, got NoneType; decode bytes"),
    "a path": (corpus.clean, (Path("page.html"),), {}, "text must be a str, got .*Path; .*read a file"),
    "a list": (corpus.clean, ([TEXT],), {}, "text must be a str, got list"),
    "a number as site": (corpus.clean, (TEXT,), {"site": 3}, "site must be a str or None, got int; leave it out"),
    "a missing value as site": (corpus.clean, (TEXT,), {"site": float("nan")}, "site must be .* got float"),
    "a broken site": (corpus.clean, (TEXT,), {"site": "\ud800"}, "site must be text that UTF-8 can write"),
    "bytes as address": (corpus.clean, (TEXT,), {"url": b"http://a.example"}, "url must be .* got bytes"),
    "no media type": (
        corpus.clean,
        (TEXT,),
        {"media_type": None},
        "media_type must be one of .* got None",
    ),
    "a word as choice": (corpus.clean, (TEXT,), {"line_model": "no"}, "line_model must be True or False, got str"),
    "a number as file": (corpus.clean, (TEXT,), {"known_lines": 3}, r"known_lines must be a path .* got int"),
    "a folder as file": (corpus.clean, (TEXT,), {"known_lines": "."}, "known_lines '.': is a folder, not a file"),
    "one text for many": (
        corpus.clean_many,
        (TEXT,),
        {},
        "texts must be a list .* got str; use clean for",
    ),
    "no texts": (corpus.clean_many, (None,), {}, "texts must be a list .* got NoneType"),
    "texts without order": (corpus.clean_many, ({TEXT},), {}, "texts must be a list .* got set"),
    "a number among texts": (corpus.clean_many, ([TEXT, 3],), {}, r"texts\[1\] must be a str, got int"),
    "one site for many": (
        corpus.clean_many,
        ([TEXT],),
        {"sites": "a.example"},
        r"sites must be .* got str; give",
    ),
    "a number as sites": (corpus.clean_many, ([TEXT],), {"sites": 3}, "sites must be a list .* got int"),
    "a number among sites": (corpus.clean_many, ([TEXT],), {"sites": [3]}, r"sites\[0\] must be a str or None"),
    "too many sites": (corpus.clean_many, ([TEXT],), {"sites": ["a", "b"]}, r"as long as texts \(1\), got 2"),
    "one address for many": (corpus.clean_many, ([TEXT],), {"urls": "http://a.example"}, "urls must be .* got str"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_argument_is_one_sentence(case: str) -> None:
    call, arguments, named, sentence = WRONG[case]
    with pytest.raises(corpus.CorpusError, match=sentence) as caught:
        call(*arguments, **named)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "texts",
    [(TEXT,), iter([TEXT]), pl.Series([TEXT]), np.array([TEXT])],
    ids=["tuple", "iterator", "Series", "array"],
)
def test_any_ordered_collection_of_texts_is_taken(texts: Any) -> None:
    sites: Any = (site for site in [None])
    (document,) = corpus.clean_many(texts, sites=sites)
    assert document.text == TEXT


FRACTIONS: Any = (0.5, 4.0)
PIECES: Any = [(0, 8, "")]
NUMBER: Any = 3
SPANS: dict[str, tuple[str, Any, str]] = {
    "a tuple": ("to_raw", (0, 4), r"got \(0, 4\); write corpus.Span\(0, 4\)"),
    "fractions": ("to_raw", corpus.Span(*FRACTIONS), "must be a corpus.Span of two ints"),
    "one for many": ("from_raw", corpus.Span(0, 4), "must be a list of corpus.Span, got Span"),
    "a number": ("covered", 3, "must be a list of corpus.Span, got int"),
    "a number among them": ("from_raw", [3], "must be a corpus.Span of two ints, got 3"),
}


@pytest.mark.parametrize("case", SPANS)
def test_what_is_no_span_is_told_by_a_projection(case: str) -> None:
    method, value, sentence = SPANS[case]
    projection = corpus.Projection.of(TEXT, PIECES)
    with pytest.raises(corpus.CorpusError, match=sentence):
        getattr(projection, method)(value)


@pytest.mark.parametrize("pieces", [[3], [(0, 3)], [(0, "a", "")], [(0.0, 3.0, "")]], ids=repr)
def test_what_is_no_piece_is_told_by_a_projection(pieces: Any) -> None:
    with pytest.raises(corpus.CorpusError, match="A piece must be a tuple of start, end and join"):
        corpus.Projection.of(TEXT, pieces)
    with pytest.raises(corpus.CorpusError, match="An anchor text must be a str, got int"):
        corpus.Projection.of(NUMBER, [])
