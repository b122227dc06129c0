"""ninjs and NITF: a correction is a revision, a kill notice the end; hostile items are refused."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from newsroom_items import BODY, folder, ninjs, nitf
from source_reading import read

from corpus.export.store import BuiltDataset
from corpus.model.finding import Severity
from corpus.pipeline.build import BuildOptions, build
from corpus.readers.sources import ReadReport


def codes(report: ReadReport) -> list[tuple[str, str, Severity]]:
    return [(finding.place, finding.code, finding.severity) for finding in report.findings]


@pytest.mark.parametrize("written", ["1 2 3", "3 1 2", "2 3 1"])
def test_of_several_versions_the_newest_is_the_document(tmp_path: Path, written: str) -> None:
    """Whatever order the files come in; the older ones are noted, with the newest's place."""
    for name, version in zip("abc", written.split(), strict=True):
        text = ninjs("urn:nord:1", version, body_text=f"Version {version} of the report.")
        folder(tmp_path, **{f"{name}__json": text})
    [document], report = read(tmp_path / "wire")
    assert document.text.endswith("Version 3 of the report.")
    assert document.revision == 3
    newest = document.source_file
    assert [f.code for f in report.findings] == ["older-revision"] * 2
    assert all(f.severity is Severity.NOTE and newest in f.message for f in report.findings)
    assert len(report.inputs) == 3


def test_versions_without_a_number_go_by_their_dates(tmp_path: Path) -> None:
    """The times are compared, not their spelling."""
    first = ninjs("urn:nord:1", None, versioncreated="2021-04-08T11:30:00+05:00", body_text="The older.")
    second = ninjs("urn:nord:1", None, versioncreated="2021-04-08T09:00:00Z", body_text="The newer.")
    [document], _ = read(folder(tmp_path, a__json=second, b__json=first))
    assert document.text.endswith("The newer.")


@pytest.mark.parametrize("status", ["canceled", "withheld"])
def test_a_kill_takes_the_article_out_and_names_both(tmp_path: Path, status: str) -> None:
    where = folder(
        tmp_path,
        a__json=ninjs("urn:nord:1", 1),
        b__json=ninjs("urn:nord:1", 2, pubstatus=status, body_text=""),
        c__json=ninjs("urn:nord:2", 1),
    )
    documents, report = read(where)
    assert [d.doc_id for d in documents] == ["urn:nord:2"]
    assert codes(report) == [
        ("wire/a.json", "killed", Severity.NOTE),
        ("wire/b.json", "killed", Severity.NOTE),
    ]
    assert "wire/b.json" in report.findings[0].message
    assert "wire/a.json" in report.findings[1].message


def test_a_kill_that_does_not_say_which_version_ends_them_all(tmp_path: Path) -> None:
    """In doubt nothing is published; only a version that is certainly newer lives."""
    kill = ninjs("urn:nord:1", None, pubstatus="canceled", versioncreated=None)
    assert read(folder(tmp_path, a__json=ninjs("urn:nord:1", 5), b__json=kill))[0] == []
    kill = ninjs("urn:nord:1", 5, pubstatus="canceled")
    assert read(folder(tmp_path, b__json=kill))[0] == []
    [document], report = read(folder(tmp_path, a__json=ninjs("urn:nord:1", 6)))
    assert document.doc_id == "urn:nord:1"
    assert codes(report) == [("wire/b.json", "older-revision", Severity.NOTE)]


def test_a_kill_alone_is_noted(tmp_path: Path) -> None:
    documents, report = read(folder(tmp_path, a__json=ninjs("urn:nord:1", 2, pubstatus="canceled")))
    assert documents == []
    assert codes(report) == [("wire/a.json", "killed", Severity.NOTE)]
    assert "no article of it is here" in report.findings[0].message


def test_a_nitf_notice_takes_another_document_back(tmp_path: Path) -> None:
    """By its doc-id or its key, with a version after it or not; the notice itself is no article."""
    for about in ("nord.1", "harbour", "nord.1:1"):
        notice = nitf(
            doc_id="nord.9", attributes=f'management-doc-idref="{about}" management-idref-status="canceled"'
        )
        documents, report = read(folder(tmp_path, a__xml=nitf("harbour", 1, doc_id="nord.1"), b__nitf=notice))
        assert documents == []
        assert [f.code for f in report.findings] == ["killed", "killed"]
        assert "wire/b.nitf" in report.findings[0].message


