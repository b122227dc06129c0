"""Annotations made under ids by names, brought to ids by paths, or after files were renamed: with real builds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from datasets import load_dataset
from mirrored import annotate, page

from corpus.cli.app import app
from corpus.cli.rim import run
from corpus.export.dataset import tree_hashes
from corpus.pipeline.build import BuildOptions, BuildReport, build
from corpus.readers.sources import ReadOptions
from corpus.releases.editions import public_edition
from corpus.releases.release import make_release
from corpus.releases.verification import verify

PLACES = {"2026/11": ("quay", "pier"), "2026/12": ("lock",)}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for place, words in PLACES.items():
        (tmp_path / "site" / place).mkdir(parents=True)
        for word in words:
            (tmp_path / "site" / place / f"{word}.html").write_text(page(word.title()), "utf-8")
    return tmp_path / "site"


def built(site: Path, name: str, ids: str = "stem") -> BuildReport:
    folder = site.parent
    options = BuildOptions(
        name="site",
        annotations=folder / "annotations" if (folder / "annotations").is_dir() else None,
        read=ReadOptions(ids=ids),  # type: ignore[arg-type]  # one of two words
    )
    return build([site], folder / name, options)


def people(dataset: Path) -> dict[str, str]:
    rows = load_dataset(str(dataset), "entities", split="train")
    return {row["doc_id"]: row["text"] for row in rows}


def called(site: Path, *arguments: str) -> int:
    folder = site.parent
    return run(app, ["annotations", "rename", str(folder / "annotations"), *arguments])


def test_annotations_by_names_are_brought_to_paths(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In the next build they are where their documents are; nothing else in the dataset is another."""
    folder = site.parent
    built(site, "old")
    for word in ("quay", "lock"):
        annotate(folder / "annotations", folder / "old", word)
    before = built(site, "old")
    assert before.findings == ()
    assert people(folder / "old") == {"quay": "Ada Holt", "lock": "Ada Holt"}
    report = built(site, "new", "path")
    assert [finding.code for finding in report.findings] == ["annotation-unknown-document"] * 2
    new = str(folder / "new")
    capsys.readouterr()
    assert called(site, "--to", new, "--dry-run") == 0
    assert "2 documents would be renamed, 2 of them annotated, in 2 versions in 1 file." in capsys.readouterr().out
    assert called(site, "--to", new) == 0
    shown = capsys.readouterr().out
    assert "quay → 2026/11/quay\n" in shown
    assert "2 documents were renamed" in shown
    assert built(site, "new", "path").findings == ()
    assert people(folder / "new") == {"2026/11/quay": "Ada Holt", "2026/12/lock": "Ada Holt"}
    assert verify(folder / "new") == []
    done = tree_hashes(folder / "new"), tree_hashes(folder / "annotations")
    assert called(site, "--to", new, "--from", str(folder / "old"), "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["renamed"], told["annotated"], told["files"]) == ({"pier": "2026/11/pier"}, 0, [])
    assert not built(site, "new", "path").changed
    assert tree_hashes(folder / "annotations").keys() == done[1].keys()


def test_files_that_were_renamed_and_one_that_changed(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The one whose text changed too is told, with a warning alone; a copied one is an error, and keeps its id."""
    folder = site.parent
    built(site, "old")
    for word in ("quay", "pier", "lock"):
        annotate(folder / "annotations", folder / "old", word)
    (site / "2026/11/quay.html").rename(site / "2026/11/harbour.html")
    (site / "2026/11/pier.html").rename(site / "2026/11/jetty.html")
    (site / "2026/12/gate.html").write_bytes((site / "2026/12/lock.html").read_bytes())
    (site / "2026/12/lock.html").rename(site / "2026/12/sluice.html")
    (site / "2026/11/jetty.html").write_text(page("Pier", " More is to come."), "utf-8")
    built(site, "new")
    assert called(site, "--to", str(folder / "new")) == 1
    told = " ".join(capsys.readouterr().err.split())
    assert "error lock: 2 documents have its text now: 'gate', 'sluice'; it keeps its id." in told
    assert "warning pier: No document has its text now, and none its id" in told
    lines = (folder / "annotations/ann-1.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["doc_id"] for line in lines] == ["harbour", "pier", "lock"]
    assert called(site, "--to", str(folder / "new"), "--json") == 1
    told_again = json.loads(capsys.readouterr().out)
    assert (told_again["renamed"], len(told_again["findings"])) == ({}, 2)


def test_what_it_cannot_begin_with_is_one_sentence(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = site.parent
    built(site, "old")
    public = public_edition(make_release(folder / "old", folder / "releases", "0.1.0"), folder / "releases")
    assert called(site, "--to", str(folder / "old")) == 2
    assert "name the folder of annotation files" in " ".join(capsys.readouterr().err.split())
    annotate(folder / "annotations", folder / "old", "quay")
    for dataset, code, words in (
        (folder / "none", 2, "no such folder; name the dataset with today's ids"),
        (site, 2, "is no dataset"),
        (public, 2, "is a public edition, in which ids are withheld; name the build or full edition."),
    ):
        assert called(site, "--to", str(dataset)) == code, dataset
        told = " ".join(capsys.readouterr().err.split())
        assert words in told
        assert told.count(". ") == 0
