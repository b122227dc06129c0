"""People get in by a link, articles go to as many as asked, and each sees what is theirs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from labelstudio_desk import Desk
from labelstudio_material import plain
from labelstudio_people import Person, annotate, mark, remove_person

from corpus.errors import UsageError
from corpus.labelstudio.team import assign, assignments, invitation, set_overlap
from corpus.labelstudio.wire.client import Client, RefusedError

pytestmark = pytest.mark.server
Join = Callable[[str], Person]
NAMES = ("plain", "a|b.c (d)", "dash-2", "2026/11/22/quay & pier/ü/index")


@pytest.fixture
def project(client: Client, tmp_path: Path) -> int:
    desk = Desk(client, tmp_path, *(plain(name, f"Ada Lovelace spoke in {name}.") for name in NAMES))
    return desk.push().project


def view_of(client: Client, project: int, title: str) -> dict[str, Any]:
    return next(v for v in client.get("/api/dm/views/", project=project) if v["data"]["title"] == title)


def next_task(person: Person, project: int, view: dict[str, Any] | None = None) -> str | None:
    """The document that "Label All Tasks" offers, from a tab (whose filters the screen sends along) or from all."""
    body = {"project": project} | ({"filters": view["data"]["filters"]} if view else {})
    try:
        found = person.client.send("POST", "/api/dm/actions/", body, id="next_task", project=project)
    except RefusedError as refusal:
        assert refusal.status == 404  # the server's way to say that nothing is left
        return None
    return str(found["data"]["doc_id"])


def test_the_invitation_leads_to_the_sign_up_form_and_can_be_renewed(client: Client) -> None:
    first = invitation(client)
    assert first.startswith(f"{client.url}/user/signup/?token=")
    assert invitation(client) == first
    renewed = invitation(client, renew=True)
    assert renewed != first
    assert invitation(client) == renewed


def test_an_address_in_two_spellings_is_one_person(client: Client, sign_up: Join, project: int) -> None:
    """A spreadsheet that spells an address in two ways gives its person one list of all."""
    ada = sign_up("ada")
    assign(client, project, {ada.email: ["plain"], ada.email.upper(): ["dash-2"]})
    assert assignments(client, project) == {ada.email: ("dash-2", "plain")}
    assert len([v for v in client.get("/api/dm/views/", project=project) if "for " in v["data"]["title"]]) == 1


def test_each_sees_their_own_articles_in_their_tab(client: Client, sign_up: Join, project: int) -> None:
    """The lists come back from the server as they were given, odd ids too, and lead the stream of tasks."""
    ada, bo = sign_up("ada"), sign_up("bo")
    lists = {ada.email: ["2026/11/22/quay & pier/ü/index", "a|b.c (d)", "plain"], bo.email: ["dash-2"]}
    assign(client, project, lists)
    assert assignments(client, project) == {email: tuple(ids) for email, ids in lists.items()}
    tab = view_of(bo.client, project, f"for {bo.email}")
    assert next_task(bo, project, tab) == "dash-2"
    shown = bo.client.get("/api/tasks/", project=project, view=tab["id"])["tasks"]
    assert [task["data"]["doc_id"] for task in shown] == ["dash-2"]


def test_assigning_again_changes_nothing_and_an_empty_list_takes_the_tab_away(
    client: Client, sign_up: Join, project: int
) -> None:
    ada = sign_up("ada")
    assign(client, project, {ada.email: ["plain"]})
    before = client.get("/api/dm/views/", project=project)
    assign(client, project, {ada.email.upper(): ["plain", "plain"]})
    assert client.get("/api/dm/views/", project=project) == before
    assign(client, project, {ada.email: ["dash-2"]})
    assert assignments(client, project) == {ada.email: ("dash-2",)}
    assign(client, project, {ada.email: []})
    assert assignments(client, project) == {}
    assert [v["data"]["title"] for v in client.get("/api/dm/views/", project=project)] == ["All articles"]


def test_a_stranger_is_named_and_nothing_is_assigned(client: Client, project: int) -> None:
    with pytest.raises(UsageError, match=r"nobody@example\.org has no account"):
        assign(client, project, {"nobody@example.org": ["plain"]})
    assert assignments(client, project) == {}


def test_the_tab_of_somebody_who_was_removed(client: Client, sign_up: Join, project: int) -> None:
    """It can be taken away, and no other one is made for them."""
    eve = sign_up("eve")
    assign(client, project, {eve.email: ["plain"]})
    remove_person(client, eve.id)
    with pytest.raises(UsageError, match="has no account"):
        assign(client, project, {eve.email: ["plain", "odd"]})
    assert assignments(client, project) == {eve.email: ("plain",)}
    assign(client, project, {eve.email: []})
    assert assignments(client, project) == {}
    with pytest.raises(UsageError, match="has no account"):
        assign(client, project, {eve.email: []})


def test_overlap_reaches_articles_that_are_there_already(client: Client, sign_up: Join, project: int) -> None:
    """With one annotator an annotated article is offered to nobody; with two, to one more person."""
    ada, bo = sign_up("ada"), sign_up("bo")
    tasks = {t["data"]["doc_id"]: t for t in client.get("/api/tasks/", project=project, fields="all")["tasks"]}
    for name in NAMES:
        text = str(tasks[name]["data"]["text"])
        annotate(ada, tasks[name]["id"], [mark("x", text, "Ada Lovelace", "PER", "entity")])
    assert next_task(bo, project) is None
    set_overlap(client, project, 2)
    assert next_task(bo, project) in NAMES
    assert next_task(ada, project) is None
    with pytest.raises(UsageError, match="at least one annotator"):
        set_overlap(client, project, 0)
