"""DocBin: spaCy reads what we write, we read what spaCy writes, and edits made in spaCy count."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import spacy
from hypothesis import example, given, settings
from spacy.tokens import Doc, DocBin
from spacy.tokens import Span as Marked
from standoff_drawn import ENTITIES, standoffs

from corpus.errors import ExtraMissingError
from corpus.exchange.docbin import read_docbin, write_docbin
from corpus.exchange.standoff import Standoff, StandoffRelation, StandoffSpan
from corpus.files import schema_text
from corpus.model.finding import Finding
from corpus.model.scheme import Scheme
from corpus.model.span import Span

SCHEME = Scheme.from_toml(schema_text("news-ec.toml"))
NLP = spacy.blank("xx")
ENGLISH = spacy.blank("en")
FEW = settings(max_examples=settings().max_examples // 3)  # each makes a pipeline of its own
TIDE = Standoff(
    "tide",
    "the U.S.-based Lena Voss said: rain",
    (
        StandoffSpan("e1", "GPE", (Span(4, 8),), {"entity_id": ("us",)}, "Q30"),
        StandoffSpan("e2", "PER", (Span(15, 24),)),
        StandoffSpan("e3", "PER", (Span(15, 19),), note="her first name"),
        StandoffSpan("c1", "CLAIM", (Span(0, 3), Span(31, 35)), {"speech": ("direct",), "negated": ()}),
        StandoffSpan("c2", "CLAIM", (Span(0, 3),), {"speech": ("mixed",)}),
        StandoffSpan("s1", "SOURCE", (Span(15, 24),)),
    ),
    (StandoffRelation("said_by", "c1", "s1"),),
    "ann-1",
)


def parted(path: Path) -> tuple[list[Standoff], list[Finding]]:
    items = list(read_docbin(path))
    return [i for i in items if isinstance(i, Standoff)], [i for i in items if isinstance(i, Finding)]


def of_spacy(path: Path) -> list[Doc]:
    return list(DocBin().from_disk(path).get_docs(NLP.vocab))


def saved(path: Path, *docs: Doc, **options: Any) -> Path:
    DocBin(docs=docs, **{"store_user_data": True, **options}).to_disk(path)
    return path


@FEW
@given(document=standoffs(annotators=(None, "ann-1")))
@example(document=Standoff("tide", "<< << ", (StandoffSpan("e1", "PER", (Span(2, 6),)),)))
@example(document=Standoff("tide", "a b", (StandoffSpan("e1", "PER", (Span(1, 2),)),)))
@example(document=Standoff("tide", "a b", (StandoffSpan("e1", "PER", (Span(0, 1),), {"entity_id": ("x", "y")}),)))
def test_what_is_written_is_read_again(document: Standoff, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nothing is lost, though spaCy itself has only whole tokens, and entities that do not overlap."""
    path = tmp_path_factory.mktemp("docbin") / "x.spacy"
    findings = list(write_docbin([document, document], path, SCHEME))
    assert {finding.code for finding in findings} <= {"export-alignment", "export-overlap"}
    documents, findings = parted(path)
    assert not findings
    for read in documents:
        assert (read.name, read.annotator, read.text) == (document.name, document.annotator, document.text)
        assert (read.spans, read.relations) == (document.spans, document.relations)
    data = path.read_bytes()
    list(write_docbin(documents, path, SCHEME))
    assert path.read_bytes() == data


