"""What a public edition's manifest tells of the build: findings without a withheld word, and back again."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from corpus.model.finding import Finding
from corpus.releases.public.quoting import HIDDEN, References, restore

__all__ = ["quiet_findings", "restored_findings"]

WITHHELD = f"What it says quotes the input and is withheld: {HIDDEN}."
"""The message of a finding that repeats an input; who has the inputs reads it again."""

_MARKS = frozenset("'\"“”‘’`«»⟦")
_ARGUMENT = re.compile(r"`[a-z_]+=(?:'[a-z]+'|True)?`")
"""What a sentence of ours calls an argument, which is no word of an input."""
_OWN = ("annotation-", "split-", "taken-down")
"""How the codes of findings begin that no reader of the raw files makes again."""
_TELLING = ("bad-sources-toml", "bad-known-value")
"""Findings that name keys of the input outside quotation marks, too."""


def quiet_findings(findings: Sequence[Finding], references: References) -> list[Finding]:
    """Return what a public edition tells of findings.

    A finding about the raw files keeps its code and place, and loses its message where that quotes something: the
    value that it repeats stands in no text, so it could not be told from withheld words. Where a value is known
    from is a person's own words, so such a place goes too.
    """
    leaking = set(references.leaks.among({finding.place for finding in findings}))
    messages = [WITHHELD if _quotes(f) or (f.place in leaking and not _is_own(f)) else f.message for f in findings]
    places = [HIDDEN if f.place in leaking or f.code == "bad-known-value" else f.place for f in findings]
    return [
        replace(finding, place=place, message=message)
        for finding, place, message in zip(findings, places, references.put(messages), strict=True)
    ]


def restored_findings(
    told: Iterable[Finding], read: Iterable[Finding], text_of: Callable[[str], str | None]
) -> Iterator[Finding]:
    """Yield the findings of a public edition as they were: from the texts, and from what reading again found.

    ``read`` holds what the readers find in the raw files now; ``text_of`` gives an anchor text by its hash.
    """
    waiting = _Waiting(finding for finding in read if not _is_own(finding))
    for finding in told:
        if finding.message == WITHHELD:
            yield waiting.take(finding) or finding
        else:
            (message,) = restore([finding.message], text_of)
            yield replace(finding, message=message)


class _Waiting:
    """Findings that were read again, each of which is taken once: in their order, by code, severity and place."""

    def __init__(self, read: Iterable[Finding]) -> None:
        self._by_kind: dict[tuple[str, ...], deque[tuple[int, Finding]]] = {}
        self._taken: set[int] = set()
        for number, finding in enumerate(read):
            for place in (finding.place, HIDDEN):
                key = (finding.code, finding.severity, place)
                self._by_kind.setdefault(key, deque()).append((number, finding))

    def take(self, told: Finding) -> Finding | None:
        """Return the first one that may be what a public edition tells, in whatever place where it hides that."""
        found = self._by_kind.get((told.code, told.severity, told.place), deque())
        while found:
            number, finding = found.popleft()
            if number not in self._taken:
                self._taken.add(number)
                return finding
        return None


def _is_own(finding: Finding) -> bool:
    return finding.code.startswith(_OWN)


def _quotes(finding: Finding) -> bool:
    if _is_own(finding):
        return False
    return finding.code in _TELLING or not _MARKS.isdisjoint(_ARGUMENT.sub("", finding.message))
