"""Rebuild the full edition from a public one and the raw files, replaying the recorded blocks: no cleaner runs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa

from corpus.errors import UsageError
from corpus.export.dataset import DatasetContent, tool_versions, write_dataset
from corpus.export.layout import MANIFEST
from corpus.export.spool import Spool
from corpus.export.store import BuiltDataset
from corpus.files import scratch_directory, sha256_file
from corpus.model.counted import count
from corpus.model.finding import Finding
from corpus.model.tables import CONFIGS
from corpus.pipeline.arguments import check_sources
from corpus.pipeline.hydrating.ranges import document_ranges
from corpus.pipeline.hydrating.rawfiles import Hydrated, RawFiles, State, own_names, read_raws, sort_documents
from corpus.pipeline.hydrating.reanchoring import reanchored
from corpus.pipeline.hydrating.replaying import Tables, carried_by, replayed
from corpus.pipeline.shelf import Shelf
from corpus.progress import SILENT, Progress
from corpus.readers.sources import ReadOptions
from corpus.releases.changelog import CHANGES
from corpus.releases.planning import check_release
from corpus.releases.public.naming import Renaming, is_alias, renamed_inputs, with_names
from corpus.releases.public.quoting import restore
from corpus.releases.public.telling import restored_findings
from corpus.releases.release import edition_manifest, put_release, write_tree

__all__ = ["Hydrated", "HydrationReport", "State", "hydrate"]

RANGE_CHARACTERS = 2_000_000
"""How much text is rebuilt at once (or one document, if it is longer): a quarter of what a build cleans at once
takes a hundred megabytes less, and no longer."""


@dataclass(frozen=True, slots=True)
class HydrationReport:
    """What a hydration did."""

    directory: Path
    documents: tuple[Hydrated, ...]
    identical: bool
    """Whether the full edition was rebuilt byte for byte."""
    findings: tuple[Finding, ...] = ()
    counts: Mapping[State, int] = field(default_factory=dict)


def hydrate(
    public: Path,
    sources: Sequence[Path | str],
    out: Path,
    read: ReadOptions | None = None,
    progress: Progress = SILENT,
) -> HydrationReport:
    """Write the full edition of a public one to ``out/NAME-VERSION/``, with the texts of the raw files.

    Where a file is missing or has changed, what could be rebuilt is written to ``out/NAME-hydrated-VERSION/``: a
    build, no release, since it is not what was released.

    Args:
        public: a public edition, as it was released.
        sources: the folders or files of raw articles, and the ``sources.toml`` that lay with them.
        out: the folder that gets the directory.
        read: how the sources were read for the build, where it was not the usual way; the edition itself says
            what files' ids are.
        progress: told what is going on.

    Raises:
        UsageError: ``public`` is no public edition that is as it was released, a source is not there, ``out`` lies
            in the edition, or another release stands in the place.
        DataError: a file of the edition cannot be read.
        OSError: the result cannot be written.
    """
    dataset = BuiltDataset.open(public)
    _check_public(dataset)
    _check_places(public, sources, out)
    with scratch_directory("corpus-hydrate") as scratch, closing(Shelf(scratch / "shelf")) as shelf:
        progress.step("reading raw files")
        found = read_raws(sources, _as_built(read or ReadOptions(), dataset), dataset, shelf)
        progress.step("replaying the recorded blocks")
        renaming = own_names(dataset.batches("documents", ("doc_id", "anchor_sha256")), found)
        rebuilt = _rebuilt(dataset, found, renaming, scratch, progress)
        content = _content(dataset, rebuilt, found, renaming)
        ordered = tuple(rebuilt.states[doc_id] for doc_id in sorted(rebuilt.states))
        return _write(dataset, content, ordered, found, out, renaming)


def _as_built(read: ReadOptions, dataset: BuiltDataset) -> ReadOptions:
    return read if read.ids else replace(read, ids=dataset.manifest.ids)


@dataclass(frozen=True, slots=True, eq=False)
class _Rebuilt:
    """The rows that could be rebuilt, in files, and what became of each document."""

    tables: Mapping[str, Spool]
    states: dict[str, Hydrated] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)
    """The configs of which some text is not there."""

    def add(self, tables: Tables, states: Mapping[str, Hydrated]) -> None:
        """Take in some documents."""
        self.states.update(states)
        for name, data in tables.items():
            self.tables[name].add(data.cast(self.tables[name].schema))
            self.lost.update([name] if data.column("text").null_count else [])


def _rebuilt(
    dataset: BuiltDataset, found: RawFiles, renaming: Renaming, scratch: Path, progress: Progress
) -> _Rebuilt:
    """Replay every document, a few at a time."""
    made = _Rebuilt({name: Spool(scratch / name, dataset.file_model(name).schema) for name in CONFIGS})
    carried = carried_by(dataset, found)

    def file_of(digest: str, file: str) -> str:
        return found.file_of(digest) or file if is_alias(file) else file

    def weights(documents: pa.Table) -> Iterator[int]:
        return (1 + found.characters_of(digest) for digest in documents.column("anchor_sha256").to_pylist())

    for part in document_ranges(dataset, weights, RANGE_CHARACTERS):
        tables = {name: with_names(data, renaming, file_of) for name, data in part.items()}
        documents = sort_documents(tables["documents"], found)
        tables = replayed(dataset, tables, documents, found, carried)
        made.add(reanchored(dataset, tables, documents.changed, documents.states), documents.states)
        progress.advance(len(made.states), None)
    return made


def _check_public(dataset: BuiltDataset) -> None:
    manifest = dataset.manifest
    if manifest.edition != "public" or manifest.version is None:
        kind = f"the {manifest.edition} edition" if manifest.version else "a build"
        raise UsageError(f"{dataset.directory} is {kind}; only the public edition of a release can be hydrated.")
    check_release(dataset)


def _check_places(public: Path, sources: Sequence[Path | str], out: Path) -> None:
    if out.resolve().is_relative_to(public.resolve()):
        raise UsageError(f"{out} lies in the edition {public}; name a folder outside it.")
    check_sources(sources)


def _content(dataset: BuiltDataset, rebuilt: _Rebuilt, found: RawFiles, renaming: Renaming) -> DatasetContent:
    """Return all that could be rebuilt, as the content of a dataset."""
    public = DatasetContent.of(dataset, rebuilt.tables)
    told = map(renaming.finding, public.findings)
    return replace(
        public,
        inputs=tuple(renamed_inputs(public.inputs, lambda i: found.paths.get(i.path, i.path))),
        findings=tuple(restored_findings(told, found.findings, found.text_of)),
        notes=tuple(restore(public.notes, found.text_of)),
        edition="partial" if rebuilt.lost else "full",
    )


def _write(
    dataset: BuiltDataset,
    content: DatasetContent,
    documents: tuple[Hydrated, ...],
    found: RawFiles,
    out: Path,
    renaming: Renaming,
) -> HydrationReport:
    told = dataset.manifest
    counts = {state: sum(d.state is state for d in documents) for state in State}
    told_changes = (dataset.directory / CHANGES).read_bytes().decode("utf-8")
    changes = restore([renaming.told(told_changes)], found.text_of)[0].encode("utf-8")
    if content.edition == "full" and counts[State.EXACT] == len(documents):
        with scratch_directory("corpus-hydrate-check") as name:
            build, tree = name / "build", name / "tree"
            write_dataset(build, content)
            tree.mkdir()
            built = BuiltDataset.open(build)
            manifest = edition_manifest(told, built.manifest, edition="full", full=None)
            write_tree(built, manifest, changes, tree)
            if sha256_file(tree / MANIFEST) == told.full_manifest_sha256:
                target = out.resolve() / f"{told.name}-{told.version}"
                put_release(target, lambda folder: _copy(tree, folder))
                return HydrationReport(target, documents, True, (), counts)
    target = out.resolve() / f"{told.name}-hydrated-{told.version}"
    findings = tuple(_findings(dataset, documents, found))
    exact, moved, missing = (counts[state] for state in State)
    note = (
        f"Hydrated from the public edition of {told.name} {told.version}: {exact} exact, {moved} re-anchored, "
        f"{missing} missing."
    )
    write_dataset(target, replace(content, notes=(*content.notes, note)))
    return HydrationReport(target, documents, False, findings, counts)


def _copy(tree: Path, folder: Path) -> None:
    for path in sorted(tree.rglob("*")):
        if path.is_file():
            place = folder / path.relative_to(tree)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)


def _findings(dataset: BuiltDataset, documents: Sequence[Hydrated], found: RawFiles) -> Iterator[Finding]:
    for item in documents:
        if item.state is State.MISSING:
            yield Finding("missing", item.doc_id, f"Its text is not there: {item.detail}.")
        elif item.state is State.REANCHORED:
            message = f"{item.source_file} is not the file that was recorded: {item.detail}."
            yield Finding("re-anchored", item.doc_id, message)
    if all(item.state is State.EXACT for item in documents):
        yield Finding("not-identical", dataset.directory.name, _why(dataset, found))


def _older_lost(dataset: BuiltDataset, found: RawFiles) -> list[str]:
    """Name the revisions whose text is not at hand."""
    return [
        f"revision {revision} of {doc_id!r}"
        for data in dataset.batches("raw", ("doc_id", "revision", "anchor_sha256"))
        for doc_id, revision, digest in zip(*(column.to_pylist() for column in data.columns), strict=True)
        if found.raw_of(digest) is None
    ]


def _why(dataset: BuiltDataset, found: RawFiles) -> str:
    """Say why the tree is not the full edition although every text is there."""
    manifest = dataset.manifest
    lost = [i.path for i in manifest.inputs if i.role == "sources.toml" and i.sha256 not in found.inputs]
    if lost:
        return f"All texts are there, but not {lost[0]} as it was: name the folder where it lies with the texts."
    older = _older_lost(dataset, found)
    if older:
        more = f" (and {count(len(older) - 1, 'other')})" if older[1:] else ""
        return (
            f"All texts are there, but not {older[0]}{more}, which is kept for annotations that were made on it: "
            "name the file as it was then, or its folder, besides."
        )
    now = tool_versions()
    other = [f"{name} {version}" for name, version in manifest.tool.items() if now.get(name) != version]
    if other:
        return f"All texts are there, but it was made with {', '.join(other)}; install these to get its bytes."
    hidden = [found.paths[i.path] for i in manifest.inputs if i.path in found.paths]
    if hidden:
        return (
            f"All texts are there, but it withholds the names of {count(len(hidden), 'file')}, {hidden[0]!r} "
            "among them, which must lie in the same folders under the same names as when it was built."
        )
    return (
        "All texts are there, but not something else that was known of them, so that it is not the full edition "
        "byte for byte."
    )
