"""From sources to a dataset: what is carried, revised, split, and never changes."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import polars as pl
import pytest

from corpus.errors import CorpusError, UsageError
from corpus.executors import cluster
from corpus.export.dataset import tree_hashes
from corpus.export.store import BuiltDataset
from corpus.model.annotation import AnchoredSpan, AnnotationSet, Entity, Origin
from corpus.model.document import sha256_text
from corpus.model.span import Span
from corpus.pipeline.beside import find_annotations
from corpus.pipeline.build import BuildOptions, build
from corpus.pipeline.grouping import SplitOptions
from corpus.readers.sources import ReadOptions

ARTICLE = (
    "Harbour of Ahlen reopens\n\n"
    "The harbour of Ahlen reopened on Monday after a week of storms, its operator said.\n\n"
    "“We are glad to be back,” said Mara Lindqvist, who runs the ferry office at the north pier.\n"
)


def tree(directory: Path) -> dict[str, str]:
    """Return the hash of every file below a directory."""
    return {
        str(path.relative_to(directory)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


def annotated(anchor: str, words: str, doc_id: str) -> AnnotationSet:
    """Return a set with one entity on the first occurrence of some words."""
    start = anchor.index(words)
    span = AnchoredSpan.of(anchor, Span(start, start + len(words)))
    return AnnotationSet(
        annotation_id=f"ann-{doc_id}",
        revision=1,
        state="submitted",
        doc_id=doc_id,
        annotator="ann-1",
        anchor_sha256=sha256_text(anchor),
        scheme="news-ec",
        scheme_version="1.0.0",
        origin=Origin(kind="import", note="made for a test"),
        entities=(Entity(id="e1", label="PER", spans=(span,)),),
    )


def write_sets(folder: Path, *sets: AnnotationSet) -> None:
    """Write annotation sets as a person's file."""
    folder.mkdir(exist_ok=True)
    lines = [json.dumps(s.model_dump(mode="json"), ensure_ascii=False) for s in sets]
    (folder / "ann-1.jsonl").write_text("\n".join(lines) + "\n", "utf-8")


def test_a_build_into_its_own_source_can_be_built_again(tmp_path: Path) -> None:
    """The dataset below the source is none of its documents, whose ids would else stand twice."""
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "ahlen.txt").write_text(ARTICLE)
    first = build([tmp_path / "news"], tmp_path / "news" / "out", BuildOptions())
    again = build([tmp_path / "news"], tmp_path / "news" / "out", BuildOptions())
    assert (first.failed, again.failed, again.changed) == (False, False, False)
    assert again.skipped == ("news/out/",)


def test_the_bytes_do_not_depend_on_workers_or_place(tmp_path: Path) -> None:
    """One process or two, here or elsewhere: the same tree."""
    records = [{"id": f"a{i}", "text": ARTICLE.replace("Ahlen", f"Ahlen {i}") * 40} for i in range(300)]
    source = tmp_path / "many.jsonl"
    source.write_text("".join(json.dumps(r) + "\n" for r in records), "utf-8")
    build([source], tmp_path / "one", BuildOptions(workers=1))
    build([source], tmp_path / "deep" / "two", BuildOptions(workers=2))
    assert tree(tmp_path / "one") == tree(tmp_path / "deep" / "two")


@pytest.mark.filterwarnings("default")  # Ray's own code leaves sockets and files to the collector
def test_a_ray_cluster_writes_the_same_bytes(tmp_path: Path) -> None:
    """A real cluster of this machine, several batches: the tree that one process writes."""
    records = [{"id": f"a{i}", "text": ARTICLE.replace("Ahlen", f"Ahlen {i}") * 40} for i in range(300)]
    source = tmp_path / "many.jsonl"
    source.write_text("".join(json.dumps(r) + "\n" for r in records), "utf-8")
    build([source], tmp_path / "here", BuildOptions())
    build([source], tmp_path / "there", BuildOptions(workers=2, executor=cluster.map_ordered))
    assert tree(tmp_path / "here") == tree(tmp_path / "there")


def test_other_columns_are_carried(tmp_path: Path) -> None:
    """What the toolkit does not know comes along; what it knows becomes metadata with its evidence."""
    source = tmp_path / "crawl.parquet"
    pl.DataFrame(
        {
            "key": ["one", "two"],
            "body": [ARTICLE, ARTICLE.replace("Ahlen", "Borg")],
            "url": ["https://news.example.org/1", None],
            "section": ["local", None],
            "views": [3, 4],
        }
    ).write_parquet(source)
    report = build([source], tmp_path / "out", BuildOptions(read=ReadOptions(text_field="body", id_field="key")))
    assert not report.failed, report.findings
    rows = {row["doc_id"]: row for row in BuiltDataset.open(tmp_path / "out").rows("documents")}
    assert rows["one"]["section"] == "local"
    assert rows["two"]["views"] == 4
    assert rows["one"]["url"] == "https://news.example.org/1"
    assert [e["kind"] for e in rows["one"]["evidence"] if e["column"] == "url"] == ["input record"]


def test_annotations_beside_the_sources_are_found_and_placed(tmp_path: Path) -> None:
    """``annotations/`` beside the sources is used; a span lies exactly in its field."""
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "a1.txt").write_text(ARTICLE, "utf-8")
    write_sets(tmp_path / "annotations", annotated(ARTICLE, "Mara Lindqvist", "a1"))
    assert find_annotations([folder]) == tmp_path / "annotations"
    report = build([folder], tmp_path / "out", BuildOptions())
    assert not report.failed, report.findings
    built = BuiltDataset.open(tmp_path / "out")
    (row,) = built.rows("entities")
    (document,) = built.documents()
    assert row["field"] == "text"
    assert document.text[row["start"] : row["end"]] == row["text"] == "Mara Lindqvist"
    assert row["placement"] == "exact"


