"""The verbs as functions: a project's way from raw texts to releases, without a command line."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from datasets import load_dataset

import corpus
from corpus.cli import (
    annotation_adjudication,
    annotation_agreement,
    annotation_export,
    annotation_import,
    build,
    hydrate,
    known_lines,
    release,
    verify,
)
from corpus.cli import labelstudio as labelstudio_commands
from corpus.comparison.steps import Step

PLACES = ("Ahlen", "Brake", "Celle", "Dorum", "Emden", "Fehmarn")
PROMO = "The Coast Courier is written by the people who live here, and every reader helps to keep its desks open."


def article(place: str) -> str:
    return (
        f"The harbour of {place} reopens\n\nThe harbour of {place} reopened on Monday after a week of storms, the "
        f"operator of its locks said.\n\nNobody knows what the closure cost, but the mayor of {place} spoke of "
        f"some two million euros.\n\n{PROMO}\n\nShare on Facebook\n"
    )


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """A folder of texts that say where they come from."""
    folder = tmp_path / "raw"
    folder.mkdir()
    for place in PLACES:
        (folder / f"{place}.txt").write_text(article(place), "utf-8")
        known = {"url": f"https://courier.example/{place}", "license": "CC-BY-4.0"}
        (folder / f"{place}.json").write_text(json.dumps(known), "utf-8")
    return folder


def test_from_texts_to_releases_and_back(raw: Path, tmp_path: Path) -> None:
    """Build, read, release, correct, compare, release again, withhold, hydrate: paths in, reports out."""
    report = corpus.build(raw, tmp_path / "dataset", name="harbours")
    assert not report.failed
    assert report.manifest is not None and report.manifest.name == "harbours"
    documents = {each.doc_id: each for each in corpus.open_dataset(tmp_path / "dataset").documents()}
    assert {name: each.text for name, each in documents.items()} == {
        place: corpus.clean(article(place), url=f"https://courier.example/{place}").text for place in PLACES
    }
    assert not corpus.verify(tmp_path / "dataset").failed

    first = corpus.release(tmp_path / "dataset", tmp_path / "releases", date="2026-01-01")
    assert (first.version, first.differs, first.path.name) == ("0.1.0", True, "harbours-0.1.0")
    again = corpus.release(tmp_path / "dataset", tmp_path / "releases")
    assert (again.version, again.differs, again.path) == ("0.1.0", False, first.path)

    (raw / "Brake.txt").write_text(article("Brake").replace("two million", "three million"), "utf-8")
    assert corpus.build(str(raw), str(tmp_path / "dataset"), name="harbours").changed
    difference = corpus.diff(first.path, tmp_path / "dataset")
    assert difference.step is Step.MAJOR
    assert difference.configs["documents"].rows.changed["doc_id"].to_list() == ["Brake"]
    second = corpus.release(tmp_path / "dataset", tmp_path / "releases")
    assert second.version == "0.2.0"
    assert second.why is not None and second.why.startswith("MAJOR after 0.1.0")
    rows = load_dataset(str(second.path), split="train", cache_dir=str(tmp_path / "cache"))
    assert [row["text"] for row in rows if row["doc_id"] == "Brake"] == [
        documents["Brake"].text.replace("two million", "three million")
    ]

    public = corpus.release(second.path, tmp_path / "public", edition="public")
    assert (public.version, public.edition, public.why) == ("0.2.0", "public", None)
    hydrated = corpus.hydrate(public.path, raw, tmp_path / "hydrated")
    assert hydrated.identical
    assert not corpus.verify(hydrated.directory).failed


def test_annotations_come_from_another_tool_and_go_back(raw: Path, tmp_path: Path) -> None:
    """Spans land in the dataset's documents under a pseudonym, and are written as another tool reads them."""
    corpus.build(raw, tmp_path / "dataset")
    theirs = {"id": "Celle", "text": article("Celle"), "entities": [{"start": 15, "end": 20, "label": "GPE"}]}
    (tmp_path / "theirs.jsonl").write_text(json.dumps(theirs) + "\n", "utf-8")
    folder = tmp_path / "annotations"
    done = corpus.import_annotations(
        tmp_path / "theirs.jsonl", tmp_path / "dataset", annotations=folder, annotator="ada", dry_run=True
    )
    assert (len(done.done.written), folder.exists()) == (1, False)
    done = corpus.import_annotations(
        [str(tmp_path / "theirs.jsonl")], tmp_path / "dataset", annotations=folder, annotator={None: "ada"}
    )
    assert not done.failed, done.findings
    assert [(each.doc_id, each.annotator) for each in done.done.written] == [("Celle", "ada")]
    done = corpus.import_annotations(
        tmp_path / "theirs.jsonl", tmp_path / "dataset", annotations=folder, annotator="tagger", predictions=True
    )
    assert [path.name for path in (folder / "predictions").iterdir()] == ["tagger.jsonl"]
    told = corpus.export_annotations(tmp_path / "brat", "brat", tmp_path / "dataset", annotations=folder)
    assert (told.documents, told.spans) == (1, 1)
    assert "GPE 15 20\tCelle" in (tmp_path / "brat" / "ada" / "Celle.ann").read_text("utf-8")


