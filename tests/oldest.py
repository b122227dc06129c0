"""Print what ``make test-oldest`` installs: the oldest libraries that pyproject.toml allows, and the tests' own."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

WITHOUT = {"dev", "fuzz", "ray"}
"""Extras that are not tried: two are the developers' own, the third has a cluster of its own."""
CHECKERS = re.compile(r"newscorpus|mypy|playwright|ruff|types-")
"""What of the developers' libraries no test of these rooms needs."""


def main() -> None:
    """Print a requirement a line."""
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    asked = [*project["dependencies"], *(one for name in extras if name not in WITHOUT for one in extras[name])]
    for one in asked:
        print(re.sub(r">=([^,]+).*", r"==\1.*", one))
    for one in extras["dev"]:
        if not CHECKERS.match(one):
            print(one)


if __name__ == "__main__":
    main()
