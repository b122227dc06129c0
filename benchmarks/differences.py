"""How long the comparison of two large datasets takes, and how much memory.

    PYTHONPATH=. python benchmarks/differences.py --documents 1000000

Of the newer dataset, one document in a hundred is changed, one is missing and one is new; then, with ``--all``,
every row of it is another one. Ten thousand made-up articles of some 300 characters are built, with five made-up
entities each, and stand in the datasets as often as need be, under other ids: builds of a million would take hours.
Printed: the time of ``corpus diff`` and its own peak memory.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import random
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from scale import SYLLABLES, measured

from corpus.export.dataset import write_manifest
from corpus.export.features import schema_metadata
from corpus.export.layout import shard_path
from corpus.export.store import BuiltDataset
from corpus.model.manifest import ConfigSummary
from corpus.model.tables import CONFIGS
from corpus.pipeline.build import BuildOptions, build

BUILT = 10_000
"""Articles that are really built."""


def main() -> None:
    """Write both datasets, compare them, print the figures."""
    options = _options()
    with TemporaryDirectory(dir=options.scratch) as name:
        folder = Path(name)
        _apart(make, folder, options.documents, "as it was")
        for kind in ("one in a hundred", "all") if options.all else ("one in a hundred",):
            _apart(make, folder, options.documents, kind)
            command = [
                sys.executable,
                "-m",
                "corpus.cli",
                "diff",
                str(folder / "old"),
                str(folder / "new"),
                "--json",
            ]
            seconds, processor, peak = measured(command)
            told = f"{options.documents:,} documents, {kind} changed"
            print(f"{told}: {seconds:.0f} s, {processor:.0f} s of CPU, {peak:.0f} MB peak", flush=True)


def _apart(function: Callable[[Path, int, str], None], folder: Path, documents: int, kind: str) -> None:
    """Call in a process of its own: a new process's peak begins with what the one that started it holds."""
    process = multiprocessing.get_context("spawn").Process(target=function, args=(folder, documents, kind))
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(process.exitcode)


def make(folder: Path, documents: int, kind: str) -> None:
    """Write one of the datasets to its place in the folder."""
    out = folder / ("old" if kind == "as it was" else "new")
    if not (folder / "plain").is_dir():
        build_plain(folder)
    dataset = BuiltDataset.open(folder / "plain")
    tables = entities_added({name: dataset.table(name).replace_schema_metadata(None) for name in CONFIGS})
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    for name in ("README.md", "scheme.toml"):
        shutil.copyfile(folder / "plain" / name, out / name)
    configs, files = {}, {"README.md": "0" * 64, "scheme.toml": "0" * 64}
    for name, data in tables.items():
        path = shard_path(name, "train", 0, 1)
        (out / name).mkdir()
        rows = write(out / path, data, schema_metadata(dataset.model(name)), documents, kind)
        digest = hashlib.sha256(
            f"{kind} {name}".encode()
        ).hexdigest()  # not the rows': a comparison only looks for others
        configs[name], files[path] = ConfigSummary(rows={"train": rows}, content_sha256=digest), digest
    write_manifest(out, dataset.manifest.model_copy(update={"configs": configs, "files": files, "views": {}}))


def write(path: Path, data: pa.Table, metadata: dict[bytes, bytes], documents: int, kind: str) -> int:
    """Write a config of so many documents, copy after copy, and return its rows."""
    copies, frame, rows = -(-documents // BUILT), pl.DataFrame(data), 0
    with pq.ParquetWriter(
        path, data.schema.with_metadata(metadata), compression="zstd", compression_level=1
    ) as file:
        for copy in range(copies + (kind == "one in a hundred")):
            own = changed(frame, copy, documents, kind) if copy < copies else added(frame, copy, documents)
            rows += own.height
            file.write_table(own.to_arrow().cast(data.schema).replace_schema_metadata(metadata))
    return rows


def changed(frame: pl.DataFrame, copy: int, documents: int, kind: str) -> pl.DataFrame:
    """Return one copy of the rows, with what is changed and missing in it."""
    number = pl.col("doc_id").cast(pl.Int64)
    own = frame.filter(number < min(BUILT, documents - copy * BUILT))
    if kind == "one in a hundred":
        own = own.filter(number % 100 != 1)
    changes = {"as it was": pl.lit(False), "all": pl.lit(True)}.get(kind, number % 100 == 0)
    text = pl.when(changes).then(pl.col("text") + "!").otherwise(pl.col("text"))
    return own.with_columns(text.alias("text"), doc_id=pl.format("{}-{}", pl.lit(f"{copy:04d}"), pl.col("doc_id")))


def added(frame: pl.DataFrame, copy: int, documents: int) -> pl.DataFrame:
    """Return new documents, one for every hundred."""
    own = frame.filter(pl.col("doc_id").cast(pl.Int64) < documents // 100)
    return own.with_columns(doc_id=pl.format("{}-{}", pl.lit(f"{copy:04d}"), pl.col("doc_id")))


def build_plain(folder: Path) -> None:
    """Build the articles that are then copied."""
    rng = random.Random(7)
    words = ["".join(rng.choices(SYLLABLES, k=rng.randint(1, 4))) for _ in range(20_000)]
    with (folder / "articles.jsonl").open("w", encoding="utf-8") as file:
        for number in range(BUILT):
            lines = (" ".join(rng.choices(words, k=count)).capitalize() for count in (7, 20, 18))
            file.write(json.dumps({"id": f"{number:05d}", "text": ".\n\n".join(lines)}) + "\n")
    build([folder / "articles.jsonl"], folder / "plain", BuildOptions(name="bench"))


def entities_added(tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """Return the tables with five made-up entities a document."""
    documents = pl.DataFrame(tables["documents"].select(["doc_id", "text"]))
    parts = [
        documents.select(
            pl.col("doc_id"),
            annotator=pl.lit("bench"),
            id=pl.lit(f"e{number}"),
            field=pl.lit(1),
            field_index=pl.lit(None),
            start=pl.lit(9 * number),
            end=pl.lit(9 * number + 5),
            raw_spans=pl.concat_list(pl.struct(start=pl.lit(9 * number), end=pl.lit(9 * number + 5))),
            text=pl.col("text").str.slice(9 * number, 5),
            label=pl.lit(number % 2),
            entity_id=pl.lit(None),
            qid=pl.lit(None),
            placement=pl.lit(0),
            scheme_version=pl.lit("1.0.0"),
        )
        for number in range(5)
    ]
    made = pl.concat(parts).to_arrow().select(tables["entities"].schema.names)
    return {**tables, "entities": made.cast(tables["entities"].schema)}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--all", action="store_true", help="compare with a dataset whose every row changed too")
    parser.add_argument("--scratch", type=Path, help="where to write (default: the system's temporary folder)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
