"""What must hold of every text there is: cover, order, joins, maps, batches, and cleaning twice."""

from __future__ import annotations

import re
import textwrap

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.cleaning.kernel import clean_frame
from corpus.model.document import Block, reading_pieces, text_pieces
from corpus.model.projection import Projection
from corpus.model.roles import Reason, Role
from corpus.model.span import Span

QUIET = settings(max_examples=30)

ODD = (
    "\t \n\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2003\u2028\u2029\u202f\u3000"
    + "\u200b\u200d\u2066\u202e\u0301\ufeff"
)
LINES = (
    "Home",
    "Politics",
    "Share",
    "Share on Facebook",
    "Advertisement",
    "Skip to content",
    "Read more",
    "Read more: Storm hits the northern coast",
    "Related Stories",
    "Trending Stories",
    "You may also like",
    "Comments",
    "12 comments",
    "Privacy Policy",
    "Copyright 2021 The Example Times. All rights reserved.",
    "By Jane Doe",
    "Jane Doe",
    "Published: 3 March 2021",
    "3 hours ago",
    "Sergey Ivanov, Anna Petrova",
    "Photo: Getty Images",
    "FILE - A ship leaves the port of Odesa, March 3, 2021.",
    "A ship leaves the port of Odesa at dawn. (AP Photo/Jane Doe)",
    "Storm hits the northern coast, killing two",
    "Two dead as storm hits the northern coast of the island",
    "What we know so far",
    "Storm damage",
    "No.",
    "(Applause.)",
    "- milk, eggs and flour",
    "The water rose quickly",
    "HALIFAX (AP) — A storm hit the northern coast of the island on Monday, killing at least two, police said.",
    "The storm was the worst to hit the northern coast in forty years, the mayor told reporters on Monday evening.",
    "“We lost everything in a single night,” said Anna Petrova, whose house by the harbour is gone. Read more",
    "AdvertisementThe minister said that the government would pay for every house that the storm had destroyed.",
    "view articleStorm hits the northern coast, killing two",
    "Die Regierung in Berlin teilte am Montag mit, dass sie den betroffenen Familien schnell helfen werde.",
    "الرئيس يزور العاصمة ويلتقي عددا من المسؤولين في الحكومة والمعارضة خلال زيارته.",
    "台风周一袭击了北部海岸，造成至少两人死亡，警方说，数百栋房屋被毁，居民被迫撤离。",
    "",
    "",
    "   ",
)  # fmt: skip

pages = st.lists(st.sampled_from(LINES), max_size=22).map("\n".join)
arbitrary = st.text(st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from(ODD)), max_size=120)
mixtures = st.lists(st.one_of(st.sampled_from(LINES), arbitrary), max_size=10).map("\n".join)
WORDS = tuple(
    re.findall(
        r"\S+",
        "the harbour board decided to close its eastern basin for a winter of ice that broke both re-opening gates",
    )
)
wrapped = st.tuples(st.lists(st.sampled_from(WORDS), min_size=30, max_size=90), st.integers(45, 80)).map(
    lambda drawn: "\n".join(textwrap.wrap(" ".join(drawn[0]), drawn[1])).replace("decided\n", "deci-\nded ")
)
texts = st.one_of(pages, arbitrary, mixtures, wrapped, st.tuples(pages, wrapped).map("\n\n".join))


def clean(text: str) -> list[Block]:
    return blocks_of(clean_frame(pl.DataFrame({"doc_id": ["a"], "text": [text], "site": [None]}), line_model=False))


def blocks_of(frame: pl.DataFrame) -> list[Block]:
    return [
        Block(
            **{
                **{k: v for k, v in row.items() if k != "doc_id"},
                "role": Role(row["role"]),
                "reason": Reason(row["reason"]),
            }
        )
        for row in frame.iter_rows(named=True)
    ]


@QUIET
@given(texts)
def test_blocks_cover_every_visible_character_exactly_once(text: str) -> None:
    covered = [0] * len(text)
    blocks = clean(text)
    for block in blocks:
        assert block.text == text[block.start : block.end]
        assert block.text == block.text.strip() != ""
        assert "\n" not in block.text
        assert block.line == text.count("\n", 0, block.start)
        for place in range(block.start, block.end):
            covered[place] += 1
    assert max(covered, default=0) <= 1
    assert all(count == 1 for count, char in zip(covered, text, strict=True) if not char.isspace())
    assert [b.start for b in blocks] == sorted(b.start for b in blocks)
    assert [b.block for b in blocks] == list(range(len(blocks)))


@QUIET
@given(texts)
def test_every_block_says_why(text: str) -> None:
    blocks = clean(text)
    for block in blocks:
        assert block.rule
        assert 0.0 <= block.score <= 1.0
        assert block.kept == (block.role in {Role.BODY, Role.HEADING, Role.DATELINE})
        assert block.join in {"", " ", "\n", "\n\n"}
    assert sum(b.role is Role.TITLE for b in blocks) <= 1
    assert any(b.kept for b in blocks) == bool(text.strip())
    if blocks:
        assert blocks[0].join == "\n\n"


@QUIET
@given(texts)
def test_a_projection_is_exactly_its_blocks_and_joins(text: str) -> None:
    blocks = clean(text)
    for pieces in (text_pieces(blocks), reading_pieces(blocks)):
        projection = Projection.of(text, pieces)
        shown = "".join(p.join + text[p.start : p.end] for p in pieces)
        assert projection.text == (shown[len(pieces[0].join) :] if pieces else "")


@QUIET
@given(texts, st.data())
def test_a_span_of_the_text_comes_back_from_the_anchor(text: str, data: st.DataObject) -> None:
    projection = Projection.of(text, text_pieces(clean(text)))
    if not projection.text:
        return
    in_piece = sorted(
        {
            place
            for piece, start in zip(projection.pieces, projection.starts, strict=True)
            for place in range(start, start + piece.end - piece.start)
        }
    )
    first, last = sorted(data.draw(st.tuples(st.sampled_from(in_piece), st.sampled_from(in_piece))))
    span = Span(first, last + 1)
    assert projection.from_raw(projection.to_raw(span)) == (span,)


@QUIET
@given(st.lists(texts, min_size=1, max_size=6))
def test_a_document_is_cleaned_alike_in_any_batch(batch: list[str]) -> None:
    together = clean_frame(
        pl.DataFrame({"doc_id": [str(n) for n in range(len(batch))], "text": batch}).with_columns(site=None),
        line_model=False,
    )
    for number, text in enumerate(batch):
        alone = blocks_of(together.filter(pl.col("doc_id") == str(number)))
        assert alone == clean(text)


@settings(QUIET, max_examples=120)
@given(texts)
def test_cleaning_its_own_output_changes_nothing(text: str) -> None:
    once = Projection.of(text, text_pieces(clean(text))).text
    twice = Projection.of(once, text_pieces(clean(once))).text
    assert twice == once
