"""Which prediction *Label All Tasks* shows: the server offers those of the one version that the project names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from labelstudio_desk import Desk
from labelstudio_material import plain
from labelstudio_models import said
from labelstudio_table import TEXT, Table

from corpus.annotation.heads import PREDICTIONS
from corpus.annotation.store import append
from corpus.labelstudio.wire.client import Client
from corpus.model.document import Document
from corpus.preannotation.protocol import Prediction
from corpus.preannotation.quotes import QuotationRules

pytestmark = pytest.mark.server
QUOTED = "“Yes, of course,” said Ada Lovelace on Monday."


@dataclass(frozen=True)
class Maker:
    """The rules under another name and version; ``silent``, they propose nothing."""

    name: str
    version: str
    silent: bool = False
    labels: tuple[str, ...] = ()

    def annotate(self, documents: Sequence[Document]) -> list[Prediction]:
        made = QuotationRules().annotate(documents)
        named = [replace(prediction, model_version=f"{self.name} {self.version}") for prediction in made]
        return [replace(p, entities=(), sources=(), claims=(), cues=()) if self.silent else p for p in named]


def offered(client: Client, project: int) -> list[str]:
    """Return the versions of the predictions that the next annotator is shown."""
    return [p["model_version"] for p in client.get(f"/api/projects/{project}/next")["predictions"]]


def choose(client: Client, project: int, version: str) -> None:
    """Choose a version in the project's settings, as its owner can."""
    client.send("PATCH", f"/api/projects/{project}/", {"model_version": version})


@pytest.mark.parametrize(
    "before",
    [None, Maker("rules", "1"), Maker("rules", "1", silent=True), Maker("other", "1")],
    ids=["none", "older", "silent", "other"],
)
def test_the_newest_proposal_is_offered(client: Client, tmp_path: Path, before: Maker | None) -> None:
    """Whatever was proposed when the project was made: nothing, by an older version, or by somebody else."""
    desk = Desk(client, tmp_path, plain("one", QUOTED))
    desk.preannotator = before
    project = desk.sync().project
    desk.preannotator = Maker("rules", "2")
    desk.sync()
    assert offered(client, project) == ["rules 2"]
    assert desk.sync().is_quiet


def test_what_was_chosen_there_stays(client: Client, tmp_path: Path) -> None:
    """Another maker's, whoever that is; but not what another checkout made it offer of the same maker's."""
    desk = Desk(client, tmp_path, plain("one", QUOTED))
    for name in ("other", "rules"):
        desk.preannotator = Maker(name, "1")
        project = desk.sync().project
    assert offered(client, project) == ["rules 1"]
    for theirs in ("other 1", "theirs"):
        task = desk.tasks(project)["one"].id
        client.send("POST", "/api/predictions/", {"task": task, "model_version": "theirs", "result": []})
        choose(client, project, theirs)
        for version in ("1", "2"):
            desk.preannotator = Maker("rules", version)
            desk.sync()
            assert theirs in offered(client, project)
    choose(client, project, "rules 2")
    for version in ("1", "2"):
        other = Desk(client, tmp_path / "other", *desk.documents)
        other.name, other.preannotator = desk.name, Maker("rules", version)
        other.sync(take_over=True)
        assert offered(client, project) == [f"rules {version}"]
    desk.preannotator = Maker("rules", "1")
    desk.sync(take_over=True)
    assert offered(client, project) == ["rules 1"]


def test_an_adjudicator_is_shown_the_proposal(client: Client, tmp_path: Path) -> None:
    """Also where somebody chose an annotator's in between, or the project does not say."""
    table = Table(client, tmp_path, plain("one", TEXT))
    table.annotated("ann-1", {"Ada": "PER", "Bo": "PER"})
    table.annotated("ann-2", {"Ada": "PER", "Bo": "ORG"})
    project = table.adjudicate().sync.project
    assert offered(client, project) == ["proposal"]
    for version in ("ann-1", ""):
        choose(client, project, version)
        assert offered(client, project) != ["proposal"]
        table.adjudicate()
        assert offered(client, project) == ["proposal"]


def test_a_model_that_was_chosen_there_stays_chosen(client: Client, tmp_path: Path) -> None:
    """Of several the last by name is offered, until another is chosen there; its newer answers are, too."""
    one = plain("one", QUOTED)
    desk = Desk(client, tmp_path, one)
    desk.preannotator = Maker("rules", "1")
    models = desk.folder / PREDICTIONS
    append(models, [said(one, ("Ada Lovelace", "PER"), name=name) for name in ("alpha", "beta")])
    project = desk.sync().project
    assert makers(offered(client, project)) == ["beta"]
    (alpha,) = [p.model_version for p in desk.tasks(project)["one"].predictions if "alpha" in p.model_version]
    choose(client, project, alpha)
    assert desk.sync().is_quiet
    assert offered(client, project) == [alpha]
    append(models, [said(one, ("Monday", "ORG"), name="alpha", revision=2)])
    desk.sync()
    assert makers(offered(client, project)) == ["alpha"] != [alpha]
    (models / "alpha.jsonl").unlink()
    desk.sync()
    assert makers(offered(client, project)) == ["beta"]


def makers(versions: list[str]) -> list[str]:
    return [version.partition(" ")[0] for version in versions]
