"""Two checkouts of one project: what their files say, and what they are when merged."""

from __future__ import annotations

from pathlib import Path

from labelstudio_desk import Desk


def beside(desk: Desk, folder: Path) -> Desk:
    """Return another checkout of a desk's project, with no files of its own."""
    other = Desk(desk.client, folder, *desk.documents)
    other.name = desk.name
    return other


def says(desk: Desk) -> dict[tuple[str, str], list[str]]:
    """Return the words that each set marks."""
    return {key: [e.spans[0].exact for e in item.entities] for key, item in desk.sets().items()}


def merge(folder: Path, other: Path) -> dict[str, bytes]:
    """Return the files of two folders as a merge leaves them that keeps the lines of both, each once."""
    names = {path.name for path in (*folder.glob("*.jsonl"), *other.glob("*.jsonl"))}
    found: dict[str, list[bytes]] = {}
    for name in sorted(names):
        files = [one / name for one in (folder, other) if (one / name).exists()]
        found[name] = list(dict.fromkeys(line for path in files for line in path.read_bytes().splitlines()))
    return {name: b"".join(line + b"\n" for line in lines) for name, lines in found.items()}
