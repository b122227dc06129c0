"""Find the raw files of a public edition's documents: by their hash, or else by what names them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from corpus.export.store import BuiltDataset
from corpus.metadata.known import known_findings
from corpus.model.document import KnownValue, RawDocument
from corpus.model.finding import Finding
from corpus.pipeline.shelf import Located, Shelf
from corpus.pipeline.takedown import find_takedowns, spared
from corpus.readers.inputs import SOURCES_TOML
from corpus.readers.known import KnownSources
from corpus.readers.personal import MASKED, mask_document
from corpus.readers.remote import is_address, local_path
from corpus.readers.sources import ReadOptions, ReadReport, read_sources
from corpus.releases.naming import Renaming, alias_of, is_alias
from corpus.releases.takedowns import Takedowns

__all__ = ["Hydrated", "RawFiles", "Sorted", "State", "own_names", "read_raws", "sort_documents"]


class State(StrEnum):
    """How a document's text came back."""

    EXACT = "exact"
    REANCHORED = "re-anchored"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Hydrated:
    """What became of one document."""

    doc_id: str
    state: State
    source_file: str | None
    """The raw file's path below its folder; None where none was found."""
    detail: str = ""


_NOWHERE = "no file with its hash, id, address or name is there"


@dataclass(slots=True)
class RawFiles:
    """The raw documents at hand: by the hash of their bytes or text, and by what else names them."""

    shelf: Shelf
    """Where they lie; here is only what they are known by."""
    by_hash: dict[str, Located] = field(default_factory=dict)
    by_name: dict[str, Located] = field(default_factory=dict)
    inputs: set[str] = field(default_factory=set)
    """The hashes of the files that were read."""
    findings: list[Finding] = field(default_factory=list)
    """What is wrong in them, as a build would find it."""
    paths: dict[str, str] = field(default_factory=dict)
    """The paths of the files that were read, by the names that stand for them in an edition that withholds them."""
    gone: set[str] = field(default_factory=set)
    """The ids, hashes and addresses of what was taken down: it stays withheld."""
    told: dict[str, tuple[KnownValue, ...]] = field(default_factory=dict)
    """What every sources.toml says of each document, by its id."""

    def raw_of(self, anchor_sha256: str) -> RawDocument | None:
        """Return the raw document whose anchor text has this hash, or None; it is read anew each time."""
        located = self.by_hash.get(anchor_sha256)
        return None if located is None else self.shelf.get(located)

    def text_of(self, anchor_sha256: str) -> str | None:
        """Return the anchor text with this hash, or None."""
        raw = self.raw_of(anchor_sha256)
        return None if raw is None else raw.text

    def file_of(self, anchor_sha256: str) -> str | None:
        """Return the name of the file that the text with this hash was read from, or None."""
        located = self.by_hash.get(anchor_sha256)
        return None if located is None else located.source_file

    def characters_of(self, anchor_sha256: str) -> int:
        """Return how long the text with this hash is; 1 where it is not at hand."""
        located = self.by_hash.get(anchor_sha256)
        return 1 if located is None else 1 + located.characters


@dataclass(slots=True)
class Sorted:
    """Some documents of an edition: whose raw file is as it was, whose file changed, and what is told of each."""

    exact: dict[str, RawDocument] = field(default_factory=dict)
    changed: dict[str, RawDocument] = field(default_factory=dict)
    states: dict[str, Hydrated] = field(default_factory=dict)
    raws: dict[str, RawDocument] = field(default_factory=dict)
    """The raw documents of those that are as they were, under their own ids, by the hash of their texts."""


def sort_documents(documents: pa.Table, found: RawFiles) -> Sorted:
    """Decide for every document whether its raw file is there as it was, changed, or not there.

    The same anchor text under other bytes (other line ends, say) is the file as it was.
    """
    result = Sorted()
    columns = ("doc_id", "raw_sha256", "anchor_sha256", "source_file", "url")
    for row in documents.select(list(columns)).to_pylist():
        doc_id, raw = row["doc_id"], found.raw_of(row["anchor_sha256"])
        if raw is not None:
            result.raws[row["anchor_sha256"]] = raw
            result.states[doc_id] = Hydrated(doc_id, State.EXACT, raw.source_file)
            result.exact[doc_id] = _named(raw, doc_id, found)
            continue
        if found.gone.intersection((doc_id, row["anchor_sha256"], row["raw_sha256"])):
            result.states[doc_id] = Hydrated(doc_id, State.MISSING, None, "it was taken down")
            continue
        names = (doc_id, row["url"], row["source_file"], _stem(row["source_file"]))
        other = found.by_hash.get(row["raw_sha256"])
        other = other or next((found.by_name[name] for name in names if name in found.by_name), None)
        if other is None:
            result.states[doc_id] = Hydrated(doc_id, State.MISSING, None, _NOWHERE)
        else:
            result.changed[doc_id] = _named(found.shelf.get(other), doc_id, found)
    return result


