"""Versions follow from the data: computed, checked, recorded, told in the changelog, the same every time."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from corpus.cli.app import app
from corpus.cli.rim import run
from corpus.comparison.steps import Step
from corpus.errors import DataError, UsageError
from corpus.export.content import dataset_sha256
from corpus.export.dataset import tree_hashes, write_dataset
from corpus.export.store import BuiltDataset
from corpus.releases.planning import find_previous, plan_release
from corpus.releases.release import make_release, write_release
from corpus.releases.verification import verify
from corpus.releases.versions import FIRST, Version

Rows = dict[str, list[dict[str, Any]]]


@pytest.mark.parametrize(
    ("before", "step", "least"),
    [
        ("0.1.0", Step.PATCH, "0.1.1"),
        ("0.1.0", Step.MINOR, "0.2.0"),
        ("0.1.3", Step.MAJOR, "0.2.0"),
        ("1.2.3", Step.NONE, "1.2.4"),
        ("1.2.3", Step.PATCH, "1.2.4"),
        ("1.2.3", Step.MINOR, "1.3.0"),
        ("1.2.3", Step.MAJOR, "2.0.0"),
        ("9.9.9", Step.PATCH, "9.9.10"),
    ],
)
def test_the_rule(before: str, step: Step, least: str) -> None:
    """The stepped number rises by one, those behind it start again; 0.x stays 0.x."""
    assert str(Version.parse(before).after(step)) == least


def annotate(rows: Rows) -> None:
    rows["entities"].append({**rows["entities"][0], "id": "e9"})


def correct(rows: Rows) -> None:
    """Relabel a mention, and move a document into another split."""
    rows["entities"][0]["label"] = "MISC"
    next(row for row in rows["documents"] if row["doc_id"] == "rain")["split"] = "train"


@pytest.fixture
def rebuild(made: ModuleType, built: Path) -> Callable[..., None]:
    """Return a function that builds again after changing the rows, or with other notes."""
    rows = made.make_rows()

    def again(change: Callable[[Rows], None] | None = None, **more: Any) -> None:
        if change:
            change(rows)
        write_dataset(built, made.make_content(rows, **more))

    return again


def command(*arguments: str | Path) -> int:
    return run(app, ["release", *map(str, arguments)])


def test_a_chain_of_releases(
    built: Path, tmp_path: Path, rebuild: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    """First, again, additions, edits, packaging: each version is the one that the rows ask for, and says why."""
    out = tmp_path / "out"
    moved = "1 row of documents edited (split)"
    steps: list[tuple[Any, dict[str, Any], str, str]] = [
        (None, {}, "0.1.0", "the first release"),
        (annotate, {}, "0.2.0", "MINOR after 0.1.0: 1 row of entities added"),
        (correct, {}, "0.3.0", f"MAJOR after 0.2.0: {moved}, 1 row of entities edited (label)"),
        (None, {"notes": ("Two annotators.",)}, "0.3.1", "PATCH after 0.3.0: the same rows, packaged anew (notes)"),
    ]
    for number, (change, more, version, why) in enumerate(steps):
        rebuild(change, **more)
        assert command("--from", built, "--out", out, "--date", f"2024-05-0{number + 1}") == 0
        target = out / f"tide-news-{version}"
        assert capsys.readouterr().out.splitlines() == [f"release {version}: {target}", f"why: {why}"]
        assert verify(target) == []
        assert command("--from", built, "--out", out) == 0
        assert f"nothing to release: nothing differs from tide-news {version}" in capsys.readouterr().out
        assert len(list(out.iterdir())) == number + 1
    manifests = [BuiltDataset.open(out / f"tide-news-{step[2]}").manifest for step in steps]
    assert manifests[0].previous is None
    for before, after in pairwise(manifests):
        assert after.previous is not None
        assert (after.previous.name, after.previous.version) == (before.name, before.version)
        digests = ((name, config.content_sha256) for name, config in before.configs.items())
        assert after.previous.content_sha256 == dataset_sha256(digests)
    changes = (out / "tide-news-0.3.1" / "CHANGES.md").read_text("utf-8")
    heads = [line for line in changes.splitlines() if line.startswith("## ")]
    assert heads == [
        "## 0.3.1 - 2024-05-04",
        "## 0.3.0 - 2024-05-03",
        "## 0.2.0 - 2024-05-02",
        "## 0.1.0 - 2024-05-01",
    ]
    assert "- 1 row of entities (label 1): harbour" in changes
    assert "- 1 row of entities: harbour" in changes
    assert "- 1 document from split test to train: rain" in changes
    assert "| entities | 3 | 4 | 1 | 0 | 0 |" in changes


def test_the_same_chain_gives_the_same_bytes(built: Path, tmp_path: Path, rebuild: Callable[..., None]) -> None:
    """Bytes depend on build, previous release, version and date: not on where these lie, nor on when."""
    first = make_release(built, tmp_path / "out", "0.1.0", "2024-05-01")
    rebuild(annotate)
    wanted = tree_hashes(make_release(built, tmp_path / "out", "0.2.0", "2024-05-02", previous=first))
    moved = tmp_path / "elsewhere" / "the first one"
    shutil.copytree(first, moved)
    shutil.copytree(built, tmp_path / "copy")
    again = make_release(tmp_path / "copy", tmp_path / "deep" / "out", "0.2.0", "2024-05-02", previous=moved)
    assert tree_hashes(again) == wanted
    alone = make_release(built, tmp_path / "alone", "0.2.0", "2024-05-02")
    assert {name for name, digest in tree_hashes(alone).items() if wanted[name] != digest} == {
        "CHANGES.md", "SHA256SUMS", "manifest.json"
    }  # fmt: skip


def test_a_named_version_twice_is_the_same_call(
    built: Path, tmp_path: Path, rebuild: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    """An identical release in the place is fine, the first one and a later one; another one is refused."""
    out = tmp_path / "out"
    for version, change in (("0.1.0", None), ("0.2.0", annotate)):
        rebuild(change)
        assert command(version, "--from", built, "--out", out) == 0
        before = tree_hashes(out)
        assert command(version, "--from", built, "--out", out) == 0
        assert tree_hashes(out) == before
    assert command("0.1.0", "--from", built, "--out", out) == 2
    assert "never rewritten" in capsys.readouterr().err
    shutil.rmtree(out / "tide-news-0.1.0")
    assert command("0.2.0", "--from", built, "--out", out) == 2
    assert "came after tide-news 0.1.0, which is not in" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "version", "said"),
    [
        (annotate, "0.1.1", r"too small a step.*1 row of entities added.*MINOR.*allowed is 0\.2\.0"),
        (correct, "0.1.9", r"too small a step.*1 row of entities edited.*MAJOR.*allowed is 0\.2\.0"),
        (correct, "0.0.9", r"not greater than 0\.1\.0.*allowed is 0\.2\.0"),
        (correct, "0.2.0", None),
        (None, "0.1.0", r"not greater than 0\.1\.0.*allowed is 0\.1\.1"),
        (annotate, "0.2.0", None),
        (annotate, "0.3.1", None),
        (annotate, "1.0.0", None),
        (None, "1.0.0", None),
    ],
)
def test_a_version_that_contradicts_the_difference_is_refused(
    built: Path,
    tmp_path: Path,
    rebuild: Callable[..., None],
    change: Callable[[Rows], None] | None,
    version: str,
    said: str | None,
) -> None:
    """The sentence names the least that is allowed; a larger step than needed is nobody's business."""
    first = make_release(built, tmp_path / "out", "0.1.0")
    rebuild(change)
    if said is None:
        release = make_release(built, tmp_path / "other", version, previous=first)
        assert verify(release) == []
        return
    with pytest.raises(UsageError, match=said):
        make_release(built, tmp_path / "other", version, previous=first)
    assert not (tmp_path / "other").exists()


