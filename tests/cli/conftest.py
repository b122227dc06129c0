"""What tests of the commands on annotations share: sets of two people in a short text."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from corpus.model.annotation import AnchoredSpan, AnnotationSet, Entity, Origin
from corpus.model.document import sha256_text
from corpus.model.span import Span

TEXT = "Ana Roe met Bo Lind."


@pytest.fixture
def labelled() -> Callable[..., AnnotationSet]:
    """Return a maker of a set of two entities by somebody on a document; the second one's label is told."""

    def make(annotator: str, doc_id: str, second: str) -> AnnotationSet:
        """A set of two entities; the second one's label is told."""
        spans = [(AnchoredSpan.of(TEXT, Span(*place)),) for place in ((0, 7), (12, 19))]
        return AnnotationSet(
            annotation_id=f"{doc_id}.{annotator}",
            revision=1,
            state="submitted",
            doc_id=doc_id,
            annotator=annotator,
            anchor_sha256=sha256_text(TEXT),
            scheme="news-ec",
            scheme_version="1.0.0",
            origin=Origin(kind="import"),
            entities=(Entity(id="e1", label="PER", spans=spans[0]), Entity(id="e2", label=second, spans=spans[1])),
        )

    return make
