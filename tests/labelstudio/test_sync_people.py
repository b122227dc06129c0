"""Whose work it is, is known of people who were removed, and to a key that may not see who is there."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from labelstudio_answering import QUICK
from labelstudio_desk import Desk
from labelstudio_material import plain
from labelstudio_one import TEXT, region
from labelstudio_people import Person, annotate, remove_person, sign_up_person
from labelstudio_proxy import proxied

from corpus.labelstudio.backup import open_backup, save_backup
from corpus.labelstudio.ledger.store import Ledger
from corpus.labelstudio.local.server import LocalServer
from corpus.labelstudio.project import find_project
from corpus.labelstudio.restore import restore
from corpus.labelstudio.wire.client import Client, connect

pytestmark = pytest.mark.server
Join = Callable[[str], Person]


@pytest.fixture
def desk(client: Client, tmp_path: Path) -> Desk:
    return Desk(client, tmp_path, plain("one", TEXT), plain("two", f"{TEXT} Yes."))


def remove(client: Client, *people: Person) -> None:
    """Take people out of the organisation, as its owner can."""
    for person in people:
        person.client.close()
    for person in people:
        remove_person(client, person.id)


def addresses(desk: Desk) -> dict[str, str | None]:
    return {each.annotator: each.person for each in desk.status().annotators}


def test_people_who_were_removed_are_told_apart(desk: Desk, client: Client) -> None:
    """The server lists them under one word; each keeps their pseudonym, and nobody's work replaces another's."""
    eve, zoe = sign_up_person(client, "eve"), sign_up_person(client, "zoe")
    project = desk.sync().project
    tasks = desk.tasks(project)
    annotate(eve, tasks["two"].id, [region("Bo")])
    desk.sync()
    annotate(eve, tasks["one"].id, [region("Bo")])
    annotate(zoe, tasks["one"].id, [region("Ada")])
    remove(client, eve, zoe)
    assert not {eve.id, zoe.id}.intersection(client.users())
    report = desk.sync()
    assert (report.new, report.changed, report.findings) == (2, 0, [])
    assert addresses(desk) == {eve.pseudonym: eve.email, zoe.pseudonym: zoe.email}
    assert set(desk.sets()) == {("one", eve.pseudonym), ("one", zoe.pseudonym), ("two", eve.pseudonym)}
    assert desk.sync().is_quiet


def test_a_backup_tells_them_apart_too(desk: Desk, client: Client, tmp_path: Path) -> None:
    """In the restored project each one's work is still theirs."""
    eve, zoe = sign_up_person(client, "eve"), sign_up_person(client, "zoe")
    project = desk.sync().project
    task = desk.tasks(project)["one"].id
    annotate(eve, task, [region("Bo")])
    annotate(zoe, task, [region("Ada")])
    desk.sync()
    before = {key: item.entities for key, item in desk.sets().items()}
    remove(client, eve, zoe)
    found = find_project(client, desk.name)
    assert found is not None
    with Ledger.open(desk.ledger_folder) as ledger:
        save_backup(client, found, tmp_path / "b.gz", partial(ledger.pseudonym, taken=()), [])
    client.send("DELETE", f"/api/projects/{project}/")
    told = {
        finding.message.split()[3].rstrip(",")
        for finding in restore(client, open_backup(tmp_path / "b.gz"), desk.name).findings
    }
    assert told == {eve.email, zoe.email}
    desk.sync()
    assert {key: item.entities for key, item in desk.sets().items()} == before
    assert desk.sync().is_quiet


@pytest.mark.parametrize("status", ["403 Forbidden", "404 Not Found"])
def test_a_key_that_may_not_see_who_is_there(
    desk: Desk, crew: Join, label_studio: LocalServer, client: Client, status: str
) -> None:
    """A known person gets no second pseudonym, and a new one the same as later."""
    ada, bo = crew("ada"), crew("bo")
    project = desk.sync().project
    tasks = desk.tasks(project)
    annotate(ada, tasks["one"].id, [region("Ada")])
    desk.sync()
    with proxied(client.url) as proxy, connect(proxy.url, label_studio.credentials().token, patience=QUICK) as own:
        proxy.blind = {"/api/users": status}
        desk.client = own
        annotate(ada, tasks["two"].id, [region("Ada")])
        annotate(bo, tasks["two"].id, [region("Bo")])
        assert desk.sync().new == 2
    desk.client = client
    annotate(bo, tasks["one"].id, [region("Bo")])
    assert desk.sync().new == 1
    assert addresses(desk) == {ada.pseudonym: ada.email, bo.pseudonym: bo.email}


def test_a_ledger_of_before_that_met_them_anew(desk: Desk, crew: Join, tmp_path: Path) -> None:
    """What was pulled under the name that it has lost is not pulled under the new one again."""
    project, copy = desk.sync().project, tmp_path / "before"
    shutil.copytree(desk.ledger_folder, copy)
    ada = crew("ada")
    annotate(ada, desk.tasks(project)["one"].id, [region("Ada")])
    assert desk.sync().new == 1
    before = desk.sets()
    shutil.rmtree(desk.ledger_folder)
    shutil.copytree(copy, desk.ledger_folder)
    with Ledger.open(desk.ledger_folder) as ledger:  # as a sync of the other one of the two projects notes it
        ledger.learn(ada.email, "another")
    report = desk.sync()
    assert (report.new, desk.sets()) == (0, before)
    assert set(before) == {("one", ada.pseudonym)}
    assert desk.sync().is_quiet
