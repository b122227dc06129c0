"""TOML from outside to its tables, in time that grows with its length."""

from __future__ import annotations

import re
import tomllib
from typing import Any

__all__ = ["parsed_toml"]

_MOST_PARTS = 32
_PART = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')"""
_LONG_KEY = re.compile(rf"{_PART}(?:[ \t]*+[.][ \t]*+{_PART}){{{_MOST_PARTS}}}")


def parsed_toml(text: str) -> dict[str, Any]:
    """Return the tables of a TOML text.

    Keys of very many parts ("a.a.a…") are refused: tomllib takes a time that grows with the square of their
    number, and they nest tables deeper than Python can show.

    Raises:
        ValueError: it is no TOML, or has such a key.
        RecursionError: its lists or tables are nested too deep.
    """
    found = _LONG_KEY.search(text)
    if found is not None:
        line = text.count("\n", 0, found.start()) + 1
        raise ValueError(f"a key of more than {_MOST_PARTS} parts at line {line}; shorten it")
    return tomllib.loads(text)
