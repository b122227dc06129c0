"""Take a document down: a tombstone that builds obey, the releases that hold it, and, asked for, its erasure."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from corpus.errors import CorpusError, UsageError
from corpus.files import clear_leftovers
from corpus.labelstudio.ledger.forgetting import forget_document
from corpus.model.document import RawDocument
from corpus.model.finding import Finding, Severity
from corpus.pipeline.erasure.archives import erase_packed, purge_packed_tables
from corpus.pipeline.erasure.erasing import Erasure, Left, erase, sentence
from corpus.pipeline.erasure.purging import purge_annotations, purge_build, purge_table
from corpus.pipeline.erasure.seeking import Sought, Unsearched, seek
from corpus.pipeline.ids import ids_where
from corpus.pipeline.rawstore import (
    annotations_below,
    archives_below,
    datasets_below,
    folders_around,
    packed_below,
    tables_of,
)
from corpus.readers.report import ReadOptions, ReadReport
from corpus.releases.takedowns import (
    TAKEDOWNS,
    Holder,
    Takedowns,
    Tombstone,
    add_tombstone,
    datasets_in,
    holders_of,
    ids_in,
    is_news,
    keys_of,
    page_key,
    text_types_of,
    traces_of,
)

__all__ = ["TakedownOptions", "TakedownReport", "find_takedowns", "spared", "take_down"]


@dataclass(frozen=True, slots=True)
class TakedownOptions:
    """Where a takedown looks, and what it may erase."""

    file: Path = Path(TAKEDOWNS)
    datasets: tuple[Path, ...] = ()
    """Builds and releases, or folders of them."""
    raw: tuple[Path | str, ...] = ()
    """Folders, files or addresses of raw articles; at an address they are looked through and not changed."""
    read: ReadOptions = field(default_factory=ReadOptions)
    """How these were read: which fields of records hold text and id, what the text is, and what files' ids are.

    Builds and releases are asked, too, as what they were given the texts of records, and what files' ids are where
    nobody says.
    """
    annotations: Path | None = None
    ledger: Path | None = None
    """The folder of Label Studio's ledger."""
    date: str | None = None
    purge: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class TakedownReport:
    """What a takedown did, or would do."""

    tombstone: Tombstone
    added: bool
    """Whether the tombstone says something that was not there yet."""
    holders: tuple[Holder, ...]
    erased: tuple[Erasure, ...] = ()
    left: tuple[str, ...] = ()
    """Where its text lies still, a sentence each."""
    others: tuple[str, ...] = ()
    """Under which other ids the raw folders hold its text or its page: they are left out too."""


def take_down(doc_id: str, reason: str, options: TakedownOptions) -> TakedownReport:
    """Leave a tombstone, find the datasets that hold the document, and purge its text if that is asked for.

    Raises:
        UsageError: the id or the reason is blank, or datasets or raw folders are named and none knows the document.
        DataError: the file of tombstones cannot be read.
        OSError: it cannot be written. What else cannot be changed is told in the report.
    """
    if not doc_id.strip():
        raise UsageError("A takedown needs the id of a document; this one is empty.")
    if not reason.strip():
        raise UsageError("A takedown has a reason; say in a few words why.")
    options = _as_built(doc_id, options)
    sought = _sought(doc_id, options)
    seek(options.raw, sought, options.read)
    tombstone = Tombstone(
        doc_id=doc_id,
        reason=" ".join(reason.split()),
        date=options.date,
        hashes=tuple(sorted(sought.hashes)),
        pages=tuple(sorted(sought.pages)),
    )
    _check_known(tombstone, sought, options)
    holders = holders_of(_datasets(options), (doc_id, *tombstone.hashes, *tombstone.pages))
    added = is_news(options.file, tombstone) if options.dry_run else add_tombstone(options.file, tombstone)
    done = list(_purge(tombstone, sought, holders, options)) if options.purge else []
    return TakedownReport(
        tombstone,
        added,
        tuple(holders),
        tuple(item for item in done if isinstance(item, Erasure)),
        tuple(str(item) for item in done if isinstance(item, Left)),
        tuple(sorted(sought.others)),
    )


def find_takedowns(sources: Sequence[Path | str]) -> tuple[Path, ...]:
    """Return every ``takedowns.jsonl`` in and beside the sources, each once."""
    found = (base / TAKEDOWNS for base in folders_around(sources))
    return tuple(dict.fromkeys(path for path in found if path.is_file()))


def spared(raws: Iterable[RawDocument], takedowns: Takedowns, report: ReadReport) -> Iterator[RawDocument]:
    """Yield the documents that were not taken down; each of the others is a note in the report."""
    known: Mapping[str, Tombstone] = takedowns.matcher()
    for raw in raws:
        found = next((known[key] for key in keys_of(raw) if key in known), None) if known else None
        if found is None:
            yield raw
            continue
        message = f"It was taken down ({found.reason}), so it is left out."
        report.findings.append(Finding("taken-down", raw.doc_id, message, Severity.NOTE))


def _as_built(doc_id: str, options: TakedownOptions) -> TakedownOptions:
    read, datasets = options.read, _datasets(options)
    ids, types = read.ids or ids_where(datasets, doc_id), read.sought_as | text_types_of(datasets)
    return replace(options, read=replace(read, ids=ids, sought_as=types))


def _sought(doc_id: str, options: TakedownOptions) -> Sought:
    """Return what the document is known by from the datasets and from tombstones that are there already."""
    damaged: dict[Path, str] = {}
    hashes, pages = traces_of(_datasets(options), doc_id, damaged)
    there = Takedowns.read(options.file).tombstones if options.file.exists() else ()
    own = [item for item in there if item.doc_id == doc_id]
    page = page_key(doc_id)
    return Sought(
        doc_id,
        {*hashes, *(value for item in own for value in item.hashes)},
        {*pages, *([page] if page else []), *(value for item in own for value in item.pages)},
        unsearched={place: Unsearched(why) for place, why in damaged.items()},
    )


