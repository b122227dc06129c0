"""Files and directories are replaced whole or not at all."""

from __future__ import annotations

import errno
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import SourceError
from corpus.files import atomic_directory, atomic_write, in_turn, schema_text, scratch_directory, sha256_file


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


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="there is no /proc")
@pytest.mark.parametrize("writer", [atomic_write, atomic_directory])
def test_a_folder_that_takes_no_file_is_no_endless_wait(
    writer: Callable[[Path], AbstractContextManager[Any]],
) -> None:
    """The kernel says of every new name in /proc that it is not there."""
    with pytest.raises(FileNotFoundError), writer(Path("/proc/new")):
        pass


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


HOLD = (
    "import sys, time\n"
    "from corpus.files import scratch_directory\n"
    "with scratch_directory('corpus-test') as folder:\n"
    "    (folder / 'text').write_text('waiting')\n"
    "    print(folder.name, flush=True)\n"
    "    time.sleep(600)\n"
)


def test_what_a_killed_process_left_among_temporary_files_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not before it is dead, and nothing that is another's, of another name or without a lock."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    (tmp_path / "corpus-test-notes").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / ".lock").touch()
    (tmp_path / "corpus-test-link").symlink_to("elsewhere")
    with subprocess.Popen([sys.executable, "-c", HOLD], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        held = process.stdout.readline().strip()
        with scratch_directory("corpus-test") as folder:
            assert {held, folder.name} <= set(listing(tmp_path))
        process.kill()
    stays = ["corpus-test-link", "corpus-test-notes", "elsewhere"]
    assert listing(tmp_path) == sorted([*stays, held])
    with scratch_directory("corpus-test") as folder:
        assert listing(tmp_path) == sorted([*stays, folder.name])
    assert listing(tmp_path) == stays
    assert listing(tmp_path / "elsewhere") == [".lock"]


TREE = (
    "import sys, time\n"
    "from pathlib import Path\n"
    "from corpus.files import atomic_directory\n"
    "with atomic_directory(Path(sys.argv[1])) as folder:\n"
    "    (folder / 'half.txt').write_text('half')\n"
    "    print('there', flush=True)\n"
    "    time.sleep(60)\n"
)


def test_a_tree_that_a_killed_process_left_goes_with_the_next_one(tmp_path: Path) -> None:
    """As long as its process lives, it stays."""
    target = tmp_path / "d[1]"
    command = [sys.executable, "-c", TREE, str(target)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "there\n"
        with atomic_directory(target) as folder:
            (folder / "a.txt").write_text("whole", "utf-8")
        assert len(listing(tmp_path)) == 2
        process.kill()
    assert [name for name in listing(tmp_path) if name.startswith(".d[1].new-")]
    with atomic_directory(target) as folder:
        (folder / "a.txt").write_text("newer", "utf-8")
    assert listing(tmp_path) == ["d[1]"]
    assert (target / "a.txt").read_text("utf-8") == "newer"


@pytest.mark.parametrize("writer", ["atomic_write", "atomic_directory", "scratch_directory"])
def test_a_full_disk_is_named(writer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system does not say which file it could not write on; the place is added."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    make = {
        "atomic_write": lambda: atomic_write(tmp_path / "a"),
        "atomic_directory": lambda: atomic_directory(tmp_path / "a"),
        "scratch_directory": lambda: scratch_directory("a"),
    }[writer]
    with pytest.raises(OSError, match="No space left") as raised, make():
        raise OSError(errno.ENOSPC, "No space left on device")
    assert str(raised.value.filename).startswith(str(tmp_path / "a"))
    assert listing(tmp_path) == []


def test_who_comes_second_waits_and_is_told_why(tmp_path: Path) -> None:
    """Who comes first is told nothing; the file that is locked stays, so that nobody locks another one."""
    done, waiting = list[str](), threading.Event()

    class Told:
        def step(self, text: str) -> None:
            done.append(text)
            waiting.set()

        def advance(self, *_: object) -> None:
            raise AssertionError

    def second() -> None:
        with in_turn(tmp_path / "lock", Told()):
            done.append("second")

    other = threading.Thread(target=second)
    with in_turn(tmp_path / "lock", Told()):
        other.start()
        assert waiting.wait(60)
        done.append("first")
    other.join(60)
    assert done == ["waiting for another process that is at work here", "first", "second"]
    assert listing(tmp_path) == ["lock"]
