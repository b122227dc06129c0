"""What models say of documents, as lines of their files."""

from __future__ import annotations

from typing import Any

from labelstudio_material import SCHEME, spans

from corpus.model.annotation import AnnotationSet, Entity, Origin
from corpus.model.document import Document


def said(doc: Document, *entities: tuple[str, str], name: str = "tagger", **values: Any) -> AnnotationSet:
    """Return what a model says of a document: words and their labels."""
    return AnnotationSet(
        **{
            "annotation_id": f"{doc.doc_id}.{name}",
            "revision": 1,
            "state": "submitted",
            "doc_id": doc.doc_id,
            "annotator": name,
            "anchor_sha256": doc.anchor_sha256,
            "scheme": SCHEME.name,
            "scheme_version": SCHEME.version,
            "entities": tuple(
                Entity(id=f"e{n}", spans=spans(doc, words), label=label, score=0.75)
                for n, (words, label) in enumerate(entities, 1)
            ),
            "origin": Origin(kind="model"),
            **values,
        }
    )
