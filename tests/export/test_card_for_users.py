"""What a card tells its users is what they get: the calls in it work, and its numbers are those of the configs."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import datasets
import numpy as np
import pytest

from corpus.export.card_sample import numbers
from corpus.export.dataset import write_dataset
from corpus.export.facts import Facts

Rows = dict[str, list[dict[str, Any]]]


def nothing(_: Rows) -> None:
    """Leave the rows as they are."""


def no_claims(rows: Rows) -> None:
    rows["claims"] = []


def no_annotations(rows: Rows) -> None:
    rows |= {"entities": [], "claims": [], "sources": []}


def gold_in_test_alone(rows: Rows) -> None:
    """Everybody marks train and test, gold the test's document alone."""
    rain = next(row for row in rows["entities"] if row["doc_id"] == "rain")
    rows["entities"].append({**rain, "annotator": "gold"})


@pytest.mark.parametrize("change", [nothing, no_claims, no_annotations, gold_in_test_alone])
def test_the_calls_of_the_card_work(
    made: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    change: Callable[[Rows], None],
) -> None:
    """Whatever there is: a config without rows is not loaded, since ``datasets`` cannot."""
    datasets.disable_progress_bars()
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "cache")
    rows = made.make_rows()
    change(rows)
    write_dataset(tmp_path / "tide", made.make_content(rows))
    code = re.findall(r"```python\n(.*?)```", (tmp_path / "tide" / "README.md").read_text("utf-8"), re.DOTALL)
    space: dict[str, Any] = {}
    for lines in code:
        exec(lines.replace("PATH_TO_THIS_DIRECTORY", str(tmp_path / "tide")), space)
    assert len(space["documents"]) == 2
    told = capsys.readouterr().out
    assert told == "" if change is no_annotations else "[" in told


def test_the_numbers_of_a_config_are_those_that_load(made: ModuleType, tmp_path: Path) -> None:
    """Where there is gold, ``entities`` is gold's, and everybody's rows are told as ``entities_all``."""
    rows = made.make_rows()
    gold_in_test_alone(rows)
    write_dataset(tmp_path / "tide", made.make_content(rows))
    card = (tmp_path / "tide" / "README.md").read_text("utf-8")
    assert "| `entities_all` | one mention of an entity by one annotator | 2 | 2 |" in card
    assert "| `entities` | 1 |" in card
    assert "| `entities` | one mention" not in card


def test_withheld_texts_are_no_short_texts(made: ModuleType, tmp_path: Path) -> None:
    """Of a public edition the card counts the texts that are in it."""
    rows = made.make_rows()
    length = len(next(row["text"] for row in rows["documents"] if row["doc_id"] == "harbour"))
    for row in rows["documents"]:
        row["text"] = row["text"] if row["doc_id"] == "harbour" else None
    content = replace(made.make_content(rows), edition="public")
    write_dataset(tmp_path / "tide", content)
    card = (tmp_path / "tide" / "README.md").read_text("utf-8")
    assert "| articles | 3 |\n| articles whose text is in this edition | 1 |" in card
    assert f"| characters of a text, median | {length} |" in card


@pytest.mark.parametrize(
    ("lengths", "total", "median"), [([[50, 10], [], [40, 20, 30]], 150, 30), ([[4, 1, 3, 2]], 10, 3), ([], 0, 0)]
)
def test_the_median_is_of_all_texts_however_they_were_read(
    lengths: list[list[int]], total: int, median: int
) -> None:
    """Of an even number it is the longer of the two in the middle; without a text it is 0."""
    told = numbers(Facts(lengths=[np.array(some, np.int64) for some in lengths]))
    assert f"| characters of text | {total} |" in told
    assert f"| characters of a text, median | {median} |" in told


def test_without_annotations_the_card_speaks_of_none(made: ModuleType, tmp_path: Path) -> None:
    rows = made.make_rows()
    write_dataset(tmp_path / "marked", made.make_content(rows))
    no_annotations(rows)
    write_dataset(tmp_path / "bare", made.make_content(rows))
    marked, bare = ((tmp_path / name / "README.md").read_text("utf-8") for name in ("marked", "bare"))
    assert "described and annotated with the scheme" in marked and "| `entities.label` |" in marked
    assert "cleaned and described: text, blocks with reasons, and no annotations yet." in bare
    assert "| `entities.label` |" not in bare and "### Agreement" not in bare
