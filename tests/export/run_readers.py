"""Open a release with other versions of ``datasets`` and with DuckDB, each in an environment of its own.

``make test-readers`` runs it. The rows of every config must be those that pyarrow reads, loaded and streamed; a
config without rows must at least stream, and its labels must be there.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

READERS = (
    ("datasets==5.2.0",),
    ("datasets==4.0.0",),
    ("datasets==3.6.0",),
    ("datasets==2.21.0", "pyarrow==15.0.2", "pandas<2.2", "numpy<2"),
    ("datasets==2.14.7", "pyarrow==14.0.2", "pandas<2.2", "numpy<2"),
    ("duckdb==2.0.0",),
    ("duckdb==1.0.0",),
    ("duckdb==0.10.3",),
)
"""What pip is asked for, a reader and what else had its age."""
Rows = list[dict[str, Any]]


def main() -> int:
    """Return 0 where every reader gives every config as it was written."""
    if len(sys.argv) == 3:
        return read(sys.argv[1], Path(sys.argv[2]))
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder)
        for number, reader in enumerate(READERS):
            python = folder / f"venv-{number}" / "bin" / "python"
            pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *reader]
            own = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | {"HF_HUB_OFFLINE": "1"}
            subprocess.run([sys.executable, "-m", "venv", python.parents[1]], check=True)
            subprocess.run(pip, env=own, check=True, stderr=subprocess.DEVNULL)
            command = [python, __file__, reader[0].partition("=")[0], folder]
            failed += subprocess.run(command, env=own, check=False, stderr=subprocess.DEVNULL).returncode != 0
    print(f"{len(READERS) - failed} of {len(READERS)} readers give every row as it was written")
    return 1 if failed else 0


def write(folder: Path) -> None:
    """Write a release of the seeds and one of a build without annotations, and what their files hold."""
    import pyarrow.parquet as pq

    from corpus.pipeline.build import BuildOptions, build
    from corpus.releases.release import make_release

    seeds = Path(__file__).parents[2] / "seeds"
    (folder / "none").mkdir()
    for options in (BuildOptions(name="seeds"), BuildOptions(name="plain", annotations=folder / "none")):
        built = build([seeds], folder / "built" / options.name, options)
        make_release(built.directory, folder / "releases", "0.1.0", "2026-11-22")
    for config in (path for path in (folder / "releases").glob("*/*") if path.is_dir()):
        rows = [row for path in sorted(config.glob("*.parquet")) for row in pq.ParquetFile(path).read().to_pylist()]
        told = folder / "written" / config.parent.name / f"{config.name}.json"
        told.parent.mkdir(parents=True, exist_ok=True)
        told.write_text(_told(rows), "utf-8")


def read(library: str, folder: Path) -> int:
    """Compare what a library reads with what was written; return how many configs differ."""
    opened, differing = {"datasets": with_datasets, "duckdb": with_duckdb}[library], list[str]()
    for written in sorted((folder / "written").glob("*/*.json")):
        config, rows = (
            folder / "releases" / written.parent.name / written.stem,
            json.loads(written.read_text("utf-8")),
        )
        try:
            same = all(json.loads(_told(got)) == rows for got in opened(config, folder / "cache", bool(rows)))
        except Exception as error:  # whatever a library raises, the other configs are read
            same = False
            print(f"  {config.parent.name}/{config.name}: {type(error).__name__}: {error}")
        if not same:
            differing.append(f"{config.parent.name}/{config.name}")
    version = __import__(library).__version__
    print(f"{library} {version}: {'all the same' if not differing else 'not the same: ' + ', '.join(differing)}")
    return len(differing)


def with_datasets(config: Path, cache: Path, filled: bool) -> Iterator[Rows]:
    """Yield a config as it is streamed and, where it has rows, as it is loaded."""
    import datasets

    for streaming in (True, False) if filled else (True,):
        where = {"split": "train", "cache_dir": str(cache / datasets.__version__), "streaming": streaming}
        yield list(datasets.load_dataset(str(config.parent), config.name, **where))
    if config.name == "entities":  # labels are numbers; the library knows their names
        assert "PER" in datasets.load_dataset(str(config.parent), config.name, **where).features["label"].names


def with_duckdb(config: Path, _: Path, __: bool) -> Iterator[Rows]:
    """Yield a config as a query gives it."""
    import duckdb

    found = duckdb.sql(f"SELECT * FROM '{config}/*.parquet'")
    yield [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def _told(rows: Rows) -> str:
    return json.dumps(rows, default=str, sort_keys=True)


if __name__ == "__main__":
    sys.exit(main())
