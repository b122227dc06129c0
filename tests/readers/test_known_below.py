"""sources.toml where paths are ids: it speaks of what lies in and below its folder, the nearest first."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from corpus.model.document import RawDocument
from corpus.model.finding import Severity
from corpus.readers.sources import ReadOptions, ReadReport, read_sources

TOP = """
[defaults]
language = { value = "en", known_from = "top default" }
publisher = { value = "The Courier", known_from = "top default" }
site = { value = "courier.example", known_from = "top default" }

[documents."2026/11/pier/index"]
publisher = { value = "The Pier", known_from = "top row" }
agency = { value = "AP", known_from = "top row" }
"""
MONTH = """
[defaults]
language = { value = "de", known_from = "month default" }
publisher = { value = "The Month", known_from = "month default" }
"""
PIER = """
[documents."2026/11/pier/index"]
agency = { value = "dpa", known_from = "own row" }
title = { value = "Pier opens", known_from = "own row" }
"""
FILES = {
    "index.html": "<p>The home page.</p>",
    "2026/11/pier/index.html": "<p>The pier opened.</p>",
    "2026/11/quay.html": "<p>The quay opened.</p>",
    "2026/12/rows.jsonl": '{"id": "r1", "text": "A line.", "language": "fr"}\n',
    "sources.toml": TOP,
    "2026/11/sources.toml": MONTH,
    "2026/11/pier/sources.toml": PIER,
}
EXPECTED = {
    "index": {
        "language": "en, top default",
        "publisher": "The Courier, top default",
        "site": "courier.example, top default",
    },
    "2026/11/pier/index": {
        "agency": "dpa, own row",
        "title": "Pier opens, own row",
        "publisher": "The Pier, top row",
        "language": "de, month default",
        "site": "courier.example, top default",
    },
    "2026/11/quay": {
        "language": "de, month default",
        "publisher": "The Month, month default",
        "site": "courier.example, top default",
    },
    "r1": {
        "language": "fr, site/2026/12/rows.jsonl:field language",
        "publisher": "The Courier, top default",
        "site": "courier.example, top default",
    },
}


def read(*sources: Path | str, **options: Any) -> tuple[dict[str, dict[str, str]], ReadReport]:
    report = ReadReport()
    made = read_sources(sources, ReadOptions(**{"ids": "path", **options}), report)
    return {document.doc_id: told(document) for document in made}, report


def told(document: RawDocument) -> dict[str, str]:
    found = {known.column: f"{known.value}, {known.known_from}" for known in document.known}
    assert len(found) == len(document.known)
    return found


def write(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write(tmp_path / "site", FILES)


def test_each_column_comes_from_the_nearest_and_a_row_goes_before_any_default(site: Path) -> None:
    """Records and texts alike; every file that told something is an input."""
    documents, report = read(site)
    assert documents == EXPECTED
    assert (report.findings, report.skipped) == ([], [])
    names = {item.path for item in report.inputs if item.role == "sources.toml"}
    assert names == {f"site/{name}" for name in FILES if name.endswith(".toml")}


def test_where_names_are_ids_each_speaks_of_its_own_folder_alone(site: Path) -> None:
    (site / "index.html").unlink()  # two would have one id
    documents, report = read(site, ids="stem")
    assert documents["quay"] == {
        "language": "de, month default",
        "publisher": "The Month, month default",
    }
    assert documents["index"] == {}
    assert documents["r1"] == {"language": "fr, site/2026/12/rows.jsonl:field language"}
    codes = [(finding.code, finding.place) for finding in report.findings]
    assert codes == [
        ("unused-sources-toml", "site/sources.toml"),
        ("unknown-document", "site/2026/11/pier/sources.toml"),
    ]


def test_nothing_above_the_source_tells_of_it(site: Path) -> None:
    """A folder that is named is the top; of a file that is named only its own folder tells."""
    documents, report = read(site / "2026")
    assert documents["11/quay"] == {"language": "de, month default", "publisher": "The Month, month default"}
    assert documents["r1"] == {"language": "fr, 2026/12/rows.jsonl:field language"}
    assert [finding.code for finding in report.findings] == ["unknown-document"]
    assert "'2026/11/pier/index' that was not read from this folder or from below it" in report.findings[0].message
    documents, report = read(site / "2026/11/quay.html", site)
    assert documents["quay"] == {"language": "de, month default", "publisher": "The Month, month default"}
    assert documents["2026/11/pier/index"] == EXPECTED["2026/11/pier/index"]
    assert report.findings == []


def test_it_speaks_of_a_folder_over_a_link_by_the_path_that_leads_there(site: Path, tmp_path: Path) -> None:
    """Also of a link's name that could not be printed."""
    (site / "elsewhere").symlink_to(write(tmp_path / "far", {"deep/news.html": "<p>News.</p>"}))
    (site / "sources.toml").write_text(
        '[documents."elsewhere/deep/news"]\nagency = { value = "AP", known_from = "row" }\n'
    )
    documents, report = read(site)
    assert documents["elsewhere/deep/news"] == {"agency": "AP, row"}
    assert report.findings == []


