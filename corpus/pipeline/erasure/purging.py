"""Erase a document from what is kept beside raw files: tables of sources, histories, builds."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc

from corpus.annotation.heads import SUFFIX, annotation_folders
from corpus.annotation.lines import LineError, file_lines, set_of
from corpus.annotation.locking import exclusive
from corpus.annotation.renamed import RENAMED
from corpus.annotation.store import COMPACTED
from corpus.errors import SourceError
from corpus.export.batches import by_documents
from corpus.export.dataset import DatasetContent, write_dataset
from corpus.export.store import BuiltDataset
from corpus.files import atomic_write, clear_leftovers
from corpus.files.held import NEW
from corpus.model.counted import count
from corpus.model.tables import CONFIGS
from corpus.model.tomltext import parsed_toml
from corpus.pipeline.erasure.erasing import Erasure, Left
from corpus.readers.opening import open_regular
from corpus.releases.takedowns import Tombstone, page_key

__all__ = ["purge_annotations", "purge_build", "purge_table"]


def purge_annotations(folder: Path, tombstone: Tombstone, dry_run: bool) -> Iterator[Erasure | Left]:
    """Erase every version of every annotator's set of the document, under whatever id: they quote it.

    What adjudicators decided and the server's sides of conflicts, in folders below it, go too. Other files there
    are left and named, where they are of the document.

    Raises:
        UsageError: another process keeps writing there.
    """
    if not folder.is_dir():
        return
    places = annotation_folders(folder)
    with ExitStack() as stack:
        for place in places:
            stack.enter_context(exclusive(place))
        for place in () if dry_run else places:
            clear_leftovers(place)  # what a writer that was ended began may quote the document, too
        for path in (path for place in places for path in sorted(place.glob(f"*{SUFFIX}")) if path.is_file()):
            try:
                yield from _purge_history(path, tombstone, dry_run)
            except OSError as error:
                yield Left(path, f"it cannot be read or written: {error.strerror}; nothing is erased there.")
        for place in places:
            yield from _quoting(place, tombstone)


def _quoting(place: Path, tombstone: Tombstone) -> Iterator[Left]:
    """Name what lies among annotation files, is none, and is of the document: exports, archives of old versions."""
    wanted = [name.encode("utf-8", "surrogatepass") for name in (*_as_json(tombstone.doc_id), *tombstone.hashes)]
    for path in sorted(place.iterdir()):
        begun = path.name.startswith(".") and NEW in path.name  # a purge clears it, where nobody holds it
        if path.suffix == SUFFIX or path.name in (COMPACTED, RENAMED) or begun or not path.is_file():
            continue
        try:
            with open_regular(path, gzipped=path.suffix == ".gz") as stream:
                holds = _stands_in_stream(stream, wanted)
        except SourceError as error:
            yield Left(path, f"it could not be looked through: {error}")
            continue
        if holds:
            yield Left(path, "it names the document, and is no annotation file: take it out by hand.")


def _stands_in_stream(stream: IO[bytes], wanted: Sequence[bytes]) -> bool:
    """Tell whether one of the byte strings stands there; a piece is held at a time."""
    before, overlap = b"", max(map(len, wanted))
    while piece := stream.read(1 << 20):
        if any(one in before + piece for one in wanted):
            return True
        before = (before + piece)[-overlap:]
    return False


def _purge_history(path: Path, tombstone: Tombstone, dry_run: bool) -> Iterator[Erasure | Left]:
    gone = sum(_is_of(line, tombstone) for _, line in file_lines(path) if line is not None)
    if any(line is None for _, line in file_lines(path)):
        yield Left(path, "it has a line that is too long to be read; mend it, and purge again.")
    elif gone:
        if not dry_run:
            with atomic_write(path) as stream:
                kept = (line for _, line in file_lines(path) if line is not None and not _is_of(line, tombstone))
                stream.writelines(line + b"\n" for line in kept)
        yield Erasure(path, f"{gone} {'line' if gone == 1 else 'lines'}")


def _is_of(line: bytes, tombstone: Tombstone) -> bool:
    try:
        annotations = set_of(line)
    except LineError:
        return _names(line, tombstone.doc_id)
    return annotations.doc_id == tombstone.doc_id or annotations.anchor_sha256 in tombstone.hashes


def _names(line: bytes, doc_id: str) -> bool:
    """Tell whether a line that is no set is of the document: it says so, or is broken and names it."""
    try:
        told = json.loads(line)["doc_id"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return any(name.encode("utf-8", "replace") in line for name in _as_json(doc_id))
    return bool(told == doc_id)


def purge_table(path: Path, doc_ids: Collection[str], dry_run: bool) -> Iterator[Erasure | Left]:
    """Erase the tables of documents from a ``sources.toml``, where all else stays the same.

    Raises:
        OSError: it cannot be read or written.
    """
    data = path.read_bytes()
    try:
        text = data.decode("utf-8")
        before = parsed_toml(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        if any(_stands_in(data.decode("utf-8", "replace"), doc_id) for doc_id in doc_ids):
            yield Left(path, "it names the document and cannot be read; mend it, and purge again.")
        return
    documents = before.get("documents")
    gone = [doc_id for doc_id in sorted(doc_ids) if isinstance(documents, dict) and doc_id in documents]
    if not gone or not isinstance(documents, dict):
        return
    after = text
    for doc_id in gone:
        after = _table_of(doc_id).sub("", after)
    left = {doc_id: table for doc_id, table in documents.items() if doc_id not in gone}
    if not _says(after, {**before, "documents": left}):
        yield Left(path, f"the table of {gone[0]!r} cannot be cut out by itself; take it out by hand.")
        return
    if not dry_run:
        with atomic_write(path) as stream:
            stream.write(after.encode("utf-8"))
    yield Erasure(path, "its table" if len(gone) == 1 else count(len(gone), "table"))


def _table_of(doc_id: str) -> re.Pattern[str]:
    """Return what matches a document's table with the tables below it."""
    names = "|".join(map(re.escape, (*_spellings(doc_id), f"'{doc_id}'")))
    head = rf"^[ \t]*\[\s*documents\s*\.\s*(?:{names})\s*(?:\.[^\n\]]*)?\][^\n]*(?:\n|\Z)"
    note = r"(?:^[ \t\r]*\n)+(?:^[ \t]*#[^\n]*\n)+(?:^[ \t]*(?:#[^\n]*|\r?)\n)*"  # of the next table
    return re.compile(rf"(?ms){head}.*?(?=(?:{note})?^[ \t]*\[|\Z)")


