"""A build keeps near-duplicates and stories on one side, remembers where documents stood, and says what leaks."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import polars as pl
import pytest

from corpus.errors import ExtraMissingError, UsageError
from corpus.pipeline.build import BuildOptions, BuildReport, build
from corpus.pipeline.grouping import SplitOptions, parse_bonds
from corpus.releases.verification import verify

sys.path.insert(0, str(Path(__file__).parents[1] / "duplicates"))
from made_stories import edited, story

HALVES = {"train": 0.5, "test": 0.5}


def write(folder: Path, name: str, text: str, day: str = "2024-05-01") -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.jsonl").write_text(json.dumps({"id": name, "text": text, "published": day}), "utf-8")


def made(folder: Path, out: Path, **options: object) -> BuildReport:
    return build([folder], out, BuildOptions(name="n", splits=SplitOptions(HALVES, **options)))  # type: ignore[arg-type]


def splits(directory: Path) -> dict[str, str]:
    found = pl.concat(
        pl.read_parquet(path, columns=["doc_id", "split"])
        for path in sorted((directory / "documents").glob("*.parquet"))
    )
    return dict(found.iter_rows())


@pytest.fixture
def news(tmp_path: Path) -> Path:
    """Twelve events, each told by three papers, one of which prints another's report."""
    folder = tmp_path / "news"
    for event in range(12):
        for version in range(2):
            write(folder, f"e{event:02}-{version}", story(event, version))
        write(folder, f"e{event:02}-copy", edited(story(event, 0), event))
    return folder


