"""Find the files that sources name: in a fixed order, each once, whatever links and odd files lie about."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import ExtraMissingError, SourceError
from corpus.readers.kinds import KINDS, ONE_DOCUMENT, FileName, is_archive, named_by_type, read_name
from corpus.readers.labels import labelled
from corpus.readers.named import TAKEDOWNS, Names
from corpus.readers.opening import cause, visible
from corpus.readers.origins import LocalOrigin, Origin
from corpus.readers.packed import MemberOrigin, open_archive
from corpus.readers.remote import RemoteOrigin, open_address
from corpus.readers.report import ReadReport
from corpus.readers.sourcefile import SourceFile, side_car_names
from corpus.readers.spool import Spool

__all__ = ["ANNOTATIONS", "Inputs", "list_files"]

ANNOTATIONS = "annotations"
"""A directory of this name right below a source holds work on the documents, no documents."""

_TAKEDOWNS_PACKED = (
    "Tombstones in an archive are not obeyed, so what was taken down may be read anew; lay them beside the archive."
)

_DATASET = ("manifest.json", "scheme.toml")
"""Files that a build or a release holds, and by which it is known among the sources."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """The files to read, in order."""

    files: tuple[SourceFile, ...]
    tables: tuple[str, ...]
    """The names of the ``sources.toml`` below the sources."""


def list_files(sources: Sequence[Path | str], report: ReadReport, spool: Spool) -> Inputs:
    """List the files that the sources name, directories walked in the order of their entries' names.

    A file that is reached twice (named twice, or over a link) is listed once, by its own name where that is
    among them. Hidden entries of directories are passed over, JSON files that speak of a text or page beside
    them are no sources of their own, and builds and releases below a source are not read again. Files of other
    kinds go to ``report.skipped``; what cannot be read, links in a circle, and sources that name nothing become
    findings. Of an address only what lies there is listed; its files are fetched, to ``spool``, when they are
    opened. ``spool.options.ids`` says what the files' ids are.
    """
    walk = _Walk(report, spool)
    for source, label in labelled(sources):
        if isinstance(source, Path):
            walk.source(source, label)
        else:
            walk.address(source, label)
    return Inputs(tuple(_without_side_cars([file for file, _ in walk.found.values()])), tuple(walk.names.tables))


def _without_side_cars(files: list[SourceFile]) -> list[SourceFile]:
    spoken_of = {
        (file.origin.folder, name)
        for file in files
        if file.kind in ONE_DOCUMENT
        for name in side_car_names(file.stem, file.name.rpartition("/")[2])
    }
    if not spoken_of:
        return files
    return [f for f in files if (f.origin.folder, f.name.rpartition("/")[2]) not in spoken_of]


class _Walk:
    """One walk over all sources: what was found by its real path, and which directories were entered."""

    def __init__(self, report: ReadReport, spool: Spool) -> None:
        self.report, self.spool = report, spool
        self.names = Names(report, by_path=spool.options.ids == "path")
        self.found: dict[str, tuple[SourceFile, bool]] = {}
        self.entered: set[str] = set()
        self.apart: set[str] = set()

    def source(self, path: Path, label: str) -> None:
        """List one source: a file by name, or a directory with all that is below it."""
        try:
            mode = path.stat().st_mode
        except (OSError, ValueError) as error:
            self.report.add("no-such-source", label, f"This source cannot be read: {cause(error)}; check the path.")
            return
        if stat.S_ISDIR(mode):
            self._directory_source(path, label)
        else:
            self._file(path, label, None, None)

    def address(self, address: str, label: str) -> None:
        """List what lies at an address: one file, or all that is below a folder."""
        try:
            within, key, keys = open_address(address, self.spool)
        except (SourceError, ExtraMissingError) as error:
            code = "extra-missing" if isinstance(error, ExtraMissingError) else "no-such-source"
            self.report.add(code, label, str(error))
            return
        if keys is None:
            last = label.rpartition("/")[2]
            told = read_name(last) or named_by_type(last, within.media_type(key))
            if is_archive(last):
                self._archive(RemoteOrigin(within, key), last, label, None)
            elif told is None:
                self.names.unknown(label)
            else:
                self._add(RemoteOrigin(within, key), label, told, None)
            return
        before = self._met()
        named = sorted((k[len(key) :].strip("/").split("/"), k) for k in keys)
        self._listed([(tuple(parts), RemoteOrigin(within, below)) for parts, below in named], label)
        if self._met() == before:
            self._nothing(label)

    def _archive(self, origin: Origin, own: str, label: str, folders: Sequence[str] | None) -> None:
        """List what is in an archive; ``folders`` lie between the source and it, None for one by name.

        ``own`` is its bare name.
        """
        if origin.identity in self.entered:
            return
        self.entered.add(origin.identity)
        before, most = self._met(), self.spool.options.max_findings_per_file
        try:
            held = open_archive(origin, own, self.spool)
        except SourceError as error:
            self.report.add("unreadable", label, str(error))
            return
        for trouble in held.troubles:
            if not trouble.hidden:
                place = f"{label}/{trouble.name}" if trouble.name else label
                self.report.add(trouble.code, place, trouble.message, trouble.severity, file=label, most=most)
        above = () if folders is None else (*folders, own)
        self._listed([(parts, MemberOrigin(held, "/".join(parts))) for parts in held.names()], label, above)
        self.report.close_file(label, most)
        if folders is None and self._met() == before:
            self._nothing(label, "in this archive")

    def _listed(self, named: Sequence[_Listed], label: str, above: Sequence[str] = ()) -> None:
        """List files by a list of their names; ``above`` are the folders between the source and all of them."""
        datasets = _datasets_among({("", *parts) for parts, _ in named})
        apart = {(ANNOTATIONS,), *(folder[1:] for folder in datasets)}
        depths = {len(folder) for folder in apart}
        for parts, origin in named:
            if any(part.startswith(".") or not part for part in parts):
                continue
            for depth, part in enumerate(parts[:-1], 1):
                if (depth in depths and parts[:depth] in apart) or self.names.is_of_a_tool(part):
                    self._pass_over("/".join([label, *map(visible, parts[:depth]), ""]))
                    break
            else:
                self._listed_file(origin, parts, "/".join([label, *map(visible, parts)]), above)

    def _pass_over(self, folder: str) -> None:
        if folder not in self.apart:
            self.apart.add(folder)
            self.report.skipped.append(folder)

    def _listed_file(
        self, origin: RemoteOrigin | MemberOrigin, parts: tuple[str, ...], name: str, above: Sequence[str]
    ) -> None:
        if isinstance(origin, RemoteOrigin) and self.names.is_source(parts[-1], len(parts) - 1):
            self._archive(origin, parts[-1], name, parts[:-1])
        elif isinstance(origin, MemberOrigin) and parts[-1] == TAKEDOWNS:
            self.report.add("packed-takedowns", name, _TAKEDOWNS_PACKED)
        elif (told := self.names.told(parts[-1], name, origin, len(parts) - 1)) is not None:
            self._add(origin, name, told, (*above, *parts[:-1]))

    def _add(self, origin: Origin, name: str, told: FileName, folders: Sequence[str] | None) -> None:
        """List one file of an address or an archive; ``folders`` lie between the source and it, None: by name."""
        self.found.setdefault(origin.identity, (self._named(origin, name, told, folders), False))

    def _named(self, origin: Origin, name: str, told: FileName, folders: Sequence[str] | None) -> SourceFile:
        walked, ids = folders is not None, self.spool.options.ids
        return SourceFile.named(origin, name, told, walked=walked, folders=folders or (), ids=ids)

    def _nothing(self, label: str, where: str = "below this directory") -> None:
        message = f"There is no file to read {where}; expected {', '.join(KINDS)}."
        self.report.add("nothing-to-read", label, message)

    def _directory_source(self, path: Path, label: str) -> None:
        before, entered = self._met(), os.path.realpath(path) in self.entered
        self._below(path, label)
        if self._met() == before and not entered:
            self._nothing(label)

    def _met(self) -> tuple[int, int]:
        return len(self.found), len(self.report.findings)

    def _below(self, root: Path, label: str) -> None:
        """List what is below a directory; by way of a link only what is reached by no other."""
        real = os.path.realpath(root)
        self.entered.add(real)
        linked: list[tuple[Path, str]] = []
        self._walk(root, [(real, self._entries(root, label))], linked)
        for path, name in linked:
            inner = os.path.realpath(path)
            if inner in self.entered:
                continue
            if not os.path.isdir(inner):  # noqa: PTH112 (this one never raises)
                self._file(path, name, os.path.dirname(inner), path.relative_to(root).parts[:-1])  # noqa: PTH120
            else:
                self.entered.add(inner)
                self._walk(root, [(real, iter(())), (inner, self._entries(path, name))], linked)

    def _walk(self, root: Path, stack: list[_Level], linked: list[tuple[Path, str]]) -> None:
        """Walk without recursion, so that no depth of nesting ends it; links into the source go to ``linked``."""
        inside = f"{stack[0][0].rstrip('/')}/"
        while stack:
            folder = stack[-1][0]
            entry = next(stack[-1][1], None)
            if entry is None:
                stack.pop()
                continue
            path, name = entry
            real = _real(path, folder)
            if path.is_symlink() and is_archive(path.name) and real.startswith(inside) and os.path.isfile(real):  # noqa: PTH113
                linked.append((path, name))
            elif not os.path.isdir(path):  # noqa: PTH112 (this one never raises)
                self._file(path, name, folder, path.relative_to(root).parts[:-1])
            elif (path.name == ANNOTATIONS and len(stack) == 1) or self._is_apart(path):
                self.report.skipped.append(f"{name}/")
            elif not self._is_circle(path, name, folder, stack):
                if path.is_symlink() and real.startswith(inside):
                    linked.append((path, name))
                elif real not in self.entered:
                    self.entered.add(real)
                    stack.append((real, self._entries(path, name)))

    def _is_circle(self, path: Path, name: str, folder: str, stack: list[_Level]) -> bool:
        """Tell whether a directory is a link to one above it, which is a finding."""
        if not path.is_symlink() or _real(path, folder) not in (above for above, _ in stack):
            return False
        message = "This link leads back to a directory above it; the circle is not followed."
        self.report.add("link-loop", name, message)
        return True

    def _entries(self, folder: Path, label: str) -> Iterator[tuple[Path, str]]:
        try:
            names = sorted(os.listdir(folder))  # noqa: PTH208
        except OSError as error:
            self.report.add("unreadable", label, f"The directory cannot be read: {cause(error)}.")
            return
        for name in names:
            if not name.startswith("."):
                yield folder / name, f"{label}/{visible(name)}"

    def _file(self, path: Path, name: str, folder: str | None, folders: Sequence[str] | None) -> None:
        """List one file; ``folder`` is the real path of the directory that is walked, None for a file by name."""
        origin, depth = LocalOrigin(path), len(folders or ())
        if self.names.is_source(path.name, depth):
            self._archive(origin, path.name, name, folders)
            return
        if folder is None:
            told = self.names.told_alone(path.name, name, origin)
        else:
            told = self.names.told(path.name, name, origin, depth)
        if told is None:
            return
        real = _real(path, folder or os.path.realpath(path.parent))
        if real not in self.found or (self.found[real][1] and not path.is_symlink()):
            self.found[real] = self._named(origin, name, told, folders), path.is_symlink()

    def _is_apart(self, folder: Path) -> bool:
        """Tell whether a folder below a source holds no raw texts, but a dataset or what a program keeps."""
        return _is_dataset(folder) or self.names.is_of_a_tool(folder.name)


def _is_dataset(folder: Path) -> bool:
    return all(os.path.isfile(folder / name) for name in _DATASET)  # noqa: PTH113 (this one never raises)


def _datasets_among(names: set[tuple[str, ...]]) -> set[tuple[str, ...]]:
    """Return the folders below the source (the first part) that hold a dataset, among the names of all files."""
    folders = {name[:-1] for name in names if name[-1] == _DATASET[0] and len(name) > 2}
    return {folder for folder in folders if all((*folder, name) in names for name in _DATASET)}


_Listed = tuple[tuple[str, ...], RemoteOrigin | MemberOrigin]
"""A file in a list: its name below the source, part by part, and where it lies."""
_Level = tuple[str, Iterator[tuple[Path, str]]]


def _real(path: Path, folder: str) -> str:
    """Return the real path of an entry of a folder whose real path is known: quick where it is no link."""
    return os.path.realpath(path) if path.is_symlink() else f"{folder.rstrip('/')}/{path.name}"