def test_a_withdrawn_nitf_document_is_no_article(tmp_path: Path) -> None:
    killed = nitf("harbour", 2, attributes='management-status="withheld"')
    documents, report = read(folder(tmp_path, a__xml=nitf("harbour", 1), b__xml=killed))
    assert documents == []
    assert [f.code for f in report.findings] == ["killed", "killed"]


def test_a_nitf_correction_is_a_revision_of_what_it_corrects(tmp_path: Path) -> None:
    """Under the first one's key, though the correction has keys of its own; and so is a correction of it."""
    first = nitf("harbour", 7, doc_id="nord.1", text="Wrong.")
    second = nitf("other", 1, doc_id="nord.2", docdata='<correction id-string="nord.1"/>', text="Less wrong.")
    third = nitf(
        "third",
        1,
        doc_id="nord.3",
        docdata='<correction id-string="nord.2"/>',
        text="Right.",
        date="20210409T080000+0200",
    )
    [document], report = read(folder(tmp_path, a__xml=third, b__xml=first, c__xml=second))
    assert (document.doc_id, document.revision) == ("harbour", 3)
    assert "Right." in document.text
    assert [f.code for f in report.findings] == ["older-revision"] * 2


def test_an_item_and_a_text_of_one_id_contradict_each_other(tmp_path: Path) -> None:
    where = folder(tmp_path, a__json=ninjs("b"), b__txt="A report.", c__json=ninjs("urn:nord:2"))
    documents, report = read(where)
    assert [d.doc_id for d in documents] == ["urn:nord:2"]
    assert [f.code for f in report.findings] == ["duplicate-id"]


def test_other_json_and_xml_is_skipped_and_listed(tmp_path: Path) -> None:
    where = folder(
        tmp_path,
        a__txt="A report.",
        feed__xml="<rss><channel/></rss>",
        package__json='{"name": "x", "uri": 5}',
        broken__json='{"name": ',
        list__json="[1, 2]",
        broken__xml="<rss><channel>",
        photo__json=json.dumps({"uri": "urn:nord:p", "type": "picture", "headline": "A pier", "renditions": []}),
    )
    documents, report = read(where)
    assert [d.doc_id for d in documents] == ["a"]
    assert report.findings == []
    names = ("broken.json", "broken.xml", "feed.xml", "list.json", "package.json", "photo.json")
    assert sorted(report.skipped) == [f"wire/{name}" for name in names]


def test_a_named_file_that_is_no_item_is_an_error(tmp_path: Path) -> None:
    where = folder(tmp_path, feed__xml="<rss/>", package__json="{}")
    _, report = read(where / "feed.xml", where / "package.json")
    assert [f.code for f in report.findings] == ["no-item", "no-item"]


def test_broken_items_are_findings_and_the_rest_is_read(tmp_path: Path) -> None:
    where = folder(
        tmp_path,
        a__json=ninjs("urn:nord:1")[:-30],
        b__json=ninjs(" "),
        c__json=ninjs("urn:nord:3", body_text=" ", body_xhtml="<p> </p>"),
        d__xml=nitf("harbour")[:-30],
        e__nitf="no XML at all",
        f__xml="<nitf><body/></nitf>",
        g__json=ninjs("urn:nord:7"),
    )
    documents, report = read(where)
    assert [d.doc_id for d in documents] == ["urn:nord:7"]
    assert {f.place: f.code for f in report.findings} == {
        "wire/a.json": "invalid-json",
        "wire/b.json": "bad-id",
        "wire/c.json": "missing-text",
        "wire/d.xml": "invalid-xml",
        "wire/e.nitf": "invalid-xml",
        "wire/f.xml": "missing-text",
    }
    assert len(report.findings) == 6
    assert [i.path for i in report.inputs] == ["wire/g.json"]


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE nitf [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefghi", "bcdefghij", strict=True)
    )
    + "]><nitf><body><body.content><p>&j;</p></body.content></body></nitf>"
)
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE nitf [<!ENTITY secret SYSTEM "file:///etc/hostname">]>'
    "<nitf><body><body.content><p>&secret;</p></body.content></body></nitf>"
)
PARAMETER = (
    '<?xml version="1.0"?><!DOCTYPE nitf [<!ENTITY % out SYSTEM "http://127.0.0.1:9/x.dtd"> %out;]>'
    "<nitf><body><body.content><p>x</p></body.content></body></nitf>"
)


