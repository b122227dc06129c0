"""Tell text from what is none: by the first bytes, by NULs, and by control characters."""

from __future__ import annotations

import tomllib
from functools import cache

from corpus.files import package_text

__all__ = ["binary_reason", "magic_name"]

STRAY = 4
"""So many NULs, and so many other control characters, are still strays in a text of any length."""

SHARE = 100
"""Beyond that, at most one byte in so many may be one."""

_HEAD = 4096
_CONTROLS = bytes(sorted({*range(1, 0x20), 0x7F} - {0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x1A, 0x1B}))
"""C0 controls and DEL, without the white space, backspace, DOS end of file and escape that texts carry."""


def binary_reason(data: bytes) -> str | None:
    """Return what the bytes are instead of text ("a PNG image"), or None for text.

    UTF-16 and UTF-32 look binary here; ask after their marks have been looked for.
    """
    name = magic_name(data)
    if name is not None:
        return name
    allowed = max(STRAY, len(data) // SHARE)
    nuls = data.count(0)
    if nuls > allowed:
        return f"binary ({nuls} NUL bytes in {len(data)})"
    controls = _controls(data)
    if controls > allowed:
        return f"binary ({controls} control characters in {len(data)} bytes)"
    return None


def magic_name(data: bytes) -> str | None:
    """Return what the first bytes say the data is ("a PNG image"), or None where they say nothing."""
    for name, start, plain in _magics():
        if data.startswith(start) and not (plain and not _odd(data[:_HEAD])):
            return name
    return None


def _odd(head: bytes) -> bool:
    return 0 in head or _controls(head) > 0


def _controls(data: bytes) -> int:
    return len(data) - len(data.translate(None, _CONTROLS))


@cache
def _magics() -> tuple[tuple[str, bytes, bool], ...]:
    table = tomllib.loads(package_text("corpus.readers.encoding", "formats.toml"))
    return tuple((row["name"], bytes.fromhex(row["hex"]), row.get("plain", False)) for row in table["magic"])
