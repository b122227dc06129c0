"""The fuzzer's seeds and finds, and damage done to them by a fixed recipe: each is read or refused by name."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from targets import TARGETS

SEEDS = sorted((Path(__file__).parent / "seeds").glob("*/*"))
ROUNDS = 40
PIECES = (
    *(b"<", b">", b'"', b"'", b"&", b"&#", b"</", b"<!--", b"<table>", b"<svg>", b"<script>", b"<pre>"),
    *(b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\x80", b"\xed\xa0\x80", b"\x1f\x8b\x08"),
    *(b"\r\n\r\n", b"WARC/1.0\r\n", b"Content-Length: 999\r\n"),
)


def damaged(data: bytes, seed: int) -> bytes:
    """Cut, double, overwrite and insert: the same for the same seed."""
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 6)):
        at, end = sorted((chance.randint(0, len(data)), chance.randint(0, len(data))))
        end = min(end, at + 200)
        middle = chance.choice((b"", data[at:end] * 2, chance.choice(PIECES), chance.randbytes(3)))
        data = data[:at] + middle + data[end if chance.random() < 0.5 else at :]
    return data


def test_there_are_seeds_for_every_target() -> None:
    assert {path.parent.name for path in SEEDS} == set(TARGETS)


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_seeds_and_what_is_made_of_them_are_read_or_refused(path: Path) -> None:
    target, data = TARGETS[path.parent.name], path.read_bytes()
    target(data)
    for seed in range(ROUNDS):
        target(damaged(data, seed))
