"""What a call hands in, held against what its function says that it takes: each wrong argument is one sentence."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from datetime import date, datetime
from functools import cache, wraps
from numbers import Integral
from types import NoneType, UnionType
from typing import Any, Literal, ParamSpec, TypeVar, Union, get_args, get_origin, get_type_hints

from corpus.errors import UsageError
from corpus.model.shortened import told_value
from corpus.progress import Progress

__all__ = ["PATH", "checked", "is_path"]

PATH = "a path (str or Path)"
"""What a sentence calls that for which :func:`is_path` holds."""

_P = ParamSpec("_P")
_R = TypeVar("_R")


def checked(call: Callable[_P, _R]) -> Callable[_P, _R]:
    """Hold what a call hands in against the function's annotations, before its body begins.

    Texts, paths, switches, numbers (which count something), days and words of a list are known here; at lists and
    mappings the function itself looks. An argument that is missing or that no function has is Python's TypeError.

    Raises:
        UsageError: the function that is returned does, where an argument is of another type or none of its words.
    """

    @cache
    def declared() -> tuple[inspect.Signature, dict[str, Any]]:
        return inspect.signature(call), get_type_hints(call)

    @wraps(call)
    def held(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        signature, hints = declared()
        try:
            given = signature.bind(*args, **kwargs).arguments
        except TypeError:
            return call(*args, **kwargs)
        for name in given.keys() & hints.keys():
            _check(name, given[name], hints[name])
        return call(*args, **kwargs)

    return held


def is_path(value: object) -> bool:
    """Tell whether a value is a path that may lie on a disk: not empty, without NUL, and its name has bytes."""
    named = os.fspath(value) if isinstance(value, os.PathLike) else value
    if not isinstance(named, str) or not named or "\0" in named:
        return False
    try:
        os.fsencode(named)
    except UnicodeEncodeError:
        return False
    return True


def _is_text(value: object) -> bool:
    return isinstance(value, str) and not any("\ud800" <= character <= "\udfff" for character in value)


_KINDS: dict[object, tuple[str, Callable[[Any], bool]]] = {
    os.PathLike: (PATH, is_path),
    str: ("a str", _is_text),
    bool: ("True or False", lambda value: isinstance(value, bool)),
    int: (
        "a whole number from 1",
        lambda value: isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= 1,
    ),
    date: (
        "a day (datetime.date; of a datetime, its `date()`)",
        lambda value: isinstance(value, date) and not isinstance(value, datetime),
    ),
    Progress: ("a corpus.progress.Progress", lambda value: isinstance(value, Progress)),
    NoneType: ("None", lambda value: value is None),
}
"""What annotations are known: in words, and whether a value is of the kind."""


def _check(name: str, value: object, hint: Any) -> None:
    """Make sure that an argument is what its annotation says, as far as that is known."""
    hints = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    kinds = [get_origin(each) or each for each in hints]
    if os.PathLike in kinds and str in kinds:
        kinds.remove(str)
    if any(kind in _KINDS and _KINDS[kind][1](value) for kind in kinds):
        return
    if Literal in kinds:  # another word would pass for the default
        words = get_args(hints[kinds.index(Literal)])
        if not isinstance(value, str) or value not in words:
            raise UsageError(f"`{name}=` takes one of {', '.join(words)}, got {told_value(value)}.")
    elif all(kind in _KINDS for kind in kinds):
        expected = " or ".join(f"{_KINDS[kind][0]}{_written(kind, value)}" for kind in kinds)
        got = told_value(value) if isinstance(value, str | Integral) else type(value).__name__
        raise UsageError(f"{name} must be {expected}, got {got}.")


def _written(kind: object, value: object) -> str:
    return " that UTF-8 can write" if kind is str and isinstance(value, str) else ""
