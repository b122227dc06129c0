"""What one document's telling lines say: the order in which they are asked, and who goes before whom."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from corpus.metadata.authorship.attributions import is_agency_byline
from corpus.metadata.authorship.bylines import GAP, article_byline_values, byline_values, without_noise
from corpus.metadata.authorship.credits import caption_credit, credit_line
from corpus.metadata.authorship.datelines import dateline_values
from corpus.metadata.authorship.glued import parted
from corpus.metadata.authorship.layout import NOWHERE, Layout
from corpus.metadata.authorship.marks import MARK_REACH, mark_values
from corpus.metadata.authorship.names import has_common_word
from corpus.metadata.authorship.openers import opener_pattern
from corpus.metadata.authorship.signatures import (
    closing_byline_values,
    is_opened_byline,
    lone_agency_values,
    signed_line_values,
    signed_stamp_values,
    stamp_agency_values,
)
from corpus.metadata.paywalls import paywall_values
from corpus.metadata.publication import event_values, modified_values, published_values
from corpus.metadata.publishers import publisher_values
from corpus.metadata.rights import rights_values
from corpus.metadata.times.stamps import LONGEST_STAMP, hint_values, is_stamp, stamps_of
from corpus.metadata.values import LISTS, Line, Value
from corpus.model.roles import Role

__all__ = ["CLOSING_RULES", "FURNITURE_ROLES", "LOOSE_ROLES", "SHORT_ROLES", "TELLING_ROLES", "document_values"]

TELLING_ROLES = tuple(
    role.value for role in (Role.BYLINE, Role.DATELINE, Role.CAPTION, Role.CREDIT, Role.TIMESTAMP, Role.COPYRIGHT)
)
"""The roles whose blocks are always read."""

SHORT_ROLES = tuple(role.value for role in (Role.BYLINE, Role.DATELINE, Role.TIMESTAMP))
"""The roles whose blocks are never long."""

FURNITURE_ROLES = tuple(
    role.value for role in (Role.BOILERPLATE, Role.COPYRIGHT, Role.CREDIT, Role.BYLINE, Role.TIMESTAMP)
)
"""The roles that may name the publisher."""

STAMP_ROLES = (Role.TIMESTAMP.value, Role.BYLINE.value)
"""The roles whose dates are the publication's or a change's."""

CLOSING_RULES = ("byline.reporting",)
"""The rules of an agency's closing credit, which names the authors where nothing else does."""

_BESIDE = 3
"""How many blocks from the stamp of publication a name may stand alone."""

LOOSE_ROLES = tuple(role.value for role in (Role.BODY, Role.HEADING, Role.BOILERPLATE, Role.CREDIT))
"""The roles that a time stamp is given where the cleaner does not know it for one."""


def document_values(
    lines: Sequence[Line], language: str | None, layout: Layout = NOWHERE, prose: str = ""
) -> Iterator[Value]:
    """Yield the values of one document's lines, in their order in the anchor text.

    An agency is taken from a dateline before a byline before the mark that closes the article; ``date_hint`` only
    where no day of publication is known; ``prose`` is the article's text; a repeated credit or author counts once.
    """
    marks, signed = mark_values(lines, layout), _signed_below(lines, layout)
    lines = _as_read(lines, layout, prose)
    stamping = [line for line in lines if line.role in STAMP_ROLES or _is_loose_stamp(line, language, layout)]
    stamps = stamps_of(stamping, language)
    published = published_values(stamps, layout)
    yield from published
    modified = modified_values(stamps, layout, published[0].value if published else None)
    yield from modified
    if not any(value.column == "published" and len(value.value) >= len("2021-04-08") for value in published):
        captions, datelines = _of(lines, Role.CAPTION), _of(lines, Role.DATELINE)
        yield from hint_values(captions, datelines, language) or event_values(stamps, layout)
    yield from publisher_values([line for line in lines if line.role in FURNITURE_ROLES])
    yield from paywall_values([line for line in lines if line.role == Role.BOILERPLATE])
    yield from rights_values(_of(lines, Role.COPYRIGHT))
    told = _people(lines, stamping, published, modified, layout, prose)
    if not _tells(told, "authors"):
        told += _labelled(lines, layout, prose) or _closing(lines, layout) or signed
    told += marks
    pictures = [line for line in _of(lines, Role.CREDIT, Role.CAPTION) if not _holds(line, [*told, *published])]
    yield from _once([*told, *_credits(pictures)])


def _as_read(lines: Sequence[Line], layout: Layout, prose: str) -> list[Line]:
    """Return the lines with bylines known for what they are, long ones of the text left out, glued ones parted."""
    named = [line._replace(role=Role.BYLINE.value) if _is_byline(line, layout, prose) else line for line in lines]
    short = (line for line in named if line.role != Role.BODY.value or len(line.text) <= LONGEST_STAMP)
    return [part for line in short for part in parted(line)]


def _people(
    lines: Sequence[Line],
    stamping: Sequence[Line],
    published: Sequence[Value],
    modified: Sequence[Value],
    layout: Layout,
    prose: str,
) -> list[Value]:
    """Return authors and agency of datelines and bylines; where these lack one, of what stands at the stamp."""
    told = [value for line in _of(lines, Role.DATELINE) for value in dateline_values(line)]
    told += article_byline_values(_of(lines, Role.BYLINE), layout, prose)
    stamp = next(iter([*published, *modified]), None)
    if stamp and not _tells(told, "authors"):
        told += _signed(stamping, stamp, prose) or _named(lines, stamp, prose)
    if published and not _tells(told, "agency"):
        told += _sent(lines, published[0], layout)
    return told


