"""What a killed run had fetched or written for a comparison goes with the next run of its kind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

FETCHED = """
import fsspec
from corpus.releases.fetching import fetched
with fsspec.open("memory://shelf/a/manifest.json", "w") as stream:
    stream.write("{}")
with fetched("memory://shelf") as folder:
    assert (folder / "a" / "manifest.json").is_file()
    wait()
"""
SPOOLED = """
import fsspec
from corpus.readers.remote import open_address
from corpus.readers.spool import Spool
from corpus.readers.report import ReadOptions
with fsspec.open("memory://shelf/a.txt", "w") as stream:
    stream.write("text")
with Spool(ReadOptions()) as spool:
    folder, key, keys = open_address("memory://shelf", spool)
    assert folder.fetch(keys[0]).read_text() == "text"
    wait()
"""
COMPARED = """
import os
from corpus.errors import UsageError
from corpus.releases.release import put_release
def write(folder):
    (folder / "a").write_text("text")
    wait()
try:
    put_release(Path(os.environ["TMPDIR"]).parent / "there", write)
except UsageError:
    pass
"""
WAIT = """
import sys, time
from pathlib import Path
def wait():
    print("there", flush=True)
    time.sleep(60 * int(sys.argv[1]))
"""


@pytest.mark.parametrize("code", [FETCHED, SPOOLED, COMPARED], ids=["fetched", "spooled", "compared"])
def test_nothing_is_left_for_good_among_temporary_files(tmp_path: Path, code: str) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "tmp").mkdir()
    command = [sys.executable, "-c", WAIT + code]
    told = {**os.environ, "TMPDIR": str(tmp_path / "tmp")}
    with subprocess.Popen([*command, "1"], env=told, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "there\n"
        process.kill()
    assert list((tmp_path / "tmp").iterdir())
    subprocess.run([*command, "0"], env=told, check=True)
    assert list((tmp_path / "tmp").iterdir()) == []