def test_the_newest_release_is_found_by_number(built: Path, tmp_path: Path) -> None:
    """0.10.0 comes after 0.9.0; other datasets, builds, files and names that are no versions are passed over."""
    out = tmp_path / "out"
    assert find_previous(built, out) is None
    for version in ("0.9.0", "0.10.0", "0.2.0"):
        make_release(built, out, version)
    for name in ("tide-news-0.11", "tide-news-00.11.0", "tide-news-x-0.11.0", "tide-0.11.0", ".tide-news-0.11.0"):
        (out / name).mkdir()
    (out / "tide-news-0.12.0").write_text("a file")
    assert find_previous(built, out) == out / "tide-news-0.10.0"


def test_a_previous_release_must_be_one(built: Path, tmp_path: Path) -> None:
    """A build, another dataset, a tampered or a broken release: one sentence each, nothing written."""
    first = make_release(built, tmp_path / "out", "0.1.0")
    with pytest.raises(UsageError, match="is a build, not a release"):
        plan_release(built, tmp_path / "new", None, built)
    with pytest.raises(UsageError, match="There is no directory"):
        plan_release(built, tmp_path / "new", None, tmp_path / "nowhere")
    manifest = json.loads((first / "manifest.json").read_text("utf-8"))
    path = first / "entities" / "train-00000-of-00001.parquet"
    sound = path.read_bytes()
    path.write_bytes(sound[:-1] + b"X")
    with pytest.raises(UsageError, match=r"no longer the release 0\.1\.0.*entities/train.*has changed"):
        plan_release(built, tmp_path / "new", None, first)
    path.unlink()
    with pytest.raises(DataError, match="lacks the file 'entities/train"):
        plan_release(built, tmp_path / "new", None, first)
    path.write_bytes(sound)
    for change, said in (
        ({"name": "other"}, "release of 'other'"),
        ({"manifest_version": 99}, "upgrade newscorpus"),
    ):
        (first / "manifest.json").write_text(json.dumps({**manifest, **change}), "utf-8")
        with pytest.raises((UsageError, DataError), match=said):
            plan_release(built, tmp_path / "new", None, first)
    assert not (tmp_path / "new").exists()


