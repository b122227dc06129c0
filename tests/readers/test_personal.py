"""Personal data is found where a library is sure of it, and masked without moving anything."""

from __future__ import annotations

import pytest

from corpus.model.document import KnownValue, RawDocument
from corpus.model.markup import Head
from corpus.readers.personal import MASK, find_personal, mask_document, mask_text


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("Write to jane.doe+news@mail.example.org.", "e-mail address", "jane.doe+news@mail.example.org"),
        ("E-Mail: müller@zeitung.example", "e-mail address", "müller@zeitung.example"),
        ("Call (202) 456-1111 now", "phone number", "(202) 456-1111"),
        ("Tel. +49 (0) 40 639 118 91", "phone number", "+49 (0) 40 639 118 91"),
        ("ring 020 7946 0958 today", "phone number", "020 7946 0958"),
        ("IBAN DE89 3704 0044 0532 0130 00, please", "bank number", "DE89 3704 0044 0532 0130 00"),
        ("paid with 4111 1111 1111 1111.", "card number", "4111 1111 1111 1111"),
        (
            "She lives at 1600 Pennsylvania Avenue NW, Washington, DC 20500 with a dog.",
            "street address",
            "1600 Pennsylvania Avenue NW, Washington, DC 20500",
        ),
        ("at 10 Downing Street, London SW1A 2AA", "street address", "10 Downing Street, London SW1A 2AA"),
    ],
)
def test_it_is_found_at_its_place(text: str, kind: str, words: str) -> None:
    (found,) = find_personal(text)
    assert (found.kind, text[found.start : found.end]) == (kind, words)


@pytest.mark.parametrize(
    "text",
    [
        "In 2021-2022, 1,200,000 people met at 10:30 on 12 April 2021.",
        "ISBN 978-3-16-148410-0; the score was 21-19, 21-17; pi is 3.1415926535.",
        "See icon@2x.png and follow @harbour, or read 10 streets of London.",
        "DE89 3704 0044 0532 0130 01 is no account, 4111 1111 1111 1112 no card.",
        "They walked 12 miles along the road to Porto.",
        "",
    ],
)
def test_what_is_none_is_left_alone(text: str) -> None:
    """Years, scores, decimals, handles, and numbers whose check digits are wrong."""
    assert find_personal(text) == []
    assert mask_text(text) == (text, [])


def test_masking_keeps_every_length() -> None:
    text = "Über 🚢: write to a.b@c.example\nor call +44 20 7946 0958."
    masked, found = mask_text(text)
    assert masked == f"Über 🚢: write to {MASK * 13}\nor call {MASK * 3} {MASK * 2} {MASK * 4} {MASK * 4}."
    assert len(masked) == len(text)
    assert len(found) == 2
    assert find_personal(masked) == []


def test_all_that_is_known_is_masked_too() -> None:
    """The text, columns of the record, what a page's head says; addresses of pages stay."""
    raw = RawDocument(
        doc_id="a",
        text="Mail a.b@c.example",
        raw_sha256="0" * 64,
        decoder="utf-8",
        source_file="a.txt",
        known=(
            KnownValue("url", "https://a.example/a.b@c.example", "input record", "x"),
            KnownValue("authors", ("Ana Ruiz a.b@c.example",), "input record", "x"),
        ),
        extra={"contact": {"mail": ["a.b@c.example"], "a.b@c.example": "seen"}, "words": 3},
        head=Head(title="Write to a.b@c.example", metas=(("author", "a.b@c.example"),)),
    )
    masked = mask_document(raw)
    hidden = MASK * 13
    assert masked.text == f"Mail {hidden}"
    assert {item.column: item.value for item in masked.known} == {
        "url": "https://a.example/a.b@c.example",
        "authors": (f"Ana Ruiz {hidden}",),
    }
    assert masked.extra == {"contact": {"mail": [hidden], hidden: "seen"}, "words": 3}
    assert masked.head is not None
    assert (masked.head.title, masked.head.metas) == (f"Write to {hidden}", (("author", hidden),))
    assert [(r.kind, r.count) for r in masked.repairs] == [("personal", 1)]
