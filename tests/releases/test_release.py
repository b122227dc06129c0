"""A release is reproducible, whole or not there, and never rewritten."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from corpus.errors import UsageError
from corpus.export.dataset import tree_hashes, write_dataset
from corpus.export.store import BuiltDataset
from corpus.releases.release import make_release
from corpus.releases.verification import verify

MAKE = "import sys; from pathlib import Path; from corpus.releases.release import make_release; "
CALL = "make_release(Path(sys.argv[1]), Path(sys.argv[2]), '1.2.0', '2024-05-01')"


def test_a_release_holds_what_it_promises(built: Path, tmp_path: Path) -> None:
    """The build's data byte for byte, the version and date everywhere, sums that ``sha256sum`` accepts."""
    release = make_release(built, tmp_path / "out", "1.2.0", "2024-05-01")
    assert release == tmp_path / "out" / "tide-news-1.2.0"
    assert [path.name for path in release.parent.iterdir()] == [release.name]
    before, after = tree_hashes(built), tree_hashes(release)
    assert set(after) == {*before, "CHANGES.md", "CITATION.cff", "croissant.json", "datapackage.json"}
    changed = {name for name in before if after[name] != before[name]}
    assert changed == {"README.md", "manifest.json", "SHA256SUMS"}
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=release, check=True)
    listed = [line.split("  ")[1] for line in (release / "SHA256SUMS").read_text().splitlines()]
    assert listed == sorted(set(after) - {"SHA256SUMS"})
    manifest = BuiltDataset.open(release).manifest
    assert (manifest.version, manifest.date) == ("1.2.0", "2024-05-01")
    assert manifest.inputs == BuiltDataset.open(built).manifest.inputs
    assert verify(release) == []


def test_the_card_names_the_version(built: Path, tmp_path: Path) -> None:
    """In every config, in every dataset_info, and to the reader; the notes are told again."""
    text = (make_release(built, tmp_path, "1.2.0", "2024-05-01") / "README.md").read_text("utf-8")
    header = yaml.safe_load(text.split("\n---\n")[0].removeprefix("---\n"))
    assert {entry["version"] for part in ("configs", "dataset_info") for entry in header[part]} == {"1.2.0"}
    assert "Version 1.2.0, 2024-05-01" in text
    assert "One annotator, one pass" in text


def test_only_version_and_date_differ_from_the_build_card(built: Path, tmp_path: Path) -> None:
    """The rest of the card is the build's own."""
    old = (built / "README.md").read_text("utf-8").partition("\n## Citation")[0].splitlines()
    new = (make_release(built, tmp_path, "1.2.0") / "README.md").read_text("utf-8").partition("\n## Citation")[0]
    changed = [line for line, before in zip(new.splitlines(), old, strict=True) if line != before]
    assert {line.strip() for line in changed[:-1]} == {"version: 1.2.0"}
    assert "Version 1.2.0;" in changed[-1]


