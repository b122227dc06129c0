"""Erase a document's text where it lies: raw files, annotation histories, builds. Only what is its own."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from corpus.annotation.lines import LineError, file_lines, set_of
from corpus.annotation.locking import exclusive
from corpus.errors import DataError
from corpus.export.dataset import DatasetContent, write_dataset
from corpus.export.store import BuiltDataset
from corpus.files import atomic_write, sha256_file
from corpus.model.document import sha256_text
from corpus.model.finding import Finding, Severity
from corpus.model.tables import CONFIGS
from corpus.readers.columns import known_columns
from corpus.readers.sources import ReadOptions, ReadReport, read_sources
from corpus.releases.takedowns import TAKEDOWNS, Tombstone, keys_of, page_key

__all__ = ["Erasure", "purge_annotations", "purge_build", "purge_raw", "still_there"]

_LINES = (".jsonl", ".ndjson")
_IDS = ("id", "doc_id")
_WHOLE = (".txt", ".text", ".html", ".htm", ".xhtml", ".json", ".xml", ".md")


@dataclass(frozen=True, slots=True)
class Erasure:
    """What was erased (or would be): a place, and what of it."""

    place: Path
    what: str


def purge_raw(folders: Sequence[Path], tombstone: Tombstone, dry_run: bool) -> Iterator[Erasure]:
    """Erase raw files whose bytes are the document's, lines of JSON Lines that hold it, and its sources.toml table.

    A file goes only where its hash is recorded; a JSON file beside it that speaks of it goes with it.
    """
    for path in _files(folders):
        if path.name == TAKEDOWNS:
            continue
        if path.suffix.lower() in _WHOLE and sha256_file(path) in tombstone.hashes:
            for own in (path, *_side_cars(path)):
                yield Erasure(own, "the file")
                if not dry_run:
                    own.unlink()
        elif path.suffix.lower() in _LINES:
            yield from _purge_lines(path, tombstone, dry_run)
        elif path.name == "sources.toml":
            yield from _purge_table(path, tombstone.doc_id, dry_run)


def purge_annotations(folder: Path, tombstone: Tombstone, dry_run: bool) -> Iterator[Erasure]:
    """Erase every version of every annotator's set of the document, under whatever id: they quote it.

    The server's sides of conflicts, in the folder ``conflicts`` there, go too.
    """
    if not folder.is_dir():
        return
    with exclusive(folder):
        for path in sorted((*folder.glob("*.jsonl"), *folder.glob("conflicts/*.jsonl"))):
            lines = [(line, line is not None and _is_of(line, tombstone)) for _, line in file_lines(path)]
            gone = sum(own for _, own in lines)
            if any(line is None for line, _ in lines) and gone:
                raise DataError(f"{path} has a line that is too long to be read; mend it before you purge.")
            if gone:
                yield Erasure(path, f"{gone} {'line' if gone == 1 else 'lines'}")
                if not dry_run:
                    _rewrite(path, [line for line, own in lines if not own and line is not None])


def purge_build(directory: Path, tombstone: Tombstone, dry_run: bool) -> Iterator[Erasure]:
    """Write a build anew without the document and its copies; a release is never rewritten and left alone."""
    dataset = BuiltDataset.open(directory)
    manifest = dataset.manifest
    tables = {name: dataset.table(name).replace_schema_metadata(None) for name in CONFIGS}
    gone = pa.array(sorted(_ids_of(tables, tombstone)), pa.large_string())
    kept = {name: data.filter(pc.invert(pc.is_in(data.column("doc_id"), gone))) for name, data in tables.items()}
    rows = sum(tables[name].num_rows - kept[name].num_rows for name in CONFIGS)
    if manifest.version is not None or not rows:
        return
    yield Erasure(directory, f"{rows} rows")
    if not dry_run:
        write_dataset(directory, _content(dataset, kept, gone.to_pylist()))


def _ids_of(tables: Mapping[str, pa.Table], tombstone: Tombstone) -> Iterator[str]:
    """Yield under which ids the document stands: its own, and those of other copies of its bytes, text or page."""
    known = {tombstone.doc_id, *tombstone.hashes, *tombstone.pages}
    names = ["doc_id", "raw_sha256", "anchor_sha256", "url"]
    for row in tables["documents"].select(names).to_pylist():
        if known.intersection((*row.values(), page_key(row["url"] or ""), page_key(row["doc_id"]))):
            yield row["doc_id"]


def still_there(folders: Sequence[Path], tombstone: Tombstone) -> list[str]:
    """Return the raw inputs that hold the document all the same: tables, archives, other copies."""
    known = {tombstone.doc_id, *tombstone.hashes, *tombstone.pages}
    found: list[str] = []
    for folder in folders:
        report = ReadReport()
        for raw in read_sources([folder], ReadOptions(), report):
            if known.intersection(keys_of(raw)):
                found.append(raw.source_file)
    return sorted(set(found))


def _files(folders: Sequence[Path]) -> Iterator[Path]:
    for folder in folders:
        for path in sorted(folder.rglob("*")) if folder.is_dir() else [folder]:
            if path.is_file() and not path.is_symlink():
                yield path


def _side_cars(path: Path) -> Iterator[Path]:
    if path.suffix.lower() in (".txt", ".text", ".md", ".html", ".htm", ".xhtml"):
        for name in (f"{path.stem}.json", f"{path.name}.json"):
            if (path.parent / name).is_file():
                yield path.parent / name


def _purge_lines(path: Path, tombstone: Tombstone, dry_run: bool) -> Iterator[Erasure]:
    lines = path.read_bytes().split(b"\n")
    kept = [line for line in lines if not _holds(line, tombstone)]
    gone = len(lines) - len(kept)
    if gone:
        yield Erasure(path, f"{gone} {'line' if gone == 1 else 'lines'}")
        if not dry_run:
            with atomic_write(path) as stream:
                stream.write(b"\n".join(kept))


def _holds(line: bytes, tombstone: Tombstone) -> bool:
    """Tell whether a record has the document's id, or a field with its very text or address."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return False
    if not isinstance(record, dict):
        return False
    if tombstone.doc_id in [str(record[name]) for name in _IDS if record.get(name) is not None][:1]:
        return True
    texts = {name: value for name, value in record.items() if isinstance(value, str)}
    pages = {
        page_key(value) for name, value in texts.items() if name.lower() in (*_IDS, *known_columns()["url"][0])
    }
    return any(_hash(text) in tombstone.hashes for text in texts.values()) or not pages.isdisjoint(tombstone.pages)


