"""Of what a public edition is made, which version it gets, and of what none is made."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from corpus.cli.app import app
from corpus.cli.rim import run
from corpus.comparison.difference import compare
from corpus.errors import UsageError
from corpus.export.dataset import tree_hashes, write_dataset
from corpus.export.store import BuiltDataset
from corpus.pipeline.build import BuildOptions, build
from corpus.releases.editions import public_edition, release_public
from corpus.releases.opening import open_side
from corpus.releases.planning import find_previous, plan_release
from corpus.releases.release import make_release

SEEDS = Path(__file__).parents[2] / "seeds"


def test_the_command_makes_it_of_a_build(seeds_build: Path, tmp_path: Path, capsys: Any) -> None:
    """Of a build without a full release on disk, then of the release: the same bytes."""
    call = ["release", "--from", str(seeds_build), "--out", str(tmp_path), "--date", "2026-11-22"]
    assert run(app, [*call, "--edition", "public"]) == 0
    assert "with the text of 1 of 5 documents" in capsys.readouterr().out
    before = tree_hashes(tmp_path / "seeds-public-0.1.0")
    assert run(app, call) == 0
    shutil.rmtree(tmp_path / "seeds-public-0.1.0")
    assert (
        run(
            app, ["release", "--from", str(tmp_path / "seeds-0.1.0"), "--out", str(tmp_path), "--edition", "public"]
        )
        == 0
    )
    assert tree_hashes(tmp_path / "seeds-public-0.1.0") == before
    assert run(app, [*call, "--edition", "public"]) == 0


def test_a_second_one_needs_the_full_edition_of_the_first(made: Any, tmp_path: Path, capsys: Any) -> None:
    """Who kept the public edition alone is told why no version can be computed, and what helps."""
    call = ["release", "--from", str(tmp_path / "build"), "--out", str(tmp_path / "out"), "--edition", "public"]
    write_dataset(tmp_path / "build", made.make_content())
    first = make_release(tmp_path / "build", tmp_path / "full", "0.1.0")
    for _ in range(2):
        assert run(app, call) == 0, "said again it changes nothing"
    write_dataset(tmp_path / "build", made.make_content(notes=["Another note."]))
    capsys.readouterr()
    assert run(app, call) == 2
    assert "made of another full edition, which is not in" in " ".join(capsys.readouterr().err.split())
    assert run(app, [*call, "--previous", str(first)]) == 0
    assert (tmp_path / "out" / "tide-news-public-0.1.1").is_dir()


def test_the_next_one_has_the_full_editions_version(full: Path, tmp_path: Path) -> None:
    """Computed against the full release before; two public editions compare like any two releases."""
    out = tmp_path / "releases"
    shutil.copytree(full, out / full.name)
    first = public_edition(out / full.name, out)
    fewer = tmp_path / "fewer"
    fewer.mkdir()
    for path in sorted(SEEDS.glob("*.txt"))[1:]:
        shutil.copy(path, fewer)
    build([fewer], tmp_path / "build", BuildOptions(name="seeds"))
    plan = plan_release(tmp_path / "build", out, None, find_previous(tmp_path / "build", out))
    second = release_public(plan)
    assert second.name == "seeds-public-0.2.0"
    previous = BuiltDataset.open(second).manifest.previous
    assert previous is not None
    assert previous.version == "0.1.0"
    difference = compare(open_side(first), open_side(second))
    assert difference.configs["documents"].rows.removed.height == 1
    assert "1 row of documents removed" in (second / "CHANGES.md").read_text("utf-8")


def test_editions_of_two_kinds_are_not_compared(full: Path, public: Path) -> None:
    with pytest.raises(UsageError, match="compare two of one kind"):
        compare(open_side(full), open_side(public))


def test_a_public_edition_is_no_previous_release_and_no_source(seeds_build: Path, public: Path) -> None:
    with pytest.raises(UsageError, match="name the full one"):
        plan_release(seeds_build, public.parent, None, public)
    with pytest.raises(UsageError, match="is the public edition"):
        public_edition(public, public.parent)
    with pytest.raises(UsageError, match="is a build"):
        public_edition(seeds_build, public.parent)


def test_nothing_is_written_into_a_release(full: Path) -> None:
    with pytest.raises(UsageError, match="lies in the release"):
        public_edition(full, full / "out")


def test_a_day_that_is_not_the_full_editions_is_refused(full: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has the date 2026-11-22"):
        public_edition(full, tmp_path, "2026-12-24")


def test_a_full_release_that_changed_is_refused(full: Path, tmp_path: Path) -> None:
    copy = tmp_path / full.name
    shutil.copytree(full, copy)
    (copy / "CHANGES.md").write_text("else")
    with pytest.raises(UsageError, match="no longer the release"):
        public_edition(copy, tmp_path)
