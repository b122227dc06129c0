"""Archives for the tests: of a folder, or member by member with what tools would not write."""

from __future__ import annotations

import io
import stat
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

KINDS = ("zip", "tar", "tar.gz", "tgz", "tar.bz2", "tbz2", "tar.xz", "txz")

TREE = {
    "2026/a.txt": "The harbour reopened on Monday, its operator said.\n",
    "2026/b.html": "<!DOCTYPE html><title>Ferry</title><p>The ferry to the island sails again on Tuesday.</p>",
    "2026/b.json": '{"publisher": "The Tide", "url": "https://tide.example/b"}',
    "2026/sources.toml": '[defaults]\npublisher = { value = "The Wave", known_from = "its imprint" }\n',
    "c.md": "# Bridge\n\nThe bridge stays closed until the summer, the council decided.\n",
    "deep/er/list.jsonl": '{"id": "one", "text": "The first of two reports from the coast."}\n'
    '{"id": "two", "text": "The second of two reports from the coast."}\n',
    "deep/rows.csv": "id,text\nthree,The third report came from the mountains.\n",
    "photo.jpg": "no picture",
    ".hidden.txt": "Nobody reads this.",
}
"""Files by their paths; without a name twice."""


def unpacked(folder: Path, tree: Mapping[str, str] = TREE) -> Path:
    """Write the files below a folder."""
    for name, text in tree.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def pack(path: Path, tree: Mapping[str, str] = TREE, *, turned: bool = False) -> Path:
    """Write an archive of the files, as its name says; ``turned``: in the opposite order."""
    path.parent.mkdir(parents=True, exist_ok=True)
    names = list(reversed(tree)) if turned else list(tree)
    if path.name.lower().endswith(".zip"):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in names:
                archive.writestr(name, tree[name])
        return path
    end = path.name.lower().rpartition(".")[2]
    how = {"tar": "", "gz": "gz", "tgz": "gz", "bz2": "bz2", "tbz2": "bz2", "xz": "xz", "txz": "xz"}[end]
    with tarfile.open(path, f"w:{how}" if how else "w") as tar:  # type: ignore[call-overload]  # a mode of its words
        for name in names:
            data = tree[name].encode()
            info = tarfile.TarInfo(f"./{name}")
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


def zip_of(fill: Callable[[zipfile.ZipFile], None]) -> bytes:
    """Return the bytes of a zip archive that is filled by hand."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        fill(archive)
    return held.getvalue()


def tar_of(fill: Callable[[tarfile.TarFile], None], how: str = "") -> bytes:
    """Return the bytes of a tar archive that is filled by hand."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode=f"w:{how}" if how else "w") as tar:  # type: ignore[call-overload]  # a mode of its words
        fill(tar)
    return held.getvalue()


def put(tar: tarfile.TarFile, name: str, text: str = "", **about: object) -> None:
    """Add a member whose head says what ``about`` tells."""
    info = tarfile.TarInfo(name)
    data = text.encode()
    info.size = len(data)
    for key, value in about.items():
        setattr(info, key, value)
    tar.addfile(info, io.BytesIO(data) if data else None)


def zip_link(archive: zipfile.ZipFile, name: str, target: str, mode: int = stat.S_IFLNK) -> None:
    """Add a member of another kind of file than a regular one."""
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, (mode | 0o644) << 16
    archive.writestr(info, target)
