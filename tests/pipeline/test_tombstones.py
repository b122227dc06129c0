"""A tombstone says by what a document is known and why it went, once; every build finds it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from taken_down import GONE, OTHERS, PAGE, ids, options

from corpus.cli.app import app
from corpus.cli.rim import run
from corpus.errors import DataError, UsageError
from corpus.pipeline.build import BuildOptions, build
from corpus.pipeline.erasure.takedown import TakedownOptions, take_down
from corpus.releases.takedowns import Takedowns, add_tombstone, page_key


def test_no_text_is_kept_in_the_tombstone(project: Path) -> None:
    take_down(GONE, "the owner asked", options(project))
    (line,) = (project / "takedowns.jsonl").read_text("utf-8").splitlines()
    assert set(json.loads(line)) == {"doc_id", "reason", "date", "hashes", "pages"}
    assert "Pakistan" not in line


def test_an_unknown_document_is_refused(project: Path) -> None:
    with pytest.raises(UsageError, match=f"did you mean '{GONE}'"):
        take_down(GONE[:-1], "asked", options(project))
    with pytest.raises(UsageError, match="If an id is a path, say `ids='path'`"):
        take_down("news/harbour", "asked", TakedownOptions(project / "takedowns.jsonl", raw=(project / "seeds",)))
    with pytest.raises(UsageError, match="has a reason"):
        take_down(GONE, " ", options(project))
    assert not (project / "takedowns.jsonl").exists()


def test_said_again_it_adds_nothing(project: Path) -> None:
    assert take_down(GONE, "asked", options(project)).added
    assert not take_down(GONE, "asked", options(project)).added
    assert len((project / "takedowns.jsonl").read_text().splitlines()) == 1


def test_another_reason_is_kept_and_told(project: Path) -> None:
    """The newest reason is the one that builds tell; the file keeps both, and a dry run writes neither."""
    assert take_down(GONE, "asked", options(project)).added
    assert take_down(GONE, "a court ordered it", options(project, date="2026-12-01", dry_run=True)).added
    assert take_down(GONE, "a court ordered it", options(project, date="2026-12-01")).added
    assert not take_down(GONE, "a court ordered it", options(project)).added
    tombstones = Takedowns.read(project / "takedowns.jsonl").tombstones
    assert [(t.reason, t.date) for t in tombstones] == [("asked", None), ("a court ordered it", "2026-12-01")]
    (told,) = build([project / "seeds"], project / "build", BuildOptions(name="seeds")).findings
    assert "a court ordered it" in told.message


def test_a_damaged_file_of_tombstones_stops_the_build(project: Path) -> None:
    """Lest a document slip in that was taken down: nothing is built."""
    take_down(GONE, "asked", options(project))
    with (project / "takedowns.jsonl").open("a") as stream:
        stream.write('{"doc_id": ""}\n')
    with pytest.raises(DataError, match=r"takedowns\.jsonl:2 is no tombstone"):
        build([project / "seeds"], project / "build", BuildOptions())


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b'{"doc_id": "", "reason": "asked"}', ":1 is no tombstone"),
        (b'{"doc_id": "a", "reason": ""}', ":1 is no tombstone"),
        (b'{"doc_id": "a", "reason": "asked", "hashes": ["0A"]}', ":1 is no tombstone"),
        (b'{"doc_id": "a", "reason": "asked", "date": "today"}', ":1 is no tombstone"),
        (b'{"doc_id": "a", "reason": "asked", "pagse": []}', ":1 is no tombstone"),
        (b'["a"]', ":1 is no tombstone"),
        (b'{"doc_id": "\xff", "reason": "asked"}', " cannot be read"),
    ],
)
def test_what_is_no_tombstone_is_refused(tmp_path: Path, line: bytes, told: str) -> None:
    (tmp_path / "t.jsonl").write_bytes(line + b"\n")
    with pytest.raises(DataError, match=rf"t\.jsonl{told}"):
        Takedowns.read(tmp_path / "t.jsonl")


def test_an_address_alone_keeps_its_page_away(tmp_path: Path) -> None:
    """Taken down before anything holds it: however the page's address is written when it comes."""
    take_down("https://courier.example/harbour", "asked", TakedownOptions(tmp_path / "takedowns.jsonl"))
    row = {"id": "n1", "url": "http://www.courier.example/harbour/?utm_source=x", "text": "The pier is closed."}
    other = {"id": "n2", "url": "https://courier.example/harbours", "text": "The pier is open."}
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(one) + "\n" for one in (row, other)), "utf-8")
    built = build([tmp_path / "rows.jsonl"], tmp_path / "build", BuildOptions(name="late"))
    assert [(f.code, f.place) for f in built.findings] == [("taken-down", "n1")]
    assert ids(tmp_path / "build") == {"n2"}


