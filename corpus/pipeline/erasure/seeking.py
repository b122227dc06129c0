"""Seek a document in raw files by id, bytes, text and address, with its copies and newer crawls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from corpus.errors import SourceError
from corpus.pipeline.rawstore import RawFile, raw_files
from corpus.readers.erasing import Part, Traces, find_parts
from corpus.readers.packed import UNREAD_MEMBERS
from corpus.readers.report import ReadOptions, ReadReport
from corpus.readers.spool import Spool
from corpus.releases.takedowns import page_key

__all__ = ["Found", "Sought", "Unsearched", "look_through", "seek", "state_of"]


_UNLISTED = ("no-such-source", "extra-missing", "unreadable", "link-loop", *UNREAD_MEMBERS)
"""Findings on what could not be listed."""


@dataclass(slots=True)
class Found:
    """What of a file is the document."""

    file: RawFile
    state: tuple[int, ...] = ()
    """What tells whether the file was changed after it was looked through."""
    gone: dict[int, int] = field(default_factory=dict)
    """Where the parts that hold it begin, and where they end."""
    ids: set[str] = field(default_factory=set)
    """The ids that it has there."""
    names: set[str] = field(default_factory=set)
    """By what other records of an archive may speak of these parts."""
    others: int = 0
    """How many other parts there are for which a file is kept."""
    claim: Traces | None = None
    """What a file that has the document's name is known by."""
    alike: bool = False
    """Whether its path would be the document's below another folder."""
    broken: str = ""
    """Why the file cannot be read to its end."""

    def take(self, part: Part) -> None:
        """Add a part that holds the document."""
        self.gone[part.begin] = part.end
        self.ids.update(part.traces.ids[:1])
        self.names.update(part.names)


@dataclass(slots=True)
class Unsearched:
    """What of a file could not be searched: the first of it, and how much more there is."""

    why: str
    more: int = 0


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
    holding: dict[Path, Found] = field(default_factory=dict)
    """What holds it, by the files' places."""
    doubtful: list[Path] = field(default_factory=list)
    """Files that have its name, as others with other texts do."""
    alike: list[Path] = field(default_factory=list)
    """Files whose paths would be its id below another folder, where no file's path is."""
    unsearched: dict[Path, Unsearched] = field(default_factory=dict)
    """What of which files could not be searched, and why."""

    def holds(self, traces: Traces) -> bool:
        """Tell whether a part holds the document."""
        return self.is_it(traces) or not self.hashes.isdisjoint(traces.quoted)

    def learn(self, traces: Traces) -> bool:
        """Add what a part that holds the document is known by; tell whether something of it is new.

        What has nothing but its text gives no address: a notice that a site sent for many of its pages would lead
        to all of these.
        """
        if not traces.hashes or not self.is_it(traces):
            return False
        before = len(self.hashes), len(self.pages)
        if self._is_named(traces) or self.doc_id in traces.ids:
            self.pages.update(_pages(traces))
        self.hashes.update(traces.hashes)
        self.others.update({*traces.ids[:1]} - {self.doc_id})
        return before != (len(self.hashes), len(self.pages))

    def is_it(self, traces: Traces) -> bool:
        """Tell whether a part is the document, and does not only quote it."""
        return self._is_named(traces) or not self.hashes.isdisjoint(traces.hashes)

    def _is_named(self, traces: Traces) -> bool:
        named = not traces.by_name and self.doc_id in traces.ids
        return named or not self.pages.isdisjoint(_pages(traces))


def seek(sources: Sequence[Path | str], sought: Sought, options: ReadOptions) -> None:
    """Look for the document in every file until nothing more is learnt, and note which files hold it.

    A file that has the document's name only is the document, unless another file with another text has it too.
    Where names are paths and no file has it, those are told that would have it below another folder.
    """
    with Spool(options) as spool:
        while _look_everywhere(sources, spool, sought, options):
            pass


def _look_everywhere(sources: Sequence[Path | str], spool: Spool, sought: Sought, options: ReadOptions) -> bool:
    """Look through every file; tell whether more is known of the document than before."""
    before = len(sought.hashes), len(sought.pages)
    sought.holding.clear()
    claims: dict[Path, Traces] = {}
    alike: list[Path] = []
    report = ReadReport()
    for file in raw_files(sources, spool, report):
        found = look_through(file, sought, options)
        if found.gone:
            sought.holding[file.place] = found
        if found.claim is not None:
            claims[file.place] = found.claim
        elif found.alike and not found.gone:
            alike.append(file.place)
    unlisted = (finding for finding in report.findings if finding.code in _UNLISTED)
    sought.unsearched.update((Path(finding.place), Unsearched(finding.message)) for finding in unlisted)
    unknown = {place: traces for place, traces in claims.items() if not sought.holds(traces)}
    if unknown and len({traces.hashes[-1:] for traces in claims.values()}) == 1:
        sought.hashes.update(*(traces.hashes for traces in unknown.values()))
        unknown.clear()
    sought.doubtful = sorted(unknown)
    sought.alike = sorted(alike) if not claims else []
    return before != (len(sought.hashes), len(sought.pages))


def look_through(file: RawFile, sought: Sought, options: ReadOptions) -> Found:
    """Return what of a file is the document, learn from it, and note what could not be searched."""
    found = Found(file)
    sought.unsearched.pop(file.place, None)
    tell = partial(_note, sought.unsearched, file.place)
    try:
        found.state = state_of(file)
        for part in find_parts(file.source, options, tell):
            if part.traces.by_name and part.traces.ids[:1] == (sought.doc_id,):
                found.claim = part.traces
            elif part.traces.by_name and options.ids == "path":
                found.alike = _ends_alike(part.traces.ids[0], sought.doc_id)
            if sought.holds(part.traces):
                found.broken = "" if sought.is_it(part.traces) else part.stuck
                sought.learn(part.traces)
                found.take(part)
            else:
                found.others += part.counts
    except (SourceError, OSError) as error:
        found.broken = str(error)
        tell(found.broken)
    return found


def _ends_alike(path: str, other: str) -> bool:
    """Tell whether one path is the end of another, and more than a bare name.

    >>> _ends_alike("a/b/index", "b/index"), _ends_alike("a/index", "index"), _ends_alike("ab/index", "b/index")
    (True, False, False)
    """
    shorter, longer = sorted((path, other), key=len)
    return "/" in shorter and longer.endswith(f"/{shorter}")


def _note(unsearched: dict[Path, Unsearched], place: Path, why: str) -> None:
    if place in unsearched:
        unsearched[place].more += 1
    else:
        unsearched[place] = Unsearched(why)


def state_of(file: RawFile) -> tuple[int, ...]:
    """Return what tells whether a file that may be changed was changed.

    Raises:
        OSError: it is not there.
    """
    if file.fixed:
        return ()
    told = file.held_by.stat()
    return told.st_ino, told.st_size, told.st_mtime_ns


def _pages(traces: Traces) -> set[str]:
    return {key for address in (*traces.addresses, *traces.ids) if (key := page_key(address))}
