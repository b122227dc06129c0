"""Play seeded fault schedules against a real server of its own and end with one line; see ``make test-faults``."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent / "labelstudio")]

from faults_playing import play  # noqa: E402 - the folder of the tests is no package
from faults_reading import Count  # noqa: E402
from labelstudio_versions import own_server  # noqa: E402


def main() -> int:
    """Return 0 where nothing was lost, doubled or misplaced, and every schedule was played."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schedules", type=int, default=200)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    options = parser.parse_args()
    seeds = range(options.first, options.first + options.schedules)
    began, shown = time.monotonic(), 0

    def told(total: Count) -> None:
        nonlocal shown
        for reason in total.why[shown:]:
            print(reason, file=sys.stderr)
        shown = len(total.why)
        if sys.stderr.isatty() or total.schedules % 20 == 0:
            seconds = time.monotonic() - began
            print(f"{total.schedules} of {options.schedules} schedules, {seconds:.0f} s", file=sys.stderr)

    with tempfile.TemporaryDirectory() as folder, own_server(Path(folder)) as server:
        total = play(server, seeds, told)
    print(total.line())
    return 0 if total.is_clean and total.injected and total.schedules == options.schedules else 1


if __name__ == "__main__":
    sys.exit(main())