def test_a_changed_text_is_a_new_revision_and_named_ones_are_kept(tmp_path: Path) -> None:
    """A re-crawl gets revision 2; revision 1 stays since an annotation names it, and goes when none does."""
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "a1.txt").write_text(ARTICLE, "utf-8")
    (folder / "a2.txt").write_text(ARTICLE.replace("Ahlen", "Borg"), "utf-8")
    write_sets(tmp_path / "annotations", annotated(ARTICLE, "Mara Lindqvist", "a1"))
    out = tmp_path / "out"
    build([folder], out, BuildOptions())
    later = "Updated on Tuesday.\n\n" + ARTICLE
    (folder / "a1.txt").write_text(later, "utf-8")
    (folder / "a2.txt").write_text(ARTICLE.replace("Ahlen", "Cove"), "utf-8")
    build([folder], out, BuildOptions())
    rows = [(r["doc_id"], r["revision"], r["anchor_sha256"]) for r in BuiltDataset.open(out).rows("raw")]
    assert [(doc, revision) for doc, revision, _ in rows] == [("a1", 1), ("a1", 2), ("a2", 2)]
    assert rows[0][2] == sha256_text(ARTICLE)
    assert rows[1][2] == sha256_text(later)
    (row,) = BuiltDataset.open(out).rows("entities")
    assert row["text"] == "Mara Lindqvist"


def test_an_annotation_of_an_unknown_document_is_a_finding(tmp_path: Path) -> None:
    """It is named, never dropped in silence, and the build goes on."""
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "a1.txt").write_text(ARTICLE, "utf-8")
    write_sets(tmp_path / "annotations", annotated(ARTICLE, "Mara Lindqvist", "gone"))
    report = build([folder], tmp_path / "out", BuildOptions())
    assert report.manifest is not None
    assert any("gone" in f.message or "gone" in f.place for f in report.findings)


def test_a_directory_of_something_else_is_not_replaced(tmp_path: Path) -> None:
    """A folder that holds no dataset of ours stays as it is."""
    (tmp_path / "a1.txt").write_text(ARTICLE, "utf-8")
    precious = tmp_path / "home"
    precious.mkdir()
    (precious / "thesis.tex").write_text("years of work", "utf-8")
    with pytest.raises(UsageError, match="home"):
        build([tmp_path / "a1.txt"], precious, BuildOptions())
    assert (precious / "thesis.tex").read_text("utf-8") == "years of work"


def test_a_name_that_names_no_dataset_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    """Not after hours of cleaning."""
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="begins with a letter or digit, got 'x y'"):
        build([tmp_path / "empty"], tmp_path / "out", BuildOptions(name="x y"))
    assert build([tmp_path / "empty"], tmp_path / "out", BuildOptions(name="x")).manifest is None


def test_a_source_that_is_not_there_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    """A slip in a name does not replace the dataset that is there by one without those documents."""
    news, out = tmp_path / "news", tmp_path / "out"
    news.mkdir()
    (news / "a1.txt").write_text("The port of Ahlen reopened on Monday, its operator said.", "utf-8")
    assert build([news], out, BuildOptions()).changed
    before = tree_hashes(out)
    for sources in ([news / "a1.txt", tmp_path / "nwes"], [f"file://{tmp_path}/nwes", news]):
        with pytest.raises(UsageError, match="nwes: no such file or folder, so nothing was read"):
            build(sources, out, BuildOptions())
    with pytest.raises(UsageError, match="nothing to read"):
        build([], out, BuildOptions())
    assert tree_hashes(out) == before


def test_where_nothing_can_be_read_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "a1.txt").write_bytes(b"")
    report = build([tmp_path / "a1.txt"], tmp_path / "out", BuildOptions())
    assert report.failed
    assert report.manifest is None
    assert len(report.findings) == 1
    assert not (tmp_path / "out").exists()


def test_splits_follow_the_document_through_every_config(tmp_path: Path) -> None:
    """Blocks, raw texts and annotations lie in the split of their document."""
    folder = tmp_path / "news"
    folder.mkdir()
    for number in range(40):
        (folder / f"a{number}.txt").write_text(ARTICLE.replace("Ahlen", f"Port {number}"), "utf-8")
    report = build(
        [folder], tmp_path / "out", BuildOptions(splits=SplitOptions({"train": 0.5, "test": 0.5}, by=()))
    )
    assert report.manifest is not None
    rows = report.manifest.configs["documents"].rows
    assert set(rows) == {"train", "test"}
    assert sum(rows.values()) == 40
    for split in rows:
        ids = pl.read_parquet(tmp_path / "out" / "documents" / f"{split}-*.parquet")["doc_id"].to_list()
        for config in ("blocks", "raw"):
            found = pl.read_parquet(tmp_path / "out" / config / f"{split}-*.parquet")["doc_id"].to_list()
            assert set(found) == set(ids)


@pytest.mark.parametrize("option", ["scheme", "about", "takedowns"])
def test_a_named_file_that_is_not_there_is_one_plain_sentence(tmp_path: Path, option: str) -> None:
    """With its path once, and no number of the system's."""
    (tmp_path / "a.txt").write_text("Quay reopens\n\nThe quay reopened on Monday, the port said.\n", "utf-8")
    lost = tmp_path / "lost"
    options = BuildOptions(name="rows", **{option: lost})  # type: ignore[arg-type]
    with pytest.raises(CorpusError) as raised:
        build([tmp_path / "a.txt"], tmp_path / "out", options)
    assert str(raised.value).count(str(lost)) == 1
    assert "cannot be read: no such file or directory" in str(raised.value)
