"""A span of the anchor text finds its place in a published field: whole, shrunk, in pieces, or none."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from port_page import SCHEME, at, block, claim, document, entity, made, page

from corpus.annotation.placement import GAP, Fields
from corpus.annotation.rows import annotation_rows
from corpus.model.annotation import Entity
from corpus.model.document import Block, Document
from corpus.model.projection import JOINS
from corpus.model.roles import Role
from corpus.model.span import Span


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


@pytest.mark.parametrize(
    ("pieces", "kept"),
    [(("Ana", "she added"), "she added"), (("Ana Roe", "she"), "Ana Roe"), (("Ana", "she"), "Ana")],
)
def test_a_mention_in_pieces_keeps_the_longest_or_first_and_says_so(pieces, kept):
    row = entity(*map(at, pieces))
    assert (row["text"], row["placement"]) == (kept, "shrunk")


@pytest.mark.parametrize(
    ("words", "field", "shown"),
    [
        ("port of Moss\n\nMoss", "title", "port of Moss"),
        ("Moss\n\nMoss, Norway", "text", "Moss, Norway"),
        ("added.\nWaves at the pier", "caption", "Waves at the pier"),
    ],
)
def test_a_claim_over_two_fields_keeps_the_field_that_shows_most(words, field, shown):
    row = claim(at(words))
    assert (row["field"], row["text"], row["placement"]) == (field, shown, "shrunk")


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


def test_a_title_at_the_end_is_a_place():
    raw = "The port of Moss reopened.\nPort reopens"
    last = document(raw, [block(0, 0, raw, 26, Role.BODY, ""), block(1, 27, raw, len(raw), Role.TITLE, "\n")])
    place = Fields.of(last).place([Span(27, 31)], broken=False)
    assert (place.field, place.spans, place.text) == ("title", (Span(0, 4),), "Port")


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
