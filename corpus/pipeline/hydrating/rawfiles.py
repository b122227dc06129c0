"""Find the raw files of a public edition's documents: by their hash, or else by what names them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from corpus.export.store import BuiltDataset
from corpus.metadata.known import known_findings
from corpus.model.document import KnownValue, RawDocument
from corpus.model.finding import Finding, Severity
from corpus.model.manifest import InputFile
from corpus.pipeline.erasure.takedown import find_takedowns, spared
from corpus.pipeline.shelf import Shelf
from corpus.readers.addresses import is_address, local_path
from corpus.readers.kinds import ONE_DOCUMENT, read_name
from corpus.readers.known import first_of_each, told_below
from corpus.readers.named import SOURCES_TOML
from corpus.readers.personal import MASKED, mask_document
from corpus.readers.sources import ReadOptions, ReadReport, read_sources
from corpus.releases.public.naming import Renaming, alias_of, is_alias, with_other_path
from corpus.releases.takedowns import Takedowns

__all__ = ["AWAITED", "Hydrated", "RawFiles", "Sorted", "State", "own_names", "read_raws", "sort_documents"]


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


AWAITED = -1
"""What stands in the place of a number on the shelf before the document was read."""
_SHARED = -2
"""What stands there where a file's name is that of several documents, and so names none of them."""
_PART = re.compile(r"(?::\d+| row \d+)$")
"""What follows a file's name where one of its records is meant."""
_NOWHERE = "no file with its hash, id, address or name is there"


@dataclass(slots=True)
class RawFiles:
    """The raw documents at hand: by the hash of their bytes or text, and by what else names them."""

    shelf: Shelf
    """Where they lie; here is only what they are known by."""
    by_hash: dict[str, int] = field(default_factory=dict)
    """Their numbers on the shelf by the hashes that the edition asks for, :data:`AWAITED` where none is there."""
    by_name: dict[str, int] = field(default_factory=dict)
    """Likewise by ids and addresses."""
    by_file: dict[str, int] = field(default_factory=dict)
    """Likewise by the names of files, with the folders and without."""
    inputs: set[str] = field(default_factory=set)
    """The hashes of the files that were read."""
    findings: list[Finding] = field(default_factory=list)
    """What is wrong in them, as a build would find it."""
    faults: dict[str, str] = field(default_factory=dict)
    """The first error in each of them, by the files' names."""
    paths: dict[str, str] = field(default_factory=dict)
    """The paths of the files that were read, by the names that stand for them in an edition that withholds them."""
    gone: set[str] = field(default_factory=set)
    """The ids, hashes and addresses of what was taken down: it stays withheld."""
    told: dict[str, tuple[KnownValue, ...]] = field(default_factory=dict)
    """What every sources.toml says of each document, by its id."""
    recorded: dict[str, str] = field(default_factory=dict)
    """The paths that the build recorded of the files that were read, by those that they have now."""

    def add_findings(self, findings: Iterable[Finding]) -> None:
        """Take in what is wrong in a source, at the places that the build recorded."""
        for finding in findings:
            place = self.recorded.get(finding.place, finding.place)
            self.findings.append(replace(finding, place=place))
            if finding.severity is Severity.ERROR:
                said = f"of {place} is told: {finding.message.rstrip('.')}"
                self.faults.setdefault(_PART.sub("", place), said)

    def take_in(self, raw: RawDocument) -> None:
        """Put a document on the shelf if it is the first one with a hash or a name that the edition asks for."""
        url = raw.known_value("url")
        names = {raw.doc_id} | ({url.value} if url and isinstance(url.value, str) else set())
        hashes = {raw.raw_sha256, raw.anchor_sha256}
        asked = [(self.by_hash, key) for key in hashes if self.by_hash.get(key) == AWAITED]
        asked += [(self.by_name, name) for name in names if self.by_name.get(name) == AWAITED]
        for name in _file_names(raw.source_file):
            number = self.by_file.get(name, _SHARED)
            if number == AWAITED:
                asked.append((self.by_file, name))
            elif number != _SHARED and self.shelf.doc_id(number) != raw.doc_id:
                self.by_file[name] = _SHARED
        if asked:
            number = self.shelf.put(raw)
            for numbers, key in asked:
                numbers[key] = number

    def raw_of(self, sha256: str) -> RawDocument | None:
        """Return the raw document whose bytes or anchor text have this hash, or None; it is read anew each time."""
        number = self.by_hash.get(sha256, AWAITED)
        return None if number == AWAITED else self.shelf.get(number)

    def raw_of_document(self, doc_id: str, anchor_sha256: str) -> RawDocument | None:
        """Return the raw document with that id where it has this text, else any that has it, or None.

        A copy under another name has the same text, and not the side-car, address or record.
        """
        named, any_copy = self.by_name.get(doc_id, AWAITED), self.by_hash.get(anchor_sha256, AWAITED)
        if named not in (AWAITED, any_copy):
            raw = self.shelf.get(named)
            if raw.anchor_sha256 == anchor_sha256:
                return raw
        return self.raw_of(anchor_sha256)

    def raw_named(self, doc_id: str, url: str | None, source_file: str) -> RawDocument | None:
        """Return the raw document with that id, else with that address, else of a file of that name, or None."""
        numbers = [self.by_name.get(name, AWAITED) for name in (doc_id, url) if name is not None]
        numbers += [self.by_file.get(name, _SHARED) for name in _file_names(source_file)]
        number = next((number for number in numbers if number >= 0), AWAITED)
        return None if number == AWAITED else self.shelf.get(number)

    def text_of(self, anchor_sha256: str) -> str | None:
        """Return the anchor text with this hash, or None."""
        raw = self.raw_of(anchor_sha256)
        return None if raw is None else raw.text

    def file_of(self, anchor_sha256: str) -> str | None:
        """Return the name of the file that the text with this hash was read from, or None."""
        number = self.by_hash.get(anchor_sha256, AWAITED)
        return None if number == AWAITED else self.shelf.source_file(number)

    def as_recorded(self, known: KnownValue) -> KnownValue:
        """Return a value with the place where the build found it: the same file, whatever its name is now."""
        return replace(known, known_from=with_other_path(known.known_from, self.recorded))

    def why_missing(self, source_file: str | None) -> str:
        """Return why a document is not at hand: what is wrong in the file that it came from, if that is there."""
        return self.faults.get(source_file or "", _NOWHERE)

    def characters_of(self, anchor_sha256: str) -> int:
        """Return how long the text with this hash is, 0 where it is not at hand."""
        number = self.by_hash.get(anchor_sha256, AWAITED)
        return 0 if number == AWAITED else self.shelf.characters(number)


