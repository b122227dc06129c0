"""How long a large corpus takes from text to a release, and how much memory: generated articles, real commands.

    PYTHONPATH=. python benchmarks/scale.py --documents 100000 --workers 2

Each step is a process of its own, as a user would run it. Printed: its time, the processor's (workers' among it),
its own peak memory (workers' apart) and its time per article, beside those of the bare reading and writing of the
same text as Parquet. One article in ten is annotated, so that there is a ``ner`` config; the public edition is
hydrated, and must be the full one again, byte for byte.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from corpus.files import sha256_file
from corpus.model.annotation import AnchoredSpan, AnnotationSet, Entity, Origin
from corpus.model.document import sha256_text
from corpus.model.span import Span

SYLLABLES = [a + b for a in "bdklmnrstv" for b in "aeo"]
FURNITURE = ("Share this article", "Sign up for our newsletter", "Read more: Harbour works go on", "XS SM MD LG")
BARE = """
import sys, pyarrow.json as pj, pyarrow.parquet as pq
table = pj.read_json(sys.argv[1], pj.ReadOptions(block_size=2**24))
pq.write_table(table, sys.argv[2], compression="zstd", compression_level=9)
"""


def main() -> None:
    """Generate, run every step, print the table."""
    options = _options()
    with tempfile.TemporaryDirectory(dir=options.scratch) as name:
        folder = Path(name)
        source, changed = folder / "articles.jsonl", folder / "changed.jsonl"
        size = write_articles(source, options.documents, changed_every=0)
        write_articles(changed, options.documents, changed_every=100)
        (folder / "marks").mkdir()
        write_annotations(folder / "marks" / "ann-1.jsonl", options.documents)
        print(f"{options.documents} articles, {size / 1e6:.0f} MB of text, {options.workers} workers")
        out, corpus = folder / "out", [sys.executable, "-m", "corpus.cli"]
        build = ["--workers", str(options.workers), "--name", "scale", "--annotations", str(folder / "marks")]
        release = [*corpus, "release", "--out", str(out), "--from"]
        public = str(out / "scale-public-0.1.0")
        steps = {
            "bare Parquet": [sys.executable, "-c", BARE, str(source), str(folder / "bare.parquet")],
            "build": [*corpus, "build", str(source), "--out", str(folder / "one"), *build],
            "verify": [*corpus, "verify", str(folder / "one")],
            "release": [*release, str(folder / "one"), "0.1.0"],
            "public edition": [*release, str(out / "scale-0.1.0"), "--edition", "public"],
            "verify public": [*corpus, "verify", public],
            "hydrate": [*corpus, "hydrate", public, "--from", str(source), "--out", str(folder / "back")],
            "publish": [*corpus, "publish", public, "--to", str(folder / "shelf"), "--yes"],
        }
        if options.second:
            steps |= {
                "build, 1 % changed": [*corpus, "build", str(changed), "--out", str(folder / "two"), *build],
                "diff": [*corpus, "diff", str(folder / "one"), str(folder / "two"), "--json"],
                "second release": [*release, str(folder / "two")],
            }
        print(f"{'step':<20}{'seconds':>9}{'of CPU':>9}{'MB peak':>9}{'ms/article':>12}{'x bare':>8}")
        bare = 0.0
        for step, command in steps.items():
            seconds, processor, peak = measured(command)
            bare = bare or processor
            each = 1000 * seconds / options.documents
            print(
                f"{step:<20}{seconds:>9.1f}{processor:>9.1f}{peak:>9.0f}{each:>12.2f}{processor / bare:>8.1f}",
                flush=True,
            )
        same = trees(out / "scale-0.1.0") == trees(folder / "back" / "scale-0.1.0")
        print(f"hydrated byte for byte: {'yes' if same else 'NO'}")
        told = json.loads((folder / "one" / "manifest.json").read_text("utf-8"))
        print(f"rows of ner: {told['views']['ner']['rows']}, left out: {told['views']['ner']['losses']}")


def trees(folder: Path) -> dict[str, str]:
    """Return the hash of every file in a folder, by its path."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): sha256_file(path) for path in paths}


def write_annotations(path: Path, count: int) -> None:
    """Mark up to eight capitalised words in one article in ten."""
    with path.open("w", encoding="utf-8") as file:
        for number, text in enumerate(articles(count)):
            if number % 10:
                continue
            words = [Span(*match.span()) for match in re.finditer(r"\b[A-Z][a-z]+\b", text)][:8]
            entities = tuple(
                Entity(id=f"e{place}", label="PER" if place % 2 else "ORG", spans=(AnchoredSpan.of(text, span),))
                for place, span in enumerate(words)
            )
            own = AnnotationSet(
                annotation_id=f"a{number}",
                revision=1,
                state="submitted",
                doc_id=f"article-{number:07d}",
                annotator="ann-1",
                anchor_sha256=sha256_text(text),
                scheme="news-ec",
                scheme_version="1.0.0",
                origin=Origin(kind="model", note="made up"),
                entities=entities,
            )
            file.write(own.model_dump_json() + "\n")


def write_articles(path: Path, count: int, changed_every: int) -> int:
    """Write articles as JSON Lines and return their size in bytes; every n-th has one changed word."""
    size = 0
    with path.open("w", encoding="utf-8") as file:
        for number, text in enumerate(articles(count)):
            if changed_every and number % changed_every == 0:
                text = text.replace(" the ", " another ", 1)
            url = f"https://news{number % 50}.example/{number}"
            record = {"id": f"article-{number:07d}", "text": text, "url": url}
            file.write(json.dumps(record) + "\n")
            size += len(text)
    return size


def articles(count: int, seed: int = 7) -> Iterator[str]:
    """Yield generated articles of about 3 KB: a headline, a date line, paragraphs, some furniture."""
    rng = random.Random(seed)
    words = ["".join(rng.choices(SYLLABLES, k=rng.randint(1, 4))) for _ in range(20_000)]
    weights = [1 / (rank + 10) for rank in range(len(words))]
    for number in range(count):
        pool = rng.choices(words, weights, k=520)
        paragraphs = [_paragraph(rng, pool) for _ in range(rng.randint(5, 14))]
        title = " ".join(pool[:8]).capitalize()
        date = f"{rng.randint(1, 28)} March {2000 + number % 25}"
        yield "\n".join([title, date, *paragraphs, *rng.sample(FURNITURE, 2)])


def _paragraph(rng: random.Random, pool: list[str]) -> str:
    sentences = []
    for _ in range(rng.randint(2, 4)):
        chosen = rng.choices(pool, k=rng.randint(8, 22))
        sentences.append(f"{chosen[0].capitalize()} said the {' '.join(chosen[1:])}.")
    return " ".join(sentences)


def measured(command: list[str]) -> tuple[float, float, float]:
    """Run a command and return its seconds, the processor's, and its own peak memory in MB."""
    begin = time.monotonic()
    silent = [(os.POSIX_SPAWN_OPEN, output, os.devnull, os.O_WRONLY, 0) for output in (1, 2)]
    pid = os.posix_spawn(command[0], command, os.environ, file_actions=silent)
    _, status, usage = os.wait4(pid, 0)
    if os.waitstatus_to_exitcode(status) not in {0, 1}:
        raise SystemExit(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    return time.monotonic() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--second", action="store_true", help="build and release a changed version too")
    parser.add_argument("--scratch", type=Path, help="where to write (default: the system's temporary folder)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
