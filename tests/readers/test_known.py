"""sources.toml: what is known from outside the text is applied with where it is known from, or reported."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from corpus.model.document import RawDocument
from corpus.model.finding import Severity
from corpus.readers.sources import ReadOptions, ReadReport, read_sources
from corpus.readers.values import in_form, iso_date

GOOD = """
[defaults]
language = { value = "en", known_from = "the feed" }
publisher = { value = "The Feed", known_from = "the feed" }

[documents.a]
publisher = { value = "The Paper", known_from = "its imprint" }
published = { value = 2021-04-07, known_from = "its page" }
authors = { value = ["Ann Ash"], known_from = "its page" }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    here = tmp_path / "news"
    here.mkdir()
    (here / "a.txt").write_text("One.")
    (here / "b.txt").write_text("Two.")
    return here


def read(*sources: Path) -> tuple[dict[str, RawDocument], ReadReport]:
    report = ReadReport()
    return {d.doc_id: d for d in read_sources(sources, ReadOptions(), report)}, report


def values(document: RawDocument) -> dict[str, object]:
    return {known.column: known.value for known in document.known}


def test_a_documents_own_values_go_before_the_defaults(folder: Path) -> None:
    (folder / "sources.toml").write_text(GOOD)
    documents, report = read(folder)
    assert values(documents["a"]) == {
        "publisher": "The Paper",
        "published": "2021-04-07",
        "authors": ("Ann Ash",),
        "language": "en",
    }
    assert values(documents["b"]) == {"language": "en", "publisher": "The Feed"}
    publisher = documents["a"].known_value("publisher")
    assert publisher is not None
    assert (publisher.kind, publisher.known_from) == ("sources.toml", "its imprint")
    assert (report.findings, report.skipped) == ([], [])
    assert [f.path for f in report.inputs if f.role == "sources.toml"] == ["news/sources.toml"]


def test_it_holds_for_a_file_named_alone_and_for_its_folder_only(folder: Path) -> None:
    (folder / "sources.toml").write_text(GOOD)
    (folder / "sub").mkdir()
    (folder / "sub" / "c.txt").write_text("Three.")
    documents, report = read(folder / "b.txt", folder / "sub")
    assert values(documents["b"])["publisher"] == "The Feed"
    assert documents["c"].known == ()
    assert report.findings == []


def test_one_in_a_folder_without_documents_is_told(folder: Path) -> None:
    """Its statements would be lost without a word; one that is named itself, or lies beside a text, is none."""
    (folder / "sub").mkdir()
    (folder / "sub" / "sources.toml").write_text(GOOD)
    (folder / "sources.toml").write_text(GOOD)
    _, report = read(folder)
    assert [(f.code, f.place) for f in report.findings] == [("unused-sources-toml", "news/sub/sources.toml")]
    (folder / "sub" / "a.txt").write_text("")
    codes = [finding.code for finding in read(folder / "sub", folder / "b.txt")[1].findings]
    assert codes == ["empty-document"]


def test_a_record_goes_before_it(folder: Path) -> None:
    (folder / "sources.toml").write_text(GOOD.replace("documents.a", "documents.r"))
    (folder / "r.jsonl").write_text('{"id": "r", "text": "One.", "publisher": "The Record"}\n')
    documents, _ = read(folder)
    publisher = documents["r"].known_value("publisher")
    assert publisher is not None
    assert (publisher.value, publisher.kind) == ("The Record", "input record")
    assert [known.column for known in documents["r"].known].count("publisher") == 1


