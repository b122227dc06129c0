"""What a sentence shows of words, values and lists that may be long."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["on_one_line", "shortened", "some_of", "spelled_out", "told_value"]

_CHARACTERS = 60
_NAMES: dict[type, str] = {dict: "an object", list: "a list", tuple: "a list"}


def shortened(text: str, most: int = _CHARACTERS) -> str:
    """Return a text of at most so many characters, "…" the last of them where it was cut.

    >>> shortened("harbour", 7), shortened("harbours", 7)
    ('harbour', 'harbou…')
    """
    return text if len(text) <= most else f"{text[: most - 1]}…"


def on_one_line(text: str, most: int = _CHARACTERS) -> str:
    r"""Return a text with a space for each run of white space, shortened.

    >>> on_one_line("a\n\n b")
    'a b'
    """
    return shortened(" ".join(text.split()), most)


def told_value(value: object, most: int = _CHARACTERS) -> str:
    """Return a value that was got, shortened: a string in quotes, what holds others by its kind.

    >>> told_value("harbours", 7), told_value(1.5), told_value(None), told_value({"a": 1}), told_value([1])
    ("'harbou…'", '1.5', 'null', 'an object', 'a list')
    """
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    return _NAMES.get(type(value)) or spelled_out(value, most)


def spelled_out(value: object, most: int = _CHARACTERS) -> str:
    """Return what Python writes for a value, shortened: for what holds others, where they matter.

    >>> spelled_out("harbours", 7), spelled_out({"a": [1, 2]}, 7)
    ("'harbou…'", "{'a': …")
    """
    if isinstance(value, str):
        return repr(shortened(value, most))
    try:
        return shortened(repr(value), most)
    except (RecursionError, ValueError):  # Python writes no whole number of more than 4,300 digits
        return "what is nested too deep, or is too long, to be shown"


def some_of(names: Sequence[str], most: int) -> str:
    """Return the first names, and how many there are besides.

    >>> some_of(["a", "b"], 2), some_of(["a", "b", "c", "d"], 2)
    ('a, b', 'a, b and 2 more')
    """
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
