"""A sample of the fault schedules (``make test-faults`` plays hundreds), and the oracle's own eyes."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from faults_around import Around
from faults_injection import CRASHED, KILLED, Blow, Job, Strike, struck
from faults_reading import Count, count
from faults_schedule import Schedule, Stage
from labelstudio_proxy import Fate

pytestmark = pytest.mark.server
SAMPLE = (1, 2, 3, 6, 11)
AROUND = (9002, 9005)
"""Between them they have every event there is."""


@pytest.mark.parametrize("seed", SAMPLE)
def test_a_schedule(stage: Stage, seed: int) -> None:
    """After faults on both sides one clean run has exactly the expected tasks and annotations."""
    found = Schedule(stage, seed).run()
    assert found.why == []
    assert found.tasks >= 2


@pytest.mark.parametrize("seed", AROUND)
def test_a_schedule_of_what_happens_around_a_sync(stage: Stage, seed: int) -> None:
    """A lost or older ledger, a second checkout, a withdrawn document and a draft cost and double nothing."""
    found = Around(stage, seed).run()
    assert found.why == []
    assert found.tasks >= 2


@pytest.fixture
def played(stage: Stage, request: pytest.FixtureRequest) -> Schedule:
    """A schedule whose project stands on both sides, with annotations of both."""
    schedule = Schedule(stage, 100_000 + random.Random(request.node.name).randint(1, 10**9))
    schedule.folder.mkdir()
    schedule.world.add_document()
    schedule.world.annotate_here()
    schedule._sync_clean()
    schedule.world.annotate_there()
    schedule._sync_clean()
    assert count(schedule.world, {}).is_clean
    return schedule


def test_the_oracle_sees_what_is_lost(played: Schedule) -> None:
    """An annotation deleted on the server and a file taken away are counted, whatever they held."""
    world = played.world
    task = world._live_tasks()[0]
    world.site.ask("DELETE", f"/api/annotations/{task['annotations'][0]['id']}/")
    assert (count(world, {}).lost, count(world, {}).doubled) == (1, 0)
    path = next(world.annotations.glob("hand-*.jsonl"))
    before = {path.name: path.read_bytes()}
    path.write_bytes(b"")
    assert count(world, before).lost == 4  # there, here, what the file held, and a version that was seen


def test_the_oracle_sees_what_is_doubled(played: Schedule) -> None:
    """A task and an annotation that stand twice are counted as doubled."""
    world = played.world
    project = world.site.project(world.name)
    task = world._live_tasks()[0]
    world.site.ask("POST", f"/api/projects/{project}/import", json=[{"data": task["data"]}])
    body = {"result": task["annotations"][0]["result"]}
    world.site.ask("POST", f"/api/tasks/{task['id']}/annotations/", json=body)
    found = count(world, {})
    assert (found.lost, found.doubled, found.misplaced) == (0, 2, 0)


def test_the_oracle_sees_what_is_misplaced(played: Schedule) -> None:
    """A region that lies one character further is counted as misplaced, and its words as lost."""
    world = played.world
    drawn = world._live_tasks()[0]["annotations"][0]
    for row in drawn["result"]:
        row["value"] |= {"start": row["value"]["start"] + 1, "end": row["value"]["end"] + 1}
    world.site.ask("PATCH", f"/api/annotations/{drawn['id']}/", json={"result": drawn["result"]})
    found = count(world, {})
    assert found.misplaced == len(drawn["result"])
    assert not found.is_clean


def test_blows_really_strike(stage: Stage, played: Schedule, tmp_path: Path) -> None:
    """A kill at the first file and at the first request ends the process; a defect is told from both."""
    job = stage.job(played.world, stage.site.url)
    report = tmp_path / "report.txt"
    for blow in (Blow.KILL_AT_FILE, Blow.KILL_BEFORE_REQUEST, Blow.KILL_AFTER_REQUEST):
        assert struck(job, Strike(blow, 1), report) == KILLED
    assert struck(job, Strike(Blow.KILL_AT_FILE, 100_000), report) == 0
    broken = Job(job.url, job.token, job.folder, job.name, job.documents, divided)
    assert struck(broken, Strike(Blow.KILL_AT_FILE, 100_000), report) == CRASHED
    assert "ZeroDivisionError" in report.read_text("utf-8")


def divided(*_: object) -> object:
    return 1 / 0


def test_the_oracle_sees_a_conflict_that_is_not_listed(played: Schedule) -> None:
    """Both sides of a conflict are expected where they were written, and the conflict in the list."""
    world, played.prefer = played.world, None
    while not any(note.rivals for note in world.notes):
        world.change_both()
    found = played._sync_clean().conflicts
    assert len(found) == 1
    assert count(world, {}, 1).why == []
    assert count(world, {}, 0).lost == 1
    played.prefer = "server"
    assert played._sync_clean().conflicts == []
    assert count(world, {}).why == []


def test_the_oracle_sees_an_old_name(played: Schedule) -> None:
    """After a change of the scheme an old name is counted where it still stands, on both sides."""
    world = played.world
    note = next(note for note in world.notes if note.author.startswith("hand"))
    marks = (("MISC", note.marks[0][1]),)
    world._change_here(note, marks)
    world._remember(note, marks, "here")
    played._sync_clean()
    assert count(world, {}).why == []
    world.version = 1
    found = count(world, {})
    assert (found.lost, found.doubled, found.misplaced) == (2, 2, 0)
    played._sync_clean()
    assert count(world, {}).why == []


def test_the_proxy_really_breaks(stage: Stage) -> None:
    """Each fault is seen by the proxy, and only those that say so keep the request from the server."""
    proxy = stage.proxy
    proxy.seen.clear()
    for fate in Fate:
        proxy.plan = lambda _method, _path, fate=fate: fate  # type: ignore[misc]
        try:
            stage.site._web.get(f"{proxy.url}/api/version/")
        except Exception as error:
            assert fate in (Fate.CUT_BEFORE, Fate.CUT_AFTER, Fate.TRUNCATED), error
    not_done = {Fate.CUT_BEFORE, Fate.ERROR_BEFORE, Fate.BUSY, Fate.PAGE}
    assert [one.fate for one in proxy.seen] == list(Fate)
    assert {one.fate for one in proxy.seen if not one.reached} == not_done
    assert Count(schedules=1, lost=2).line() == (
        "faults: schedules=1 injected=0 tasks=0 annotations=0 lost=2 doubled=0 misplaced=0"
    )
