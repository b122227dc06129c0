"""Find a Chromium or Chrome for the browser tests; with --install, get one where there is none.

Prints the path of the browser on standard output and everything else on standard error. The environment
variable NEWSCORPUS_BROWSER names one outright. Uses the standard library alone, and Playwright where it is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


def find_browser() -> str | None:
    """Return the path of a browser, or None."""
    if named := os.environ.get("NEWSCORPUS_BROWSER"):
        return named if Path(named).is_file() else None
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return found or next((place for place in PLACES if Path(place).is_file()), None) or playwrights_own()


def playwrights_own() -> str | None:
    """Return the Chromium that Playwright downloaded for itself, or None."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


def install_browser() -> None:
    """Install Debian's package as root on Debian, else Playwright's own Chromium."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say("no Chromium or Chrome here: installing Debian's package `chromium` (apt-get)")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        packages = ["chromium", "fonts-noto-core"]
        for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
            subprocess.run(["apt-get", *command], env=environment, stdout=sys.stderr, check=True)
        return
    say("no Chromium or Chrome here: asking Playwright for its own (it goes to Playwright's cache)")
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], stdout=sys.stderr, check=True)


def say(text: str) -> None:
    print(f"== {text}", file=sys.stderr)


def main() -> int:
    """Find or install a browser; 1 where there is none in the end."""
    browser = find_browser()
    if browser is None and "--install" in sys.argv[1:]:
        try:
            install_browser()
        except (subprocess.CalledProcessError, OSError) as error:
            say(f"that failed ({error})")
        browser = find_browser()
    if browser is None:
        say("there is no browser: install Chromium or Chrome, or name one in NEWSCORPUS_BROWSER")
        return 1
    print(browser)
    return 0


if __name__ == "__main__":
    sys.exit(main())
