"""What an import leaves alone, since lines of the annotation files cannot be read, and what it writes all the same.

An import appends to the files of the annotators it is by. A damaged line in another's file stays as it is and where
it is, so it stops nobody else; below one in their own file nothing is appended, and nothing follows an annotation
of which a damaged line, in whatever file, may hold the newest version.
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus.annotation.heads import SUFFIX, Key
from corpus.annotation.history import History
from corpus.model.counted import count
from corpus.model.finding import Finding, Severity

__all__ = ["Spared"]


class Spared:
    """Counts what is left alone for the sake of damaged lines."""

    def __init__(self, history: History) -> None:
        """Take what was found when the folder was opened."""
        self._history = history
        self._damaged: dict[str, list[Finding]] = {}
        for finding in history.findings:
            if finding.severity is Severity.ERROR:
                file = finding.place.rpartition(":")[0].rpartition("/")[2]
                self._damaged.setdefault(file.removesuffix(SUFFIX), []).append(finding)
        self._kept: dict[str, list[str]] = {}
        """The documents that are left alone, by annotator."""

    def keeps(self, key: Key) -> bool:
        """Tell whether nothing may be written of a document by an annotator; that is counted."""
        kept = key[1] in self._damaged or self._history.may_be_damaged(key)
        if kept:
            self._kept.setdefault(key[1], []).append(key[0])
        return kept

    def findings(self) -> Iterator[Finding]:
        """Yield what is damaged: an error where it kept something from being written, else a warning."""
        for annotator, documents in self._kept.items():
            told = self._damaged.get(annotator)
            place = told[0].place if told else f"{documents[0]} by {annotator}"
            why = (
                told[0].message
                if told
                else "A line that cannot be read holds its newest version, or may; repair it."
            )
            kept = f"Nothing of {count(len(documents), 'document')} by {annotator!r} was imported"
            yield Finding("import-damaged", place, f"{why} {kept}, for it would follow what is there.")
        for file, told in self._damaged.items():
            if file not in self._kept:
                message = f"{told[0].message} Nothing was to be written to this file; the import went on."
                yield Finding("import-damaged", told[0].place, message, Severity.WARNING)
