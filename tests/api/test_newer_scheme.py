"""A scheme that renames a label: what was drawn before is built, counted, written and read under the new name."""

from __future__ import annotations

import json
from pathlib import Path

import corpus
from corpus.files import package_text

TEXT = (
    "Port reopens\n\nMayor Ada Lovelace said on Monday that the Port Act would be read in March after two years.\n"
)
RENAMED = """
[[history]]
version = "2.0.0"
date = "2026-12-01"
change = "MISC is called OTHER."
renamed = { MISC = "OTHER" }
"""


def drawn(path: Path, label: str) -> Path:
    spans = [(words, own) for words, own in (("Ada Lovelace", "PER"), ("Port Act", label))]
    marks = [{"start": TEXT.index(w), "end": TEXT.index(w) + len(w), "label": own} for w, own in spans]
    path.write_text(
        json.dumps({"text": TEXT, "meta": {"doc_id": "one"}, "spans": marks, "answer": "accept"}), "utf-8"
    )
    return path


def test_no_span_is_lost_by_another_name(tmp_path: Path) -> None:
    raw, dataset, annotations = tmp_path / "raw", tmp_path / "dataset", tmp_path / "annotations"
    raw.mkdir()
    (raw / "one.txt").write_text(TEXT, "utf-8")
    scheme = package_text("schemas", "news-ec.toml").replace('label = "MISC"', 'label = "OTHER"')
    newer = tmp_path / "newer.toml"
    newer.write_text(scheme.replace('version = "1.0.0"', 'version = "2.0.0"', 1) + RENAMED, "utf-8")

    corpus.build(raw, dataset)
    for name in ("ada", "ben"):
        before = drawn(tmp_path / f"{name}.jsonl", "MISC")
        corpus.import_annotations(before, dataset, annotations=annotations, annotator=name)
    report = corpus.build(raw, tmp_path / "new", annotations=annotations, scheme=newer)
    assert not report.failed
    rows = corpus.open_dataset(tmp_path / "new").rows("entities")
    found = [(row["annotator"], row["label"], row["scheme_version"]) for row in rows]
    assert found == [(who, label, "1.0.0") for who in ("ada", "ben") for label in ("PER", "OTHER")]
    assert corpus.measure_agreement(tmp_path / "new").layers[0].pairs[0].spans.exact.value == 1

    out = tmp_path / "out.jsonl"
    corpus.export_annotations(out, "jsonl", tmp_path / "new", annotations=annotations, annotator="ada")
    assert [span["label"] for span in json.loads(out.read_text("utf-8"))["spans"]] == ["PER", "OTHER"]
    for source in (out, tmp_path / "ada.jsonl", drawn(tmp_path / "later.jsonl", "OTHER")):
        done = corpus.import_annotations(source, tmp_path / "new", annotations=annotations, annotator="ada")
        assert (done.done.written, done.done.unchanged, done.findings) == ([], 1, ()), source
