"""TOML from outside to its tables, in time that grows with its length, and to a model of them."""

from __future__ import annotations

import re
import tomllib
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from corpus.model.faults import told_faults

__all__ = ["model_of_toml", "parsed_toml"]

_Model = TypeVar("_Model", bound=BaseModel)

_MOST_PARTS = 32
_PART = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')"""
_LONG_KEY = re.compile(rf"{_PART}(?:[ \t]*+[.][ \t]*+{_PART}){{{_MOST_PARTS}}}")


def parsed_toml(text: str) -> dict[str, Any]:
    """Return the tables of a TOML text; the mark that some editors set before UTF-8 is none of it.

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
    return tomllib.loads(text.removeprefix("\ufeff"))


def model_of_toml(model: type[_Model], text: str, place: str) -> _Model:
    """Return what a TOML text says in a model's shape.

    Raises:
        ValueError: it is no TOML, or has not that shape; a sentence without its full stop that names ``place``.
    """
    try:
        return model.model_validate(parsed_toml(text))
    except ValidationError as error:
        raise ValueError(f"{place}, {told_faults(error)}") from None
    except RecursionError:
        raise ValueError(f"{place} is not valid TOML: it is nested too deep") from None
    except ValueError as error:
        raise ValueError(f"{place} is not valid TOML: {str(error).rstrip('.')}") from None
