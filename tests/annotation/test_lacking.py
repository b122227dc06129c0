"""What the scheme lacks is told and is no vote; the rest is counted as if it were not there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from corpus.annotation.adjudication import adjudicate
from corpus.annotation.checks import check_set
from corpus.annotation.lacking import in_scheme
from corpus.model.annotation import AnnotationSet
from corpus.model.scheme import Scheme

Make = Callable[..., AnnotationSet]
WHO = ("ada", "ben")


def edited(make: Make, who: str, layer: str = "entities", **changes: Any) -> AnnotationSet:
    """A set whose first item of a layer says something else."""
    first, *rest = (item.model_dump() for item in getattr(make(), layer))
    return make(annotator=who, annotation_id=f"bridge.{who}", **{layer: [first | changes, *rest]})


@pytest.mark.parametrize(
    ("layer", "changes", "code", "counted"),
    [
        ("entities", {"label": "FAC"}, "annotation-label", 6),
        ("claims", {"attributes": {"mood": "glad"}}, "annotation-attribute", 7),
        ("claims", {"attributes": {"kind": "wish"}}, "annotation-attribute", 7),
        ("claims", {"flags": ("shouted",)}, "annotation-flag", 7),
    ],
)
def test_what_the_scheme_lacks_is_no_gold(make_set: Make, scheme: Scheme, layer, changes, code, counted) -> None:
    """Although everybody says it; everybody is told of theirs, and gold is valid."""
    known = in_scheme([edited(make_set, who, layer, **changes) for who in WHO], scheme)
    assert [(f.code, f.place) for f in known.findings] == [(code, f"bridge by {who}") for who in WHO]
    assert all(f.message.endswith("It is not counted.") for f in known.findings)
    (made,) = adjudicate(known.sets).documents
    assert (made.unanimous, made.disputes) == (counted, ())
    assert check_set(made.gold, scheme, None) == []


def test_a_label_that_the_scheme_lacks_is_no_vote_for_another(make_set: Make, scheme: Scheme) -> None:
    """Two of three said it is a person, the third what no scheme knows: that is not a fourth opinion."""
    sets = [edited(make_set, who, label=label) for who, label in (("ada", "PER"), ("ben", "FAC"))]
    (made,) = adjudicate(in_scheme(sets, scheme).sets).documents
    assert [(d.layer, d.reason.name, dict(d.votes)) for d in made.disputes] == [("entities", "FEW", {"ada": "PER"})]


def test_layers_without_a_label_go_with_what_names_them(make_set: Make, scheme: Scheme) -> None:
    """A scheme without sources: claims that name one are counted without it."""
    spans = tuple(span for span in scheme.spans if span.layer != "sources")
    bare = scheme.model_copy(update={"spans": spans, "relations": ()})
    known = in_scheme([edited(make_set, who) for who in WHO], bare)
    assert {f.code for f in known.findings} == {"annotation-label"}
    (made,) = adjudicate(known.sets).documents
    assert (made.gold.sources, [claim.source_ids for claim in made.gold.claims]) == ((), [(), ()])
    assert check_set(made.gold, bare, None) == []


def test_old_names_are_read_as_todays(make_set: Make, scheme: Scheme) -> None:
    """A label that a newer version renamed is no lack, whichever version each of them used."""
    newer = scheme.model_dump(by_alias=True) | {"version": "1.1.0"}
    newer["history"] = [{"version": "1.1.0", "date": "2026-01-01", "change": "x", "renamed": {"FAC": "LOC"}}]
    renamed = Scheme.model_validate(newer)
    old, new = edited(make_set, "ada", label="FAC"), edited(make_set, "ben", label="LOC")
    known = in_scheme([old, new.model_copy(update={"scheme_version": "1.1.0"})], renamed)
    (made,) = adjudicate(known.sets).documents
    assert (known.findings, made.gold.entities[0].label, made.gold.scheme_version) == ((), "LOC", "1.1.0")


def test_sets_of_another_scheme_are_told_once_and_left_out(make_set: Make, scheme: Scheme) -> None:
    others = [edited(make_set, who).model_copy(update={"scheme": "other"}) for who in WHO]
    known = in_scheme(others, scheme)
    assert (known.sets, [f.code for f in known.findings]) == ((), ["annotation-scheme"])
    assert "This annotation and 1 more of the scheme 'other'" in known.findings[0].message


def test_gold_keeps_what_was_decided(make_set: Make, scheme: Scheme) -> None:
    """It is told, and its next version follows it, whatever the scheme has by now."""
    gold = edited(make_set, "gold", label="FAC")
    known = in_scheme([*(edited(make_set, who) for who in WHO), gold], scheme)
    assert known.sets[-1].entities[0].label == "FAC"
    assert [f.message.endswith("Gold has it from before.") for f in known.findings] == [True]
    assert adjudicate(known.sets).already == ["bridge"]
