"""Datasets to releases: checked, compared, versioned, and rebuilt from a public edition."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from datetime import date as calendar_date
from pathlib import Path
from typing import Literal

from corpus.api.places import Place, listed_sources, optional_path, path_of
from corpus.comparison.difference import Difference, compare
from corpus.errors import UsageError
from corpus.export.layout import MANIFEST, way_out
from corpus.export.store import BuiltDataset
from corpus.model.arguments import checked
from corpus.model.finding import Finding, Severity, any_error
from corpus.model.manifest import IdsFrom
from corpus.model.shortened import told_value
from corpus.model.tables import CONFIGS
from corpus.pipeline.hydrating import hydration
from corpus.pipeline.hydrating.hydration import HydrationReport
from corpus.progress import SILENT, Progress
from corpus.readers.report import ReadOptions
from corpus.readers.shown import MediaType
from corpus.releases import verification
from corpus.releases.editions import public_edition, release_public
from corpus.releases.fetching import fetched
from corpus.releases.opening import open_side
from corpus.releases.personal import check_personal
from corpus.releases.planning import find_previous, plan_release
from corpus.releases.release import check_date, write_release

__all__ = ["Edition", "Released", "Verification", "diff", "hydrate", "release", "verify"]

Edition = Literal["full", "public"]
"""Which texts a release holds."""

_NAMED = 3
"""Datasets in a folder that a sentence names."""


@dataclass(frozen=True, slots=True)
class Released:
    """A release, new or there already."""

    path: Path
    version: str
    edition: Edition
    why: str | None
    """How the version came about; None of a public edition, whose version is the full one's."""
    differs: bool = True
    """False: nothing differs from the release before, which this one is."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What a dataset was found to be, held against all that it promises."""

    findings: tuple[Finding, ...]
    way_out: str
    """What helps where files are not as they were made."""

    @property
    def failed(self) -> bool:
        """Whether something is wrong, warnings aside."""
        return any_error(self.findings)


@checked
def verify(directory: Place, *, signers: Place | None = None, pii: bool = False) -> Verification:
    """Hold a build or a release against all that it promises: ``corpus verify``.

    Args:
        directory: its path, or its address (``hf://datasets/ORG/NAME@v1.0.0``).
        signers: a file of allowed signers (OpenSSH), by one of whom the manifest must be signed.
        pii: look for e-mail and street addresses, phone, bank and card numbers too.

    Raises:
        UsageError: there is no dataset.
        SourceError: the address cannot be read.
        ExtraMissingError: what is asked for needs a package that is not installed.
    """
    allowed = optional_path(signers, "signers")
    with fetched(os.fspath(directory)) as folder:
        _check_dataset(folder, os.fspath(directory))
        findings = verification.verify(folder, allowed)
        if pii and not any_error(findings):
            findings += check_personal(folder)
        damaged = [finding.place for finding in findings if finding.severity is Severity.ERROR]
        return Verification(tuple(findings), way_out(folder, damaged=damaged))


def _check_dataset(folder: Path, shown: str) -> None:
    """Refuse a folder that is no dataset, and name the datasets in it; one that lost its manifest is a finding."""
    if not folder.is_dir() or (folder / MANIFEST).is_file() or any((folder / name).exists() for name in CONFIGS):
        return
    within = sorted(path.parent.name for path in folder.glob(f"*/{MANIFEST}"))[:_NAMED]
    hint = f"name one of those in it: {', '.join(within)}" if within else "name a built dataset or a release"
    raise UsageError(f"{shown} is no dataset built here: it has no {MANIFEST}; {hint}.")


@checked
def diff(old: Place, new: Place) -> Difference:
    """Compare two builds or releases row by row: ``corpus diff``.

    ``step`` is the version step that the difference asks for, ``why()`` says it in words, ``configs`` has the rows
    added, removed and changed as data frames.

    Raises:
        UsageError: a directory is not there, or is no dataset.
        DataError: a dataset cannot be read.
    """
    return compare(open_side(path_of(old, "old")), open_side(path_of(new, "new")))


@checked
def release(
    build: Place,
    out: Place,
    version: str | None = None,
    *,
    previous: Place | None = None,
    date: str | calendar_date | None = None,
    edition: Edition = "full",
) -> Released:
    """Write ``out/NAME-VERSION/``; the same input gives the same bytes: ``corpus release``.

    Args:
        build: the built dataset; for the public edition also a full release.
        out: the folder that gets the release.
        version: MAJOR.MINOR.PATCH; None: what the difference from the release before asks for. Where nothing
            differs, none is written and that one is returned.
        previous: the release before; None: the newest of that name in ``out``.
        date: the release's date, YYYY-MM-DD or a ``datetime.date``; None: that of SOURCE_DATE_EPOCH, else none.
        edition: "full", or "public": without the texts that may not clearly be passed on.

    Raises:
        UsageError: an argument is malformed, the version too small a step, the build or the release before not
            sound, or another release stands in the place.
        DataError: a dataset cannot be read.
        OSError: the release cannot be written.
    """
    named = date.isoformat() if isinstance(date, calendar_date) else date
    check_date(named)
    made, target = path_of(build, "build"), path_of(out, "out")
    if edition == "public" and BuiltDataset.open(made).manifest.version is not None:
        return _public(public_edition(made, target, named))
    day = named or _source_date()
    before = find_previous(made, target, version) if previous is None else path_of(previous, "previous")
    plan = plan_release(made, target, version, before)
    if edition == "public":
        return _public(release_public(plan, day if plan.version else named))
    if plan.version is None and plan.previous is not None:
        old = plan.previous
        return Released(old.dataset.directory, str(old.version), "full", plan.why, differs=False)
    return Released(write_release(plan, day), str(plan.version), "full", plan.why)


def _public(path: Path) -> Released:
    return Released(path, str(BuiltDataset.open(path).manifest.version), "public", None)


def _source_date() -> str | None:
    """Return the day that SOURCE_DATE_EPOCH names (see reproducible-builds.org); None where it is not set.

    Raises:
        UsageError: it is no time of that kind, or none that a date can be written of (years up to 9999).
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return None
    try:
        if re.fullmatch(r"[0-9]{1,12}", epoch):
            return datetime.fromtimestamp(int(epoch), UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        pass  # after the year 9999
    raise UsageError(
        f"SOURCE_DATE_EPOCH must be whole seconds since 1970, before the year 10000, got {told_value(epoch, 30)}; "
        "give `date=`, or unset it."
    )


@checked
def hydrate(
    public: Place,
    sources: Place | Iterable[Place],
    out: Place,
    *,
    text_field: str = "text",
    text_type: MediaType = "text/plain",
    id_field: str | None = None,
    ids: IdsFrom | None = None,
    progress: Progress = SILENT,
) -> HydrationReport:
    """Rebuild the full edition from a public one and the raw files: ``corpus hydrate``.

    ``sources`` are the raw files, or the folders in which they lie; ``out`` is the folder that gets
    ``NAME-VERSION/``, or, where a file is missing or has changed, the build ``NAME-hydrated-VERSION/``. The other
    arguments are those of :func:`corpus.build`.

    Raises:
        UsageError: ``public`` is no public edition that is as it was released, a source is not there, ``out`` lies
            in the edition, or another release stands in the place.
        DataError: a file of the edition cannot be read.
        OSError: the result cannot be written.
    """
    read = ReadOptions(text_field, text_type, id_field=id_field, ids=ids)
    edition = path_of(public, "public")
    return hydration.hydrate(edition, listed_sources(sources), path_of(out, "out"), read, progress)
