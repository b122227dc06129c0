"""Publish a release: to the Hugging Face Hub or to any folder that fsspec reaches; look first, send then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import UsageError
from corpus.export.layout import MANIFEST, SIGNATURE, SUMS
from corpus.export.store import BuiltDataset
from corpus.files import sha256_file
from corpus.model.finding import Severity
from corpus.model.rights import Decision
from corpus.readers.targets import Target, send_files
from corpus.releases.hub import HubState, look_up, send
from corpus.releases.verification import verify

__all__ = ["Publication", "open_publication", "publish_to_folder", "publish_to_hub", "see_folder", "see_hub"]


@dataclass(frozen=True, slots=True)
class Publication:
    """A sound release that may be published."""

    dataset: BuiltDataset
    files: Mapping[str, str]
    """SHA-256 of every file by relative path, the manifest last: who finds it finds all."""

    @property
    def tag(self) -> str:
        """The version's tag: "v1.2.0"."""
        return f"v{self.dataset.manifest.version}"

    @property
    def title(self) -> str:
        """One line that says what is published."""
        manifest = self.dataset.manifest
        return f"{manifest.name} {manifest.version}" + (
            "" if manifest.edition == "full" else f", {manifest.edition}"
        )

    @property
    def size(self) -> int:
        """Bytes in all."""
        return sum((self.dataset.directory / name).stat().st_size for name in self.files)


def open_publication(directory: Path, *, full: bool = False, despite_rights: bool = False) -> Publication:
    """Open a release, verify it, and make sure that it may be published.

    A full edition is published where ``full`` says so and every document's rights allow it; where they do not, only
    with ``despite_rights`` too: that is the second time of saying it.

    Raises:
        UsageError: the directory is no sound release, or must not be published as it was asked.
        DataError: it cannot be read.
    """
    dataset = BuiltDataset.open(directory)
    if dataset.manifest.version is None:
        raise UsageError(f"{directory} is a build, not a release; release it first.")
    _check_rights(dataset, full, despite_rights)
    wrong = [finding for finding in verify(directory) if finding.severity is Severity.ERROR]
    if wrong:
        raise UsageError(
            f"{directory} is not sound, so it is not published: {wrong[0].place}: {wrong[0].message.rstrip('.')}."
        )
    files = dict(sorted(dataset.manifest.files.items()))
    files |= {
        name: sha256_file(directory / name) for name in (SIGNATURE, SUMS, MANIFEST) if (directory / name).is_file()
    }
    return Publication(dataset, files)


def see_hub(publication: Publication, repo: str, *, private: bool = False) -> HubState:
    """Ask the Hub what publishing would change; nothing is sent.

    Raises:
        UsageError: the tag is there with other files, or a repository that must be private is public.
        ServerError: the Hub refuses or cannot be reached.
    """
    return look_up(publication.dataset.directory, publication.files, repo, publication.tag, private=private)


def publish_to_hub(publication: Publication, state: HubState, repo: str, *, private: bool = False) -> str:
    """Send what ``state`` says is missing, as one commit with the version's tag; return the commit's id.

    Raises:
        ServerError: the Hub refuses or cannot be reached.
    """
    directory = publication.dataset.directory
    return send(directory, state, repo, publication.tag, publication.title, private=private)


def see_folder(publication: Publication, address: str) -> Target:
    """Look at the folder ``address/NAME-VERSION`` that publishing would fill.

    Raises:
        UsageError: another release stands there.
        SourceError: the address cannot be reached.
    """
    target = Target.open(f"{address.rstrip('/')}/{publication.dataset.directory.resolve().name}")
    there = target.sha256(MANIFEST)
    if there not in (None, publication.files[MANIFEST]):
        raise UsageError(
            f"{target.shown} holds another release under this name; a published version is never changed: release "
            "a new one."
        )
    return target


def publish_to_folder(publication: Publication, target: Target) -> int:
    """Send the files that the folder lacks, the manifest last; return how many were sent.

    Raises:
        SourceError: a file cannot be sent.
    """
    return send_files(publication.dataset.directory, publication.files, target)


def _check_rights(dataset: BuiltDataset, full: bool, despite_rights: bool) -> None:
    if dataset.manifest.edition == "public":
        return
    if not full:
        raise UsageError(
            f"{dataset.directory} is the {dataset.manifest.edition} edition; publish the public one (`corpus "
            'release --edition public` makes it), or say `edition="full"`.'
        )
    closed = _not_allowed(dataset)
    if closed and not despite_rights:
        raise UsageError(
            f"{closed} of the documents in {dataset.directory} may not clearly be passed on; publish the public "
            "edition, or say `despite_rights=True` too."
        )


def _not_allowed(dataset: BuiltDataset) -> int:
    """Return how many documents have a text, or a part of one, that is not clearly allowed to be passed on."""
    batches = dataset.batches("documents", ("doc_id", "rights_record"))
    return sum(not _is_allowed(record) for data in batches for record in data.column("rights_record").to_pylist())


def _is_allowed(record: dict[str, Any] | None) -> bool:
    allowed = Decision.ALLOWED.value
    if record is None or record["decision"] != allowed:
        return False
    return all(part["decision"] == allowed for part in record["parts"] or ())
