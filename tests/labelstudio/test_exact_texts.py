"""Every code point of any text, exact in both directions, on the real server."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from labelstudio_desk import Desk
from labelstudio_material import ODD_TEXTS, SCHEME, plain
from labelstudio_people import annotate

from corpus.annotation.store import append
from corpus.labelstudio.wire.client import Client
from corpus.model.annotation import AnchoredSpan, AnnotationSet, Claim, Entity, Origin, Source
from corpus.model.document import Document
from corpus.model.drawn import drawn_text
from corpus.model.span import Span

pytestmark = pytest.mark.server
TEXTS = {
    **ODD_TEXTS,
    "sequences": "👩🏽‍🚀🏳️‍🌈 and 🇺🇦🇩🇪, a 1️⃣ and ❤️\u200d🔥 of 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𠀋𡈽 said so.",
    "stacked": "Vie\u0302\u0323t e\u0301\u0301\u0301 and 각 for \u1100\u1161\u11a8, क्षि, ก็ said so.",
    "blanks": "a\u00a0b\u202fc\u2003d\u3000e\u00adf\u200bg\u2060h\ti\u2028j\u2029k\x0bl\x0cm\x85n.",
    "bidi": "He said “\u2067שלום, Ada, 12:30\u2069” and \u200fمرحبا\u200e (in \u202eesrever\u202c).",
    "lines": "One.\n\n\nTwo said:\n“Three\nfour,” he said.\n \nEnd.",
}
"""Texts in which a count of anything but code points shows."""


def set_of(doc: Document, **items: Any) -> AnnotationSet:
    return AnnotationSet(
        annotation_id=f"{doc.doc_id}.hand-1",
        revision=1,
        state="submitted",
        doc_id=doc.doc_id,
        annotator="hand-1",
        anchor_sha256=doc.anchor_sha256,
        scheme=SCHEME.name,
        scheme_version=SCHEME.version,
        origin=Origin(kind="import", note="made for a test"),
        **items,
    )


def anchored(doc: Document, *ranges: tuple[int, int]) -> tuple[AnchoredSpan, ...]:
    return tuple(AnchoredSpan.of(doc.raw_text, Span(*one)) for one in ranges)


def drawn(text: str, start: int, end: int, number: int) -> dict[str, Any]:
    value = {"start": start, "end": end, "text": drawn_text(text[start:end]), "labels": ["MISC"]}
    return {"id": f"r{number}", "from_name": "entity", "to_name": "text", "type": "labels", "value": value}


def cuts(text: str, number: int) -> list[tuple[int, int]]:
    """Return ranges anywhere in a text, in the middle of clusters too; each once, and none of blanks alone."""
    chance, found = random.Random(len(text)), set()
    while len(found) < number:
        start = chance.randrange(len(text))
        end = min(len(text), start + chance.randint(1, 12))
        if text[start:end].strip():
            found.add((start, end))
    return sorted(found)


def check_there(task: Any, text: str, expected: list[tuple[int, int]]) -> None:
    """Compare what stands on the server with the ranges, and its words with the server's own text."""
    assert task.data["text"] == text
    (annotation,) = task.annotations
    values = [row["value"] for row in annotation.result if row["type"] == "labels"]
    assert sorted((value["start"], value["end"]) for value in values) == expected
    assert all(drawn_text(text[v["start"] : v["end"]]) == v["text"] for v in values)


def test_any_range_of_any_text(client: Client, tmp_path: Path) -> None:
    """Ranges that begin and end anywhere go there and come back to the code point."""
    documents = {name: plain(name, text) for name, text in TEXTS.items()}
    ranges = {name: cuts(text, 25) for name, text in TEXTS.items()}
    desk = Desk(client, tmp_path, *documents.values())
    mine = {name: [Entity(id=f"e{n}", spans=anchored(doc, one), label="MISC") for n, one in enumerate(ranges[name])]
            for name, doc in documents.items()}  # fmt: skip
    append(desk.folder, [set_of(doc, entities=tuple(mine[name])) for name, doc in documents.items()])
    tasks = desk.tasks(desk.sync().project)
    for name, text in TEXTS.items():
        check_there(tasks[name], text, ranges[name])
    before = desk.sets()
    for name, text in TEXTS.items():
        rows = [drawn(text, *one, number) for number, one in enumerate(ranges[name])]
        annotate(client, tasks[name].id, rows)
    report = desk.sync()
    assert (report.new, report.changed, report.findings) == (len(TEXTS), 0, [])
    theirs = {key: item for key, item in desk.sets().items() if key not in before}
    assert len(theirs) == len(TEXTS)
    for (name, _), item in theirs.items():
        found = [(entity.spans[0].start, entity.spans[0].end, entity.spans[0].exact) for entity in item.entities]
        assert sorted(found) == [(start, end, TEXTS[name][start:end]) for start, end in ranges[name]]


