"""An adjudication that is killed at every step in turn ends with one task, one decision and one version of gold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from faults_injection import BROKE, KILLED, Blow, Job, Strike, struck
from labelstudio_material import SCHEME, plain
from labelstudio_people import Crew, annotate
from labelstudio_table import TEXT, Table, rows, said

from corpus.labelstudio.adjudication.adjudicating import Adjudicating, adjudicate
from corpus.labelstudio.documents import ListedDocuments
from corpus.labelstudio.ledger.store import Ledger
from corpus.labelstudio.local.server import LocalServer
from corpus.labelstudio.sync import Material, Options
from corpus.labelstudio.wire.client import Client
from corpus.model.document import Document

pytestmark = pytest.mark.server


@dataclass(frozen=True)
class Asking:
    """One adjudication, as the command does it."""

    def __call__(self, client: Client, folder: Path, name: str, documents: tuple[Document, ...]) -> Adjudicating:
        material = Material(name, SCHEME, ListedDocuments(documents), folder / "annotations")
        with Ledger.open(folder / "ledger") as ledger:
            return adjudicate(client, material, ledger, Options())


@pytest.fixture(scope="module")
def crew(client: Client) -> Iterator[Crew]:
    with Crew(client) as crew:
        yield crew


class Struck:
    """A table at which every run is struck, one occasion later each time, until one gets through."""

    def __init__(self, server: LocalServer, client: Client, folder: Path, blow: Blow, stride: int) -> None:
        self.table = Table(client, folder, plain("one", TEXT))
        token = server.credentials().token
        self.job: Job[Any] = Job(client.url, token, folder, self.table.name, self.table.documents, Asking())
        self.blow, self.stride, self.report = blow, stride, folder.with_suffix(".txt")

    def run(self) -> int:
        """Return how often it was struck before it got through."""
        for blows in count():
            code = struck(self.job, Strike(self.blow, 1 + blows * self.stride), self.report)
            assert code in (0, BROKE, KILLED), self.report.read_text("utf-8")
            if code == 0:
                return blows
        raise AssertionError


@pytest.mark.parametrize(
    ("blow", "stride"),
    [(Blow.KILL_AT_STEP, 6), (Blow.KILL_AFTER_REQUEST, 5), (Blow.KILL_AT_FILE, 4)],
    ids=["step", "request", "file"],
)
def test_killed_again_and_again(
    label_studio: LocalServer, client: Client, crew: Crew, tmp_path: Path, blow: Blow, stride: int
) -> None:
    """Asked, decided, asked anew, decided anew: whatever was cut short is finished, and nothing is there twice."""
    struck_at = Struck(label_studio, client, tmp_path, blow, stride)
    table, carla = struck_at.table, crew("carla")
    table.annotated("ann-1", {"Ada": "PER", "Bo": "PER"})
    table.annotated("ann-2", {"Ada": "PER", "Bo": "ORG"})
    assert struck_at.run() > 0
    annotate(carla, table.asked(table.adjudicate()).id, rows(Ada="PER", Bo="ORG"))
    assert struck_at.run() > 0
    assert (said(table.gold), len(table.versions(("one", "gold")))) == ({"Ada": "PER", "Bo": "ORG"}, 1)
    table.annotated("ann-1", {"Ada": "PER", "Bo": "PER", "Turin": "GPE"})
    assert struck_at.run() > 0
    found = table.adjudicate()
    assert found.sync.is_quiet
    old, new = table.all(found)
    assert (old.is_retired, len(old.annotations), len(new.annotations)) == (True, 1, 0)
    assert [p.model_version for p in new.predictions] == ["ann-2", "ann-1", "proposal"]
    annotate(carla, new.id, rows(Ada="PER", Turin="GPE"))
    struck_at.run()
    found = table.adjudicate()
    assert (found.sync.is_quiet, found.settled.gold, found.decided) == (True, [], 1)
    assert (said(table.gold), len(table.versions(("one", "gold")))) == ({"Ada": "PER", "Turin": "GPE"}, 2)
    assert [(s.revision, s.annotator) for s in table.decisions()] == [(2, table.decisions()[0].annotator)]
    assert len(table.all(found)) == 2
