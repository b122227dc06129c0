"""The build that a new one takes the place of and goes on from: nothing of it is lost without a word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corpus.errors import CorpusError, DataError
from corpus.export.layout import MANIFEST, SUMS, sums_bytes
from corpus.files import sha256_bytes
from corpus.model.finding import Finding, Severity
from corpus.releases.checks.tree import check_manifest, read_tree

__all__ = ["gone_on_from", "mended_in"]

_WAY_OUT = re.compile(r"; [^;]*build it again\.$")
_DAMAGE = {
    "changed-file": "It was not as it had been written",
    "missing-file": "It was missing",
    "extra-file": "It was no file of the build",
    "link": "It was a link",
    "not-a-file": "It was neither a file nor a directory",
    "unreadable": "It could not be read",
}
"""How a build was damaged that is replaced, by the code of what :mod:`corpus.releases.checks.tree` finds."""
_SYSTEMS = ".DS_Store"
"""What macOS puts into folders: no damage, and nobody misses it."""


@contextmanager
def gone_on_from(directory: Path) -> Iterator[None]:
    """Read in its body what a new build takes over from the one in ``directory``.

    Raises:
        DataError: that cannot be read, and would begin anew.
    """
    try:
        yield
    except CorpusError as error:
        told = _WAY_OUT.sub("", str(error)).rstrip(".")
        raise DataError(
            f"{directory} holds a build that cannot be read, and a new one goes on from it: which revision a text "
            f"is, which older texts annotations name, in which split a document stands. {told}. Bring it back "
            "from a copy, or move it away and build it again, and all of that begins anew."
        ) from error


def mended_in(directory: Path) -> list[Finding]:
    """Tell which files of the build in ``directory`` are damaged, just before a new one takes its place.

    Where there is none, or its manifest cannot be read (nothing goes on from that), nothing is told.
    """
    tree = read_tree(directory)
    manifest, found = check_manifest(tree)
    if manifest is None:
        return []
    told = {each.place: _DAMAGE[each.code] for each in (*tree.findings, *found) if each.code in _DAMAGE}
    sums = sums_bytes({**manifest.files, MANIFEST: tree.hashes[MANIFEST]})
    if tree.hashes.get(SUMS) != sha256_bytes(sums):
        told[SUMS] = _DAMAGE["changed-file" if SUMS in tree.hashes else "missing-file"]
    return [
        Finding("mended", name, f"{what}; this build, whole, has taken its place.", Severity.WARNING)
        for name, what in sorted(told.items())
        if Path(name).name != _SYSTEMS
    ]
