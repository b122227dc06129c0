"""What a dataset tells of its annotators' agreement: whom it compares, on what, and what the card says of it."""

from __future__ import annotations

import copy
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from corpus.agreement.characters import character_alpha
from corpus.export.agreement import LayerAgreement, agreement_of
from corpus.export.annotated import Annotated, read_annotated
from corpus.export.dataset import write_dataset
from corpus.export.facts import read_facts
from corpus.export.store import BuiltDataset
from corpus.model.tables import CONFIGS

Rows = dict[str, list[dict[str, Any]]]


def read(directory: Path, *except_for: str) -> Annotated:
    dataset = BuiltDataset.open(directory)
    files = {name: dataset.files(name) for name in CONFIGS}
    return read_annotated(files, dataset.scheme, except_for)


def layers(directory: Path, *except_for: str) -> dict[str, LayerAgreement]:
    return {found.layer: found for found in agreement_of(read(directory, *except_for))}


def also_by(rows: Rows, annotator: str, **changed: Any) -> Rows:
    """Let another annotator say what the first one says of every document, with some columns changed."""
    more = copy.deepcopy(rows)
    for layer in ("entities", "claims", "sources"):
        own = [row for row in rows[layer] if row["annotator"] == "ann-1"]
        more[layer] += [
            {**row, "annotator": annotator, **{k: v for k, v in changed.items() if k in row}} for row in own
        ]
    return more


@pytest.fixture
def written(made: ModuleType, tmp_path: Path) -> Any:
    def write(rows: Rows) -> Path:
        write_dataset(tmp_path / "d", made.make_content(rows))
        return tmp_path / "d"

    return write


def test_one_annotator_agrees_with_nobody(built: Path) -> None:
    """No layer, and the card says in one sentence that nothing can be measured."""
    assert layers(built) == {}
    assert "No two annotators marked the same article" in (built / "README.md").read_text("utf-8")


def test_the_same_annotations_twice(made: ModuleType, written: Any) -> None:
    """Everything is 1 that can be told from chance; an attribute with one value alone cannot, nor one not given."""
    found = layers(written(also_by(made.make_rows(), "ben")))
    for layer, items in (("entities", 3), ("claims", 1), ("sources", 1)):
        (pair,) = found[layer].pairs
        assert (pair.annotators, pair.documents) == (("ann-1", "ben"), 2)
        assert pair.spans.items == (items, items)
        for own in (pair.spans.exact, pair.spans.overlapping, pair.spans.characters, pair.spans.u_alpha):
            assert own.value == 1
        assert pair.matched == items
    assert found["entities"].pairs[0].values["label"].kappa.value == 1
    said = found["claims"].pairs[0].values
    assert set(said) == {"speech", "kind", "check", "negated", "hedged"}
    assert (said["speech"].same, said["speech"].kappa.value) == (1, None)
    assert (said["check"].same, said["check"].kappa.count) == (0, 0)


def test_labels_are_told_apart_from_boundaries(made: ModuleType, written: Any) -> None:
    """Who drew the same spans with other labels: no item is the same with its label, all are without it."""
    found = layers(written(also_by(made.make_rows(), "ben", label="LOC")))["entities"]
    (pair,) = found.pairs
    assert pair.spans.exact.value == pair.spans.overlapping.value == 0
    assert (pair.matched, pair.values["label"].same, pair.values["label"].kappa.value) == (3, 0, 0)
    assert pair.labels["PER"].items == (1, 0)
    assert pair.labels["EVENT"].exact.value is None
    assert found.labels["EVENT"].value is None
    assert 0 < (pair.spans.characters.value or 1) < 0.6  # they agree on what is no entity


def test_gold_is_not_compared(made: ModuleType, written: Any) -> None:
    """It was made from the others; unless it is asked for, as who is called anything else."""
    directory = written(also_by(made.make_rows(), "gold"))
    assert layers(directory, "gold") == {}
    assert layers(directory)["claims"].annotators == ("ann-1", "gold")
    assert "No two annotators" in (directory / "README.md").read_text("utf-8")


def test_three_annotators(made: ModuleType, written: Any) -> None:
    """Every two, and all at once; who has no claims at all does not work on claims."""
    rows = also_by(made.make_rows(), "ben")
    mention = next(row for row in rows["entities"] if row["annotator"] == "ann-1" and row["doc_id"] == "harbour")
    rows["entities"].append({**mention, "annotator": "cleo", "label": "GPE"})
    found = layers(written(rows))
    assert found["entities"].annotators == ("ann-1", "ben", "cleo")
    assert [pair.annotators for pair in found["entities"].pairs] == [
        ("ann-1", "ben"),
        ("ann-1", "cleo"),
        ("ben", "cleo"),
    ]
    assert [pair.documents for pair in found["entities"].pairs] == [2, 1, 1]
    assert (found["entities"].documents, found["entities"].items) == (2, 7)
    assert found["claims"].annotators == ("ann-1", "ben")
    assert found["entities"].matched == 3
    said = found["entities"].values["label"]
    assert (said.kappa.count, said.same, said.alpha.count) == (1, 0, 3)
    assert found["claims"].values["kind"] == found["claims"].pairs[0].values["kind"]
    assert 0 < (found["entities"].characters.value or 0) < 1


def test_the_text_goes_to_the_end_of_its_last_block(made: ModuleType, written: Any) -> None:
    """In code points, of the documents in common alone."""
    rows = also_by(made.make_rows(), "ben")
    read_back = read(written(rows))
    ends = {row["doc_id"]: row["end"] for row in rows["blocks"]}  # the last one of each
    assert read_back.lengths.tolist() == [ends["harbour"], ends["rain"]]
    assert read_back.people == ("ann-1", "ben")
    entities = read_back.layers[0]
    alpha = character_alpha(entities.marks, read_back.lengths, read_back.work, len(entities.labels))
    assert alpha.joint.count == ends["harbour"] + ends["rain"]


def test_the_card_tells_it(made: ModuleType, written: Any) -> None:
    """A row for every two annotators and one for all, a dash where nothing is defined; the same in the facts."""
    rows = also_by(also_by(made.make_rows(), "ben"), "cleo", label="LOC")
    directory = written(rows)
    card = (directory / "README.md").read_text("utf-8")
    assert "| ann-1, ben | entities | 2 | 3, 3 | 1.00 | 1.00 | 1.00 |" in card
    assert "| ann-1, cleo | entities | 2 | 3, 3 | 0.00 | 0.00 |" in card
    assert "| all 3 | claims | 2 | 3 |  |  | 1.00 |" in card
    dataset = BuiltDataset.open(directory)
    facts = read_facts({name: dataset.files(name) for name in CONFIGS}, dataset.scheme)
    assert [found.layer for found in facts.agreement] == ["entities", "claims", "sources"]
