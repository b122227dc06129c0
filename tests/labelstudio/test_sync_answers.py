"""An answer that was lost: what the server has of ours is known again, and nobody is asked who wins."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from labelstudio_desk import Desk
from labelstudio_one import drawn, entity, region, start
from labelstudio_people import Person

pytestmark = pytest.mark.server
Join = Callable[[str], Person]


def test_a_change_here_after_one_that_the_server_took_unheard(desk: Desk, crew: Join) -> None:
    """A push was done and its answer lost, and somebody went on here: the newest version follows, quietly."""
    ada = crew("ada")
    project, made, key = start(desk, ada)
    desk.edit(key, entities=entity(desk.documents[0], "Bo"))
    ada.client.send("PATCH", f"/api/annotations/{made}/", {"result": [region("Bo")]})
    desk.edit(key, entities=entity(desk.documents[0], "said"))
    report = desk.sync()
    assert (report.conflicts, report.findings, report.annotations_updated) == ([], [], 1)
    assert drawn(desk, project) == [["said"]]
    assert [v.entities[0].spans[0].exact for v in desk.versions(key)] == ["Ada", "Bo", "said"]
    assert desk.sync().is_quiet


def test_going_back_there_to_what_was_in_step_is_a_change(desk: Desk, crew: Join) -> None:
    """Who draws again what stood there before the last version in step has changed it, and is asked."""
    ada = crew("ada")
    project, made, key = start(desk, ada)
    desk.edit(key, entities=entity(desk.documents[0], "Bo"))
    assert desk.sync().annotations_updated == 1
    ada.client.send("PATCH", f"/api/annotations/{made}/", {"result": [region("Ada")]})
    desk.edit(key, entities=entity(desk.documents[0], "said"))
    report = desk.sync()
    assert [c.kind for c in report.conflicts] == ["both-changed"]
    assert drawn(desk, project) == [["Ada"]]
