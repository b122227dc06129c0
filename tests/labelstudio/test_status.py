"""The status: what a sync would do, each annotator's progress, what was skipped, what has no place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from labelstudio_desk import Desk
from labelstudio_material import plain
from labelstudio_people import Person, annotate, mark

from corpus.cli.labelstudio_standing import show_standing
from corpus.errors import UsageError
from corpus.labelstudio.report import SyncReport
from corpus.labelstudio.status import AnnotatorProgress, Status
from corpus.labelstudio.wire.client import Client

pytestmark = pytest.mark.server
Join = Callable[[str], Person]
TEXT = "Ada said yes. Bo said no."


def test_a_project_at_work(client: Client, sign_up: Join, tmp_path: Path) -> None:
    """Work that is not yet pulled counts as well, and asking changes nothing."""
    desk = Desk(client, tmp_path, *(plain(name, TEXT) for name in ("one", "two", "three")))
    with pytest.raises(UsageError, match="no project"):
        desk.status()
    project = desk.sync().project
    tasks = desk.tasks(project)
    ada, bo = sign_up("ada"), sign_up("bo")
    words = [mark("a", TEXT, "Ada", "PER", "entity"), mark("b", TEXT, "Bo", "NONSENSE", "entity")]
    annotate(ada, tasks["one"].id, words, lead_time=10.0)
    annotate(ada, tasks["two"].id, words[:1], lead_time=30.0)
    desk.sync()
    noted = [{**words[0], "meta": {"text": ["no article"]}}]
    annotate(bo, tasks["one"].id, noted, was_cancelled=True)
    draft = {"result": words[:1], "lead_time": 1}
    bo.client.send("POST", f"/api/tasks/{tasks['two'].id}/drafts", draft)
    for _ in range(2):
        found = desk.status()
        assert (found.tasks, found.plan.new, found.plan.is_quiet, found.labels_in_drafts) == (3, 1, False, 1)
        first, second = found.annotators
        assert (first.person, second.person) == (ada.email.casefold(), bo.email.casefold())
        assert (first.submitted, first.skipped, first.left) == (2, 0, 1)
        assert (first.timed, first.seconds, first.seconds_per_task) == (2, 40.0, 20.0)
        assert (first.days, first.per_day) == (1, 2.0)
        assert (second.submitted, second.skipped, second.left) == (0, 1, 2)
        assert [(s.doc_id, s.comment) for s in found.skipped] == [("one", "no article")]
        assert [(o.doc_id, o.item) for o in found.orphans] == [("one", "b")]
        assert "NONSENSE" in found.orphans[0].reason
    assert {item.state for item in desk.sets().values()} == {"submitted"}
    assert desk.sync().new == 1


def test_a_sum_of_times_says_of_how_many_tasks(capsys: pytest.CaptureFixture[str]) -> None:
    """What was annotated elsewhere has no time; the sum must not look like that of all that is done."""
    ada = AnnotatorProgress("ada", None, 5, 0, 0, 1, 7.0, 7.0, 1, 5.0, None)
    bo = AnnotatorProgress("bo", None, 2, 0, 3, 2, 14.0, 7.0, 1, 2.0, None)
    show_standing(Status(SyncReport(), annotators=[ada, bo]))
    shown = capsys.readouterr().out
    assert "0:07 (of 1)" in shown
    assert "0:14 (of" not in shown
