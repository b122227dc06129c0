"""Make valid tables from hand-made blocks, so that these tests need neither reader nor cleaner."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from corpus.export.dataset import DatasetContent
from corpus.model.document import sha256_text
from corpus.model.finding import Finding, Severity
from corpus.model.manifest import InputFile
from corpus.model.projection import Piece, Projection
from corpus.model.roles import TEXT_ROLES, Role
from corpus.model.scheme import Scheme
from corpus.model.span import Span
from corpus.model.tables import documents_table, tables_of

SCHEME_TOML = (Path(__file__).parents[2] / "schemas" / "news-ec.toml").read_text(encoding="utf-8")
SCHEME = Scheme.from_toml(SCHEME_TOML)

Part = tuple[str, str, str, str]
"""text, role, reason, join (each part a line of its own in the anchor text)."""

HARBOUR: tuple[Part, ...] = (
    ("Harbour to reopen in May, mayor says", "title", "headline", "\n\n"),
    ("By Ana Ruiz", "byline", "author_names", "\n\n"),
    ("PORTO —", "dateline", "place_and_agency", "\n\n"),
    ("The harbour will open again on May 3, Mayor Lena Voss said on Monday.", "body", "prose", " "),
    ("“We kept our promise 🚢,” Voss said.", "body", "prose", "\n\n"),
    ("Next steps", "heading", "section_heading", "\n\n"),
    ("The works may cost €2m – café owners hope so.", "body", "prose", "\n\n"),
    ("Mayor Lena Voss at the harbour", "caption", "photo_caption", "\n\n"),
    ("Mayor Lena Voss at the harbour", "duplicate", "repeated_furniture", "\n\n"),
    ("Follow us on Chirper", "boilerplate", "social", "\n\n"),
    ("© 2024 Daily Tide", "copyright", "rights_statement", "\n\n"),
)
RAIN: tuple[Part, ...] = (
    ("Share", "boilerplate", "page_control", "\n\n"),
    ("أمطار غزيرة في المدينة", "title", "headline", "\n\n"),
    ("قال رئيس البلدية إن الأمطار ستستمر.", "body", "prose", "\n\n"),
    ("Nai\u0308ve line\twith a tab\u2028and a separator | pipe `tick` <b>.", "body", "unsure", "\n"),
)
NOTHING: tuple[Part, ...] = (("Advertisement", "boilerplate", "advertisement", "\n\n"),)


@dataclass(frozen=True)
class Made:
    """One made document with its rows."""

    document: dict[str, Any]
    blocks: list[dict[str, Any]]
    raw: dict[str, Any]


def make_document(doc_id: str, parts: Sequence[Part], **known: Any) -> Made:
    anchor, blocks = _anchor_and_blocks(doc_id, parts)
    pieces = [Piece(b["start"], b["end"], b["join"]) for b in blocks if b["kept"]]
    text = Projection.of(anchor, pieces).text
    titles = [b for b in blocks if b["role"] == "title"]
    evidence = [
        {"column": "title", "kind": "text span", "start": b["start"], "end": b["end"], "source": b["rule"]}
        for b in titles
    ]
    told = ("publisher", "published", "authors", "dateline", "copyright", "copyright_holder")
    evidence += [
        {"column": name, "kind": "sources.toml", "start": None, "end": None, "source": "by hand"}
        for name in told
        if name in known
    ]
    evidence += [
        {"column": column, "kind": "text span", "start": b["start"], "end": b["end"], "source": b["rule"]}
        for column, role in (("captions", "caption"), ("headings", "heading"))
        for b in blocks
        if b["role"] == role
    ]
    if known.get("language", "en") is not None:
        evidence.append({"column": "language", "kind": "derived", "start": None, "end": None, "source": "by hand"})
    hashes = {
        "raw_sha256": hashlib.sha256(anchor.encode()).hexdigest(),
        "anchor_sha256": sha256_text(anchor),
        "source_file": f"{doc_id}.txt",
    }
    nothing = ("published", "published_precision", "modified", "modified_precision", "date_hint", "publisher")
    document = {
        "doc_id": doc_id,
        "title": titles[0]["text"] if titles else None,
        "text": text,
        "authors": [],
        **dict.fromkeys((*nothing, "agency", "dateline", "paywall")),
        "language": "en",
        "language_score": 0.75,
        "headings": [b["text"] for b in blocks if b["role"] == "heading"],
        "captions": [b["text"] for b in blocks if b["role"] == "caption"],
        "credits": [],
        **dict.fromkeys(
            ("copyright", "copyright_holder", "rights", "rights_record", "url", "site", "retrieved_at")
        ),
        **hashes,
        "text_sha256": sha256_text(text),
        "split": "train",
        "evidence": evidence,
        **known,
    }
    raw = {
        "doc_id": doc_id,
        "revision": 1,
        "text": anchor,
        "decoder": "utf-8",
        "repairs": [{"kind": "crlf", "count": 2, "detail": ""}],
        "media_type": "text/plain",
        **dict.fromkeys(("url", "site", "retrieved_at")),
        **hashes,
    }
    return Made(document, blocks, raw)


def _anchor_and_blocks(doc_id: str, parts: Sequence[Part]) -> tuple[str, list[dict[str, Any]]]:
    anchor, blocks, section = "", [], 0
    for number, (text, role, reason, join) in enumerate(parts):
        anchor += "\n" * (number % 2) + " "
        section += role == "heading"
        blocks.append(
            {
                "doc_id": doc_id,
                "block": number,
                "line": anchor.count("\n"),
                "start": len(anchor),
                "end": len(anchor) + len(text),
                "text": text,
                "role": role,
                "reason": reason,
                "rule": f"test.{reason}",
                "score": 0.5,
                "kept": Role(role) in TEXT_ROLES,
                "join": join,
                "section": section,
                "place": None,
            }
        )
        anchor += text + "\n"
    return anchor, blocks


def make_mention(made: Made, words: str, identifier: str, **more: Any) -> dict[str, Any]:
    """Return the columns that place the first occurrence of ``words`` in the document's text."""
    start = made.document["text"].index(words)
    projection = Projection.of(
        made.raw["text"], [Piece(b["start"], b["end"], b["join"]) for b in made.blocks if b["kept"]]
    )
    raw_spans = projection.to_raw(Span(start, start + len(words)))
    return {
        "doc_id": made.document["doc_id"],
        "annotator": "ann-1",
        "id": identifier,
        "field": "text",
        "field_index": None,
        "start": start,
        "end": start + len(words),
        "raw_spans": [{"start": s.start, "end": s.end} for s in raw_spans],
        "text": words,
        "placement": "exact",
        "scheme_version": SCHEME.version,
        **more,
    }


