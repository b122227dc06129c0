"""What somebody changed here since the two sides were in step; without a ledger, what looks like that.

Where the ledger was lost and the server has moved on since, nothing tells for sure whether the newest version here
was sent before. What the task was imported with was, and so was what a pull wrote. All else may not have been: then
it is a conflict, for nobody's work is to give way in silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

from corpus.labelstudio.format.carried import without_carried
from corpus.labelstudio.format.tasks import annotation_body
from corpus.labelstudio.ledger.known import Key, Step
from corpus.labelstudio.pulling.reading import content
from corpus.labelstudio.wire.listing import digest_of
from corpus.labelstudio.work import Work
from corpus.model.annotation import AnnotationSet
from corpus.model.document import Document
from corpus.model.drawn import annotation_number

__all__ = ["unsent"]


def unsent(
    work: Work, key: Key, step: Step, document: Document | None, pushed: Mapping[str, object]
) -> AnnotationSet | None:
    """Return the newest version where somebody here made it since the two sides were in step.

    ``pushed`` has the hashes of what the task was imported with, by the annotations' numbers.
    """
    latest = work.history.latest(key)
    if latest is None or latest.revision in (step.revision, step.pulled):
        return None
    unknown = step.revision is None and step.pulled is None
    if unknown and (_was_pulled(work, latest) or _was_imported(work, latest, document, pushed)):
        return None  # it was on the server before, which has moved on since
    return latest


def _was_pulled(work: Work, own: AnnotationSet) -> bool:
    """Tell whether a pull wrote a version: an edit by hand has the time of the version that it was made of."""
    if own.origin.kind != "labelstudio":
        return False
    before = next(islice(work.history.newest_first((own.doc_id, own.annotator)), 1, None), None)
    if before is None or (before.updated_at, before.anchor_sha256) != (own.updated_at, own.anchor_sha256):
        return True
    return content(before) == content(own)


def _was_imported(work: Work, own: AnnotationSet, document: Document | None, pushed: Mapping[str, object]) -> bool:
    if document is None or own.anchor_sha256 != document.anchor_sha256:
        return False
    body, _ = annotation_body(own, document, work.scheme, 0)
    digest = pushed.get(str(annotation_number(own.annotation_id)))
    rows = body["result"]
    return digest in [digest_of(own.state == "skipped", sent) for sent in (rows, without_carried(rows))]
