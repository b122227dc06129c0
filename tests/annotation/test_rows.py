"""Annotation sets as rows: which become some, what each row carries, and what is told of all others."""

from __future__ import annotations

from dataclasses import replace

import pytest
from port_page import PAGE, SCHEME, at, made, page, placed

from corpus.annotation.rows import annotation_rows
from corpus.model.annotation import AnchoredSpan, AnnotationSet, Claim, Cue, Entity, LinkedEntity, Source
from corpus.model.document import sha256_text
from corpus.model.finding import Severity
from corpus.model.span import Span
from corpus.model.tables import tables_of


def full() -> AnnotationSet:
    return made(
        entities=(Entity(id="e1", label="PER", spans=(at("Ana Roe"),), entity_id="roe"),),
        sources=(Source(id="s1", spans=(at("Mayor Ana Roe"),), entity_ids=("roe",)),),
        cues=(Cue(id="u1", spans=(at("said"),)),),
        claims=(
            Claim(
                id="c1",
                spans=(at("A storm closed the port"),),
                attributes={"speech": "indirect", "kind": "fact"},
                flags=("hedged",),
                source_ids=("s1",),
                cue_ids=("u1",),
                entity_ids=("roe",),
                group_id="G1",
            ),
        ),
        linked_entities=(LinkedEntity(entity_id="roe", qid="Q42"),),
    )


def test_rows_carry_everything_and_nothing_else():
    rows = placed(full())
    tables = tables_of(SCHEME)
    for name, found in rows.items():
        assert [set(row) for row in found] == [set(tables[name].schema.names)]
    claims, entities, sources = rows["claims"][0], rows["entities"][0], rows["sources"][0]
    assert (entities["label"], entities["entity_id"], entities["qid"]) == ("PER", "roe", "Q42")
    assert sources["entity_ids"] == ["roe"]
    assert (claims["speech"], claims["kind"], claims["check"]) == ("indirect", "fact", None)
    assert (claims["negated"], claims["hedged"]) == (False, True)
    assert (claims["source_ids"], claims["outer_source_ids"], claims["group_id"]) == (["s1"], [], "G1")
    assert claims["cue_raw_spans"] == [{"start": at("said").start, "end": at("said").end}]


@pytest.mark.parametrize("state", ["draft", "skipped", "deleted"])
def test_only_submitted_current_sets_become_rows(state):
    later = full().model_copy(update={"revision": 2, "state": state})
    assert placed(full(), later)["entities"] == []
    assert len(placed(later.model_copy(update={"state": "submitted"}), full())["entities"]) == 1


def test_a_set_of_an_unknown_document_is_a_finding():
    result = annotation_rows([full()], {}, SCHEME)
    assert [(f.code, f.severity) for f in result.findings] == [("annotation-unknown-document", Severity.WARNING)]
    assert result.rows == {"entities": [], "claims": [], "sources": []}


def test_a_set_on_another_version_of_the_text_is_moved_and_what_is_lost_is_told():
    old = PAGE.replace("Mayor Ana Roe", "Mayor Lisbeth Berg-Hansen").replace("Storm closes", "Gale closes")
    start = old.index("Berg-Hansen")
    items = (
        Entity(id="e1", label="PER", spans=(AnchoredSpan.of(old, Span(start, start + 11)),)),
        Entity(id="e2", label="GPE", spans=(AnchoredSpan.of(old, Span(24, 28)),)),
    )
    moved = made(entities=items, anchor_sha256=sha256_text(old))
    result = annotation_rows([moved], {"port": page()}, SCHEME)
    assert [finding.code for finding in result.findings] == ["annotation-reanchored", "annotation-orphan"]
    (row,) = result.rows["entities"]
    assert (row["id"], row["text"], row["field"]) == ("e2", "Moss", "title")


def test_bad_items_make_findings_and_no_rows():
    bad = AnchoredSpan(start=2, end=6, exact="nope")
    items = (
        Entity(id="e1", label="GPE", spans=(bad,)),
        Entity(id="e2", label="ROBOT", spans=(at("Moss"),)),
        Entity(id="e3", label="GPE", spans=(at("Moss", 1),)),
    )
    claims = (Claim(id="c1", spans=(at("storm"),), attributes={"speech": "sung"}),)
    result = annotation_rows([made(entities=items, claims=claims)], {"port": page()}, SCHEME)
    assert {finding.code for finding in result.findings} == {
        "annotation-span",
        "annotation-label",
        "annotation-attribute",
    }
    assert [row["id"] for row in result.rows["entities"]] == ["e3"]
    assert result.rows["claims"][0]["speech"] is None


def test_a_set_of_another_scheme_has_no_rows():
    result = annotation_rows([full().model_copy(update={"scheme": "mine"})], {"port": page()}, SCHEME)
    assert result.rows["entities"] == []
    assert [finding.code for finding in result.findings] == ["annotation-scheme"]


def test_rows_stand_in_document_then_annotator_then_anchor_order():
    two = (Entity(id="e2", label="GPE", spans=(at("Moss"),)), Entity(id="e1", label="GPE", spans=(at("Norway"),)))
    sets = [
        made(entities=two, annotator="zoe", annotation_id="z"),
        made(entities=tuple(reversed(two))),
        made(entities=two, doc_id="first", annotation_id="f"),
    ]
    documents = {"first": replace(page(), doc_id="first"), "port": page()}
    rows = annotation_rows(sets, documents, SCHEME).rows["entities"]
    assert [(r["doc_id"], r["annotator"], r["id"]) for r in rows] == [
        ("first", "ann-1", "e2"),
        ("first", "ann-1", "e1"),
        ("port", "ann-1", "e2"),
        ("port", "ann-1", "e1"),
        ("port", "zoe", "e2"),
        ("port", "zoe", "e1"),
    ]


def test_what_does_not_fit_the_text_takes_its_references_along() -> None:
    """A source or cue whose words do not stand there gives no row and no offsets, and no claim names it."""
    astray = AnchoredSpan(start=3, end=8, exact="wrong")
    claim = Claim(id="c1", spans=(at("We must"),), source_ids=("s1", "s2"), cue_ids=("u1",))
    sources = (Source(id="s1", spans=(astray,)), Source(id="s2", spans=(at("Ana Roe"),)))
    result = annotation_rows(
        [made(claims=(claim,), sources=sources, cues=(Cue(id="u1", spans=(astray,)),))], {"port": page()}, SCHEME
    )
    assert [row["id"] for row in result.rows["sources"]] == ["s2"]
    assert result.rows["claims"][0]["source_ids"] == ["s2"]
    assert result.rows["claims"][0]["cue_raw_spans"] == []
    assert len([f for f in result.findings if "s1" in f.place + f.message or "u1" in f.place + f.message]) == 2
