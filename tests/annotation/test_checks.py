"""What check_set finds, and that it finds nothing in a good set."""

from __future__ import annotations

import pytest

from corpus.annotation.checks import check_set
from corpus.model.annotation import Entity
from corpus.model.document import sha256_text
from corpus.model.finding import Severity


def test_a_good_set_has_no_findings(make_set, scheme, text):
    assert check_set(make_set(), scheme, text) == []
    assert check_set(make_set(), scheme, None) == []


def changed(make_set, layer: str, **changes: object):
    record = make_set().model_dump(mode="json")
    record[layer][0] |= changes
    return make_set(**{layer: record[layer]})


@pytest.mark.parametrize(
    ("layer", "changes", "code"),
    [
        ("entities", {"label": "FAC"}, "annotation-label"),
        ("entities", {"label": "CLAIM"}, "annotation-label"),
        ("claims", {"attributes": {"speech": "shouted"}}, "annotation-attribute"),
        ("claims", {"attributes": {"mood": "direct"}}, "annotation-attribute"),
        ("claims", {"flags": ("loud",)}, "annotation-flag"),
        ("claims", {"flags": ("negated", "negated")}, "annotation-reference"),
        ("claims", {"source_ids": ("s1", "s1")}, "annotation-reference"),
        ("claims", {"outer_source_ids": ("s1",)}, "annotation-reference"),
        ("claims", {"entity_ids": ("nobody",)}, "annotation-entity"),
        ("sources", {"entity_ids": ("nobody",)}, "annotation-entity"),
        ("entities", {"score": 1.5}, "annotation-score"),
        ("entities", {"score": -0.5}, "annotation-score"),
        ("entities", {"score": float("inf")}, "annotation-score"),
        ("entities", {"score": float("nan")}, "annotation-score"),
    ],
)
def test_each_departure_from_the_scheme_is_found(make_set, scheme, text, layer, changes, code):
    found = check_set(changed(make_set, layer, **changes), scheme, text)
    assert [finding.code for finding in found] == [code]
    assert found[0].place == "bridge by ann-1"


@pytest.mark.parametrize("score", [0, 0.5, 1])
def test_any_probability_is_a_score(make_set, scheme, text, score):
    assert check_set(changed(make_set, "entities", score=score), scheme, text) == []


def test_an_entity_that_is_mentioned_need_not_be_linked(make_set, scheme, text):
    assert check_set(make_set(linked_entities=()), scheme, text) == []


def test_a_layer_needs_a_label_only_where_it_is_used(make_set, scheme, text):
    spans = tuple(span for span in scheme.spans if span.layer != "cues")
    without_cues = scheme.model_copy(update={"spans": spans})
    assert [finding.code for finding in check_set(make_set(), without_cues, text)] == ["annotation-label"]
    claims = [claim | {"cue_ids": ()} for claim in make_set().model_dump()["claims"]]
    assert check_set(make_set(cues=(), claims=claims), without_cues, text) == []


@pytest.mark.parametrize(
    ("span", "says"),
    [
        ({"start": 0, "end": 5, "exact": "Major"}, "[0, 5) reads 'Mayor' in the text, not 'Major'"),
        ({"start": 60, "end": 70, "exact": "0123456789"}, "[60, 70) lies outside its text of 66 characters"),
        ({"start": 10**12, "end": 10**12 + 1, "exact": "x"}, "lies outside its text"),
    ],
)
def test_a_span_that_does_not_fit_the_text_is_found(make_set, scheme, text, span, says):
    found = check_set(changed(make_set, "entities", spans=(span,)), scheme, text)
    assert [finding.code for finding in found] == ["annotation-span"]
    assert says in found[0].message


ODD = "Flags 🇫🇷 of\nCafé Zoë: Ana Roe met Bo Lind, and Ana Roe left."


@pytest.mark.parametrize(
    ("count", "way_out"),
    [
        (lambda text: len(text.encode("utf-16-le")) // 2, "it fits where UTF-16 units are counted: count Unicode"),
        (lambda text: len(text.encode()), "it fits where bytes of UTF-8 are counted: count Unicode"),
        (lambda text: len(text.replace("\n", "\r\n")), "it fits where a line break counts as two characters"),
        (lambda text: len(text) - 1, "the nearest such words are [22, 29)."),
        (lambda text: len(text) + 20, "the nearest such words are [47, 54)."),
    ],
)
def test_how_offsets_were_counted_is_told(make_set, scheme, count, way_out):
    """Another tool's unit, or one character too few: the sentence says which, or where the words stand."""
    words = "Ana Roe" if "nearest" in way_out else "Bo Lind"
    start = count(ODD[: ODD.index(words)])
    span = {"start": start, "end": start + 7, "exact": words}
    item = make_set(anchor_sha256=sha256_text(ODD), sources=(), cues=(), claims=())
    (found,) = check_set(item.model_copy(update={"entities": (entity(span),)}), scheme, ODD)
    assert (found.code, way_out in found.message) == ("annotation-span", True), found.message


def test_words_that_stand_nowhere_are_told(make_set, scheme):
    item = make_set(anchor_sha256=sha256_text(ODD), sources=(), cues=(), claims=())
    strange = entity({"start": 0, "end": 7, "exact": "Cy Dahl"})
    (found,) = check_set(item.model_copy(update={"entities": (strange,)}), scheme, ODD)
    assert found.message.endswith("not 'Cy Dahl'; these words stand nowhere in the text.")


def entity(span: dict[str, object]) -> Entity:
    return Entity.model_validate({"id": "e1", "label": "PER", "spans": (span,)})


def test_pieces_that_overlap_are_found(make_set, scheme, text):
    pieces = ({"start": 0, "end": 5, "exact": "Mayor"}, {"start": 3, "end": 5, "exact": "or"})
    found = check_set(changed(make_set, "claims", spans=pieces), scheme, text)
    assert [finding.code for finding in found] == ["annotation-span"]


def test_another_scheme_is_an_error_and_another_minor_version_a_warning(make_set, scheme):
    (other,) = check_set(make_set(scheme="mine"), scheme, None)
    (minor,) = check_set(make_set(scheme_version="1.4.0"), scheme, None)
    (major,) = check_set(make_set(scheme_version="2.0.0"), scheme, None)
    assert (other.code, other.severity) == ("annotation-scheme", Severity.ERROR)
    assert (minor.code, minor.severity) == ("annotation-scheme-version", Severity.WARNING)
    assert major.severity is Severity.ERROR


def test_another_text_is_one_finding_and_its_spans_are_not_checked(make_set, scheme):
    found = check_set(make_set(), scheme, "short", place="here:3")
    assert [(finding.code, finding.place) for finding in found] == [("annotation-anchor", "here:3")]
    assert sha256_text("short")[:12] in found[0].message


def test_a_doubled_linked_entity_is_found(make_set, scheme):
    twice = ({"entity_id": "roe", "qid": "Q1"}, {"entity_id": "roe", "qid": "Q2"})
    assert [f.code for f in check_set(make_set(linked_entities=twice), scheme, None)] == ["annotation-entity"]
