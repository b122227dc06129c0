"""Find ids that two inputs claim, before the first document is handed over, in bounded memory."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from corpus.readers.inputs import SourceFile
from corpus.readers.jsonlines import read_json_lines
from corpus.readers.parquet import read_parquet
from corpus.readers.records import Problem, record_id
from corpus.readers.report import ReadOptions, ReadReport

__all__ = ["Claim", "claimed_twice"]


@dataclass(slots=True)
class Claim:
    """The inputs that claim one id: the first places, and how many there are."""

    places: list[str] = field(default_factory=list)
    count: int = 0

    def sentence(self, doc_id: str) -> str:
        """Say who claims the id."""
        more = f" and {self.count - len(self.places)} more" if self.count > len(self.places) else ""
        return (
            f"{self.count} inputs have the id {doc_id!r}: {', '.join(self.places)}{more}; none of them is read, "
            "so give each document an id of its own."
        )


def claimed_twice(files: Sequence[SourceFile], options: ReadOptions) -> dict[str, Claim]:
    """Return the ids that more than one input claims, with their places, in the order of the files.

    Neither of two inputs with one id may be handed over, so this is known before any is: a first pass over
    the ids alone (a file's name, the id columns of Parquet, the lines of JSON Lines) keeps eight bytes an id;
    only where some of them meet does a second pass keep the ids themselves. An input that cannot be read
    for another reason still claims its id.
    """
    hashes = array("Q", (_hash(doc_id) for doc_id, _ in _claims(files, options)))
    meeting = _repeated(hashes)
    if not meeting:
        return {}
    claims: dict[str, Claim] = {}
    for doc_id, place in _claims(files, options):
        if _hash(doc_id) in meeting:
            claim = claims.setdefault(doc_id, Claim())
            claim.count += 1
            if len(claim.places) < 3:
                claim.places.append(place)
    return {doc_id: claim for doc_id, claim in claims.items() if claim.count > 1}


def _claims(files: Sequence[SourceFile], options: ReadOptions) -> Iterator[tuple[str, str]]:
    """Yield every id with its place; findings are left to the reading itself."""
    for file in files:
        if file.kind == "text":
            yield file.stem, file.name
            continue
        unheard = ReadReport()
        records = (
            read_parquet(file, options, unheard, only_ids=True)
            if file.kind == "parquet"
            else read_json_lines(file, options, unheard)
        )
        for record in records:
            try:
                yield record_id(record, options)[0], record.place
            except Problem:
                continue


def _hash(doc_id: str) -> int:
    digest = hashlib.blake2b(doc_id.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def _repeated(hashes: array[int]) -> frozenset[int]:
    column = pa.Array.from_buffers(pa.uint64(), len(hashes), [None, pa.py_buffer(hashes)])
    counts = pc.value_counts(column)
    return frozenset(counts.field("values").filter(pc.greater(counts.field("counts"), 1)).to_pylist())
