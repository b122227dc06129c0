"""Whoever is killed while replacing something leaves the old or the new, whole; the next one clears up."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from corpus.files import atomic_write, clear_leftovers

SIZE = 300_000
LOOP = """
import itertools, sys
from pathlib import Path
from corpus.files import atomic_directory, atomic_write
path, letters, rounds = Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
print("ready", flush=True)
for number in itertools.count() if rounds == 0 else range(rounds):
    data = letters[number % len(letters)].encode() * 300_000
    if sys.argv[1] == "file":
        with atomic_write(path) as stream:
            for at in range(0, len(data), 10_000):
                stream.write(data[at : at + 10_000])
    else:
        with atomic_directory(path) as folder:
            (folder / "one").write_bytes(data)
            (folder / "two").write_bytes(data)
"""
HOLD = """
import sys, time
from pathlib import Path
from corpus.files import atomic_write
with atomic_write(Path(sys.argv[1])) as stream:
    stream.write(b"half of it")
    stream.flush()
    print("ready", flush=True)
    time.sleep(60)
"""


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def started(code: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    return process


def held(kind: str, path: Path) -> list[bytes]:
    """Return what is at the place: a file's bytes, or those of the files of a directory."""
    return [path.read_bytes()] if kind == "file" else [(path / name).read_bytes() for name in ("one", "two")]


@pytest.mark.parametrize("kind", ["file", "tree"])
def test_a_kill_at_any_moment_leaves_the_old_or_the_new(tmp_path: Path, kind: str) -> None:
    """Whole, either way; what else is left goes with the next write, and it is never more than one try."""
    chance, path, left, tries = random.Random(kind), tmp_path / "a[b].txt", 0, 0
    while tries < 12 or not left:  # at least one is killed while it writes
        tries += 1
        with started(LOOP, kind, path, "xyz", 0) as process:
            before = names(tmp_path)
            while names(tmp_path) == before:  # it writes now, however busy the machine is
                time.sleep(0.0005)
            time.sleep(chance.uniform(0.0, 0.05))
            process.send_signal(signal.SIGKILL)
        if path.exists():
            found = held(kind, path)
            assert len({*found}) == 1 and len(found[0]) == SIZE and len({*found[0]}) == 1
        others = [name for name in names(tmp_path) if name != path.name]
        assert len(others) <= 1
        left += len(others)
    with started(LOOP, kind, path, "z", 1) as process:
        assert process.wait(60) == 0
    assert names(tmp_path) == [path.name]


@pytest.mark.parametrize("kind", ["file", "tree"])
def test_writers_of_one_place_do_not_clear_each_other_away(tmp_path: Path, kind: str) -> None:
    """Each of them ends well, and what is there in the end is one's, whole."""
    path = tmp_path / "a"
    processes = [started(LOOP, kind, path, letter, 40) for letter in ("pq", "pq", "rs", "p")]
    for process in processes:
        _, told = process.communicate(timeout=120)
        assert process.returncode == 0, told
    found = held(kind, path)
    assert len({*found}) == 1 and len(found[0]) == SIZE and len({*found[0]}) == 1
    assert names(tmp_path) == ["a"]


def test_only_what_a_dead_process_left_goes(tmp_path: Path) -> None:
    """Not a file that is being written, nor one that only looks like it."""
    path, token = tmp_path / "a.txt", "0123456789abcdef"
    for name in (".a.txt.new-notes", ".a.txt.swp", f".b.txt.new-{token}", f"a.txt.new-{token}"):
        (tmp_path / name).write_text("mine", "utf-8")
    (tmp_path / f".a.txt.new-{token[::-1]}").symlink_to("a.txt")
    os.mkfifo(tmp_path / f".a.txt.new-{token[:8]}{token[:8]}")
    stay = names(tmp_path)
    with started(HOLD, path) as process:
        (used,) = {*names(tmp_path)} - {*stay}
        with atomic_write(path) as stream:
            stream.write(b"whole")
        assert used in names(tmp_path)
        process.kill()
    assert used in names(tmp_path)
    with atomic_write(path) as stream:
        stream.write(b"newer")
    assert names(tmp_path) == sorted([*stay, "a.txt"])
    assert path.read_bytes() == b"newer"


def test_a_whole_folder_is_cleared_of_what_dead_processes_left(tmp_path: Path) -> None:
    token = "0123456789abcdef"
    for name in (f".b.txt.new-{token}", ".b.txt.new-0", f"b.txt.new-{token}", ".b.txt"):
        (tmp_path / name).touch()
    (tmp_path / f".c.new-{token}").mkdir()
    with started(HOLD, tmp_path / "a\n.txt") as process:
        clear_leftovers(tmp_path)
        (used,) = (name for name in names(tmp_path) if name.startswith(".a"))
        process.kill()
    assert names(tmp_path) == sorted([".b.txt", ".b.txt.new-0", f"b.txt.new-{token}", used])
    clear_leftovers(tmp_path)
    assert used not in names(tmp_path)
    clear_leftovers(tmp_path / "missing")


def test_a_folder_that_was_cleared_is_not_looked_through_again(tmp_path: Path) -> None:
    """A link's file lies in another one, which was not cleared."""
    (tmp_path / "other").mkdir()
    (tmp_path / "b.txt").symlink_to("other/b.txt")
    for left in (".a.txt", "other/.b.txt"):
        (tmp_path / f"{left}.new-0123456789abcdef").touch()
    for name in ("a.txt", "b.txt"):
        with atomic_write(tmp_path / name, swept=tmp_path) as stream:
            stream.write(b"whole")
    assert names(tmp_path) == [".a.txt.new-0123456789abcdef", "a.txt", "b.txt", "other"]
    assert names(tmp_path / "other") == ["b.txt"]