@dataclass(slots=True)
class Sorted:
    """Some documents of an edition: whose raw file is as it was, whose file changed, and what is told of each."""

    exact: dict[str, RawDocument] = field(default_factory=dict)
    changed: dict[str, RawDocument] = field(default_factory=dict)
    states: dict[str, Hydrated] = field(default_factory=dict)
    raws: dict[tuple[str, str], RawDocument] = field(default_factory=dict)
    """The raw documents of those that are as they were, by their own ids and the hash of their texts."""


def sort_documents(documents: pa.Table, found: RawFiles) -> Sorted:
    """Decide for every document whether its raw file is there as it was, changed, or not there.

    The same anchor text under other bytes (other line ends, say) is the file as it was.
    """
    result = Sorted()
    columns = ("doc_id", "raw_sha256", "anchor_sha256", "source_file", "url")
    for row in documents.select(list(columns)).to_pylist():
        doc_id, digest = row["doc_id"], row["anchor_sha256"]
        raw = found.raw_of_document(doc_id, digest)
        if raw is not None:
            result.raws[doc_id, digest] = raw
            result.states[doc_id] = Hydrated(doc_id, State.EXACT, raw.source_file)
            result.exact[doc_id] = _named(raw, doc_id, found)
            continue
        if found.gone.intersection((doc_id, digest, row["raw_sha256"])):
            result.states[doc_id] = Hydrated(doc_id, State.MISSING, None, "it was taken down")
            continue
        other = found.raw_of(row["raw_sha256"]) or found.raw_named(doc_id, row["url"], row["source_file"])
        if other is None:
            result.states[doc_id] = Hydrated(doc_id, State.MISSING, None, found.why_missing(row["source_file"]))
        else:
            result.changed[doc_id] = _named(other, doc_id, found)
    return result


def own_names(documents: Iterable[pa.Table], found: RawFiles) -> Renaming:
    """Return the ids of the documents whose ids are withheld and whose texts are at hand."""
    names = {}
    for data in documents:
        columns = (data.column(name).to_pylist() for name in ("doc_id", "anchor_sha256"))
        for doc_id, digest in zip(*columns, strict=True):
            raw = found.raw_of(digest) if is_alias(doc_id) else None
            if raw is not None:
                names[doc_id] = raw.doc_id
    return Renaming(names)


