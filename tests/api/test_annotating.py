"""A project with a server, called from Python: sync, agreement, gold, and back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from labelstudio_people import Person, annotate, mark

import corpus
from corpus.errors import ServerError
from corpus.labelstudio.local.server import LocalServer
from corpus.labelstudio.report import SyncReport

ARTICLE = "Port reopens\n\nMayor Ada Lovelace said on Monday that the port would reopen in March after two years."
Join = Callable[[str], Person]


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """A built dataset of one article."""
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "one.txt").write_text(ARTICLE, "utf-8")
    corpus.build(tmp_path / "raw", tmp_path / "dataset")
    return tmp_path / "dataset"


@pytest.mark.server
def test_two_annotate_and_what_they_agree_on_is_gold(
    dataset: Path, label_studio: LocalServer, sign_up: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The task goes out, the work comes back and is measured; gold reaches the dataset; all is in step then."""
    home = dataset.parent
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", label_studio.credentials().token)
    project, url, annotations = f"api {home.name}", label_studio.status().url, home / "annotations"

    def synced(verb: Callable[..., SyncReport] = corpus.sync, **options: bool) -> SyncReport:
        return verb(dataset, annotations=annotations, project=project, url=url, home=home, **options)

    assert synced(dry_run=True).tasks_new == 1
    assert not (home / ".corpus").exists()
    assert synced(corpus.push).tasks_new == 1
    ada, bo = sign_up("ada"), sign_up("bo")
    (task,) = ada.client.tasks(max(record["id"] for record in ada.client.projects()), "id,data")
    name = mark("a", task["data"]["text"], "Ada Lovelace", "PER", "entity")
    for person, label in ((ada, "LOC"), (bo, "MISC")):
        annotate(person, task["id"], [name, mark("b", task["data"]["text"], "Port", label, "entity")])
    assert synced(corpus.pull).new == 2
    assert synced().new == 0

    corpus.build(home / "raw", dataset, annotations=annotations)
    (layer,) = corpus.measure_agreement(dataset).layers
    assert (layer.layer, layer.pairs[0].spans.exact.value) == ("entities", 0.5)
    done = corpus.adjudicate(annotations, build=dataset)
    assert done.written == ("one",)
    (dispute,) = done.found.open
    assert (dispute.text, sorted(dispute.votes.values())) == ("Port", ["LOC", "MISC"])
    corpus.build(home / "raw", dataset, annotations=annotations)
    rows = corpus.open_dataset(dataset).rows("entities")
    assert ("Ada Lovelace", "gold") in {(row["text"], row["annotator"]) for row in rows}


def test_without_a_server_it_is_one_sentence(dataset: Path) -> None:
    """And the folder in which the ledger would lie is left as it was."""
    with pytest.raises(ServerError, match="No Label Studio runs here"):
        corpus.sync(dataset, home=dataset.parent)
    assert not (dataset.parent / ".corpus").exists()


def test_of_nobody_no_agreement_is_measured(dataset: Path) -> None:
    found = corpus.measure_agreement(dataset)
    assert (found.layers, found.findings) == ((), ())
