"""How files of one document come by their ids: as a dataset at hand says, and what becomes of ids that change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import polars as pl

from corpus.errors import CorpusError
from corpus.export.layout import MANIFEST
from corpus.export.store import read_manifest
from corpus.model.counted import count
from corpus.model.finding import Finding, Severity
from corpus.model.manifest import IdsFrom
from corpus.pipeline.revisions import Revisions
from corpus.releases.takedowns import datasets_in, ids_in

__all__ = ["changed_ids", "ids_of", "ids_where"]


def ids_of(dataset: Path) -> IdsFrom | None:
    """Return how the documents of a dataset came by their ids, None where none is there.

    Raises:
        DataError: its manifest cannot be read.
    """
    return read_manifest(dataset / MANIFEST).ids if (dataset / MANIFEST).is_file() else None


def ids_where(folders: Iterable[Path], doc_id: str) -> IdsFrom | None:
    """Return how the datasets in the folders that hold a document say its id, or all of them where none does.

    None where they do not agree, since an id of the one kind may be another document's of the other; what cannot be
    read is passed over.
    """
    told: dict[Path, IdsFrom | None] = {}
    for place in datasets_in(folders):
        with suppress(CorpusError):
            told[place] = ids_of(place)
    if len(set(told.values())) > 1:
        told = {place: ids for place, ids in told.items() if doc_id in ids_in([place])} or told
    kinds = set(told.values())
    return kinds.pop() if len(kinds) == 1 else None


def changed_ids(former: Revisions, before: IdsFrom | None, now: IdsFrom, facts: pl.DataFrame) -> Iterator[Finding]:
    """Warn where the documents of the build that is replaced have other ids since these are made otherwise.

    ``facts`` has ``doc_id`` and ``anchor_sha256`` of every document that was read.
    """
    if before in (None, now):
        return
    new = dict(facts.select("anchor_sha256", "doc_id").iter_rows())
    there = set(new.values())
    gone = {doc_id: revisions[-1][1] for doc_id, revisions in former.known.items() if doc_id not in there}
    if not gone:
        return
    renamed = next(((old, new[digest]) for old, digest in sorted(gone.items()) if digest in new), None)
    example = f" ({renamed[0]!r} is {renamed[1]!r} now)" if renamed else ""
    message = (
        f"Ids are {_WORDS[now]} now, and were {_WORDS[before or now]} in the build that was here: of its documents "
        f"{count(len(gone), 'id')} {'is' if len(gone) == 1 else 'are'} not there any more{example}. Annotations, "
        f"tombstones and sources.toml speak of documents by their ids; build with `ids={before!r}` to keep these, "
        "or bring annotations along with `corpus annotations rename`."
    )
    yield Finding("ids-changed", "documents", message, Severity.WARNING)


_WORDS: dict[IdsFrom, str] = {"stem": "files' names", "path": "files' paths"}
