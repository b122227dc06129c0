"""A key, a hash and a place for every row of a config, in parts that fit into memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import polars as pl
import pyarrow as pa

from corpus.comparison.comparable import Comparable
from corpus.comparison.shards import ConfigShards
from corpus.files import scratch_directory

__all__ = ["HASH", "PLACE", "fingerprint_parts"]

PLACE = (" file", " row")
"""The columns that say where a row lies: the number of its file, and its row in the file."""
HASH = " hash"
"""The column with the hash of all values of a row."""

PART_ROWS = 2_000_000
"""Rows of both sides up to which a config is compared in one part; some 400 MB at the peak."""
_FLUSH_ROWS = 200_000


def fingerprint_parts(
    old: ConfigShards, new: ConfigShards, columns: Sequence[str], form: Comparable, seed: int
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Yield the fingerprints of both sides part by part; rows of one key are in one part.

    Parts of large configs wait in temporary files, some 50 bytes a row.

    Raises:
        DataError: a file cannot be read.
        OSError: a temporary file cannot be written.
    """
    parts = 1 + (old.rows + new.rows) // PART_ROWS
    sides = [_fingerprints(shards, columns, form, seed) for shards in (old, new)]
    if parts == 1:
        yield pl.concat(sides[0]), pl.concat(sides[1])
        return
    with scratch_directory("corpus-diff") as scratch:
        folders = [scratch / "old", scratch / "new"]
        for folder, frames in zip(folders, sides, strict=True):
            _spill(folder, frames, new.key, seed, parts)
        for part in range(parts):
            yield _part(folders[0] / str(part)), _part(folders[1] / str(part))


def _fingerprints(
    shards: ConfigShards, columns: Sequence[str], form: Comparable, seed: int
) -> Iterator[pl.DataFrame]:
    """Yield a row's key, hash and place, for every row; first a frame without rows, so that there is one."""
    yield _fingerprint(form.frame(shards.schema.empty_table().select(columns), shards), shards.key, seed, 0, 0)
    for file, first, data in shards.batches(columns):
        yield _fingerprint(form.frame(data, shards), shards.key, seed, file, first)


def _fingerprint(frame: pl.DataFrame, key: Sequence[str], seed: int, file: int, first: int) -> pl.DataFrame:
    return frame.select(
        *key,
        frame.hash_rows(seed).alias(HASH),
        pl.lit(file, pl.Int32).alias(PLACE[0]),
        pl.int_range(first, first + frame.height, dtype=pl.Int64).alias(PLACE[1]),
    )


def _spill(folder: Path, frames: Iterator[pl.DataFrame], key: Sequence[str], seed: int, parts: int) -> None:
    """Deal rows out to one file a part, by a hash of the key."""
    folder.mkdir()
    first = next(frames)
    with _writers(folder, first, parts) as writers:
        for frame in _gathered(frames):
            part_of = frame.select(key).hash_rows(seed) % parts
            dealt = frame.with_columns(part_of.alias(" part")).partition_by(
                " part", as_dict=True, include_key=False
            )
            for (part,), rows in dealt.items():
                writers[part].write_table(_arrow(rows))


@contextmanager
def _writers(folder: Path, like: pl.DataFrame, parts: int) -> Iterator[list[pa.RecordBatchStreamWriter]]:
    with ExitStack() as stack:
        schema = _arrow(like).schema
        files = [stack.enter_context((folder / str(part)).open("wb")) for part in range(parts)]
        yield [stack.enter_context(pa.ipc.new_stream(file, schema)) for file in files]


def _gathered(frames: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Join small frames to larger ones."""
    waiting: list[pl.DataFrame] = []
    for frame in frames:
        waiting.append(frame)
        if sum(own.height for own in waiting) >= _FLUSH_ROWS:
            yield pl.concat(waiting)
            waiting = []
    if waiting:
        yield pl.concat(waiting)


def _part(path: Path) -> pl.DataFrame:
    with path.open("rb") as file, pa.ipc.open_stream(file) as stream:
        return pl.DataFrame(stream.read_all())


def _arrow(frame: pl.DataFrame) -> pa.Table:
    return frame.to_arrow(compat_level=pl.CompatLevel.oldest())
