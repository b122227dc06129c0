"""One annotation of the server's under two names: what it looks like when files of strange checkouts were merged.

Two checkouts that did not know each other's files may have given people other names. Where their files are brought
together later, each annotation that both pulled stands there twice, and sent under its second name it would stand
twice on the server, too. That both are the same is known from when it was made there, to the microsecond.
"""

from __future__ import annotations

from corpus.annotation.heads import SUFFIX
from corpus.labelstudio.ledger.known import Key
from corpus.labelstudio.pulling.matching import born_at
from corpus.labelstudio.work import Work
from corpus.model.finding import Severity

__all__ = ["is_doubled"]


def is_doubled(work: Work, key: Key) -> bool:
    """Tell whether an annotation that was never sent stands on the server under another name, or goes there so.

    The user is told.
    """
    if work.ledger.step_of(work.mark, key).revision is not None:
        return False
    born = born_at(work, key)
    same = [key, *(k for k in work.history.keys(key[0]) if k != key and born is not None and _is(work, k, born))]
    first = min(same, key=lambda k: (work.ledger.step_of(work.mark, k).revision is None, k))
    if first == key:
        return False
    message = (
        f"What was drawn on the server at {born} is in the files of both {first[1]!r} and {key[1]!r}: checkouts "
        "that did not share their files gave one person two names, or one name to two people. It counts as "
        f"{first[1]!r}'s and is not sent again; take its lines out of {key[1]}{SUFFIX}."
    )
    work.report.note("annotation-doubled", key[0], message, Severity.ERROR)
    work.incomplete = True
    return True


def _is(work: Work, key: Key, born: str) -> bool:
    own = work.history.latest(key)
    return own is not None and own.state != "deleted" and born_at(work, key) == born
