"""Draw the picture of a cleaned seed that the documents show.

Usage: python tests/browser/draw_cleaning.py TEXT PICTURE.png

The page is the one that `corpus clean TEXT --report PAGE.html` writes; a headless browser takes its picture.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from annotation_screen import browser_page
from find_browser import find_browser

SIZE = (1400, 1000)


def main(text: Path, picture: Path) -> None:
    """Take the picture."""
    browser = find_browser()
    if browser is None:
        sys.exit("There is no browser: run `make browser`.")
    with tempfile.TemporaryDirectory() as folder:
        page_file = Path(folder) / "page.html"
        command = [sys.executable, "-m", "corpus.cli", "clean", str(text), "--report", str(page_file)]
        subprocess.run(command, check=True)
        with browser_page(browser, *SIZE) as page:
            page.goto(page_file.as_uri())
            picture.parent.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=picture)
    print(f"wrote {picture}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
