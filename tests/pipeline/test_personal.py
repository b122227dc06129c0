"""Personal data in a build is reported with its place, masked on request, and a masked release can be hydrated."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from corpus.cli.app import app
from corpus.cli.rim import run
from corpus.export.dataset import tree_hashes
from corpus.export.store import BuiltDataset
from corpus.model.annotation import AnchoredSpan, AnnotationSet, Entity, Origin
from corpus.model.document import sha256_text
from corpus.model.span import Span
from corpus.pipeline.build import BuildOptions, build
from corpus.pipeline.hydrating.hydration import hydrate
from corpus.releases.editions import public_edition
from corpus.releases.release import make_release
from corpus.releases.verification import verify

TEXT = (
    "Harbour to close in May\n\nThe council said on Wednesday that the harbour would be closed until winter. "
    "Residents may write to jane.doe@mail.example or call +44 20 7946 0958.\n\n"
    "Mayor Lena Voss said the works would cost two million euros and last for nine months.\n"
)


def project(folder: Path) -> Path:
    (folder / "in").mkdir()
    (folder / "in" / "a.txt").write_text(TEXT, "utf-8")
    start = TEXT.index("Lena Voss")
    mention = Entity(id="e1", label="PER", spans=(AnchoredSpan.of(TEXT, Span(start, start + 9)),))
    known = AnnotationSet(
        annotation_id="a.ann",
        revision=1,
        state="submitted",
        doc_id="a",
        annotator="ann",
        anchor_sha256=sha256_text(TEXT),
        scheme="news-ec",
        scheme_version="1.0.0",
        origin=Origin(kind="import"),
        entities=(mention,),
    )
    (folder / "annotations").mkdir()
    (folder / "annotations" / "ann.jsonl").write_text(known.model_dump_json() + "\n", "utf-8")
    return folder / "in"


def test_verify_reports_it_on_request(tmp_path: Path, capsys: Any) -> None:
    """As warnings, with offsets and without the words; the exit code stays 0."""
    build([project(tmp_path)], tmp_path / "build", BuildOptions(name="news"))
    assert run(app, ["verify", str(tmp_path / "build")]) == 0
    capsys.readouterr()
    assert run(app, ["verify", str(tmp_path / "build"), "--pii", "--json"]) == 0
    shown = capsys.readouterr().out
    found = json.loads(shown)
    place = TEXT.index("jane")
    assert [(f["code"], f["severity"], f["place"]) for f in found] == [
        ("personal-data", "warning", "raw/train row 0 column text")
    ] * 2
    assert f"e-mail address at [{place}, {place + len('jane.doe@mail.example')})" in found[0]["message"]
    assert "jane" not in shown


def test_a_masked_build_holds_none_of_it(tmp_path: Path, capsys: Any) -> None:
    """In no column; offsets and annotations hold; the repair is on record."""
    source = project(tmp_path)
    assert run(app, ["build", str(source), "--out", str(tmp_path / "build"), "--name", "news", "--mask-pii"]) == 0
    assert verify(tmp_path / "build") == []
    assert run(app, ["verify", str(tmp_path / "build"), "--pii"]) == 0
    assert "all as promised" in capsys.readouterr().out
    dataset = BuiltDataset.open(tmp_path / "build")
    (raw,) = dataset.rows("raw")
    assert len(raw["text"]) == len(TEXT)
    assert "jane" not in raw["text"]
    assert ("personal", 2) in [(repair["kind"], repair["count"]) for repair in raw["repairs"]]
    (entity,) = dataset.rows("entities")
    start = TEXT.index("Lena Voss")
    assert (entity["text"], entity["raw_spans"]) == ("Lena Voss", [{"start": start, "end": start + 9}])


def test_a_masked_release_is_hydrated_masked(tmp_path: Path) -> None:
    """The raw file has the words still; what is rebuilt has not."""
    source = project(tmp_path)
    build([source], tmp_path / "build", BuildOptions(name="news", mask_personal=True))
    full = make_release(tmp_path / "build", tmp_path / "full", "0.1.0")
    public = public_edition(full, tmp_path)
    report = hydrate(public, [source], tmp_path / "out")
    assert report.identical
    assert tree_hashes(report.directory) == tree_hashes(full)
