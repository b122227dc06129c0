"""``corpus annotations agreement`` as a shell sees it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from corpus.annotation.store import append
from corpus.cli.app import app
from corpus.cli.rim import run
from corpus.export.dataset import write_dataset
from corpus.model.annotation import AnnotationSet

Shell = Callable[..., tuple[int, str, str]]


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Run the command, and return its exit code, output and errors."""
    monkeypatch.chdir(tmp_path)

    def run_here(*arguments: str) -> tuple[int, str, str]:
        code = run(app, ["annotations", "agreement", *arguments])
        return (code, *capsys.readouterr())

    return run_here


@pytest.fixture
def of_two(made: ModuleType, tmp_path: Path) -> Path:
    """A dataset in which ben and gold say what ann-1 says, but ben labels all entities GPE."""
    rows = made.make_rows()
    for layer in ("entities", "claims", "sources"):
        own = copy.deepcopy(rows[layer])
        changed = {"label": "GPE"} if layer == "entities" else {}
        rows[layer] += [{**row, "annotator": "ben", **changed} for row in own]
        rows[layer] += [{**row, "annotator": "gold"} for row in own]
    write_dataset(tmp_path / "build" / "dataset", made.make_content(rows))
    return tmp_path / "build" / "dataset"


@pytest.mark.usefixtures("of_two")
def test_tables_for_people(shell: Shell) -> None:
    """The build that is made by default; a table of spans and one of what is said; labels only where asked for."""
    code, told, wrong = shell()
    assert (code, wrong) == (0, "")
    lines = [line.split() for line in told.splitlines()]
    assert ["ann-1,", "ben", "2", "3", "/", "3", "0.333", "0.333"] in [line[:8] for line in lines]
    assert ["ann-1,", "ben", "label", "3", "3", "1", "0.000", "-0.111"] in lines
    assert ["ann-1,", "ben", "speech", "1", "1", "1", "–", "–"] in lines
    assert "gold" not in told
    assert "PER" not in told
    labelled = [line.split() for line in shell("--by-label")[1].splitlines()]
    assert ["PER", "1", "/", "0", "0.000", "0.000"] in [line[:6] for line in labelled]


def test_json_for_machines(shell: Shell, of_two: Path) -> None:
    """The same figures with what they are of; where there is none, the reason; gold where it is asked for."""
    told = json.loads(shell(str(of_two), "--json", "--gold")[1])["layers"]
    assert [layer["layer"] for layer in told] == ["entities", "claims", "sources"]
    assert [pair["annotators"] for pair in told[0]["pairs"]] == [
        ["ann-1", "ben"],
        ["ann-1", "gold"],
        ["ben", "gold"],
    ]
    pair = told[0]["pairs"][1]
    assert (pair["f1_exact"], pair["items"], pair["documents"]) == ({"value": 1.0, "count": 6}, [3, 3], 2)
    event = pair["labels"]["EVENT"]["f1_exact"]
    assert event == {"value": None, "count": 0, "reason": "Neither marked anything."}
    assert told[0]["alpha_characters"]["value"] > told[0]["labels"]["PER"]["value"]


def test_nothing_to_measure_is_one_sentence(shell: Shell, built: Path) -> None:
    """One annotator: nothing is wrong, so the exit code is 0."""
    code, sentence, _ = shell(str(built))
    assert code == 0
    assert sentence.startswith("No two annotators marked the same article")
    assert len(sentence.splitlines()) == 1
    told = json.loads(shell(str(built), "--json")[1])
    assert (told["layers"], told["reason"][:18]) == ([], "No two annotators ")


def test_what_is_no_dataset_is_refused(shell: Shell, tmp_path: Path) -> None:
    """One sentence with the way out, and the exit code 2."""
    for name in ("annotations", "empty"):
        (tmp_path / name).mkdir()
    (tmp_path / "annotations" / "ben.jsonl").write_text("")
    for name, told in (
        ("annotations", "annotation files, not a dataset"),
        ("empty", "no manifest.json"),
        ("nowhere", "There is no directory nowhere"),
    ):
        code, said, wrong = shell(name)
        assert (code, said) == (2, "")
        assert told in wrong


def test_what_the_build_left_out_is_told(
    shell: Shell, tmp_path: Path, labelled: Callable[..., AnnotationSet]
) -> None:
    """A label that the scheme lacks has no row, so it is in no figure: who reads them must know."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "calm.txt").write_text("Ana Roe met Bo Lind.", "utf-8")
    for who, label in (("ada", "PER"), ("ben", "FAC")):
        append(tmp_path / "annotations", [labelled(who, "calm", label)])
    run(app, ["build", "in", "--annotations", "annotations", "--out", "build/dataset"])
    shell()
    code, told, wrong = shell()
    assert (code, "ada, ben 1 2 / 1" in " ".join(told.split())) == (1, True)
    assert "The build left out, so not counted:" in wrong
    assert "calm by ben: The entity 'e2' has the label 'FAC'" in " ".join(wrong.split())
    (finding,) = json.loads(shell("--json")[1])["findings"]
    assert finding["code"] == "annotation-label"
