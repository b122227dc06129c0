"""Why a line went, for a reader who doubts it: the rule in words, what it found, and a model's evidence."""

from __future__ import annotations

import pytest

from corpus.cleaning.explaining import Explanation, explain, rule_in_words
from corpus.cleaning.markup.claims import claims_of
from corpus.cleaning.markup.explaining import KINDS
from corpus.cleaning.rules import load_rules
from corpus.model.document import Document
from corpus.model.roles import Reason
from corpus.pipeline.cleaning import clean_raw, raw_of
from corpus.readers.shown import HTML

TEXT = """Home
Sport
Harbour of Ahlen reopens after a week of storms
By Mara Lind
The harbour of Ahlen reopened on Monday after a week of storms, the operator of its locks said.
Ships had waited off the coast since the gales began, and some had turned back for want of fuel.
Follow us on Facebook and Twitter
Sign up for our newsletter
"""
PAGE = """<html><head><title>Harbour of Ahlen reopens</title></head><body>
<nav class="menu"><a href="/">Home</a> <a href="/sport">Sport</a></nav>
<article class="story"><h1>Harbour of Ahlen reopens</h1>
<p>The harbour of Ahlen reopened on Monday after a week of storms, the operator of its locks said.</p>
<p>Ships had waited off the coast since the gales began, and some had turned back for want of fuel.</p>
<p>Nobody knows what the closure cost, but the mayor of Ahlen spoke of some two million euros.</p></article>
<div class="related-stories"><a href="/2">What the storm did to the dunes of the islands last night</a></div>
</body></html>"""


def explained_text(text: str) -> tuple[Document, list[Explanation]]:
    data = text.encode()
    document = clean_raw(raw_of(data))
    return document, explain(document.raw_text, document.blocks)


@pytest.fixture(scope="module")
def page() -> tuple[Document, list[Explanation]]:
    raw = raw_of(PAGE.encode(), HTML)
    document = clean_raw(raw)
    assert raw.head is not None
    return document, explain(raw.text, document.blocks, raw.markup, claims_of(raw.head))


def test_every_block_has_its_reason_and_its_rule_in_words() -> None:
    document, reasons = explained_text(TEXT)
    assert [reason.block for reason in reasons] == [block.block for block in document.blocks]
    for block, reason in zip(document.blocks, reasons, strict=True):
        assert (reason.rule, reason.reason) == (block.rule, Reason(block.reason).sentence)
        assert reason.says or block.kept
        assert reason.element is None
        assert reason.evidence == ()


def test_what_a_pattern_found_stands_in_the_line() -> None:
    document, reasons = explained_text(TEXT)
    found = [
        (block.text, reason.found) for block, reason in zip(document.blocks, reasons, strict=True) if reason.found
    ]
    assert any("Facebook" in str(piece) for _, piece in found)
    assert all(piece in text for text, piece in found)


def test_a_page_tells_the_element_and_the_models_evidence(page: tuple[Document, list[Explanation]]) -> None:
    """A line among links tells its element; the evidence is sorted by strength, signed, of known kinds."""
    document, reasons = page
    told = {block.text: reason for block, reason in zip(document.blocks, reasons, strict=True)}
    teaser = next(reason for text, reason in told.items() if text.startswith("What the storm"))
    assert teaser.element is not None
    assert teaser.element.link_share == 1.0
    assert "related" in teaser.element.names
    assert teaser.probability is not None
    assert teaser.probability < 0.35
    assert teaser.evidence[0].logits < 0
    strengths = [abs(item.logits) for item in teaser.evidence]
    assert strengths == sorted(strengths, reverse=True)
    assert {item.evidence for reason in reasons for item in reason.evidence} <= set(KINDS)


def test_the_models_certainty_is_the_score_of_what_it_decided(page: tuple[Document, list[Explanation]]) -> None:
    """A sceptical reader of the blocks alone sees how sure the model was, line by line."""
    document, reasons = page
    for block, reason in zip(document.blocks, reasons, strict=True):
        if block.rule.startswith("markup.") and block.role.value not in ("title", "duplicate"):
            assert reason.probability is not None
            assert block.score == pytest.approx(reason.probability if block.kept else 1 - reason.probability)


def test_every_rule_can_be_told_in_words() -> None:
    for rule in load_rules():
        if rule.where != "kernel":
            assert rule_in_words(rule), rule.id


def test_an_empty_page_has_nothing_to_explain() -> None:
    raw = raw_of(b"<html><body></body></html>", HTML)
    assert explain(raw.text, clean_raw(raw).blocks, raw.markup) == []


def test_the_line_models_certainty_is_the_score_of_what_it_drops() -> None:
    """The score in the blocks and the probability in the explanation are the same number, seen from two sides."""
    lines = [
        *("Home", "World", "Subscribe now", "Log in", "Floods displace thousands in northern Ghana"),
        "Thousands of people were forced from their homes in northern Ghana on Tuesday after a dam spilled over.",
        "Residents waded through waist-deep water in the town of Walewale, where the floods cut the main road.",
        "The national disaster agency said it had opened shelters in three districts and sent boats to two more.",
        "Sign up for our newsletter",
        "Ben from Leeds wrote: I have never seen such a thing lol, why does nobody ever do anything about it",
        *("Most read", "Ten things to know about inflation", "© 2023 Example Media. All rights reserved."),
    ]
    document, reasons = explained_text("\n".join(lines))
    judged = [pair for pair in zip(document.blocks, reasons, strict=True) if pair[0].rule == "line-model-1"]
    assert judged
    for block, reason in judged:
        assert reason.probability is not None
        assert block.score == pytest.approx(1 - reason.probability, abs=0.01)
        assert reason.evidence