def test_without_datasets_the_id_alone_is_kept(tmp_path: Path, capsys: Any) -> None:
    report = take_down("someone", "asked", TakedownOptions(tmp_path / "t.jsonl"))
    assert report.tombstone.hashes == ()
    assert Takedowns.read(tmp_path / "t.jsonl").doc_ids == {"someone"}
    assert not add_tombstone(tmp_path / "t.jsonl", report.tombstone)
    assert run(app, ["takedown", "typo", "--reason", "asked", "--file", str(tmp_path / "t.jsonl")]) == 0
    assert "known by its id alone" in capsys.readouterr().out
    assert run(app, ["takedown", "other", "--reason", "asked", "--file", str(tmp_path / "t.jsonl"), "--json"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["tombstone"]["doc_id"] == "other"
    assert "known by its id alone" in told.err


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://www.a.example/x/", "http://a.example/x?utm_source=b#c", True),
        ("https://a.example/x", "https://a.example/x?fbclid=1&gclid=2&mc_cid=3&ref=4&ref_src=5&igshid=6", True),
        ("https://a.example/x", "https://a.example/x?UTM_Medium=1&cmpid=2&ocid=3&smid=4", True),
        ("https://a.example/x?b=1&a=2", "https://a.example/x?a=2&b=1", True),
        ("https://a.example/x?id=1", "https://a.example/x?id=2", False),
        ("https://a.example/#!/x", "https://a.example/#!/y", False),
        ("https://a.example/x", "https://a.example/y", False),
    ],
)
def test_addresses_of_one_page_are_one(one: str, other: str, same: bool) -> None:
    assert (page_key(one) == page_key(other)) is same
    assert page_key("not an address") is None
    assert page_key("https://[a.example/x") is None


def test_what_only_raw_files_hold_is_known_by_its_page(tmp_path: Path, capsys: Any) -> None:
    """Pages and records in the raw folder alone: copies and newer crawls of them go too, and stay away."""
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "a.html").write_text(PAGE.format(more=""), "utf-8")
    (raw / "b.html").write_text(PAGE.format(more=" and spring").replace("a.example/", "www.a.example/"), "utf-8")
    rows = [
        {"id": "one", "url": "https://b.example/x", "text": "The pier was closed on Monday for all."},
        {"id": "two", "url": "http://www.b.example/x/", "text": "The pier was closed on Monday for all, later."},
        {"id": "link", "related": "https://b.example/x", "text": "Another pier is open to the people of the town."},
    ]
    (raw / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    graves = raw / "takedowns.jsonl"
    where = TakedownOptions(graves, raw=(raw,), purge=True)
    assert take_down("a", "asked", where).others == ("b",)
    assert run(app, ["takedown", "one", "--reason", "asked", "--raw", str(raw), "--file", str(graves)]) == 0
    assert "left out with it, having its text or its address: two" in capsys.readouterr().out
    assert Takedowns.read(graves).tombstones[1].pages == ("b.example/x",)
    built = build([raw], tmp_path / "kept", BuildOptions(name="kept"))
    assert [f.code for f in built.findings] == ["taken-down"] * 2
    take_down("one", "asked", where)
    assert {path.name for path in raw.iterdir()} == {"rows.jsonl", "takedowns.jsonl"}
    assert [json.loads(line)["id"] for line in (raw / "rows.jsonl").read_text().splitlines()] == ["link"]
    assert Takedowns.read(graves).doc_ids == {"a", "one"}
    (raw / "later.html").write_text(PAGE.format(more=" or longer"), "utf-8")
    built = build([raw], tmp_path / "build", BuildOptions(name="pages"))
    assert ids(tmp_path / "build") == {"link"}
    assert [f.code for f in built.findings] == ["taken-down"]


def test_the_tombstones_of_every_source_count(project: Path) -> None:
    """Two sources with a file each, and one beside both: none is overlooked, and none is read as articles."""
    more = project / "more"
    more.mkdir()
    (more / "late.txt").write_text("Late news\n\nThe ferry sank on Monday, the harbour master said.\n", "utf-8")
    (more / "pier.txt").write_text("Pier\n\nThe pier stays open on Monday, the mayor said.\n", "utf-8")
    take_down(GONE, "asked", options(project, file=project / "seeds" / "takedowns.jsonl"))
    take_down("late", "asked", TakedownOptions(more / "takedowns.jsonl", raw=(more,)))
    take_down(OTHERS[0], "asked", options(project))
    built = build([project / "seeds", more], project / "build", BuildOptions(name="seeds"))
    assert ids(project / "build") == {*OTHERS[1:], "pier"}
    assert [f.code for f in built.findings] == ["taken-down"] * 3
    assert not [name for name in built.skipped if "takedowns" in name]
