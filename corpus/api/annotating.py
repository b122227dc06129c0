"""How far annotators agree, and gold of what most of them agree on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from corpus.annotation import adjudication
from corpus.annotation.adjudication import Adjudicated
from corpus.annotation.damage import refuse_damage
from corpus.annotation.lacking import in_scheme
from corpus.annotation.store import append, read_folder
from corpus.api.places import Place, check_file, check_folder, optional_path, path_of
from corpus.clock import now
from corpus.errors import UsageError
from corpus.export.agreement import LayerAgreement, agreement_of
from corpus.export.annotated import read_annotated
from corpus.export.layout import MANIFEST
from corpus.export.store import BuiltDataset
from corpus.model.annotation import GOLD
from corpus.model.arguments import checked
from corpus.model.finding import Finding, Severity
from corpus.model.scheme import Scheme
from corpus.model.tables import CONFIGS
from corpus.pipeline.beside import read_scheme

__all__ = ["Adjudication", "Agreement", "adjudicate", "measure_agreement"]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the annotators of a dataset agree, layer by layer."""

    layers: tuple[LayerAgreement, ...]
    """None where no two annotators marked the same article."""
    findings: tuple[Finding, ...]
    """What the build left out of the annotations, so that it is not counted."""


@dataclass(frozen=True, slots=True)
class Adjudication:
    """What an adjudication found, and the documents whose gold it wrote (or would write)."""

    found: Adjudicated
    written: tuple[str, ...]


@checked
def measure_agreement(dataset: Place, *, gold: bool = False) -> Agreement:
    """Tell how far the annotators of a build or a release agree: ``corpus annotations agreement``.

    Each layer has F1 of spans, Krippendorff's alpha on characters and boundaries, and kappa of attributes, by pair
    of annotators and by label. ``gold`` compares the adjudicated gold too, which was made from the others.

    Raises:
        UsageError: there is no dataset.
        DataError: it cannot be read.
    """
    built = _opened(path_of(dataset, "dataset"))
    files = {name: built.files(name) for name in CONFIGS}
    layers = agreement_of(read_annotated(files, built.scheme, () if gold else (GOLD,)))
    return Agreement(tuple(layers), tuple(_left_out(built)))


def _left_out(built: BuiltDataset) -> list[Finding]:
    """Return why annotations have no rows: what the scheme lacks, spans that do not fit, damaged lines."""
    found = map(Finding.of_record, built.manifest.findings)
    return [f for f in found if f.code.startswith("annotation-") and f.severity is Severity.ERROR]


def _opened(directory: Path) -> BuiltDataset:
    if directory.is_dir() and not (directory / MANIFEST).is_file() and any(directory.glob("*.jsonl")):
        raise UsageError(
            f"{directory} holds annotation files, not a dataset; name what `corpus build` made with them, such as "
            "build/dataset."
        )
    return BuiltDataset.open(directory)


@checked
def adjudicate(
    annotations: Place,
    *,
    scheme: Place | None = None,
    build: Place | None = None,
    force: bool = False,
    settled: bool = False,
    dry_run: bool = False,
) -> Adjudication:
    """Write what most annotators of a document agree on as ``gold``: ``corpus annotations adjudicate``.

    Args:
        annotations: the folder of annotation files.
        scheme: the annotation scheme (TOML); None: that of ``build``, else NEWS-EC.
        build: the dataset that is annotated.
        force: count again where gold is a majority's; what a person decided stays.
        settled: write gold only of documents in which nothing is disputed.
        dry_run: change nothing.

    Raises:
        UsageError: the folder or the scheme is not there, or a line of the files is damaged.
        SchemeError: the scheme is wrong.
        DataError: ``build`` cannot be read.
        OSError: the gold cannot be written.
    """
    folder = path_of(annotations, "annotations")
    named = optional_path(scheme, "scheme")
    check_folder(folder, "the folder of annotation files")
    check_file(named, "scheme", "name an annotation scheme (TOML), or leave it out")
    stored = read_folder(folder)
    refuse_damage(stored.findings, "adjudicated")
    known = in_scheme(stored.sets, _scheme(named, build))
    found = adjudication.adjudicate(known.sets, now(), force=force)
    found.findings[:0] = known.findings
    made = [each for each in found.documents if not (settled and each.disputes)]
    if made and not dry_run:
        append(folder, [each.gold for each in made])
    return Adjudication(found, tuple(each.gold.doc_id for each in made))


def _scheme(named: Path | None, build: Place | None) -> Scheme:
    """Return the scheme that is named, else that of the dataset which is annotated, as its agreement uses."""
    if named is None and build is not None:
        return BuiltDataset.open(path_of(build, "build")).scheme
    return read_scheme(named)[1]
