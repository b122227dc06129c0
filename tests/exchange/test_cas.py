"""INCEpTION's exports are read, layers, relations and all; what is broken costs itself alone."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest
from cas_exports import CLAIMS, ENTITIES, ODD, TEXT, TYPES, packed, project, read, words, xmi

from corpus.errors import ExtraMissingError
from corpus.exchange.cas import FORMAT
from corpus.exchange.standoff import Standoff, StandoffRelation
from corpus.model.finding import Severity


def test_layers_features_and_relations(tmp_path: Path) -> None:
    """Offsets are UTF-16 units; values name spans, other features are attributes, slots are relations."""
    (document,), findings = read(tmp_path, {"ann.xmi": xmi(ENTITIES + CLAIMS), "TypeSystem.xml": TYPES})
    assert (document.name, document.annotator, document.text) == ("story.txt", "ann", TEXT)
    assert words(document) == [
        ("PER", "Li"),
        ("PER", "Bo"),
        ("NamedEntity", "👩"),
        ("CLAIM", "They may go … said"),
    ]
    assert [span.kb_id for span in document.spans] == ["Q7", "urn:bo", None, None]
    claim = document.spans[3]
    assert claim.attributes == {
        "speech": ("indirect",),
        "hedged": (),
        "weight": ("3",),
        "topics": ("going", "to go"),
    }
    assert claim.note == "sure?"
    assert set(document.relations) == {
        StandoffRelation("who", "20", "10"),
        StandoffRelation("said by", "20", "10"),
        StandoffRelation("Tie", "10", "11"),
    }
    assert findings == []


def test_features_of_relations_are_told(tmp_path: Path) -> None:
    """Relations have no attributes here: each feature is told once."""
    label = (
        "<featureDescription><name>label</name><rangeTypeName>uima.cas.String</rangeTypeName></featureDescription>"
    )
    types = TYPES.replace(label, label + label.replace("label", "sure"))
    claims = CLAIMS.replace('label="said by"', 'label="said by" sure="low"').replace('"11"/>', '"11" sure="no"/>')
    (document,), findings = read(tmp_path, {"ann.xmi": xmi(ENTITIES + claims), "TypeSystem.xml": types})
    assert len(document.relations) == 3
    assert [(one.code, one.severity) for one in findings] == [("import-attribute", Severity.WARNING)]
    assert "'sure'" in findings[0].message


def test_a_project_is_read_by_document_and_annotator(tmp_path: Path) -> None:
    """Each annotator's zip in a document's folder; what nobody annotated is told and passed over."""
    documents, findings = read(tmp_path, {"project.zip": project()})
    assert [(one.name, one.annotator, len(one.spans)) for one in documents] == [
        ("story.txt", "ann", 3),
        ("story.txt", "bo", 4),
        ("story.txt", "CURATION_USER", 3),
    ]
    assert [(one.code, one.severity) for one in findings] == [("import-unannotated", Severity.NOTE)]
    assert findings[0].message.startswith("1 document as INITIAL_CAS")
    assert documents[0].place == f"{tmp_path / 'project.zip'}[annotation/story.txt/ann.xmi]"


NAMES: list[tuple[str, dict[str, Any], tuple[str, str | None]]] = [
    ("ann.xmi", {}, ("story.txt", "ann")),
    ("other.xmi", {}, ("ann", None)),
    ("x.xmi", {"title": None, "who": None}, ("x", None)),
    ("story.xmi", {"title": "A story", "who": None}, ("A story", None)),
    ("story.xmi", {"title": "story", "who": "story"}, ("story", None)),
    ("A story.xmi", {"title": "A%20story.txt", "who": "A story.txt"}, ("A story.txt", None)),
    ("ann.xmi", {"title": "A%20story.txt", "who": "ann"}, ("A story.txt", "ann")),
]


IN_FOLDERS: list[tuple[str, dict[str, Any], tuple[str, str | None]]] = [
    ("annotation/A story.txt/ann.xmi", {"title": "A%20story.txt", "who": "ann"}, ("A story.txt", "ann")),
    ("annotation/A story.txt/ann.xmi", {"title": None, "who": "A story.txt"}, ("A story.txt", "ann")),
    ("annotation/a_b/ann.xmi", {"title": "a/b", "who": "ann b"}, ("a/b", "ann b")),
    ("annotation/a_b/annotations.xmi", {"title": "a/b", "who": None}, ("a/b", None)),
    ("more/annotation/x/bo.xmi", {"title": "x", "who": "x"}, ("x", "bo")),
    ("annotation/ann.xmi", {"title": None, "who": None}, ("ann", None)),
]


def test_a_folder_that_is_called_as_a_document_is_none(tmp_path: Path) -> None:
    """A project of documents that came in as XMI has such folders."""
    files = {"annotation/a.xmi/": "", "annotation/a.xmi/ann.xmi": xmi(""), "TypeSystem.xml": TYPES, "b.zip/": ""}
    (document,), findings = read(tmp_path, {"all.zip": packed(files)})
    assert (document.annotator, findings) == ("ann", [])


@pytest.mark.parametrize(("file", "told", "names"), IN_FOLDERS)
def test_names_in_archives(tmp_path: Path, file: str, told: dict[str, Any], names: tuple[str, str | None]) -> None:
    """There a folder is the document, and its files are annotators."""
    (document,), _ = read(tmp_path, {"all.zip": packed({file: xmi("", **told), "TypeSystem.xml": TYPES})})
    assert (document.name, document.annotator) == names


def test_an_unpacked_project(tmp_path: Path) -> None:
    """Its files are read one by one, with the types in the same folder or above; folders tell whose they are."""
    for file in ("annotation/story.txt/bo.xmi", "annotation/story.txt/webanno1export/ann.xmi"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(xmi(CLAIMS, who=None), "utf-8")
    for folder in (tmp_path, tmp_path / "annotation/story.txt/webanno1export"):
        (folder / "TypeSystem.xml").write_text(TYPES, "utf-8")
    found = [one for path in sorted(tmp_path.rglob("*.xmi")) for one in FORMAT.read(path)]
    documents = [one for one in found if isinstance(one, Standoff)]
    assert [(one.name, one.annotator, len(one.spans)) for one in documents] == [
        ("story.txt", "bo", 1),
        ("story.txt", "ann", 1),
    ]


@pytest.mark.parametrize(("file", "told", "names"), NAMES)
def test_names_of_single_files(
    tmp_path: Path, file: str, told: dict[str, Any], names: tuple[str, str | None]
) -> None:
    """A file that is called as its documentId is an annotator's."""
    (document,), _ = read(tmp_path, {file: xmi("", **told), "TypeSystem.xml": TYPES})
    assert (document.name, document.annotator) == names


