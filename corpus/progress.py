"""Progress as a protocol: the library reports, the rim draws."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

__all__ = ["SILENT", "Progress"]


@runtime_checkable
class Progress(Protocol):
    """What long work tells whoever watches; every method may be called from the calling thread only."""

    def step(self, text: str) -> None:
        """Announce a named step ("installing Label Studio")."""

    def advance(self, done: int, total: int | None) -> None:
        """Report that ``done`` of ``total`` units (None: unknown) of the current step are finished."""


class _Silent:
    def step(self, text: str) -> None:
        """Say nothing."""

    def advance(self, done: int, total: int | None) -> None:
        """Say nothing."""


SILENT: Progress = _Silent()
