"""What a browser says of places in pages and dialogues is read where the mouse marked it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from annotation_screen import AnnotationScreen

from corpus.exchange.labelstudio import FORMAT
from corpus.exchange.standoff import Standoff, StandoffRelation, StandoffSpan
from corpus.files import schema_text
from corpus.labelstudio.format.config import label_config
from corpus.labelstudio.wire.client import Client
from corpus.model.scheme import Scheme
from corpus.model.span import Span

pytestmark = [pytest.mark.server, pytest.mark.browser]

PAGE = "<h1>Port 🚢 reopens</h1>\n<p>Ships of <b>Acme &amp; Co</b><br>came in 👩‍👩‍👧.</p><p>Bo left.</p>"
TALK = [{"who": "Ann", "said": "Hello 👩 Bo."}, {"who": "Bo", "said": "Good 🚢 day."}]
_LISTED = "(count) => document.querySelectorAll('.lsf-outliner-item__title').length >= count"
CASES: list[tuple[str, str, dict[str, Any], list[str]]] = [
    (
        '<HyperText name="shown" value="$page" inline="true" granularity="symbol"/>',
        ".lsf-richtext__container",
        {"page": PAGE},
        ["reopens", "Acme & Co", "came in 👩‍👩‍👧", "Bo left"],
    ),
    (
        '<Paragraphs name="shown" value="$talk" nameKey="who" textKey="said" granularity="symbol"/>',
        ".lsf-paragraphs",
        {"talk": TALK},
        ["Hello", "👩 Bo", "day", "👩 Bo.\nGood 🚢"],
    ),
]


@pytest.mark.parametrize(("shown", "where", "data", "words"), CASES, ids=["page", "dialogue"])
def test_marked_with_the_mouse(
    screen: AnnotationScreen,
    client: Client,
    tmp_path: Path,
    shown: str,
    where: str,
    data: dict[str, Any],
    words: list[str],
) -> None:
    """Behind emoji, entities, tags and line breaks as well."""
    kind = "HyperTextLabels" if "Hyper" in shown else "ParagraphLabels"
    config = f'<View><{kind} name="l" toName="shown"><Label value="X" hotkey="1"/></{kind}>{shown}</View>'
    body = {"title": f"exchange {uuid4().hex[:8]}", "label_config": config}
    number = int(client.send("POST", "/api/projects/", body)["id"])
    client.send("POST", f"/api/projects/{number}/import", [{"data": data}])
    (task,) = client.tasks(number, "id")
    there = AnnotationScreen(screen.page, screen.url, screen.executable, where)
    there.open(number, task["id"])
    for count, marked in enumerate(words, 1):
        there.press("1")
        first, _, last = marked.partition("\n")
        there.drag_over(first, last)
        there.page.wait_for_function(_LISTED, arg=count)
    there.submit()
    path = tmp_path / "export.json"
    path.write_text(json.dumps(client.get(f"/api/projects/{number}/export", exportType="JSON")), "utf-8")
    (document,) = FORMAT.read(path)
    assert isinstance(document, Standoff)
    assert [span.spans[0].slice(document.text) for span in document.spans] == words


def test_an_edit_keeps_what_the_screen_does_not_show(
    screen: AnnotationScreen, client: Client, tmp_path: Path
) -> None:
    """A person adds a region to an imported annotation and saves it: all that was written is still there."""
    text = "“We are ready 🙂,” said Ada of the ministry."
    spans = (
        StandoffSpan(
            "c:1", "CLAIM", (Span(0, 7), Span(10, 17)), {"speech": ("direct",), "group_id": ("g",)}, None, "n"
        ),
        StandoffSpan("s1", "SOURCE", (Span(23, 26),), {"entity_ids": ("e1", "e2")}),
        StandoffSpan("s2", "SOURCE", (Span(30, 42),)),
        StandoffSpan("e", "PER", (Span(23, 26),), {"entity_id": ("e1",)}, "Q42"),
    )
    links = tuple(StandoffRelation(*ends) for ends in (("said_by", "c:1", "s1"), ("outer_said_by", "c:1", "s2")))
    scheme = Scheme.from_toml(schema_text("news-ec.toml"))
    path = tmp_path / "tasks.json"
    assert FORMAT.write is not None
    assert list(FORMAT.write([Standoff("one", text, spans, links, "hand-1")], path, scheme)) == []
    body = {"title": f"exchange {uuid4().hex[:8]}", "label_config": label_config(scheme)}
    number = int(client.send("POST", "/api/projects/", body)["id"])
    client.send("POST", f"/api/projects/{number}/import", json.loads(path.read_bytes()))
    (task,) = client.tasks(number, "id")
    screen.open(number, task["id"])
    screen.mark("q", "said")
    screen.submit()
    path.write_text(json.dumps(client.get(f"/api/projects/{number}/export", exportType="JSON")), "utf-8")
    (document,) = FORMAT.read(path)
    assert isinstance(document, Standoff)
    assert [(span.label, span.spans) for span in document.spans if span not in spans] == [("CUE", (Span(18, 22),))]
    assert (set(document.relations), document.annotator) == (set(links), "hand-1")
