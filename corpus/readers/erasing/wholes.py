"""Files of one document (texts, pages, news items): what the one in a file is known by."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from corpus.readers.erasing.parts import Part, Traces, quoted_in, traces_of_document
from corpus.readers.iptc.newsroom import read_item
from corpus.readers.kinds import ONE_DOCUMENT
from corpus.readers.records import Problem
from corpus.readers.report import ReadOptions, ReadReport
from corpus.readers.sidecars import parsed_json
from corpus.readers.sourcefile import SourceFile
from corpus.readers.textfiles import read_text_file, whole_file

__all__ = ["find_whole"]


def find_whole(file: SourceFile, options: ReadOptions) -> Iterator[Part]:
    """Yield the file as one part; what cannot be read as a document is known by its bytes and its name.

    Raises:
        SourceError: the file cannot be read at all.
    """
    traces = _of_text(file, options) if file.kind in ONE_DOCUMENT else _of_item(file, options)
    what = "another news item" if traces.ids else "no news item"
    stuck = f"it is {what}, and what else is in it would go, too" if traces.quoted else ""
    yield Part(0, 0, replace(traces, hashes=tuple(dict.fromkeys((*_digest(file), *traces.hashes)))), stuck=stuck)


def _of_text(file: SourceFile, options: ReadOptions) -> Traces:
    for raw in read_text_file(file, options, ReadReport()):
        return replace(traces_of_document(raw), by_name=True)
    return Traces((file.doc_id,), by_name=True)


def _of_item(file: SourceFile, options: ReadOptions) -> Traces:
    """Return what a news item is known by; a notice that takes another one back is not that one."""
    try:
        item = read_item(file, options)
    except Problem:
        return Traces()
    if item is None:
        return Traces(quoted=tuple(_quoted(file, options)))
    if item.withdraws is not None:
        return Traces()
    try:
        found = item.document()
    except Problem:
        found = None
    own = Traces() if found is None else traces_of_document(found)
    ids = tuple(dict.fromkeys((item.doc_id, *item.aliases, *own.ids)))
    return replace(own, ids=ids, quoted=tuple(_quoted(file, options)))


def _quoted(file: SourceFile, options: ReadOptions) -> Iterator[str]:
    """Yield the hash of every longer text in JSON that is no news item (a list of records, say)."""
    if file.kind == "json":
        with suppress(Problem):
            yield from quoted_in([parsed_json(whole_file(file, options))])


def _digest(file: SourceFile) -> Iterator[str]:
    """Yield the hash of the file's bytes; nothing is the same as another nothing."""
    digest, blank = hashlib.sha256(), True
    with file.open() as stream:
        while piece := stream.read(2**20):
            digest.update(piece)
            blank = blank and not piece.strip()
    if not blank:
        yield digest.hexdigest()
