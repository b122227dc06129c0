"""Decide what a release will be: its version, by comparison with the release before, and whether there is one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from corpus.comparison.difference import Difference, compare
from corpus.comparison.steps import Step
from corpus.errors import CorpusError, UsageError
from corpus.export.batches import read_schema
from corpus.export.content import dataset_sha256
from corpus.export.layout import MANIFEST, way_out
from corpus.export.since import later_columns
from corpus.export.store import BuiltDataset, read_manifest
from corpus.model.finding import Severity
from corpus.model.manifest import PreviousRelease
from corpus.model.tables import CONFIGS
from corpus.releases.checks.tree import check_manifest, check_sums, read_tree
from corpus.releases.opening import side_of
from corpus.releases.verification import verify
from corpus.releases.versions import FIRST, Version

__all__ = ["Plan", "Previous", "check_release", "check_whole", "find_previous", "plan_release"]


@dataclass(frozen=True, slots=True, eq=False)
class Previous:
    """The release before, and what differs since."""

    dataset: BuiltDataset
    version: Version
    difference: Difference

    def as_record(self) -> PreviousRelease:
        """Return what the next release's manifest says of it."""
        manifest = self.dataset.manifest
        digest = dataset_sha256((name, config.content_sha256) for name, config in manifest.configs.items())
        return PreviousRelease(name=manifest.name, version=str(self.version), content_sha256=digest)


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A release that can be written: a sound build, where to, and as which version."""

    dataset: BuiltDataset
    out: Path
    version: Version | None
    """None where nothing differs from the previous release and no version was asked for: nothing to release."""
    previous: Previous | None

    @property
    def target(self) -> Path:
        """The directory of the release."""
        return _target(self.out, self.dataset.manifest.name, str(self.version))

    @property
    def why(self) -> str:
        """One line that tells how the version came about."""
        if self.previous is None:
            return "the first release"
        step, why = self.previous.difference.step, self.previous.difference.why()
        if step is Step.NONE:
            return f"nothing differs from {self.previous.difference.old.title}"
        return f"{step.name} after {self.previous.version}: {why}"


def plan_release(build: Path, out: Path, version: str | None = None, previous: Path | None = None) -> Plan:
    """Check build and previous release, compare them, and return the version that the difference asks for.

    With ``version`` that one, if the difference allows it. Without ``previous`` it is taken for a first release.

    Raises:
        UsageError: the version is malformed or contradicts the difference, the build is no sound build, or the
            previous release is none, is not sound, or is of another dataset.
        DataError: a file cannot be read.
    """
    wanted = None if version is None else Version.parse(version)
    dataset = BuiltDataset.open(build)
    _check_build(dataset, out)
    before = None if previous is None else _compared(dataset, previous)
    if before is None:
        return Plan(dataset, out, wanted or FIRST, None)
    least = before.version.after(before.difference.step)
    if wanted is not None and wanted < least:
        raise UsageError(_contradiction(wanted, before, least))
    computed = None if before.difference.step is Step.NONE else least
    return Plan(dataset, out, wanted or computed, before)


def find_previous(build: Path, out: Path, version: str | None = None) -> Path | None:
    """Return the newest release of the build's dataset in ``out``, or None.

    Where ``version`` is there already, it is the one that came before that: so the same call gives the same
    bytes again.

    Raises:
        UsageError: the version is malformed, the build is no dataset, or the previous release is no longer in
            ``out``.
        DataError: a manifest cannot be read.
    """
    wanted = None if version is None else Version.parse(version)
    name = BuiltDataset.open(build).manifest.name
    if wanted is not None and (place := _target(out, name, str(wanted))).is_dir():
        return _before(place, out)
    names = (entry.name for entry in (out.iterdir() if out.is_dir() else ()) if entry.is_dir())
    found = [Version.of_release(entry, name) for entry in names]
    versions = [own for own in found if own is not None]
    return _target(out, name, str(max(versions))) if versions else None


def _before(release: Path, out: Path) -> Path | None:
    """Return the release that an existing one says it came after."""
    try:
        previous = read_manifest(release / MANIFEST).previous
    except CorpusError:
        return None
    if previous is None:
        return None
    place = _target(out, previous.name, previous.version)
    if not place.is_dir():
        raise UsageError(
            f"{release} came after {previous.name} {previous.version}, which is not in {out}; name its place "
            "with `previous=`."
        )
    return place


def _target(out: Path, name: str, version: str) -> Path:
    return out.resolve() / f"{name}-{version}"


def _compared(dataset: BuiltDataset, place: Path) -> Previous:
    before = BuiltDataset.open(place)
    manifest = before.manifest
    if manifest.version is None:
        raise UsageError(f"{place} is a build, not a release; name a release, or release it first.")
    if manifest.name != dataset.manifest.name:
        raise UsageError(
            f"{place} is a release of {manifest.name!r}, but the build is {dataset.manifest.name!r}; name a "
            "release of the same dataset."
        )
    if manifest.edition != "full":
        raise UsageError(
            f"{place} is the {manifest.edition} edition of {manifest.name} {manifest.version}; name the full one, "
            "which tells what differs."
        )
    check_release(before)
    return Previous(before, Version.parse(manifest.version), compare(side_of(before), side_of(dataset)))


def check_release(release: BuiltDataset) -> None:
    """Make sure that the files are those that were released; what they say was checked then.

    Raises:
        UsageError: a file is missing, was added or has changed.
    """
    tree, version = read_tree(release.directory), release.manifest.version
    findings = [*tree.findings, *check_manifest(tree)[1], *check_sums(tree)]
    wrong = next((finding for finding in findings if finding.severity is Severity.ERROR), None)
    if wrong is not None:
        raise UsageError(
            f"{release.directory} is no longer the release {version} that was made: {wrong.place}: "
            f"{wrong.message.rstrip('.')}; restore it, or name another one with `previous=`."
        )


def check_whole(dataset: BuiltDataset) -> None:
    """Make sure that the dataset has every column that a release has today.

    Raises:
        UsageError: an older version of the toolkit made it, which did not write one.
        DataError: a file cannot be read.
    """
    tool = dataset.manifest.tool
    for config in CONFIGS:
        for path in (path for paths in dataset.files(config).values() for path in paths):
            lacking = sorted(later_columns(config, tool) - set(read_schema(path).names))
            if lacking:
                raise UsageError(
                    f"{dataset.directory} was made by newscorpus {tool['newscorpus']}, which did not write the "
                    f"column {lacking[0]!r} of {config!r} that a release has; build it again from the same sources "
                    "(corpus build) and release that."
                )


def _check_build(dataset: BuiltDataset, out: Path) -> None:
    build, manifest = dataset.directory, dataset.manifest
    if manifest.version is not None:
        raise UsageError(f"{build} is the release {manifest.version} already; name the build it was made from.")
    if out.resolve().is_relative_to(build.resolve()):
        raise UsageError(f"{out} lies in the build {build}; name a folder outside it.")
    check_whole(dataset)
    wrong = [finding for finding in verify(build) if finding.severity is Severity.ERROR]
    if wrong:
        more = f" (and {len(wrong) - 1} more: verify it)" if wrong[1:] else ""
        raise UsageError(
            f"{build} is not sound, so it is not released: {wrong[0].place}: {wrong[0].message.rstrip('.')}{more}; "
            f"{way_out(build, damaged=[finding.place for finding in wrong])}."
        )


def _contradiction(wanted: Version, before: Previous, least: Version) -> str:
    if wanted <= before.version:
        return (
            f"The version {wanted} is not greater than {before.version}, the previous release; the least that is "
            f"allowed is {least} (or leave the version out)."
        )
    step, why = before.difference.step, before.difference.why()
    return (
        f"The version {wanted} is too small a step after {before.version}: {why}, which is {step.name}; the least "
        f"that is allowed is {least} (or leave the version out)."
    )
