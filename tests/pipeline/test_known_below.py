"""One sources.toml above a mirrored site's pages: built, counted, hydrated, taken down and purged."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest
from datasets import load_dataset
from mirrored import STORIES, mirror, page, paths

from corpus.export.dataset import tree_hashes
from corpus.pipeline.build import BuildOptions, build
from corpus.pipeline.erasure.takedown import TakedownOptions, TakedownReport, take_down
from corpus.pipeline.hydrating.hydration import hydrate
from corpus.pipeline.knownlines import count_lines
from corpus.readers.sources import ReadOptions
from corpus.releases.editions import public_edition
from corpus.releases.release import make_release

BY_PATH = ReadOptions(ids="path")
OPTIONS = BuildOptions(name="site", read=BY_PATH)
QUAY, PIER = "2026/11/22/quay/index", "2026/11/22/pier/index"
TOP = f"""[defaults]
site = {{ value = "courier.example", known_from = "the crawl of the whole site" }}
publisher = {{ value = "The Courier", known_from = "the imprint" }}

[documents."{QUAY}"]
publisher = {{ value = "The Quay", known_from = "the page's own imprint" }}

# Told by telephone.
[documents."{PIER}"]
publisher = {{ value = "The Pier", known_from = "the page's own imprint" }}
"""
DAY = """[defaults]
dateline = { value = "AHLEN", known_from = "the print edition of that day" }
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = mirror(tmp_path / "site")
    (folder / "sources.toml").write_text(TOP)
    (folder / "2026/11/22/sources.toml").write_text(DAY)
    return folder


def test_what_is_told_above_is_in_the_dataset_with_where_it_is_known_from(site: Path, tmp_path: Path) -> None:
    """As ``datasets`` reads it; both files are inputs, and a change of either is a change of the dataset."""
    out = tmp_path / "built"
    report = build([site], out, OPTIONS)
    assert report.findings == ()
    assert report.manifest is not None
    inputs = {item.path for item in report.manifest.inputs if item.role == "sources.toml"}
    assert inputs == {"site/sources.toml", "site/2026/11/22/sources.toml"}
    rows = {row["doc_id"]: row for row in load_dataset(str(out), split="train")}
    assert {name: (row["publisher"], row["dateline"]) for name, row in rows.items()} == {
        **dict.fromkeys(paths(), ("The Courier", None)),
        QUAY: ("The Quay", "AHLEN"),
        PIER: ("The Pier", "AHLEN"),
    }
    evidence = {own["column"]: own for own in rows[QUAY]["evidence"]}
    assert evidence["publisher"]["kind"] == evidence["dateline"]["kind"] == "sources.toml"
    assert evidence["publisher"]["source"] == "the page's own imprint"
    assert evidence["dateline"]["source"] == "the print edition of that day"
    assert not build([site], out, OPTIONS).changed
    (site / "sources.toml").write_text(TOP.replace("The Quay", "The Quays"))
    assert build([site], out, OPTIONS).changed


def test_lines_are_counted_by_the_site_that_is_told_above(site: Path, tmp_path: Path) -> None:
    """Without it no page has a site, and so none is."""
    counts = tmp_path / "known.parquet"
    grown = count_lines([site], counts, BY_PATH).grown
    assert (grown.added, grown.total) == (len(STORIES), len(STORIES))
    (site / "sources.toml").unlink()
    assert count_lines([site], tmp_path / "none.parquet", BY_PATH).grown.added == 0


@pytest.mark.parametrize("there", ["renamed", "deeper", "two copies"])
def test_a_public_edition_is_hydrated_byte_for_byte(site: Path, tmp_path: Path, there: str) -> None:
    """The rows name the documents of the edition, wherever they and their files lie now."""
    build([site], tmp_path / "built", OPTIONS)
    full = make_release(tmp_path / "built", tmp_path / "releases", "0.1.0")
    public = public_edition(full, tmp_path / "releases")
    raw = tmp_path / "raw"
    if there == "renamed":
        site.rename(raw)
    else:
        shutil.copytree(site, raw / "old")
    if there == "two copies":
        shutil.copytree(site, raw / "older")
    report = hydrate(public, [raw], tmp_path / "again")
    assert report.identical, report.findings
    assert tree_hashes(report.directory) == tree_hashes(full)


def test_a_lost_one_is_named(site: Path, tmp_path: Path) -> None:
    build([site], tmp_path / "built", OPTIONS)
    public = public_edition(make_release(tmp_path / "built", tmp_path / "releases", "0.1.0"), tmp_path)
    (site / "2026/11/22/sources.toml").unlink()
    report = hydrate(public, [site], tmp_path / "again")
    assert not report.identical
    assert "not site/2026/11/22/sources.toml as it was" in report.findings[0].message


def purged(site: Path, doc_id: str, *raw: Path, dry_run: bool = False) -> TakedownReport:
    folder = site.parent
    wanted = TakedownOptions(
        file=folder / "takedowns.jsonl",
        datasets=(folder / "built",),
        raw=raw or (site,),
        purge=True,
        dry_run=dry_run,
    )
    return take_down(doc_id, "the owner asked", wanted)


def test_a_purge_cuts_its_table_out_of_every_file_that_speaks_of_it(site: Path, tmp_path: Path) -> None:
    """Above it and beside it, with the table of a copy that lies elsewhere; all else is byte for byte as it was."""
    copy = "archive/quay/index"
    (site / copy).parent.mkdir(parents=True)
    (site / f"{copy}.html").write_bytes((site / f"{QUAY}.html").read_bytes())
    told = 'publisher = { value = "The Quay", known_from = "its imprint" }\n'
    (site / "sources.toml").write_text(f'{TOP}[documents."{copy}"]\n{told}')
    (site / "2026/11/22/sources.toml").write_text(f'{DAY}[documents."{QUAY}"]\n{told}')
    build([site], tmp_path / "built", OPTIONS)
    before = (site / "sources.toml").read_bytes()
    assert purged(site, QUAY, dry_run=True).left == ()
    assert (site / "sources.toml").read_bytes() == before
    report = purged(site, QUAY)
    assert report.left == ()
    assert report.others == (copy,)
    erased = {str(item.place.relative_to(tmp_path)): item.what for item in report.erased}
    assert erased["site/sources.toml"] == "2 tables"
    assert erased["site/2026/11/22/sources.toml"] == "its table"
    left = TOP.replace(TOP[TOP.index(f'[documents."{QUAY}"]') : TOP.index("\n# Told")], "")
    assert (site / "sources.toml").read_text() == left
    assert (site / "2026/11/22/sources.toml").read_text() == DAY
    report_again = build([site], tmp_path / "built", OPTIONS)
    assert [finding.code for finding in report_again.findings] == []


def test_a_purge_below_another_folder_leaves_what_is_told_of_another_document(site: Path, tmp_path: Path) -> None:
    """Of two raw folders that each have a document of that path, the other one's table stays."""
    other = tmp_path / "other"
    place = QUAY.rpartition("/")[0]
    mirror(other, {place: "Quay"})
    (other / f"{QUAY}.html").write_text(page("Moat"), "utf-8")
    told = f'[documents."{QUAY}"]\npublisher = {{ value = "The Moat", known_from = "its imprint" }}\n'
    (other / "sources.toml").write_text(told)
    build([site], tmp_path / "built", OPTIONS)
    report = purged(site, QUAY, site, other)
    assert [str(other / f"{QUAY}.html") in sentence for sentence in report.left] == [True]
    assert QUAY not in tomllib.loads((site / "sources.toml").read_text())["documents"]
    assert (other / "sources.toml").read_text() == told
