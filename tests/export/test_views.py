"""What is made for those who use the data: token labels with an honest count of losses, and gold apart."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from datasets import load_dataset
from hypothesis import given
from hypothesis import strategies as st

from corpus.export.dataset import write_dataset
from corpus.export.ner import LOSSES, ner_rows
from corpus.export.store import BuiltDataset
from corpus.releases.verification import verify


def entity(start: int, end: int, label: int = 0, name: str = "e", **more: Any) -> dict[str, Any]:
    place = {"field": 1, "field_index": None, "start": start, "end": end, "placement": 0}
    return {"id": f"{name}{start}-{end}", "label": label, **place, **more}


def tagged(text: str, entities: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], Counter[str]]:
    losses: Counter[str] = Counter()
    document = {"doc_id": "d", "title": None, "text": text, "captions": []}
    return list(ner_rows([document], {"d": entities}, {"d": "ann"}, losses)), +losses


def test_entities_become_bio() -> None:
    """B begins, I goes on; neighbours of one label stay two; every line is a row with the places of its tokens."""
    text = "Mayor Lena Voss (Porto) met\nO'Brien in New York."
    rows, losses = tagged(text, [entity(6, 15, 0), entity(17, 22, 2), entity(28, 35, 0), entity(39, 47, 2)])
    assert not losses
    assert [row["tokens"] for row in rows] == [
        ["Mayor", "Lena", "Voss", "(", "Porto", ")", "met"],
        ["O", "'", "Brien", "in", "New", "York", "."],
    ]
    assert [row["ner_tags"] for row in rows] == [[0, 1, 2, 0, 5, 0, 0], [1, 2, 2, 0, 5, 6, 0]]
    assert all(text[s : s + len(t)] == t for row in rows for s, t in zip(row["starts"], row["tokens"], strict=True))


def test_every_caption_has_its_own_entities() -> None:
    """However their offsets lie to each other, and in whatever order they come."""
    here = [(0, 0, 3), (1, 4, 8), (0, 9, 14)]
    entities = [entity(start, end, field=2, field_index=index) for index, start, end in here]
    document = {"doc_id": "d", "title": None, "text": "", "captions": ["Ana, far Clara", "The Orne at dawn"]}
    for order in (entities, entities[::-1]):
        rows = list(ner_rows([document], {"d": order}, {"d": "ann"}, Counter()))
        assert [(row["field_index"], row["ner_tags"]) for row in rows] == [(0, [1, 0, 0, 1]), (1, [0, 1, 0, 0])]


@pytest.mark.parametrize(
    ("entities", "kind", "tags"),
    [
        ([entity(0, 8, 1), entity(0, 3, 2)], "overlapping", [3, 4, 0]),
        ([entity(0, 8, 1), entity(0, 8, 2, "z")], "overlapping", [3, 4, 0]),
        ([entity(1, 8, 1)], "off-edge", [0, 0, 0]),
        ([entity(0, 6, 1)], "off-edge", [0, 0, 0]),
        ([entity(4, 15, 1)], "broken", [0, 0, 0]),
        ([{**entity(0, 3, 1), "field": None, "start": None, "end": None}], "outside", [0, 0, 0]),
        ([entity(0, 3, 1, placement=1)], "outside", [0, 0, 0]),
    ],
)
def test_what_does_not_fit_is_counted(entities: list[dict[str, Any]], kind: str, tags: list[int]) -> None:
    """Nested, equal, inside a token, over a line's end, in no field: left out, and said so."""
    rows, losses = tagged("New York!\nand more", entities)
    assert losses == {kind: 1}
    assert rows[0]["ner_tags"] == tags
    assert kind in LOSSES


@given(
    st.text("aé北 .\n", max_size=30),
    st.lists(st.tuples(st.integers(0, 30), st.integers(1, 8), st.integers(0, 5)), max_size=6),
)
def test_every_entity_is_there_or_counted(text: str, spans: list[tuple[int, int, int]]) -> None:
    """Whatever the spans: each one is a B or a loss, and each B-I run is one of them."""
    entities = [
        entity(s, min(len(text), s + length), label, str(n))
        for n, (s, length, label) in enumerate(spans)
        if s < len(text)
    ]
    rows, losses = tagged(text, entities)
    begun = sum(tag % 2 == 1 for row in rows for tag in row["ner_tags"])
    assert begun + losses.total() == len(entities)
    for row in rows:
        for before, tag in zip([0, *row["ner_tags"]], row["ner_tags"], strict=False):
            assert tag == 0 or tag % 2 or before in (tag, tag - 1)


def add_gold(rows: dict[str, list[dict[str, Any]]]) -> None:
    """Let gold say of one document what ann-1 says, one entity aside; ann-1 alone says something of another."""
    for layer in ("entities", "claims", "sources"):
        own = [row for row in rows[layer] if row["doc_id"] == "harbour"][: 1 if layer == "entities" else None]
        rows[layer] += [{**row, "annotator": "gold"} for row in own]


