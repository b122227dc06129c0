"""What stands beside raw files is purged too, and one place that cannot be changed keeps no other from it."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from raw_containers import ARTICLES, table, write

from corpus.export.dataset import tree_hashes
from corpus.export.store import BuiltDataset
from corpus.pipeline.build import BuildOptions, build
from corpus.pipeline.erasure import erasing
from corpus.pipeline.erasure.erasing import Erasure, Left
from corpus.pipeline.erasure.purging import purge_annotations
from corpus.pipeline.erasure.takedown import TakedownOptions, TakedownReport, take_down
from corpus.releases.release import make_release
from corpus.releases.takedowns import Tombstone
from corpus.releases.verification import verify

NOBODY = 65534


def purge(folder: Path, doc_id: str, **more: object) -> TakedownReport:
    named = {"file": folder.parent / "graves.jsonl", "raw": (folder,), "purge": True}
    return take_down(doc_id, "asked", TakedownOptions(**{**named, **more}))  # type: ignore[arg-type]


def ninjs(version: int, text: str, status: str = "usable") -> str:
    fields = {"uri": "urn:pier", "version": version, "pubstatus": status, "headline": f"Version {version}"}
    return json.dumps({**fields, "versioncreated": f"2021-04-0{version}T10:00:00Z", "body_text": text})


def test_every_version_of_a_news_item_goes(tmp_path: Path) -> None:
    """A build reads the newest one; a notice that takes another item back is not that item's text."""
    raw = tmp_path / "raw"
    raw.mkdir()
    for version in (1, 2, 3):
        (raw / f"v{version}.json").write_text(
            ninjs(version, f"The pier stays open, said the mayor {version} times.")
        )
    (raw / "other.json").write_text(ninjs(1, "The quay is closed.").replace("urn:pier", "urn:quay"))
    done = purge(raw, "urn:pier")
    assert [item.place.name for item in done.erased] == ["v1.json", "v2.json", "v3.json"]
    assert [path.name for path in raw.iterdir()] == ["other.json"]


SOURCES = """\ufeff# what is known [documents.pier]
[defaults]
language = { value = "en", known_from = "us" }

[documents.pier]
title = { value = "Pier stays [open]", known_from = "them" }

[documents.pier.publisher]
value = "The Pier"
known_from = "them"

[documents."größe-北"]
title = { value = "Größe", known_from = "sie" }
"""


def test_a_table_of_sources_loses_what_is_told_of_it(tmp_path: Path) -> None:
    """With the tables below it, and of copies under other ids; all else is byte for byte what it was."""
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "pier.txt").write_text(ARTICLES["pier"], "utf-8")
    (raw / "größe-北.txt").write_text(ARTICLES["pier"].replace("\n", "\r\n"), "utf-8")
    (raw / "last.txt").write_text(ARTICLES["last"], "utf-8")
    (raw / "sources.toml").write_text(SOURCES, "utf-8")
    (raw / "sources.toml").chmod(0o600)
    done = purge(raw, "pier")
    assert done.left == () and done.others == ("größe-北",)
    assert (raw / "sources.toml").read_text("utf-8") == SOURCES[: SOURCES.index("[documents.pier]\ntitle")]
    assert (raw / "sources.toml").stat().st_mode & 0o777 == 0o600
    assert {path.name for path in raw.iterdir()} == {"last.txt", "sources.toml"}


def test_what_cannot_be_cut_out_of_a_table_is_named(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "pier.txt").write_text(ARTICLES["pier"], "utf-8")
    inline = 'documents = { pier = { title = { value = "Pier", known_from = "x" } } }\n'
    (raw / "sources.toml").write_text(inline, "utf-8")
    done = purge(raw, "pier")
    assert [item.place.name for item in done.erased] == ["pier.txt"]
    assert done.left == (
        f"{raw}/sources.toml: the table of 'pier' cannot be cut out by itself; take it out by hand.",
    )
    assert tomllib.loads(inline) == tomllib.loads((raw / "sources.toml").read_text("utf-8"))


def test_a_file_that_changes_meanwhile_is_left_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process adds a row after the file was looked through: its row is not lost."""
    path = write(tmp_path / "raw", "rows.csv")
    real = erasing.state_of

    def later(file: erasing.RawFile) -> tuple[int, ...]:
        with path.open("ab") as stream:
            stream.write(b"new,New text,,\r\n")
        return real(file)

    monkeypatch.setattr(erasing, "state_of", later)
    (sentence,) = purge(tmp_path / "raw", "pier").left
    assert sentence == f"{path}: it holds the document and is as it was: " + (
        "it was changed by another process meanwhile; take it out by hand."
    )
    assert path.read_bytes() == table() + b"new,New text,,\r\n"


AS_NOBODY = """
import json, os, sys
from pathlib import Path
from corpus.pipeline.erasure.takedown import TakedownOptions, take_down

def purge(name):
    folder = Path(sys.argv[1])
    wanted = TakedownOptions(folder / "graves" / "g.jsonl", raw=(folder / name,), purge=True)
    report = take_down("pier", "asked", wanted)
    return [[str(item.place) for item in report.erased], list(report.left)]