def test_a_very_long_article(client: Client, tmp_path: Path) -> None:
    """200 KB of all the texts in turn, marked at its beginning, its end and across it."""
    text = "\n".join(list(TEXTS.values()) * 300)[:170_000].strip()
    assert len(text.encode()) > 200_000
    doc = plain("long", text)
    ranges = sorted({(0, 3), (len(text) - 5, len(text)), (50_000, 100_000), *cuts(text, 50)})
    desk = Desk(client, tmp_path, doc)
    entities = tuple(Entity(id=f"e{n}", spans=anchored(doc, one), label="MISC") for n, one in enumerate(ranges))
    original = set_of(doc, entities=entities)
    append(desk.folder, [original])
    task = desk.tasks(desk.sync().project)["long"]
    check_there(task, text, ranges)
    rows = [row for row in task.annotations[0].result if row["id"] != "e0"]
    client.send("PATCH", f"/api/annotations/{task.annotations[0].id}/", {"result": rows})
    assert (desk.sync().changed, desk.sync().changed) == (1, 0)
    assert desk.sets()["long", "hand-1"].entities == original.entities[1:]


def test_five_thousand_spans(client: Client, tmp_path: Path) -> None:
    """One task with 5,000 regions keeps each; taking one away there takes that one away here."""
    text = " ".join(f"Name{number}" for number in range(5000))
    doc = plain("crowd", text)
    starts = [number for number in range(len(text)) if text.startswith("Name", number)]
    ranges = [(start, start + 4 + len(str(number))) for number, start in enumerate(starts)]
    entities = tuple(Entity(id=f"e{n}", spans=anchored(doc, one), label="PER") for n, one in enumerate(ranges))
    desk = Desk(client, tmp_path, doc)
    append(desk.folder, [set_of(doc, entities=entities)])
    task = desk.tasks(desk.sync().project)["crowd"]
    check_there(task, text, ranges)
    assert desk.sync().files == []
    rows = [row for row in task.annotations[0].result if row["id"] != "e2500"]
    client.send("PATCH", f"/api/annotations/{task.annotations[0].id}/", {"result": rows})
    assert desk.sync().changed == 1
    assert desk.sets()["crowd", "hand-1"].entities == (*entities[:2500], *entities[2501:])


def test_claims_in_every_arrangement(client: Client, tmp_path: Path) -> None:
    """Nested, overlapping, touching, equal and broken claims with their sources come back the same."""
    text = "Ada said that Bo said “yes 👨‍👩‍👧, of course” and\nthen “no, never” — so Cy, Dee and Ada said."
    doc = plain("nest", text)

    def at(*words: str) -> tuple[AnchoredSpan, ...]:
        return anchored(doc, *((text.index(one), text.index(one) + len(one)) for one in words))

    sources = tuple(Source(id=f"s{name}", spans=at(name)) for name in ("Ada", "Bo", "Cy", "Dee"))
    claims = (
        Claim(id="whole", spans=at("Bo said “yes 👨‍👩‍👧, of course” and\nthen “no, never”"), source_ids=("sAda",)),
        Claim(id="nested", spans=at("“yes 👨‍👩‍👧, of course”"), source_ids=("sBo",), outer_source_ids=("sAda",)),
        Claim(id="broken", spans=at("yes", "of course", "no, never"), source_ids=("sBo", "sCy")),
        Claim(id="same", spans=at("“yes 👨‍👩‍👧, of course”"), source_ids=("sDee",)),
        Claim(id="crossing", spans=at("course” and\nthen “no"), attributes={"speech": "mixed"}),
        Claim(id="touching", spans=at(" — so Cy"), flags=("hedged",)),
    )
    desk = Desk(client, tmp_path, doc)
    original = set_of(doc, claims=claims, sources=sources)
    append(desk.folder, [original])
    report = desk.sync()
    assert (report.findings, desk.sync().files) == ([], [])
    fresh = Desk(client, tmp_path / "fresh", doc)
    fresh.name = desk.name
    assert (fresh.pull().new, fresh.pull().new) == (1, 0)
    (pulled,) = fresh.sets().values()
    assert {s.id: s.spans for s in pulled.sources} == {s.id: s.spans for s in sources}
    assert {c.id: c.spans for c in pulled.claims} == {c.id: c.spans for c in claims}
    for now, then in ((c, next(o for o in claims if o.id == c.id)) for c in pulled.claims):
        assert set(now.source_ids + now.outer_source_ids) == set(then.source_ids + then.outer_source_ids)
        assert (now.attributes, now.flags) == (then.attributes, then.flags)
