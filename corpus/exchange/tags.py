"""Tags of tokens (IOB1, BIO, BIOES and their kin) to stretches of tokens, and which of the schemes a file is in.

All are read by one rule, that of the shared task's scorer (``conlleval`` of CoNLL-2000 to 2003): a tag goes on with
the entity before it or begins one, whatever the scheme. So the scheme tells only what counts as broken.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

__all__ = ["Stretch", "TagCensus", "Tagging", "is_bracket", "is_tag"]

_OUTSIDE = ("O", "")
_PARTS = {"B": "B", "I": "I", "M": "I", "E": "E", "L": "E", "S": "S", "U": "S", "W": "S", "O": "O"}
"""What stands before the label's dash, and which of B, I, E, S it is: BIOES, BILOU and BMEWO are one."""
_FEW = 0.05
"""A sign of another scheme in so small a share of the signs is a slip."""
_BRACKET = re.compile(r"\(([^()*|\s]+)(?:\*?\)|\*)|\*\)?")

Tag = tuple[str, str]
"""B, I, E, S or O, and the label."""


class Stretch(NamedTuple):
    """Tokens of one entity: ``first`` to ``last``, both inclusive."""

    label: str
    first: int
    last: int


def is_tag(value: str) -> bool:
    """Tell whether a value is "O" or a label behind a part's letter.

    >>> [is_tag(value) for value in ("O", "B-PER", "U-loc.city", "NNP", "B-", "X-PER")]
    [True, True, True, False, False, False]
    """
    return value == "O" or _split(value) is not None


@dataclass(frozen=True, slots=True)
class Tagging:
    """How the tags of a file are read."""

    scheme: str
    """IOB1, BIO, BIOES, BILOU, BMEWO, IOE (ends are marked, beginnings only by what is before them), IO (only I-),
    "labels" (without a part's letter before them), or CoNLL-2012's "brackets" ("(PER*", "*", "*)")."""
    doubt: str | None = None
    """What else it may be, and what follows, as a sentence; None where the tags leave no doubt."""

    @classmethod
    def bare(cls) -> Tagging:
        """Return how labels without a part's letter are read."""
        return cls("labels", "The labels have no B- or I- before them: entities of one label that touch are one.")

    def parse(self, values: Sequence[str]) -> list[Tag | None]:
        """Return what each tag of a sentence says, None where it is none of the scheme."""
        if self.scheme == "brackets":
            return list(_unbracketed(values))
        bare = self.scheme == "labels"
        return [_OUTSIDE if value == "O" else ("I", value) if bare else _split(value) for value in values]

    def stretches(self, tags: Sequence[Tag]) -> Iterator[Stretch]:
        """Yield the entities of one sentence."""
        first = 0
        for number, (before, tag) in enumerate(pairwise([*tags, _OUTSIDE]), 1):
            if not _goes_on(before, tag):
                if before != _OUTSIDE:
                    yield Stretch(before[1], first, number - 1)
                first = number

    def broken(self, tags: Sequence[Tag]) -> Iterator[int]:
        """Yield the numbers of the tokens of one sentence whose tags cannot stand there in this scheme."""
        marks_ends = self.scheme in ("BIOES", "BILOU", "BMEWO")
        for number, (before, tag) in enumerate(pairwise([_OUTSIDE, *tags, _OUTSIDE])):
            begins = not _goes_on(before, tag)
            if self.scheme == "IOB1":
                wrong = tag[0] == "B" and before[1] != tag[1]
            else:
                wrong = begins and tag[0] in ("I", "E") and self.scheme not in ("IO", "IOE", "labels")
            left_open = marks_ends and begins and before[0] in ("B", "I")
            if wrong or left_open:
                yield min(number, len(tags) - 1)


@dataclass(slots=True)
class TagCensus:
    """The tags of a whole file, counted sentence by sentence."""

    letters: Counter[str] = field(default_factory=Counter)
    labels: set[str] = field(default_factory=set)
    free_b: int = 0
    """Entities begun by B- where IOB1 has I-: not right behind one of the same label."""
    free_i: int = 0
    """Entities begun by I-, as BIO never has them."""
    others: int = 0
    """Values that are no tags."""
    _before: Tag = _OUTSIDE

    def add(self, value: str) -> None:
        """Count the value of a sentence's next token."""
        tag = _OUTSIDE if value == "O" else _split(value)
        if tag is None:
            self.others += 1
            tag = _OUTSIDE
        self.letters[value[0] if tag != _OUTSIDE else "O"] += 1
        if tag != _OUTSIDE:
            self.labels.add(tag[1])
            self.free_b += tag[0] == "B" and self._before[1] != tag[1]
            self.free_i += tag[0] == "I" and not _goes_on(self._before, tag)
        self._before = tag

    def end_sentence(self) -> None:
        """Let the next value be a sentence's first."""
        self._before = _OUTSIDE

    @property
    def tags(self) -> int:
        """How many of the values are tags."""
        return self.letters.total() - self.others

    def tagging(self) -> Tagging:
        """Return the scheme that most of the tags are of."""
        there = set(self.letters)
        parts = {_PARTS[letter] for letter in there}
        if "S" in parts or {"B", "E"} <= parts:
            return Tagging("BILOU" if there & set("LU") else "BMEWO" if there & set("MW") else "BIOES")
        if "E" in parts:
            return Tagging("IOE")
        if "B" not in parts and "I" in parts:
            return Tagging("IO", "All tags are I-: this is IOB1, or IO, where entities that touch are one.")
        scheme = "IOB1" if self.free_i > self.free_b else "BIO"
        fewer, signs = min(self.free_i, self.free_b), self.free_i + self.free_b
        if fewer <= _FEW * signs:
            return Tagging(scheme)
        told = f"{self.free_b} entities begin with B- as in BIO, {self.free_i} with I- as in IOB1"
        return Tagging(scheme, f"{told}; both are read as beginnings, and the file as {scheme}.")


def is_bracket(value: str) -> bool:
    """Tell whether a value is one of the column of names in CoNLL-2012.

    >>> [is_bracket(value) for value in ("*", "(PER*", "*)", "(PER)", "(TOP(S*", "(12)|(3", "-")]
    [True, True, True, True, False, False, False]
    """
    return _BRACKET.fullmatch(value) is not None


def _unbracketed(values: Iterable[str]) -> Iterator[Tag | None]:
    label = ""
    for value in values:
        found = _BRACKET.fullmatch(value)
        begun = found[1] if found else None
        label = begun or label
        yield None if found is None else ("B" if begun else "I", label) if label else _OUTSIDE
        if value.endswith(")"):
            label = ""


def _split(value: str) -> Tag | None:
    letter, dash, label = value.partition("-")
    part = _PARTS.get(letter)
    return (part, label) if dash and label and part is not None and part != "O" else None


def _goes_on(before: Tag, tag: Tag) -> bool:
    """Tell whether a token is of the same entity as the one before it."""
    return tag[0] in ("I", "E") and before[0] in ("B", "I") and before[1] == tag[1]
