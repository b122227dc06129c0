"""A person's decision stands until what it was about has changed; gold tells of each item who said so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from corpus.annotation.adjudication import Adjudicated, adjudicate
from corpus.annotation.checks import check_set
from corpus.annotation.decisions import counted_revisions, same_question, votes_in, why_anew
from corpus.annotation.gold import gold_of, kept_gold, proposed
from corpus.annotation.majority import DisputeReason
from corpus.model.annotation import AnchoredSpan, AnnotationSet, Entity, Origin
from corpus.model.document import sha256_text
from corpus.model.scheme import Scheme
from corpus.model.span import Span

Make = Callable[..., AnnotationSet]
TEXT = "Ada met Bo in Bern. Ada and Cy stayed in Turin."


def drawn(who: str, *marks: tuple[str, str], revision: int = 1, text: str = TEXT) -> AnnotationSet:
    """A set of entities on the first occurrences of words; of words with a star, on the last one."""
    entities = tuple(
        Entity(id=f"{who}-{n}", label=label, spans=(_anchored(text, words),))
        for n, (words, label) in enumerate(marks)
    )
    return AnnotationSet(
        annotation_id=f"one.{who}",
        revision=revision,
        state="submitted",
        doc_id="one",
        annotator=who,
        anchor_sha256=sha256_text(text),
        scheme="news-ec",
        scheme_version="1.0.0",
        origin=Origin(kind="labelstudio"),
        entities=entities,
    )


def _anchored(text: str, words: str) -> AnchoredSpan:
    start = text.rindex(words[:-1]) if words.endswith("*") else text.index(words)
    words = words.rstrip("*")
    return AnchoredSpan.of(text, Span(start, start + len(words)))


ADA, BEN = drawn("ada", ("Ada", "PER"), ("Bo", "PER")), drawn("ben", ("Ada", "PER"), ("Bo", "ORG"))


def decided(*marks: tuple[str, str], voters: tuple[AnnotationSet, ...] = (ADA, BEN)) -> AnnotationSet:
    """Gold as Carla decided on two sets."""
    return gold_of(drawn("carla", *marks), voters, None)


def reasons(found: Adjudicated) -> list[tuple[str, str]]:
    return [(dispute.reason.name, dispute.text) for dispute in found.open]


def test_what_is_decided_is_disputed_no_more() -> None:
    """The disputes are listed as long as only a majority has spoken, and not after the decision."""
    found = adjudicate([ADA, BEN])
    assert reasons(found) == [("LABEL", "Bo")]
    majority = found.documents[0].gold
    assert reasons(adjudicate([ADA, BEN, majority])) == [("LABEL", "Bo")]
    over = adjudicate([ADA, BEN, decided(("Ada", "PER"), ("Bo", "ORG"))])
    assert (over.open, over.decided, over.documents) == ([], ["one"], [])


def test_a_majority_never_replaces_a_decision() -> None:
    """Nor gold that was drawn or brought by a person; --force counts again where a majority made it."""
    gold = decided(("Ada", "PER"))
    assert adjudicate([ADA, BEN, gold], force=True).documents == []
    by_hand = drawn("gold", ("Bo", "PER"))
    assert adjudicate([ADA, BEN, by_hand], force=True).documents == []
    majority = adjudicate([ADA, BEN]).documents[0].gold
    later = drawn("ben", ("Ada", "PER"), ("Bo", "PER"), revision=2)
    assert len(adjudicate([ADA, BEN, later, majority], force=True).documents[0].gold.entities) == 2


def test_each_item_tells_its_votes_and_who_decided() -> None:
    gold = decided(("Ada", "PER"), ("Bo", "ORG"), ("Cy", "PER"))
    assert gold.origin.note == "decided by carla (revision 1) on ada (revision 1), ben (revision 1); 1 disputed"
    assert [item.note for item in gold.entities] == [
        "2 of 2: ada, ben; confirmed by carla",
        "1 of 2: ben; otherwise ada; decided by carla",
        "0 of 2; decided by carla",
    ]
    assert list(counted_revisions([ADA, BEN, gold])) == [(("one", "ada"), 1), (("one", "ben"), 1)]


def test_a_value_tells_its_votes(make_set: Make) -> None:
    """Where those who marked the claim did not all give it."""
    sets = []
    for who, kind in (("ann-1", "fact"), ("ann-2", "plan")):
        claims = [claim.model_dump() for claim in make_set().claims]
        claims[0]["attributes"] = {"speech": "indirect", "kind": kind}
        sets.append(make_set(annotator=who, annotation_id=f"bridge.{who}", claims=claims))
    gold = gold_of(sets[1].model_copy(update={"annotator": "carla"}), sets, None)
    assert gold.claims[0].note == "2 of 2: ann-1, ann-2; kind plan: 1 of 2; decided by carla"


def test_a_remark_of_the_adjudicator_stays() -> None:
    decision = drawn("carla", ("Ada", "PER"))
    noted = decision.model_copy(update={"entities": (decision.entities[0].model_copy(update={"note": "sic"}),)})
    once = gold_of(noted, (ADA, BEN), None)
    assert once.entities[0].note == "2 of 2: ada, ben; confirmed by carla; remark: sic"


def test_votes_that_cannot_be_counted_are_not_told() -> None:
    """Neither those that are gone, nor any where one lies on another text; notes of the votes before go."""
    gone = gold_of(drawn("carla", ("Ada", "PER")), (), None)
    assert gone.origin.note == "decided by carla (revision 1) on annotations that are gone"
    assert [item.note for item in gone.entities] == ["no votes known; decided by carla"]
    decision = decided(("Ada", "PER")).model_copy(update={"annotator": "carla"})
    moved = drawn("ben", ("Ada", "PER"), text=f"TURIN. {TEXT}")
    (item,) = gold_of(decision, (ADA, moved), None).entities
    assert item.note == "no votes known; decided by carla"


def test_another_place_of_the_same_word_is_not_what_they_marked() -> None:
    (item,) = decided(("Ada*", "PER")).entities
    assert item.note == "0 of 2; decided by carla"


def test_gold_that_was_deleted_decides_nothing() -> None:
    gold = decided(("Ada", "PER"), ("Bo", "ORG"))
    gone = gold.model_copy(update={"revision": 2, "state": "deleted"})
    assert reasons(adjudicate([ADA, BEN, gold, gone])) == [("LABEL", "Bo")]


def test_gold_that_is_decided_anew_is_the_next_version() -> None:
    first = decided(("Ada", "PER")).model_copy(update={"annotation_id": "one.former", "created_at": "2026-11-01"})
    later = drawn("carla", ("Bo", "ORG"), revision=2)
    second = gold_of(later.model_copy(update={"created_at": "2026-11-05"}), (ADA, BEN), first)
    assert (second.annotation_id, second.revision, second.created_at) == ("one.former", 2, "2026-11-01")
    new = decided(("Ada", "PER"))
    assert (new.annotation_id, new.revision, new.annotator) == ("one.gold", 1, "gold")


def test_only_what_changed_is_open_again() -> None:
    """A new mark of one, a mark that both have by now, and one that both have dropped; never the rest."""
    gold = decided(("Ada", "PER"), ("Bo", "ORG"))
    again = drawn("ben", ("Ada", "PER"), ("Bo", "ORG"), ("Turin", "GPE"), revision=2)
    assert reasons(adjudicate([ADA, BEN, again, gold])) == [("FEW", "Turin")]
    other = drawn("ada", ("Ada", "PER"), ("Bo", "PER"), ("Turin", "GPE"), revision=2)
    assert reasons(adjudicate([ADA, BEN, again, other, gold])) == [("ADDED", "Turin")]
    without = [drawn("ada", ("Bo", "PER"), revision=2), drawn("ben", ("Bo", "ORG"), revision=2)]
    assert reasons(adjudicate([ADA, BEN, *without, gold])) == [("GONE", "Ada")]
    agreed = drawn("ben", ("Ada", "PER"), ("Bo", "PER"), revision=2)
    assert reasons(adjudicate([ADA, BEN, agreed, gold])) == [("ADDED", "Bo")]
    as_decided = drawn("ada", ("Ada", "PER"), ("Bo", "ORG"), revision=2)
    assert adjudicate([ADA, BEN, as_decided, gold]).open == []
    relabelled = [drawn(who, ("Ada", "ORG"), ("Bo", "ORG"), revision=2) for who in ("ada", "ben")]
    assert reasons(adjudicate([ADA, BEN, *relabelled, gold])) == [("ADDED", "Ada")]
    elsewhere = [drawn(who, ("Ada*", "PER"), ("Bo", "ORG"), revision=2) for who in ("ada", "ben")]
    assert reasons(adjudicate([ADA, BEN, *elsewhere, gold])) == [("ADDED", "Ada"), ("GONE", "Ada")]


def test_what_is_open_again_is_told_with_its_place(make_set: Make) -> None:
    """Two have both added an entity and a claim in two pieces since the decision, and dropped as many."""
    text = "Mayor Ana Roe said the bridge is closed. “It was cold,” she added."
    voters = [make_set(annotator=who, annotation_id=f"bridge.{who}") for who in ("ann-1", "ann-2")]
    gold = gold_of(voters[0].model_copy(update={"annotator": "carla"}), voters, None)
    bridge = Entity(id="e9", label="FAC", spans=(_anchored(text, "bridge"),))
    pieces = (_anchored(text, "Mayor Ana"), _anchored(text, "she"))
    claim = voters[0].claims[0].model_copy(update={"id": "c9", "spans": pieces})
    changed = {"revision": 2, "entities": (bridge,), "claims": (voters[0].claims[0], claim), "linked_entities": ()}
    (standing,) = adjudicate([*voters, *(own.model_copy(update=changed) for own in voters), gold]).standings
    found = {(d.reason.name, d.layer): (d.start, d.end, d.text, d.votes) for d in standing.open}
    assert found == {
        ("ADDED", "entities"): (23, 29, "bridge", {"majority": "FAC"}),
        ("ADDED", "claims"): (0, 59, "Mayor Ana", {"majority": "Mayor Ana"}),
        ("GONE", "entities"): (6, 13, "Ana Roe", {"decision": "PER"}),
        ("GONE", "claims"): (41, 55, "“It was cold,”", {"decision": "“It was cold,”"}),
    }
    known = {item.id for layer in (standing.now.gold, gold) for item in (*layer.entities, *layer.claims)}
    assert {dispute.item for dispute in standing.open} <= known


def test_a_third_annotator_opens_what_they_add() -> None:
    """What the others dispute as before was decided."""
    (standing,) = adjudicate([ADA, BEN, drawn("dan", ("Cy", "PER")), decided(("Ada", "PER"))]).standings
    assert {dispute.text for dispute in standing.open} == {"Cy"}
    assert why_anew({"ada": 1, "ben": 1}, standing) == "dan has annotated it as well"
    assert why_anew({"ada": 1, "ben": 3, "dan": 1, "eve": 1}, standing) == (
        "eve's annotation is gone; ben changed theirs (revision 3 to 1)"
    )


def test_revisions_that_are_gone_open_everything() -> None:
    """What a decision was made on cannot be compared: all that is disputed now is open."""
    gold = decided(("Ada", "PER"), ("Bo", "ORG"))
    later = [
        drawn(who, ("Ada", "PER"), ("Bo", label), revision=2) for who, label in (("ada", "PER"), ("ben", "ORG"))
    ]
    assert reasons(adjudicate([*later, gold])) == [("LABEL", "Bo")]


def test_a_moved_text_opens_nothing() -> None:
    """The same words are marked on a text with other offsets, also where they stand twice."""
    moved = f"TURIN. {TEXT}"
    twice = (("Ada*", "PER"), ("Ada", "PER"))
    voters = drawn("ada", *twice, ("Bo", "PER")), drawn("ben", *twice, ("Bo", "ORG"))
    gold = decided(*twice, ("Bo", "ORG"), voters=voters)
    later = [
        drawn("ada", *twice, ("Bo", "PER"), revision=2, text=moved),
        drawn("ben", *twice, ("Bo", "ORG"), revision=2, text=moved),
    ]
    assert adjudicate([*voters, *later, gold]).open == []
    once = [drawn(who, twice[1], ("Bo", "ORG"), revision=2, text=moved) for who in ("ada", "ben")]
    assert sorted(reasons(adjudicate([*voters, *once, gold]))) == [("GONE", "Ada")]


def test_the_question_is_the_same_where_nothing_else_is_disputed() -> None:
    versions = {(item.annotator, item.revision): item for item in (ADA, BEN)}
    same = drawn("ben", ("Ada", "PER"), ("Bo", "ORG"), revision=2)
    other = drawn("ben", ("Ada", "PER"), ("Bo", "GPE"), revision=2)
    both = [item.model_copy(update={"revision": 2}) for item in (ADA, BEN)]
    turin = drawn("gold", ("Turin", "GPE")).entities
    agreed = [item.model_copy(update={"entities": (*item.entities, *turin)}) for item in both]
    for newest, expected in (([same], True), ([other], False), (both, True), (agreed, False)):
        (standing,) = adjudicate([ADA, BEN, *newest]).standings
        asked = {"ada": 1, "ben": 1}
        assert same_question(asked, standing, lambda who, number: versions.get((who, number))) is expected
        assert same_question(standing.votes, standing, lambda *_: None) is True
        assert same_question({"ada": 1}, standing, lambda who, number: versions.get((who, number))) is False


def test_the_proposal_has_every_disputed_place(make_set: Make, scheme: Scheme) -> None:
    """Also links and values that only one gave; what was decided comes first when it is asked anew."""
    sets: list[AnnotationSet] = []
    for who, kind in (("ann-1", "fact"), ("ann-2", "plan")):
        claims: list[dict[str, Any]] = [claim.model_dump() for claim in make_set().claims]
        claims[0]["attributes"] = {"speech": "indirect", "kind": kind}
        kept = claims if who == "ann-1" else claims[:1]
        sets.append(make_set(annotator=who, annotation_id=f"bridge.{who}", claims=kept))
    (standing,) = adjudicate(sets).standings
    shown, opened = proposed(standing)
    assert shown == standing.now.proposal
    assert check_set(shown, scheme, "Mayor Ana Roe said the bridge is closed. “It was cold,” she added.") == []
    assert [(d.reason, d.what, d.item) for d in opened] == [
        (DisputeReason.FEW, None, "cd1"),
        (DisputeReason.VALUE, "kind", "c1"),
    ]
    assert [claim.attributes for claim in shown.claims] == [{"speech": "indirect"}, {"speech": "direct"}]
    sources = {source.id: source.spans[0].exact for source in shown.sources}
    assert [sources[name] for claim in shown.claims for name in claim.source_ids] == ["Mayor Ana Roe", "she"]
    assert len(standing.now.gold.claims) == 1


def test_what_was_decided_comes_first_when_it_is_asked_anew() -> None:
    gold = decided(("Ada", "PER"), ("Bo", "ORG"))
    again = drawn("ben", ("Ada", "PER"), ("Bo", "ORG"), ("Turin", "GPE"), revision=2)
    (standing,) = adjudicate([ADA, BEN, again, gold]).standings
    shown, (dispute,) = proposed(standing)
    assert [item.spans[0].exact for item in shown.entities] == ["Ada", "Bo", "Turin"]
    assert shown.entities[-1].id == dispute.item
    assert shown.entities[:2] == gold.entities


def test_what_was_decided_against_is_not_proposed_again() -> None:
    gold = decided(("Bo", "ORG"))
    again = drawn("ben", ("Ada", "PER"), ("Bo", "ORG"), ("Turin", "GPE"), revision=2)
    (standing,) = adjudicate([ADA, BEN, again, gold]).standings
    shown, _ = proposed(standing)
    assert [item.spans[0].exact for item in shown.entities] == ["Bo", "Turin"]


def test_a_decision_on_another_text_is_not_shown_on_this_one() -> None:
    moved = f"TURIN. {TEXT}"
    later = [
        drawn("ada", ("Ada", "PER"), revision=2, text=moved),
        drawn("ben", ("Cy", "PER"), ("Ada", "PER"), revision=2, text=moved),
    ]
    (standing,) = adjudicate([ADA, BEN, *later, decided(("Ada", "PER"))]).standings
    shown, opened = proposed(standing)
    assert shown == standing.now.proposal
    assert [dispute.text for dispute in opened] == ["Cy"]


def test_what_is_new_beside_a_decision_has_a_name_of_its_own() -> None:
    """An adjudicator's items bear the names of the proposal, and the next proposal may give them to others."""
    voters = drawn("ada", ("Ada", "PER"), ("Bern", "GPE")), drawn("ben", ("Ada", "PER"))
    (before,) = adjudicate(voters).standings
    gold = gold_of(proposed(before)[0].model_copy(update={"annotator": "carla"}), voters, None)
    again = drawn("ben", ("Ada", "PER"), ("Bo", "PER"), revision=2)
    (standing,) = adjudicate([*voters, again, gold]).standings
    shown, (dispute,) = proposed(standing)
    words = {item.id: item.spans[0].exact for item in shown.entities}
    assert list(words.values()) == ["Ada", "Bern", "Bo"]
    assert words[dispute.item] == dispute.text == "Bo"


