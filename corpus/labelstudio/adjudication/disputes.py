"""What an adjudicator sees: the list of disputes, the proposal in which they are marked, everybody's own set."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from corpus.annotation.decisions import Standing
from corpus.annotation.majority import Dispute, DisputeReason
from corpus.labelstudio.format.config import DISPUTED
from corpus.labelstudio.format.regions import Row, result_of
from corpus.model.annotation import AnnotationSet
from corpus.model.document import Document
from corpus.model.drawn import piece_id, region_id
from corpus.model.projection import Projection
from corpus.model.scheme import Scheme
from corpus.model.shortened import on_one_line
from corpus.model.span import Span

__all__ = ["disputes_shown", "marked_rows"]

_QUOTES = frozenset("\"'“”„«»‘’‹›「『״")
_MOST = 160
"""Characters of a quoted text that the list shows."""
_NAMES = {"entities": "entity", "sources": "source", "cues": "cue", "claims": "claim"}
_WHY = {
    DisputeReason.FEW: "at most half marked it",
    DisputeReason.LABEL: "no label has a majority",
    DisputeReason.EDGES: "no majority drew it alike",
    DisputeReason.LINK: "whose claim is it?",
    DisputeReason.ADDED: "most mark it so by now; it was not decided so",
    DisputeReason.GONE: "it was decided so; no majority marks it so any more",
}


def marked_rows(
    own: AnnotationSet, disputed: Iterable[str], projection: Projection, scheme: Scheme
) -> tuple[list[Row], dict[str, int]]:
    """Return a set's result rows, what is disputed first and marked so, and the numbers the screen gives to that.

    The screen numbers regions in the order of their rows; the numbers returned are by item id.
    """
    rows = result_of(own, projection, scheme)
    names = {region_id(name): name for name in disputed}
    numbers: dict[str, int] = {}
    first: list[Row] = []
    rest: list[Row] = []
    regions = 0
    for row in rows:
        name = names.get(piece_id(row["id"])[0]) if "id" in row else None
        if name is None:
            rest.append(row)
            continue
        if row["type"] == "labels":
            regions += 1
            numbers.setdefault(name, regions)
            first.append({**row, "from_name": DISPUTED, "value": {**row["value"], "labels": [DISPUTED]}})
        first.append(row)
    return [*first, *rest], numbers


def disputes_shown(
    standing: Standing, opened: Sequence[Dispute], numbers: dict[str, int], document: Document, why: str
) -> str:
    """Return the list above the text, as HTML; every word that comes from outside is escaped.

    ``opened`` is what is to be decided, ``numbers`` how the screen numbers its regions, ``why`` what has changed
    since it was asked before.
    """
    head = "Nothing is open here: it was decided." if not opened else f"To decide: {len(opened)}."
    parts = [f"<p><b>{head}</b>"]
    parts += [f" Asked anew: {escape(why)}."] if why else []
    before = len(standing.now.disputes) - sum(d.reason in _DISAGREED for d in opened)
    if standing.is_decided and before > 0 and opened:
        were = "was" if before == 1 else "were"
        parts.append(f" {before} more {were} decided before; what was decided stands in the proposal.")
    parts.append("</p>")
    if opened:
        titles = ("no.", "place", "text", "layer", "why", *standing.votes)
        parts.append(f"<table><tr>{''.join(f'<th>{escape(title)}</th>' for title in titles)}</tr>")
        ordered = sorted(opened, key=lambda d: (numbers.get(d.item, len(numbers) + 1), d.start))
        parts += [_row(dispute, standing, numbers, document) for dispute in ordered]
        parts.append("</table>")
    return "".join(parts)


_DISAGREED = frozenset(DisputeReason) - {DisputeReason.ADDED, DisputeReason.GONE}


def _row(dispute: Dispute, standing: Standing, numbers: dict[str, int], document: Document) -> str:
    number = str(numbers.get(dispute.item, "–"))
    why = dispute.what if dispute.reason is DisputeReason.VALUE else _WHY[dispute.reason]
    said = [_said(dispute, who) for who in standing.votes]
    if dispute.layer == "entities" and dispute.reason not in _DISAGREED:
        why = f"{why}: {', '.join(dispute.votes.values())}"
    text = _in_quotes(on_one_line(dispute.text, _MOST))
    cells = (number, _place(dispute, document), text, _NAMES[dispute.layer], str(why), *said)
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"


def _said(dispute: Dispute, who: str) -> str:
    if dispute.reason is DisputeReason.EDGES and who in dispute.marks:
        return _in_quotes(on_one_line(" … ".join(piece.exact for piece in dispute.marks[who]), _MOST))
    if who in dispute.votes:
        return on_one_line(dispute.votes[who], _MOST) or "none"
    return "not marked" if dispute.reason in _DISAGREED else ""


def _place(dispute: Dispute, document: Document) -> str:
    """Return the paragraph, and where in the text that is shown."""
    reading = document.reading()
    shown = reading.from_raw([Span(dispute.start, dispute.end)])
    if not shown:
        return "not in the text shown"
    paragraph = reading.text.count("\n\n", 0, shown[0].start) + 1
    return f"paragraph {paragraph}, {shown[0].start}–{shown[-1].end}"


def _in_quotes(text: str) -> str:
    """Return a text in quotation marks, where it has none of its own."""
    return text if text[:1] in _QUOTES else f"“{text}”"