purge("warm")  # what is loaded late is loaded now
os.chown(Path(sys.argv[1]) / "graves" / "g.jsonl", 65534, 65534)
os.seteuid(65534)
print(json.dumps(purge("raw")))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become nobody")
def test_a_folder_that_cannot_be_written_is_named_and_the_others_are_purged(open_place: Path) -> None:
    fast, loose = write(open_place / "raw" / "fast", "rows.csv"), write(open_place / "raw" / "loose", "rows.jsonl")
    write(open_place / "warm", "rows.csv")
    write(open_place / "warm", "rows.jsonl")
    (open_place / "graves").mkdir()
    for folder in (loose.parent, open_place / "graves"):
        os.chown(folder, NOBODY, NOBODY)
    command = [sys.executable, "-c", AS_NOBODY, str(open_place)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    why = "it holds the document and is as it was: permission denied; take it out by hand."
    assert json.loads(done.stdout) == [[str(loose)], [f"{fast}: {why}"]]
    assert fast.read_bytes() == table()
    assert list(fast.parent.iterdir()) == [fast]


def test_a_build_of_nothing_else_is_left_empty_and_sound(tmp_path: Path) -> None:
    """All its documents, one after the other; carried columns stay."""
    write(tmp_path / "raw", "rows.csv")
    build([tmp_path / "raw"], tmp_path / "build", BuildOptions(name="rows"))
    before = BuiltDataset.open(tmp_path / "build").file_model("documents").schema
    for doc_id in ARTICLES:
        done = purge(tmp_path / "raw", doc_id, datasets=(tmp_path / "build",))
        assert done.left == ()
        assert verify(tmp_path / "build") == []
    dataset = BuiltDataset.open(tmp_path / "build")
    assert [data.num_rows for data in dataset.batches("documents")] == []
    assert dataset.file_model("documents").schema.equals(before)


def test_a_damaged_build_keeps_no_other_place_from_being_purged(tmp_path: Path) -> None:
    write(tmp_path / "raw", "rows.csv")
    build([tmp_path / "raw"], tmp_path / "build", BuildOptions(name="rows"))
    (blocks,) = (tmp_path / "build" / "blocks").glob("*.parquet")
    blocks.write_bytes(blocks.read_bytes()[:-9])
    done = purge(tmp_path / "raw", "pier", datasets=(tmp_path / "build",))
    assert [item.what for item in done.erased] == ["1 row"]
    (sentence,) = done.left
    assert sentence.startswith(f"{tmp_path / 'build'}: it is as it was: ")


@pytest.mark.parametrize("name", ["manifest.json", "documents", "raw"])
def test_a_build_that_cannot_be_looked_through_is_named(tmp_path: Path, name: str) -> None:
    """Whether it holds the document nobody can tell."""
    write(tmp_path / "raw", "rows.csv")
    build([tmp_path / "raw"], tmp_path / "build", BuildOptions(name="rows"))
    path = tmp_path / "build" / name
    path = path if path.is_file() else next(path.glob("*.parquet"))
    path.write_bytes(path.read_bytes()[:-9])
    done = purge(tmp_path / "raw", "pier", datasets=(tmp_path / "build",))
    assert [item.what for item in done.erased] == ["1 row"]
    assert done.left[0].startswith(f"{tmp_path / 'build'}: it ") and "look for the document there" in "".join(
        done.left
    )


def test_a_project_that_lies_among_its_raw_files_stays_whole(tmp_path: Path) -> None:
    """Releases are named and untouched, builds written anew, annotations and the tools' own folders left alone."""
    write(tmp_path / "raw", "rows.csv")
    for name in ("build", "other build"):
        build([tmp_path / "raw"], tmp_path / name, BuildOptions(name="rows"))
    make_release(tmp_path / "build", tmp_path / "releases", "0.1.0", "2026-11-22")
    before = tree_hashes(tmp_path / "releases")
    kept = {"annotations/a.jsonl": '{"doc_id":"pier"}\n', ".corpus/j.jsonl": '{"id":"pier"}\n', ".git/x.txt": "x"}
    for name, text in kept.items():
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text, "utf-8")
    done = purge(tmp_path, "pier", file=tmp_path / "graves.jsonl")
    assert [(item.place.relative_to(tmp_path).as_posix(), item.what) for item in done.erased[:1]] == [
        ("raw/rows.csv", "1 row")
    ]
    assert {item.place.name for item in done.erased[1:]} == {"build", "other build"}
    assert [sentence.split(": ")[0] for sentence in done.left] == [
        str(tmp_path / "annotations" / "a.jsonl"),
        str(tmp_path / "releases" / "rows-0.1.0"),
    ]
    assert tree_hashes(tmp_path / "releases") == before
    assert all((tmp_path / name).read_text("utf-8") == text for name, text in kept.items())