@FEW
@given(document=standoffs())
def test_spacy_reads_the_text_and_every_mark(document: Standoff, tmp_path_factory: Any) -> None:
    """Its tokens are the text; each mark covers its span, and no more than the tokens that the span touches."""
    path = tmp_path_factory.mktemp("docbin") / "x.spacy"
    told = {finding.code for finding in write_docbin([document], path, SCHEME)}
    (doc,) = of_spacy(path)
    assert doc.text == document.text
    assert [token.text for token in doc] == [token.text for token in NLP.make_doc(document.text)]
    ours = [(s.label, piece) for s in document.spans for piece in s.spans]
    theirs = [*doc.ents, *(span for group in doc.spans.values() for span in group)]
    assert sorted(span.label_ for span in theirs) == sorted(label for label, _ in ours)
    exact = {(span.label_, span.start_char, span.end_char) for span in theirs}
    if "export-alignment" not in told:
        assert exact == {(label, *piece) for label, piece in ours}
    for label, piece in ours:
        words = {t.i for t in doc if t.idx < piece.end and piece.start < t.idx + len(t)}
        if words:
            assert any(s.label_ == label and set(range(s.start, s.end)) == words for s in theirs)
    assert ("export-overlap" in told) == ("entities" in doc.spans)
    if "entities" not in doc.spans:
        assert len(doc.ents) == sum(span.label in ENTITIES for span in document.spans)


def test_spacy_shows_what_is_said_of_marks(tmp_path: Path) -> None:
    """Identifiers stand where spaCy has them, attributes are extensions; what grew or overlaps is told."""
    path = tmp_path / "x.spacy"
    findings = {f.code: f.message for f in write_docbin([TIDE], path, SCHEME)}
    assert {code: message.split("first at ")[1] for code, message in findings.items()} == {
        "export-alignment": "e1.",
        "export-overlap": "e3.",
    }
    (doc,) = of_spacy(path)
    assert [(e.text, e.label_, e.kb_id_, e.ent_id_) for e in doc.ents] == [
        ("U.S.-based", "GPE", "Q30", "us"),
        ("Lena Voss", "PER", "", ""),
    ]
    groups = {name: [(span.text, span.id_) for span in group] for name, group in doc.spans.items()}
    assert groups == {
        "entities": [("Lena", "")],
        "claims": [("the", "c1"), ("rain", "c1"), ("the", "c2")],
        "sources": [("Lena Voss", "s1")],
    }
    assert all(token.ent_iob_ for token in doc)  # said of every token: "O" where there is no entity
    Marked.set_extension("speech", default=None)
    try:
        assert doc[0:1]._.speech == "direct"
    finally:
        Marked.remove_extension("speech")
    assert (doc.user_data["doc_id"], doc.user_data["annotator"]) == ("tide", "ann-1")


def test_the_longer_entity_stays_whatever_the_order(tmp_path: Path) -> None:
    """As in the ``ner`` config; of two that are as long the one that begins first."""
    places = [Span(5, 9), Span(0, 9), Span(10, 18), Span(15, 23)]
    spans = tuple(StandoffSpan(f"e{n}", "PER", (place,)) for n, place in enumerate(places))
    told = list(write_docbin([Standoff("a", "Lena Voss left the port", spans[::-1])], tmp_path / "x.spacy", SCHEME))
    assert [finding.code for finding in told] == ["export-overlap"]
    (doc,) = of_spacy(tmp_path / "x.spacy")
    assert [entity.text for entity in doc.ents] == ["Lena Voss", "left the"]
    assert sorted(span.text for span in doc.spans["entities"]) == ["Voss", "the port"]


def test_halves_of_characters_become_one_sign(tmp_path: Path) -> None:
    """UTF-8 cannot hold them; the places behind them stay."""
    spans = (StandoffSpan("e1", "PER", (Span(2, 6),)),)
    list(write_docbin([Standoff("a", "\ud83d Lena", spans)], tmp_path / "x.spacy", SCHEME))
    ((read,), _) = parted(tmp_path / "x.spacy")
    assert (read.text, read.spans) == ("\ufffd Lena", spans)


def test_attributes_are_those_of_the_span_that_has_some(tmp_path: Path) -> None:
    """Of spans of the same tokens spaCy cannot tell whose they are: the others' are none, read by us."""
    place = (Span(0, 4),)
    spans = (
        StandoffSpan("s1", "SOURCE", place),
        StandoffSpan("c1", "CLAIM", place, {"speech": ("direct",)}),
        StandoffSpan("e1", "PER", place),
    )
    assert not list(write_docbin([Standoff("a", "Lena left", spans)], tmp_path / "x.spacy", SCHEME))
    (doc,) = of_spacy(tmp_path / "x.spacy")
    assert doc.user_data["._.", "speech", 0, 4] == "direct"
    assert parted(tmp_path / "x.spacy")[0][0].spans == spans


