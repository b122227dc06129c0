"""What verify says of a damaged build helps: a build over it mends it, or is refused in the same words."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import corpus
from corpus.errors import CorpusError, UsageError

AGAIN = "build it again"
MOVED = "bring it back from a copy, or move it away and build it again"
SPLITS = {"train": 0.5, "test": 0.5}


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sources") / "news"
    folder.mkdir()
    for number in range(6):
        (folder / f"{number}.txt").write_text(f"The port reopened on day {number}.\n", "utf-8")
    return folder


@pytest.fixture(scope="module")
def made(raw: Path) -> Callable[[bool], Path]:
    def made(split: bool) -> Path:
        out = raw.parent / ("split" if split else "whole")
        corpus.build(raw, out, splits=SPLITS if split else None, split_by=())
        return out

    return made


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def written(data: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data)


@pytest.mark.parametrize(
    ("name", "damage", "split", "expected"),
    [
        ("manifest.json", cut, False, MOVED),
        ("manifest.json", Path.unlink, False, MOVED),
        ("manifest.json", written(b"[]"), False, MOVED),
        ("manifest.json", written(b'{"manifest_version": 1}'), False, MOVED),
        ("manifest.json", written(b"\xff\xfe\x00"), False, MOVED),
        ("raw/*.parquet", cut, False, MOVED),
        ("raw/*.parquet", Path.unlink, False, MOVED),
        ("documents/*.parquet", cut, True, MOVED),
        ("documents/*.parquet", cut, False, AGAIN),
        ("documents/*.parquet", Path.unlink, False, AGAIN),
        ("blocks/*.parquet", cut, True, AGAIN),
        ("scheme.toml", Path.unlink, False, AGAIN),
        ("README.md", cut, False, AGAIN),
    ],
)
def test_the_way_out_of_a_damaged_build_works(
    raw: Path,
    made: Callable[[bool], Path],
    tmp_path: Path,
    name: str,
    damage: Callable[[Path], object],
    split: bool,
    expected: str,
) -> None:
    folder = tmp_path / "dataset"
    shutil.copytree(made(split), folder)
    damage(next(iter(sorted(folder.glob(name)))))
    found = corpus.verify(folder)
    assert (found.failed, found.way_out) == (True, expected)
    splits = SPLITS if split else None
    if expected == MOVED:
        with pytest.raises(CorpusError, match=f"(?i){MOVED}[.,]"):
            corpus.build(raw, folder, splits=splits, split_by=())
        folder.rename(tmp_path / "away")
    corpus.build(raw, folder, splits=splits, split_by=())
    assert not corpus.verify(folder).failed


def test_a_folder_of_something_else_is_to_be_left(raw: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", "utf-8")
    with pytest.raises(UsageError, match="holds no dataset built here; name another directory, or empty it"):
        corpus.build(raw, tmp_path)


def test_a_damaged_release_is_not_built_over(raw: Path, made: Callable[[bool], Path], tmp_path: Path) -> None:
    """Its way out is another copy of it."""
    release = corpus.release(made(False), tmp_path).path
    (release / "manifest.json").unlink()
    expected = "fetch it again, or restore it from a copy"
    assert corpus.verify(release).way_out == expected
    with pytest.raises(UsageError, match=f"{expected}\\."):
        corpus.build(raw, release)


@pytest.mark.parametrize(
    ("name", "damage", "told"),
    [
        ("blocks/*.parquet", cut, "not as it had been written"),
        ("documents/*.parquet", Path.unlink, "was missing"),
        ("README.md", written(b"---\n---\n"), "not as it had been written"),
        ("SHA256SUMS", cut, "not as it had been written"),
        ("SHA256SUMS", Path.unlink, "was missing"),
        ("claims", lambda path: (path / "notes.txt").write_text("mine"), "was no file of the build"),
    ],
)
def test_what_a_build_mends_it_tells(
    raw: Path,
    made: Callable[[bool], Path],
    tmp_path: Path,
    name: str,
    damage: Callable[[Path], object],
    told: str,
) -> None:
    """Though the manifest says the same before and after."""
    folder = tmp_path / "dataset"
    shutil.copytree(made(False), folder)
    (found,) = folder.glob(name)
    damage(found)
    place = found.relative_to(folder).as_posix() + ("/notes.txt" if name == "claims" else "")
    report = corpus.build(raw, folder, split_by=())
    (finding,) = report.findings
    assert (report.changed, report.failed, finding.code, finding.place) == (True, False, "mended", place)
    assert told in finding.message
    again = corpus.build(raw, folder, split_by=())
    assert (again.changed, again.findings) == (False, ())


def test_what_a_system_puts_there_is_no_damage(raw: Path, made: Callable[[bool], Path], tmp_path: Path) -> None:
    folder = tmp_path / "dataset"
    shutil.copytree(made(False), folder)
    (folder / "blocks" / ".DS_Store").write_bytes(b"\0")
    report = corpus.build(raw, folder, split_by=())
    assert (report.changed, report.findings) == (False, ())
