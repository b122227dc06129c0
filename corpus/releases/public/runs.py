"""Find the runs of words that an edition would show although only withheld texts hold them.

What is shown, withheld and free may each be larger than memory: of a run of words eight bytes are kept, a number
made of the hashes of its words. Python draws the key of these hashes anew for every process, so nobody can write
two runs with one number; that two have it by chance is as likely as one in 2**64 a pair.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from urllib.parse import unquote

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

__all__ = ["RUN", "Known", "Leaks", "find_leaks", "strings_of", "words_in"]

RUN = 5
"""Words in a row from which they are words of a text, not a name."""

_WORD = re.compile(r"[^\W_]+")

Numbers = NDArray[np.uint64]
"""One number a run of words."""
Places = NDArray[np.int64]

_FACTORS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F)
"""What the hashes of a run's words are multiplied by, word by word, so that their order counts: odd, any."""
_CHARACTERS = 1_000_000
"""Characters whose words are held at once."""
_WAITING = 2_000_000
"""Numbers after which those that stand twice are thrown away."""
_BITS = 22
_SHIFT = np.uint64(64 - _BITS)


class Known:
    """Ascending numbers, and a table that tells of most others that they are not among them."""

    def __init__(self, numbers: Numbers | None = None) -> None:
        """Take them; without any, nothing is known."""
        self.numbers = np.zeros(0, np.uint64) if numbers is None else numbers
        self._table = np.zeros(1 << _BITS if len(self.numbers) else 0, np.bool_)
        self._table[self.numbers >> _SHIFT] = True

    def places(self, numbers: Numbers) -> tuple[Places, Places]:
        """Return which of the numbers are known, and the place of each of these among the known ones."""
        if not len(self.numbers):
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        maybe = np.flatnonzero(self._table[numbers >> _SHIFT])
        places = np.minimum(np.searchsorted(self.numbers, numbers[maybe]), len(self.numbers) - 1)
        known = self.numbers[places] == numbers[maybe]
        return maybe[known], places[known]


@dataclass(frozen=True, slots=True, eq=False)
class Leaks:
    """Runs of words that only withheld texts hold, of those that would be shown."""

    runs: Known = field(default_factory=Known)

    def __bool__(self) -> bool:
        """Tell whether there is any."""
        return len(self.runs.numbers) > 0

    def hold(self, text: str) -> bool:
        """Tell whether a text shows one of the runs, spelled out or as an address has it."""
        return self.among([text]) == [text]

    def among(self, texts: Iterable[str]) -> list[str]:
        """Return those of the texts that show one of the runs, as :meth:`hold` tells it of one."""
        return [text for part in (_parts(texts) if self else ()) for text in _holding(part, self.runs)]

    def stretches(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where the runs stand in a text: each stretch of them, from its first word to its last."""
        words = list(_WORD.finditer(text)) if self else []
        numbers, _ = _numbers([[word[0].casefold() for word in words]])
        begin, end = -1, -1
        for at in self.runs.places(numbers)[0].tolist():
            if begin >= 0 and at > end:
                yield words[begin].start(), words[end].end()
                begin = -1
            begin, end = (at if begin < 0 else begin), at + RUN - 1
        if begin >= 0:
            yield words[begin].start(), words[end].end()


def words_in(text: str) -> int:
    """Return how many words a text has."""
    return len(_WORD.findall(text))


def find_leaks(shown: Iterable[str], withheld: Iterable[str], free: Iterable[str]) -> Leaks:
    """Return the runs of ``shown`` that stand in ``withheld`` and not in ``free``; each is read through once.

    What is not needed any more is not read: nothing withheld where nothing is shown, nothing free where no leak is.
    """
    wanted = _each_once(_numbers_of(form for text in shown for form in _forms(text)))
    held = wanted[_found(wanted, withheld)]
    return Leaks(Known(held[~_found(held, free)]))


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


def _found(wanted: Numbers, texts: Iterable[str]) -> NDArray[np.bool_]:
    """Tell which of the numbers stand in the texts, which are not read where there are none."""
    found, known = np.zeros(len(wanted), np.bool_), Known(wanted)
    for numbers in _numbers_of(texts) if len(wanted) else ():
        found[known.places(numbers)[1]] = True
    return found


def _holding(texts: Sequence[str], known: Known) -> Iterator[str]:
    """Yield those of the texts that hold a known run in one of their forms."""
    forms = [(place, form) for place, text in enumerate(texts) for form in _forms(text)]
    numbers, owners = _numbers([_WORD.findall(form.casefold()) for _, form in forms])
    places = {forms[owner][0] for owner in owners[known.places(numbers)[0]].tolist()}
    yield from (texts[place] for place in sorted(places))


def _each_once(parts: Iterable[Numbers]) -> Numbers:
    """Return all numbers, ascending, each once."""
    whole: Numbers = np.zeros(0, np.uint64)
    waiting: list[Numbers] = []
    for part in parts:
        waiting.append(part)
        if sum(map(len, waiting)) > _WAITING:
            whole, waiting = _unique([whole, *waiting]), []
    return _unique([whole, *waiting])


def _unique(parts: Sequence[Numbers]) -> Numbers:
    numbers: Numbers = np.unique(np.concatenate(parts))
    return numbers


def _numbers_of(texts: Iterable[str]) -> Iterator[Numbers]:
    for part in _parts(texts):
        yield _numbers([_WORD.findall(text.casefold()) for text in part])[0]


def _numbers(words: Sequence[Sequence[str]]) -> tuple[Numbers, Places]:
    """Return a number for each run of words of each text, and which text it is of."""
    lengths = np.fromiter(map(len, words), np.int64, len(words))
    hashes = np.fromiter(map(hash, chain.from_iterable(words)), np.int64, int(lengths.sum())).view(np.uint64)
    owners = np.repeat(np.arange(len(words)), lengths)
    runs = max(0, len(hashes) - RUN + 1)
    mixed = np.zeros(runs, np.uint64)
    for at, factor in enumerate(_FACTORS):
        mixed += hashes[at : at + runs] * np.uint64(factor)
    inside = owners[:runs] == owners[RUN - 1 :]
    return mixed[inside], owners[:runs][inside]


def _parts(texts: Iterable[str]) -> Iterator[list[str]]:
    """Yield the texts in lists of about as many characters as may be held at once."""
    part: list[str] = []
    held = 0
    for text in texts:
        part.append(text)
        held += len(text) + 1
        if held >= _CHARACTERS:
            yield part
            part, held = [], 0
    if part:
        yield part


def _forms(text: str) -> Iterator[str]:
    yield text
    if "%" in text:
        yield unquote(text)
