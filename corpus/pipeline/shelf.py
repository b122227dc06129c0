"""Raw documents put by in a file and read back one by one, so that their texts are not held in memory."""

from __future__ import annotations

import pickle
from array import array
from pathlib import Path

import pyarrow as pa

from corpus.model.document import RawDocument

__all__ = ["Shelf"]

_CODEC = "lz4"


class Shelf:
    """A file of raw documents, each known by its number; of this process alone, which writes and reads it."""

    def __init__(self, path: Path) -> None:
        """Make the file."""
        self._file = path.open("x+b")
        self._end = 0
        self._places = array("q")
        """Four numbers a document: offset and bytes in the file, bytes unpacked, characters of its text."""
        self._source_files: list[str] = []
        self._ids: list[str] = []

    def put(self, raw: RawDocument) -> int:
        """Put a document by and return its number.

        Raises:
            OSError: the file cannot be written.
        """
        data = pickle.dumps(raw, pickle.HIGHEST_PROTOCOL)
        packed = pa.compress(data, codec=_CODEC, asbytes=True)
        self._file.seek(self._end)
        self._file.write(packed)
        self._places.extend((self._end, len(packed), len(data), len(raw.text)))
        self._source_files.append(raw.source_file)
        self._ids.append(raw.doc_id)
        self._end += len(packed)
        return len(self._source_files) - 1

    def get(self, number: int) -> RawDocument:
        """Return a document that was put by.

        Raises:
            OSError: the file cannot be read.
        """
        offset, size, whole, _ = self._places[4 * number : 4 * number + 4]
        self._file.seek(offset)
        data = pa.decompress(self._file.read(size), whole, codec=_CODEC, asbytes=True)
        raw: RawDocument = pickle.loads(data)  # noqa: S301 (our own bytes, in a folder of our own)
        return raw

    def source_file(self, number: int) -> str:
        """Return the name of the file that a document was read from, without reading the document."""
        return self._source_files[number]

    def doc_id(self, number: int) -> str:
        """Return a document's id, without reading the document."""
        return self._ids[number]

    def characters(self, number: int) -> int:
        """Return how long a document's text is, without reading it."""
        return self._places[4 * number + 3]

    def close(self) -> None:
        """Close the file."""
        self._file.close()
