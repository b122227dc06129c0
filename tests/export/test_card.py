"""The card's YAML says the truth, and nothing in the data can break it or the Markdown."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from corpus.export.card import listed_splits
from corpus.export.card_words import escape_markdown
from corpus.export.dataset import write_dataset
from corpus.export.features import features_yaml
from corpus.model.tables import CONFIGS, tables_of

HOSTILE = "---\n# x | y <script> `z` ![i](u) \"q\" 's': [ {*a &b !!c % @ \u2028 \x85 \x07 ---"


def parts_of(directory: Path) -> tuple[dict[str, Any], str]:
    text = (directory / "README.md").read_text("utf-8")
    assert text.startswith("---\n")
    header, _, body = text[4:].partition("\n---\n")
    return yaml.safe_load(header), body


def test_the_yaml_says_the_truth(made: ModuleType, built: Path) -> None:
    """Configs, files, features and counts are those of the data; the default config is ``documents``."""
    header, _ = parts_of(built)
    assert [entry["config_name"] for entry in header["configs"]] == [*CONFIGS, "ner"]
    assert [entry["config_name"] for entry in header["configs"] if entry.get("default")] == ["documents"]
    counts = {
        info["config_name"]: {split["name"]: split["num_examples"] for split in info["splits"]}
        for info in header["dataset_info"]
    }
    assert counts["documents"] == {"train": 2, "test": 1}
    assert counts["claims"] == {"train": 1}
    for entry, info in zip(header["configs"], header["dataset_info"], strict=True):
        assert entry["version"] == info["version"] == "0.0.0"
        if info["config_name"] != "ner":
            assert info["features"] == features_yaml(tables_of(made.SCHEME)[info["config_name"]])
        for file in entry["data_files"]:
            assert list(built.glob(file["path"]))
    assert header["language"] == ["ar", "en"]
    assert header["license"] == "other"
    assert header["size_categories"] == ["n<1K"]


def test_the_body_tells_people_what_they_need(built: Path) -> None:
    """Rights, cleaning with its sentences, provenance, counts and how to load it are there."""
    _, body = parts_of(built)
    for told in (
        "# Tide news",
        "keeps its owner's rights",
        "| `boilerplate` | `social` | It asks to follow, like or share on a social network. | no | 1 |",
        "One annotator, one pass",
        "| ann-1 | 3 | 1 | 1 |",
        "| `claims.check` | (not given) | 1 |",
        'load_dataset("PATH_TO_THIS_DIRECTORY", "claims"',
        "1 thing wrong or worth knowing",
    ):
        assert told in body


def test_hostile_text_breaks_nothing(made: ModuleType, tmp_path: Path) -> None:
    """Names, notes, holders, labels of columns: whatever they hold, YAML parses and no line is opened."""
    rows = made.make_rows()
    for document in rows["documents"]:
        document |= {"copyright_holder": HOSTILE, "language": "x: y", "publisher": HOSTILE, HOSTILE: 1}
    for entity in rows["entities"]:
        entity["annotator"] = HOSTILE
    content = made.make_content(rows, {HOSTILE: pa.int64()}, notes=[HOSTILE])
    write_dataset(tmp_path / "d", content)
    header, body = parts_of(tmp_path / "d")
    assert header["language"] == []
    assert header["dataset_info"][0]["features"][-1] == {"name": HOSTILE, "dtype": "int64"}
    assert "<script>" not in body.replace("\\<script\\>", "")
    tables = [line for line in body.splitlines() if line.startswith("|")]
    widths = {line.replace("\\|", "").count("|") for line in tables}
    assert widths <= {3, 4, 5, 6, 7}
    assert body.count("\n---\n") == 0


@given(st.text(), st.sampled_from("\\`*_[]<>|~&$"))
def test_escaping_leaves_no_sign_alone(text: str, sign: str) -> None:
    """Every sign that Markdown reads stands behind a backslash, on one line."""
    escaped = escape_markdown(text + sign + text)
    assert len(escaped.splitlines()) == 1
    bare = escaped.replace("\\\\", "")
    assert sign == "\\" or sign not in bare.replace("\\" + sign, "")


@pytest.mark.parametrize("text", ["# x", "- x", "1. x", "> x", "= x", "+ x"])
def test_a_line_does_not_begin_a_block(text: str) -> None:
    """What would begin a heading, a list or a quotation does not."""
    assert "\\" in escape_markdown(text)


def test_empty_splits_are_left_out_where_another_has_rows() -> None:
    """``datasets`` cannot load a config of which a listed split is empty."""
    assert listed_splits({"train": 3, "test": 0}) == ["train"]
    assert listed_splits({"train": 0, "test": 0}) == ["train", "test"]
