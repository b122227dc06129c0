"""Find the runs of words that an edition would show although only withheld texts hold them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["RUN", "Leaks", "find_leaks", "strings_of"]

RUN = 5
"""Words in a row from which they are words of a text, not a name."""

_WORD = re.compile(r"[^\W_]+")

Run = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leaks:
    """Runs of words that only withheld texts hold, of those that would be shown."""

    runs: frozenset[Run] = frozenset()

    def hold(self, text: str) -> bool:
        """Tell whether a text shows one of the runs, spelled out or as an address has it."""
        return bool(self.runs) and any(not self.runs.isdisjoint(_runs(form)) for form in _forms(text))

    def stretches(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where the runs stand in a text: each stretch of them, from its first word to its last."""
        words = list(_WORD.finditer(text))
        told = [word[0].casefold() for word in words]
        begin, end = -1, -1
        for at in range(len(words) - RUN + 1):
            if tuple(told[at : at + RUN]) not in self.runs:
                continue
            if begin >= 0 and at > end:
                yield words[begin].start(), words[end].end()
                begin = -1
            begin, end = (at if begin < 0 else begin), at + RUN - 1
        if begin >= 0:
            yield words[begin].start(), words[end].end()


def find_leaks(shown: Iterable[str], withheld: Iterable[str], free: Iterable[str]) -> Leaks:
    """Return the runs of ``shown`` that stand in ``withheld`` and not in ``free``.

    What is shown is short and known first, so that the texts need only be read through, none kept.
    """
    wanted = frozenset(run for text in shown for form in _forms(text) for run in _runs(form))
    held: set[Run] = set()
    for text in withheld if wanted else ():
        held |= wanted.intersection(_runs(text))
    for text in free if held else ():
        held.difference_update(_runs(text))
    return Leaks(frozenset(held))


def strings_of(data: pa.Array | pa.ChunkedArray) -> Iterator[str]:
    """Yield every different string that a column holds, at whatever depth."""
    kind = data.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        yield from (value for value in pc.unique(data).to_pylist() if value is not None)
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind):
        yield from strings_of(pc.list_flatten(data))
    elif pa.types.is_struct(kind):
        for number in range(kind.num_fields):
            yield from strings_of(pc.struct_field(data, number))


def _forms(text: str) -> Iterator[str]:
    yield text
    if "%" in text:
        yield unquote(text)


def _runs(text: str) -> Iterator[Run]:
    words = _WORD.findall(text.casefold())
    return zip(*(words[at:] for at in range(RUN)), strict=False)
