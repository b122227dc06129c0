"""The whole way from sources to a built dataset directory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from corpus.executors import processes
from corpus.executors.protocol import Executor
from corpus.export.dataset import DatasetContent, check_name, write_dataset
from corpus.export.layout import MANIFEST, check_replaceable
from corpus.files import scratch_directory, sha256_file
from corpus.model.annotation import AnnotationSet
from corpus.model.document import RawDocument
from corpus.model.finding import Finding, any_error
from corpus.model.manifest import Manifest
from corpus.pipeline.arguments import check_sources
from corpus.pipeline.assembly import Assembly
from corpus.pipeline.beside import Beside
from corpus.pipeline.cleaning import CleanedBatch, batches, clean_batch
from corpus.pipeline.erasure.takedown import spared
from corpus.pipeline.former import gone_on_from, mended_in
from corpus.pipeline.gathering import Gathered
from corpus.pipeline.grouping import SplitOptions, check_splits, deal_out
from corpus.pipeline.ids import changed_ids, ids_of
from corpus.pipeline.revisions import Revisions
from corpus.progress import SILENT, Progress
from corpus.readers.addresses import is_address, local_path, shown_parts
from corpus.readers.personal import mask_document
from corpus.readers.sources import ReadOptions, ReadReport, read_sources

__all__ = ["BuildOptions", "BuildReport", "build", "dataset_name"]


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """How a dataset is built."""

    name: str | None = None
    """The dataset's name; None: the first source's own name."""
    annotations: Path | None = None
    """A folder of JSON Lines; None: the ``annotations/`` beside the sources, where there is one."""
    scheme: Path | None = None
    """An annotation scheme; None: NEWS-EC."""
    read: ReadOptions = field(default_factory=ReadOptions)
    """How sources are read; where it does not say what files' ids are, the build that is replaced does."""
    mask_personal: bool = False
    """Whether e-mail addresses, phone numbers, street addresses, bank and card numbers are masked, lengths kept."""
    takedowns: Path | None = None
    """Tombstones (JSON Lines) of documents to leave out; None: those in and beside the sources, if any."""
    about: Path | None = None
    """An ``about.toml``: title, makers, licence of what they added; None: nothing is known."""
    splits: SplitOptions = field(default_factory=SplitOptions)
    line_model: bool = True
    """Whether the learned line model is asked about what no rule speaks of."""
    known_lines: Path | None = None
    """A file of counts that ``corpus known-lines`` made; it becomes an input of the dataset."""
    workers: int = 1
    """Processes that clean; the bytes written do not depend on it."""
    executor: Executor = processes.map_ordered
    """Who runs them: processes of this machine, or ``corpus.executors.cluster`` on Ray; the bytes are the same."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did: the manifest it wrote, and everything that was wrong or left out."""

    directory: Path
    manifest: Manifest | None
    """None where nothing could be read: then nothing was written."""
    changed: bool
    """Whether the directory's bytes are other than before."""
    findings: tuple[Finding, ...]
    skipped: tuple[str, ...]
    """Files of kinds that are not read, and folders that hold no raw texts."""
    deleted_blocks: int = 0

    @property
    def failed(self) -> bool:
        """Whether something is wrong enough for the exit code to say so."""
        return self.manifest is None or any_error(self.findings)


