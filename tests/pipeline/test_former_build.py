"""A build goes on from the one that it replaces; where that cannot be read, it says so and changes nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.cli.app import app
from corpus.cli.rim import run
from corpus.errors import CorpusError, DataError, UsageError
from corpus.export.dataset import tree_hashes
from corpus.export.store import BuiltDataset
from corpus.pipeline.build import BuildOptions, build
from corpus.pipeline.grouping import SplitOptions

TEXTS = ("The quay of Ahlen reopened on Monday, the port said.\n", "The quay of Ahlen stays shut, the port said.\n")


def shard(directory: Path, config: str) -> Path:
    (path,) = (directory / config).glob("*.parquet")
    return path


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def without(path: Path, column: str) -> None:
    pq.write_table(pq.read_table(path).drop_columns([column]), path)


def emptied(path: Path, column: str) -> None:
    data = pq.read_table(path)
    place = data.schema.get_field_index(column)
    nothing = pa.nulls(data.num_rows, data.schema.field(column).type)
    pq.write_table(data.set_column(place, pa.field(column, nothing.type), nothing), path)


def manifest(directory: Path, **said: object) -> None:
    path = directory / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **said}), "utf-8")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A build of which the first text is in its second revision already."""
    (tmp_path / "news").mkdir()
    for number, text in enumerate(TEXTS):
        (tmp_path / "news" / "other.txt").write_text(
            "The ferry sails again on Friday, its operator said.\n", "utf-8"
        )
        (tmp_path / "news" / "quay.txt").write_text(text, "utf-8")
        build([tmp_path / "news"], tmp_path / "out", BuildOptions())
        assert revision(tmp_path / "out") == number + 1
    return tmp_path / "out"


def revision(directory: Path) -> int:
    return max(row["revision"] for row in BuiltDataset.open(directory).rows("raw") if row["doc_id"] == "quay")


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "newer": (lambda out: manifest(out, manifest_version=99), "upgrade newscorpus"),
    "foreign": (lambda out: manifest(out, inputs="none"), "inputs"),
    "cut": (lambda out: cut(shard(out, "raw")), "cannot be read as Parquet"),
    "gone": (lambda out: shutil.rmtree(out / "raw"), "cannot be read as Parquet"),
    "other columns": (lambda out: without(shard(out, "raw"), "revision"), "'revision'"),
    "no files": (lambda out: manifest(out, files={}), "names no file of 'raw'"),
    "empty": (lambda out: emptied(shard(out, "raw"), "revision"), "without 'revision'"),
    "another dataset": (lambda out: shutil.copy(shard(out, "blocks"), shard(out, "raw")), "has not the column"),
    "no Parquet": (lambda out: shard(out, "raw").write_text("id,text\n"), "cannot be read as Parquet"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_what_cannot_be_read_is_told_and_stays(out: Path, damage: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Before anything is read: revisions would begin anew, and older texts go, without a word."""
    spoil, word = DAMAGE[damage]
    spoil(out)
    before = tree_hashes(out)
    (out.parent / "empty").mkdir()
    with pytest.raises(DataError, match="move it away") as raised:
        build([out.parent / "empty"], out, BuildOptions(name="news"))
    assert word in str(raised.value) and str(out) in str(raised.value) and "\n" not in str(raised.value)
    assert run(app, ["build", str(out.parent / "news"), "--out", str(out)]) == 3
    assert "begins anew" in " ".join(capsys.readouterr().err.split())
    assert tree_hashes(out) == before


def test_a_broken_manifest_is_told(out: Path) -> None:
    cut(out / "manifest.json")
    with pytest.raises(UsageError, match=r"manifest\.json is damaged or missing; .*move it away"):
        build([out.parent / "news"], out, BuildOptions())


def test_the_way_out_leads_out(out: Path) -> None:
    cut(shard(out, "raw"))
    out.rename(out.parent / "aside")
    assert not build([out.parent / "news"], out, BuildOptions()).failed
    assert revision(out) == 1


@pytest.mark.parametrize("config", ["documents", "blocks", "entities"])
def test_what_is_made_anew_anyway_may_be_damaged(out: Path, config: str) -> None:
    """Nothing is lost with it, and the build that is damaged is the one that must be built again."""
    cut(shard(out, config))
    assert not build([out.parent / "news"], out, BuildOptions()).failed
    assert revision(out) == 2


def test_a_build_that_knew_fewer_columns_is_gone_on_from(out: Path) -> None:
    """As an older version wrote it: what may be null is null."""
    without(shard(out, "raw"), "retrieved_at")
    (out.parent / "news" / "quay.txt").write_text(TEXTS[0] + "It said so.\n", "utf-8")
    assert not build([out.parent / "news"], out, BuildOptions()).failed
    assert revision(out) == 3


@pytest.mark.parametrize("spoiled", ["documents", "scheme.toml"])
def test_splits_that_cannot_be_gone_on_from_are_told_before_anything_is_read(out: Path, spoiled: str) -> None:
    """A document must not move to another split because nobody could see where it stood."""
    folder = out.parent / "news"
    for number in range(20):
        (folder / f"a{number}.txt").write_text(TEXTS[0].replace("quay", f"pier {number}"), "utf-8")
    options = BuildOptions(splits=SplitOptions({"train": 0.5, "test": 0.5}, by=()))
    build([folder], out, options)
    dealt = pl.read_parquet(out / "documents" / "train-*.parquet")["doc_id"].to_list()
    assert 0 < len(dealt) < 22
    path = out / spoiled if spoiled.endswith("toml") else next((out / spoiled).glob("train*"))
    data = path.read_bytes()
    cut(path)
    (out.parent / "empty").mkdir()
    with pytest.raises(CorpusError, match="in which split a document stands"):
        build([out.parent / "empty"], out, options)
    path.write_bytes(data)
    build([folder], out, options)
    assert pl.read_parquet(out / "documents" / "train-*.parquet")["doc_id"].to_list() == dealt
