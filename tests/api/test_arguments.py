"""Whatever a script hands to a public function, it works as one would expect, or one sentence says what is wrong.

What a type checker would refuse is passed on purpose: scripts are seldom checked.
"""

from __future__ import annotations

import datetime
import inspect
import os
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import corpus

TEXT = "The port of Ahlen reopened on Monday, its operator said."


class BytesPath:
    def __fspath__(self) -> bytes:
        return b"news"


class Folder:
    """A path of another library."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __fspath__(self) -> str:
        return str(self.path)


ODD: dict[str, Any] = {
    "a number": 5,
    "less than none": -1,
    "none of them": 0,
    "a fraction": 0.5,
    "no number": float("nan"),
    "a decimal": Decimal(1),
    "bytes": b"news",
    "nothing": None,
    "no text": "",
    "a NUL": "a\0b",
    "half a character": "\ud800",
    "a list": [5],
    "a list of a word": ["nothing"],
    "a mapping": {"train": None},
    "a mapping of numbers": {5: 5},
    "an object": object(),
    "a path of bytes": BytesPath(),
    "a moment": datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC),
    "a class": Path,
}
VERBS: dict[str, dict[str, Any]] = {
    "adjudicate": {"annotations": "annotations"},
    "build": {"sources": "news", "out": "out"},
    "clean": {"text": TEXT},
    "clean_many": {"texts": [TEXT]},
    "count_lines": {"sources": "news", "out": "out"},
    "diff": {"old": "dataset", "new": "dataset"},
    "export_annotations": {"out": "out", "form": "jsonl", "build": "dataset", "unannotated": True},
    "hydrate": {"public": "public", "sources": "news", "out": "out"},
    "import_annotations": {"sources": "marked.jsonl", "build": "dataset", "annotations": "annotations"},
    "measure_agreement": {"dataset": "dataset"},
    "open_dataset": {"path": "dataset"},
    "pull": {"build": "dataset", "annotations": "annotations"},
    "push": {"build": "dataset", "annotations": "annotations"},
    "release": {"build": "dataset", "out": "out"},
    "sync": {"build": "dataset", "annotations": "annotations"},
    "verify": {"directory": "dataset"},
}
"""By public function, a call of it that can be carried out, but that no server runs."""
METHODS: dict[str, dict[str, Any]] = {
    "rows": {"config": "documents"},
    "table": {"config": "documents"},
    "batches": {"config": "documents"},
    "documents": {},
    "document": {"doc_id": "a"},
    "files": {"config": "documents"},
    "file_model": {"config": "documents"},
}
"""The same of what :func:`corpus.open_dataset` returns."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("called")
    (folder / "news").mkdir()
    (folder / "news" / "a.txt").write_text(TEXT, "utf-8")
    (folder / "annotations").mkdir()
    (folder / "marked.jsonl").write_text('{"text": "Of nobody here.", "spans": []}\n', "utf-8")
    corpus.build(folder / "news", folder / "dataset")
    return folder


