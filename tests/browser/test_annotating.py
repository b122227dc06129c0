"""A person at the screen: what the mouse marks and the keys choose is what is pulled, to the character."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from annotation_screen import AnnotationScreen
from labelstudio_checkouts import beside
from labelstudio_desk import Desk
from labelstudio_material import SCHEME, news, news_set, plain
from labelstudio_people import mark

from corpus.labelstudio.wire.client import Client
from corpus.model.annotation import AnnotationSet
from corpus.model.document import Document
from corpus.preannotation.protocol import Prediction

pytestmark = [pytest.mark.server, pytest.mark.browser]

ENGLISH = "Flags 🇫🇷 and 👨‍👩‍👧 first. “We agree to 5%,” said Ada Lovelace."
ARABIC = "قال وزير الخارجية إن بلاده مستعدة للحوار."


@dataclass(frozen=True)
class Proposing:
    """A pre-annotator that proposes what somebody annotated, all but the last entity."""

    made: AnnotationSet
    name: str = "made"
    version: str = "1"
    labels: tuple[str, ...] = ()

    def annotate(self, documents: Sequence[Document]) -> list[Prediction]:
        made = self.made
        drawn = (made.entities[:2], made.sources, made.claims, made.cues)
        return [Prediction(d.doc_id, d.anchor_sha256, "made 1", 0.5, *drawn) for d in documents]


def opened(screen: AnnotationScreen, desk: Desk, regions: int = 0) -> str:
    report = desk.push()
    task = desk.tasks(report.project)["one"]
    screen.open(report.project, task.id, regions)
    return str(task.data["text"])


def pulled(desk: Desk) -> AnnotationSet:
    report = desk.pull()
    assert report.findings == []
    (item,) = desk.sets().values()
    return item


def test_mouse_and_keys(screen: AnnotationScreen, client: Client, tmp_path: Path) -> None:
    """After emoji a dragged quotation keeps its marks and per-cent sign, and a key sets its choice."""
    desk = Desk(client, tmp_path, plain("one", ENGLISH))
    opened(screen, desk)
    screen.mark("1", "Ada Lovelace")
    screen.mark("c", "“We agree to 5%,”")
    screen.select("CLAIM")
    for key in ("d", "p", "h"):
        screen.press(key)
    screen.submit()
    item = pulled(desk)
    (entity,), (claim,) = item.entities, item.claims
    assert (entity.label, entity.spans[0].exact) == ("PER", "Ada Lovelace")
    assert claim.spans[0].exact == "“We agree to 5%,”"
    assert ENGLISH[claim.spans[0].start : claim.spans[0].end] == "“We agree to 5%,”"
    assert (claim.attributes, claim.flags) == ({"speech": "direct", "kind": "plan"}, ("hedged",))


def test_arabic(screen: AnnotationScreen, client: Client, tmp_path: Path) -> None:
    """Arabic stands to the right, and what is dragged from right to left is the words meant."""
    desk = Desk(client, tmp_path, plain("one", ARABIC))
    opened(screen, desk)
    box = screen.page.evaluate(
        """() => { const box = document.querySelector('.lsf-richtext__container').getBoundingClientRect();
        const range = document.createRange();
        range.selectNodeContents(document.querySelector('.lsf-richtext__line'));
        const line = range.getBoundingClientRect(); return [line.left - box.left, box.right - line.right]; }"""
    )
    assert box[0] > box[1] + 50
    screen.mark("s", "وزير الخارجية")
    screen.mark("c", "بلاده مستعدة للحوار")
    screen.submit()
    item = pulled(desk)
    assert [s.spans[0].exact for s in item.sources] == ["وزير الخارجية"]
    assert [c.spans[0].exact for c in item.claims] == ["بلاده مستعدة للحوار"]


def test_every_label_has_its_key(screen: AnnotationScreen, client: Client, tmp_path: Path) -> None:
    """Each label's own key marks with that label, whatever keys Label Studio has itself."""
    desk = Desk(client, tmp_path, plain("one", " ".join(f"word{n}" for n in range(12))))
    opened(screen, desk)
    keys = [(e.label, e.hotkey) for e in SCHEME.entities] + [(s.label, s.hotkey) for s in SCHEME.spans]
    for number, (_, key) in enumerate(keys):
        screen.mark(key, f"word{number} ".strip())
        screen.press("Escape")
    screen.submit()
    item = pulled(desk)
    found = {entity.label: entity.spans[0].exact for entity in item.entities}
    for layer, label in ((item.claims, "CLAIM"), (item.sources, "SOURCE"), (item.cues, "CUE")):
        (found[label],) = [one.spans[0].exact for one in layer]
    assert found == {label: f"word{number}" for number, (label, _) in enumerate(keys)}


