"""Every durable step of a sync passes here, so that a test can stop the program at each of them.

A step is durable when something outside the process has changed: a request that writes, a file that took
its place, a transaction of the ledger. What makes each one safe to be killed at is said where it is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["durable", "on_step", "step"]

on_step: Callable[[str], None] | None = None
"""Called with the name of each step; a test sets it. What it raises goes through to the caller."""


def step(name: str) -> None:
    """Pass one point of the sync: "NAME begins" just before a durable act, "NAME ended" just after it."""
    if on_step is not None:
        on_step(name)


@contextmanager
def durable(name: str) -> Iterator[None]:
    """Pass the two points around a durable act; the second only where the act did not fail."""
    step(f"{name} begins")
    yield
    step(f"{name} ended")