def test_a_new_claim_beside_a_decision_keeps_its_sources(make_set: Make, scheme: Scheme) -> None:
    """Those that were decided, by the names that they have there, and those that are as new as the claim."""
    text = "Mayor Ana Roe said the bridge is closed. “It was cold,” she added."
    voters = [make_set(annotator=who, annotation_id=f"bridge.{who}") for who in ("ann-1", "ann-2")]
    renamed = voters[0].model_dump_json().replace('"s2"', '"hers"').replace('"ann-1"', '"carla"')
    gold = gold_of(AnnotationSet.model_validate_json(renamed), voters, None)
    own = voters[1]
    source = own.sources[0].model_copy(update={"id": "s3", "spans": (_anchored(text, "bridge"),)})
    update = {"id": "c3", "spans": (_anchored(text, "Mayor"),), "source_ids": ("s2", "s3"), "cue_ids": ()}
    claims = (*own.claims, own.claims[0].model_copy(update=update))
    again = own.model_copy(update={"revision": 2, "sources": (*own.sources, source), "claims": claims})
    (standing,) = adjudicate([*voters, again, gold]).standings
    shown, opened = proposed(standing)
    assert sorted(dispute.text for dispute in opened) == ["Mayor", "bridge"]
    words = {item.id: item.spans[0].exact for item in shown.sources}
    assert {words[name] for name in shown.claims[-1].source_ids} == {"she", "bridge"}
    assert shown.linked_entities == gold.linked_entities
    assert check_set(shown, scheme, text) == []


def test_gold_that_is_kept_says_over_what() -> None:
    """So the decision is known, and not brought up again."""
    kept = kept_gold(drawn("gold", ("Ada", "PER")), drawn("carla", ("Bo", "PER")))
    assert (kept.revision, kept.origin.note) == (2, "kept over the decision of carla (revision 1)")
    assert votes_in("by majority of a (revision 1), b-2 (revision 12); 3 disputed") == {"a": 1, "b-2": 12}
    assert votes_in("whatever of a (revision 1)") == {}
