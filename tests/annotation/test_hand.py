"""The committed hand annotation, against the raw articles in seeds/."""

from __future__ import annotations

from collections import Counter

import pytest

from corpus.annotation.checks import check_set, items_of
from corpus.annotation.lines import line_of
from corpus.annotation.store import current, read_folder


@pytest.fixture(scope="module")
def stored(root):
    return read_folder(root / "annotations")


@pytest.fixture(scope="module")
def hand(stored):
    return [item for item in current(stored.sets) if item.annotator == "hand-1"]


def test_every_file_of_the_project_reads_without_a_finding(stored):
    assert stored.findings == ()


def test_the_file_is_canonical(root):
    data = (root / "annotations" / "hand-1.jsonl").read_bytes()
    sets = [item for item in read_folder(root / "annotations").sets if item.annotator == "hand-1"]
    assert b"".join(line_of(item) for item in sets) == data


def test_every_span_slices_its_article(root, scheme, hand):
    """The anchor text is the file's UTF-8 text; hashes, slices, labels and references all hold."""
    assert {item.doc_id for item in hand} == {path.stem for path in (root / "seeds").glob("*.txt")}
    for item in hand:
        anchor = (root / "seeds" / f"{item.doc_id}.txt").read_bytes().decode("utf-8")
        assert check_set(item, scheme, anchor) == []
        for _, mention in items_of(item):
            for piece in mention.spans:
                assert anchor[: piece.start].endswith(piece.prefix)
                assert anchor[piece.end :].startswith(piece.suffix)


def test_the_counts_are_the_annotators(hand):
    claims = [claim for item in hand for claim in item.claims]
    assert sum(len(item.entities) for item in hand) == 444
    assert len(claims) == 93
    assert sum(len(claim.spans) == 2 for claim in claims) == 3
    assert sum(len(claim.spans) > 2 for claim in claims) == 0
    assert sum(bool(claim.source_ids) for claim in claims) == 83
    assert sum(len(item.sources) for item in hand) == 78
    assert sum(len(item.cues) for item in hand) == 82
    assert sum(len(claim.outer_source_ids) for claim in claims) == 3
    assert Counter(c.attributes["speech"] for c in claims) == {
        "indirect": 47,
        "direct": 23,
        "mixed": 13,
        "none": 10,
    }


def test_every_claim_is_answered_and_only_attributed_ones_have_sources(scheme, hand):
    names = {attribute.name for attribute in scheme.attributes}
    for claim in (claim for item in hand for claim in item.claims):
        assert set(claim.attributes) == names
        assert bool(claim.source_ids) == (claim.attributes["speech"] != "none")


def test_every_source_and_cue_is_used(hand):
    for item in hand:
        used = {i for c in item.claims for i in (*c.source_ids, *c.outer_source_ids, *c.cue_ids)}
        assert used == {mention.id for mention in (*item.sources, *item.cues)}


def test_two_speakers_are_two_entities(hand):
    both = {c.entity_ids for item in hand for c in item.claims if len(c.entity_ids) > 1}
    assert both == {("lavrov", "qureshi")}


def test_its_provenance_is_said(stored, hand):
    """Of the first versions, and of those that were corrected on the annotation screen since."""
    first = [item for item in stored.sets if item.annotator == "hand-1" and item.revision == 1]
    assert {item.origin.kind for item in first} == {"import"}
    assert {item.origin.kind for item in hand if item.revision > 1} == {"labelstudio"}
    for item in hand:
        for fact in ("One annotator", "one pass", "not adjudicated", "dictionary", "from memory"):
            assert fact in item.origin.note
