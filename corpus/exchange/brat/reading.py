"""A folder of brat's read: each text with the annotation files beside it, in all folders below."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import SourceError
from corpus.exchange.brat.document import read_document
from corpus.exchange.opening import read_limited, read_utf8, shown
from corpus.exchange.standoff import Standoff
from corpus.exchange.tally import Tally, at_most
from corpus.model.finding import Finding, Severity

__all__ = ["NAMES", "PARTS", "read_brat"]

NAMES = "documents.jsonl"
"""The list beside exported documents: a ``file`` (without ending), the ``name`` and ``annotator`` it stands for."""
PARTS = (".ann", ".a1", ".a2", ".co", ".rel")
"""Endings of annotations: brat's own, and those of shared tasks, which stand together in place of it."""


@dataclass(frozen=True, slots=True)
class _Named:
    name: str
    annotator: str | None


def read_brat(path: Path) -> Iterator[Standoff | Finding]:
    """Yield the documents of a folder (or of one ``.ann`` or ``.txt`` file) in the order of their names.

    A document's name is what the list :data:`NAMES` says, else its path below the folder without the ending. The
    annotator is what the list says; else, where two folders hold a document of one name and one text, those
    folders are annotators, and their name is no part of the document's.

    Raises:
        SourceError: there is no annotation file.
    """
    yield from at_most(_read(path), path)


def _read(path: Path) -> Iterator[Standoff | Finding]:
    root = path if path.is_dir() else path.parent
    findings: list[Finding] = []
    files = set(_below(path, findings) if path.is_dir() else _of_one(path))
    stems = sorted({file.with_suffix("") for file in files if file.suffix in PARTS})
    if not stems:
        raise SourceError(
            f"{shown(path)} holds nothing of brat's, which alone is read by the folder: expected NAME.ann beside "
            "NAME.txt; of another tool's annotations name the files themselves."
        )
    yield from findings
    yield from _not_annotated(files, stems)
    known: dict[str, _Named] = {}
    if root / NAMES in files:
        yield from _read_names(root / NAMES, known)
    annotators = _annotators(root, [stem for stem in stems if _inside(stem, root) not in known])
    for stem in stems:
        inside = _inside(stem, root)
        folder, _, rest = inside.partition("/")
        by_folder = _Named(rest, folder) if rest and folder in annotators else _Named(inside, None)
        yield from _read_one(stem, root, files, known.get(inside, by_folder))


def _read_one(stem: Path, root: Path, files: Set[Path], named: _Named) -> Iterator[Standoff | Finding]:
    parts = [file for ending in PARTS if (file := _with_ending(stem, ending)) in files]
    parts = parts[:1] if parts[0].suffix == PARTS[0] else parts
    text_file, place = _with_ending(stem, ".txt"), shown(parts[0])
    if text_file not in files:
        message = f"Its text is not there: expected {shown(Path(text_file.name))} beside it; put it there."
        yield Finding("import-text", place, message)
        return
    try:
        text = read_utf8(text_file, root)
        marked = [(shown(file), read_utf8(file, root)) for file in parts]
    except SourceError as error:
        yield Finding("import-unreadable", place, str(error))
        return
    yield from read_document(text, marked, name=named.name, annotator=named.annotator, place=place)


def _below(root: Path, findings: list[Finding]) -> Iterator[Path]:
    """Yield all files below a folder, but none whose name, or whose folder's, begins with a dot."""
    folders = [root]
    while folders:
        folder = folders.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            message = f"The folder cannot be read: {error.strerror or error}."
            findings.append(Finding("import-unreadable", shown(folder), message))
            continue
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                folders.append(folder / entry.name)
            elif entry.is_symlink() and os.path.isdir(entry.path):  # noqa: PTH112 (this one never raises)
                message = "This link to a folder is not followed; name what it leads to if it belongs here."
                findings.append(Finding("import-link", shown(folder / entry.name), message, Severity.WARNING))
            else:
                yield folder / entry.name


def _of_one(path: Path) -> Iterator[Path]:
    """Yield what belongs to the document that one of its files names."""
    stem = path.with_suffix("")
    for file in (*(_with_ending(stem, ending) for ending in (".txt", *PARTS)), path.with_name(NAMES)):
        if os.path.isfile(file):  # noqa: PTH113 (this one never raises)
            yield file


def _not_annotated(files: Iterable[Path], stems: Iterable[Path]) -> Iterator[Finding]:
    annotated = set(stems)
    tally = Tally()
    for file in sorted(files):
        if file.suffix == ".txt" and file.with_suffix("") not in annotated:
            message = "No annotations are beside this text: it was not annotated (an empty .ann says that it was)."
            tally.add("import-not-annotated", shown(file), message, Severity.NOTE)
    yield from tally.findings()


def _read_names(path: Path, known: dict[str, _Named]) -> Iterator[Finding]:
    try:
        lines = read_utf8(path, path.parent).split("\n")
    except SourceError as error:
        yield Finding("import-unreadable", shown(path), str(error))
        return
    for number, line in enumerate(lines, 1):
        try:
            told = json.loads(line) if line.strip() else None
        except (ValueError, RecursionError):
            told = ""
        if isinstance(told, dict) and isinstance(told.get("file"), str) and isinstance(told.get("name"), str):
            annotator = told.get("annotator")
            known[told["file"]] = _Named(told["name"], annotator if isinstance(annotator, str) else None)
        elif told is not None:
            message = 'This line is passed over: expected {"file": …, "name": …}, so correct or remove it.'
            yield Finding("import-names", f"{shown(path)}:{number}", message, Severity.WARNING)


def _annotators(root: Path, stems: Iterable[Path]) -> set[str]:
    """Return the folders that hold the same document as another one: its path below them, and its text."""
    same: dict[str, list[Path]] = defaultdict(list)
    for stem in stems:
        same[_inside(stem, root).partition("/")[2]].append(stem)
    found: set[str] = set()
    for rest, others in same.items():
        folders = {_inside(stem, root).partition("/")[0]: stem for stem in others if rest}
        if len(folders) < 2 or folders.keys() <= found:
            continue
        texts: dict[bytes, list[str]] = defaultdict(list)
        for folder, stem in folders.items():
            texts[_bytes(_with_ending(stem, ".txt"), root) or folder.encode()].append(folder)
        found |= {folder for held in texts.values() if len(held) > 1 for folder in held}
    return found


def _bytes(path: Path, root: Path) -> bytes | None:
    try:
        return read_limited(path, root)
    except SourceError:
        return None


def _inside(stem: Path, root: Path) -> str:
    """Return a document's path below the folder, as it can be printed."""
    return shown(stem.relative_to(root))


def _with_ending(stem: Path, ending: str) -> Path:
    return stem.with_name(stem.name + ending)
