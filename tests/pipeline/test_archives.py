"""Builds, known lines and hydration take archives for the folders that were packed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from corpus.executors import cluster
from corpus.export.dataset import tree_hashes
from corpus.export.store import BuiltDataset
from corpus.pipeline.build import BuildOptions, build
from corpus.pipeline.hydrating.hydration import hydrate
from corpus.pipeline.knownlines import count_lines
from corpus.readers.sources import ReadOptions
from corpus.releases.editions import public_edition
from corpus.releases.release import make_release
from corpus.releases.verification import verify

ROOT = Path(__file__).parents[2]
FORMS = {"zip": "zip", "tar": "tar", "gztar": "tar.gz", "bztar": "tar.bz2", "xztar": "tar.xz"}
MORE = {
    "2026/quay.txt": "The quay of Varnes reopened on Monday after a week of storms, its operator said.\n",
    "2026/quay.json": '{"url": "https://tide.example/quay", "published": "2026-11-23"}',
    "list.jsonl": '{"id": "lock", "text": "The lock of Varnes stays closed until Friday, the council decided."}\n',
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seeds and some more, in folders."""
    made = tmp_path_factory.mktemp("raw") / "articles"
    shutil.copytree(ROOT / "seeds", made)
    for name, text in MORE.items():
        (made / name).parent.mkdir(exist_ok=True)
        (made / name).write_text(text, "utf-8")
    return made


def packed(folder: Path, into: Path, form: str = "gztar", name: str = "articles") -> Path:
    """Pack a folder as the programs of the day do."""
    into.mkdir(parents=True, exist_ok=True)
    return Path(shutil.make_archive(str(into / name), form, folder))


def rows(directory: Path, *columns: str) -> list[dict[str, Any]]:
    found = BuiltDataset.open(directory).rows("documents")
    return [{name: value for name, value in row.items() if name not in columns} for row in found]


@pytest.mark.parametrize("form", FORMS)
def test_the_dataset_is_that_of_a_folder_of_the_name(folder: Path, tmp_path: Path, form: str) -> None:
    """Byte for byte, in one process and in two: manifest, hashes of the files and all."""
    archive = packed(folder, tmp_path, form)
    alike = tmp_path / "folder" / archive.name
    shutil.copytree(folder, alike)
    for name, source, workers in (("one", archive, 1), ("two", archive, 2), ("other", alike, 1)):
        report = build([source], tmp_path / name, BuildOptions(workers=workers))
        assert not report.failed, report.findings
    one, two, other = (tree_hashes(tmp_path / name) for name in ("one", "two", "other"))
    assert one == two == other
    assert verify(tmp_path / "one") == []


@pytest.mark.filterwarnings("default")  # Ray's own code leaves sockets and files to the collector
def test_a_ray_cluster_reads_it_as_well(folder: Path, tmp_path: Path) -> None:
    archive = packed(folder, tmp_path)
    build([archive], tmp_path / "here", BuildOptions())
    build([archive], tmp_path / "there", BuildOptions(workers=2, executor=cluster.map_ordered))
    assert tree_hashes(tmp_path / "here") == tree_hashes(tmp_path / "there")


@pytest.mark.parametrize("ids", ["stem", "path"])
def test_the_documents_are_those_of_the_folder_of_any_name(folder: Path, tmp_path: Path, ids: Any) -> None:
    """Ids, texts, metadata and splits are alike; only the files' paths say that it is an archive."""
    read = ReadOptions(ids=ids)
    archive = packed(folder, tmp_path, "zip")
    first = build([folder], tmp_path / "one", BuildOptions(read=read))
    second = build([archive], tmp_path / "two", BuildOptions(read=read))
    assert first.manifest is not None
    assert second.manifest is not None
    assert first.manifest.name == second.manifest.name
    one, two = rows(tmp_path / "one"), rows(tmp_path / "two")
    for row in two:
        assert row["source_file"].startswith("articles.zip/")
    differing = ("source_file", "evidence", "known_from")
    assert rows(tmp_path / "one", *differing) == rows(tmp_path / "two", *differing)
    assert len(one) == 7


def test_known_lines_are_those_of_the_folder(folder: Path, tmp_path: Path) -> None:
    archive = packed(folder, tmp_path, "xztar")
    assert not count_lines([folder], tmp_path / "one.parquet").failed
    assert not count_lines([archive], tmp_path / "two.parquet").failed
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "two.parquet").read_bytes()


@pytest.mark.parametrize("ids", ["stem", "path"])
@pytest.mark.parametrize("form", ["zip", "gztar"])
@pytest.mark.parametrize("built_from", ["folder", "archive"])
def test_an_edition_is_hydrated_from_either(
    folder: Path, tmp_path: Path, built_from: str, form: str, ids: Any
) -> None:
    """What was built from a folder comes back from its archive, and the other way round: byte for byte."""
    archive = packed(folder, tmp_path / "packed", form)
    source, other = (folder, archive) if built_from == "folder" else (archive, folder)
    build([source], tmp_path / "build", BuildOptions(name="news", read=ReadOptions(ids=ids)))
    full = make_release(tmp_path / "build", tmp_path / "full", "0.1.0")
    public = public_edition(full, tmp_path)
    for number, raw in enumerate((source, other)):
        report = hydrate(public, [raw], tmp_path / f"out-{number}")
        assert {found.state.value for found in report.documents} == {"exact"}
        assert report.identical, report.findings
        assert tree_hashes(report.directory) == tree_hashes(full)


@pytest.mark.parametrize("form", [None, "zip", "gztar"])
@pytest.mark.parametrize("deep", [False, True])
def test_what_sources_toml_says_of_renamed_texts_comes_back(tmp_path: Path, form: str | None, deep: bool) -> None:
    """The text lies under another name now, and the table in the archive still speaks of the old one."""
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "quay.txt").write_text(MORE["2026/quay.txt"], "utf-8")
    table = '[documents.quay]\nauthors = { value = ["Ida Lund"], known_from = "its feed" }\n'
    (raw / "sources.toml").write_text(table, "utf-8")
    build([raw], tmp_path / "build", BuildOptions(name="news"))
    full = make_release(tmp_path / "build", tmp_path / "full", "0.1.0")
    (raw / "quay.txt").rename(raw / "pier.txt")
    source = raw if form is None else packed(raw, tmp_path / "packed", form)
    report = hydrate(public_edition(full, tmp_path), [source.parent if deep and form else source], tmp_path / "out")
    (row,) = BuiltDataset.open(report.directory).rows("documents")
    assert (row["doc_id"], row["authors"]) == ("quay", ["Ida Lund"])


def test_what_is_damaged_is_told_and_the_rest_is_built(folder: Path, tmp_path: Path) -> None:
    """An archive that is cut off beside sound ones: the build is there, and says that it failed in part."""
    raw = tmp_path / "raw"
    packed(folder, raw, "zip", "sound")
    broken = packed(folder, raw, "gztar", "broken")
    broken.write_bytes(broken.read_bytes()[:40])
    report = build([raw], tmp_path / "out", BuildOptions())
    assert report.failed
    assert report.manifest is not None
    assert {finding.place for finding in report.findings if finding.severity == "error"} == {"raw/broken.tar.gz"}
    assert len(rows(tmp_path / "out")) == 7
