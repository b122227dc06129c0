"""What one archive of the tests is: how it is made, what is read of it, and what is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

GOOD = "The harbour reopened on Monday, its operator said.\n"
OTHER = "The bridge stays closed until summer, the council said.\n"


@dataclass(frozen=True)
class Case:
    """One archive."""

    file: str
    data: Callable[[], bytes]
    read: tuple[str, ...]
    """The ids of the documents that are read."""
    told: tuple[tuple[str, str, str], ...] = ()
    """Place below the archive, code and severity of each finding."""

    def __str__(self) -> str:
        return f"{self.data.__name__}-{self.file}"


CASES: list[Case] = []


def case(file: str, *read: str, told: tuple[tuple[str, str, str], ...] = ()) -> Callable[..., Callable[[], bytes]]:
    def add(data: Callable[[], bytes]) -> Callable[[], bytes]:
        CASES.append(Case(file, data, read, told))
        return data

    return add
