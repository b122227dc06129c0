"""What the tests of this room share: the maker of valid tables, and a written dataset."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

os.environ["HF_HUB_OFFLINE"] = "1"


@pytest.fixture(scope="session")
def made() -> ModuleType:
    """Return the module ``made.py`` of the room export."""
    name = "newscorpus_tests_made"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).parents[1] / "export" / "made.py")
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


@pytest.fixture
def built(made: ModuleType, tmp_path: Path) -> Path:
    """Write the made documents and return their directory."""
    from corpus.export.dataset import write_dataset

    write_dataset(tmp_path / "tide", made.make_content())
    return tmp_path / "tide"
