"""A document is found in records whose text is a page or Markdown by what these show, whatever their bytes say."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.cli.app import app
from corpus.cli.rim import run
from corpus.pipeline.build import BuildOptions, build
from corpus.pipeline.erasure.takedown import TakedownOptions, TakedownReport, take_down
from corpus.readers.shown import MediaType
from corpus.readers.sources import ReadOptions, ReadReport, read_sources

PROSE = "The port of Ahlen reopened on Monday, its operator said, after six weeks of work on the eastern quay."
OTHER = "The pier stays open to all boats until May, the mayor of Ahlen said on Tuesday in the town hall."
SHOWN: Mapping[MediaType, Mapping[str, str]] = {
    "text/html": {
        "port": f"<!doctype html><h1>Port reopens</h1>\n<p>{PROSE}</p>",
        "copied": f"<html lang=en><title>Seen</title><div><h1>Port reopens</h1></div><p class=x>{PROSE}</p></html>",
        "pier": f"<h1>Pier stays</h1><p>{OTHER}</p>",
    },
    "text/markdown": {
        "port": f"# Port reopens\n\n{PROSE}\n",
        "copied": f"Port reopens\n============\n\n**{PROSE}**\n",
        "pier": f"# Pier stays\n\n{OTHER}\n",
    },
}
"""An article, a copy of it in other words of its markup alone, and another article."""
TYPES = sorted(SHOWN)
KINDS = ("rows.jsonl", "rows.csv", "rows.parquet")


def write(path: Path, texts: Mapping[str, str]) -> Path:
    path.parent.mkdir(exist_ok=True)
    rows = [{"id": name, "text": text} for name, text in texts.items()]
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    elif path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, ["id", "text"])
            writer.writeheader()
            writer.writerows(rows)
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def ids(path: Path) -> list[str]:
    return [raw.doc_id for raw in read_sources([path], ReadOptions(), ReadReport())]


def purge(raw: Path, read: ReadOptions | None = None, datasets: tuple[Path, ...] = ()) -> TakedownReport:
    graves = raw.parent / "graves.jsonl"
    return take_down("port", "asked", TakedownOptions(graves, datasets, (raw,), read or ReadOptions(), purge=True))


@pytest.mark.parametrize("text_type", TYPES)
@pytest.mark.parametrize("name", KINDS)
def test_what_shows_the_same_goes_where_the_type_is_told(tmp_path: Path, name: str, text_type: MediaType) -> None:
    path = write(tmp_path / "raw" / name, SHOWN[text_type])
    report = purge(tmp_path / "raw", ReadOptions(text_type=text_type))
    assert (report.others, report.left) == (("copied",), ())
    assert ids(path) == ["pier"]


@pytest.mark.parametrize("text_type", TYPES)
def test_a_build_tells_the_type(tmp_path: Path, text_type: MediaType) -> None:
    """Nobody is asked for what the rows of a dataset say; here the dataset is all that knows the article itself."""
    first = write(tmp_path / "first.jsonl", {"port": SHOWN[text_type]["port"]})
    build([first], tmp_path / "build", BuildOptions(name="news", read=ReadOptions(text_type=text_type)))
    texts = {name: text for name, text in SHOWN[text_type].items() if name != "port"}
    path = write(tmp_path / "raw" / "rows.jsonl", texts)
    report = purge(tmp_path / "raw", datasets=(tmp_path / "build",))
    assert report.others == ("copied",)
    assert ids(path) == ["pier"]


def test_files_of_pages_say_nothing_of_records(tmp_path: Path) -> None:
    """A build of pages in files reads no record as a page: a text that quotes markup is one that shows it."""
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "port.html").write_text(SHOWN["text/html"]["port"])
    build([tmp_path / "pages"], tmp_path / "build", BuildOptions(name="news"))
    path = write(tmp_path / "raw" / "rows.jsonl", SHOWN["text/html"])
    purge(tmp_path / "raw", datasets=(tmp_path / "build",))
    assert ids(path) == ["copied", "pier"]


def test_a_page_in_a_record_is_known_by_the_address_it_names(tmp_path: Path) -> None:
    """As a page's file is: the record has no address of its own."""
    canonical = '<link rel="canonical" href="https://ahlen.example/port">'
    texts = {"other": f"{canonical}<h1>Port reopens</h1><p>{OTHER} {PROSE}</p>", **SHOWN["text/html"]}
    path = write(tmp_path / "raw" / "rows.jsonl", texts | {"port": canonical + texts["port"]})
    report = purge(tmp_path / "raw", ReadOptions(text_type="text/html"))
    assert report.others == ("copied", "other")
    assert ids(path) == ["pier"]


def test_a_later_build_leaves_the_copy_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command takes the type, and what the tombstone keeps is what builds of that type know texts by."""
    raw, graves = tmp_path / "raw", tmp_path / "takedowns.jsonl"
    write(raw / "rows.jsonl", {"port": SHOWN["text/html"]["port"]})
    asked = ["--reason", "asked", "--raw", str(raw), "--file", str(graves), "--text-type", "text/html"]
    assert run(app, ["takedown", "port", *asked]) == 0
    write(raw / "rows.jsonl", SHOWN["text/html"] | {"port": f"{PROSE} It was shortened."})
    report = build([raw], tmp_path / "build", BuildOptions(read=ReadOptions(text_type="text/html")))
    assert [(finding.code, finding.place) for finding in report.findings] == [
        ("taken-down", "port"),
        ("taken-down", "copied"),
    ]
    assert run(app, ["takedown", "port", "--reason", "asked", "--text-type", "text/word"]) == 2
    assert "text/markdown" in capsys.readouterr().err
