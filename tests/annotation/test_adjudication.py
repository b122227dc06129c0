"""Gold by majority: what is accepted, what is disputed and why, and that no annotator's set is touched."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.annotation.adjudication import adjudicate
from corpus.annotation.checks import check_set
from corpus.annotation.clusters import clusters
from corpus.annotation.majority import Adjudication, DisputeReason
from corpus.annotation.store import append, read_folder
from corpus.model.annotation import AnchoredSpan, AnnotationSet, Claim, Entity
from corpus.model.scheme import Scheme
from corpus.model.span import Span

Make = Callable[..., AnnotationSet]
ANCHOR = "Mayor Ana Roe said the bridge is closed. “It was cold,” she added."


def span(start: int, end: int) -> tuple[AnchoredSpan, ...]:
    return (AnchoredSpan.of(ANCHOR, Span(start, end)),)


def of(make: Make, who: str, **changes: Any) -> AnnotationSet:
    return make(annotator=who, annotation_id=f"bridge.{who}", **changes)


def only(*sets: AnnotationSet, **options: Any) -> Adjudication:
    (found,) = adjudicate(sets, **options).documents
    return found


def entity(start: int, end: int, label: str = "PER", **more: Any) -> dict[str, Any]:
    return Entity(id="e1", label=label, spans=span(start, end), **more).model_dump()


def entities_of(make: Make, *rows: list[dict[str, Any]]) -> Adjudication:
    """Adjudicate sets that hold entities alone, one list an annotator."""
    nothing = {"sources": (), "claims": (), "cues": ()}
    numbered = [[{**row, "id": f"e{n}"} for n, row in enumerate(own)] for own in rows]
    return only(*(of(make, f"ann-{n}", entities=own, **nothing) for n, own in enumerate(numbered)))


def test_what_everybody_says_is_gold(make_set: Make, scheme: Scheme) -> None:
    """Everything is there again, links and all, valid, with its votes; the origin names the revisions."""
    found = only(of(make_set, "ann-1"), of(make_set, "ann-2"), now="2026-01-02T03:04:05Z")
    gold = found.gold
    assert (gold.annotator, gold.annotation_id, gold.revision, gold.state) == (
        "gold",
        "bridge.gold",
        1,
        "submitted",
    )
    assert (found.unanimous, found.by_majority, found.disputes) == (7, 0, ())
    assert gold.origin.kind == "adjudication"
    assert gold.origin.note == "by majority of ann-1 (revision 1), ann-2 (revision 1); 0 disputed"
    assert gold.created_at == gold.updated_at == "2026-01-02T03:04:05Z"
    assert check_set(gold, scheme, ANCHOR) == []
    one, other = gold.claims
    texts = {item.id: item.spans[0].exact for item in (*gold.sources, *gold.cues)}
    assert [texts[name] for name in (*one.source_ids, *one.cue_ids)] == ["Mayor Ana Roe", "said"]
    assert (one.attributes, one.group_id) == (make_set().claims[0].attributes, "G1")
    assert {item.note for item in (*gold.entities, *gold.sources, *gold.cues, *gold.claims)} == {"2 of 2"}
    assert other.flags == ("hedged",)
    assert gold.linked_entities == make_set().linked_entities
    assert gold.entities[0].entity_id == "roe"


def test_a_majority_decides_over_edges(make_set: Make) -> None:
    """Two of three drew it alike: theirs it is, and the note says who drew it otherwise."""
    found = entities_of(make_set, [entity(6, 13)], [entity(0, 13)], [entity(6, 13)])
    (item,) = found.gold.entities
    assert item.spans[0].exact == "Ana Roe"
    assert item.note == "by majority, 2 of 3: ann-0, ann-2; otherwise ann-1"
    assert (found.unanimous, found.by_majority) == (0, 1)


@pytest.mark.parametrize(
    ("rows", "reason", "votes"),
    [
        (([entity(6, 13)], [entity(6, 13, "ORG")]), "LABEL", {"ann-0": "PER", "ann-1": "ORG"}),
        (([entity(6, 13)], [entity(0, 13)]), "EDGES", {"ann-0": "6–13", "ann-1": "0–13"}),
        (([entity(6, 13)], []), "FEW", {"ann-0": "PER"}),
        (([entity(6, 13)], [entity(0, 13)], [entity(6, 12)]), "EDGES", None),
        (([entity(6, 13)], [entity(6, 13)], [], []), "FEW", None),
        ((*[[entity(6, 13)]] * 2, [entity(0, 13)], *[[entity(6, 13, "ORG")]] * 2), "EDGES", None),
    ],
)
def test_what_has_no_majority_is_disputed(make_set: Make, rows: Any, reason: str, votes: Any) -> None:
    """Half is no majority; the dispute tells its place and everybody's vote, and gold has nothing there."""
    found = entities_of(make_set, *rows)
    (dispute,) = found.disputes
    assert found.gold.entities == ()
    assert dispute.reason is DisputeReason[reason]
    assert dispute.reason.value.endswith(".")
    assert (dispute.doc_id, dispute.layer, dispute.end) == ("bridge", "entities", 13)
    assert dispute.start == min(row["spans"][0]["start"] for own in rows for row in own)
    assert votes is None or dispute.votes == votes


