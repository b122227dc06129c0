"""A document that was taken down stays away from builds, re-crawls and releases; its text goes where asked."""

from __future__ import annotations

import gzip
import json
import shutil
import sqlite3
import zlib
from pathlib import Path
from typing import Any

import pytest
from taken_down import GONE, OTHERS, PAGE, ids, options

from corpus.cli.app import app
from corpus.cli.rim import run
from corpus.export.dataset import tree_hashes
from corpus.export.store import BuiltDataset
from corpus.labelstudio.ledger.store import Conflict, Ledger
from corpus.pipeline.build import BuildOptions, build
from corpus.pipeline.erasure.takedown import TakedownOptions, take_down
from corpus.pipeline.hydrating.hydration import State, hydrate
from corpus.releases.editions import public_edition
from corpus.releases.planning import find_previous, plan_release
from corpus.releases.release import write_release
from corpus.releases.verification import verify


def test_the_next_build_and_release_lack_it(project: Path) -> None:
    """Document and annotations are gone, which is a MAJOR; the old release is named, and untouched."""
    before = tree_hashes(project / "releases" / "seeds-0.1.0")
    report = take_down(GONE, "the owner asked", options(project))
    assert report.added
    assert {holder.version for holder in report.holders} == {None, "0.1.0"}
    rebuilt = build([project / "seeds"], project / "build", BuildOptions(name="seeds"))
    assert [f.code for f in rebuilt.findings] == ["taken-down"]
    for config in ("documents", "blocks", "raw", "entities", "claims", "sources"):
        assert GONE not in ids(project / "build", config)
    assert ids(project / "build") == set(OTHERS)
    out = project / "releases"
    plan = plan_release(project / "build", out, None, find_previous(project / "build", out))
    released = write_release(plan)
    assert released.name == "seeds-0.2.0"
    assert "MAJOR" in plan.why
    assert verify(released) == []
    assert tree_hashes(out / "seeds-0.1.0") == before


def test_it_does_not_come_back_under_another_name(project: Path) -> None:
    """The same bytes, the same text with other line ends: known by their hashes."""
    take_down(GONE, "the owner asked", options(project))
    path = project / "seeds" / f"{GONE}.txt"
    path.rename(project / "seeds" / "renamed.txt")
    crlf = path.with_name("crlf.txt")
    crlf.write_bytes((project / "seeds" / "renamed.txt").read_bytes().replace(b"\n", b"\r\n"))
    build([project / "seeds"], project / "build", BuildOptions(name="seeds"))
    assert ids(project / "build") == set(OTHERS)


def test_a_new_crawl_of_its_page_does_not_bring_it_back(tmp_path: Path) -> None:
    """Other words under another name: known by its address."""
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "one.html").write_text(PAGE.format(more=""), "utf-8")
    (pages / "two.txt").write_text("The pier stays open for all boats until May, the mayor said on Monday.\n")
    build([pages], tmp_path / "build", BuildOptions(name="pages"))
    take_down("one", "asked", TakedownOptions(tmp_path / "takedowns.jsonl", (tmp_path / "build",)))
    (pages / "one.html").unlink()
    (pages / "crawled.html").write_text(PAGE.format(more=", and longer, as it said later"), "utf-8")
    build([pages], tmp_path / "build", BuildOptions(name="pages"))
    assert ids(tmp_path / "build") == {"two"}


def test_purge_erases_its_text_and_nothing_else(project: Path) -> None:
    """Raw file, its table in sources.toml, histories, build: gone; all other bytes stay."""
    others = {p.name: p.read_bytes() for p in (project / "seeds").glob("*.txt") if p.stem != GONE}
    words = "may not be published, broadcast, rewritten"
    assert words in (project / "seeds" / f"{GONE}.txt").read_text("utf-8")
    history = (project / "annotations" / "hand-1.jsonl").read_bytes().splitlines()
    report = take_down(GONE, "the owner asked", options(project, purge=True))
    told = {item.place.name: item.what for item in report.erased}
    assert told["hand-1.jsonl"] == "1 line"
    assert told["sources.toml"] == "its table"
    assert set(told) == {f"{GONE}.txt", "sources.toml", "hand-1.jsonl", "build"}
    assert {p.name: p.read_bytes() for p in (project / "seeds").glob("*.txt")} == others
    assert GONE not in (project / "seeds" / "sources.toml").read_text("utf-8")
    assert "Voice of America" in (project / "seeds" / "sources.toml").read_text("utf-8")
    kept = (project / "annotations" / "hand-1.jsonl").read_bytes().splitlines()
    assert kept == [line for line in history if f'"doc_id":"{GONE}"'.encode() not in line]
    assert GONE not in ids(project / "build")
    assert verify(project / "build") == []
    plain = [p for p in project.rglob("*") if p.is_file() and "releases" not in p.parts and p.suffix != ".parquet"]
    assert [path for path in plain if words in path.read_text("utf-8")] == []
    assert [s for s in report.left if "seeds-0.1.0" in s and "never rewritten" in s]
    again = build([project / "seeds"], project / "build", BuildOptions(name="seeds"))
    assert not again.failed


