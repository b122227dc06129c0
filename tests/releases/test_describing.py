"""The card and the other descriptions of a release are word by word what its data make, or verification says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from corpus.cli.app import app
from corpus.cli.rim import run
from corpus.export.dataset import tree_hashes, write_dataset, write_manifest
from corpus.export.store import BuiltDataset
from corpus.model.manifest import InputFile
from corpus.releases.release import make_release
from corpus.releases.verification import verify


@pytest.fixture
def release(made: ModuleType, tmp_path: Path) -> Path:
    write_dataset(tmp_path / "build", made.make_content())
    return make_release(tmp_path / "build", tmp_path / "out", "0.1.0", "2024-05-01")


def seal(release: Path, name: str, change: Callable[[str], str], **told: object) -> None:
    """Change a file, and make manifest and sums true again."""
    before = (release / name).read_text("utf-8")
    assert change(before) != before
    (release / name).write_text(change(before), "utf-8")
    files = {n: h for n, h in tree_hashes(release).items() if n not in ("manifest.json", "SHA256SUMS")}
    write_manifest(release, BuiltDataset.open(release).manifest.model_copy(update={"files": files, **told}))


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("README.md", "| articles |", "| articles! |"),
        ("README.md", "The articles are other people's work.", "The articles are free."),
        ("README.md", "license_name: articles-keep-their-owners-rights", "license_name: mit"),
        ("croissant.json", '/label": "PER"', '/label": "ORG"'),
        ("croissant.json", '"isLiveDataset": false', '"isLiveDataset": true'),
        ("datapackage.json", '"label": "PER"', '"label": "ORG"'),
        ("datapackage.json", '"bytes": ', '"bytes": 1'),
        ("CITATION.cff", "type: dataset", "type: software"),
    ],
)
def test_a_description_that_says_something_else_is_found(release: Path, name: str, old: str, new: str) -> None:
    """Although every hash is true; the finding names the line."""
    seal(release, name, lambda text: text.replace(old, new))
    line = next(n for n, own in enumerate((release / name).read_text("utf-8").split("\n"), 1) if new in own)
    findings = [(finding.code, finding.place) for finding in verify(release)]
    assert findings == [("description", f"{name}:{line}")]


def test_the_card_of_a_build_is_held_against_its_rows(release: Path) -> None:
    build = release.parent.parent / "build"
    seal(build, "README.md", lambda text: text.replace("A build, not a release", "A release"))
    assert [finding.code for finding in verify(build)] == ["description"]


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"full_manifest_sha256": "0" * 64}, "full_manifest_sha256"),
        ({"inputs": (InputFile(path="scheme.toml", sha256="0" * 64, bytes=1, role="scheme"),)}, "another scheme"),
    ],
)
def test_a_manifest_that_names_other_files_is_found(release: Path, told: dict[str, object], said: str) -> None:
    write_manifest(release, BuiltDataset.open(release).manifest.model_copy(update=told))
    assert any(said in finding.message for finding in verify(release))


def test_another_toolkit_may_have_said_it_otherwise(release: Path) -> None:
    """What a card says depends on the toolkit's version; its YAML is checked in any case."""
    tool = {**BuiltDataset.open(release).manifest.tool, "newscorpus": "0.0.1"}
    seal(release, "README.md", lambda text: text + "More.\n", tool=tool)
    assert verify(release) == []


def test_the_way_out_fits_what_is_damaged(release: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A build is built again; a release is never made anew, but fetched or restored."""
    build = release.parent.parent / "build"
    for directory, told in ((build, "build it again"), (release, "fetch it again, or restore it from a copy")):
        (directory / "scheme.toml").write_bytes(b"")
        assert run(app, ["verify", str(directory)]) == 1
        assert f"is not as it was made; {told}." in " ".join(capsys.readouterr().err.split())
        (directory / "scheme.toml").unlink()
        assert run(app, ["diff", str(directory), str(directory)]) == 3
        assert f"lacks the file 'scheme.toml', which its manifest names; {told}." in " ".join(
            capsys.readouterr().err.split()
        )


def test_what_may_simply_be_removed_needs_no_other_copy(release: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (release / "notes.txt").write_text("mine", "utf-8")
    assert run(app, ["verify", str(release)]) == 1
    told = capsys.readouterr().err
    assert "remove it" in told
    assert "fetch it again" not in told
