"""Nothing hostile in INCEpTION's exports does harm: entities, bombs, types that contradict themselves, damage."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from cas_exports import CLAIMS, ENTITIES, TYPES, packed, project, read, xmi
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import SourceError
from corpus.exchange.cas import FORMAT, reading
from corpus.exchange.standoff import Standoff

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
    """What would overflow a parser's stack is refused before one sees it, whatever lies flat before."""
    for before in ("", "<a/>" * 30_000):
        nested = f"{before}{'<a>' * 30_000}{'</a>' * 30_000}</xmi:XMI>"
        with pytest.raises(SourceError, match="more than 64 deep"):
            read(tmp_path, {"ann.xmi": xmi(ENTITIES).replace("</xmi:XMI>", nested), "TypeSystem.xml": TYPES})


def test_archives_are_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bombs, broken members and names that lead out cost themselves; nothing is unpacked to disk."""
    monkeypatch.setattr(reading, "LARGEST", 100_000)
    good = {"TypeSystem.xml": TYPES, "a/good.xmi": xmi(ENTITIES)}
    bomb = packed({"bomb.xmi": b"\0" * 200_000})
    broken = bytearray(packed({"x.xmi": "x" * 50}))
    broken[40] ^= 0xFF
    members: dict[str, str | bytes] = {"a/bomb.xmi": b" " * 5_000_000, "../../up.xmi": "no", "b.zip": bomb}
    members |= {
        "c.zip": b"PK no",
        "0.zip": b" " * 5_000_000,
        "d.zip": bytes(broken),
        "e.zip": packed({"f.zip": packed(good)}),
        **good,
    }
    documents, findings = read(tmp_path, {"all.zip": packed(members)})
    assert [(one.name, len(one.spans)) for one in documents] == [("ann", 3)]
    assert [(one.code, one.place.rpartition("[")[2]) for one in findings] == [
        ("import-archive", "a/bomb.xmi]"),
        ("import-xmi", "../../up.xmi]"),
        ("import-archive", "bomb.xmi]"),
        ("import-archive", "c.zip]"),
        ("import-archive", "0.zip]"),
        ("import-archive", "x.xmi]"),
    ]
    assert {file.name for file in tmp_path.iterdir()} == {"all.zip"}


def test_no_more_is_unpacked_than_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one file and of all together; as many bytes as it says may be there."""
    document = xmi(ENTITIES)
    size, types = len(document.encode()), len(TYPES.encode())
    files = {"TypeSystem.xml": TYPES, "a/one.xmi": document, "b/two.xmi": document}
    for largest, whole, read_, told in [
        (max(size, types), 2 * size + types, 2, []),
        (max(size, types), 2 * size + types - 1, 1, ["b/two.xmi]"]),
        (max(size, types), size + types, 1, ["b/two.xmi]"]),
        (size - 1, 1 << 20, 0, ["TypeSystem.xml]", "a/one.xmi]", "b/two.xmi]"]),
    ]:
        monkeypatch.setattr(reading, "LARGEST", largest)
        monkeypatch.setattr(reading, "_MOST_IN_ALL", whole)
        documents, findings = read(tmp_path, {"all.zip": packed(files)})
        assert len(documents) == read_
        assert [one.place.rpartition("[")[2] for one in findings] == told


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
