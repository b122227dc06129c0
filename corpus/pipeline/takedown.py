"""Take a document down: a tombstone that builds obey, the releases that hold it, and, asked for, its erasure."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import CorpusError, UsageError
from corpus.export.store import BuiltDataset
from corpus.labelstudio.forgetting import Forgotten, forget_document
from corpus.model.document import RawDocument
from corpus.model.finding import Finding, Severity
from corpus.pipeline.purging import Erasure, purge_annotations, purge_build, purge_raw, still_there
from corpus.readers.remote import is_address, local_path
from corpus.readers.sources import ReadOptions, ReadReport, read_sources
from corpus.releases.takedowns import (
    TAKEDOWNS,
    Holder,
    Takedowns,
    Tombstone,
    add_tombstone,
    holders_of,
    is_news,
    keys_of,
    pages_of,
    traces_of,
)

__all__ = ["TakedownOptions", "TakedownReport", "find_takedowns", "spared", "take_down"]


@dataclass(frozen=True, slots=True)
class TakedownOptions:
    """Where a takedown looks, and what it may erase."""

    file: Path = Path(TAKEDOWNS)
    datasets: tuple[Path, ...] = ()
    """Builds and releases, or folders of them."""
    raw: tuple[Path, ...] = ()
    """Folders or files of raw articles."""
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
        UsageError: the reason is blank, or datasets or raw folders are named and none knows the document.
        DataError: a file that would be changed cannot be read.
        OSError: a file cannot be changed.
    """
    if not reason.strip():
        raise UsageError("A takedown has a reason; say in a few words why.")
    hashes, pages = traces_of(options.datasets, doc_id)
    tombstone = Tombstone(
        doc_id=doc_id,
        reason=" ".join(reason.split()),
        date=options.date,
        hashes=tuple(sorted(hashes)),
        pages=tuple(sorted(pages)),
    )
    tombstone, others = _with_raw(tombstone, options)
    _check_known(tombstone, options)
    holders = holders_of(options.datasets, (doc_id, *tombstone.hashes, *tombstone.pages))
    added = is_news(options.file, tombstone) if options.dry_run else add_tombstone(options.file, tombstone)
    if not options.purge:
        return TakedownReport(tombstone, added, tuple(holders), others=others)
    erased = tuple(_purge(tombstone, holders, options))
    left = tuple(_left(tombstone, holders, erased, options))
    return TakedownReport(tombstone, added, tuple(holders), erased, left, others)


def find_takedowns(sources: Sequence[Path | str]) -> tuple[Path, ...]:
    """Return every ``takedowns.jsonl`` in and beside the sources, each once."""
    found: dict[Path, None] = {}
    for source in sources:
        if is_address(source):
            continue
        here = local_path(source).resolve()
        for base in (here, here.parent) if here.is_dir() else (here.parent, here.parent.parent):
            if (base / TAKEDOWNS).is_file():
                found[base / TAKEDOWNS] = None
    return tuple(found)


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


def _with_raw(tombstone: Tombstone, options: TakedownOptions) -> tuple[Tombstone, tuple[str, ...]]:
    """Add the hashes and addresses of what the raw folders hold of the document, copies and newer crawls too.

    The ids of these are returned besides: a person should see what goes with the document.
    """
    known = {tombstone.doc_id, *tombstone.hashes, *tombstone.pages}
    waiting = [
        (frozenset((raw.raw_sha256, raw.anchor_sha256)), frozenset(pages_of(raw)), raw.doc_id)
        for folder in options.raw
        for raw in read_sources([folder], ReadOptions(), ReadReport())
    ]
    hashes, pages = set(tombstone.hashes), set(tombstone.pages)
    others: set[str] = set()
    more = True
    while more:
        own = [item for item in waiting if known.intersection((*item[0], *item[1], item[2]))]
        more = bool(own)
        waiting = [item for item in waiting if item not in own] if own else waiting
        hashes.update(*(item[0] for item in own))
        pages.update(*(item[1] for item in own))
        others.update(item[2] for item in own)
        known |= hashes | pages
    update = {"hashes": tuple(sorted(hashes)), "pages": tuple(sorted(pages))}
    return tombstone.model_copy(update=update), tuple(sorted(others - {tombstone.doc_id}))


