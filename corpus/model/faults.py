"""What is wrong with data that have not the shape of a model, as part of a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from corpus.model.shortened import told_value

__all__ = ["told_faults"]

_MOST = 3
"""Faults that a sentence tells; the others are counted."""
_WITHOUT_VALUE = frozenset({"missing", "extra_forbidden", "value_error"})
"""Faults whose value is not there, or stands in the sentence already."""


def told_faults(error: ValidationError) -> str:
    """Return where the first faults are, what, and what was got, without a full stop.

    ``at claims.0.id: Field required; at revision: Input should be a valid integer, got '1'; and 2 faults more``
    """
    found: list[Mapping[str, Any]] = []
    for fault in error.errors(include_url=False):
        within = any(other["loc"][: len(fault["loc"])] == fault["loc"] for other in found)
        found += [] if within and fault["loc"] else [fault]  # a list of what is no item has too few of them
    told = [_told(fault) for fault in found[:_MOST]]
    more = len(found) - len(told)
    if more:
        told.append(f"and {more} {'fault' if more == 1 else 'faults'} more")
    return "; ".join(told)


def _told(fault: Mapping[str, Any]) -> str:
    place = ".".join(str(part) for part in fault["loc"]) or "the whole"
    if fault["type"] == "extra_forbidden":
        return f"at {place}: there is no such key"
    got = "" if fault["type"] in _WITHOUT_VALUE else f", got {_short(fault['input'])}"
    return f"at {place}: {fault['msg'].removeprefix('Value error, ')}{got}"


def _short(value: object) -> str:
    return "an address" if isinstance(value, str) and "@" in value else told_value(value)
