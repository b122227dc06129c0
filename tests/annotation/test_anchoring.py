"""Finding spans again in a changed text, and orphans."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.annotation.anchoring import MAX_PLACES, find_span, reanchor_set
from corpus.errors import DataError
from corpus.model.annotation import AnchoredSpan
from corpus.model.document import sha256_text
from corpus.model.span import Span

OLD = "The council met in Oslo. He said no. The unions met in Bergen. He said no. Nobody cheered at all."


def anchored(words: str, nth: int = 0, text: str = OLD) -> AnchoredSpan:
    start = -1
    for _ in range(nth + 1):
        start = text.index(words, start + 1)
    return AnchoredSpan.of(text, Span(start, start + len(words)))


@pytest.mark.parametrize("nth", [0, 1])
@pytest.mark.parametrize(
    "change",
    [
        lambda text: "Menu\nShare\n" + text,
        lambda text: text.replace(" ", "\n"),
        lambda text: text.replace("cheered", "clapped"),
        lambda text: text + "\n" + "Read more: He said no.",
        lambda text: text.replace("The council met in Oslo. ", "The council met in Oslo on Monday. "),
    ],
)
def test_context_tells_equal_words_apart(change, nth):
    """A span is found where it stood although furniture, white space or neighbours changed."""
    piece = anchored("said", nth)
    new = change(OLD)
    city = ("Oslo", "Bergen")[nth]
    expected = new.index("said", new.index(city))
    assert find_span(piece, new).span == Span(expected, expected + 4)


ONE_SIDE_NEW = {
    "what follows": (
        "The council met in Oslo. He said yes to everything that stood on the list. "
        "The unions met in Bergen. He said otherwise, as he does whenever he is asked in the evening."
    ),
    "what precedes": (
        "Before they all left Oslo again, he said no. The unions met in Bergen. "
        "Whatever it was they wanted, he said no. Nobody cheered at all."
    ),
    "and much white space": (
        "The\n\n council \t met \n\n in     Oslo.  \n\n\n  He  said  yes  to  everything  that  stood  there.  "
        "The\n\n unions \t met \n\n in     Bergen.  \n\n\n  He  said  otherwise,  as  he  does  if  asked."
    ),
}


@pytest.mark.parametrize("nth", [0, 1])
@pytest.mark.parametrize("new", ONE_SIDE_NEW.values(), ids=ONE_SIDE_NEW)
def test_context_on_one_side_is_enough(new, nth):
    city = ("Oslo", "Bergen")[nth]
    expected = new.index("said", new.index(city))
    assert find_span(anchored("said", nth), new).span == Span(expected, expected + 4)


def test_all_the_context_of_a_short_text_is_enough():
    """White space is not counted, so a caption that is set anew is the same one."""
    assert find_span(AnchoredSpan.of("a cat b", Span(2, 5)), "a\n\n\n\ncat\n\n\nb").span == Span(5, 8)


def test_words_that_are_gone_are_not_placed():
    found = find_span(anchored("Bergen"), OLD.replace("Bergen", "Moss"))
    assert found.span is None
    assert found.reason == "its words are no longer in the text"


def test_equal_places_are_not_guessed_between():
    piece = AnchoredSpan.of("a cat b", Span(2, 5))
    found = find_span(piece, "a cat b\na cat b")
    assert found.span is None
    assert "2 places" in str(found.reason)


@pytest.mark.parametrize(
    ("old", "words", "new"),
    [
        (OLD, "He", "A whole new article. He went home to eat."),
        (OLD, "The", "Nobody knew. The end of it all is near."),
        ("He said no", "no", "They wrote no"),
        ("no, he said", "no", "no one came"),
        (OLD, "He", "He said no!"),
        ("Much later he said no to all of them.", "said", "Two years later he said that nobody came."),
    ],
)
def test_a_short_word_in_another_context_is_not_taken(old, words, new):
    """The only "he" of a new text is not the old one's, wherever in the text that stood."""
    found = find_span(anchored(words, text=old), new)
    assert found.span is None
    assert "another context" in str(found.reason)


