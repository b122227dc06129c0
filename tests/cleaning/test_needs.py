"""What the rules need is read off in advance: the file says what the patterns say, and only saves the time."""

from __future__ import annotations

import json
from string import ascii_lowercase

from corpus.cleaning.patterns.literals import Needs, needs_of
from corpus.cleaning.patterns.needs import FILE, needs_file, pattern_needs
from corpus.cleaning.rules import load_rules
from corpus.files import package_text

RULES = [rule for rule in load_rules() if rule.pattern is not None]


def test_the_file_says_of_every_rule_what_its_pattern_says() -> None:
    written, right = package_text("corpus.cleaning.patterns", FILE), needs_file(load_rules())
    told, meant = json.loads(written), json.loads(right)
    assert not (wrong := sorted({*told, *meant} - {rule for rule in meant if told.get(rule) == meant[rule]})), (
        f"run `make needs`: corpus/cleaning/{FILE} is stale about {wrong}"
    )
    assert written == right, f"run `make needs`: the rules of corpus/cleaning/{FILE} stand in another order"


def test_what_comes_of_the_file_is_what_is_read_off() -> None:
    assert [pattern_needs(rule.pattern or "") for rule in RULES] == [needs_of(rule.pattern or "") for rule in RULES]


def test_a_pattern_that_the_file_lacks_is_read_off() -> None:
    pattern = RULES[0].pattern + "|^a pattern of nobody's"
    assert pattern_needs(pattern) == needs_of(pattern)
    assert pattern_needs(pattern)[-1].literals == {"a pattern of nobody's"}


def test_literals_as_usual_as_others_stand_in_the_same_share_of_lines() -> None:
    """To the last bit, though the order of a set differs from process to process: ways are chosen by it."""
    sizes = (2, 2, 3, 3, 3, 4, 4, 5, 5, 5)
    turned = [ascii_lowercase[at:] + ascii_lowercase[:at] for at in range(26)]
    shares = {Needs.of(sign * size for sign, size in zip(signs, sizes, strict=False)).share for signs in turned}
    assert len(shares) == 1
