"""Make a release of a built dataset: the same data, a version, and checksums; the same input, the same bytes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date as calendar_date
from pathlib import Path

from corpus.errors import DataError, UsageError
from corpus.export.dataset import tree_hashes, write_manifest
from corpus.export.layout import CARD, SIGNATURE
from corpus.export.store import BuiltDataset
from corpus.files import atomic_directory, only_writer, scratch_directory
from corpus.model.manifest import Edition, Manifest
from corpus.releases.changelog import CHANGES, changes_text
from corpus.releases.checks.tree import read_tree
from corpus.releases.describing import described
from corpus.releases.planning import Plan, plan_release

__all__ = [
    "check_date",
    "edition_manifest",
    "make_release",
    "put_release",
    "write_full",
    "write_release",
    "write_tree",
]

_OF_ROWS = ("inputs", "configs", "views", "findings", "notes")
"""What a manifest says of the rows and texts of its own edition."""


def make_release(
    build: Path, out: Path, version: str, date: str | None = None, *, previous: Path | None = None
) -> Path:
    """Write ``out/NAME-VERSION/`` and return its path.

    The bytes depend on build, previous release, version and date alone. The Parquet files and the scheme are the
    build's, byte for byte; the card, the changelog and the manifest name the version. A release that is there
    already with the same bytes is left as it is.

    Raises:
        UsageError: the version is not MAJOR.MINOR.PATCH or too small a step after the previous release, the date
            not YYYY-MM-DD, the build no sound build, the previous release no sound release of the same dataset,
            or another release stands in the place.
        DataError: the build or the previous release cannot be read.
        OSError: the release cannot be written.
    """
    check_date(date)
    return write_release(plan_release(build, out, version, previous), date)


def write_release(plan: Plan, date: str | None = None) -> Path:
    """Write the release of a plan and return its path, as :func:`make_release` does.

    Raises:
        UsageError: the plan says that there is nothing to release, the date is not YYYY-MM-DD, or another
            release stands in the place.
        DataError: the build or the previous release cannot be read.
        OSError: the release cannot be written.
    """
    return write_full(plan, plan.target, date)


def write_full(plan: Plan, target: Path, date: str | None = None) -> Path:
    """Write the release of a plan to ``target``, as :func:`write_release` does to its own place."""
    check_date(date)
    if plan.version is None:
        raise UsageError(f"There is nothing to release: {plan.why}; give a version to release it all the same.")
    previous = plan.previous.as_record() if plan.previous else None
    manifest = plan.dataset.manifest.model_copy(
        update={"version": str(plan.version), "date": date, "previous": previous, "files": {}}
    )

    def write(folder: Path) -> None:
        write_tree(plan.dataset, manifest, changes_text(plan, manifest).encode("utf-8"), folder)

    return put_release(target, write)


def edition_manifest(told: Manifest, build: Manifest, *, edition: Edition, full: str | None) -> Manifest:
    """Return a release's manifest for another edition of it; its files are not yet in it.

    Args:
        told: the release's manifest in the edition that is there.
        build: the manifest of the other edition's rows as a build.
        edition: which one that is.
        full: the hash of the full edition's manifest, for one that names it.
    """
    rows = {name: getattr(build, name) for name in _OF_ROWS}
    return told.model_copy(update={**rows, "files": {}, "edition": edition, "full_manifest_sha256": full})


def put_release(target: Path, write: Callable[[Path], None]) -> Path:
    """Let ``write`` fill the release's folder, whole or not at all; leave one that is there with the same bytes.

    Raises:
        UsageError: something else stands in the place, or another process is writing the same release.
        OSError: the release cannot be written.
    """
    if target.exists():
        _check_same(target, write)
        return target
    with only_writer(target):
        if target.exists():
            _check_same(target, write)
            return target
        with atomic_directory(target) as folder:
            write(folder)
    return target


def write_tree(dataset: BuiltDataset, manifest: Manifest, changes: bytes, folder: Path) -> None:
    """Write a release's files: the dataset's data and scheme, then what is told of them, then the manifest.

    Raises:
        DataError: the dataset changed meanwhile, or cannot be read.
        OSError: the files cannot be written.
    """
    for name in dataset.manifest.files:
        if name != CARD:
            (folder / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(dataset.directory / name, folder / name)
    copied = tree_hashes(folder)
    changed = [name for name, digest in dataset.manifest.files.items() if name != CARD and copied[name] != digest]
    if changed:
        raise DataError(f"{dataset.directory / changed[0]} changed while it was copied; build and release again.")
    for name, data in described(dataset, manifest.model_copy(update={"files": copied})).items():
        (folder / name).write_bytes(data)
    (folder / CHANGES).write_bytes(changes)
    write_manifest(folder, manifest.model_copy(update={"files": tree_hashes(folder)}))


def check_date(date: str | None, what: str = "A release's date") -> None:
    """Make sure that the date of a release (or of what else it is) is a day, or none.

    Raises:
        UsageError: it is not.
    """
    if date is None:
        return
    try:
        sound = calendar_date.fromisoformat(date).isoformat() == date
    except ValueError:
        sound = False
    if not sound:
        raise UsageError(f"{what} is a day of the calendar as YYYY-MM-DD, got {date!r}.")


def _check_same(target: Path, write: Callable[[Path], None]) -> None:
    """Make sure that the release in the place has the bytes that this one would have."""
    refused = (
        f"{target} is there already with other content; a release is never rewritten: raise the version, or "
        "leave it out."
    )
    if not target.is_dir():
        raise UsageError(refused)
    with scratch_directory("corpus-release") as folder:
        write(folder)
        tree = read_tree(target)
        hashes = {name: digest for name, digest in tree.hashes.items() if name != SIGNATURE}
        if tree.findings or hashes != tree_hashes(folder):
            raise UsageError(refused)
