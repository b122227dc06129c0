"""One annotation of the server's as a version of an annotation set."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from corpus.annotation.checks import check_set
from corpus.annotation.decisions import votes_in
from corpus.annotation.majority import told_votes
from corpus.errors import DataError
from corpus.labelstudio.format.renaming import renamed_rows
from corpus.labelstudio.format.results import read_result
from corpus.labelstudio.format.shown import Name
from corpus.labelstudio.format.tasks import TaskText
from corpus.labelstudio.ledger.store import Key
from corpus.labelstudio.pulling.matching import person
from corpus.labelstudio.questions import DECIDES, votes_of
from corpus.labelstudio.wire.listing import ServerAnnotation, ServerTask
from corpus.labelstudio.work import Work
from corpus.model.annotation import PSEUDONYM, AnnotationSet, LinkedEntity, Origin, State
from corpus.model.document import Document
from corpus.model.finding import Finding, Severity

__all__ = ["content", "following", "made_set", "task_text", "tombstone"]

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_CONTENT = ("state", "entities", "sources", "claims", "cues", "orphans")


def content(item: AnnotationSet) -> tuple[object, ...]:
    """Return what two versions must share to say the same; of a decision, what was asked as well."""
    asked = votes_in(item.origin.note) if item.origin.note.startswith(DECIDES) else {}
    return (*(getattr(item, name) for name in _CONTENT), *sorted(asked.items()))


def task_text(work: Work, task: ServerTask, document: Document | None) -> TaskText:
    """Return the text that a task was annotated on.

    It is read from the task's data; where those were changed on the server, it is the text that was pushed,
    as the ledger keeps it (each region says its own words, so nothing can land on the wrong ones).

    Raises:
        DataError: it was not made here and nobody knows its text, or it is of another scheme.
    """
    try:
        text = TaskText.of_data(task.data)
    except DataError:
        known = work.ledger.task(work.mark, task.id)
        kept = work.ledger.text(known.text_sha256) if known is not None else None
        if kept is None:
            raise
        text = replace(TaskText.of_data(kept), asked=known.asked if known is not None else "")
        message = "Its data were changed on the server; what is drawn on it is read on the text that was pushed."
        work.report.note("task-changed-there", f"task {task.id}", message)
    if text.scheme != work.scheme.name:
        raise DataError(f"the task is of the scheme {text.scheme!r}, not {work.scheme.name!r}")
    return text.with_anchor(document)


def made_set(
    work: Work,
    key: Key,
    drawn: ServerAnnotation,
    text: TaskText,
    base: AnnotationSet | None,
    place: str,
    shown: frozenset[Name] | None = None,
) -> tuple[AnnotationSet | None, list[Finding]]:
    """Return the set that an annotation makes (None where it makes none), and what was wrong with it.

    ``base`` is the version it was made from; what the screen did not show (``shown``, else what it shows today) is
    taken from there.
    """
    if not PSEUDONYM.fullmatch(key[1]):
        return None, [Finding("annotation-unusable", place, "Its author's name is no pseudonym.")]
    read = read_result(renamed_rows(drawn.result, work.scheme), text, work.scheme, base, place, shown)
    state: State = "skipped" if drawn.cancelled else "submitted"
    edited = drawn.edited_by not in (None, drawn.person, work.me)
    editor = f"edited by {person(work, drawn.edited_by)}" if edited else ""
    values: dict[str, Any] = {
        **read.content(),
        "linked_entities": _linked(base, read.linked),
        "state": state,
        "scheme_version": work.scheme.version,
        "updated_at": _time(drawn.updated_at),
        "lead_time": drawn.lead_time,
        "origin": Origin(kind="labelstudio", note=_answered(text.asked, editor) or _note(base, editor)),
    }
    try:
        made = AnnotationSet(**{**(dict(base) if base else _blank(work, key, drawn, text)), **values})
    except ValidationError as error:
        message = f"It makes no set: {error.errors()[0]['msg']}."
        return None, [Finding("annotation-unusable", place, message)]
    faults = check_set(made, work.scheme, text.anchor, place)
    errors = [fault for fault in faults if fault.severity is Severity.ERROR]
    return made, [*read.findings, *errors]


def _linked(base: AnnotationSet | None, came: Iterable[LinkedEntity]) -> tuple[LinkedEntity, ...]:
    """Return the entities with an identifier that were known, and those that came along."""
    known = base.linked_entities if base is not None else ()
    return tuple({one.entity_id: one for one in (*known, *came)}.values())


def _answered(asked: str, editor: str) -> str:
    """Return which revisions a decision was made on, and who edited it; "" where nothing was asked."""
    votes = votes_of(asked)
    return "; ".join(part for part in (f"{DECIDES} {told_votes(votes)}", editor) if part) if votes else ""


def _note(base: AnnotationSet | None, editor: str) -> str:
    """Return what a reader must know: what was said of the version it was made from, and who edited it."""
    carried = base.origin.note if base is not None and base.state != "deleted" else ""
    return "; ".join(part for part in (carried, "" if editor in carried else editor) if part)


def following(item: AnnotationSet, latest: AnnotationSet | None, revision: int) -> AnnotationSet:
    """Return a version that continues a history: its number, and the identity that all versions share."""
    update: dict[str, object] = {"revision": revision}
    if latest is not None:
        update |= {"annotation_id": latest.annotation_id, "created_at": latest.created_at or item.created_at}
    return item.model_copy(update=update)


def tombstone(latest: AnnotationSet) -> AnnotationSet:
    """Return the version that records a deletion on the server."""
    empty: dict[str, Sequence[object]] = dict.fromkeys(("entities", "sources", "claims", "cues"), ())
    update = {"revision": latest.revision + 1, "state": "deleted", "updated_at": None, "lead_time": None}
    origin = Origin(kind="labelstudio", note="deleted on the server")
    return latest.model_copy(update={**empty, **update, "linked_entities": (), "origin": origin})


def _blank(work: Work, key: Key, drawn: ServerAnnotation, text: TaskText) -> dict[str, Any]:
    """Return what a set that was born on the server starts from."""
    return {
        "annotation_id": f"{key[0]}.{key[1]}",
        "revision": 1,
        "doc_id": key[0],
        "annotator": key[1],
        "anchor_sha256": text.anchor_sha256,
        "scheme": text.scheme,
        "guideline_version": work.scheme.guideline_version,
        "created_at": _time(drawn.created_at),
    }


def _time(value: str | None) -> str | None:
    return value if value is not None and _TIME.fullmatch(value) else None
