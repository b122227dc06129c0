"""Documents with one text come back each with what is known of it, whatever other copies of the text lie there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus.export.dataset import tree_hashes
from corpus.pipeline.build import BuildOptions, build
from corpus.pipeline.hydrating.hydration import hydrate
from corpus.releases.editions import public_edition
from corpus.releases.release import make_release

TEXT = "The ferry to Varnes was late again on Sunday, the operator said, and nobody was surprised.\n"
BESIDE = {"url": "https://example.org/ferry", "author": "Ida Lund", "desk": "the desk by the sea in Varnes"}
FREE = {"url": "https://example.com/copy", "author": "Bo Ek", "desk": "another one, up in the hills of Borg"}


def written(folder: Path, name: str, beside: dict[str, str] | None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.txt").write_text(TEXT, "utf-8")
    if beside:
        (folder / f"{name}.json").write_text(json.dumps(beside), "utf-8")


@pytest.mark.parametrize("copy", ["a-copy", "c-copy"])
@pytest.mark.parametrize("beside", [None, FREE], ids=["nothing known", "something else known"])
@pytest.mark.parametrize("built", ["both", "one"])
def test_a_copy_under_another_name_lends_nothing(
    copy: str, beside: dict[str, str] | None, built: str, tmp_path: Path
) -> None:
    raws = tmp_path / "raws"
    written(raws, "b", BESIDE)
    if built == "both":
        written(raws, copy, beside)
    build([raws], tmp_path / "build", BuildOptions(name="copies"))
    full = make_release(tmp_path / "build", tmp_path / "full", "0.1.0")
    written(raws, copy, beside)
    report = hydrate(public_edition(full, tmp_path), [raws], tmp_path / "out")
    assert report.identical, report.findings
    assert tree_hashes(report.directory) == tree_hashes(full)
