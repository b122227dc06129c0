"""A folder of brat's written: texts, annotations and configuration."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from corpus.exchange.brat.reading import NAMES
from corpus.exchange.brat.settings import Seen, configuration
from corpus.exchange.brat.written import Written, stored_text
from corpus.exchange.filenames import FileNames
from corpus.exchange.losses import Losses
from corpus.exchange.standoff import Standoff
from corpus.files import atomic_directory
from corpus.model.finding import Finding
from corpus.model.scheme import Scheme

__all__ = ["write_brat"]


def write_brat(documents: Iterable[Standoff], path: Path, scheme: Scheme) -> Iterator[Finding]:
    """Write a folder: a text and its annotations for each document, in a folder of each annotator who is named.

    The list :data:`NAMES` says what document and annotator a file stands for; ids that are not of brat's form
    (T1) are made so. Yields a warning for what brat does not hold.

    Raises:
        OSError: the folder cannot be written.
    """
    seen, people = Seen(), FileNames()
    folders: dict[str | None, str] = {None: ""}
    files: dict[str | None, FileNames] = defaultdict(FileNames)
    with atomic_directory(path) as new:
        with (new / NAMES).open("w", encoding="utf-8", newline="\n") as names:
            for document in documents:
                who = document.annotator
                if who not in folders:
                    folders[who] = f"{people.give(who)}/"
                    (new / folders[who]).mkdir()
                file = folders[who] + files[who].give(document.name)
                names.write(_named(file, document))
                losses = Losses(document)
                text = stored_text(document, losses)
                _write(new / f"{file}.txt", text)
                _write(new / f"{file}.ann", "".join(Written(document, text, losses, seen).lines()))
                yield from losses.findings("brat")
        for name, content in configuration(scheme, seen).items():
            _write(new / name, content)


def _named(file: str, document: Standoff) -> str:
    """Return a line of the list of names."""
    told = {"file": file, "name": document.name, "annotator": document.annotator}
    return json.dumps({key: held for key, held in told.items() if held is not None}) + "\n"


def _write(path: Path, content: str) -> None:
    path.write_bytes(content.encode("utf-8"))
