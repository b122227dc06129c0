"""``corpus annotations import`` and ``export`` as a shell sees them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from corpus.annotation.store import current, read_folder
from corpus.cli.app import app
from corpus.cli.rim import run
from corpus.exchange.formats import FORMATS, format_of

Shell = Callable[..., tuple[int, str, str]]
HOUSE = Path(__file__).parents[2]
CONLL = "-DOCSTART- -X- O O\n\nAnn\tB-PER\nLee\tI-PER\nsaid\tO\nso\tO\n.\tO\n"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seeds, built with the hand annotation."""
    place = tmp_path_factory.mktemp("house")
    build = ["build", str(HOUSE / "seeds"), "--out", str(place / "build" / "dataset")]
    assert run(app, [*build, "--annotations", str(HOUSE / "annotations")]) == 0
    return place


@pytest.fixture
def shell(
    built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Shell:
    """Run a verb where the seeds are built, and return its exit code, output and errors."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(HOUSE / "annotations", tmp_path / "annotations", ignore=shutil.ignore_patterns("*.md"))
    (tmp_path / "build").symlink_to(built / "build")
    capsys.readouterr()

    def run_here(*arguments: str) -> tuple[int, str, str]:
        code = run(app, ["annotations", *arguments])
        return (code, *capsys.readouterr())

    return run_here


@pytest.mark.parametrize("form", [name for name, each in FORMATS.items() if each.write is not None])
def test_out_and_in_again(form: str, shell: Shell, tmp_path: Path) -> None:
    """Each format: what is written is read, every document is known again, and a second import changes nothing."""
    target = tmp_path / f"out{next(iter(FORMATS[form].endings), '')}"
    export = ("export", "--format", form, "--out", str(target), "--annotations", "annotations")
    code, told, _ = shell(*export, "--json")
    report = json.loads(told)
    assert code == 0
    assert report["documents"] == 5
    assert shell(*export)[0] == 2
    assert format_of(target) is FORMATS[form]
    there = ("import", str(target), "--annotations", "new", "--annotator", "ben", "--json")
    code, told, _ = shell(*there)
    done = json.loads(told)
    assert code == 0, told
    assert len(done["written"]) == 5
    assert done["moved"] == 0
    lost = {finding["code"] for finding in report["findings"]}
    assert lost or done["items"] == {"PER": 90, "ORG": 47, "GPE": 257, "LOC": 4, "EVENT": 9, "MISC": 14} | {
        "claims": 93,
        "sources": 78,
        "cues": 82,
    }
    again = json.loads(shell(*there)[1])
    assert (again["written"], again["unchanged"]) == ([], 5)


def test_texts_that_the_dataset_lacks(shell: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """They are written where that is asked for, and a dataset built of them takes the annotations."""
    (tmp_path / "x.conll").write_text(CONLL, "utf-8")
    call = ("import", "x.conll", "--annotator", "ben", "--annotations", "new")
    code, told, wrong = shell(*call, "--texts", "pages")
    assert code == 1
    assert "1 text that the dataset lacks: pages" in told
    assert "import-no-document" in wrong
    (tmp_path / "new").mkdir()
    assert run(app, ["build", "pages", "--out", "other", "--annotations", "new"]) == 0
    capsys.readouterr()
    code, told, wrong = shell(*call, "--from", "other")
    assert (code, wrong.replace("looking for the documents …\n", "")) == (0, "")
    assert "1 annotation was written: 1 PER." in told


WRONG = {
    "no such file": (["import", "no.ann", "--annotator", "ben"], "no.ann: no such file or folder"),
    "no such format": (["export", "--format", "brad", "--out", "x"], "There is no format 'brad'; choose one of"),
    "of no format": (["import", "annotations/hand-1.png", "--annotator", "ben"], "name it with --format"),
    "no pseudonym": (["import", "x.conll", "--annotator", "Ben B."], "--annotator takes a pseudonym"),
    "nobody named": (["import", "x.conll"], "do not say who made them; say it with --annotator"),
    "no such annotator": (["export", "--format", "conll", "--out", "x", "--annotator", "eve"], "it has hand-1"),
    "no such text": (["export", "--format", "conll", "--out", "x", "--text", "all"], "--text takes one of reading"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_call_that_cannot_be_carried_out(what: str, shell: Shell, tmp_path: Path) -> None:
    """One sentence, exit code 2, and nothing is made."""
    (tmp_path / "x.conll").write_text(CONLL, "utf-8")
    (tmp_path / "annotations" / "hand-1.png").write_bytes(b"")
    arguments, sentence = WRONG[what]
    code, _, wrong = shell(*arguments)
    assert code == 2
    assert sentence in " ".join(wrong.split())
    assert not (tmp_path / "x").exists()


def test_the_datasets_rows_give_what_the_files_give(shell: Shell, tmp_path: Path) -> None:
    """Whoever has a release and no annotation files exports the same, but for notes and the names of cues."""
    for name, more in (("rows", ()), ("files", ("--annotations", "annotations"))):
        assert shell("export", "--format", "labelstudio", "--out", f"{name}.json", *more)[0] == 0
        assert shell("import", f"{name}.json", "--annotations", name, "--annotator", "ben")[0] == 0
    rows, files = (
        {item.doc_id: item for item in current(read_folder(tmp_path / name).sets)} for name in ("rows", "files")
    )
    assert len(rows) == len(files) == 5
    for doc_id, made in rows.items():
        for layer in ("entities", "sources", "claims"):
            one, other = ({item.id: _bare(item) for item in getattr(s, layer)} for s in (made, files[doc_id]))
            assert one == other
        assert {cue.spans for cue in made.cues} == {cue.spans for cue in files[doc_id].cues}


def _bare(item: Any) -> Any:
    return item.model_copy(
        update={"note": None, **({"cue_ids": len(item.cue_ids)} if hasattr(item, "cue_ids") else {})}
    )


def test_one_split_alone(shell: Shell) -> None:
    """Only its documents are written; another one's name is refused."""
    whole = json.loads(shell("export", "--format", "conll", "--out", "a.conll", "--json")[1])
    train = json.loads(shell("export", "--format", "conll", "--out", "b.conll", "--json", "--split", "train")[1])
    assert (whole["documents"], train["documents"]) == (5, 5)
    code, _, wrong = shell("export", "--format", "conll", "--out", "c.conll", "--split", "dev")
    assert (code, "There is no split 'dev'; choose one of train" in wrong) == (2, True)


def test_nothing_annotated(shell: Shell, tmp_path: Path) -> None:
    """It is said; with ``--unannotated`` the texts go out, to be annotated elsewhere."""
    (tmp_path / "none").mkdir()
    export = ("export", "--format", "labelstudio", "--out", "t.json", "--annotations", "none")
    code, _, wrong = shell(*export)
    assert (code, "Nobody has annotated in none" in wrong) == (2, True)
    code, told, _ = shell(*export, "--unannotated")
    assert (code, "5 documents with 0 spans" in told) == (0, True)
