"""What other tools say of a dataset's documents, written to annotation files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
from imports_made import HOUSE, PORT, SCHEME, TRAIN, codes, documents, one_set, span, taken

from corpus.annotation.store import current, read_folder
from corpus.exchange.exporting import Text, standoffs_of
from corpus.exchange.importing import ImportOptions, import_standoffs
from corpus.exchange.naming import Naming, read_naming
from corpus.exchange.standoff import Standoff, StandoffRelation
from corpus.model.document import Document
from corpus.model.finding import Finding, Severity


def test_everything_a_set_holds_comes_in(tmp_path: Path) -> None:
    """Entities with ids, claims in pieces with attributes and flags, sources, outer sources, cues, notes."""
    spans = (
        replace(span(PORT, "Eastmouth", "gpe", entity_id=("e1",)), kb_id="http://www.wikidata.org/entity/Q42"),
        replace(
            span(PORT, "It had been closed … for nine days", "CLAIM", "c", kind=("fact",), negated=()), note="!"
        ),
        span(PORT, "she", "SOURCE", "s"),
        span(PORT, "Ann Lee", "SOURCE", "o", entity_ids=("e1",)),
        span(PORT, "said", "CUE", "q"),
    )
    links = (("said_by", "s"), ("outer_said_by", "o"), ("cued_by", "q"))
    relations = tuple(StandoffRelation(label, "c", target) for label, target in links)
    done = taken(tmp_path, [Standoff("port", PORT, spans, relations)], documents(port=PORT))
    assert done.findings == []
    found = one_set(tmp_path)
    (entity,), (claim,) = found.entities, found.claims
    assert (entity.label, entity.entity_id, entity.spans[0].exact) == ("GPE", "e1", "Eastmouth")
    assert [(one.entity_id, one.qid) for one in found.linked_entities] == [("e1", "Q42")]
    assert [piece.exact for piece in claim.spans] == ["It had been closed", "for nine days"]
    assert (claim.attributes, claim.flags, claim.note) == ({"kind": "fact"}, ("negated",), "!")
    assert (claim.source_ids, claim.outer_source_ids, claim.cue_ids) == (("s",), ("o",), ("q",))
    assert found.sources[1].entity_ids == ("e1",)
    assert (found.state, found.origin.kind, found.origin.note) == ("submitted", "import", "test: x")


def test_pieces_that_continue_are_one_claim(tmp_path: Path) -> None:
    """Tools without discontinuous spans join pieces by a relation, in either direction."""
    spans = (
        span(PORT, "It had been closed", "CLAIM", "a", kind=("fact",)),
        span(PORT, "for nine days", "CLAIM", "b", hedged=("true",)),
        span(PORT, "she", "SOURCE", "s"),
    )
    relations = (StandoffRelation("continues", "b", "a"), StandoffRelation("said_by", "b", "s"))
    assert codes(taken(tmp_path, [Standoff("port", PORT, spans, relations)], documents(port=PORT))) == []
    (claim,) = one_set(tmp_path).claims
    assert [piece.exact for piece in claim.spans] == ["It had been closed", "for nine days"]
    assert (claim.attributes, claim.flags, claim.source_ids) == ({"kind": "fact"}, ("hedged",), ("s",))


def test_the_second_source_is_the_outer_one_where_there_is_but_one_relation(tmp_path: Path) -> None:
    """As the Label Studio config draws it."""
    spans = (span(PORT, "It had", "CLAIM", "c"), span(PORT, "she", "SOURCE", "s"), span(PORT, "Ann", "SOURCE", "o"))
    relations = (StandoffRelation("said_by", "c", "s"), StandoffRelation("said_by", "c", "o"))
    taken(tmp_path, [Standoff("port", PORT, spans, relations, ordered_sources=True)], documents(port=PORT))
    (claim,) = one_set(tmp_path).claims
    assert (claim.source_ids, claim.outer_source_ids) == (("s",), ("o",))


def test_a_second_import_changes_nothing_and_another_word_asks_first(tmp_path: Path) -> None:
    """The same is not written twice; something else is refused, and with ``replace`` the next revision."""
    made = documents(port=PORT)
    first = [Standoff("port", PORT, (span(PORT, "Eastmouth", "GPE"),))]
    other = [Standoff("port", PORT, (span(PORT, "Ann Lee", "PER"),))]
    assert len(taken(tmp_path, first, made).written) == 1
    before = (tmp_path / "anna.jsonl").read_bytes()
    again = taken(tmp_path, first, made)
    assert (again.written, again.unchanged) == ([], 1)
    refused = taken(tmp_path, other, made)
    assert (refused.written, codes(refused)) == ([], ["import-exists"])
    assert taken(tmp_path, other, made, replace=True, dry_run=True).written[0].revision == 2
    assert (tmp_path / "anna.jsonl").read_bytes() == before
    taken(tmp_path, other, made, replace=True)
    found = one_set(tmp_path)
    assert (found.revision, found.annotation_id, found.entities[0].label) == (2, "port.anna", "PER")


def test_another_writer_meanwhile(tmp_path: Path) -> None:
    """What another import has written since this one looked is left as it is and told; all else is written."""
    made = documents(port=PORT, train=TRAIN)
    given = [
        Standoff("port", PORT, (span(PORT, "Ann Lee", "PER"),)),
        Standoff("train", TRAIN, (span(TRAIN, "Tom", "PER"),)),
    ]
    asked = iter([lambda: None, lambda: taken(tmp_path, given[:1], made)])

    def slow() -> list[Document]:
        next(asked)()
        return made

    options = ImportOptions(Naming(SCHEME), {None: "anna"}, "2026-11-23T10:00:00Z", "test: x")
    done = import_standoffs(given, slow, SCHEME, tmp_path, options)
    assert ([one.doc_id for one in done.written], codes(done)) == (["train"], ["import-overtaken"])
    assert done.items["PER"] == 1
    stored = read_folder(tmp_path)
    assert (len(stored.sets), stored.findings) == (2, ())
    assert taken(tmp_path, given, made).unchanged == 2


MATCHES = {
    "by its name": ("port", PORT, "port"),
    "by its file's name": ("pages/port.txt", PORT, "port"),
    "by its text, whatever its name": ("0017", TRAIN, "train"),
    "by its text in tokens": (None, TRAIN.replace(".", " ."), "train"),
    "by its text before its name": ("port", TRAIN, "train"),
    "by a sentence of its text": (None, TRAIN[TRAIN.index("Tom") :].replace("no more", "no\n more"), "train"),
    "by a sentence of its text, under a number": ("17", TRAIN[TRAIN.index("Tom") :], "train"),
    "by the forty signs at its end": (None, TRAIN[-47:], "train"),
    "by thirty-nine": (None, TRAIN[-46:], "import-no-document"),
    "by too few words": (None, "Tom Reed of Coast Rail", "import-no-document"),
    "by its name where the text has changed": ("port", PORT.replace("Monday", "Tuesday"), "port"),
    "by no name and another text": (None, PORT.replace("Monday", "Tuesday"), "import-no-document"),
    "by an unknown name": ("quay", "Nothing of this is known. Not by anybody.", "import-no-document"),
    "by a name, with names in common": (
        "port",
        f"{TRAIN} In Eastmouth, Ann Lee said nothing.",
        "import-other-text",
    ),
    "by a name, with another text": ("port", "Nothing of this is known. Not by anybody.", "import-other-text"),
}


@pytest.mark.parametrize("how", MATCHES)
def test_which_document_it_is(how: str, tmp_path: Path) -> None:
    """Equal texts come first, then names; what is neither is told and can be built from."""
    name, text, expected = MATCHES[how]
    words = next(each for each in ("Ann Lee", "Tom Reed", "anybody", "winter") if each in text)
    done = taken(tmp_path, [Standoff(name, text, (span(text, words, "PER"),))], documents(port=PORT, train=TRAIN))
    found = [item.doc_id for item in done.written] or [
        f.code for f in done.findings if f.severity is Severity.ERROR
    ]
    assert found == [expected]
    assert len(done.unmatched) == expected.startswith("import-")


def test_a_text_of_two_documents(tmp_path: Path) -> None:
    """The name decides; without one nobody can say."""
    made = documents(one=PORT, two=PORT)
    marked = (span(PORT, "Ann Lee", "PER"),)
    assert taken(tmp_path, [Standoff("two", PORT, marked)], made).written[0].doc_id == "two"
    done = taken(tmp_path, [Standoff(None, PORT, marked)], made)
    assert (done.written, codes(done)) == ([], ["import-ambiguous"])


def test_what_the_scheme_lacks_is_counted_and_the_rest_comes_in(tmp_path: Path) -> None:
    """Labels, relations, attributes and identifiers that are none of ours."""
    spans = (
        span(PORT, "Monday", "DATE"),
        span(PORT, "nine days", "DATE"),
        replace(span(PORT, "Ann Lee", "PER", gender=("f",)), kb_id="GND:1"),
        span(PORT, "It had been closed", "CLAIM", "c", kind=("rumour",), mood=("sad",), flags=("negated", "bold")),
    )
    relations = (StandoffRelation("knows", "Ann Lee", "c"), StandoffRelation("said_by", "c", "Ann Lee"))
    done = taken(tmp_path, [Standoff("port", PORT, spans, relations, place="x.ann")], documents(port=PORT))
    told = {(f.code, f.place, f.severity) for f in done.findings}
    assert told == {
        (f"import-{kind}", "x.ann", Severity.WARNING) for kind in ("label", "relation", "attribute", "kb-id")
    }
    assert any("'DATE'" in f.message and "2 spans" in f.message for f in done.findings)
    found = one_set(tmp_path)
    assert [len(found.entities), len(found.claims)] == [1, 1]
    assert (found.claims[0].attributes, found.claims[0].flags) == ({}, ("negated",))


def test_what_is_hostile_to_a_reader_is_told_shortly(tmp_path: Path) -> None:
    """Names of a megabyte are cut, the rarest of many names counted, and one place told once for all annotators."""
    words = [span(PORT, "Ann Lee", "PER", "i" * 1_000_000), span(PORT, "Monday", "L" * 1_000_000)]
    words += [span(PORT, "reopened", f"label {number}", f"r{number}") for number in range(500)]
    given = [Standoff("port", PORT, tuple(words))]
    given += [Standoff("n" * 1_000_000, TRAIN, (span(TRAIN, "Tom", "PER"),), annotator=who) for who in "ab"]
    done = taken(tmp_path, given, documents(port=PORT))
    assert codes(done) == ["import-no-document", *["import-label"] * 21]
    assert max(len(finding.message) for finding in done.findings) < 400
    assert "481 more labels" in done.findings[-1].message
    assert len(done.unmatched) == 2
    assert len(one_set(tmp_path).entities[0].id) < 20


def test_blanks_are_no_words_of_another_text(tmp_path: Path) -> None:
    """A mark on blanks alone is kept without a place; the text is not said to be another one."""
    wide = PORT.replace(" ", "  ")
    done = taken(tmp_path, [Standoff("port", wide, (span(wide, " ", "PER", "b"),))], documents(port=PORT))
    assert codes(done) == ["import-orphan"]
    assert "nothing but blanks" in one_set(tmp_path).orphans[0].reason


def test_what_has_no_place_is_kept_whole(tmp_path: Path) -> None:
    """With its identifier and note; a relation to it is not said to be one that the scheme lacks."""
    wide = PORT.replace(" ", "  ")
    person = replace(span(wide, " ", "PER", "p", gender=("f",)), kb_id="Q42", note="?")
    spans = (person, span(wide, "It  had", "CLAIM", "c"), span(wide, " ", "SOURCE", "s"))
    given = Standoff("port", wide, spans, (StandoffRelation("said_by", "c", "s"),))
    done = taken(tmp_path, [given], documents(port=PORT))
    assert codes(done) == ["import-orphan", "import-orphan", "import-relation"]
    assert "'said_by' leads from or to what was kept without a place; 1 link was left" in done.findings[-1].message
    item = one_set(tmp_path).orphans[0].item
    assert (item["kb_id"], item["note"], item["attributes"]) == ("Q42", "?", {"gender": ["f"]})


def test_what_is_left_out_on_purpose_takes_its_relations_along(tmp_path: Path) -> None:
    """Nobody needs to be told of a relation to a label that a file of names leaves out; of others they do."""
    (tmp_path / "names.toml").write_text('[labels]\nDATE = ""\n', "utf-8")
    spans = (span(PORT, "Monday", "DATE", "d"), span(PORT, "It had", "CLAIM", "c"), span(PORT, "said", "CUE", "q"))
    given = Standoff("port", PORT, spans, (StandoffRelation("said_by", "c", "d"),))
    naming = read_naming(tmp_path / "names.toml", SCHEME)
    assert codes(taken(tmp_path / "a", [given], documents(port=PORT), naming=naming)) == []
    wrong = replace(given, relations=(StandoffRelation("said_by", "c", "q"),))
    assert codes(taken(tmp_path / "b", [wrong], documents(port=PORT), naming=naming)) == ["import-relation"]


def test_several_readings_of_one_document_are_one_set(tmp_path: Path) -> None:
    """A tool that has the paragraphs apart; what both say stands once, and ids that meet are told apart."""
    first, second = PORT[:56], PORT[56:]
    long = f"{PORT}\n\n{TRAIN}"
    parts = [
        Standoff("port", f"{PORT}", (span(PORT, "Ann Lee", "PER", "1"), span(PORT, "Eastmouth", "GPE", "2"))),
        Standoff("port", TRAIN, (span(TRAIN, "Tom Reed", "PER", "1"),)),
        Standoff("port", f"{PORT}", (span(PORT, "Ann Lee", "PER", "7"),)),
    ]
    done = taken(tmp_path, parts, documents(port=long))
    found = one_set(tmp_path)
    assert [(one.id, one.spans[0].exact) for one in found.entities] == [
        ("1", "Ann Lee"),
        ("2", "Eastmouth"),
        ("1-2", "Tom Reed"),
    ]
    assert first + second == PORT
    assert done.findings == []


def test_nobody_and_several_people(tmp_path: Path) -> None:
    """Who is not told of is asked for; each of several gets a file of their own."""
    marked = (span(PORT, "Ann Lee", "PER"),)
    given = [Standoff("port", PORT, marked, annotator=who) for who in ("3", "5", None)]
    done = taken(tmp_path, given, documents(port=PORT), annotators={"3": "anna", "5": "ben"})
    assert [item.annotator for item in done.written] == ["anna", "ben"]
    assert codes(done) == ["import-annotator"]


def test_a_document_without_marks_is_not_taken_for_annotated(tmp_path: Path) -> None:
    """Unless that is said."""
    given = [Standoff("port", PORT)]
    assert (taken(tmp_path, given, documents(port=PORT)).empty, list(tmp_path.iterdir())) == (1, [])
    done = taken(tmp_path, given, documents(port=PORT), empty=True)
    assert len(done.written) == 1
    assert one_set(tmp_path).entities == ()


@pytest.mark.parametrize("text", get_args(Text))
def test_the_seeds_come_back_as_they_went(text: Any, tmp_path: Path) -> None:
    """The hand annotation, exported in each text and imported, is what it was; what lies outside was told."""
    paths = sorted((HOUSE / "seeds").glob("*.txt"))
    made = documents(**{path.stem: path.read_text("utf-8") for path in paths})
    sets = {item.doc_id: [item] for item in current(read_folder(HOUSE / "annotations").sets)}
    given = list(standoffs_of(made, lambda document: sets[document.doc_id], SCHEME, text))
    shown = [one for one in given if isinstance(one, Standoff)]
    left = sum(
        int(one.message.split()[0]) for one in given if isinstance(one, Finding) and one.code == "export-outside"
    )
    done = taken(tmp_path, shown, made)
    assert done.findings == []
    assert len(done.written) == len(sets) == 5
    assert text != "raw" or left == 0
    items = 0
    written = current(read_folder(tmp_path).sets)
    for item in written:
        (before,) = sets[item.doc_id]
        for layer in ("entities", "sources", "claims", "cues"):
            old = {one.id: one for one in getattr(before, layer)}
            items += len(old)
            for one in getattr(item, layer):
                assert _same(one, old[one.id], raw=text == "raw")
    assert (
        sum(len(getattr(s, x)) for s in written for x in ("entities", "sources", "claims", "cues")) == items - left
    )


def _same(one: Any, other: Any, *, raw: bool) -> bool:
    """Equal; of a part of the text, but for what lies outside it."""
    if raw:
        return bool(one == other)
    names = ("label", "entity_id", "attributes", "flags", "entity_ids", "group_id", "note")
    same = all(getattr(one, name, None) == getattr(other, name, None) for name in names)
    inside = [piece.span for piece in other.spans]
    return same and all(any(s.start <= p.start and p.end <= s.end for s in inside) for p in one.spans)


def test_paragraphs_apart_are_put_together(tmp_path: Path) -> None:
    """As in the files of tools that show a sentence at a time; one that two documents have is nobody's."""
    quay = "The quay was not damaged, said Ann Lee, and all ships that waited outside will be in by tonight."
    made = documents(one=f"{PORT}\n{quay}\n{TRAIN}", two=f"{TRAIN}\nNo more of this today.")
    given = [Standoff(None, text, (span(text, "Ann Lee", "PER", "1"),)) for text in (PORT, quay)]
    given.append(Standoff(None, TRAIN, (span(TRAIN, "Tom Reed", "PER", "1"),)))
    assert codes(taken(tmp_path, given, made)) == ["import-ambiguous"]
    found = [(item.id, item.spans[0].start) for item in one_set(tmp_path).entities]
    assert found == [("1", PORT.index("Ann Lee")), ("1-2", len(PORT) + 1 + quay.index("Ann Lee"))]
