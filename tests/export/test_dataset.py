"""Writing a dataset: all or nothing, the same bytes each time, and nothing else destroyed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.errors import DataError, UsageError
from corpus.export.dataset import tree_hashes, write_dataset, write_manifest
from corpus.export.store import BuiltDataset
from corpus.model.tables import CONFIGS


def test_rebuilding_gives_the_same_bytes(made: ModuleType, built: Path, tmp_path: Path) -> None:
    """In place or elsewhere, rows in another order or not."""
    before = tree_hashes(built)
    write_dataset(built, made.make_content())
    assert tree_hashes(built) == before
    rows = {name: part[::-1] for name, part in made.make_rows().items()}
    write_dataset(tmp_path / "deep" / "er", made.make_content(rows))
    assert tree_hashes(tmp_path / "deep" / "er") == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_the_layout_is_the_promised_one(built: Path) -> None:
    """A file for each config and split, the card, the manifest, the scheme, the sums."""
    shards = {
        f"{config}/{split}-00000-of-00001.parquet" for config in (*CONFIGS, "ner") for split in ("train", "test")
    }
    assert set(tree_hashes(built)) == {"README.md", "manifest.json", "scheme.toml", "SHA256SUMS", *shards}
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=built, check=True)


def test_the_manifest_names_inputs_versions_counts_and_findings(built: Path) -> None:
    """And nothing of this machine or this hour."""
    text = (built / "manifest.json").read_text("utf-8")
    manifest = json.loads(text)
    assert manifest["inputs"][0]["path"] == "harbour.txt"
    assert manifest["tool"]["pyarrow"] == pa.__version__
    assert manifest["configs"]["claims"]["rows"] == {"train": 1, "test": 0}
    assert manifest["findings"][0]["place"] == "rain.txt:3"
    assert manifest["notes"] == ["One annotator, one pass; a | pipe and <b>."]
    assert manifest["version"] is manifest["date"] is None
    assert str(built.parent) not in text


def test_only_the_changed_config_changes(made: ModuleType, built: Path) -> None:
    """Another label leaves all files as they were but those of its config and of what is made from it."""
    before = tree_hashes(built)
    rows = made.make_rows()
    rows["entities"][0]["label"] = "MISC"
    write_dataset(built, made.make_content(rows))
    after = tree_hashes(built)
    changed = {name for name in after if after[name] != before[name]}
    made_new = {f"{config}/train-00000-of-00001.parquet" for config in ("entities", "ner")}
    assert changed == {"README.md", "SHA256SUMS", "manifest.json", *made_new}


def test_rows_follow_their_document(built: Path) -> None:
    """A row of any config lies in the split of its document."""
    for config in CONFIGS:
        for split, ids in (("train", {"harbour", "empty"}), ("test", {"rain"})):
            data = pq.read_table(built / config / f"{split}-00000-of-00001.parquet")
            assert set(data.column("doc_id").to_pylist()) <= ids


def test_no_documents_are_a_dataset_too(made: ModuleType, tmp_path: Path) -> None:
    """It has the split ``train``, without rows."""
    manifest = write_dataset(tmp_path / "d", made.make_content({name: [] for name in CONFIGS}))
    assert {name: config.rows for name, config in manifest.configs.items()} == {
        name: {"train": 0} for name in CONFIGS
    }
    assert list(BuiltDataset.open(tmp_path / "d").documents()) == []


def test_large_splits_are_sharded(made: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a fixed number of bytes; the rows come back in order."""
    monkeypatch.setattr("corpus.export.dataset.SHARD_BYTES", 300)
    write_dataset(tmp_path / "d", made.make_content())
    names = sorted(path.name for path in (tmp_path / "d" / "blocks").glob("train-*"))
    assert len(names) > 2
    assert names == [f"train-{i:05d}-of-{len(names):05d}.parquet" for i in range(len(names))]
    write_dataset(tmp_path / "e", made.make_content())
    monkeypatch.undo()
    write_dataset(tmp_path / "f", made.make_content())
    one, other = (list(BuiltDataset.open(tmp_path / name).rows("blocks")) for name in "df")
    assert one == other
    assert tree_hashes(tmp_path / "d") == tree_hashes(tmp_path / "e")


@pytest.mark.parametrize("held", ["notes.txt", "manifest.json", "manifest.json:{}", "README.md"])
def test_a_directory_of_something_else_is_left_alone(made: ModuleType, tmp_path: Path, held: str) -> None:
    """Only an empty directory or an older build is replaced."""
    name, _, text = held.partition(":")
    (tmp_path / name).write_text(text or "mine")
    with pytest.raises(UsageError, match="holds no dataset built here"):
        write_dataset(tmp_path, made.make_content())
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_build_with_a_foreign_file_is_left_alone(made: ModuleType, built: Path) -> None:
    """What somebody put beside the data is not deleted."""
    (built / "my-notes.txt").write_text("mine")
    with pytest.raises(UsageError, match=r"'my-notes\.txt'"):
        write_dataset(built, made.make_content())
    assert (built / "my-notes.txt").exists()


