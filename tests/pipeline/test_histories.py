"""Some days of a newsroom, drawn by a seed: what must hold after every build, release, takedown and hydration.

What is expected is computed from the rows themselves, not with the package's own comparison or verification.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from newsroom import KINDS, Newsroom, places_of

from corpus.comparison.difference import compare
from corpus.comparison.record import as_record
from corpus.comparison.steps import Step
from corpus.export.dataset import tree_hashes
from corpus.model.tables import CONFIGS
from corpus.pipeline.build import BuildOptions, build
from corpus.pipeline.hydrating.hydration import hydrate
from corpus.releases.editions import public_edition
from corpus.releases.opening import open_side
from corpus.releases.planning import find_previous, plan_release
from corpus.releases.release import write_release
from corpus.releases.verification import verify

KEYS = {"documents": ("doc_id",), "blocks": ("doc_id", "block"), "raw": ("doc_id", "revision")}
DAYS = 6
Row = dict[str, Any]
Keyed = Mapping[tuple[Any, ...], Row]
Present = dict[str, tuple[int, str]]
"""The number and the hash of each document's present text."""


@pytest.mark.parametrize("seed", (2, 34))
def test_a_history(tmp_path: Path, seed: int) -> None:
    """Add, change, take back, rename, delete, zip, free, annotate, take down, and release every other day."""
    room = Newsroom(tmp_path, random.Random(seed))
    for kind in (*KINDS, *KINDS):
        room.add(kind)
    room.write()
    present: Present = {}
    releases: list[Path] = []
    for day in range(DAYS):
        done = room.work() if day else []
        present = built(room, present, f"day {day}: {done}")
        shutil.copytree(room.raw, tmp_path / "older" / str(day))
        if day % 2:
            assert not build([room.raw], tmp_path / "build", BuildOptions(name="room")).changed
            releases.append(released(room, releases))
        if day == DAYS // 2:
            room.take_down()
            kept = [tmp_path / name for name in ("raw", "annotations", "build")]
            assert list(places_of(room.purged, *kept)) == []
            shutil.rmtree(tmp_path / "older")
    assert list(places_of(room.purged, releases[-1], tmp_path / "build")) == []


def built(room: Newsroom, before: Present, told: str) -> Present:
    """Build, hold the rows against the raw files and the build before, and return the present texts."""
    out, options = room.home / "build", BuildOptions(name="room")
    assert not build([room.raw], out, options).failed, told
    assert verify(out) == [], told
    rows = {name: keyed(out, name) for name in CONFIGS}
    documents = {key[0]: row for key, row in rows["documents"].items()}
    assert documents.keys() == {article.doc_id for article in room.articles}, told
    newest = {row["doc_id"]: row for _, row in sorted(rows["raw"].items())}
    for doc_id, document in documents.items():
        text = newest[doc_id]["text"]
        assert newest[doc_id]["anchor_sha256"] == document["anchor_sha256"], told
        blocks = [row for key, row in sorted(rows["blocks"].items()) if key[0] == doc_id]
        assert [b["text"] for b in blocks] == [text[b["start"] : b["end"]] for b in blocks], told
        kept = [b for b in blocks if b["kept"]]
        made = "".join((b["join"] if number else "") + b["text"] for number, b in enumerate(kept))
        assert made == document["text"], told
    for row in rows["entities"].values():
        assert row["text"] == "".join(
            newest[row["doc_id"]]["text"][s["start"] : s["end"]] for s in row["raw_spans"]
        )
    now = {doc_id: (row["revision"], row["anchor_sha256"]) for doc_id, row in newest.items()}
    for doc_id in now.keys() & before.keys():
        stepped = now[doc_id][1] != before[doc_id][1]
        assert now[doc_id][0] == before[doc_id][0] + stepped, (doc_id, told)
    assert not [p for p in room.home.iterdir() if p.name.startswith(".")], told
    return now


def released(room: Newsroom, before: list[Path]) -> Path:
    """Release the build in both editions, and hold difference, editions and hydration to what they promise."""
    out, folder = room.home / "build", room.home / "releases"
    plan = plan_release(out, folder, None, find_previous(out, folder, None))
    full = write_release(plan, "2026-11-22")
    if before:
        check_difference(before[-1], full)
    public = public_edition(full, folder)
    assert verify(full) == verify(public) == []
    withheld = [article.secret for article in room.articles if not article.allowed]
    assert list(places_of(withheld, public)) == []
    older = sorted((room.home / "older").iterdir())
    report = hydrate(public, [room.raw, *older], room.home / "hydrated" / full.name)
    assert report.identical, report.findings
    assert tree_hashes(report.directory) == tree_hashes(full)
    return full


def check_difference(old: Path, new: Path) -> None:
    """Apply the difference to the old rows; and let them say which step it is."""
    told = as_record(compare(open_side(old), open_side(new)), None)
    step = Step.NONE
    for name, difference in told["configs"].items():
        before, after = keyed(old, name), keyed(new, name)
        shared = set.intersection(*({c for row in rows.values() for c in row} for rows in (before, after)))
        changed = {
            key: {column for column in shared if before[key][column] != after[key][column]}
            for key in before.keys() & after.keys()
        }
        assert {tuple(row["key"]) for row in difference["added_rows"]} == after.keys() - before.keys(), name
        assert {tuple(row["key"]) for row in difference["removed_rows"]} == before.keys() - after.keys(), name
        listed = {tuple(row["key"]): {v["column"] for v in row["values"]} for row in difference["changed_rows"]}
        assert listed == {key: columns for key, columns in changed.items() if columns}, name
        if listed or before.keys() - after.keys() or any(c["step"] == "MAJOR" for c in difference["columns"]):
            step = Step.MAJOR
        elif after.keys() - before.keys() or difference["columns"]:
            step = max(step, Step.MINOR)
    assert told["step"] == step.name or (step is Step.NONE and told["step"] == "PATCH")


def keyed(directory: Path, config: str) -> Keyed:
    """Return the rows of a config by their keys, each of which stands once."""
    rows = [
        row for path in sorted((directory / config).glob("*.parquet")) for row in pq.read_table(path).to_pylist()
    ]
    found = {tuple(row[name] for name in KEYS.get(config, ("doc_id", "annotator", "id"))): row for row in rows}
    assert len(found) == len(rows), config
    return found
