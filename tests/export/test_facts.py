"""What the card tells is counted from the files, the same however few rows are held."""

from __future__ import annotations

import copy
from dataclasses import fields
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from corpus.export.dataset import write_dataset
from corpus.export.facts import Facts, read_facts
from corpus.export.store import BuiltDataset
from corpus.model.tables import CONFIGS


def facts_of(directory: Path) -> Facts:
    dataset = BuiltDataset.open(directory)
    return read_facts({name: dataset.files(name) for name in CONFIGS}, dataset.scheme)


def plain(facts: Facts) -> dict[str, Any]:
    lengths = np.concatenate(facts.lengths).tolist()
    return {field.name: getattr(facts, field.name) for field in fields(facts)} | {"lengths": lengths}


def test_facts_do_not_depend_on_batches(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Row by row, they are what they are at once."""
    whole = facts_of(built)
    monkeypatch.setattr("corpus.export.batches.BATCH_ROWS", 1)
    assert plain(facts_of(built)) == plain(whole)


def test_facts_are_those_of_the_rows(made: ModuleType, built: Path) -> None:
    """Counted here over all rows at once."""
    rows, facts = made.make_rows(), facts_of(built)
    assert sorted(np.concatenate(facts.lengths).tolist()) == sorted(len(row["text"]) for row in rows["documents"])
    assert facts.counts("entities", "annotator").total() == len(rows["entities"])
    assert facts.blocks.total() == len(rows["blocks"])
    assert facts.sample is not None
    claimed = {row["doc_id"] for row in rows["claims"]}
    assert facts.sample["doc_id"] == min(row["doc_id"] for row in rows["documents"] if row["doc_id"] in claimed)
    assert {row["doc_id"] for row in facts.claims} == {facts.sample["doc_id"]}
    assert facts.agreement == []


def test_agreement_of_one_layer_alone(made: ModuleType, tmp_path: Path) -> None:
    """Two annotators who marked entities and nothing else are compared, though other layers have no row."""
    rows = made.make_rows()
    one = rows["entities"][0]
    rows |= {"entities": [one, {**one, "annotator": "b"}], "claims": [], "sources": []}
    write_dataset(tmp_path / "d", made.make_content(copy.deepcopy(rows)))
    (found,) = facts_of(tmp_path / "d").agreement
    (pair,) = found.pairs
    assert (found.layer, pair.documents, pair.spans.exact.value) == ("entities", 1, 1.0)
