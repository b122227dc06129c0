"""What a public edition and its hydration hold does not grow with the texts."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

MEASURED = """
import sys, tracemalloc
from pathlib import Path

import pyarrow as pa

import corpus
import corpus.export.batches, corpus.export.shards, corpus.export.spool
import corpus.pipeline.hydrating.hydration, corpus.releases.public.runs, corpus.releases.public.searching
from corpus.pipeline.hydrating.hydration import hydrate
from corpus.pipeline.build import BuildOptions, build
from corpus.releases.editions import public_edition
from corpus.releases.release import make_release

corpus.export.batches.BATCH_BYTES = corpus.export.spool.RANGE_BYTES = corpus.export.shards.GROUP_BYTES = LIMIT
corpus.pipeline.hydrating.hydration.RANGE_CHARACTERS = LIMIT
corpus.releases.public.runs._CHARACTERS = corpus.releases.public.searching._CHARACTERS = LIMIT
corpus.clean("A first text loads what is loaded once.")
step, folder = sys.argv[1], Path(sys.argv[2])
if step == "build":
    build([folder / "in"], folder / "build", BuildOptions(name="news", line_model=False))
    make_release(folder / "build", folder / "full", "0.1.0")
tracemalloc.start()
if step == "public":
    public_edition(folder / "full" / "news-0.1.0", folder)
elif step == "hydrate":
    report = hydrate(folder / "news-public-0.1.0", [folder / "in"], folder / "back")
    assert report.identical, report.findings
print(tracemalloc.get_traced_memory()[1] + pa.default_memory_pool().max_memory())
"""


def write(folder: Path, count: int) -> None:
    """Write articles of 20 kB each, every third of which may be passed on, some with words of theirs elsewhere."""
    (folder / "in").mkdir(parents=True)
    rng = random.Random(3)
    words = ["".join(rng.choices("aeiklmnorst", k=7)) for _ in range(4000)]
    with (folder / "in" / "rows.jsonl").open("w", encoding="utf-8") as file:
        for number in range(count):
            paragraphs = [" ".join(rng.choices(words, k=60)).capitalize() + "." for _ in range(42)]
            row = {"id": f"d{number:04d}", "text": "\n\n".join([f"Harbour {number} opens", *paragraphs])}
            row |= {"publisher": " ".join(paragraphs[7].split()[3:9])} if number % 5 == 0 else {}
            file.write(json.dumps(row | ({"license": "CC-BY-4.0"} if number % 3 == 0 else {})) + "\n")


def peak(step: str, folder: Path, limit: int = 2**17) -> int:
    """Run a step in a process of its own; return the most bytes that Python and Arrow held at once meanwhile."""
    command = [sys.executable, "-c", MEASURED.replace("LIMIT", str(limit)), step, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def test_memory_does_not_grow_with_the_texts(tmp_path: Path) -> None:
    """What many articles take besides is less than half of the texts that they have besides."""
    for name, count in (("few", 40), ("many", 160)):
        write(tmp_path / name, count)
        peak("build", tmp_path / name)
    for step in ("public", "hydrate"):
        few, many = (peak(step, tmp_path / name) for name in ("few", "many"))
        assert many - few < 120 * 20_000 / 2, (step, few, many)
