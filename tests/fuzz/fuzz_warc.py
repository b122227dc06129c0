"""Fuzz the reader of web archives: python tests/fuzz/fuzz_warc.py -max_total_time=60."""

from running import run

if __name__ == "__main__":
    run("warc")
