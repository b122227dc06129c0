"""What a sentence of the library says of an argument, as the command line calls it.

The functions' sentences name arguments as a call in Python does: `` `split_by=` ``, or with what to give
`` `replace=True` ``. On the command line the same sentence reads ``--split-by``, ``--replace``.
"""

from __future__ import annotations

import ast
import re

__all__ = ["as_options"]

_ARGUMENT = re.compile(r"`([a-z]+(?:_[a-z]+)*)=([^`]{0,200})`")
_CALLED = {"form": "format", "build": "from"}
"""Arguments whose options have other names: those would hide a function of Python, or are its words."""


def as_options(sentence: str) -> str:
    """Return a sentence with its arguments named as options.

    >>> as_options("`split_by=` takes some of these, `ids='path'` and `replace=True` too.")
    '--split-by takes some of these, --ids path and --replace too.'
    >>> as_options("say `splits={'train': 0.8, 'test': 0.2}`, and leave `line_model=False` out")
    'say --splits train=0.8,test=0.2, and leave --no-line-model out'
    """
    return _ARGUMENT.sub(_option, sentence)


def _option(found: re.Match[str]) -> str:
    name = _CALLED.get(found[1], found[1]).replace("_", "-")
    if not found[2]:
        return f"--{name}"
    try:
        value = ast.literal_eval(found[2])
    except (SyntaxError, ValueError):
        return found[0]  # no words of ours: a file's name, a line of somebody's data
    if isinstance(value, bool):
        return f"--{name}" if value else f"--no-{name}"
    if isinstance(value, dict):
        return f"--{name} {','.join(f'{key}={each}' for key, each in value.items())}"
    return f"--{name} {value}"
