"""Documents, sets and texts that the tests of this room share; no fixtures, plain functions."""

from __future__ import annotations

from typing import Any

from corpus.files import schema_text
from corpus.model.annotation import AnchoredSpan, AnnotationSet, Claim, Cue, Entity, LinkedEntity, Origin, Source
from corpus.model.document import Block, Document, sha256_text, text_pieces
from corpus.model.projection import Projection
from corpus.model.roles import Reason, Role
from corpus.model.scheme import Scheme
from corpus.model.span import Span

SCHEME = Scheme.from_toml(schema_text("news-ec.toml"))

ODD_TEXTS = {
    "emoji": "Flags 🇫🇷 and families 👨‍👩‍👧‍👦 said \U0001f600 yes.\n“We agree 👍🏽,” she said.",
    "marks": "Cafe\u0301 and a\u0308\u0323 marks; Zalgo Z\u0351\u036b said \u0301so.",
    "arabic": "قال وزير الخارجية إن بلاده مستعدة.\nאמר השר: ״אנחנו מוכנים״.\nThen English.",
    "spaces": "A\tb\tc\n\n\n  indented\u00a0text\u2028after a separator\u2029end",
    "controls": "bidi \u202bembedded\u202c and \u200bzero\u200d width\ufeff end",
}
"""Texts in which a wrong count of characters shows."""


def document(doc_id: str, *parts: tuple[str, str, str]) -> Document:
    """Make a document of parts (role name, text, join); the anchor holds them a line each, in order."""
    anchor, blocks = "", []
    for number, (role_name, text, join) in enumerate(parts):
        role = Role(role_name)
        start = len(anchor)
        reason = next(iter(Reason))
        kept = role in (Role.BODY, Role.HEADING, Role.DATELINE)
        blocks.append(
            Block(number, number, start, start + len(text), text, role, reason, "test", 1.0, kept, join, 0)
        )
        anchor += text + "\n"
    return with_blocks(doc_id, anchor, blocks)


def with_blocks(doc_id: str, anchor: str, blocks: list[Block]) -> Document:
    """Make a document whose text is the projection of its blocks."""
    text = Projection.of(anchor, text_pieces(blocks)).text
    unknown: dict[str, Any] = dict.fromkeys(Document.__dataclass_fields__)
    empty: dict[str, tuple[()]] = dict.fromkeys(("authors", "headings", "captions", "credits", "evidence"), ())
    known = {
        "doc_id": doc_id,
        "text": text,
        "source_file": f"{doc_id}.txt",
        "raw_sha256": sha256_text(anchor),
        "anchor_sha256": sha256_text(anchor),
        "text_sha256": sha256_text(text),
        "blocks": tuple(blocks),
        "raw_text": anchor,
    }
    return Document(**{**unknown, **empty, **known})


def plain(doc_id: str, text: str) -> Document:
    """Make a document that is one body block; the text must not begin or end in white space."""
    return document(doc_id, ("body", text, ""))


def spans(doc: Document, *words: str) -> tuple[AnchoredSpan, ...]:
    """Anchor the first occurrence of each of the words."""
    found = []
    for word in words:
        start = doc.raw_text.index(word)
        found.append(AnchoredSpan.of(doc.raw_text, Span(start, start + len(word))))
    return tuple(found)


NEWS = (
    ("boilerplate", "Menu | Sign in", "\n"),
    ("title", "Ministry: “We are ready 🙂”", "\n"),
    ("body", "KYIV — “We are ready,” said Olena Kovalenko, “to talk, and to listen.”", "\n\n"),
    ("duplicate", "Kovalenko in Kyiv", "\n"),
    ("body", "According to the ministry, she had said the talks may fail.", "\n\n"),
)
"""An article with a claim in two pieces, an outer source, and a repeated caption that is dropped."""


def news(doc_id: str = "news-1") -> Document:
    """Return :data:`NEWS` as a document."""
    return document(doc_id, *NEWS)


def news_set(doc: Document, annotator: str = "hand-1") -> AnnotationSet:
    """Annotate :func:`news` with everything that a round trip could lose."""
    return AnnotationSet(
        annotation_id=f"{doc.doc_id}.{annotator}",
        revision=1,
        state="submitted",
        doc_id=doc.doc_id,
        annotator=annotator,
        anchor_sha256=doc.anchor_sha256,
        scheme=SCHEME.name,
        scheme_version=SCHEME.version,
        lead_time=12.5,
        origin=Origin(kind="import", note="made for a test"),
        entities=(
            Entity(id="e1", spans=spans(doc, "KYIV"), label="GPE", entity_id="kyiv"),
            Entity(id="e:2", spans=spans(doc, "Olena Kovalenko"), label="PER", entity_id="ok", note="a note"),
            Entity(id="e3", spans=spans(doc, "Kovalenko in Kyiv"), label="PER", entity_id="ok"),
        ),
        sources=(
            Source(id="s1", spans=spans(doc, "Olena Kovalenko"), entity_ids=("ok",)),
            Source(id="s2", spans=spans(doc, "the ministry")),
            Source(id="s3", spans=spans(doc, "she")),
        ),
        claims=(
            Claim(
                id="c1",
                spans=spans(doc, "“We are ready,”", "“to talk, and to listen.”"),
                attributes={"speech": "direct", "kind": "plan", "check": "no"},
                source_ids=("s1",),
                entity_ids=("ok",),
                cue_ids=("u1",),
                group_id="g7",
            ),
            Claim(
                id="c2",
                spans=spans(doc, "the talks may fail"),
                attributes={"speech": "indirect", "check": "checkable"},
                flags=("hedged",),
                source_ids=("s3",),
                outer_source_ids=("s2",),
            ),
            Claim(id="c3", spans=spans(doc, "“We are ready 🙂”"), attributes={"speech": "mixed"}),
        ),
        cues=(Cue(id="u1", spans=spans(doc, "said")),),
        linked_entities=(LinkedEntity(entity_id="ok", qid="Q1"),),
    )
