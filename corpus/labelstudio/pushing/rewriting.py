"""An annotation on the server is written over: looked at right before, and at what came in between.

Label Studio honours no precondition (it ignores ``If-Match`` and ``If-Unmodified-Since``) and keeps no history. So
what an annotator submits in the milliseconds between our reading and our writing is overwritten there, and cannot
be had back; but it is noticed. The screen sends its time with every submission and we never change it: where the
answer to our writing tells of another ``lead_time`` than the reading did, somebody submitted in between.

Whatever is written to an annotation, the server throws away the drafts on it: what somebody has changed there and
not yet submitted. So an annotation with a draft is left as it is until the draft is submitted or discarded.
"""

from __future__ import annotations

from typing import Any

from corpus.labelstudio.wire.client import RefusedError, records
from corpus.labelstudio.work import Work

__all__ = ["draft_holds", "drafts_on", "read_again", "write_over"]


def read_again(work: Work, annotation: int) -> dict[str, Any] | None:
    """Return an annotation as it stands now, None where it is gone."""
    try:
        record = work.client.get(_path(annotation))
    except RefusedError as refusal:
        if refusal.status != 404:
            raise
        return None
    return record if isinstance(record, dict) else {}


def drafts_on(work: Work, task: int) -> list[dict[str, Any]]:
    """Return what people have drawn on a task, or changed there, and not yet submitted; whoever they are."""
    try:
        return records(work.client.get(f"/api/tasks/{task}/drafts"))
    except RefusedError as refusal:
        if refusal.status != 404:
            raise
        return []


def draft_holds(work: Work, task: int, annotation: int) -> bool:
    """Tell whether an annotation must not be written to, for a draft on it would go; a finding says so."""
    if work.options.retire_drafts or (work.options.dry_run and task not in work.drafted):
        return False
    if all(draft.get("annotation") != annotation for draft in drafts_on(work, task)):
        return False
    message = (
        "It is to be changed, but somebody has an unsubmitted draft on it, which the server would throw away; it "
        "is left as it is until the draft is submitted or discarded (or changed at once with `retire_drafts=True`)."
    )
    work.report.note("draft-holds-annotation", f"task {task}/annotation {annotation}", message)
    work.incomplete = True
    return True


def write_over(work: Work, name: str, place: str, before: dict[str, Any], body: dict[str, Any]) -> Any:
    """Change the annotation that was just read as ``before``, and say where an edit was overwritten."""
    made = work.send(name, "PATCH", _path(before["id"]), body, repeatable=True)
    if isinstance(made, dict) and "lead_time" in made and made["lead_time"] != before.get("lead_time"):
        message = (
            "Somebody submitted it in the very moment it was brought up to this side's version, and what they "
            "changed then is lost: ask them to look at it again."
        )
        work.report.note("annotation-overwritten", place, message)
    return made


def _path(annotation: int) -> str:
    return f"/api/annotations/{annotation}/"