def _relabel(doc: Doc) -> None:
    doc.set_ents([Marked(doc, 1, 2, label="ORG"), *doc.ents[1:]])


def _unmark(doc: Doc) -> None:
    doc.spans["claims"] = list(doc.spans["claims"])[1:]


def _say(doc: Doc) -> None:
    doc.user_data["._.", "speech", 0, 3] = "none"


def _spoil(doc: Doc) -> None:
    doc.user_data["newscorpus"] = '{"spans": [{"id": "e1"}], "relations": []}'


def _lie(doc: Doc) -> None:
    held = json.loads(doc.user_data["newscorpus"])
    held["spans"][0]["pieces"] = [[0, 9]]
    doc.user_data["newscorpus"] = json.dumps(held)


@pytest.mark.parametrize(
    ("change", "gone", "new", "findings"),
    [
        (_relabel, ["GPE U.S."], ["ORG U.S.-based"], []),
        (_unmark, ["CLAIM the … rain {'speech': ('direct',), 'negated': ()}"],
         ["CLAIM rain {'speech': ('direct',), 'negated': ()}"], []),
        (_say, ["CLAIM the … rain {'speech': ('direct',), 'negated': ()}"],
         ["CLAIM the … rain {'speech': ('none',), 'negated': ()}"], []),
        (_lie, ["GPE U.S."], ["GPE U.S.-based"], []),
    ],
)  # fmt: skip
def test_what_was_changed_in_spacy_counts(
    change: Callable[[Doc], None], gone: list[str], new: list[str], findings: list[str], tmp_path: Path
) -> None:
    """What our writer kept beside the marks is believed only of marks that are as they were written."""
    list(write_docbin([TIDE], tmp_path / "a.spacy", SCHEME))
    (doc,) = of_spacy(tmp_path / "a.spacy")
    change(doc)
    ((read,), told) = parted(saved(tmp_path / "b.spacy", doc))
    before, after = ({_shown(span, one.text) for span in one.spans} for one in (TIDE, read))
    assert [each for each in before - after if not any(each.startswith(g) for g in gone)] == []
    assert [each for each in after - before if not any(each.startswith(n) for n in new)] == []
    assert len(after - before) == len(new)
    assert [finding.code for finding in told] == findings


def _shown(span: StandoffSpan, text: str) -> str:
    words = " … ".join(piece.slice(text) for piece in span.spans)
    return f"{span.label} {words}" + (f" {dict(span.attributes)}" if span.label == "CLAIM" else "")


NOT_OURS = [
    '{"spans": [{"id": "e1"}], "relations": []}',
    '{"spans": [{"id": "e1", "label": "GPE", "pieces": [[4, 8], [9, 10]], "as": [["", 1, 2]]}], "relations": []}',
    '{"spans": [{"id": "e1", "label": "GPE", "pieces": [], "as": []}], "relations": []}',
    '{"spans": [], "relations": [["said_by", "c1"]]}',
    '{"spans": []}',
    "[]",
    "no JSON",
]


@pytest.mark.parametrize("held", NOT_OURS)
def test_what_is_not_ours_under_our_name_is_told_and_the_marks_are_read(held: str, tmp_path: Path) -> None:
    list(write_docbin([TIDE], tmp_path / "a.spacy", SCHEME))
    (doc,) = of_spacy(tmp_path / "a.spacy")
    doc.user_data["newscorpus"] = held
    ((read,), (finding,)) = parted(saved(tmp_path / "b.spacy", doc))
    assert finding.code == "import-docbin"
    assert sorted(span.label for span in read.spans) == ["CLAIM"] * 3 + ["GPE", "PER", "PER", "SOURCE"]


