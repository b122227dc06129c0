"""Another version of pyarrow gives the same content hashes; only files' bytes may differ.

Needs a directory with that version, since two cannot be loaded at once:
``pip install --target DIR pyarrow==25.0.0``, then ``CORPUS_OTHER_PYARROW=DIR`` in the environment.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

OTHER = os.environ.get("CORPUS_OTHER_PYARROW", "")
CODE = """
import json, sys
sys.path.insert(0, sys.argv[1])
import made, pyarrow
from pathlib import Path
from corpus.export.dataset import write_dataset
manifest = write_dataset(Path(sys.argv[2]), made.make_content())
hashes = {name: own.content_sha256 for name, own in {**manifest.configs, **manifest.views}.items()}
print(json.dumps([pyarrow.__version__, hashes]))
"""


@pytest.mark.skipif(not OTHER, reason="CORPUS_OTHER_PYARROW names no directory with another pyarrow")
def test_the_content_hashes_are_the_same(tmp_path: Path) -> None:
    """A release made with either version is known to be only packaged otherwise."""
    made = []
    for name, path in (("own", ""), ("other", OTHER)):
        done = subprocess.run(
            [sys.executable, "-c", CODE, str(Path(__file__).parent), str(tmp_path / name)],
            env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=True,
        )  # fmt: skip
        made.append(json.loads(done.stdout))
    assert made[0][0] == pa.__version__ != made[1][0]
    assert made[0][1] == made[1][1]
