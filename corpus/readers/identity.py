"""Say of every input, before the first document is handed over, whether its id is its own, in bounded memory."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

import pyarrow as pa
import pyarrow.compute as pc

from corpus.model.shortened import some_of
from corpus.readers.iptc.items import Item
from corpus.readers.iptc.newsroom import read_item
from corpus.readers.kinds import ONE_DOCUMENT
from corpus.readers.records import Problem, Record, record_id
from corpus.readers.report import ReadOptions, ReadReport
from corpus.readers.sourcefile import SourceFile
from corpus.readers.standing import CURRENT, Claimed, Fate, Verdict, verdicts
from corpus.readers.tabular.csvtables import read_csv
from corpus.readers.tabular.jsonlines import read_json_lines
from corpus.readers.tabular.parquet import read_parquet
from corpus.readers.terms import SiteTerms

__all__ = ["Identities", "identities", "records_of"]

_SHOWN = 3
_HOPS = 100
"""A correction of a correction of a correction … so far."""


@dataclass(frozen=True, slots=True)
class Identities:
    """What becomes of the inputs whose id others claim as well; every other input is the current one."""

    by_place: Mapping[str, Verdict]
    refused: Mapping[str, tuple[str, ...]]
    """The ids that inputs without a version claim more than once, with the places of all of them."""
    ids: Mapping[str, str] = field(default_factory=dict)
    """The ids of news items by their places."""
    terms: SiteTerms = field(default_factory=SiteTerms)
    """What the sites of the captures reserve in files of their own."""
    ways_out: Mapping[str, str] = field(default_factory=dict)
    """What else tells the inputs of a refused id apart: the end of a sentence."""

    def verdict(self, place: str) -> Verdict:
        """Return what becomes of the input at a place."""
        return self.by_place.get(place, CURRENT)

    def sentence(self, doc_id: str) -> str:
        """Say who claims a refused id."""
        places = self.refused[doc_id]
        return (
            f"{len(places)} inputs have the id {doc_id!r}: {some_of(places, _SHOWN)}; none of them is "
            f"read, so give each document an id of its own{self.ways_out.get(doc_id, '')}."
        )


def identities(files: Sequence[SourceFile], options: ReadOptions) -> Identities:
    """Return the verdicts on all ids that more than one input claims, in the order of the files.

    Neither of two contradicting inputs may be handed over, and of several versions only the newest, so this
    is known before any is: a first pass over the ids alone (a file's name, the id columns of Parquet, the
    lines of JSON Lines, the addresses of captures) keeps eight bytes an id; only where some of them meet does
    a second pass keep the ids themselves. An input that cannot be read for another reason still claims its id.
    """
    items = list(_items(files, options))
    terms = SiteTerms()
    hashes = array("Q", (_hash(claim.doc_id) for claim in _claims(files, options, terms)))
    hashes.extend(_hash(claim.doc_id) for claim in items)
    meeting = _repeated(hashes)
    ids = {claim.place: claim.doc_id for claim in items}
    if not meeting:
        return Identities({}, {}, ids, terms)
    found: dict[str, list[Claimed]] = {}
    for claim in chain(_claims(files, options), items):
        if _hash(claim.doc_id) in meeting:
            found.setdefault(claim.doc_id, []).append(claim)
    judged = _judged(found, ids)
    return replace(judged, terms=terms, ways_out=_ways_out(judged.refused, files))


def _judged(found: Mapping[str, Sequence[Claimed]], ids: Mapping[str, str]) -> Identities:
    by_place: dict[str, Verdict] = {}
    refused: dict[str, tuple[str, ...]] = {}
    for doc_id, claims in found.items():
        if len(claims) < 2:
            continue
        judged = verdicts(claims)
        by_place |= judged
        if any(verdict.fate is Fate.REFUSED for verdict in judged.values()):
            refused[doc_id] = tuple(claim.place for claim in claims)
    return Identities(by_place, refused, ids)


def _ways_out(refused: Mapping[str, Sequence[str]], files: Sequence[SourceFile]) -> dict[str, str]:
    """Return for each refused id how files of one document would have others; nothing where they would not."""
    named = {file.name: file for file in files if refused and file.kind in ONE_DOCUMENT}
    found: dict[str, str] = {}
    for doc_id, places in refused.items():
        own = [named.get(place) for place in places]
        if _differ(doc_id if file is None else file.path for file in own):
            found[doc_id] = " (with `ids='path'`, it is a file's path below its source)"
        elif all(own) and _differ(f"{file.name.rpartition('/')[0]}/{file.stem}" for file in own if file):
            found[doc_id] = " (name one folder above them all, with `ids='path'`: it is a file's path below that)"
    return found


def _differ(names: Iterable[str]) -> bool:
    listed = list(names)
    return len(set(listed)) == len(listed)


def records_of(
    file: SourceFile, options: ReadOptions, report: ReadReport, *, only_ids: bool = False
) -> Iterator[Record]:
    """Yield the records of a file that holds records."""
    if file.kind == "parquet":
        return read_parquet(file, options, report, only_ids=only_ids)
    if file.kind == "csv":
        return read_csv(file, options, report)
    return read_json_lines(file, options, report)


def _claims(files: Sequence[SourceFile], options: ReadOptions, terms: SiteTerms | None = None) -> Iterator[Claimed]:
    """Yield every claim but those of news items; findings are left to the reading itself.

    What sites reserve goes to ``terms``.
    """
    for file in files:
        if file.kind in ONE_DOCUMENT:
            yield Claimed(file.doc_id, file.name)
        elif file.kind == "warc":
            from corpus.readers.warc import read_captures

            yield from (capture.claim for capture in read_captures(file, options, ReadReport(), terms))
        elif file.kind not in ("json", "xml"):
            for record in records_of(file, options, ReadReport(), only_ids=True):
                try:
                    yield Claimed(record_id(record, options)[0], record.place)
                except Problem:
                    continue


def _items(files: Sequence[SourceFile], options: ReadOptions) -> Iterator[Claimed]:
    """Yield the claims of the news items, each under the id by which the first one that names it goes."""
    listed: list[tuple[SourceFile, Item]] = []
    for file in files:
        if file.kind in ("json", "xml"):
            try:
                item = read_item(file, options)
            except Problem:
                continue
            if item is not None:
                listed.append((file, replace(item, document=_nothing)))
    names = {name: item.doc_id for _, item in listed if item.withdraws is None for name in item.aliases}
    ids = {item.doc_id for _, item in listed if item.withdraws is None and not item.standing.correction}
    for file, item in listed:
        if item.withdraws is not None:
            standing = replace(item.standing, withdrawn=True)
            yield Claimed(_resolved(item.withdraws, ids, names), file.name, standing)
        else:
            yield Claimed(_resolved(item.doc_id, ids, names), file.name, item.standing)


def _resolved(name: str, ids: set[str], names: Mapping[str, str]) -> str:
    """Return the id that a name (or a name and version, "ID:2") stands for, itself where nothing else does."""
    bare, colon, version = name.rpartition(":")
    for candidate in (name, bare) if colon and version.isdigit() else (name,):
        for _ in range(_HOPS):
            if candidate in ids:
                return candidate
            if names.get(candidate, candidate) == candidate:
                break
            candidate = names[candidate]
    return name


def _nothing() -> None:
    return None


def _hash(doc_id: str) -> int:
    digest = hashlib.blake2b(doc_id.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def _repeated(hashes: array[int]) -> frozenset[int]:
    column = pa.Array.from_buffers(pa.uint64(), len(hashes), [None, pa.py_buffer(hashes)])
    counts = pc.value_counts(column)
    return frozenset(counts.field("values").filter(pc.greater(counts.field("counts"), 1)).to_pylist())
