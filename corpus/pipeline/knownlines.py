"""Sources to a file of counts: which lines a site's or a publisher's documents share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.cleaning.knownlines.store import check_counts
from corpus.cleaning.linecounts.counting import Counted, counted
from corpus.cleaning.linecounts.growing import Grown, Growth
from corpus.executors.processes import map_ordered
from corpus.files import only_writer, scratch_directory
from corpus.model.document import RawDocument
from corpus.model.finding import Finding, any_error
from corpus.pipeline.arguments import check_sources
from corpus.pipeline.cleaning import batches, raw_frame, site_of
from corpus.progress import SILENT, Progress
from corpus.readers.sources import ReadOptions, ReadReport, read_sources

__all__ = ["CountReport", "count_lines"]


@dataclass(frozen=True, slots=True)
class CountReport:
    """What a run counted, and everything that was wrong or left out."""

    grown: Grown
    without_site: int
    """Documents of which neither site nor publisher is known: they are not counted."""
    findings: tuple[Finding, ...]
    skipped: tuple[str, ...]
    written: bool = True
    """Whether there is a file of counts; none is begun where nothing could be read."""

    @property
    def failed(self) -> bool:
        """Whether something is wrong enough for the exit code to say so."""
        return any_error(self.findings)


@dataclass(slots=True)
class _Sited:
    """Passes on the documents that have a site, and counts the others."""

    others: int = 0
    seen: int = 0

    def of(self, documents: Iterator[RawDocument]) -> Iterator[RawDocument]:
        for document in documents:
            self.seen += 1
            if site_of(document) is None:
                self.others += 1
            else:
                yield document


def count_lines(
    sources: Sequence[Path | str],
    out: Path,
    options: ReadOptions | None = None,
    workers: int = 1,
    progress: Progress = SILENT,
) -> CountReport:
    """Count the lines of the sources by site and write ``out``, atomically, with what it holds already.

    The bytes written depend on the documents and on what ``out`` held, not on the order of the sources or the
    number of workers. Of memory it takes what a batch needs, a byte a document, and one of 64 parts of the lines;
    the rest waits in the folder for temporary files. A document is counted once: not again under its id, and
    not again where another one with the same leading paragraphs was counted.

    Raises:
        UsageError: no source is named, one is not there, or another process is writing ``out``.
        DataError: ``out`` is something else, or was made by another version.
    """
    check_sources(sources)
    if out.exists():
        check_counts(out)
    report, sited = ReadReport(), _Sited()
    with only_writer(out), scratch_directory("corpus-known-lines") as folder:
        progress.step("counting lines")
        growth = Growth(folder)
        documents = sited.of(read_sources(sources, options or ReadOptions(), report))
        for result in map_ordered(count_batch, batches(documents), workers):
            growth.add(result)
            progress.advance(sited.seen, None)
        progress.step("adding up")
        written = bool(sited.seen) or out.exists() or not report.findings
        grown = growth.write(out) if written else Grown(0, 0, 0, 0, 0, 0, 0, 0)
    skipped = tuple(sorted(report.skipped))
    return CountReport(grown, sited.others, tuple(report.findings), skipped, written)


def count_batch(batch: Sequence[RawDocument]) -> Counted:
    """Count the lines of a batch whose documents all have a site."""
    return counted(raw_frame(batch))
