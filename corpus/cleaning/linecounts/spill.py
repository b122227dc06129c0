"""Rows on disk in a fixed number of parts by their key, so that each part is small enough to be sorted alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

__all__ = ["PARTS", "Spill"]

PARTS = 64
"""Parts by the six highest bits of the key: in order, the parts' sorted rows are the sorted whole."""

_SHIFT = 58
_HELD = 4_000_000
"""Rows held in memory before they are written."""


class Spill:
    """Frames of one schema with a column ``key`` (UInt64), appended in any order, read back part by part."""

    def __init__(self, folder: Path, schema: dict[str, type[pl.DataType]]) -> None:
        """Write below a folder that exists and is removed by whoever made it."""
        self._folder = folder
        self._schema = schema
        self._held: list[pl.DataFrame] = []
        self._rows = self._flushed = 0

    def add(self, frame: pl.DataFrame) -> None:
        """Add rows; the columns of the schema are taken."""
        self._held.append(frame.select(pl.col(name).cast(kind) for name, kind in self._schema.items()))
        self._rows += len(frame)
        if self._rows >= _HELD:
            self._flush()

    def parts(self) -> Iterator[pl.DataFrame]:
        """Yield each part's rows, in the order of the parts; the rows of a part in no order."""
        self._flush()
        for number in range(PARTS):
            files = sorted(self._folder.glob(f"{number:02}-*.arrow"))
            frames = [pl.read_ipc(path) for path in files]
            yield pl.concat([pl.DataFrame(schema=self._schema), *frames])

    def _flush(self) -> None:
        if not self._rows:
            return
        part = (pl.col("key") // 2**_SHIFT).cast(pl.UInt8)
        for (number,), rows in pl.concat(self._held).group_by(part):
            # Written by Python: Polars' error on a full disk has neither code nor place.
            packed = rows.write_ipc(None, compression="lz4")
            (self._folder / f"{number:02}-{self._flushed:06}.arrow").write_bytes(packed.getbuffer())
        self._held, self._rows = [], 0
        self._flushed += 1