def test_attributes_have_majorities_of_their_own(make_set: Make) -> None:
    """The claim is accepted without the value that is disputed; a value that most did not give is not given."""
    sets = []
    for who, kind, check in (("ann-1", "fact", "worth"), ("ann-2", "plan", "no"), ("ann-3", "opinion", None)):
        said = {"speech": "indirect", "kind": kind} | ({"check": check} if check and who == "ann-1" else {})
        claims = [claim.model_dump() for claim in make_set().claims]
        claims[0]["attributes"] = said
        sets.append(of(make_set, who, claims=claims))
    found = only(*sets)
    assert found.gold.claims[0].attributes == {"speech": "indirect"}
    (dispute,) = found.disputes
    assert (dispute.reason, dispute.what) == (DisputeReason.VALUE, "kind")
    assert dispute.votes == {"ann-1": "fact", "ann-2": "plan", "ann-3": "opinion"}


def test_whose_claim_it_is_can_be_disputed(make_set: Make, scheme: Scheme) -> None:
    """Two sources, one vote each: no link is accepted, and none leads to an item that gold lacks."""
    claims = [claim.model_dump() for claim in make_set().claims]
    claims[0]["source_ids"] = ["s2"]
    found = only(of(make_set, "ann-1"), of(make_set, "ann-2", claims=claims))
    (dispute,) = found.disputes
    assert (dispute.reason, dispute.votes) == (DisputeReason.LINK, {"ann-1": "Mayor Ana Roe", "ann-2": "she"})
    assert found.gold.claims[0].source_ids == ()
    assert check_set(found.gold, scheme, ANCHOR) == []


def test_a_source_that_one_alone_marked_is_nobodys(make_set: Make, scheme: Scheme) -> None:
    claims = [claim.model_dump() for claim in make_set().claims]
    claims[0]["source_ids"] = []
    found = only(of(make_set, "ann-1"), of(make_set, "ann-2", claims=claims, sources=make_set().sources[1:]))
    source, link = found.disputes
    assert (source.reason, source.text) == (DisputeReason.FEW, "Mayor Ana Roe")
    assert (link.reason, link.votes) == (DisputeReason.LINK, {"ann-1": "Mayor Ana Roe", "ann-2": ""})
    assert [claim.source_ids for claim in found.gold.claims] == [(), ("s1",)]
    assert check_set(found.gold, scheme, ANCHOR) == []


def test_what_the_sets_say_of_themselves_is_said_where_they_agree(make_set: Make) -> None:
    """The guideline they follow, and which entity a name stands for."""
    other = ({"entity_id": "roe", "qid": "Q43"},)
    said = [({"guideline_version": "1.0"}, {}), ({"guideline_version": "1.1"}, {"linked_entities": other})]
    for (changes, more), version, qid in zip(said, ("1.0", None), ("Q42", None), strict=True):
        gold = only(of(make_set, "ann-1", guideline_version="1.0"), of(make_set, "ann-2", **changes, **more)).gold
        assert (gold.guideline_version, [linked.qid for linked in gold.linked_entities]) == (version, [qid])


def test_only_submitted_work_counts(make_set: Make) -> None:
    """Drafts, skipped and deleted sets, and older revisions are no votes; one vote is no majority."""
    sets = [of(make_set, "ann-1"), of(make_set, "ann-2", state="draft"), of(make_set, "ann-3", state="skipped")]
    assert adjudicate(sets).documents == []
    later = of(make_set, "ann-4", revision=2, state="deleted")
    assert adjudicate([*sets, of(make_set, "ann-4"), later]).documents == []