def test_files_of_others_are_read(tmp_path: Path) -> None:
    """Entities with their identifiers, groups of spans with extension attributes, names; whatever the tokens."""
    doc = ENGLISH.make_doc("  Don't ask Lena Voss's\n\nbank in 😀 Porto. ")
    first = next(token.i for token in doc if token.text == "Lena")
    last = next(token.i for token in doc if token.text == "Porto")
    doc.set_ents(
        [Marked(doc, first, first + 2, "PERSON", kb_id="Q1", span_id="lena"), Marked(doc, last, last + 1, "GPE")],
        missing=[Marked(doc, 0, 2)],
    )
    doc.spans["sc"] = [Marked(doc, first, last + 1, "QUOTE"), Marked(doc, first, first + 1, "FIRST")]
    doc.spans["empty"] = []
    doc.user_data.update({"id": 7, "other": b"\x80\x04N.", ("._.", "tone", None, None): "x"})
    place = doc.spans["sc"][0].start_char, doc.spans["sc"][0].end_char
    doc.user_data["._.", "tone", *place] = ("loud", 3)
    doc.user_data["._.", "old", *place] = True
    doc.user_data["._.", "new", *place] = False
    ((read,), findings) = parted(saved(tmp_path / "x.spacy", doc))
    assert not findings
    assert (read.name, read.annotator, read.text) == ("7", None, doc.text)
    told = [(s.label, s.spans[0].slice(read.text), dict(s.attributes), s.kb_id) for s in read.spans]
    assert told == [
        ("PERSON", "Lena Voss", {"entity_id": ("lena",)}, "Q1"),
        ("GPE", "Porto", {}, None),
        ("QUOTE", "Lena Voss's\n\nbank in 😀 Porto", {"tone": ("loud", "3"), "old": ()}, None),
        ("FIRST", "Lena", {}, None),
    ]


def test_tokens_without_blanks_and_files_without_user_data(tmp_path: Path) -> None:
    """Words whose blanks nobody knows have one each; entities that touch stay two."""
    doc = Doc(ENGLISH.vocab, words=["Lena", "Porto", "Faro"], ents=["B-PER", "B-LOC", "B-LOC"])
    path = saved(tmp_path / "x.spacy", doc, doc, store_user_data=False, attrs=["ENT_TYPE", "ENT_IOB", "POS"])
    documents, findings = parted(path)
    assert (len(documents), findings) == (2, [])
    assert documents[1].text == "Lena Porto Faro "
    assert [s.spans for s in documents[1].spans] == [(Span(0, 4),), (Span(5, 10),), (Span(11, 15),)]
    assert documents[1].place == f"{path}[2]"


def test_categories_of_the_whole_are_told(tmp_path: Path) -> None:
    doc = ENGLISH.make_doc("Lena left")
    doc.cats = {"news": 1.0}
    (_, told) = parted(saved(tmp_path / "a.spacy", doc))
    assert [finding.code for finding in told] == ["import-whole"]


def test_an_empty_file_and_an_empty_document(tmp_path: Path) -> None:
    assert not list(write_docbin([], tmp_path / "none.spacy", SCHEME))
    assert parted(tmp_path / "none.spacy") == ([], [])
    list(write_docbin([Standoff("a", "")], tmp_path / "one.spacy", SCHEME))
    ((read,), _) = parted(tmp_path / "one.spacy")
    assert (read.name, read.text, read.spans) == ("a", "", ())


def test_without_spacy_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    list(write_docbin([TIDE], tmp_path / "x.spacy", SCHEME))
    monkeypatch.setitem(__import__("sys").modules, "spacy", None)
    monkeypatch.setitem(__import__("sys").modules, "srsly", None)
    for call in (read_docbin(tmp_path / "x.spacy"), write_docbin([TIDE], tmp_path / "y.spacy", SCHEME)):
        with pytest.raises(ExtraMissingError, match=r"newscorpus\[spacy\]"):
            list(call)
    assert not (tmp_path / "y.spacy").exists()
