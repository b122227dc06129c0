"""Full disks, closed places, two at once, mixed and newer releases: one sentence, nothing half-written."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from corpus.cli.app import app
from corpus.cli.rim import run
from corpus.errors import UsageError
from corpus.export.dataset import tree_hashes, write_dataset
from corpus.files import atomic_directory, only_writer, sha256_file
from corpus.releases.editions import public_edition
from corpus.releases.release import make_release
from corpus.releases.verification import verify


def command(*arguments: str | Path, before: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*before, sys.executable, "-m", "corpus.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )


def one_sentence(done: subprocess.CompletedProcess[str], code: int) -> str:
    assert done.returncode == code, done.stderr
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    return lines[0]


def test_a_full_disk_leaves_nothing(built: Path, tmp_path: Path) -> None:
    """A file that cannot be written to its end: one sentence, and the folder is as it was."""
    limit = "ulimit -f 8; trap '' XFSZ; exec \"$@\""
    done = command("release", "--from", built, "--out", tmp_path / "out", before=("bash", "-c", limit, "sh"))
    told = one_sentence(done, 3)
    assert "nothing half-written" in told
    assert "make room there" in told
    assert str(tmp_path / "out") in told, "the place that is full, not the one that was read"
    assert list((tmp_path / "out").iterdir()) == []


def test_a_disk_that_fails_late_leaves_nothing(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A release takes its place when its bytes are on the disk, not when they were only handed over."""

    def fail(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        make_release(built, tmp_path / "out", "0.1.0")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_place_nobody_may_write_to(built: Path, tmp_path: Path) -> None:
    """A read-only folder, and a file where a folder is needed."""
    (tmp_path / "file").write_text("x")
    for out in (tmp_path / "file", tmp_path / "file" / "out"):
        assert "name a folder" in one_sentence(command("release", "--from", built, "--out", out), 3)
    (tmp_path / "closed").mkdir(mode=0o555)
    done = command("release", "--from", built, "--out", tmp_path / "closed", before=without_root())
    assert re.search("ermission denied.*have its permissions changed, or name another place", one_sentence(done, 3))
    assert list((tmp_path / "closed").iterdir()) == []


def without_root() -> tuple[str, ...]:
    """Return what begins a command that may write where its user may, also for root, who may everywhere."""
    if os.geteuid() != 0:
        return ()
    if shutil.which("setpriv") is None:
        pytest.skip("root may write everywhere, and setpriv is not there to give that up")
    return ("setpriv", "--bounding-set=-dac_override")


def test_a_closed_place_is_told_before_anything_is_read(built: Path, tmp_path: Path) -> None:
    """Also the place of a build that somebody closed: it is left alone, and nothing stays beside it."""
    shutil.copytree(built, tmp_path / "old")
    for place in (tmp_path / "old", tmp_path / "closed"):
        place.mkdir(exist_ok=True)
        place.chmod(0o555)
    (tmp_path / "a.txt").write_text("Quay reopens\n\nThe quay reopened on Monday, the port said.\n", "utf-8")
    for out in (tmp_path / "old", tmp_path / "closed" / "new"):
        done = command("build", tmp_path / "a.txt", "--out", out, before=without_root())
        assert f"{out}: Permission denied" in one_sentence(done, 3), "no step was begun"
    assert tree_hashes(tmp_path / "old") == tree_hashes(built)
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_two_at_once_do_not_meet(built: Path, tmp_path: Path) -> None:
    """Whoever comes second is told so in one sentence; when the first has ended, the same call works."""
    out = tmp_path / "out"
    with only_writer(out / "tide-news-0.1.0"):
        done = command("release", "--from", built, "--out", out)
        assert "written by another process" in one_sentence(done, 2)
        assert not (out / "tide-news-0.1.0").exists()
    processes = [
        subprocess.Popen([sys.executable, "-m", "corpus.cli", "release", "--from", str(built), "--out", str(out)],
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(3)
    ]  # fmt: skip
    codes = {process.wait(120) for process in processes}
    assert 0 in codes
    assert codes <= {0, 2}
    assert verify(out / "tide-news-0.1.0") == []
    assert [path.name for path in out.iterdir()] == ["tide-news-0.1.0"]


def test_two_changelogs_and_two_takedowns_at_once_lose_nothing(built: Path, tmp_path: Path) -> None:
    """What two write is replaced by one after the other: the second is told, and can say it again."""
    log, graves = tmp_path / "CHANGELOG.md", tmp_path / "takedowns.jsonl"
    calls = (
        (log, ["release", "--from", built, "--out", tmp_path / "out", "--changelog", log]),
        (graves, ["takedown", "harbour", "--reason", "asked", "--file", graves]),
    )
    for path, call in calls:
        with only_writer(path):
            assert f"{path} is being written by another process" in one_sentence(command(*call), 2)
        assert not path.exists()
        assert command(*call).returncode == 0
        assert path.exists()


def test_what_a_killed_process_left_is_cleared(built: Path, tmp_path: Path) -> None:
    """The next release of that version takes its half-written folder away, and nobody else's."""
    out = tmp_path / "out"
    for name in (".tide-news-1.2.0.new-0123456789abcdef", ".tide-news-1.2.1.new-0123456789abcdef"):
        (out / name).mkdir(parents=True)
        (out / name / "README.md").write_text("half")
    make_release(built, out, "1.2.0")
    assert {path.name for path in out.iterdir()} == {"tide-news-1.2.0", ".tide-news-1.2.1.new-0123456789abcdef"}


def test_a_directory_is_replaced_in_one_step(tmp_path: Path) -> None:
    """Who looks all the time always sees the old tree or the new one (where Linux lets two change places)."""
    place = tmp_path / "build"
    with atomic_directory(place) as folder:
        (folder / "state").write_text("0")
    code = (
        "import os, sys\n"
        "place = os.path.join(sys.argv[1], 'state')\n"
        "lost = 0\n"
        "print('ready', flush=True)\n"
        "while True:\n"
        "    try:\n"
        "        text = open(place).read()\n"
        "    except FileNotFoundError:\n"
        "        lost += 1\n"
        "        continue\n"
        "    if text == '60':\n"
        "        break\n"
        "print(lost)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(place)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        for number in range(1, 61):
            with atomic_directory(place) as folder:
                (folder / "state").write_text(str(number))
        assert process.stdout.read() == "0\n"
    assert [path.name for path in tmp_path.iterdir()] == ["build"]


def test_two_releases_mixed_are_found(made: ModuleType, built: Path, tmp_path: Path) -> None:
    """Files of another release among those of one: each is named; nothing is released after it."""
    out = tmp_path / "out"
    first = make_release(built, out, "0.1.0")
    rows = made.make_rows()
    rows["entities"][0]["qid"] = "Q1"
    write_dataset(built, made.make_content(rows))
    second = make_release(built, out, "0.2.0", previous=first)
    name = "entities/train-00000-of-00001.parquet"
    shutil.copyfile(second / name, first / name)
    assert ("changed-file", name) in {(finding.code, finding.place) for finding in verify(first)}
    with pytest.raises(UsageError, match="no longer the release"):
        make_release(built, out, "0.3.0", previous=first)


@pytest.mark.parametrize("verb", ["verify", "diff", "release", "publish"])
def test_a_newer_manifest_is_one_sentence(built: Path, tmp_path: Path, verb: str) -> None:
    """Whatever the command, it says to upgrade; nothing is written."""
    path = built / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), "manifest_version": 99}), "utf-8")
    before = tree_hashes(built)
    arguments = {
        "verify": ["verify", built],
        "diff": ["diff", built, built],
        "release": ["release", "--from", built, "--out", tmp_path / "out"],
        "publish": ["publish", built, "--to", str(tmp_path / "shelf")],
    }[verb]
    done = command(*arguments)
    assert done.returncode in (1, 3)
    assert "upgrade newscorpus" in done.stderr
    assert "Traceback" not in done.stderr
    assert tree_hashes(built) == before
    assert not (tmp_path / "out").exists()


