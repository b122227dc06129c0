"""A sample of the schedules of adjudication (``make test-faults`` plays more), and their oracle's own eyes."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from faults_adjudicating import Adjudication
from faults_decided import count_decided
from faults_panel import Panel
from faults_schedule import Stage

pytestmark = pytest.mark.server
SAMPLE = (8, 20)


@pytest.mark.parametrize("seed", SAMPLE)
def test_a_schedule(stage: Stage, seed: int) -> None:
    """After faults, late answers and changed votes each decision is gold once, and what is open is asked once."""
    found = Adjudication(stage, seed).run()
    assert found.why == []
    assert found.tasks >= 1


@pytest.fixture
def panel(stage: Stage, request: pytest.FixtureRequest) -> Panel:
    """One document that was decided, asked anew and decided again."""
    schedule = Adjudication(stage, 200_000 + random.Random(request.node.name).randint(1, 10**9))
    schedule.folder.mkdir()
    panel = schedule.panel
    panel.has_guest = False
    panel.add_document()
    schedule._sync_clean()
    panel.answer()
    schedule._sync_clean()
    panel.change_vote()
    schedule._sync_clean()
    panel.answer()
    schedule._sync_clean()
    assert (count_decided(panel, {}).why, len(panel.answers)) == ([], 2)
    return panel


def test_the_oracle_sees_a_lost_answer(panel: Panel) -> None:
    """One that is gone from its task, and one that is in no file any more."""
    task = panel.tasks(panel.second)[0]
    panel.site.ask("DELETE", f"/api/annotations/{task['annotations'][0]['id']}/")
    assert count_decided(panel, {}).lost == 1
    path = next((panel.annotations / "adjudication").glob("*.jsonl"))
    before = {path: path.read_bytes()}
    path.write_bytes(b"")
    assert count_decided(panel, before).lost > 3


def test_the_oracle_sees_a_question_that_is_asked_twice(panel: Panel) -> None:
    """Or not at all."""
    task = panel.tasks(panel.second)[-1]
    project = panel.site.project(panel.second)
    panel.site.ask("POST", f"/api/projects/{project}/import", json=[{"data": task["data"]}])
    found = count_decided(panel, {})
    assert (found.lost, found.doubled) == (0, 2)
    panel.change_vote()
    found = count_decided(panel, {})
    assert (found.lost, found.doubled) == (1, 3)


def test_the_oracle_sees_a_decision_that_came_twice(panel: Panel) -> None:
    """Into gold, as another revision; an older decision that is gold again is seen as well."""
    path = panel.annotations / "gold.jsonl"
    first, second = [json.loads(line) for line in path.read_bytes().splitlines()]
    _append(path, {**second, "revision": 3})
    found = count_decided(panel, {})
    assert (found.lost, found.doubled, found.misplaced) == (0, 1, 0)
    _append(path, {**first, "revision": 4})
    found = count_decided(panel, {})
    assert (found.lost, found.doubled, found.misplaced) == (1, 3, 0)


def test_the_oracle_sees_misplaced_gold(panel: Panel) -> None:
    """Words that lie elsewhere, and gold that no decision says."""
    path = panel.annotations / "gold.jsonl"
    last = json.loads(path.read_bytes().splitlines()[-1])
    for span in last["entities"][0]["spans"]:
        span["start"], span["end"] = span["start"] + 1, span["end"] + 1
    _append(path, {**last, "revision": 3})
    found = count_decided(panel, {})
    assert found.misplaced == 1
    assert found.lost > 0


def _append(path: Path, record: object) -> None:
    with path.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(record) + "\n")
