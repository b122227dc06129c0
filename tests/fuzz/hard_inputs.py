"""Clean inputs of full size that nobody wrote for readers: time and peak memory of each, a process each.

python tests/fuzz/hard_inputs.py [NAME …]; the suite runs smaller ones (tests/cleaning/test_hostile.py,
tests/readers/test_html_hostile.py).
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable

PROSE = "The minister said that the road would open in May, and the mayor of the town agreed. "
MOST_SECONDS = 300
TEXTS: dict[str, Callable[[], str]] = {
    "one line of 50 MB": lambda: PROSE * 590_000,
    "one word of 50 MB": lambda: "x" * 50_000_000,
    "1,000,000 blank lines": lambda: "a\n" + "\n" * 1_000_000 + "b",
    "1,000,000 short lines": lambda: "\n".join(f"line {n}" for n in range(1_000_000)),
    "bait for backtracking": lambda: ("aaaa " * 30 + "!\n") * 60_000,
    "rows of capitals": lambda: "\n".join("A" + "a" * n + " " + "Ab " * 60 + "(" for n in range(3_000)),
    "pieces to cut without end": lambda: PROSE + "Read more " * 300_000,
}
PAGES: dict[str, Callable[[], str]] = {
    "a page of one line of 50 MB": lambda: "<p>" + PROSE * 590_000,
    "100,000 nested tags": lambda: "<div>" * 100_000 + "x",
    "100,000 attributes behind a sign": lambda: '<p a=">" ' + " ".join(f"a{n}='<>'" for n in range(100_000)) + ">x",
    "200,000 rows of a table": lambda: "<table>" + "<tr><td>a<td>b" * 200_000,
}


def measure(name: str) -> str:
    import corpus

    source = (TEXTS | PAGES)[name]()
    begin = time.process_time()
    document = corpus.clean(source, media_type="text/plain" if name in TEXTS else "text/html")
    seconds = time.process_time() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    return (
        f"{name:34} {len(source) / 1e6:6.1f} MB {seconds:6.1f} s {peak:6.0f} MB peak, {len(document.blocks)} blocks"
    )


def main() -> int:
    if sys.argv[1:2] == ["--one"]:
        print(measure(sys.argv[2]), flush=True)
        return 0
    names = sys.argv[1:] or [*TEXTS, *PAGES]
    commands = ([sys.executable, __file__, "--one", name] for name in names)
    return max(subprocess.run(command, timeout=MOST_SECONDS, check=False).returncode for command in commands)


if __name__ == "__main__":
    sys.exit(main())
