"""Rows that are put by come back in ranges of documents, whatever the order they came in."""

from __future__ import annotations

import json
import random
import resource
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pytest

from corpus.export.dataset import tree_hashes
from corpus.export.spool import Spool
from corpus.pipeline.build import BuildOptions, build

SCHEMA = pa.schema([("doc_id", pa.large_string()), ("block", pa.int32())])


def put_by(folder: Path, ids: list[str], size: int) -> tuple[Spool, list[tuple[str, int]]]:
    """Put three rows a document by, ``size`` documents a batch."""
    spool = Spool(folder, SCHEMA)
    rows = [(doc_id, block) for doc_id in ids for block in range(3)]
    for start in range(0, len(rows), 3 * size):
        batch = rows[start : start + 3 * size]
        spool.add(pa.table([list(column) for column in zip(*batch, strict=True)], schema=SCHEMA))
    return spool, rows


def pairs(data: pa.Table) -> list[tuple[str, int]]:
    return list(zip(*(column.to_pylist() for column in data.columns), strict=True))


@pytest.mark.parametrize("shuffled", [False, True])
@pytest.mark.parametrize("limit", [1, 300, 10**9])
def test_ranges_ascend_and_hold_every_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shuffled: bool, limit: int
) -> None:
    """All rows of a document in one range; read twice, the same."""
    monkeypatch.setattr("corpus.export.spool.RANGE_BYTES", limit)
    monkeypatch.setattr("corpus.export.spool.MOST_RANGES", 20)
    ids = [f"d{number:03d}" for number in range(100)]
    if shuffled:
        random.Random(2).shuffle(ids)
    spool, rows = put_by(tmp_path / "s", ids, 7)
    ranges = list(spool)
    assert sorted(pair for part in ranges for pair in pairs(part)) == sorted(rows)
    spans = [(min(pairs(part))[0], max(pairs(part))[0]) for part in ranges if part.num_rows]
    assert all(last < first for (_, last), (first, _) in pairwise(spans))
    assert [pairs(part) for part in spool] == [pairs(part) for part in ranges]
    if limit == 10**9:
        assert len(spans) == 1
    else:
        assert len(spans) >= 10
        assert max(part.num_rows for part in ranges) <= 60


def test_nothing_put_by_is_a_range_without_rows(tmp_path: Path) -> None:
    spool, _ = put_by(tmp_path / "s", [], 1)
    assert [(part.num_rows, part.schema) for part in spool] == [(0, SCHEMA)]
    with pytest.raises(ValueError, match="read already"):
        spool.add(SCHEMA.empty_table())


def test_a_build_has_the_same_bytes_in_any_ranges(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids in no order, a split, carried columns whose type shows late; a document a range, or all in one."""
    rng = random.Random(4)
    with (tmp_path / "a.jsonl").open("w", encoding="utf-8") as file:
        for number in range(40):
            text = f"Harbour {number} opens\n\n" + " ".join(
                rng.choices(["The", "port", "said", "on", "Monday."], k=30)
            )
            record = {"id": f"{rng.getrandbits(32):x}", "text": text, "votes": number if number < 39 else "many"}
            file.write(json.dumps(record) + "\n")
    hashes = []
    for limit, size in ((1, 300), (10**9, 4_000_000)):
        monkeypatch.setattr("corpus.export.spool.RANGE_BYTES", limit)
        monkeypatch.setattr("corpus.pipeline.cleaning.batches.__defaults__", (size,))
        build([tmp_path / "a.jsonl"], tmp_path / str(limit), BuildOptions(name="n"))
        hashes.append(tree_hashes(tmp_path / str(limit)))
    assert hashes[0] == hashes[1]


def test_a_full_disk_is_told_with_its_place(tmp_path: Path) -> None:
    """The folder for temporary files may be full while there is room where the dataset goes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    spool = Spool(tmp_path / "s", SCHEMA)
    rng = random.Random(5)
    ids = [f"{rng.getrandbits(256):064x}" for _ in range(2000)]
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        with pytest.raises(OSError, match="too large") as caught:
            spool.add(pa.table([ids, [0] * len(ids)], schema=SCHEMA))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert caught.value.filename == str(tmp_path / "s")