def test_without_types_the_usual_layers_are_read(tmp_path: Path) -> None:
    """What DKPro Core has is read, each other layer told."""
    (document,), findings = read(tmp_path, {"ann.xmi": xmi(ENTITIES + CLAIMS.replace('speakers="25"', ""))})
    assert [label for label, _ in words(document)] == ["PER", "PER", "NamedEntity"]
    assert (document.name, document.annotator) == ("story.txt", "ann")
    assert {one.code for one in findings} == {"import-layer"}
    assert any("The layer 'webanno.custom.Claim'" in one.message for one in findings)
    assert not any("segmentation" in one.message or "metadata" in one.message for one in findings)


BROKEN = [
    ("inside a character", ODD.format(3, 4), ["import-region"]),
    ("behind the text", ODD.format(3, 400), ["import-region"]),
    ("reversed", ODD.format(9, 6), ["import-region"]),
    ("empty", ODD.format(6, 6), ["import-region"]),
    ("negative", ODD.format(-3, 2), ["import-region"]),
    ("twice", ODD.format(0, 2) + ODD.format(6, 9), ["import-duplicate-id"]),
    ("half a relation", '<custom:Tie xmi:id="31" sofa="1" begin="0" end="2" Governor="10"/>', ["import-relation"]),
    (
        "to a word",
        '<custom:Tie xmi:id="31" sofa="1" begin="0" end="2" Governor="10" Dependent="3"/>',
        ["import-relation"],
    ),
    (
        "to nothing",
        '<custom:Tie xmi:id="31" sofa="1" begin="0" end="2" Governor="10" Dependent="99"/>',
        ["import-relation", "import-relation"],
    ),
    (
        "from nothing",
        '<custom:Tie xmi:id="31" sofa="1" begin="0" end="2" Governor="99" Dependent="10"/>',
        ["import-relation", "import-relation"],
    ),
    ("no end", '<type:NamedEntity xmi:id="30" sofa="1" begin="0" value="X"/>', ["import-region"]),
    ("no begin", '<type:NamedEntity xmi:id="30" sofa="1" end="2" value="X"/>', ["import-region"]),
    ("no number", ODD.format("NaN", 2), ["import-region"]),
    ("true", ODD.format("true", 2), ["import-region"]),
    ("no id", ODD.format(0, 2).replace('"30"', '"x"'), ["import-region"]),
    (
        "a slot to nothing",
        '<custom:Claim xmi:id="32" sofa="1" begin="0" end="2" speakers="98"/>',
        ["import-relation"],
    ),
]