def test_purge_erases_copies_under_another_id_too(project: Path) -> None:
    """The same text in another file: its rows in the build and what quotes it in the histories."""
    shutil.copy(project / "seeds" / f"{GONE}.txt", project / "seeds" / "copy.txt")
    history = project / "annotations" / "hand-1.jsonl"
    (own,) = (line for line in history.read_bytes().splitlines() if f'"doc_id":"{GONE}"'.encode() in line)
    copied = own.replace(GONE.encode(), b"copy").replace(b'"annotator":"hand-1"', b'"annotator":"other"')
    (project / "annotations" / "other.jsonl").write_bytes(copied + b"\n")
    build([project / "seeds"], project / "build", BuildOptions(name="seeds", annotations=project / "annotations"))
    assert {GONE, "copy"} <= ids(project / "build") and "copy" in ids(project / "build", "claims")
    take_down(GONE, "the owner asked", options(project, purge=True))
    assert ids(project / "build") == set(OTHERS)
    assert verify(project / "build") == []
    assert not (project / "seeds" / "copy.txt").exists()
    assert (project / "annotations" / "other.jsonl").read_bytes() == b""


def test_annotations_among_the_raw_files_are_named_until_they_are_pointed_to(project: Path) -> None:
    """They are somebody's work and quote the text: nothing of them goes unless their folder is said."""
    history = project / "seeds" / "annotations" / "hand-1.jsonl"
    (project / "annotations").rename(history.parent)
    before = history.read_bytes()
    why = f"{history}: it holds annotations of the document; name its folder with `annotations=`."
    assert why in take_down(GONE, "asked", options(project, annotations=None, purge=True)).left
    assert history.read_bytes() == before
    report = take_down(GONE, "asked", options(project, annotations=history.parent, purge=True))
    assert [(item.place, item.what) for item in report.erased] == [(history, "1 line")]
    assert why not in report.left


def test_a_dry_run_changes_nothing(project: Path) -> None:
    before = tree_hashes(project)
    report = take_down(GONE, "the owner asked", options(project, purge=True, dry_run=True))
    assert len(report.erased) == 4
    assert tree_hashes(project) == before


