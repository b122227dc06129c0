"""U+0000 and halves of surrogate pairs, at which PostgreSQL fails: what holds one is named, the rest goes on."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import pytest
from labelstudio_desk import Desk
from labelstudio_material import plain
from labelstudio_one import TEXT, by_hand, drawn

from corpus.annotation.store import append
from corpus.labelstudio.backup import open_backup, save_backup
from corpus.labelstudio.project import find_project
from corpus.labelstudio.restore import restore
from corpus.labelstudio.wire.client import Client

pytestmark = pytest.mark.server
BROKEN = ["before \0 after", "before \ud83d after"]


@pytest.mark.parametrize("broken", BROKEN)
def test_beside_a_text(client: Client, tmp_path: Path, broken: str) -> None:
    """A title is shown with a sign in that place; the dataset keeps its own."""
    titled = replace(plain("one", TEXT), title=broken, publisher=broken, url=broken)
    desk = Desk(client, tmp_path, titled, plain("two", TEXT))
    report = desk.sync()
    assert (report.tasks_new, report.findings) == (2, [])
    data = desk.tasks(report.project)["one"].data
    shown = "before \ufffd after"
    assert [data[name] for name in ("title", "publisher", "url")] == [shown] * 3
    assert data["about"].startswith(shown)
    assert desk.sync().is_quiet


def test_in_a_name(client: Client, tmp_path: Path) -> None:
    """The document is not sent, for its name could not come back."""
    report = Desk(client, tmp_path, plain("a\0b", TEXT), plain("two", TEXT)).sync()
    assert (report.tasks_new, [f.code for f in report.findings]) == (1, ["not-sendable"])


def test_in_a_note(client: Client, tmp_path: Path) -> None:
    """That annotation waits, named at every sync, until a version without it follows."""
    desk = Desk(client, tmp_path, plain("one", TEXT))
    own = by_hand(desk)
    noted = (own.entities[0].model_copy(update={"note": BROKEN[0]}),)
    append(desk.folder, [own.model_copy(update={"entities": noted})])
    for made in (1, 0):
        report = desk.sync()
        assert (report.tasks_new, report.annotations_new) == (made, 0)
        (finding,) = report.findings
        assert (finding.code, "'one' by 'hand-1': it holds a NUL" in finding.message) == ("content-refused", True)
    desk.edit(("one", "hand-1"), entities=own.entities)
    assert desk.sync().annotations_new == 1
    assert drawn(desk, report.project) == [["Ada"]]
    assert desk.sync().is_quiet
    desk.edit(("one", "hand-1"), entities=noted)
    assert [f.code for f in desk.sync().findings] == ["content-refused"]
    assert drawn(desk, report.project) == [["Ada"]]


@pytest.mark.parametrize("written", [r"\u0000", r"\ud83d"])
def test_in_a_backup_of_another_server(client: Client, tmp_path: Path, written: str) -> None:
    """It is restored with a sign in that place, which is told; restoring again makes nothing twice."""
    desk = Desk(client, tmp_path, plain("one", TEXT))
    number = desk.sync().project
    client.send("POST", f"/api/projects/{number}/import", [{"data": {"text": "half #", "by": "hand"}}])
    project, path = find_project(client, desk.name), tmp_path / "saved.gz"
    assert project is not None
    save_backup(client, project, path, lambda email, _: email, [])
    content = gzip.decompress(path.read_bytes()).replace(b"half #", f"half {written}".encode())
    path.write_bytes(gzip.compress(content))
    for made, there in ((2, 0), (0, 2)):
        report = restore(client, open_backup(path), f"{desk.name} again")
        assert (report.made.tasks, report.there) == (made, there)
        assert [finding.code for finding in report.findings] == ["characters-replaced"]
    texts = {task.data["text"] for task in desk.listed(report.project)}
    assert texts == {TEXT, "half \ufffd"}
