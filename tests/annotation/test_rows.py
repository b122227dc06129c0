"""Annotations as rows: the field they lie in, the words there, and how whole they are."""

from __future__ import annotations

import itertools
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.annotation.placement import GAP, Fields
from corpus.annotation.rows import annotation_rows
from corpus.files import schema_text
from corpus.model.annotation import AnchoredSpan, AnnotationSet, Claim, Cue, Entity, LinkedEntity, Origin, Source
from corpus.model.document import Block, Document, sha256_text, text_pieces
from corpus.model.projection import JOINS, Projection
from corpus.model.roles import Reason, Role
from corpus.model.scheme import Scheme
from corpus.model.span import Span
from corpus.model.tables import tables_of

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


@pytest.mark.parametrize(
    ("piece", "field", "index", "placement"),
    [
        (at("Moss"), "title", None, "exact"),
        (at("Moss", 1), "text", None, "exact"),
        (at("port, Mayor"), "text", None, "exact"),
        (at("Moss", 2), "caption", 0, "exact"),
        (at("Moss", 3), None, None, "none"),
        (at("Share"), None, None, "none"),
    ],
)
def test_each_mention_has_its_field(piece, field, index, placement):
    row = entity(piece)
    assert (row["field"], row["field_index"], row["placement"]) == (field, index, placement)
    assert row["text"] == piece.exact
    assert row["raw_spans"] == [{"start": piece.start, "end": piece.end}]
    fields = {"title": page().title, "text": page().text, "caption": page().captions[0]}
    if field is not None:
        assert fields[field][row["start"] : row["end"]] == piece.exact
    else:
        assert (row["start"], row["end"]) == (None, None)


def test_a_span_over_a_line_break_reads_with_the_fields_join():
    row = entity(at("Ana Roe\nsaid"))
    assert row["text"] == "Ana Roe\nsaid"
    assert row["placement"] == "exact"


def test_a_claim_over_dropped_furniture_is_whole_in_the_field_but_marked_shrunk():
    row = claim(at("“We must\nAdvertisement\nwait,”"))
    assert row["text"] == "“We must\nwait,”"
    assert len(row["spans"]) == 1
    assert row["placement"] == "shrunk"
    assert row["field"] == "text"


def test_a_claim_marked_in_pieces_around_furniture_is_exact_and_one_span():
    row = claim(at("“We must"), at("wait,”"))
    assert row["text"] == "“We must\nwait,”"
    assert (len(row["spans"]), row["placement"]) == (1, "exact")
    assert len(row["raw_spans"]) == 2


def test_a_broken_claim_has_its_pieces_and_they_are_joined_in_its_text():
    row = claim(at("“We must"), at("she added"))
    assert row["text"] == f"“We must{GAP}she added"
    assert [page().text[s["start"] : s["end"]] for s in row["spans"]] == ["“We must", "she added"]


def test_a_mention_in_pieces_keeps_the_longest_and_says_so():
    row = entity(at("Ana"), at("she added"))
    assert (row["text"], row["placement"]) == ("she added", "shrunk")


def test_a_claim_over_two_fields_keeps_the_field_that_shows_most():
    row = claim(at("port of Moss\n\nMoss"))
    assert (row["field"], row["text"], row["placement"]) == ("title", "port of Moss", "shrunk")


def test_a_tie_goes_to_the_title_then_the_text():
    row = entity(at("Moss"), at("Moss", 1))
    assert (row["field"], row["placement"]) == ("title", "shrunk")


def test_pieces_in_no_field_are_joined_too():
    assert claim(at("Share"), at("Advertisement"))["text"] == f"Share{GAP}Advertisement"


def test_a_title_from_elsewhere_is_no_place():
    """Offsets into a title that is not the block's text would be wrong, so there are none."""
    renamed = replace(page(), title="Port closed")
    found = annotation_rows(
        [made(entities=(Entity(id="e1", label="GPE", spans=(at("Moss"),)),))], {"port": renamed}, SCHEME
    )
    assert found.rows["entities"][0]["field"] is None


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
    assert [finding.code for finding in result.findings] == ["annotation-unknown-document"]
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


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Draw any text cut into blocks with gaps, any roles (one title at most) and any joins."""
    raw = draw(st.text(alphabet=st.sampled_from("ab \n.“”é\u2028\U0001f600"), min_size=1, max_size=60))
    cuts = sorted(draw(st.sets(st.integers(0, len(raw)), min_size=2, max_size=12)))
    roles = list(Role)
    blocks: list[Block] = []
    for start, end in itertools.pairwise(cuts):
        role = draw(st.sampled_from([None, *roles]))
        if role is not None:
            blocks.append(block(len(blocks), start, raw, end, role, draw(st.sampled_from(JOINS))))
            if role is Role.TITLE:
                roles.remove(Role.TITLE)
    return document(raw, blocks)


@st.composite
def placements(draw: st.DrawFn) -> tuple[Document, list[Span]]:
    """Draw a document and spans in it that do not overlap, in any order."""
    found = draw(documents())
    size = len(found.raw_text)
    cuts = sorted(draw(st.sets(st.integers(0, size), min_size=2, max_size=6).filter(lambda s: len(s) > 1)))
    spans = [Span(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    return found, draw(st.permutations(spans))


@given(placements(), st.booleans())
def test_the_field_slice_is_the_text_and_exact_means_every_inked_character(drawn, broken):
    """Checked against an independent reading: which anchor characters does each field show?"""
    found, spans = drawn
    fields = Fields.of(found)
    place = fields.place(spans, broken=broken)
    raw = found.raw_text
    marked = {i for span in spans for i in range(*span)}
    shown = {
        (f.name, f.index): {i for p in f.projection.pieces for i in range(p.start, p.end)} for f in fields.fields
    }
    if place.field is None:
        assert place.placement == "none"
        assert all(not (marked & there) for there in shown.values())
        assert place.text == GAP.join(span.slice(raw) for span in spans)
        return
    chosen = shown[place.field, place.field_index]
    assert len(marked & chosen) == max(len(marked & there) for there in shown.values())
    field = next(f for f in fields.fields if (f.name, f.index) == (place.field, place.field_index))
    assert place.text == GAP.join(span.slice(field.projection.text) for span in place.spans)
    covered = {i for span in place.spans for back in field.projection.to_raw(span) for i in range(*back)}
    assert covered <= marked
    assert (place.placement == "exact") == all(raw[i].isspace() for i in marked - covered)
    assert broken or len(place.spans) == 1
    assert not broken or covered == marked & chosen


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
