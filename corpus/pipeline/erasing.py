"""Erase a document from the raw files that hold it: its lines, rows and records, or the file; the rest is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from os import stat_result
from pathlib import Path

from corpus.errors import SourceError
from corpus.pipeline.rawstore import RawFile
from corpus.pipeline.seeking import Sought
from corpus.readers.erasing import find_parts, find_related, remove_parts
from corpus.readers.opening import cause
from corpus.readers.report import ReadOptions

__all__ = ["Erasure", "Left", "erase_from"]

_NOUNS = {"jsonl": "line", "csv": "row", "parquet": "row", "warc": "record"}
_BESIDE = ("text", "html")


@dataclass(frozen=True, slots=True)
class Erasure:
    """What was erased (or would be): a place, and what of it."""

    place: Path
    what: str


@dataclass(frozen=True, slots=True)
class Left:
    """Where the document lies still, or may lie, and what to do."""

    place: Path
    why: str

    def __str__(self) -> str:
        """Return both as one sentence."""
        return f"{self.place}: {self.why}"


@dataclass(frozen=True, slots=True)
class _Found:
    """What of a file is the document."""

    gone: tuple[tuple[int, int], ...]
    others: bool
    """Whether anything else is in the file."""
    state: tuple[int, int, int]
    """What tells whether the file was changed meanwhile."""


def erase_from(
    files: Mapping[Path, RawFile], sought: Sought, options: ReadOptions, *, dry_run: bool
) -> Iterator[Erasure | Left]:
    """Erase the document from each file, all or nothing, and look again; say what was done, or why it was not.

    A file of which nothing else is left is removed, with the JSON file beside it that speaks of it.
    """
    names: Counter[tuple[int, int]] = Counter()
    linked: dict[tuple[int, int], tuple[Path, int]] = {}
    for _, file in sorted(files.items()):
        if file.fixed:
            yield Left(file.place, f"it holds the document and {file.fixed}, so take it out there by hand.")
            continue
        try:
            told = file.place.stat()
            yield from _erased(file, sought, options, dry_run)
            names[told.st_dev, told.st_ino] += 1
            linked.setdefault((told.st_dev, told.st_ino), (file.place, told.st_nlink))
        except FileNotFoundError:  # it went with the text that it stood beside
            continue
        except (OSError, SourceError) as error:
            why = f"it holds the document and is as it was: {_sentence(error)}; take it out by hand."
            yield Left(file.place, why)
    for inode, (place, number) in linked.items():
        if number > names[inode]:
            why = "it has another name (a hard link) that holds the document still; find it and remove it."
            yield Left(place, why)


def _erased(file: RawFile, sought: Sought, options: ReadOptions, dry_run: bool) -> Iterator[Erasure | Left]:
    found = _find(file, sought, options)
    noun = _NOUNS.get(file.source.kind)
    if not found.gone:
        return
    number = len(found.gone)
    what = f"{number} {noun}{'' if number == 1 else 's'}"
    if found.others:
        if not dry_run:
            _check_same(file.place, found)
            remove_parts(file.place, file.source.kind, found.gone, gzipped=file.source.gzipped)
        yield Erasure(file.place, what)
        if not dry_run and _find(file, sought, options).gone:
            yield Left(file.place, "it holds the document still; take it out by hand.")
        return
    sought.unsearched.pop(file.place, None)
    for own in (file.place, *_side_cars(file)):
        if not dry_run:
            own.unlink()
        yield Erasure(own, "the file" if noun is None or own != file.place else f"the file, {what}")


def _find(file: RawFile, sought: Sought, options: ReadOptions) -> _Found:
    """Return the parts of a file that are the document or belong to it.

    Raises:
        SourceError: the file cannot be read to its end.
        OSError: it is not there.
    """
    state = _state(file.place.stat())
    gone: dict[int, int] = {}
    names: set[str] = set()
    told: list[str] = []
    kept = 0
    for part in find_parts(file.source, options, told.append):
        if sought.holds(part.traces):
            gone[part.begin] = part.end
            names.update(part.names)
        else:
            kept += part.counts
    sought.note(file.place, told)
    for part in find_related(file.source, options, names):
        if part.begin not in gone:
            gone[part.begin] = part.end
            kept -= part.counts
    return _Found(tuple(sorted(gone.items())), kept > 0, state)


def _check_same(path: Path, found: _Found) -> None:
    if _state(path.stat()) != found.state:
        raise SourceError("It was changed by another process meanwhile.")


def _state(told: stat_result) -> tuple[int, int, int]:
    return told.st_ino, told.st_size, told.st_mtime_ns


def _side_cars(file: RawFile) -> Sequence[Path]:
    """Return the JSON files beside a text or a page that speak of it."""
    names = (f"{file.source.stem}.json", f"{file.place.name}.json")
    paths = (file.place.parent / name for name in dict.fromkeys(names))
    return [path for path in paths if path.is_file()] if file.source.kind in _BESIDE else []


def _sentence(error: Exception) -> str:
    text = cause(error)
    return (text[:1].lower() + text[1:]).rstrip(".")
