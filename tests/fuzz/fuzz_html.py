"""Fuzz the reader of pages: python tests/fuzz/fuzz_html.py -max_total_time=60."""

from running import run

if __name__ == "__main__":
    run("html")