def test_gold_that_is_there_stays(make_set: Make) -> None:
    """Unless it is forced, a majority's and says something else; then the next revision follows under its id."""
    sets = [of(make_set, "ann-1"), of(make_set, "ann-2")]
    origin = {"kind": "adjudication", "note": "by majority of ann-1 (revision 1), ann-3 (revision 1); 0 disputed"}
    made = make_set(annotator="gold", annotation_id="a.gold", revision=3, claims=(), cues=(), origin=origin)
    assert adjudicate([*sets, made]).already == ["bridge"]
    found = only(*sets, made, force=True)
    assert (found.gold.annotation_id, found.gold.revision, len(found.gold.claims)) == ("a.gold", 4, 2)
    again = adjudicate([*sets, made, found.gold], force=True)
    assert (again.documents, again.already) == ([], ["bridge"])
    assert only(*sets, made.model_copy(update={"state": "deleted"})).gold.revision == 4


def test_sets_on_different_texts_are_not_compared(make_set: Make) -> None:
    """Their offsets mean different things; it is a finding, and nothing is written."""
    found = adjudicate([of(make_set, "ann-1"), of(make_set, "ann-2", anchor_sha256="0" * 64)])
    assert found.documents == []
    assert [finding.code for finding in found.findings] == ["adjudication-unlike"]
    assert found.already == []


def test_what_cannot_be_counted_keeps_nothing_else_from_it(make_set: Make) -> None:
    """A document that one alone annotated, and one whose sets lie on different texts, come first by their ids."""

    def at(doc_id: str, who: str, **changes: Any) -> AnnotationSet:
        return make_set(doc_id=doc_id, annotator=who, annotation_id=f"{doc_id}.{who}", **changes)

    unlike = at("b", "ann-1"), at("b", "ann-2", anchor_sha256="0" * 64), at("b", "gold")
    found = adjudicate([at("a", "ann-1"), *unlike, at("c", "ann-1"), at("c", "ann-2")])
    assert [made.gold.doc_id for made in found.documents] == ["c"]
    assert ([finding.place for finding in found.findings], found.already) == (["b"], ["b"])


def test_gold_is_appended_and_nothing_else_changes(make_set: Make, tmp_path: Path) -> None:
    """The annotators' files keep their bytes; what is written reads back as the next revision."""
    append(tmp_path, [of(make_set, "ann-1"), of(make_set, "ann-2")])
    before = {path.name: path.read_bytes() for path in tmp_path.glob("*.jsonl")}
    append(tmp_path, [made.gold for made in adjudicate(read_folder(tmp_path).sets).documents])
    stored = read_folder(tmp_path)
    assert stored.findings == ()
    assert {item.annotator for item in stored.sets} == {"ann-1", "ann-2", "gold"}
    assert {name: (tmp_path / name).read_bytes() for name in before} == before


places = st.integers(0, 30).flatmap(lambda start: st.tuples(st.just(start), st.integers(start + 1, 40)))
drawn = st.lists(st.lists(places, max_size=6), min_size=1, max_size=4)


@settings(max_examples=60)
@given(drawn)
def test_every_item_is_in_one_cluster(rows: list[list[tuple[int, int]]]) -> None:
    """Nobody has two items in one; the order of names decides nothing about how many there are."""
    items = {
        f"a{who}": [Claim(id=f"c{n}", spans=span(*place)) for n, place in enumerate(own)]
        for who, own in enumerate(rows)
    }
    found = clusters(items)
    members = [(who, item.id) for cluster in found for who, item in cluster.items()]
    assert sorted(members) == sorted((who, item.id) for who, own in items.items() for item in own)
    starts = [min(item.spans[0].start for item in cluster.values()) for cluster in found]
    assert starts == sorted(starts)


@settings(max_examples=60)
@given(st.lists(places, max_size=6, unique=True), st.integers(2, 4))
def test_identical_sets_make_clusters_of_all(own: list[tuple[int, int]], people: int) -> None:
    """Whatever overlaps and nests in them."""
    items = {f"a{who}": [Claim(id=f"c{n}", spans=span(*p)) for n, p in enumerate(own)] for who in range(people)}
    assert [len(cluster) for cluster in clusters(items)] == [people] * len(own)
