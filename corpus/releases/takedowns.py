"""Tombstones: which documents were taken down, so that no build takes them in again; never a word of their text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpus.errors import CorpusError, DataError
from corpus.export.batches import file_batches, read_schema
from corpus.export.layout import MANIFEST, shards_of
from corpus.export.store import read_manifest
from corpus.files import atomic_write, only_writer
from corpus.metadata.addresses import host_of
from corpus.model.document import RawDocument
from corpus.readers.erasing.parts import addresses_of
from corpus.readers.kinds import RECORDS, read_name
from corpus.readers.named import TAKEDOWNS
from corpus.readers.opening import cause
from corpus.readers.shown import MEDIA_TYPES, MediaType

__all__ = [
    "TAKEDOWNS",
    "Holder",
    "Takedowns",
    "Tombstone",
    "add_tombstone",
    "datasets_in",
    "holders_of",
    "ids_in",
    "is_news",
    "keys_of",
    "page_key",
    "pages_of",
    "text_types_of",
    "traces_of",
]

Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Tombstone(BaseModel):
    """One document that was taken down, known again by its id, its bytes or text, or its address."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    doc_id: str = Field(min_length=1)
    reason: str = Field(min_length=1)
    date: str | None = Field(default=None, pattern=r"^\d{4}-\d{2}-\d{2}$")
    hashes: tuple[Hash, ...] = ()
    """SHA-256 of its bytes as received and of its decoded text, in every version that was found."""
    pages: tuple[str, ...] = ()
    """Its addresses as :func:`page_key` writes them."""


@dataclass(frozen=True, slots=True)
class Takedowns:
    """All tombstones of a project."""

    tombstones: tuple[Tombstone, ...] = ()

    @classmethod
    def read(cls, path: Path) -> Takedowns:
        """Read a file of tombstones.

        Raises:
            DataError: it cannot be read, or a line is no tombstone; nothing is built then, lest one be missed.
        """
        found: list[Tombstone] = []
        try:
            lines = path.read_bytes().decode("utf-8").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise DataError(f"{path} cannot be read: {cause(error)}; mend it before you build.") from None
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    found.append(Tombstone.model_validate(json.loads(line)))
                except (ValueError, RecursionError) as error:
                    why = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
                    raise DataError(f"{path}:{number} is no tombstone: {why}; mend the line.") from None
        return cls(tuple(found))

    @classmethod
    def read_all(cls, paths: Iterable[Path]) -> Takedowns:
        """Read several files of tombstones, as :meth:`read` does one."""
        return cls(tuple(item for path in paths for item in cls.read(path).tombstones))

    @property
    def doc_ids(self) -> frozenset[str]:
        """The ids of all that was taken down."""
        return frozenset(tombstone.doc_id for tombstone in self.tombstones)

    def matcher(self) -> Mapping[str, Tombstone]:
        """Return the tombstones by each id, hash and page that they are known by."""
        return {key: item for item in self.tombstones for key in (item.doc_id, *item.hashes, *item.pages)}


def keys_of(raw: RawDocument) -> Iterator[str]:
    """Yield what a raw document may be known by: its id, its hashes, its addresses."""
    yield from (raw.doc_id, raw.raw_sha256, raw.anchor_sha256)
    yield from pages_of(raw)


def pages_of(raw: RawDocument) -> Iterator[str]:
    """Yield the addresses of a raw document, as :func:`page_key` writes them."""
    yield from (key for url in (*addresses_of(raw), raw.doc_id) if (key := page_key(url)))


