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
    "no such text": (
        ["export", "--format", "conll", "--out", "x", "--text", "all"],
        "'all' is not one of 'reading'",
    ),
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


BY = '{"text": "Ann Lee said so.", "spans": [{"start": 0, "end": 7, "label": "PER"}], "_annotator_id": "%s"}'
MAIL = '{"id": 1, "data": {"text": "Ann Lee"}, "annotations": [{"completed_by": "a@x.example", "result": []}]}'
PEOPLE: dict[str, tuple[list[str], list[str], str]] = {
    "who is not there": (["Eve"], ["4=anna"], "'4' annotated nothing in it; those who did: 'Eve'."),
    "two for nobody": (["eve"], ["anna", "ben"], "--annotator is 'anna' and 'ben'; give one"),
    "two for one": (["eve"], ["eve=anna", "eve=ben"], "--annotator is 'anna' and 'ben' for 'eve'"),
    "too long for a file": (["eve"], ["a" * 300], "--annotator takes a pseudonym"),
    "alike but for case": (["Eve", "eve"], [], "'Eve', 'eve' differ in case alone"),
    "the last word": (["Gold"], [], "say --annotator Gold=gold where theirs is that"),
    "an address": (["eve@x.example"], [], "got 'eve@x.example'; say who each is"),
    "only an address": ([], [], "Of 'person-1' no more than an e-mail address is told"),
}


def test_a_folder_for_texts_that_cannot_be_is_told_first(shell: Shell, tmp_path: Path) -> None:
    """Not when the annotations are written, and their report is lost."""
    (tmp_path / "x.conll").write_text(CONLL, "utf-8")
    call = ("import", "x.conll", "--annotator", "ben", "--annotations", "new", "--texts", "x.conll")
    assert (shell(*call)[0], (tmp_path / "new").exists()) == (3, False)


@pytest.mark.parametrize("what", PEOPLE)
def test_who_it_was_is_never_guessed(what: str, shell: Shell, tmp_path: Path) -> None:
    """Nobody's marks become another's, and a slip of the pen is told, not passed over."""
    people, named, sentence = PEOPLE[what]
    (tmp_path / "x.jsonl").write_text("\n".join(BY % who for who in people) or MAIL, "utf-8")
    told = [argument for each in named for argument in ("--annotator", each)]
    code, _, wrong = shell("import", "x.jsonl", "--annotations", "new", *told)
    assert (code, (tmp_path / "new").exists()) == (2, False)
    assert sentence in " ".join(wrong.split())


def test_no_address_reaches_a_file(shell: Shell, tmp_path: Path) -> None:
    """Neither out of who did it, nor out of ids or files' names."""
    text = (HOUSE / "seeds" / "003_3d0e764f794c4c26.txt").read_text("utf-8")
    marks = [{"start": 40, "end": 50, "label": "PER", "span_id": "ann@x.example"}]
    record = {"text": text, "spans": marks, "_annotator_id": "ann@x.example"}
    files = [f"{number}-ann@x.example.jsonl" for number in range(6)]
    for name in files:
        (tmp_path / name).write_text(json.dumps(record), "utf-8")
    assert shell("import", *files, "--annotations", "new", "--annotator", "ann@x.example=ann")[0] == 0
    written = (tmp_path / "new" / "ann.jsonl").read_text("utf-8")
    assert "x.example" not in written
    assert '"note":"jsonl: …, jsonl: …, jsonl: … and 3 more"' in written


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
