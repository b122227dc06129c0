"""Pages that go by their paths: hydrated, taken down and purged, without being told how the ids were made."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from mirrored import STORIES, annotate, ids, mirror, page, paths

from corpus.cli.app import app
from corpus.cli.rim import run
from corpus.errors import UsageError
from corpus.export.dataset import tree_hashes
from corpus.export.store import BuiltDataset
from corpus.pipeline.build import BuildOptions, build
from corpus.pipeline.erasure.takedown import TakedownOptions, take_down
from corpus.pipeline.hydrating.hydration import State, hydrate
from corpus.readers.sources import ReadOptions
from corpus.releases.editions import public_edition
from corpus.releases.public.naming import is_alias
from corpus.releases.release import make_release
from corpus.releases.verification import verify

BY_PATH = BuildOptions(name="site", read=ReadOptions(ids="path"))
QUAY = "2026/11/22/quay"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return mirror(tmp_path / "site")


def released(site: Path) -> tuple[Path, Path]:
    """Build and release, and return the full and the public edition."""
    build([site], site.parent / "built", BY_PATH)
    full = make_release(site.parent / "built", site.parent / "releases", "0.1.0")
    return full, public_edition(full, site.parent / "releases")


def test_a_public_edition_is_hydrated_as_it_was_built(site: Path, tmp_path: Path) -> None:
    """Byte for byte, from the folder under another name, and from one whose pages lie deeper."""
    full, public = released(site)
    assert verify(public) == []
    renamed = site.rename(tmp_path / "elsewhere")
    assert run(app, ["hydrate", str(public), "--from", str(renamed), "--out", str(tmp_path / "again")]) == 0
    assert tree_hashes(tmp_path / "again" / full.name) == tree_hashes(full)
    (tmp_path / "deep").mkdir()
    shutil.copytree(renamed, tmp_path / "deep" / "old")
    assert hydrate(public, [tmp_path / "deep"], tmp_path / "deeper").identical


def test_a_withheld_path_comes_back(tmp_path: Path) -> None:
    """An id that spells what is withheld is an alias in the public edition, and a path again after it."""
    place = "2026/nobody knows what the closure cost"
    site = mirror(tmp_path / "site", {place: "Quay"})
    text = "Quay opens\n\nIn Ahlen nobody knows what the closure cost, the mayor Ada Holt said on Monday.\n"
    (site / place / "index.html").unlink()
    (site / place / "index.txt").write_text(text, "utf-8")
    full, public = released(site)
    assert [is_alias(name) for name in ids(public)] == [True]
    report = hydrate(public, [site], tmp_path / "again")
    assert report.identical, report.findings
    assert tree_hashes(report.directory) == tree_hashes(full)
    assert ids(report.directory) == [f"{place}/index"]


def test_a_page_that_is_not_there_is_not_taken_for_another_of_its_name(site: Path, tmp_path: Path) -> None:
    """All pages are called index.html, and one's lines are as long as another's: still it is missing."""
    _, public = released(site)
    for place in list(STORIES)[1:]:
        (site / place / "index.html").unlink()
    report = hydrate(public, [site], tmp_path / "again")
    states = {item.doc_id: item.state for item in report.documents}
    assert states == {**dict.fromkeys(paths(), State.MISSING), f"{QUAY}/index": State.EXACT}
    assert all(item.source_file is None for item in report.documents if item.state is State.MISSING)


def test_one_page_is_not_taken_for_another_either(tmp_path: Path) -> None:
    """Where one page was released and one other is at hand, of the same name in another folder."""
    _, public = released(mirror(tmp_path / "site", {"quay": "Quay"}))
    report = hydrate(public, [mirror(tmp_path / "other", {"pier": "Pier"})], tmp_path / "again")
    assert [item.state for item in report.documents] == [State.MISSING]


@pytest.mark.parametrize(("others", "state"), [(("pier",), State.REANCHORED), (("pier", "lock"), State.MISSING)])
def test_a_stem_names_a_page_unless_two_have_it(tmp_path: Path, others: tuple[str, ...], state: State) -> None:
    """Stems may have been ids where paths are now; none of two files is chosen by chance."""
    build([mirror(tmp_path / "site", {"quay": "Quay"})], tmp_path / "built", BuildOptions(name="site"))
    public = public_edition(make_release(tmp_path / "built", tmp_path, "0.1.0"), tmp_path)
    raws = mirror(tmp_path / "other", {name: name.title() for name in others})
    report = hydrate(public, [raws], tmp_path / "again", ReadOptions(ids="path"))
    assert [item.state for item in report.documents] == [state]


@pytest.mark.parametrize(("there", "now"), [("quay,pier", "pier"), ("quay", "pier"), ("quay", "pier,lock")])
def test_a_record_that_is_not_there_is_not_taken_for_another_of_its_file(
    tmp_path: Path, there: str, now: str
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for names in (there, now):
        rows = [{"id": n, "text": f"The {n} of Ahlen reopened on Monday after storms."} for n in names.split(",")]
        (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        if names == there:
            _, public = released(folder)
    states = {item.doc_id: item.state for item in hydrate(public, [folder], tmp_path / "again").documents}
    assert states["quay"] is State.MISSING
    assert states.get("pier", State.EXACT) is State.EXACT


def test_a_page_that_changed_is_known_by_its_path(site: Path, tmp_path: Path) -> None:
    _, public = released(site)
    (site / QUAY / "index.html").write_text(page("Quay", " More is to come, she said."), "utf-8")
    report = hydrate(public, [site], tmp_path / "again")
    states = {item.doc_id: item.state for item in report.documents}
    assert states == {**dict.fromkeys(paths(), State.EXACT), f"{QUAY}/index": State.REANCHORED}
    assert BuiltDataset.open(report.directory).manifest.ids == "path"
    assert verify(report.directory) == []


def options(site: Path, **more: object) -> TakedownOptions:
    folder = site.parent
    named = {"file": folder / "takedowns.jsonl", "datasets": (folder / "built",), "raw": (site,), "purge": True}
    return TakedownOptions(**{**named, "annotations": folder / "annotations", **more})  # type: ignore[arg-type]  # of many types


def test_a_nested_page_is_taken_down_and_purged(site: Path, tmp_path: Path) -> None:
    """It alone, with what stands beside it, and in a newer wording than the dataset knows; it stays away."""
    (site / QUAY / "index.json").write_text('{"publisher": "The Courier"}')
    told = "publisher = { value = 'The Courier', known_from = 'the imprint' }\n"
    (site / "2026/11/22/pier/sources.toml").write_text(f"[documents.'2026/11/22/pier/index']\n{told}")
    (site / QUAY / "sources.toml").write_text(f"[documents.'{QUAY}/index']\n{told}")
    build([site], tmp_path / "built", BY_PATH)
    for place in (QUAY, "2026/11/22/pier"):
        annotate(tmp_path / "annotations", tmp_path / "built", f"{place}/index")
    newer = page("Quay", " This was never in the dataset.")
    (site / QUAY / "index.html").write_text(newer, "utf-8")
    others = {path: path.read_bytes() for path in site.rglob("index.html") if path.parent != site / QUAY}
    report = take_down(f"{QUAY}/index", "the owner asked", options(site))
    assert report.left == ()
    assert sorted(path.name for path in (site / QUAY).iterdir()) == ["sources.toml"]
    assert (site / QUAY / "sources.toml").read_text() == ""
    assert "pier/index" in (site / "2026/11/22/pier/sources.toml").read_text()
    assert {path: path.read_bytes() for path in others} == others
    assert f"{QUAY}/index" not in (tmp_path / "annotations" / "ann-1.jsonl").read_text()
    assert ids(tmp_path / "built") == [doc_id for doc_id in paths() if doc_id != f"{QUAY}/index"]
    assert BuiltDataset.open(tmp_path / "built").manifest.ids == "path"
    (site / QUAY / "index.html").write_text(newer, "utf-8")
    again = build([site], tmp_path / "built", BuildOptions(name="site", annotations=tmp_path / "annotations"))
    assert [(f.code, f.place) for f in again.findings if f.code == "taken-down"] == [
        ("taken-down", f"{QUAY}/index")
    ]
    assert f"{QUAY}/index" not in ids(tmp_path / "built")


@pytest.mark.parametrize("deeper", [True, False])
def test_a_newer_wording_below_another_folder_is_left_to_the_user(site: Path, tmp_path: Path, deeper: bool) -> None:
    """Where --raw is not what was built from, no path is the document's; what may be it is named, none else."""
    (site / "2026/11/index.html").write_text(page("News"), "utf-8")
    build([site], tmp_path / "built", BY_PATH)
    (site / QUAY / "index.html").write_text(page("Quay", " This was never in the dataset."), "utf-8")
    raw = site / "2026/11" if deeper else tmp_path / "above"
    if not deeper:
        raw.mkdir()
        site.rename(raw / "site")
    report = take_down(f"{QUAY}/index", "the owner asked", options(site, raw=(raw,), annotations=None))
    assert [told.rpartition(": ")[0] for told in report.left] == [
        str((site if deeper else raw / "site") / QUAY / "index.html")
    ]
    assert "name what was built from" in report.left[0]
    assert len(list(raw.rglob("index.html"))) == 5


def test_without_a_dataset_it_is_said_how_ids_are_made(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A path is nobody's name otherwise, and the refusal says what to say; a page's bare name is nobody's path."""
    stone = str(site.parent / "takedowns.jsonl")
    call = ["takedown", f"{QUAY}/index", "--reason", "asked", "--raw", str(site), "--file", stone, "--purge"]
    assert run(app, call) == 2
    assert "say --ids path" in " ".join(capsys.readouterr().err.split())
    with pytest.raises(UsageError, match="Nothing that was named holds a document 'index'"):
        take_down("index", "asked", options(site, datasets=(), read=ReadOptions(ids="path")))
    assert run(app, [*call, "--ids", "path"]) == 0
    assert not (site / QUAY / "index.html").exists()
    assert len(list(site.rglob("index.html"))) == 3


def test_names_shared_by_many_pages_purge_none_of_them(site: Path) -> None:
    """By stems, every page is called index: each is left to the user."""
    report = take_down("index", "asked", options(site, datasets=()))
    assert (report.erased, len(report.left)) == ((), 4)
    assert len(list(site.rglob("index.html"))) == 4
