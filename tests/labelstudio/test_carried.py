"""What the screen does not show travels with the regions, and is believed only as far as it checks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from labelstudio_checkouts import beside
from labelstudio_desk import Desk
from labelstudio_material import SCHEME, news, news_set, plain, spans

from corpus.annotation.store import append
from corpus.labelstudio.format.carried import without_carried
from corpus.labelstudio.format.regions import CARRIED, result_of
from corpus.labelstudio.format.results import ReadResult, read_result
from corpus.labelstudio.format.tasks import TaskText, annotation_body, task_data
from corpus.labelstudio.wire.client import Client
from corpus.model.annotation import AnnotationSet, Claim, LinkedEntity, Source
from corpus.model.document import Document


def came_back(doc: Document, rows: list[Any], base: AnnotationSet | None = None) -> ReadResult:
    text = TaskText.of_data(task_data(doc, SCHEME)).with_anchor(doc)
    return read_result(rows, text, SCHEME, base, "here")


def sent(own: AnnotationSet, doc: Document) -> list[Any]:
    rows: list[Any] = annotation_body(own, doc, SCHEME, 1)[0]["result"]
    return rows


def test_all_but_what_has_no_region() -> None:
    """Without a version to start from, ids, entities, groups are there; what is in a repeated caption is not."""
    doc = news()
    own = news_set(doc)
    read = came_back(doc, sent(own, doc))
    assert read.entities == own.entities[:2]
    assert (read.sources, read.cues, read.findings) == (own.sources, own.cues, ())
    assert sorted(read.claims, key=lambda claim: claim.id) == list(own.claims)
    assert set(read.linked) == set(own.linked_entities)
    assert without_carried(sent(own, doc)) == result_of(own, doc.reading(), SCHEME)


@pytest.mark.parametrize(("inner", "outer"), [(2, 0), (0, 2), (0, 1), (2, 1), (1, 1), (1, 0)])
def test_inner_and_outer_sources(inner: int, outer: int) -> None:
    """How many are outer ones is told where the order of relations alone would tell it wrong."""
    doc = plain("one", "Ada and Bo and Cy said yes.")
    sources = tuple(Source(id=f"s{n}", spans=spans(doc, word)) for n, word in enumerate(("Ada", "Bo", "Cy")))
    names = tuple(source.id for source in sources)
    claim = Claim(id="c", spans=spans(doc, "yes"), source_ids=names[:inner], outer_source_ids=names[inner:][:outer])
    own = news_set(news()).model_copy(
        update={"entities": (), "linked_entities": (), "sources": sources, "claims": (claim,), "cues": ()}
    )
    assert came_back(doc, sent(own, doc)).claims == (claim,)


def test_a_region_that_was_copied() -> None:
    """It is an item of its own, of the same entity."""
    doc = news()
    (row,) = [row for row in sent(news_set(doc), doc) if row.get("id", "").startswith("x")]
    found = came_back(doc, [row, {**row, "id": "copy"}]).entities
    assert {(entity.id, entity.entity_id) for entity in found} == {("e:2", "ok"), ("copy", "ok")}


def test_what_is_newer_than_the_version_at_hand() -> None:
    """Another checkout's entity takes the place of what was known of it here."""
    doc = news()
    own = news_set(doc)
    entity = own.entities[0].model_copy(update={"entity_id": "kyiv-city"})
    newer = own.model_copy(update={"entities": (entity, *own.entities[1:])})
    assert came_back(doc, sent(newer, doc), base=own).entities == newer.entities


@pytest.mark.parametrize(
    "along",
    [
        None,
        [],
        {"entity_id": 3, "id": ["x"], "linked": [1], "sources": "no"},
        {"entity_id": "", "linked": {"ok": "X1", "": "Q1", "a": 7}, "sources": [1, -1]},
        {"entity_id": "e" * 201, "id": "somebody-elses", "sources": [True, 1]},
        {"entity_ids": ["a", None], "group_id": {"a": 1}},
    ],
)
def test_what_is_none_of_ours(along: object) -> None:
    """It is passed over, and the region counts."""
    doc = news()
    row = {**result_of(news_set(doc), doc.reading(), SCHEME)[0], "meta": {CARRIED: along}}
    read = came_back(doc, [row])
    assert (read.entities[0].id, read.entities[0].entity_id, read.linked, read.findings) == ("e1", None, (), ())


@pytest.mark.server
def test_from_checkout_to_checkout(client: Client, tmp_path: Path) -> None:
    """Sent inside the import and changed later, it is in the other one what it is here; both stay in step."""
    doc = news()
    desk = Desk(client, tmp_path, doc)
    own = news_set(doc).model_copy(update={"entities": news_set(doc).entities[:2]})
    append(desk.folder, [own])
    desk.sync()
    other = beside(desk, tmp_path / "other")
    other.pull()
    key = ("news-1", "hand-1")
    parts = ("entities", "sources", "cues", "linked_entities")
    assert [getattr(other.sets()[key], part) for part in parts] == [getattr(own, part) for part in parts]
    entity = own.entities[0].model_copy(update={"entity_id": "kyiv-city"})
    links = (LinkedEntity(entity_id="kyiv-city", qid="Q1899"), *own.linked_entities)
    desk.edit(key, entities=(entity, own.entities[1]), linked_entities=links)
    assert desk.sync().annotations_updated == 1
    other.pull()
    assert other.sets()[key].entities == desk.sets()[key].entities
    assert set(other.sets()[key].linked_entities) == set(links)
    for checkout in (desk, other):
        assert checkout.sync(take_over=True).is_quiet