CONTINUES = '<custom:Continues xmi:id="60" sofa="1" begin="0" end="2" Governor="{}" Dependent="{}"/>'
ITSELF = '<custom:Tie xmi:id="61" sofa="1" begin="0" end="2" Governor="20" Dependent="20" label="cites"/>'


def test_what_continues_no_piece_of_its_own_kind(tmp_path: Path) -> None:
    """Between two layers it stays a relation; to a word it is told; a relation to itself by another name stays."""
    body = ENTITIES + CLAIMS + CONTINUES.format(10, 20) + ITSELF
    (document,), findings = read(tmp_path, {"ann.xmi": xmi(body), "TypeSystem.xml": TYPES})
    assert {StandoffRelation("continues", "10", "20"), StandoffRelation("cites", "20", "20")} <= {
        *document.relations
    }
    assert findings == []
    for ends in ((20, 3), (3, 20)):
        body = ENTITIES + CLAIMS + CONTINUES.format(*ends)
        (document,), findings = read(tmp_path, {"ann.xmi": xmi(body), "TypeSystem.xml": TYPES})
        assert len(document.spans) == 4
        assert [one.code for one in findings] == ["import-relation"]


def test_what_only_a_later_piece_says(tmp_path: Path) -> None:
    """Its identifier and the id that it has in the dataset are those of the whole."""
    types = TYPES.replace("<name>comment</name>", "<name>item_id</name>")
    claims = '<custom:Claim xmi:id="50" sofa="1" begin="14" end="18"/>'
    claims += '<custom:Claim xmi:id="51" sofa="1" begin="19" end="22" item_id="c9"/>' + CONTINUES.format(50, 51)
    mentions = '<type:NamedEntity xmi:id="52" sofa="1" begin="0" end="2" value="X"/>'
    mentions += '<type:NamedEntity xmi:id="53" sofa="1" begin="3" end="5" value="X" identifier="urn:x"/>'
    link = CONTINUES.format(52, 53).replace('"60"', '"61"')
    (document,), _ = read(tmp_path, {"ann.xmi": xmi(claims + mentions + link), "TypeSystem.xml": types})
    assert [(span.id, len(span.spans), span.kb_id) for span in document.spans] == [
        ("c9", 2, None),
        ("52", 2, "urn:x"),
    ]