@pytest.mark.parametrize(
    "surroundings",
    [
        {"TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
        {"TZ": "America/Lima", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2", "SOURCE_DATE_EPOCH": "1"},
    ],
)
def test_surroundings_do_not_matter(built: Path, tmp_path: Path, surroundings: dict[str, str]) -> None:
    """Another directory, time zone, locale, hash seed or copy of the build: the same bytes."""
    wanted = tree_hashes(make_release(built, tmp_path / "here", "1.2.0", "2024-05-01"))
    copy = tmp_path / "elsewhere" / "copy of the build"
    shutil.copytree(built, copy)
    work = copy.parent / "work"
    work.mkdir()
    subprocess.run(
        [sys.executable, "-c", MAKE + CALL, f"../{copy.name}", "deep/out"],
        cwd=work,
        env={**os.environ, **surroundings, "PYTHONPATH": str(Path(__file__).parents[2])},
        check=True,
    )
    assert tree_hashes(work / "deep" / "out" / "tide-news-1.2.0") == wanted


def test_again_changes_nothing(built: Path, tmp_path: Path) -> None:
    """The same release a second time returns the path and touches no file."""
    release = make_release(built, tmp_path / "out", "1.2.0")
    before = {path: path.stat().st_mtime_ns for path in [release.parent, *release.rglob("*")]}
    assert make_release(built, tmp_path / "out", "1.2.0") == release
    assert {path: path.stat().st_mtime_ns for path in [release.parent, *release.rglob("*")]} == before


def test_other_content_is_never_written_over(made: ModuleType, built: Path, tmp_path: Path) -> None:
    """Another date, other rows, or a changed file in the place: refused, nothing touched."""
    release = make_release(built, tmp_path / "out", "1.2.0")
    before = tree_hashes(release)
    with pytest.raises(UsageError, match="never rewritten: raise the version"):
        make_release(built, tmp_path / "out", "1.2.0", "2024-05-01")
    rows = made.make_rows()
    rows["entities"][0]["label"] = "MISC"
    write_dataset(built, made.make_content(rows))
    with pytest.raises(UsageError, match="never rewritten: raise the version"):
        make_release(built, tmp_path / "out", "1.2.0")
    assert tree_hashes(release) == before
    assert make_release(built, tmp_path / "out", "1.2.1") != release
    (tmp_path / "out" / "tide-news-2.0.0").write_text("a file")
    with pytest.raises(UsageError, match="never rewritten"):
        make_release(built, tmp_path / "out", "2.0.0")


@pytest.mark.parametrize(
    "version", ["", "1", "1.2", "v1.2.0", "1.2.0-rc1", "1.02.0", "1.2.0\n", "١.٢.٣", "1.2.0/.."]
)
def test_a_version_is_three_numbers(built: Path, tmp_path: Path, version: str) -> None:
    with pytest.raises(UsageError, match=r"MAJOR\.MINOR\.PATCH"):
        make_release(built, tmp_path / "out", version)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("date", ["", "today", "2024-02-30", "20240501", "2024-5-1", "2024-W18-3"])
def test_a_date_is_a_day(built: Path, tmp_path: Path, date: str) -> None:
    with pytest.raises(UsageError, match="YYYY-MM-DD"):
        make_release(built, tmp_path / "out", "1.2.0", date)


def test_an_unsound_build_is_not_released(built: Path, tmp_path: Path) -> None:
    """The sentence says what is wrong, and where."""
    (built / "scheme.toml").write_bytes((built / "scheme.toml").read_bytes() + b"\n")
    with pytest.raises(UsageError, match=r"not sound.*scheme\.toml: The file has changed"):
        make_release(built, tmp_path / "out", "1.2.0")
    assert not (tmp_path / "out").exists()


def test_a_release_is_made_from_a_build_and_outside_it(built: Path, tmp_path: Path) -> None:
    release = make_release(built, tmp_path / "out", "1.2.0")
    with pytest.raises(UsageError, match=r"is the release 1\.2\.0 already"):
        make_release(release, tmp_path / "out", "1.3.0")
    with pytest.raises(UsageError, match="lies in the build"):
        make_release(built, built / "out", "1.2.0")
    with pytest.raises(UsageError, match="There is no directory"):
        make_release(tmp_path / "nowhere", tmp_path / "out", "1.2.0")


@pytest.mark.parametrize("size", [1, 2500, 6000])
def test_a_crash_leaves_no_half_release(built: Path, tmp_path: Path, size: int) -> None:
    """Files that cannot grow beyond some size stop it half-way: nothing stands under the release's name."""
    limit = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size})); "
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", MAKE + limit + CALL, str(built), str(tmp_path / "out")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "OSError" in done.stderr
    assert list((tmp_path / "out").iterdir()) == []
    assert verify(make_release(built, tmp_path / "out", "1.2.0", "2024-05-01")) == []


def test_a_killed_process_leaves_no_half_release(built: Path, tmp_path: Path) -> None:
    """Killed at the sixth file, without a chance to clean up: there is no release, and the next run makes it."""
    kill = (
        "import os, shutil, corpus.releases.release as room; copy, seen = shutil.copyfile, []\n"
        "def counting(*names):\n"
        "    seen.append(names)\n"
        "    return copy(*names) if len(seen) < 6 else os.kill(os.getpid(), 9)\n"
        "room.shutil.copyfile = counting\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", MAKE + "\n" + kill + CALL, str(built), str(tmp_path / "out")], check=False
    )
    assert done.returncode == -9
    assert not (tmp_path / "out" / "tide-news-1.2.0").exists()
    assert verify(make_release(built, tmp_path / "out", "1.2.0", "2024-05-01")) == []


def test_two_releases_load_side_by_side(made: ModuleType, built: Path, tmp_path: Path) -> None:
    """``datasets`` keeps them apart in one cache, each with its version and rows."""
    import datasets

    datasets.disable_progress_bars()
    first = make_release(built, tmp_path / "out", "1.2.0")
    rows = made.make_rows()
    rows["entities"][0]["label"] = "MISC"
    write_dataset(built, made.make_content(rows))
    second = make_release(built, tmp_path / "out", "2.0.0")
    for path, version, label in ((first, "1.2.0", 0), (second, "2.0.0", 5), (first, "1.2.0", 0)):
        loaded = datasets.load_dataset(str(path), "entities", split="train", cache_dir=str(tmp_path / "cache"))
        assert str(loaded.info.version) == version
        assert loaded["label"][0] == label


def test_the_tools_named_are_those_of_the_build(built: Path, tmp_path: Path) -> None:
    """The manifest of a release says what made its data."""
    release = make_release(built, tmp_path / "out", "1.2.0")
    told, wanted = (json.loads((path / "manifest.json").read_text())["tool"] for path in (release, built))
    assert told == wanted