def test_a_table_without_names_and_a_line_without_an_object_are_searched(tmp_path: Path) -> None:
    """No build reads them; the text is in the first row, and in a list."""
    raw = tmp_path / "raw"
    raw.mkdir()
    text = "The pier stays open to all, the mayor said on Tuesday."
    (raw / "bare.csv").write_text(f'1,"{text}"\n2,"Another text, of another day."\n', "utf-8")
    (raw / "last.csv").write_text(f'1,"Another text, of another day."\n2,"{text}"\n', "utf-8")
    (raw / "bare.jsonl").write_text(json.dumps([text]) + '\n["Another text."]\n', "utf-8")
    (raw / "pier.txt").write_text(text, "utf-8")
    assert purge(raw, "pier").left == ()
    assert (raw / "bare.csv").read_text("utf-8") == '2,"Another text, of another day."\n'
    assert (raw / "last.csv").read_text("utf-8") == '1,"Another text, of another day."\n'
    assert (raw / "bare.jsonl").read_text("utf-8") == '["Another text."]\n'


def test_texts_inside_lists_and_objects_count(tmp_path: Path) -> None:
    """A record that quotes the text in an older version of itself, in JSON Lines and in Parquet."""
    raw = tmp_path / "raw"
    raw.mkdir()
    rows = [
        {"id": "x", "text": "Another text.", "was": [{"text": ARTICLES["pier"], "at": 1}]},
        {"id": "y", "text": "A third text.", "was": [{"text": "Its first words.", "at": 2}]},
    ]
    (raw / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    pq.write_table(pa.Table.from_pylist(rows), raw / "rows.parquet")
    (raw / "pier.txt").write_text(ARTICLES["pier"], "utf-8")
    done = purge(raw, "pier")
    assert [item.what for item in done.erased] == ["the file", "1 line", "1 row"]
    assert done.others == ()
    assert pq.read_table(raw / "rows.parquet").to_pylist() == rows[1:]


def test_an_address_that_nothing_here_can_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The document may lie there: a purge that could not look does not pass for one that found nothing."""
    monkeypatch.setitem(sys.modules, "s3fs", None)
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "pier.txt").write_text(ARTICLES["pier"], "utf-8")
    done = purge(tmp_path / "raw", "pier", raw=(tmp_path / "raw", "s3://press/news"))
    assert [item.what for item in done.erased] == ["the file"]
    (left,) = done.left
    assert left.startswith("news: it could not be searched through") and "newscorpus[s3]" in left


def test_a_history_that_is_a_link_is_purged_where_it_lies(tmp_path: Path) -> None:
    """The text is there; a new file in the link's place would leave it."""
    line = b'{"doc_id":"pier"}\n'
    (tmp_path / "shared.jsonl").write_bytes(line + b'{"doc_id":"other"}\n')
    (tmp_path / "annotations").mkdir()
    (tmp_path / "annotations" / "a.jsonl").symlink_to(tmp_path / "shared.jsonl")
    stone = Tombstone(doc_id="pier", reason="asked")
    (erased,) = purge_annotations(tmp_path / "annotations", stone, False)
    assert isinstance(erased, Erasure)
    assert (tmp_path / "annotations" / "a.jsonl").is_symlink()
    assert (tmp_path / "shared.jsonl").read_bytes() == b'{"doc_id":"other"}\n'


@pytest.mark.parametrize("dry_run", [True, False])
def test_what_an_ended_writer_of_annotations_left_is_purged(tmp_path: Path, dry_run: bool) -> None:
    """It may quote the document although no history does."""
    left = tmp_path / "annotations" / "conflicts" / ".a.jsonl.new-0123456789abcdef"
    left.parent.mkdir(parents=True)
    left.write_bytes(b'{"doc_id":"pier"}\n')
    assert (
        list(purge_annotations(tmp_path / "annotations", Tombstone(doc_id="pier", reason="asked"), dry_run)) == []
    )
    assert left.exists() == dry_run


def test_what_is_no_annotation_file_and_quotes_it_is_named(tmp_path: Path) -> None:
    """An export of another program, an archive of old versions: left as they are, and told; the rest is silent."""
    folder = tmp_path / "annotations"
    (folder / "adjudication").mkdir(parents=True)
    line = b'{"doc_id": "pier"}'
    (folder / "export.json").write_bytes(b"[" + line + b"]")
    with gzip.open(folder / "adjudication" / "old.jsonl.gz", "wb") as stream:
        stream.write(b" " * (1 << 20) + b'{"anchor_sha256": "' + b"a" * 64 + b'"}')
    (folder / "broken.gz").write_bytes(b"no gzip")
    for name in ("compacted.json", "renamed.json"):
        (folder / name).write_bytes(line)  # ids and hashes stand in them, no text
    (folder / "guidelines.md").write_text("On the pier.")
    stone = Tombstone(doc_id="pier", reason="asked", hashes=("a" * 64,))
    left = {own.place.name: own for own in purge_annotations(folder, stone, False)}
    assert set(left) == {"export.json", "old.jsonl.gz", "broken.gz"}
    assert all(isinstance(own, Left) for own in left.values())
    assert "take it out by hand" in str(left["export.json"])
    assert (folder / "export.json").exists()
