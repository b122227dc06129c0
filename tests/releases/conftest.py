"""The seeds as a build, a full release and a public edition, once for each file of tests that asks for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.pipeline.build import BuildOptions, build
from corpus.releases.editions import public_edition
from corpus.releases.release import make_release

SEEDS = Path(__file__).parents[2] / "seeds"


@pytest.fixture(scope="module")
def seeds_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("editions") / "seeds"
    build([SEEDS], out, BuildOptions(name="seeds"))
    return out


@pytest.fixture(scope="module")
def full(seeds_build: Path) -> Path:
    return make_release(seeds_build, seeds_build.parent, "0.1.0", "2026-11-22")


@pytest.fixture(scope="module")
def public(full: Path) -> Path:
    return public_edition(full, full.parent)
