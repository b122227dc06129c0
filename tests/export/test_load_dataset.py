"""The real ``datasets`` opens what we write: every config, streaming or not, and never a stale cache."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import datasets
import pyarrow as pa
import pytest

from corpus.export.dataset import write_dataset
from corpus.export.features import features
from corpus.export.store import BuiltDataset
from corpus.model.tables import CONFIGS, tables_of

Load = Callable[..., Any]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Return ``load_dataset`` with a cache of this test's own; it must not warn of the card."""
    datasets.disable_progress_bars()
    warned: list[str] = []
    for name in (
        "datasets.info",
        "datasets.builder",
        "datasets.load",
        "datasets.utils.metadata",
        "datasets.splits",
    ):
        monkeypatch.setattr(datasets.logging.get_logger(name), "warning", lambda text, *_: warned.append(str(text)))

    def load_dataset(*args: Any, **options: Any) -> Any:
        loaded = datasets.load_dataset(*args, cache_dir=str(tmp_path / "cache"), **options)
        assert warned == []
        return loaded

    return load_dataset


def with_numbers(directory: Path, config: str, split: str) -> list[dict[str, Any]]:
    return BuiltDataset.open(directory).table(config, split).to_pylist()


def test_the_default_config_is_documents(built: Path, load: Load) -> None:
    loaded = load(str(built))
    assert {split: part["doc_id"][:] for split, part in loaded.items()} == {
        "train": ["empty", "harbour"],
        "test": ["rain"],
    }
    assert loaded["train"].info.version == datasets.Version("0.0.0")


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize("streaming", [False, True])
def test_every_config_gives_the_rows_that_were_written(
    made: ModuleType, built: Path, load: Load, config: str, streaming: bool
) -> None:
    """Values, nested lists, nulls and features are those of the files; labels know their names."""
    loaded = load(str(built), config, streaming=streaming)
    wanted = BuiltDataset.open(built).manifest.configs[config].rows
    assert set(loaded) == {split for split, rows in wanted.items() if rows}
    for split, part in loaded.items():
        assert list(part) == with_numbers(built, config, split)
        assert part.features == features(tables_of(made.SCHEME)[config])


def test_labels_have_names(built: Path, load: Load) -> None:
    """A number becomes its name through the feature; "not given" is None."""
    claims = load(str(built), "claims", split="train")
    claim = claims[0]
    assert claims.features["speech"].int2str(claim["speech"]) == "indirect"
    assert claim["check"] is None
    words = "The harbour will open again on May 3"
    start = load(str(built), split="train")[1]["text"].index(words)
    assert claim["spans"] == [{"start": start, "end": start + len(words)}]
    entities = load(str(built), "entities", split="train")
    assert entities.features["label"].int2str(entities["label"][:]) == ["PER", "GPE"]


def test_a_config_without_rows_streams_and_has_its_features(made: ModuleType, tmp_path: Path, load: Load) -> None:
    """Before anything is annotated, ``claims`` is there, with no row.

    Without streaming ``datasets`` 5.2 refuses any split without rows (its pull request 8401); the day it does
    not, the last lines fail and the card's note can go.
    """
    rows = made.make_rows() | {"entities": [], "claims": [], "sources": []}
    write_dataset(tmp_path / "plain", made.make_content(rows))
    assert load(str(tmp_path / "plain")).num_rows == {"train": 2, "test": 1}
    for config in ("entities", "claims", "sources"):
        stream = load(str(tmp_path / "plain"), config, streaming=True)
        assert {split: list(part) for split, part in stream.items()} == {"train": [], "test": []}
        assert stream["train"].features == features(tables_of(made.SCHEME)[config])
    with pytest.raises(ValueError, match="corresponds to no data"):
        load(str(tmp_path / "plain"), "claims")


