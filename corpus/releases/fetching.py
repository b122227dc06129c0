"""Fetch a dataset from an address, so that it can be looked at as one of this machine."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from corpus.errors import SourceError
from corpus.files import scratch_directory
from corpus.readers.addresses import is_address, shown_parts
from corpus.readers.remote import open_address
from corpus.readers.report import ReadOptions
from corpus.readers.spool import Spool

__all__ = ["fetched"]

_THEIRS = frozenset({".gitattributes"})
"""Files that a host adds to a repository."""


@contextmanager
def fetched(place: str) -> Iterator[Path]:
    """Give the directory of a dataset; one at an address is fetched and removed again when the block ends.

    ``hf://datasets/ORG/NAME@v1.0.0`` is a version on the Hugging Face Hub.

    Raises:
        SourceError: the address cannot be read, or a file of it cannot be fetched.
        ExtraMissingError: what reads it is in an extra that is not installed.
    """
    if not is_address(place):
        yield Path(place)
        return
    with Spool(ReadOptions()) as spool, scratch_directory("corpus-fetched") as root:
        folder, key, keys = open_address(place, spool)
        shown = "/".join(shown_parts(place))
        if keys is None:
            raise SourceError(f"{shown} is one file; name the folder of a release.")
        for own in keys:
            relative = own.removeprefix(key).lstrip("/")
            if relative in _THEIRS:
                continue
            if ".." in PurePosixPath(relative).parts:
                raise SourceError(f"{shown} holds a file whose name leads out of it.")
            (root / relative).parent.mkdir(parents=True, exist_ok=True)
            shutil.move(folder.fetch(own), root / relative)
        yield root
