"""A model's file beside the annotators': proposed on the screen, and never an annotation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from labelstudio_desk import Desk
from labelstudio_material import SCHEME, plain, spans

from corpus.annotation.heads import PREDICTIONS
from corpus.annotation.store import append
from corpus.labelstudio.client import Client
from corpus.model.annotation import AnnotationSet, Claim, Entity, Origin
from corpus.model.document import Document
from corpus.preannotation.quotes import QuotationRules

pytestmark = pytest.mark.server

QUOTED = "“Yes, of course,” said Ada Lovelace on Monday in Turin."
OTHER = "“No, never,” said Grace Hopper on Tuesday."


def said(doc: Document, *entities: tuple[str, str], name: str = "tagger", **values: Any) -> AnnotationSet:
    """Return what a model says of a document: words and their labels."""
    return AnnotationSet(
        **{
            "annotation_id": f"{doc.doc_id}.{name}",
            "revision": 1,
            "state": "submitted",
            "doc_id": doc.doc_id,
            "annotator": name,
            "anchor_sha256": doc.anchor_sha256,
            "scheme": SCHEME.name,
            "scheme_version": SCHEME.version,
            "entities": tuple(
                Entity(id=f"e{n}", spans=spans(doc, words), label=label, score=0.75)
                for n, (words, label) in enumerate(entities, 1)
            ),
            "origin": Origin(kind="model"),
            **values,
        }
    )


def desk_with(client: Client, folder: Path, *documents: Document) -> Desk:
    desk = Desk(client, folder, *documents)
    desk.preannotator = QuotationRules()
    return desk


def drawn(task: Any, maker: str) -> set[tuple[str, str]]:
    """Return the labels and words of one maker's prediction; it has no more than one."""
    (one,) = [p for p in task.predictions if p.model_version.partition(" ")[0] == maker]
    return {(r["value"]["labels"][0], r["value"]["text"]) for r in one.result if r["type"] == "labels"}


def rules_say(task: Any, *labels: str) -> set[tuple[str, str]]:
    return {(label, words) for label, words in drawn(task, "rules") if label in labels}


def test_a_models_entities_and_the_rules_claims(client: Client, tmp_path: Path) -> None:
    """What it leaves open comes from the rules: claims altogether, and all of a document it does not know."""
    one, two = plain("one", QUOTED), plain("two", OTHER)
    desk = desk_with(client, tmp_path, one, two)
    append(desk.folder / PREDICTIONS, [said(one, ("Turin", "GPE"), ("Monday", "NONSENSE"))])
    report = desk.sync()
    assert [(f.code, f.place) for f in report.findings] == [("not-proposed", "predictions/tagger.jsonl")]
    tasks = desk.tasks(report.project)
    claims = rules_say(tasks["one"], "CLAIM", "SOURCE", "CUE")
    assert {label for label, _ in claims} == {"CLAIM", "SOURCE", "CUE"}
    assert drawn(tasks["one"], "tagger") == {("GPE", "Turin"), *claims}
    assert drawn(tasks["two"], "tagger") == drawn(tasks["two"], "rules") != set()
    shown = client.get(f"/api/projects/{report.project}/next")["predictions"]
    assert {p["model_version"].partition(" ")[0] for p in shown} == {"tagger"}
    assert [a for task in tasks.values() for a in task.annotations] == []
    assert desk.sync().is_quiet
    assert desk.sets() == {}


def test_a_newer_version_takes_its_place(client: Client, tmp_path: Path) -> None:
    """Of claims as well as of entities; then the rules have nothing to add."""
    one = plain("one", QUOTED)
    desk = desk_with(client, tmp_path, one)
    append(desk.folder / PREDICTIONS, [said(one, ("Turin", "GPE"))])
    project = desk.sync().project
    claims = (Claim(id="c1", spans=spans(one, "of course")),)
    append(desk.folder / PREDICTIONS, [said(one, ("Ada Lovelace", "PER"), revision=2, claims=claims)])
    desk.sync()
    assert drawn(desk.tasks(project)["one"], "tagger") == {("PER", "Ada Lovelace"), ("CLAIM", "of course")}
    assert desk.sync().is_quiet


def test_it_follows_a_changed_text(client: Client, tmp_path: Path) -> None:
    """Its words are found again in the new task's text; what is gone is told."""
    one = plain("one", f"{QUOTED} The talks were held near Geneva at night.")
    desk = desk_with(client, tmp_path, one)
    append(desk.folder / PREDICTIONS, [said(one, ("Geneva", "GPE"), ("Ada Lovelace", "PER"))])
    desk.sync()
    desk.documents = (plain("one", one.raw_text.replace("Ada Lovelace", "somebody else")),)
    report = desk.sync()
    (task,) = [t for t in desk.listed(report.project) if not t.is_retired]
    entities = {(label, words) for label, words in drawn(task, "tagger") if label in ("GPE", "PER")}
    assert entities == {("GPE", "Geneva")}
    assert [f.message for f in report.findings] == ["Not proposed: 1 item whose words are no longer in the text."]


@pytest.mark.parametrize("name", ["rules", "my model"])
def test_a_file_that_no_model_can_have(client: Client, tmp_path: Path, name: str) -> None:
    """It is told and not sent; the others are."""
    one = plain("one", QUOTED)
    desk = desk_with(client, tmp_path, one)
    append(desk.folder / PREDICTIONS, [said(one, ("Turin", "GPE"))])
    (desk.folder / PREDICTIONS / f"{name}.jsonl").write_bytes(b"")
    report = desk.sync()
    assert ("prediction-file-name", f"predictions/{name}.jsonl") in {(f.code, f.place) for f in report.findings}
    makers = [p.model_version.partition(" ")[0] for p in desk.tasks(report.project)["one"].predictions]
    assert makers == ["rules", "tagger"]


def test_a_damaged_line(client: Client, tmp_path: Path) -> None:
    """It is told with its place; the other documents' predictions are sent."""
    one = plain("one", QUOTED)
    desk = desk_with(client, tmp_path, one)
    append(desk.folder / PREDICTIONS, [said(one, ("Turin", "GPE"))])
    with (desk.folder / PREDICTIONS / "tagger.jsonl").open("a") as stream:
        stream.write('{"doc_id": \n')
    report = desk.sync()
    assert ("annotation-schema", "predictions/tagger.jsonl:2") in {(f.code, f.place) for f in report.findings}
    assert ("GPE", "Turin") in drawn(desk.tasks(report.project)["one"], "tagger")
