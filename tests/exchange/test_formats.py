"""Which format a file is of, and what is no file that may be read."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from corpus.errors import CorpusError, SourceError, UsageError
from corpus.exchange.formats import FORMATS, format_of
from corpus.exchange.standoff import Format

BY_FILE = [each for each in FORMATS.values() if each.endings]
TASK = '[{"data": {"text": "Ann Lee"}, "annotations": [{"result": [%s]}]}]'
REGION = '{"id": "a", "type": "labels", "value": {"start": %s, "end": 3, "labels": ["PER"]}}'
KNOWN = {
    "a task": ("x.json", TASK % (REGION % 0), "labelstudio"),
    "a task whose regions are all broken": ("x.json", TASK % (REGION % "NaN"), "labelstudio"),
    "a record whose marks are all broken": ("x.jsonl", '{"text": "Ann", "spans": [{"start": null}]}', "jsonl"),
    "a list that breaks off": ("x.json", "[" + TASK[1:40], "labelstudio"),
    "an ending of its own": ("x.conll", "", "conll"),
    "a table of tokens": ("x.TSV", "", "conll"),
}
NONE = {
    "empty": ("x.json", b"", SourceError, "is no JSON but empty"),
    "packed": ("x.jsonl", gzip.compress(b"{}"), SourceError, "is no JSON but"),
    "of another charset": (
        "x.json",
        b'[{"text": "M\xc3\xff\xfe\x81ll"}]',
        SourceError,
        "no UTF-8 text.* convert it",
    ),
    "of no known shape": ("x.json", b'[{"title": "x"}]', SourceError, "no task of Label Studio.* of a known shape"),
    "of an unknown ending": ("x.\x1b[2J", b"", UsageError, r"x\.\\x1b\[2J is not known.*`form=`"),
}


@pytest.mark.parametrize("what", KNOWN)
def test_what_a_file_is(what: str, tmp_path: Path) -> None:
    """Also where nothing in it can be used: then its reader tells what is wrong."""
    name, content, form = KNOWN[what]
    (tmp_path / name).write_text(content, "utf-8")
    assert format_of(tmp_path / name).name == form


@pytest.mark.parametrize("what", NONE)
def test_what_no_format_knows(what: str, tmp_path: Path) -> None:
    """The sentence says why, not only that it is so."""
    name, content, error, sentence = NONE[what]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(error, match=sentence):
        format_of(tmp_path / name)


@pytest.mark.parametrize("form", BY_FILE, ids=lambda form: form.name)
@pytest.mark.parametrize("kind", ["pipe", "device", "loop", "folder"])
def test_what_is_no_regular_file_is_never_read(form: Format, kind: str, tmp_path: Path) -> None:
    """A pipe is not waited for, and a device that never ends not read."""
    path = tmp_path / f"x{form.endings[0]}"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to("/dev/zero" if kind == "device" else path.name)
    with pytest.raises(CorpusError):
        list(form.read(path))


def test_a_folder_of_another_tools_files_is_told_to_name_them(tmp_path: Path) -> None:
    (tmp_path / "export.json").write_text("[]", "utf-8")
    with pytest.raises(SourceError, match=r"holds nothing of brat's.* name the files themselves\.$"):
        list(format_of(tmp_path).read(tmp_path))
