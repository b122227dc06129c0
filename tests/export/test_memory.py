"""What a dataset's writer and readers hold does not grow with the dataset."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

MEASURED = """
import sys
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

sys.path.insert(0, sys.argv[1])
import made
import corpus.comparison.rows, corpus.comparison.shards, corpus.export.batches, corpus.export.shards
from corpus.comparison.difference import compare
from corpus.export.dataset import write_dataset
from corpus.export.store import BuiltDataset
from corpus.model.document import sha256_text
from corpus.model.tables import CONFIGS
from corpus.releases.opening import open_side
from corpus.releases.verification import verify

corpus.export.batches.BATCH_BYTES = 2**16
corpus.export.shards.GROUP_BYTES = 2**17
corpus.comparison.rows.SLICE_BYTES = corpus.comparison.shards._BATCH_BYTES = 2**17


class Many:
    # documents of 20 kB each, made when they are asked for, ten a range
    def __init__(self, config, count, tail):
        self.config, self.count, self.tail = config, count, tail
        self.schema = next(self.parts(1)).schema

    def parts(self, count):
        content = made.make_content()
        for first in range(0, count, 10):
            rows = {name: [] for name in CONFIGS}
            for number in range(first, min(first + 10, count)):
                text = ("word " * 4000) + f"{number}{self.tail}"
                self.one(rows, f"d{number:05d}", text)
            yield made.make_tables(rows)[self.config]

    def one(self, rows, doc_id, text):
        own = made.make_rows()
        document = next(row for row in own["documents"] if row["doc_id"] == "harbour")
        block = next(row for row in own["blocks"] if row["kept"])
        raw = own["raw"][0]
        digest = sha256_text(text)
        same = {"doc_id": doc_id, "text": text}
        hashes = {"anchor_sha256": digest, "raw_sha256": digest}
        told = ("title", "authors", "published", "publisher", "dateline", "language")
        told += ("copyright", "copyright_holder")
        by_hand = {"kind": "sources.toml", "start": None, "end": None, "source": "by hand"}
        empty = {"headings": [], "captions": [], "evidence": [{"column": name, **by_hand} for name in told]}
        rows["documents"].append({**document, **same, **hashes, **empty, "text_sha256": digest})
        place = {"block": 0, "line": 0, "start": 0, "end": len(text), "role": "body", "join": "", "section": 0}
        rows["blocks"].append({**block, **same, **place})
        rows["raw"].append({**raw, **same, **hashes})

    def __iter__(self):
        return self.parts(self.count)


def peak(count, folder):
    content = made.make_content({name: [] for name in CONFIGS})
    for tail in ("a", "b"):
        tables = {name: Many(name, count, tail) for name in ("documents", "blocks", "raw")}
        write_dataset(folder / tail, replace(content, tables={**content.tables, **tables}))
        findings = verify(folder / tail)
        assert not findings, findings
    assert sum(len(row["text"]) for row in BuiltDataset.open(folder / "b").rows("raw")) > count * 20_000
    difference = compare(open_side(folder / "a"), open_side(folder / "b"))
    assert difference.configs["raw"].rows.changed.height == count
    return pa.default_memory_pool().max_memory()


few, many = peak(50, Path("few")), peak(400, Path("many"))
print(few, many)
assert many < 1.5 * few, (few, many)
"""


def test_memory_does_not_grow_with_the_documents(tmp_path: Path) -> None:
    """Writing, verifying, reading and comparing eight times as many documents takes as much of Arrow's memory."""
    command = [sys.executable, "-c", MEASURED, str(Path(__file__).parent)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