LEADS_OUT = "../../elsewhere"


def forge(directory: Path, **told: object) -> None:
    """Change a manifest as an attacker would: its sums agree with it again."""
    path = directory / "manifest.json"
    manifest = {**json.loads(path.read_text("utf-8")), **told}
    path.write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", "utf-8")
    sums = {**manifest["files"], "manifest.json": sha256_file(path)}
    (directory / "SHA256SUMS").write_text("".join(f"{h}  {n}\n" for n, h in sorted(sums.items())), "utf-8")


@pytest.mark.parametrize(
    "told",
    [
        {"name": LEADS_OUT},
        {"version": LEADS_OUT},
        {"manifest_version": "9"},
        {"date": "soon"},
        {"previous": {"name": LEADS_OUT, "version": "0.0.1", "content_sha256": "0"}},
        {"findings": [{"code": "x", "place": "y", "message": "z", "severity": "wild"}]},
    ],
    ids=str,
)
@pytest.mark.parametrize("verb", ["release", "edition", "hydrate", "verify", "diff", "publish"])
def test_a_forged_manifest_leads_nowhere(
    built: Path, tmp_path: Path, verb: str, told: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    """A name or version that is a path, findings of another shape: a sentence, and nothing is written."""
    made = built if verb == "release" else make_release(built, tmp_path / "made", "0.1.0")
    made = public_edition(made, tmp_path / "made") if verb == "hydrate" else made
    forge(made, **told)
    before = tree_hashes(tmp_path)
    out = tmp_path / "deep" / "out"
    call = {
        "release": ["release", "--from", made, "--out", out],
        "edition": ["release", "--from", made, "--out", out, "--edition", "public"],
        "hydrate": ["hydrate", made, "--from", tmp_path, "--out", out],
        "verify": ["verify", made],
        "diff": ["diff", made, made],
        "publish": ["publish", made, "--to", out, "--edition", "full", "--despite-rights", "--yes"],
    }[verb]
    assert run(app, [str(word) for word in call]) in (1, 2, 3)
    shown = capsys.readouterr().err
    assert "Traceback" not in shown
    assert "manifest.json" in shown
    assert tree_hashes(tmp_path) == before