def test_carried_columns_load(made: ModuleType, tmp_path: Path, load: Load) -> None:
    """Columns from the input, nested ones too, are features like the others."""
    rows = made.make_rows()
    for number, row in enumerate(rows["documents"]):
        row |= {"topic: a|b": "sea", "votes": [{"n": number}], "when": None}
    extra = {
        "topic: a|b": pa.string(),
        "votes": pa.list_(pa.struct([("n", pa.int64())])),
        "when": pa.timestamp("us", "UTC"),
    }
    write_dataset(tmp_path / "d", made.make_content(rows, extra))
    for streaming in (False, True):
        row = next(iter(load(str(tmp_path / "d"), split="test", streaming=streaming)))
        assert (row["topic: a|b"], row["votes"], row["when"]) == ("sea", [{"n": 1}], None)


def test_shards_load_in_order(
    made: ModuleType, tmp_path: Path, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpus.export.dataset.SHARD_BYTES", 300)
    write_dataset(tmp_path / "d", made.make_content())
    assert len(list((tmp_path / "d" / "blocks").glob("train-*"))) > 2
    assert list(load(str(tmp_path / "d"), "blocks", split="train")) == with_numbers(
        tmp_path / "d", "blocks", "train"
    )


def change_text(rows: Any) -> None:
    rows["documents"][0]["publisher"] = "Another Tide"


def change_label(rows: Any) -> None:
    rows["entities"][0]["label"] = "MISC"


def swap_splits(rows: Any) -> None:
    """Keep every count and change who is where."""
    rows["documents"][1]["split"], rows["documents"][2]["split"] = "train", "test"


@pytest.mark.parametrize("change", [change_text, change_label, swap_splits])
def test_a_rebuilt_directory_is_never_served_stale(
    made: ModuleType, built: Path, load: Load, change: Callable[[Any], None]
) -> None:
    """Same cache, same path, same counts, other rows: every config gives the new ones."""

    def everything() -> dict[str, Any]:
        return {
            config: {split: list(part) for split, part in load(str(built), config).items()} for config in CONFIGS
        }

    first = everything()
    rows = made.make_rows()
    change(rows)
    write_dataset(built, made.make_content(rows))
    second = everything()
    assert second != first
    for config, splits in second.items():
        for split, got in splits.items():
            assert got == with_numbers(built, config, split)


def test_two_directories_of_one_name_do_not_mix(made: ModuleType, tmp_path: Path, load: Load) -> None:
    """The cache knows a directory by its last name only; other rows must not come from it."""
    rows = made.make_rows()
    change_label(rows)
    write_dataset(tmp_path / "a" / "tide", made.make_content())
    write_dataset(tmp_path / "b" / "tide", made.make_content(rows))
    labels = [load(str(tmp_path / name / "tide"), "entities", split="train")["label"][:] for name in "aba"]
    assert labels[0] == labels[2] != labels[1]


def test_a_label_keeps_its_number_when_one_is_appended(made: ModuleType, built: Path, load: Load) -> None:
    """Features with another label list are read anew, though rows and counts are the same."""
    load(str(built), "entities", split="train")
    ship = 'label = "SHIP"\nhotkey = "7"\ncolour = "#123456"\nmeaning = "A ship"\nexample = "Titanic"\n'
    text = made.SCHEME_TOML.replace("[[spans]]", f"[[entities]]\n{ship}\n[[spans]]", 1)
    content = made.make_content()
    scheme = type(content.scheme).from_toml(text)
    write_dataset(built, type(content)(**{**fields_of(content), "scheme": scheme, "scheme_toml": text}))
    assert load(str(built), "entities", split="train").features["label"].names[-1] == "SHIP"


def fields_of(content: Any) -> dict[str, Any]:
    return {name: getattr(content, name) for name in content.__dataclass_fields__}


def test_a_single_file_names_its_labels(built: Path) -> None:
    """A file alone, without the card, has its features in its metadata.

    ``datasets`` itself takes them for columns that may be null; of the others it sees the numbers.
    """
    import pyarrow.parquet as pq

    schema = pq.read_schema(built / "claims" / "train-00000-of-00001.parquet")
    stored = json.loads(schema.metadata[b"huggingface"])
    assert stored["info"]["features"]["placement"]["names"] == ["exact", "shrunk", "none"]
    assert datasets.Features.from_arrow_schema(schema)["speech"].names[:2] == ["direct", "mixed"]
