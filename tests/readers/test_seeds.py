"""The seeds stay as they were received, and what is said of them is sound."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from corpus.readers.sources import ReadOptions, ReadReport, read_sources

SEEDS = Path(__file__).parents[2] / "seeds"


def test_the_files_are_byte_for_byte_what_the_readme_lists() -> None:
    readme = (SEEDS / "README.md").read_text("utf-8")
    listed = dict(re.findall(r"^\| `([^`]+\.txt)` .*`([0-9a-f]{64})` \|$", readme, re.MULTILINE))
    there = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in SEEDS.glob("*.txt")}
    assert len(there) == 5
    assert listed == there


def test_they_read_without_a_finding_and_without_a_repair() -> None:
    report = ReadReport()
    documents = {document.doc_id: document for document in read_sources([SEEDS], ReadOptions(), report)}
    assert report.findings == []
    assert report.skipped == ["seeds/README.md"]
    assert [file.role for file in report.inputs].count("sources.toml") == 1
    for doc_id, document in documents.items():
        assert document.text == (SEEDS / f"{doc_id}.txt").read_text("utf-8")
        assert document.source_file == f"seeds/{doc_id}.txt"
        assert (document.decoder, document.repairs) == ("utf-8", ())


def test_the_publisher_that_the_text_does_not_name_comes_from_sources_toml() -> None:
    documents = read_sources([SEEDS / "004_2582ff4afcd3cfad.txt"], ReadOptions(), ReadReport())
    publisher = next(documents).known_value("publisher")
    assert publisher is not None
    assert (publisher.value, publisher.kind) == ("Voice of America", "sources.toml")
    assert publisher.known_from