def _check_known(tombstone: Tombstone, options: TakedownOptions) -> None:
    if tombstone.hashes or not (options.datasets or options.raw):
        return
    there = Takedowns.read(options.file).doc_ids if options.file.exists() else frozenset()
    if tombstone.doc_id in there:
        return
    ids: set[str] = set()
    for dataset in holders_datasets(options.datasets):
        ids.update(*(data.column("doc_id").to_pylist() for data in dataset.batches("documents", ("doc_id",))))
    close = difflib.get_close_matches(tombstone.doc_id, sorted(ids), 1)
    hint = f"; did you mean {close[0]!r}?" if close else "; name the builds or releases that hold it."
    raise UsageError(f"Nothing that was named holds a document {tombstone.doc_id!r}{hint}")


def holders_datasets(folders: Iterable[Path]) -> Iterator[BuiltDataset]:
    """Open every dataset in the folders that can be opened."""
    for folder in folders:
        for directory in (folder, *(sorted(folder.iterdir()) if folder.is_dir() else ())):
            try:
                yield BuiltDataset.open(directory)
            except CorpusError:
                continue


def _purge(tombstone: Tombstone, holders: Sequence[Holder], options: TakedownOptions) -> Iterator[Erasure]:
    """Erase; hashes of a tombstone that was there before count too."""
    whole = _all_traces(tombstone, options.file)
    yield from purge_raw(options.raw, whole, options.dry_run)
    if options.annotations is not None:
        yield from purge_annotations(options.annotations, whole, options.dry_run)
    for holder in holders:
        if holder.version is None:
            yield from purge_build(holder.directory, whole, options.dry_run)
    told = _forget(whole, options, options.dry_run)
    if told is not None and (told.texts or told.notes) and options.ledger is not None:
        numbers = ((told.texts, "text"), (told.notes, "note"))
        what = ", ".join(f"{number} {noun}{'' if number == 1 else 's'}" for number, noun in numbers)
        yield Erasure(options.ledger, what)


def _all_traces(tombstone: Tombstone, file: Path) -> Tombstone:
    there = [t for t in (Takedowns.read(file).tombstones if file.exists() else ()) if t.doc_id == tombstone.doc_id]
    hashes = {*tombstone.hashes, *(value for item in there for value in item.hashes)}
    pages = {*tombstone.pages, *(value for item in there for value in item.pages)}
    return tombstone.model_copy(update={"hashes": tuple(sorted(hashes)), "pages": tuple(sorted(pages))})


def _forget(tombstone: Tombstone, options: TakedownOptions, dry_run: bool) -> Forgotten | None:
    if options.ledger is None:
        return None
    return forget_document(options.ledger, tombstone.doc_id, tombstone.hashes, dry_run)


def _left(
    tombstone: Tombstone, holders: Sequence[Holder], erased: Sequence[Erasure], options: TakedownOptions
) -> Iterator[str]:
    """Say where the text lies still: nothing here rewrites a release, an archive or a server."""
    for holder in holders:
        if holder.version is not None:
            yield f"{holder.directory}: releases are never rewritten; withdraw or delete it."
    would_go = {item.place.as_posix() for item in erased} if options.dry_run else set()
    for name in still_there(options.raw, _all_traces(tombstone, options.file)):
        if not any(f"/{place}".endswith(f"/{name}") for place in would_go):
            yield f"{name}: it holds the document in a form that is not rewritten here; take it out by hand."
    told = _forget(tombstone, options, True)
    if told is not None and told.tasks:
        numbers = ", ".join(map(str, told.tasks))
        yield f"Label Studio: the server still has task {numbers}; delete it there, and the backups made of it."
