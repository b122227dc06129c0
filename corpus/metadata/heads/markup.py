"""What a page's head says of its document, as known values that name their place in the markup."""

from __future__ import annotations

from collections.abc import Iterator

from corpus.metadata.addresses import date_in_path, host_of, is_home, resolved
from corpus.metadata.authorship.agencies import is_agency
from corpus.metadata.authorship.staffs import staffed
from corpus.metadata.decisions import TERMS_COLUMNS
from corpus.metadata.heads.claims import Claims, claims_of
from corpus.metadata.heads.head_authors import written_by
from corpus.metadata.heads.headlines import NOT_SHOWN, headline, site_names, stands
from corpus.metadata.rights import holder_span
from corpus.metadata.times.dates import Order, order_shown, unsettled_dates
from corpus.metadata.times.moments import moment_of, order_note, zone_note
from corpus.metadata.words import table
from corpus.model.document import KnownValue
from corpus.model.markup import Head

__all__ = ["known_from_head"]


def known_from_head(head: Head, page_text: str | None = None) -> tuple[KnownValue, ...]:
    """Return the values that a page's head gives, at most one a column, none where it says nothing usable.

    ``page_text``, the rendered text, decides between titles that differ. Dates are ISO 8601, in UTC where
    they have a time; the address is whole and of the site the page was retrieved from. ``known_from`` is
    the place of the claim: "article:headline" (JSON-LD), "meta:og:title", "link:canonical" and the like, with what
    is to be known of it: which part of 03/04/2021 is the day, the zone of a time ("(at -05:00)"), or that no line
    of the page has the title.
    """
    claims = claims_of(head)
    return tuple(
        KnownValue(column, value, "markup", place) for column, value, place in _values(claims, head, page_text)
    )


_NO_DAYS = ("1970-01-01", "1969-12-31")
"""What programs write for no day."""
_LONGEST_DATE = 40
_Told = tuple[str, "str | tuple[str, ...]", str]


def _values(claims: Claims, head: Head, page_text: str | None) -> Iterator[_Told]:
    if title := headline(claims, head, page_text):
        yield "title", title.text, title.place + ("" if stands(title, page_text) else NOT_SHOWN)
    yield from _authors_and_agency(claims, site_names(claims, head))
    yield from _moments(claims, head)
    yield from _texts(claims, head)
    yield from _rights(claims)


def _authors_and_agency(claims: Claims, sites: frozenset[str]) -> Iterator[_Told]:
    authors = written_by(claims, sites)
    if authors:
        yield "authors", tuple(authors[0]), authors[1]
    told = [(claim.text, claim.place) for claim in claims.of("agency")]
    told = [(name, authors[1]) for name in authors[0]] + told if authors else told
    people = [(c.text[slice(*own.agency)], c.place) for c in claims.of("authors") if (own := staffed(c.text))]
    agency = next(((name, place) for name, place in told if is_agency(name)), next(iter(people), None))
    if agency:
        yield "agency", *agency


def _moments(claims: Claims, head: Head) -> Iterator[_Told]:
    texts = [claim.text for column in ("published", "modified") for claim in claims.of(column)]
    order, language = order_shown(texts), (head.language or "")[:2].lower() or None
    published = _moment(claims, "published", order, language)
    published = published or _only_day(claims) or _day_of_address(head) or _only_year(claims, language)
    if published:
        yield "published", *published
    modified = _moment(claims, "modified", order, language, published[0] if published else "")
    if modified:
        yield "modified", *modified


def _moment(
    claims: Claims, column: str, order: Order, language: str | None, after: str = ""
) -> tuple[str, str] | None:
    """Return the first usable time later than ``after``; one of its day with a time goes before a bare day."""
    epochs = table("heads")["moments"]["epoch"]
    told: list[tuple[str, str]] = []
    for claim in claims.of(column):
        moment = moment_of(claim.text, order, language, epoch=claim.place in epochs)
        if moment and moment[0] > after and not moment[0].startswith(_NO_DAYS):
            notes = order_note(claim.text, moment[0]) + zone_note(claim.text, moment[0])
            told.append((moment[0], claim.place + notes))
    if not told:
        return None
    finer = (item for item in told if item[0].startswith(told[0][0]) and len(item[0]) > len(told[0][0]))
    return next(finer, told[0])


def _only_year(claims: Claims, language: str | None) -> tuple[str, str] | None:
    """Return the year of a date whose day and month cannot be told apart; the place has both readings."""
    for claim in claims.of("published"):
        for found in unsettled_dates(claim.text, language) if len(claim.text) <= _LONGEST_DATE else []:
            return found.value, f"{claim.place} {found.shape.partition(' ')[2]}"
    return None


def _only_day(claims: Claims) -> tuple[str, str] | None:
    """Return what the page's ``time`` elements tell, if it is one time or one day."""
    for place in ("item:time.published", "item:time"):
        told = {
            moment[0]: text for text in claims.at(place) if (moment := moment_of(text)) and len(moment[0]) >= 10
        }
        if len(told) == 1:
            value, text = told.popitem()
            return value, place + zone_note(text, value)
        days = {value[:10] for value in told}
        if len(days) == 1:
            return days.pop(), place
    return None


def _day_of_address(head: Head) -> tuple[str, str] | None:
    day = date_in_path(head.url) if head.url else None
    return (day, "the address's path") if day else None


def _texts(claims: Claims, head: Head) -> Iterator[_Told]:
    publisher = next((c for c in claims.of("publisher") if not host_of(c.text) and len(c.text) <= 80), None)
    if publisher:
        yield "publisher", publisher.text, publisher.place
    addresses = [(url, claim.place) for claim in claims.of("url") if (url := resolved(claim.text, head.url))]
    deep = [item for item in addresses if not is_home(item[0])]
    if deep or (addresses and (head.url is None or is_home(head.url))):
        yield "url", *(deep or addresses)[0]
    language = next((c for c in claims.of("language") if len(c.text) <= 35), None)
    if language:
        yield "language", language.text, language.place
    kinds = table("heads")["paywall"]
    for claim in claims.of("paywall"):
        kind = next((kind for kind, words in kinds.items() if claim.text.casefold() in words), None)
        if kind:
            yield "paywall", kind, claim.place
            break


def _rights(claims: Claims) -> Iterator[_Told]:
    rights = next((c for c in claims.of("rights") if not c.text.isdigit()), None)
    if rights:
        yield "rights", rights.text, rights.place
    for claim in claims.of("copyright_holder"):
        span = holder_span(claim.text)
        holder = claim.text[slice(*span)] if span else claim.text
        if (span or claim.place.endswith("older")) and not host_of(holder):
            yield "copyright_holder", holder, claim.place
            break
    for column in TERMS_COLUMNS:
        if term := next(claims.of(column), None):
            yield column, term.text, term.place
