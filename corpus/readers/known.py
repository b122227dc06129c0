"""Read ``sources.toml``: what is known of a folder's documents from outside their text, and where from.

The file lies beside the documents. One table a document, and one of defaults for all of the folder; each
value says where it is known from::

    [defaults]
    language = { value = "en", known_from = "the feed's own declaration" }

    [documents."2021-04-08-lavrov"]
    publisher = { value = "Voice of America", known_from = "the page's imprint" }
    published = { value = 2021-04-07, known_from = "the page's time stamp, seen 2021-05-01" }

The columns and the form of their values are those of columns.toml.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from corpus.errors import SourceError
from corpus.files import sha256_bytes
from corpus.model.document import KnownValue
from corpus.model.finding import Severity
from corpus.model.manifest import InputFile
from corpus.readers.columns import known_columns
from corpus.readers.inputs import SOURCES_TOML, SourceFile
from corpus.readers.kinds import ONE_DOCUMENT
from corpus.readers.opening import open_regular, read_limited, visible
from corpus.readers.origins import LocalOrigin, Origin
from corpus.readers.report import ReadReport
from corpus.readers.values import EXPECTED, in_form

__all__ = ["KnownSources"]

_LIMIT = 16 * 2**20

Values = tuple[KnownValue, ...]


@dataclass(slots=True)
class _Folder:
    name: str
    defaults: Values = ()
    documents: Mapping[str, Values] = field(default_factory=dict)
    unseen: set[str] = field(default_factory=set)
    """Documents that it speaks of and that were not read so far."""
    paths: dict[str, str] = field(default_factory=dict)
    """The ids of files whose stems it speaks of, where files' paths are their ids."""
    walked: bool = False


class KnownSources:
    """The ``sources.toml`` of every folder that is read, each read once."""

    def __init__(self, report: ReadReport) -> None:
        """Findings and input files go to ``report``."""
        self._report = report
        self._folders: dict[str, _Folder] = {}

    def known(self, file: SourceFile, doc_id: str) -> Values:
        """Return what the folder's file says of a document: its own values, then the defaults."""
        folder = self._folder(file)
        folder.unseen.discard(doc_id)
        own = folder.documents.get(doc_id, ())
        columns = {value.column for value in own}
        return own + tuple(value for value in folder.defaults if value.column not in columns)

    def report_unseen(self, tables: Iterable[str]) -> None:
        """Warn of each document that is spoken of and is not there, and of each table that speaks of none."""
        read = {folder.name for folder in self._folders.values()}
        for name in sorted(set(tables) - read):
            message = (
                "No document was read from its folder, and it tells of no other; put it where the documents lie "
                "that it speaks of."
            )
            self._report.add("unused-sources-toml", name, message, Severity.WARNING)
        for folder in self._folders.values():
            for doc_id in sorted(folder.unseen) if folder.walked else ():
                close = difflib.get_close_matches(doc_id, folder.documents.keys() - folder.unseen, 1)
                meant = folder.paths.get(doc_id) or next(iter(close), None)
                hint = f" (did you mean {meant!r}?)" if meant else ""
                message = (
                    f"It speaks of a document {doc_id!r} that was not read from this folder{hint}; of one in "
                    f"another folder only the {SOURCES_TOML} there tells."
                )
                self._report.add("unknown-document", folder.name, message, Severity.WARNING)

    def see(self, file: SourceFile) -> None:
        """Read the file's folder's ``sources.toml``; note a text file as being there even if it is refused."""
        folder = self._folder(file)
        folder.walked = folder.walked or file.walked
        if file.kind in ONE_DOCUMENT:
            folder.unseen.discard(file.doc_id)
            if file.stem in folder.unseen:
                folder.paths[file.stem] = file.doc_id

    def told(self, path: Path) -> Mapping[str, Values]:
        """Return what one ``sources.toml`` of this machine says of each document, by its id."""
        return self._read(LocalOrigin(path), path.name).documents

    def _folder(self, file: SourceFile) -> _Folder:
        key = file.origin.folder
        if key not in self._folders:
            name = "/".join([*file.name.split("/")[:-1], SOURCES_TOML])
            self._folders[key] = self._read(file.origin.beside(SOURCES_TOML), name)
        return self._folders[key]

    def _read(self, origin: Origin | None, name: str) -> _Folder:
        if origin is None:
            return _Folder(name)
        try:
            with open_regular(origin.path()) as stream:
                data = read_limited(stream, _LIMIT)
            table = tomllib.loads(data.decode("utf-8-sig"))
        except (SourceError, tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
            message = f"It cannot be read ({str(error).rstrip('.')}), so nothing is known from it; mend it."
            self._report.add("bad-sources-toml", name, message)
            return _Folder(name)
        self._report.inputs.append(
            InputFile(path=name, sha256=sha256_bytes(data), bytes=len(data), role=SOURCES_TOML)
        )
        return self._checked(table, name)

    def _checked(self, table: Mapping[str, object], name: str) -> _Folder:
        for key in table.keys() - {"defaults", "documents"}:
            self._wrong(name, f'The table {key!r} is unknown; expected [defaults] and [documents."ID"].')
        tables = {key: table.get(key, {}) for key in ("defaults", "documents")}
        for key, value in tables.items():
            if not isinstance(value, Mapping):
                self._wrong(name, f"{key!r} must be a table, not {value!r:.60}.")
                tables[key] = {}
        defaults = tuple(self._values(tables["defaults"], "defaults", name))
        documents = {
            doc_id: tuple(self._values(row, f"documents.{doc_id}", name))
            for doc_id, row in _items(tables["documents"])
        }
        return _Folder(name, defaults, documents, set(documents))

    def _values(self, row: object, where: str, name: str) -> Iterator[KnownValue]:
        if not isinstance(row, Mapping):
            self._wrong(name, f"[{where}] must be a table of columns, not {row!r:.60}.")
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
            self._wrong(name, f'{where}: expected {{ value = …, known_from = "…" }}, got {entry!r:.60}.')
            return None
        kind = columns[column][1]
        value, known_from = in_form(kind, entry["value"]), in_form("text", entry["known_from"])
        if value is None or not isinstance(known_from, str):
            what, got = (
                (EXPECTED[kind], entry["value"])
                if value is None
                else ("where it is known from", entry["known_from"])
            )
            self._wrong(name, f"{where}: expected {what}, got {got!r:.60}.")
            return None
        return KnownValue(column, value, SOURCES_TOML, known_from)

    def _wrong(self, name: str, message: str) -> None:
        self._report.add("bad-sources-toml", name, visible(message))


def _items(table: object) -> Iterator[tuple[str, object]]:
    if isinstance(table, Mapping):
        yield from table.items()