def test_what_splits_need_is_asked_for_before_anything_is_read(
    news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not after hours of cleaning; where all is one split, nothing is needed."""
    monkeypatch.setitem(sys.modules, "rensa", None)
    monkeypatch.setattr("corpus.pipeline.build.read_sources", lambda *_: pytest.fail("the sources were read"))
    with pytest.raises(ExtraMissingError, match=r"newscorpus\[duplicates\]"):
        made(news, tmp_path / "out")
    monkeypatch.undo()
    monkeypatch.setitem(sys.modules, "rensa", None)
    assert not build([news], tmp_path / "out", BuildOptions(name="n")).failed


def test_a_story_stands_on_one_side(news: Path, tmp_path: Path) -> None:
    """All articles on an event are in one split; the manifest and the card tell how it came about."""
    report = made(news, tmp_path / "out")
    found = splits(tmp_path / "out")
    assert set(found.values()) == {"train", "test"}
    assert all(len({found[f"e{event:02}-{v}"] for v in ("0", "1", "copy")}) == 1 for event in range(12))
    assert report.manifest is not None
    record = report.manifest.splits
    assert record is not None
    assert record.leaks == {"duplicates": 0, "stories": 0}
    card = (tmp_path / "out" / "README.md").read_text("utf-8")
    assert "Groups by stories in more than one split: 0." in card
    assert verify(tmp_path / "out") == []


def test_a_split_that_gets_nothing_is_told(news: Path, tmp_path: Path) -> None:
    """Articles on one event leave the other splits empty, which nobody should learn from a training."""
    assert "split-empty" not in [finding.code for finding in made(news, tmp_path / "out").findings]
    one = tmp_path / "one"
    for version in range(4):
        write(one, f"e-{version}", story(3, version))
    (told,) = made(one, tmp_path / "alone").findings
    (empty,) = {"train", "test"} - set(splits(tmp_path / "alone").values())
    assert told.code == "split-empty"
    assert f"{empty!r}: 4 of 4 belong together" in told.message
    assert "`split_by=`" in told.message


def test_a_further_build_moves_nothing_and_withholds_a_bridge(news: Path, tmp_path: Path) -> None:
    """Old documents stay; what belongs to two splits is in neither and told; the same call gives the same bytes."""
    out = tmp_path / "out"
    made(news, out)
    before = splits(out)
    shutil.copytree(out, tmp_path / "first")
    train, test = (next(name[:3] for name, own in before.items() if own == split) for split in ("train", "test"))
    texts = [story(int(event[1:]), 0) for event in (train, test)]
    write(news, "z-bridge", f"{texts[0]} {texts[1]}")
    write(news, f"{train}-late", ". ".join(story(int(train[1:]), 7).split(". ")[::2]))
    report = made(news, out)
    after = splits(out)
    assert {name: after[name] for name in before} == before
    assert after["z-bridge"] == "withheld"
    assert after[f"{train}-late"] == "train"
    assert [finding.place for finding in report.findings if finding.code == "split-bridge"] == ["z-bridge"]
    assert "withheld" in (out / "README.md").read_text("utf-8")
    assert not made(news, out).changed
    made(news, tmp_path / "elsewhere", previous=tmp_path / "first")
    assert splits(tmp_path / "elsewhere") == after
    write(news, f"{test}-copy2", edited(story(int(test[1:]), 0), 99))
    made(news, out)
    assert splits(out) == {**after, f"{test}-copy2": "test"}


def test_a_renamed_document_stays_where_its_text_was(news: Path, tmp_path: Path) -> None:
    """A text that a model was trained on does not turn up in the test data under another name."""
    out = tmp_path / "out"
    made(news, out)
    before = splits(out)
    for path in list(news.iterdir()):
        record = json.loads(path.read_text("utf-8"))
        path.unlink()
        write(news, f"new-{record['id']}", record["text"])
    report = made(news, out)
    assert splits(out) == {f"new-{name}": own for name, own in before.items()}
    assert report.manifest is not None and report.manifest.splits is not None
    assert set(report.manifest.splits.leaks.values()) == {0}


def test_what_left_and_what_chains_moves_nothing(news: Path, tmp_path: Path) -> None:
    """Documents go and others come that chain the rest by near-duplicates: those that stay do not move."""
    out = tmp_path / "out"
    made(news, out)
    before = splits(out)
    for event in (0, 5):
        (news / f"e{event:02}-0.jsonl").unlink()
    text = story(3, 0)
    for link in range(4):
        text = edited(text, 200 + link)
        write(news, f"chain-{link}", text)
    made(news, out)
    after = splits(out)
    assert {name: own for name, own in after.items() if name in before}.items() <= before.items()
    assert {after[f"chain-{link}"] for link in range(4)} == {before["e03-0"]}


def test_other_shares_deal_out_anew(news: Path, tmp_path: Path) -> None:
    """A build made otherwise is not the one before, unless it is named."""
    out = tmp_path / "out"
    build([news], out, BuildOptions(name="n"))
    made(news, out)
    assert set(splits(out).values()) == {"train", "test"}
    with pytest.raises(UsageError, match="no directory"):
        made(news, out, previous=tmp_path / "nowhere")


def test_bonds_are_named() -> None:
    assert parse_bonds("stories, duplicates") == ("duplicates", "stories")
    assert parse_bonds("none") == ()
    with pytest.raises(UsageError, match="`split_by=`"):
        parse_bonds("stories,authors")


def test_a_publisher_stands_on_one_side(tmp_path: Path) -> None:
    """Where that is asked for, a paper's articles are all in one split."""
    folder = tmp_path / "news"
    folder.mkdir()
    for number in range(24):
        record = {"id": f"d{number}", "text": story(number, 0), "publisher": f"Paper {number % 6}"}
        (folder / f"d{number}.jsonl").write_text(json.dumps(record), "utf-8")
    made(folder, tmp_path / "out", by=("publisher",))
    found = splits(tmp_path / "out")
    assert all(len({found[f"d{n}"] for n in range(paper, 24, 6)}) == 1 for paper in range(6))


def test_later_articles_are_in_a_later_split(tmp_path: Path) -> None:
    """By the day, however exactly a date is known; borders stay in later builds; no day is the first split."""
    folder, out = tmp_path / "news", tmp_path / "out"
    days = {f"d{n}": f"2024-05-{n:02}" for n in range(1, 8)} | {"d8": "2024-05-08T10:00:00Z", "undated": "2024-05"}
    for number, (name, day) in enumerate(days.items()):
        write(folder, name, story(number, 0), day)
    report = made(folder, out, by=("dates",))
    found = {f"d{n}": "train" if n <= 4 else "test" for n in range(1, 9)} | {"undated": "train"}
    assert splits(out) == found
    assert report.manifest is not None and report.manifest.splits is not None
    assert report.manifest.splits.boundaries == {"train": "2024-05-04", "test": "9999-12-31"}
    for number, day in enumerate(("2024-04-01", "2024-05-04T23:00:00Z", "2024-05-05", "2025-01-01")):
        write(folder, f"new-{number}", story(20 + number, 0), day)
    made(folder, out, by=("dates",))
    assert splits(out) == found | dict(
        zip([f"new-{n}" for n in range(4)], ["train"] * 2 + ["test"] * 2, strict=True)
    )
