"""What sources are called: by their last parts; no path of a machine and no secret of an address is told."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from corpus.readers.addresses import is_address, local_path, scheme_of, shown_parts
from corpus.readers.opening import visible

__all__ = ["labelled"]


def labelled(sources: Sequence[Path | str]) -> list[tuple[Path | str, str]]:
    """Name each source by its last part; by more parts where two different ones end alike.

    Addresses that differ in nothing that parts tell have one more at their beginning: the scheme, the scheme and
    the port, or, where only a query or a user tells them apart, which must not be shown, their number among the
    sources. What was read is known by its label, so no two sources may share one.
    """
    named = [source if is_address(source) else local_path(source) for source in sources]
    parts = {source: _parts(source) for source in named}
    depth = 1
    while _clash(parts, depth) and depth < max(map(len, parts.values())):
        depth += 1
    labels = {source: _label(source, parts[source], depth) for source in named}
    numbers = {source: number for number, source in enumerate(parts, 1)}
    for alike in _alike(parts):
        labels |= _told_apart(alike, labels, numbers)
    return [(source, labels[source]) for source in named]


def _alike(parts: Mapping[Path | str, tuple[str, ...]]) -> Iterator[list[str]]:
    """Yield the addresses of the same parts, where several sources have those."""
    groups: dict[tuple[str, ...], list[Path | str]] = {}
    for source, own in parts.items():
        groups.setdefault(own, []).append(source)
    for group in groups.values():
        if len(group) > 1:
            yield [source for source in group if isinstance(source, str)]


def _told_apart(
    alike: Sequence[str], labels: Mapping[Path | str, str], numbers: Mapping[Path | str, int]
) -> dict[Path | str, str]:
    taken = {label for source, label in labels.items() if source not in alike}
    tags: tuple[Callable[[str], str], ...] = (scheme_of, _scheme_and_port, lambda own: f"source {numbers[own]}")
    found: dict[Path | str, str] = {}
    for tag in tags:
        found = {source: f"{tag(source)}/{labels[source]}" for source in alike}
        if len(set(found.values())) == len(alike) and taken.isdisjoint(found.values()):
            break
    return found


def _scheme_and_port(address: str) -> str:
    port = re.search(r":(\d{1,5})$", re.split(r"[/?#]", address.partition("://")[2], maxsplit=1)[0])
    return f"{scheme_of(address)}:{port[1]}" if port else scheme_of(address)


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