def page_key(url: str) -> str | None:
    """Return one spelling for the addresses of one page, None where it is no page's address.

    Scheme, "www.", final stroke, the query's tracking and the fragment are left out, but for a fragment that is a
    route: with "/" or "!" it leads to another page.

    >>> page_key("https://www.Courier.example/harbour/?utm_source=x#top")
    'courier.example/harbour'
    >>> page_key("https://courier.example/news#/harbour")
    'courier.example/news#/harbour'
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    host, path = host_of(url), parts.path.rstrip("/")
    told = [item for item in parts.query.split("&") if item and not item.lower().startswith(_TRACKING)]
    query = "?" + "&".join(sorted(told)) if told else ""
    route = f"#{parts.fragment}" if parts.fragment.startswith(("/", "!")) else ""
    return f"{host}{path}{query}{route}" if host and (path or query or route) else None


_TRACKING = ("utm_", "fbclid", "gclid", "mc_", "ref=", "ref_", "igshid", "cmpid", "ocid", "smid")


def add_tombstone(path: Path, tombstone: Tombstone) -> bool:
    """Add a tombstone to the file, which is replaced whole; tell whether it said something new.

    A second one for the same document adds what it is known by, or another reason or day: the newest reason is the
    one that builds tell.

    Raises:
        UsageError: another process is writing the file.
        DataError: the file cannot be read.
        OSError: it cannot be written.
    """
    with only_writer(path):
        there = _those_of(path)
        if not _adds(tombstone, there):
            return False
        with atomic_write(path) as stream:
            for item in (*there, tombstone):
                stream.write((json.dumps(item.model_dump(mode="json"), ensure_ascii=False) + "\n").encode("utf-8"))
    return True


def is_news(path: Path, tombstone: Tombstone) -> bool:
    """Tell whether a tombstone says something that the file does not say yet.

    Raises:
        DataError: the file cannot be read.
    """
    return _adds(tombstone, _those_of(path))


def _those_of(path: Path) -> tuple[Tombstone, ...]:
    return Takedowns.read(path).tombstones if path.exists() else ()


def _adds(tombstone: Tombstone, there: Iterable[Tombstone]) -> bool:
    own = [item for item in there if item.doc_id == tombstone.doc_id]
    known = {key for item in own for key in (*item.hashes, *item.pages)}
    told = any(item.reason == tombstone.reason and tombstone.date in (None, item.date) for item in own)
    return not told or not known >= {*tombstone.hashes, *tombstone.pages}


@dataclass(frozen=True, slots=True)
class Holder:
    """A build or release that holds the document."""

    directory: Path
    name: str
    version: str | None
    edition: str


def datasets_in(folders: Iterable[Path]) -> Iterator[Path]:
    """Yield the datasets among the folders, and those that lie right below the others."""
    for folder in folders:
        if (folder / MANIFEST).is_file():
            yield folder
        elif folder.is_dir():
            yield from sorted(path.parent for path in folder.glob(f"*/{MANIFEST}"))


def holders_of(folders: Iterable[Path], keys: Iterable[str]) -> list[Holder]:
    """Return the datasets in the folders (or the folders themselves) that hold a document known by one of the keys.

    What is no dataset, or cannot be read, is passed over.
    """
    wanted = frozenset(keys)
    found = []
    for directory in datasets_in(folders):
        rows = _rows(directory, ("documents",))
        if any(wanted.intersection((*row.values(), page_key(row["url"] or ""))) for row in rows):
            manifest = read_manifest(directory / MANIFEST)
            found.append(Holder(directory, manifest.name, manifest.version, manifest.edition))
    return found


def traces_of(
    folders: Iterable[Path], doc_id: str, damaged: dict[Path, str] | None = None
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the hashes and the pages by which datasets in the folders know a document of this id.

    ``damaged`` gets each dataset that cannot be read, with the reason.
    """
    hashes: set[str] = set()
    pages: set[str] = set()
    for directory in datasets_in(folders):
        for row in _rows(directory, ("documents", "raw"), damaged=damaged):
            if row["doc_id"] == doc_id:
                hashes |= {row[name] or "" for name in ("raw_sha256", "anchor_sha256")}
                pages |= {key for key in (page_key(row["url"] or ""), page_key(doc_id)) if key}
    return frozenset(hashes), frozenset(pages)


def text_types_of(folders: Iterable[Path]) -> frozenset[MediaType]:
    """Return as what datasets in the folders were given the texts of records (``--text-type``).

    Where a public edition withholds the name of a file, that file may have held records.
    """
    found = set()
    for directory in datasets_in(folders):
        for row in _rows(directory, ("raw",), ("media_type", "source_file")):
            told = read_name(row.get("source_file") or "")
            if told is None or told.kind in RECORDS:
                found.add(row.get("media_type"))
    return frozenset(media_type for media_type in MEDIA_TYPES if media_type in found)


def ids_in(folders: Iterable[Path]) -> frozenset[str]:
    """Return the ids of all documents of datasets in the folders."""
    rows = (row for directory in datasets_in(folders) for row in _rows(directory, ("documents",)))
    return frozenset(row["doc_id"] or "" for row in rows)


_IDENTIFYING = ("doc_id", "raw_sha256", "anchor_sha256", "url")


def _rows(
    directory: Path,
    configs: Sequence[str],
    columns: Sequence[str] = _IDENTIFYING,
    damaged: dict[Path, str] | None = None,
) -> Iterator[dict[str, str | None]]:
    """Yield what identifies the documents of a dataset, or other texts, of whatever version its files are."""
    try:
        manifest = read_manifest(directory / MANIFEST)
        for config in configs:
            for _, path in shards_of(manifest.files, config):
                names = read_schema(directory / path).names
                for data in file_batches(directory / path, [name for name in columns if name in names]):
                    yield from data.to_pylist()
    except CorpusError as error:
        if damaged is not None:
            damaged[directory] = str(error)
