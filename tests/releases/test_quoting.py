"""What notes and findings quote of withheld texts becomes references to them, and comes back."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from corpus.export.dataset import write_dataset
from corpus.export.store import BuiltDataset
from corpus.model.finding import Finding, Severity
from corpus.releases.public.quoting import References, restore
from corpus.releases.public.withholding import withheld_content


def runs(text: str) -> set[tuple[str, ...]]:
    """Return the words of a text, five in a row."""
    words = re.findall(r"\w+", text.casefold())
    return set(zip(*(words[at:] for at in range(5)), strict=False))


def test_quotes_in_findings_become_references(made: Any, tmp_path: Path) -> None:
    """What a finding or a note repeats of a withheld text is told by its offsets."""

    content = made.make_content()
    told = Finding("annotation-span", "a", "Expected 'We kept our promise' or 'something else'.", Severity.NOTE)
    write_dataset(
        tmp_path / "b", replace(content, findings=(told,), notes=("ann-1: saw “Mayor Lena Voss” first.",))
    )
    (tmp_path / "rows").mkdir()
    quiet, _ = withheld_content(BuiltDataset.open(tmp_path / "b"), tmp_path / "rows")
    assert "promise" not in quiet.findings[0].message
    assert "'something else'" in quiet.findings[0].message
    assert re.search(r"“⟦[0-9a-f]{64} \d+–\d+⟧”", quiet.notes[0])
    assert "Lena" not in json.dumps([f.message for f in quiet.findings] + list(quiet.notes))


@pytest.mark.parametrize("cut", [slice(0, 40), slice(12, 50), slice(52, 95), slice(0, 200)])
def test_quotes_become_references_however_they_are_cut(cut: slice) -> None:
    """Escapes, cut words, both kinds of quotation marks; all come back."""
    text = (
        'Alpha beta\nsecret words here and\u00a0more words there. He\'s said "no way to us" to them '
        "all\\now really at last"
    )
    message = f"The reader's text reads {text[cut]!r}, not {text[cut][:30] + '…'!r}; it's 'ann-1''s word."
    (quiet,) = References([("0a", text)]).put([message])
    assert not runs(quiet) & runs(text)
    assert "'ann-1''s word" in quiet
    assert restore([quiet], {"0a": text}.get) == [message]


def test_a_quote_that_differs_in_a_word_shows_no_run_of_the_text() -> None:
    """An annotation may say nearly what a withheld text says."""
    text = "The minister told them on Monday, that\nnothing at all would come of the harbour."
    message = f"It reads 'x', not {'them on Friday, that nothing at all would come of it'!r}."
    (quiet,) = References([("0a", text)]).put([message])
    assert "nothing" not in quiet and "would" not in quiet and "Friday" in quiet
    assert restore([quiet], {"0a": text}.get) == [message]