def _stands_in(text: str, doc_id: str) -> bool:
    """Tell whether a text that is no table, for all that can be read of it, has the id as a word of its own."""
    names = "|".join(re.escape(name.strip('"')) for name in _spellings(doc_id))
    return re.search(rf"(?<![\w-])(?:{names})(?![\w-])", text) is not None


def _spellings(doc_id: str) -> tuple[str, ...]:
    return (doc_id, *_as_json(doc_id))


def _as_json(doc_id: str) -> tuple[str, str]:
    return json.dumps(doc_id), json.dumps(doc_id, ensure_ascii=False)


def _says(text: str, expected: dict[str, object]) -> bool:
    try:
        found = parsed_toml(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return False
    return {"documents": {}, **found} == expected


def purge_build(directory: Path, tombstone: Tombstone, dry_run: bool) -> Iterator[Erasure | Left]:
    """Write a build anew without the document and its copies; a release is never rewritten and left alone.

    A few rows are held at a time.

    Raises:
        DataError: the build cannot be read, or is not as the model says.
        OSError: it cannot be written; it is as it was.
    """
    dataset = BuiltDataset.open(directory)
    if dataset.manifest.version is not None:
        return
    gone = pa.array(sorted(_ids_of(dataset, tombstone)), pa.large_string())
    of_it = (pc.is_in(data.column("doc_id"), gone) for name in CONFIGS for data in _keys(dataset, name))
    rows = sum(pc.sum(own).as_py() or 0 for own in of_it)
    if not rows:
        return
    if not dry_run:
        write_dataset(directory, _content(dataset, gone))
    yield Erasure(directory, count(rows, "row"))


def _keys(dataset: BuiltDataset, config: str) -> Iterator[pa.Table]:
    return dataset.batches(config, dataset.file_model(config).key)


def _ids_of(dataset: BuiltDataset, tombstone: Tombstone) -> Iterator[str]:
    """Yield under which ids the document stands: its own, and those of other copies of its bytes, text or page."""
    known = {tombstone.doc_id, *tombstone.hashes, *tombstone.pages}
    for data in dataset.batches("documents", ("doc_id", "raw_sha256", "anchor_sha256", "url")):
        for row in data.to_pylist():
            if known.intersection((*row.values(), page_key(row["url"] or ""), page_key(row["doc_id"]))):
                yield row["doc_id"]


@dataclass(frozen=True, slots=True)
class _Without:
    """A config's rows but for those of some documents, read from the build as often as they are asked for."""

    dataset: BuiltDataset
    config: str
    gone: pa.Array

    @property
    def schema(self) -> pa.Schema:
        """The columns, carried ones among them."""
        return self.dataset.file_model(self.config).schema.remove_metadata()

    def __iter__(self) -> Iterator[pa.Table]:
        """Yield the rows, all there are of a document together."""
        for data in by_documents(self.dataset.batches(self.config)):
            yield data.filter(pc.invert(pc.is_in(data.column("doc_id"), self.gone)))


def _content(dataset: BuiltDataset, gone: pa.Array) -> DatasetContent:
    """Return the build's content without the documents that go, and without the findings that speak of them."""
    content = DatasetContent.of(dataset, {name: _Without(dataset, name, gone) for name in CONFIGS})
    ids = gone.to_pylist()
    left = (f for f in content.findings if not any(doc_id in f.place or doc_id in f.message for doc_id in ids))
    return replace(content, findings=tuple(left))
