"""Find recorded blocks again in a text that has changed, by the lengths of its lines.

A public edition holds no text and no hash of a line, so what is left to go by is how long each line is. Runs of
lines whose lengths agree are taken for the same lines; one line that stands alone between two such runs where one
stood before is taken for its newer wording. A change that keeps every length is not seen, so what comes out is
never called exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from operator import itemgetter
from typing import Any

from corpus.model.span import Span

__all__ = ["ENOUGH", "Realigned", "realign"]

ENOUGH = 0.5
"""Share of the recorded characters that must be found again; else the text is another one."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Realigned:
    """Recorded blocks in another text."""

    blocks: tuple[dict[str, Any], ...]
    """Rows of ``blocks`` that cover every non-blank character of the new text."""
    shifts: tuple[tuple[Span, int], ...]
    """Spans of the recorded text that stand in the new one, each with how far it moved."""
    share: float
    """How much of the recorded characters was found again, 0 to 1."""

    def moved(self, span: Span) -> Span | None:
        """Return where a recorded span stands now; None where it was not found whole."""
        for known, shift in self.shifts:
            if known.start <= span.start and span.end <= known.end:
                return Span(span.start + shift, span.end + shift)
        return None


def realign(blocks: Sequence[Row], text: str) -> Realigned:
    """Lay the recorded blocks of one document (in order) on a new text."""
    old = [list(group) for _, group in groupby(blocks, key=itemgetter("line"))]
    new = list(_lines(text))
    lengths = [line[-1]["end"] - line[0]["start"] for line in old]
    rows: list[dict[str, Any]] = []
    shifts: list[tuple[Span, int]] = []
    matcher = SequenceMatcher(None, lengths, [len(span) for span, _ in new], autojunk=False)
    for kind, first, last, begin, end in matcher.get_opcodes():
        for offset, (span, line) in enumerate(new[begin:end]):
            if kind == "equal":
                shift = span.start - old[first + offset][0]["start"]
                rows += _shifted(old[first + offset], shift, line)
                shifts.append((Span(span.start - shift, span.end - shift), shift))
            elif kind == "replace" and last - first == end - begin:
                rows.append(_reworded(old[first + offset], span, line))
            else:
                rows.append(_unknown(span, line))
    total = sum(lengths)
    share = sum(len(span) for span, _ in shifts) / total if total else 0.0
    numbered = [
        {**row, "block": number, "text": text[row["start"] : row["end"]]} for number, row in enumerate(rows)
    ]
    return Realigned(tuple(numbered), tuple(shifts), share)


def _lines(text: str) -> Iterator[tuple[Span, int]]:
    """Yield the span, without edge white space, and the number of each line that is not blank."""
    position = 0
    for number, line in enumerate(text.split("\n")):
        if line.strip():
            start = position + len(line) - len(line.lstrip())
            yield Span(start, start + len(line.strip())), number
        position += len(line) + 1


def _shifted(line: Sequence[Row], shift: int, number: int) -> Iterator[dict[str, Any]]:
    for row in line:
        yield {**row, "start": row["start"] + shift, "end": row["end"] + shift, "line": number}


def _reworded(line: Sequence[Row], span: Span, number: int) -> dict[str, Any]:
    """Return the longest block of a line as the whole of its newer wording."""
    longest = max(line, key=lambda row: row["end"] - row["start"])
    told = {"rule": "hydrate.reworded", "score": 0.5}
    return {**longest, **told, "start": span.start, "end": span.end, "line": number}


def _unknown(span: Span, number: int) -> dict[str, Any]:
    """Return a line that the recorded blocks do not know; it is no part of the recorded text."""
    return {
        "line": number,
        "start": span.start,
        "end": span.end,
        "role": "boilerplate",
        "reason": "apart_from_text",
        "rule": "hydrate.not_recorded",
        "score": 0.5,
        "kept": False,
        "join": "\n\n",
        "section": 0,
        "place": None,
    }
