"""Raw documents put by in a file and read back one by one, so that their texts are not held in memory."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from corpus.model.document import RawDocument

__all__ = ["Located", "Shelf"]

_CODEC = "lz4"


@dataclass(frozen=True, slots=True)
class Located:
    """A raw document that was put by: what is asked of all at once, and where the rest lies."""

    doc_id: str
    source_file: str
    characters: int
    """How long its text is."""
    offset: int
    size: int
    """Bytes in the file."""
    whole: int
    """Bytes when they are unpacked."""


class Shelf:
    """A file of raw documents, of this process alone: it is written and read by nobody else."""

    def __init__(self, path: Path) -> None:
        """Make the file."""
        self._file = path.open("x+b")
        self._end = 0

    def put(self, raw: RawDocument) -> Located:
        """Put a document by.

        Raises:
            OSError: the file cannot be written.
        """
        data = pickle.dumps(raw, pickle.HIGHEST_PROTOCOL)
        packed = pa.compress(data, codec=_CODEC, asbytes=True)
        self._file.seek(self._end)
        self._file.write(packed)
        found = Located(raw.doc_id, raw.source_file, len(raw.text), self._end, len(packed), len(data))
        self._end += len(packed)
        return found

    def get(self, located: Located) -> RawDocument:
        """Return a document that was put by.

        Raises:
            OSError: the file cannot be read.
        """
        self._file.seek(located.offset)
        data = pa.decompress(self._file.read(located.size), located.whole, codec=_CODEC, asbytes=True)
        raw: RawDocument = pickle.loads(data)  # noqa: S301 (our own bytes, in a folder of our own)
        return raw

    def close(self) -> None:
        """Close the file."""
        self._file.close()
