"""Conditions on a project's tasks, as the server's own views say them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

__all__ = ["Condition", "filters", "ids_filter", "updated_since"]

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
    """Return the condition that a task changed after a moment (the server's own ``updated_at``)."""
    return ("updated_at", "greater", "Datetime", moment)
