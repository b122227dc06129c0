"""Ids of pages by their paths: kept from build to build, and a change of them is told, never silent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from mirrored import STORIES, annotate, ids, mirror, page, paths

from corpus.cli.app import app
from corpus.cli.rim import run
from corpus.export.dataset import tree_hashes
from corpus.export.store import BuiltDataset
from corpus.pipeline.build import BuildOptions, BuildReport, build
from corpus.pipeline.grouping import SplitOptions
from corpus.pipeline.ids import ids_where
from corpus.pipeline.knownlines import count_lines
from corpus.readers.sources import ReadOptions
from corpus.releases.release import make_release
from corpus.releases.verification import verify

BY_PATH = ReadOptions(ids="path")


def codes(report: BuildReport) -> list[str]:
    return [finding.code for finding in report.findings]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return mirror(tmp_path / "site")


def manifest(dataset: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((dataset / "manifest.json").read_bytes())
    return found


def test_a_mirrored_site_is_a_dataset(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The finding on the colliding names says the way, and the way leads there."""
    out = site.parent / "built"
    assert run(app, ["build", str(site), "--out", str(out)]) == 3
    told = capsys.readouterr().err
    assert "4 inputs have the id 'index'" in " ".join(told.split())
    assert "--ids path" in told
    assert not out.exists()
    assert run(app, ["build", str(site), "--ids", "path", "--out", str(out)]) == 0
    assert ids(out) == ids(out, "raw") == ids(out, "blocks") == paths()
    assert manifest(out)["ids"] == "path"
    assert verify(out) == []


def test_a_dataset_of_stems_says_nothing_new(tmp_path: Path) -> None:
    """So that a public edition of an older version is hydrated to the manifest that it names the hash of."""
    site = mirror(tmp_path / "site", {"quay": "Quay"})
    for read in (ReadOptions(), ReadOptions(ids="stem")):
        build([site], tmp_path / "built", BuildOptions(read=read))
        assert "ids" not in manifest(tmp_path / "built")
        assert BuiltDataset.open(tmp_path / "built").manifest.ids == "stem"
    assert run(app, ["build", str(site), "--ids", "name", "--out", str(tmp_path / "none")]) == 2


def test_the_next_build_makes_ids_as_the_one_before_it(site: Path, tmp_path: Path) -> None:
    """Without being told, from the folder under another name, and a second time with the same bytes."""
    out = tmp_path / "built"
    build([site], out, BuildOptions(name="site", read=BY_PATH))
    before = tree_hashes(out)
    renamed = site.rename(tmp_path / "elsewhere")
    again = build([renamed], out, BuildOptions(name="site"))
    assert (ids(out), codes(again)) == (paths(), [])
    renamed.rename(site)
    build([site], out, BuildOptions(name="site"))
    assert tree_hashes(out) == before
    page_file = site / "2026/11/22/quay/index.html"
    page_file.write_text(page("Quay", " More is to come."), "utf-8")
    build([site], out, BuildOptions(name="site"))
    revisions = {row["doc_id"]: row["revision"] for row in BuiltDataset.open(out).rows("raw")}
    assert revisions == {**dict.fromkeys(paths(), 1), "2026/11/22/quay/index": 2}


def test_other_ids_than_before_are_told_and_no_annotation_goes_in_silence(tmp_path: Path) -> None:
    """A dataset of stems, built with paths: which ids went, an example, the way back; and the way back is one."""
    site, out = tmp_path / "site", tmp_path / "built"
    site.mkdir()
    for word in ("quay", "pier"):
        (site / word).mkdir()
        (site / word / f"{word}.html").write_text(page(word.title()), "utf-8")
    (site / "top.html").write_text(page("Lock"), "utf-8")
    options = BuildOptions(name="site", annotations=tmp_path / "annotations")
    build([site], out, BuildOptions(name="site"))
    annotate(tmp_path / "annotations", out, "quay")
    annotate(tmp_path / "annotations", out, "top")
    assert codes(build([site], out, options)) == []
    before = tree_hashes(out)
    by_path = BuildOptions(name="site", annotations=tmp_path / "annotations", read=BY_PATH)
    report = build([site], out, by_path)
    assert ids(out) == ["pier/pier", "quay/quay", "top"]
    assert ids(out, "entities") == ["top"]
    assert codes(report) == ["ids-changed", "annotation-unknown-document"]
    told = report.findings[0].message
    assert "2 ids are not there any more ('pier' is 'pier/pier' now)" in told
    assert "`ids='stem'`" in told
    assert "'quay'" in report.findings[1].message
    assert codes(build([site], out, by_path)) == ["annotation-unknown-document"]
    back = build(
        [site], out, BuildOptions(annotations=options.annotations, name="site", read=ReadOptions(ids="stem"))
    )
    assert codes(back) == ["ids-changed"]
    assert tree_hashes(out) == before


