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


@dataclass(frozen=True, slots=True)
class Run:
    """What one tool made of one column, in the order of the pages, and what it cost."""

    texts: list[str]
    """Of the pages that are judged, in their order."""
    seconds: float
    """Of CPU, without reading, writing and the first pages; for all pages that are timed, as what follows."""
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


def run_ours(
    way: str, column: str, pages: Path, folder: Path, folds: Path | None, timed: Path | None = None
) -> Run:
    """Clean with ours; where there are folds, texts come from their weights. Costs are those of ``timed`` pages."""
    out = folder / f"ours-{way}-{column}.parquet"
    script = [sys.executable, str(HERE / "run_ours.py"), way, column]
    told = _told([*script, str(timed), str(folder / "costs.parquet")]) if timed else {}
    named = ["--folds", str(folds)] if folds else []
    _told([*script, str(pages), str(out), *named])
    lines = pl.read_parquet(out.with_suffix(".lines.parquet"))
    seconds, peak = told.get("seconds", 0.0), told.get("peak_mib", 0.0)
    return Run(_texts(out, pages), seconds, _size(timed, column) if timed else 0, peak, lines=lines)


def run_peer(python: Path, peer: str, column: str, pages: Path, folder: Path, timed: Path) -> Run:
    """Clean the ``timed`` pages with a peer, and take the texts of those that are judged."""
    out = folder / f"{peer}-{column}.parquet"
    told = _told([str(python), str(HERE / "run_peer.py"), peer, column, str(timed), str(out)])
    return Run(_texts(out, pages), told["seconds"], _size(timed, column), told["peak_mib"], int(told["failed"]))


def _size(pages: Path, column: str) -> int:
    return int(pl.read_parquet(pages, columns=[column])[column].str.len_bytes().sum())


def _texts(out: Path, pages: Path) -> list[str]:
    """Return what was made of the pages, in their order."""
    wanted = pl.read_parquet(pages, columns=["id"])
    return wanted.join(pl.read_parquet(out), on="id", how="left", maintain_order="left")["text"].to_list()


def _told(command: list[str]) -> dict[str, float]:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **ONE_THREAD})
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))