def load(directory: Path, config: str, cache: Path, split: str = "train") -> Any:
    return load_dataset(str(directory), config, split=split, cache_dir=str(cache))


def test_an_annotator_called_all_is_among_everybody(made: ModuleType, tmp_path: Path) -> None:
    """``entities_all`` is the config of all of them, and no second one's."""
    rows = made.make_rows()
    for layer in ("entities", "claims", "sources"):
        rows[layer] += [{**row, "annotator": who} for row in list(rows[layer]) for who in ("all", "gold")]
    write_dataset(tmp_path / "d", made.make_content(rows))
    assert verify(tmp_path / "d") == []
    shown = {one["config_name"] for one in yaml.safe_load(_front(tmp_path / "d"))["configs"]}
    assert {"entities", "entities_all", "entities_ann-1"} <= shown
    loaded = load_dataset(str(tmp_path / "d"), "entities_all", split="train", cache_dir=str(tmp_path / "cache"))
    assert set(loaded["annotator"]) == {"all", "gold", "ann-1"}


def _front(directory: Path) -> str:
    return (directory / "README.md").read_text("utf-8").split("---\n")[1]


def test_gold_is_what_is_shown(made: ModuleType, tmp_path: Path) -> None:
    """``entities`` and ``claims`` are gold's; ``_all`` is everybody's; ``_ann-1`` one other's; nothing is lost."""
    rows = made.make_rows()
    add_gold(rows)
    write_dataset(tmp_path / "d", made.make_content(rows))
    counts = {
        name: len(load(tmp_path / "d", name, tmp_path / "c"))
        for name in ("entities", "entities_all", "entities_ann-1", "claims", "claims_all", "sources")
    }
    assert counts == {
        "entities": 1, "entities_all": 3, "entities_ann-1": 2, "claims": 1, "claims_all": 2, "sources": 1
    }  # fmt: skip
    assert set(load(tmp_path / "d", "entities", tmp_path / "c")["annotator"]) == {"gold"}
    assert BuiltDataset.open(tmp_path / "d").table("entities").num_rows == 4
    ner = load(tmp_path / "d", "ner", tmp_path / "c")
    assert set(ner["annotator"]) == {"gold"}
    tag = ner.features["ner_tags"].feature
    assert [tag.int2str(own) for row in ner["ner_tags"] for own in row if own] == ["B-PER", "I-PER"]
    assert set(load(tmp_path / "d", "ner", tmp_path / "c", "test")["annotator"]) == {"ann-1"}
    assert verify(tmp_path / "d") == []
    card = (tmp_path / "d" / "README.md").read_text("utf-8")
    assert "| `entities` | 1 |  |" in card
    assert "with `_all` everybody" in card


def test_without_gold_everybody_is_shown(made: ModuleType, built: Path) -> None:
    """The configs are those of the model, and ``ner`` where somebody annotated; else not even that."""
    header = yaml.safe_load((built / "README.md").read_text("utf-8").split("\n---\n")[0].removeprefix("---\n"))
    assert [entry["config_name"] for entry in header["configs"]][-1] == "ner"
    rows = made.make_rows()
    rows |= {layer: [] for layer in ("entities", "claims", "sources")}
    write_dataset(built, made.make_content(rows))
    assert BuiltDataset.open(built).manifest.views == {}
    assert not (built / "ner").exists()
    assert verify(built) == []


def test_an_empty_view_goes_with_the_next_build(made: ModuleType, built: Path) -> None:
    """A build whose folder of views was there before may be written over."""
    rows = made.make_rows()
    add_gold(rows)
    write_dataset(built, made.make_content(rows))
    assert (built / "entities_gold").is_dir()
    write_dataset(built, made.make_content())
    assert not (built / "entities_gold").exists()
    assert verify(built) == []


@given(st.lists(st.tuples(st.integers(0, 25), st.integers(1, 9)), max_size=12))
def test_of_overlapping_entities_the_longer_and_then_the_earlier_stay(spans: list[tuple[int, int]]) -> None:
    """As if each were held against every other one, on one line or across its end."""
    text = "a b c d e f\ng h i j k l m n o p q"
    entities = [entity(s, s + length, 0, str(n)) for n, (s, length) in enumerate(spans)]
    kept: list[dict[str, Any]] = []
    for row in sorted(entities, key=lambda r: (r["start"] - r["end"], r["start"], r["id"])):
        if all(row["end"] <= other["start"] or other["end"] <= row["start"] for other in kept):
            kept.append(row)
    rows, losses = tagged(text, entities)
    assert losses["overlapping"] == len(entities) - len(kept)
    apart, others = tagged(text, kept)
    assert rows == apart
    assert others["overlapping"] == 0


def test_a_long_document_with_many_entities_is_labelled_at_once() -> None:
    text, count = "ab cd\n" * 12_000, 12_000
    before = time.process_time()
    rows, losses = tagged(text, [entity(6 * number, 6 * number + 2) for number in range(count)])
    assert time.process_time() - before < 5
    assert not losses
    assert [row["ner_tags"] for row in rows] == [[1, 0]] * count
