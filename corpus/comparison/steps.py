"""How far a version must step for a difference: the rule of Croissant 1.1, kind by kind."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

__all__ = ["Reason", "Step"]


class Step(IntEnum):
    """The part of MAJOR.MINOR.PATCH that a difference raises; a larger step takes the smaller ones in.

    The definitions are those of the section on versions in Croissant 1.1 (MLCommons), where versions of data are
    compared by what becomes of the rows; "can still be retrieved" is read as: by their keys.
    """

    NONE = 0
    PATCH = 1
    """The same rows in other files."""
    MINOR = 2
    """Only additions: whoever reads the old rows and columns finds them as they were."""
    MAJOR = 3
    """Something that was there is gone or says something else."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A fact of the difference that asks for a step, as half a sentence (``3 rows of entities removed``)."""

    step: Step
    fact: str
