"""The pre-annotator "rules" as a whole: determinism, offsets, version, figures on the hand annotation."""

from __future__ import annotations

import itertools
import time
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.annotation.store import current, read_folder
from corpus.files import schema_text
from corpus.model.annotation import AnnotationSet, Origin
from corpus.model.document import sha256_text
from corpus.model.scheme import Scheme
from corpus.model.span import Span
from corpus.preannotation.lexicon import read_rules
from corpus.preannotation.names import find_names
from corpus.preannotation.protocol import Prediction
from corpus.preannotation.quotes import QuotationRules
from corpus.preannotation.speech import find_speech

TEXT = "Moss is cold.\n“We are open,” said Mayor Ana Roe.\n\n“Come in,” Roe added."


def items(prediction: Prediction):
    return (*prediction.entities, *prediction.sources, *prediction.claims, *prediction.cues)


def test_the_same_document_gives_the_same_prediction_whatever_the_batch(make_document):
    one, other = make_document(TEXT), make_document("Nothing here.", doc_id="other")
    first = QuotationRules().annotate([one])[0]
    assert QuotationRules().annotate([other, one])[1] == first
    assert [claim.id for claim in first.claims] == ["c1", "c2"]
    assert first.doc_id == "d"
    assert first.anchor_sha256 == sha256_text(TEXT)


def test_every_span_slices_the_anchor_text_and_every_label_is_in_the_scheme(make_document):
    document = make_document(TEXT, title="Mayor opens the door: Roe")
    prediction = QuotationRules().annotate([document])[0]
    scheme = Scheme.from_toml(schema_text("news-ec.toml"))
    for item in items(prediction):
        for piece in item.spans:
            assert piece.span.slice(document.raw_text) == piece.exact
    assert {entity.label for entity in prediction.entities} <= set(scheme.entity_labels)
    assert set(QuotationRules().labels) <= {*scheme.entity_labels, *scheme.span_labels}
    assert 0 < prediction.score <= 1


def test_kind_check_and_flags_are_left_to_people(make_document):
    for claim in QuotationRules().annotate([make_document(TEXT)])[0].claims:
        assert set(claim.attributes) == {"speech"}
        assert claim.flags == ()


def test_a_prediction_fits_an_annotation_set(make_document):
    """Ids are unique and references hold, so that a set can be made of it."""
    prediction = QuotationRules().annotate([make_document(TEXT)])[0]
    made = AnnotationSet(
        annotation_id="x",
        revision=1,
        state="draft",
        doc_id="d",
        annotator="rules",
        anchor_sha256=prediction.anchor_sha256,
        scheme="news-ec",
        scheme_version="1.0.0",
        origin=Origin(kind="model"),
        entities=prediction.entities,
        sources=prediction.sources,
        claims=prediction.claims,
        cues=prediction.cues,
    )
    assert len(made.claims) == 2


def test_an_empty_document_has_an_empty_prediction(make_document):
    (prediction,) = QuotationRules().annotate([make_document("")])
    assert (items(prediction), prediction.score) == ((), 0.0)
    assert QuotationRules().annotate([]) == []


def test_a_claim_over_a_line_break_comes_in_pieces_of_the_anchor(make_document):
    """The blank line between two blocks belongs to no block, and so to no span."""
    text = "Roe said: “One.\n\n“Two, three and four.”"
    document = make_document(text)
    (claim,) = QuotationRules().annotate([document])[0].claims
    assert [piece.exact for piece in claim.spans] == ["“One.", "“Two, three and four.”"]


def test_the_version_changes_with_the_rule_data():
    rules = read_rules()
    assert rules.digest[:12] in QuotationRules().version
    assert QuotationRules(replace(rules, digest="0" * 64)).version != QuotationRules().version


PARTS = [*"abR .,:\n“”\"'’—", "He said ", " said Roe", "Roe said that ", "the ferry is late", ", officials say, "]


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PARTS), max_size=40).map("".join))
def test_any_text_gives_spans_in_range(text):
    rules = read_rules()
    found = find_speech(text, rules.language("en"), rules)
    spans = [s for f in found for s in (*f.spans, f.cue, f.source, f.outer) if s is not None]
    assert all(span.within(len(text)) for span in spans)
    for speech in found:
        ordered = sorted(speech.spans)
        assert all(a.end <= b.start for a, b in itertools.pairwise(ordered))
    names = find_names(text, rules, [f.source for f in found if f.source])
    assert all(a.span.end <= b.span.start for a, b in itertools.pairwise(names))


def test_a_long_text_takes_time_in_proportion():
    rules = read_rules()
    part = "“The harbour is open again,” Mayor Ana Roe said on Monday. She told the BBC that Norway pays. "

    def seconds(copies: int) -> float:
        text = part * copies + "\n" + (part + "\n") * copies
        start = time.process_time()
        speech = find_speech(text, rules.language("en"), rules)
        find_names(text, rules, [s.source for s in speech if s.source])
        return time.process_time() - start

    small = min(seconds(100) for _ in range(2))
    assert seconds(1000) < 40 * small


def agreement(one: set[Span], other: set[Span]) -> float:
    a = {i for span in one for i in range(*span)}
    b = {i for span in other for i in range(*span)}
    return len(a & b) / len(a | b)


def spans_of(item) -> set[Span]:
    return {piece.span for piece in item.spans}


def test_figures_on_the_seeds_hold(root, make_document):
    """In-sample, so no promise for other pages; a fall below tells that a rule was broken."""
    hits: dict[str, list[int]] = {}

    def count(name: str, gold, found) -> None:
        kept = hits.setdefault(name, [0, 0, 0, 0])
        kept[0] += sum(any(agreement(spans_of(g), spans_of(f)) >= 0.5 for f in found) for g in gold)
        kept[1] += len(gold)
        kept[2] += sum(any(agreement(spans_of(g), spans_of(f)) >= 0.5 for g in gold) for f in found)
        kept[3] += len(found)

    for hand in current(read_folder(root / "annotations").sets):
        if hand.annotator != "hand-1":
            continue
        text = (root / "seeds" / f"{hand.doc_id}.txt").read_bytes().decode("utf-8")
        prediction = QuotationRules().annotate([make_document(text)])[0]
        for speech in ("direct", "mixed", "indirect"):
            gold, found = ([c for c in s.claims if c.attributes["speech"] == speech] for s in (hand, prediction))
            count(speech, gold, found)
        count("sources", hand.sources, prediction.sources)
        count("entities", hand.entities, prediction.entities)
    figures = {name: (a / b, c / d) for name, (a, b, c, d) in hits.items()}
    lowest = {
        "direct": (0.95, 0.95),
        "mixed": (0.6, 0.9),
        "indirect": (0.6, 0.9),
        "sources": (0.75, 0.9),
        "entities": (0.85, 0.9),
    }
    for name, (recall, precision) in lowest.items():
        assert figures[name][0] >= recall, (name, figures)
        assert figures[name][1] >= precision, (name, figures)
