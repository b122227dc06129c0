"""Verification holds the files of a dataset against its manifest, its sums and its card, and one another."""

from __future__ import annotations

import copy
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.errors import UsageError
from corpus.export.dataset import tree_hashes, write_dataset
from corpus.export.layout import sums_bytes
from corpus.export.parquet import open_writer, read_parquet
from corpus.model.tables import BLOCKS
from corpus.releases.release import make_release
from corpus.releases.verification import verify


def seal(directory: Path) -> None:
    """Make the manifest and the sums true again, so that only what the data say is wrong."""
    path = directory / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    manifest["files"] = {
        name: digest
        for name, digest in tree_hashes(directory).items()
        if name not in ("manifest.json", "SHA256SUMS")
    }
    path.write_text(json.dumps(manifest, indent=2), "utf-8")
    sums = {name: digest for name, digest in tree_hashes(directory).items() if name != "SHA256SUMS"}
    (directory / "SHA256SUMS").write_bytes(sums_bytes(sums))


def found(directory: Path) -> list[tuple[str, str]]:
    return [(finding.code, finding.place) for finding in verify(directory)]


def rewritten(directory: Path, name: str, change: Callable[[pa.Table], pa.Table]) -> None:
    """Change a Parquet file's table, keeping its metadata."""
    path = directory / f"{name}-00000-of-00001.parquet"
    data = change(read_parquet(path))
    with open_writer(path, data.schema) as writer:
        writer.write_table(data)


def with_cell(data: pa.Table, column: str, row: int, value: Any) -> pa.Table:
    index = data.schema.get_field_index(column)
    values = data.column(column).to_pylist()
    values[row] = value
    return data.set_column(index, data.schema.field(index), pa.array(values, data.schema.field(index).type))


@pytest.mark.parametrize(
    ("name", "change", "code", "place"),
    [
        ("blocks/train", lambda t: with_cell(t, "role", 2, 99), "label", "blocks/train row 2 column role"),
        ("claims/train", lambda t: with_cell(t, "kind", 0, -1), "label", "claims/train row 0 column kind"),
        ("blocks/train", lambda t: t.take(list(range(len(t)))[::-1]), "order", "blocks/train row 0 column doc_id"),
        ("blocks/train", lambda t: pa.concat_tables([t, t.slice(11, 1)]), "duplicate-key", "blocks"),
        ("blocks/train", lambda t: t.slice(1), "rows", "blocks"),
        ("documents/train", lambda t: with_cell(t, "site", 0, "x"), "content", "documents"),
        (
            "documents/train",
            lambda t: with_cell(t, "split", 0, "test"),
            "split",
            "documents/train row 0 column split",
        ),
        ("documents/test", lambda t: with_cell(t, "doc_id", 0, "harbour"), "duplicate-key", "documents"),
        (
            "entities/test",
            lambda t: with_cell(t, "doc_id", 0, "x"),
            "unknown-document",
            "entities/test row 0 column doc_id",
        ),
        (
            "entities/test",
            lambda t: with_cell(t, "doc_id", 0, "harbour"),
            "split",
            "entities/test row 0 column doc_id",
        ),
        ("raw/train", lambda t: t.drop_columns(["decoder"]), "schema", "raw/train-00000-of-00001.parquet"),
        ("raw/train", lambda t: t.select(t.schema.names[::-1]), "schema", "raw/train-00000-of-00001.parquet"),
        (
            "raw/train",
            lambda t: t.append_column("x", t.column("text")),
            "parquet",
            "raw/train-00000-of-00001.parquet",
        ),
        (
            "blocks/train",
            lambda t: t.set_column(
                3, pa.field("start", pa.int64(), nullable=False), t.column("start").cast(pa.int64())
            ),
            "schema",
            "blocks/train-00000-of-00001.parquet",
        ),
        (
            "blocks/train",
            lambda t: t.set_column(5, pa.field("text", pa.large_string()), t.column("text")),
            "schema",
            "blocks/train-00000-of-00001.parquet",
        ),
    ],
)
def test_a_changed_table_is_found(
    built: Path, name: str, change: Callable[[pa.Table], pa.Table], code: str, place: str
) -> None:
    """With hashes that no longer fit, and with hashes made to fit again."""
    rewritten(built, name, change)
    changed = f"{name}-00000-of-00001.parquet"
    assert {("changed-file", changed), (code, place)} <= set(found(built))
    seal(built)
    assert ("changed-file", changed) not in found(built)
    assert (code, place) in found(built)


