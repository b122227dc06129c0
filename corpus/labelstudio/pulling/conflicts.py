"""The same annotation changed on both sides: both versions are kept, and the user decides.

While nobody has decided, this side's version is the newest of its history, the server's stands on the server
and, as it was seen, in ``annotations/conflicts/ANNOTATOR.jsonl`` (one line a version, never rewritten). Once
decided, both are versions of the history, the preferred one the newer of the two.
"""

from __future__ import annotations

from collections.abc import Sequence

from corpus.annotation.heads import CONFLICTS
from corpus.annotation.lines import LineError, line_of, set_of
from corpus.files import atomic_write
from corpus.labelstudio.ledger.journal import durable
from corpus.labelstudio.ledger.store import Key
from corpus.labelstudio.pulling.reading import content
from corpus.labelstudio.questions import DECIDES
from corpus.labelstudio.work import Side, Work
from corpus.model.annotation import AnnotationSet, Origin

__all__ = ["is_undecided", "keep_theirs", "settle"]


def keep_theirs(work: Work, theirs: AnnotationSet) -> None:
    """Write the server's version to disk, once.

    Safe at any interruption: the file is replaced whole, and a line that stands there is not written again.
    """
    if work.options.dry_run:
        return
    path = work.material.folder / CONFLICTS / f"{theirs.annotator}.jsonl"
    before = path.read_bytes() if path.exists() else b""
    line = line_of(theirs)
    if line not in before:
        with durable("conflict-file"), atomic_write(path) as stream:
            stream.write(before + line)


def is_undecided(work: Work, key: Key) -> bool:
    """Tell whether the server's version of a conflict lies on disk, and no version of the history says the same.

    So it is found without a ledger: once decided, both versions are history.
    """
    path = work.material.folder / CONFLICTS / f"{key[1]}.jsonl"
    kept = (
        [item for line in path.read_bytes().splitlines() if (item := _read(line)) is not None]
        if path.exists()
        else []
    )
    theirs = [content(item) for item in kept if (item.doc_id, item.annotator) == key]
    known = [content(item) for item in work.history.newest_first(key)] if theirs else []
    return any(item not in known for item in theirs)


def _read(line: bytes) -> AnnotationSet | None:
    try:
        return set_of(line)
    except LineError:
        return None


def settle(work: Work, key: Key, ours: AnnotationSet, theirs: Sequence[AnnotationSet], prefer: Side) -> None:
    """Add the server's versions to the history and, where this side is preferred, this side's again."""
    number = ours.revision
    for item in theirs:
        number += 1
        note = "the server's side of a conflict" + ("" if prefer == "server" else "; the other side was preferred")
        if item.origin.note.startswith(DECIDES):
            note = f"{item.origin.note}; {note}"
        update = {
            "revision": number,
            "annotation_id": ours.annotation_id,
            "origin": Origin(kind="labelstudio", note=note),
        }
        work.history.add(item.model_copy(update=update))
    if prefer == "local":
        work.history.add(ours.model_copy(update={"revision": number + 1}))
    work.ledger.settle(work.mark, key)
