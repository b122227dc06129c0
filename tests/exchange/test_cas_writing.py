"""What is written as XMI is read back as it was, by cassis too, and INCEpTION's rules for layers are kept."""

from __future__ import annotations

import re
import tempfile
import zipfile
from io import BytesIO
from pathlib import Path

import cassis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standoff_drawn import HARD, standoffs

from corpus.exchange.cas import FORMAT
from corpus.exchange.standoff import Standoff, StandoffRelation, StandoffSpan
from corpus.files import schema_text
from corpus.model.finding import Finding
from corpus.model.scheme import Scheme
from corpus.model.span import Span

SCHEME = Scheme.from_toml(schema_text("news-ec.toml"))
TEXT = "“We are ready 🙂,” said Ada,\n“to talk.”"
XML_SIGNS = re.sub("[\x0b]", "", HARD)


def written(path: Path, *documents: Standoff) -> list[Finding]:
    """Write them and return what was lost."""
    assert FORMAT.write is not None
    return list(FORMAT.write(documents, path, SCHEME))


def comparable(found: Standoff) -> tuple[object, ...]:
    """Return what a document says, whatever the order of its marks."""
    spans = sorted(
        (s.id, s.label, s.spans, sorted(s.attributes.items()), s.kb_id, s.note or "") for s in found.spans
    )
    return found.name, found.text, spans, sorted(map(str, found.relations)), found.annotator


