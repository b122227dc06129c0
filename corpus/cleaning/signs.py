"""What holds of single characters, told once each: a table over all code points, filled as they are met."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

__all__ = ["SignTable"]

_CODE_POINTS = 0x110000


class SignTable:
    """A number for each code point."""

    def __init__(self, tell: Callable[[pl.Series], object], kind: type[np.unsignedinteger[Any]]) -> None:
        """Take what tells the numbers of characters, one a row; 0 stands for what was not met yet."""
        self._tell = tell
        self._numbers = np.zeros(_CODE_POINTS, dtype=kind)

    def of(self, sign: NDArray[np.integer[Any]]) -> NDArray[np.unsignedinteger[Any]]:
        """Return the numbers of code points."""
        found: NDArray[np.unsignedinteger[Any]] = self._numbers.take(sign)
        new = np.unique(sign[found == 0])
        if len(new):
            self._numbers[new] = self._tell(pl.Series([chr(one) for one in new]))
            found = self._numbers.take(sign)
        return found
