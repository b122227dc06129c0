"""Where a text names documents by other names, each keeps the one that is its own."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from corpus.export.card_words import escape_markdown
from corpus.model.finding import Finding
from corpus.releases.public.naming import Renaming, alias_of

IDS = st.lists(st.text(st.sampled_from("ab-_*"), min_size=1, max_size=6), min_size=1, max_size=5, unique=True)


@given(IDS, st.text(st.sampled_from("xyz "), max_size=3))
def test_an_id_that_begins_as_another_one_keeps_its_own_name(ids: list[str], between: str) -> None:
    """Whichever of them comes first, in a finding and in Markdown; and the way back leads to the same text."""
    names = {old: alias_of(f"{number:064x}") for number, old in enumerate(ids)}
    renaming, back = Renaming(names), Renaming({new: old for old, new in names.items()})
    for old, new in names.items():
        found = renaming.finding(Finding("code", old, f"See {old!r}{between}."))
        assert (found.place, found.message) == (new, f"See {new!r}{between}.")
        assert back.finding(found) == Finding("code", old, f"See {old!r}{between}.")
        told = renaming.told(f"- {escape_markdown(old)}\n")
        assert told == f"- {escape_markdown(new)}\n"
        assert back.told(told) == f"- {escape_markdown(old)}\n"


def test_without_other_names_a_text_stays_as_it_is() -> None:
    assert Renaming({}).told("one, two") == "one, two"
    assert Renaming({"three": "four"}).told("on") == "on"