@pytest.fixture
def news(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with texts, a dataset and annotations, in which one stands."""
    folder = shutil.copytree(made, tmp_path / "here")
    monkeypatch.chdir(folder)
    return folder


def test_every_public_function_is_tried() -> None:
    functions = {name for name in corpus.__all__ if inspect.isfunction(getattr(corpus, name))}
    assert functions == set(VERBS)


@pytest.mark.usefixtures("news")
@pytest.mark.parametrize("verb", VERBS)
def test_no_argument_breaks_a_function(verb: str) -> None:
    """Each argument in turn is something odd: it is said in a sentence, or it was not odd for that argument."""
    call = getattr(corpus, verb)
    for name in inspect.signature(call).parameters:
        for odd, value in ODD.items():
            try:
                call(**{**VERBS[verb], name: value})
            except corpus.CorpusError as error:
                assert str(error).endswith("."), (name, odd)
            except Exception as error:
                raise AssertionError(f"{verb}({name}: {odd}) broke") from error


@pytest.mark.parametrize("method", METHODS)
def test_no_argument_breaks_a_dataset(method: str, news: Path) -> None:
    call = getattr(corpus.open_dataset(news / "dataset"), method)
    for name in inspect.signature(call).parameters:
        for odd, value in ODD.items():
            try:
                found = call(**{**METHODS[method], name: value})
                if inspect.isgenerator(found):
                    list(found)
            except corpus.CorpusError as error:
                assert str(error).endswith("."), (name, odd)
            except Exception as error:
                raise AssertionError(f"{method}({name}: {odd}) broke") from error


WRONG: dict[str, tuple[str, dict[str, Any], str]] = {
    "a number as version": ("release", {"version": 1}, "version must be a str or None, got 1"),
    "a moment as day": (
        "release",
        {"date": ODD["a moment"]},
        r"of a datetime, its `date\(\)`\) .* got datetime",
    ),
    "a number as source": (
        "build",
        {"sources": 5},
        "sources must be a path .* or a list of them, got int",
    ),
    "a set of sources": ("build", {"sources": {"a", "b"}}, "in their order, got a set"),
    "no source": ("build", {"sources": ""}, "sources must be a path .* got ''"),
    "nowhere": ("build", {"out": ""}, r"out must be a path \(str or Path\), got ''"),
    "a path of bytes": ("diff", {"old": b"dataset"}, r"old must be a path \(str or Path\), got bytes"),
    "a word as switch": ("build", {"mask_pii": "no"}, "mask_pii must be True or False, got 'no'"),
    "nothing as switch": ("adjudicate", {"dry_run": None}, "dry_run must be True or False, got NoneType"),
    "no worker": ("build", {"workers": 0}, "workers must be a whole number from 1, got 0"),
    "a switch as number": ("build", {"workers": True}, "workers must be a whole number from 1, got true"),
    "a fraction as size": (
        "build",
        {"max_document_bytes": 1e6},
        "max_document_bytes must be a whole number",
    ),
    "a number as field": ("build", {"id_field": 3}, "id_field must be a str or None, got 3"),
    "half a character": ("build", {"text_field": "\ud800"}, "text_field must be a str that UTF-8 can write, got"),
    "a switch as word": ("release", {"edition": True}, "`edition=` takes one of full, public, got true"),
    "a bar as progress": ("build", {"progress": print}, "progress must be a corpus.progress.Progress, got builtin"),
    "a number as name": ("import_annotations", {"annotator": 5}, "`annotator=` takes a pseudonym .* got 5"),
    "names by number": ("import_annotations", {"annotator": {5: "ada"}}, "`annotator=` takes a pseudonym .* got 5"),
    "bytes as bonds": ("build", {"split_by": b"dates"}, "`split_by=` takes a list of .* got b'dates'"),
}


@pytest.mark.usefixtures("news")
@pytest.mark.parametrize("case", WRONG)
def test_the_sentence_names_argument_and_kind(case: str) -> None:
    verb, named, sentence = WRONG[case]
    with pytest.raises(corpus.CorpusError, match=sentence):
        getattr(corpus, verb)(**{**VERBS[verb], **named})
    assert not os.path.lexists("out")


def test_an_argument_that_no_function_has_is_an_error_as_python_says_it(news: Path) -> None:
    build: Any = corpus.build
    with pytest.raises(TypeError, match=r"build\(\) got an unexpected keyword argument 'worker'"):
        build(news / "news", news / "out", worker=2)
    with pytest.raises(TypeError, match=r"build\(\) missing 1 required positional argument: 'out'"):
        build(news / "news")


def test_what_one_would_expect_to_work_works(news: Path, tmp_path: Path) -> None:
    """Generators, paths of other kinds, numbers of numpy, a day as a date."""
    sources = (path for path in [str(news / "news")])
    bonds = (bond for bond in ["stories", "publisher"])
    shares = {"train": 0.5, "test": 0.5}
    workers: Any = np.int64(1)
    report = corpus.build(sources, Folder(tmp_path / "made"), splits=shares, split_by=bonds, workers=workers)
    assert report.manifest is not None and report.manifest.splits is not None
    assert list(report.manifest.splits.by) == ["stories", "publisher"]
    made = corpus.release(tmp_path / "made", tmp_path, "1.0.0", date=datetime.date(2026, 1, 2))
    assert corpus.open_dataset(made.path).manifest.date == "2026-01-02"
    assert [each.text for each in corpus.clean_many(text for text in [TEXT])] == [TEXT]
