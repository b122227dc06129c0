"""The commands around a sync, as a shell sees them: team, backup, restore."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from datasets import load_dataset
from labelstudio_people import Person, annotate, mark

from corpus.cli.app import app
from corpus.cli.rim import run
from corpus.labelstudio.local.server import LocalServer


class Said(NamedTuple):
    """What a command printed."""

    stdout: str
    stderr: str


Shell = Callable[..., Said]
Join = Callable[[str], Person]
ARTICLE = "Port reopens\n\nMayor Ada Lovelace said on Monday that the port would reopen in March after two years."


@pytest.fixture
def shell(
    label_studio: LocalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    """Run commands in a folder with a built dataset of two articles, against the test server."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LABEL_STUDIO_URL", str(label_studio.status().url))
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", label_studio.credentials().token)
    for name in ("one", "two"):
        Path("raw").mkdir(exist_ok=True)
        Path("raw", f"{name}.txt").write_text(ARTICLE.replace("March", f"March ({name})"), "utf-8")
    project = f"commands {tmp_path.name}"
    assert run(app, ["build", "raw", "--out", "build/dataset"]) == 0

    def shell(*arguments: str, code: int = 0, project: str | None = project) -> Said:
        capsys.readouterr()
        named = [] if project is None else ["--project", project]
        ended = run(app, ["labelstudio", *arguments, *named])
        said = Said(*capsys.readouterr())
        assert ended == code, said
        return said

    return shell


@pytest.mark.server
def test_a_team_is_invited_and_shares_the_articles(shell: Shell, sign_up: Join) -> None:
    shell("sync")
    assert "/user/signup/?token=" in shell("team", "invite", project=None).stdout
    shell("team", "overlap", "2")
    ada, bo = sign_up("ada"), sign_up("bo")
    shell("team", "assign", ada.email, "one", "two")
    Path("lists.csv").write_text(f"email,doc_id\n{bo.email},two\n", "utf-8")
    shell("team", "assign", "--file", "lists.csv")
    assert json.loads(shell("team", "show", "--json").stdout) == {ada.email: ["one", "two"], bo.email: ["two"]}
    shell("team", "assign", ada.email)
    assert json.loads(shell("team", "show", "--json").stdout) == {bo.email: ["two"]}


@pytest.mark.server
def test_looking_leaves_no_file_behind(shell: Shell) -> None:
    """A dry run and a status write nothing at all, where there is no ledger yet and where there is one."""

    def files() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}

    before = files()
    assert json.loads(shell("sync", "--dry-run", "--json").stdout)["tasks_new"] == 2
    shell("push", "--dry-run")
    assert "has no project" in shell("status", code=2).stderr
    assert files() == before
    shell("sync")
    before = files()
    for command in (("sync", "--dry-run"), ("pull", "--dry-run"), ("status",)):
        shell(*command)
    assert files() == before


@pytest.mark.server
def test_a_folder_of_annotations_that_is_not_there_is_told(shell: Shell, sign_up: Join) -> None:
    """Before anybody annotated it may be; what is known already is not pulled into another place in silence."""
    deep = "nowhere/annotations"
    assert f"{deep}: no such folder" in shell("push", "--annotations", deep, code=2).stderr
    assert "is no folder" in shell("push", "--annotations", "raw/one.txt", code=2).stderr
    assert "note annotations: no such folder yet; a pull of annotations makes it" in shell("push").stderr
    ada = sign_up("ada")
    task, *_ = ada.client.tasks(_project(ada), "id,data")
    annotate(ada, task["id"], [mark("a", task["data"]["text"], "Ada Lovelace", "PER", "entity")])
    assert "no such folder" not in shell("pull").stderr
    for verb in ("push", "pull", "sync", "status"):
        said = shell(verb, "--annotations", "anotations", code=2).stderr
        assert "anotations: no such folder, and 1 annotation of the project" in " ".join(said.split())
    assert not Path("anotations").exists()
    Path("other").mkdir()
    assert "0 new" in shell("pull", "--annotations", "other").stdout
    Path(".corpus/labelstudio/ledger.sqlite3").rename("ledger.old")
    assert "1 new" in shell("pull", "--annotations", "other").stdout


@pytest.mark.server
def test_what_cannot_be_shared_out_is_one_sentence(shell: Shell, sign_up: Join) -> None:
    assert "push it first" in shell("team", "show", code=2).stderr
    shell("sync")
    ada = sign_up("ada")
    assert "no document 'three'" in shell("team", "assign", ada.email, "three", code=2).stderr
    assert "no account" in shell("team", "assign", "nobody@example.org", "one", code=2).stderr
    assert "Name one person" in shell("team", "assign", code=2).stderr
    for content, told in (
        ("a,b\n", "columns email and doc_id"),
        ("email,doc_id\nx@example.org,\n", "line 2 lacks"),
    ):
        Path("lists.csv").write_text(content, "utf-8")
        assert told in shell("team", "assign", "--file", "lists.csv", code=2).stderr
    Path("lists.csv").write_bytes(b"\xff\xfe\x00")
    assert "cannot be read as CSV" in shell("team", "assign", "--file", "lists.csv", code=2).stderr


