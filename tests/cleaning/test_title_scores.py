"""A headline's score says how sure the choice is."""

from __future__ import annotations

import corpus

LEAD = (
    "The harbour pilots of Lisk have won their dispute over night pay after four years in court. "
    "Two hundred pilots will receive ten years of pay, and the ministry said that it would not appeal."
)
MORE = "The union had asked for arbitration in March, when the last talks ended without a result in the town hall."
REST = (
    "Two hundred pilots of the port will receive the pay in three parts, the first of them before the summer.",
    "The court in Lisk had heard forty witnesses, among them three former harbour masters and a teacher of pilots.",
    "“We never wanted a strike,” said Maren Holt, who speaks for the union of the pilots in the harbour.",
    "Night work had been paid as day work since the reform, although the law of 1998 asks for a third more.",
)
HEADLINE = "Harbour pilots of Lisk win their dispute over night pay"


def _score(text: str) -> float:
    (title,) = [block for block in corpus.clean(text).blocks if block.role == "title"]
    return title.score


def test_a_headline_is_surer_the_more_speaks_for_it() -> None:
    short = _score(f"{HEADLINE}\n{LEAD}\nShare this article")
    signed = f"{HEADLINE}\nBy Maren Holt\nPublished: 1 March 2023\n{LEAD}\n{MORE}"
    long = _score("\n".join([signed, *REST, "Share this article"]))
    assert 0.6 <= short < 0.8 < long < 1


def test_the_score_is_the_same_whatever_stands_beside_the_text_in_its_batch() -> None:
    text = f"{HEADLINE}\nBy Maren Holt\n{LEAD}\n{MORE}"
    alone, *others = corpus.clean_many([text, f"Four years of waiting\n{LEAD}\n{MORE}", text])
    assert alone.blocks == others[-1].blocks
    assert alone.blocks[0].score == _score(text)
