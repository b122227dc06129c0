"""Find the files that sources name: in a fixed order, each once, whatever links and odd files lie about."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from corpus.readers.opening import cause, visible
from corpus.readers.report import ReadReport

__all__ = ["KINDS", "SOURCES_TOML", "Inputs", "SourceFile", "list_files"]

Kind = Literal["text", "jsonl", "parquet"]

KINDS: dict[str, Kind] = {".txt": "text", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}
"""The kind of file by its ending; .txt, .jsonl and .ndjson may be followed by .gz."""

SOURCES_TOML = "sources.toml"
"""What is known of the documents of a folder from outside their text; read with them, no document itself."""

ANNOTATIONS = "annotations"
"""A directory of this name right below a source holds work on the documents, no documents."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file to read."""

    path: Path
    name: str
    """The source's name and the path below it, with "/" between the parts; printable, never absolute."""
    stem: str
    """The file's name without its ending: a text file's doc_id."""
    kind: Kind
    gzipped: bool
    walked: bool
    """Whether its whole folder was asked for (and not the file by name)."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """The files to read, in order."""

    files: tuple[SourceFile, ...]


def list_files(sources: Sequence[Path | str], report: ReadReport) -> Inputs:
    """List the files that the sources name, directories walked in the order of their entries' names.

    A file that is reached twice (named twice, or over a link) is listed once, by its own name where that is
    among them. Hidden entries of directories are passed over. Files of other kinds go to ``report.skipped``;
    what cannot be read, links in a circle, and sources that name nothing become findings.
    """
    walk = _Walk(report)
    for path, label in _labelled(sources):
        walk.source(path, label)
    return Inputs(tuple(file for file, _ in walk.found.values()))


def kind_of(name: str) -> tuple[Kind, bool, str] | None:
    """Return a file name's kind, whether it is gzipped, and its stem; None for a kind that is not read.

    >>> kind_of("a.b.TXT.gz"), kind_of("picture.jpg")
    (('text', True, 'a.b'), None)
    """
    gzipped = name.lower().endswith(".gz")
    bare = name[:-3] if gzipped else name
    stem, ending = os.path.splitext(bare)  # noqa: PTH122
    kind = KINDS.get(ending.lower())
    return None if kind is None or (gzipped and kind == "parquet") else (kind, gzipped, stem)


class _Walk:
    """One walk over all sources: what was found by its real path, and which directories were entered."""

    def __init__(self, report: ReadReport) -> None:
        self.report = report
        self.found: dict[str, tuple[SourceFile, bool]] = {}
        self.entered: set[str] = set()

    def source(self, path: Path, label: str) -> None:
        """List one source: a file by name, or a directory with all that is below it."""
        try:
            mode = path.stat().st_mode
        except (OSError, ValueError) as error:
            self.report.add("no-such-source", label, f"This source cannot be read: {cause(error)}; check the path.")
            return
        if stat.S_ISDIR(mode):
            self._directory_source(path, label)
        elif kind_of(path.name) is None:
            self.report.add(
                "unknown-kind",
                label,
                f"Files of this kind are not read; expected one of {', '.join(KINDS)} (or a directory).",
            )
        else:
            self._file(path, label, None)

    def _directory_source(self, path: Path, label: str) -> None:
        before, entered = self._met(), os.path.realpath(path) in self.entered
        self._below(path, label)
        if self._met() == before and not entered:
            message = f"There is no file to read below this directory; expected {', '.join(KINDS)}."
            self.report.add("nothing-to-read", label, message)

    def _met(self) -> tuple[int, int]:
        return len(self.found), len(self.report.findings)

    def _below(self, root: Path, label: str) -> None:
        """Walk a directory without recursion, so that no depth of nesting can end the walk."""
        real = os.path.realpath(root)
        self.entered.add(real)
        stack = [(real, self._entries(root, label))]
        while stack:
            folder = stack[-1][0]
            entry = next(stack[-1][1], None)
            if entry is None:
                stack.pop()
                continue
            path, name = entry
            if not os.path.isdir(path):  # noqa: PTH112 (this one never raises)
                self._file(path, name, folder)
            elif path.name == ANNOTATIONS and len(stack) == 1:
                self.report.skipped.append(f"{name}/")
            elif self._enter(path, name, folder, stack):
                stack.append((_real(path, folder), self._entries(path, name)))

    def _enter(self, path: Path, name: str, folder: str, stack: list[_Level]) -> bool:
        """Tell whether a directory is to be walked: not one that was, and no link in a circle."""
        real = _real(path, folder)
        if path.is_symlink() and real in (above for above, _ in stack):
            message = "This link leads back to a directory above it; the circle is not followed."
            self.report.add("link-loop", name, message)
            return False
        new = real not in self.entered
        self.entered.add(real)
        return new

    def _entries(self, folder: Path, label: str) -> Iterator[tuple[Path, str]]:
        try:
            names = sorted(os.listdir(folder))  # noqa: PTH208
        except OSError as error:
            self.report.add("unreadable", label, f"The directory cannot be read: {cause(error)}.")
            return
        for name in names:
            if not name.startswith("."):
                yield folder / name, f"{label}/{visible(name)}"

    def _file(self, path: Path, name: str, folder: str | None) -> None:
        """List one file; ``folder`` is the real path of the directory that is walked, None for a file by name."""
        kind = kind_of(path.name)
        if kind is None:
            if path.name != SOURCES_TOML:
                self.report.skipped.append(name)
            return
        real = _real(path, folder or os.path.realpath(path.parent))
        if real not in self.found or (self.found[real][1] and not path.is_symlink()):
            file = SourceFile(path, name, kind[2], kind[0], kind[1], walked=folder is not None)
            self.found[real] = file, path.is_symlink()


_Level = tuple[str, Iterator[tuple[Path, str]]]


def _real(path: Path, folder: str) -> str:
    """Return the real path of an entry of a folder whose real path is known: quick where it is no link."""
    return os.path.realpath(path) if path.is_symlink() else f"{folder.rstrip('/')}/{path.name}"


def _labelled(sources: Sequence[Path | str]) -> list[tuple[Path, str]]:
    """Name each source by its last part; by more parts where two different ones end alike."""
    paths = [Path(source) for source in sources]
    reals = {path: Path(os.path.realpath(path)) if "\0" not in str(path) else path for path in paths}
    depth = 1
    while _clash(reals, depth) and depth < max(len(real.parts) for real in reals.values()):
        depth += 1
    return [(path, _label(path, reals[path], depth)) for path in paths]


def _clash(reals: dict[Path, Path], depth: int) -> bool:
    return len({real.parts[-depth:] for real in reals.values()}) < len(set(reals.values()))


def _label(path: Path, real: Path, depth: int) -> str:
    """Return the parts of the real path, with the name as it was given at the end."""
    parts = [part for part in real.parts[-depth:] if part != real.anchor]
    if parts and path.name not in ("", ".."):
        parts[-1] = path.name
    return "/".join(map(visible, parts)) or "root"
