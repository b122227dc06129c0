"""Run ours and the peers on pages, each in a process of its own, and bring back texts, time and memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

import polars as pl

__all__ = ["PEERS", "Run", "make_peers", "run_ours", "run_peer"]

HERE = Path(__file__).parent
PEERS = {
    "text": ("c4", "justext", "boilerpy3"),
    "html": ("trafilatura", "resiliparse", "readability-lxml", "justext", "boilerpy3"),
}
ONE_THREAD = {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1"}
SPEED_BYTES = 8_000_000
"""Ours are timed on so much, pages repeated: what a call costs once is spread over a batch, as in a build."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one tool made of one column, in the order of the pages, and what it cost."""

    texts: list[str]
    seconds: float
    """Of CPU, without reading, writing and the first page."""
    size: int
    """Bytes of UTF-8 that were cleaned in that time."""
    peak_mib: float
    failed: int = 0
    lines: pl.DataFrame | None = None
    """Of ours: id, line, kept, reason, rule."""

    @property
    def speed(self) -> float:
        """Megabytes a second of CPU."""
        return self.size / 1e6 / max(self.seconds, 1e-9)


def make_peers(folder: Path) -> Path:
    """Return the Python of the peers' environment, which is made where it is not there yet."""
    python = folder / "bin" / "python"
    if not python.exists():
        print(f"making {folder} (benchmarks/peers.txt)", flush=True)
        venv.create(folder, with_pip=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--upgrade", "pip"], check=True)
        subprocess.run([*pip, "--requirement", str(HERE / "peers.txt")], check=True)
    return python


def run_ours(way: str, column: str, pages: Path, folder: Path, folds: Path | None, *, timed: bool = True) -> Run:
    """Clean with ours; where there are folds, texts come from their weights and the costs from another run."""
    size = int(pl.read_parquet(pages, columns=[column])[column].str.len_bytes().sum())
    times = max(1, -(-SPEED_BYTES // max(1, size))) if timed else 1
    out = folder / f"ours-{way}-{column}.parquet"
    script = [sys.executable, str(HERE / "run_ours.py"), way, column, str(pages)]
    told = _told([*script, str(folder / "costs.parquet"), "--times", str(times)]) if timed else {}
    named = ["--folds", str(folds)] if folds else []
    _told([*script, str(out), *named])
    lines = pl.read_parquet(out.with_suffix(".lines.parquet"))
    seconds, peak = told.get("seconds", 0.0), told.get("peak_mib", 0.0)
    return Run(_texts(out), seconds, size * times, peak, lines=lines)


def run_peer(python: Path, peer: str, column: str, pages: Path, folder: Path) -> Run:
    """Clean with a peer."""
    out = folder / f"{peer}-{column}.parquet"
    told = _told([str(python), str(HERE / "run_peer.py"), peer, column, str(pages), str(out)])
    size = int(pl.read_parquet(pages, columns=[column])[column].str.len_bytes().sum())
    return Run(_texts(out), told["seconds"], size, told["peak_mib"], int(told["failed"]))


def _texts(path: Path) -> list[str]:
    return pl.read_parquet(path)["text"].to_list()


def _told(command: list[str]) -> dict[str, float]:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **ONE_THREAD})
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))
