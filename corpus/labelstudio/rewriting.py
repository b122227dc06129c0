"""An annotation on the server is written over: looked at right before, and at what came in between.

Label Studio honours no precondition (it ignores ``If-Match`` and ``If-Unmodified-Since``) and keeps no history. So
what an annotator submits in the milliseconds between our reading and our writing is overwritten there, and cannot
be had back; but it is noticed. The screen sends its time with every submission and we never change it: where the
answer to our writing tells of another ``lead_time`` than the reading did, somebody submitted in between.
"""

from __future__ import annotations

from typing import Any

from corpus.labelstudio.client import RefusedError
from corpus.labelstudio.work import Work

__all__ = ["read_again", "write_over"]


def read_again(work: Work, annotation: int) -> dict[str, Any] | None:
    """Return an annotation as it stands now, None where it is gone."""
    try:
        record = work.client.get(_path(annotation))
    except RefusedError as refusal:
        if refusal.status != 404:
            raise
        return None
    return record if isinstance(record, dict) else {}


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
