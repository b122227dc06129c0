"""Lines that were edited by hand: a version that is in step, and no longer says what it said then.

A change here is a new line with a higher revision. One that is made inside a line keeps its revision, so
nothing would send it; it is told instead, until the line is as it was or a newer one follows. What a line said is
kept as two hashes: of its bytes, which tell quickly that nothing happened, and of its JSON, which order and spaces
do not change.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from pathlib import Path

from corpus.annotation.heads import Version
from corpus.annotation.history import folder_digest
from corpus.annotation.identifying import renamed
from corpus.annotation.lines import LineError, file_lines, line_of, says_same, set_of
from corpus.labelstudio.ledger.known import Key, Line
from corpus.labelstudio.work import Work
from corpus.model.finding import Finding, Severity

__all__ = ["note_lines", "renote_lines", "tell_rewritten"]

_Differing = tuple[Version, Line, bytes]
"""A version, what was noted of its line, and the line as it stands."""


def tell_rewritten(work: Work) -> None:
    """Report each newest version in step whose line differs from the noted one; the next run looks again.

    So it reports lines that repeat a revision and say something else, as two people's files make when they are
    merged.

    It comes before a pull, which may append the server's version after such a line. Nothing is read where the
    files are those that were compared last.
    """
    if folder_digest(work.material.folder) == work.ledger.fact(work.mark, "files"):
        return
    noted = work.ledger.lines(work.mark)
    found: dict[Path, list[_Differing]] = defaultdict(list)
    for version, line in _in_step(work):
        before = noted.get(version.key)
        if before is None or before.revision != version.revision or _hash(line) == before.raw:
            continue
        if _content(line) != before.content and version.path is not None:
            found[version.path].append((version, before, line))
    if work.history.heads.repeated:
        work.incomplete = True
        work.report.add(work.history.heads.repeated)
    for path, differing in found.items():
        versions = _rewritten(path, differing)
        work.incomplete = work.incomplete or bool(versions)
        _tell(work, path, versions)


def note_lines(work: Work) -> None:
    """Note what the lines say that came into step since; a line that was noted is not noted again."""
    if work.options.dry_run:
        return
    work.history.catch_up()
    noted = work.ledger.lines(work.mark)
    news = [
        (version.key, Line(version.revision, _hash(line), _content(line)))
        for version, line in _in_step(work)
        if version.key not in noted or noted[version.key].revision != version.revision
    ]
    if news:
        with work.ledger.transaction("lines-noted"):
            for key, line in news:
                work.ledger.note_line(work.mark, key, line)


def renote_lines(work: Work, keys: Mapping[Key, str]) -> None:
    """Note what lines say whose documents were renamed (``keys``: the ids before, by the keys of today).

    A line that said something else already than what was in step stays noted as it was, and is told.
    """
    noted = work.ledger.lines(work.mark)
    for version, line in work.history.last_lines():
        before, there = keys.get(version.key), noted.get(version.key)
        if before is None or there is None or there.revision != version.revision:
            continue
        item = work.history.as_written(version.key)
        if item is not None and _content(line_of(renamed(item, before))) == there.content:
            work.ledger.note_line(work.mark, version.key, Line(version.revision, _hash(line), _content(line)))


def _in_step(work: Work) -> Iterator[tuple[Version, bytes]]:
    steps = {key: step.revision for key, step in work.ledger.steps(work.mark)}
    for version, line in work.history.last_lines():
        if steps.get(version.key) == version.revision:
            yield version, line


def _rewritten(path: Path, differing: Iterable[_Differing]) -> list[Version]:
    """Return the versions whose noted line is gone: it may stand behind another checkout's that says the same."""
    lines = {_hash(line): line for _, line in file_lines(path) if line is not None}
    return [v for v, noted, line in differing if noted.raw not in lines or not _agree(lines[noted.raw], line)]


def _agree(one: bytes, other: bytes) -> bool:
    try:
        return says_same(set_of(one), set_of(other))
    except LineError:
        return False


def _tell(work: Work, path: Path, versions: Iterable[Version]) -> None:
    numbers = _numbers(path, {version.start for version in versions})
    for version in versions:
        work.history.load(version)  # what is no annotation at all is told as well
        place = f"{work.material.folder.resolve().name}/{path.name}:{numbers.get(version.start, '?')}"
        message = (
            f"Revision {version.revision} of the annotation of {version.doc_id!r} by {version.annotator!r} differs "
            "from what was in step with the server, and was not sent: restore the line, and append what is to "
            "change as a line with the next revision."
        )
        work.report.add([Finding("annotation-rewritten", place, message, Severity.ERROR)])


def _numbers(path: Path, starts: Container[int]) -> dict[int, int]:
    """Return the line numbers, from 1, of the lines that begin at these bytes."""
    found: dict[int, int] = {}
    position = 0
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            if position in starts:
                found[position] = number
            position += len(line)
    return found


def _hash(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _content(line: bytes) -> str:
    """Return a hash of a line's JSON, whatever the order of its keys and its spaces."""
    try:
        return _hash(json.dumps(json.loads(line), sort_keys=True).encode("ascii"))
    except (ValueError, RecursionError):
        return _hash(line)