def test_a_layer_with_one_end_is_one_of_spans(tmp_path: Path) -> None:
    """What leads from it is a slot."""
    end = "<featureDescription><name>Dependent</name><rangeTypeName>uima.tcas.Annotation</rangeTypeName>"
    types = TYPES.replace("<name>webanno.custom.Tie</name>", "<name>webanno.custom.Half</name>", 1)
    types = types.replace(f"{end}</featureDescription>", "", 1)
    body = '<custom:Half xmi:id="31" sofa="1" begin="0" end="2" Governor="11"/>'
    (document,), findings = read(tmp_path, {"ann.xmi": xmi(ENTITIES + body), "TypeSystem.xml": types})
    assert ("Half", "Li") in words(document)
    assert document.relations == (StandoffRelation("Governor", "31", "11"),)
    assert findings == []


NOTE = """<typeDescription><name>webanno.custom.Topic</name><supertypeName>uima.cas.AnnotationBase</supertypeName>
<features/></typeDescription></types>"""
VIEW = """<cas:Sofa xmi:id="40" sofaNum="2" sofaID="translation" mimeType="text" sofaString="{}"/>
<cas:View sofa="40" members="{}"/></xmi:XMI>"""
APART = [
    ("a label of the whole document", '<custom:Topic xmi:id="33" sofa="1"/>', "", "1 'Topic' marks no piece"),
    ("another view's text", "", VIEW.format("Li", ""), "1 further view"),
    ("another view's annotation", ODD.format(0, 2), VIEW.format("", "30"), "1 further view"),
    ("a view of nothing", "", VIEW.format("", ""), None),
]


@pytest.mark.parametrize(("body", "end", "told"), [case[1:] for case in APART], ids=[case[0] for case in APART])
def test_what_lies_beside_the_text_is_told(tmp_path: Path, body: str, end: str, told: str | None) -> None:
    """Labels of a whole document, and annotations of another text."""
    content = xmi(ENTITIES + body).replace("</xmi:XMI>", end or "</xmi:XMI>")
    types = TYPES.replace("</types>", NOTE)
    (document,), findings = read(tmp_path, {"ann.xmi": content, "TypeSystem.xml": types})
    assert len([label for label, _ in words(document) if label != "X"]) == 3
    assert [one.severity for one in findings] == [Severity.WARNING] * (told is not None)
    assert all(told is not None and told in one.message for one in findings)


def test_a_text_without_any_annotation(tmp_path: Path) -> None:
    """Not even of the document or its words, as other tools than INCEpTION write it."""
    bare = re.sub("<type[23]:[^>]*/>", "", xmi("")).replace('members="2 3"', 'members=""')
    (document,), findings = read(tmp_path, {"a.xmi": bare, "TypeSystem.xml": TYPES})
    assert (document.text, document.spans, findings) == (TEXT, (), [])


OF_TOOLS = [
    "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.TagsetDescription",
    "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Sentence",
    "de.tudarmstadt.ukp.dkpro.core.api.lexmorph.type.pos.POS",
    "de.tudarmstadt.ukp.dkpro.core.api.syntax.type.chunk.Chunk",
    "de.tudarmstadt.ukp.dkpro.core.api.structure.type.Field",
    "de.tudarmstadt.ukp.dkpro.core.api.transform.type.SofaChangeAnnotation",
    "de.tudarmstadt.ukp.clarin.webanno.api.type.FeatureDefinition",
    "de.tudarmstadt.ukp.inception.api.type.Marker",
    "org.dkpro.core.api.xml.type.XmlElement",
]


@pytest.mark.parametrize("name", OF_TOOLS)
def test_words_sentences_and_grammar_are_nobodys_marks(tmp_path: Path, name: str) -> None:
    """They are passed over, with types that know them and with none."""
    space, _, short = name.rpartition(".")
    mark = f'<t:{short} xmlns:t="http:///{space.replace(".", "/")}.ecore" xmi:id="40" sofa="1" begin="0" end="2"/>'
    told = f"<typeDescription><name>{name}</name><supertypeName>uima.tcas.Annotation</supertypeName>"
    for types in (TYPES, TYPES.replace("</types>", f"{told}</typeDescription></types>")):
        (document,), findings = read(tmp_path, {"ann.xmi": xmi(ENTITIES + mark), "TypeSystem.xml": types})
        assert (len(document.spans), findings) == (3, [])