def _tells(values: Sequence[Value], column: str) -> bool:
    return any(value.column == column for value in values)


def _signed_below(lines: Sequence[Line], layout: Layout) -> list[Value]:
    """Return the authors of a line at the text's end that names them with a label or their agency."""
    last = layout.last_text
    near = [line for line in lines if last is not None and 0 <= line.block - last <= MARK_REACH]
    loose = [line for line in near if line.role in LOOSE_ROLES]
    return next((values for line in loose if (values := closing_byline_values(line))), [])


def _is_byline(line: Line, layout: Layout, prose: str) -> bool:
    """Tell whether a line below the headline is a byline, though the cleaner took it for something else."""
    if line.role not in LOOSE_ROLES or not layout.is_below_title(line.block) or not layout.is_head(line.block):
        return False
    if not is_opened_byline(line.text):
        return is_agency_byline(re.sub(rf"{GAP}+", " | ", without_noise(line.text)))
    return not any(has_common_word(value.value, prose) for value in byline_values(line))


def _holds(line: Line, values: Sequence[Value]) -> bool:
    return any(line.start <= (value.start or 0) < line.start + len(line.text) for value in values)


def _signed(stamps: Sequence[Line], stamp: Value, prose: str) -> list[Value]:
    """Return the author whom the very stamp begins with that told the publication or the last change."""
    own = [line for line in stamps if _holds(line, [stamp])]
    values = [value for line in own for value in signed_stamp_values(line)]
    return [value for value in values if not has_common_word(value.value, prose)]


def _named(lines: Sequence[Line], stamp: Value, prose: str) -> list[Value]:
    """Return the author whose name is a line beside that stamp, unless the article is of them."""
    at = next((line.block for line in lines if _holds(line, [stamp])), None)
    near = [x for x in lines if at is not None and x.role in LOOSE_ROLES and 0 < abs(x.block - at) <= _BESIDE]
    told = {line.text.strip(): (line, values) for line in near if (values := signed_line_values(line))}
    own = [pair for text, pair in told.items() if _is_of_none(pair[1], _without_lines(prose, text))]
    if len(own) != 1:
        return []
    line, authors = own[0]
    return [*authors, *(value for value in byline_values(line) if value.column == "agency")]


def _labelled(lines: Sequence[Line], layout: Layout, prose: str) -> list[Value]:
    """Return the author whose name is the line below an opener that stands alone: "von", then "Anna Müller"."""
    for line in lines:
        if layout.is_head(line.block) and opener_pattern().fullmatch(line.text.strip()):
            below = [x for x in lines if x.block == line.block + 1 and x.role in LOOSE_ROLES]
            told = [(x.text.strip(), value) for x in below for value in signed_line_values(x)]
            own = [value for text, value in told if _is_of_none([value], _without_lines(prose, text))]
            if own and len(own) == len(told):
                return own
    return []


def _sent(lines: Sequence[Line], published: Value, layout: Layout) -> list[Value]:
    """Return the agency that stands alone beside the stamp of publication, on its line or on one next to it."""
    at = next((line.block for line in lines if _holds(line, [published])), None)
    near = [line for line in lines if at is not None and abs(line.block - at) <= 1 and layout.is_head(line.block)]
    if any(line.role == Role.CAPTION for line in near):
        return []  # it may be the picture's
    own = [value for line in near if line.block == at for value in stamp_agency_values(line)]
    alone = [line for line in near if line.role in LOOSE_ROLES and layout.is_below_title(line.block)]
    return own or [value for line in alone for value in lone_agency_values(line)]


def _is_of_none(names: Sequence[Value], prose: str) -> bool:
    """Tell whether the article speaks of none of the names, nor has their words in lower case."""
    return not any(has_common_word(v.value, prose) or v.value.split()[-1] in prose for v in names)


def _closing(lines: Sequence[Line], layout: Layout) -> list[Value]:
    """Return the authors whom the closing credit names: "(Reporting by Maren Holt; Editing by Li Wen)"."""
    own = [line for line in lines if line.rule in CLOSING_RULES and not layout.is_behind_others(line.block)]
    told = (byline_values(line) for line in own if not layout.is_far_below(line.block))
    return [value for value in next(filter(None, told), []) if value.column == "authors"]


def _without_lines(prose: str, line: str) -> str:
    """Return the text without its lines that are this one: a name that was kept is not what the article is of."""
    return "\n".join(part for part in prose.split("\n") if part.strip() != line)


def _is_loose_stamp(line: Line, language: str | None, layout: Layout) -> bool:
    in_head = layout.title is not None and layout.is_head(line.block)
    caption = in_head and line.role == Role.CAPTION and caption_credit(line) is None
    fit = line.role in LOOSE_ROLES or caption
    return fit and is_stamp(line.text, language, in_head)


def _of(lines: Sequence[Line], *roles: Role) -> list[Line]:
    return [line for line in lines if line.role in roles]


def _credits(lines: Sequence[Line]) -> Iterator[Value]:
    for line in lines:
        value = credit_line(line) if line.role == Role.CREDIT else caption_credit(line)
        if value is not None:
            yield value


def _once(values: Iterable[Value]) -> Iterator[Value]:
    """Keep the first value of a scalar column, and each value of a list column once."""
    seen: set[tuple[str, str]] = set()
    for value in values:
        key = (value.column, value.value.casefold() if value.column in LISTS else "")
        if key not in seen:
            yield value
        seen.add(key)