@pytest.mark.parametrize("attack", [LAUGHS, OUTSIDE, PARAMETER])
def test_entities_are_never_expanded_nor_fetched(tmp_path: Path, attack: str) -> None:
    begun = time.process_time()
    documents, report = read(folder(tmp_path, a__xml=attack))
    assert time.process_time() - begun < 10
    assert documents == []
    assert [f.code for f in report.findings] == ["unsafe-xml"]


def test_named_characters_and_other_encodings_are_read(tmp_path: Path) -> None:
    """An entity of HTML that only the DTD outside defines; an encoding that the declaration belies."""
    where = folder(tmp_path, a__xml=nitf("a", text="Caf&eacute;&nbsp;&#8212;&#160;open."))
    (where / "b.xml").write_bytes(
        nitf("b", text="Die Brücke über die Elbe wird für Fußgänger geöffnet.").encode("cp1252")
    )
    (where / "c.xml").write_bytes(nitf("c", text="Käse für Köln.").replace("UTF-8", "UTF-16").encode("utf-16"))
    documents, report = read(where)
    assert report.findings == []
    first, second, third = (document.text.split("\n\n")[2] for document in documents)
    assert first.split() == ["Café", "—", "open."]
    assert second == "Die Brücke über die Elbe wird für Fußgänger geöffnet."
    assert [r.kind for r in documents[1].repairs] == ["charset"]
    assert third == "Käse für Köln."


def test_deep_nesting_and_long_items_end_in_time(tmp_path: Path) -> None:
    deep = "<nitf><body><body.content>" + "<block>" * 100_000 + "<p>x</p>" + "</block>" * 100_000
    where = folder(
        tmp_path,
        deep__xml=f"{deep}</body.content></body></nitf>",
        deep__json='{"uri": "urn:x", "headline": ' + "[" * 100_000 + "]" * 100_000 + "}",
        long__xml=nitf("long", text="word " * 200_000),
    )
    begun = time.process_time()
    documents, report = read(where)
    assert time.process_time() - begun < 30
    assert [d.doc_id for d in documents] == ["long"]
    assert [f.code for f in report.findings] == ["invalid-json", "invalid-xml"]


def test_comments_without_an_end_are_no_item_and_end_in_time(tmp_path: Path) -> None:
    here = folder(tmp_path, a__xml="<!--" * 16_000 + "<nitf></nitf>", b__xml=nitf("urn:b"))
    begun = time.process_time()
    documents, report = read(here)
    assert time.process_time() - begun < 2
    assert len(documents) == 1
    assert [name.rpartition("/")[2] for name in report.skipped] == ["a.xml"]


def test_the_revision_reaches_the_dataset(tmp_path: Path) -> None:
    """Whether the older version came with the newer one or in an earlier build."""
    where = folder(tmp_path, a__json=ninjs("urn:nord:1", 1))
    build([where], tmp_path / "grown", BuildOptions())
    folder(tmp_path, b__json=ninjs("urn:nord:1", 2, body_text=f"{BODY}\n\nIt was corrected."))
    build([where], tmp_path / "grown", BuildOptions())
    build([where], tmp_path / "fresh", BuildOptions())
    for name in ("grown", "fresh"):
        [row] = BuiltDataset.open(tmp_path / name).rows("raw")
        assert row["revision"] == 2
        assert "It was corrected." in row["text"]
    [document] = BuiltDataset.open(tmp_path / "fresh").rows("documents")
    assert document["title"] == "Harbour of Ahlen reopens"
    assert document["authors"] == ["Mara Lind", "Jo Berg"]


@given(
    st.sampled_from([ninjs("urn:nord:1").encode(), nitf("harbour", 1, doc_id="x").encode()]),
    st.lists(st.tuples(st.integers(0, 2500), st.binary(max_size=4)), max_size=4),
    st.integers(0, 2500),
)
@settings(max_examples=120)
def test_any_damage_gives_a_document_or_says_why_not(
    data: bytes, changes: list[tuple[int, bytes]], cut: int
) -> None:
    """Bytes changed anywhere and the end cut off: a document, a finding, or a file that is skipped and listed."""
    ending = ".json" if data.startswith(b"{") else ".xml"
    for place, new in changes:
        data = data[:place] + new + data[place + len(new) :]
    with tempfile.TemporaryDirectory() as name:
        Path(name, f"a{ending}").write_bytes(data[: len(data) - cut] if cut < len(data) else data)
        documents, report = read(name)
    assert documents or report.findings or report.skipped
    for document in documents:
        document.text.encode("utf-8")
        json.dumps(dict(document.extra), allow_nan=False)
