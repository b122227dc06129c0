"""The files of a raw store: all that a build reads of it, and texts that it would pass over."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import SourceError
from corpus.export.layout import MANIFEST, SCHEME
from corpus.model.manifest import IdsFrom
from corpus.readers.addresses import is_address, local_path
from corpus.readers.inputs import ANNOTATIONS, list_files
from corpus.readers.kinds import FileName, is_archive, is_packed, read_name
from corpus.readers.labels import labelled
from corpus.readers.mirrors import bare_name, read_mirrored_name, read_page_name
from corpus.readers.named import SOURCES_TOML, TAKEDOWNS
from corpus.readers.opening import visible
from corpus.readers.origins import LocalOrigin, Origin
from corpus.readers.packed import UNREAD_MEMBERS, MemberOrigin, open_archive
from corpus.readers.report import ReadReport
from corpus.readers.sourcefile import SourceFile
from corpus.readers.spool import Spool

__all__ = [
    "RawFile",
    "annotations_below",
    "archives_below",
    "datasets_below",
    "folders_around",
    "packed_below",
    "raw_files",
    "tables_of",
]

_TOOLS = frozenset({".corpus", ".git"})
"""Folders of tools: the ledger is purged by itself, and the history of versions is nobody's to change here."""
_TEXTS = (".text",)
"""Endings of texts that are no sources, and may be copies of them."""
_ARCHIVES = (".wet", ".wat")
"""Endings of archives that are made of others: the texts of their pages, and what is told of them."""


@dataclass(frozen=True, slots=True)
class RawFile:
    """One file, and whether it may be changed."""

    place: Path
    """Where it lies; of an address what may be shown of it."""
    source: SourceFile
    fixed: str = ""
    """Why it is not changed here: the end of a sentence."""
    archive: Path | None = None
    """The archive that it lies in, which is written anew without it."""

    @property
    def held_by(self) -> Path:
        """The file of this machine whose bytes are to be changed."""
        return self.archive or self.place


def raw_files(sources: Sequence[Path | str], spool: Spool, report: ReadReport) -> Iterator[RawFile]:
    """Yield every file of the sources once, hidden ones too, in the order of their names.

    What is only reached over a link or at an address is not changed here. What cannot be listed is a finding.
    Built datasets, annotations and what the tools themselves keep are no raw files. ``spool.options.ids`` says what
    the files' ids are.
    """
    seen: set[str] = set()
    for source in sources:
        if not is_address(source):
            root = local_path(source)
            for path in _regular(root):
                folders = path.relative_to(root).parts[:-1]
                if _is_archive(path):
                    if not _known(path, seen):
                        yield from _members(path, () if path == root else (*folders, path.name), spool, report)
                    continue
                file = _source_file(LocalOrigin(path), path.name, folders, spool.options.ids)
                if file is not None and not _known(path, seen):
                    yield RawFile(path, file)
    for source in sources:
        listed = ReadReport()
        for file in list_files([source], listed, spool).files:
            held = file.origin.within.origin if isinstance(file.origin, MemberOrigin) else file.origin
            if not isinstance(held, LocalOrigin):
                yield RawFile(Path(file.name), file, "lies at an address")
            elif not _is_linked(held.file, local_path(source)):
                continue
            elif isinstance(file.origin, MemberOrigin):
                if os.path.realpath(held.file) not in seen:
                    yield RawFile(held.file / file.origin.key, file, "lies in an archive that is a link")
            elif not _known(held.file, seen):
                yield RawFile(held.file, file, "is a link to a file elsewhere")
        own = () if is_address(source) else tuple(_labels_of_archives(source))
        report.findings += [found for found in listed.findings if not _is_of(found.place, own)]


def folders_around(sources: Sequence[Path | str]) -> Iterator[Path]:
    """Yield, for each source of this machine in turn, the folder that it is or lies in, then the one above that."""
    for source in sources:
        if not is_address(source):
            here = local_path(source).resolve()
            folder = here if here.is_dir() else here.parent
            yield from (folder, folder.parent)


def datasets_below(sources: Sequence[Path | str]) -> tuple[Path, ...]:
    """Return the builds and releases that lie in the sources."""
    folders = [local_path(source) for source in sources if not is_address(source)]
    found = (path.parent for folder in folders for path in sorted(folder.rglob(MANIFEST)))
    return tuple(dict.fromkeys(path for path in found if (path / SCHEME).is_file()))


def annotations_below(sources: Sequence[Path | str]) -> tuple[Path, ...]:
    """Return the folders of annotations that lie right below the sources."""
    folders = (local_path(source) / ANNOTATIONS for source in sources if not is_address(source))
    return tuple(folder for folder in folders if folder.is_dir())