def _hash(text: str) -> str:
    try:
        return sha256_text(text)
    except UnicodeEncodeError:
        return ""


def _purge_table(path: Path, doc_id: str, dry_run: bool) -> Iterator[Erasure]:
    """Erase the document's table of a sources.toml, where what is left is the same but for it."""
    text = path.read_bytes().decode("utf-8-sig", "replace")
    try:
        before = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    documents = before.get("documents")
    if not isinstance(documents, dict) or doc_id not in documents:
        return
    names = "|".join((re.escape(doc_id), re.escape(json.dumps(doc_id)), re.escape(f"'{doc_id}'")))
    table = re.compile(rf"(?ms)^[ \t]*\[\s*documents\s*\.\s*(?:{names})\s*\][^\n]*\n.*?(?=^[ \t]*\[|\Z)")
    after = table.sub("", text)
    del documents[doc_id]
    try:
        same = tomllib.loads(after).get("documents", {}) == documents
    except tomllib.TOMLDecodeError:
        same = False
    if not same:
        raise DataError(f"{path}: the table of {doc_id!r} cannot be cut out by itself; take it out by hand.")
    yield Erasure(path, "its table")
    if not dry_run:
        with atomic_write(path) as stream:
            stream.write(after.encode("utf-8"))


def _is_of(line: bytes, tombstone: Tombstone) -> bool:
    try:
        annotations = set_of(line)
    except LineError:
        return json.dumps(tombstone.doc_id).encode("utf-8") in line
    return annotations.doc_id == tombstone.doc_id or annotations.anchor_sha256 in tombstone.hashes


def _rewrite(path: Path, lines: Sequence[bytes]) -> None:
    with atomic_write(path) as stream:
        for line in lines:
            stream.write(line + b"\n")


def _content(dataset: BuiltDataset, tables: Mapping[str, pa.Table], gone: Sequence[str]) -> DatasetContent:
    manifest = dataset.manifest
    told = [f for f in manifest.findings if not any(i in f["place"] or i in f["message"] for i in gone)]
    return DatasetContent(
        name=manifest.name,
        scheme=dataset.scheme,
        scheme_toml=dataset.scheme_toml,
        tables=dict(tables),
        inputs=manifest.inputs,
        findings=tuple(Finding(f["code"], f["place"], f["message"], Severity(f["severity"])) for f in told),
        notes=manifest.notes,
        about=manifest.about,
        splits=manifest.splits,
        edition=manifest.edition,
    )
