"""What the name of a source or of a file below one tells, and what is said of those that are not read."""

from __future__ import annotations

import re

from corpus.errors import SourceError
from corpus.model.finding import Severity
from corpus.readers import mirrors
from corpus.readers.kinds import KINDS, FileName, is_archive, is_packed, read_name
from corpus.readers.origins import Origin
from corpus.readers.report import ReadReport

__all__ = ["SOURCES_TOML", "TAKEDOWNS", "Names"]

SOURCES_TOML = "sources.toml"
"""What is known of the documents of a folder from outside their text; read with them, no document itself."""

TAKEDOWNS = "takedowns.jsonl"
"""Tombstones of documents that must not be read; no documents themselves, though JSON Lines."""

_ABOUT_A_FOLDER = re.compile(
    r"(?:readme|changes|changelog|contributing|code_of_conduct|licen[cs]e|notice|security|(?P<index>index))"
    r"\.(?:md|markdown)",
    re.IGNORECASE,
)
"""Markdown that tells of the folder it lies in: no document, unless it is named itself.

An index is one where paths are ids: its folder is its name then.
"""

_PACKED = (
    "Of archives only .zip and .tar (.gz, .bz2, .xz) are read, of packed files one text, page or table in .gz, "
    "and nothing of them within archives; unpack it."
)


class Names:
    """Tells files that are read from others, which go to a report."""

    def __init__(self, report: ReadReport, *, by_path: bool) -> None:
        """Begin with no ``sources.toml``; ``by_path`` says whether files' paths are their ids."""
        self.report, self._by_path = report, by_path
        self.tables: list[str] = []
        """The names of the ``sources.toml`` that were met."""

    def is_source(self, name: str, depth: int) -> bool:
        """Tell whether a file so deep below a source is an archive to read; in a mirrored site it is a download."""
        return is_archive(name) and not (self._by_path and depth)

    def told(self, own: str, name: str, origin: Origin, depth: int) -> FileName | None:
        """Return what is told of a file so deep below a source, None where it is no document.

        ``own`` is its bare name.
        """
        try:
            told = None if self._tells_of_folder(own) else self._read_name(own, origin)
        except SourceError as error:
            self._untold(name, error)
            return None
        if told is None and own == SOURCES_TOML:
            self.tables.append(name)
        elif told is None and own != TAKEDOWNS:
            self._passed_over(own, name, depth)
        return told

    def _passed_over(self, own: str, name: str, depth: int) -> None:
        """Note a file without documents; one that may be full of them is a warning, but for what a site offers."""
        if is_packed(own) and not (self._by_path and (depth or not is_archive(own))):
            self.report.add("packed", name, _PACKED, Severity.WARNING)
        else:
            self.report.skipped.append(name)

    def told_alone(self, own: str, label: str, origin: Origin) -> FileName | None:
        """Return what is told of a file that was named itself: by its ending, or else by what it holds."""
        try:
            told = read_name(own) or mirrors.read_page_name(own, origin)
        except SourceError as error:
            self._untold(label, error)
            return None
        if told is None:
            self.unknown(label)
        return told

    def _read_name(self, own: str, origin: Origin) -> FileName | None:
        return mirrors.read_mirrored_name(own, origin) if self._by_path else read_name(own)

    def _untold(self, name: str, error: SourceError) -> None:
        message = f"Its name does not tell what it holds, and it cannot be looked into: {error}"
        self.report.add("unreadable", name, message, Severity.WARNING)

    def is_of_a_tool(self, name: str) -> bool:
        """Tell whether a folder holds what a mirroring program keeps for itself."""
        return self._by_path and mirrors.is_of_a_tool(name)

    def _tells_of_folder(self, name: str) -> bool:
        """Tell whether a file below a source is none of its documents, by its name."""
        about = _ABOUT_A_FOLDER.fullmatch(name)
        return name == TAKEDOWNS or (about is not None and not (about["index"] and self._by_path))

    def unknown(self, label: str) -> None:
        """Report a file that was named itself and is of no kind that is read."""
        message = f"Files of this kind are not read; expected one of {', '.join(KINDS)} (or a directory)."
        self.report.add("unknown-kind", label, _PACKED if is_packed(label) else message)
