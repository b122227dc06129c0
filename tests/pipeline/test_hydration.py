"""A public edition and the raw files give the full edition back, byte for byte; changed files are re-anchored."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from corpus.cli.app import app
from corpus.cli.rim import run
from corpus.errors import UsageError
from corpus.export.dataset import tree_hashes
from corpus.export.store import BuiltDataset
from corpus.pipeline.build import BuildOptions, build
from corpus.pipeline.hydrating.hydration import State, hydrate
from corpus.readers.sources import ReadOptions
from corpus.releases.editions import public_edition
from corpus.releases.release import make_release
from corpus.releases.verification import verify

SEEDS = Path(__file__).parents[2] / "seeds"
PAGE = """<html><head><title>Harbour to close</title><meta name="author" content="Maren Holt">
<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Harbour to close"}</script></head>
<body><nav>Home News</nav><article><h1>Harbour to close</h1><p>By Maren Holt</p>
<p>The council said on Wednesday that the harbour would be closed for repairs until winter, the mayor added.</p>
<p>Boats must leave by the end of May, and fishing will go on from the old pier in the meantime.</p>
<p>© 2021 Northern Courier Ltd. All rights reserved.</p></article></body></html>"""


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The full and the public edition of the seeds."""
    folder = tmp_path_factory.mktemp("hydration")
    build([SEEDS], folder / "build", BuildOptions(name="seeds"))
    full = make_release(folder / "build", folder, "0.1.0", "2026-11-22")
    return full, public_edition(full, folder)


@pytest.fixture
def raws(tmp_path: Path) -> Path:
    shutil.copytree(SEEDS, tmp_path / "raws")
    return tmp_path / "raws"


def test_the_full_edition_comes_back_byte_for_byte(released: tuple[Path, Path], tmp_path: Path) -> None:
    full, public = released
    report = hydrate(public, [SEEDS], tmp_path)
    assert report.identical
    assert report.directory == tmp_path / "seeds-0.1.0"
    assert tree_hashes(report.directory) == tree_hashes(full)
    assert {item.state for item in report.documents} == {State.EXACT}


