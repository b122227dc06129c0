"""An adjudicator at the screen: the disputes are listed and marked, the proposal is drawn, a key settles one."""

from __future__ import annotations

from pathlib import Path

import pytest
from annotation_screen import AnnotationScreen
from labelstudio_material import plain
from labelstudio_table import TEXT, Table, said

from corpus.labelstudio.wire.client import Client

pytestmark = [pytest.mark.server, pytest.mark.browser]


def test_disputes_are_seen_and_settled(screen: AnnotationScreen, client: Client, tmp_path: Path) -> None:
    """What comes from outside is shown as text; a disputed region is marked by its number in the list."""
    table = Table(client, tmp_path, plain("one", TEXT))
    table.annotated("ann-1", {"Ada": "PER", "Bo": "PER", "<b>Cy</b>": "PER"})
    table.annotated("ann-2", {"Ada": "PER", "Bo": "ORG"})
    found = table.adjudicate()
    assert found.sync.findings == []
    task = table.asked(found)
    assert [p.model_version for p in task.predictions] == ["ann-2", "ann-1", "proposal"]
    screen.open(found.sync.project, task.id, regions=3)
    page = screen.page
    listed = page.locator(".nc-disputes").inner_text()
    assert "To decide: 2." in listed
    assert "no label has a majority" in listed
    assert "“<b>Cy</b>”" in listed
    for seen in ("ann-1", "ann-2", "PER", "ORG", "not marked"):
        assert seen in listed
    marked = page.locator('.htx-highlight[data-label$="disputed"]').all_inner_texts()
    assert sorted(marked) == ["<b>Cy</b>", "Bo"]
    tabs = page.locator("body").inner_text()
    assert tabs.index("proposal") < tabs.index("ann-1\n")
    page.locator('.htx-highlight[data-label="1:disputed"]').click()
    screen.press("2")
    screen.submit()
    done = table.adjudicate()
    assert (done.sync.findings, done.settled.gold) == ([], ["one"])
    assert said(table.gold) == {"Ada": "PER", "Bo": "ORG", "<b>Cy</b>": "PER"}
