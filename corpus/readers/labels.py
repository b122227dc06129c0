"""What sources are called: by their last parts; no path of a machine and no secret of an address is told."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from corpus.readers.opening import visible
from corpus.readers.remote import is_address, local_path, shown_parts

__all__ = ["labelled"]


def labelled(sources: Sequence[Path | str]) -> list[tuple[Path | str, str]]:
    """Name each source by its last part; by more parts where two different ones end alike."""
    named = [source if is_address(source) else local_path(source) for source in sources]
    parts = {source: _parts(source) for source in named}
    depth = 1
    while _clash(parts, depth) and depth < max(map(len, parts.values())):
        depth += 1
    return [(source, _label(source, parts[source], depth)) for source in named]


def _parts(source: Path | str) -> tuple[str, ...]:
    if isinstance(source, str):
        return shown_parts(source)
    real = Path(os.path.realpath(source)) if "\0" not in str(source) else source
    return tuple(part for part in real.parts if part != real.anchor)


def _clash(parts: dict[Path | str, tuple[str, ...]], depth: int) -> bool:
    return len({found[-depth:] for found in parts.values()}) < len(set(parts.values()))


def _label(source: Path | str, real: tuple[str, ...], depth: int) -> str:
    """Return the last parts, with the name of a path as it was given at the end."""
    parts = list(real[-depth:])
    if parts and isinstance(source, Path) and source.name not in ("", ".."):
        parts[-1] = source.name
    return "/".join(map(visible, parts)) or "root"
