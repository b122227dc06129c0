"""News agencies by the forms of their names."""

from __future__ import annotations

import re
from functools import cache

from corpus.metadata.words import alternatives, table

__all__ = ["agency_at_end", "agency_cues", "is_agency"]


def is_agency(text: str) -> bool:
    """Tell whether the whole text is a known form of an agency's name.

    >>> is_agency("PTI"), is_agency("the associated press"), is_agency("CNN")
    (True, True, False)
    """
    exact, folded = _forms()
    squeezed = " ".join(text.split())
    return squeezed in exact or squeezed.casefold() in folded


def agency_at_end(text: str) -> tuple[int, int] | None:
    """Return where the long form of an agency's name ends the text, as in "Jane Doe The Associated Press"."""
    match = _long_form_at_end().search(text)
    return match.span(1) if match else None


@cache
def agency_cues() -> str:
    """Return a plain pattern (no look-around) that every text with an agency's name matches, for a first sieve."""
    forms = [form for row in table("agencies")["agency"] for form in row["forms"]]
    return rf"(?i)(?:^|\P{{L}}){alternatives(forms)}(?:\P{{L}}|$)"


@cache
def _forms() -> tuple[frozenset[str], frozenset[str]]:
    rows = table("agencies")["agency"]
    exact = {form for row in rows for form in row["forms"]}
    return frozenset(exact), frozenset(f.casefold() for r in rows if not r.get("exact") for f in r["forms"])


@cache
def _long_form_at_end() -> re.Pattern[str]:
    forms = [form for row in table("agencies")["agency"] for form in row["forms"] if len(form) > 8 and " " in form]
    return re.compile(rf"(?<!\w)({alternatives(forms)})\W*$")
