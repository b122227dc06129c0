"""Tables lose nothing: a terminal breaks long cells, a file gets a line a row."""

from __future__ import annotations

import pytest
from rich.console import Console

from corpus.cli import tables

HEAD = ("document", "who", "items")
ROWS = [("2026/11/22/a-long-path/of-a-mirrored-site/story", "ada.lovelace@example.org " * 3, "1,234")]


def test_what_is_no_terminal_gets_a_line_a_row(capsys: pytest.CaptureFixture[str]) -> None:
    tables.show_table(HEAD, ROWS)
    head, row = capsys.readouterr().out.splitlines()
    assert head.split() == list(HEAD)
    assert row.split() == " ".join(ROWS[0]).split()


def test_a_narrow_terminal_shows_every_character(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "out", Console(force_terminal=True, color_system=None, width=30))
    tables.show_table(HEAD, ROWS)
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 30
    assert sorted("".join("".join(lines[1:]).split())) == sorted("".join("".join(ROWS[0]).split()))


def test_cells_are_shown_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    """What would be markup or drive a terminal is text; without rows there is no title, without names no head."""
    tables.show_table(("", ""), [("[red]a", "b\x1b[2J")])
    tables.show_table(HEAD, [], title="Skipped")
    assert capsys.readouterr().out.split() == ["[red]a", "b\\x1b[2J"]
