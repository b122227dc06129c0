"""Make the public edition of a release: the full one without the texts that may not be passed on."""

from __future__ import annotations

from pathlib import Path

from corpus.errors import UsageError
from corpus.export.dataset import write_dataset
from corpus.export.layout import MANIFEST
from corpus.export.store import BuiltDataset, read_manifest
from corpus.files import scratch_directory, sha256_file
from corpus.releases.changelog import CHANGES
from corpus.releases.planning import Plan, check_release, check_whole
from corpus.releases.public.withholding import withheld_content
from corpus.releases.release import edition_manifest, put_release, write_full, write_tree

__all__ = ["public_edition", "public_path", "release_public"]


def public_path(out: Path, name: str, version: str) -> Path:
    """Return where the public edition of a release lies.

    The name differs from the full edition's, since ``datasets`` keys its cache by the directory's base name.
    """
    return out.resolve() / f"{name}-public-{version}"


def release_public(plan: Plan, date: str | None = None) -> Path:
    """Write the public edition of the release that is planned and return its path.

    Where nothing differs from the previous release it is the public edition of that one.

    Raises:
        UsageError: another release stands in the place, or the date is not that of the full edition.
        DataError: a file cannot be read.
        OSError: it cannot be written.
    """
    if plan.version is None and plan.previous is not None:
        return public_edition(plan.previous.dataset.directory, plan.out, date)
    if plan.target.exists():
        write_full(plan, plan.target, date)
        return public_edition(plan.target, plan.out)
    place = public_path(plan.out, plan.dataset.manifest.name, str(plan.version))
    with scratch_directory("corpus-release") as folder:
        full = folder / plan.target.name
        write_full(plan, full, date)
        if place.is_dir() and read_manifest(place / MANIFEST).full_manifest_sha256 != sha256_file(full / MANIFEST):
            raise UsageError(
                f"{place} is there already, made of another full edition, which is not in {plan.out}: so none can "
                "tell what differs since; name that one with `previous=`, or name a greater version."
            )
        return public_edition(full, plan.out)


def public_edition(release: Path, out: Path, date: str | None = None) -> Path:
    """Write the public edition of a full release to ``out/NAME-public-VERSION/`` and return its path.

    It has the version, the date, the changelog and the recorded tools of the full edition, and the hash of its
    manifest; it depends on the full edition alone.

    Raises:
        UsageError: the directory is no full release that is as it was made, ``date`` is not its own, or another
            release stands in the place.
        DataError: a file cannot be read.
        OSError: it cannot be written.
    """
    full = _checked_full(release, out, date)
    told = full.manifest

    def write(folder: Path) -> None:
        with scratch_directory("corpus-edition") as name:
            build, scratch = name / "build", name / "rows"
            scratch.mkdir()
            content, changes = withheld_content(full, scratch, (release / CHANGES).read_bytes().decode("utf-8"))
            write_dataset(build, content)
            public, digest = BuiltDataset.open(build), sha256_file(release / MANIFEST)
            manifest = edition_manifest(told, public.manifest, edition="public", full=digest)
            write_tree(public, manifest, changes.encode("utf-8"), folder)

    return put_release(public_path(out, told.name, str(told.version)), write)


def _checked_full(release: Path, out: Path, date: str | None) -> BuiltDataset:
    """Return the full release, once a public edition of it may be made."""
    full = BuiltDataset.open(release)
    told = full.manifest
    if told.version is None or told.edition != "full":
        what = "a build" if told.version is None else f"the {told.edition} edition"
        raise UsageError(f"{release} is {what}; a public edition is made of a full release or of a build.")
    if out.resolve().is_relative_to(release.resolve()):
        raise UsageError(f"{out} lies in the release {release}; name a folder outside it.")
    check_release(full)
    check_whole(full)
    if date is not None and date != told.date:
        raise UsageError(
            f"The full edition {told.version} has the date {told.date}, got {date}; leave out `date=`."
        )
    return full
