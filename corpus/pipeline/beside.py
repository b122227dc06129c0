"""What a build reads beside the sources: scheme, annotations, tombstones, known lines, and what is told of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.annotation.heads import annotation_files
from corpus.annotation.store import StoredAnnotations, read_folder
from corpus.cleaning.knownlines.table import FrozenCounts
from corpus.files import schema_text, sha256_bytes, sha256_file
from corpus.model.about import NOTHING_KNOWN, About
from corpus.model.annotation import AnnotationSet
from corpus.model.finding import Finding
from corpus.model.manifest import InputFile
from corpus.model.scheme import Scheme
from corpus.pipeline.erasure.takedown import find_takedowns
from corpus.pipeline.rawstore import folders_around
from corpus.readers.inputs import ANNOTATIONS
from corpus.readers.named import TAKEDOWNS
from corpus.readers.opening import named_text
from corpus.releases.takedowns import Takedowns

__all__ = ["Beside", "find_annotations", "read_about", "read_scheme"]

DEFAULT_SCHEME = "news-ec.toml"


@dataclass(frozen=True, slots=True, eq=False)
class Beside:
    """What a build reads beside the sources."""

    scheme_toml: str
    scheme: Scheme
    about: About
    annotations: Path | None
    sets: list[AnnotationSet]
    """The annotations that count, but for those of documents that were taken down."""
    findings: tuple[Finding, ...]
    """What is wrong in the annotations' files."""
    graves: tuple[Path, ...]
    takedowns: Takedowns
    counts: FrozenCounts | None

    @classmethod
    def of(
        cls,
        sources: Sequence[Path | str],
        annotations: Path | None = None,
        scheme: Path | None = None,
        takedowns: Path | None = None,
        about: Path | None = None,
        known_lines: Path | None = None,
    ) -> Beside:
        """Read what is named; annotations and tombstones that are not named lie in or beside the sources, if any.

        Raises:
            SchemeError: the scheme file is wrong.
            UsageError: the ``about.toml`` cannot be read.
            DataError: the ``about.toml`` or a tombstone is wrong, or the known lines are no file of counts.
        """
        scheme_toml, model = read_scheme(scheme)
        told = read_about(about)
        folder = annotations or find_annotations(sources)
        stored = read_folder(folder) if folder else StoredAnnotations((), ())
        graves = (takedowns,) if takedowns else find_takedowns(sources)
        gone = Takedowns.read_all(graves)
        ids = gone.doc_ids
        sets = [own for own in stored.counting() if own.doc_id not in ids]
        counts = FrozenCounts.of(known_lines) if known_lines else None
        return cls(scheme_toml, model, told, folder, sets, stored.findings, graves, gone, counts)

    def inputs(self) -> Iterator[InputFile]:
        """Yield what the manifest says of these files; the known lines' own name says nothing and is left out."""
        scheme = self.scheme_toml.encode("utf-8")
        yield InputFile(path="scheme.toml", sha256=sha256_bytes(scheme), bytes=len(scheme), role="scheme")
        for path in annotation_files(self.annotations) if self.annotations else ():
            yield _input(path, f"{ANNOTATIONS}/{path.name}", "annotations")
        if self.counts is not None:
            yield _input(self.counts.path, "known-lines.parquet", "known lines", self.counts.sha256)
        yield from (_input(path, TAKEDOWNS, "takedowns") for path in self.graves)


def find_annotations(sources: Sequence[Path | str]) -> Path | None:
    """Return the ``annotations/`` folder with JSON Lines in or beside the sources, or None.

    For each source of this machine in turn: inside it (a directory), then beside it.
    """
    folders = (base / ANNOTATIONS for base in folders_around(sources))
    return next((folder for folder in folders if any(folder.glob("*.jsonl"))), None)


def read_scheme(path: Path | None) -> tuple[str, Scheme]:
    """Return a scheme file's text and the scheme; NEWS-EC for None.

    Raises:
        UsageError: the file cannot be read.
        SchemeError: it is not a scheme.
    """
    if path is None:
        text = schema_text(DEFAULT_SCHEME)
        return text, Scheme.from_toml(text, DEFAULT_SCHEME)
    text = named_text(path)
    return text, Scheme.from_toml(text, str(path))


def read_about(path: Path | None) -> About:
    """Return what an ``about.toml`` says; nothing for None.

    Raises:
        UsageError: the file cannot be read.
        DataError: a key or a value in it is wrong.
    """
    return NOTHING_KNOWN if path is None else About.from_toml(named_text(path), str(path))


def _input(path: Path, name: str, role: str, sha256: str | None = None) -> InputFile:
    return InputFile(path=name, sha256=sha256 or sha256_file(path), bytes=path.stat().st_size, role=role)