def test_where_no_id_changes_nothing_is_told(tmp_path: Path) -> None:
    """Records and texts at the top have the same ids either way."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "top.html").write_text(page("Quay"), "utf-8")
    (tmp_path / "in" / "rows.jsonl").write_text('{"id": "a", "text": "The pier stays open, he said."}\n')
    build([tmp_path / "in"], tmp_path / "out", BuildOptions())
    assert codes(build([tmp_path / "in"], tmp_path / "out", BuildOptions(read=BY_PATH))) == []
    assert ids(tmp_path / "out") == ["a", "top"]


def test_splits_stay_where_ids_change(tmp_path: Path) -> None:
    """The texts are the same, so no document goes over to another side."""
    site = tmp_path / "site"
    for number in range(12):
        (site / f"f{number}").mkdir(parents=True)
        (site / f"f{number}" / f"s{number}.html").write_text(page(f"Quay{number}"), "utf-8")
    splits = SplitOptions({"train": 0.5, "test": 0.5}, ())
    sides: list[dict[str, str]] = []
    for read in (ReadOptions(), BY_PATH):
        build([site], tmp_path / "out", BuildOptions(read=read, splits=splits))
        rows = BuiltDataset.open(tmp_path / "out").rows("documents")
        sides.append({row["doc_id"].rpartition("/")[2]: row["split"] for row in rows})
    assert sides[0] == sides[1]
    assert set(sides[0].values()) == {"train", "test"}


def test_known_lines_are_counted_of_every_page(site: Path, tmp_path: Path) -> None:
    told = '[defaults]\nsite = { value = "courier.example", known_from = "the crawl" }\n'
    for place in STORIES:
        (site / place / "sources.toml").write_text(told)
    counts = tmp_path / "known.parquet"
    assert run(app, ["known-lines", str(site), "--out", str(counts)]) == 3
    assert not counts.exists()
    assert run(app, ["known-lines", str(site), "--ids", "path", "--out", str(counts)]) == 0
    again = count_lines([site], counts, BY_PATH)
    assert (again.grown.added, again.grown.seen, again.grown.total) == (0, 4, 4)
    report = build([site], tmp_path / "out", BuildOptions(read=BY_PATH, known_lines=counts))
    assert (codes(report), ids(tmp_path / "out")) == ([], paths())


def test_how_ids_were_made_is_asked_of_the_datasets_that_hold_one(site: Path, tmp_path: Path) -> None:
    """A release says it as its build did; where datasets do not agree, those that have the id do."""
    build([site], tmp_path / "built", BuildOptions(name="site", read=BY_PATH))
    release = make_release(tmp_path / "built", tmp_path / "releases", "0.1.0")
    assert BuiltDataset.open(release).manifest.ids == "path"
    other = mirror(tmp_path / "other", {"quay": "Quay"})
    build([other], tmp_path / "others", BuildOptions())
    folders = [tmp_path / "built", tmp_path / "others", tmp_path / "releases"]
    assert ids_where(folders[:1], "whatever") == "path"
    assert ids_where(folders, "2026/11/22/quay/index") == "path"
    assert ids_where(folders, "index") == "stem"
    assert ids_where(folders, "whatever") is None
    assert ids_where([tmp_path / "nothing"], "index") is None
    (tmp_path / "others" / "manifest.json").write_text("{")
    assert ids_where(folders, "whatever") == "path"
