"""Annotation sets as other tools get them: who has said nothing, what joins what, what lies outside the text."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from imports_made import PORT, SCHEME, TRAIN, documents, one_set, span, taken

from corpus.exchange.exporting import Text, standoffs_of
from corpus.exchange.standoff import Standoff, StandoffRelation
from corpus.model.annotation import AnnotationSet
from corpus.model.document import Document
from corpus.model.finding import Finding


def test_who_said_nothing_is_exported_where_asked_for(tmp_path: Path) -> None:
    """Without spans and annotator; a claim and its source alone keep what joins them."""
    spans = (span(PORT, "It had been closed", "CLAIM", "c"), span(PORT, "she", "SOURCE", "s"))
    relations = (StandoffRelation("said_by", "c", "s"),)
    made = documents(port=PORT, train=TRAIN, empty="")
    taken(tmp_path, [Standoff("port", PORT, spans, relations)], made)
    own = one_set(tmp_path)

    def sets(document: Document) -> list[AnnotationSet]:
        return [own] if document.doc_id == "port" else []

    for unannotated, names in ((False, ["port"]), (True, ["port", "train"])):
        found = list(standoffs_of(made, sets, SCHEME, "raw", unannotated=unannotated))
        assert [one.name for one in found if isinstance(one, Standoff)] == names
        port = found[0]
        assert isinstance(port, Standoff)
        assert (port.relations, port.annotator) == (relations, "anna")
    train = found[1]
    assert isinstance(train, Standoff)
    assert (train.text, train.spans, train.annotator) == (TRAIN, (), None)


def test_what_is_linked_and_not_mentioned_in_the_text_is_told(tmp_path: Path) -> None:
    """An identifier stands at mentions alone, so it goes with the last one that the text lacks."""
    page = f"Home | News | Sport\nBy Kim Roe\n{PORT}\n{TRAIN}\nShare this on Facebook\n"
    (made,) = documents(page=page)
    words = "Sport" if "Sport" not in made.text else "Share"
    told = [replace(span(page, each, "PER", entity_id=(each,)), kb_id="Q42") for each in (words, "Ann Lee")]
    taken(tmp_path, [Standoff("page", page, tuple(told))], [made])
    own = one_set(tmp_path)
    expected: list[tuple[Text, list[str]]] = [("raw", []), ("text", ["export-outside", "export-linked"])]
    for text, codes in expected:
        found = list(standoffs_of([made], lambda _: [own], SCHEME, text))
        assert [one.code for one in found if isinstance(one, Finding)] == codes