def test_damage_is_found_and_told(raw: Path, tmp_path: Path) -> None:
    """What is wrong is in the report with the way out; a folder that is no dataset is an error."""
    corpus.build(raw, tmp_path / "dataset")
    data = next((tmp_path / "dataset" / "documents").rglob("*.parquet"))
    data.write_bytes(data.read_bytes()[:-1])
    found = corpus.verify(tmp_path / "dataset")
    assert found.failed
    assert found.way_out == "build it again"
    with pytest.raises(corpus.CorpusError, match="is no dataset built here"):
        corpus.verify(raw)


def test_counts_of_lines_are_used(raw: Path, tmp_path: Path) -> None:
    """What a site's documents share is counted, and goes where the counts are given."""
    grown = corpus.count_lines([raw], tmp_path / "known.parquet").grown
    assert (grown.added, grown.sites) == (len(PLACES), 1)
    corpus.build(raw, tmp_path / "without")
    corpus.build(raw, tmp_path / "with", known_lines=tmp_path / "known.parquet")
    without, having = (
        [each.text.count(PROMO) for each in corpus.open_dataset(tmp_path / name).documents()]
        for name in ("without", "with")
    )
    assert (sum(without), sum(having)) == (len(PLACES), 0)


def test_splits_are_shares(raw: Path, tmp_path: Path) -> None:
    report = corpus.build(raw, tmp_path / "dataset", splits={"train": 0.5, "test": 0.5}, split_by=())
    assert report.manifest is not None
    assert set(report.manifest.configs["documents"].rows) == {"train", "test"}


def built(folder: Path) -> Path:
    return corpus.build(folder, folder / "built").directory


# What a type checker would refuse is passed on purpose: scripts are seldom checked.
WRONG: list[tuple[str, Callable[[Path], object]]] = [
    ("must be a path .* got 7", lambda folder: corpus.build(folder, 7)),  # type: ignore[arg-type]
    ("sources must be a path .* got NoneType", lambda folder: corpus.build(None, folder)),  # type: ignore[arg-type]
    ("sources must be a path .* got bytes", lambda folder: corpus.build(b"x", folder)),  # type: ignore[arg-type]
    (r"sources\[0\] must be a path .* got bytes", lambda folder: corpus.build([b"x"], folder)),  # type: ignore[list-item]
    ("no such file or folder", lambda folder: corpus.build(folder / "none", folder / "out")),
    ("nothing to read", lambda folder: corpus.build([], folder / "out")),
    ("known lines .*: no such file", lambda folder: corpus.build(folder, folder / "o", known_lines="none.parquet")),
    ("scheme .*: is a folder", lambda folder: corpus.build(folder, folder / "o", scheme=folder)),
    ("none: no such folder", lambda folder: corpus.build(folder, folder / "o", annotations=folder / "none")),
    ("`splits=` takes", lambda folder: corpus.build(folder, folder / "o", splits={"train": "half"})),  # type: ignore[dict-item]
    ("`splits=` takes", lambda folder: corpus.build(folder, folder / "o", splits={"train": True})),
    ("`splits=` names 'all'", lambda folder: corpus.build(folder, folder / "o", splits={"all": 1})),
    ("`split_by=` takes", lambda folder: corpus.build(folder, folder / "o", split_by=["authors"])),
    ("`split_by=` takes a list", lambda folder: corpus.build(folder, folder / "o", split_by=None)),  # type: ignore[arg-type]
    ("`executor=` takes", lambda folder: corpus.build(folder, folder / "o", executor="x")),  # type: ignore[arg-type]
    ("`ids=` takes one of stem, path, got 'x'", lambda folder: corpus.build(folder, folder / "o", ids="x")),  # type: ignore[arg-type]
    ("`ids=` takes one of", lambda folder: corpus.count_lines(folder, folder / "o", ids="x")),  # type: ignore[arg-type]
    ("`ids=` takes one of", lambda folder: corpus.hydrate(folder, folder, folder / "o", ids="x")),  # type: ignore[arg-type]
    ("`text_type=` takes one of text/plain", lambda folder: corpus.build(folder, folder / "o", text_type="x")),  # type: ignore[arg-type]
    ("`text_type=` takes one of", lambda folder: corpus.count_lines(folder, folder / "o", text_type="x")),  # type: ignore[arg-type]
    ("`edition=` takes one of full, public", lambda folder: corpus.release(folder, folder / "o", edition="x")),  # type: ignore[arg-type]
    ("`prefer=` takes one", lambda folder: corpus.pull(built(folder), prefer="x", home=folder)),  # type: ignore[arg-type]
    ("goes with the executor ray only", lambda folder: corpus.build(folder, folder / "o", ray_address="x")),
    ("YYYY-MM-DD, got 'today'", lambda folder: corpus.release(folder, folder / "o", date="today")),
    ("no directory", lambda folder: corpus.open_dataset(folder / "none")),
    ("no directory", lambda folder: corpus.diff(folder / "none", folder)),
    ("no such folder", lambda folder: corpus.adjudicate(folder / "none")),
    ("There is no directory", lambda folder: corpus.sync(folder / "none")),
    ("takes a pseudonym", lambda folder: corpus.import_annotations(folder, folder, annotator="No Name")),
    ("`text=` takes one of", lambda folder: corpus.export_annotations(folder / "o", "brat", folder, text="all")),
]


