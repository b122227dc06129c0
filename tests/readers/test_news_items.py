"""ninjs and NITF: an item is a document, with what it says of itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from newsroom_items import BODY, folder, known, ninjs, nitf
from source_reading import read


def test_a_ninjs_item_of_the_first_version_is_a_document(tmp_path: Path) -> None:
    extra = {
        "firstcreated": "2021-04-08T08:30:00+02:00",
        "language": "en-GB",
        "located": "Ahlen",
        "copyrightholder": "Nord",
        "copyrightnotice": "Copyright 2021 Nord",
        "usageterms": "For subscribers.",
        "body_xhtml": "<p>Not this one.</p>",
    }
    [document], report = read(folder(tmp_path, a__json=ninjs("urn:nord:1", **extra)))
    assert report.findings == []
    assert (document.doc_id, document.media_type) == ("urn:nord:1", "application/json")
    assert document.text == f"Harbour of Ahlen reopens\n\n{BODY}"
    assert known(document) == {
        "title": "Harbour of Ahlen reopens",
        "authors": ("Mara Lind", "Jo Berg"),
        "published": "2021-04-08T06:30:00Z",
        "modified": "2021-04-08T10:00:00Z",
        "language": "en",
        "copyright": "Copyright 2021 Nord",
        "copyright_holder": "Nord",
        "rights": "For subscribers.",
    }
    assert document.extra == {"type": "text", "version": "1", "pubstatus": "usable", "located": "Ahlen"}
    assert report.inputs[0].path == "wire/a.json"


def test_later_versions_of_ninjs_have_lists_and_other_capitals(tmp_path: Path) -> None:
    item = {
        "uri": "urn:nord:2",
        "versionCreated": "2021-04-08T10:00:00Z",
        "headlines": [{"role": "short", "value": "Short"}, {"role": "main", "value": "A  main headline"}],
        "bodies": [
            {"role": "html", "contentType": "text/html", "value": "<h2>A heading</h2><p>A &amp; B meet.</p>"},
            {"role": "main", "contentType": "text/html", "value": "<p>The main body.</p><ul><li>A line</li></ul>"},
        ],
        "by": "Von Christian Holm, nord",
    }
    [document], report = read(folder(tmp_path, a__json=json.dumps(item)))
    assert report.findings == []
    assert document.text.splitlines()[0] == "A main headline"
    assert "The main body." in document.text
    assert "A & B meet." not in document.text
    assert document.markup is not None
    assert len(document.markup.tags) == document.text.count("\n") + 1
    assert document.markup.tags[0] == "h1"
    assert known(document)["authors"] == ("Christian Holm",)
    assert known(document)["published"] == "2021-04-08T10:00:00Z"


def test_a_nitf_document_is_a_document(tmp_path: Path) -> None:
    [document], report = read(folder(tmp_path, a__xml=nitf("harbour", 1, doc_id="nord.1")))
    assert report.findings == []
    assert (document.doc_id, document.media_type) == ("harbour", "application/xml")
    assert document.text.split("\n\n") == [
        "Harbour of Ahlen & its ferries",
        "After a week of storms",
        "The harbour of Ahlen reopened on Monday.",
        "Ferries",
        "Ferries run again.",
        "The pier at Ahlen.",
        "Jo Berg/Nord",
        "One line",
        "Two lines",
        "Monday\t8 boats",
    ]
    assert document.markup is not None
    assert [tag for tag in document.markup.tags if tag][:7] == [
        "h1",
        "h2",
        "p",
        "h2",
        "p",
        "figcaption",
        "figcaption",
    ]
    assert known(document) == {
        "title": "Harbour of Ahlen & its ferries",
        "authors": ("Mara Lind",),
        "published": "2021-04-08T10:00:00Z",
        "publisher": "The Nord Wire",
        "agency": "Nord",
        "dateline": "AHLEN",
        "language": "en",
        "copyright_holder": "Nord",
    }
    assert document.extra == {
        "keywords": ["harbours"],
        "abstract": "In short.",
        "item_id": "nord.1",
        "item_version": "1",
        "urgency": "4",
    }


@pytest.mark.parametrize(
    ("byline", "authors"),
    [
        ("<byline><person>Mara Lind</person>, <person>Jo Berg</person>, at sea</byline>", ("Mara Lind", "Jo Berg")),
        ("<byline>By Mara Lind and Jo Berg</byline>", ("Mara Lind", "Jo Berg")),
        ("", None),
    ],
)
def test_the_authors_of_nitf_are_the_bylines_people_or_its_names(
    tmp_path: Path, byline: str, authors: tuple[str, ...] | None
) -> None:
    """Where it marks persons, they are the authors and nothing else of it; no byline, no authors."""
    text = nitf("harbour").replace("<byline>By <person>Mara Lind</person></byline>", byline)
    [document], report = read(folder(tmp_path, a__xml=text))
    assert report.findings == []
    assert known(document).get("authors") == authors
