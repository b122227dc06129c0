"""Words that were respelled are found where they stood; what only looks like them elsewhere is not taken."""

from __future__ import annotations

import random

import pytest

from corpus.annotation.anchoring import find_span
from corpus.model.annotation import AnchoredSpan
from corpus.model.span import Span

OLD = (
    "The council met in Oslo on Monday. Foreign Minister Shah Mehmood Qureshi told reporters that talks went on. "
    "“We stand ready,” he said, “to help wherever help is wanted.” The unions met in Bergen a day later."
)


def anchored(words: str) -> AnchoredSpan:
    start = OLD.index(words)
    return AnchoredSpan.of(OLD, Span(start, start + len(words)))


@pytest.mark.parametrize(
    ("words", "change", "now"),
    [
        ("Shah Mehmood Qureshi", ("Shah Mehmood Qureshi", "Shah Mahmood Quraishi"), "Shah Mahmood Quraishi"),
        ("“We stand ready,”", ("“We stand ready,”", '"We stand ready,"'), '"We stand ready,"'),
        ("Oslo", ("Oslo", "Osló"), "Osló"),
        ("to help wherever help is wanted", ("wherever", "where ever"), "to help where ever help is wanted"),
        ("a day later.", ("a day later", "just one day later"), "one day later."),
        ("met in Bergen a day later", ("Bergen", "Bergen, Norway,"), "met in Bergen, Norway, a day later"),
        ("reporter", ("reporters", "repporters"), "repporter"),
        ("ister Shah", ("Minister Shah", "Minnister Shah"), "ister Shah"),
    ],
)
def test_respelled_words_are_found(words: str, change: tuple[str, str], now: str) -> None:
    """Whole words stay whole, and a part of a word stays a part."""
    new = "Menu\nShare\n" + OLD.replace(*change)
    found = find_span(anchored(words), new)
    assert found.span is not None
    assert found.span.slice(new) == now


@pytest.mark.parametrize(
    ("words", "now", "before", "after"),
    [
        ("Oslo", "Oszlo", "", " Nobody in Oslo had heard of it before the news."),
        ("Oslo", "Oszlo", "Oslo. ", ""),
        ("Shah Mehmood Qureshi", "Shah Mahmood Quraishi", "", " On a wall hung Shah Mehmood Qureshi, the poet."),
    ],
)
def test_the_same_words_elsewhere_are_not_taken_for_the_respelled_ones(
    words: str, now: str, before: str, after: str
) -> None:
    """What was marked was misspelt since; the one with the old spelling, in another context, is another mention."""
    new = before + OLD.replace(words, now) + after
    found = find_span(anchored(words), new)
    assert found.span is not None
    assert (found.span.start, found.span.slice(new)) == (new.index(now), now)


@pytest.mark.parametrize(
    "new",
    [
        OLD.replace("Bergen", "Moss"),
        OLD.replace(" The unions met in Bergen a day later.", ""),
        "A whole new article about something else that has as many words as the one before it, more or less. " * 2,
        "",
    ],
)
def test_words_that_are_gone_stay_gone(new: str) -> None:
    found = find_span(anchored("Bergen"), new)
    assert found.span is None
    assert found.reason == "its words are no longer in the text"


def test_two_places_that_are_as_like_are_not_guessed_between() -> None:
    new = OLD.replace("Shah Mehmood Qureshi", "Shah Mahmood Qureshi")
    assert find_span(anchored("Shah Mehmood Qureshi"), new + "\n\n" + new).span is None


def test_most_words_of_a_badly_copied_text_are_found_where_they_stood() -> None:
    """Three letters in a hundred are wrong, lost or doubled: no word is placed apart from its own place."""
    rng = random.Random(11)
    vocabulary = ["".join(rng.choices("abdegiklmnoprstu", k=rng.randint(3, 9))) for _ in range(400)]
    words = rng.choices(vocabulary, k=600)
    text = " ".join(words)
    miscopied = [_miscopied(letter, rng) for letter in text]
    starts = [0]
    for letters in miscopied:
        starts.append(starts[-1] + len(letters))
    new, exact = "".join(miscopied), 0
    offset = 0
    for number, word in enumerate(words):
        if number % 3 == 0:
            found = find_span(AnchoredSpan.of(text, Span(offset, offset + len(word))), new).span
            begin, end = starts[offset], starts[offset + len(word)]
            exact += found == Span(begin, end)
            assert found is None or (found.start < end and begin < found.end), word
        offset += len(word) + 1
    assert exact >= 180  # of 200


def _miscopied(letter: str, rng: random.Random) -> str:
    chance = rng.random()
    if letter == " " or chance > 0.03:
        return letter
    return "" if chance < 0.01 else rng.choice("aeiour") if chance < 0.02 else letter * 2
