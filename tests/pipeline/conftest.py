"""Where the tests of this room find what they share."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from corpus.pipeline.build import BuildOptions, build
from corpus.releases.release import make_release

sys.path.insert(0, str(Path(__file__).parent))
ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project folder: sources, annotations, a build and its first release."""
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    shutil.copytree(ROOT / "annotations", tmp_path / "annotations")
    build([tmp_path / "seeds"], tmp_path / "build", BuildOptions(name="seeds"))
    make_release(tmp_path / "build", tmp_path / "releases", "0.1.0", "2026-11-22")
    return tmp_path
