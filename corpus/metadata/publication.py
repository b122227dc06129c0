"""When an article was published and last changed: which of its time stamps say so, and whose word goes first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from corpus.metadata.authorship.layout import NOWHERE, Layout
from corpus.metadata.times.moments import order_note
from corpus.metadata.times.shapes import shapes
from corpus.metadata.times.stamps import DAYS, Stamp
from corpus.metadata.values import Value
from corpus.model.roles import Role

__all__ = ["event_values", "modified_values", "published_values"]

_TEXT = tuple(role.value for role in (Role.BODY, Role.HEADING, Role.CAPTION))
"""The roles of lines that the cleaner took for the article's own: a date in them is less often its day."""
_STAMPS = (Role.TIMESTAMP.value, Role.BYLINE.value)
_QUOTED = re.compile(r"(?<!\w)@\w|^\W*[—–]\s*[^\W\d]")
"""A post's account, or a dash before the name of whoever is quoted: such a date is a quotation's."""
_DAY_BEFORE = re.compile(r"(?<![\d:])\d{1,2}\.?\s?[–—-]\s?$")
_NOTHING = re.compile(r"[\W_]*(?:[ap]\.?m\.?)?[\W_]*", re.IGNORECASE)
"""What is left of a line that is a day and an hour alone."""
_ITEM = re.compile(r"\s*[-•*]\s")


def published_values(stamps: Sequence[Stamp], layout: Layout = NOWHERE) -> list[Value]:
    """Return ``published`` and its precision from one document's time stamps and bylines, or nothing.

    Stamps around the headline go before others, and there and elsewhere a date that says it is the publication's
    before one that says nothing; one that says it is a change's is never the publication's, and one that says as of
    when the article is goes before bare ones further away alone. Among stamps of the same standing the one that
    follows the headline most closely is taken. Far below the article a date of publication is another story's, and
    a bare one behind what opens comments or other stories is theirs; a bare date in the masthead is today's; inside
    the text dates are other things'; and of bare dates that differ only those around the headline are believed. A
    date like 03/04/2021 in which nothing tells the day from the month gives its year, and the evidence names both
    readings.
    """
    for standing in _standings(stamps, layout):
        if standing:
            return _told("published", min(standing, key=lambda stamp: layout.rank(stamp.line.block)))
    return []


def modified_values(stamps: Sequence[Stamp], layout: Layout = NOWHERE, published: str | None = None) -> list[Value]:
    """Return ``modified`` and its precision: the latest change around the headline, if after the publication."""
    changes = [s for s in stamps if s.label in ("updated", "as_of") and layout.is_head(s.line.block)]
    latest = max(changes, key=lambda stamp: stamp.found.value, default=None)
    later = latest is not None and (published is None or latest.found.value > published)
    return _told("modified", latest) if latest is not None and later else []


def event_values(stamps: Sequence[Stamp], layout: Layout = NOWHERE) -> list[Value]:
    """Return ``date_hint``: the first day of an event that stands near the article."""
    told = [s for s in stamps if s.label == "event" and s.found.precision in DAYS]
    near = [s for s in told if layout.is_near(s.line.block) and not layout.is_behind_others(s.line.block)]
    if not near:
        return []
    line, found = near[0].line, near[0].found
    span = line.start + found.start, line.start + found.end
    return [Value(line.doc_id, "date_hint", found.value[:10], *span, "stamp.event")]


def _standings(stamps: Sequence[Stamp], layout: Layout) -> Iterator[list[Stamp]]:
    """Yield the stamps that may be the publication's by their standing, the surest first."""
    own = [stamp for stamp in stamps if not _is_of_another(stamp, layout)]
    published = [s for s in own if s.label == "published" and not layout.is_far_below(s.line.block)]
    bare = [s for s in own if s.label == "" and not _is_of_today(s, layout)]
    if _differ(bare):
        bare = [stamp for stamp in bare if layout.is_head(stamp.line.block)]
    yield [stamp for stamp in published if layout.is_head(stamp.line.block)]
    yield [s for s in bare if s.line.role not in _TEXT and layout.is_head(s.line.block)]
    yield published
    yield [stamp for stamp in own if stamp.label == "as_of" and layout.is_head(stamp.line.block)]
    yield bare


def _is_of_today(stamp: Stamp, layout: Layout) -> bool:
    """Tell whether a bare stamp is a masthead's; a time to the second is a machine's, which wrote it once."""
    return stamp.found.precision != "second" and layout.is_masthead(stamp.line.block)


def _is_of_another(stamp: Stamp, layout: Layout) -> bool:
    """Tell whether a bare stamp is a quotation's, a comment's, another story's or, inside the text, a list's."""
    line, found = stamp.line, stamp.found
    if stamp.label:
        return False
    rest = line.text[: found.start] + line.text[found.end :]
    if found.precision == "day" and _is_event(line.text, found.start):
        return True
    alone = found.precision == "day" and _NOTHING.fullmatch(shapes().clock.sub("", rest)) is not None
    item = line.rule.endswith("list_item") and line.role in _TEXT
    teased = alone and (line.role not in _STAMPS or layout.is_under_way(line.block))
    inside = (teased or item or _ITEM.match(line.text) is not None) and layout.is_inside(line.block)
    far = line.role not in _STAMPS and layout.is_far_below(line.block)
    below = far or layout.is_behind_others(line.block)
    return inside or below or _QUOTED.search(rest) is not None


def _is_event(text: str, start: int) -> bool:
    """Tell whether the line tells hours, or days of which the date is the last: "12–14 June, 6 pm to 8 pm"."""
    return shapes().span.search(text) is not None or _DAY_BEFORE.search(text[:start]) is not None


def _differ(stamps: Sequence[Stamp]) -> bool:
    return len({stamp.found.value[:10] for stamp in stamps}) > 1


def _told(column: str, stamp: Stamp) -> list[Value]:
    line, found = stamp.line, stamp.found
    note = order_note(line.text[found.start : found.end], found.value) if found.precision in DAYS else ""
    rule = f"stamp.{stamp.label or 'bare'}.{found.shape}{note}"
    start, end = line.start + found.start, line.start + found.end
    return [
        Value(line.doc_id, column, found.value, start, end, rule),
        Value(line.doc_id, f"{column}_precision", found.precision, start, end, rule),
    ]
