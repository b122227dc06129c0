"""Datelines as agencies of several languages write them: place and agency are found whatever the cleaner's rule."""

from __future__ import annotations

import pytest

import corpus

LEAD = "The regional council voted on Tuesday to close the old bridge for repairs until winter, officials said."
REST = "The work will cost four million euros, and buses will take another road while it lasts, they said."


@pytest.mark.parametrize(
    ("opening", "place", "agency"),
    [
        ("BERLIN —\n\n", "BERLIN", None),
        ("LONDON (AP) —\n\n", "LONDON", "AP"),
        ("NEW YORK, March 3 —\n\n", "NEW YORK", None),
        ("BUENOS AIRES.-\n\n", "BUENOS AIRES", None),
        ("Lyon, 12 mars 2024 (AFP) - ", "Lyon", "AFP"),
        ("Madrid, 12 mar (EFE).- ", "Madrid", "EFE"),
        ("Lisboa, 12 mar 2024 (Lusa) – ", "Lisboa", "Lusa"),
        ("(ANSA) - ROMA, 12 MAR - ", "ROMA", "ANSA"),
        ("МОСКВА, 12 мар — РИА Новости. ", "МОСКВА", "РИА Новости"),
    ],
)
def test_place_and_agency_are_read(opening: str, place: str, agency: str | None) -> None:
    """Also where the dateline stands on a line of its own; it stays in the text."""
    document = corpus.clean(f"Old bridge to close until winter\n\n{opening}{LEAD}\n\n{REST}")
    assert (document.dateline, document.agency) == (place, agency)
    assert document.text.startswith(opening.strip())
    assert LEAD in document.text


@pytest.mark.parametrize("line", ["WATCH —", "VIDEO –", "UPDATE -", "Berlin —"])
def test_a_label_with_a_dash_is_no_place(line: str) -> None:
    assert corpus.clean(f"Old bridge to close until winter\n\n{line}\n\n{LEAD}\n\n{REST}").dateline is None
