"""Seek a document in raw files by id, bytes, text and address, with its copies and newer crawls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from corpus.errors import SourceError
from corpus.pipeline.rawstore import RawFile, raw_files
from corpus.readers.erasing import Traces, find_parts
from corpus.readers.remote import Spool
from corpus.readers.report import ReadOptions
from corpus.releases.takedowns import page_key

__all__ = ["Sought", "seek"]


@dataclass(slots=True)
class Sought:
    """What a document is known by: it grows by what every copy of it that is found is known by."""

    doc_id: str
    hashes: set[str]
    """SHA-256 of its bytes and of its text, in every version."""
    pages: set[str]
    """Its addresses as :func:`page_key` writes them."""
    others: set[str] = field(default_factory=set)
    """The ids under which it stands besides."""
    holding: dict[Path, RawFile] = field(default_factory=dict)
    """The files that hold it, by their places."""
    named: dict[Path, set[str]] = field(default_factory=dict)
    """Its ids in the folders that hold it."""
    doubtful: list[Path] = field(default_factory=list)
    """Files that have its name, as others with other texts do."""
    unsearched: dict[Path, list[str]] = field(default_factory=dict)
    """What of which files could not be searched, and why."""

    def holds(self, traces: Traces) -> bool:
        """Tell whether a part holds the document."""
        return self._is_it(traces) or not self.hashes.isdisjoint(traces.quoted)

    def learn(self, traces: Traces) -> bool:
        """Add what a part that holds the document is known by; tell whether something of it is new."""
        if not traces.hashes or not self._is_it(traces):
            return False
        before = len(self.hashes), len(self.pages)
        self.hashes.update(traces.hashes)
        self.pages.update(_pages(traces))
        self.others.update({*traces.ids[:1]} - {self.doc_id})
        return before != (len(self.hashes), len(self.pages))

    def note(self, place: Path, told: Sequence[str]) -> None:
        """Keep what of a file could not be searched, instead of what was noted before."""
        self.unsearched.pop(place, None)
        if told:
            self.unsearched[place] = list(told)

    def _is_it(self, traces: Traces) -> bool:
        named = not traces.by_name and self.doc_id in traces.ids
        return named or not self.hashes.isdisjoint(traces.hashes) or not self.pages.isdisjoint(_pages(traces))


def seek(sources: Sequence[Path | str], sought: Sought, options: ReadOptions) -> None:
    """Look for the document in every file until nothing more is learnt, and note which files hold it.

    A file that has the document's name only is the document, unless another file with another text has it too.
    """
    more = bool(sources)
    while more:
        more, claims = False, dict[Path, Traces]()
        for file, traces in _all(sources, options, sought):
            if traces.by_name and traces.ids[:1] == (sought.doc_id,):
                claims[file.place] = traces
            if sought.holds(traces):
                sought.holding[file.place] = file
                sought.named.setdefault(file.place.parent, set()).update(traces.ids[:1])
                more = sought.learn(traces) or more
        unknown = {place: traces for place, traces in claims.items() if not sought.holds(traces)}
        alone = len({traces.hashes[-1] for traces in claims.values()}) == 1
        if not more and alone and unknown:
            sought.hashes.update(*(traces.hashes for traces in unknown.values()))
            more = True
        sought.doubtful = sorted(unknown)


def _all(sources: Sequence[Path | str], options: ReadOptions, sought: Sought) -> Iterator[tuple[RawFile, Traces]]:
    """Yield every part of every file; what cannot be searched is noted."""
    with Spool(options) as spool:
        for file in raw_files(sources, spool):
            told: list[str] = []
            try:
                for part in find_parts(file.source, options, told.append):
                    yield file, part.traces
            except SourceError as error:
                told.append(str(error))
            sought.note(file.place, told)


def _pages(traces: Traces) -> set[str]:
    return {key for address in (*traces.addresses, *traces.ids) if (key := page_key(address))}
