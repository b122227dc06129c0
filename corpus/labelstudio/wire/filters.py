"""Conditions on a project's tasks, as the server's own views say them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TypeGuard

__all__ = ["Condition", "filters", "ids_filter", "is_later", "is_moment", "updated_since"]

Condition = tuple[str, str, str, object]
"""A column, an operator, a type and a value."""


def filters(*conditions: Condition, order: Sequence[str] = ("tasks:id",)) -> str:
    """Return a ``query`` for the list of tasks: conditions (column, operator, type, value) that all hold."""
    items = [
        {"filter": f"filter:tasks:{column}", "operator": operator, "type": kind, "value": value}
        for column, operator, kind, value in conditions
    ]
    return json.dumps({"filters": {"conjunction": "and", "items": items}, "ordering": list(order)})


def ids_filter(ids: Iterable[int]) -> Condition:
    """Return the condition that a task is one of these."""
    return ("id", "in_list", "Number", sorted(ids))


def updated_since(moment: str) -> Condition:
    """Return the condition that a task changed after a moment (ISO 8601 with its zone).

    The server reads one form alone, and answers 500 to a moment without a fraction of a second.

    >>> updated_since("1970-01-01T00:00:00Z")[3]
    '1970-01-01T00:00:00.000000Z'
    """
    utc = datetime.fromisoformat(moment).astimezone(UTC)
    return ("updated_at", "greater", "Datetime", utc.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))


def is_later(one: object, other: object) -> bool:
    """Tell whether both are moments, and the first lies after the other.

    >>> is_later("2026-11-23T10:00:00.5Z", "2026-11-23T10:00:00Z"), is_later("2026-11-23T10:00:00Z", None)
    (True, False)
    """
    return is_moment(one) and is_moment(other) and datetime.fromisoformat(one) > datetime.fromisoformat(other)


def is_moment(value: object) -> TypeGuard[str]:
    """Tell whether a value is a moment that :func:`updated_since` can read."""
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False
