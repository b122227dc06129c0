"""The wheel, installed in an empty environment with another pyarrow, makes the same release of the seeds."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from corpus.comparison.difference import compare
from corpus.comparison.steps import Step
from corpus.export.store import BuiltDataset
from corpus.pipeline.build import BuildOptions, build
from corpus.releases.opening import open_side
from corpus.releases.planning import plan_release
from corpus.releases.verification import verify

ROOT = Path(__file__).parents[2]
OTHER = "25.0.0" if pa.__version__ != "25.0.0" else "24.0.0"
UNREACHED = ("No matching distribution", "Could not find a version", "Temporary failure", "Connection", "timed out")


def called(*words: str | Path) -> str:
    """Run a command with nothing of this environment but the PATH and pip's own settings; what it printed."""
    kept = {
        name: value for name, value in os.environ.items() if name in ("PATH", "HOME") or name.startswith("PIP_")
    }
    done = subprocess.run([*map(str, words)], env=kept, capture_output=True, text=True, check=False)
    if done.returncode and any(told in done.stderr for told in UNREACHED):
        pytest.skip(f"no package registry can be reached: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where ``corpus`` is after ``pip install`` of the wheel into a new environment."""
    home = tmp_path_factory.mktemp("empty")
    pins = [line for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines() if "pyarrow" not in line]
    (home / "pins.txt").write_text("\n".join([*pins, f"pyarrow=={OTHER}"]), "utf-8")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(home)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = home.glob("*.whl")
    called(sys.executable, "-m", "venv", home / "env")
    python = home / "env" / "bin" / "python"
    called(python, "-m", "pip", "install", "-q", "--no-compile", wheel, "-c", home / "pins.txt")
    assert called(python, "-I", "-c", "import pyarrow; print(pyarrow.__version__)").strip() == OTHER
    assert "site-packages" in called(python, "-I", "-c", "import corpus; print(corpus.__file__)")
    return home / "env" / "bin" / "corpus"


def test_the_seeds_run_through_it(command: Path, tmp_path: Path) -> None:
    """Built, released, withheld and verified there; here the release is sound and nothing differs but the files."""
    made, out = tmp_path / "build", tmp_path / "out"
    called(
        command, "build", ROOT / "seeds", "--out", made, "--name", "seeds", "--annotations", ROOT / "annotations"
    )
    called(command, "release", "--from", made, "--out", out, "--date", "2026-11-22")
    called(command, "release", "--from", out / "seeds-0.1.0", "--out", out, "--edition", "public")
    assert "all as promised" in called(command, "verify", out / "seeds-public-0.1.0")
    assert verify(out / "seeds-0.1.0") == []
    assert verify(out / "seeds-public-0.1.0") == []
    build([ROOT / "seeds"], tmp_path / "own", BuildOptions(name="seeds", annotations=ROOT / "annotations"))
    one, other = (BuiltDataset.open(path).manifest for path in (out / "seeds-0.1.0", tmp_path / "own"))
    assert one.tool["pyarrow"] == OTHER != other.tool["pyarrow"]
    hashes = [{name: c.content_sha256 for name, c in {**m.configs, **m.views}.items()} for m in (one, other)]
    assert hashes[0] == hashes[1]
    assert compare(open_side(out / "seeds-0.1.0"), open_side(tmp_path / "own")).step in (Step.NONE, Step.PATCH)
    plan = plan_release(tmp_path / "own", out, None, out / "seeds-0.1.0")
    assert re.fullmatch(r"(PATCH after 0\.1\.0: .*)|(nothing differs from seeds 0\.1\.0)", plan.why)
