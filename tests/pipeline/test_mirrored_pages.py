"""Pages named after addresses, as wget names them: built, released, hydrated, taken down and purged."""

from __future__ import annotations

from pathlib import Path

import pytest
from datasets import load_dataset
from mirrored import annotate, ids, page

from corpus.cli.app import app
from corpus.cli.rim import run
from corpus.export.dataset import tree_hashes
from corpus.pipeline.build import BuildOptions, build
from corpus.pipeline.erasure.takedown import TakedownOptions, TakedownReport, take_down
from corpus.pipeline.hydrating.hydration import hydrate
from corpus.readers.sources import ReadOptions
from corpus.releases.editions import public_edition
from corpus.releases.release import make_release
from corpus.releases.verification import verify

OPTIONS = BuildOptions(name="site", read=ReadOptions(ids="path"))
HOST = "www.courier.example"
WORDS = {
    f"{HOST}/article.php?id=17": "Quay",
    f"{HOST}/article.php?id=18&print=1": "Pier",
    f"{HOST}/index.html?p=3": "Lock",
    f"{HOST}/2026/storm": "Dock",
    f"{HOST}/2026/index": "Moat",
    f"{HOST}/caf%C3%A9 & more/größe": "Weir",
}
"""Ids and the words by which their pages differ."""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    for name, word in WORDS.items():
        path = folder / (f"{name}.html" if name.endswith("index") else name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"<!DOCTYPE html>\n{page(word)}", "utf-8")
    (folder / HOST / "robots.txt").write_text("User-agent: *\nDisallow:\n")
    (folder / HOST / "style.css?ver=6").write_text("body {}")
    return folder


def test_they_are_a_dataset(site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Under ids that ``datasets`` gives back as they are; what is none is told on standard error."""
    out = tmp_path / "built"
    assert run(app, ["build", str(site), "--ids", "path", "--out", str(out)]) == 0
    told = " ".join(capsys.readouterr().err.split())
    assert f"passed over: site/{HOST}/robots.txt, site/{HOST}/style.css?ver=6" in told
    rows = {row["doc_id"]: row for row in load_dataset(str(out), split="train")}
    assert {name: row["title"] for name, row in rows.items()} == {
        name: f"{word} reopens after storms" for name, word in WORDS.items()
    }
    assert verify(out) == []
    assert not build([site], out, BuildOptions(name="site")).changed


def test_by_names_a_mirrored_site_says_what_it_passed_over(site: Path, tmp_path: Path) -> None:
    report = build([site], tmp_path / "built", BuildOptions(name="site"))
    assert ids(tmp_path / "built") == ["index", "robots"]
    assert f"site/{HOST}/article.php?id=17" in report.skipped


def test_they_are_hydrated_as_they_were_built(site: Path, tmp_path: Path) -> None:
    build([site], tmp_path / "built", OPTIONS)
    full = make_release(tmp_path / "built", tmp_path / "releases", "0.1.0")
    public = public_edition(full, tmp_path / "releases")
    report = hydrate(public, [site.rename(tmp_path / "elsewhere")], tmp_path / "again")
    assert report.identical, report.findings
    assert tree_hashes(report.directory) == tree_hashes(full)


def purged(site: Path, doc_id: str, *, dataset: bool = True, ids: str | None = None) -> TakedownReport:
    folder = site.parent
    wanted = TakedownOptions(
        file=folder / "takedowns.jsonl",
        datasets=(folder / "built",) if dataset else (),
        raw=(site,),
        annotations=folder / "annotations",
        purge=True,
        read=ReadOptions(ids=ids),  # type: ignore[arg-type]  # one of two words
    )
    return take_down(doc_id, "the owner asked", wanted)


@pytest.mark.parametrize("dataset", [True, False])
def test_one_is_purged_with_its_copies_and_in_a_newer_wording(site: Path, tmp_path: Path, dataset: bool) -> None:
    """What wget kept before it changed links (.orig), and the same page under another query; all others stay."""
    gone = f"{HOST}/article.php?id=17"
    text = (site / gone).read_text()
    if not dataset:
        (site / f"{gone}.orig").write_text(text.replace("</p>", "</p>\n"))
    (site / f"{gone}&share=1").write_text(text)
    (site / HOST / "2026/quay.jpg").write_text(text)  # what a server sent for a picture that it lacks
    build([site], tmp_path / "built", OPTIONS)
    annotate(tmp_path / "annotations", tmp_path / "built", gone)
    if dataset:
        (site / gone).write_text(text.replace("two million", "three million"))
    others = {
        path: path.read_bytes() for path in site.rglob("*") if path.is_file() and "Quay" not in path.read_text()
    }
    report = purged(site, gone, dataset=dataset, ids=None if dataset else "path")
    assert report.left == ()
    assert {path: path.read_bytes() for path in site.rglob("*") if path.is_file()} == others
    assert (tmp_path / "annotations/ann-1.jsonl").read_text() == ""
    if dataset:
        assert ids(tmp_path / "built") == sorted(WORDS.keys() - {gone})


def test_by_names_a_copy_that_no_build_reads_is_purged_all_the_same(tmp_path: Path) -> None:
    """A dataset of other files, and a mirror of the site besides, whose page has a name of no kind."""
    raw = tmp_path / "raw"
    (raw / "mirror").mkdir(parents=True)
    (raw / "quay.html").write_text(page("Quay"))
    (raw / "mirror/article.php?id=17").write_text(f"<!DOCTYPE html>\n{page('Quay')}")
    (raw / "mirror/article.php?id=18").write_text(f"<!DOCTYPE html>\n{page('Pier')}")
    build([raw], tmp_path / "built", BuildOptions(name="site"))
    report = purged(raw, "quay")
    assert report.left == ()
    assert [path.name for path in raw.rglob("*") if path.is_file()] == ["article.php?id=18"]
