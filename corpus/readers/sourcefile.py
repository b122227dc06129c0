"""One file that is read: where its bytes lie, what it is called, and what its names tell."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import IO, Self

from corpus.model.manifest import IdsFrom
from corpus.readers.kinds import ONE_DOCUMENT, FileName, Kind
from corpus.readers.opening import open_regular, visible
from corpus.readers.origins import Origin

__all__ = ["SourceFile", "side_car_names"]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file to read."""

    origin: Origin
    name: str
    """The source's name and the path below it, with "/" between the parts; printable, never absolute."""
    stem: str
    """The file's name without its ending."""
    path: str
    """The same after the folders below the source, with "/" between them, as they are: not made printable."""
    ids: IdsFrom
    """Which of the two is the doc_id of a text file and of a page."""
    kind: Kind
    gzipped: bool
    walked: bool
    """Whether its whole folder was asked for (and not the file by name)."""
    ending: str = ""
    """The ending in lower case, without .gz: ".tsv"."""

    @classmethod
    def named(
        cls,
        origin: Origin,
        name: str,
        told: FileName,
        *,
        walked: bool,
        folders: Sequence[str] = (),
        ids: IdsFrom | None = None,
    ) -> Self:
        """Return the file of that name, with what its own name and its folders below the source tell."""
        path = "/".join((*folders, told.stem))
        return cls(origin, name, told.stem, path, ids or "stem", told.kind, told.gzipped, walked, told.ending)

    @property
    def depth(self) -> int:
        """How many folders lie between the source and the file; none for a file that was named itself."""
        return self.path.count("/")

    @property
    def doc_id(self) -> str:
        """The id of the document, where the file is one and names none itself."""
        return self.path if self.ids == "path" else self.stem

    def open(self) -> AbstractContextManager[IO[bytes]]:
        """Open the file's bytes, unzipped (but for WARC, whose records are zipped one by one).

        Raises:
            SourceError: it cannot be had, is no regular file, or its gzip stream is broken.
        """
        return open_regular(self.origin.path(), gzipped=self.gzipped and self.kind != "warc")

    def side_car(self) -> tuple[Origin, str] | None:
        """Return the JSON file beside a text or a page that speaks of it, with its name."""
        if self.kind not in ONE_DOCUMENT:
            return None
        last = self.name.rpartition("/")[2]
        for name in side_car_names(self.stem, last):
            other = self.origin.beside(name)
            if other is not None:
                return other, f"{self.name[: len(self.name) - len(last)]}{visible(name)}"
        return None


def side_car_names(stem: str, name: str) -> tuple[str, str]:
    """Return what a JSON file beside a text or a page may be called that speaks of it."""
    return f"{stem}.json", f"{name}.json"
