"""From sources to counts and from counts to a dataset: the same bytes on any way, and an input with its hash."""

from __future__ import annotations

import json
import multiprocessing
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import corpus
from corpus.cli.app import app
from corpus.cli.rim import run
from corpus.errors import DataError, UsageError
from corpus.files import only_writer, sha256_file
from corpus.pipeline.build import BuildOptions, build
from corpus.pipeline.knownlines import count_lines

PROMO = "The Coast Courier is written by the people who live here, and every reader helps to keep its desks open."
PLACES = ("Ahlen", "Brake", "Celle", "Dorum", "Emden", "Fehmarn")


def article(place: str) -> str:
    own = (
        f"The harbour of {place} reopened on Monday after a week of storms, the operator of its locks said.",
        f"Nobody knows what the closure cost, but the mayor of {place} spoke of some two million euros.",
    )
    return "\n\n".join((*own, PROMO)) + "\n"


def page(place: str) -> str:
    body = "".join(f"<p>{line}</p>" for line in article(place).strip().split("\n\n"))
    return f"<html><head><title>{place}</title></head><body><article>{body}</article></body></html>"


@pytest.fixture
def crawl(tmp_path: Path) -> Path:
    """A folder of records with an address each."""
    folder = tmp_path / "crawl"
    folder.mkdir()
    rows = [
        {"id": f"a{n}", "url": f"https://www.courier.example/{n}", "text": article(p)} for n, p in enumerate(PLACES)
    ]
    (folder / "monday.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows[:3]), "utf-8")
    (folder / "tuesday.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows[3:]), "utf-8")
    (folder / "unknown.txt").write_text(article("Husum"), "utf-8")
    return folder


def test_workers_and_order_make_no_difference(crawl: Path, tmp_path: Path) -> None:
    days = [crawl / "monday.jsonl", crawl / "tuesday.jsonl"]
    count_lines(days, tmp_path / "one.parquet")
    count_lines(days[::-1], tmp_path / "two.parquet", workers=2)
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "two.parquet").read_bytes()


def test_a_daily_crawl_grows_the_file(crawl: Path, tmp_path: Path) -> None:
    """The second day adds its documents; the whole once more adds none. Without a site nothing is counted."""
    out = tmp_path / "known.parquet"
    count_lines([crawl / "monday.jsonl"], out)
    report = count_lines([crawl], out)
    assert (report.grown.added, report.grown.seen, report.without_site) == (3, 3, 1)
    before = out.read_bytes()
    assert count_lines([crawl], out).grown.total == 6
    assert out.read_bytes() == before


@pytest.mark.parametrize(("copies", "told"), [(1, "1 further copy"), (2, "2 further copies")])
def test_what_was_counted_is_told(
    crawl: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], copies: int, told: str
) -> None:
    """How many documents are new, and why the others were left out."""
    rows = [
        {"id": f"c{n}", "url": f"https://courier.example/c{n}", "text": article("Ahlen")} for n in range(copies)
    ]
    out = str(tmp_path / "known.parquet")
    assert run(app, ["known-lines", str(crawl / "monday.jsonl"), "--out", out]) == 0
    (crawl / "copies.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    capsys.readouterr()
    assert run(app, ["known-lines", str(crawl), "--out", out]) == 0
    said = capsys.readouterr().out.splitlines()[0]
    assert said == f"3 documents counted, 3 counted before, {told} of an article, 1 without site or publisher"


def test_a_build_uses_them_as_an_input_with_its_hash(crawl: Path, tmp_path: Path) -> None:
    """What the site's documents share is gone from each, whatever the workers; the manifest names the counts."""
    known = tmp_path / "secret-name.parquet"
    count_lines([crawl], known)
    plain = build([crawl], tmp_path / "plain", BuildOptions(name="news"))
    report = build([crawl], tmp_path / "built", BuildOptions(name="news", known_lines=known, workers=2))
    assert plain.manifest is not None
    assert report.manifest is not None
    assert report.deleted_blocks == plain.deleted_blocks + len(PLACES)
    (counts,) = [item for item in report.manifest.inputs if item.role == "known lines"]
    assert (counts.path, counts.sha256) == ("known-lines.parquet", sha256_file(known))
    assert "secret-name" not in report.manifest.model_dump_json()


def test_documents_of_another_site_or_of_none_stay_as_they_were(crawl: Path, tmp_path: Path) -> None:
    known = tmp_path / "known.parquet"
    count_lines([crawl], known)
    for site, kept in (("courier.example", 2), ("www.courier.example", 2), ("other.example", 3), (None, 3)):
        document = corpus.clean(article("Husum"), site=site, known_lines=known)
        assert sum(block.kept for block in document.blocks) == kept, site


def test_pages_are_counted_and_cleaned_as_texts_are(tmp_path: Path) -> None:
    """The lines of a page are those a reader sees; a page's address says its site."""
    folder = tmp_path / "pages"
    folder.mkdir()
    for n, place in enumerate(PLACES):
        (folder / f"{n}.html").write_text(page(place), "utf-8")
    value = '[documents."{0}"]\nurl.value = "https://courier.example/{0}"\nurl.known_from = "the log"\n'
    table = "".join(value.format(n) for n in range(len(PLACES)))
    (folder / "sources.toml").write_text(table, "utf-8")
    known = tmp_path / "known.parquet"
    assert count_lines([folder], known).grown.added == len(PLACES)
    url = "https://www.courier.example/husum"
    (with_counts,) = corpus.clean_many([page("Husum")], media_type="text/html", urls=[url], known_lines=known)
    told = {block.text: block.rule for block in with_counts.blocks}
    assert told[PROMO].startswith(("known.", "markup."))


def test_a_publisher_stands_for_a_site_that_is_not_known(tmp_path: Path) -> None:
    rows = [{"id": f"a{n}", "publisher": "The  Courier", "text": article(p)} for n, p in enumerate(PLACES)]
    (tmp_path / "x.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    count_lines([tmp_path / "x.jsonl"], tmp_path / "known.parquet")
    document = corpus.clean(article("Husum"), site="publisher:the courier", known_lines=tmp_path / "known.parquet")
    assert PROMO not in document.text


def test_two_writers_exclude_each_other(crawl: Path, tmp_path: Path) -> None:
    """The second is refused with a sentence, and the lock goes with the first."""
    out = tmp_path / "known.parquet"
    with held_elsewhere(out), pytest.raises(UsageError, match="another process"):
        count_lines([crawl], out)
    assert count_lines([crawl], out).grown.added == len(PLACES)
    assert {path.name for path in tmp_path.iterdir()} == {"crawl", "known.parquet"}


@contextmanager
def held_elsewhere(path: Path) -> Iterator[None]:
    context = multiprocessing.get_context("spawn")
    ready, done = context.Event(), context.Event()
    process = context.Process(target=hold, args=(path, ready, done))
    process.start()
    try:
        assert ready.wait(60)
        yield
    finally:
        done.set()
        process.join()


def hold(path: Path, ready: threading.Event, done: threading.Event) -> None:
    with only_writer(path):
        ready.set()
        done.wait(60)


def test_what_is_no_file_of_counts_is_refused_and_left_alone(crawl: Path, tmp_path: Path) -> None:
    other = tmp_path / "notes.txt"
    other.write_text("mine", "utf-8")
    with pytest.raises(DataError, match="no file of known lines"):
        count_lines([crawl], other)
    with pytest.raises(DataError, match="no file of known lines"):
        build([crawl], tmp_path / "built", BuildOptions(known_lines=other))
    with pytest.raises(UsageError):
        count_lines([], tmp_path / "known.parquet")
    assert other.read_text("utf-8") == "mine"
    assert not (tmp_path / "built").exists()


def test_nothing_read_begins_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    out = tmp_path / "known.parquet"
    assert run(app, ["known-lines", str(tmp_path / "empty"), "--out", str(out)]) == 3
    assert "nothing was written" in capsys.readouterr().err
    assert not out.exists()


def test_documents_without_a_site_are_told_with_a_way_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "text.txt").write_text(article("Husum"), "utf-8")
    call = ["known-lines", str(tmp_path / "text.txt"), "--out", str(tmp_path / "known.parquet")]
    assert run(app, call) == 0
    assert "name its site in sources.toml" in capsys.readouterr().err


def test_counts_that_are_not_there_are_an_error_of_ours() -> None:
    with pytest.raises(UsageError, match="known_lines 'nope': no such file"):
        corpus.clean("x", known_lines="nope")