def test_what_macos_puts_into_a_folder_keeps_no_build_from_it(made: ModuleType, built: Path) -> None:
    (built / ".DS_Store").write_bytes(b"Bud1")
    write_dataset(built, made.make_content())
    assert not (built / ".DS_Store").exists()


def test_a_release_or_a_file_is_not_replaced(made: ModuleType, tmp_path: Path) -> None:
    manifest = write_dataset(tmp_path / "r", made.make_content())
    write_manifest(tmp_path / "r", manifest.model_copy(update={"version": "1.0.0"}))
    with pytest.raises(UsageError, match="is a release"):
        write_dataset(tmp_path / "r", made.make_content())
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="is a file"):
        write_dataset(tmp_path / "file", made.make_content())


def test_a_link_to_the_directory_stays_a_link(made: ModuleType, built: Path, tmp_path: Path) -> None:
    """Building through a link replaces what it points to."""
    (tmp_path / "link").symlink_to(built)
    write_dataset(tmp_path / "link", replace(made.make_content(), name="other"))
    assert (tmp_path / "link").is_symlink()
    assert BuiltDataset.open(built).manifest.name == "other"


def test_wrong_content_writes_nothing(made: ModuleType, built: Path) -> None:
    """An unknown label, document, split, name or a missing config: the old dataset stays."""
    before = tree_hashes(built)
    rows = made.make_rows()
    rows["entities"][0]["label"] = "PERSON"
    with pytest.raises(DataError, match=r"entities row 0 column label must be one of PER, ORG.*'PERSON'"):
        write_dataset(built, made.make_content(rows))
    rows = made.make_rows()
    rows["sources"][0]["doc_id"] = "nowhere"
    with pytest.raises(DataError, match="'nowhere', which `documents` lacks"):
        write_dataset(built, made.make_content(rows))
    for split in ("all", "tr ain", "../x", ""):
        rows = made.make_rows()
        rows["documents"][0]["split"] = split
        with pytest.raises(DataError, match="a split is named by"):
            write_dataset(built, made.make_content(rows))
    for name in ("", "a/b", "..", "-x", "ä"):
        with pytest.raises(UsageError, match="A dataset's name"):
            write_dataset(built, replace(made.make_content(), name=name))
    tables = {name: data for name, data in made.make_content().tables.items() if name != "raw"}
    with pytest.raises(DataError, match="lacks the config 'raw'"):
        write_dataset(built, replace(made.make_content(), tables=tables))
    assert tree_hashes(built) == before


def test_a_full_disk_leaves_the_old_dataset(made: ModuleType, built: Path) -> None:
    """A write that fails half-way (here: files may not grow beyond 3,000 bytes) changes nothing."""
    before = tree_hashes(built)
    code = (
        "import importlib.util, resource, signal, sys\n"
        f"spec = importlib.util.spec_from_file_location('made', {made.__file__!r})\n"
        "made = sys.modules['made'] = importlib.util.module_from_spec(spec)\n"
        "spec.loader.exec_module(made)\n"
        "from pathlib import Path\n"
        "from corpus.export.dataset import write_dataset\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "rows = made.make_rows()\n"
        "rows['documents'][0]['publisher'] = 'Another'\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))\n"
        f"write_dataset(Path({str(built)!r}), made.make_content(rows))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "OSError" in done.stderr
    assert tree_hashes(built) == before
    assert [path.name for path in built.parent.iterdir()] == [built.name]


def test_surroundings_do_not_matter(made: ModuleType, built: Path, tmp_path: Path) -> None:
    """Another process with another hash seed, locale, time zone and directory writes the same bytes."""
    code = (
        "import importlib.util, sys\n"
        f"spec = importlib.util.spec_from_file_location('made', {made.__file__!r})\n"
        "made = sys.modules['made'] = importlib.util.module_from_spec(spec)\n"
        "spec.loader.exec_module(made)\n"
        "from pathlib import Path\n"
        "from corpus.export.dataset import write_dataset\n"
        "write_dataset(Path('here'), made.make_content())\n"
    )
    surroundings = {
        "PYTHONHASHSEED": "7",
        "LC_ALL": "C",
        "TZ": "Asia/Tokyo",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env={**os.environ, **surroundings}, check=True)
    assert tree_hashes(tmp_path / "here") == tree_hashes(built)
