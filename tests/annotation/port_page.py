"""A page with furniture among its lines, and sets of annotations on it, for tests of rows and of their places."""

from __future__ import annotations

from dataclasses import fields

from corpus.annotation.rows import annotation_rows
from corpus.files import schema_text
from corpus.model.annotation import AnchoredSpan, AnnotationSet, Claim, Entity, Origin
from corpus.model.document import Block, Document, sha256_text, text_pieces
from corpus.model.projection import Projection
from corpus.model.roles import Reason, Role
from corpus.model.scheme import Scheme
from corpus.model.span import Span

SCHEME = Scheme.from_toml(schema_text("news-ec.toml"))

PAGE = """Storm closes the port of Moss

Moss, Norway (NTB)
Share this
A storm closed the port, Mayor Ana Roe
said on Monday. “We must
Advertisement
wait,” she added.
Waves at the pier of Moss. Photo: Roe
Waves at the pier of Moss. Photo: Roe
"""


ROLES = {
    "Storm closes": Role.TITLE,
    "Moss, Norway": Role.DATELINE,
    "Share this": Role.BOILERPLATE,
    "Advertisement": Role.BOILERPLATE,
    "Waves": Role.CAPTION,
}


def block(number: int, start: int, raw: str, end: int, role: Role, join: str) -> Block:
    kept = role in (Role.BODY, Role.HEADING, Role.DATELINE)
    reason = Reason.PROSE
    return Block(number, number, start, end, raw[start:end], role, reason, "test", 1.0, kept, join, 0)


def document(raw: str, blocks: list[Block], doc_id: str = "port") -> Document:
    titles = [b.text for b in blocks if b.role is Role.TITLE]
    unknown = dict.fromkeys(field.name for field in fields(Document))
    known = {
        "doc_id": doc_id,
        "title": titles[0] if titles else None,
        "text": Projection.of(raw, text_pieces(blocks)).text,
        "authors": (),
        "headings": (),
        "captions": tuple(b.text for b in blocks if b.role is Role.CAPTION),
        "credits": (),
        "source_file": "port.txt",
        "raw_sha256": sha256_text(raw),
        "anchor_sha256": sha256_text(raw),
        "text_sha256": "",
        "blocks": tuple(blocks),
        "evidence": (),
        "raw_text": raw,
    }
    return Document(**(unknown | known))


def page() -> Document:
    """Return the page with one block a line; its second caption is a duplicate."""
    blocks: list[Block] = []
    seen: set[str] = set()
    at = 0
    for line in PAGE.split("\n"):
        role = next((role for words, role in ROLES.items() if line.startswith(words)), Role.BODY)
        if line:
            role = Role.DUPLICATE if line in seen else role
            blocks.append(block(len(blocks), at, PAGE, at + len(line), role, "\n"))
            seen.add(line)
        at += len(line) + 1
    return document(PAGE, blocks)


def at(words: str, nth: int = 0) -> AnchoredSpan:
    start = -1
    for _ in range(nth + 1):
        start = PAGE.index(words, start + 1)
    return AnchoredSpan.of(PAGE, Span(start, start + len(words)))


def made(**items: object) -> AnnotationSet:
    fields = {
        "annotation_id": "port.ann-1",
        "revision": 1,
        "state": "submitted",
        "doc_id": "port",
        "annotator": "ann-1",
        "anchor_sha256": sha256_text(PAGE),
        "scheme": "news-ec",
        "scheme_version": "1.0.0",
        "origin": Origin(kind="import"),
    }
    return AnnotationSet.model_validate(fields | items)


def placed(*sets: AnnotationSet) -> dict[str, list[dict]]:
    result = annotation_rows(sets, {"port": page()}, SCHEME)
    assert result.findings == []
    return result.rows


def entity(*pieces: AnchoredSpan) -> dict:
    (row,) = placed(made(entities=(Entity(id="e1", label="GPE", spans=pieces),)))["entities"]
    return row


def claim(*pieces: AnchoredSpan) -> dict:
    (row,) = placed(made(claims=(Claim(id="c1", spans=pieces),)))["claims"]
    return row
