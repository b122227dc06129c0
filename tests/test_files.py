"""Files and directories are replaced whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.errors import SourceError
from corpus.files import atomic_directory, atomic_write, schema_text, sha256_file


def listing(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_failed_write_leaves_the_old_file_alone(tmp_path: Path) -> None:
    """Whatever happens while writing, the old bytes stay and no temporary file is left."""
    target = tmp_path / "a.txt"
    target.write_text("old", "utf-8")
    with pytest.raises(RuntimeError), atomic_write(target) as stream:
        stream.write(b"half of the new")
        raise RuntimeError
    assert target.read_text("utf-8") == "old"
    assert listing(tmp_path) == ["a.txt"]


def test_a_failed_tree_leaves_the_old_one_alone(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "a.txt").write_text("old", "utf-8")
    with pytest.raises(RuntimeError), atomic_directory(tmp_path / "d") as folder:
        (folder / "a.txt").write_text("new", "utf-8")
        raise RuntimeError
    assert (tmp_path / "d" / "a.txt").read_text("utf-8") == "old"
    assert listing(tmp_path) == ["d"]


@pytest.mark.parametrize("change", ["nothing", "bytes", "one more", "one less", "a link"])
def test_a_tree_is_replaced_only_if_it_differs(tmp_path: Path, change: str) -> None:
    """The same files with the same bytes keep even their time stamps; any other tree takes the place."""
    old = tmp_path / "d"
    (old / "sub").mkdir(parents=True)
    (old / "sub" / "a.txt").write_text("same", "utf-8")
    if change == "a link":
        (old / "sub" / "a.txt").rename(tmp_path / "elsewhere.txt")
        (old / "sub" / "a.txt").symlink_to(tmp_path / "elsewhere.txt")
    before = old.stat().st_ino
    with atomic_directory(old) as folder:
        (folder / "sub").mkdir()
        if change != "one less":
            (folder / "sub" / "a.txt").write_text("same" if change != "bytes" else "else", "utf-8")
        if change == "one more":
            (folder / "b.txt").write_text("", "utf-8")
    assert (old.stat().st_ino == before) == (change == "nothing")
    assert not [name for name in listing(tmp_path) if name.startswith(".")]


def test_a_hash_is_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "e").write_bytes(b"")
    assert sha256_file(tmp_path / "e").startswith("e3b0c44298fc1c14")


def test_a_missing_schema_file_is_a_sentence() -> None:
    with pytest.raises(SourceError, match=r"no-such\.toml"):
        schema_text("no-such.toml")
