"""INCEpTION's exports are read, layers, relations and all, and nothing hostile in them does harm."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from cas_exports import CLAIMS, ENTITIES, TEXT, TYPES, packed, project, xmi
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import ExtraMissingError, SourceError
from corpus.exchange.cas import FORMAT, reading
from corpus.exchange.standoff import Standoff, StandoffRelation
from corpus.model.finding import Finding, Severity


def read(folder: Path, files: dict[str, str | bytes]) -> tuple[list[Standoff], list[Finding]]:
    """Write the files and read the first of them."""
    for name, content in files.items():
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    found = list(FORMAT.read(folder / next(iter(files))))
    return [one for one in found if isinstance(one, Standoff)], [one for one in found if isinstance(one, Finding)]


def words(found: Standoff) -> list[tuple[str, str]]:
    return [(span.label, " … ".join(piece.slice(found.text) for piece in span.spans)) for span in found.spans]


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
    assert {one.code for one in findings} == {"import-layer"}
    assert any("webanno.custom.Claim" in one.message for one in findings)


ODD = '<type:NamedEntity xmi:id="30" sofa="1" begin="{}" end="{}" value="X"/>'
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
    ("no number", ODD.format("NaN", 2), ["import-region"]),
    ("true", ODD.format("true", 2), ["import-region"]),
    ("no id", ODD.format(0, 2).replace('"30"', '"x"'), ["import-region"]),
    (
        "a slot to nothing",
        '<custom:Claim xmi:id="32" sofa="1" begin="0" end="2" speakers="98"/>',
        ["import-relation"],
    ),
]


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
    told = xmi(ENTITIES, version="1.1").replace("They may", "They&#x1;may").replace("she said", "she&#9;said")
    (document,), findings = read(tmp_path, {"ann.xmi": told, "TypeSystem.xml": TYPES})
    assert document.text == TEXT.replace("They may", "They\ufffdmay").replace("she said", "she\tsaid")
    assert [(one.code, one.severity) for one in findings] == [("import-text", Severity.WARNING)]
    assert words(document)[1] == ("PER", "Bo")


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
DOUBTFUL = [
    ("a bomb of entities", f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>', "&l11;", "document type"),
    ("a file", '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>', "&f;", "document type"),
    ("a type elsewhere", '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">', "", "document type"),
]


@pytest.mark.parametrize(
    ("head", "used", "told"), [case[1:] for case in DOUBTFUL], ids=[case[0] for case in DOUBTFUL]
)
def test_document_types_are_refused(tmp_path: Path, head: str, used: str, told: str) -> None:
    """In the document and in the types; neither is one fetched nor an entity used."""
    hostile = xmi(ENTITIES).replace("<xmi:XMI", f"{head}<xmi:XMI", 1).replace("They may", used or "They may")
    with pytest.raises(SourceError, match=told):
        read(tmp_path, {"ann.xmi": hostile, "TypeSystem.xml": TYPES})
    types = TYPES.replace("<typeSystemDescription", f"{head}<typeSystemDescription", 1)
    documents, findings = read(tmp_path, {"ann.xmi": xmi(ENTITIES), "TypeSystem.xml": types})
    assert (documents, [one.code for one in findings]) == ([], ["import-types"])
    assert told in findings[0].message


NO_TYPES = [
    ("nothing", ""),
    ("no XML", "hello"),
    (
        "a circle",
        TYPES.replace(
            "uima.tcas.Annotation</supertypeName></typeDescription>",
            "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token</supertypeName></typeDescription>",
        ),
    ),
    ("an unknown supertype", TYPES.replace("uima.cas.TOP", "no.such.Type")),
    ("an unknown range", TYPES.replace("uima.cas.Integer", "no.such.Type")),
]


@pytest.mark.parametrize("types", [case[1] for case in NO_TYPES], ids=[case[0] for case in NO_TYPES])
def test_types_that_contradict_themselves(tmp_path: Path, types: str) -> None:
    documents, findings = read(tmp_path, {"ann.xmi": xmi(ENTITIES), "TypeSystem.xml": types})
    assert (documents, [one.code for one in findings]) == ([], ["import-types"])


def test_a_deep_file_is_a_sentence(tmp_path: Path) -> None:
    """What would overflow a parser's stack is refused before one sees it."""
    deep = xmi(ENTITIES).replace("</xmi:XMI>", "<a>" * 30_000 + "</a>" * 30_000 + "</xmi:XMI>")
    with pytest.raises(SourceError, match="more than 64 deep"):
        read(tmp_path, {"ann.xmi": deep, "TypeSystem.xml": TYPES})