def own_names(documents: Iterable[pa.Table], found: RawFiles) -> Renaming:
    """Return the ids of the documents whose ids are withheld and whose texts are at hand."""
    names = {}
    for data in documents:
        columns = (data.column(name).to_pylist() for name in ("doc_id", "anchor_sha256"))
        for doc_id, digest in zip(*columns, strict=True):
            located = found.by_hash.get(digest) if is_alias(doc_id) else None
            if located is not None:
                names[doc_id] = located.doc_id
    return Renaming(names)


def read_raws(sources: Sequence[Path | str], options: ReadOptions, dataset: BuiltDataset, shelf: Shelf) -> RawFiles:
    """Read every source on its own, so that copies in two folders are no duplicates of one another.

    What was taken down is not read: an old edition does not bring it back. Documents that the edition may know are
    put on the shelf.

    Raises:
        DataError: a file of tombstones in or beside the sources is damaged, or one of the edition cannot be read.
        OSError: the documents cannot be put by.
    """
    wanted = _wanted(dataset)
    found = RawFiles(shelf)
    masked = _is_masked(dataset)
    takedowns = Takedowns.read_all(find_takedowns(sources))
    found.gone |= takedowns.matcher().keys()
    for source in sources:
        report = ReadReport()
        known: list[Finding] = []
        for read in spared(read_sources([source], options, report), takedowns, report):
            raw = mask_document(read) if masked else read
            hashes = (raw.raw_sha256, raw.anchor_sha256)
            names = [raw.doc_id, raw.source_file, _stem(raw.source_file)]
            url = raw.known_value("url")
            names += [url.value] if url and isinstance(url.value, str) else []
            keys = [key for key in hashes if key in wanted and key not in found.by_hash]
            names = [name for name in names if name in wanted and name not in found.by_name]
            if keys or names:
                located = shelf.put(raw)
                found.by_hash.update(dict.fromkeys(keys, located))
                found.by_name.update(dict.fromkeys(names, located))
            known += known_findings(raw.doc_id, raw.known)
        found.gone |= {finding.place for finding in report.findings if finding.code == "taken-down"}
        found.findings += [*report.findings, *known]
        found.paths.update((alias_of(item.sha256), item.path) for item in report.inputs)
        found.inputs |= {item.sha256 for item in report.inputs}
        found.told.update(_told(source))
    return found


def _wanted(dataset: BuiltDataset) -> set[str]:
    """Return what a raw document that is needed may be known by."""
    wanted: set[str] = set()
    for data in dataset.batches("raw", ("doc_id", "revision", "raw_sha256", "anchor_sha256")):
        for name in ("raw_sha256", "anchor_sha256"):
            wanted.update(data.column(name).to_pylist())
    for data in dataset.batches("documents", ("doc_id", "url", "source_file")):
        for column in data.columns:
            wanted.update(value for value in column.to_pylist() if value)
        wanted.update(map(_stem, data.column("source_file").to_pylist()))
    return wanted


def _is_masked(dataset: BuiltDataset) -> bool:
    """Tell whether personal data in the texts was masked when the edition was built."""
    batches = dataset.batches("raw", ("doc_id", "revision", "repairs"))
    kinds = (pc.struct_field(pc.list_flatten(data.column("repairs")), "kind") for data in batches)
    return any(pc.any(pc.equal(own, MASKED)).as_py() for own in kinds)


def _told(source: Path | str) -> dict[str, tuple[KnownValue, ...]]:
    """Read every sources.toml below a folder of this machine."""
    folder = None if is_address(source) else local_path(source)
    tables = sorted(folder.rglob(SOURCES_TOML)) if folder is not None and folder.is_dir() else []
    known = KnownSources(ReadReport())
    return {doc_id: values for path in tables for doc_id, values in known.told(path).items()}


def _named(raw: RawDocument, doc_id: str, found: RawFiles) -> RawDocument:
    """Return a raw document under its recorded id, with what a sources.toml says of that id, not of its own."""
    if raw.doc_id == doc_id or doc_id not in found.told:
        return replace(raw, doc_id=doc_id)
    own = [value for value in raw.known if value.kind != SOURCES_TOML]
    first: dict[str, KnownValue] = {}
    for value in (*own, *found.told[doc_id], *raw.known):
        first.setdefault(value.column, value)
    return replace(raw, doc_id=doc_id, known=tuple(first.values()))


def _stem(name: str) -> str:
    return name.rsplit("/", 1)[-1]
