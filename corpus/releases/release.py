"""Make a release of a built dataset: the same data, a version, and checksums; the same input, the same bytes."""

from __future__ import annotations

import re
import shutil
from datetime import date as calendar_date
from pathlib import Path
from tempfile import TemporaryDirectory

from corpus.errors import DataError, UsageError
from corpus.export.card import card_text
from corpus.export.dataset import tree_hashes, write_manifest
from corpus.export.layout import CARD
from corpus.export.store import BuiltDataset
from corpus.files import atomic_directory
from corpus.model.finding import Severity
from corpus.model.manifest import Manifest
from corpus.model.tables import CONFIGS
from corpus.releases.tree import read_tree
from corpus.releases.verification import verify

__all__ = ["make_release"]

_NUMBER = r"(0|[1-9]\d*)"


def make_release(build: Path, out: Path, version: str, date: str | None = None) -> Path:
    """Write ``out/NAME-VERSION/`` and return its path; the bytes depend on build, version and date alone.

    The Parquet files and the scheme are the build's, byte for byte; the card and the manifest name the version.
    A release that is there already with the same bytes is left as it is.

    Raises:
        UsageError: the version is not MAJOR.MINOR.PATCH, the date not YYYY-MM-DD, the build no sound build,
            or another release stands in the place.
        DataError: the build cannot be read.
        OSError: the release cannot be written.
    """
    _check_version(version)
    _check_date(date)
    dataset = BuiltDataset.open(build)
    _check_build(dataset, out)
    target = out.resolve() / f"{dataset.manifest.name}-{version}"
    manifest = dataset.manifest.model_copy(update={"version": version, "date": date, "files": {}})
    if target.exists():
        _check_same(dataset, manifest, target)
        return target
    with atomic_directory(target) as folder:
        _write(dataset, manifest, folder)
    return target


def _write(dataset: BuiltDataset, manifest: Manifest, folder: Path) -> None:
    for name in dataset.manifest.files:
        if name != CARD:
            (folder / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(dataset.directory / name, folder / name)
    (folder / CARD).write_bytes(_card(dataset, manifest).encode("utf-8"))
    files = tree_hashes(folder)
    changed = [name for name, digest in dataset.manifest.files.items() if name != CARD and files[name] != digest]
    if changed:
        raise DataError(f"{dataset.directory / changed[0]} changed while it was copied; build and release again.")
    write_manifest(folder, manifest.model_copy(update={"files": files}))


def _card(dataset: BuiltDataset, manifest: Manifest) -> str:
    parts = {name: {split: dataset.table(name, split) for split in manifest.configs[name].rows} for name in CONFIGS}
    models = {name: dataset.model(name, next(iter(parts[name].values())).schema) for name in CONFIGS}
    return card_text(manifest, dataset.scheme, models, parts)


def _check_version(version: str) -> None:
    if not re.fullmatch(rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}", version, re.ASCII):
        raise UsageError(
            f"A release's version is MAJOR.MINOR.PATCH in whole numbers, such as 0.1.0, got {version!r}."
        )


def _check_date(date: str | None) -> None:
    if date is None:
        return
    try:
        sound = calendar_date.fromisoformat(date).isoformat() == date
    except ValueError:
        sound = False
    if not sound:
        raise UsageError(f"A release's date is a day of the calendar as YYYY-MM-DD, got {date!r}.")


def _check_build(dataset: BuiltDataset, out: Path) -> None:
    build, manifest = dataset.directory, dataset.manifest
    if manifest.version is not None:
        raise UsageError(f"{build} is the release {manifest.version} already; name the build it was made from.")
    if out.resolve().is_relative_to(build.resolve()):
        raise UsageError(f"{out} lies in the build {build}; name a folder outside it.")
    wrong = [finding for finding in verify(build) if finding.severity is Severity.ERROR]
    if wrong:
        more = f" (and {len(wrong) - 1} more: verify it)" if wrong[1:] else ""
        raise UsageError(
            f"{build} is not sound, so it is not released: {wrong[0].place}: {wrong[0].message.rstrip('.')}{more}."
        )


def _check_same(dataset: BuiltDataset, manifest: Manifest, target: Path) -> None:
    """Make sure that the release in the place has the bytes that this one would have."""
    refused = f"{target} is there already with other content; a release is never rewritten: raise the version."
    if not target.is_dir():
        raise UsageError(refused)
    with TemporaryDirectory() as name:
        folder = Path(name)
        _write(dataset, manifest, folder)
        tree = read_tree(target)
        if tree.findings or tree.hashes != tree_hashes(folder):
            raise UsageError(refused)