def test_other_features_in_a_file_are_found(built: Path) -> None:
    """The label names in a file's own metadata must be the model's."""
    path = built / "entities" / "train-00000-of-00001.parquet"
    data = pq.read_table(path)
    metadata = {b"huggingface": data.schema.metadata[b"huggingface"].replace(b"PER", b"ORG")}
    with open_writer(path, data.schema.with_metadata(metadata)) as writer:
        writer.write_table(data)
    seal(built)
    assert found(built) == [("schema", "entities/train-00000-of-00001.parquet")]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("  version: 0.0.0\n  features", "  version: 9.9.9\n  features", "dataset_info.documents.version"),
        ("  version: 0.0.0\n  default", "  version: 9.9.9\n  default", "configs.documents.version"),
        ("num_examples: 2", "num_examples: 3", "dataset_info.documents.splits"),
        ("documents/train-*", "documents/*", "configs.documents.data_files"),
        ("'0': PER", "'0': PERSON", "dataset_info.entities.features"),
        ("license: other", "license: mit", "license must be 'other', got 'mit'"),
        ("- config_name: raw", "- config_name: war", "configs.config_name"),
        ("  description: 'Rows", "  description: 'Lines", None),
        ("dataset_info:", "dataset_info: 3\nx:", "dataset_info must be a list"),
        ("license: other", "license: [", "YAML cannot be read"),
        ("license: other", "license: 2024-99-99", "YAML cannot be read"),
        ("license: other", "license: " + "[" * 5000, "YAML cannot be read"),
        ("license: other", "license: &a [*a]", "it has an alias"),
        ("---\n", "--\n", "YAML cannot be read"),
    ],
)
def test_a_false_card_is_found(built: Path, old: str, new: str, told: str | None) -> None:
    """What the YAML says is held against manifest and files, even where the hashes fit."""
    text = (built / "README.md").read_text("utf-8")
    assert old in text
    (built / "README.md").write_text(text.replace(old, new, 1), "utf-8")
    seal(built)
    messages = [finding.message for finding in verify(built) if finding.code == "card"]
    assert messages == [] if told is None else any(told in message for message in messages)


def test_files_are_held_against_manifest_and_sums(built: Path, tmp_path: Path) -> None:
    """Missing, extra and changed files; links and pipes; each by name."""
    (built / "blocks" / "test-00000-of-00001.parquet").unlink()
    (built / "claims" / "notes.txt").write_text("mine")
    (built / "scheme.toml").write_text((built / "scheme.toml").read_text("utf-8") + "\n", "utf-8")
    (tmp_path / "outside").write_text("secret")
    (built / "link").symlink_to(tmp_path / "outside")
    (built / "folder").symlink_to(tmp_path)
    os.mkfifo(built / "pipe")
    assert {
        ("missing-file", "blocks/test-00000-of-00001.parquet"),
        ("extra-file", "claims/notes.txt"),
        ("changed-file", "scheme.toml"),
        ("link", "link"),
        ("link", "folder"),
        ("not-a-file", "pipe"),
    } <= set(found(built))


@pytest.mark.parametrize(
    "name", ["manifest.json", "README.md", "scheme.toml", "SHA256SUMS", "raw/test-00000-of-00001.parquet"]
)
@pytest.mark.parametrize("kind", ["gone", "empty", "bytes", "link", "folder", "pipe"])
def test_any_file_may_be_anything(built: Path, tmp_path: Path, name: str, kind: str) -> None:
    """A file that is gone, empty, no text, a link out, a directory or a pipe: findings, no exception, no hang."""
    path = built / name
    moved = tmp_path / "moved"
    path.rename(moved)
    if kind == "empty":
        path.touch()
    elif kind == "bytes":
        path.write_bytes(bytes(range(256)))
    elif kind == "link":
        path.symlink_to(moved)
    elif kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    findings = verify(built)
    assert any(name in finding.place for finding in findings)


def test_a_name_that_is_no_text_can_be_reported(built: Path) -> None:
    """A file name of arbitrary bytes becomes a place that can be printed."""
    (built / os.fsdecode(b"caf\xe9")).touch()
    places = [finding.place for finding in verify(built)]
    assert "caf\\udce9" in places
    "".join(places).encode("utf-8")


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda text: text.replace("  ", " ", 1), "SHA256SUMS:1"),
        (lambda text: text + text.splitlines()[0] + "\n", "SHA256SUMS:18"),
        (lambda text: "\n".join(reversed(text.splitlines())) + "\n", "SHA256SUMS"),
        (lambda text: text[:-1], "SHA256SUMS"),
        (lambda text: text.replace("README.md", "../README.md"), "../README.md"),
    ],
)
def test_false_sums_are_found_by_line(built: Path, change: Callable[[str], str], place: str) -> None:
    path = built / "SHA256SUMS"
    path.write_text(change(path.read_text()))
    assert place in [finding.place for finding in verify(built)]