def test_a_document_that_is_not_there_is_a_warning_and_a_refused_one_is_there(folder: Path) -> None:
    (folder / "a.txt").write_bytes(b"")
    (folder / "sources.toml").write_text(GOOD + '[documents.bb]\nagency = { value = "AP", known_from = "x" }\n')
    _, report = read(folder)
    warnings = [finding for finding in report.findings if finding.severity is Severity.WARNING]
    [warning] = warnings
    assert (warning.code, warning.place) == ("unknown-document", "news/sources.toml")
    assert "'bb'" in warning.message
    assert "in another folder only the sources.toml there" in warning.message


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("a = [", "cannot be read"),
        ('[documents.a]\npublicher = { value = "x", known_from = "y" }', "did you mean 'publisher'?"),
        ('[documents.a]\npublisher = "x"', "known_from"),
        ('[documents.a]\npublisher = { value = "x" }', "known_from"),
        ('[documents.a]\npublisher = { value = "x", known_from = "" }', "where it is known from"),
        ('[documents.a]\npublisher = { value = 5, known_from = "y" }', "got 5"),
        ('[documents.a]\npublished = { value = "April", known_from = "y" }', "ISO 8601"),
        ('[documents.a]\nurl = { value = "ftp://x", known_from = "y" }', "http"),
        ('[document.a]\npublisher = { value = "x", known_from = "y" }', "'document' is unknown"),
        ("documents = 5", "must be a table"),
        ("[documents]\na = 5", "must be a table"),
        ('[documents.a]\ntext = { value = "x", known_from = "y" }', "no such column"),
        ("[" * 5000, "cannot be read"),
        ("[documents.a]\npublisher" + ".a" * 100_000 + " = 5", "a key of more than 32 parts at line 2"),
        ("[documents.a]\n'x' . \"y\"" + " . 'a'" * 100_000 + " = 5", "a key of more than 32 parts at line 2"),
        ("[documents.a]\npublisher = " + ("{ " + "a." * 31 + "a = ") * 100 + "5" + " }" * 100, "nested too deep"),
    ],
)
def test_each_mistake_is_a_sentence_and_the_documents_are_read(folder: Path, text: str, what: str) -> None:
    (folder / "sources.toml").write_text(text)
    documents, report = read(folder)
    assert set(documents) == {"a", "b"}
    [finding] = report.findings
    assert (finding.code, finding.place) == ("bad-sources-toml", "news/sources.toml")
    assert what in finding.message
    assert finding.message.isprintable()


def test_one_that_is_no_file_is_reported(folder: Path) -> None:
    os.mkfifo(folder / "sources.toml")
    documents, report = read(folder)
    assert set(documents) == {"a", "b"}
    assert "named pipe" in report.findings[0].message


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2021", "2021"),
        ("2021-04", "2021-04"),
        (" 2021-04-08 ", "2021-04-08"),
        ("2021-04-08T10:30", "2021-04-08"),
        ("2021-04-08 10:30:00", "2021-04-08"),
        ("2021-04-08T10:30Z", "2021-04-08T10:30Z"),
        ("2021-04-08T10:30:15.123456+0530", "2021-04-08T05:00:15Z"),
        ("2021-01-01T00:30:00+02:00", "2020-12-31T22:30:00Z"),
        ("2021-02-30", None),
        ("2021-04-08T25:00Z", None),
        ("2021-04-08T25:00", None),
        ("0001-01-01", None),
        ("9999-12-31T23:59:59-10:00", None),
        ("08.04.2021", None),
        ("2021-4-8", None),
        ("٢٠٢١-٠٤-٠٨", None),
        (20210408, None),
        ("", None),
        (None, None),
    ],
)
def test_dates_keep_the_precision_that_is_known(value: object, expected: str | None) -> None:
    assert iso_date(value) == expected


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("url", "https://example.org/a b", None),
        ("url", "http://[::1", None),
        ("url", "HTTPS://Example.org", "HTTPS://Example.org"),
        ("url", "https://desk:secret@example.org:8080/a@b", "https://example.org:8080/a@b"),
        ("site", "Example.ORG.", "example.org"),
        ("site", "münchen.de", "münchen.de"),
        ("site", "localhost", None),
        ("site", "a..b", None),
        ("language", "pt_BR", "pt"),
        ("language", "zh-Hans-CN", "zh"),
        ("language", "English", None),
        ("text", " \n", None),
        ("text", ["x"], None),
        ("texts", "Ann Ash", ("Ann Ash",)),
        ("texts", [], None),
        ("texts", ["Ann", None], None),
    ],
)
def test_values_have_the_form_of_their_kind_or_are_none(kind: str, value: object, expected: object) -> None:
    assert in_form(kind, value) == expected
