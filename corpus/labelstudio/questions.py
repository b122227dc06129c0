"""What an adjudicator is asked about documents: the same sync, with a question on every task.

A question is the revisions whose disputes a person is to settle; a task carries it in its data as ``asked``
("ada:2 bo:1"). A task whose question is no longer the present one is replaced as one with an outdated text is
(:mod:`corpus.labelstudio.pushing.retirement`): the old one stays with its answer, the new one shows what has
changed.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from corpus.annotation.heads import ADJUDICATION, annotation_files
from corpus.labelstudio.format.proposing import Proposer
from corpus.labelstudio.ledger.store import Key
from corpus.model.annotation import AnnotationSet
from corpus.model.document import Document

if TYPE_CHECKING:
    from corpus.labelstudio.work import Work

__all__ = ["DECIDES", "Questions", "asked_of", "pseudonyms", "votes_of"]

DECIDES = "decides"
"""What the note of such a set begins with, before the revisions it was made on."""
_VOTE = re.compile(r"([a-z0-9][a-z0-9._-]*):([1-9]\d{0,8})")


class Questions(Protocol):
    """The questions of one adjudication."""

    @property
    def proposers(self) -> tuple[Proposer, ...]:
        """What makes the tasks' predictions; what the last one makes is shown first."""

    def settle(self, work: Work) -> None:
        """Bring the decisions that were pulled into gold; what is open is known after it."""

    def asks(self, doc_id: str) -> bool:
        """Tell whether there is to be a task: something is open, or somebody has decided or skipped it."""

    def asked(self, doc_id: str) -> str:
        """Return the question of a new task."""

    def stands(self, doc_id: str, asked: str) -> bool:
        """Tell whether a task with that question need not be replaced."""

    def answers(self, own: AnnotationSet, asked: str) -> bool:
        """Tell whether a set answers that question."""

    def data(self, document: Document) -> dict[str, Any]:
        """Return what a task's data hold beside the text: the question, and the list that is shown."""

    def base(self, key: Key, asked: str, created_at: str | None) -> AnnotationSet | None:
        """Return what an adjudicator began with who has no set of the document yet."""


def pseudonyms(folder: Path) -> set[str]:
    """Return who has a file among the annotation files, as an annotator or as an adjudicator."""
    return {path.stem for own in (folder, folder / ADJUDICATION) for path in annotation_files(own)}


def asked_of(votes: dict[str, int]) -> str:
    """Return a question as a task carries it.

    >>> asked_of({"bo": 1, "ada": 2})
    'ada:2 bo:1'
    """
    return " ".join(f"{who}:{revision}" for who, revision in sorted(votes.items()))


def votes_of(asked: str) -> dict[str, int]:
    """Return the revisions of a question; none where it is none.

    >>> votes_of("ada:2 bo:1"), votes_of("ada:two")
    ({'ada': 2, 'bo': 1}, {})
    """
    found = [_VOTE.fullmatch(part) for part in asked.split(" ")]
    return {part[1]: int(part[2]) for part in found if part is not None} if all(found) else {}
