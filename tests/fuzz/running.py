"""Run a target under atheris, from the seeds, for as long as libFuzzer's options say."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
FOUND = HERE.parents[1] / "build" / "fuzz"


def run(name: str) -> None:
    """Fuzz until the time is over (``-max_total_time=60``) or an input fails, which is then written down.

    What is found to be new is kept below build/fuzz/NAME; a failing input belongs into tests/fuzz/seeds/NAME.
    """
    try:
        import atheris
    except ImportError:
        sys.exit("Fuzzing needs atheris: pip install 'newscorpus[fuzz]'")
    sys.path.insert(0, str(HERE))
    with atheris.instrument_imports(include=["corpus.readers", "corpus.cleaning"]):
        from targets import TARGETS
    found = FOUND / name
    found.mkdir(parents=True, exist_ok=True)
    options = ["-timeout=20", "-max_len=20000", "-rss_limit_mb=4000", f"-artifact_prefix={found.parent}/{name}-"]
    given = sys.argv[1:]
    folders = [] if any(not one.startswith("-") for one in given) else [str(found), str(HERE / "seeds" / name)]
    atheris.Setup([sys.argv[0], *options, *given, *folders], TARGETS[name])
    atheris.Fuzz()
