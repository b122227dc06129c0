"""``corpus annotations adjudicate`` as a shell sees it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.annotation.store import append, read_folder
from corpus.cli.app import app
from corpus.cli.rim import run
from corpus.files import schema_text
from corpus.model.annotation import AnnotationSet
from corpus.model.document import sha256_text

TEXT = "Ana Roe met Bo Lind."
Shell = Callable[..., tuple[int, str, str]]
Labelled = Callable[..., AnnotationSet]


@pytest.fixture
def folder(tmp_path: Path, labelled: Labelled) -> Path:
    """Two annotators, who agree on ``calm`` and disagree about one item of ``torn``."""
    append(tmp_path / "annotations", [labelled(who, "calm", "PER") for who in ("ada", "ben")])
    for who, label in (("ada", "PER"), ("ben", "ORG")):
        append(tmp_path / "annotations", [labelled(who, "torn", label)])
    return tmp_path / "annotations"


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Run the command, and return its exit code, output and errors."""
    monkeypatch.chdir(tmp_path)

    def run_here(*arguments: str) -> tuple[int, str, str]:
        code = run(app, ["annotations", "adjudicate", *arguments])
        return (code, *capsys.readouterr())

    return run_here


def gold(folder: Path) -> dict[str, int]:
    return {s.doc_id: len(s.entities) for s in read_folder(folder).sets if s.annotator == "gold"}


def test_gold_is_written_and_disputes_are_told(shell: Shell, folder: Path) -> None:
    """What is accepted is gold, the rest is listed; once more, nothing is left to do."""
    code, told, wrong = shell()
    assert (code, wrong) == (0, "")
    assert told.startswith("2 documents by two annotators or more: 3 items unanimous, 0 by majority, 1 disputed.")
    assert "ada: PER; ben: ORG" in " ".join(told.split())
    assert "\nlabel: No label has a majority.\n" in told
    assert gold(folder) == {"calm": 2, "torn": 1}
    assert "Gold was written of 0; 2 have gold already." in shell()[1]


def test_a_dry_run_writes_nothing(shell: Shell, folder: Path) -> None:
    """It says what would be written; with --settled, only where nothing is disputed."""
    before = {path.name for path in folder.iterdir()}
    told = json.loads(shell("--dry-run", "--json", "--settled")[1])
    assert (told["dry_run"], told["written"]) == (True, ["calm"])
    (dispute,) = told["documents"][1]["disputes"]
    assert (dispute["start"], dispute["reason"], dispute["votes"]) == (12, "label", {"ada": "PER", "ben": "ORG"})
    assert {path.name for path in folder.iterdir()} == before
    shell("--settled")
    assert gold(folder) == {"calm": 2}


def test_one_annotator_is_no_majority(shell: Shell, tmp_path: Path, labelled: Labelled) -> None:
    """One sentence that says why nothing happened; nothing is written."""
    append(tmp_path / "alone", [labelled("ada", "calm", "PER")])
    code, told, wrong = shell("alone")
    assert (code, wrong) == (0, "")
    assert told == "alone: no document was submitted by two annotators, so there is nothing to do.\n"
    assert gold(tmp_path / "alone") == {}


def test_what_lies_on_different_texts_is_told_as_such(shell: Shell, tmp_path: Path, labelled: Labelled) -> None:
    """Two submitted it, one of them on an older text: not that nobody did."""
    for who, text in (("ada", "a" * 64), ("ben", sha256_text(TEXT))):
        made = labelled(who, "calm", "PER").model_copy(update={"anchor_sha256": text})
        append(tmp_path / "apart", [made])
    code, told, wrong = shell("apart")
    assert (code, told) == (0, "apart: no document could be adjudicated, so there is nothing to do.\n")
    assert "lie on different texts or schemes" in wrong


def test_damage_is_refused(shell: Shell, folder: Path) -> None:
    """A line that cannot be read may be the newest: nothing is written, and the sentence names it."""
    with (folder / "ben.jsonl").open("a") as stream:
        stream.write("{broken\n")
    code, told, wrong = shell()
    assert (code, told) == (3, "")
    assert "annotations/ben.jsonl:3" in wrong
    assert gold(folder) == {}
    assert shell("nowhere")[0] == 2


def test_what_the_scheme_lacks_is_told_and_no_gold(shell: Shell, tmp_path: Path, labelled: Labelled) -> None:
    """The exit code tells it; with the scheme that has it, named or of the dataset at hand, it is gold."""
    append(tmp_path / "own", [labelled(who, "calm", "FAC") for who in ("ada", "ben")])
    code, told, wrong = shell("own", "--dry-run")
    assert (code, "1 item unanimous, 0 by majority, 0 disputed" in told) == (1, True)
    assert wrong.count("annotation-label") == 2
    assert len(json.loads(shell("own", "--dry-run", "--json")[1])["findings"]) == 2
    wider = schema_text("news-ec.toml").replace('"MISC"', '"FAC"')
    (tmp_path / "wider.toml").write_text(wider, "utf-8")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "calm.txt").write_text(TEXT, "utf-8")
    assert shell("own", "--dry-run", "--scheme", "wider.toml")[::2] == (0, "")
    assert run(app, ["build", "in", "--out", "build/dataset", "--scheme", "wider.toml"]) == 0
    assert (shell("own")[0], gold(tmp_path / "own")) == (0, {"calm": 2})
    assert shell("own", "--scheme", "gone.toml")[0] == 2
