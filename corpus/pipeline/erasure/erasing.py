"""Erase a document from the raw files that hold it: its lines, rows and records, or the file; the rest is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from corpus.errors import SourceError
from corpus.pipeline.erasure.seeking import Found, Sought, look_through, state_of
from corpus.pipeline.rawstore import RawFile
from corpus.readers.erasing import find_related, remove_parts
from corpus.readers.kinds import ONE_DOCUMENT, read_name
from corpus.readers.opening import cause
from corpus.readers.report import ReadOptions
from corpus.readers.sourcefile import SourceFile

__all__ = ["Cut", "Erasure", "Left", "check_unchanged", "cut_of", "erase", "sentence"]

_NOUNS = {"jsonl": "line", "csv": "row", "parquet": "row", "warc": "record"}


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
class Cut:
    """What goes of a file."""

    gone: list[tuple[int, int]]
    """Where the parts begin, and where they end."""
    others: bool
    """Whether there are other documents."""
    stays: bool
    """Whether the file stays without them."""
    what: str
    """The parts in words."""
    whole: str
    """The same where the whole file goes."""


def erase(sought: Sought, options: ReadOptions, *, dry_run: bool) -> Iterator[Erasure | Left]:
    """Erase the document from each file that holds it, all or nothing, and look again; say what became of each.

    A file of which nothing else is left is removed, with the JSON file beside it that speaks of it.
    """
    names: Counter[tuple[int, int]] = Counter()
    linked: dict[tuple[int, int], tuple[Path, int]] = {}
    beside = {path for found in sought.holding.values() for path in _side_cars(found.file)}
    for place, found in sorted(sought.holding.items()):
        if place in beside or found.file.archive is not None:
            continue
        if found.file.fixed:
            yield Left(place, f"it holds the document and {found.file.fixed}, so take it out there by hand.")
            continue
        try:
            told = place.stat()
            yield from _erased(found, sought, options, dry_run)
            names[told.st_dev, told.st_ino] += 1
            linked.setdefault((told.st_dev, told.st_ino), (place, told.st_nlink))
        except FileNotFoundError:  # it went with the text that it stood beside
            continue
        except (OSError, SourceError) as error:
            sought.unsearched.pop(place, None)
            why = f"it holds the document and is as it was: {sentence(error)}; take it out by hand."
            yield Left(place, why)
    for inode, (place, number) in linked.items():
        if number > names[inode]:
            why = "it has another name (a hard link) that holds the document still; find it and remove it."
            yield Left(place, why)


def _erased(found: Found, sought: Sought, options: ReadOptions, dry_run: bool) -> Iterator[Erasure | Left]:
    file, cut = found.file, cut_of(found, found.file.source, sought, options)
    if cut.stays:
        if not dry_run:
            check = partial(check_unchanged, found)
            remove_parts(file.place, file.source.kind, cut.gone, gzipped=file.source.gzipped, check=check)
            yield from _looked_at_again(file, cut.others, sought, options)
        yield Erasure(file.place, cut.what)
        return
    if not dry_run:
        check_unchanged(found)
    sought.unsearched.pop(file.place, None)
    for own in (file.place, *_side_cars(file)):
        if own != file.place and _speaks_of_others(own, file.place, sought):
            yield Left(own, "it speaks of another text or page, too; take out by hand what is the document's.")
            continue
        if not dry_run:
            own.unlink()
        yield Erasure(own, cut.whole if own == file.place else "the file")


def cut_of(found: Found, source: SourceFile, sought: Sought, options: ReadOptions) -> Cut:
    """Return what goes of a file that holds the document.

    Raises:
        SourceError: it cannot be read to its end.
    """
    if found.broken:
        raise SourceError(found.broken)
    noun = _NOUNS.get(source.kind)
    related = {part.begin: part.end for part in find_related(source, options, found.names)}
    gone = sorted({**related, **found.gone}.items())
    what = f"{len(gone)} {noun}{'' if len(gone) == 1 else 's'}"
    others = found.others > len(gone) - len(found.gone)
    stays = others or (noun is not None and found.file.place in sought.unsearched)
    return Cut(gone, others, stays, what, "the file" if noun is None else f"the file, {what}")


def check_unchanged(found: Found) -> None:
    """Make sure that the file is the one that was looked through: in another one, other parts lie there."""
    if state_of(found.file) != found.state:
        raise SourceError("It was changed by another process meanwhile.")


def _looked_at_again(file: RawFile, others: bool, sought: Sought, options: ReadOptions) -> Iterator[Left]:
    """Make sure that nothing of the document is left in a file that was cut, or say so."""
    again = look_through(file, sought, options)
    if again.gone:
        yield Left(file.place, "it holds the document still; take it out by hand.")
    elif not others and file.place not in sought.unsearched:
        file.place.unlink()  # what could not be searched was the document itself


def _side_cars(file: RawFile) -> Sequence[Path]:
    """Return the JSON files beside a text or a page that speak of it."""
    names = (f"{file.source.stem}.json", f"{file.place.name}.json")
    paths = (file.place.parent / name for name in dict.fromkeys(names))
    return [path for path in paths if path.is_file()] if file.source.kind in ONE_DOCUMENT else []


def _speaks_of_others(side_car: Path, place: Path, sought: Sought) -> bool:
    """Tell whether it stands beside a text or a page that is not the document."""
    name = side_car.name.removesuffix(".json")
    for path in side_car.parent.iterdir():
        told = read_name(path.name)
        named = told is not None and told.kind in ONE_DOCUMENT and name in (told.stem, path.name)
        if named and path != place and path not in sought.holding and path.is_file():
            return True
    return False


def sentence(told: Exception | str) -> str:
    """Return a sentence, or an error's cause, as the end of another one."""
    text = told if isinstance(told, str) else cause(told)
    return (text[:1].lower() + text[1:]).rstrip(".")
