"""The browser of the browser tests: the first one that find_browser.py finds."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.labelstudio.local.server import LocalServer

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def screen(label_studio: LocalServer) -> Iterator[object]:
    """A logged-in annotation screen in a real browser; it fails, not skips, where there is none."""
    from annotation_screen import browser_page, logged_in
    from find_browser import find_browser

    browser = find_browser()
    if browser is None:
        pytest.fail("There is no browser: run `make browser`.")
    with browser_page(browser) as page:
        yield logged_in(page, label_studio, browser)
