"""What was written is read back: rows, documents, blocks; what is no dataset is refused in a sentence."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pytest

from corpus.errors import DataError, UsageError
from corpus.export.dataset import write_dataset
from corpus.export.store import BuiltDataset, by_document
from corpus.model.document import sha256_text
from corpus.model.roles import Reason, Role
from corpus.model.tables import CONFIGS, tables_of


def test_rows_come_back_as_they_were(made: ModuleType, built: Path) -> None:
    """With labels by name, in key order, every config."""
    dataset = BuiltDataset.open(built)
    assert dataset.scheme == made.SCHEME
    assert dataset.scheme_toml == made.SCHEME_TOML
    for config, rows in made.make_rows().items():
        key = tables_of(made.SCHEME)[config].key
        assert list(dataset.rows(config)) == sorted(rows, key=lambda row: tuple(row[name] for name in key))


def test_tables_hold_numbers(built: Path) -> None:
    """``table`` gives the files' own types: labels as int64; one split or all."""
    dataset = BuiltDataset.open(str(built))
    assert dataset.table("blocks").schema.field("role").type == pa.int64()
    assert dataset.table("documents", "test").num_rows == 1
    with pytest.raises(UsageError, match="no split 'dev'"):
        dataset.table("documents", "dev")
    with pytest.raises(UsageError, match="no config 'nothing'; choose one of documents, blocks"):
        dataset.table("nothing")


def test_documents_come_with_blocks_and_anchor_text(built: Path) -> None:
    """Their projections are their texts; one by its id equals the one in the stream."""
    dataset = BuiltDataset.open(built)
    documents = {document.doc_id: document for document in dataset.documents()}
    assert list(documents) == ["empty", "harbour", "rain"]
    for document in documents.values():
        assert document.projection().text == document.text
        assert sha256_text(document.raw_text) == document.anchor_sha256
        assert dataset.document(document.doc_id) == document
    harbour = documents["harbour"]
    assert harbour.authors == ("Ana Ruiz",)
    assert harbour.published_precision == "day"
    assert harbour.blocks[0].role is Role.TITLE
    assert harbour.blocks[0].reason is Reason.HEADLINE
    assert harbour.evidence[0].kind == "text span"
    with pytest.raises(UsageError, match="no document 'nobody'"):
        dataset.document("nobody")


def test_the_present_anchor_text_is_chosen(made: ModuleType, tmp_path: Path) -> None:
    """Older revisions in ``raw`` do not disturb."""
    rows = made.make_rows()
    old = {**rows["raw"][0], "text": "older", "anchor_sha256": sha256_text("older")}
    rows["raw"][0]["revision"] = 2
    rows["raw"].append(old)
    write_dataset(tmp_path / "d", made.make_content(rows))
    dataset = BuiltDataset.open(tmp_path / "d")
    assert dataset.document("harbour").raw_text != "older"
    rows["raw"][0]["text"], rows["raw"][0]["anchor_sha256"] = "other", sha256_text("other")
    write_dataset(tmp_path / "d", made.make_content(rows))
    with pytest.raises(DataError, match="'harbour': its anchor text is not in `raw`"):
        list(BuiltDataset.open(tmp_path / "d").documents())


def test_carried_columns_are_read(made: ModuleType, tmp_path: Path) -> None:
    """They stand after the model's own columns and do not disturb documents."""
    rows = made.make_rows()
    for number, row in enumerate(rows["documents"]):
        row |= {"topic": None if number else "sea", "votes": [number]}
    extra = {"topic": pa.large_string(), "votes": pa.list_(pa.int64())}
    write_dataset(tmp_path / "d", made.make_content(rows, extra))
    dataset = BuiltDataset.open(tmp_path / "d")
    assert dataset.table("documents").schema.names[-2:] == ["topic", "votes"]
    assert {row["topic"] for row in dataset.rows("documents")} == {"sea", None}
    assert len(list(dataset.documents())) == 3


def test_what_is_no_dataset_is_refused(tmp_path: Path, built: Path) -> None:
    with pytest.raises(UsageError, match="There is no directory"):
        BuiltDataset.open(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="There is no directory"):
        BuiltDataset.open(built / "README.md")
    with pytest.raises(UsageError, match=r"it has no manifest\.json"):
        BuiltDataset.open(tmp_path)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "is not valid JSON"),
        ("[" * 100_000, "is not valid JSON"),
        ("[]", "at the whole"),
        ('{"manifest_version": 99}', "newer than the 1 .*upgrade newscorpus"),
        ('{"manifest_version": 1}', "at name: Field required"),
        ("\udcff", "cannot be read"),
    ],
)
def test_a_bad_manifest_is_one_sentence(built: Path, text: str, told: str) -> None:
    (built / "manifest.json").write_text(text, "utf-8", errors="surrogateescape")
    with pytest.raises(DataError, match=told) as caught:
        BuiltDataset.open(built)
    assert "\n" not in str(caught.value)


def test_missing_and_foreign_files_are_named(built: Path) -> None:
    """A file that the manifest names must be there, and inside."""
    manifest = json.loads((built / "manifest.json").read_text("utf-8"))
    manifest["files"]["../outside.parquet"] = "0" * 64
    (built.parent / "outside.parquet").write_text("")
    (built / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(DataError, match=r"lacks the file '\.\./outside\.parquet'"):
        BuiltDataset.open(built)
    (built / "blocks" / "test-00000-of-00001.parquet").unlink()
    with pytest.raises(DataError, match=r"lacks the file 'blocks/test-00000-of-00001\.parquet'"):
        BuiltDataset.open(built)


def test_another_scheme_is_refused(built: Path) -> None:
    text = (built / "scheme.toml").read_text("utf-8")
    (built / "scheme.toml").write_text(text.replace('name = "news-ec"', 'name = "other-ec"'), "utf-8")
    with pytest.raises(DataError, match=r"other-ec .* but the manifest names news-ec"):
        BuiltDataset.open(built)


def test_damaged_rows_are_one_sentence(built: Path) -> None:
    for config in CONFIGS:
        (built / config / "train-00000-of-00001.parquet").write_bytes(b"PAR1 no PAR1")
        with pytest.raises(DataError, match="cannot be read as Parquet"):
            list(BuiltDataset.open(built).rows(config))


def test_rows_are_taken_document_by_document() -> None:
    """Documents without rows get none; rows of others are passed over."""
    rows = [{"doc_id": i, "n": n} for i, n in (("a", 0), ("b", 1), ("b", 2), ("d", 3))]
    take = by_document(iter(rows))
    assert [[row["n"] for row in take(name)] for name in ("", "b", "c", "d", "e")] == [[], [1, 2], [], [3], []]
