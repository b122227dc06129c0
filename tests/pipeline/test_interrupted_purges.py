"""Who ends a purge at any moment finds the old file or the new one; the next purge clears up after it."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
import tarfile
import time
import zipfile
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from raw_containers import zipped

from corpus.export.store import BuiltDataset
from corpus.pipeline.build import BuildOptions, build

COMMAND = """
import sys
from pathlib import Path
from corpus.pipeline.erasure.takedown import TakedownOptions, take_down
folder = Path(sys.argv[1])
print("ready", flush=True)
take_down("d7", "asked", TakedownOptions(folder / "graves.jsonl", raw=(folder / "raw",), purge=True))
"""
COUNT = 4000
MEMBERS = 1000
"""Documents of an archive: each is a file of its own."""


def text(number: int) -> str:
    return f"Report {number}\n\n" + " ".join(f"word{number * k % 9973}" for k in range(120))


def lines() -> bytes:
    rows = ({"id": f"d{number}", "text": text(number)} for number in range(COUNT))
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def make(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    if path.suffix == ".parquet":
        rows = [{"id": f"d{number}", "text": text(number)} for number in range(COUNT)]
        pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=500)
    elif ".jsonl" in path.name:
        path.write_bytes(zipped(lines(), 5))
    elif path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(MEMBERS):
                archive.writestr(f"d{number}.txt", text(number))
    else:
        with tarfile.open(path, "w:gz", compresslevel=6) as tar:
            for number in range(MEMBERS):
                info, data = tarfile.TarInfo(f"d{number}.txt"), text(number).encode()
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))


def records(path: Path) -> int:
    """Return how many documents a file holds; it must be sound to its end."""
    if path.suffix == ".parquet":
        return int(pq.read_table(path).num_rows)
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            return len(archive.namelist())
    if ".tar" in path.name:
        with tarfile.open(path) as tar:
            return len(tar.getnames())
    done = subprocess.run(["gzip", "-dc", str(path)], capture_output=True, check=True)
    return len([json.loads(line) for line in done.stdout.splitlines()])


def killed(folder: Path, path: Path, size: float) -> bool:
    """Begin a purge and kill it when so much of the new file is there; False where it ended before."""
    with subprocess.Popen(
        [sys.executable, "-c", COMMAND, str(folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        while process.poll() is None:
            begun = path.parent.glob(f".{path.name}.new-*")
            with suppress(FileNotFoundError):  # it took its place meanwhile
                if any(new.stat().st_size >= size for new in begun):
                    process.send_signal(signal.SIGKILL)
                    break
            time.sleep(0.0005)
        process.wait()
    return process.returncode == -signal.SIGKILL


@pytest.mark.parametrize("name", ["rows.jsonl.gz", "rows.parquet", "texts.zip", "texts.tar.gz"])
def test_a_killed_purge_leaves_the_old_file_or_the_new_one(tmp_path: Path, name: str) -> None:
    """Killed when the new file begins and near its end; never a half file in its place."""
    count = MEMBERS if name.startswith("texts") else COUNT
    path = tmp_path / "raw" / name
    make(path)
    data = path.read_bytes()
    for share in (0.01, 0.9):
        path.write_bytes(data)
        while not killed(tmp_path, path, share * len(data)):  # it was done before we looked
            path.write_bytes(data)
        assert records(path) in (count, count - 1)
        assert records(path) == count - 1 or path.read_bytes() == data
    subprocess.run([sys.executable, "-c", COMMAND, str(tmp_path)], check=True, capture_output=True)
    assert records(path) == count - 1
    assert [left.name for left in path.parent.iterdir()] == [name]


HANG = """
import shutil, sys, time
from pathlib import Path
from corpus.pipeline.erasure.takedown import TakedownOptions, take_down
def hang(place, *_, **__):
    if ".new-" in Path(place).name:
        print("ready", flush=True)
        time.sleep(60)
    rmtree(place)
rmtree = shutil.rmtree
folder = Path(sys.argv[1])
shutil.rmtree = hang if sys.argv[2:] else rmtree
options = TakedownOptions(folder / "graves.jsonl", datasets=(folder / "built",), raw=(folder / "raw",), purge=True)
take_down("d7", "asked", options)
"""


def test_the_old_build_goes_though_its_purge_was_killed_when_the_new_one_stood(tmp_path: Path) -> None:
    """Nothing holds the document then but what stands beside the build under the name of a new one."""
    (tmp_path / "raw").mkdir()
    for number in (6, 7):
        (tmp_path / "raw" / f"d{number}.txt").write_text(text(number), "utf-8")
    build([tmp_path / "raw"], tmp_path / "built", BuildOptions(name="rows"))
    command = [sys.executable, "-c", HANG, str(tmp_path)]
    with subprocess.Popen([*command, "killed"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        process.kill()
    assert [path for path in tmp_path.iterdir() if path.name.startswith(".built.new-")]
    assert [row["doc_id"] for row in BuiltDataset.open(tmp_path / "built").rows("documents")] == ["d6"]
    subprocess.run(command, check=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["built", "graves.jsonl", "raw"]