def build(
    sources: Sequence[Path | str], out: Path, options: BuildOptions, progress: Progress = SILENT
) -> BuildReport:
    """Read, clean, describe and annotate the sources and write a dataset to ``out``.

    What cannot be read or placed is in the report's findings; the rest is built. Writing is atomic: ``out``
    holds the old dataset or the new one.

    Raises:
        UsageError: no source is named, or one is not there, ``out`` is a directory of something else, or the
            previous dataset is none.
        SchemeError: the scheme file is wrong.
        DataError: the ``about.toml`` or a tombstone is wrong, the known lines are no file of counts, or the build
            in ``out`` cannot be read, which this one goes on from.
        ExtraMissingError: what is asked for needs a package that is not installed.
    """
    name = _checked_name(sources, out, options)
    beside = Beside.of(
        sources, options.annotations, options.scheme, options.takedowns, options.about, options.known_lines
    )
    report = ReadReport()

    progress.step("reading and cleaning")
    with gone_on_from(out):
        former_ids = ids_of(out)
    ids = options.read.ids or former_ids or "stem"
    raws = spared(read_sources(sources, replace(options.read, ids=ids), report), beside.takedowns, report)
    raws = map(mask_document, raws) if options.mask_personal else raws
    clean = partial(clean_batch, line_model=options.line_model, known_lines=beside.counts)
    with scratch_directory("corpus-build") as scratch:
        revisions = Revisions.of(out, beside.sets)
        gathered = Gathered(Assembly(scratch, revisions), beside.sets, beside.scheme)
        _clean_all(raws, gathered, clean, options, progress)
        findings = [*report.findings, *gathered.findings, *beside.findings]
        if not gathered.documents:
            return BuildReport(out, None, False, tuple(findings), tuple(sorted(report.skipped)))

        progress.step("placing annotations and writing")
        dealt = deal_out(gathered.facts(), gathered.texts, options.splits, out)
        content = DatasetContent(
            name=name,
            scheme=beside.scheme,
            scheme_toml=beside.scheme_toml,
            tables=gathered.tables(dealt.splits),
            inputs=(*report.inputs, *beside.inputs()),
            findings=(*findings, *gathered.placed(), *dealt.findings),
            notes=_provenance(beside.sets),
            about=beside.about,
            splits=dealt.record,
            ids=ids,
        )
        told = tuple(changed_ids(revisions, former_ids, ids, gathered.facts()))
        before, mended = _fingerprint(out), mended_in(out)
        manifest = write_dataset(out, content)
    changed = bool(mended) or _fingerprint(out) != before
    # What was here before is no input, so the manifest does not speak of it.
    findings = [*mended, *told, *content.findings]
    skipped = tuple(sorted(report.skipped))
    return BuildReport(out, manifest, changed, tuple(findings), skipped, gathered.deleted_blocks)


def _checked_name(sources: Sequence[Path | str], out: Path, options: BuildOptions) -> str:
    """Return the dataset's name, once all that can be told before hours of cleaning is right."""
    check_sources(sources)
    name = options.name or dataset_name(sources[0])
    check_replaceable(out)
    check_name(name)
    check_splits(options.splits, out)
    return name


def dataset_name(source: Path | str) -> str:
    """Return a dataset's default name: the source's own, without what a directory name should not hold."""
    last = shown_parts(source)[-1:] if isinstance(source, str) and is_address(source) else ()
    name = (last[0] if last else local_path(source).resolve().name).split(".")[0]
    safe = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in name).strip("-_")
    return safe or "dataset"


def _clean_all(
    raws: Iterator[RawDocument],
    gathered: Gathered,
    clean: Callable[[list[RawDocument]], CleanedBatch],
    options: BuildOptions,
    progress: Progress,
) -> None:
    """Clean every batch in order; the batches (and so the bytes) are the same for any number of workers."""
    waiting: list[list[RawDocument]] = []

    def remembered() -> Iterator[list[RawDocument]]:
        for batch in batches(raws):
            waiting.append(batch)
            yield batch

    for result in options.executor(clean, remembered(), options.workers):
        gathered.add(waiting.pop(0), result)
        progress.advance(gathered.documents, None)


def _provenance(sets: Sequence[AnnotationSet]) -> tuple[str, ...]:
    """Return what each annotator's sets say of where they come from, one sentence or more an annotator."""
    told = {(annotation.annotator, annotation.origin.note) for annotation in sets if annotation.origin.note}
    return tuple(f"{annotator}: {note}" for annotator, note in sorted(told))


def _fingerprint(directory: Path) -> str | None:
    """Return a hash of the manifest, which holds the hash of every other file; None where there is none."""
    path = directory / MANIFEST
    return sha256_file(path) if path.is_file() else None