def read_raws(sources: Sequence[Path | str], options: ReadOptions, dataset: BuiltDataset, shelf: Shelf) -> RawFiles:
    """Read every source on its own, so that copies in two folders are no duplicates of one another.

    What was taken down is not read: an old edition does not bring it back. Documents that the edition may know are
    put on the shelf.

    Raises:
        DataError: a file of tombstones in or beside the sources is damaged, or one of the edition cannot be read.
        OSError: the documents cannot be put by.
    """
    found = RawFiles(shelf, *_asked(dataset))
    masked = _is_masked(dataset)
    takedowns = Takedowns.read_all(find_takedowns(sources))
    found.gone |= takedowns.matcher().keys()
    for source in sources:
        report = ReadReport()
        known: list[Finding] = []
        for read in spared(read_sources([source], options, report), takedowns, report):
            raw = mask_document(read) if masked else read
            found.take_in(raw)
            known += known_findings(raw.doc_id, raw.known)
        found.gone |= {finding.place for finding in report.findings if finding.code == "taken-down"}
        found.recorded |= _recorded(report.inputs, dataset.manifest.inputs)
        found.add_findings((*report.findings, *known))
        found.paths.update((alias_of(item.sha256), item.path) for item in report.inputs)
        found.inputs |= {item.sha256 for item in report.inputs}
        folder = None if is_address(source) else local_path(source)
        found.told.update(told_below(folder) if folder is not None else {})
    return found


def _asked(dataset: BuiltDataset) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    """Return the hashes, the names and the files that a raw document that is needed may be known by."""
    hashes: dict[str, int] = {}
    names: dict[str, int] = {}
    files: dict[str, int] = {}
    by_path = dataset.manifest.ids == "path"
    for data in dataset.batches("raw", ("doc_id", "revision", "raw_sha256", "anchor_sha256")):
        for name in ("raw_sha256", "anchor_sha256"):
            hashes.update(dict.fromkeys(data.column(name).to_pylist(), AWAITED))
    for data in dataset.batches("documents", ("doc_id", "url", "source_file")):
        for name in ("doc_id", "url"):
            names.update(dict.fromkeys(filter(None, data.column(name).to_pylist()), AWAITED))
        for source_file in data.column("source_file").to_pylist():
            own = _file_names(source_file)[: 1 if by_path else None]  # a path that differs is another page's
            files.update(dict.fromkeys(own, AWAITED))
    return hashes, names, files


def _is_masked(dataset: BuiltDataset) -> bool:
    """Tell whether personal data in the texts was masked when the edition was built."""
    batches = dataset.batches("raw", ("doc_id", "revision", "repairs"))
    kinds = (pc.struct_field(pc.list_flatten(data.column("repairs")), "kind") for data in batches)
    return any(pc.any(pc.equal(own, MASKED)).as_py() for own in kinds)


def _recorded(inputs: Iterable[InputFile], told: Iterable[InputFile]) -> dict[str, str]:
    """Return what the edition calls the files that have another path now; withheld paths are not known.

    Of files with the same bytes each keeps a path that was recorded.
    """
    paths: dict[str, list[str]] = {}
    for item in told:
        if not is_alias(item.path):
            paths.setdefault(item.sha256, []).append(item.path)
    known = ((item.path, paths.get(item.sha256, [])) for item in inputs)
    return {path: own[0] for path, own in known if own and path not in own}


def _named(raw: RawDocument, doc_id: str, found: RawFiles) -> RawDocument:
    """Return a raw document under its recorded id, with what a sources.toml says of that id, not of its own."""
    known = tuple(map(found.as_recorded, raw.known))
    if raw.doc_id == doc_id or doc_id not in found.told:
        return replace(raw, doc_id=doc_id, known=known)
    own = [value for value in known if value.kind != SOURCES_TOML]
    return replace(raw, doc_id=doc_id, known=first_of_each((*own, *found.told[doc_id], *known)))


def _file_names(source_file: str) -> list[str]:
    """Return what a file is called, with the folders and without; nothing where its documents name themselves."""
    told = read_name(source_file)
    if told is None or told.kind not in ONE_DOCUMENT:
        return []
    return list(dict.fromkeys((source_file, source_file.rsplit("/", 1)[-1])))