def test_what_is_mended_beside_a_broken_reference(tmp_path: Path) -> None:
    """What is sound in the same feature stays, and lists of numbers do; an unknown layer is told besides."""
    comment = "<name>comment</name><rangeTypeName>uima.cas."
    types = TYPES.replace(f"{comment}String<", f"{comment}IntegerArray<")
    claims = CLAIMS.replace('speakers="25"', 'comment="7 98" speakers="25 98 26"')
    body = f'{ENTITIES}{claims}<custom:ClaimSpeakersLink xmi:id="26" role="to" target="11"/>'
    body += '<custom:Odd xmi:id="70" sofa="1" begin="0" end="2"/>'
    (document,), findings = read(tmp_path, {"ann.xmi": xmi(body), "TypeSystem.xml": types})
    assert [one.code for one in findings] == ["import-layer", "import-relation"]
    assert "'speakers' of the Claim 20 leads to '98'" in findings[1].message
    assert document.spans[3].attributes["comment"] == ("7", "98")
    ends = {StandoffRelation("who", "20", "10"), StandoffRelation("to", "20", "11")}
    assert ends <= set(document.relations)


PIECES = [
    ("touching", [(14, 18), (18, 22)], ["They", " may"]),
    ("overlapping", [(14, 20), (18, 22), (27, 30)], ["They may", "she"]),
    ("against the text's order", [(27, 30), (14, 18)], ["They", "she"]),
]


@pytest.mark.parametrize(("places", "pieces"), [case[1:] for case in PIECES], ids=[case[0] for case in PIECES])
def test_pieces_of_a_claim(tmp_path: Path, places: list[tuple[int, int]], pieces: list[str]) -> None:
    """They stand in the text's order; overlapping ones are one."""
    claims = "".join(
        f'<custom:Claim xmi:id="{n}" sofa="1" begin="{begin}" end="{end}"/>'
        for n, (begin, end) in enumerate(places, 50)
    )
    links = "".join(
        f'<custom:Continues xmi:id="{n + 10}" sofa="1" begin="0" end="2" Governor="{n - 1}" Dependent="{n}"/>'
        for n in range(51, 50 + len(places))
    )
    (document,), _ = read(tmp_path, {"ann.xmi": xmi(claims + links), "TypeSystem.xml": TYPES})
    (claim,) = document.spans
    assert [piece.slice(document.text) for piece in claim.spans] == pieces


@pytest.mark.parametrize(("body", "codes"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_a_broken_annotation_costs_itself_alone(tmp_path: Path, body: str, codes: list[str]) -> None:
    """Also one that cassis would put at another place."""
    (document,), findings = read(tmp_path, {"ann.xmi": xmi(ENTITIES + body), "TypeSystem.xml": TYPES})
    assert [one.code for one in findings] == codes
    assert [pair for pair in words(document) if pair[0] not in ("X", "CLAIM")] == [
        ("PER", "Li"),
        ("PER", "Bo"),
        ("NamedEntity", "👩"),
    ]


def test_control_characters_of_xml_1_1(tmp_path: Path) -> None:
    """They become U+FFFD; tabs and line ends stay, and so do all offsets."""
    told = (
        xmi(ENTITIES, version="1.1")
        .replace("They may", "They&#x1;&#14;&#13;may")
        .replace("she said", "she&#9;said")
    )
    (document,), findings = read(tmp_path, {"ann.xmi": told, "TypeSystem.xml": TYPES})
    assert document.text == TEXT.replace("They may", "They\ufffd\ufffd\rmay").replace("she said", "she\tsaid")
    assert [(one.code, one.severity) for one in findings] == [("import-text", Severity.WARNING)]
    assert findings[0].message.startswith("2 control characters")
    assert words(document)[1] == ("PER", "Bo")


def test_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence names it."""
    monkeypatch.setitem(sys.modules, "cassis", None)
    with pytest.raises(ExtraMissingError, match=r"newscorpus\[cas\]"):
        read(tmp_path, {"ann.xmi": xmi("")})
