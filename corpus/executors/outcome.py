"""What comes back from a worker: a result, or an exception in a form that survives the way."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

from corpus.errors import CorpusError

__all__ = ["Outcome", "run"]


class Outcome:
    """A result, or an exception in a form that surely survives the way back."""

    __slots__ = ("error", "value")

    def __init__(self, value: Any, error: Exception | None) -> None:
        self.value = value
        self.error = error

    def unwrap(self) -> Any:
        """Return the result or raise the exception."""
        if self.error is not None:
            raise self.error
        return self.value


def run(function: Callable[[Any], Any], item: Any) -> Outcome:
    """Call the function; an exception that cannot be rebuilt at the other end is told in words."""
    try:
        return Outcome(function(item), None)
    except Exception as error:
        return Outcome(None, _portable(error))


def _portable(error: Exception) -> Exception:
    try:
        rebuilt = pickle.loads(pickle.dumps(error))  # noqa: S301 (our own bytes, made a moment ago)
        same = type(rebuilt) is type(error) and str(rebuilt) == str(error)
    except Exception:
        same = False
    if same:
        return error
    return CorpusError(str(error) if isinstance(error, CorpusError) else f"{type(error).__name__}: {error}")
