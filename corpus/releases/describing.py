"""Make the files that describe a dataset from its rows, scheme and manifest, and hold them against these."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import zip_longest

from corpus.errors import DataError
from corpus.export.card import card_text
from corpus.export.dataset import tool_versions
from corpus.export.facts import read_facts
from corpus.export.layout import CARD
from corpus.export.store import BuiltDataset
from corpus.export.views import view_tables
from corpus.model.finding import Finding
from corpus.model.manifest import Manifest
from corpus.model.tables import CONFIGS
from corpus.releases.descriptions import description_files

__all__ = ["check_described", "described"]

_DECIDING = ("newscorpus", "pyyaml")
"""The tools whose versions decide how a description reads."""


def described(dataset: BuiltDataset, manifest: Manifest) -> Mapping[str, bytes]:
    """Return the card and, for a release, the other descriptions, each by its file's name.

    Args:
        dataset: where the rows and the scheme are read.
        manifest: what is told of them; in ``files`` the hash of each Parquet file. It has the version of a release.

    Raises:
        DataError: a file cannot be read.
    """
    files = {name: dataset.files(name) for name in (*manifest.configs, *manifest.views)}
    models = {name: dataset.file_model(name) for name in CONFIGS}
    tables = {**models, **view_tables(models, manifest)}
    facts = read_facts(files, dataset.scheme)
    made = {CARD: card_text(manifest, dataset.scheme, tables, facts).encode("utf-8")}
    if manifest.version is not None:
        made |= description_files(dataset.directory, manifest, dataset.scheme, tables)
    return made


def check_described(dataset: BuiltDataset) -> Iterator[Finding]:
    """Hold every description, word by word, against the one that the data make.

    One that another version of the toolkit wrote may read otherwise, so it is left alone. The dataset must be sound
    otherwise.
    """
    manifest, now = dataset.manifest, tool_versions()
    if any(manifest.tool.get(name) != now[name] for name in _DECIDING):
        return
    try:
        made = described(dataset, manifest)
    except DataError as error:
        yield Finding("description", CARD, f"It cannot be made of the data: {error}")
        return
    for name, wanted in made.items():
        found = (dataset.directory / name).read_bytes()
        if found != wanted:
            message = (
                "The line is the first that is not what the data, the scheme and the manifest make: it was "
                f"changed, or another state of newscorpus {now['newscorpus']} wrote it."
            )
            yield Finding("description", f"{name}:{_line(found, wanted)}", message)


def _line(found: bytes, wanted: bytes) -> int:
    """Return the number of the first line that differs."""
    pairs = zip_longest(found.split(b"\n"), wanted.split(b"\n"))
    return next(number for number, (one, other) in enumerate(pairs, start=1) if one != other)
