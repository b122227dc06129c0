"""What a purge holds at once does not grow with the file that it cuts."""

from __future__ import annotations

import base64
import gzip
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

MEASURED = """
import re, sys
from pathlib import Path

import pyarrow as pa

import corpus.readers.erasing.tables as tables
from corpus.pipeline.erasure.takedown import TakedownOptions, take_down


def peak():
    return int(re.search(r"VmHWM:\\s*(\\d+) kB", Path("/proc/self/status").read_text())[1]) * 1024

tables._GROUP_BYTES = tables._BATCH_BYTES = 2**20
folder, doc_id = Path(sys.argv[1]), sys.argv[2]
take_down("warm", "asked", TakedownOptions(folder / "graves.jsonl", raw=(folder / "warm",), purge=True))
before = peak()
report = take_down(doc_id, "asked", TakedownOptions(folder / "graves.jsonl", raw=(folder / "raw",), purge=True))
assert len(report.erased) == 1 and not report.left, report
print(pa.default_memory_pool().max_memory() if (folder / 'raw' / 'rows.parquet').exists() else peak() - before)
"""
SIZE, RECORDS = 20_000, 2000
"""Bytes of a text; texts in a file: 40 MB."""


def texts() -> Iterator[tuple[str, str]]:
    rng = random.Random(1)
    for number in range(RECORDS):
        yield f"d{number}", base64.b64encode(rng.randbytes(SIZE * 3 // 4)).decode()


def write_lines(path: Path) -> None:
    with gzip.open(path, "wt", compresslevel=1) as stream:
        stream.writelines(json.dumps({"id": name, "text": text}) + "\n" for name, text in texts())


def write_rows(path: Path) -> None:
    with path.open("w") as stream:
        stream.write("id,text\n")
        stream.writelines(f'{name},"{text}\n"\n' for name, text in texts())


def write_parquet(path: Path) -> None:
    """Write one row group; what is read at once is a page."""
    data = pa.table(dict(zip(("id", "text"), map(list, zip(*texts(), strict=True)), strict=True)))
    pq.write_table(data, path, write_batch_size=16)


def write_archive(path: Path) -> None:
    """Write pictures, among them one page."""
    with path.open("wb") as stream:
        for name, text in texts():
            page = name == "d7"
            kind, body = ("text/html", f"<html><p>{text}</p></html>") if page else ("image/png", text)
            content = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n\r\n{body}"
            head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/{name}\r\n"
            record = f"{head}Content-Length: {len(content)}\r\n\r\n{content}\r\n\r\n".encode()
            stream.write(gzip.compress(record, 1) if path.suffix == ".gz" else record)


WRITERS = {
    "rows.jsonl.gz": write_lines,
    "rows.csv": write_rows,
    "rows.parquet": write_parquet,
    "pages.warc.gz": write_archive,
}


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak is read from Linux")
@pytest.mark.parametrize("name", WRITERS)
def test_a_large_file_is_never_held(tmp_path: Path, name: str) -> None:
    """40 MB of texts take less than 16 MB more than a small file does (in Arrow's memory, for Parquet)."""
    (tmp_path / "raw").mkdir()
    (tmp_path / "warm").mkdir()
    small = "\n".join(f'{{"id": "{own}", "text": "{own} {"word " * 4000}"}}' for own in ("warm", "other"))
    (tmp_path / "warm" / "small.jsonl").write_text(small)
    WRITERS[name](tmp_path / "raw" / name)
    doc_id = "https://a.example/d7" if "warc" in name else "d7"
    command = [sys.executable, "-c", MEASURED, str(tmp_path), doc_id]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 16 * 2**20