def test_a_long_quotation_needs_no_context():
    words = "The unions met in Bergen. He said no."
    assert find_span(anchored(words), f"Quite different. {words} Different, too.").span == Span(17, 17 + len(words))


def test_words_in_very_many_places_are_given_up():
    piece = AnchoredSpan.of("xx z", Span(3, 4))
    assert "more than" in str(find_span(piece, "z" * (MAX_PLACES + 1)).reason)


@given(st.text(max_size=60), st.text(max_size=60), st.data())
def test_what_is_found_reads_as_it_was_marked(before, after, data):
    text = before + "The ferry left the harbour early" + after
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    piece = AnchoredSpan.of(text, Span(start, end))
    new = data.draw(st.sampled_from([text, "x" + text, after + text, text + before]))
    found = find_span(piece, new)
    assert (found.span is None) == (found.reason is not None)
    assert found.span is None or found.span.slice(new) == piece.exact


def test_a_set_moves_whole_when_text_is_put_before_it(make_set, text):
    new = "Advertisement\n\n" + text
    moved = reanchor_set(make_set(), sha256_text(text), new)
    assert moved.anchor_sha256 == sha256_text(new)
    assert moved.orphans == ()
    assert moved.revision == 1
    for item in (*moved.entities, *moved.sources, *moved.claims, *moved.cues):
        for piece in item.spans:
            assert piece.span.slice(new) == piece.exact
    back = reanchor_set(moved, sha256_text(new), text)
    assert back == make_set()


def test_the_same_text_changes_nothing(make_set, text):
    assert reanchor_set(make_set(), sha256_text(text), text) == make_set()


def test_in_the_same_text_words_are_not_looked_for(make_set):
    """Where a text says the same twice, only their offsets tell two mentions apart."""
    text = "Ana Roe\nAna Roe\n" * 9
    again = [AnchoredSpan.of(text, Span(start, start + 3)) for start in (64, 72)]
    entities = [{"id": f"e{n}", "label": "PER", "spans": [piece]} for n, piece in enumerate(again)]
    layers = {"entities": entities, "sources": [], "claims": [], "cues": []}
    twice = make_set(anchor_sha256=sha256_text(text), **layers)
    assert reanchor_set(twice, sha256_text(text), text) == twice


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        ("By noon, the bridge is closed.", r"pieces \[9, 29\) and \[9, 29\) overlap"),
        ("The bridge will be opened again: the bridge is safe.", "piece 1 of 2: its words are no longer"),
    ],
)
def test_a_claim_whose_pieces_do_not_stand_apart_any_more_is_an_orphan(make_set, new, reason):
    old = "He said the bridge is closed; the mayor wrote that the bridge is closed."
    spans = [anchored("the bridge is closed", nth, old) for nth in (0, 1)]
    layers = {"entities": [], "sources": [], "cues": [], "claims": [{"id": "c1", "spans": spans}]}
    moved = reanchor_set(make_set(anchor_sha256=sha256_text(old), **layers), sha256_text(old), new)
    assert moved.claims == ()
    assert re.search(reason, moved.orphans[0].reason)


def test_a_set_of_another_text_is_refused(make_set):
    with pytest.raises(DataError, match="points into"):
        reanchor_set(make_set(), "0" * 64, "new")


def test_what_cannot_be_placed_is_an_orphan_and_its_claims_remember_it(make_set, text):
    """A lost source goes with its record and the claims that named it; the claim stays, without it."""
    new = text.replace("Mayor Ana Roe", "the town clerk")
    moved = reanchor_set(make_set(), sha256_text(text), new)
    assert [orphan.item["id"] for orphan in moved.orphans] == ["e1", "s1"]
    source = moved.orphans[1].item
    assert source["layer"] == "sources"
    assert source["entity_ids"] == ["roe"]
    assert source["named_by"] == [{"claim": "c1", "as": "source_ids"}]
    assert moved.orphans[1].reason == "its words are no longer in the text"
    assert moved.claims[0].source_ids == ()
    assert moved.claims[1].source_ids == ("s2",)
    count = sum(len(getattr(moved, layer)) for layer in ("entities", "sources", "claims", "cues"))
    assert count + len(moved.orphans) == 7
