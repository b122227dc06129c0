"""The line model is asked unless the user says no: ``corpus clean``, ``corpus build`` and the same in Python."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import corpus
from corpus.cleaning.learned import RULE
from corpus.cli.app import app
from corpus.export.store import BuiltDataset

RUN = CliRunner()
PAGE = "\n".join(
    [
        "Home", "World", "Politics", "Subscribe now", "Log in",
        "Floods displace thousands in northern Ghana as a dam spills over",
        "By Kofi Mensah",
        "Share on Facebook",
        "Thousands of people were forced from their homes in northern Ghana on Tuesday after a dam spilled over.",
        "Residents waded through waist-deep water in the town of Walewale, where the floods cut the main road.",
        "The national disaster agency said it had opened shelters in three districts and sent boats to two more.",
        "Officials said the floods would last until the dam had been emptied, which may take another two weeks.",
        "Sign up for our newsletter",
        "Ben from Leeds wrote: I have never seen such a thing lol, why does nobody ever do anything about it",
        "Most read", "Ten things to know about inflation", "What the stars ate at the gala",
        "© 2023 Example Media. All rights reserved.",
    ]
)  # fmt: skip


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.txt"
    path.write_text(PAGE, "utf-8")
    return path


def test_clean_asks_the_model_unless_told_not_to(page: Path) -> None:
    asked = json.loads(RUN.invoke(app, ["clean", str(page), "--json"]).stdout)
    alone = json.loads(RUN.invoke(app, ["clean", str(page), "--json", "--no-line-model"]).stdout)
    assert RULE in {block["rule"] for block in asked["blocks"]}
    assert RULE not in {block["rule"] for block in alone["blocks"]}
    assert corpus.clean(PAGE).text == corpus.clean_many([PAGE])[0].text == asked["text"]
    assert corpus.clean(PAGE, line_model=False).text == alone["text"]
    by_python = corpus.clean(PAGE, line_model=False).blocks
    assert [block.rule for block in by_python] == [block["rule"] for block in alone["blocks"]]


def test_explain_names_the_evidence_of_what_the_model_dropped(page: Path) -> None:
    record = json.loads(RUN.invoke(app, ["clean", str(page), "--json", "--explain"]).stdout)
    (told, *_) = [reason for reason in record["explanations"] if reason["rule"] == RULE]
    assert 0 < told["probability"] < 0.6
    assert told["evidence"]


@pytest.mark.parametrize("choice", ["--line-model", "--no-line-model"])
def test_a_build_asks_it_unless_told_not_to(page: Path, tmp_path: Path, choice: str) -> None:
    out = tmp_path / "out"
    result = RUN.invoke(app, ["build", str(page), "--out", str(out), choice])
    assert result.exit_code == 0
    rules = {block.rule for document in BuiltDataset.open(out).documents() for block in document.blocks}
    assert (RULE in rules) == (choice == "--line-model")
