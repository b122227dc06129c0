"""A process that was forked from one that has cleaned something says so: Polars would wait in it for ever."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import multiprocessing, sys
import corpus

TEXT = "The port of Ahlen reopened on Monday, its operator said.\\n\\nShare on Facebook"

def cleaned(text):
    try:
        return corpus.clean(text).text
    except corpus.CorpusError as error:
        return f"{type(error).__name__}: {error}"

if __name__ == "__main__":
    if sys.argv[2] == "before":
        corpus.clean(TEXT)
    with multiprocessing.get_context(sys.argv[1]).Pool(1) as pool:
        print(pool.map(cleaned, [TEXT])[0])
    print(cleaned(TEXT))
"""
CLEAN = "The port of Ahlen reopened on Monday, its operator said."


@pytest.mark.parametrize(
    ("start", "when", "said"),
    [
        ("fork", "before", "UsageError: Cannot clean in a process that was forked"),
        ("spawn", "before", CLEAN),
        ("fork", "after", CLEAN),
    ],
)
def test_a_forked_process_cleans_or_says_why_not(start: str, when: str, said: str, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    command = [sys.executable, str(script), start, when]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    in_worker, here = done.stdout.splitlines()
    assert in_worker.startswith(said)
    assert here == CLEAN
