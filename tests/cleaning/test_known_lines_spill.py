"""Rows of known lines that wait in the folder for temporary files."""

from __future__ import annotations

import errno
import resource
import tempfile
from pathlib import Path

import polars as pl
import pytest

from corpus.cleaning.linecounts.spill import Spill
from corpus.files import scratch_directory

SCHEMA: dict[str, type[pl.DataType]] = {"key": pl.UInt64, "n": pl.UInt32}


def test_rows_come_back_in_parts_by_their_keys(tmp_path: Path) -> None:
    spill = Spill(tmp_path, SCHEMA)
    keys = [5, 2**63, 2**58, 7, 2**64 - 1]
    spill.add(pl.DataFrame({"n": range(5), "key": pl.Series(keys, dtype=pl.UInt64), "other": ["x"] * 5}))
    parts = [part.sort("key").rows() for part in spill.parts()]
    assert [part for part in parts if part] == [[(5, 0), (7, 3)], [(2**58, 2)], [(2**63, 1)], [(2**64 - 1, 4)]]


def test_a_full_disk_is_told_with_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the code by which a command names the way out."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with pytest.raises(OSError, match="too large") as caught, scratch_directory("corpus-counts") as folder:
        spill = Spill(folder, SCHEMA)
        spill.add(pl.DataFrame({"key": pl.Series(range(9000), dtype=pl.UInt64), "n": range(9000)}))
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
        try:
            list(spill.parts())
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (caught.value.errno, caught.value.filename) == (errno.EFBIG, str(tmp_path / "corpus-counts"))
