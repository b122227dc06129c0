"""What is written as web annotations: read back it is the same, what is lost is told, and it is sound JSON-LD."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from rdflib import Graph, Namespace, URIRef
from rdflib.namespace import DCTERMS, FOAF, RDF
from standoff_drawn import standoffs

from corpus.annotation.anchoring import find_span
from corpus.exchange.standoff import Standoff, StandoffRelation, StandoffSpan
from corpus.exchange.texts import write_texts
from corpus.exchange.webannotation import FORMAT, read_webannotation, write_webannotation
from corpus.files import schema_text
from corpus.model.annotation import AnchoredSpan
from corpus.model.finding import Finding
from corpus.model.scheme import Scheme
from corpus.model.span import Span

SCHEME = Scheme.from_toml(schema_text("news-ec.toml"))
OA = Namespace("http://www.w3.org/ns/oa#")
AS = Namespace("http://www.w3.org/ns/activitystreams#")
TEXT = "Ann Lee said: the port and rail are open."
CLAIM = StandoffSpan("c/1", "CLAIM", (Span(14, 22), Span(32, 40)), {"speech": ("direct",), "negated": ()})
PERSON = StandoffSpan("p", "PER", (Span(0, 7),), {"entity_id": ("e1",)}, "Q42", "Who?\nShe.")
DOCUMENT = Standoff("2026/tide 1", TEXT, (CLAIM, PERSON), (StandoffRelation("said_by", "c/1", "p"),), "ann")


def written(documents: Iterable[Standoff], path: Path) -> list[Finding]:
    """Write documents and return what was lost."""
    return list(write_webannotation(documents, path, SCHEME))


def read_back(path: Path) -> list[Standoff]:
    """Return the documents, of which none is wrong."""
    found = list(read_webannotation(path))
    documents = [replace(one, place="") for one in found if isinstance(one, Standoff)]
    assert len(documents) == len(found), found
    return documents


@pytest.mark.parametrize("ending", [".jsonld", ".jsonl"])
@given(standoffs(annotators=(None, "Ann", "b/b"), notes="aé \"'\n\t😀\x00"))
def test_what_is_written_is_read_back(ending: str, document: Standoff) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"out{ending}"
        assert not written([document, replace(document, name="other", text=document.text + "!")], path)
        assert read_back(path) == [document, replace(document, name="other", text=document.text + "!")]


NAMES = (
    "tide",
    "2026/11 22/é",
    "https://a.example/1?a=b",
    "https://a.example/a b#c",
    "a:b",
    "100%",
    "a#b?c",
    "..",
    "😀",
)


def test_documents_keep_their_names_and_annotators(tmp_path: Path) -> None:
    documents = [Standoff(name, name, annotator=who) for name in NAMES for who in (None, "Ann", "ann")]
    assert not written(documents, tmp_path / "out.jsonld")
    assert read_back(tmp_path / "out.jsonld") == documents


def lost(*spans: StandoffSpan, **told: Any) -> Standoff:
    """Return a document that is not held as it is."""
    return replace(DOCUMENT, spans=spans, **{"relations": (), **told})


LOST = [
    ("=", lost(replace(CLAIM, attributes={"a=b": ("c=d",)})), {"export-attributes"}, {"a_b": ("c=d",)}),
    ("halves", lost(replace(CLAIM, attributes={"a": ("\ud800",)})), {"export-text"}, {"a": ("\ufffd",)}),
    (
        "ends",
        lost(CLAIM, relations=(StandoffRelation("said_by", "c/1", "p"),)),
        {"export-relations"},
        CLAIM.attributes,
    ),
    ("none", lost(replace(CLAIM, attributes={"a": ("", "b\n")})), set(), {"a": ("", "b\n")}),
]


@pytest.mark.parametrize(
    ("document", "codes", "attributes"), [case[1:] for case in LOST], ids=[case[0] for case in LOST]
)
def test_what_is_not_held_is_told(
    document: Standoff, codes: set[str], attributes: dict[str, tuple[str, ...]], tmp_path: Path
) -> None:
    assert {finding.code for finding in written([document], tmp_path / "out.jsonl")} == codes
    [found] = read_back(tmp_path / "out.jsonl")
    assert found.spans[0].attributes == attributes


def test_two_documents_of_one_name_and_annotator_are_told(tmp_path: Path) -> None:
    findings = written([DOCUMENT, DOCUMENT], tmp_path / "out.jsonld")
    assert [finding.code for finding in findings] == ["export-documents"]
    [found] = read_back(tmp_path / "out.jsonld")
    assert len(found.spans) == 4


def test_two_texts_of_one_name_are_told(tmp_path: Path) -> None:
    """Spans of the second would stand in the text of the first."""
    documents = [Standoff("tide", text, annotator=who) for who, text in (("ann", "Rain."), ("ben", "Rain fell."))]
    assert written([documents[0], replace(documents[0], annotator="ben")], tmp_path / "same.jsonld") == []
    assert not any(isinstance(one, Finding) for one in read_webannotation(tmp_path / "same.jsonld"))
    written(documents, tmp_path / "x.jsonld")
    (finding,) = (one for one in read_webannotation(tmp_path / "x.jsonld") if isinstance(one, Finding))
    assert (finding.code, "'tide' is another one" in finding.message) == ("import-text", True)


@pytest.mark.parametrize("kb_id", ["Q42", "P31", "GND:118", "http://b.example/x", "with blank", "é"])
def test_entries_of_any_knowledge_base_are_held(kb_id: str, tmp_path: Path) -> None:
    document = replace(DOCUMENT, spans=(replace(PERSON, kb_id=kb_id),), relations=())
    assert not written([document], tmp_path / "out.json")
    assert read_back(tmp_path / "out.json") == [document]


def test_the_format_tells_what_it_is() -> None:
    assert (FORMAT.name, FORMAT.endings[0]) == ("webannotation", ".jsonld")
    assert (FORMAT.read, FORMAT.write) == (read_webannotation, write_webannotation)


def test_a_file_that_is_not_finished_is_not_there(tmp_path: Path) -> None:
    def documents() -> Iterable[Standoff]:
        yield DOCUMENT
        raise RuntimeError("the source broke")

    with pytest.raises(RuntimeError):
        written(documents(), tmp_path / "out.jsonld")
    assert not list(tmp_path.iterdir())


TERMS = (
    *("Annotation", "TextualBody", "SpecificResource", "TextPositionSelector", "TextQuoteSelector"),
    *("tagging", "classifying", "linking", "identifying", "commenting", "bookmarking"),
    *("start", "end", "exact", "prefix", "suffix"),
)
CONTEXT: dict[str, Any] = {
    "oa": str(OA),
    "as": str(AS),
    "id": "@id",
    "type": "@type",
    **{name: f"oa:{name}" for name in TERMS},
    **{
        name: {"@id": f"oa:has{name.capitalize()}", "@type": "@id"}
        for name in ("body", "target", "source", "selector")
    },
    "motivation": {"@id": "oa:motivatedBy", "@type": "@vocab"},
    "purpose": {"@id": "oa:hasPurpose", "@type": "@vocab"},
    "creator": {"@id": str(DCTERMS.creator), "@type": "@id"},
    "name": str(FOAF.name),
    "Person": str(FOAF.Person),
    "value": str(RDF.value),
    "items": {"@id": "as:items", "@type": "@id", "@container": "@list"},
    "AnnotationCollection": "as:OrderedCollection",
    "AnnotationPage": "as:OrderedCollectionPage",
    **{name: {"@id": f"as:{name}", "@type": "@id"} for name in ("first", "last", "partOf")},
    "total": "as:totalItems",
    "startIndex": "as:startIndex",
    "format": "http://purl.org/dc/elements/1.1/format",
    "Text": "http://purl.org/dc/dcmitype/Text",
}
"""The terms of the standard's context that we use, by its vocabulary."""


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # by rdflib itself
def test_a_processor_of_json_ld_reads_the_standard_s_statements(tmp_path: Path) -> None:
    written([DOCUMENT], tmp_path / "out.jsonld")
    told = json.loads((tmp_path / "out.jsonld").read_text("utf-8"))
    assert told["@context"] == "http://www.w3.org/ns/anno.jsonld"
    told["@context"] = CONTEXT
    base = "http://here.example/out.jsonld"
    graph = Graph().parse(data=json.dumps(told), format="json-ld", base=base)
    claim, person = URIRef(f"{base}#1/c%2F1"), URIRef(f"{base}#1/p")
    text = URIRef("http://here.example/2026/tide%201")
    assert len(list(graph.subjects(RDF.type, OA.Annotation))) == len(told["first"]["items"]) == told["total"]
    assert str(graph.value(text, RDF.value)) == TEXT
    targets = list(graph.objects(claim, OA.hasTarget))
    assert {graph.value(target, OA.hasSource) for target in targets} == {text}
    positions = {(int(graph.value(s, OA.start)), int(graph.value(s, OA.end))) for s in graph.subjects(OA.start)}
    assert positions == {(14, 22), (32, 40), (0, 7)}
    assert {str(exact) for exact in graph.objects(None, OA.exact)} == {"the port", "are open", "Ann Lee"}
    bodies = {
        (graph.value(b, OA.hasPurpose), str(graph.value(b, RDF.value))) for b in graph.objects(claim, OA.hasBody)
    }
    assert bodies == {(OA.tagging, "CLAIM"), (OA.classifying, "speech=direct"), (OA.classifying, "negated")}
    entry = next(b for b in graph.objects(person, OA.hasBody) if graph.value(b, OA.hasPurpose) == OA.identifying)
    assert graph.value(entry, OA.hasSource) == URIRef("http://www.wikidata.org/entity/Q42")
    link = graph.value(None, OA.motivatedBy, OA.linking)
    assert graph.value(link, OA.hasTarget) == claim
    assert person in {graph.value(body, OA.hasSource) for body in graph.objects(link, OA.hasBody)}
    makers = {graph.value(maker, FOAF.name).toPython() for maker in graph.objects(None, DCTERMS.creator)}
    assert makers == {"ann"}


def test_without_the_texts_the_words_are_found_where_they_stand(tmp_path: Path) -> None:
    """What others get of us without its texts places every span all the same, and is no text to build from."""
    written([DOCUMENT], tmp_path / "out.jsonl")
    lines = (tmp_path / "out.jsonl").read_text("utf-8").splitlines(keepends=True)
    (tmp_path / "out.jsonl").write_text("".join(lines[1:]), "utf-8")
    note, document = read_webannotation(tmp_path / "out.jsonl")
    assert isinstance(note, Finding)
    assert isinstance(document, Standoff)
    longer = f"A headline. {TEXT} And more on the port."
    for span, original in zip(document.spans, DOCUMENT.spans, strict=True):
        found = [find_span(AnchoredSpan.of(document.text, piece), longer).span for piece in span.spans]
        assert found == [Span(piece.start + 12, piece.end + 12) for piece in original.spans]
    assert write_texts([document], tmp_path / "texts") == []
