"""The line model, where it is asked for: it decides on open lines only, and nothing else changes."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus
from corpus import Role
from corpus.cleaning.learned import RULE
from corpus.cleaning.line_evidence import line_evidence

SEEDS = sorted((Path(__file__).parents[2] / "seeds").glob("*.txt"))

PAGE = "\n".join(
    [
        "Home", "World", "Politics", "Subscribe now", "Log in",
        "Floods displace thousands in northern Ghana as a dam spills over",
        "By Kofi Mensah",
        "Published: 12 September 2023, 14:05 GMT",
        "Share on Facebook",
        "Thousands of people were forced from their homes in northern Ghana on Tuesday after a dam spilled over.",
        "Residents waded through waist-deep water in the town of Walewale, where the floods cut the main road.",
        "The national disaster agency said it had opened shelters in three districts and sent boats to two more.",
        "Officials said the floods would last until the dam had been emptied, which may take another two weeks.",
        "Sign up for our newsletter",
        "Ben from Leeds wrote: I have never seen such a thing lol, why does nobody ever do anything about it",
        "Most read", "Ten things to know about inflation", "What the stars ate at the gala",
        "© 2023 Example Media. All rights reserved.",
    ]
)  # fmt: skip
MORE = (
    "I have never seen such a thing lol, why does nobody ever do anything about it, my friend?",
    "Kofi Mensah is a senior reporter at The Example who covers northern Ghana and lives in Tamale.",
    "Ten things to know about inflation before you buy a house this summer",
    "- milk, eggs and flour",
    "What comes next",
    "Comments",
    "2 hours ago",
    "Die Regierung in Berlin teilte am Montag mit, dass sie den betroffenen Familien schnell helfen werde.",
    "台风周一袭击了北部海岸，造成至少两人死亡，警方说，数百栋房屋被毁，居民被迫撤离。",
)
"""Lines that no rule speaks of, and some that one does."""


@pytest.mark.parametrize("seed", SEEDS, ids=lambda p: p.stem[:3])
def test_the_seeds_come_out_as_without_it(seed: Path) -> None:
    """Nothing of the five bodies goes, and nothing that went comes back."""
    text = seed.read_text("utf-8")
    (learned,) = corpus.clean_many([text], line_model=True)
    plain = corpus.clean(text, line_model=False)
    assert (learned.text, learned.title, learned.captions) == (plain.text, plain.title, plain.captions)


def test_what_it_drops_has_its_name_and_every_character_its_block() -> None:
    """A line that only the model speaks against goes under its rule; blocks still cover all there is."""
    (learned,) = corpus.clean_many([PAGE], line_model=True)
    plain = corpus.clean(PAGE, line_model=False)
    assert all(before.end <= after.start for before, after in pairwise(learned.blocks))
    assert "".join("".join(b.text.split()) for b in learned.blocks) == "".join(PAGE.split())
    by_rule = {b.rule for b in learned.blocks} - {b.rule for b in plain.blocks}
    assert by_rule <= {"line-model-1", "kernel.unsure"}
    assert learned.title == plain.title
    assert [b.text for b in learned.blocks if b.role is Role.BODY][:3] == PAGE.split("\n")[9:12]


def test_a_standfirst_that_the_text_begins_with_again_is_said_once() -> None:
    """The copy above the byline may go, and the one below it as repeated, but not both."""
    first = "Lisk Coastguard had a busy weekend as its crews answered several calls for help off the islands."
    head = ["Crews called out six times off Lisk during a busy weekend for the coastguard", "", first]
    signed = ["By Maren Holt", "Published 11th Sep 2023, 09:23 BST- 2 min read", "Updated 11th Sep 2023, 09:23 BST"]
    told = [
        "On Friday at 5.30pm a crew from the harbour was sent to a boat that had lost its rudder near the pier.",
        "",
        "The crew took the boat in tow and brought its owner and his two dogs back to the quay unharmed.",
        "",
        "At around 8.20pm two walkers who had been cut off by the tide were lifted from the rocks by helicopter.",
    ]
    doc = corpus.clean("\n".join([*head, *signed, first, "", *told]))
    assert doc.text.count(first) == 1
    assert doc.text.startswith(first)


def test_a_text_without_furniture_is_not_judged() -> None:
    """In a bare text the rules' verdict stands, so that cleaning it again changes nothing."""
    bare = "\n\n".join(PAGE.split("\n")[9:13]) + "\n\nI have never seen such a thing lol"
    (learned,) = corpus.clean_many([bare], line_model=True)
    assert learned.text == corpus.clean(bare, line_model=False).text


def test_it_does_not_depend_on_the_batch() -> None:
    """A page gives the same blocks alone and among others."""
    texts = [PAGE, *(seed.read_text("utf-8") for seed in SEEDS), PAGE.replace("Ghana", "Togo")]
    together = corpus.clean_many(texts, line_model=True)
    for text, document in zip(texts, together, strict=True):
        (alone,) = corpus.clean_many([text], line_model=True)
        assert alone.blocks == document.blocks


@pytest.mark.parametrize("seed", SEEDS, ids=lambda p: p.stem[:3])
def test_a_seed_cleaned_again_stays_as_it_is(seed: Path) -> None:
    (once,) = corpus.clean_many([seed.read_text("utf-8")], line_model=True)
    (twice,) = corpus.clean_many([once.text], line_model=True)
    assert twice.text == once.text


@settings(max_examples=60)
@given(st.lists(st.sampled_from([*PAGE.split("\n"), *MORE]), min_size=1, max_size=24).map("\n".join))
def test_what_the_model_left_is_left_again(page: str) -> None:
    """Whatever order a page's lines come in: what was cleaned with the model, cleaned once more, stays."""
    (once,) = corpus.clean_many([page], line_model=True)
    (twice,) = corpus.clean_many([once.text], line_model=True)
    assert twice.text == once.text


def test_the_model_says_why_by_line() -> None:
    """What it dropped has evidence against it, by the number of the block's line; a rule's lines have none."""
    (learned,) = corpus.clean_many([PAGE], line_model=True)
    evidence = line_evidence(PAGE)
    dropped = [block for block in learned.blocks if block.rule == RULE]
    assert dropped
    for block in dropped:
        assert evidence[block.line].margin < 1
        assert any(each.logit < 0 for each in evidence[block.line].contributions)
    by_rules = {block.line for block in learned.blocks if block.rule.startswith(("social.", "copyright."))}
    assert by_rules.isdisjoint(evidence)
    assert line_evidence("") == {}
    assert line_evidence("\n\n".join(PAGE.split("\n")[9:12])) == {}
