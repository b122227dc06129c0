"""What a reader is asked for, and what it says of what it met."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from corpus.model.finding import Finding, Severity
from corpus.model.manifest import IdsFrom, InputFile
from corpus.readers.columns import OMITTED
from corpus.readers.shown import MediaType

__all__ = ["ReadOptions", "ReadReport"]

MEBIBYTE = 2**20


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How sources are read. Sizes are in bytes."""

    text_field: str = "text"
    """The field of a record that holds the text."""
    text_type: MediaType = "text/plain"
    """What that field holds: text/plain, text/html (the source of a page) or text/markdown."""
    sought_as: frozenset[MediaType] = frozenset()
    """What that field may hold besides where a document is sought, which is known by what it shows as that, too."""
    id_field: str | None = None
    """The field that holds the id; None: "id", then "doc_id", then the record's address."""
    ids: IdsFrom | None = None
    """What of a text's or a page's file is its id, the ending aside: "stem", its name, or "path", its path below
    the source; None: as the dataset at hand was made, else "stem"."""
    max_document_bytes: int = 16 * MEBIBYTE
    """A longer text is refused: no article has it, and a kernel's memory depends on it."""
    max_record_bytes: int = 64 * MEBIBYTE
    """A longer line of JSON Lines, row of CSV or record of WARC is refused without being held in memory."""
    max_download_bytes: int = 16 * 1024 * MEBIBYTE
    """A larger file at an address is not fetched."""
    min_unpacked_bytes: int = 256 * MEBIBYTE
    """What may be unpacked of any archive."""
    max_expansion: int = 100
    """To how many times its own size a larger archive may be unpacked: news text shrinks to a tenth, bombs to a
    thousandth and less."""
    max_spool_bytes: int = 4 * 1024 * MEBIBYTE
    """What archives that were unpacked may take among the temporary files at once: of more, those used longest ago
    are unpacked again when they are asked for."""
    network_timeout: float = 60.0
    """Seconds without an answer after which an address is given up."""
    max_findings_per_file: int = 100
    """Further findings of one file are only counted."""


@dataclass(slots=True)
class ReadReport:
    """What was met while reading; complete when the reader is exhausted."""

    findings: list[Finding] = field(default_factory=list)
    """What is wrong, with its place, in the order in which it was met."""
    skipped: list[str] = field(default_factory=list)
    """Files of kinds that are not read, by their names under their source."""
    inputs: list[InputFile] = field(default_factory=list)
    """The files that were read, with the hash of their bytes."""
    _counts: Counter[str] = field(default_factory=Counter)

    def add(
        self,
        code: str,
        place: str,
        message: str,
        severity: Severity = Severity.ERROR,
        *,
        file: str = "",
        most: int = 100,
    ) -> None:
        """Add a finding; of one ``file`` at most ``most``, the rest is counted for :meth:`close_file`."""
        self._counts[file] += 1
        if not file or self._counts[file] <= most:
            self.findings.append(Finding(code, place, message, severity))

    def add_omitted(self, names: Iterable[str], place: str, file: str) -> None:
        """Add a note for each column that is not carried."""
        for name in names:
            message = f"The column {name!r} is not carried: its value or its name cannot be."
            self.add(OMITTED, place, message, Severity.NOTE, file=file)

    def close_file(self, file: str, most: int) -> None:
        """Say how many findings of a file were only counted."""
        further = self._counts.pop(file, 0) - most
        if further > 0:
            message = f"{further} further findings of this file are not listed; mend those above first."
            self.findings.append(Finding("more-findings", file, message))
