"""The texts that came with annotations and that the dataset lacks, as files to build it from."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from corpus.exchange.filenames import FileNames
from corpus.exchange.standoff import Standoff
from corpus.files import atomic_write, clear_leftovers

__all__ = ["write_texts"]


def write_texts(standoffs: Iterable[Standoff], folder: Path) -> list[Path]:
    """Write each different whole text as ``NAME.txt``, of its document's name made safe, and return the files.

    A file that is there already with other contents is left alone, and the text gets another name.

    Raises:
        OSError: the folder or a file of it cannot be written.
    """
    names = FileNames()
    files: dict[tuple[str | None, str], Path] = {}
    folder.mkdir(parents=True, exist_ok=True)
    clear_leftovers(folder)
    for standoff in (one for one in standoffs if not one.excerpts):
        key = standoff.name, standoff.text
        if key not in files:
            files[key] = _write(folder, names, standoff)
    return list(files.values())


def _write(folder: Path, names: FileNames, standoff: Standoff) -> Path:
    whole = standoff.text.encode("utf-8", "replace")
    while True:
        path = folder / f"{names.give(standoff.name)}.txt"
        if not path.exists():
            with atomic_write(path, swept=folder) as stream:
                stream.write(whole)
            return path
        if path.is_file() and path.read_bytes() == whole:
            return path