def make_rows() -> dict[str, list[dict[str, Any]]]:
    """Return the rows of every config for three documents, annotated by hand."""
    harbour = make_document(
        "harbour",
        HARBOUR,
        publisher="Daily Tide",
        copyright="© 2024 Daily Tide",
        copyright_holder="Daily | Tide",
        published="2024-04-29",
        published_precision="day",
        authors=["Ana Ruiz"],
        dateline="PORTO",
    )
    rain = make_document("rain", RAIN, language="ar", split="test")
    empty = make_document("empty", NOTHING, language=None, language_score=None)
    source = make_mention(harbour, "Mayor Lena Voss", "s1", entity_ids=["e-voss"])
    claim = make_mention(harbour, "The harbour will open again on May 3", "c1")
    spans = [{"start": claim.pop("start"), "end": claim.pop("end")}]
    all_of = (harbour, rain, empty)
    return {
        "documents": [made.document for made in all_of],
        "blocks": [block for made in all_of for block in made.blocks],
        "raw": [made.raw for made in all_of],
        "entities": [
            make_mention(harbour, "Lena Voss", "e1", label="PER", entity_id="e-voss", qid=None),
            make_mention(harbour, "PORTO", "e2", label="GPE", entity_id="e-porto", qid="Q36433"),
            make_mention(rain, "البلدية", "e1", label="ORG", entity_id=None, qid=None),
        ],
        "claims": [
            {
                **claim,
                "spans": spans,
                "speech": "indirect",
                "kind": "plan",
                "check": None,
                "negated": False,
                "hedged": True,
                "source_ids": ["s1"],
                "outer_source_ids": [],
                "entity_ids": ["e-voss"],
                "cue_raw_spans": [],
                "group_id": None,
            }
        ],
        "sources": [source],
    }


def make_tables(
    rows: dict[str, list[dict[str, Any]]], extra: dict[str, pa.DataType] | None = None
) -> dict[str, pa.Table]:
    """Return Arrow tables with label columns as names."""
    made = {}
    for name, table in {**tables_of(SCHEME), "documents": documents_table(extra)}.items():
        schema = pa.schema([f.with_type(pa.string()) if f.name in table.labels else f for f in table.schema])
        made[name] = pa.Table.from_pylist(rows[name], schema=schema)
    return made


def make_content(
    rows: dict[str, list[dict[str, Any]]] | None = None,
    extra: dict[str, pa.DataType] | None = None,
    notes: Iterable[str] = ("One annotator, one pass; a | pipe and <b>.",),
) -> DatasetContent:
    return DatasetContent(
        name="tide-news",
        scheme=SCHEME,
        scheme_toml=SCHEME_TOML,
        tables=make_tables(make_rows() if rows is None else rows, extra),
        inputs=(InputFile(path="harbour.txt", sha256="0" * 64, bytes=10, role="source"),),
        findings=(Finding("odd", "rain.txt:3", "A line is odd.", Severity.NOTE),),
        notes=tuple(notes),
    )