def packed_below(sources: Sequence[Path | str]) -> Iterator[Path]:
    """Yield the archives and packed files of the sources on this machine into which nothing here looks."""
    for source in sources:
        if not is_address(source):
            for path in _regular(local_path(source)):
                if _is_closed(path.name) and not _is_archive(path):
                    yield path


def archives_below(sources: Sequence[Path | str]) -> Iterator[Path]:
    """Yield the archives of the sources on this machine that are looked into."""
    for source in sources:
        if not is_address(source):
            yield from filter(_is_archive, _regular(local_path(source)))


def tables_of(sources: Sequence[Path | str]) -> Iterator[Path]:
    """Yield every ``sources.toml`` of the sources on this machine."""
    for source in sources:
        if not is_address(source):
            yield from (path for path in _regular(local_path(source)) if path.name == SOURCES_TOML)


def _regular(root: Path) -> Iterator[Path]:
    apart, work = set(datasets_below([root])), set(annotations_below([root]))
    for path in sorted(root.rglob("*")) if root.is_dir() else [root]:
        if path.is_file() and not path.is_symlink():
            inner = path.relative_to(root)
            annotates = path.suffix == ".jsonl" and not work.isdisjoint(path.parents)
            if apart.isdisjoint(path.parents) and not annotates and _TOOLS.isdisjoint(inner.parts[:-1]):
                yield path


def _is_linked(path: Path, root: Path) -> bool:
    """Tell whether a path leads over a link on its way from the source."""
    if path == root:
        return path.is_symlink()
    return Path(os.path.realpath(path)) != Path(os.path.realpath(root)) / path.relative_to(root)


def _members(path: Path, above: Sequence[str], spool: Spool, report: ReadReport) -> Iterator[RawFile]:
    """Yield what an archive holds, as if it was a folder; what of it is not looked into is a finding."""
    try:
        held = open_archive(LocalOrigin(path), bare_name(path.name), spool)
    except SourceError as error:
        report.add("unreadable", str(path), str(error))
        return
    for trouble in held.troubles:
        if trouble.code in UNREAD_MEMBERS:
            report.add("unreadable", f"{path}/{trouble.name}".rstrip("/"), trouble.message)
    for parts in held.names(hidden=True):
        origin, name = MemberOrigin(held, "/".join(parts)), parts[-1]
        if _is_closed(name):
            report.add("unreadable", str(path.joinpath(*parts)), "It is packed within an archive.")
            continue
        file = _source_file(origin, name, (*above, *parts[:-1]), spool.options.ids)
        if file is not None:
            yield RawFile(path.joinpath(*parts), file, archive=path)


def _is_archive(path: Path) -> bool:
    return is_archive(bare_name(path.name))


def _is_closed(name: str) -> bool:
    """Tell whether a file is packed, and not one text, page or table that is read so."""
    return is_packed(bare_name(name)) and read_name(bare_name(name)) is None


def _labels_of_archives(source: Path | str) -> Iterator[str]:
    """Yield what the archives below a source are called where it is listed."""
    ((root, label),) = labelled([source])
    for path in filter(_is_archive, _regular(Path(root))):
        yield "/".join((label, *map(visible, path.relative_to(root).parts)))


def _is_of(place: str, archives: Sequence[str]) -> bool:
    return any(place == name or place.startswith(f"{name}/") for name in archives)


def _source_file(origin: Origin, name: str, folders: Sequence[str], ids: IdsFrom | None) -> SourceFile | None:
    if name == TAKEDOWNS:
        return None
    told = _told(name, origin, ids)
    if told is None:
        return None
    return SourceFile.named(origin, name, told, walked=True, folders=folders, ids=ids)


def _told(name: str, origin: Origin, ids: IdsFrom | None) -> FileName | None:
    """Return what a file holds: as a build sees it, or as what it is a copy of, or as what is read elsewhere."""
    with suppress(SourceError):  # what cannot be read by its own name is a finding by the one of what it copies
        told = read_mirrored_name(name, origin) if ids == "path" else None
        if told is not None:
            return told
    bare = name if read_name(name) else bare_name(name)
    told = read_name(bare)
    if told is not None:
        return told
    last, gzipped = Path(bare.removesuffix(".gz")), bare.endswith(".gz")
    ending = last.suffix.lower()
    if ending in _TEXTS:
        return FileName("text", gzipped, last.stem, ending)
    if ending in _ARCHIVES:
        return FileName("warc", gzipped, last.stem, ending)
    try:
        return read_page_name(bare, origin)
    except SourceError:  # looking through it says why it cannot be
        return FileName("html", False, bare, "")


def _known(path: Path, seen: set[str]) -> bool:
    real = os.path.realpath(path)
    known = real in seen
    seen.add(real)
    return known
