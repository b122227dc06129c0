"""Work that was begun and not submitted: what a person meets who comes back to it when something is proposed."""

from __future__ import annotations

from pathlib import Path

import pytest
from annotation_screen import TEXT, AnnotationScreen
from labelstudio_desk import Desk
from labelstudio_material import plain

from corpus.labelstudio.wire.client import Client
from corpus.preannotation.quotes import QuotationRules

pytestmark = [pytest.mark.server, pytest.mark.browser]
QUOTED = "“Yes, of course,” said Ada Lovelace on Monday in Turin."


@pytest.mark.parametrize("stream", [True, False], ids=["Label All Tasks", "from the list"])
def test_a_draft_comes_before_what_is_proposed(
    screen: AnnotationScreen, client: Client, tmp_path: Path, stream: bool
) -> None:
    """What they began is what they see and submit, and nothing of the prediction that came meanwhile."""
    desk = Desk(client, tmp_path, plain("one", QUOTED))
    project = desk.push().project
    task = desk.tasks(project)["one"].id
    screen.open(project, task)
    with screen.page.expect_response(lambda r: "/drafts" in r.url and r.request.method == "POST"):
        screen.mark("1", "Turin")
    desk.preannotator = QuotationRules()
    assert desk.sync().predictions_new == 1
    screen.page.goto("about:blank")
    screen.page.goto(f"{screen.url}/projects/{project}/data?" + ("labeling=1" if stream else f"task={task}"))
    screen.page.wait_for_selector(TEXT)
    screen.wait_for(1)
    screen.page.wait_for_load_state("networkidle")
    screen.submit()
    desk.pull()
    (item,) = desk.sets().values()
    assert [e.spans[0].exact for e in item.entities] == ["Turin"]
    assert (item.claims, item.sources, item.cues) == ((), (), ())
