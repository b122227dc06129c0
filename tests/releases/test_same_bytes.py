"""From the same inputs the same bytes: releases, public editions and bags, whatever the surroundings."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.export.dataset import tree_hashes
from corpus.files import sha256_file

ROOT = Path(__file__).parents[2]
HERE = {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"}
ELSEWHERE = {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "4711", "PYTHONUTF8": "1"}
MAKE = """
import sys
from corpus.cli.app import app
from corpus.cli.rim import run
def call(*words):
    code = run(app, list(words))
    assert code in (0, 1), (words, code)
if __name__ == "__main__":
    out, workers = sys.argv[1:]
    for number, sources in enumerate((["in/news"], ["in/news", "in/more"]), 1):
        call("build", *sources, "--out", f"{out}/build", "--name", "same", "--workers", workers, "--splits",
             "train=0.5,test=0.5", "--annotations", "in/annotations")
        call("release", "--from", f"{out}/build", "--out", f"{out}/full", "--date", f"2024-0{number}-01", "--bag")
        call("release", "--from", f"{out}/full/same-0.{number}.0", "--out", f"{out}/public", "--edition", "public",
             "--bag")
"""


def write_inputs(folder: Path) -> None:
    """Texts, a page, records with nested values, near-duplicates, and inputs that give findings."""
    news, more = folder / "news", folder / "more"
    news.mkdir(parents=True)
    more.mkdir()
    for path in sorted((ROOT / "seeds").glob("*.txt")):
        (news / path.name).write_bytes(path.read_bytes())
    (folder / "annotations").mkdir()
    for path in (ROOT / "annotations").glob("*.jsonl"):
        (folder / "annotations" / path.name).write_bytes(path.read_bytes())
    text = "The harbour of Ávila will open again on May 3, Mayor Lena Voss said on Monday in the old town hall."
    rows = [
        {"id": f"r{number}", "title": f"Harbour {number}", "text": f"{text} It costs {number} million euros.",
         "tags": {"b": [number], "a": "ü"}, "published": "no day" if number % 3 else "2024-03-31T02:30:00+02:00"}
        for number in range(12)
    ]  # fmt: skip
    (news / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows[:8]), "utf-8")
    (more / "later.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows[8:]), "utf-8")
    page = f"<html><body><article><h1>Harbour opens</h1><p>{text}</p><p>{text[::-1]}</p></article></body></html>"
    (more / "page.html").write_text(page, "utf-8")
    (more / "sources.toml").write_text('[documents.page]\nurl = { value = "x", known_from = "y" }\n', "utf-8")


def make(folder: Path, surroundings: dict[str, str], workers: int) -> dict[str, str]:
    """Build and release twice in a process of its own; the hash of every file and archive by its place."""
    (folder / "make.py").write_text(MAKE, "utf-8")
    environment = {**os.environ, **surroundings, "PYTHONPATH": str(ROOT)}
    environment.pop("SOURCE_DATE_EPOCH", None)
    done = subprocess.run(
        [sys.executable, "make.py", "out", str(workers)],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    trees = {kind: tree_hashes(folder / "out" / kind) for kind in ("full", "public")}
    return {f"{kind}/{name}": digest for kind, tree in trees.items() for name, digest in tree.items()}


@pytest.fixture(scope="module")
def wanted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("here")
    write_inputs(folder / "in")
    return make(folder, HERE, 1)


def test_the_surroundings_and_workers_change_no_byte(wanted: dict[str, str], tmp_path: Path) -> None:
    """Another folder, time zone, locale and hash seed, two processes: two releases, their editions, their bags."""
    write_inputs(tmp_path / "deep" / "in")
    assert make(tmp_path / "deep", ELSEWHERE, 2) == wanted
    names = {name.split("/")[1] for name in wanted}
    releases = {f"same-{edition}0.{minor}.0" for edition in ("", "public-") for minor in (1, 2)}
    assert releases | {f"{name}-bag.zip" for name in releases} <= names


def test_another_input_changes_bytes(wanted: dict[str, str], tmp_path: Path) -> None:
    """The comparison does see a difference: of one word, in the second release and nowhere before."""
    write_inputs(tmp_path / "in")
    path = tmp_path / "in" / "more" / "page.html"
    path.write_text(path.read_text("utf-8").replace("Harbour opens", "Harbour closes"), "utf-8")
    made = make(tmp_path, HERE, 1)
    changed = {name.split("/")[1] for name in made if made[name] != wanted[name]}
    assert {name for name in changed if "0.1.0" in name} == set()
    assert "same-public-0.2.0" in changed
    assert sha256_file(tmp_path / "out" / "full" / "same-0.2.0-bag.zip") != wanted["full/same-0.2.0-bag.zip"]
