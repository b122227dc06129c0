"""Characters that no server keeps: PostgreSQL refuses U+0000 and halves of surrogate pairs wherever they stand.

On SQLite Label Studio takes them, and then cannot show a task that holds a half. What only stands beside the text
is sent with U+FFFD in their place; texts and names that count are not sent at all.
"""

from __future__ import annotations

import re
from typing import Any

__all__ = ["kept", "unkept"]

_UNKEPT = re.compile("[\0\ud800-\udfff]")


def unkept(value: object) -> bool:
    """Tell whether any string of a JSON value, names of members included, holds a character that is not kept.

    >>> unkept({"a": ["b", 1, None]}), unkept({"a": ["b\\0"]}), unkept({"\\ud83d": 1})
    (False, True, True)
    """
    if isinstance(value, str):
        return _UNKEPT.search(value) is not None
    if isinstance(value, dict):
        return any(unkept(name) or unkept(held) for name, held in value.items())
    return isinstance(value, list | tuple) and any(map(unkept, value))


def kept(value: Any) -> Any:
    """Return a JSON value with U+FFFD for each character that is not kept; offsets stay what they were.

    >>> kept({"a": ["b\\0c"]})
    {'a': ['b\ufffdc']}
    """
    if isinstance(value, str):
        return _UNKEPT.sub("\ufffd", value)
    if isinstance(value, dict):
        return {kept(name): kept(held) for name, held in value.items()}
    return [kept(held) for held in value] if isinstance(value, list | tuple) else value
