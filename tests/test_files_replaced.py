"""Whoever is closed out or short of room while replacing something leaves the old or the new, whole."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import corpus.files.replacing
from corpus.files import atomic_directory, atomic_write


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_an_old_file_keeps_its_permissions_and_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("old", "utf-8")
    path.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(path, 12345, 54321)
    before = path.stat()
    with atomic_write(path) as stream:
        (new,) = (left for left in tmp_path.iterdir() if left != path)
        assert stat.S_IMODE(new.stat().st_mode) == 0o600, "nobody may look into it before"
        stream.write(b"new")
    after = path.stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert path.read_text("utf-8") == "new"


def test_a_new_file_and_tree_have_the_permissions_of_any_other(tmp_path: Path) -> None:
    """But for private ones, whatever was there before."""
    before = os.umask(0o027)
    try:
        with atomic_write(tmp_path / "a"), atomic_directory(tmp_path / "d"):
            pass
        with atomic_write(tmp_path / "p", private=True):
            pass
    finally:
        os.umask(before)
    modes = {name: stat.S_IMODE((tmp_path / name).stat().st_mode) for name in names(tmp_path)}
    assert modes == {"a": 0o640, "d": 0o750, "p": 0o600}
    (tmp_path / "p").chmod(0o666)
    with atomic_write(tmp_path / "p", private=True):
        pass
    assert stat.S_IMODE((tmp_path / "p").stat().st_mode) == 0o600


def test_an_old_tree_keeps_its_permissions(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d").chmod(0o2750)
    with atomic_directory(tmp_path / "d") as folder:
        assert stat.S_IMODE(folder.stat().st_mode) & 0o077 == 0
        (folder / "a").touch()
    assert stat.S_IMODE((tmp_path / "d").stat().st_mode) == 0o2750
    assert names(tmp_path / "d") == ["a"]


@pytest.mark.parametrize("there", [True, False])
def test_a_link_stays_and_what_it_leads_to_is_replaced(tmp_path: Path, there: bool) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "near").mkdir()
    if there:
        (tmp_path / "far" / "a").write_text("old", "utf-8")
    link = tmp_path / "near" / "b"
    link.symlink_to("../far/a")
    with atomic_write(link) as stream:
        stream.write(b"new")
    assert link.is_symlink()
    assert (tmp_path / "far" / "a").read_text("utf-8") == "new"
    assert (names(tmp_path / "near"), names(tmp_path / "far")) == (["b"], ["a"])


def test_a_linked_tree_is_replaced_where_it_lies(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "old").touch()
    (tmp_path / "d").symlink_to("far")
    with atomic_directory(tmp_path / "d") as folder:
        (folder / "new").touch()
    assert (tmp_path / "d").is_symlink()
    assert (names(tmp_path), names(tmp_path / "far")) == (["d", "far"], ["new"])


def test_a_loop_of_links_is_named_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(OSError, match="symbolic links") as raised, atomic_write(tmp_path / "a"):
        pass
    assert raised.value.filename == str(tmp_path / "a")
    assert names(tmp_path) == ["a", "b"]


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    """And not replaced; so ``/dev/null`` and ``/dev/stdout`` can be named."""
    path, got = tmp_path / "pipe", list[bytes]()
    os.mkfifo(path)
    reader = threading.Thread(target=lambda: got.append(path.read_bytes()))
    reader.start()
    with atomic_write(path) as stream:
        stream.write(b"all of it")
    reader.join(10)
    assert got == [b"all of it"]
    assert path.is_fifo()
    assert names(tmp_path) == ["pipe"]


@pytest.mark.parametrize("there", [True, False])
def test_a_check_at_the_last_moment_can_keep_the_old_file(tmp_path: Path, there: bool) -> None:
    path = tmp_path / "a"
    if there:
        path.write_text("old", "utf-8")

    def refuse() -> None:
        assert len(names(tmp_path)) == there + 1, "all is written, and nothing is replaced"
        raise ValueError

    with pytest.raises(ValueError), atomic_write(path, check=refuse) as stream:
        stream.write(b"new")
    assert names(tmp_path) == ["a"] * there
    assert not there or path.read_text("utf-8") == "old"


def test_what_is_no_directory_is_not_replaced_by_one(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("mine", "utf-8")
    with pytest.raises(NotADirectoryError) as raised, atomic_directory(path) as folder:
        (folder / "b").touch()
    assert raised.value.filename == str(path)
    assert path.read_text("utf-8") == "mine"
    assert names(tmp_path) == ["a"]


def test_a_directory_is_not_replaced_by_a_file(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    with pytest.raises(IsADirectoryError) as raised, atomic_write(tmp_path / "d"):
        pass
    assert raised.value.filename == str(tmp_path / "d")
    assert names(tmp_path) == ["d"]


def test_a_very_long_name_is_replaced(tmp_path: Path) -> None:
    """Up to what the system takes; beyond it the name is told."""
    path = tmp_path / ("ä" * 126 + "txt")
    with atomic_write(path) as stream:
        stream.write(b"new")
    assert names(tmp_path) == [path.name]
    long = tmp_path / ("n" * 256)
    with pytest.raises(OSError, match="too long") as raised, atomic_write(long):
        pass
    assert raised.value.filename == str(long)


def test_an_error_inside_names_the_place_as_the_user_knows_it(tmp_path: Path) -> None:
    """Not the name that it has for the time being."""
    with pytest.raises(FileNotFoundError) as raised, atomic_directory(tmp_path / "d") as folder:
        (folder / "missing" / "a").touch()
    assert raised.value.filename == str(tmp_path / "d" / "missing" / "a")


CLOSED = """
import os, sys
from pathlib import Path
from corpus.files import atomic_directory, atomic_write
os.setegid(65534)
os.seteuid(65534)
for writer in (atomic_write, atomic_directory):
    for name in ("there", "new"):
        try:
            with writer(Path(sys.argv[1]) / writer.__name__ / name):
                pass
        except PermissionError as error:
            print(error.filename)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become nobody")