def test_the_cleaner_does_not_run(
    released: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The blocks are replayed: a cleaner that fails is not noticed."""

    def fail(*_: Any, **__: Any) -> None:
        raise AssertionError("the cleaner ran")

    monkeypatch.setattr("corpus.cleaning.kernel.clean_frame", fail)
    monkeypatch.setattr("corpus.pipeline.cleaning.clean_frame", fail)
    assert hydrate(released[1], [SEEDS], tmp_path).identical


def test_files_are_found_by_their_hash(released: tuple[Path, Path], raws: Path, tmp_path: Path) -> None:
    """In several folders, copies among them, and under other names; other line ends are the same text."""
    full, public = released
    other = tmp_path / "other"
    (other / "deep").mkdir(parents=True)
    shutil.copy(raws / "001_2bfdd9e86e277f2d.txt", other)
    (raws / "000_ec7f3073578cd279.txt").rename(other / "deep" / "renamed.txt")
    (raws / "003_3d0e764f794c4c26.txt").rename(raws / "that-sources-toml-does-not-know.txt")
    crlf = raws / "002_768a46f134fdd9a5.txt"
    crlf.write_bytes(crlf.read_bytes().replace(b"\n", b"\r\n"))
    report = hydrate(public, [other, raws], tmp_path / "out")
    assert report.identical
    assert tree_hashes(report.directory) == tree_hashes(full)


def test_pages_and_records_come_back(tmp_path: Path) -> None:
    """A page's head, a record's columns, a sources.toml: all that was known is known again."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "page.html").write_text(PAGE, "utf-8")
    text = "The council said on Wednesday that the harbour would be closed for repairs until winter."
    rows = [
        {"id": "a", "text": text, "author": "Li Wen", "tags": ["sea", "port"], "summary": "Closed.", "words": 14},
        {"id": "b", "text": text + " The pier stays open, the mayor said.", "rights": "Ask the Courier."},
    ]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    (folder / "sources.toml").write_text(
        '[documents.page]\ndateline = { value = "PORTO", known_from = "the print edition, page one of four" }\n'
    )
    build([folder], tmp_path / "build", BuildOptions(name="mixed"))
    full = make_release(tmp_path / "build", tmp_path / "full", "0.1.0")
    public = public_edition(full, tmp_path)
    shown = {row["doc_id"]: row for row in BuiltDataset.open(public).rows("documents")}
    assert shown["a"]["summary"] is shown["a"]["tags"] is shown["page"]["dateline"] is None
    assert shown["a"]["words"] == 14
    report = hydrate(public, [folder], tmp_path / "out")
    assert report.identical
    assert tree_hashes(report.directory) == tree_hashes(full)
    assert verify(public) == []


def test_renamed_records_and_sidecars_come_back(tmp_path: Path) -> None:
    """Where a value was found is told by the name that the file had, whatever folder and name it has now."""
    folder, other = tmp_path / "in", tmp_path / "else" / "where"
    folder.mkdir()
    other.mkdir(parents=True)
    text = "The ferry to Varnes was late again on Sunday, the operator said, and nobody was surprised."
    (folder / "a.txt").write_text(text, "utf-8")
    (folder / "a.json").write_text(json.dumps({"author": "Ida Lund", "date": "2024-03-12"}), "utf-8")
    (folder / "rows.jsonl").write_text(
        json.dumps({"id": "b", "text": text.replace("ferry", "bus"), "copyright": "© Li Wen"})
    )
    (folder / "sources.toml").write_text(
        '[documents.gone]\npublisher = { value = "Nobody", known_from = "hearsay" }\n'
    )
    build([folder], tmp_path / "build", BuildOptions(name="mixed"))
    full = make_release(tmp_path / "build", tmp_path / "full", "0.1.0")
    public = public_edition(full, tmp_path)
    for old, new in (("a.txt", "z.txt"), ("a.json", "z.json"), ("rows.jsonl", "feed.jsonl")):
        shutil.copy(folder / old, other / new)
    shutil.copy(folder / "sources.toml", other)
    report = hydrate(public, [other], tmp_path / "out")
    assert report.identical, report.findings
    assert tree_hashes(report.directory) == tree_hashes(full)


def test_what_tells_of_itself_comes_back_from_another_folder(tmp_path: Path) -> None:
    """Front matter and news items, also of a file whose name has a colon as places have."""
    folder = tmp_path / "in"
    folder.mkdir()
    text = "The ferry to Varnes was late again on Sunday, the operator said, and nobody was surprised."
    (folder / "note.md").write_text(f"---\ntitle: Ferry late\nauthor: Ida Lund\n---\n{text}\n", "utf-8")
    item = {"uri": "urn:1", "headline": "Tram late", "byline": "Li Wen", "body_text": text.replace("ferry", "tram")}
    (folder / "12:30 tram.json").write_text(json.dumps(item), "utf-8")
    build([folder], tmp_path / "build", BuildOptions(name="mixed"))
    public = public_edition(make_release(tmp_path / "build", tmp_path / "full", "0.1.0"), tmp_path)
    folder.rename(tmp_path / "elsewhere")
    report = hydrate(public, [tmp_path / "elsewhere"], tmp_path / "out")
    assert report.identical, report.findings


def test_a_withheld_name_that_is_lost_is_told(tmp_path: Path) -> None:
    """A file's name that spells its text is in no public edition, so that it must be there again."""
    folder, other = tmp_path / "in", tmp_path / "other"
    folder.mkdir()
    other.mkdir()
    name = "the-bell-of-the-drowned-church-rang.txt"
    text = "Bell rings\n\nThe bell of the drowned church rang for the first time since 1911 on Monday.\n"
    (folder / name).write_text(text, "utf-8")
    build([folder], tmp_path / "build", BuildOptions(name="bells"))
    public = public_edition(make_release(tmp_path / "build", tmp_path / "full", "0.1.0"), tmp_path)
    assert b"drowned" not in b"".join(path.read_bytes() for path in public.rglob("*") if path.is_file())
    assert hydrate(public, [folder], tmp_path / "out").identical
    shutil.copy(folder / name, other / "bell.txt")
    report = hydrate(public, [other], tmp_path / "out2")
    assert [item.state for item in report.documents] == [State.EXACT]
    assert "it withholds the names of 1 file, 'other/bell.txt' among them" in report.findings[0].message


def test_a_missing_file_is_reported(released: tuple[Path, Path], raws: Path, tmp_path: Path) -> None:
    """What can be rebuilt is written as a build of its own name; the rest stays withheld."""
    (raws / "003_3d0e764f794c4c26.txt").unlink()
    report = hydrate(released[1], [raws], tmp_path / "out")
    states = {item.doc_id[:3]: item.state for item in report.documents}
    assert states == {**dict.fromkeys(("000", "001", "002", "004"), State.EXACT), "003": State.MISSING}
    assert report.directory.name == "seeds-hydrated-0.1.0"
    assert [finding.code for finding in report.findings] == ["missing"]
    dataset = BuiltDataset.open(report.directory)
    assert (dataset.manifest.version, dataset.manifest.edition) == (None, "partial")
    assert [row["text"] is None for row in dataset.rows("documents")] == [False, False, False, True, False]
    assert verify(report.directory) == []


def test_a_lost_sources_toml_is_named(released: tuple[Path, Path], raws: Path, tmp_path: Path) -> None:
    """The statements in it are in no public edition, so that without it the bytes cannot come back."""
    (raws / "sources.toml").unlink()
    report = hydrate(released[1], [raws], tmp_path / "out")
    assert {item.state for item in report.documents} == {State.EXACT}
    assert not report.identical
    assert "sources.toml" in report.findings[0].message
    assert verify(report.directory) == []


def test_a_changed_file_is_reanchored(released: tuple[Path, Path], raws: Path, tmp_path: Path) -> None:
    """Lines put in, taken out and reworded: the rest is found again, with its annotations."""
    path = raws / "001_2bfdd9e86e277f2d.txt"
    lines = path.read_text("utf-8").split("\n")
    lines[:0] = ["A banner that was not there before, of some length", ""]
    lines.append("One more line at the end.")
    path.write_text("\n".join(lines), "utf-8")
    report = hydrate(released[1], [raws], tmp_path / "out")
    (item,) = (d for d in report.documents if d.state is State.REANCHORED)
    assert item.doc_id.startswith("001")
    assert "its clean text is the recorded one" in item.detail
    assert verify(report.directory) == []
    before = {r["id"]: r["text"] for r in rows_of(released[0], "entities", item.doc_id)}
    after = {r["id"]: r["text"] for r in rows_of(report.directory, "entities", item.doc_id)}
    assert after == before


def test_a_reworded_line_loses_its_annotations(released: tuple[Path, Path], raws: Path, tmp_path: Path) -> None:
    path = raws / "001_2bfdd9e86e277f2d.txt"
    text = path.read_text("utf-8")
    (long,) = sorted(text.split("\n"), key=len)[-1:]
    path.write_text(text.replace(long, long + " And so it went on."), "utf-8")
    report = hydrate(released[1], [raws], tmp_path / "out")
    (item,) = (d for d in report.documents if d.state is State.REANCHORED)
    placed, _, total = item.detail.split("; ")[1].split()[:3]
    assert 0 < int(placed) < int(total)
    assert verify(report.directory) == []
    row = next(r for r in BuiltDataset.open(report.directory).rows("documents") if r["doc_id"] == item.doc_id)
    assert "And so it went on." in row["text"]


def test_a_document_that_could_not_be_read_says_why(tmp_path: Path) -> None:
    """The file is there; who forgot the option of the build is told so, not that no file is there."""
    (tmp_path / "raws").mkdir()
    (tmp_path / "raws" / "news.csv").write_text(
        "key,text\nn1,The harbour reopened on Monday after a week of storms.\n"
    )
    options = BuildOptions(name="news", read=ReadOptions(id_field="key"))
    build([tmp_path / "raws"], tmp_path / "build", options)
    public = public_edition(make_release(tmp_path / "build", tmp_path, "0.1.0", None), tmp_path)
    report = hydrate(public, [tmp_path / "raws"], tmp_path / "out")
    (item,) = report.documents
    assert item.state is State.MISSING
    assert item.detail.startswith("of raws/news.csv:2 is told: There is no id")
    assert item.detail.endswith("(`id_field=`)")
    assert hydrate(public, [tmp_path / "raws"], tmp_path / "out", ReadOptions(id_field="key")).identical


def test_another_text_under_the_name_is_missing(released: tuple[Path, Path], raws: Path, tmp_path: Path) -> None:
    (raws / "001_2bfdd9e86e277f2d.txt").write_text("Something else altogether.\n\nOf two lines.\n")
    report = hydrate(released[1], [raws], tmp_path / "out")
    (item,) = (d for d in report.documents if d.state is State.MISSING)
    assert "another text" in item.detail


def rows_of(directory: Path, config: str, doc_id: str) -> list[dict[str, Any]]:
    return [row for row in BuiltDataset.open(directory).rows(config) if row["doc_id"] == doc_id]


def test_the_command_tells_all(released: tuple[Path, Path], raws: Path, tmp_path: Path, capsys: Any) -> None:
    """Exit code 0 and a sentence; 1 and the documents' states as JSON."""
    call = ["hydrate", str(released[1]), "--out", str(tmp_path / "out"), "--from"]
    assert run(app, [*call, str(raws)]) == 0
    assert "5 exact, 0 re-anchored, 0 missing: the full edition, byte for byte" in capsys.readouterr().out
    (raws / "003_3d0e764f794c4c26.txt").unlink()
    assert run(app, [*call, str(raws), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["counts"] == {"exact": 4, "re-anchored": 0, "missing": 1}
    assert [d["state"] for d in told["documents"]].count("missing") == 1


def test_what_is_no_public_edition_is_refused(released: tuple[Path, Path], tmp_path: Path) -> None:
    full, public = released
    with pytest.raises(UsageError, match="only the public edition"):
        hydrate(full, [SEEDS], tmp_path)
    copy = tmp_path / public.name
    shutil.copytree(public, copy)
    (copy / "README.md").write_text("tampered")
    with pytest.raises(UsageError, match="no longer the release"):
        hydrate(copy, [SEEDS], tmp_path)
    with pytest.raises(UsageError, match="lies in the edition"):
        hydrate(public, [SEEDS], public / "out")
    with pytest.raises(UsageError, match="nowhere: no such file or folder"):
        hydrate(public, [tmp_path / "nowhere"], tmp_path)


def test_nothing_is_overwritten(released: tuple[Path, Path], tmp_path: Path) -> None:
    """Said again it changes nothing; another tree in the place is refused."""
    first = hydrate(released[1], [SEEDS], tmp_path).directory
    assert hydrate(released[1], [SEEDS], tmp_path).directory == first
    (first / "README.md").write_text("mine")
    with pytest.raises(UsageError, match="never rewritten"):
        hydrate(released[1], [SEEDS], tmp_path)
