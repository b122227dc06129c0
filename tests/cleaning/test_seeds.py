"""The five seeds: what goes, what each piece is called, and that all else stays untouched."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from conftest import blocks_of, text_of

SEEDS = Path(__file__).parents[2] / "seeds"
TITLES = {
    "000": "Russia ready to supply ‘special military equipment’",
    "001": "Russia Will Give Pakistan Military Equipment To Fight Terror — Foreign Minister Lavrov",
    "002": "Russia will provide unspecified 'special' military equipment to Pakistan: Lavrov",
    "003": "Russia to boost ties with Pakistan, supply military gear",
    "004": "Russia, Pakistan Agree to Boost Military Cooperation Against Terror, Sea Piracy",
}
GOES = {
    "000": [],
    "001": [("Follow EurAsian Times on Google News", "boilerplate")],
    "002": [
        ("Article Posted on : - Apr 08, 2021", "timestamp"),
        ("Other Related News", "boilerplate"),
        ("India, Sri Lanka decide to ramp up defence, energy, trade ties", "boilerplate"),
        ("India and Sri Lanka Monday adopted", "boilerplate"),
        ("The Indian Air Force, in its flight", "boilerplate"),
        ("view articleAn insight into", "boilerplate"),
        ("view articleSky enthusiasts", "boilerplate"),
        ("view article", "boilerplate"),
    ],
    "003": [
        ("Sergey Lavrov, Shah Mahmood Qureshi", "caption"),
        ("In this photo handout photo released", "caption"),
        ("Copyright 2021 The Associated Press.", "copyright"),
        ("Trending Stories", "boilerplate"),
        ("Click here for full list", "boilerplate"),
    ],
    "004": [
        ("Accessibility links", "boilerplate"),
        ("Breaking News", "boilerplate"),
        ("Russia's Foreign Minister Sergey Lavrov, left, walks", "caption"),
        ("Russia's Foreign Minister Sergey Lavrov, left, walks", "duplicate"),
        ("Russia's Foreign Minister Sergey Lavrov, April 7, 2021.", "caption"),
        ("Russia's Foreign Minister Sergey Lavrov, April 7, 2021.", "duplicate"),
        ("Pakistani Foreign Minister Shah Mehmood Qureshi, April 7, 2021.", "caption"),
        ("Pakistani Foreign Minister Shah Mehmood Qureshi, April 7, 2021.", "duplicate"),
        ("FILE - Taliban political deputy", "caption"),
        ("FILE - Taliban political deputy", "duplicate"),
        ("FILE - A shipment of Russia's Sputnik", "caption"),
        ("FILE - A shipment of Russia's Sputnik", "duplicate"),
        ("XS", "boilerplate"),
        ("SM", "boilerplate"),
        ("MD", "boilerplate"),
        ("LG", "boilerplate"),
    ],
}
DATELINES = {"002": "ISLAMABAD (PTI):", "003": "ISLAMABAD (AP) —"}
HEADINGS = {"004": ["Afghan peace", "US-Taliban deal", "Gas pipeline"]}


def _text(name: str) -> str:
    return next(SEEDS.glob(f"{name}_*.txt")).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", TITLES)
def test_the_headline_is_found_wherever_it_stands(name: str) -> None:
    assert [b["text"] for b in blocks_of(_text(name)) if b["role"] == "title"] == [TITLES[name]]


@pytest.mark.parametrize("name", GOES)
def test_exactly_the_furniture_goes(name: str) -> None:
    gone = [b for b in blocks_of(_text(name)) if not b["kept"] and b["role"] != "title"]
    assert [b["role"] for b in gone] == [role for _, role in GOES[name]]
    for block, (begin, _) in zip(gone, GOES[name], strict=True):
        assert str(block["text"]).startswith(begin)


@pytest.mark.parametrize("name", TITLES)
def test_datelines_and_headings_are_kept_as_what_they_are(name: str) -> None:
    blocks = blocks_of(_text(name))
    assert [b["text"] for b in blocks if b["role"] == "dateline"] == [
        line for seed, line in DATELINES.items() if seed == name
    ]
    assert [b["text"] for b in blocks if b["role"] == "heading"] == HEADINGS.get(name, [])


@pytest.mark.parametrize("name", TITLES)
def test_every_other_line_stays_untouched_and_in_order(name: str) -> None:
    raw, blocks = _text(name), blocks_of(_text(name))
    gone = {b["line"] for b in blocks if not b["kept"]}
    lines = [line.strip() for number, line in enumerate(raw.split("\n")) if number not in gone]
    kept = text_of(blocks)
    assert [line for line in kept.split("\n") if line] == [line for line in lines if line]
    assert text_of(blocks_of(kept)) == kept
