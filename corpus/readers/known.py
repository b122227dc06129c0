"""Read ``sources.toml``: what is known of a folder's documents from outside their text, and where from.

The file lies beside the documents, or, where files' paths are their ids, in any folder above them up to the source.
One table a document, and one of defaults for all of the folder; each value says where it is known from::

    [defaults]
    language = { value = "en", known_from = "the feed's own declaration" }

    [documents."2021-04-08-lavrov"]
    publisher = { value = "Voice of America", known_from = "the page's imprint" }
    published = { value = 2021-04-07, known_from = "the page's time stamp, seen 2021-05-01" }

The columns and the form of their values are those of columns.toml. Of several files that speak of one document,
each column is taken for itself: from a table of the document before any defaults, and of either from the nearest.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path

from corpus.errors import SourceError
from corpus.files import sha256_bytes
from corpus.model.document import KnownValue
from corpus.model.finding import Severity
from corpus.model.manifest import IdsFrom, InputFile
from corpus.model.shortened import spelled_out
from corpus.model.tomltext import parsed_toml
from corpus.readers.columns import known_columns
from corpus.readers.kinds import ONE_DOCUMENT, is_archive
from corpus.readers.named import SOURCES_TOML
from corpus.readers.opening import open_regular, read_limited, visible
from corpus.readers.origins import LocalOrigin, Origin
from corpus.readers.packed import MemberOrigin, open_archive
from corpus.readers.report import ReadOptions, ReadReport
from corpus.readers.sourcefile import SourceFile
from corpus.readers.spool import Spool
from corpus.readers.values import EXPECTED, in_form

__all__ = ["KnownSources", "first_of_each", "told_below"]

_LIMIT = 16 * 2**20
_COMPARED = 100_000
"""Pairs of names beyond which nobody looks for the one that was meant: it takes microseconds a pair."""

Values = tuple[KnownValue, ...]


@dataclass(slots=True)
class _Table:
    """One ``sources.toml``."""

    name: str
    defaults: Values = ()
    documents: Mapping[str, Values] = field(default_factory=dict)
    unseen: set[str] = field(default_factory=set)
    """Documents that it speaks of and that were not read so far."""
    meant: dict[str, str] = field(default_factory=dict)
    """The ids of files by other names of theirs by which it speaks of them."""
    walked: bool = False


class KnownSources:
    """The ``sources.toml`` of every folder that is read or lies above one that is, each read once."""

    def __init__(self, report: ReadReport, ids: IdsFrom | None = None, most: int = 100) -> None:
        """Findings (``most`` a file) and input files go to ``report``; ``ids`` says what the files' ids are."""
        self._report, self._most, self._by_path = report, most, ids == "path"
        self._tables: dict[str, _Table] = {}
        self._names: set[str] = set()
        self._speaking: dict[tuple[str, int], tuple[_Table, ...]] = {}

    def known(self, file: SourceFile, doc_id: str) -> Values:
        """Return what is said of a document, one value a column: its own before defaults, the nearest first."""
        tables = self._speaking_of(file)
        for table in tables:
            table.unseen.discard(doc_id)
        own = (value for table in tables for value in table.documents.get(doc_id, ()))
        return first_of_each((*own, *(value for table in tables for value in table.defaults)))

    def report_unseen(self, names: Iterable[str]) -> None:
        """Warn of each document that is spoken of and is not there, and of each file that speaks of none.

        ``names`` are those of all ``sources.toml`` below the sources.
        """
        there = " or from below it" if self._by_path else ""
        for name in sorted(set(names) - self._names):
            message = (
                f"No document was read from its folder{there}, and it tells of no other; put it where the "
                "documents lie that it speaks of."
            )
            self._report.add("unused-sources-toml", name, message, Severity.WARNING)
        others = (
            "a document is named by its path below the source"
            if self._by_path
            else f"of one in another folder only the {SOURCES_TOML} there tells"
        )
        for table in self._tables.values():
            for doc_id in sorted(table.unseen) if table.walked else ():
                hint = f" (did you mean {meant!r}?)" if (meant := _meant(table, doc_id)) else ""
                message = (
                    f"It speaks of a document {doc_id!r} that was not read from this folder{there}{hint}; {others}."
                )
                self._add("unknown-document", table.name, message, Severity.WARNING)
            self._report.close_file(table.name, self._most)

    def see(self, file: SourceFile) -> None:
        """Read every ``sources.toml`` that speaks of the file; note a text file as being there even if refused."""
        for up, table in enumerate(self._speaking_of(file)):
            table.walked = table.walked or file.walked
            if file.kind in ONE_DOCUMENT and table.unseen:
                table.unseen.discard(file.doc_id)
                for name in _other_names(file, up):
                    if name in table.unseen:
                        table.meant[name] = file.doc_id

    def told(self, origin: Origin) -> Mapping[str, Values]:
        """Return what one ``sources.toml`` says of each document, by its id."""
        return self._read(origin, SOURCES_TOML).documents

    def _speaking_of(self, file: SourceFile) -> tuple[_Table, ...]:
        """Return the tables that speak of a file's documents, the nearest first."""
        above = file.depth if self._by_path else 0
        key = file.origin.folder, above
        if key not in self._speaking:
            found = (self._table(file, up) for up in range(above + 1))
            self._speaking[key] = tuple(table for table in found if table is not None)
        return self._speaking[key]

    def _table(self, file: SourceFile, up: int) -> _Table | None:
        origin = file.origin.beside(SOURCES_TOML, up)
        if origin is None:
            return None
        name = "/".join([*file.name.split("/")[: -1 - up], SOURCES_TOML])
        self._names.add(name)  # of one file more than one, where a source lies in another
        if origin.folder not in self._tables:
            self._tables[origin.folder] = self._read(origin, name)
        return self._tables[origin.folder]

    def _read(self, origin: Origin, name: str) -> _Table:
        try:
            with open_regular(origin.path()) as stream:
                data = read_limited(stream, _LIMIT)
            table = parsed_toml(data.decode("utf-8-sig"))
        except (SourceError, ValueError, RecursionError) as error:
            message = f"It cannot be read ({str(error).rstrip('.')}), so nothing is known from it; mend it."
            self._report.add("bad-sources-toml", name, message)
            return _Table(name)
        self._report.inputs.append(
            InputFile(path=name, sha256=sha256_bytes(data), bytes=len(data), role=SOURCES_TOML)
        )
        return self._checked(table, name)

    def _checked(self, table: Mapping[str, object], name: str) -> _Table:
        for key in table.keys() - {"defaults", "documents"}:
            self._wrong(name, f'The table {key!r} is unknown; expected [defaults] and [documents."ID"].')
        tables = {key: table.get(key, {}) for key in ("defaults", "documents")}
        for key, value in tables.items():
            if not isinstance(value, Mapping):
                self._wrong(name, f"{key!r} must be a table, not {spelled_out(value)}.")
                tables[key] = {}
        defaults = tuple(self._values(tables["defaults"], "defaults", name))
        documents = {
            doc_id: tuple(self._values(row, f"documents.{doc_id}", name))
            for doc_id, row in _items(tables["documents"])
        }
        return _Table(name, defaults, documents, set(documents))

    def _values(self, row: object, where: str, name: str) -> Iterator[KnownValue]:
        if not isinstance(row, Mapping):
            self._wrong(name, f"[{where}] must be a table of columns, not {spelled_out(row)}.")
            return
        for column, entry in row.items():
            value = self._value(column, entry, f"[{where}] {column}", name)
            if value is not None:
                yield value

    def _value(self, column: str, entry: object, where: str, name: str) -> KnownValue | None:
        columns = known_columns()
        if column not in columns:
            close = difflib.get_close_matches(column, columns, 1)
            hint = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(columns)}."
            self._wrong(name, f"{where}: there is no such column; {hint}")
            return None
        if not isinstance(entry, Mapping) or entry.keys() != {"value", "known_from"}:
            self._wrong(name, f'{where}: expected {{ value = …, known_from = "…" }}, got {spelled_out(entry)}.')
            return None
        kind = columns[column][1]
        value, known_from = in_form(kind, entry["value"]), in_form("text", entry["known_from"])
        if value is None or not isinstance(known_from, str):
            what, got = (
                (EXPECTED[kind], entry["value"])
                if value is None
                else ("where it is known from", entry["known_from"])
            )
            self._wrong(name, f"{where}: expected {what}, got {spelled_out(got)}.")
            return None
        return KnownValue(column, value, SOURCES_TOML, known_from)

    def _wrong(self, name: str, message: str) -> None:
        self._add("bad-sources-toml", name, message, Severity.ERROR)

    def _add(self, code: str, name: str, message: str, severity: Severity) -> None:
        self._report.add(code, name, visible(message), severity, file=name, most=self._most)


