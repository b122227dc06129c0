"""The server's version, which every sync asks for, is an answer like others: it may fail, and costs no work."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import labelstudio_proxy
import pytest
from labelstudio_answering import QUICK
from labelstudio_desk import Desk
from labelstudio_material import plain
from labelstudio_one import TEXT, region
from labelstudio_people import Person, annotate
from labelstudio_proxy import Fate, Proxy, proxied

from corpus.errors import ServerError
from corpus.labelstudio.local.server import LocalServer
from corpus.labelstudio.report import SyncReport
from corpus.labelstudio.watching import rounds
from corpus.labelstudio.wire.client import Client, connect

pytestmark = pytest.mark.server
Join = Callable[[str], Person]
VERSION = "/api/version"
TOLD = {
    Fate.CUT_BEFORE: "broke",
    Fate.CUT_AFTER: "broke",
    Fate.ERROR_BEFORE: "status 500",
    Fate.ERROR_AFTER: "status 500",
    Fate.TRUNCATED: "broke",
    Fate.SLOW: "did not answer within",
}
"""What is said where every answer to it fails so."""
UNTOLD = (Fate.PAGE, Fate.BUSY)
"""Answers of a server that keeps its version to itself."""


@pytest.fixture
def proxy(client: Client) -> Iterator[Proxy]:
    with proxied(client.url) as proxy:
        yield proxy


@pytest.fixture
def desk(
    proxy: Proxy, label_studio: LocalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    monkeypatch.setattr(labelstudio_proxy, "SLOWNESS", 4.0)
    patience = replace(QUICK, attempts=2, answer=3.0)
    with connect(proxy.url, label_studio.credentials().token, patience=patience) as through:
        yield Desk(through, tmp_path, plain("one", TEXT), plain("two", f"{TEXT} Yes."))


def failing(fate: Fate, times: int) -> labelstudio_proxy.Plan:
    """Let the first so many answers to the question for the version fail."""
    left = [times]

    def plan(_method: str, path: str) -> Fate:
        if path.startswith(VERSION) and left[0]:
            left[0] -= 1
            return fate
        return Fate.PASS

    return plan


@pytest.mark.parametrize("fate", [*TOLD, *UNTOLD])
def test_one_bad_answer_is_asked_again(desk: Desk, proxy: Proxy, crew: Join, fate: Fate) -> None:
    watching = rounds(desk.sync, threading.Event(), 0.01)
    first = next(watching)
    assert isinstance(first, SyncReport)
    annotate(crew("ada"), desk.tasks(first.project)["one"].id, [region("Ada")])
    proxy.plan = failing(fate, 1)
    second = next(watching)
    assert isinstance(second, SyncReport)
    assert (second.new, second.findings) == (1, [])


@pytest.mark.parametrize("fate", [*TOLD, *UNTOLD])
def test_bad_answers_alone_are_told_and_waited_for(desk: Desk, proxy: Proxy, crew: Join, fate: Fate) -> None:
    """Where it is no answer, it is said which and the next round does all; where it is one, it is done at once."""
    watching = rounds(desk.sync, threading.Event(), 0.01)
    first = next(watching)
    assert isinstance(first, SyncReport)
    tasks = desk.tasks(first.project)
    annotate(crew("ada"), tasks["one"].id, [region("Ada")])
    proxy.plan = failing(fate, 2)
    second = next(watching)
    if fate in TOLD:
        assert isinstance(second, ServerError)
        assert TOLD[fate] in str(second)
        assert VERSION in str(second)
        assert not list(desk.folder.glob("*.jsonl"))
        second = next(watching)
    assert isinstance(second, SyncReport)
    assert (second.new, len(desk.sets()), second.findings) == (1, 1, [])
    assert desk.sync().is_quiet


@pytest.mark.parametrize("status", ["302 Found", "401 Unauthorized", "403 Forbidden", "404 Not Found"])
def test_a_gateway_that_keeps_it_back(desk: Desk, proxy: Proxy, crew: Join, status: str) -> None:
    """What lets all else pass does not keep a sync from its work; what lets nothing pass is told."""
    watching = rounds(desk.sync, threading.Event(), 0.01)
    first = next(watching)
    assert isinstance(first, SyncReport)
    annotate(crew("ada"), desk.tasks(first.project)["one"].id, [region("Ada")])
    proxy.blind = {VERSION: status}
    second = next(watching)
    assert isinstance(second, SyncReport)
    assert second.new == 1
    proxy.blind = {"/": status}
    third = next(watching)
    assert isinstance(third, ServerError)
    assert "/api/projects/" in str(third) or status[:3] in str(third)
    proxy.blind = {}
    fourth = next(watching)
    assert isinstance(fourth, SyncReport)
    assert (fourth.is_new, fourth.is_quiet) == (False, True)


@pytest.mark.parametrize("passed", [2, 4, 6, 9])
def test_a_key_that_is_revoked_in_the_middle(desk: Desk, proxy: Proxy, crew: Join, passed: int) -> None:
    """After so many requests all others are refused: it is said what to do, and the next sync does the rest."""
    project = desk.sync().project
    for name, task in desk.tasks(project).items():
        annotate(crew("ada"), task.id, [region("Ada")])
        assert name
    desk.documents = (*desk.documents, plain("three", f"{TEXT} No."))
    left = [passed]

    def plan(_method: str, _path: str) -> Fate:
        left[0] -= 1
        if left[0] < 0:
            proxy.blind = {"/": "401 Unauthorized"}
        return Fate.PASS

    proxy.plan = plan
    with pytest.raises(ServerError, match="does not accept the key"):
        desk.sync()
    proxy.plan, proxy.blind = failing(Fate.PASS, 0), {}
    desk.sync()
    assert {key: [s.exact for e in item.entities for s in e.spans] for key, item in desk.sets().items()} == {
        ("one", crew("ada").pseudonym): ["Ada"],
        ("two", crew("ada").pseudonym): ["Ada"],
    }
    assert sorted(str(task.doc_id) for task in desk.listed(project)) == ["one", "three", "two"]
    assert desk.sync().is_quiet