@given(st.lists(standoffs(XML_SIGNS, annotators=(None, "hand-1", "ann 2")), max_size=3))
@settings(max_examples=60)
def test_what_is_written_is_read_back(documents: list[Standoff]) -> None:
    """Pieces, attributes, flags, notes, identifiers, relations and annotators all come back; nothing is lost."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "all.zip"
        assert written(path, *documents) == []
        if documents:
            found = [one for one in FORMAT.read(path) if isinstance(one, Standoff)]
            assert sorted(map(repr, map(comparable, found))) == sorted(map(repr, map(comparable, documents)))


def whole() -> Standoff:
    claim = StandoffSpan(
        "c:1",
        "CLAIM",
        (Span(0, 17), Span(28, 38)),
        {"speech": ("direct",), "hedged": (), "entity_ids": ("e1", "e 2"), "group_id": ("g",)},
        note="two\nlines",
    )
    spans = (claim, StandoffSpan("s1", "SOURCE", (Span(23, 26),)), StandoffSpan("u1", "CUE", (Span(18, 22),)))
    ada = StandoffSpan("a", "PER", (Span(23, 26),), {"entity_id": ("e1",)}, "Q42")
    links = [("said_by", "s1"), ("outer_said_by", "s1"), ("cued_by", "u1"), ("mentions", "a")]
    return Standoff("tide", TEXT, (*spans, ada), tuple(StandoffRelation(x, "c:1", y) for x, y in links), "hand-1")


def test_cassis_reads_what_was_written(tmp_path: Path) -> None:
    """Layers, features and covered texts are as INCEpTION has them; offsets behind an astral sign are units."""
    assert written(tmp_path / "all.zip", whole()) == []
    assert list(
        map(comparable, (one for one in FORMAT.read(tmp_path / "all.zip") if isinstance(one, Standoff)))
    ) == [comparable(whole())]
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert archive.namelist() == ["TypeSystem.xml", "annotation/tide/hand-1.xmi"]
        types = cassis.load_typesystem(BytesIO(archive.read("TypeSystem.xml")))
        data = archive.read("annotation/tide/hand-1.xmi")
    cas = cassis.load_cas_from_xmi(BytesIO(data), typesystem=types)
    claims = cas.select("webanno.custom.Claim")
    assert [claim.get_covered_text() for claim in claims] == ["“We are ready 🙂,”", "“to talk.”"]
    assert (claims[0].speech, claims[0].hedged, claims[0].negated) == ("direct", True, None)
    (entity,) = cas.select("de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity")
    assert (entity.value, entity.identifier) == ("PER", "http://www.wikidata.org/entity/Q42")
    (link,) = cas.select("webanno.custom.SaidBy")
    assert (link.Governor, link.Dependent.get_covered_text()) == (claims[0], "Ada")
    assert (link.begin, link.end) == (23, 26)
    assert [len(cas.select(f"webanno.custom.{name}")) for name in ("OuterSaidBy", "CuedBy", "Continues")] == [1] * 3
    assert [link.label for link in cas.select("webanno.custom.Relation")] == ["mentions"]
    assert b'begin="24" end="27"' in data


def test_layers_keep_to_inceptions_rules(tmp_path: Path) -> None:
    """What its import of a type system asks for: its own features only, and references as it names them."""
    written(tmp_path / "all.zip", whole())
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        types = cassis.load_typesystem(BytesIO(archive.read("TypeSystem.xml")))
    layers = [one for one in types.get_types() if one.name.startswith("webanno.custom.")]
    assert len(layers) == 3 + 5
    for layer in layers:
        assert layer.supertype.name == "uima.tcas.Annotation"
        ranges = {one.name: one.rangeType.name for one in layer.features}
        references = {name: kind for name, kind in ranges.items() if kind not in PLAIN}
        assert references in ({}, dict.fromkeys(("Governor", "Dependent"), "uima.tcas.Annotation"))
        assert all(re.fullmatch("[A-Za-z][A-Za-z0-9_]*", name) for name in ranges)


PLAIN = ("uima.cas.String", "uima.cas.Boolean", "uima.cas.StringArray")
ONE = (Span(23, 26),)
LOST = [
    (Standoff("t", TEXT, (StandoffSpan("a", "PER", ONE, {"speech": ("direct",)}),)), "export-attributes"),
    (Standoff("t", TEXT, (StandoffSpan("a", "CLAIM", ONE, {"speech": ("a", "b")}),)), "export-attributes"),
    (Standoff("t", TEXT, (StandoffSpan("a", "CLAIM", ONE, {"note": ("x",)}),)), "export-attributes"),
    (Standoff("t", TEXT, (StandoffSpan("a", "CLAIM", ONE, kb_id="Q1"),)), "export-kb-id"),
    (
        Standoff("t", TEXT, (StandoffSpan("a", "CLAIM", ONE),), (StandoffRelation("said_by", "a", "b"),)),
        "export-relations",
    ),
    (Standoff("t", "a\x0bb\x00c\ud83d", (StandoffSpan("a", "PER", (Span(2, 3),)),)), "export-text"),
]


@pytest.mark.parametrize(("document", "code"), LOST)
def test_what_has_no_place_is_told(tmp_path: Path, document: Standoff, code: str) -> None:
    """A warning; the rest is written and can be read."""
    (warning,) = written(tmp_path / "all.zip", document)
    assert (warning.code, warning.severity.value, warning.place) == (code, "warning", "t")
    (back,) = FORMAT.read(tmp_path / "all.zip")
    assert isinstance(back, Standoff)
    assert [(span.id, span.label, span.spans) for span in back.spans] == [
        (span.id, span.label, span.spans) for span in document.spans
    ]
    assert back.text == re.sub("[\x0b\x00\ud83d]", "\ufffd", document.text)


def test_labels_that_the_scheme_lacks_are_values(tmp_path: Path) -> None:
    """A named entity may be called anything."""
    span = StandoffSpan("d", "DATE", (Span(0, 3), Span(5, 7)))
    assert written(tmp_path / "all.zip", Standoff("t", TEXT, (span,))) == []
    (back,) = FORMAT.read(tmp_path / "all.zip")
    assert isinstance(back, Standoff)
    assert back.spans == (span,)


def test_names_and_bytes(tmp_path: Path) -> None:
    """Names are safe in the archive and whole in the document; the same documents give the same bytes."""
    names = [("../a/b", "x/y"), ("../a/b", "x:y"), ("CON", None), ("CON", None), (None, None)]
    documents = [Standoff(name, TEXT, (), (), who) for name, who in names]
    for file in ("one.zip", "two.zip"):
        assert written(tmp_path / file, *documents) == []
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        files = archive.namelist()[1:]
    assert len(set(files)) == len(names)
    assert all(len(Path(file).parts) == 3 and ".." not in Path(file).parts for file in files)
    back = [one for one in FORMAT.read(tmp_path / "one.zip") if isinstance(one, Standoff)]
    assert [(one.name, one.annotator) for one in back] == [*names[:4], ("document", None)]