@pytest.mark.server
def test_guidelines_in_another_encoding_are_one_sentence(shell: Shell) -> None:
    Path("annotations").mkdir()
    Path("annotations/guidelines.md").write_bytes("Pers\u00f6nlich".encode("latin-1"))
    assert "annotations/guidelines.md is not UTF-8 (byte 4)" in shell("sync", code=2).stderr


@pytest.mark.server
def test_the_adjudicator_is_gold(shell: Shell, sign_up: Join) -> None:
    """A pseudonym is chosen before the first pull; what the person draws is pulled, and published, under it."""
    shell("sync")
    carla = sign_up("carla")
    assert shell("team", "name", carla.email, "gold", project=None).stderr == ""
    named = shell("team", "name", "nobody@example.org", "later", project=None)
    assert "nobody@example.org is later" in named.stdout
    assert "nobody@example.org has no account" in named.stderr
    [task, *_] = [t for t in carla.client.tasks(_project(carla), "id,data") if t["data"]["doc_id"] == "one"]
    annotate(carla, task["id"], [mark("a", task["data"]["text"], "Ada Lovelace", "PER", "entity")])
    shell("sync")
    assert [path.name for path in Path("annotations").glob("*.jsonl")] == ["gold.jsonl"]
    assert "is in use" in shell("team", "name", "other@example.org", "gold", code=2, project=None).stderr
    assert "know carla" in shell("team", "name", carla.email, "else", code=2, project=None).stderr
    assert "got 'No Name'" in shell("team", "name", carla.email, "No Name", code=2, project=None).stderr


@pytest.mark.server
def test_disputes_are_settled_and_released(shell: Shell, sign_up: Join) -> None:
    """Two annotate, a third decides in the second project; the release loads with what was decided."""
    shell("sync")
    ada, bo, carla = sign_up("ada"), sign_up("bo"), sign_up("carla")
    task = next(t for t in ada.client.tasks(_project(ada), "id,data") if t["data"]["doc_id"] == "one")
    text = task["data"]["text"]
    name = mark("a", text, "Ada Lovelace", "PER", "entity")
    annotate(ada, task["id"], [name, mark("b", text, "Port", "LOC", "entity")])
    annotate(bo, task["id"], [name, mark("b", text, "Port", "MISC", "entity")])
    assert "has not seen the project" not in shell("adjudicate", "--dry-run").stderr
    shell("sync")
    assert run(app, ["annotations", "adjudicate"]) == 0
    assert "Open: 1 dispute in 1 document; settled: 0 documents." in shell("adjudicate").stdout
    assert "Adjudication: 1 dispute open in 1 of 1 document; 0 settled by a person." in shell("status").stdout
    (asked,) = carla.client.tasks(_project(carla), "id,data")
    assert (asked["data"]["text"], ada.pseudonym in asked["data"]["disputes"]) == (text, True)
    annotate(carla, asked["id"], [name, mark("b", text, "Port", "LOC", "entity")])
    assert "Gold written of 1 document (one)." in shell("adjudicate").stdout
    assert json.loads(shell("status", "--json").stdout)["adjudication"]["settled"] == 1
    run(app, ["annotations", "adjudicate", "--json", "--force"])
    assert run(app, ["build", "raw", "--out", "build/gold", "--name", "decided"]) == 0
    assert run(app, ["release", "0.1.0", "--from", "build/gold", "--out", "releases", "--date", "2026-11-22"]) == 0
    rows = load_dataset("releases/decided-0.1.0", "entities", split="train", cache_dir="cache")
    told = {(row["text"], rows.features["label"].int2str(row["label"]), row["annotator"]) for row in rows}
    assert told == {("Ada Lovelace", "PER", "gold"), ("Port", "LOC", "gold")}


def _project(person: Person) -> int:
    return max(record["id"] for record in person.client.projects())


@pytest.mark.server
def test_a_project_is_saved_and_built_anew(shell: Shell) -> None:
    shell("sync")
    saved = json.loads(shell("backup", "project.jsonl.gz", "--json").stdout)
    assert (saved["tasks"], saved["annotations"]) == (2, 0)
    assert "is there already" in shell("backup", "project.jsonl.gz", code=2).stderr
    other = f"{Path.cwd().name} anew"
    made = json.loads(shell("restore", "project.jsonl.gz", "--json", project=other).stdout)
    assert (made["tasks"], made["there"]) == (2, 0)
    again = json.loads(shell("restore", "project.jsonl.gz", "--json", project=other).stdout)
    assert (again["tasks"], again["there"]) == (0, 2)
    assert "already has a project of the name" in shell("restore", "project.jsonl.gz", code=2).stderr
    Path("raw.gz").write_bytes(b"nothing")
    assert "cannot be read as a backup" in shell("restore", "raw.gz", code=3, project=other).stderr