def test_archives_are_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bombs, broken members and names that lead out cost themselves; nothing is unpacked to disk."""
    monkeypatch.setattr(reading, "LARGEST", 100_000)
    good = {"TypeSystem.xml": TYPES, "a/good.xmi": xmi(ENTITIES)}
    bomb = packed({"bomb.xmi": b"\0" * 200_000})
    broken = bytearray(packed({"x.xmi": "x" * 50}))
    broken[40] ^= 0xFF
    members: dict[str, str | bytes] = {"a/bomb.xmi": b" " * 5_000_000, "../../up.xmi": "no", "b.zip": bomb}
    members |= {"c.zip": b"PK no", "d.zip": bytes(broken), "e.zip": packed({"f.zip": packed(good)}), **good}
    documents, findings = read(tmp_path, {"all.zip": packed(members)})
    assert [(one.name, len(one.spans)) for one in documents] == [("ann", 3)]
    assert [(one.code, one.place.rpartition("[")[2]) for one in findings] == [
        ("import-archive", "a/bomb.xmi]"),
        ("import-xmi", "../../up.xmi]"),
        ("import-archive", "bomb.xmi]"),
        ("import-archive", "c.zip]"),
        ("import-archive", "x.xmi]"),
    ]
    assert {file.name for file in tmp_path.iterdir()} == {"all.zip"}


NO_CAS: list[tuple[str, str | bytes]] = [
    ("a.xmi", ""),
    ("a.xmi", "<x/>"),
    ("a.xmi", "<x><x>" * 3000),
    ("a.xmi", b"\xff\xfe\x00"),
    ("a.xmi", xmi(ENTITIES).replace('sofa="1" begin', 'sofa="9" begin')),
    ("a.xmi", xmi(ENTITIES).replace(' sofaString="', ' mime="')),
    ("a.zip", packed({"source/x.txt": "x"})),
    ("a.zip", packed({})),
]


@pytest.mark.parametrize(("name", "content"), NO_CAS)
def test_files_of_something_else_are_refused(tmp_path: Path, name: str, content: str | bytes) -> None:
    """One sentence that names the file."""
    with pytest.raises(SourceError, match=name):
        read(tmp_path, {name: content, "TypeSystem.xml": TYPES})
    with pytest.raises(SourceError, match="absent"):
        list(FORMAT.read(tmp_path / "absent.xmi"))


@given(data=st.data())
@settings(max_examples=150)
def test_any_damage_is_told_or_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Bytes cut, doubled or changed in a document, its types or their zip: never another error."""
    whole: dict[str, bytes] = {"TypeSystem.xml": TYPES.encode(), "ann.xmi": xmi(ENTITIES + CLAIMS).encode()}
    name = data.draw(st.sampled_from(["TypeSystem.xml", "ann.xmi", "zip"]))
    content = packed(dict(whole)) if name == "zip" else whole[name]
    at = data.draw(st.integers(0, len(content)))
    new = data.draw(st.sampled_from([b"", b"<", b"9", b'"', b"\0", b"-1", b"&", content[at : at + 40]]))
    content = content[:at] + new + content[at + data.draw(st.integers(0, 12)) :]
    folder = tmp_path_factory.mktemp("damage")
    path = folder / "damaged.zip"
    path.write_bytes(content if name == "zip" else packed({**whole, name: content}))
    try:
        found = list(FORMAT.read(path))
    except SourceError:
        return
    for one in found:
        if isinstance(one, Standoff):
            ids = {span.id for span in one.spans}
            assert len(ids) == len(one.spans)
            assert all(piece.within(len(one.text)) for span in one.spans for piece in span.spans)
            assert {end for link in one.relations for end in (link.source, link.target)} <= ids


def test_a_file_that_is_no_zip_inside(tmp_path: Path) -> None:
    """A zip that breaks off is refused with its name."""
    content = project()
    (tmp_path / "cut.zip").write_bytes(content[: len(content) // 2])
    assert not zipfile.is_zipfile(tmp_path / "cut.zip")
    with pytest.raises(SourceError, match=r"cut\.zip"):
        list(FORMAT.read(tmp_path / "cut.zip"))


def test_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence names it."""
    monkeypatch.setitem(sys.modules, "cassis", None)
    with pytest.raises(ExtraMissingError, match=r"newscorpus\[cas\]"):
        read(tmp_path, {"ann.xmi": xmi("")})
