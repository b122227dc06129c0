"""What is known of the right to pass a document on: what speaks for it, what against, and what follows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from corpus.model.roles import Role

__all__ = ["PARTS", "Decision", "PartRights", "Reservation", "RightsRecord", "part_of", "shown_parts"]


class Decision(StrEnum):
    """Whether a document, or a part of it, may be passed on; what is not clearly allowed is withheld."""

    ALLOWED = "allowed"
    DENIED = "denied"
    UNKNOWN = "unknown"


PARTS: dict[str, frozenset[Role]] = {
    "text": frozenset(
        {Role.TITLE, Role.BODY, Role.HEADING, Role.BYLINE, Role.DATELINE, Role.TIMESTAMP, Role.COPYRIGHT}
    ),
    "captions": frozenset({Role.CAPTION, Role.CREDIT}),
    "furniture": frozenset({Role.BOILERPLATE, Role.DUPLICATE}),
}
"""The parts of a document that can have rights of their own, by the roles of their blocks."""


def part_of(role: str) -> str:
    """Return the part that a block of this role belongs to.

    >>> part_of("heading"), part_of("caption"), part_of("duplicate")
    ('text', 'captions', 'furniture')
    """
    return next(part for part, roles in PARTS.items() if role in roles)


def shown_parts(record: dict[str, Any] | None) -> frozenset[str]:
    """Return the parts that a ``rights_record`` allows to be passed on; none where there is no record."""
    parts = () if record is None else record["parts"] or ()
    return frozenset(part["part"] for part in parts if part["decision"] == Decision.ALLOWED)


@dataclass(frozen=True, slots=True)
class Reservation:
    """A machine-readable reservation or licence offer that came with the input, as it stands there."""

    kind: str
    """"tdm-reservation" (TDMRep), "robots" (robots meta or X-Robots-Tag) or "rsl" (Really Simple Licensing)."""
    value: str
    policy: str | None = None
    """The address of the policy or licence, where it names one."""


@dataclass(frozen=True, slots=True)
class PartRights:
    """What follows for one part (a key of :data:`PARTS`)."""

    part: str
    decision: Decision
    reason: str
    holder: str | None = None


@dataclass(frozen=True, slots=True)
class RightsRecord:
    """The rights of one document: evidence and decision."""

    decision: Decision
    """Of the article's own text; the parts may differ."""
    rule: str
    """The id of the rule that decided."""
    reason: str
    """One sentence."""
    holder: str | None = None
    licence: str | None = None
    """An SPDX identifier, or ``LicenseRef-…`` for what SPDX does not list."""
    statement: str | None = None
    """The statement found in the text that decided, or the first one."""
    start: int | None = None
    end: int | None = None
    """Its span in the anchor text."""
    known: str | None = None
    """What the input record, the markup or ``sources.toml`` says."""
    known_from: str | None = None
    reservations: tuple[Reservation, ...] = ()
    parts: tuple[PartRights, ...] = ()

    def as_row(self) -> dict[str, Any]:
        """Return the record as plain values, as it stands in a row."""
        row = asdict(self)
        return {key: _plain(value) for key, value in row.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, Decision) else value