def test_nothing_to_release_is_said_by_the_library_too(built: Path, tmp_path: Path) -> None:
    first = make_release(built, tmp_path / "out", str(FIRST))
    plan = plan_release(built, tmp_path / "out", None, first)
    assert (plan.version, plan.why) == (None, "nothing differs from tide-news 0.1.0")
    with pytest.raises(UsageError, match="nothing to release: nothing differs"):
        write_release(plan)


def test_the_same_rows_under_another_version_are_called_that(built: Path, tmp_path: Path) -> None:
    first = make_release(built, tmp_path / "out", "0.1.0")
    second = make_release(built, tmp_path / "out", "1.0.0", previous=first)
    entry = (second / "CHANGES.md").read_text("utf-8").split("## 1.0.0\n")[1].split("## 0.1.0")[0]
    assert entry.strip() == "The same as 0.1.0, under another version."


def test_many_documents_are_counted_not_named(made: ModuleType, built: Path, tmp_path: Path) -> None:
    """Up to twenty documents stand by name, in words that Markdown leaves alone; more are a number."""
    first = make_release(built, tmp_path / "out", "0.1.0")
    for documents, named in ((20, True), (21, False)):
        rows = made.make_rows()
        for number in range(documents):
            one = made.make_document(f"*d{number:02}* <b>\n## 9.9.9", made.NOTHING, language=None)
            rows["documents"].append(one.document)
            rows["blocks"] += one.blocks
            rows["raw"].append(one.raw)
        write_dataset(built, made.make_content(rows))
        release = make_release(built, tmp_path / f"out{documents}", "0.2.0", previous=first)
        changes = (release / "CHANGES.md").read_text("utf-8")
        assert f"- {documents} rows of documents" in changes
        assert (r"\*d07\* \<b\> ## 9.9.9" in changes) is named
        assert [line for line in changes.splitlines() if line.startswith("## ")] == ["## 0.2.0", "## 0.1.0"]
