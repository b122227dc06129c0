"""UIMA CAS XMI, as INCEpTION and WebAnno export and import it: one XMI a document and annotator, and its types."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from corpus.errors import SourceError
from corpus.exchange.cas.document import content_of
from corpus.exchange.cas.parsing import Unreadable, cassis, parsed_cas, type_system
from corpus.exchange.cas.writing import NOBODY
from corpus.exchange.opening import LARGEST, read_limited
from corpus.exchange.standoff import Standoff
from corpus.model.counted import count
from corpus.model.finding import Finding, Severity

__all__ = ["read_cas"]

_MOST_IN_ALL = 1 << 33
"""What the files of an archive may have in all."""
_MOST_FILES = 1_000_000
_TYPES = "typesystem.xml"
_BLANK = "INITIAL_CAS"
"""The copy of a document that nobody has annotated."""
_FOLDERS = ("annotation", "curation")


def read_cas(path: Path) -> Iterator[Standoff | Finding]:
    """Yield each annotator's word on each document of an XMI file, or of a zip of them.

    The types come from a ``TypeSystem.xml`` in the same folder or one above it (of an archive, or two on disk);
    without one, DKPro Core's own layers are read. In a project's export, unpacked or not, the folders tell
    documents and annotators.

    Raises:
        SourceError: the file cannot be read, or holds no XMI.
        ExtraMissingError: the extra ``cas`` is not installed.
    """
    cassis()
    try:
        if path.is_file() and zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                yield from _Archive(archive, str(path), _MOST_IN_ALL).read()
            return
        data = read_limited(path)
        whole = path.absolute()
        near = [file for folder in list(whole.parents)[:3] for file in sorted(folder.iterdir())]
        types = next((file for file in near if file.name.lower() == _TYPES), None)
    except (OSError, zipfile.BadZipFile) as error:
        raise SourceError(f"{path} cannot be read: {error}.") from None
    held = None if types is None else read_limited(types, types.parent)
    yield from _documents(data, held, str(path), PurePosixPath(whole.as_posix()), True)


@dataclass(slots=True)
class _Archive:
    """One zip; those inside it (INCEpTION packs each annotator's files) are read as folders."""

    archive: zipfile.ZipFile
    place: str
    left: int
    """So many bytes may still be unpacked."""
    blank: int = 0
    found: int = 0
    types: dict[PurePosixPath, bytes] = field(default_factory=dict)

    def read(self) -> Iterator[Standoff | Finding]:
        yield from self._folder(self.archive, PurePosixPath(), outermost=True)
        if not self.found and not self.blank:
            raise SourceError(
                f"{self.place} holds no .xmi: export it as UIMA CAS XMI; unpack an archive of another format."
            )
        if self.blank:
            message = f"{count(self.blank, 'document')} as {_BLANK}, before anybody annotated it: not read."
            yield Finding("import-unannotated", self.place, message, Severity.NOTE)

    def _folder(
        self, archive: zipfile.ZipFile, folder: PurePosixPath, *, outermost: bool
    ) -> Iterator[Standoff | Finding]:
        entries = [entry for entry in archive.infolist()[:_MOST_FILES] if not entry.is_dir()]
        for entry in entries:
            if PurePosixPath(entry.filename).name.lower() == _TYPES:
                data = yield from self._data(archive, entry, folder)
                if data is not None:
                    self.types[folder / PurePosixPath(entry.filename).parent] = data
        for entry in entries:
            path = folder / entry.filename
            if path.suffix.lower() == ".xmi" and path.stem == _BLANK:
                self.blank += 1
            elif path.suffix.lower() == ".xmi":
                self.found += 1
                data = yield from self._data(archive, entry, folder)
                if data is not None:
                    place = f"{self.place}[{path}]"
                    yield from _documents(data, self._types(path), place, path, False)
            elif path.suffix.lower() == ".zip" and outermost:
                yield from self._inner(archive, entry, path)

    def _inner(
        self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: PurePosixPath
    ) -> Iterator[Standoff | Finding]:
        data = yield from self._data(archive, entry, PurePosixPath())
        if data is None:
            return
        try:
            with zipfile.ZipFile(BytesIO(data)) as inner:
                yield from self._folder(inner, path.parent, outermost=False)
        except zipfile.BadZipFile as error:
            yield Finding("import-archive", f"{self.place}[{path}]", f"It is no zip that can be read: {error}.")

    def _types(self, path: PurePosixPath) -> bytes | None:
        return next((self.types[folder] for folder in path.parents if folder in self.types), None)

    def _data(
        self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: PurePosixPath
    ) -> Generator[Finding, None, bytes | None]:
        """Return an entry's bytes; None, and a finding, where it is broken or more than can be meant."""
        place = f"{self.place}[{folder / entry.filename}]"
        most = min(LARGEST, self.left)
        try:
            with archive.open(entry) as stream:
                data = stream.read(most + 1)
        except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError) as error:
            yield Finding("import-archive", place, f"It cannot be unpacked: {error}.")
            return None
        if len(data) > most:
            yield Finding("import-archive", place, f"It has more than {most} bytes; export it in parts.")
            return None
        self.left -= len(data)
        return data


def _documents(
    data: bytes, types: bytes | None, place: str, path: PurePosixPath, alone: bool
) -> Iterator[Standoff | Finding]:
    try:
        system = type_system(types)
    except Unreadable as fault:
        yield Finding("import-types", place, f"Its TypeSystem.xml cannot be read: {fault}.")
        return
    try:
        parsed = parsed_cas(data, system)
    except Unreadable as fault:
        if alone:
            raise SourceError(f"{place} is no UIMA CAS XMI that can be read: {fault}.") from None
        yield Finding("import-xmi", place, f"It is no UIMA CAS XMI that can be read: {fault}.")
        return
    content = content_of(parsed, place)
    yield from content.findings
    name, annotator = _names(path, content.title, content.id)
    yield Standoff(name, parsed.text, tuple(content.spans), tuple(content.relations), annotator, place=place)


def _names(path: PurePosixPath, title: str | None, told: str | None) -> tuple[str, str | None]:
    """Return document and annotator.

    INCEpTION's ``documentTitle`` is the document's name as an address has it, and ``documentId`` the name that the
    export gave the file: the annotator's in a project's export, which has a folder for each document, else the
    document's own. Others write the document's name into either.
    """
    plain = None if title is None else unquote(title)
    folder = _document_folder(path.parts)
    if folder is not None:
        name = folder if title is None or folder == plain else title
        somebody = None if re.fullmatch(rf"{NOBODY}(-\d+)?", path.stem) else path.stem
        return name, told if told not in (None, name, title, plain) else somebody
    if told == path.stem and plain not in (None, told):
        return plain or path.stem, told
    return told or title or path.stem, None


def _document_folder(parts: tuple[str, ...]) -> str | None:
    """Return a document's folder in a project's export; an annotator's zip may be unpacked to one of its own."""
    return next((parts[at + 1] for at in (-3, -4) if len(parts) >= -at and parts[at] in _FOLDERS), None)
