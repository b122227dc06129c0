"""What is said of a span, as the fields of an item: nothing of it goes without a word."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from imports_made import PORT, SCHEME, codes, documents, one_set, span, taken

from corpus.exchange.naming import Naming, read_naming
from corpus.exchange.standoff import Standoff, StandoffRelation, StandoffSpan

NAMES = """
[attributes]
chain = "entity_id"
about = {to = "entity_ids", values = {lee = "e1"}}
set = "group_id"
tone = ""
sure = {to = "hedged", values = {certain = "false"}}
"""
SAID: dict[str, tuple[str, dict[str, tuple[str, ...]], dict[str, Any], list[str]]] = {
    "an entity's id": ("PER", {"entity_id": ("e1",)}, {"entity_id": "e1"}, []),
    "a second one": ("PER", {"entity_id": ("e1", "e2")}, {"entity_id": "e1"}, ["entity_id"]),
    "one that is said twice": ("PER", {"entity_id": ("e1", "e1")}, {"entity_id": "e1"}, []),
    "by another name": ("PER", {"Coref-ID": ("e1",)}, {"entity_id": "e1"}, []),
    "by the user's name": ("PER", {"Chain": ("e1",)}, {"entity_id": "e1"}, []),
    "by two names": ("PER", {"entity_id": ("e1",), "chain": ("e2",)}, {"entity_id": "e1"}, ["chain"]),
    "without a value": ("PER", {"entity_id": ()}, {"entity_id": None}, ["entity_id"]),
    "whom a source names": ("SOURCE", {"entity_ids": ("e1", "e2")}, {"entity_ids": ("e1", "e2")}, []),
    "by the user's value": ("SOURCE", {"about": ("lee", "e2")}, {"entity_ids": ("e1", "e2")}, []),
    "an id of another layer": ("SOURCE", {"entity_id": ("e1",)}, {"entity_ids": ()}, ["entity_id"]),
    "of a cue": ("CUE", {"entity_ids": ("e1",), "tone": ("dry",)}, {}, ["entity_ids"]),
    "a claim's group": ("CLAIM", {"group_id": ("g1",), "entity_ids": ("e1",)}, {"group_id": "g1"}, []),
    "and a second one": ("CLAIM", {"set": ("g1", "g2", "g3")}, {"group_id": "g1"}, ["set"]),
    "an entity's id of a claim": ("CLAIM", {"entity_id": ("e1",)}, {"entity_ids": ()}, ["entity_id"]),
    "a choice": ("CLAIM", {"kind": ("fact",)}, {"attributes": {"kind": "fact"}}, []),
    "two choices": ("CLAIM", {"kind": ("fact", "plan")}, {"attributes": {"kind": "fact"}}, ["kind=plan"]),
    "no choice": ("CLAIM", {"kind": ()}, {"attributes": {}}, ["kind"]),
    "a flag": ("CLAIM", {"negated": ()}, {"flags": ("negated",)}, []),
    "a flag that is not set": ("CLAIM", {"negated": ("No",)}, {"flags": ()}, []),
    "a flag by two names": ("CLAIM", {"hedged": ("yes",), "sure": ("1",)}, {"flags": ("hedged",)}, []),
    "a flag's other value": ("CLAIM", {"sure": ("certain",)}, {"flags": ()}, []),
    "a flag that nobody knows": ("CLAIM", {"negated": ("perhaps",)}, {"flags": ()}, ["negated=perhaps"]),
    "flags as values": ("CLAIM", {"marks": ("negated", "hedged")}, {"flags": ("negated", "hedged")}, []),
    "and one of no flag": ("CLAIM", {"marks": ("negated", "bold")}, {"flags": ("negated",)}, ["marks"]),
    "left out on purpose": ("CLAIM", {"tone": ("dry",)}, {"flags": (), "attributes": {}}, []),
}


@pytest.mark.parametrize("case", SAID)
def test_what_is_said_of_a_span(case: str, tmp_path: Path) -> None:
    """Names of the user, of the scheme, and usual ones; what an item does not hold is told by its name."""
    label, attributes, expected, lost = SAID[case]
    (tmp_path / "names.toml").write_text(NAMES, "utf-8")
    naming = read_naming(tmp_path / "names.toml", SCHEME)
    lee = span(PORT, "Ann Lee", "ORG", "o", entity_id=("e1",)), span(PORT, "she", "ORG", "p", entity_id=("e2",))
    given = Standoff("port", PORT, (*lee, span(PORT, "Ann Lee said", label, "x", **attributes)))
    done = taken(tmp_path / "to", [given], documents(port=PORT), naming=naming)
    found = one_set(tmp_path / "to")
    (item,) = (
        one for layer in (found.entities, found.sources, found.claims, found.cues) for one in layer if one.id == "x"
    )
    assert {name: getattr(item, name) for name in expected} == expected
    assert found.linked_entities == ()
    assert sorted(loss.name for loss in done.losses) == lost
    assert codes(done) == ["import-attribute"] * len(lost)


def lee(name: str, label: str = "PER", **told: Any) -> StandoffSpan:
    """A mark on Ann Lee."""
    return replace(span(PORT, "Ann Lee" if label == "PER" else "Ann", label, name), **told)


LINKED: dict[str, tuple[tuple[StandoffSpan, ...], list[tuple[str, str]], list[str]]] = {
    "one": ((lee("a", kb_id="Q42"),), [("Q42", "Q42")], []),
    "of an address": ((lee("a", kb_id="https://www.wikidata.org/wiki/Q42"),), [("Q42", "Q42")], []),
    "of another base": ((lee("a", kb_id="GND:118540238"),), [], ["GND"]),
    "two of one entity": (
        (
            lee("a", kb_id="Q42", attributes={"entity_id": ("e1",)}),
            lee("b", kb_id="Q43", attributes={"entity_id": ("e1",)}),
        ),
        [("e1", "Q42")],
        ["e1"],
    ),
    "of a source": ((lee("a", "SOURCE", kb_id="Q42"),), [], ["SOURCE"]),
    "of a cue": ((lee("a", "CUE", kb_id="Q42"),), [], ["CUE"]),
}


@pytest.mark.parametrize("apart", [False, True], ids=["in one reading", "in several"])
@pytest.mark.parametrize("case", LINKED)
def test_what_a_knowledge_base_calls_it(case: str, apart: bool, tmp_path: Path) -> None:
    """An entity has one identifier of Wikidata; all others are told."""
    spans, linked, lost = LINKED[case]
    given = [Standoff("port", PORT, part) for part in ([(one,) for one in spans] if apart else [spans])]
    done = taken(tmp_path, given, documents(port=PORT))
    assert [(one.entity_id, one.qid) for one in one_set(tmp_path).linked_entities] == linked
    assert ([loss.name for loss in done.losses], codes(done)) == (lost, ["import-kb-id"] * len(lost))


LINKS: dict[str, tuple[list[tuple[str, str, str]], tuple[Any, ...], list[str]]] = {
    "two sources": ([("said_by", "c", "s"), ("said_by", "c", "o")], (("s", "o"), (), ()), []),
    "one source twice": ([("said_by", "c", "s"), ("attributed_to", "c", "s")], (("s",), (), ()), []),
    "an outer one that is the inner one": (
        [("said_by", "c", "s"), ("outer_said_by", "c", "s")],
        (("s",), (), ()),
        [],
    ),
    "a cue": ([("cued_by", "c", "q")], ((), (), ("q",)), []),
    "a source as cue": ([("cued_by", "c", "s")], ((), (), ()), ["cued_by"]),
    "to an entity": ([("said_by", "c", "e")], ((), (), ()), ["said_by"]),
    "of pieces of what is no claim": ([("continues", "s", "o")], ((), (), ()), ["continues"]),
    "of one that nobody knows": ([("utters", "s", "c")], ((), (), ()), ["utters"]),
}


@pytest.mark.parametrize("case", LINKS)
def test_what_a_claim_is_linked_to(case: str, tmp_path: Path) -> None:
    """Each link of the right layers once; all others are told by their names."""
    links, expected, lost = LINKS[case]
    spans = (
        span(PORT, "It had been closed", "CLAIM", "c"),
        span(PORT, "she", "SOURCE", "s"),
        span(PORT, "Ann Lee", "SOURCE", "o"),
        span(PORT, "said", "CUE", "q"),
        span(PORT, "Eastmouth", "GPE", "e"),
    )
    given = Standoff("port", PORT, spans, tuple(StandoffRelation(*link) for link in links))
    done = taken(tmp_path, [given], documents(port=PORT))
    found = one_set(tmp_path)
    (claim,) = found.claims
    assert (claim.source_ids, claim.outer_source_ids, claim.cue_ids) == expected
    assert [len(found.sources), len(found.cues), len(found.entities)] == [2, 1, 1]
    assert ([loss.name for loss in done.losses], codes(done)) == (lost, ["import-relation"] * len(lost))


def test_what_two_readings_say_stands_once(tmp_path: Path) -> None:
    """Whatever the layer, with the claims' links; what has no place as well, if it says the same."""
    wide = PORT.replace(" ", "  ")
    spans = [span(wide, "It  had", "CLAIM", "c"), span(wide, "she", "SOURCE", "s"), span(wide, "said", "CUE", "q")]
    spans += [span(wide, "Ann  Lee", "PER", "e"), span(wide, " ", "PER", "b"), span(wide, "Ann", "CUE", "only")]
    links = (StandoffRelation("said_by", "c", "s"), StandoffRelation("cued_by", "c", "q"))
    first = Standoff("port", wide, tuple(spans), links)
    other = replace(first, spans=tuple(spans[:-1]))
    taken(tmp_path, [first, other], documents(port=PORT))
    found = one_set(tmp_path)
    assert [len(getattr(found, name)) for name in ("entities", "sources", "claims", "cues", "orphans")] == [
        1,
        1,
        1,
        2,
        1,
    ]
    assert (found.claims[0].source_ids, found.claims[0].cue_ids) == (("s",), ("q",))
    assert found.orphans[0].item == {"id": "b", "label": "PER", "spans": [{"start": 3, "end": 4, "text": " "}]}


def test_pieces_of_a_claim_that_overlap_are_one(tmp_path: Path) -> None:
    """Those that do not stay as they are, in the order in which they were joined."""
    spans = (
        span(PORT, "for nine days", "CLAIM", "a"),
        span(PORT, "It had been", "CLAIM", "b"),
        span(PORT, "been closed", "CLAIM", "c"),
    )
    links = (StandoffRelation("continues", "a", "b"), StandoffRelation("continues", "b", "c"))
    taken(tmp_path / "x", [Standoff("port", PORT, spans, links)], documents(port=PORT))
    assert [piece.exact for piece in one_set(tmp_path / "x").claims[0].spans] == [
        "It had been closed",
        "for nine days",
    ]
    taken(tmp_path / "y", [Standoff("port", PORT, spans[:2], links[:1])], documents(port=PORT))
    assert [piece.exact for piece in one_set(tmp_path / "y").claims[0].spans] == ["for nine days", "It had been"]


def test_ids_are_attributes_of_every_scheme() -> None:
    """As names, in any form."""
    known = Naming(SCHEME).attribute("Entity ID")
    assert known is not None
    assert known.to == "entity_id"
