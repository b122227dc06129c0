"""Find the raw files of a public edition's documents: by their hash, or else by what names them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

import pyarrow as pa

from corpus.metadata.known import known_findings
from corpus.model.document import KnownValue, RawDocument
from corpus.model.finding import Finding
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

    by_hash: dict[str, RawDocument] = field(default_factory=dict)
    by_name: dict[str, RawDocument] = field(default_factory=dict)
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

    def text_of(self, anchor_sha256: str) -> str | None:
        """Return the anchor text with this hash, or None."""
        raw = self.by_hash.get(anchor_sha256)
        return None if raw is None else raw.text

    def file_of(self, anchor_sha256: str) -> str | None:
        """Return the name of the file that the text with this hash was read from, or None."""
        raw = self.by_hash.get(anchor_sha256)
        return None if raw is None else raw.source_file

    def known_value(self, anchor_sha256: str, column: str) -> str | None:
        """Return what came with the text that has this hash, or None."""
        raw = self.by_hash.get(anchor_sha256)
        known = None if raw is None else raw.known_value(column)
        return known.value if known is not None and isinstance(known.value, str) else None


@dataclass(slots=True)
class Sorted:
    """The documents of an edition: whose raw file is as it was, whose file changed, and what is told of each."""

    exact: dict[str, RawDocument] = field(default_factory=dict)
    changed: dict[str, RawDocument] = field(default_factory=dict)
    states: dict[str, Hydrated] = field(default_factory=dict)


def sort_documents(documents: pa.Table, found: RawFiles) -> Sorted:
    """Decide for every document whether its raw file is there as it was, changed, or not there.

    The same anchor text under other bytes (other line ends, say) is the file as it was.
    """
    result = Sorted()
    columns = ("doc_id", "raw_sha256", "anchor_sha256", "source_file", "url")
    for row in documents.select(list(columns)).to_pylist():
        doc_id, raw = row["doc_id"], found.by_hash.get(row["anchor_sha256"])
        if raw is not None:
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
            result.changed[doc_id] = _named(other, doc_id, found)
    return result


def own_names(documents: pa.Table, found: RawFiles) -> Renaming:
    """Return the ids of the documents whose ids are withheld and whose texts are at hand."""
    columns = (documents.column(name).to_pylist() for name in ("doc_id", "anchor_sha256"))
    pairs = (
        (doc_id, found.by_hash.get(digest)) for doc_id, digest in zip(*columns, strict=True) if is_alias(doc_id)
    )
    return Renaming({doc_id: raw.doc_id for doc_id, raw in pairs if raw is not None})


def read_raws(sources: Sequence[Path | str], options: ReadOptions, tables: Mapping[str, pa.Table]) -> RawFiles:
    """Read every source on its own, so that copies in two folders are no duplicates of one another.

    What was taken down is not read: an old edition does not bring it back.

    Raises:
        DataError: a file of tombstones in or beside the sources is damaged.
    """
    wanted = _wanted(tables)
    found = RawFiles()
    repairs = (repair["kind"] for row in tables["raw"].column("repairs").to_pylist() for repair in row)
    masked = MASKED in repairs
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
            for key in wanted.intersection(hashes):
                found.by_hash.setdefault(key, raw)
            for name in wanted.intersection(names):
                found.by_name.setdefault(name, raw)
            known += known_findings(raw.doc_id, raw.known)
        found.gone |= {finding.place for finding in report.findings if finding.code == "taken-down"}
        found.findings += [*report.findings, *known]
        found.paths.update((alias_of(item.sha256), item.path) for item in report.inputs)
        found.inputs |= {item.sha256 for item in report.inputs}
        found.told.update(_told(source))
    return found


def _wanted(tables: Mapping[str, pa.Table]) -> set[str]:
    """Return what a raw document that is needed may be known by."""
    raw, documents = tables["raw"], tables["documents"]
    keys = [raw.column("raw_sha256"), raw.column("anchor_sha256"), documents.column("doc_id")]
    keys += [documents.column("url"), documents.column("source_file")]
    wanted = {value for column in keys for value in column.to_pylist() if value}
    return wanted | {_stem(value) for value in documents.column("source_file").to_pylist()}


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