@pytest.mark.parametrize(
    ("table", "name", "meant"),
    [
        ("2026/11/sources.toml", "pier/index", "2026/11/pier/index"),
        ("2026/11/sources.toml", "pier/index.html", "2026/11/pier/index"),
        ("2026/11/pier/sources.toml", "index", "2026/11/pier/index"),
        ("sources.toml", "2026/11/quay.html", "2026/11/quay"),
        ("sources.toml", "2026/11/pier/indx", "2026/11/pier/index"),
    ],
)
def test_a_document_that_is_not_there_is_told_with_the_one_that_was_meant(
    site: Path, table: str, name: str, meant: str
) -> None:
    path = site / table
    more = f'[documents."{name}"]\ntitle = {{ value = "T", known_from = "x" }}\n'
    path.write_text(path.read_text("utf-8") + more, "utf-8")
    documents, report = read(site)
    assert documents == EXPECTED
    [finding] = report.findings
    assert (finding.code, finding.place) == ("unknown-document", f"site/{table}")
    assert finding.severity is Severity.WARNING
    assert f"speaks of a document {name!r}" in finding.message
    assert f"did you mean {meant!r}?" in finding.message


def test_a_bad_table_is_told_once_with_its_place_and_the_others_count(site: Path) -> None:
    """Damaged in the middle, and wrong at the top."""
    (site / "2026/11/sources.toml").write_text("language = ")
    bad = TOP.replace('agency = { value = "AP"', 'agncy = { value = "AP"')
    (site / "sources.toml").write_text(bad, "utf-8")
    documents, report = read(site)
    assert documents["2026/11/pier/index"] == {
        **EXPECTED["2026/11/pier/index"],
        "language": "en, top default",
    }
    places = [(finding.code, finding.place) for finding in report.findings]
    assert sorted(places) == [
        ("bad-sources-toml", "site/2026/11/sources.toml"),
        ("bad-sources-toml", "site/sources.toml"),
    ]


def test_one_below_which_no_document_lies_is_told(site: Path) -> None:
    write(site, {"pictures/2026/sources.toml": MONTH, "pictures/2026/a.jpg": ""})
    _, report = read(site)
    [finding] = report.findings
    assert (finding.code, finding.place) == ("unused-sources-toml", "site/pictures/2026/sources.toml")
    assert "from below it" in finding.message


def test_many_documents_that_are_not_there_are_counted(site: Path) -> None:
    """None is looked for among thousands one by one."""
    rows = (f'[documents."gone/{n}"]\nagency = {{ value = "AP", known_from = "x" }}\n' for n in range(3000))
    (site / "sources.toml").write_text("".join(rows))
    _, report = read(site)
    codes = [finding.code for finding in report.findings if finding.place == "site/sources.toml"]
    assert codes == ["unknown-document"] * 100 + ["more-findings"]
    assert "2900 further findings" in report.findings[-1].message


def test_a_bucket_is_as_a_folder(bucket: Any) -> None:
    """Read twice: from the whole, and from a part, above which nothing is read."""
    for name, text in FILES.items():
        bucket.pipe_file(f"bucket/site/{name}", text.encode())
    documents, report = read("s3://bucket/site")
    assert documents == EXPECTED
    assert report.findings == []
    documents, _ = read("s3://bucket/site/2026/11")
    assert documents["quay"] == {"language": "de, month default", "publisher": "The Month, month default"}
