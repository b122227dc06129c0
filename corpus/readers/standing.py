"""Which of several inputs with one id counts: versions supersede one another, a kill notice ends them all.

A correction, a later version or a later capture of a page is a revision of one document, not a second
article. What says itself which version it is (a news item, a capture) has a :class:`Standing`; a text file or
a record has none, so that two of those with one id contradict each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["CURRENT", "Claimed", "Fate", "Standing", "Verdict", "verdicts"]


class Fate(StrEnum):
    """What becomes of an input."""

    CURRENT = "current"
    OLDER = "older"
    KILLED = "killed"
    NOTICE = "notice"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Standing:
    """What an input says of its place among the versions of its document."""

    number: int | None = None
    """The version's number."""
    date: str | None = None
    """When the version was made or the page captured: ISO 8601, UTC."""
    withdrawn: bool = False
    """Whether it takes the document back (canceled, withheld, killed)."""
    correction: bool = False
    """Whether it replaces a document of another id and so comes after it."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """One input's claim to an id."""

    doc_id: str
    place: str
    standing: Standing | None = None
    content: bytes = b""
    """A short hash of its content, by which revisions are counted; empty where there are none."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one input, and which other one decides it."""

    fate: Fate
    revision: int = 1
    """For the current one: how many different versions of the document there are among the inputs."""
    other: str = ""


CURRENT = Verdict(Fate.CURRENT)


def verdicts(claims: Sequence[Claimed]) -> dict[str, Verdict]:
    """Return, by place, what becomes of all the inputs that claim one id, in the order they are read in.

    The newest counts: by correction, number, date, and place in the order. It is killed unless it is newer,
    by number or else by date, than every notice that takes the document back.
    """
    if len(claims) > 1 and any(claim.standing is None for claim in claims):
        return {claim.place: Verdict(Fate.REFUSED) for claim in claims}
    standings = {claim.place: claim.standing or Standing() for claim in claims}
    notices = [claim for claim in claims if standings[claim.place].withdrawn]
    articles = [claim for claim in claims if not standings[claim.place].withdrawn]
    found = {notice.place: Verdict(Fate.NOTICE, other=articles[-1].place if articles else "") for notice in notices}
    if not articles:
        return found
    ordered = sorted(articles, key=lambda claim: _rank(standings[claim.place]))
    newest = ordered[-1]
    kill = next((n for n in notices if not _newer(standings[newest.place], standings[n.place])), None)
    if kill is not None:
        return found | {article.place: Verdict(Fate.KILLED, other=kill.place) for article in articles}
    versions = len({article.content or article.place for article in articles})
    found |= {claim.place: Verdict(Fate.OLDER, other=newest.place) for claim in (*notices, *articles)}
    return found | {newest.place: Verdict(Fate.CURRENT, versions)}


def _rank(standing: Standing) -> tuple[bool, int, str]:
    number = -1 if standing.number is None else standing.number
    return standing.correction, number, standing.date or ""


def _newer(article: Standing, notice: Standing) -> bool:
    """Tell whether an article is certainly newer than a notice; in doubt it is not published."""
    if article.number is not None and notice.number is not None:
        return article.number > notice.number
    if article.date is not None and notice.date is not None:
        return article.date > notice.date
    return False