def test_a_folder_that_cannot_be_written_is_named(open_place: Path) -> None:
    for name in ("atomic_write", "atomic_directory"):
        (open_place / name).mkdir()
    (open_place / "atomic_write" / "there").write_text("old", "utf-8")
    (open_place / "atomic_directory" / "there").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", CLOSED, str(open_place)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    told = [str(open_place / folder / name) for folder in names(open_place)[::-1] for name in ("there", "new")]
    assert done.stdout.splitlines() == told
    assert (open_place / "atomic_write" / "there").read_text("utf-8") == "old"
    assert [names(open_place / name) for name in names(open_place)] == [["there"], ["there"]]


OTHERS = """
import os, sys
from pathlib import Path
from corpus.files import atomic_write
os.setgroups([])
os.setegid(65534)
os.seteuid(65534)
with atomic_write(Path(sys.argv[1])) as stream:
    stream.write(b"new")
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become nobody")
def test_a_group_that_cannot_be_kept_opens_the_file_to_no_other_one(open_place: Path) -> None:
    """The writer may not give the file to its old owner and group, so the writer's group may not read it."""
    open_place.chmod(0o777)
    path = open_place / "a"
    path.write_text("old", "utf-8")
    path.chmod(0o660)
    subprocess.run([sys.executable, "-c", OTHERS, str(path)], check=True)
    assert path.read_text("utf-8") == "new"
    assert (path.stat().st_gid, stat.S_IMODE(path.stat().st_mode)) == (65534, 0o600)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can leave another user's file")
def test_what_another_user_left_is_left_to_them(open_place: Path) -> None:
    open_place.chmod(0o777)
    left = open_place / ".a.new-0123456789abcdef"
    left.write_text("root's", "utf-8")
    left.chmod(0o644)
    subprocess.run([sys.executable, "-c", OTHERS, str(open_place / "a")], check=True)
    assert names(open_place) == [left.name, "a"]


LIMITED = """
import resource, sys
from pathlib import Path
from corpus.files import atomic_directory, atomic_write
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
place = Path(sys.argv[1])
for call in (atomic_write, atomic_directory):
    try:
        with call(place / call.__name__) as new:
            if call is atomic_write:
                new.write(b"x" * 2000)
            else:
                (new / "a").write_bytes(b"x" * 2000)
    except OSError as error:
        print(error.filename)
"""


def test_no_more_room_leaves_the_old_and_names_the_place(tmp_path: Path) -> None:
    (tmp_path / "atomic_write").write_text("old", "utf-8")
    (tmp_path / "atomic_directory").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [str(tmp_path / "atomic_write"), str(tmp_path / "atomic_directory")]
    assert (tmp_path / "atomic_write").read_text("utf-8") == "old"
    assert names(tmp_path) == ["atomic_directory", "atomic_write"]
    assert names(tmp_path / "atomic_directory") == []


def test_where_two_cannot_change_places_the_old_tree_is_moved_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on systems other than Linux; nothing is left of it."""
    monkeypatch.setattr(corpus.files.replacing, "_exchanged", lambda _one, _other: False)
    for number in range(3):
        with atomic_directory(tmp_path / "d") as folder:
            (folder / "a").write_text(str(number), "utf-8")
            (folder / "sub").mkdir()
        assert (tmp_path / "d" / "a").read_text("utf-8") == str(number)
        assert names(tmp_path) == ["d"]


def test_a_folder_that_is_gone_is_an_error_and_no_endless_search(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "b").symlink_to("far/sub/a")
    with pytest.raises(FileNotFoundError) as raised, atomic_write(tmp_path / "b"):
        pass
    assert raised.value.filename == str(tmp_path / "far" / "sub" / "a")
