"""A model's file beside the annotators': proposed on the screen, and never an annotation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from labelstudio_desk import Desk
from labelstudio_material import plain, spans
from labelstudio_models import said

from corpus.annotation.heads import PREDICTIONS
from corpus.annotation.store import append
from corpus.labelstudio.wire.client import Client
from corpus.model.annotation import Claim
from corpus.model.document import Document
from corpus.preannotation.protocol import Prediction
from corpus.preannotation.quotes import QuotationRules

pytestmark = pytest.mark.server

QUOTED = "“Yes, of course,” said Ada Lovelace on Monday in Turin."
OTHER = "“No, never,” said Grace Hopper on Tuesday."


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


def makers(desk: Desk, project: int) -> dict[str | None, list[str]]:
    """Return who proposes on each task, by name."""
    return {
        doc_id: sorted(p.model_version.partition(" ")[0] for p in task.predictions)
        for doc_id, task in desk.tasks(project).items()
    }


@pytest.mark.parametrize("late", [False, True])
def test_a_file_that_was_removed(client: Client, tmp_path: Path, late: bool) -> None:
    """What this checkout sent of it goes, on a task of before or a new one; what somebody else proposed stays."""
    one, two = plain("one", QUOTED), plain("two", OTHER)
    desk = desk_with(client, tmp_path, one, two)
    project = desk.sync().project if late else 0
    append(desk.folder / PREDICTIONS, [said(one, ("Turin", "GPE")), said(two, ("Tuesday", "PER"), name="other")])
    project = desk.sync().project
    body = {"task": desk.tasks(project)["two"].id, "model_version": "tagger by hand", "result": []}
    client.send("POST", "/api/predictions/", body)
    (desk.folder / PREDICTIONS / "tagger.jsonl").unlink()
    assert desk.sync(dry_run=True).predictions_deleted == 2
    report = desk.sync()
    assert (report.predictions_deleted, report.predictions_new, report.findings) == (2, 0, [])
    assert makers(desk, project) == {"one": ["other", "rules"], "two": ["other", "rules", "tagger"]}
    assert desk.sync().is_quiet
    append(desk.folder / PREDICTIONS, [said(one, ("Turin", "GPE"))])
    desk.sync()
    assert makers(desk, project)["one"] == ["other", "rules", "tagger"]


def test_what_another_checkout_proposes(client: Client, tmp_path: Path) -> None:
    """Who only found it there takes nothing away; who sent it does, and the other one sends its own then."""
    one = plain("one", QUOTED)
    desk = desk_with(client, tmp_path, one)
    append(desk.folder / PREDICTIONS, [said(one, ("Turin", "GPE"))])
    project = desk.sync().project
    other = desk_with(client, tmp_path / "other", one)
    other.name = desk.name
    append(other.folder / PREDICTIONS, [said(one, ("Turin", "GPE"))])
    assert other.sync().predictions_new == 0
    (other.folder / PREDICTIONS / "tagger.jsonl").rename(tmp_path / "kept.jsonl")
    assert other.sync().is_quiet
    (tmp_path / "kept.jsonl").rename(other.folder / PREDICTIONS / "tagger.jsonl")
    (desk.folder / PREDICTIONS / "tagger.jsonl").unlink()
    desk.sync()
    assert makers(desk, project)["one"] == ["rules", "tagger"]  # the other one leads
    assert desk.sync(take_over=True).predictions_deleted == 1
    assert other.sync().predictions_new == 1
    assert desk.sync().predictions_deleted == 0


@dataclass
class Counting:
    """The rules, and how often they were asked of each document."""

    asked: Counter[str] = field(default_factory=Counter)
    name: str = QuotationRules().name
    version: str = QuotationRules().version
    labels: tuple[str, ...] = QuotationRules().labels

    def annotate(self, documents: Sequence[Document]) -> list[Prediction]:
        self.asked.update(document.doc_id for document in documents)
        return QuotationRules().annotate(documents)


@pytest.mark.parametrize("late", [False, True])
def test_the_rules_are_asked_once(client: Client, tmp_path: Path, late: bool) -> None:
    """For their own prediction and for what two models leave open, inside the import or after it."""
    one, two = plain("one", QUOTED), plain("two", OTHER)
    desk = Desk(client, tmp_path, one, two)
    if late:
        desk.sync()
    rules = Counting()
    desk.preannotator = rules
    append(desk.folder / PREDICTIONS, [said(one, ("Turin", "GPE"), name=name) for name in ("alpha", "beta")])
    project = desk.sync().project
    assert rules.asked == {"one": 1, "two": 1}
    assert list(makers(desk, project).values()) == [["alpha", "beta", "rules"]] * 2
    assert desk.sync().is_quiet
