"""Two people in two browsers, and a sync that never stops meanwhile: everything they drew arrives, once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from annotation_screen import ARGUMENTS, AnnotationScreen
from labelstudio_desk import Desk
from labelstudio_material import plain
from labelstudio_people import Person

from corpus.labelstudio.team import set_overlap
from corpus.labelstudio.wire.client import Client

pytestmark = [pytest.mark.server, pytest.mark.browser]
Join = Callable[[str], Person]

OLD = "Ada Lovelace met Grace Hopper in Turin. “We agree,” said Ada Lovelace on Monday."
NEW = f"TURIN — {OLD} The talks go on."


@contextmanager
def another_browser(screen: AnnotationScreen, person: Person) -> Iterator[AnnotationScreen]:
    """A browser of its own in which that person is logged in."""
    own = screen.page.context.browser
    assert own is not None
    browser = own.browser_type.launch(executable_path=screen.executable, headless=True, args=ARGUMENTS)
    try:
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.set_default_timeout(60_000)
        other = AnnotationScreen(page, screen.url, screen.executable)
        other.log_in(person.email, person.password)
        yield other
    finally:
        browser.close()


@contextmanager
def syncing(desk: Desk) -> Iterator[list[str]]:
    """Sync without a pause in a thread of its own; what went wrong in it is raised at the end."""
    stop, told, errors = threading.Event(), list[str](), list[BaseException]()

    def run() -> None:
        try:
            while not stop.is_set():
                report = desk.sync(retire_drafts=True)
                told.extend(finding.code for finding in report.findings)
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield told
    finally:
        stop.set()
        thread.join(120)
    assert not errors, errors


@pytest.mark.parametrize("text_changes", [False, True], ids=["same text", "text changes meanwhile"])
def test_two_people_at_once_while_a_sync_runs(
    screen: AnnotationScreen, client: Client, sign_up: Join, tmp_path: Path, text_changes: bool
) -> None:
    desk = Desk(client, tmp_path, plain("one", OLD))
    report = desk.push()
    set_overlap(client, report.project, 2)
    task = desk.tasks(report.project)["one"].id
    with (
        another_browser(screen, sign_up("ada")) as ada,
        another_browser(screen, sign_up("bo")) as bo,
        syncing(desk),
    ):
        for one in (ada, bo):
            one.open(report.project, task)
        ada.mark("1", "Ada Lovelace")
        bo.mark("1", "Grace Hopper")
        if text_changes:
            desk.documents = (plain("one", NEW),)
        ada.mark("c", "“We agree,”")
        ada.submit()
        bo.mark("4", "Turin")
        bo.submit()
        ada.page.reload()
    for _ in range(2):
        desk.sync(retire_drafts=True)
    assert desk.sync().is_quiet
    text = NEW if text_changes else OLD
    drawn = sorted(
        sorted(span.exact for part in (*item.entities, *item.claims) for span in part.spans)
        for item in desk.sets().values()
    )
    assert drawn == [["Ada Lovelace", "“We agree,”"], ["Grace Hopper", "Turin"]]
    for item in desk.sets().values():
        for part in (*item.entities, *item.claims):
            assert text[part.spans[0].start : part.spans[0].end] == part.spans[0].exact
    current = [t for t in desk.listed(report.project) if t.data["text"] == text]
    assert len(current) == 1
    there = sorted(
        sorted(text[r["value"]["start"] : r["value"]["end"]] for r in a.result if r["type"] == "labels")
        for a in current[0].annotations
    )
    assert there == drawn