@pytest.mark.parametrize(("told", "call"), WRONG, ids=[told for told, _ in WRONG])
def test_a_wrong_call_is_one_sentence(tmp_path: Path, told: str, call: Callable[[Path], object]) -> None:
    (tmp_path / "x.txt").write_text(article("Ahlen"), "utf-8")
    with pytest.raises(corpus.CorpusError, match=told) as error:
        call(tmp_path)
    assert "\n" not in str(error.value)


RENAMED = {"target": "out", "max_document_mib": "max_document_bytes"}
SHOWN = {"as_json", "changelog", "bag", "sign", "by_label", "page", "limit"}
"""What only the command line does: how something is shown, and what is made of a release afterwards."""
OWN = {"progress", "home"}
PAIRS: list[tuple[Callable[..., Any], Callable[..., Any]]] = [
    (build.command, corpus.build),
    (known_lines.command, corpus.count_lines),
    (verify.command, corpus.verify),
    (release.command, corpus.release),
    (hydrate.command, corpus.hydrate),
    (annotation_agreement.command, corpus.measure_agreement),
    (annotation_adjudication.command, corpus.adjudicate),
    (annotation_import.command, corpus.import_annotations),
    (annotation_export.command, corpus.export_annotations),
    (labelstudio_commands.sync_command, corpus.sync),
    (labelstudio_commands.push_command, corpus.push),
    (labelstudio_commands.pull_command, corpus.pull),
]


@pytest.mark.parametrize(("command", "verb"), PAIRS, ids=[verb.__name__ for _, verb in PAIRS])
def test_a_verb_takes_what_its_command_takes(command: Callable[..., Any], verb: Callable[..., Any]) -> None:
    """Under the same names, with the same defaults; only how options are written as text differs."""
    options = {RENAMED.get(name, name): p for name, p in inspect.signature(command).parameters.items()}
    arguments = dict(inspect.signature(verb).parameters)
    extra = {"build"} if verb is corpus.adjudicate else set()
    assert set(options) - SHOWN == set(arguments) - OWN - extra
    as_text = {"split_by", "max_document_bytes"} & set(arguments)
    for name in set(options) - SHOWN - as_text:
        given = arguments[name].default
        assert given is inspect.Parameter.empty or given == options[name].default, name


def test_a_script_without_a_guard_is_told_of_it(raw: Path, tmp_path: Path) -> None:
    """Spawned workers read the caller's script: one that builds at its top level ends, and says what to do."""
    script = tmp_path / "script.py"
    call = f"corpus.build({str(raw)!r}, {str(tmp_path / 'out')!r}, workers=2)"
    script.write_text(f"import corpus\n{call}\n", "utf-8")
    ended = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=120)
    assert 'below `if __name__ == "__main__":`' in ended.stderr.splitlines()[-1]
    assert not (tmp_path / "out").exists()
    script.write_text(f"import corpus\nif __name__ == '__main__':\n    {call}\n", "utf-8")
    subprocess.run([sys.executable, script], check=True, timeout=120)
    assert (tmp_path / "out" / "manifest.json").is_file()


def test_the_verbs_are_found_without_being_read_in() -> None:
    """`import corpus` stays quick; each public name is there when it is asked for, and no other."""
    code = (
        "import sys, corpus\n"
        "assert not {'polars', 'pyarrow', 'corpus.api.building'} & set(sys.modules)\n"
        "assert set(corpus.__all__) <= set(dir(corpus))\n"
        "assert all(callable(getattr(corpus, name)) for name in corpus.__all__ if name[0].islower())\n"
        "assert not hasattr(corpus, 'publish_all')\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