def test_a_line_of_records_goes_and_a_table_of_nothing_else(tmp_path: Path) -> None:
    """JSON Lines lose the line; a table whose one row is the text goes, as a build would call it empty."""
    raw = tmp_path / "raw"
    raw.mkdir()
    text = "The council said on Wednesday that the harbour would be closed for repairs until winter."
    rows = [{"id": "a", "text": text}, {"id": "b", "text": text + " Twice."}]
    (raw / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    build([raw], tmp_path / "build", BuildOptions(name="rows"))
    (raw / "more.csv").write_text(f'id,text\nz,"{text}"\n', "utf-8")
    where = TakedownOptions(tmp_path / "t.jsonl", (tmp_path / "build",), (raw,), purge=True)
    report = take_down("a", "asked", where)
    assert (raw / "rows.jsonl").read_text("utf-8") == json.dumps(rows[1]) + "\n"
    assert [(item.place.name, item.what) for item in report.erased[:2]] == [
        ("more.csv", "the file, 1 row"),
        ("rows.jsonl", "1 line"),
    ]
    assert not (raw / "more.csv").exists()
    assert report.left == ()


def test_a_dry_run_names_what_goes_and_what_stays(tmp_path: Path) -> None:
    """A link is left alone, since what it leads to lies elsewhere; what would be erased is not said to stay."""
    raw = tmp_path / "raw"
    raw.mkdir()
    text = "The ferry to the outer islands will sail again on Friday, the port authority said."
    (raw / "ferry.txt").write_text(text, "utf-8")
    (raw / "rows.jsonl").write_text(json.dumps({"id": "row", "text": text}) + "\n", "utf-8")
    (raw / "copy.txt.gz").write_bytes(gzip.compress(text.encode("utf-8"), mtime=0))
    (tmp_path / "elsewhere.txt").write_text(text, "utf-8")
    (raw / "link.txt").symlink_to(tmp_path / "elsewhere.txt")
    for dry_run in (True, False):
        wanted = TakedownOptions(file=tmp_path / "t.jsonl", raw=(raw,), purge=True, dry_run=dry_run)
        report = take_down("ferry", "asked", wanted)
        assert {item.place.name for item in report.erased} == {"ferry.txt", "rows.jsonl", "copy.txt.gz"}
        why = "it holds the document and is a link to a file elsewhere, so take it out there by hand."
        assert report.left == (f"{raw}/link.txt: {why}",)
    assert [path.name for path in raw.iterdir()] == ["link.txt"]
    assert (tmp_path / "elsewhere.txt").read_text("utf-8") == text


@pytest.mark.parametrize("known_as", [GONE, "an id from before"])
def test_the_ledger_forgets_its_text(project: Path, known_as: str) -> None:
    """The texts that were shown are gone from the file; the tasks' numbers stay, and the server is named.

    Also where no sync came since its document was renamed.
    """
    folder = project / "ledger"
    row = next(r for r in BuiltDataset.open(project / "build").rows("documents") if r["doc_id"] == GONE)
    with Ledger.open(folder) as ledger:
        ledger.keep_text("a" * 64, {"text": row["text"]})
        ledger.keep_text("b" * 64, {"text": "Another document's."})
        ledger.contest("m", Conflict(known_as, "ann-1", "both-changed", "task 7", "It says Ada Holt."))
    with sqlite3.connect(folder / "ledger.sqlite3") as connection:
        values = ("m", 7, known_as, "a" * 64, row["anchor_sha256"], "current", None)
        columns = "mark, id, doc_id, text_sha256, anchor_sha256, state, updated_at"
        connection.execute(f"INSERT INTO tasks ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)", values)
    report = take_down(GONE, "asked", options(project, purge=True, ledger=folder))
    with Ledger.open(folder) as ledger:
        assert ledger.text("a" * 64) is None
        assert ledger.text("b" * 64) == {"text": "Another document's."}
        assert ledger.conflicts("m") == []
    packed = zlib.compress(json.dumps({"text": row["text"]}, ensure_ascii=False).encode(), 1)
    assert packed[20:60] not in (folder / "ledger.sqlite3").read_bytes()
    assert [sentence for sentence in report.left if "task 7" in sentence]


def test_the_command_says_what_it_did(project: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    call = ["takedown", GONE, "--reason", "asked", "--in", "build", "--in", "releases", "--date", "2026-11-23"]
    assert run(app, call) == 0
    shown = capsys.readouterr().out
    assert "tombstone written to takedowns.jsonl" in shown
    assert "by its id alone" not in shown
    assert "full edition 0.1.0" in shown
    assert run(app, [*call, "--purge", "--raw", "seeds", "--annotations", "annotations", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert len(told["erased"]) == 4
    assert run(app, [*call, "--raw", "nowhere"]) == 2
    assert run(app, ["takedown", GONE, "--reason", "asked", "--date", "soon"]) == 2


@pytest.mark.parametrize("place", ["conflicts", "adjudication", "adjudication/conflicts", "predictions"])
def test_what_quotes_it_beside_the_annotations_is_purged(project: Path, place: str) -> None:
    """The server's sides of conflicts, while nobody has decided, what adjudicators decided, and models propose."""
    apart = project / "annotations" / place
    apart.mkdir(parents=True)
    shutil.copy(project / "annotations" / "hand-1.jsonl", apart / "hand-1.jsonl")
    take_down(GONE, "asked", options(project, purge=True))
    assert GONE.encode() not in (apart / "hand-1.jsonl").read_bytes()
    assert len((apart / "hand-1.jsonl").read_bytes().splitlines()) >= 4


def test_an_old_edition_does_not_bring_it_back(project: Path) -> None:
    """Hydration beside the tombstones leaves the document withheld, and says why."""
    public = public_edition(project / "releases" / "seeds-0.1.0", project / "releases")
    take_down(GONE, "asked", options(project))
    report = hydrate(public, [project / "seeds"], project / "again")
    (gone,) = (item for item in report.documents if item.doc_id == GONE)
    assert (gone.state, gone.detail) == (State.MISSING, "it was taken down")
    assert {item.state for item in report.documents if item.doc_id != GONE} == {State.EXACT}
    rows = {row["doc_id"]: row["text"] for row in BuiltDataset.open(report.directory).rows("raw")}
    assert rows[GONE] is None