def test_a_prediction_submitted_as_it_is(screen: AnnotationScreen, client: Client, tmp_path: Path) -> None:
    """What is proposed, relations, pieces, choices and notes included, is what a mere Submit gives back."""
    doc = news("one")
    desk = Desk(client, tmp_path, doc)
    made = news_set(doc)
    desk.preannotator = Proposing(made)
    opened(screen, desk, regions=9)
    screen.submit()
    item = pulled(desk)
    assert item.sources == tuple(s.model_copy(update={"entity_ids": ()}) for s in made.sources)
    assert [e.spans for e in item.entities] == [e.spans for e in made.entities[:2]]
    assert [e.note for e in item.entities] == [None, "a note"]
    expected = {c.id: c.model_copy(update={"entity_ids": (), "group_id": None}) for c in made.claims}
    assert {c.id: c for c in item.claims} == expected


def test_an_edit_of_existing_work(screen: AnnotationScreen, client: Client, tmp_path: Path) -> None:
    """Adding one region to a pushed annotation adds that and leaves everything else as it was."""
    from corpus.annotation.store import append

    doc = news("one")
    desk = Desk(client, tmp_path, doc)
    made = news_set(doc)
    append(desk.folder, [made])
    opened(screen, desk, regions=9)
    screen.mark("2", "the ministry")
    screen.submit()
    item = pulled(desk)
    assert (item.annotator, item.revision) == ("hand-1", 2)
    assert (item.claims, item.sources, item.cues) == (made.claims, made.sources, made.cues)
    assert item.entities[:3] == made.entities
    assert [(e.label, e.spans[0].exact) for e in item.entities[3:]] == [("ORG", "the ministry")]


def test_regions_of_both_bars(screen: AnnotationScreen, client: Client, tmp_path: Path) -> None:
    """An entity inside a claim is its own region: the layers overlap freely."""
    desk = Desk(client, tmp_path, plain("one", ENGLISH))
    text = opened(screen, desk)
    assert mark("x", text, "Ada", "PER")["value"]
    screen.mark("c", "“We agree to 5%,” said Ada")
    screen.press("Escape")
    screen.mark("1", "Ada Lovelace")
    screen.submit()
    item = pulled(desk)
    assert [c.spans[0].exact for c in item.claims] == ["“We agree to 5%,” said Ada"]
    assert [e.spans[0].exact for e in item.entities] == ["Ada Lovelace"]


def test_what_the_screen_does_not_show(screen: AnnotationScreen, client: Client, tmp_path: Path) -> None:
    """It stays with its region through an edit, and a checkout that has nothing but the server gets it."""
    from corpus.annotation.store import append

    doc = news("one")
    desk = Desk(client, tmp_path, doc)
    made = news_set(doc)
    append(desk.folder, [made])
    opened(screen, desk, regions=9)
    screen.select("PER")
    assert "entity_id" not in screen.page.locator("body").inner_text()
    screen.press("Escape")
    screen.mark("2", "the ministry")
    screen.submit()
    other = beside(desk, tmp_path / "other")
    item = pulled(other)
    assert [(e.id, e.entity_id) for e in item.entities[:2]] == [("e1", "kyiv"), ("e:2", "ok")]
    assert item.sources == made.sources
    assert {c.id: c for c in item.claims} == {c.id: c for c in made.claims}
    assert item.linked_entities == made.linked_entities