def first_of_each(values: Iterable[KnownValue]) -> Values:
    """Keep one value a column, the first."""
    first: dict[str, KnownValue] = {}
    for value in values:
        first.setdefault(value.column, value)
    return tuple(first.values())


def told_below(source: Path) -> dict[str, Values]:
    """Return what every ``sources.toml`` in and below a folder or an archive of this machine says, by the ids."""
    known = KnownSources(ReadReport())
    found: dict[str, Values] = {}
    with Spool(ReadOptions()) as spool:
        for _, origin in sorted(_tables_below(source, spool), key=itemgetter(0)):
            for doc_id, values in known.told(origin).items():
                found[doc_id] = first_of_each((*found.get(doc_id, ()), *values))
    return found


def _tables_below(source: Path, spool: Spool) -> Iterator[tuple[tuple[int, Path], Origin]]:
    """Yield every ``sources.toml`` with its place in the order of all: the deepest come first."""
    for path in source.rglob("*") if source.is_dir() else (source,):
        if path.name == SOURCES_TOML:
            yield (-len(path.parts), path), LocalOrigin(path)
        elif is_archive(path.name) and path.is_file():
            with suppress(SourceError):  # reading it tells
                held = open_archive(LocalOrigin(path), path.name, spool)
                for parts in held.names():
                    if parts[-1] == SOURCES_TOML:
                        place = path.joinpath(*parts)
                        yield (-len(place.parts), place), MemberOrigin(held, "/".join(parts))


def _meant(table: _Table, doc_id: str) -> str | None:
    """Return the document that was perhaps meant by a name that none has."""
    if doc_id in table.meant or len(table.unseen) * len(table.documents) > _COMPARED:
        return table.meant.get(doc_id)
    return next(iter(difflib.get_close_matches(doc_id, table.documents.keys() - table.unseen, 1)), None)


def _other_names(file: SourceFile, up: int) -> tuple[str, str, str]:
    """Return by what a file is called that is not its id: from a folder above it, and with its ending."""
    below = "/".join(file.path.split("/")[file.depth - up :])
    ending = file.name.rpartition("/")[2].removeprefix(visible(file.stem))
    return below, f"{below}{ending}", f"{file.doc_id}{ending}"


def _items(table: object) -> Iterator[tuple[str, object]]:
    if isinstance(table, Mapping):
        yield from table.items()
