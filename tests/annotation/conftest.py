"""Scheme, sets and documents for the tests of this room."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.files import schema_text
from corpus.model.annotation import AnchoredSpan, AnnotationSet, Claim, Cue, Entity, LinkedEntity, Origin, Source
from corpus.model.document import sha256_text
from corpus.model.scheme import Scheme
from corpus.model.span import Span

sys.path.insert(0, str(Path(__file__).parent))

ROOT = Path(__file__).resolve().parents[2]
TEXT = "Mayor Ana Roe said the bridge is closed. “It was cold,” she added."


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def scheme() -> Scheme:
    return Scheme.from_toml(schema_text("news-ec.toml"))


@pytest.fixture
def text() -> str:
    return TEXT


@pytest.fixture
def make_set() -> Callable[..., AnnotationSet]:
    """Return a maker of a small complete set on TEXT; keywords replace its fields."""

    def at(words: str) -> tuple[AnchoredSpan, ...]:
        start = TEXT.index(words)
        return (AnchoredSpan.of(TEXT, Span(start, start + len(words))),)

    base = AnnotationSet(
        annotation_id="bridge.ann-1",
        revision=1,
        state="submitted",
        doc_id="bridge",
        annotator="ann-1",
        anchor_sha256=sha256_text(TEXT),
        scheme="news-ec",
        scheme_version="1.0.0",
        origin=Origin(kind="import"),
        entities=(Entity(id="e1", label="PER", spans=at("Ana Roe"), entity_id="roe"),),
        sources=(Source(id="s1", spans=at("Mayor Ana Roe"), entity_ids=("roe",)), Source(id="s2", spans=at("she"))),
        cues=(Cue(id="u1", spans=at("said")), Cue(id="u2", spans=at("added"))),
        claims=(
            Claim(
                id="c1",
                spans=at("the bridge is closed"),
                attributes={"speech": "indirect", "kind": "fact", "check": "worth"},
                source_ids=("s1",),
                cue_ids=("u1",),
                entity_ids=("roe",),
                group_id="G1",
            ),
            Claim(
                id="c2",
                spans=at("“It was cold,”"),
                attributes={"speech": "direct"},
                flags=("hedged",),
                source_ids=("s2",),
                cue_ids=("u2",),
            ),
        ),
        linked_entities=(LinkedEntity(entity_id="roe", qid="Q42"),),
    )

    def make(**changes: object) -> AnnotationSet:
        return AnnotationSet.model_validate(base.model_dump() | changes)

    return make