def _datasets(options: TakedownOptions) -> tuple[Path, ...]:
    """Return the folders of datasets that were named, and the datasets that lie among the raw files."""
    named = {path.resolve() for path in options.datasets}
    below = datasets_below(options.raw)
    own = (path for path in below if named.isdisjoint((path.resolve(), *path.resolve().parents)))
    return (*options.datasets, *own)


def _check_known(tombstone: Tombstone, sought: Sought, options: TakedownOptions) -> None:
    if tombstone.hashes or sought.holding or sought.doubtful or not (options.datasets or options.raw):
        return
    there = Takedowns.read(options.file).doc_ids if options.file.exists() else frozenset()
    if tombstone.doc_id in there:
        return
    close = difflib.get_close_matches(tombstone.doc_id, sorted(ids_in(options.datasets)), 1)
    paths = " If an id is a path, say `ids='path'`." if "/" in tombstone.doc_id and not options.read.ids else ""
    hint = f"; did you mean {close[0]!r}?" if close else f"; name the builds or releases that hold it.{paths}"
    hidden = next((f" Besides, {left.place}: {left.why}" for left in _unsearched(sought)), "")
    raise UsageError(f"Nothing that was named holds a document {tombstone.doc_id!r}{hint}{hidden}")


def _purge(
    tombstone: Tombstone, sought: Sought, holders: Sequence[Holder], options: TakedownOptions
) -> Iterator[Erasure | Left]:
    """Erase what was found, and say where the text lies still: releases are never rewritten, nor is a server."""
    dry_run = options.dry_run
    yield from erase(sought, options.read, dry_run=dry_run)
    yield from erase_packed(sought, options.read, dry_run=dry_run)
    for path in tables_of(options.raw):
        told_of = _ids_told(path.parent, sought, below=options.read.ids == "path")
        yield from _told(path, purge_table(path, told_of, dry_run))
    for path in archives_below(options.raw):
        speaking = partial(_ids_told, sought=sought, below=options.read.ids == "path")
        yield from _told(path, purge_packed_tables(path, speaking, options.read, dry_run=dry_run))
    yield from _unsearched(sought)
    for path in packed_below(options.raw):
        yield Left(path, "what is packed is not looked into: unpack it, purge what it held, and pack it anew.")
    for folder in annotations_below(options.raw):
        if options.annotations is None or folder.resolve() != options.annotations.resolve():
            quoting = _told(folder, purge_annotations(folder, tombstone, True))
            why = "it holds annotations of the document; name its folder with `annotations=`."
            yield from (Left(item.place, why) if isinstance(item, Erasure) else item for item in quoting)
    if options.annotations is not None:
        yield from _told(options.annotations, purge_annotations(options.annotations, tombstone, dry_run))
    for directory in () if dry_run else datasets_in(_datasets(options)):
        clear_leftovers(directory.resolve().parent)  # an older build whose purge was ended holds the text still
    for holder in holders:
        if holder.version is None:
            yield from _told(holder.directory, purge_build(holder.directory, tombstone, dry_run))
        else:
            yield Left(holder.directory, "releases are never rewritten; withdraw or delete it.")
    if options.ledger is not None:
        yield from _told(options.ledger, _purge_ledger(options.ledger, tombstone, dry_run))


def _ids_told(folder: Path, sought: Sought, *, below: bool) -> set[str]:
    """Return the ids that a folder's table may speak of; not the name of another document of which it speaks.

    It speaks of the files there, and, where paths are ids, ``below``.
    """

    def speaks_of(place: Path) -> bool:
        return folder in place.parents if below else place.parent == folder

    there = set[str]().union(*(found.ids for place, found in sought.holding.items() if speaks_of(place)))
    other = any(map(speaks_of, sought.doubtful))
    return there - {sought.doc_id} if other else there | {sought.doc_id}


def _told(place: Path, done: Iterator[Erasure | Left]) -> Iterator[Erasure | Left]:
    """Yield what was done; an error is told as what is left, so that the other places are purged all the same."""
    try:
        yield from done
    except (CorpusError, OSError) as error:
        yield Left(place, f"it is as it was: {sentence(error)}; purge again.")


def _unsearched(sought: Sought) -> Iterator[Left]:
    """Say which files may hold the document for all that is known."""
    for place in sought.doubtful:
        why = (
            "it has the document's name, as another file with another text has; erase the one that is the document."
        )
        yield Left(place, why)
    for place in sought.alike:
        why = "its path would be the document's below another folder; look at it, or name what was built from."
        yield Left(place, why)
    for place, told in sought.unsearched.items():
        why = sentence(told.why) + (f" (and {told.more} more)" if told.more else "")
        yield Left(place, f"it could not be searched through: {why}; look for the document there by hand.")


def _purge_ledger(ledger: Path, tombstone: Tombstone, dry_run: bool) -> Iterator[Erasure | Left]:
    told = forget_document(ledger, tombstone.doc_id, tombstone.hashes, dry_run)
    if told.texts or told.notes:
        numbers = ((told.texts, "text"), (told.notes, "note"))
        what = ", ".join(f"{number} {noun}{'' if number == 1 else 's'}" for number, noun in numbers)
        yield Erasure(ledger, what)
    if told.tasks:
        numbers_there = ", ".join(map(str, told.tasks))
        why = f"the server still has task {numbers_there}; delete it there, and the backups made of it."
        yield Left(Path("Label Studio"), why)