def test_a_manifest_that_lies_is_found(built: Path) -> None:
    """Counts, hashes, names and configs of the manifest are held against the data."""
    path = built / "manifest.json"
    sound = json.loads(path.read_text("utf-8"))
    for change, code in (
        (lambda m: m["configs"]["raw"]["rows"].update(train=7), "rows"),
        (lambda m: m["configs"]["raw"].update(content_sha256="0" * 64), "content"),
        (lambda m: m["configs"].pop("raw"), "manifest"),
        (lambda m: m["configs"].update(more=m["configs"]["raw"]), "manifest"),
        (lambda m: m.update(scheme_version="2.0.0"), "scheme"),
        (lambda m: m.update(version="1.0.0"), "card"),
        (lambda m: m.update(manifest_version=2), "manifest"),
    ):
        manifest = copy.deepcopy(sound)
        change(manifest)
        path.write_text(json.dumps(manifest), "utf-8")
        seal(built)
        assert code in [finding.code for finding in verify(built)]


def test_no_directory_is_a_wrong_call(tmp_path: Path, built: Path) -> None:
    for path in (tmp_path / "nowhere", built / "README.md"):
        with pytest.raises(UsageError, match="There is no directory"):
            verify(path)
    (tmp_path / "empty").mkdir()
    assert [finding.code for finding in verify(tmp_path / "empty")] == ["no-manifest", "missing-file"]


def test_verifying_changes_nothing(built: Path) -> None:
    before = subprocess.run(["ls", "-laR", "--full-time"], cwd=built, capture_output=True, check=True).stdout
    verify(built)
    assert (
        subprocess.run(["ls", "-laR", "--full-time"], cwd=built, capture_output=True, check=True).stdout == before
    )


def test_a_missing_shard_is_found(made: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the manifest was made to fit: the names say how many there are."""
    monkeypatch.setattr("corpus.export.dataset.SHARD_BYTES", 300)
    write_dataset(tmp_path / "d", made.make_content())
    last = sorted((tmp_path / "d" / "blocks").glob("train-*"))[-1]
    last.unlink()
    seal(tmp_path / "d")
    assert ("shards", f"blocks/{last.name.replace(last.name[6:11], '00000', 1)}") in found(tmp_path / "d")


def test_a_config_without_files_is_found(built: Path) -> None:
    """Also where manifest and sums were made to fit; an empty config has an empty file."""
    shutil.rmtree(built / "claims")
    seal(built)
    assert ("no-files", "claims") in found(built)


def test_data_written_before_there_were_views_stay_sound(
    made: ModuleType, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their manifest has no word of views; one that says that there are none, or has files of them, is wrong."""

    def without_views(directory: Path) -> None:
        manifest = json.loads((directory / "manifest.json").read_text("utf-8"))
        del manifest["views"]
        (directory / "manifest.json").write_text(json.dumps(manifest), "utf-8")
        seal(directory)

    without_views(built)
    assert ("manifest", "manifest.json") in found(built)
    monkeypatch.setattr("corpus.export.dataset.make_views", lambda *_: {})
    write_dataset(tmp_path / "older", made.make_content())
    assert found(tmp_path / "older") == [("manifest", "manifest.json")]
    without_views(tmp_path / "older")
    assert verify(tmp_path / "older") == []


def test_data_written_before_a_label_was_appended_stay_sound(
    made: ModuleType, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build of an older toolkit, whose list of reasons was shorter, is still sound and can be released."""
    older = replace(BLOCKS, labels={**BLOCKS.labels, "reason": BLOCKS.labels["reason"][:-1]})
    monkeypatch.setattr("corpus.model.tables.BLOCKS", older)
    write_dataset(built, made.make_content())
    monkeypatch.undo()
    assert verify(built) == []
    release = make_release(built, tmp_path / "out", "1.0.0")
    assert verify(release) == []
    last = len(BLOCKS.labels["reason"]) - 1
    assert f"'{last}': {BLOCKS.labels['reason'][-1]}" not in (release / "README.md").read_text("utf-8")
    other = replace(BLOCKS, labels={**BLOCKS.labels, "reason": BLOCKS.labels["reason"][::-1]})
    monkeypatch.setattr("corpus.model.tables.BLOCKS", other)
    assert ("schema", "blocks/train-00000-of-00001.parquet") in found(built)


def test_a_damaged_page_of_a_view_is_told_at_its_file(built: Path) -> None:
    """Its first bytes and its end say that all is well."""
    name = "ner/test-00000-of-00001.parquet"
    column = pq.ParquetFile(built / name).metadata.row_group(0).column(5)
    data = bytearray((built / name).read_bytes())
    data[(column.dictionary_page_offset or column.data_page_offset) + 30] ^= 0xFF
    (built / name).write_bytes(data)
    seal(built)
    assert found(built) == [("parquet", name)]
