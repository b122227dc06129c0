"""An archive as a folder whose files are unpacked when they are opened, a few at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from corpus.errors import SourceError
from corpus.readers.opening import cause
from corpus.readers.origins import Origin
from corpus.readers.packed.contents import Contents, Trouble, is_hidden
from corpus.readers.packed.tars import TarStore
from corpus.readers.packed.zips import ZipStore
from corpus.readers.spool import Spool

__all__ = ["Archive", "MemberOrigin", "open_archive"]

_PIECE = 2**18


@dataclass(slots=True)
class Archive:
    """An archive that was listed."""

    origin: Origin
    """Where it lies itself."""
    identity: str
    """What tells it from others; never shown."""
    contents: Contents
    store: ZipStore | TarStore
    """What unpacks it."""
    _spool: Spool
    _left: int
    """How many bytes may still be unpacked of it."""
    _sizes: dict[str, int] = field(default_factory=dict)
    """What was unpacked, which may be unpacked again."""
    _refused: dict[str, str] = field(default_factory=dict)

    @property
    def troubles(self) -> list[Trouble]:
        """What is wrong with it and with what it holds."""
        return self.contents.troubles

    def names(self, *, hidden: bool = False) -> list[tuple[str, ...]]:
        """Return the members' names in parts, in the order in which a folder of them would be walked."""
        named = sorted(tuple(name.split("/")) for name in self.contents.members)
        return named if hidden else [parts for parts in named if not is_hidden(parts)]

    def fetch(self, key: str) -> Path:
        """Return where a member was unpacked to; another one may take its place once some others were.

        Raises:
            SourceError: it cannot be unpacked, or would bring all that was unpacked beyond the limit.
        """
        place = f"{self.identity}/{key}"
        path = self._spool.kept(place)
        if path is None:
            self._allow(key)
            path = self._spool.new()
            try:
                self._unpack(key, path)
            except SourceError as error:
                path.unlink(missing_ok=True)
                self._refused[key] = str(error)
                raise
            self._spool.keep(place, path)
        return path

    def head(self, key: str, size: int) -> bytes:
        """Return the first bytes of a member."""
        self._spool.use(self.store)
        with self.store.stream(self.contents.members[key]) as stream:
            return stream.read(size)

    def _allow(self, key: str) -> None:
        if key in self._refused:
            raise SourceError(self._refused[key])
        size = self.contents.members[key].size
        if key not in self._sizes and size > self._left:
            self._refused[key] = (
                f"It has {size} bytes unpacked, more than is left of the limit on the whole archive ({self._left} "
                "bytes); unpack the archive yourself if it is sound."
            )
            raise SourceError(self._refused[key])
        self._left -= size if key not in self._sizes else 0
        self._sizes[key] = size

    def _unpack(self, key: str, path: Path) -> None:
        self._spool.use(self.store)
        with self.store.stream(self.contents.members[key]) as stream:
            try:
                with path.open("wb") as target:
                    while piece := stream.read(_PIECE):
                        target.write(piece)
            except OSError as error:
                raise SourceError(f"It cannot be unpacked: {cause(error)}.") from error


@dataclass(frozen=True, slots=True)
class MemberOrigin:
    """A file in an archive."""

    within: Archive
    key: str

    @property
    def identity(self) -> str:
        """The archive's, with the member's name."""
        return f"{self.within.identity}/{self.key}"

    @property
    def folder(self) -> str:
        """The archive's, with the member's folder in it."""
        return f"{self.within.identity}/{self.key.rpartition('/')[0]}"

    def path(self) -> Path:
        """Unpack the member, where it does not lie unpacked, and return where it is."""
        return self.within.fetch(self.key)

    def head(self, size: int) -> bytes:
        """Unpack the first bytes alone."""
        return self.within.head(self.key, size)

    def beside(self, name: str, up: int = 0) -> Origin | None:
        """Return the file of that name in the same folder or above it, which may be where the archive lies."""
        folders = self.key.split("/")[:-1]
        if up > len(folders):
            return self.within.origin.beside(name, up - len(folders) - 1)
        key = "/".join([*folders[: len(folders) - up], name])
        return MemberOrigin(self.within, key) if key in self.within.contents.members else None

    def state(self) -> tuple[int, ...] | None:
        """Return what is otherwise when the archive was written to."""
        return self.within.origin.state()


def open_archive(origin: Origin, name: str, spool: Spool) -> Archive:
    """List an archive of that name, once; its members are unpacked to the spool.

    Raises:
        SourceError: it cannot be read at all.
    """
    known = spool.archives.get(origin.identity)
    if isinstance(known, SourceError):
        raise known
    if isinstance(known, Archive):
        return known
    try:
        held = spool.archives[origin.identity] = _listed(origin, name, spool)
    except SourceError as error:
        spool.archives[origin.identity] = error
        raise
    return held


def _listed(origin: Origin, name: str, spool: Spool) -> Archive:
    path, options = origin.path(), spool.options
    try:
        most = max(options.min_unpacked_bytes, options.max_expansion * path.stat().st_size)
    except OSError as error:
        raise SourceError(f"The archive cannot be opened: {cause(error)}.") from error
    store = ZipStore(path) if name.lower().endswith(".zip") else TarStore(path, spool.new(), most)
    try:
        contents = store.contents()
    finally:
        spool.use(store)
    return Archive(origin, origin.identity, contents, store, spool, most)
